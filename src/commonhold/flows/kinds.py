"""The kinds of entries about flows."""

from __future__ import annotations

from ..journal.kinds import Entry, Kind
from ..problems import Problem
from ..store.transaction import Transaction
from . import entries as e
from . import fold, record_rules, records
from .event_rules import event_allowed
from .record_views import load_delete, load_note, load_record
from .rules import two_agents
from .views import EventLoader, EventView


def _load_event(transaction: Transaction, entry: Entry) -> EventView:
    body: e.Event = entry.body
    return EventLoader(transaction, entry, body.event, body.newInventoriedResource, body.id, implicit=False).load()


def _event(view: EventView, entry: Entry) -> list[Problem]:
    return two_agents(entry.body.event) + event_allowed(view, entry.body.event, entry.body.newInventoriedResource)


def kinds() -> list[Kind]:
    """The kinds of this package."""
    return [
        Kind("flows.event", e.Event, _load_event, _event, fold.event),
        Kind("flows.note", e.Note, load_note, record_rules.note, fold.note),
        Kind("flows.create", e.Create, load_record, record_rules.create, records.create),
        Kind("flows.update", e.Update, load_record, record_rules.update, records.update),
        Kind("flows.delete", e.Delete, load_delete, record_rules.delete, records.delete),
    ]
