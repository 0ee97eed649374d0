"""What each action does, cell by cell: the table is the ontology's own, read here on its own."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from flows.happenings import Flows
from world import World

from commonhold.flows import vocabulary as v
from commonhold.flows.commands import NewResource

TABLE: dict[str, dict[str, str]] = json.loads(files("commonhold.flows").joinpath("ontology/actions.json").read_bytes())["actions"]
CHANGE = {"increment": (2, 0), "decrement": (-2, 0), "decrementIncrement": (-2, 2), "incrementTo": (0, 2), "notApplicable": (0, 0)}
"""Effect → what an event of 2 changes of the resource and of the to-resource."""
CHART = {"work": "eventQuantity", "pickup": "createResource", "dropoff": "createResource", "accept": "createResource", "modify": "createResource"}
"""The five cells in which the chart published with the ontology says more than the ontology: permitted too."""
ACTIONS = sorted(TABLE)


@pytest.fixture
def flows(sqlite_world: World) -> Flows:
    """Ana has `it` (10, in state `old`), `crate` to put things into, and `other`; `empty` is used up."""
    flows = Flows(sqlite_world)
    flows.make("Ana", v.ProcessSpecification(id="polishing"), v.SpatialThing(id="here"), v.SpatialThing(id="there"))
    flows.make("Ana", v.Process(id="before"), v.Process(id="shift", basedOn="polishing"))
    flows.happens("Ana", "raise", "10", new="it", toLocation="here", state="old")
    flows.happens("Ana", "raise", "10", new="other", toLocation="here", state="old")
    flows.happens("Ana", "raise", "1", new="crate")
    flows.happens("Ana", "raise", "5", new="empty", toLocation="here", state="old")
    flows.happens("Ana", "lower", "5", "empty")
    return flows


def to_of(action: str) -> str | None:
    """A to-resource that the action may have: of the receiver, or with nothing on it."""
    if TABLE[action]["createResource"] != "optionalTo":
        return "crate" if TABLE[action]["containedEffect"] == "update" else None
    return "other" if action == "move" else "empty"


def prepare(flows: Flows, action: str) -> None:
    """What must have happened before."""
    if TABLE[action]["pairsWith"] != "notApplicable" and TABLE[action]["inputOutput"] == "output":
        flows.happens("Ana", TABLE[action]["pairsWith"], "2", "it", inputOf="shift")
    if TABLE[action]["containedEffect"] == "remove":
        flows.happens("Ana", "combine", "2", "it", to="crate", inputOf="before")


def said(action: str) -> dict[str, Any]:
    """The fields of an event of the action that says everything it can."""
    place = {"input": "inputOf", "output": "outputOf", "outputInput": "inputOf"}.get(TABLE[action]["inputOutput"], "")
    receiver = "Bo" if action.startswith("transfer") or action == "copy" else "Ana"
    return {"receiver": receiver, "to": to_of(action), "toLocation": "there", "state": "new", **({place: "shift"} if place else {})}


def figures(flows: Flows, resource: str) -> tuple[int, int]:
    """(accounting, onhand)."""
    accounting, onhand = flows.stock(resource)
    return int(accounting), int(onhand)


@pytest.mark.parametrize("action", ACTIONS)
def test_every_cell_about_what_is_there(flows: Flows, action: str) -> None:
    """Quantities, place, container, rights, stage and state of both resources change as the table says, and in nothing else."""
    row = TABLE[action]
    prepare(flows, action)
    names = ["it", *filter(None, [to_of(action)])]
    before, amounts = {name: flows.resource(name) for name in names}, {name: figures(flows, name) for name in names}
    event = said(action)
    if row["eventQuantity"] != "resource":
        event["effort"] = "3 hour"
    flows.happens("Ana", action, "2", "it", **event)
    after = {name: flows.resource(name) for name in names}
    for at, name in enumerate(names):
        here = ("update", "updateTo")[at]
        change = tuple(CHANGE[row[effect]][at] for effect in ("accountingEffect", "onhandEffect"))
        assert tuple(now - was for now, was in zip(figures(flows, name), amounts[name], strict=True)) == change
        expected = {
            "currentLocation": "there" if row["locationEffect"] == here else before[name]["currentLocation"],
            "primaryAccountable": "Bo" if row["accountableEffect"] == here == "updateTo" else before[name]["primaryAccountable"],
            "stage": "polishing" if row["stageEffect"] == here == "update" else None,
            "state": "new" if row["stateEffect"] == here else before[name]["state"],
            "containedIn": {"update": "crate", "remove": None}.get(row["containedEffect"]) if at == 0 else None,
        }
        assert {field: after[name][field] for field in expected} == expected, name


@pytest.mark.parametrize("action", ACTIONS)
def test_every_cell_about_what_begins(flows: Flows, action: str) -> None:
    """A resource begins as the resource or the to-resource of the event, or not at all; rights and place are the table's."""
    row = TABLE[action]
    prepare(flows, action)
    creates = "optionalTo" if CHART.get(action) == "createResource" else row["createResource"]
    event = said(action) | {"to": None, "new": NewResource(id="begun", mayOverdraw=True), "receiver": "Bo"}
    event.pop("provider", None)
    resource = "it" if creates == "optionalTo" else None
    if creates == "notApplicable":
        assert flows.refused(lambda: flows.happens("Ana", action, "2", resource, **event)) == "flows.creates_nothing"
        return
    flows.happens("Ana", action, "2", resource, **event)
    at = 1 if creates == "optionalTo" else 0
    begun = flows.resource("begun")
    change = tuple(CHANGE[row[effect]][at] for effect in ("accountingEffect", "onhandEffect"))
    if action in CHART:  # the implied transfer of custody: on hand at the receiver's once it is put down
        change = (0, 2 if row["inputOutput"] == "output" else 0)
    assert figures(flows, "begun") == change
    gets_rights = row["accountableEffect"] in ("new", "updateTo")
    assert begun["primaryAccountable"] == ("Bo" if gets_rights else "Ana")
    assert begun["currentLocation"] == "there"
    assert begun["state"] == ("new" if row["stateEffect"] == ("updateTo" if at else "update") else None)


@pytest.mark.parametrize("action", ACTIONS)
def test_every_cell_about_quantities_and_directions(flows: Flows, action: str) -> None:
    """Effort belongs to effort (and services, which are told in hours); inputs go in, and outputs come out."""
    row = TABLE[action]
    prepare(flows, action)
    event = said(action)
    hours = lambda: flows.happens("Ana", action, "2", "it", **event | {"effort": "3 hour"})  # noqa: E731 - short
    if row["eventQuantity"] == "resource" and action != "deliverService":
        assert flows.refused(hours) == "flows.bad_quantity"
    else:
        hours()
    wrong = {"input": "outputOf", "output": "inputOf"}.get(row["inputOutput"])
    if wrong:
        turned = {name: value for name, value in event.items() if name not in ("inputOf", "outputOf")} | {wrong: "shift"}
        assert flows.refused(lambda: flows.happens("Ana", action, "2", "it", **turned)) == "flows.wrong_direction"
    if row["inputOutput"] == "outputInput":
        flows.happens("Ana", action, "2", "it", outputOf="shift", receiver="Bo")
    if to_of(action) is None and CHART.get(action) != "createResource":
        assert flows.refused(lambda: flows.happens("Ana", action, "2", "it", **event | {"to": "other"})) == "flows.no_to_resource"


def test_the_pairs_are_the_tables() -> None:
    pairs = {action: row["pairsWith"] for action, row in TABLE.items() if row["pairsWith"] != "notApplicable"}
    assert pairs == {"accept": "modify", "modify": "accept", "pickup": "dropoff", "dropoff": "pickup"}


@pytest.mark.parametrize("puts_back", ["modify", "dropoff"])
def test_what_is_put_back_was_taken_in(flows: Flows, puts_back: str) -> None:
    taken, back = TABLE[puts_back]["pairsWith"], lambda amount: flows.happens("Ana", puts_back, amount, "it", outputOf="shift")
    assert flows.refused(lambda: back("1")) == "flows.not_accepted"
    flows.happens("Ana", taken, "3", "it", inputOf="shift")
    assert figures(flows, "it") == (10, 7)
    assert flows.refused(lambda: back("4")) == "flows.not_accepted"
    back("1")
    back("2")
    assert figures(flows, "it") == (10, 10)
    assert flows.refused(lambda: back("0.000001")) == "flows.not_accepted"


def test_work_may_say_what_it_was_done_on(flows: Flows) -> None:
    """The chart's fifth cell: work has an effort, and may have a quantity of a resource, which it does not change."""
    flows.happens("Ana", "work", "2", "it", effort="3 hour", inputOf="shift")
    assert figures(flows, "it") == (10, 10)
