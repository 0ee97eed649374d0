"""Plans in a commons: from recipes and stock to tasks that people take, and planned again without losing a promise."""

from __future__ import annotations

import pytest
from world import World

from commonhold.flows import entries as e
from commonhold.flows import vocabulary as vf
from commonhold.flows.commands import GiveBackParams, NewResource, RecordParams, TakeParams
from commonhold.flows.overview import open_tasks, shown
from commonhold.flows.planning.commands import DemandParams, PlanParams
from commonhold.node.verification import verify_commons
from commonhold.problems import Refused


def measure(amount: str, unit: str = "piece") -> vf.Measure:
    return vf.Measure(hasNumericalValue=amount, hasUnit=unit)


RECIPE: list[vf.AnyRecord] = [
    *(vf.ResourceSpecification(id=id_) for id_ in ("parent", "child", "grandchild", "assembling")),
    vf.RecipeProcess(id="assemble", hasDuration=measure("5", "day")),
    vf.RecipeProcess(id="make-child", hasDuration=measure("10", "day")),
    vf.RecipeFlow(id="f1", action="produce", recipeOutputOf="assemble", resourceConformsTo="parent", resourceQuantity=measure("1")),
    vf.RecipeFlow(id="f2", action="consume", recipeInputOf="assemble", resourceConformsTo="child", resourceQuantity=measure("2")),
    vf.RecipeFlow(id="f3", action="work", recipeInputOf="assemble", resourceConformsTo="assembling", effortQuantity=measure("2", "hour")),
    vf.RecipeFlow(id="f4", action="produce", recipeOutputOf="make-child", resourceConformsTo="child", resourceQuantity=measure("1")),
    vf.RecipeFlow(id="f5", action="consume", recipeInputOf="make-child", resourceConformsTo="grandchild", resourceQuantity=measure("3")),
]
"""The recipe of NRP's own test: a parent of two children, each of three grandchildren."""


@pytest.fixture
def factory(world: World) -> World:
    for record in RECIPE:
        world.act("Ana", "flow.create", e.Create(record=record))
    return world


def plan(world: World, quantity: str, plan_id: str = "order", due: str = "2026-06-01T00:00:00Z") -> dict[str, object]:
    demand = DemandParams(resourceConformsTo="parent", quantity=measure(quantity), due=due)
    return world.act("Ana", "plan.make", PlanParams(plan=plan_id, demands=[demand]))


def stock(world: World, specification: str, amount: str) -> None:
    event = vf.EconomicEvent(action="raise", provider=world.ids["Ana"], resourceConformsTo=specification, resourceQuantity=measure(amount))
    world.act("Ana", "flow.record", RecordParams(event=event, newInventoriedResource=NewResource(id=f"{specification}-stock")))


def quantities(world: World) -> dict[str, str]:
    """Quantity of each intent of the plans, by its id."""
    with world.node.read() as transaction:
        rows = transaction.rows("SELECT id FROM flow_record WHERE type = 'Intent' AND deleted = 0 ORDER BY id")
        found = {}
        for (id_,) in rows:
            plain = shown(transaction, "test", id_, "Intent")
            found[id_] = str((plain.get("resourceQuantity") or plain["effortQuantity"])["hasNumericalValue"])
        return found


def test_demand_goes_through_all_levels_net_of_stock(factory: World) -> None:
    """NRP's known answer: 4 parents need 8 children; 3 are free in stock, so 5 are made, of 15 grandchildren."""
    stock(factory, "child", "3")
    done = plan(factory, "4")
    found = quantities(factory)
    assert (found["order.in.f2"], found["order.out.f4"], found["order.in.f5"], found["order.in.f3"]) == ("8", "5", "15", "8")
    assert [(one["resourceConformsTo"], one["quantity"]["hasNumericalValue"]) for one in done["shortages"]] == [("grandchild", "15")]  # type: ignore[index,attr-defined]
    begins = {one["id"]: (one["hasBeginning"], one["hasEnd"]) for one in done["processes"]}  # type: ignore[index,attr-defined]
    assert begins == {
        "order.process.assemble": ("2026-05-27T00:00:00Z", "2026-06-01T00:00:00Z"),
        "order.process.make-child": ("2026-05-17T00:00:00Z", "2026-05-27T00:00:00Z"),
    }
    assert verify_commons(factory.node.database, "test").ok


def test_what_others_have_planned_is_not_planned_twice(factory: World) -> None:
    """A second plan takes neither the stock nor the outputs that the first one needs."""
    stock(factory, "child", "3")
    plan(factory, "4")
    plan(factory, "1", "second")
    found = quantities(factory)
    assert (found["second.in.f2"], found["second.out.f4"], found["second.in.f5"]) == ("2", "2", "6")


def test_a_task_is_taken_in_parts_and_given_back(factory: World) -> None:
    plan(factory, "4")
    taken = factory.act("Bo", "task.take", TakeParams(intent="order.in.f3", quantity="5"))
    with factory.node.read() as transaction:
        [task] = open_tasks(transaction, "test")
    assert task["openEffortQuantity"] == {"hasNumericalValue": "3", "hasUnit": "hour"}
    with pytest.raises(Refused) as error:
        factory.act("Cy", "task.take", TakeParams(intent="order.in.f3", quantity="4"))
    assert error.value.code == "flows.taken_already"
    factory.act("Cy", "task.take", TakeParams(intent="order.in.f3"))
    with factory.node.read() as transaction:
        assert open_tasks(transaction, "test") == []
    work = vf.EconomicEvent(
        action="work", provider=factory.ids["Bo"], inputOf="order.process.assemble", effortQuantity=measure("2", "hour"), fulfills=[taken["id"]]
    )
    factory.act("Bo", "flow.record", RecordParams(event=work))
    factory.act("Bo", "task.give_back", GiveBackParams(commitment=taken["id"]))
    with factory.node.read() as transaction:
        kept = shown(transaction, "test", taken["id"])
        [task] = open_tasks(transaction, "test")
    assert (kept["effortQuantity"]["hasNumericalValue"], kept["finished"]) == ("2", True)
    assert task["openEffortQuantity"]["hasNumericalValue"] == "3"


def test_planning_again_keeps_what_is_promised(factory: World) -> None:
    plan(factory, "4")
    taken = factory.act("Bo", "task.take", TakeParams(intent="order.in.f3", quantity="5"))
    done = plan(factory, "6")
    assert (done["created"], done["deleted"], done["tooMuch"]) == ([], [], [])
    found = quantities(factory)
    assert (found["order.in.f2"], found["order.out.f4"], found["order.in.f3"]) == ("12", "12", "12")
    less = plan(factory, "1")
    assert [(one["id"], one["needed"]["hasNumericalValue"], one["promised"]["hasNumericalValue"]) for one in less["tooMuch"]] == [  # type: ignore[index,attr-defined]
        ("order.in.f3", "2", "5")
    ]
    with factory.node.read() as transaction:
        assert shown(transaction, "test", taken["id"])["effortQuantity"]["hasNumericalValue"] == "5"


def test_planning_again_with_the_same_demand_changes_nothing(factory: World) -> None:
    stock(factory, "child", "3")
    plan(factory, "4")
    before = quantities(factory)
    done = plan(factory, "4")
    assert (done["created"], done["updated"], done["deleted"]) == ([], [], [])
    assert quantities(factory) == before


def test_what_a_plan_no_longer_needs_goes_and_comes_back(factory: World) -> None:
    """A step that stock makes superfluous is taken away; when the stock is gone, it is planned again under its old name."""
    plan(factory, "1")
    stock(factory, "child", "10")
    done = plan(factory, "1")
    assert set(done["deleted"]) == {"order.in.f5", "order.out.f4", "order.process.make-child"}  # type: ignore[arg-type]
    done = plan(factory, "20")
    assert {"order.out.f4", "order.process.make-child"} <= set(done["created"])  # type: ignore[arg-type]
    assert quantities(factory)["order.out.f4"] == "30"
    assert verify_commons(factory.node.database, "test").ok
