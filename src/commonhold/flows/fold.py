"""What an event changes: it becomes a row that everything above reads, resources become what it makes of them, promises are kept."""

from __future__ import annotations

from dataclasses import replace

from ..commons.fold import agent_number
from ..journal.kinds import Entry
from ..store.transaction import Transaction
from . import entries as e
from .effects import apply
from .promise_parts import shared_out
from .records import add_record, implied_process, link
from .references import names_more
from .rules import signed_quantity
from .store import Resource, find_event, find_record
from .times import happened, seconds
from .views import EventLoader, EventView, Side, is_within
from .vocabulary import EconomicEvent, EconomicResource, Measure


def event(transaction: Transaction, entry: Entry) -> None:
    body: e.Event = entry.body
    record(transaction, entry, body.event, body.newInventoriedResource, body.id)


def note(transaction: Transaction, entry: Entry) -> None:
    body: e.Note = entry.body
    past = find_event(transaction, entry.commons, body.event)
    assert past is not None
    transaction.execute("DELETE FROM event_note WHERE commons = ? AND event = ?", (entry.commons, past.position))
    transaction.insert("event_note", entry.commons, past.position, entry.position, body.note)


def record(
    transaction: Transaction,
    entry: Entry,
    event: EconomicEvent,
    new: EconomicResource | None = None,
    id_: str | None = None,
    *,
    implicit: bool = False,
    named_more: bool | None = None,
) -> int | None:
    """Write the event of an entry, with all that it changes; return the number of its provider.

    Args:
        implicit: Whether a process begins by being named. named_more: `names_more` of it, if that is known.
    """
    commons, time = entry.commons, entry.time
    provider = None if event.provider is None else agent_number(transaction, commons, event.provider, time)
    receiver = None if event.receiver is None else agent_number(transaction, commons, event.receiver, time)
    input_of = None if event.inputOf is None else _process(transaction, entry, event.inputOf)
    output_of = None if event.outputOf is None else _process(transaction, entry, event.outputOf)
    resource: tuple[int, int] | None = None
    to: tuple[int, int] | None = None
    stock = corrects = conforms_to = None
    if (names_more(event) or new is not None) if named_more is None else named_more:
        view = EventLoader(transaction, entry, event, new, id_, implicit=implicit).load("")
        resource, to = _resources(transaction, entry, view)
        stock = view.happening.quantity if view.happening and (resource or to) else None
        corrects = view.corrected.position if view.corrected else None
        conforms_to = view.conforms_to
        _links(transaction, entry, event, view)
    resource_micro, resource_unit = _columns(event.resourceQuantity)
    effort_micro, effort_unit = _columns(event.effortQuantity)
    at = happened(event)
    assert at is not None
    transaction.insert(
        "economic_event", commons, entry.position, event.action, provider, receiver, resource_micro, resource_unit, effort_micro, effort_unit,
        conforms_to, input_of, output_of, resource and resource[0], to and to[0], resource and _before(resource), stock, corrects,
        seconds(at), id_,
    )  # fmt: skip
    transaction.add(_COUNTED, (commons,), (1,))
    return provider


_COUNTED = "INSERT INTO event_total VALUES (?, ?) ON CONFLICT (commons) DO UPDATE SET events = event_total.events + EXCLUDED.events"


def _before(side: tuple[int, int]) -> int | None:
    return side[1] if side[1] >= 0 else None


def _process(transaction: Transaction, entry: Entry, id_: str) -> int:
    known = find_record(transaction, entry.commons, "Process", id_)
    return implied_process(transaction, entry, id_) if known is None or known.deleted else known.number


def _columns(measure: Measure | None) -> tuple[int | None, str | None]:
    return (None, None) if measure is None else (signed_quantity(measure), measure.hasUnit)


def _resources(transaction: Transaction, entry: Entry, view: EventView) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """Change the resources; (number, position of the event before or -1) of each."""
    assert view.happening is not None
    after, to_after = apply(view.happening, view.resource.stock if view.resource else None, view.to.stock if view.to else None)
    resource = to = None
    if view.resource is not None and after is not None:
        resource = _set_resource(
            transaction, entry, view.resource, Resource(-1, view.resource.unit, after, view.resource.conforms_to, entry.position), None
        )
        _pack(transaction, entry, view, resource[0])
    if view.to is not None and to_after is not None:
        to = _set_resource(transaction, entry, view.to, Resource(-1, view.to.unit, to_after, view.to.conforms_to, entry.position), view.resource)
    return resource, to


def _set_resource(transaction: Transaction, entry: Entry, side: Side, after: Resource, like: Side | None) -> tuple[int, int]:
    commons = entry.commons
    if side.known is None:
        said = _like(side.said, like)
        number = add_record(transaction, entry, said)
        link(transaction, entry, number, said)
        transaction.cache["resource", commons, number] = replace(after, number=number)
        stock = after.stock
        transaction.insert(
            "economic_resource", commons, number, after.unit, stock.accounting, stock.onhand, stock.accountable, stock.custodian, after.conforms_to,
            stock.location, stock.contained_in, stock.stage, stock.state, entry.position, said.trackingIdentifier,
        )  # fmt: skip
        return number, -1
    assert side.resource is not None
    number, stock = side.known.number, after.stock
    transaction.cache["resource", commons, number] = replace(after, number=number)
    transaction.update(
        "UPDATE economic_resource SET unit = ?, accounting = ?, onhand = ?, accountable = ?, custodian = ?, location = ?, contained_in = ?, stage = ?,"
        " state = ?, last_event = ? WHERE commons = ? AND number = ?",
        (
            after.unit, stock.accounting, stock.onhand, stock.accountable, stock.custodian, stock.location, stock.contained_in, stock.stage,
            stock.state, entry.position, commons, number,
        ),
    )  # fmt: skip
    return number, side.resource.last_event


def _like(new: EconomicResource, source: Side | None) -> EconomicResource:
    """What is said of a resource that begins by being taken from another: what is not said is as it was there."""
    if source is None:
        return new
    said = {name: getattr(new, name) or getattr(source.said, name) for name in new.__struct_fields__ if name not in ("id", "mayOverdraw")}
    return EconomicResource(id=new.id, mayOverdraw=new.mayOverdraw, **said)


def _pack(transaction: Transaction, entry: Entry, view: EventView, number: int) -> None:
    """What a process has combined, without having accepted a container, is contained in what it produces."""
    if view.happening is None or view.happening.action != "produce" or view.happening.corrects or view.process is None:
        return
    sql = "SELECT DISTINCT resource FROM economic_event WHERE commons = ? AND input_of = ? AND action = 'combine' AND resource IS NOT NULL"
    for (packed,) in transaction.rows(sql, (entry.commons, view.process.number)):
        if is_within(transaction, entry.commons, number, packed):
            continue
        where = "UPDATE economic_resource SET contained_in = ? WHERE commons = ? AND number = ? AND contained_in IS NULL"
        transaction.execute(where, (number, entry.commons, packed))
        transaction.cache.pop(("resource", entry.commons, packed), None)


def _links(transaction: Transaction, entry: Entry, event: EconomicEvent, view: EventView) -> None:
    for name, type_ in (("realizationOf", "Agreement"), ("reciprocalRealizationOf", "Agreement"), ("toLocation", "SpatialThing")):
        id_ = getattr(event, name)
        if id_ is not None:
            known = find_record(transaction, entry.commons, type_, id_)
            assert known is not None
            transaction.insert("event_link", entry.commons, entry.position, name, known.number, 0, 0)
    for promise, resource, effort in shared_out(view.promises, corrects=view.corrected is not None):
        transaction.insert("event_link", entry.commons, entry.position, promise.field, promise.known.number, resource, effort)
