"""Plans from recipes, and open tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..flows.commands import GiveBackParams, TakeParams
from ..flows.planning.commands import PlanParams
from ..flows.rules import signed_quantity
from ..flows.store import unit_named
from ..flows.units import Inexact, OtherKind, convert
from ..flows.vocabulary import Intent, Measure
from ..measure import format_quantity
from ..problems import bad_input, not_found, refuse
from .acting import Writing, revised
from .inputs import measure, read_shape
from .values import quantity
from .view import View

_DEMAND = ("resourceConformsTo", "due", "recipe", "provider", "receiver", "fromStock")


def create_plan(_: Any, info: Any, plan: Mapping[str, Any]) -> dict[str, Any]:
    """A plan for a demand, through all levels."""
    writing = Writing.begin(info.context)
    return _planned(writing, writing.id("plan"), plan, plan["name"], plan.get("note"))


def replan(_: Any, info: Any, plan: Mapping[str, Any]) -> dict[str, Any]:
    """The plan for a demand that has changed; what was promised stays."""
    writing = Writing.begin(info.context)
    thing, entry = revised(info.context, "Plan", plan["revisionId"])
    if thing.entry != entry:
        raise refuse("flows.stale_revision", f"The Plan {thing.id} has been revised since: look at it again.", "revisionId")
    return _planned(writing, thing.id, plan, thing.said.name, thing.said.note)


def _planned(writing: Writing, id_: str, given: Mapping[str, Any], name: str | None, note: str | None) -> dict[str, Any]:
    view = writing.view
    demand = {field: given.get(field) for field in _DEMAND} | {"quantity": measure(given["resourceQuantity"])}
    choices = {one["resourceConformsTo"]: one["recipeProcess"] for one in given.get("choices") or ()}
    demand = {field: value for field, value in demand.items() if value is not None}
    params = read_shape({"plan": id_, "name": name, "note": note, "demands": [demand], "choices": choices}, PlanParams)
    done = writing.run(("plan.make", params))[0]
    kinds = view.records("ResourceSpecification", [one["resourceConformsTo"] for one in done["shortages"]])
    shortages = [
        {
            "resourceConformsTo": kinds[one["resourceConformsTo"]], "quantity": quantity(Measure(**one["quantity"])), "neededBy": one["due"],
            "reason": one["why"],
        }
        for one in done["shortages"]
    ]  # fmt: skip
    return {"plan": view.records("Plan", [id_])[id_], "shortages": shortages}


def take_task(
    _: Any, info: Any, intent: str, effortQuantity: Mapping[str, Any] | None = None, resourceQuantity: Mapping[str, Any] | None = None,
    note: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A promise of one's own to do an open task, or a part of it."""
    view: View = info.context
    writing = Writing.begin(view)
    if effortQuantity is not None and resourceQuantity is not None:
        raise bad_input("graphql.bad_value", "Say how much by one quantity: that of effort, if the task has one.", "resourceQuantity")
    text = _share(view, intent, effortQuantity, resourceQuantity)
    done = writing.run(("task.take", TakeParams(intent=intent, quantity=text, note=note or "", id=writing.id("commitment"))))[0]
    return {"commitment": view.records("Commitment", [done["id"]])[done["id"]]}


def _share(view: View, intent: str, effort: Mapping[str, Any] | None, resource: Mapping[str, Any] | None) -> str:
    """How much of a task is taken, in its unit."""
    given = effort or resource
    if given is None:
        return ""
    known = view.records("Intent", [intent]).get(intent)
    if known is None or known.deleted:
        raise not_found("flows.unknown", f"There is no intent {intent}.", "intent")
    assert isinstance(known.said, Intent)
    name = "effortQuantity" if effort else "resourceQuantity"
    wanted = getattr(known.said, name)
    if wanted is None or (resource and known.said.effortQuantity is not None):
        raise bad_input("graphql.bad_value", "The task is not counted so: say how much by the quantity that it has.", name)
    said = Measure(**measure(given))
    if given.get("hasUnit") in (None, wanted.hasUnit):
        return said.hasNumericalValue
    source, target = (unit_named(view.transaction, view.commons, one.hasUnit) for one in (said, wanted))
    try:
        if source is None or target is None:
            raise OtherKind
        return format_quantity(convert(signed_quantity(said), source, target))
    except (OtherKind, Inexact, ValueError):
        raise bad_input("flows.other_unit", f"The task is counted in {wanted.hasUnit}.", f"{name}.hasUnit") from None


def give_back_task(_: Any, info: Any, commitment: str) -> dict[str, Any]:
    """What is not done of a promise is open again."""
    view: View = info.context
    kept = Writing.begin(view).run(("task.give_back", GiveBackParams(commitment=commitment)))[0]["kept"]
    return {"commitment": None if kept is None else view.records("Commitment", [kept])[kept]}
