"""Checkpoints: C2SP `tlog-checkpoint` in a `signed-note`, and the verifier keys that name who signs.

Form of a checkpoint: origin, size and base64 root on a line each, an empty line, then one line per signature:
`— name base64(4-byte key id ‖ signature)`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
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
        data = base64.b64decode(encoded, validate=True)
        if data[:1] == ED25519 and len(data) == 33 and key_id(name, data[1:]).hex() == id_:
            return name, data[1:]
    except (ValueError, binascii.Error):
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
    text, empty_line, lines = note.partition("\n\n")
    text += "\n"
    signatures = lines.removesuffix("\n").split("\n")
    if not empty_line or not lines.endswith("\n") or len(signatures) > SIGNATURES_MAX:
        raise _bad("it is not a signed note")
    if not any(_signed(text, line, name, public) for line in signatures):
        raise _bad(f"it is not signed by {name}")
    return _read(text)


def _signed(text: str, line: str, name: str, public: bytes) -> bool:
    dash, _, rest = line.partition(" ")
    signer, _, encoded = rest.partition(" ")
    if dash != "—" or signer != name:
        return False
    try:
        data = base64.b64decode(encoded, validate=True)
        if data[:4] != key_id(name, public) or base64.b64encode(data).decode() != encoded:
            return False
        Ed25519PublicKey.from_public_bytes(public).verify(data[4:], text.encode())
    except (ValueError, binascii.Error, InvalidSignature):
        return False
    return True


def _read(text: str) -> Checkpoint:
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < 3 or not lines[1].isascii() or not lines[1].isdigit() or str(int(lines[1])) != lines[1]:
        raise _bad("it does not have origin, size and root on three lines")
    try:
        root = base64.b64decode(lines[2], validate=True)
    except binascii.Error:
        root = b""
    if len(root) != 32 or base64.b64encode(root).decode() != lines[2]:
        raise _bad("its root is not 32 bytes in base64")
    return Checkpoint(lines[0], int(lines[1]), root)


def _bad(why: str) -> Broken:
    return Broken(Problem("journal.bad_checkpoint", f"The checkpoint does not verify: {why}."))
