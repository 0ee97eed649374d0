"""Single values of older shapes in the forms of 1.0: names, ids, numbers, times."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import Any

from ...measure import QUANTITY_DIGITS, format_decimal
from ...problems import bad_input

_TIME = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})"
    r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?)?"
    r"\s*(Z|[+-]\d{1,2}(?::?\d{2})?)?\Z",
    re.IGNORECASE,
)
_RIGHT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z\Z")
"""What is in the form of 1.0 already keeps its digits."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS_FROM = 10**11
"""Seconds since 1970 reach this in the year 5138, milliseconds reached it in March 1973."""
_EPOCH_DIGITS = 9
"""A shorter text of digits is rather a date that nobody meant as seconds."""
_VISIBLE = re.compile(r"[!-~]{1,200}\Z")
_EXPONENT_MAX = 100


def read_json(data: bytes | str) -> Any:
    """JSON with its numbers kept exactly, as integers and Decimals.

    Raises:
        BadInput: `flows.bad_json`, with the line.
    """
    try:
        return json.loads(data, parse_float=Decimal)
    except (ValueError, UnicodeDecodeError) as error:
        raise bad_input("flows.bad_json", f"This is not JSON: {error}.") from None
    except RecursionError:
        raise bad_input("flows.bad_json", "This JSON is nested too deeply to be read.") from None


@lru_cache(maxsize=4_096)
def camel(name: str) -> str:
    """A name in the spelling of Valueflows.

    >>> camel("has_point_in_time"), camel("om2:hasUnit"), camel("resource-conforms-to"), camel("RecipeProcess"), camel("@id")
    ('hasPointInTime', 'hasUnit', 'resourceConformsTo', 'recipeProcess', 'id')
    """
    local = re.split(r"[:#/]", name.lstrip("@"))[-1]
    head, *rest = [part for part in re.split(r"[-_ ]+", local) if part] or [""]
    return head[:1].lower() + head[1:] + "".join(part[:1].upper() + part[1:] for part in rest)


def snake(name: str) -> str:
    """A name in the spelling of Python and of data bases.

    >>> snake("resourceTypes"), snake("unit_of_quantity")
    ('resource_types', 'unit_of_quantity')
    """
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: f"_{found[1]}", name).lower()


def plain(value: Any) -> Any:
    """A value without the wrapping of JSON-LD, `{"@value": …}`."""
    return plain(value["@value"]) if isinstance(value, Mapping) and "@value" in value else value


def number_text(value: Any) -> str | None:
    """A number as exact decimal text without trailing zeros, or None if it is no number.

    >>> [number_text(one) for one in ("1.50", 7, 0.1, "1e3", ".5", "-0", "NaN", "many")]
    ['1.5', '7', '0.1', '1000', '0.5', '0', None, None]
    """
    value = plain(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number.adjusted()) > _EXPONENT_MAX:
        return None
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def rounded(number: str) -> str:
    """A decimal text with at most six digits after the point, rounded half to even."""
    whole, _, fraction = number.partition(".")
    if len(fraction) <= QUANTITY_DIGITS:
        return number
    micro = round(Fraction(int(whole + fraction), 10 ** (len(fraction) - QUANTITY_DIGITS)))
    return format_decimal(micro, QUANTITY_DIGITS, fixed=False)


def time_text(value: Any) -> str | None:
    """A time in UTC with at most six digits after the second, or None if it is no time.

    A date is its first instant; a time without an offset is taken as UTC; a number is seconds or milliseconds since 1970.

    >>> time_text("2019-04-18T8:00:00-5:00"), time_text("2022/03/01"), time_text({"@value": "2019-04-18T10:00+01:00"})
    ('2019-04-18T13:00:00Z', '2022-03-01T00:00:00Z', '2019-04-18T09:00:00Z')
    >>> time_text(1555574400), time_text("1555574400250"), time_text("2019-02-30"), time_text("soon")
    ('2019-04-18T08:00:00Z', '2019-04-18T08:00:00.25Z', None, None)
    """
    value = plain(value)
    if isinstance(value, str) and _RIGHT.match(value):
        return value if _is_day(value) else None
    try:
        if isinstance(value, str) and (match := _TIME.match(value.strip())):
            return _format(_read(match))
        number = number_text(value)
        if number is None or (isinstance(value, str) and len(value) < _EPOCH_DIGITS):
            return None
        count = Fraction(number)
        return _format(_EPOCH + timedelta(microseconds=int(count * (1_000 if abs(count) >= _MILLISECONDS_FROM else 1_000_000))))
    except (ValueError, OverflowError):
        return None


def _is_day(text: str) -> bool:
    try:
        datetime.fromisoformat(text[:19])
    except ValueError:
        return False
    return True


def has_offset(value: Any) -> bool:
    """Whether a time says where on earth it is read from a clock; a date need not."""
    value = plain(value)
    match = _TIME.match(value.strip()) if isinstance(value, str) else None
    return match is None or match[4] is None or match[8] is not None


def _read(match: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    offset = match[8] or "Z"
    zone: timezone = UTC
    if offset.upper() != "Z":
        digits = offset[1:].replace(":", "")
        hours, minutes = (digits, "0") if len(digits) <= 2 else (digits[:-2], digits[-2:])
        delta = timedelta(hours=int(hours), minutes=int(minutes))
        zone = timezone(-delta if offset[0] == "-" else delta)
    return datetime(year, month, day, hour, minute, second, int((match[7] or "")[:6].ljust(6, "0")), zone).astimezone(UTC)


def _format(moment: datetime) -> str:
    fraction = f".{moment.microsecond:06}".rstrip("0").rstrip(".")
    return f"{moment.year:04}-{moment.month:02}-{moment.day:02}T{moment.hour:02}:{moment.minute:02}:{moment.second:02}{fraction}Z"


def derived_id(kind: str, text: str) -> str:
    """A stable id for what has none of its own, or one that is no id here: readable, and the same for the same text.

    >>> derived_id("ResourceSpecification", "Brown 50/50 Yarn")
    'brown-50-50-yarn-d2b7011f26'
    """
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower())[:40].strip("-") or kind.lower()
    digest = hashlib.sha256(f"{kind}\n{text}".encode()).hexdigest()
    return f"{slug}-{digest[:10]}"


def kept_id(kind: str, value: Any) -> str | None:
    """An id as it is, if it is 1 to 200 visible ASCII characters; else one derived from it; None if there is none."""
    value = plain(value)
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    text = str(value)
    return None if not text.strip() else text if _VISIBLE.match(text) else derived_id(kind, text)
