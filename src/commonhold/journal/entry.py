"""An entry: one signed statement in the journal of one commons. The form is specified in `docs/reference/journal.md`.

The bytes that the author signed are the bytes that are stored, hashed and sent on. Nothing here writes an entry anew to
check it: the signed document is found *inside* the stored bytes, by position.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import Any

import msgspec

from ..problems import BadInput, Problem, bad_input
from .canonical import canonical, canonical_problem
from .elsewhere import ElsewhereKey
from .keys import SigningKey, base58, unbase58, verifies

ENTRY_BYTES_MAX = 65_535
"""An entry bundle of tlog-tiles gives each entry a 16-bit length."""

TIME_PATTERN = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ", re.ASCII)
KEY_LENGTH_MAX = 200
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""U+0000 as canonical JSON writes it, and not a backslash before `u0000`."""


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An `eddsa-jcs-2022` Data Integrity proof. It has no time of its own: the entry has one."""

    cryptosuite: str
    proofPurpose: str
    proofValue: str
    type: str
    verificationMethod: str


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry as it stands in its bytes, with the body and the proof left as they are written.

    Attributes:
        author: Who says it: the id of an agent of the commons.
        commons: The origin of the log it is meant for.
        created: The author's time, UTC to the second.
        key: Idempotency key, unique for the author in this commons.
        kind: What is said, `package.what`; with `version`, it decides the shape of the body.
    """

    author: str
    body: msgspec.Raw
    commons: str
    created: str
    key: str
    kind: str
    proof: msgspec.Raw
    version: int


_envelope = msgspec.json.Decoder(Envelope)
_proof = msgspec.json.Decoder(Proof)


def entry_id(data: bytes) -> str:
    """The name of an entry: its RFC 6962 leaf hash, SHA-256(0x00 ‖ bytes), in hexadecimal."""
    return hashlib.sha256(b"\0" + data).hexdigest()


def idempotency_digest(author: str, key: str) -> bytes:
    """What stands in an index for an author's idempotency key: the first 16 bytes of SHA-256(author ‖ 0x00 ‖ key)."""
    return hashlib.sha256(f"{author}\0{key}".encode()).digest()[:16]


@lru_cache(maxsize=65_536)
def _configuration_hash(method: str) -> bytes:
    """SHA-256 of the canonical proof without its value: the same for all entries signed by one key."""
    return hashlib.sha256(
        canonical(
            {
                "cryptosuite": "eddsa-jcs-2022",
                "proofPurpose": "assertionMethod",
                "type": "DataIntegrityProof",
                "verificationMethod": method,
            }
        )
    ).digest()


@lru_cache(maxsize=65_536)
def verification_method(did: str) -> str:
    """The name under which a did:key document lists its one key: `did:key:zX#zX`."""
    return f"{did}#{did.removeprefix('did:key:')}"


def sign_entry(
    signer: SigningKey | ElsewhereKey, *, author: str, body: Any, commons: str, created: str, key: str, kind: str, version: int = 1
) -> bytes:
    """The signed bytes of an entry.

    Raises:
        NeedsSignature: The key is elsewhere. BadInput: `journal.bad_signature`: what it handed in does not fit.
    """
    document = canonical(
        {
            "author": author,
            "body": body,
            "commons": commons,
            "created": created,
            "key": key,
            "kind": kind,
            "version": version,
        }
    )
    signature = _signature(signer, document)
    method = verification_method(signer.did)
    proof = (
        '{"cryptosuite":"eddsa-jcs-2022","proofPurpose":"assertionMethod","proofValue":"z'
        f'{base58(signature)}","type":"DataIntegrityProof","verificationMethod":"{method}"}}'
    )
    tail = b',"version":%d}' % version
    assert document.endswith(tail), "version sorts last"
    return b"".join((document[: -len(tail)], b',"proof":', proof.encode(), tail))


def _signature(signer: SigningKey | ElsewhereKey, document: bytes) -> bytes:
    if isinstance(signer, SigningKey):
        return signer.sign(_signed_bytes(verification_method(signer.did), document))
    signature = signer.signature_for(document)
    if len(signature) != 64 or not verifies(signer.did, signature, _signed_bytes(verification_method(signer.did), document)):
        raise bad_input("journal.bad_signature", "The signature does not fit: it was made by another key, or for something else.", "signature")
    return signature


def _signed_bytes(method: str, document: bytes) -> bytes:
    return _configuration_hash(method) + hashlib.sha256(document).digest()


def open_envelope(data: bytes) -> Envelope:
    """Read the outer form of an entry, strictly.

    Raises:
        BadInput: `journal.too_large`, `journal.not_canonical` or `journal.malformed`.
    """
    check_limits(len(data))
    check_text(data)
    try:
        envelope = _envelope.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad_input("journal.malformed", f"Not an entry: {error}.") from None
    if why := canonical_problem(data):
        raise bad_input("journal.not_canonical", f"The entry is {why}." if why.startswith("not") else f"Not canonical JSON: {why}.")
    if not TIME_PATTERN.fullmatch(envelope.created):
        raise bad_input("journal.malformed", "Write the time as 2026-11-23T08:30:00Z.", "created")
    check_limits(len(data), envelope.key)
    return envelope


def check_limits(size: int, key: str = "-") -> None:
    """Check the length of an entry in bytes, and of its idempotency key in characters.

    Raises:
        BadInput: `journal.too_large` or `journal.malformed`.
    """
    if size > ENTRY_BYTES_MAX:
        raise bad_input("journal.too_large", f"An entry has at most {ENTRY_BYTES_MAX} bytes; this one has {size}.")
    if not 1 <= len(key) <= KEY_LENGTH_MAX:
        raise bad_input("journal.malformed", f"A key has 1 to {KEY_LENGTH_MAX} characters.", "key")


def check_text(said: bytes) -> None:
    r"""Check that no string of canonical JSON holds U+0000: not every store can keep it, and every node must keep the same.

    >>> check_text(rb'"C:\\u0000"')

    Raises:
        BadInput: `journal.malformed`.
    """
    if b"\\u0000" in said and _NUL.search(said):
        raise bad_input("journal.malformed", "A text cannot hold the character U+0000.")


def signer_of(data: bytes, envelope: Envelope) -> str:
    """Check the signature over the exact bytes; return the did:key that made it.

    Raises:
        BadInput: `journal.bad_proof` (malformed) or `journal.bad_signature`.
    """
    try:
        proof = _proof.decode(envelope.proof)
        signature = unbase58(proof.proofValue[1:], 64)
    except (msgspec.DecodeError, ValueError) as error:
        raise bad_input("journal.bad_proof", f"The proof cannot be read: {error}.", "proof") from None
    did = proof.verificationMethod.partition("#")[0]
    if (
        proof.cryptosuite != "eddsa-jcs-2022"
        or proof.type != "DataIntegrityProof"
        or proof.proofPurpose != "assertionMethod"
        or not proof.proofValue.startswith("z")
        or proof.verificationMethod != verification_method(did)
    ):
        problem = "The proof is not an eddsa-jcs-2022 DataIntegrityProof for assertion by a did:key."
        raise bad_input("journal.bad_proof", problem, "proof")
    if not verifies(did, signature, _signed_bytes(proof.verificationMethod, _document(data, envelope))):
        raise bad_input("journal.bad_signature", "The signature does not fit the entry: it was changed, or signed by another key.", "proof")
    return did


def _document(data: bytes, envelope: Envelope) -> bytes:
    """The bytes that were signed: the stored bytes without the proof member, which stands just before the last one."""
    tail = b',"version":%d}' % envelope.version
    end = b"".join((b',"proof":', bytes(envelope.proof), tail))
    if not data.endswith(end):
        raise BadInput(Problem("journal.not_canonical", "The proof does not stand before the version.", "proof"))
    return data[: -len(end)] + tail
