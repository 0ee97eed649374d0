"""Reads for the pages of flows, as plain values: bounded lists, paged by key, and the names of what they mention. Only public names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from ..flows import vocabulary
from ..flows.overview import process_flows
from ..flows.queries import event_view, linking, list_records, record_view
from ..flows.store import Known, PastEvent, event_at, find_record, known_row, resource_said
from ..flows.vocabulary import EconomicResource
from ..store.transaction import Transaction
from .overview import called, public_names

Plain = dict[str, Any]

CLASS_OF: Mapping[str, str] = {
    "resourceInventoriedAs": "EconomicResource", "toResourceInventoriedAs": "EconomicResource", "containedIn": "EconomicResource",
    "resourceConformsTo": "ResourceSpecification", "conformsTo": "ResourceSpecification", "inputOf": "Process", "outputOf": "Process",
    "stage": "ProcessSpecification", "basedOn": "ProcessSpecification", "plannedWithin": "Plan", "independentDemandOf": "Plan",
    "currentLocation": "SpatialThing", "toLocation": "SpatialThing", "eligibleLocation": "SpatialThing", "ofBatchLot": "BatchLotRecord",
    "fulfills": "Commitment", "satisfies": "Intent", "settles": "Claim", "realizationOf": "Agreement", "reciprocalRealizationOf": "Agreement",
    "clauseOf": "Agreement", "reciprocalClauseOf": "Agreement", "listedIn": "ProposalList",
}  # fmt: skip
"""field → class of the record that it names, on whatever it stands."""
AGENT_FIELDS = ("provider", "receiver", "primaryAccountable", "custodian", "inScopeOf", "proposedTo", "contributor", "agent")
SCANNED = 500
"""So many records are looked at together when a search goes through them."""


def names_of(transaction: Transaction, commons: str, things: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """What the agents and records are called that some plain values mention: class → id → name. Agents are under `Agent`."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    told = list(things)
    mentioned = {id_ for thing in told for field in AGENT_FIELDS for id_ in _several(thing.get(field))}
    if mentioned:
        agents = public_names(transaction, commons, mentioned)
        found["Agent"] = {id_: called(agents, id_) for id_ in mentioned}
    for thing in told:
        for field, class_ in CLASS_OF.items():
            for id_ in _several(thing.get(field)):
                if id_ not in found[class_]:
                    found[class_][id_] = name_of(transaction, commons, class_, id_)
    return dict(found)


def _several(value: Any) -> list[str]:
    return value if isinstance(value, list) else [] if value is None else [value]


def name_of(transaction: Transaction, commons: str, class_: str, id_: str) -> str:
    """What a record is called: by its name, or that of its specification, or its id."""
    known = find_record(transaction, commons, class_, id_)
    if known is None:
        return id_
    record: Any = known.record()
    for field in ("name", "label", "batchLotCode"):
        if getattr(record, field, None):
            return str(getattr(record, field))
    if isinstance(record, EconomicResource) and record.conformsTo:
        return name_of(transaction, commons, "ResourceSpecification", record.conformsTo)
    return id_


def counts(transaction: Transaction, commons: str) -> dict[str, int]:
    """How many there are of each class that has some."""
    sql = "SELECT type, COUNT(*) FROM flow_record WHERE commons = ? AND deleted = 0 GROUP BY type ORDER BY type"
    found = {type_: int(count) for type_, count in transaction.rows(sql, (commons,))}
    events = int(transaction.value("SELECT events FROM event_total WHERE commons = ?", (commons,)) or 0)
    return found | ({"EconomicEvent": events} if events else {})


def latest_events(transaction: Transaction, commons: str, *, before: int | None, limit: int, resource: int | None = None) -> list[Plain]:
    """Events, newest entry first, each with its `position`; those before a position. resource: Only those that touched it."""
    bound = 2**62 if before is None else before
    if resource is None:
        sql = "SELECT position FROM economic_event WHERE commons = ? AND position < ? ORDER BY position DESC LIMIT ?"
        positions = [row[0] for row in transaction.rows(sql, (commons, bound, limit))]
    else:
        found: set[int] = set()
        for column in ("resource", "to_resource"):
            sql = f"SELECT position FROM economic_event WHERE commons = ? AND {column} = ? AND position < ? ORDER BY position DESC LIMIT ?"
            found.update(row[0] for row in transaction.rows(sql, (commons, resource, bound, limit)))
        positions = sorted(found, reverse=True)[:limit]
    return [event_plain(transaction, commons, event_at(transaction, commons, position)) for position in positions]


def event_plain(transaction: Transaction, commons: str, past: PastEvent) -> Plain:
    """An event with all its fields, and its position."""
    return whole("EconomicEvent", event_view(transaction, commons, past)) | {"position": past.position}


def record_plain(transaction: Transaction, commons: str, known: Known) -> Plain:
    """A record with all its fields, and how it stands."""
    return whole(known.type, record_view(transaction, commons, known))


def whole(class_: str, plain: Plain) -> Plain:
    """Plain values with all fields of their class: what is not said is null."""
    fields = [name for name in getattr(vocabulary, class_).__struct_fields__ if name != "type"]
    return dict.fromkeys(fields) | plain


def process_plain(transaction: Transaction, commons: str, process: Known) -> dict[str, list[Plain]]:
    """What goes into a process (`hasInput…`) and comes out of it (`hasOutput…`): planned, promised, and done."""
    classes = {"Planned": "Intent", "Promised": "Commitment"}
    return {
        side: [whole(next((class_ for end, class_ in classes.items() if side.endswith(end)), "EconomicEvent"), one) for one in found]
        for side, found in process_flows(transaction, commons, process).items()
    }


def resources_page(
    transaction: Transaction, commons: str, *, specification: str, q: str, after: int, limit: int
) -> tuple[list[Plain], int | None]:  # fmt: skip
    """Resources in the order of first mention, those after a number that fit; and the number from which the next page goes on."""
    wanted = q.casefold()
    size = SCANNED if wanted else limit + 1
    found: list[Plain] = []
    while True:
        batch = _resources(transaction, commons, specification, after, size)
        for known in batch:
            if len(found) == limit:
                return found, after
            if not wanted or _is_called(transaction, commons, known, wanted):
                found.append(record_plain(transaction, commons, known))
            after = known.number
        if len(batch) < size:
            return found, None


def _resources(transaction: Transaction, commons: str, specification: str, after: int, limit: int) -> list[Known]:
    if not specification:
        return list_records(transaction, commons, "EconomicResource", after=after, limit=limit)
    known = find_record(transaction, commons, "ResourceSpecification", specification)
    sql = (
        "SELECT f.number, f.type, f.id, f.created, f.revised, f.author, f.deleted, f.data FROM economic_resource r JOIN flow_record f"
        " ON f.commons = r.commons AND f.number = r.number WHERE r.commons = ? AND r.conforms_to = ? AND r.number > ? ORDER BY r.number LIMIT ?"
    )
    return [known_row(row) for row in transaction.rows(sql, (commons, -1 if known is None else known.number, after, limit))]


def _is_called(transaction: Transaction, commons: str, known: Known, wanted: str) -> bool:
    said = resource_said(known)
    texts = (said.name, said.id, said.trackingIdentifier, name_of(transaction, commons, "EconomicResource", said.id))
    return any(wanted in text.casefold() for text in texts if text)


def records_page(transaction: Transaction, commons: str, type_: str, *, after: int, limit: int) -> tuple[list[Known], int | None]:
    """Records of a class in the order of first mention, and the number from which the next page goes on."""
    found = list_records(transaction, commons, type_, after=after, limit=limit + 1)
    return found[:limit], found[limit - 1].number if len(found) > limit else None


def linked(transaction: Transaction, commons: str, target: int, field: str, type_: str) -> list[Plain]:
    """The records of a class that name another one by a field, as plain values."""
    return [record_plain(transaction, commons, one) for one in linking(transaction, commons, target, field, type_)]


def choices(transaction: Transaction, commons: str, type_: str, limit: int) -> list[tuple[str, str]]:
    """(id, name) of the newest records of a class, for a list to choose from."""
    sql = "SELECT id FROM flow_record WHERE commons = ? AND type = ? AND deleted = 0 ORDER BY number DESC LIMIT ?"
    ids = [row[0] for row in transaction.rows(sql, (commons, type_, limit))]
    return [(id_, name_of(transaction, commons, type_, id_)) for id_ in ids]


def agent_choices(transaction: Transaction, commons: str, limit: int, *, people: bool = True) -> list[tuple[str, str]]:
    """(id, name) of organizations and, if asked for, members, by name: only as everybody may see them."""
    types = "('Organization', 'EcologicalAgent', 'Person')" if people else "('Organization', 'EcologicalAgent')"
    sql = f"SELECT id FROM agent WHERE commons = ? AND type IN {types} ORDER BY number LIMIT ?"
    ids = [id_ for (id_,) in transaction.rows(sql, (commons, limit))]
    names = public_names(transaction, commons, ids)
    return sorted(((id_, called(names, id_)) for id_ in ids), key=lambda pair: (pair[0].startswith("did:"), pair[1].casefold()))
