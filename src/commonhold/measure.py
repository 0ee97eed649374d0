"""Exact amounts: money in minor units, quantities in millionths, both integers. Never floats.

In entries both are decimal strings (`"120.50"`, `"3.25"`). In tables they are integers, small enough for 64 bits.
"""

from __future__ import annotations

import re
from functools import lru_cache

QUANTITY_DIGITS = 6
MICRO = 10**QUANTITY_DIGITS
AMOUNT_MAX = 10**18
"""Amounts stay below this, in minor units or millionths, so that they fit in 64 bits."""

_DECIMAL = re.compile(r"(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?")


@lru_cache(maxsize=16_384)
def parse_decimal(text: str, digits: int) -> int:
    """A decimal string as an integer of the given number of digits after the point.

    Raises:
        ValueError: Says what would be right.

    >>> parse_decimal("120.5", 2)
    12050
    """
    if not _DECIMAL.fullmatch(text):
        raise ValueError(f"{text!r} is not an amount: write digits, and a point before the fraction, like 12.50")
    whole, _, fraction = text.partition(".")
    if len(fraction.rstrip("0")) > digits:
        raise ValueError(f"{text!r} has more than {digits} digits after the point")
    amount: int = int(whole) * 10**digits + int(fraction[:digits].ljust(digits, "0") or "0")
    if amount >= AMOUNT_MAX:
        raise ValueError(f"{text!r} is too large")
    return amount


def format_decimal(amount: int, digits: int, *, fixed: bool) -> str:
    """The decimal string of an integer amount: all digits if `fixed`, without trailing zeros otherwise.

    >>> format_decimal(12050, 2, fixed=True), format_decimal(3_250_000, 6, fixed=False)
    ('120.50', '3.25')
    """
    sign = "-" if amount < 0 else ""
    whole, fraction = divmod(abs(amount), 10**digits)
    text = f"{fraction:0{digits}d}" if digits else ""
    if not fixed:
        text = text.rstrip("0")
    return f"{sign}{whole}.{text}" if text else f"{sign}{whole}"


def parse_quantity(text: str) -> int:
    """A quantity in millionths of its unit. Raises ValueError."""
    return parse_decimal(text, QUANTITY_DIGITS)


def format_quantity(micro: int) -> str:
    """Millionths of a unit as a decimal string."""
    return format_decimal(micro, QUANTITY_DIGITS, fixed=False)


@lru_cache(maxsize=512)
def currency_digits(code: str) -> int | None:
    """How many digits after the point an ISO 4217 currency has, or None if there is no such currency."""
    from iso4217 import Currency

    try:
        return int(Currency(code).exponent or 0)
    except ValueError:
        return None


def parse_money(text: str, currency: str) -> int:
    """Money in minor units of its currency. Raises ValueError."""
    digits = currency_digits(currency)
    if digits is None:
        raise ValueError(f"{currency!r} is not an ISO 4217 currency code, such as EUR")
    return parse_decimal(text, digits)


def format_money(minor: int, currency: str) -> str:
    """Minor units as a decimal string with all the digits of the currency."""
    digits = currency_digits(currency)
    assert digits is not None, currency
    return format_decimal(minor, digits, fixed=True)
