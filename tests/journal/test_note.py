"""Checkpoints: signed notes that open with the key of the log and with no other."""

from __future__ import annotations

import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.journal.keys import SigningKey
from commonhold.journal.note import (
    SIGNATURES_MAX,
    Checkpoint,
    key_id,
    open_checkpoint,
    read_number,
    read_verifier_key,
    sign_checkpoint,
    unbase64,
    verifier_key,
)
from commonhold.problems import Broken

ORIGIN = "example.org/test"
NODE = SigningKey.derived("node")
VKEY = verifier_key(ORIGIN, NODE.public)
CHECKPOINT = Checkpoint(ORIGIN, 1_234, b"\x55" * 32)
NOTE = sign_checkpoint(CHECKPOINT, NODE)
ORIGINS = st.text(st.characters(codec="ascii", categories=["L", "N"], include_characters="./-"), min_size=1, max_size=40)


def signature_line(name: str, key: SigningKey, text: str) -> str:
    """A line of a signature."""
    return f"— {name} {base64.b64encode(key_id(name, key.public) + key.sign(text.encode())).decode()}\n"


@given(ORIGINS, st.integers(0, 2**62), st.binary(min_size=32, max_size=32))
def test_signing_and_opening(origin: str, size: int, root: bytes) -> None:
    """What a log signs opens with its verifier key."""
    checkpoint = Checkpoint(origin, size, root)
    assert open_checkpoint(sign_checkpoint(checkpoint, NODE), verifier_key(origin, NODE.public)) == checkpoint


def test_any_changed_byte_is_refused() -> None:
    """Each byte of a checkpoint is changed, bit by bit: it does not open."""
    data = NOTE.encode()
    for at in range(len(data)):
        for bit in range(8):
            changed = data[:at] + bytes([data[at] ^ (1 << bit)]) + data[at + 1 :]
            with pytest.raises(Broken):
                open_checkpoint(changed.decode(errors="replace"), VKEY)


@given(st.text(max_size=200))
def test_anything_else_is_refused_without_a_crash(text: str) -> None:
    """Whatever text comes in, it does not open, and says so in one way."""
    for note in (text, NOTE.replace("1234", text, 1) if text != "1234" else "", NOTE + text if text else ""):
        with pytest.raises(Broken):
            open_checkpoint(note, VKEY)
    with pytest.raises(Broken):
        read_verifier_key(text)


@given(st.lists(ORIGINS.filter(lambda name: name != ORIGIN), max_size=16), st.integers(0, 16))
def test_signatures_by_unknown_keys_are_passed_over(names: list[str], place: int) -> None:
    """Sixteen and more signatures of witnesses may stand before and after that of the log, whatever they are worth."""
    text, _, ours = NOTE.partition("\n\n")
    lines = [signature_line(name, SigningKey.derived(name), "something else") for name in names]
    lines.insert(min(place, len(lines)), ours)
    assert open_checkpoint(f"{text}\n\n{''.join(lines)}", VKEY) == CHECKPOINT


def test_a_key_of_the_same_name_is_another_key() -> None:
    """A name alone is not a key: what another key of the same name signed is passed over, or not enough."""
    text = CHECKPOINT.text()
    other = signature_line(ORIGIN, SigningKey.derived("other"), text)
    assert open_checkpoint(NOTE + other, VKEY) == CHECKPOINT
    with pytest.raises(Broken, match="not signed by"):
        open_checkpoint(f"{text}\n{other}", VKEY)


def test_a_signature_of_the_key_that_fails_spoils_the_note() -> None:
    """If the log's own key stands twice and one signature fails, the note is refused."""
    with pytest.raises(Broken, match="not signed by"):
        open_checkpoint(NOTE + signature_line(ORIGIN, NODE, "something else"), VKEY)


def test_there_is_a_limit_of_signatures() -> None:
    """A note with very many lines is refused before anything is computed."""
    extra = signature_line("witness.example", SigningKey.derived("witness"), CHECKPOINT.text())
    assert open_checkpoint(NOTE + extra * (SIGNATURES_MAX - 1), VKEY) == CHECKPOINT
    with pytest.raises(Broken):
        open_checkpoint(NOTE + extra * SIGNATURES_MAX, VKEY)


def test_a_checkpoint_speaks_of_the_log_of_its_key() -> None:
    """An origin that is not the name of the key is refused, even if the key signed it."""
    text = Checkpoint("example.org/another", 1, b"\0" * 32).text()
    with pytest.raises(Broken, match="speaks of"):
        open_checkpoint(f"{text}\n{signature_line(ORIGIN, NODE, text)}", VKEY)


@given(st.binary(max_size=70))
def test_base64_has_one_writing(data: bytes) -> None:
    """Bytes have one text, and that text leads back to them."""
    text = base64.b64encode(data).decode()
    assert unbase64(text) == data
    for other in (text.rstrip("="), text + "=", text + "\n", " " + text):
        if other != text:
            with pytest.raises(ValueError, match=r"."):
                unbase64(other)


@given(st.text("ABCDwxyz0189+/=", max_size=12))
def test_base64_is_not_malleable(text: str) -> None:
    """Any text is refused, or is exactly how its bytes are written: no bits are left over."""
    with contextlib.suppress(ValueError):
        assert base64.b64encode(unbase64(text)).decode() == text


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("10", 10), ("9" * 19, int("9" * 19))])
def test_numbers(text: str, number: int) -> None:
    """Decimal digits without leading zeros."""
    assert read_number(text) == number


@pytest.mark.parametrize("text", ["", "00", "01", "+1", "-1", " 1", "1 ", "1\n", "1_0", "٣", "1.0", "9" * 20, "9" * 5_000])
def test_other_numbers_are_none(text: str) -> None:
    """All other writings, and numbers beyond any log."""
    assert read_number(text) is None
