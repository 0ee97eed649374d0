"""Finding things by words: people, questions, work, resources and tasks. Only public names.

There is no index of words. Of agents all public names are looked at, by the database, in the form in which they are sought; of
everything else the newest, so many as the constants say, so that a search costs the same however long the journal is. A thing is
found if each word stands somewhere in its texts, whatever the case and the accents; a number also finds the contribution of that entry.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from ..commons.people import folded
from ..commons.queries import commons_section
from ..contributions.charter import kinds_in_force
from ..journal.head import commons_here
from ..journal.kinds import time_text
from ..measure import format_quantity
from ..store.transaction import Transaction
from .people_pages import agents_called
from .public_names import called, public_names

Plain = dict[str, Any]

CONTRIBUTIONS = 500
QUESTIONS = 500
RECORDS = 1_000
SHOWN = 10
"""So many are listed of each sort."""
COMMONS_MAX = 20
"""A search of the whole node looks into so many commons, those that were written last."""
GROUPS = ("people", "decisions", "contributions", "resources", "tasks")


class _Event(msgspec.Struct):
    note: str | None = None


class _Log(msgspec.Struct):
    event: _Event


class _Envelope(msgspec.Struct):
    body: _Log


_log = msgspec.json.Decoder(_Envelope)


def find(transaction: Transaction, commons: str, text: str, shown: int = SHOWN) -> Plain:
    """What is found in a commons: for each of `GROUPS` a list, the newest first; `more` names the groups of which there is more."""
    words = folded(text).split()
    found: Plain = {"commons": commons, "name": commons_section(transaction, commons).name, "more": []}
    for group, look in _LOOK.items():
        lines = [line for line, _ in zip(look(transaction, commons, words, text.strip()), range(shown + 1), strict=False)] if words else []
        if len(lines) > shown:
            found["more"].append(group)
        found[group] = lines[:shown]
    return found


def find_commons(transaction: Transaction, text: str) -> list[Plain]:
    """The commons of this node whose names, purposes or fields of work have the words."""
    words = folded(text).split()
    found = []
    for name in commons_here(transaction) if words else []:
        section = commons_section(transaction, name)
        if _all_in(words, name, section.name, section.purpose, *section.domains):
            found.append({"commons": name, "name": section.name, "purpose": section.purpose})
    return found


def _all_in(words: list[str], *texts: str | None) -> bool:
    inside = folded("\n".join(text for text in texts if text))
    return all(word in inside for word in words)


def _people(transaction: Transaction, commons: str, words: list[str], text: str) -> Iterator[Plain]:
    for number, id_, name in agents_called(transaction, commons, " ".join(words), SHOWN + 1):
        yield {"number": number, "agent": id_, "name": name}


def _decisions(transaction: Transaction, commons: str, words: list[str], text: str) -> Iterator[Plain]:
    sql = "SELECT number, title, text, question, outcome FROM proposal WHERE commons = ? ORDER BY number DESC LIMIT ?"
    for number, title, said, question, outcome in transaction.stream(sql, (commons, QUESTIONS)):
        if _all_in(words, title, said):
            yield {"number": number, "title": title, "question": question, "outcome": outcome}


_CONTRIBUTION = (
    "SELECT c.position, c.at, c.counted_kind, c.domain, c.unit, c.claimed, c.state, COALESCE(m.id, p.id), j.data FROM contribution c"
    " JOIN journal_entry j ON j.commons = c.commons AND j.position = c.position JOIN agent p ON p.commons = c.commons AND p.number = c.provider"
    " LEFT JOIN agent m ON m.commons = c.commons AND m.number = p.claimed_by WHERE c.commons = ?"
)


def _contributions(transaction: Transaction, commons: str, words: list[str], text: str) -> Iterator[Plain]:
    labels = {name: kind.label for name, kind in kinds_in_force(transaction, commons).items()}
    named = int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else -1
    for row in transaction.rows(f"{_CONTRIBUTION} AND c.position = ?", (commons, named)):
        yield _contribution(transaction, commons, row, labels)
    for row in transaction.stream(f"{_CONTRIBUTION} ORDER BY c.position DESC LIMIT ?", (commons, CONTRIBUTIONS)):
        data = bytes(row[8])
        note = _log.decode(data).body.event.note if b'"note"' in data else None
        if note and row[0] != named and _all_in(words, note):
            yield _contribution(transaction, commons, row, labels)


def _contribution(transaction: Transaction, commons: str, row: tuple[Any, ...], labels: dict[str, str]) -> Plain:
    position, at, kind, domain, unit, claimed, state, agent, data = row
    return {
        "position": position, "hasPointInTime": time_text(at), "kind": kind, "label": labels.get(kind, kind), "domain": domain, "unit": unit,
        "claimed": format_quantity(claimed), "state": state, "contributor": agent,
        "name": called(public_names(transaction, commons, [agent]), agent), "note": _log.decode(bytes(data)).body.event.note or "",
    }  # fmt: skip


def _records(class_: str, *fields: str) -> Callable[[Transaction, str, list[str], str], Iterator[Plain]]:
    def look(transaction: Transaction, commons: str, words: list[str], text: str) -> Iterator[Plain]:
        sql = "SELECT id, data FROM flow_record WHERE commons = ? AND type = ? AND deleted = 0 ORDER BY number DESC LIMIT ?"
        for id_, data in transaction.stream(sql, (commons, class_, RECORDS)):
            said = json.loads(data)
            if _all_in(words, id_, *(str(said.get(field) or "") for field in fields)):
                yield {"id": id_, "name": said.get("name") or "", "note": said.get("note") or ""}

    return look


_LOOK: dict[str, Callable[[Transaction, str, list[str], str], Iterator[Plain]]] = {
    "people": _people, "decisions": _decisions, "contributions": _contributions,
    "resources": _records("EconomicResource", "name", "note", "trackingIdentifier"), "tasks": _records("Intent", "name", "note"),
}  # fmt: skip
