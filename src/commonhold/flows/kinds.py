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
from .times import FUTURE_SECONDS_MAX, happened, seconds
from .views import EventLoader, EventView
from .vocabulary import EconomicEvent


def _load_event(transaction: Transaction, entry: Entry) -> EventView:
    body: e.Event = entry.body
    return EventLoader(transaction, entry, body.event, body.newInventoriedResource, body.id, implicit=False).load()


def _event(view: EventView, entry: Entry) -> list[Problem]:
    event: EconomicEvent = entry.body.event
    problems = two_agents(event) + event_allowed(view, event, entry.body.newInventoriedResource)
    at = happened(event)
    if not problems and at is not None and seconds(at) > entry.time + FUTURE_SECONDS_MAX:
        problem = "What is recorded has happened already; what will happen is an intent or a commitment."
        problems.append(Problem("flows.in_the_future", problem, "body.event.hasPointInTime"))
    return problems


def kinds() -> list[Kind]:
    """The kinds of this package."""
    return [
        Kind("flows.event", e.Event, _load_event, _event, fold.event),
        Kind("flows.note", e.Note, load_note, record_rules.note, fold.note),
        Kind("flows.create", e.Create, load_record, record_rules.create, records.create),
        Kind("flows.update", e.Update, load_record, record_rules.update, records.update),
        Kind("flows.delete", e.Delete, load_delete, record_rules.delete, records.delete),
    ]
