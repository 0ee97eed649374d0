"""The states that something has had. Each revision names the entry before it, so the way back is a chain through the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

import msgspec

from ..flows.vocabulary import AnyRecord, EconomicEvent, EconomicResource, Process
from ..journal.kinds import time_text
from ..problems import not_found
from .things import Thing, looked_up
from .view import View

_REVISING = ("flows.update", "flows.note")


class _Body(msgspec.Struct):
    record: AnyRecord | None = None
    event: EconomicEvent | str | None = None
    newInventoriedResource: EconomicResource | None = None
    note: str | None = None
    revision: str | None = None


class _Entry(msgspec.Struct):
    author: str
    created: str
    kind: str
    body: msgspec.Raw


_entry = msgspec.json.Decoder(_Entry)
_body = msgspec.json.Decoder(_Body)


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of something.

    Attributes:
        id: The revisionId. time, author: None for what stands in no journal, such as what is told of a person.
        body: What the entry says. before: The entry that it revises.
    """

    id: str
    time: str | None = None
    author: str | None = None
    body: _Body = field(default_factory=_Body)
    before: str | None = None


def revision_id(thing: Thing) -> str:
    """What a change or a deletion names: what it is about, and which entry made it what it is.

    What is told of a person is in no journal, so a digest of it stands in place of the entry. A unit that everybody knows has
    no revisions.
    """
    if thing.type == "Person":
        return f"{thing.id}.{told_digest(thing)}"
    if not thing.entry:
        return f"{thing.id}.0" if thing.type != "Unit" else thing.id
    return f"{thing.key}.{thing.entry}"


def told_digest(thing: Thing) -> str:
    """Names what is told of a person now."""
    said = thing.said
    return sha256(msgspec.json.encode([said.name, said.note, said.image, said.primaryLocation])).hexdigest()[:16]


def chain(view: View, thing: Thing) -> list[Revision]:
    """The revisions of something, the newest first."""
    found: list[Revision] = looked_up(view, thing, "chain", _chains)
    return found


def newest(view: View, thing: Thing) -> Revision:
    """The newest revision of something; those before it are not looked for."""
    found: Revision = looked_up(view, thing, "newest", _newest)
    return found


def _read(view: View, entries: Mapping[str, Any]) -> dict[str, Revision]:
    """entry → revision. entries: with the key of what each is about."""
    sql = "SELECT leaf, position, data FROM journal_entry WHERE commons = ? AND leaf IN"
    found = {}
    for leaf, position, data in view.rows(sql, [bytes.fromhex(entry) for entry in entries]):
        id_, entry = bytes(leaf).hex(), _entry.decode(bytes(data))
        body = _body.decode(entry.body) if entry.kind.startswith(("flows.", "contributions.")) else _Body()
        before = body.revision if entry.kind in _REVISING else None
        found[id_] = Revision(f"{entries[id_]}.{id_}", _time(entry.created, position), entry.author, body, before)
    view.agents({revision.author for revision in found.values() if revision.author})  # who is asked for next
    return found


def _time(created: str, position: int) -> str:
    """The author's time, with the place in the journal as its microseconds: entries of one second are in order too."""
    return f"{created[:19]}.{position % 1_000_000:06d}Z"


def _newest(view: View, things: list[Thing]) -> dict[Any, Revision]:
    found = _read(view, {thing.entry: thing.key for thing in things if thing.entry})
    return {thing.key: found[thing.entry] if thing.entry else _unwritten(thing) for thing in things}


def _unwritten(thing: Thing) -> Revision:
    """The only state of what no entry of ours has made."""
    since = getattr(thing.said, "since", None)
    return Revision(revision_id(thing), None if since is None else _time(time_text(since), 0))


def _chains(view: View, things: list[Thing]) -> dict[Any, list[Revision]]:
    """All chains are walked back together, one query for each step."""
    first = _newest(view, things)
    chains = {key: [revision] for key, revision in first.items()}
    ahead = {revision.before: key for key, revision in first.items() if revision.before}
    while ahead:
        found = _read(view, ahead)
        for entry, revision in found.items():
            chains[ahead[entry]].append(revision)
        ahead = {revision.before: ahead[entry] for entry, revision in found.items() if revision.before}
    return chains


@dataclass(frozen=True, slots=True)
class Meta:
    """Which of the revisions of something one looks at. at: How many came after it."""

    view: View
    thing: Thing
    at: int = 0

    def _all(self) -> list[Revision]:
        return chain(self.view, self.thing)

    @property
    def retrieved_revision(self) -> Revision:
        """The one that was read."""
        return self._all()[self.at] if self.at else newest(self.view, self.thing)

    @property
    def latest_revision(self) -> Revision:
        """The newest."""
        return newest(self.view, self.thing)

    @property
    def previous_revision(self) -> Revision | None:
        """The one before."""
        revisions = self._all()
        return revisions[self.at + 1] if self.at + 1 < len(revisions) else None

    @property
    def previous_revisions_count(self) -> int:
        """How many came before."""
        return len(self._all()) - 1 - self.at

    @property
    def future_revisions_count(self) -> int:
        """How many came after."""
        return self.at


def meta(view: View, thing: Thing) -> Meta:
    """Which revision of its record a thing is."""
    return Meta(view, thing.columns.get("now", thing), thing.columns.get("at", 0))


def earlier(view: View, thing: Thing, revisionId: str) -> Thing:
    """What something was in a revision.

    Raises:
        NotFound: `flows.unknown_revision`.
    """
    now = thing.columns.get("now", thing)
    revisions = chain(view, now)
    at = next((at for at, one in enumerate(revisions) if one.id == revisionId), None)
    if at is None:
        raise not_found("flows.unknown_revision", f"This {thing.type} has never had the revision {revisionId}.", "revisionId")
    if at == 0:
        return now
    said = _said(now, revisions[at].body)
    entry = revisionId.rpartition(".")[2]
    return Thing(
        now.type, now.key, now.id, said, created=now.created, entry=entry, deleted=now.deleted, columns={**now.columns, "now": now, "at": at}
    )  # fmt: skip


def _said(now: Thing, body: _Body) -> Any:
    if body.record is not None:
        return _told_before(now, body.record) if now.type in ("Organization", "EcologicalAgent") else body.record
    if now.type == "EconomicResource":
        return body.newInventoriedResource or now.said
    if now.type == "Process":
        return Process(id=now.id, name=now.id)  # it began by being named in a contribution
    if isinstance(body.event, EconomicEvent):
        return body.event
    return msgspec.structs.replace(now.said, note=body.note or None)


def _told_before(now: Thing, record: Any) -> Any:
    """What was told of an organization."""
    name = record.name or now.columns["called"]
    return replace(
        now.said, name=name, note=record.note, image=record.image, classifiedAs=tuple(record.classifiedAs), primaryLocation=record.primaryLocation
    )  # fmt: skip
