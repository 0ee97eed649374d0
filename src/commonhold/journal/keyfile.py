"""Key files: an Ed25519 key as unencrypted PKCS #8 PEM, readable by its owner alone; `openssl pkey` reads them too."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from ..problems import bad_input
from .keys import SigningKey


def pem_of(key: SigningKey) -> bytes:
    """A key as such a file has it."""
    return Ed25519PrivateKey.from_private_bytes(key.seed()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def write_key_file(path: Path, key: SigningKey) -> None:
    """Write a key file that does not exist yet.

    Raises:
        BadInput: `keys.file_exists`.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise bad_input("keys.file_exists", f"{path} exists; a key is never overwritten.", "file") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem_of(key))


def read_key_file(path: Path) -> SigningKey:
    """The key in a file.

    Raises:
        BadInput: `keys.bad_file`.
    """
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise bad_input("keys.bad_file", f"{path} does not hold an Ed25519 key (PKCS #8 PEM, without a password).", "file")
    return SigningKey(key.private_bytes_raw())
