"""What an event changes: it becomes a row that everything above reads."""

from __future__ import annotations

from ..commons.fold import agent_number
from ..journal.kinds import Entry, unix_time
from ..measure import parse_quantity
from ..store.transaction import Transaction
from .entries import EconomicEvent, Measure


def record(transaction: Transaction, entry: Entry, event: EconomicEvent) -> int:
    """Write the event of an entry; return the number of its provider."""
    commons, time = entry.commons, entry.time
    provider = agent_number(transaction, commons, event.provider, time)
    receiver = None if event.receiver is None else agent_number(transaction, commons, event.receiver, time)
    resource, resource_unit = _columns(event.resourceQuantity)
    effort, effort_unit = _columns(event.effortQuantity)
    transaction.insert(
        "economic_event", commons, entry.position, event.action, provider, receiver, resource, resource_unit, effort,
        effort_unit, event.resourceConformsTo, event.inputOf, event.outputOf, event.fulfills,
        unix_time(event.hasPointInTime), event.note,
    )  # fmt: skip
    return provider


def _columns(measure: Measure | None) -> tuple[int | None, str | None]:
    return (None, None) if measure is None else (parse_quantity(measure.hasNumericalValue), measure.hasUnit)
