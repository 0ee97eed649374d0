"""Use cases: each registered once, and the same behind every door."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import msgspec

from ..store.transaction import Transaction
from .elsewhere import ElsewhereKey
from .keys import SigningKey
from .writer import Landed, Writer


class Sealing(Protocol):
    """Encrypts and decrypts with the node's own key, bound to a purpose."""

    def seal(self, secret: bytes, purpose: str) -> bytes: ...
    def open(self, sealed: bytes, purpose: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody doing something in a commons: who they are, the key they sign with, and the open journal.

    Attributes:
        key: Idempotency key of the request; a command that writes several entries appends a number to it.
        public_only: Whether agents can be named only as everybody may see them: the request came from elsewhere.
        sealing: Seals what the node keeps of the author beside the journal, and opens it.
    """

    writer: Writer
    author: str
    signer: SigningKey | ElsewhereKey
    key: str = field(default_factory=lambda: secrets.token_hex(16))
    public_only: bool = False
    sealing: Sealing | None = None

    @property
    def transaction(self) -> Transaction:
        """The transaction that the act is part of."""
        return self.writer.transaction

    @property
    def commons(self) -> str:
        """The short name of the commons."""
        return self.writer.commons

    def as_node(self, key: str) -> Act:
        """The same act done by the home node itself, as far as the rules let it."""
        signer = self.writer.node
        return replace(self, author=signer.did, signer=signer, key=key)

    def say(self, kind: str, body: Any, number: int | None = None) -> Landed:
        """Write an entry."""
        key = self.key if number is None else f"{self.key}.{number}"
        return self.writer.write(self.signer, self.author, kind, body, key)


@dataclass(frozen=True, slots=True)
class Command:
    """A use case.

    Attributes:
        name: `noun.verb`. summary: One sentence. params: What it takes, a msgspec struct.
        run: Does it, and returns plain values for people and programs.
    """

    name: str
    summary: str
    params: type[msgspec.Struct]
    run: Callable[[Act, Any], dict[str, Any]]


def landed(entry: Landed) -> dict[str, Any]:
    """An entry that landed, as plain values."""
    return {"entry": entry.id, "position": entry.position, "state": entry.state}


def saying(name: str, summary: str, body: type[msgspec.Struct], kind: str) -> Command:
    """A command that does nothing but write one entry."""
    return Command(name, summary, body, lambda act, params: landed(act.say(kind, params)))
