"""Reads about flows: what there is, what is open, and what belongs to what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from ..journal.kinds import time_text
from ..measure import format_quantity
from ..problems import not_found
from ..store.transaction import Transaction
from .promise_views import counted_towards
from .promises import open_quantity
from .references import EVENT
from .rules import promised, signed_quantity
from .store import Known, PastEvent, entry_id_at, event_at, find_event, find_resource, known_row, record_numbered, records_like, resource_said

_RECORDS = "SELECT number, type, id, created, revised, author, deleted, data FROM flow_record WHERE commons = ? AND deleted = 0"


@dataclass(frozen=True, slots=True)
class PromiseState:
    """How a commitment, an intent or a claim stands, in millionths of its own units.

    Attributes:
        resource, effort: What events (and, for intents, commitments) have brought. open_resource, open_effort: What is still
            open; None where it does not say how much.
        finished: Whether it was said to be finished, or nothing of it is open.
    """

    resource: int
    effort: int
    open_resource: int | None
    open_effort: int | None
    finished: bool


def promise_state(transaction: Transaction, commons: str, known: Known) -> PromiseState:
    """How a promise stands now."""
    record = known.record()
    resource, effort = counted_towards(transaction, commons, known.number)
    opens = []
    for name, counted in (("resourceQuantity", resource), ("effortQuantity", effort)):
        measure = promised(record, name)
        opens.append(open_quantity(None if measure is None else signed_quantity(measure), counted))
    done = [open_ == 0 for open_ in opens if open_ is not None]
    finished = bool(getattr(record, "finished", False)) or (bool(done) and all(done))
    return PromiseState(resource, effort, opens[0], opens[1], finished)


def revision_of(transaction: Transaction, commons: str, known: Known) -> str:
    """The id of the entry that made a record what it is."""
    return entry_id_at(transaction, commons, known.revised)


def list_records(transaction: Transaction, commons: str, type_: str, *, after: int = -1, limit: int | None = None) -> list[Known]:
    """The records of a class in the order of creation, those after a number."""
    sql = f"{_RECORDS} AND type = ? AND number > ? ORDER BY number" + (f" LIMIT {int(limit)}" if limit is not None else "")
    return [known_row(row) for row in transaction.rows(sql, (commons, type_, after))]


def newest_records(transaction: Transaction, commons: str, type_: str, limit: int) -> list[Known]:
    """The newest records of a class, the newest first."""
    return [known_row(row) for row in transaction.rows(f"{_RECORDS} AND type = ? ORDER BY number DESC LIMIT ?", (commons, type_, limit))]


def promised_by(transaction: Transaction, commons: str, agent: int, limit: int) -> list[Known]:
    """The commitments of an agent that nobody has said to be finished, the newest first. Of some, nothing may be open any more."""
    sql = (
        "SELECT f.number, f.type, f.id, f.created, f.revised, f.author, f.deleted, f.data FROM promised p JOIN flow_record f"
        " ON f.commons = p.commons AND f.number = p.number WHERE p.commons = ? AND p.provider = ? ORDER BY p.number DESC LIMIT ?"
    )
    return [known_row(row) for row in transaction.rows(sql, (commons, agent, limit))]


def linking(transaction: Transaction, commons: str, target: int, field: str, type_: str) -> list[Known]:
    """The records of a class that name another one by a field, in the order of creation."""
    sql = (
        "SELECT f.number, f.type, f.id, f.created, f.revised, f.author, f.deleted, f.data FROM flow_link l JOIN flow_record f"
        " ON f.commons = l.commons AND f.number = l.source WHERE l.commons = ? AND l.target = ? AND l.field = ? AND f.type = ? AND f.deleted = 0"
        " ORDER BY f.number"
    )
    return [known_row(row) for row in transaction.rows(sql, (commons, target, field, type_))]


EVENT_COLUMNS = {"inputOf": "input_of", "outputOf": "output_of", "resourceInventoriedAs": "resource", "toResourceInventoriedAs": "to_resource"}


def events_naming(transaction: Transaction, commons: str, number: int, *fields: str) -> list[PastEvent]:
    """The events that name a record by any of these fields, in the order of the journal."""
    positions: set[int] = set()
    for field in fields:
        if field in EVENT_COLUMNS:
            sql = f"SELECT position FROM economic_event WHERE commons = ? AND {EVENT_COLUMNS[field]} = ?"
            positions.update(row[0] for row in transaction.rows(sql, (commons, number)))
        else:
            sql = "SELECT event FROM event_link WHERE commons = ? AND target = ? AND field = ?"
            positions.update(row[0] for row in transaction.rows(sql, (commons, number, field)))
    return [event_at(transaction, commons, position) for position in sorted(positions)]


def list_events(transaction: Transaction, commons: str, *, after: int = -1, limit: int | None = None) -> Iterator[PastEvent]:
    """Events in the order of the journal, those after a position."""
    sql = "SELECT position FROM economic_event WHERE commons = ? AND position > ? ORDER BY position" + (
        f" LIMIT {int(limit)}" if limit is not None else ""
    )
    for (position,) in transaction.rows(sql, (commons, after)):
        yield event_at(transaction, commons, position)


def measure(micro: int, unit: str | None) -> dict[str, Any]:
    """A quantity as plain values."""
    return {"hasNumericalValue": format_quantity(micro), "hasUnit": unit}


def agent_id(transaction: Transaction, commons: str, number: int | None) -> str | None:
    """The id of an agent of a number."""
    if number is None:
        return None
    return str(transaction.value("SELECT id FROM agent WHERE commons = ? AND number = ?", (commons, number)))


def resource_view(transaction: Transaction, commons: str, known: Known) -> dict[str, Any]:
    """A resource with what is said of it and what events have made of it, under the names of Valueflows; `custodian` is an addition."""
    resource = find_resource(transaction, commons, known.number)
    assert resource is not None
    stock = resource.stock

    def id_of(number: int | None) -> str | None:
        return None if number is None else record_numbered(transaction, commons, number).id

    said: dict[str, Any] = msgspec.to_builtins(resource_said(known))
    said.pop("type", None)
    return said | {
        "conformsTo": id_of(resource.conforms_to),
        "accountingQuantity": measure(stock.accounting, resource.unit),
        "onhandQuantity": measure(stock.onhand, resource.unit),
        "primaryAccountable": agent_id(transaction, commons, stock.accountable),
        "custodian": agent_id(transaction, commons, stock.custodian),
        "currentLocation": id_of(stock.location),
        "containedIn": id_of(stock.contained_in),
        "stage": id_of(stock.stage),
        "state": stock.state,
    }


def event_view(transaction: Transaction, commons: str, past: PastEvent) -> dict[str, Any]:
    """An event as plain values under the names of Valueflows."""
    row = transaction.row("SELECT resource, to_resource FROM economic_event WHERE commons = ? AND position = ?", (commons, past.position))
    assert row is not None
    plain: dict[str, Any] = {"id": past.id, **msgspec.to_builtins(past.event)}
    for name, number in zip(("resourceInventoriedAs", "toResourceInventoriedAs"), row, strict=True):
        if number is not None:
            plain[name] = record_numbered(transaction, commons, number).id
    created = transaction.value("SELECT data FROM journal_entry WHERE commons = ? AND position = ?", (commons, past.position))
    return plain | {"created": time_text(_created(bytes(created)))}


class _Envelope(msgspec.Struct):
    created: str


_created_decoder = msgspec.json.Decoder(_Envelope)


def _created(data: bytes) -> int:
    from ..journal.kinds import unix_time

    return unix_time(_created_decoder.decode(data).created)


def record_view(transaction: Transaction, commons: str, known: Known) -> dict[str, Any]:
    """A record as plain values; a promise with how it stands."""
    if known.type == "EconomicResource":
        return resource_view(transaction, commons, known)
    plain: dict[str, Any] = msgspec.to_builtins(known.record())
    plain.pop("type", None)
    if known.type in ("Intent", "Commitment", "Claim"):
        state = promise_state(transaction, commons, known)
        plain["finished"] = state.finished
        for name, open_ in (("resource", state.open_resource), ("effort", state.open_effort)):
            if open_ is not None:
                plain[f"open{name.capitalize()}Quantity"] = measure(open_, plain[f"{name}Quantity"]["hasUnit"])
    return plain


def _event_numbered(transaction: Transaction, commons: str, text: str) -> PastEvent | None:
    """The event of an entry, by its number, or by the first eight or more digits of its id."""
    position: int | None = None
    if text.isascii() and text.isdecimal() and len(text) < 18:
        position = int(text)
    elif 8 <= len(text) < 64 and not set(text) - set("0123456789abcdef"):
        low, high = bytes.fromhex(text.ljust(64, "0")), bytes.fromhex(text.ljust(64, "f"))
        rows = transaction.rows("SELECT position FROM journal_entry WHERE commons = ? AND leaf BETWEEN ? AND ?", (commons, low, high))
        position = rows[0][0] if len(rows) == 1 else None
    sql = "SELECT COUNT(*) FROM economic_event WHERE commons = ? AND position = ?"
    known = position is not None and transaction.value(sql, (commons, position))
    return event_at(transaction, commons, position) if known and position is not None else None


def find_anything(transaction: Transaction, commons: str, text: str, *types: str) -> Known | PastEvent:
    """What is called so: by id, or a resource by its tracking identifier or name.

    Raises:
        NotFound: `flows.unknown`; `flows.which`, if several fit.
    """
    found: list[Known | PastEvent] = [known for known in records_like(transaction, commons, text) if not types or known.type in types]
    if not found and (not types or EVENT in types):
        event = find_event(transaction, commons, text) or _event_numbered(transaction, commons, text)
        found = [event] if event else []
    if not found and (not types or "EconomicResource" in types):
        rows = list_records(transaction, commons, "EconomicResource")
        found = [known for known in rows if text in (resource_said(known).trackingIdentifier, resource_said(known).name)]
    if not found:
        raise not_found("flows.unknown", f"Nothing here is called {text!r}. See: commonhold flows list, or flows list events.", "id")
    if len(found) > 1:
        listed = ", ".join(f"{known.type} {known.id}" for known in found[:8] if isinstance(known, Known))
        raise not_found("flows.which", f"{len(found)} things are called {text!r}: {listed}. Give the id.", "id")
    return found[0]
