"""What entries about records change: things of Valueflows that have an id, and what they name."""

from __future__ import annotations

from ..commons.fold import agent_number, rename_agent
from ..commons.queries import find_agent
from ..journal.canonical import canonical
from ..journal.kinds import Entry
from ..store.transaction import Transaction
from . import entries as e
from .promise_parts import shared_out
from .record_views import satisfied
from .references import EVENT, agents, named
from .store import Known, find_event, find_record
from .vocabulary import AnyRecord, Commitment, EcologicalAgent, EconomicResource, Organization, Process


def create(transaction: Transaction, entry: Entry) -> None:
    body: e.Create = entry.body
    number = add_record(transaction, entry, body.record)
    _rename(transaction, entry, body.record)
    _mention(transaction, entry, body.record)
    link(transaction, entry, number, body.record)


def update(transaction: Transaction, entry: Entry) -> None:
    body: e.Update = entry.body
    before = find_record(transaction, entry.commons, type(body.record).__name__, body.record.id)
    assert before is not None
    data = canonical(body.record).decode()
    sql = "UPDATE flow_record SET revised = ?, data = ? WHERE commons = ? AND number = ?"
    transaction.update(sql, (entry.position, data, entry.commons, before.number))
    _rename(transaction, entry, body.record)
    if isinstance(body.record, EconomicResource):
        sql = "UPDATE economic_resource SET tracking = ? WHERE commons = ? AND number = ?"
        transaction.update(sql, (body.record.trackingIdentifier, entry.commons, before.number))
    _mention(transaction, entry, body.record)
    _unlink(transaction, entry.commons, before.number)
    _remember(transaction, entry.commons, Known(before.number, before.type, before.id, before.created, entry.position, before.author, False, data))
    link(transaction, entry, before.number, body.record)


def delete(transaction: Transaction, entry: Entry) -> None:
    body: e.Delete = entry.body
    before = find_record(transaction, entry.commons, body.type, body.id)
    assert before is not None
    sql = "UPDATE flow_record SET revised = ?, deleted = 1 WHERE commons = ? AND number = ?"
    transaction.update(sql, (entry.position, entry.commons, before.number))
    _unlink(transaction, entry.commons, before.number)
    gone = Known(before.number, before.type, before.id, before.created, entry.position, before.author, True, before.data)
    _remember(transaction, entry.commons, gone)


def add_record(transaction: Transaction, entry: Entry, record: AnyRecord) -> int:
    """Give a new record the next number; one that was taken away before comes back under its own."""
    gone = find_record(transaction, entry.commons, type(record).__name__, record.id)
    if gone is not None:
        return _revive(transaction, entry, gone, record)
    count = ("records", entry.commons)
    if count not in transaction.cache:
        transaction.cache[count] = transaction.value("SELECT COUNT(*) FROM flow_record WHERE commons = ?", (entry.commons,))
    number: int = transaction.cache[count]
    transaction.cache[count] = number + 1
    author = find_agent(transaction, entry.commons, entry.author)
    assert author is not None
    data = canonical(record).decode()
    type_ = type(record).__name__
    transaction.insert("flow_record", entry.commons, number, type_, record.id, entry.position, entry.position, author.number, 0, data)
    _remember(transaction, entry.commons, Known(number, type_, record.id, entry.position, entry.position, author.number, False, data))
    return number


def _revive(transaction: Transaction, entry: Entry, gone: Known, record: AnyRecord) -> int:
    author = find_agent(transaction, entry.commons, entry.author)
    assert author is not None
    data = canonical(record).decode()
    sql = "UPDATE flow_record SET created = ?, revised = ?, author = ?, deleted = 0, data = ? WHERE commons = ? AND number = ?"
    transaction.update(sql, (entry.position, entry.position, author.number, data, entry.commons, gone.number))
    _remember(transaction, entry.commons, Known(gone.number, gone.type, gone.id, entry.position, entry.position, author.number, False, data))
    return gone.number


def _rename(transaction: Transaction, entry: Entry, record: AnyRecord) -> None:
    """An organization, or an ecological agent, that is described under a new name has it everywhere."""
    if isinstance(record, Organization | EcologicalAgent) and record.name is not None:
        rename_agent(transaction, entry.commons, record.id, record.name)


def implied_process(transaction: Transaction, entry: Entry, id_: str) -> int:
    """A process begins when a contribution to it is logged first."""
    return add_record(transaction, entry, Process(id=id_, name=id_))


def _remember(transaction: Transaction, commons: str, known: Known) -> None:
    transaction.cache["record", commons, known.type, known.id] = known


def _mention(transaction: Transaction, entry: Entry, record: AnyRecord) -> None:
    """Agents are known from their first mention on."""
    for _, id_ in agents(record):
        agent_number(transaction, entry.commons, id_, entry.time)


def _unlink(transaction: Transaction, commons: str, number: int) -> None:
    transaction.execute("DELETE FROM flow_link WHERE commons = ? AND source = ?", (commons, number))
    transaction.execute("DELETE FROM promised WHERE commons = ? AND number = ?", (commons, number))


def link(transaction: Transaction, entry: Entry, number: int, record: AnyRecord) -> None:
    """Write down what a record names, and whose promise it is, as long as it is not said to be finished.

    What a commitment brings towards the intents that it satisfies stands with it.
    """
    if isinstance(record, Commitment) and record.provider is not None and not record.finished:
        provider = find_agent(transaction, entry.commons, record.provider)
        assert provider is not None, "it was mentioned"
        transaction.insert("promised", entry.commons, number, provider.number)
    parts = {
        promise.known.number: (resource, effort)
        for promise, resource, effort in shared_out(satisfied(transaction, entry.commons, record), corrects=False)
    }
    places: dict[str, int] = {}
    for field, type_, id_ in named(record):
        place = places[field] = places.get(field, -1) + 1
        if type_ == EVENT:
            past = find_event(transaction, entry.commons, id_)
            assert past is not None
            target = event_target(past.position)
        else:
            known = find_record(transaction, entry.commons, type_, id_)
            assert known is not None
            target = known.number
        resource, effort = parts.get(target, (0, 0)) if field == "satisfies" else (0, 0)
        transaction.insert("flow_link", entry.commons, number, field, place, target, resource, effort)


def event_target(position: int) -> int:
    """What stands for an event among the numbers of records: -1 for the entry at 0, and so on down."""
    return -1 - position
