"""Keys, their names, and base58btc."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.journal.keyfile import read_key_file, write_key_file
from commonhold.journal.keys import ALPHABET, SigningKey, base58, did_of, public_bytes, unbase58, verifies
from commonhold.problems import BadInput


def plain_base58(data: bytes) -> str:
    """Base58btc as it is usually written."""
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = ALPHABET[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


@given(st.binary(max_size=80))
def test_base58_both_ways(data: bytes) -> None:
    """The text is the usual one, and leads back to the bytes."""
    assert base58(data) == plain_base58(data)
    assert unbase58(base58(data), len(data)) == data


@given(st.integers(0, 3), st.binary(max_size=40), st.integers(-2, 2))
def test_base58_has_one_length(zeros: int, data: bytes, off: int) -> None:
    """A text stands for bytes of one length only, leading zeros included."""
    whole = b"\0" * zeros + data
    if off and len(whole) + off >= 0:
        with pytest.raises(ValueError, match="base58btc"):
            unbase58(base58(whole), len(whole) + off)


@given(st.text(max_size=60), st.integers(0, 40))
def test_base58_is_strict(text: str, length: int) -> None:
    """Any text is refused, or is exactly what its bytes are written as."""
    try:
        data = unbase58(text, length)
    except ValueError:
        return
    assert len(data) == length
    assert base58(data) == text


@pytest.mark.parametrize("text", ["0", "O", "I", "l", " 1", "1 ", "2\n", "é", "z" * 60_000, ""])
def test_what_is_not_base58_is_refused(text: str) -> None:
    """Letters that look alike, blanks, other characters, far too much and nothing."""
    with pytest.raises(ValueError, match="base58btc"):
        unbase58(text, 32)


@given(st.binary(min_size=32, max_size=32))
def test_names_of_keys_both_ways(public: bytes) -> None:
    """A did:key names 32 bytes and leads back to them."""
    did = did_of(public)
    assert did.startswith("did:key:z6Mk")
    assert public_bytes(did) == public


@given(st.binary(min_size=32, max_size=32), st.data())
def test_a_changed_name_names_another_key_or_none(public: bytes, data: st.DataObject) -> None:
    """One character of a did:key is changed: it is refused, or names another key."""
    did = did_of(public)
    at = data.draw(st.integers(0, len(did) - 1))
    other = did[:at] + data.draw(st.characters(exclude_categories=["Cs"]).filter(lambda letter: letter != did[at])) + did[at + 1 :]
    with contextlib.suppress(ValueError):
        assert public_bytes(other) != public


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.data())
def test_signatures(seed: bytes, message: bytes, data: st.DataObject) -> None:
    """A signature fits its message under its key, and nothing else."""
    key = SigningKey(seed)
    signature = key.sign(message)
    assert verifies(key.did, signature, message)
    assert not verifies(key.did, signature, message + b"!")
    assert not verifies(SigningKey.derived("another").did, signature, message)
    bit = data.draw(st.integers(0, 511))
    changed = bytearray(signature)
    changed[bit // 8] ^= 1 << (bit % 8)
    assert not verifies(key.did, bytes(changed), message)
    assert not verifies("did:key:zNonsense", signature, message)
    assert not verifies(key.did, signature[:63], message)


def test_a_key_does_not_print_itself() -> None:
    """What is shown of a key is its public name."""
    key = SigningKey.derived("shown")
    assert repr(key) == f"SigningKey({key.did})"
    assert key.seed().hex() not in repr(key)


def test_key_files_both_ways(tmp_path: Path) -> None:
    """A key file is for its owner only, is read back, and is never written over."""
    key = SigningKey.generate()
    write_key_file(tmp_path / "key.pem", key)
    assert (tmp_path / "key.pem").stat().st_mode & 0o777 == 0o600
    assert read_key_file(tmp_path / "key.pem").did == key.did
    with pytest.raises(BadInput) as caught:
        write_key_file(tmp_path / "key.pem", SigningKey.generate())
    assert caught.value.code == "keys.file_exists"
    assert read_key_file(tmp_path / "key.pem").did == key.did


@pytest.mark.parametrize("content", [b"", b"nonsense", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    """A file that holds no Ed25519 key is bad input."""
    (tmp_path / "key.pem").write_bytes(content)
    with pytest.raises(BadInput) as caught:
        read_key_file(tmp_path / "key.pem")
    assert caught.value.code == "keys.bad_file"
