"""Ed25519 keys, named by `did:key`, and the base58btc that multibase needs for them.

A key's name is `did:key:z` + base58btc(0xed 0x01 ‖ 32 bytes of public key), as the did:key method says.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from gmpy2 import mpz

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_GMP_DIGITS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
_FROM_GMP = bytes.maketrans(_GMP_DIGITS, ALPHABET.encode())
_TO_GMP = bytes.maketrans(ALPHABET.encode(), _GMP_DIGITS)
_ED25519 = b"\xed\x01"
DID_PREFIX = "did:key:z"


def base58(data: bytes) -> str:
    """Base58btc, the Bitcoin alphabet; leading zero bytes become leading `1`.

    >>> base58(b"Hello World!")
    '2NEpo7TZRRrLZSi2U'
    """
    digits: str = mpz(int.from_bytes(data, "big")).digits(58).encode().translate(_FROM_GMP).decode()
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "1" * zeros + digits.lstrip("1")


def unbase58(text: str, length: int) -> bytes:
    """The bytes of a base58btc text that must have this length and be written in its one right way.

    Raises:
        ValueError: Not base58btc, or of another length.
    """
    if not text.isascii() or text.strip(ALPHABET):
        raise ValueError("not base58btc")
    if len(text) > 2 * length:
        raise ValueError(f"base58btc text of more than {length} bytes")
    try:
        data = int(mpz("0" + text.encode().translate(_TO_GMP).decode(), 58)).to_bytes(length, "big")
    except OverflowError:
        raise ValueError(f"base58btc text of more than {length} bytes") from None
    if len(text) - len(text.lstrip("1")) != length - len(data.lstrip(b"\0")):
        raise ValueError(f"base58btc text that is not {length} bytes")
    return data


def did_of(public: bytes) -> str:
    """The `did:key` of 32 bytes of public key."""
    return DID_PREFIX + base58(_ED25519 + public)


@lru_cache(maxsize=65_536)
def public_bytes(did: str) -> bytes:
    """The 32 bytes of public key that a `did:key` names.

    Raises:
        ValueError: Not a did:key of an Ed25519 key.
    """
    if not did.startswith(DID_PREFIX):
        raise ValueError("not a did:key (it begins with did:key:z)")
    data = unbase58(did.removeprefix(DID_PREFIX), 34)
    if not data.startswith(_ED25519):
        raise ValueError("a did:key, but not of an Ed25519 key")
    return data[2:]


@lru_cache(maxsize=65_536)
def _public_key(did: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public_bytes(did))


def verifies(did: str, signature: bytes, message: bytes) -> bool:
    """Whether the key of this name made the signature."""
    try:
        _public_key(did).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


class SigningKey:
    """A private Ed25519 key. It never prints itself."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.sign = self._key.sign
        self.public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.did = did_of(self.public)

    @classmethod
    def generate(cls) -> SigningKey:
        """A new random key."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def derived(cls, phrase: str) -> SigningKey:
        """A key that anybody who knows the phrase can make again: for examples and test vectors only."""
        return cls(hashlib.sha256(phrase.encode()).digest())

    def seed(self) -> bytes:
        """The 32 secret bytes."""
        return self._key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())

    def __repr__(self) -> str:
        return f"SigningKey({self.did})"
