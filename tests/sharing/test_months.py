"""Sums a month: each month with the sum that was in force when it began."""

from __future__ import annotations

from datetime import datetime

import pytest

from commonhold.sharing.months import months_sum


def at(text: str) -> int:
    """Unix seconds of a moment, UTC."""
    return int(datetime.fromisoformat(f"{text}+00:00").timestamp())


@pytest.mark.parametrize(
    ("sums", "now", "due"),
    [
        ([("2026-01-15T12:00", 100)], "2026-01-15T12:00", 100),
        ([("2026-01-31T23:59", 100)], "2026-02-01T00:00", 200),
        ([("2026-01-15T12:00", 100)], "2027-01-01T00:00", 1300),
        ([("2026-01-15T12:00", 100), ("2026-11-20T00:00", 200)], "2026-11-30T23:59", 1100),
        ([("2026-01-15T12:00", 100), ("2026-11-20T00:00", 200)], "2026-12-01T00:00", 1300),
        ([("2026-01-15T12:00", 100), ("2026-11-01T00:00", 200)], "2026-11-01T00:00", 1200),
        ([("2026-01-15T12:00", 100), ("2026-01-16T00:00", 7), ("2026-01-17T00:00", 30)], "2026-03-01T00:00", 160),
        ([("2026-01-15T12:00", 100), ("2026-03-16T00:00", 30), ("2026-03-17T00:00", 100)], "2026-04-01T00:00", 400),
        ([("2026-01-01T00:00", 100), ("2026-01-01T00:00", 30)], "2026-01-01T00:00", 30),
    ],
)
def test_each_month_counts_with_its_own_sum(sums: list[tuple[str, int]], now: str, due: int) -> None:
    assert months_sum([(at(time), amount) for time, amount in sums], at(now)) == due
