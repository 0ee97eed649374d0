"""RFC 8785 canonical JSON, for the JSON that entries may hold.

An entry holds objects, arrays, strings, booleans and integers, but no fractions (quantities are strings) and no member
names beyond printable ASCII. On that ground msgspec's sorted encoding *is* the canonical form of RFC 8785: it escapes the
same characters in the same way, and member names sort alike by code point and by UTF-16 unit. The tests compare it with
an implementation of the whole RFC.
"""

from __future__ import annotations

from typing import Any

import msgspec

INTEGER_MAX = 2**53 - 1
"""Beyond this, JSON readers that know only IEEE doubles lose digits (RFC 8785, section 3.2.2.3)."""

_encoder = msgspec.json.Encoder(order="sorted")


def canonical(value: Any) -> bytes:
    """The canonical bytes of plain values or msgspec structs."""
    return _encoder.encode(value)


def _no_fractions(literal: str) -> Any:
    raise ValueError(f"number {literal[:40]} is not an integer below 2^53")


_decoder = msgspec.json.Decoder(float_hook=_no_fractions)


def canonical_problem(data: bytes) -> str | None:
    """Why these bytes are not canonical JSON of an entry, or None if they are.

    >>> canonical_problem(b'{"a":1}')
    >>> canonical_problem(b'{"a": 1}')
    'not in canonical form (RFC 8785): members sorted by name, no white space, shortest escapes'
    >>> canonical_problem(b'{"a":1.5}')
    'number 1.5 is not an integer below 2^53'
    """
    try:
        value = _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, RecursionError) as error:
        return str(error)
    if _encoder.encode(value) != data:
        return "not in canonical form (RFC 8785): members sorted by name, no white space, shortest escapes"
    return None
