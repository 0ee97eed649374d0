"""Planning again: what was promised is not lost."""

from __future__ import annotations

import json
from dataclasses import replace

from flows.planning_values import DATA, DUE, family, flow, much, on_hand, step, wanted

from commonhold.flows.planning import Order, Source, State, make_plan, read_recipes, replan
from commonhold.flows.vocabulary import Commitment, Intent, Plan, Process, RecipeExchange

NRP = json.loads((DATA / "nrp-dependent-demand.json").read_text())
ANA, BO = "id:" + "a" * 32, "id:" + "b" * 32
SHELF = Source("shelf", "child", much(5, "each"), promised=much(2, "each"))
M = 1_000_000
TAKEN = State(0, 15 * M, 0)


def order(amount, **fields):
    return Order(Plan("p", name="Parents"), (wanted("parent", amount, "each", **fields),))


def written(amount="4", **fields):
    return list(make_plan(order(amount, **fields), family(NRP), [SHELF]).records())


def again(records, states, amount, sources=(SHELF,), begun=(), **fields):
    return replan(records, states, order(amount, **fields), family(NRP), sources, begun)


def said(records):
    return {one.id.removeprefix("p."): (one.resourceQuantity.hasNumericalValue, one.due) for one in records if isinstance(one, Intent)}


def test_the_same_demand_changes_nothing():
    changes = again(written(), {}, "4.0")
    assert (changes.create, changes.update, changes.delete, changes.conflicts) == ((), (), (), ())
    assert len(changes.kept) == 7


def test_nobody_has_taken_it_so_it_follows():
    changes = again(written(), {}, "8")
    assert {name: amount for name, (amount, _) in said(changes.update).items()} == {
        "demand.1": "8", "in.child-needed": "16", "out.child": "13", "in.grandchild-needed": "39",
    }  # fmt: skip
    assert (changes.create, changes.delete, changes.too_much) == ((), (), ())


def test_what_is_no_longer_needed_goes():
    changes = again(written(), {}, "1")
    assert changes.delete == ("p.in.grandchild-needed", "p.out.child", "p.process.make-child")
    back = again([one for one in written() if one.id not in changes.delete], {}, "4")
    assert {one.id for one in back.create} == set(changes.delete)


def test_what_somebody_has_promised_stays_and_is_told():
    records = [
        *written(),
        Commitment("c1", "consume", provider=ANA, receiver=BO, inputOf="p.process.make-child", satisfies=["p.in.grandchild-needed"]),
    ]
    changes = again(records, {"p.in.grandchild-needed": TAKEN}, "3")
    assert [(one.id, one.needed, one.promised) for one in changes.too_much] == [("p.in.grandchild-needed", much(9, "each"), much(15, "each"))]
    assert said(changes.update).get("in.grandchild-needed") is None
    assert changes.delete == () and "c1" in changes.kept
    gone = again(records, {"p.in.grandchild-needed": TAKEN}, "1")
    assert gone.delete == ("p.out.child",)
    assert {"c1", "p.process.make-child", "p.in.grandchild-needed"} <= set(gone.kept)
    assert gone.too_much[0].needed == much(0, "each")


def test_more_than_was_promised_is_asked_for_besides():
    changes = again(written(), {"p.in.grandchild-needed": TAKEN}, "8")
    assert said(changes.update)["in.grandchild-needed"] == ("39", "2026-11-16T00:00:00Z")
    # 15 of the 39 are promised.
    assert [(one.flow, one.quantity) for one in changes.draft.shortages] == [("p.in.grandchild-needed", much(24, "each"))]


def test_part_of_a_promise_leaves_the_rest_open():
    changes = again(written(), {"p.in.grandchild-needed": State(11 * M, 4 * M, 0)}, "1")
    assert [(one.id, one.resourceQuantity) for one in changes.update if one.id.startswith("p.in.g")] == [("p.in.grandchild-needed", much(4, "each"))]


def test_dates_move_only_where_nothing_is_promised():
    earlier = "2026-11-28T00:00:00Z"
    moved = again(written(), {}, "4", due=earlier)
    assert {one.id: one.hasEnd for one in moved.update if isinstance(one, Process)} == {
        "p.process.make-parent": earlier, "p.process.make-child": "2026-11-23T00:00:00Z",
    }  # fmt: skip
    assert moved.conflicts == ()
    held = again(written(), {"p.in.grandchild-needed": TAKEN}, "4", due=earlier)
    assert [one.id for one in held.update if isinstance(one, Process)] == ["p.process.make-parent"]
    assert [one.id for one in held.conflicts] == ["p.process.make-child"]
    later = again(written(), {}, "4", due="2026-12-31T00:00:00Z", begun=["p.process.make-child"])
    assert [one.id for one in later.update if isinstance(one, Process)] == ["p.process.make-parent"]
    assert later.conflicts == ()


def test_a_process_of_which_only_the_end_is_known_keeps_it():
    records = [one if one.id != "p.process.make-child" else Process(one.id, hasEnd="2026-11-20T00:00:00Z", plannedWithin="p") for one in written()]
    changes = again(records, {}, "4", begun=["p.process.make-child"])
    assert "p.process.make-child" in changes.kept


def test_a_promised_demand_is_not_changed():
    records = written(provider=ANA, receiver=BO)
    assert isinstance(records[-1], Commitment)
    changes = again(records, {}, "8", provider=ANA, receiver=BO)
    assert "p.demand.1" in changes.kept
    assert [one.id for one in changes.conflicts] == ["p.demand.1"]
    assert again(records, {}, "4", provider=ANA, receiver=BO).conflicts == ()


def test_what_is_done_is_not_planned_again():
    """The children are made one by one, then the parents use them up. All the while the plan is as it was."""
    states = {}
    for made in range(6):
        states |= {"p.out.child": State(0, 0, made * M), "p.in.grandchild-needed": State(0, 0, 3 * made * M)}
        stock = Source("shelf", "child", much(5 + made, "each"), promised=much(2, "each"))
        changes = again(written(), states, "4", [stock], begun=["p.process.make-child"])
        assert (changes.create, changes.update, changes.delete, changes.conflicts) == ((), (), (), ())
    for used in range(9):
        states["p.in.child-needed"] = State(0, 0, used * M)
        stock = Source("shelf", "child", much(10 - used, "each"), promised=much(2, "each"))
        changes = again(written(), states, "4", [stock], begun=["p.process.make-child", "p.process.make-parent"])
        assert (changes.create, changes.update, changes.delete, changes.too_much) == ((), (), (), ())
    # Eight of ten now: the two that are missing are made in addition to the five that are made.
    more = again(written(), states, "5", [stock], begun=["p.process.make-child", "p.process.make-parent"])
    assert said(more.update)["out.child"][0] == "7" and said(more.update)["in.grandchild-needed"][0] == "21"


def test_what_people_have_added_is_left_alone():
    added = Intent("tidy-up", "work", effortQuantity=much(1, "hour"), inputOf="p.process.make-child")
    named = [
        msg if msg.id != "p.in.child-needed" else Intent(**{**{f: getattr(msg, f) for f in msg.__struct_fields__}, "note": "red ones"})
        for msg in written()
    ]
    changes = again([*named, added], {}, "1")
    assert [one.id for one in again([*named, added], {}, "4", due="2026-11-28T00:00:00Z").conflicts] == []
    assert "tidy-up" in changes.kept and "p.process.make-child" not in changes.delete
    assert [one.note for one in changes.update if one.id == "p.in.child-needed"] == ["red ones"]


def test_another_recipe_does_not_turn_a_promise_around():
    other = read_recipes([step("make-parent", 7200), flow("parent", "produce", "parent", 1, "each", outof="make-parent"),
                          flow("child-needed", "consume", "child", 2, into="make-parent")])  # fmt: skip
    promised = {"p.in.child-needed": State(0, 8 * M, 0)}
    changes = replan(written(), promised, order("4"), other, [on_hand("sack", "child", 9)])
    assert [one.id for one in changes.conflicts] == ["p.in.child-needed"]
    assert "p.in.child-needed" in changes.kept
    assert changes.draft.plan.due == DUE


def test_what_is_bought_is_not_bought_again():
    book = read_recipes([RecipeExchange("market"), flow("deal", "transfer", "cup", 1, "each", recipeClauseOf="market"),
                         flow("price", "transfer", "euro", 2, "EUR", recipeReciprocalClauseOf="market")])  # fmt: skip
    cups = Order(Plan("p"), (wanted("cup", 3, "each", from_stock=True),))
    records = list(make_plan(cups, book, []).records())
    for come in range(4):
        changes = replan(records, {"p.clause.deal": State(0, 3 * M, come * M)}, cups, book, [on_hand("shelf", "cup", come, "each")])
        assert (changes.create, changes.update, changes.delete, changes.too_much) == ((), (), (), ())
    fewer = replace(cups, demands=(wanted("cup", 2, "each", from_stock=True),))
    changes = replan(records, {"p.clause.deal": State(0, 3 * M, 0)}, fewer, book, [])
    assert [(one.id, one.needed) for one in changes.too_much] == [("p.clause.deal", much(2, "each"))]
