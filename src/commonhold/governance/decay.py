"""Halving over time in whole numbers: the same on every machine, and exactly a half after a half-life."""

from __future__ import annotations

from decimal import Context, Decimal
from functools import lru_cache

BITS = 62
"""Shares of what is left are whole numbers over 2^62."""
_CONTEXT = Context(prec=50)


def left(age_days: int, half_life_days: int) -> int:
    """2^62 · 2^(-age / half-life), rounded down: what is left of 1 after whole days, over 2^62.

    Whole half-lives are shifts, so they halve exactly; the rest of the age is below one half-life. There `exp` and `ln` of
    decimal arithmetic are correctly rounded to 50 digits, of which 19 are used, so the number is the same everywhere.

    Raises:
        ValueError: The age is below 0, or the half-life below 1.

    >>> left(14, 7) == 2**60
    True
    """
    if age_days < 0 or half_life_days < 1:
        raise ValueError("an age is at least 0 days, and a half-life at least 1")
    halvings, rest = divmod(age_days, half_life_days)
    return _within(rest, half_life_days) >> halvings


def decayed(amount: int, age_days: int, half_life_days: int) -> int:
    """What is left of an amount after whole days, rounded down, in the unit of the amount. Errors are those of `left`.

    >>> decayed(1_000_000, 1, 2), decayed(1_000_000, 2, 2)
    (707106, 500000)
    """
    return amount * left(age_days, half_life_days) >> BITS


def daily_factor(half_life_days: int) -> int:
    """2^62 · 2^(-1 / half-life), rounded down: what one day leaves of 1, over 2^62. Errors are those of `left`."""
    return left(1, half_life_days)


@lru_cache(maxsize=4096)
def _within(days: int, half_life_days: int) -> int:
    """`left` for less than one half-life."""
    exponent = _CONTEXT.divide(_CONTEXT.multiply(_CONTEXT.minus(_CONTEXT.ln(Decimal(2))), Decimal(days)), Decimal(half_life_days))
    return int(_CONTEXT.multiply(_CONTEXT.exp(exponent), Decimal(2**BITS)))
