"""Sums that may need more than 64 bits, in SQL that both engines take.

PostgreSQL adds integers of any size; SQLite gives up beyond 64 bits. So the billions and the rest are added apart, sent as
one text (`12:345`), and put together here. Both engines round the quotient towards 0, so this holds below 0 too.
"""

from __future__ import annotations

_BASE = 10**9


def exact_sum(expression: str) -> str:
    """SQL of the sum of an integer column, for `whole` to read; null if there are no rows."""
    return f"SUM(({expression}) / {_BASE}) || ':' || SUM(({expression}) % {_BASE})"


def small_sum(expression: str) -> str:
    """SQL of the sum of counts, or of others so small that 64 bits hold it whatever the journal says; 0 if there are no rows."""
    return f"COALESCE(SUM({expression}), 0)"


def largest_first(expression: str) -> str:
    """SQL for ORDER BY: the largest of such sums first."""
    rest = f"SUM(({expression}) % {_BASE})"
    below = f"(({rest} % {_BASE} + {_BASE}) % {_BASE})"  # never negative, so that each number has one form
    return f"SUM(({expression}) / {_BASE}) + ({rest} - {below}) / {_BASE} DESC, {below} DESC"


def whole(text: str | None) -> int:
    """The number that `exact_sum` gave; 0 for no rows.

    >>> whole("12:345"), whole(None)
    (12000000345, 0)
    """
    if text is None:
        return 0
    billions, _, rest = text.partition(":")
    return int(billions) * _BASE + int(rest)
