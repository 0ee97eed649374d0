"""Entries: what is signed is what is stored, and any change shows."""

from __future__ import annotations

from typing import Any

import pytest
from entry_values import CHARACTERS, NAMES, TEXTS, VALUES
from hypothesis import given, settings
from hypothesis import strategies as st

from commonhold.journal.canonical import canonical_problem
from commonhold.journal.entry import ENTRY_BYTES_MAX, KEY_LENGTH_MAX, Envelope, entry_id, open_envelope, sign_entry, signer_of
from commonhold.journal.keys import SigningKey
from commonhold.journal.kinds import time_text, unix_time
from commonhold.problems import BadInput, CommonholdError

ANA = SigningKey.derived("Ana")
TIMES = st.integers(0, 4_102_444_799).map(time_text)


def entry(**changes: Any) -> bytes:
    """An entry signed by Ana."""
    fields = {"author": ANA.did, "body": {}, "commons": "example.org/test", "created": "2026-11-23T08:30:00Z", "key": "key", "kind": "commons.leave"}
    return sign_entry(ANA, **fields | changes)


@given(
    author=TEXTS, body=st.dictionaries(NAMES, VALUES, max_size=5), commons=TEXTS, created=TIMES,
    key=st.text(CHARACTERS, min_size=1, max_size=KEY_LENGTH_MAX), kind=TEXTS, version=st.integers(0, 2**53 - 1),
)  # fmt: skip
def test_signing_and_checking(**fields: Any) -> None:
    """Whatever is signed is canonical, reads back as it was said, and names who signed."""
    data = sign_entry(ANA, **fields)
    assert canonical_problem(data) is None
    envelope = open_envelope(data)
    said = {name: getattr(envelope, name) for name in fields if name != "body"}
    assert said == {name: value for name, value in fields.items() if name != "body"}
    assert signer_of(data, envelope) == ANA.did


@given(st.text(st.sampled_from("\\\0u0"), max_size=12))
def test_a_text_with_the_character_zero_is_refused_and_one_that_only_looks_like_it_is_not(text: str) -> None:
    data = entry(body={"note": text})
    if "\0" in text:
        with pytest.raises(BadInput, match=r"U\+0000"):
            open_envelope(data)
    else:
        assert open_envelope(data).kind == "commons.leave"


DATA = entry(body={"note": "naïve 🙂", "nested": [{"a": 1}, None, True]})


def refused_or_another(changed: bytes) -> None:
    """The entry is refused, or it is another entry: its id is not the same."""
    assert entry_id(changed) != entry_id(DATA)
    with pytest.raises(CommonholdError):
        signer_of(changed, open_envelope(changed))


def test_any_changed_byte_is_refused() -> None:
    """Each byte of a signed entry is changed, in two ways: the reader refuses it, and the id is another."""
    for at in range(len(DATA)):
        for mask in (0x01, 0x20):
            refused_or_another(DATA[:at] + bytes([DATA[at] ^ mask]) + DATA[at + 1 :])


@settings(max_examples=200)
@given(st.integers(0, len(DATA)), st.integers(0, 5), st.binary(max_size=5))
def test_bytes_put_in_or_taken_out_are_refused(at: int, less: int, more: bytes) -> None:
    """The same for bytes that are inserted, left out or replaced."""
    changed = DATA[:at] + more + DATA[at + less :]
    if changed != DATA:
        refused_or_another(changed)


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_anything_else_is_refused_without_a_crash(data: bytes) -> None:
    """Whatever bytes come in, the answer is a problem with a code."""
    with pytest.raises(BadInput):
        open_envelope(data)


def of_size(size: int) -> bytes:
    """An entry of so many bytes. (The text of a signature is now and then a letter shorter; then another one is tried.)"""
    short = len(entry(body={"x": ""}))
    found = (entry(body={"x": "x" * (size - short - 3)}, key=f"{number:06d}") for number in range(100))
    return next(data for data in found if len(data) == size)


def test_an_entry_has_at_most_65535_bytes() -> None:
    """The longest entry is read; one byte more is too large."""
    data = of_size(ENTRY_BYTES_MAX)
    assert len(data) == ENTRY_BYTES_MAX == 65_535
    assert signer_of(data, open_envelope(data)) == ANA.did
    with pytest.raises(BadInput) as caught:
        open_envelope(of_size(ENTRY_BYTES_MAX + 1))
    assert caught.value.code == "journal.too_large"


def test_depth_is_no_way_to_break_it() -> None:
    """A body of arrays in arrays is refused like anything malformed."""
    with pytest.raises(BadInput):
        open_envelope(DATA.replace(b'"nested":[', b'"nested":[' + b"[" * 30_000 + b"]" * 30_000 + b","))


@pytest.mark.parametrize("signer", ["Bo", "Cy"])
def test_the_signer_is_told_and_not_the_author(signer: str) -> None:
    """A proof tells which key signed; whether it may speak for the author is for the journal to say."""
    key = SigningKey.derived(signer)
    data = sign_entry(key, author=ANA.did, body={}, commons="example.org/test", created="2026-11-23T08:30:00Z", key="key", kind="commons.leave")
    assert signer_of(data, open_envelope(data)) == key.did != open_envelope(data).author


def test_a_signed_document_is_found_by_position() -> None:
    """Text in a body that looks like a proof and a version is not mistaken for them."""
    bait = ',"proof":{"cryptosuite":"eddsa-jcs-2022"},"version":1}'
    data = entry(body={"note": bait, "proof": {"type": "bait"}, "version": 1}, key=bait)
    assert signer_of(data, open_envelope(data)) == ANA.did
    envelope = open_envelope(data)
    other = Envelope(**{name: getattr(envelope, name) for name in Envelope.__struct_fields__} | {"version": 2})
    with pytest.raises(BadInput) as caught:
        signer_of(data, other)
    assert caught.value.code == "journal.not_canonical"


@given(st.integers(-62_135_596_800, 253_402_300_799))
def test_times_both_ways(seconds: int) -> None:
    """Seconds and text lead to each other from year 1 to 9999."""
    text = time_text(seconds)
    if text[0].isdigit() and len(text) == 20:
        assert unix_time(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["2026-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "0000-01-01T00:00:00Z", "2026-1-01T00:00:00Z", "2026-01-01 00:00:00Z", "2026-01-01T24:00:00Z",
     "2026-01-01T00:00:00Z\n", "2026-01-01T00:00:00z", "٢٠٢٦-01-01T00:00:00Z", "", "now"],
)  # fmt: skip
def test_other_times_are_refused(text: str) -> None:
    """Days that no calendar has, and other ways of writing."""
    with pytest.raises(BadInput) as caught:
        unix_time(text)
    assert caught.value.code == "journal.malformed"
