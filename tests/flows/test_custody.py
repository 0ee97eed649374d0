"""Whose things are, and who has them: transfers with and without a to-resource, returns, transport, losses."""

from __future__ import annotations

import pytest
from flows.happenings import Flows
from world import World

from commonhold.flows import vocabulary as v
from commonhold.flows.commands import NewResource


@pytest.fixture
def flows(world: World) -> Flows:
    """Ana has ten apples; Bo has three of his own."""
    flows = Flows(world)
    flows.make("Ana", v.ResourceSpecification(id="apple"), v.SpatialThing(id="orchard"), v.SpatialThing(id="market"), v.Process(id="trip"))
    flows.happens(
        "Ana", "raise", "10", new=NewResource(id="apples", name="Boskoop", conformsTo="apple", trackingIdentifier="lot 7"), toLocation="orchard"
    )
    flows.happens("Bo", "raise", "3", new=NewResource(id="bos", conformsTo="apple"))
    return flows


def who(flows: Flows, resource: str) -> tuple[str, str]:
    """(primaryAccountable, custodian)."""
    view = flows.resource(resource)
    return view["primaryAccountable"], view["custodian"]


def test_a_transfer_to_what_the_receiver_has_already(flows: Flows) -> None:
    flows.happens("Ana", "transfer", "4", "apples", receiver="Bo", to="bos", toLocation="market", state="sold")
    assert (flows.stock("apples"), flows.stock("bos")) == (("6", "6"), ("7", "7"))
    assert (who(flows, "apples"), who(flows, "bos")) == (("Ana", "Ana"), ("Bo", "Bo"))
    assert [flows.resource(name)["currentLocation"] for name in ("apples", "bos")] == ["orchard", "market"]
    assert [flows.resource(name)["state"] for name in ("apples", "bos")] == [None, "sold"]


def test_without_a_to_resource_it_is_only_less(flows: Flows) -> None:
    """The receiver may keep no inventory: nothing begins that nobody has named."""
    flows.happens("Ana", "transfer", "4", "apples", receiver="Bo")
    assert (flows.stock("apples"), flows.stock("bos")) == (("6", "6"), ("3", "3"))
    assert who(flows, "apples") == ("Ana", "Ana")
    assert len(flows.everything()["economic_resource"]) == 2


@pytest.mark.parametrize(
    ("action", "left", "arrived", "holders"),
    [
        ("transfer", ("6", "6"), ("4", "4"), ("Bo", "Bo")),
        ("transferAllRights", ("6", "10"), ("4", "0"), ("Bo", "Ana")),
        ("transferCustody", ("10", "6"), ("0", "4"), ("Ana", "Bo")),
    ],
)
def test_what_begins_with_a_transfer_is_the_receivers(
    flows: Flows, action: str, left: tuple[str, str], arrived: tuple[str, str], holders: tuple[str, str]
) -> None:
    """It is as what it was taken from, but for what is said of it; only what was transferred changed hands."""
    flows.happens("Ana", action, "4", "apples", receiver="Bo", new=NewResource(id="new", note="in a bag"))
    assert (flows.stock("apples"), flows.stock("new"), who(flows, "new")) == (left, arrived, holders)
    view = flows.resource("new")
    assert (view["name"], view["note"], view["conformsTo"], view["trackingIdentifier"]) == ("Boskoop", "in a bag", "apple", "lot 7")


def test_a_return_arrives_where_it_belongs(flows: Flows) -> None:
    """The resource of the receiver, named alone, is where it arrives: lent and given back, it is as it was."""
    before = flows.resource("apples")
    flows.happens("Ana", "transferCustody", "10", "apples", receiver="Bo")
    assert flows.stock("apples") == ("10", "0")
    flows.happens("Bo", "transferCustody", "10", "apples", receiver="Ana")
    assert flows.resource("apples") == before


def test_a_return_of_more_than_was_lent_is_told_by_the_quantities(flows: Flows) -> None:
    """Rights come back like custody does: the action says which."""
    flows.happens("Bo", "transferAllRights", "2", "apples", receiver="Ana", toLocation="market", state="ripe")
    assert flows.stock("apples") == ("12", "10")
    assert (flows.resource("apples")["currentLocation"], flows.resource("apples")["state"]) == ("market", "ripe")


def test_who_gives_back_what_they_hold_has_it_no_longer(flows: Flows) -> None:
    """Lent on a record of its own: that becomes less, wherever it arrives; it does not grow by being given back."""
    flows.happens("Ana", "transferCustody", "4", "apples", receiver="Bo", new="lent")
    flows.happens("Bo", "transferCustody", "1", "lent", receiver="Ana")
    assert (flows.stock("apples"), flows.stock("lent"), who(flows, "lent")) == (("10", "6"), ("0", "3"), ("Ana", "Bo"))
    flows.happens("Bo", "transferCustody", "3", "lent", receiver="Ana", to="apples")
    assert (flows.stock("apples"), flows.stock("lent")) == (("10", "9"), ("0", "0"))


def test_what_belongs_to_nobody_here_is_no_return(flows: Flows) -> None:
    """Between others than the owner, what is named is what it is taken from."""
    flows.happens("Ana", "transferCustody", "4", "apples", receiver="Bo", new="lent")
    flows.happens("Bo", "transferCustody", "1", "lent", receiver="Cy")
    assert (flows.stock("apples"), flows.stock("lent")) == (("10", "6"), ("0", "3"))


def test_transport_that_implies_a_transfer_of_custody(flows: Flows) -> None:
    """Picked up by another, the apples are on the truck's record; dropped off with a to-resource, they are on hand there at once."""
    flows.make("Ana", v.Process(id="second"), v.SpatialThing(id="hub"))
    flows.happens("Ana", "pickup", "4", "apples", receiver="Cy", new="truck", inputOf="trip")
    assert (flows.stock("apples"), flows.stock("truck"), who(flows, "truck")) == (("10", "6"), ("0", "0"), ("Ana", "Cy"))
    assert flows.refused(lambda: flows.happens("Cy", "dropoff", "5", "truck", receiver="Cy", outputOf="trip")) == "flows.not_accepted"
    flows.happens("Cy", "dropoff", "4", "truck", receiver="Cy", outputOf="trip", toLocation="hub")
    assert (flows.stock("truck"), flows.resource("truck")["currentLocation"]) == (("0", "4"), "hub")
    flows.happens("Cy", "pickup", "4", "truck", receiver="Cy", inputOf="second")
    flows.happens("Cy", "dropoff", "4", "truck", receiver="Bo", new="arrived", outputOf="second", toLocation="market")
    assert [flows.stock(name) for name in ("apples", "truck", "arrived")] == [("10", "6"), ("0", "0"), ("0", "4")]
    assert who(flows, "arrived") == ("Ana", "Bo")
    flows.happens("Ana", "transferAllRights", "4", "apples", receiver="Bo", to="arrived")
    assert [flows.stock(name) for name in ("apples", "truck", "arrived")] == [("6", "6"), ("0", "0"), ("4", "4")]
    assert who(flows, "arrived") == ("Bo", "Bo")


def test_the_same_without_a_second_record(flows: Flows) -> None:
    """Different agents, one resource: it is on hand again when it is put down."""
    flows.happens("Ana", "accept", "10", "apples", receiver="Cy", inputOf="trip")
    assert flows.stock("apples") == ("10", "0")
    flows.happens("Cy", "modify", "10", "apples", receiver="Ana", outputOf="trip", state="washed")
    assert (flows.stock("apples"), flows.resource("apples")["state"]) == (("10", "10"), "washed")


def test_what_is_lost_in_a_process(flows: Flows) -> None:
    """Ten go in, seven come out: three are not on hand. That they are gone is said by `lower`, which does not take them off the shelf again."""
    flows.happens("Ana", "accept", "10", "apples", inputOf="trip")
    flows.happens("Ana", "modify", "7", "apples", outputOf="trip")
    assert flows.stock("apples") == ("10", "7")
    lowered = flows.happens("Ana", "lower", "2", "apples", inputOf="trip")
    assert flows.stock("apples") == ("8", "7")
    assert flows.refused(lambda: flows.happens("Ana", "modify", "2", "apples", outputOf="trip")) == "flows.not_accepted"
    flows.correct("Ana", lowered, "-1")
    assert flows.stock("apples") == ("9", "7")
    flows.correct("Ana", lowered, "-1")
    assert flows.stock("apples") == ("10", "7")
    flows.happens("Ana", "lower", "4", "apples", inputOf="trip")
    assert flows.stock("apples") == ("6", "6"), "three were in the process, one on the shelf"


def test_outside_of_the_process_a_loss_is_of_both(flows: Flows) -> None:
    flows.happens("Ana", "accept", "10", "apples", inputOf="trip")
    flows.happens("Ana", "modify", "7", "apples", outputOf="trip")
    flows.happens("Ana", "lower", "1", "apples")
    assert flows.stock("apples") == ("9", "6")


def test_what_has_been_put_back_cannot_be_said_not_to_have_been_taken_in(flows: Flows) -> None:
    taken = flows.happens("Ana", "accept", "10", "apples", inputOf="trip")
    put_back = flows.happens("Ana", "modify", "7", "apples", outputOf="trip")
    assert flows.refused(lambda: flows.correct("Ana", taken, "-4")) == "flows.not_accepted"
    flows.correct("Ana", taken, "-3")
    flows.correct("Ana", put_back, "-7")
    flows.correct("Ana", taken, "-7")
    assert flows.stock("apples") == ("10", "10")


def test_a_move_goes_somewhere(flows: Flows) -> None:
    assert flows.refused(lambda: flows.happens("Ana", "move", "10", "apples")) == "flows.move_where"
    assert flows.refused(lambda: flows.happens("Ana", "move", "4", "apples", toLocation="market")) == "flows.move_part"
    moved = flows.happens("Ana", "move", "10", "apples", toLocation="market")
    assert (flows.stock("apples"), flows.resource("apples")["currentLocation"]) == (("10", "10"), "market")
    flows.correct("Ana", moved, "-10", toLocation="orchard")  # it takes back what was said, and says nothing of where the apples are by now
    assert (flows.stock("apples"), flows.resource("apples")["currentLocation"]) == (("10", "10"), "market")
    flows.happens("Ana", "move", "10", "apples", toLocation="orchard")
    assert (flows.stock("apples"), flows.resource("apples")["currentLocation"]) == (("10", "10"), "orchard")
    flows.happens("Ana", "move", "4", "apples", new="stall", toLocation="market")
    assert (flows.stock("apples"), flows.stock("stall"), who(flows, "stall")) == (("6", "6"), ("4", "4"), ("Ana", "Ana"))


def test_all_is_the_same_when_folded_again(flows: Flows) -> None:
    flows.happens("Ana", "transferCustody", "4", "apples", receiver="Bo", new="lent")
    flows.happens("Bo", "transferCustody", "4", "lent", receiver="Ana", to="apples")
    flows.happens("Ana", "accept", "5", "apples", inputOf="trip")
    flows.happens("Ana", "lower", "2", "apples", inputOf="trip")
    before = flows.everything()
    flows.world.node.rebuild()
    assert flows.everything() == before
    assert flows.world.verify().ok
