"""Combine and separate, lots and serial numbers, and what a resource begins with."""

from __future__ import annotations

from typing import Any

import pytest
from flows.happenings import Flows
from world import World

from commonhold.flows import vocabulary as v
from commonhold.flows.commands import NewResource


@pytest.fixture
def flows(world: World) -> Flows:
    """Gowns, a box and a process to pack in."""
    flows = Flows(world)
    flows.make("Ana", v.ResourceSpecification(id="gown", substitutable=False), v.ResourceSpecification(id="box"), v.Process(id="packing"))
    flows.make("Ana", v.Process(id="unpacking"), v.BatchLotRecord(id="lot-7", batchLotCode="7"))
    for number in (1, 2):
        flows.happens("Ana", "raise", "1", new=gown(number))
    flows.happens("Ana", "raise", "1", new=NewResource(id="box", conformsTo="box"))
    return flows


def gown(number: int, **fields: Any) -> NewResource:
    return NewResource(**{"id": f"gown-{number}", "conformsTo": "gown", "trackingIdentifier": f"G{number}"} | fields)


def inside(flows: Flows) -> list[str | None]:
    """What the two gowns and the box are in."""
    return [flows.resource(name)["containedIn"] for name in ("gown-1", "gown-2", "box")]


def test_the_container_is_the_to_resource(flows: Flows) -> None:
    flows.happens("Ana", "combine", "1", "gown-1", to="box", inputOf="packing")
    assert (flows.stock("gown-1"), flows.stock("box"), inside(flows)) == (("1", "0"), ("1", "1"), ["box", None, None])
    flows.happens("Ana", "separate", "1", "gown-1", outputOf="unpacking")
    assert (flows.stock("gown-1"), inside(flows)) == (("1", "1"), [None, None, None])


def test_the_container_is_what_the_process_has_accepted(flows: Flows) -> None:
    flows.happens("Ana", "accept", "1", "box", inputOf="packing")
    flows.happens("Ana", "combine", "1", "gown-2", inputOf="packing")
    flows.happens("Ana", "modify", "1", "box", outputOf="packing")
    assert (flows.stock("gown-2"), flows.stock("box"), inside(flows)) == (("1", "0"), ("1", "1"), [None, "box", None])


def test_the_container_is_the_package_that_is_produced(flows: Flows) -> None:
    for name in ("gown-1", "gown-2", "box"):
        flows.happens("Ana", "combine", "1", name, inputOf="packing")
    assert inside(flows) == [None, None, None]
    flows.happens("Ana", "produce", "1", outputOf="packing", new="package")
    assert inside(flows) == ["package", "package", "package"]
    flows.happens("Ana", "consume", "1", "package", inputOf="unpacking")
    for name in ("gown-1", "gown-2", "box"):
        flows.happens("Ana", "separate", "1", name, outputOf="unpacking")
    assert inside(flows) == [None, None, None]
    assert [flows.stock(name) for name in ("gown-1", "box", "package")] == [("1", "1"), ("1", "1"), ("0", "0")]


def test_nothing_is_contained_in_itself(flows: Flows) -> None:
    """Not at once, not in two steps, not by being produced where it was combined: what contains what has an end."""
    assert flows.refused(lambda: flows.happens("Ana", "combine", "1", "box", to="box", inputOf="packing")) == "flows.same_resource"
    flows.happens("Ana", "combine", "1", "gown-1", to="box", inputOf="packing")
    flows.happens("Ana", "combine", "1", "box", to="gown-2", inputOf="packing")
    for container in ("gown-1", "box"):
        assert (
            flows.refused(lambda container=container: flows.happens("Ana", "combine", "1", "gown-2", to=container, inputOf="packing"))
            == "flows.same_resource"
        )
    flows.happens("Ana", "raise", "2", new="dough")
    flows.happens("Ana", "combine", "1", "dough", inputOf="unpacking")
    flows.happens("Ana", "produce", "1", "dough", outputOf="unpacking")
    assert (flows.resource("dough")["containedIn"], inside(flows)) == (None, ["box", None, "gown-2"])


def test_a_lot_is_there_as_long_as_something_is_of_it(flows: Flows) -> None:
    assert flows.refused(lambda: flows.happens("Ana", "raise", "5", new=NewResource(ofBatchLot="lot-8"))) == "journal.unknown_reference"
    flows.happens("Ana", "raise", "5", new=NewResource(id="cotton", ofBatchLot="lot-7"))
    flows.happens("Ana", "transfer", "2", "cotton", receiver="Bo", new="bos-cotton")
    assert flows.resource("bos-cotton")["ofBatchLot"] == "lot-7"
    assert flows.refused(lambda: flows.drop("Ana", "BatchLotRecord", "lot-7")) == "flows.in_use"


def test_a_thing_with_a_serial_number_is_one_piece(flows: Flows) -> None:
    """Of a kind whose pieces cannot stand for each other: there once or not at all, and no second one of its number."""
    assert flows.refused(lambda: flows.happens("Ana", "raise", "1", new=gown(9, trackingIdentifier="G1"))) == "flows.serial_taken"
    assert flows.refused(lambda: flows.happens("Ana", "raise", "2", new=gown(9))) == "flows.one_piece"
    assert flows.refused(lambda: flows.happens("Ana", "raise", "1", "gown-1")) == "flows.one_piece"
    assert flows.refused(lambda: flows.happens("Ana", "transfer", "0.5", "gown-1", receiver="Bo")) == "flows.one_piece"
    flows.happens("Ana", "transfer", "1", "gown-1", receiver="Bo", new="given")
    assert (flows.stock("gown-1"), flows.stock("given"), flows.resource("given")["trackingIdentifier"]) == (("0", "0"), ("1", "1"), "G1")


def test_pieces_that_can_stand_for_each_other_are_counted(flows: Flows) -> None:
    flows.happens("Ana", "raise", "5", new=NewResource(id="boxes", conformsTo="box", trackingIdentifier="shelf 3"))
    assert flows.stock("boxes") == ("5", "5")


def test_what_a_resource_begins_with(flows: Flows) -> None:
    """Its kind is what is said of it, else what the event says; it is the receiver's, if there is one."""
    flows.happens("Ana", "produce", "2", outputOf="packing", receiver="Bo", resourceConformsTo="box", new="one")
    flows.happens("Ana", "produce", "2 kilogram", "two", outputOf="packing", new=NewResource(id="two", conformsTo="box"))
    one, two = flows.resource("one"), flows.resource("two")
    assert (one["conformsTo"], one["primaryAccountable"], one["custodian"], one["onhandQuantity"]["hasUnit"]) == ("box", "Bo", "Bo", "piece")
    assert (two["conformsTo"], two["primaryAccountable"], two["accountingQuantity"]) == (
        "box",
        "Ana",
        {"hasNumericalValue": "2", "hasUnit": "kilogram"},
    )
    assert flows.refused(lambda: flows.happens("Ana", "raise", "1", new="one")) == "flows.id_taken"
    assert flows.refused(lambda: flows.happens("Ana", "raise", "1", "one", new="three")) == "flows.which_resource"
    assert flows.refused(lambda: flows.happens("Ana", "raise", "1", "nowhere")) == "journal.unknown_reference"
    assert flows.refused(lambda: flows.happens("Ana", "raise", None, new="three")) == "flows.quantity_needed"
    assert flows.refused(lambda: flows.happens("Ana", "raise", "1", new=NewResource(conformsTo="nothing"))) == "journal.unknown_reference"
    assert flows.refused(lambda: flows.happens("Ana", "raise", "1", new=NewResource(unitOfEffort="smoot"))) == "flows.bad_unit"


def test_a_resource_is_only_begun_by_an_event_and_its_kind_stays(flows: Flows) -> None:
    assert flows.refused(lambda: flows.make("Ana", v.EconomicResource(id="x", conformsTo="box"))) == "flows.begins_with_event"
    assert flows.refused(lambda: flows.drop("Ana", "EconomicResource", "box")) == "flows.in_use"
    assert flows.refused(lambda: flows.revise("Ana", v.EconomicResource(id="box", conformsTo="gown"))) == "flows.fixed"
    before = flows.resource("box")
    flows.revise("Ana", v.EconomicResource(id="box", conformsTo="box", name="The box", image="https://example.org/box.jpg"))
    assert flows.resource("box") == before | {"name": "The box", "image": "https://example.org/box.jpg"}
    assert flows.world.verify().ok


def test_a_serial_number_is_not_given_to_a_second_thing(flows: Flows) -> None:
    flows.happens("Ana", "raise", "1", new=gown(3))
    renamed = v.EconomicResource(id="gown-3", conformsTo="gown", trackingIdentifier="G1")
    assert flows.refused(lambda: flows.revise("Ana", renamed)) == "flows.serial_taken"
    flows.revise("Ana", v.EconomicResource(id="gown-3", conformsTo="gown", trackingIdentifier="G4"))
