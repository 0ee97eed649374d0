"""Canonical JSON agrees with an implementation of the whole of RFC 8785, on all JSON that entries may hold."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rfc8785
from entry_values import VALUES
from hypothesis import example, given
from hypothesis import strategies as st

from commonhold.journal.canonical import INTEGER_MAX, canonical, canonical_problem
from commonhold.problems import BadInput


@given(VALUES)
@example({"1": 1, "10": 2, "2": 3, "": 4, "\x7f": 5, "\0": 6})
@example('\u2028\ud7ff\ue000\U0001f642"\\/\x08\x1f\x7f')
def test_it_writes_what_rfc_8785_says(value: Any) -> None:
    """The bytes are those of the `rfc8785` package, and are canonical when they are read."""
    data = canonical(value)
    assert data == rfc8785.dumps(value)
    assert canonical_problem(data) is None


@given(VALUES, st.integers(0, 4), st.booleans())
def test_other_writings_of_the_same_are_refused(value: Any, indent: int, ascii_only: bool) -> None:
    """However else a value is written, it is refused unless it is the canonical form by chance."""
    other = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode()
    assert (canonical_problem(other) is None) == (other == rfc8785.dumps(value))


@given(st.binary(max_size=30) | st.text('{}[]:,"\\u0159-.eE \ntrufalsn', max_size=30).map(str.encode))
def test_whatever_is_accepted_is_what_rfc8785_writes(data: bytes) -> None:
    """Any bytes: what is accepted, the `rfc8785` package writes byte for byte; nothing raises."""
    if canonical_problem(data) is None:
        assert rfc8785.dumps(json.loads(data)) == data


@given(VALUES, st.data())
def test_a_changed_byte_gives_another_value_or_is_refused(value: Any, data: st.DataObject) -> None:
    """Two different byte strings are never the canonical form of one value."""
    whole = canonical(value)
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:at] + bytes([whole[at] ^ (1 << data.draw(st.integers(0, 7)))]) + whole[at + 1 :]
    if canonical_problem(changed) is None:
        assert json.loads(changed) != value or canonical(json.loads(changed)) == changed != whole


@given(st.integers())
@example(INTEGER_MAX)
@example(INTEGER_MAX + 1)
@example(-INTEGER_MAX - 1)
@example(2**63)
@example(2**64)
@example(10**400)
def test_integers_end_before_2_to_the_53(number: int) -> None:
    """Beyond that, readers that know only IEEE doubles lose digits: such numbers are refused, wherever they stand."""
    fits = abs(number) <= INTEGER_MAX
    for data in (f"{number}", f"[{number}]", f'{{"a":{{"b":[0,{number}]}}}}'):
        assert (canonical_problem(data.encode()) is None) == fits


def test_digits_in_a_text_are_no_number() -> None:
    """A long row of digits in a text is fine."""
    assert canonical_problem(canonical({"a": "9" * 40, "9" * 40: [":9999999999999999999"]})) is None


@pytest.mark.parametrize("data", [b"1.5", b"[0.1]", b"1e2", b"1E400", b"-0.0", b'{"a":-0}', b"1.0"])
def test_fractions_are_refused(data: bytes) -> None:
    """Quantities are texts; a number with a point, an exponent or a sign on nothing is refused."""
    assert canonical_problem(data)


def test_depth_is_no_way_to_break_it() -> None:
    """Arrays in arrays without end are refused like anything malformed."""
    assert canonical_problem(b"[" * 60_000)
    assert canonical_problem(b"[" * 20_000 + b"]" * 20_000)


def test_half_a_character_cannot_be_written() -> None:
    """A text with half a surrogate pair is bad input, not a crash."""
    with pytest.raises(BadInput) as caught:
        canonical({"note": "\ud83d"})
    assert caught.value.code == "journal.not_text"
