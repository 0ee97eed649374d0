"""Use cases around plans: make one from recipes, and make it again when the demand changes."""

from __future__ import annotations

from typing import Any

import msgspec

from ...journal.commands import Act, Command
from .. import entries as e
from ..queries import revision_of
from ..store import find_record
from ..vocabulary import Id, Intent, Measure, Plan
from . import Changes, Demand, Order, PlanDraft, make_plan, replan
from .queries import plan_records, plan_states, planned_records, recipe_book, sources, units_here
from .shapes import PlanRecord


class DemandParams(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a plan is to bring.

    Attributes:
        id: Its name in the plan. resourceConformsTo, quantity: What, and how much. stage, state: At which stage and state.
        recipe: A Recipe whose processes are preferred. resource: A resource that is to go through the recipe.
        due: When it is needed. fromStock: Whether stock may meet it; otherwise all of it is made.
        provider, receiver: With both, the demand is a Commitment.
    """

    id: str = "1"
    resourceConformsTo: Id | None = None
    quantity: Measure | None = None
    stage: Id | None = None
    state: str | None = None
    recipe: Id | None = None
    resource: Id | None = None
    due: str | None = None
    fromStock: bool = False
    provider: str | None = None
    receiver: str | None = None


class PlanParams(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Plan from recipes; a plan that is there is planned again, and nothing that was promised is lost.

    Attributes:
        plan: Its id. begin: Schedule forward from here; otherwise backward from when the demands are due.
        choices: Where several recipes make the same: id of the ResourceSpecification → id of the RecipeProcess.
        once: RecipeFlows that a process needs once, however much it makes.
    """

    plan: Id
    demands: list[DemandParams]
    name: str | None = None
    note: str | None = None
    begin: str | None = None
    choices: dict[str, str] = {}
    once: list[str] = []


def plan(act: Act, params: PlanParams) -> dict[str, Any]:
    demands = tuple(
        Demand(
            one.id,
            one.resourceConformsTo,
            one.quantity,
            one.stage,
            one.state,
            one.recipe,
            one.resource,
            one.due,
            one.fromStock,
            one.provider,
            one.receiver,
        )
        for one in params.demands
    )
    dues = [one.due for one in params.demands if one.due]
    head = Plan(id=params.plan, name=params.name, note=params.note, due=max(dues) if dues else None)
    order = Order(head, demands, params.begin, params.choices, tuple(params.once))
    units = units_here(act.transaction, act.commons)
    book = recipe_book(act.transaction, act.commons)
    there = sources(act.transaction, act.commons, params.plan, units)
    known = find_record(act.transaction, act.commons, "Plan", params.plan)
    if known is None or known.deleted:
        draft = make_plan(order, book, there, units)
        written = [_created(act, record, draft, number) for number, record in enumerate(draft.records())]
        return {"plan": params.plan, "created": written, "updated": [], "deleted": [], "kept": [], "tooMuch": []} | draft_view(draft)
    before = plan_records(act.transaction, act.commons, known)
    states, begun = plan_states(act.transaction, act.commons, before)
    changes = replan(planned_records(before), states, order, book, there, begun, units)
    return {"plan": params.plan} | _carry_out(act, changes) | draft_view(changes.draft)


def _carry_out(act: Act, changes: Changes) -> dict[str, Any]:
    number = 0
    for id_ in changes.delete:
        type_ = _type_of(act, id_)
        found = find_record(act.transaction, act.commons, type_, id_)
        assert found is not None
        act.say("flows.delete", e.Delete(type=type_, id=id_, revision=revision_of(act.transaction, act.commons, found)), number)  # type: ignore[arg-type]
        number += 1
    for record in changes.update:
        found = find_record(act.transaction, act.commons, type(record).__name__, record.id)
        assert found is not None
        revised = _with_clause(record, changes.draft)
        act.say("flows.update", e.Update(record=revised, revision=revision_of(act.transaction, act.commons, found)), number)
        number += 1
    created = [_created(act, record, changes.draft, number + at) for at, record in enumerate(changes.create)]
    return {
        "created": created,
        "updated": [record.id for record in changes.update],
        "deleted": list(changes.delete),
        "kept": list(changes.kept),
        "tooMuch": [msgspec.to_builtins(one) for one in changes.too_much],
    }


def _type_of(act: Act, id_: str) -> str:
    for type_ in ("Process", "Intent", "Commitment", "Agreement"):
        found = find_record(act.transaction, act.commons, type_, id_)
        if found is not None and not found.deleted:
            return type_
    raise AssertionError(id_)


def _created(act: Act, record: PlanRecord, draft: PlanDraft, number: int) -> str:
    act.say("flows.create", e.Create(record=_with_clause(record, draft)), number)
    return record.id


def _with_clause(record: PlanRecord, draft: PlanDraft) -> PlanRecord:
    """An intent says of which agreement it becomes a clause."""
    if not isinstance(record, Intent):
        return record
    for clause in draft.clauses:
        if clause.flow == record.id:
            return msgspec.structs.replace(record, **{"reciprocalClauseOf" if clause.reciprocal else "clauseOf": clause.agreement})
    return record


def draft_view(draft: PlanDraft) -> dict[str, Any]:
    """What a plan finds, covers, and does not get, as plain values."""
    return {
        "processes": [msgspec.to_builtins(one) for one in draft.processes],
        "shortages": [msgspec.to_builtins(one) for one in draft.shortages],
        "allocations": [msgspec.to_builtins(one) for one in draft.allocations],
        "conflicts": [msgspec.to_builtins(one) for one in draft.conflicts],
    }


COMMANDS = (Command("plan.make", "Plan from recipes, or plan again without losing what was promised.", PlanParams, plan),)
