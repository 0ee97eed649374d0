"""Use cases around flows."""

from __future__ import annotations

import secrets
from typing import Any

import msgspec

from ..journal.commands import Act, Command, landed, saying
from ..journal.kinds import time_text
from ..measure import format_quantity
from ..problems import not_found, refuse
from . import entries as e
from .queries import promise_state
from .release import released
from .rules import may_create, promised
from .store import Known, find_record
from .times import happened
from .vocabulary import Commitment, EconomicEvent, EconomicResource, Id, Intent, Measure, UnitName, Words


def new_id() -> str:
    """An id for something new: 16 hexadecimal digits by chance."""
    return secrets.token_hex(8)


class NewResource(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is said of a resource that begins with an event; the fields are those of `vf:EconomicResource`. id: Made up if not given."""

    id: str = ""
    name: str | None = None
    note: str | None = None
    conformsTo: Id | None = None
    classifiedAs: Words = []
    image: str | None = None
    imageList: list[str] = []
    trackingIdentifier: str | None = None
    ofBatchLot: Id | None = None
    unitOfEffort: UnitName | None = None
    currentVirtualLocation: str | None = None
    currentCurrencyLocation: str | None = None
    mayOverdraw: bool = False


class RecordParams(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Something that happened.

    Attributes:
        event: With the fields of `vf:EconomicEvent`. When nothing is said of the time, it is now.
        newInventoriedResource: The resource that begins with it, if one does. id: Made up if not given.
    """

    event: EconomicEvent
    newInventoriedResource: NewResource | None = None
    id: Id | None = None


def record(act: Act, params: RecordParams) -> dict[str, Any]:
    event = params.event
    if happened(event) is None:
        event = msgspec.structs.replace(event, hasPointInTime=time_text(act.writer.now))
    new: EconomicResource | None = None
    if params.newInventoriedResource is not None:
        said = msgspec.structs.asdict(params.newInventoriedResource)
        named = event.resourceInventoriedAs if may_create(event.action) == "resource" else event.toResourceInventoriedAs
        new = EconomicResource(**said | {"id": said["id"] or named or new_id()})
    done = landed(act.say("flows.event", e.Event(event=event, newInventoriedResource=new, id=params.id)))
    return done | {"id": params.id or done["entry"], "resource": new.id if new else None}


def create(act: Act, params: e.Create) -> dict[str, Any]:
    done = landed(act.say("flows.create", params))
    return done | {"type": type(params.record).__name__, "id": params.record.id, "revision": done["entry"]}


def update(act: Act, params: e.Update) -> dict[str, Any]:
    done = landed(act.say("flows.update", params))
    return done | {"type": type(params.record).__name__, "id": params.record.id, "revision": done["entry"]}


class TakeParams(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Take an open task, or accept what somebody offers or asks for: a promise of your own.

    Attributes:
        intent: The id of the intent. quantity: How much of it, in its unit; all that is open, if not given.
        due: Until when. id: Of the commitment; made up if not given.
    """

    intent: str
    quantity: str = ""
    due: str = ""
    note: str = ""
    id: str = ""


def take(act: Act, params: TakeParams) -> dict[str, Any]:
    known = _live(act, "Intent", params.intent)
    intent = known.record()
    assert isinstance(intent, Intent)
    resource, effort = _taken(act, known, intent, params.quantity)
    if intent.finished:
        raise refuse("flows.taken_already", "Nothing of this is open any more.", "intent")
    offered = intent.provider is not None and intent.receiver is None
    if act.author in (intent.provider, intent.receiver) and (offered or intent.provider is None) and intent.receiver != intent.provider:
        raise refuse("flows.own_intent", "This is your own offer or request: somebody else takes it up.", "intent")
    commitment = Commitment(
        id=params.id or new_id(), action=intent.action, satisfies=[intent.id], resourceQuantity=resource, effortQuantity=effort,
        provider=intent.provider if offered else act.author, receiver=act.author if offered else intent.receiver,
        clauseOf=intent.clauseOf, reciprocalClauseOf=intent.reciprocalClauseOf, resourceConformsTo=intent.resourceConformsTo, resourceClassifiedAs=intent.resourceClassifiedAs,
        resourceInventoriedAs=intent.resourceInventoriedAs, inputOf=intent.inputOf, outputOf=intent.outputOf, plannedWithin=intent.plannedWithin,
        due=params.due or intent.due, note=params.note or None, stage=intent.stage, state=intent.state,
    )  # fmt: skip
    return create(act, e.Create(record=commitment))


def _taken(act: Act, known: Known, intent: Intent, quantity: str) -> tuple[Measure | None, Measure | None]:
    """(resource, effort) of what is taken."""
    state = promise_state(act.transaction, act.commons, known)
    parts: list[Measure | None] = []
    counted_by_effort = intent.effortQuantity is not None
    for name, open_ in (("resourceQuantity", state.open_resource), ("effortQuantity", state.open_effort)):
        wanted = promised(intent, name)
        is_the_one = (name == "effortQuantity") == counted_by_effort
        if wanted is None or (quantity and not is_the_one):
            parts.append(None)
            continue
        if not quantity and not open_:
            raise refuse("flows.taken_already", "Nothing of this is open any more.", "intent")
        if quantity and not quantity.strip("0."):
            raise refuse("flows.quantity_needed", "How much of it? More than nothing.", "quantity")
        parts.append(Measure(hasNumericalValue=quantity or format_quantity(open_ or 0), hasUnit=wanted.hasUnit))
    return parts[0], parts[1]


class GiveBackParams(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Give back what you promised, as far as it is not done: it is open again for others."""

    commitment: str


def give_back(act: Act, params: GiveBackParams) -> dict[str, Any]:
    known = _live(act, "Commitment", params.commitment)
    body = released(act.transaction, act.commons, known)
    if isinstance(body, e.Delete):
        return landed(act.say("flows.delete", body)) | {"kept": None}
    return update(act, body) | {"kept": known.id}


def _live(act: Act, type_: str, id_: str) -> Known:
    known = find_record(act.transaction, act.commons, type_, id_)
    if known is None or known.deleted:
        raise not_found("flows.unknown", f"No {type_} {id_!r} here. See: commonhold flows list.", type_.lower())
    return known


COMMANDS = (
    Command("flow.record", "Record something that happened.", RecordParams, record),
    Command("flow.create", "Create a specification, a recipe, an intent, a promise, a plan, or another record.", e.Create, create),
    Command("flow.update", "Revise one of them.", e.Update, update),
    saying("flow.note", "Say something else in the note of an event.", e.Note, "flows.note"),
    saying("flow.delete", "Take one away that nothing refers to.", e.Delete, "flows.delete"),
    Command("task.take", "Take an open task, whole or in part: a promise of your own.", TakeParams, take),
    Command("task.give_back", "Give a task back, as far as it is not done.", GiveBackParams, give_back),
)
