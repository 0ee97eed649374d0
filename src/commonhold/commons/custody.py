"""Keys and secrets that the node keeps, sealed with the node's own key (a file that only its owner can read).

A peer may hold their own key instead; then nothing of it is here.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from ..journal.keys import SigningKey
from ..problems import Broken, Forbidden, Problem
from ..store.transaction import Transaction
from .queries import active_keys, find_agent

_NONCE_BYTES = 12


class Vault:
    """Seals and opens. The key never leaves the object."""

    def __init__(self, key: bytes) -> None:
        self._cipher = ChaCha20Poly1305(key)

    @classmethod
    def at(cls, path: Path) -> Vault:
        """The vault whose key is in a file.

        Raises:
            Broken: `commons.vault_missing`, `commons.vault_damaged`.
        """
        try:
            return cls(path.read_bytes())
        except FileNotFoundError:
            problem = f"{path} is missing: without it the secrets of this node do not open. Put it back from a backup."
            raise Broken(Problem("commons.vault_missing", problem)) from None
        except ValueError:
            raise Broken(Problem("commons.vault_damaged", f"{path} is not the key of a node. Put it back from a backup.")) from None

    @staticmethod
    def make(path: Path) -> None:
        """Make the key of a new node, unless there is one; whole or not at all, whoever else makes it at the same time."""
        if path.exists():
            return
        descriptor, name = tempfile.mkstemp(prefix="node.key.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(ChaCha20Poly1305.generate_key())
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(name, path)
            except FileExistsError:
                pass
            except OSError:  # a file system without links
                Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)

    def seal(self, secret: bytes, purpose: str) -> bytes:
        """Encrypt, bound to a purpose: it opens only for the same."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """Decrypt.

        Raises:
            Broken: `commons.vault_damaged`: another node key, or a damaged secret.
        """
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], purpose.encode())
        except (InvalidTag, ValueError):
            problem = "A secret of this node does not open: is node.key the file that belongs to this database?"
            raise Broken(Problem("commons.vault_damaged", problem)) from None


def keep_key(transaction: Transaction, vault: Vault, commons: str, agent: str, key: SigningKey) -> None:
    """Let the node keep an agent's key, sealed."""
    sealed = vault.seal(key.seed(), f"{commons} {key.did}")
    transaction.execute("DELETE FROM private_key WHERE commons = ? AND did = ?", (commons, key.did))
    transaction.insert("private_key", commons, key.did, agent, sealed)


def kept_key(transaction: Transaction, vault: Vault, commons: str, agent: str) -> SigningKey:
    """The key that the node keeps for an agent and that speaks for the agent now.

    Raises:
        Forbidden: `commons.no_key_here`.
    """
    known = find_agent(transaction, commons, agent)
    active = {agent} if known is None or known.type == "Node" else set(active_keys(transaction, commons, known.number))
    sql = "SELECT did, sealed FROM private_key WHERE commons = ? AND agent = ? ORDER BY did"
    for did, sealed in transaction.rows(sql, (commons, agent)):
        if did in active:
            return SigningKey(vault.open(bytes(sealed), f"{commons} {did}"))
    raise Forbidden(Problem("commons.no_key_here", f"The node keeps no key that speaks for {agent}: sign with the key file (--key).", "author"))


IDENTITIES = "identities"
"""Name of the secret behind the digests of identities; it is made with the commons."""


def secret_of(transaction: Transaction, vault: Vault, commons: str, name: str) -> bytes:
    """A secret of the commons by its name, for instance the one behind the digests of identities; made if missing."""
    sealed = transaction.value("SELECT sealed FROM private_secret WHERE commons = ? AND name = ?", (commons, name))
    purpose = f"{commons} secret {name}"
    if sealed is not None:
        return vault.open(bytes(sealed), purpose)
    secret = secrets.token_bytes(32)
    transaction.insert("private_secret", commons, name, vault.seal(secret, purpose))
    return secret


def keeps(transaction: Transaction, commons: str, agent: str) -> set[str]:
    """The did:keys of an agent of which the node has a copy."""
    return {row[0] for row in transaction.rows("SELECT did FROM private_key WHERE commons = ? AND agent = ?", (commons, agent))}


def let_go(transaction: Transaction, commons: str, agent: str, did: str) -> None:
    """Forget the node's copy of a key."""
    transaction.execute("DELETE FROM private_key WHERE commons = ? AND agent = ? AND did = ?", (commons, agent, did))
