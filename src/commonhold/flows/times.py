"""Times in flows: UTC, to the microsecond in entries, to the second where they are ordered."""

from __future__ import annotations

from ..journal.kinds import unix_time
from .vocabulary import EconomicEvent

FUTURE_SECONDS_MAX = 600
"""So far may what happened be ahead of the journal: clocks differ."""


def seconds(text: str) -> int:
    """Unix seconds of a time, without its fraction.

    Raises:
        BadInput: `journal.malformed`, for a day that no calendar has.
    """
    return unix_time(text if len(text) == 20 else f"{text[:19]}Z")


def happened(event: EconomicEvent) -> str | None:
    """When an event happened: at its point in time, or else when it was over, or else when it began."""
    return event.hasPointInTime or event.hasEnd or event.hasBeginning


def in_order(beginning: str | None, end: str | None) -> bool:
    """Whether a beginning is not after an end; what is not known is in order.

    >>> in_order("2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00Z")
    False
    """
    if beginning is None or end is None:
        return True
    return (beginning[:19], _fraction(beginning)) <= (end[:19], _fraction(end))


def _fraction(text: str) -> str:
    return text[20:-1].ljust(6, "0")
