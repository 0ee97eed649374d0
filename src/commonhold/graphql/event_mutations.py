"""Recording events, and what of events and resources can be said anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..flows import entries as e
from ..flows.commands import RecordParams
from ..measure import format_quantity
from ..problems import Problem, Refused, bad_input, not_found
from .acting import Step, Writing, revised
from .inputs import measure, read_shape, record, said
from .things import Thing
from .view import View


def create_event(_: Any, info: Any, event: Mapping[str, Any], newInventoriedResource: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """An event; with the resource that begins with it, if one does."""
    view: View = info.context
    writing, new = Writing.begin(view), newInventoriedResource
    plain, resource, steps = said(event), None, list[Step]()
    if new is not None:
        resource = {**said(new), "id": writing.id("resource")}
        if place := new.get("currentLocation"):
            if plain.get("toLocation", place) != place:
                raise bad_input("graphql.bad_value", "currentLocation is the toLocation of the event: say it once.", "currentLocation")
            plain["toLocation"] = place
        if new.get("containedIn"):
            if event.get("resourceQuantity") is None:
                raise bad_input("flows.quantity_needed", "How much of it is there?", "resourceQuantity")
            steps.append(
                _combine(resource["id"], new["containedIn"], measure(event["resourceQuantity"]), plain.get("receiver") or plain.get("provider"))
            )
    done = writing.run(("flow.record", read_shape({"event": plain, "newInventoriedResource": resource}, RecordParams)), *steps)[0]
    begun = None if resource is None else view.records("EconomicResource", [resource["id"]])[resource["id"]]
    return {"economicEvent": view.events([done["position"]])[done["position"]], "economicResource": begun}


def update_event(_: Any, info: Any, event: Mapping[str, Any]) -> dict[str, Any]:
    """An event stays as it was said; its note can be said anew."""
    view: View = info.context
    writing = Writing.begin(view)
    thing, entry = revised(view, "EconomicEvent", event["revisionId"])
    if "note" in event:
        writing.run(("flow.note", e.Note(event=thing.id, note=event["note"] or "", revision=entry)))
    return {"economicEvent": view.events([thing.key])[thing.key]}


def update_resource(_: Any, info: Any, resource: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of a resource; and what it is packed in, which is an event."""
    view: View = info.context
    writing = Writing.begin(view)
    thing, entry = revised(view, "EconomicResource", resource["revisionId"])
    if thing.entry != entry:
        problem = f"The EconomicResource {thing.id} has been revised since: look at it again."
        raise Refused(Problem("flows.stale_revision", problem, "revisionId"))
    steps: list[Step] = []
    if said(resource):
        steps.append(("flow.update", e.Update(record=record("EconomicResource", thing.id, resource, thing.said), revision=entry)))
    if "containedIn" in resource and (move := _packing(view, thing, resource["containedIn"])) is not None:
        steps.append(move)
    if steps:
        writing.run(*steps)
    return {"economicResource": view.numbered([thing.key])[thing.key]}


def _packing(view: View, thing: Thing, container: str | None) -> Step | None:
    """The event by which a resource goes into another, or comes out of it; None if it is there."""
    columns = thing.columns
    inside = columns["contained_in"]
    holder = columns["custodian"] if columns["custodian"] is not None else columns["accountable"]
    agent = None if holder is None else view.agents_numbered([holder])[holder].id
    if container is None:
        if inside is None:
            return None
        packed = max(0, columns["accounting"] - columns["onhand"])
        return _event({"action": "separate", "resourceInventoriedAs": thing.id, "resourceQuantity": _amount(packed, columns["unit"])}, agent)
    known = view.records("EconomicResource", [container]).get(container)
    if known is None:
        raise not_found("flows.unknown", f"There is no resource {container}.", "containedIn")
    if inside == known.key:
        return None
    if inside is not None:
        problem = "It is packed in something else: say containedIn null first, then put it in again."
        raise Refused(Problem("flows.packed_already", problem, "containedIn"))
    return _combine(thing.id, container, _amount(columns["onhand"], columns["unit"]), agent)


def _amount(micro: int, unit: str | None) -> dict[str, str]:
    return {"hasNumericalValue": format_quantity(micro), "hasUnit": unit or "one"}


def _combine(resource: str, container: str, quantity: Mapping[str, str], agent: str | None) -> Step:
    into = {"action": "combine", "resourceInventoriedAs": resource, "toResourceInventoriedAs": container, "resourceQuantity": dict(quantity)}
    return _event(into, agent)


def _event(plain: dict[str, Any], agent: str | None) -> Step:
    sides = {"provider": agent, "receiver": agent}
    return "flow.record", read_shape({"event": plain | sides}, RecordParams)
