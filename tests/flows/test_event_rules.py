"""What may be recorded: the rules that zenflows and hREA have for each action, and ours, each as a refusal that changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from flows.happenings import Flows
from world import World

from commonhold.flows import vocabulary as v
from commonhold.flows.actions import ACTIONS, BEHAVIOURS
from commonhold.flows.commands import NewResource
from commonhold.problems import CommonholdError


@pytest.fixture
def flows(world: World) -> Flows:
    """Ana has 10 kilograms of flour, Bo has 5; there is a process."""
    flows = Flows(world)
    flows.make("Ana", v.ResourceSpecification(id="flour"), v.ResourceSpecification(id="oil"), v.Process(id="baking"), v.SpatialThing(id="mill"))
    flows.happens("Ana", "raise", "10 kilogram", new=NewResource(id="flour", conformsTo="flour"))
    flows.happens("Bo", "raise", "5 kilogram", new=NewResource(id="bos", conformsTo="flour"))
    return flows


def code(flows: Flows, *said: Any, **fields: Any) -> str:
    """The code with which an event is refused; `ok`, if it is not."""
    try:
        flows.happens(*said, **fields)
    except CommonholdError as error:
        assert flows.refused(lambda: flows.happens(*said, **fields)) == error.code
        return error.code
    return "ok"


NO_UNIT, LITRES, TOO_MUCH = "3 smoot", "3 litre", "10.000001 kilogram"
TAKES = {
    "consume": {"inputOf": "baking"},
    "lower": {},
    "pickup": {"inputOf": "baking"},
    "accept": {"inputOf": "baking"},
    "combine": {"inputOf": "baking"},
    "move": {"new": "moved"},
    "transfer": {"receiver": "Cy"},
    "transferAllRights": {"receiver": "Cy"},
    "transferCustody": {"receiver": "Cy"},
}
"""Actions that take from a resource, with what else they need to say."""
ADDS: dict[str, dict[str, Any]] = {"raise": {}, "produce": {"outputOf": "baking"}}


def test_every_action_that_takes_or_adds_is_in_these_tests() -> None:
    effects = {action: {row.accountingEffect, row.onhandEffect} - {"notApplicable"} for action, row in BEHAVIOURS.items()}
    assert set(TAKES) == {action for action, found in effects.items() if found & {"decrement", "decrementIncrement"}}
    assert set(ADDS) | {"modify", "dropoff", "separate"} == {action for action, found in effects.items() if found & {"increment"}}
    assert {action for action in ACTIONS if "incrementTo" in effects[action]} == {"copy"}


@pytest.mark.parametrize("action", TAKES)
def test_taking(flows: Flows, action: str) -> None:
    """Known units that convert, no more than there is, and only of one's own; with that, it goes."""
    fields = TAKES[action]
    assert code(flows, "Ana", action, NO_UNIT, "flour", **fields) == "flows.bad_unit"
    assert code(flows, "Ana", action, LITRES, "flour", **fields) == "flows.other_unit"
    assert code(flows, "Ana", action, "3 EUR", "flour", **fields) == "flows.other_unit"
    assert code(flows, "Ana", action, TOO_MUCH, "flour", **fields) == "flows.overdraw"
    assert code(flows, "Ana", action, None, "flour", **fields) == "flows.quantity_needed"
    assert code(flows, "Ana", action, "-1 kilogram", "flour", **fields) == "flows.negative"
    assert code(flows, "Ana", action, "0.0005 gram", "flour", **fields) == "flows.bad_number"
    assert code(flows, "Ana", action, "1 kilogram", "bos", **fields) in ("flows.not_custodian", "flows.not_accountable")
    assert code(flows, "Ana", action, "1 kilogram", "nothing", **fields) == "journal.unknown_reference"
    assert code(flows, "Ana", action, "1 kilogram", "flour", resourceConformsTo="oil", **fields) == "flows.other_specification"
    assert code(flows, "Ana", action, "1 kilogram", "flour", resourceConformsTo="flour", **fields) == "ok"
    assert code(flows, "Ana", action, "0 kilogram", "flour", **fields | ({"new": "again"} if "new" in fields else {})) == "ok"


@pytest.mark.parametrize("action", ADDS)
def test_adding(flows: Flows, action: str) -> None:
    fields = ADDS[action]
    for wrong, expected in (
        (NO_UNIT, "flows.bad_unit"),
        (LITRES, "flows.other_unit"),
        (None, "flows.quantity_needed"),
        ("-1 kilogram", "flows.negative"),
    ):
        assert code(flows, "Ana", action, wrong, "flour", **fields) == expected
    assert code(flows, "Ana", action, "1 kilogram", "bos", **fields) == "flows.not_custodian"
    assert code(flows, "Ana", action, "1 kilogram", "flour", **fields, resourceConformsTo="oil") == "flows.other_specification"
    assert code(flows, "Ana", action, "500 gram", "flour", **fields) == "ok"
    assert flows.stock("flour") == ("10.5", "10.5")


def test_who_makes_something_for_another_adds_to_theirs(flows: Flows) -> None:
    """A produce between two agents implies the transfer."""
    assert code(flows, "Bo", "produce", "1 kilogram", "flour", outputOf="baking", receiver="Ana") == "ok"
    assert flows.stock("flour") == ("11", "11")


def test_units_of_one_kind_convert_exactly(flows: Flows) -> None:
    flows.happens("Ana", "consume", "1250.5 gram", "flour", inputOf="baking")
    assert flows.resource("flour")["accountingQuantity"] == {"hasNumericalValue": "8.7495", "hasUnit": "kilogram"}
    flows.make("Ana", v.Unit(id="sack", label="sack"), v.Unit(id="lump", label="lump", omUnitIdentifier="om2:gram"))
    assert code(flows, "Ana", "consume", "1 sack", "flour", inputOf="baking") == "flows.other_unit"
    assert code(flows, "Ana", "consume", "49.5 lump", "flour", inputOf="baking") == "ok"
    assert flows.stock("flour") == ("8.7", "8.7")
    assert flows.refused(lambda: flows.revise("Ana", v.Unit(id="lump", label="lump", omUnitIdentifier="om2:kilogram"))) == "flows.fixed"
    flows.revise("Ana", v.Unit(id="lump", label="Lump", omUnitIdentifier="om2:gram"))


def test_what_goes_from_one_resource_to_another_is_counted_alike(flows: Flows) -> None:
    flows.happens("Bo", "raise", "500 gram", new=NewResource(id="tin", conformsTo="flour"))
    assert code(flows, "Ana", "transfer", "1 kilogram", "flour", receiver="Bo", to="tin") == "flows.other_unit"
    assert code(flows, "Ana", "transfer", "1000 gram", "flour", receiver="Bo", to="bos") == "ok"
    assert flows.stock("bos") == ("6", "6")


def test_an_account_that_may_go_below_nothing(flows: Flows) -> None:
    for who in ("Ana", "Bo"):
        flows.happens(who, "raise", "0 EUR", new=NewResource(id=f"credit-{who}", mayOverdraw=True))
    assert code(flows, "Ana", "transfer", "25 EUR", "credit-Ana", receiver="Bo", to="credit-Bo") == "ok"
    assert (flows.stock("credit-Ana"), flows.stock("credit-Bo")) == (("-25", "-25"), ("25", "25"))
    flows.revise("Ana", v.EconomicResource(id="credit-Ana"))
    assert code(flows, "Ana", "transfer", "1 EUR", "credit-Ana", receiver="Bo", to="credit-Bo") == "flows.overdraw"
    assert code(flows, "Bo", "transfer", "5 EUR", "credit-Bo", receiver="Ana", to="credit-Ana") == "ok", "towards nothing it may always go"


def test_kinds_do_not_change_on_the_way(flows: Flows) -> None:
    flows.happens("Bo", "raise", "1 kilogram", new=NewResource(id="oil", conformsTo="oil"))
    assert code(flows, "Ana", "transfer", "1 kilogram", "flour", receiver="Bo", to="oil") == "flows.other_specification"
    assert code(flows, "Ana", "transfer", "1 kilogram", "flour", receiver="Bo", new=NewResource(conformsTo="oil")) == "flows.other_specification"


@pytest.mark.parametrize("action", ["transfer", "transferAllRights", "transferCustody"])
def test_a_transfer_has_two_agents(flows: Flows, action: str) -> None:
    """Without resources, it is only told; with one side missing, it is none."""
    assert code(flows, "Ana", action, "1 EUR") == "flows.two_agents"
    assert code(flows, "Ana", action, "1 EUR", provider=None, receiver="Bo") == "flows.two_agents"
    assert code(flows, "Ana", action, "1 EUR", receiver="Bo") == "ok"


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_may_be_told_without_resources(flows: Flows, action: str) -> None:
    """The ontology asks for nothing but the action; what was done to things that nobody keeps an inventory of is told like that."""
    receiver = "Bo" if action.startswith("transfer") else None
    where = {"toLocation": "mill"} if action == "move" else {}
    assert code(flows, "Ana", action, "1", receiver=receiver, resourceClassifiedAs=["https://example.org/a"], **where) == "ok"


TIMES = [
    ({"hasBeginning": "2026-01-02T00:00:00Z", "hasEnd": "2026-01-01T00:00:00Z"}, "flows.ends_before_it_begins"),
    ({"hasBeginning": "2026-01-01T00:00:00Z", "hasEnd": "2026-01-01T00:00:00Z"}, "ok"),
    ({"hasBeginning": "2026-01-01T00:00:00Z"}, "ok"),
    ({"hasEnd": "2026-01-01T00:00:00.5Z"}, "ok"),
    ({"hasBeginning": "2026-01-01T00:00:00.5Z", "hasEnd": "2026-01-01T00:00:00.4Z"}, "flows.ends_before_it_begins"),
    ({"hasPointInTime": "2026-01-01T00:00:00Z", "hasBeginning": "2026-01-01T00:00:00Z"}, "flows.two_times"),
    ({"hasPointInTime": "2026-01-01T00:00:00Z", "hasEnd": "2026-01-01T00:00:00Z"}, "flows.two_times"),
    ({"hasPointInTime": "2026-02-30T00:00:00Z"}, "flows.bad_time"),
    ({"hasPointInTime": "1899-12-31T23:59:59Z"}, "flows.bad_time"),
    ({"hasPointInTime": "1900-01-01T00:00:00Z"}, "ok"),
]


@pytest.mark.parametrize(("times", "expected"), TIMES)
def test_times(flows: Flows, times: dict[str, str], expected: str) -> None:
    assert code(flows, "Ana", "consume", "1 kilogram", "flour", inputOf="baking", **times) == expected


def test_what_an_event_names_is_there_and_named_once(flows: Flows) -> None:
    flows.make("Ana", v.Commitment(id="c", action="work", provider=flows.world.ids["Ana"]))
    for fields in (
        {"inputOf": "nowhere"}, {"toLocation": "nowhere"}, {"fulfills": ["nothing"]}, {"satisfies": ["nothing"]}, {"settles": ["nothing"]},
        {"realizationOf": "nothing"}, {"reciprocalRealizationOf": "nothing"}, {"corrects": "nothing"}, {"receiver": "org:nobody"},
        {"fulfills": ["c", "nothing"]}, {"resourceConformsTo": "nothing"}, {"inputOf": "flour"}, {"realizationOf": "baking"},
    ):  # fmt: skip
        assert code(flows, "Ana", "use", None, "flour", effort="1 hour", **fields) == "journal.unknown_reference", fields
    assert code(flows, "Ana", "work", None, effort="1 hour", fulfills=["c", "c"]) == "flows.repeated"


def test_everybody_records_their_own(flows: Flows) -> None:
    assert code(flows, "Bo", "work", None, effort="1 hour", provider="Ana") == "flows.not_for_others"
    assert code(flows, "Bo", "transfer", "1 kilogram", "flour", provider="Ana", receiver="Bo", to="bos") == "flows.not_for_others"
    assert code(flows, "Bo", "raise", "1 kilogram", provider=None, receiver="Ana", new="x") == "flows.not_for_others"
    assert code(flows, "Bo", "transfer", "1 kilogram", "bos", receiver="Ana", to="flour") == "ok", "one gives to whom one likes"
    assert code(flows, "Ana", "work", None, effort="1 hour", provider="Bo") == "ok", "a steward may"
    lab = flows.world.organization("Lab")
    assert code(flows, "Bo", "work", None, effort="1 hour", provider=lab) == "ok"


def test_an_id_is_for_one_event(flows: Flows) -> None:
    entry = flows.happens("Ana", "work", None, effort="1 hour")
    flows.happens("Ana", "work", None, effort="1 hour", id="monday")
    assert code(flows, "Ana", "work", None, effort="1 hour", id="monday") == "flows.id_taken"
    assert code(flows, "Bo", "work", None, effort="1 hour", id=entry) == "flows.id_taken"


def test_what_will_happen_is_no_event(flows: Flows) -> None:
    """Plans are made of intents and commitments."""
    assert (
        code(flows, "Ana", "raise", "1 kilogram", new=NewResource(id="later", conformsTo="flour"), hasPointInTime="2999-01-01T00:00:00Z")
        == "flows.in_the_future"
    )
