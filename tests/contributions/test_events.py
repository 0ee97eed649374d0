"""A contribution is an event like any other: what it names and changes, what its amount comes to, and what a claim cannot be."""

from __future__ import annotations

from typing import Any

import pytest
from world import CHARTER, World

from commonhold.contributions.entries import Log
from commonhold.flows.entries import Create
from commonhold.flows.queries import list_records, promise_state, resource_view
from commonhold.flows.store import find_record
from commonhold.flows.vocabulary import EconomicEvent, EconomicResource, Measure, ResourceSpecification
from commonhold.problems import Refused


def said(world: World, who: str, event: dict[str, Any], kind: str = "work", **fields: Any) -> int:
    """Log an event as a contribution by a signed entry; return its position."""
    plain = {"provider": world.ids[who], "hasPointInTime": "2025-12-01T00:00:00Z"} | event
    with world.node.writing("test") as writer:
        body = Log(event=EconomicEvent(**plain), kind=kind, domain="firmware", **fields)
        return writer.write(world.keys[who], world.ids[who], "contributions.log", body, f"said-{writer.head.frontier.size}").position


def hours(amount: str, unit: str = "hour") -> dict[str, Any]:
    """An event of work."""
    return {"action": "work", "effortQuantity": Measure(hasNumericalValue=amount, hasUnit=unit)}


def claimed(world: World, position: int) -> int:
    """What a claim comes to, in millionths of the unit of its kind."""
    with world.node.read() as transaction:
        return int(transaction.value("SELECT claimed FROM contribution WHERE position = ?", (position,)))


@pytest.mark.parametrize(("amount", "unit", "micro"), [("90", "minute", 1_500_000), ("2", "om2:hour", 2_000_000), ("5400", "s", 1_500_000)])
def test_an_amount_in_another_unit_of_time_counts_in_that_of_the_kind(world: World, amount: str, unit: str, micro: int) -> None:
    position = said(world, "Bo", hours(amount, unit))
    assert claimed(world, position) == micro
    for peer in ("Ana", "Cy"):
        world.attest(peer, position)
    assert world.contribution(position) == ("validated", micro, "work")
    assert world.verify().ok


@pytest.mark.parametrize(
    ("event", "fields", "code"),
    [
        (hours("1", "day"), {}, "contributions.bad_unit"),
        (hours("1", "week"), {}, "contributions.bad_unit"),
        (hours("1", "second"), {}, "contributions.bad_unit"),
        (hours("1", "piece"), {}, "contributions.bad_unit"),
        (hours("1") | {"provider": None}, {}, "contributions.whose"),
        (hours("-1") | {"corrects": "x"}, {}, "contributions.not_corrected"),
        ({"action": "work"}, {}, "flows.one_quantity"),
        (hours("1") | {"resourceQuantity": Measure(hasNumericalValue="1", hasUnit="one")}, {}, "flows.one_quantity"),
        (hours("1") | {"outputOf": "board"}, {}, "flows.wrong_direction"),
        (hours("1") | {"resourceConformsTo": "nothing-here"}, {}, "journal.unknown_reference"),
        (hours("1"), {"newInventoriedResource": EconomicResource(id="x")}, "flows.creates_nothing"),
    ],
)
def test_what_no_claim_can_be(sqlite_world: World, event: dict[str, Any], fields: dict[str, Any], code: str) -> None:
    """Each is refused with its code, and leaves nothing."""
    with sqlite_world.node.read() as transaction:
        before = transaction.value("SELECT size FROM journal_head")
    with pytest.raises(Refused) as refused:
        said(sqlite_world, "Bo", event, **fields)
    assert refused.value.code == code
    with sqlite_world.node.read() as transaction:
        assert transaction.value("SELECT size FROM journal_head") == before
        assert transaction.value("SELECT COUNT(*) FROM economic_event") == 0


def test_a_process_begins_by_being_named(world: World) -> None:
    """Once, called like its id; the next contribution to it finds it there."""
    said(world, "Bo", hours("1") | {"inputOf": "board"})
    said(world, "Cy", hours("2") | {"inputOf": "board"})
    with world.node.read() as transaction:
        (process,) = list_records(transaction, "test", "Process")
        inputs = transaction.rows("SELECT input_of FROM economic_event ORDER BY position")
    assert (process.id, process.record().name) == ("board", "board")  # type: ignore[union-attr]
    assert inputs == [(process.number,), (process.number,)]
    assert world.verify().ok


def test_what_was_made_is_there_whatever_peers_say_of_the_claim(world: World) -> None:
    """The event is a fact of its own: a refused claim counts for nothing, and the resource stays."""
    world.charter(CHARTER.replace("[kinds.care]", '[kinds.care]\n[kinds.lamps]\naction = "produce"\nunit = "piece"'))
    world.act("Ana", "flow.create", Create(record=ResourceSpecification(id="lamp", name="Lamp")))
    world.commitment("Bo", "three", "produce", resourceQuantity=Measure(hasNumericalValue="3", hasUnit="piece"))
    made = {
        "action": "produce", "outputOf": "assembly", "fulfills": ["three"], "resourceConformsTo": "lamp",
        "resourceQuantity": Measure(hasNumericalValue="2", hasUnit="piece"),
    }  # fmt: skip
    position = said(world, "Bo", made, "lamps", id="made", newInventoriedResource=EconomicResource(id="lamp-1", name="Lamps"))
    for peer in ("Ana", "Cy"):
        world.attest(peer, position, "refuse", reason="Not seen")
    assert world.contribution(position)[:2] == ("refused", 0)
    with world.node.read() as transaction:
        lamp, promise = (find_record(transaction, "test", *one) for one in (("EconomicResource", "lamp-1"), ("Commitment", "three")))
        assert lamp is not None and promise is not None
        seen = resource_view(transaction, "test", lamp)
        state = promise_state(transaction, "test", promise)
    assert (seen["onhandQuantity"], seen["conformsTo"], seen["primaryAccountable"]) == (
        {"hasNumericalValue": "2", "hasUnit": "piece"}, "lamp", world.ids["Bo"],
    )  # fmt: skip
    assert (state.resource, state.open_resource, state.finished) == (2_000_000, 1_000_000, False)
    assert world.verify().ok
