"""What happened is not changed: another event takes back from it, by as much as there is left of it, and from nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from flows.happenings import Flows, measure
from world import World

from commonhold.flows import vocabulary as v
from commonhold.flows.commands import NewResource

STATE = ("economic_resource",)


@pytest.fixture
def flows(world: World) -> Flows:
    """Ana has ten planks, Bo two; there is a process."""
    flows = Flows(world)
    flows.make("Ana", v.Process(id="sawing"), v.Process(id="other"))
    flows.happens("Ana", "raise", "10", new="planks")
    flows.happens("Bo", "raise", "2", new="bos")
    return flows


def stocks(flows: Flows) -> dict[str, Any]:
    """Both resources as doors show them."""
    return {name: flows.resource(name) for name in ("planks", "bos")}


REVERSIBLE: list[tuple[str, dict[str, Any]]] = [
    ("consume", {"inputOf": "sawing"}),
    ("produce", {"outputOf": "sawing"}),
    ("raise", {}),
    ("lower", {}),
    ("use", {"inputOf": "sawing"}),
    ("cite", {"inputOf": "sawing"}),
    ("accept", {"inputOf": "sawing"}),
    ("pickup", {"inputOf": "sawing"}),
    ("transfer", {"receiver": "Bo", "to": "bos"}),
    ("transferAllRights", {"receiver": "Bo", "to": "bos"}),
    ("transferCustody", {"receiver": "Bo", "to": "bos"}),
    ("transfer", {"receiver": "Bo"}),
    ("transferCustody", {"receiver": "Bo"}),
    ("copy", {"receiver": "Bo", "to": "bos"}),
]


@pytest.mark.parametrize(("action", "fields"), REVERSIBLE)
def test_taken_back_whole_it_is_as_if_it_had_not_been(flows: Flows, action: str, fields: dict[str, Any]) -> None:
    """In one step or in several; then nothing is left to take back."""
    before = stocks(flows)
    for parts in (["-4"], ["-1", "-2.5", "-0.5"]):
        event = flows.happens("Ana", action, "4", "planks", **fields)
        assert (stocks(flows) != before) == (action not in ("use", "cite"))
        for part in parts:
            flows.correct("Ana", event, part)
        assert stocks(flows) == before
        assert flows.refused(lambda event=event: flows.correct("Ana", event, "-0.000001")) == "flows.corrects_too_much"


def test_a_part_is_taken_back(flows: Flows) -> None:
    """Three were told, of which one was wrong: the specification's own way of correcting by the difference."""
    event = flows.happens("Ana", "consume", "3", "planks", inputOf="sawing")
    flows.correct("Ana", event, "-1")
    assert flows.stock("planks") == ("8", "8")
    assert flows.refused(lambda: flows.correct("Ana", event, "-2.5")) == "flows.corrects_too_much"
    flows.correct("Ana", event, "-2")
    assert flows.stock("planks") == ("10", "10")


def test_only_below_nothing_and_only_here(flows: Flows) -> None:
    event = flows.happens("Ana", "consume", "3", "planks", inputOf="sawing")
    for quantity in ("1", "0", "-3.000001", "-4"):
        assert flows.refused(lambda quantity=quantity: flows.correct("Ana", event, quantity)) == "flows.corrects_too_much"
    assert flows.refused(lambda: flows.correct("Ana", event, "-1 kilogram")) == "flows.other_unit"
    assert flows.refused(lambda: flows.correct("Ana", event, "-1 dozen")) in ("flows.quantity_needed", "flows.bad_unit")
    assert flows.refused(lambda: flows.happens("Ana", "consume", "-1", "planks", inputOf="sawing")) == "flows.negative"


def test_it_repeats_what_it_corrects(flows: Flows) -> None:
    event = flows.happens("Ana", "consume", "3", "planks", inputOf="sawing", receiver="Bo")
    for changed in (
        {"provider": None}, {"receiver": None}, {"receiver": flows.world.ids["Cy"]}, {"inputOf": "other"}, {"inputOf": None},
        {"resourceInventoriedAs": "bos"},
    ):  # fmt: skip
        assert flows.refused(lambda changed=changed: flows.correct("Ana", event, "-1", **changed)) == "flows.other_event", changed
    assert flows.refused(lambda: flows.happens("Ana", "lower", "-1", "planks", receiver="Bo", corrects=event)) == "flows.other_event"
    begun = flows.happens("Ana", "raise", "1", new=NewResource(id="made"))
    assert flows.refused(lambda: flows.correct("Ana", begun, "-1")) == "flows.quantity_needed" or flows.stock("made") == ("1", "1")
    flows.happens("Ana", "raise", "-1", "made", corrects=begun)
    assert flows.stock("made") == ("0", "0")


def test_it_is_never_of_another_resource(flows: Flows) -> None:
    """What named no resource takes nothing back from one: or else anybody could empty, or fill, what is not theirs."""
    told = flows.happens("Bo", "produce", "5", outputOf="sawing")
    assert flows.refused(lambda: flows.correct("Bo", told, "-5", resourceInventoriedAs="planks")) == "flows.other_event"
    given = flows.happens("Bo", "transfer", "2", "bos", receiver="Ana")
    assert flows.refused(lambda: flows.correct("Bo", given, "-2", toResourceInventoriedAs="planks")) == "flows.other_event"


def test_a_correction_is_not_corrected(flows: Flows) -> None:
    event = flows.happens("Ana", "consume", "3", "planks", inputOf="sawing")
    correction = flows.correct("Ana", event, "-1")
    assert flows.refused(lambda: flows.correct("Ana", correction, "-1")) == "flows.corrects_a_correction"


def test_what_has_been_used_since_is_not_taken_back(flows: Flows) -> None:
    """A correction, too, leaves no less than nothing."""
    made = flows.happens("Ana", "produce", "5", "planks", outputOf="sawing")
    flows.happens("Ana", "transfer", "12", "planks", receiver="Bo", to="bos")
    assert flows.refused(lambda: flows.correct("Ana", made, "-5")) == "flows.overdraw"
    flows.correct("Ana", made, "-3")
    assert flows.stock("planks") == ("0", "0")


def test_who_corrects(flows: Flows) -> None:
    """Who recorded it or did it, or a steward: not the next best member, also where only an organization is named."""
    lab = flows.world.organization("Lab")
    by_bo = flows.happens("Bo", "raise", "5", provider=lab, new="labs")
    nobodys = flows.happens("Ana", "raise", "5", provider=None, new="nobodys")
    of_ana = flows.happens("Ana", "raise", "5", "planks")
    assert flows.refused(lambda: flows.correct("Cy", by_bo, "-1", resourceInventoriedAs="labs")) == "flows.not_own"
    assert flows.refused(lambda: flows.correct("Cy", nobodys, "-1", resourceInventoriedAs="nobodys")) == "flows.not_own"
    assert flows.refused(lambda: flows.correct("Cy", of_ana, "-1")) == "flows.not_for_others"
    flows.correct("Bo", by_bo, "-1", resourceInventoriedAs="labs")
    flows.correct("Ana", by_bo, "-1", resourceInventoriedAs="labs")
    assert flows.stock("labs") == ("3", "3")


def test_effort_and_quantity_are_each_taken_back_from_their_own(flows: Flows) -> None:
    """An event with both is corrected in either, or in both, and never beyond what was said of it."""
    event = flows.happens("Ana", "use", "1", "planks", effort="5 hour", inputOf="sawing")
    hours = {"effortQuantity": measure("-2 hour")}
    assert flows.refused(lambda: flows.correct("Ana", event, "-1", effortQuantity=measure("1000 hour"))) == "flows.corrects_too_much"
    assert flows.refused(lambda: flows.correct("Ana", event, "-1", effortQuantity=measure("-6 hour"))) == "flows.corrects_too_much"
    flows.correct("Ana", event, "-1", **hours)
    flows.correct("Ana", event, "0", resourceQuantity=None, **hours)
    assert flows.refused(lambda: flows.correct("Ana", event, "0", resourceQuantity=None, **hours)) == "flows.corrects_too_much"
    assert flows.refused(lambda: flows.correct("Ana", event, "0", resourceQuantity=None)) == "flows.quantity_needed"
    worked = flows.happens("Ana", "work", None, effort="5 hour", inputOf="sawing")
    assert (
        flows.refused(lambda: flows.correct("Ana", worked, "-5 hour", effortQuantity=None, resourceQuantity=measure("-5"))) == "flows.quantity_needed"
    )


def test_promises_are_taken_back_with_it(flows: Flows) -> None:
    """From the last one first; in steps as at once; and whether the correction names them or not."""
    bo = flows.world.ids["Bo"]
    flows.make(
        "Bo", *[v.Commitment(id=name, action="work", provider=bo, effortQuantity=measure(f"{hours} hour")) for name, hours in (("a", 4), ("b", 6))]
    )
    event = flows.happens("Bo", "work", None, effort="9 hour", fulfills=["a", "b"])
    assert (flows.open("Commitment", "a"), flows.open("Commitment", "b")) == ((None, "0"), (None, "1"))
    steps = []
    for part in ("-2 hour", "-4 hour", "-3 hour"):
        flows.correct("Bo", event, part, fulfills=["b"] if part == "-4 hour" else [])
        steps.append((flows.open("Commitment", "a")[1], flows.open("Commitment", "b")[1]))
    assert steps == [("0", "3"), ("1", "6"), ("4", "6")]


def test_a_correction_takes_back_from_no_other_promise(flows: Flows) -> None:
    bo = flows.world.ids["Bo"]
    flows.make("Bo", *[v.Commitment(id=name, action="work", provider=bo, effortQuantity=measure("4 hour")) for name in ("a", "b")])
    flows.happens("Bo", "work", None, effort="4 hour", fulfills=["b"])
    event = flows.happens("Bo", "work", None, effort="4 hour", fulfills=["a"])
    assert flows.refused(lambda: flows.correct("Bo", event, "-4 hour", fulfills=["b"])) == "flows.other_event"
    flows.correct("Bo", event, "-4 hour")
    assert (flows.open("Commitment", "a"), flows.open("Commitment", "b")) == ((None, "4"), (None, "0"))


def test_all_is_the_same_when_folded_again(flows: Flows) -> None:
    for action, fields in REVERSIBLE:
        flows.correct("Ana", flows.happens("Ana", action, "2", "planks", **fields), "-1.5")
    before = flows.everything()
    flows.world.node.rebuild()
    assert flows.everything() == before
    assert flows.world.verify().ok
