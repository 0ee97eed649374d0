"""What the rules about records need to know, looked up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..commons.queries import Agent, find_agent, has_role, lacks_power
from ..journal.kinds import Entry
from ..measure import AMOUNT_MAX
from ..problems import Problem
from ..store.transaction import Transaction
from . import entries as e
from .promise_views import Promise, counted_towards
from .promises import open_quantity
from .references import EVENT, agents, named
from .rules import promised, signed_quantity
from .serials import serial_taken
from .store import Known, author_of, entry_id_at, find_event, find_record, find_resource, resource_said, unit_named
from .units import Inexact, OtherKind, convert
from .vocabulary import AnyRecord, Commitment, EcologicalAgent, EconomicResource, Intent, Measure, Organization, Unit

_MEASURES = ("resourceQuantity", "effortQuantity", "availableQuantity", "minimumQuantity", "hasDuration")
_UNIT_FIELDS = ("defaultUnitOfResource", "defaultUnitOfEffort", "unitOfEffort", "omUnitIdentifier")


@dataclass(frozen=True, slots=True)
class RecordView:
    """What is there for a record.

    Attributes:
        before: The record of this class and id, if there is or was one. revision: The id of the entry that made it what it is.
        missing: (field, class, id) of what it names and is not here. units: (field, name) of units that are not known.
        people: (field, number) of the persons that it names, by themselves or by an identity of theirs. author: Who writes.
        counted: What has been brought towards it already, in millionths of its units. used: Whether something names it.
        satisfied: What it brings towards the intents that it satisfies, and how much of them is open.
        consenting: Numbers of the persons who offered what a commitment takes, in intents of their own.
        agent_type: Of the agent that is called as the record is. same_serial: Whether another resource of its kind has its tracking identifier.
    """

    lacks_power: tuple[Problem, ...]
    is_steward: bool
    author: int
    before: Known | None
    revision: str
    missing: list[tuple[str, str, str]] = field(default_factory=list)
    units: list[tuple[str, str]] = field(default_factory=list)
    people: list[tuple[str, int]] = field(default_factory=list)
    counted: tuple[int, int] = (0, 0)
    used: bool = False
    satisfied: list[Promise] = field(default_factory=list)
    consenting: frozenset[int] = frozenset()
    agent_type: str = ""
    same_serial: bool = False


@dataclass(frozen=True, slots=True)
class NoteView:
    """What is there for a new note of an event. recorder: Number of the agent who recorded the event."""

    lacks_power: tuple[Problem, ...]
    is_steward: bool
    author: int
    known: bool
    revision: str
    recorder: int


def load_record(transaction: Transaction, entry: Entry) -> RecordView:
    """For `flows.create` and `flows.update`."""
    record: AnyRecord = entry.body.record
    commons = entry.commons
    before = find_record(transaction, commons, type(record).__name__, record.id)
    missing = []
    for name, type_, id_ in named(record):
        if type_ == EVENT:
            gone = find_event(transaction, commons, id_) is None
        else:
            known = find_record(transaction, commons, type_, id_)
            gone = known is None or known.deleted
        if gone:
            missing.append((name, type_, id_))
    people = []
    for name, id_ in agents(record):
        agent = find_agent(transaction, commons, id_)
        if agent is None and not id_.startswith("id:"):
            missing.append((name, "Agent", id_))
        elif (person := _person(agent)) is not None:
            people.append((name, person))
    units = [(name, unit) for name, unit in units_in(record) if unit_named(transaction, commons, unit) is None]
    return RecordView(
        **_ground(transaction, entry), before=before, revision=_revision(transaction, commons, before), missing=missing, units=units, people=people,
        counted=(0, 0) if before is None else counted_towards(transaction, commons, before.number),
        used=before is not None and isinstance(record, Unit) and is_used(transaction, commons, before),
        satisfied=[] if missing or units else satisfied(transaction, commons, record),
        consenting=frozenset() if missing or units else _consenting(transaction, commons, record),
        agent_type=agent.type if (agent := find_agent(transaction, commons, record.id)) else "",
        same_serial=isinstance(record, EconomicResource) and before is not None and _renamed(transaction, commons, before, record),
    )  # fmt: skip


def load_delete(transaction: Transaction, entry: Entry) -> RecordView:
    body: e.Delete = entry.body
    before = find_record(transaction, entry.commons, body.type, body.id)
    return RecordView(
        **_ground(transaction, entry), before=before, revision=_revision(transaction, entry.commons, before),
        used=before is not None and is_used(transaction, entry.commons, before),
    )  # fmt: skip


def load_note(transaction: Transaction, entry: Entry) -> NoteView:
    """For `flows.note`."""
    ground = _ground(transaction, entry)
    past = find_event(transaction, entry.commons, entry.body.event)
    if past is None:
        return NoteView(**ground, known=False, revision="", recorder=-1)
    recorder = find_agent(transaction, entry.commons, author_of(transaction, entry.commons, past.position))
    return NoteView(
        **ground, known=True, revision=entry_id_at(transaction, entry.commons, past.revised), recorder=recorder.number if recorder else -1
    )


def _is_of_agent(body: object) -> bool:
    """Whether an entry tells of an organization or an ecological agent: the charter says who may."""
    record = getattr(body, "record", None)
    return isinstance(record, Organization | EcologicalAgent) or getattr(body, "type", "") in ("Organization", "EcologicalAgent")


def _ground(transaction: Transaction, entry: Entry) -> dict[str, Any]:
    author = find_agent(transaction, entry.commons, entry.author)
    return {
        "lacks_power": tuple(lacks_power(transaction, entry.commons, entry.author, "agents" if _is_of_agent(entry.body) else "flows")),
        "is_steward": has_role(transaction, entry.commons, author, "steward"),
        "author": -1 if author is None else author.number,
    }


def _renamed(transaction: Transaction, commons: str, before: Known, record: EconomicResource) -> bool:
    """Whether a resource gets a tracking identifier that another one of its kind has."""
    resource = find_resource(transaction, commons, before.number)
    if record.trackingIdentifier in (None, resource_said(before).trackingIdentifier) or resource is None or resource.conforms_to is None:
        return False
    return serial_taken(transaction, commons, resource.conforms_to, record.trackingIdentifier or "", before.number)


def _person(agent: Agent | None) -> int | None:
    if agent is None:
        return None
    return agent.number if agent.type == "Person" else agent.claimed_by


def _revision(transaction: Transaction, commons: str, known: Known | None) -> str:
    if known is None:
        return ""
    return entry_id_at(transaction, commons, known.revised)


def units_in(record: AnyRecord) -> list[tuple[str, str]]:
    """(field, name) of every unit that a record names."""
    found = []
    for name in _MEASURES:
        measure = getattr(record, name, None)
        if isinstance(measure, Measure):
            found.append((f"{name}.hasUnit", measure.hasUnit))
    found += [(name, unit) for name in _UNIT_FIELDS if (unit := getattr(record, name, None)) is not None]
    return found


def is_used(transaction: Transaction, commons: str, known: Known) -> bool:
    """Whether something that was not taken away names a record."""
    number = known.number
    for sql in (
        "SELECT 1 FROM flow_link WHERE commons = ? AND target = ? LIMIT 1",
        "SELECT 1 FROM event_link WHERE commons = ? AND target = ? LIMIT 1",
    ):
        if transaction.row(sql, (commons, number)) is not None:
            return True
    columns = {
        "Process": ("economic_event", ("input_of", "output_of")),
        "ResourceSpecification": ("economic_event", ("conforms_to",)),
        "ProcessSpecification": ("economic_resource", ("stage",)),
        "SpatialThing": ("economic_resource", ("location",)),
        "Unit": ("", ()),
    }
    table, names = columns.get(known.type, ("", ()))
    for name in names:
        if transaction.row(f"SELECT 1 FROM {table} WHERE commons = ? AND {name} = ? LIMIT 1", (commons, number)) is not None:
            return True
    if known.type == "ResourceSpecification":
        return transaction.row("SELECT 1 FROM economic_resource WHERE commons = ? AND conforms_to = ? LIMIT 1", (commons, number)) is not None
    if known.type in ("Organization", "EcologicalAgent"):
        return _agent_used(transaction, commons, known.id)
    return known.type == "Unit" and _unit_used(transaction, commons, known.id)


def _agent_used(transaction: Transaction, commons: str, id_: str) -> bool:
    """Whether an event or a record names an agent, or a resource is with one."""
    agent = find_agent(transaction, commons, id_)
    for table, one, other in (("economic_event", "provider", "receiver"), ("economic_resource", "accountable", "custodian")):
        sql = f"SELECT 1 FROM {table} WHERE commons = ? AND ({one} = ? OR {other} = ?) LIMIT 1"
        if agent is not None and transaction.row(sql, (commons, agent.number, agent.number)) is not None:
            return True
    sql = "SELECT 1 FROM flow_record WHERE commons = ? AND deleted = 0 AND id <> ? AND REPLACE(data, ?, '') <> data LIMIT 1"
    return transaction.row(sql, (commons, id_, f'"{id_}"')) is not None


def _unit_used(transaction: Transaction, commons: str, unit: str) -> bool:
    sql = "SELECT 1 FROM economic_event WHERE commons = ? AND (resource_unit = ? OR effort_unit = ?) LIMIT 1"
    if transaction.row(sql, (commons, unit, unit)) is not None:
        return True
    mentioned = f'"{unit}"'  # engines differ in what LIKE takes for the same
    sql = "SELECT 1 FROM flow_record WHERE commons = ? AND deleted = 0 AND type <> 'Unit' AND REPLACE(data, ?, '') <> data LIMIT 1"
    return transaction.row(sql, (commons, mentioned)) is not None


def satisfied(transaction: Transaction, commons: str, record: AnyRecord) -> list[Promise]:
    """The intents that a commitment satisfies, and what it brings towards each; what it brought before is not counted."""
    if not isinstance(record, Commitment):
        return []
    own = find_record(transaction, commons, "Commitment", record.id)
    found = []
    for id_ in record.satisfies:
        known = find_record(transaction, commons, "Intent", id_)
        if known is None:
            continue
        intent = known.record()
        counted = counted_towards(transaction, commons, known.number)
        before = (0, 0)
        if own is not None:
            sql = "SELECT resource_micro, effort_micro FROM flow_link WHERE commons = ? AND source = ? AND field = 'satisfies' AND target = ?"
            before = transaction.row(sql, (commons, own.number, known.number)) or (0, 0)
        opens, amounts = [], []
        for at, name in enumerate(("resourceQuantity", "effortQuantity")):
            wanted, given = promised(intent, name), getattr(record, name)
            opens.append(open_quantity(None if wanted is None else signed_quantity(wanted), counted[at] - before[at]))
            amounts.append(_towards(transaction, commons, given, wanted))
        found.append(Promise("satisfies", known, opens[0], opens[1], amounts[0] or 0, amounts[1] or 0, _problem_mark(amounts)))
    return found


_OFFERED = ("provider", "action", "resourceConformsTo", "resourceInventoriedAs", "resourceClassifiedAs", "stage", "state")
"""What a commitment that takes up an offer has in common with it."""


def _consenting(transaction: Transaction, commons: str, record: AnyRecord) -> frozenset[int]:
    """Who offered what a commitment takes: in an intent of their own, of the same action, which says how much of it there is."""
    if not isinstance(record, Commitment) or record.provider is None:
        return frozenset()
    found = set()
    for id_ in record.satisfies:
        known = find_record(transaction, commons, "Intent", id_)
        intent = known.record() if known else None
        if known is None or not isinstance(intent, Intent) or intent.finished:
            continue
        if any(getattr(intent, name) != getattr(record, name) for name in _OFFERED):
            continue
        said = all(getattr(record, name) is None or getattr(intent, name) is not None for name in ("resourceQuantity", "effortQuantity"))
        if said and _person(find_agent(transaction, commons, intent.provider or "")) == known.author:
            found.add(known.author)
    return frozenset(found)


def _towards(transaction: Transaction, commons: str, given: Measure | None, wanted: Measure | None) -> int | None:
    """What is given in the unit of what is wanted; None if it does not convert."""
    if given is None:
        return 0
    if wanted is None or wanted.hasUnit == given.hasUnit:
        return signed_quantity(given)
    source, target = unit_named(transaction, commons, given.hasUnit), unit_named(transaction, commons, wanted.hasUnit)
    if source is None or target is None:
        return None
    try:
        converted = convert(signed_quantity(given), source, target)
    except (OtherKind, Inexact):
        return None
    return converted if converted < AMOUNT_MAX else None


def _problem_mark(amounts: list[int | None]) -> tuple[int, int]:
    """(-1, -1) where an amount does not convert: the rule refuses it."""
    return (-1, -1) if None in amounts else (0, 0)
