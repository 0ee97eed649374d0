"""What sums a month come to. Pure: plain values in, plain values out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime


def months_sum(sums: Sequence[tuple[int, int]], now: int) -> int:
    """Minor units that are due from the month of the first sum to the present month, both included.

    A month counts with the sum that was in force when it began, the first one with the first sum: another sum counts from
    the next month on, and never for months that have begun before it.

    Args:
        sums: (unix seconds from when it is in force, minor units a month), oldest first, at least one.
        now: Unix seconds, not before the last of them.
    """
    first, end = _month(sums[0][0]), _month(now) + 1
    starts = [first, *(_next_month(time) for time, _ in sums[1:]), end]
    return sum(amount * (min(after, end) - min(start, end)) for (_, amount), start, after in zip(sums, starts, starts[1:], strict=False))


def _month(time: int) -> int:
    """The number of the calendar month (UTC) of a moment, counted from the year 0."""
    day = datetime.fromtimestamp(time, UTC)
    return day.year * 12 + day.month - 1


def _next_month(time: int) -> int:
    """The number of the first month that begins at this moment or after it."""
    return _month(time - 1) + 1
