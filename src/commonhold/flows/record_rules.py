"""May this record be written, revised or taken away? Pure."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import msgspec

from ..journal.kinds import Entry, unknown_reference
from ..measure import format_quantity
from ..problems import CommonholdError, Problem
from . import entries as e
from .record_views import NoteView, RecordView
from .rules import measure_problems, signed_quantity
from .times import in_order, seconds
from .vocabulary import AnyRecord, Claim, Commitment, EcologicalAgent, EconomicResource, Intent, Measure, Organization, Proposal, SpatialThing, Unit

_TIMES = ("created", "due", "hasPointInTime", "hasBeginning", "hasEnd", "expirationDate")
_LIMITS = {"lat": 90, "long": 180}
FIXED = {
    "Proposal": ("purpose",), "Commitment": ("action",), "Intent": ("action",), "Claim": ("action", "triggeredBy"), "RecipeFlow": ("action",),
    "EconomicResource": ("conformsTo",),
}  # fmt: skip
"""What stays as it was said: something else is another record."""


def create(view: RecordView, entry: Entry) -> list[Problem]:
    """A record is new, well-formed, names what is there, and promises nothing on behalf of others."""
    record: AnyRecord = entry.body.record
    problems = list(view.lacks_power)
    if isinstance(record, Organization | EcologicalAgent) and view.agent_type != type(record).__name__:
        what = "organization" if isinstance(record, Organization) else "ecological agent"
        return [*problems, unknown_reference(f"The {what} {record.id}", "body.record.id")]
    if isinstance(record, EconomicResource):
        problem = "A resource begins with an event, such as produce or raise: record that, with newInventoriedResource."
        return [*problems, Problem("flows.begins_with_event", problem, "body.record")]
    if view.before is not None and not view.before.deleted:
        problems.append(Problem("flows.id_taken", f"There is one of this id already: {record.id}.", "body.record.id"))
    return problems or _record_problems(view, record)


def update(view: RecordView, entry: Entry) -> list[Problem]:
    """A revision knows what it revises, and leaves alone what has been built on it."""
    body: e.Update = entry.body
    record, before = body.record, view.before
    problems = list(view.lacks_power) + _revision_problems(view, entry, body.revision, f"{type(record).__name__} {record.id}")
    if problems:
        return problems
    assert before is not None
    was = before.record()
    for name in (*FIXED.get(before.type, ()), *(("omUnitIdentifier",) if view.used else ())):
        if getattr(was, name) != getattr(record, name):
            problem = f"{name} stays as it was said, {getattr(was, name)}: make another {before.type}."
            problems.append(Problem("flows.fixed", problem, f"body.record.{name}"))
    if isinstance(record, EconomicResource) and view.same_serial:
        problem = f"There is another resource of this kind with the tracking identifier {record.trackingIdentifier}."
        problems.append(Problem("flows.serial_taken", problem, "body.record.trackingIdentifier"))
    if isinstance(record, Intent | Commitment | Claim):
        problems += _less_than_counted(view, was, record)
    return problems or _record_problems(view, record)


def delete(view: RecordView, entry: Entry) -> list[Problem]:
    """Only what nothing names is taken away."""
    body: e.Delete = entry.body
    problems = list(view.lacks_power) + _revision_problems(view, entry, body.revision, f"{body.type} {body.id}")
    if problems:
        return problems
    if body.type == "EconomicResource" or view.used:
        problem = f"Something refers to this {body.type}: take that away first, or say that it is finished."
        return [Problem("flows.in_use", problem, "body.id")]
    return []


def note(view: NoteView, entry: Entry) -> list[Problem]:
    """Who recorded an event may say more of it; what happened stays as it was said."""
    if view.lacks_power:
        return list(view.lacks_power)
    if not view.known:
        return [unknown_reference(f"The event {entry.body.event}", "body.event")]
    if entry.body.revision != view.revision:
        problem = f"The note has been revised since: look at it again, its revision is {view.revision}."
        return [Problem("flows.stale_revision", problem, "body.revision")]
    if view.author != view.recorder and not view.is_steward:
        return [Problem("flows.not_own", "Only who wrote it may change it, or a steward.", "author")]
    return []


def _revision_problems(view: RecordView, entry: Entry, revision: str, what: str) -> list[Problem]:
    if view.before is None or view.before.deleted:
        return [unknown_reference(f"The {what}", "body.id")]
    if revision != view.revision:
        problem = f"The {what} has been revised since: look at it again, its revision is {view.revision}."
        return [Problem("flows.stale_revision", problem, "body.revision")]
    if view.author != view.before.author and not view.is_steward and not _gives_back(view.before.record(), entry):
        return [Problem("flows.not_own", "Only who wrote it may change it, or a steward.", "author")]
    return []


def _gives_back(was: AnyRecord, entry: Entry) -> bool:
    """Whether who has promised something gives it back, whole or what is not done of it, whoever has written it down."""
    if not isinstance(was, Commitment) or was.provider != entry.author:
        return False
    if isinstance(entry.body, e.Delete):
        return True
    record = entry.body.record
    if not isinstance(record, Commitment):
        return False
    quantities = {"resourceQuantity": record.resourceQuantity, "effortQuantity": record.effortQuantity}
    return record == msgspec.structs.replace(was, finished=True, **quantities) and _asks_no_more(record, was)


def _record_problems(view: RecordView, record: AnyRecord) -> list[Problem]:
    problems = [unknown_reference(f"The {type_} {id_}", f"body.record.{name}") for name, type_, id_ in view.missing]
    problems += [Problem("flows.bad_unit", f"{unit!r} is no unit that is known here.", f"body.record.{name}") for name, unit in view.units]
    problems += _value_problems(record)
    if isinstance(record, Intent | Commitment | Claim):
        problems += _consent_problems(view, record)
        if record.provider is not None and record.provider == record.receiver and _in_agreement(record):
            problems.append(Problem("flows.same_agents", "In an agreement, one gives and another receives.", "body.record.receiver"))
    if isinstance(record, Unit) and not record.label.strip():
        problems.append(Problem("flows.no_label", "A unit has a label.", "body.record.label"))
    return problems or _satisfaction_problems(view)


def _value_problems(record: AnyRecord) -> list[Problem]:
    problems = []
    for name in _TIMES:
        text = getattr(record, name, None)
        try:
            if text is not None:
                seconds(text)
        except CommonholdError as error:
            problems.append(Problem("flows.bad_time", error.problems[0].message, f"body.record.{name}"))
    if not problems and not in_order(getattr(record, "hasBeginning", None), getattr(record, "hasEnd", None)):
        problems.append(Problem("flows.ends_before_it_begins", "hasBeginning is not after hasEnd.", "body.record.hasBeginning"))
    for name in record.__struct_fields__:
        value = getattr(record, name)
        if isinstance(value, Measure):
            problems += measure_problems(value, f"body.record.{name}")
        elif isinstance(value, list) and len(set(value)) < len(value):
            problems.append(Problem("flows.repeated", "Name each of them once.", f"body.record.{name}"))
    if isinstance(record, SpatialThing):
        for name, limit in _LIMITS.items():
            text = getattr(record, name)
            if text is not None and abs(Decimal(text)) > limit:
                problems.append(Problem("flows.bad_place", f"{name} is from -{limit} to {limit}.", f"body.record.{name}"))
    if isinstance(record, Proposal) and set(record.publishes) & set(record.reciprocal):
        problems.append(Problem("flows.repeated", "An intent is offered, or wanted in return, not both.", "body.record.reciprocal"))
    return problems


def _consent_problems(view: RecordView, record: Intent | Commitment | Claim) -> list[Problem]:
    """Nobody promises, offers or claims for another person; not a steward either."""
    speaks = "receiver" if isinstance(record, Claim) else "provider"
    for name, person in view.people:
        if name == speaks and person != view.author and person not in view.consenting and not _kept(view, record, speaks):
            problem = "Nobody promises for another person: they take it themselves." if speaks == "provider" else "One claims for oneself."
            return [Problem("flows.no_consent", problem, f"body.record.{name}")]
    return []


def _kept(view: RecordView, record: Intent | Commitment | Claim, speaks: str) -> bool:
    """Whether the person stood there already before this revision, and it asks no more of them."""
    return view.before is not None and getattr(was := view.before.record(), speaks, None) == getattr(record, speaks) and _asks_no_more(record, was)


def _asks_no_more(record: AnyRecord, was: AnyRecord) -> bool:
    for name in ("resourceQuantity", "effortQuantity"):
        before, now = getattr(was, name), getattr(record, name)
        if before != now and (None in (before, now) or before.hasUnit != now.hasUnit or signed_quantity(now) > signed_quantity(before)):
            return False
    return True


def _in_agreement(record: Intent | Commitment | Claim) -> bool:
    return isinstance(record, Commitment) and (record.clauseOf is not None or record.reciprocalClauseOf is not None)


def _less_than_counted(view: RecordView, was: AnyRecord, record: Intent | Commitment | Claim) -> list[Problem]:
    for name, counted in (("resourceQuantity", view.counted[0]), ("effortQuantity", view.counted[1])):
        measure, before = getattr(record, name), getattr(was, name)
        if counted == 0 or measure is before is None:
            continue
        if measure is not None and (before is None or before.hasUnit != measure.hasUnit):
            problem = f"Something was counted towards it in {'units of its own' if before is None else before.hasUnit}: the unit stays."
            return [Problem("flows.fixed", problem, f"body.record.{name}.hasUnit")]
        if measure is None or signed_quantity(measure) < min(counted, signed_quantity(before)):
            problem = f"{format_quantity(counted)} of it are promised or done already: it cannot become less than that."
            return [Problem("flows.kept_already", problem, f"body.record.{name}")]
    return []


def _satisfaction_problems(view: RecordView) -> list[Problem]:
    """Nobody takes more of an intent than is open of it."""
    for promise in view.satisfied:
        if promise.given == (-1, -1):
            problem = f"The commitment is counted in another unit than the intent {promise.known.id}."
            return [Problem("flows.other_unit", problem, "body.record.satisfies")]
    for at, name in enumerate(("resource", "effort")):
        groups: dict[bool, list[tuple[int, int | None]]] = {}
        for promise in view.satisfied:
            intent = promise.known.record()
            assert isinstance(intent, Intent)
            side = intent.provider is not None and intent.receiver is None
            groups.setdefault(side, []).append(((promise.resource, promise.effort)[at], (promise.open_resource, promise.open_effort)[at]))
        for parts in groups.values():
            amount = parts[0][0]
            opens = [(part, open_) for part, open_ in parts if open_ is not None]
            if len(opens) < len(parts) or not amount:
                continue
            share = sum((Fraction(open_, part) for part, open_ in opens if part), Fraction())  # of each in its own unit
            if share < 1:
                there = int(share * amount)
                problem = f"Of this, {format_quantity(there)} are still open: promise at most so much."
                return [Problem("flows.taken_already", problem, f"body.record.{name}Quantity")]
    return []
