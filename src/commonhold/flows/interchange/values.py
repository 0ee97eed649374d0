"""Texts of values in the one form that documents have: numbers in plain digits, times in UTC, `om2:` for units."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from ..actions import action_named
from ..ontology.model import PURPOSES
from ..units import OM2

_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt ](\d{1,2}):(\d{2}):(\d{2})(\.\d{1,6})?(?:[Zz]|([+-])(\d{1,2}):?(\d{2}))", re.ASCII)
_PLAIN = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_LONGEST_NUMBER = 40


def number_text(text: str) -> str:
    """A number in plain digits; what is none, or is longer than 40 digits, is left for a rule to refuse.

    >>> number_text("12.50"), number_text("1E+2"), number_text(".5"), number_text("many")
    ('12.50', '100', '0.5', 'many')
    """
    if _PLAIN.fullmatch(text):
        return text
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    fits = number.is_finite() and abs(number.adjusted()) <= _LONGEST_NUMBER and len(number.as_tuple().digits) <= _LONGEST_NUMBER
    return format(number, "f") if fits else text


def time_text(text: str) -> str:
    """A time with an offset as the same time in UTC; what is none is left for a rule to refuse.

    The examples of the specification write hours and offsets with one digit; they are read.

    >>> time_text("2019-04-08T8:30:00-5:00"), time_text("2026-01-01T00:00:00.500Z"), time_text("noon")
    ('2019-04-08T13:30:00Z', '2026-01-01T00:00:00.500Z', 'noon')
    """
    match = _TIME.fullmatch(text)
    if not match:
        return text
    day, hour, minute, second, fraction, sign, hours, minutes = match.groups(default="")
    offset = f"{sign}{int(hours):02}:{minutes}" if sign else "+00:00"
    try:
        moment = datetime.fromisoformat(f"{day}T{int(hour):02}:{minute}:{second}{offset}").astimezone(UTC)
    except (ValueError, OverflowError):
        return text
    return f"{moment.replace(tzinfo=None).isoformat()}{fraction}Z"


def uri_text(text: str) -> str:
    """An address; an identifier of OM 2 in its short form.

    >>> uri_text("http://www.ontology-of-units-of-measure.org/resource/om-2/hour")
    'om2:hour'
    """
    return f"om2:{text[len(OM2) :]}" if text.startswith(OM2) else text


def full_uri(text: str) -> str:
    """The other direction of `uri_text`."""
    return OM2 + text[4:] if text.startswith("om2:") else text


def boolean_of(text: str) -> bool | str:
    """A truth value of XML Schema; anything else is left for a rule to refuse."""
    return {"true": True, "1": True, "false": False, "0": False}.get(text.strip().lower(), text)


def term_text(text: str) -> str:
    """A named value of the ontology in the spelling of 1.0, whatever the older spelling; what is none is left as it is."""
    return action_named(text) or next((purpose for purpose in PURPOSES if text == purpose), text)


LITERALS: Mapping[str, Callable[[str], str | bool]] = {
    "string": str,
    "boolean": boolean_of,
    "dateTimeStamp": time_text,
    "anyURI": uri_text,
    "decimal": number_text,
}
"""From the text of a literal to the value in a document, by kind of value."""
