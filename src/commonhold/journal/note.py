"""Checkpoints: C2SP `tlog-checkpoint` in a `signed-note`, and the verifier keys that name who signs.

Form of a checkpoint: origin, size and base64 root on a line each, an empty line, then one line per signature:
`— name base64(4-byte key id ‖ signature)`.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ..problems import Broken, Problem
from .keys import SigningKey

ED25519 = b"\x01"
SIGNATURES_MAX = 100


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself at a moment: how many entries it has, and the root of their tree."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The signed part."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def key_id(name: str, public: bytes) -> bytes:
    """First four bytes of SHA-256(name ‖ newline ‖ 0x01 ‖ public key)."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def verifier_key(name: str, public: bytes) -> str:
    """The published form of a checkpoint key: `name+hexid+base64(0x01 ‖ key)`."""
    return f"{name}+{key_id(name, public).hex()}+{base64.b64encode(ED25519 + public).decode()}"


def read_verifier_key(vkey: str) -> tuple[str, bytes]:
    """The name and the public key of a verifier key.

    Raises:
        Broken: `journal.bad_verifier_key`.
    """
    try:
        name, id_, encoded = vkey.strip().split("+", 2)
        data = unbase64(encoded)
        if data[:1] == ED25519 and len(data) == 33 and key_id(name, data[1:]).hex() == id_:
            return name, data[1:]
    except ValueError:
        pass
    raise Broken(Problem("journal.bad_verifier_key", "Not an Ed25519 verifier key: name+8 hex digits+base64."))


def sign_checkpoint(checkpoint: Checkpoint, signer: SigningKey) -> str:
    """The whole signed note. The name of the key is the origin of the log, as tlog-checkpoint recommends."""
    text = checkpoint.text()
    signature = key_id(checkpoint.origin, signer.public) + signer.sign(text.encode())
    return f"{text}\n— {checkpoint.origin} {base64.b64encode(signature).decode()}\n"


def open_checkpoint(note: str, vkey: str) -> Checkpoint:
    """Check the signature of the log on a checkpoint, and read it. Signatures by other keys are passed over.

    Raises:
        Broken: `journal.bad_checkpoint`.
    """
    name, public = read_verifier_key(vkey)
    text, empty_line, lines = note.rpartition("\n\n")
    text += "\n"
    signatures = lines.removesuffix("\n").split("\n")
    if not empty_line or not lines.endswith("\n") or len(signatures) > SIGNATURES_MAX or _CONTROL.search(note):
        raise _bad("it is not a signed note")
    ours = [signature for line in signatures if (signature := _signature(line, name, key_id(name, public))) is not None]
    if not ours or not all(_signed(text, signature, public) for signature in ours):
        raise _bad(f"it is not signed by {name}")
    checkpoint = _read(text)
    if checkpoint.origin != name:
        raise _bad(f"it speaks of {checkpoint.origin}, and is signed by {name}")
    return checkpoint


_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


def unbase64(text: str) -> bytes:
    """The bytes of a base64 text (RFC 4648, section 4) that is written in its one right way.

    Raises:
        ValueError: Other characters, wrong padding, or bits left over.
    """
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("base64 that is not written in its one right way")
    return data


def _signature(line: str, name: str, id_: bytes) -> bytes | None:
    """The signature of a line of signatures, if it is by the key of this name and id."""
    dash, _, rest = line.partition(" ")
    signer, _, encoded = rest.partition(" ")
    try:
        data = unbase64(encoded)
    except ValueError:
        data = b""
    if dash != "—" or not signer or "+" in signer or len(data) < 5:
        raise _bad("it has a line that is not a signature")
    return data[4:] if signer == name and data[:4] == id_ else None


def _signed(text: str, signature: bytes, public: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text.encode())
    except (ValueError, InvalidSignature):
        return False
    return True


def read_number(text: str) -> int | None:
    """A whole number as checkpoints and receipts write it: decimal digits of ASCII, without leading zeros."""
    return int(text) if _NUMBER.fullmatch(text) else None


_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


def _read(text: str) -> Checkpoint:
    lines = text.removesuffix("\n").split("\n")
    size = read_number(lines[1]) if len(lines) >= 3 and all(lines) else None
    if size is None:
        raise _bad("it does not have origin, size and root on three lines")
    try:
        root = unbase64(lines[2])
    except ValueError:
        root = b""
    if len(root) != 32:
        raise _bad("its root is not 32 bytes in base64")
    return Checkpoint(lines[0], size, root)


def _bad(why: str) -> Broken:
    return Broken(Problem("journal.bad_checkpoint", f"The checkpoint does not verify: {why}."))
