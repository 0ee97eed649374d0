"""What the resolvers hand to one another: something of a commons, with the others that were read together with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .view import View


class Thing:
    """A record, an event or an agent, as it is in one state of the journal.

    Whatever is asked of one of them is looked up for all its peers at once, so the number of queries does not grow with
    the number of rows.

    Attributes:
        type: Class of Valueflows. key: Number of a record, position of an event, id of an agent.
        said: What is said of it: a struct of `flows.vocabulary`, or an `agents.Told`.
        revised: Position of the entry that made it what it is. entry: The id of that entry.
        columns: What events have made of a resource; which resources an event touched; numbers of an agent.
        peers: Those of the same class that were read together with it, itself among them. found: What was looked up already.
    """

    __slots__ = ("columns", "created", "deleted", "entry", "found", "id", "key", "peers", "revised", "said", "type")

    def __init__(
        self, type_: str, key: Any, id_: str, said: Any, *, created: int = -1, revised: int = -1, entry: str = "", deleted: bool = False,
        columns: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self.type = type_
        self.key = key
        self.id = id_
        self.said = said
        self.created = created
        self.revised = revised
        self.entry = entry
        self.deleted = deleted
        self.columns: Mapping[str, Any] = columns or {}
        self.peers: list[Thing] = [self]
        self.found: dict[Any, Any] = {}


Load = Callable[["View", list[Thing]], Mapping[Any, Any]]
"""Looks something up for several things of one class: key → what was found. What is not in the answer is None."""


def together(things: Iterable[Thing | None]) -> None:
    """Make peers of what was read together, each class by itself; who has peers already keeps them."""
    groups: dict[str, list[Thing]] = {}
    for thing in things:
        if thing is not None and len(thing.peers) == 1:
            groups.setdefault(thing.type, []).append(thing)
    for group in groups.values():
        for thing in group:
            thing.peers = group


def looked_up(view: View, thing: Thing, name: Any, load: Load) -> Any:
    """What a loader finds for a thing; its peers are served on the way."""
    if name not in thing.found:
        need = [peer for peer in thing.peers if name not in peer.found]
        values = load(view, need)
        for peer in need:
            peer.found[name] = values.get(peer.key)
    return thing.found[name]
