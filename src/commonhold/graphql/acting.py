"""Writing: commands of the registry, done as the agent of the token with the key that the node keeps, all of them or none."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..commons.custody import kept_key
from ..flows.commands import new_id
from ..journal.commands import Act
from ..node.composition import COMMANDS
from ..problems import NotFound, not_found
from .things import Thing
from .view import View

Step = tuple[str, Any] | Callable[[list[dict[str, Any]]], tuple[str, Any]]
"""A command with its parameters; or, from what the commands before it answered, such a pair."""


@dataclass(frozen=True, slots=True)
class Writing:
    """One mutation.

    Attributes:
        agent: Who acts. key: Idempotency key; empty if the request has none.
    """

    view: View
    agent: str
    key: str

    @classmethod
    def begin(cls, view: View) -> Writing:
        """The next mutation of a request.

        Raises:
            NoToken: `api.no_token`. Forbidden: `api.other_commons`. BadInput: `api.bad_key`.
        """
        holder, key = view.holder(), view.call.idempotency_key()
        view.mutations += 1
        return cls(view, holder.agent, key if not key or view.mutations == 1 else f"{key}-m{view.mutations}")

    def id(self, what: str = "") -> str:
        """An id for something new; with an idempotency key, the same one each time."""
        if not self.key:
            return new_id()
        return hashlib.sha256(f"{self.agent}\n{self.key}\n{what}".encode()).hexdigest()[:16]

    def run(self, *steps: Step) -> list[dict[str, Any]]:
        """Carry out commands; what was read before is forgotten.

        Raises:
            CommonholdError: As the commands raise it; then nothing was written.
        """
        view, done = self.view, list[dict[str, Any]]()
        view.end()
        with view.node.writing(view.commons) as writer:
            signer = kept_key(writer.transaction, view.node.vault, view.commons, self.agent)
            for number, step in enumerate(steps):
                command, params = step(done) if callable(step) else step
                act = Act(writer, self.agent, signer, public_only=True)
                if self.key:
                    act = Act(writer, self.agent, signer, key=f"{self.key}-{number}" if number else self.key, public_only=True)
                done.append(COMMANDS[command].run(act, params))
        return done


def read_revision(text: str) -> tuple[str, str]:
    """(what it is about, the entry that made it so) of a revisionId."""
    key, _, entry = text.rpartition(".")
    return key, entry


def revised(view: View, type_: str, text: str) -> tuple[Thing, str]:
    """The record that a revisionId is about, and the entry that it names: whether that is the newest, the rule will tell.

    Raises:
        NotFound: `flows.unknown_revision`.
    """
    key, entry = read_revision(text)
    number = int(key) if key.isdecimal() and len(key) < 16 else -1
    things = view.events([number]) if type_ == "EconomicEvent" else view.numbered([number])
    thing = things.get(number)
    if thing is None or thing.type != type_ or len(entry) != 64 or set(entry) - set("0123456789abcdef"):
        raise unknown_revision(type_)
    return thing, entry


def unknown_revision(type_: str) -> NotFound:
    """A revisionId that is none."""
    return not_found("flows.unknown_revision", f"This is no revision of a {type_}: take the revisionId as it was answered.", "revisionId")
