"""Sums that may need more than 64 bits, in SQL that both engines take.

PostgreSQL adds integers of any size; SQLite gives up beyond 64 bits. So the billions and the rest are added apart, sent as
one text (`12:345`), and put together here. The columns hold integers that are not negative.
"""

from __future__ import annotations

_BASE = 10**9


def exact_sum(expression: str) -> str:
    """SQL of the sum of an integer column, for `whole` to read; null if there are no rows."""
    return f"SUM(({expression}) / {_BASE}) || ':' || SUM(({expression}) % {_BASE})"


def largest_first(expression: str) -> str:
    """SQL for ORDER BY: the largest of such sums first."""
    rest = f"SUM(({expression}) % {_BASE})"
    # Where the engine divides whole numbers, the second term orders what the first leaves equal; else the first is exact.
    return f"SUM(({expression}) / {_BASE}) + {rest} / {_BASE} DESC, {rest} % {_BASE} DESC"


def whole(text: str | None) -> int:
    """The number that `exact_sum` gave; 0 for no rows.

    >>> whole("12:345"), whole(None)
    (12000000345, 0)
    """
    if text is None:
        return 0
    billions, _, rest = text.partition(":")
    return int(billions) * _BASE + int(rest)
