"""What is known of a record, a resource and an event: looked up by id or number, and remembered within a transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from ..store.transaction import Transaction
from .effects import Stock
from .entries import RecordType
from .units import UnitOfMeasure, find_unit, own_unit
from .vocabulary import AnyRecord, EconomicEvent, EconomicResource, Unit


@dataclass(frozen=True, slots=True)
class Known:
    """A record as it is now.

    Attributes:
        number: Its place in the order of first mention: what tables call it. author: Number of the agent who created it.
        created, revised: Positions of the entries that created it, and that made it what it is. deleted: Whether it was taken away.
    """

    number: int
    type: str
    id: str
    created: int
    revised: int
    author: int
    deleted: bool
    data: str

    def record(self) -> AnyRecord:
        """What is said of it."""
        record: AnyRecord = _record.decode(self.data)
        return record


_record = msgspec.json.Decoder(AnyRecord)
_RECORD = "SELECT number, type, id, created, revised, author, deleted, data FROM flow_record WHERE commons = ?"


def known_row(row: tuple[Any, ...]) -> Known:
    """A row of `_RECORD` as a value."""
    number, type_, id_, created, revised, author, deleted, data = row
    return Known(number, type_, id_, created, revised, author, bool(deleted), data)


def find_record(transaction: Transaction, commons: str, type_: str, id_: str) -> Known | None:
    """The record of this class and id, deleted or not, or None."""
    key = ("record", commons, type_, id_)
    if key not in transaction.cache:
        row = transaction.row(f"{_RECORD} AND type = ? AND id = ?", (commons, type_, id_))
        if row is None:
            return None
        transaction.cache[key] = known_row(row)
    found: Known = transaction.cache[key]
    return found


def record_numbered(transaction: Transaction, commons: str, number: int) -> Known:
    """The record of a number."""
    row = transaction.row(f"{_RECORD} AND number = ?", (commons, number))
    assert row is not None, (commons, number)
    return known_row(row)


def records_like(transaction: Transaction, commons: str, id_: str) -> list[Known]:
    """The records of this id, of whatever class, that were not taken away."""
    sql = f"{_RECORD} AND id = ? AND deleted = 0 ORDER BY number"
    return [known_row(row) for row in transaction.rows(sql, (commons, id_))]


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource as events have made it. unit: None until it has a quantity. last_event: Position of the last event that touched it."""

    number: int
    unit: str | None
    stock: Stock
    conforms_to: int | None
    last_event: int


def find_resource(transaction: Transaction, commons: str, number: int) -> Resource | None:
    """The resource of a number."""
    key = ("resource", commons, number)
    if key not in transaction.cache:
        sql = (
            "SELECT number, unit, accounting, onhand, accountable, custodian, location, contained_in, stage, state, conforms_to, last_event"
            " FROM economic_resource WHERE commons = ? AND number = ?"
        )
        row = transaction.row(sql, (commons, number))
        if row is None:
            return None
        transaction.cache[key] = Resource(row[0], row[1], Stock(*row[2:10]), row[10], row[11])
    found: Resource = transaction.cache[key]
    return found


def resource_said(known: Known) -> EconomicResource:
    """What is said of a resource."""
    record = known.record()
    assert isinstance(record, EconomicResource)
    return record


@dataclass(frozen=True, slots=True)
class PastEvent:
    """An event as it was recorded, with its note as it is now.

    id: As it is called. revised: Position of the entry that gave it its note; its own, if nothing did.
    """

    position: int
    id: str
    event: EconomicEvent
    revised: int


class _Body(msgspec.Struct):
    event: EconomicEvent
    id: str | None = None


class _Envelope(msgspec.Struct):
    body: _Body


_event = msgspec.json.Decoder(_Envelope)


def find_event(transaction: Transaction, commons: str, id_: str) -> PastEvent | None:
    """The event whose entry is called so, or that is itself. The entry first: nobody can name an event of theirs like it beforehand."""
    position = None
    if len(id_) == 64 and not set(id_) - set("0123456789abcdef"):
        sql = "SELECT j.position FROM journal_entry j JOIN economic_event e ON e.commons = j.commons AND e.position = j.position WHERE j.commons = ? AND j.leaf = ?"
        position = transaction.value(sql, (commons, bytes.fromhex(id_)))
    if position is None:
        position = transaction.value("SELECT position FROM economic_event WHERE commons = ? AND id = ?", (commons, id_))
    return None if position is None else event_at(transaction, commons, position)


def event_at(transaction: Transaction, commons: str, position: int) -> PastEvent:
    """The event of a position."""
    row = transaction.row("SELECT data, leaf FROM journal_entry WHERE commons = ? AND position = ?", (commons, position))
    assert row is not None, (commons, position)
    body = _event.decode(bytes(row[0])).body
    noted = transaction.row("SELECT revised, note FROM event_note WHERE commons = ? AND event = ?", (commons, position))
    event = body.event if noted is None else msgspec.structs.replace(body.event, note=noted[1] or None)
    return PastEvent(position, body.id or bytes(row[1]).hex(), event, position if noted is None else noted[0])


def entry_id_at(transaction: Transaction, commons: str, position: int) -> str:
    """The id of the entry at a position."""
    return bytes(transaction.value("SELECT leaf FROM journal_entry WHERE commons = ? AND position = ?", (commons, position))).hex()


class _Author(msgspec.Struct):
    author: str


_author = msgspec.json.Decoder(_Author)


def author_of(transaction: Transaction, commons: str, position: int) -> str:
    """Who wrote the entry at a position."""
    return _author.decode(bytes(transaction.value("SELECT data FROM journal_entry WHERE commons = ? AND position = ?", (commons, position)))).author


def unit_named(transaction: Transaction, commons: str, name: str) -> UnitOfMeasure | None:
    """The unit of a name: one that everybody knows, or a Unit of this commons."""
    found = find_unit(name)
    if found is not None:
        return found
    known = find_record(transaction, commons, "Unit", name)
    if known is None or known.deleted:
        return None
    unit = known.record()
    assert isinstance(unit, Unit)
    same = find_unit(unit.omUnitIdentifier) if unit.omUnitIdentifier else None
    return same or own_unit(unit.id, unit.label)


RECORD_TYPES: tuple[str, ...] = RecordType.__args__  # type: ignore[attr-defined]
