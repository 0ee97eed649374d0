"""A commons whose flows are worth looking at: real logs of a box, a bike and a shirt; a plan from recipes; a market; odd ids."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flows.interfacer_logs import LOGS
from world import World

from commonhold.commons.people import write_profile
from commonhold.flows import vocabulary as v
from commonhold.flows.commands import NewResource, RecordParams, TakeParams
from commonhold.flows.entries import Create
from commonhold.flows.planning.commands import DemandParams, PlanParams
from commonhold.node.imports import Importer

BOX = "063EMWS0NCTH3N6TCVNG8EEPG8"
"""The box that was built and sold: 196 events, processes and resources."""
ODD = ("a/b", "a?b=c", "a#b", "a%b", "a%2Fb", "x.json", "end/", "a&b<c>'\"", "~x", "..b", "did:x", "x" * 200)
"""Ids that addresses must carry unchanged."""
SCRIPT = "<script>document.title='pwned'</script>"


def much(value: str, unit: str) -> v.Measure:
    return v.Measure(hasNumericalValue=value, hasUnit=unit)


def imported(world: World, *names: str) -> None:
    """Import real logs."""
    importer = Importer(world.node, "test", world.ids["Ana"])
    for name in names:
        report = importer.valueflows(json.loads(LOGS[name].read_text(encoding="utf-8")), name)
        assert not report["refused"], report["refused"][:3]


def create(world: World, who: str, *records: Any) -> None:
    for record in records:
        world.act(who, "flow.create", Create(record=record))


def planned(world: World) -> None:
    """Recipes of a workshop, a plan made of them, and a part of a task taken."""
    create(
        world, "Ana",
        v.ResourceSpecification(id="controller", name="Charge controller"), v.ResourceSpecification(id="board", name="Circuit board"),
        v.ResourceSpecification(id="case", name="Case"), v.ResourceSpecification(id="copper", name="Copper sheet"),
        v.ResourceSpecification(id="craft", name="Craft work"), v.ProcessSpecification(id="assembly", name="Assembly"),
        v.Recipe(id="controllers", name="Charge controllers", primaryOutput="controller"),
        v.RecipeProcess(id="assemble", name="Assemble controllers", hasDuration=much("2", "day"), processConformsTo="assembly"),
        v.RecipeProcess(id="etch", name="Etch boards", hasDuration=much("3", "day")),
        v.RecipeProcess(id="fold", name="Fold cases", hasDuration=much("1", "day")),
        v.RecipeFlow(id="r1", action="produce", resourceConformsTo="controller", resourceQuantity=much("1", "one"), recipeOutputOf="assemble"),
        v.RecipeFlow(id="r2", action="consume", resourceConformsTo="board", resourceQuantity=much("2", "one"), recipeInputOf="assemble"),
        v.RecipeFlow(id="r3", action="consume", resourceConformsTo="case", resourceQuantity=much("1", "one"), recipeInputOf="assemble"),
        v.RecipeFlow(id="r4", action="work", resourceConformsTo="craft", effortQuantity=much("1.5", "hour"), recipeInputOf="assemble"),
        v.RecipeFlow(id="r5", action="produce", resourceConformsTo="board", resourceQuantity=much("1", "one"), recipeOutputOf="etch"),
        v.RecipeFlow(id="r6", action="consume", resourceConformsTo="copper", resourceQuantity=much("0.2", "kilogram"), recipeInputOf="etch"),
        v.RecipeFlow(id="r7", action="work", resourceConformsTo="craft", effortQuantity=much("0.5", "hour"), recipeInputOf="etch"),
        v.RecipeFlow(id="r8", action="produce", resourceConformsTo="case", resourceQuantity=much("1", "one"), recipeOutputOf="fold"),
        v.RecipeFlow(id="r9", action="work", resourceConformsTo="craft", effortQuantity=much("0.25", "hour"), recipeInputOf="fold"),
    )  # fmt: skip
    demand = DemandParams(resourceConformsTo="controller", quantity=much("4", "one"), due="2026-02-01T12:00:00Z")
    world.act("Ana", "plan.make", PlanParams(plan="winter", name="Controllers for the winter", note="Four for the village.", demands=[demand]))
    with world.node.read() as transaction:
        from commonhold.flows.overview import open_tasks

        task = next(one for one in open_tasks(transaction, "test") if one["action"] == "work")
    world.act("Bo", "task.take", TakeParams(intent=task["id"], quantity="1", id="bos-part"))
    work = v.EconomicEvent(
        action="work", provider=world.ids["Bo"], receiver=world.ids["Bo"], inputOf=task["inputOf"], effortQuantity=much("0.5", "hour"),
        resourceConformsTo="craft", fulfills=["bos-part"], hasPointInTime="2026-01-05T10:00:00Z", note="half of it",
    )  # fmt: skip
    world.act("Bo", "flow.record", RecordParams(event=work, id="bos-work"))


def traded(world: World) -> None:
    """An offer, a request that it serves, and a price list."""
    bo, cy = world.ids["Bo"], world.ids["Cy"]
    create(
        world, "Bo",
        v.ResourceSpecification(id="beans", name="Beans"), v.ResourceSpecification(id="honey", name="Honey"),
        v.ProposalList(id="prices", name="Prices of the garden", note="This season."),
        v.Intent(id="bean-offer", action="transfer", provider=bo, resourceConformsTo="beans", resourceQuantity=much("20", "kilogram")),
        v.Intent(id="honey-back", action="transfer", receiver=bo, resourceConformsTo="honey", resourceQuantity=much("0.5", "kilogram")),
        v.Proposal(id="beans-for-honey", name="Dry beans", purpose="offer", publishes=["bean-offer"], reciprocal=["honey-back"],
                   unitBased=True, listedIn=["prices"], hasEnd="2026-12-31T00:00:00Z"),
    )  # fmt: skip
    create(
        world, "Cy",
        v.Intent(id="bean-wish", action="transfer", receiver=cy, resourceConformsTo="beans", resourceQuantity=much("5", "kilogram")),
        v.Proposal(id="beans-wanted", name="Beans for the kitchen", purpose="request", publishes=["bean-wish"]),
    )  # fmt: skip


def odd(world: World) -> None:
    """Resources of odd ids and names, and a process and an event of odd ids."""
    for number, id_ in enumerate(ODD):
        event = v.EconomicEvent(
            action="raise", provider=world.ids["Ana"], receiver=world.ids["Ana"], resourceQuantity=much("3", "one"), note=SCRIPT,
            hasPointInTime="2026-01-02T10:00:00Z",
        )  # fmt: skip
        new = NewResource(id=id_, name=f"{SCRIPT} {number}" if number % 2 else None, note=SCRIPT)
        world.act("Ana", "flow.record", RecordParams(event=event, newInventoriedResource=new, id=f"event {id_}".replace(" ", "-")[:200]))
    create(world, "Ana", v.Process(id="p/q?#%.json", name=SCRIPT), v.Plan(id="plan/?#%", name=f"{SCRIPT} plan"))
    create(world, "Ana", v.Intent(id="i/?#%", action="work", effortQuantity=much("2", "hour"), inputOf="p/q?#%.json", note=SCRIPT, name=SCRIPT))


def flows_world(home: Path) -> World:
    """Make the node."""
    world = World(home)
    world.clock.days(400)  # what is recorded has happened
    with world.node.database.write() as transaction:
        write_profile(transaction, "test", world.ids["Bo"], name="Bo", public=True)
    imported(world, "libre-solar", "gownshirt", "ifservices")
    planned(world)
    traded(world)
    odd(world)
    return world
