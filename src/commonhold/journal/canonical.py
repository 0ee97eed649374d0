"""RFC 8785 canonical JSON, for the JSON that entries may hold.

An entry holds objects, arrays, strings, booleans, null and integers below 2^53, but no fractions (quantities are strings)
and no member names beyond ASCII. On that ground msgspec's sorted encoding *is* the canonical form of RFC 8785: it escapes the
same characters in the same way, and member names sort alike by code point and by UTF-16 unit. The tests compare it with
an implementation of the whole RFC.
"""

from __future__ import annotations

from typing import Any

import msgspec

from ..problems import bad_input

INTEGER_MAX = 2**53 - 1
"""Beyond this, JSON readers that know only IEEE doubles lose digits (RFC 8785, section 3.2.2.3)."""

_encoder = msgspec.json.Encoder(order="sorted")


def canonical(value: Any) -> bytes:
    """The canonical bytes of plain values or msgspec structs.

    Raises:
        BadInput: `journal.not_text`, for half a surrogate pair, which no UTF-8 can hold.
    """
    try:
        return _encoder.encode(value)
    except RecursionError:
        raise bad_input("journal.too_deep", "This is nested too deeply.") from None
    except UnicodeEncodeError:
        raise bad_input("journal.not_text", "A text holds something that is not a Unicode character.") from None


def _no_fractions(literal: str) -> Any:
    raise ValueError(f"number {literal[:40]} is not an integer below 2^53")


_decoder = msgspec.json.Decoder(float_hook=_no_fractions)
_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_DIGITS_MAX = b"0" * 16
"""Integers of fewer digits are below 2^53."""


def canonical_problem(data: bytes) -> str | None:
    """Why these bytes are not canonical JSON of an entry, or None if they are.

    >>> canonical_problem(b'{"a":1}')
    >>> canonical_problem(b'{"a": 1}')
    'not in canonical form (RFC 8785): members sorted by name, no white space, shortest escapes'
    >>> canonical_problem(b'{"a":1.5}')
    'number 1.5 is not an integer below 2^53 - at `$[...]`'
    """
    try:
        value = _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, RecursionError) as error:
        return str(error)
    if _encoder.encode(value) != data:
        return "not in canonical form (RFC 8785): members sorted by name, no white space, shortest escapes"
    if not data.isascii() or _DIGITS_MAX in data.translate(_DIGITS):
        return _value_problem(value)
    return None


def _value_problem(value: Any) -> str | None:
    """Look at every number and every name; needed only where bytes or digits hint at something unusual."""
    values = [value]
    while values:
        one = values.pop()
        if isinstance(one, dict):
            if any(not name.isascii() for name in one):
                return "a member has a name that is not ASCII"
            values += one.values()
        elif isinstance(one, list):
            values += one
        elif isinstance(one, int) and not -INTEGER_MAX <= one <= INTEGER_MAX:
            return f"number {str(one)[:40]} is not an integer below 2^53"
    return None
