"""What the ids in entries stand for: agents with their public names, contributions, proposals, distributions, other entries."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..contributions.queries import position_of
from ..store.transaction import Transaction
from .flow_pages import CLASS_OF, name_of
from .overview import called, public_names

Plain = dict[str, Any]

REFERRED = {
    "contributions": "contribution", "contribution": "contribution", "proposal": "proposal", "distribution": "distribution", "batch": "batch",
    "income": "entry", "vote": "entry", "replyTo": "entry", "revision": "entry", "excluded": "entry",
}  # fmt: skip
"""field → what an entry id that stands in it names."""
_AGENT = re.compile(r"did:key:z[1-9A-HJ-NP-Za-km-z]{44,50}|org:[a-z0-9][a-z0-9-]{0,62}|id:[0-9a-f]{32}")
_ENTRY = re.compile(r"[0-9a-f]{64}")
_TOGETHER = 400
"""So many ids are looked up with one question."""


def agents_in(said: Any) -> Iterator[str]:
    """The ids of agents in plain values, wherever they are."""
    if isinstance(said, Mapping):
        for name, value in said.items():
            yield from agents_in(name)
            yield from agents_in(value)
    elif isinstance(said, list):
        for one in said:
            yield from agents_in(one)
    elif isinstance(said, str) and _AGENT.fullmatch(said):
        yield said


def entries_in(said: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """(what it names, id) of the entries that plain values name."""
    if isinstance(said, Mapping):
        for name, value in said.items():
            if field == "parts" and _ENTRY.fullmatch(name):
                yield "proposal", name
            yield from entries_in(value, name)
    elif isinstance(said, list):
        for one in said:
            yield from entries_in(one, field)
    elif isinstance(said, str) and field in REFERRED and _ENTRY.fullmatch(said):
        yield REFERRED[field], said


def names_in(transaction: Transaction, commons: str, bodies: Iterable[Plain], agents: Iterable[str]) -> dict[str, dict[str, str]]:
    """What agents and records of flows are called: class → id → name. Of agents only those that are known here, so all have a page."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    wanted = set(agents)
    for body in bodies:
        wanted.update(agents_in(body))
        for thing in (body, *(body[part] for part in ("event", "record", "newInventoriedResource") if isinstance(body.get(part), Mapping))):
            _name_records(transaction, commons, thing, found)
    here = _known_agents(transaction, commons, sorted(wanted))
    if here:
        names = public_names(transaction, commons, here)
        found["Agent"] |= {id_: called(names, id_) for id_ in here}
    return dict(found)


def _name_records(transaction: Transaction, commons: str, thing: Mapping[str, Any], found: dict[str, dict[str, str]]) -> None:
    for field, class_ in CLASS_OF.items():
        value = thing.get(field)
        for id_ in value if isinstance(value, list) else [value]:
            if isinstance(id_, str) and not _ENTRY.fullmatch(id_) and id_ not in found[class_]:
                found[class_][id_] = name_of(transaction, commons, class_, id_)


def _known_agents(transaction: Transaction, commons: str, ids: list[str]) -> list[str]:
    known: list[str] = []
    for at in range(0, len(ids), _TOGETHER):
        some = ids[at : at + _TOGETHER]
        sql = f"SELECT id FROM agent WHERE commons = ? AND id IN ({', '.join('?' * len(some))})"
        known += [row[0] for row in transaction.rows(sql, (commons, *some))]
    return known


def references(transaction: Transaction, commons: str, wanted: Iterable[tuple[str, str]]) -> dict[str, Plain]:
    """For each entry id that is in the journal: its `position` and what it is, with the `number` by which people know it."""
    found: dict[str, Plain] = {}
    for what, id_ in wanted:
        if id_ not in found:
            position = position_of(transaction, commons, id_)
            if position is not None:
                found[id_] = {"position": position} | _KNOWN.get(what, _entry)(transaction, commons, position)
    return found


def _entry(transaction: Transaction, commons: str, position: int) -> Plain:
    return {"what": "entry"}


def _contribution(transaction: Transaction, commons: str, position: int) -> Plain:
    sql = (
        "SELECT COALESCE(m.id, p.id) FROM contribution c JOIN agent p ON p.commons = c.commons AND p.number = c.provider"
        " LEFT JOIN agent m ON m.commons = p.commons AND m.number = p.claimed_by WHERE c.commons = ? AND c.position = ?"
    )
    row = transaction.row(sql, (commons, position))
    return {"what": "entry"} if row is None else {"what": "contribution", "number": position, "agent": row[0]}


def _proposal(transaction: Transaction, commons: str, position: int) -> Plain:
    row = transaction.row("SELECT number, title FROM proposal WHERE commons = ? AND position = ?", (commons, position))
    return {"what": "entry"} if row is None else {"what": "proposal", "number": row[0], "title": row[1]}


def _distribution(transaction: Transaction, commons: str, position: int) -> Plain:
    row = transaction.row("SELECT number FROM distribution WHERE commons = ? AND position = ?", (commons, position))
    return {"what": "entry"} if row is None else {"what": "distribution", "number": row[0]}


def _batch(transaction: Transaction, commons: str, position: int) -> Plain:
    row = transaction.row("SELECT label FROM batch WHERE commons = ? AND position = ?", (commons, position))
    return {"what": "entry"} if row is None else {"what": "batch", "number": position, "title": row[0]}


_KNOWN = {"contribution": _contribution, "proposal": _proposal, "distribution": _distribution, "batch": _batch}
