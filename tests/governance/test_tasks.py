"""Tasks that lie dormant are open again; and who looks for one is shown what is like their past work."""

from __future__ import annotations

import pytest
from world import CHARTER, World

from commonhold.flows import vocabulary as v
from commonhold.flows.commands import TakeParams
from commonhold.flows.entries import Create
from commonhold.governance.commands import ReviewParams
from commonhold.governance.entries import Release
from commonhold.governance.tasks import suggested
from commonhold.problems import CommonholdError

DORMANT = CHARTER + "\n[governance]\ndormant_days = 20\n"


def ask(world: World, id_: str, hours: str = "4", **more: object) -> str:
    """An open task: work that anybody may do."""
    measure = v.Measure(hasNumericalValue=hours, hasUnit="hour")
    record = v.Intent(id=id_, action="work", receiver=world.ids["Ana"], effortQuantity=measure, **more)  # type: ignore[arg-type]
    world.act("Ana", "flow.create", Create(record=record))
    return id_


def take(world: World, who: str, intent: str) -> str:
    """Take a task; return the commitment."""
    world.act(who, "task.take", TakeParams(intent=intent, id=f"{who}-{intent}"))
    return f"{who}-{intent}"


def open_ones(world: World, who: str = "Cy") -> list[str]:
    """The ids of the open tasks, as they are suggested to somebody."""
    with world.node.read() as transaction:
        number = transaction.value("SELECT number FROM agent WHERE id = ?", (world.ids[who],))
        return [one["id"] for one in suggested(transaction, "test", number)]


@pytest.fixture(name="dormant")
def _dormant(world: World) -> World:
    world.charter(DORMANT)
    return world


def test_a_task_that_was_taken_and_forgotten_is_open_again(dormant: World) -> None:
    take(dormant, "Bo", ask(dormant, "weld"))
    assert open_ones(dormant) == []
    dormant.clock.days(19)
    assert dormant.act("Cy", "task.release", ReviewParams())["released"] == []
    dormant.clock.days(1)
    assert dormant.act("Cy", "task.release", ReviewParams())["released"] == ["Bo-weld"]
    assert open_ones(dormant) == ["weld"]
    assert dormant.verify().ok


def test_what_was_done_of_it_is_kept(dormant: World) -> None:
    """Work begins the time anew, and only what is open is open again."""
    commitment = take(dormant, "Bo", ask(dormant, "weld", "4"))
    dormant.clock.days(15)
    dormant.log("Bo", "work", "1", fulfills=commitment)
    dormant.clock.days(15)
    assert dormant.act("Cy", "task.release", ReviewParams())["released"] == []
    dormant.clock.days(5)
    assert dormant.act("Cy", "task.release", ReviewParams())["released"] == [commitment]
    with dormant.node.read() as transaction:
        number = transaction.value("SELECT number FROM agent WHERE id = ?", (dormant.ids["Cy"],))
        task = suggested(transaction, "test", number)[0]
    assert (task["effortQuantity"]["hasNumericalValue"], task["openEffortQuantity"]["hasNumericalValue"]) == ("4", "3")
    assert dormant.verify().ok


def test_only_the_node_lets_go_of_a_task_and_only_of_a_dormant_one(dormant: World) -> None:
    commitment = take(dormant, "Bo", ask(dormant, "weld"))
    for write in (
        lambda writer: writer.says("governance.release", Release(commitment=commitment), "early"),
        lambda writer: writer.write(dormant.keys["Ana"], dormant.ids["Ana"], "governance.release", Release(commitment=commitment), "mine"),
    ):
        with pytest.raises(CommonholdError), dormant.node.writing("test") as writer:
            write(writer)


def test_without_days_in_the_charter_nothing_lies_dormant(world: World) -> None:
    take(world, "Bo", ask(world, "weld"))
    world.clock.days(1_000)
    assert world.act("Cy", "task.release", ReviewParams())["released"] == []


def test_a_newcomer_sees_short_tasks_first_and_others_what_is_like_their_work(world: World) -> None:
    world.act("Ana", "flow.create", Create(record=v.ResourceSpecification(id="frame", name="Frame")))
    ask(world, "long", "40", resourceConformsTo="frame")
    ask(world, "short", "1")
    ask(world, "boards", "8", resourceClassifiedAs=["hardware"])
    assert open_ones(world) == ["short", "boards", "long"]
    world.log("Bo", "work", "3", domain="hardware")
    assert open_ones(world, "Bo") == ["boards", "short", "long"]
    with world.node.read() as transaction:
        number = transaction.value("SELECT number FROM agent WHERE id = ?", (world.ids["Bo"],))
        why = {one["id"]: one["why"] for one in suggested(transaction, "test", number)}
    assert why == {"boards": [{"what": "domain", "name": "hardware", "times": 1}], "short": [], "long": []}
