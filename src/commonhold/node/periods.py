"""Months in steps that a picture can show: each by itself, by quarters, or by years."""

from __future__ import annotations

from typing import NamedTuple


class Periods(NamedTuple):
    """Periods in a row.

    Attributes:
        step: `month`, `quarter` or `year`. width: So many months has each. places: All of them, none left out: of the month M, M // width.
    """

    step: str
    width: int
    places: range

    def name(self, place: int) -> str:
        """What a period is called.

        >>> Periods("month", 1, range(0)).name(2026 * 12), Periods("quarter", 3, range(0)).name(2026 * 4 + 3)
        ('2026-01', '2026 Q4')
        """
        year, month = divmod(place * self.width, 12)
        return {"month": f"{year}-{month + 1:02d}", "quarter": f"{year} Q{month // 3 + 1}", "year": str(year)}[self.step]


def periods(first: int, last: int, *, months: int, quarters: int) -> Periods:
    """The periods from one month to another, both counted from the year 0.

    Args:
        months: Fewer months than so many are shown one by one. quarters: Fewer than so many by quarters; more by years.

    >>> periods(24_000, 24_005, months=36, quarters=120).step, periods(24_000, 24_040, months=36, quarters=120)
    ('month', Periods(step='quarter', width=3, places=range(8000, 8014)))
    """
    step, width = ("month", 1) if last - first < months else ("quarter", 3) if last - first < quarters else ("year", 12)
    return Periods(step, width, range(first // width, last // width + 1))
