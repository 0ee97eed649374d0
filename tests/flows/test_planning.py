"""Plans from recipes: known answers, and what each rule means."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta

import pytest
from flows.planning_values import (
    DATA,
    DUE,
    allocated,
    family,
    flow,
    much,
    number,
    on_hand,
    plan,
    quantities,
    shortages,
    step,
    times,
    wanted,
)

from commonhold.flows.planning import Demand, Order, Source, critical_path, make_plan, read_recipes
from commonhold.flows.vocabulary import Commitment, Intent, Plan, Process, Recipe, RecipeExchange, RecipeProcess
from commonhold.problems import Refused

NRP = json.loads((DATA / "nrp-dependent-demand.json").read_text())
ANA, BO = "id:" + "a" * 32, "id:" + "b" * 32


def day(offset):
    return (datetime.fromisoformat(DUE) + timedelta(days=offset)).strftime("%Y-%m-%dT%H:%M:%SZ")


def shelf():
    return Source("shelf", "child", much(NRP["situation"]["onhand"], "each"), promised=much(NRP["situation"]["allocated"], "each"))


@pytest.mark.parametrize(
    ("demand", "expected"),
    [
        (NRP["situation"]["demand"], NRP["expected"]),
        ("5", {"child_input": "10", **NRP["child_input_10"]}),
        # NRP asserts 18 and 54 when 4 becomes 8. It adds the net need of the whole new demand (16 - 3 free = 13) to the 5
        # that it had planned for the old one, which that need contains already. What is needed is 13, of 3 grandchildren each.
        ("8", NRP["demand_8"]["right"]),
    ],
)
def test_known_answers_of_nrp_for_dependent_demand(demand, expected):
    draft = plan(family(NRP), wanted("parent", demand, "each"), sources=[shelf()])
    found = {name: str(amount) for name, amount in quantities(draft).items()}
    assert found == {
        "demand.1": demand, "in.child-needed": expected["child_input"], "out.child": expected["child_output"],
        "in.grandchild-needed": expected["grandchild_input"],
    }  # fmt: skip
    assert allocated(draft) == {"shelf": 3, "out.child": int(expected["child_output"])}
    assert shortages(draft) == {"in.grandchild-needed": (int(expected["grandchild_input"]), "no_recipe")}
    assert times(draft) == {"make-parent": (day(-5), DUE), "make-child": (day(-15), day(-5))}
    assert draft.shortages[0].due == day(-15)


def test_nrps_18_is_its_own_propagation():
    asserted, right = NRP["demand_8"]["asserted_by_nrp"], NRP["demand_8"]["right"]
    assert int(asserted["child_output"]) == int(right["child_output"]) + int(NRP["expected"]["child_output"])


def test_a_cycle_is_cut_where_it_closes():
    book = read_recipes(
        [
            step("brew"), step("feed"),
            flow("beer", "produce", "beer", 1, outof="brew"), flow("yeast-needed", "consume", "yeast", 1, into="brew"),
            flow("yeast", "produce", "yeast", 1, outof="feed"), flow("beer-needed", "consume", "beer", 1, into="feed"),
        ]
    )  # fmt: skip
    draft = plan(book, wanted("beer", NRP["cycle"]["input_quantity"]))
    assert len(draft.processes) == 2
    assert quantities(draft) == {"demand.1": 5, "in.yeast-needed": 5, "out.yeast": 5, "in.beer-needed": 5}
    assert shortages(draft) == {"in.beer-needed": (5, "cycle")}
    assert shortages(plan(book, wanted("beer", 5), sources=[on_hand("cask", "beer", 4)])) == {"in.beer-needed": (1, "cycle")}


def workflow():
    records = []
    before = None
    for stage in NRP["staged"]["stages"]:
        name = stage.lower()
        records += [
            step(name, NRP["staged"]["minutes"], processConformsTo=stage),
            flow(f"{name}-in", "accept", "article", 1, "each", into=name, stage=before),
            flow(f"{name}-out", "modify", "article", 1, "each", outof=name),
            flow(f"{name}-work", "work", "editing", 2, "hour", into=name),
        ]
        before = stage
    return read_recipes([*records, Recipe("publish", primaryOutput="article", recipeIncludes=["ideation", "curation", "finish"])])


def test_known_answers_of_nrp_for_a_staged_workflow():
    offsets = NRP["staged"]["days"]
    forward = plan(workflow(), Demand(recipe="publish"), begin=DUE)
    names = [name.lower() for name in NRP["staged"]["stages"]]
    assert times(forward) == {name: (day(offsets[i]), day(offsets[i + 1])) for i, name in enumerate(names)}
    assert forward.plan.due == day(9)
    backward = plan(workflow(), Demand(recipe="publish", due=DUE))
    assert times(backward) == {name: (day(offsets[i] - 9), day(offsets[i + 1] - 9)) for i, name in enumerate(names)}
    assert shortages(backward) == {"in.ideation-in": (1, "cycle")}


def test_a_resource_goes_through_the_rest_of_its_workflow():
    other = on_hand("other", "article", 1, "each", stage="Curation")
    mine = on_hand("mine", "article", 1, "each", stage="Ideation")
    draft = plan(workflow(), Demand(recipe="publish", resource="mine"), sources=[other, mine], begin=DUE)
    assert times(draft) == {"curation": (day(0), day(3)), "finish": (day(3), day(6))}
    assert {one.resourceInventoriedAs for one in draft.intents if one.action != "work"} == {"mine"}
    assert allocated(draft) == {"mine": 1, "out.curation-out": 1}
    assert draft.shortages == ()


def test_work_is_an_open_task():
    draft = plan(workflow(), Demand(recipe="publish", due=DUE, quantity=much(3, "each")))
    tasks = [one for one in draft.intents if one.action == "work"]
    assert [(task.provider, task.effortQuantity, task.due) for task in tasks] == [(None, much(6, "hour"), day(end)) for end in (-6, -3, 0)]


def test_what_several_need_is_netted_together_and_made_once():
    book = read_recipes(
        [
            step("chair", 120), step("table", 60), step("set"), step("cut", 60),
            flow("set", "produce", "set", 1, "each", outof="set"),
            flow("chairs", "consume", "chair", 4, "each", into="set"), flow("tables", "consume", "table", 1, "each", into="set"),
            flow("chair", "produce", "chair", 1, "each", outof="chair"), flow("table", "produce", "table", 1, "each", outof="table"),
            flow("chair-wood", "consume", "plank", 2, into="chair"), flow("table-wood", "consume", "plank", 5, into="table"),
            flow("plank", "produce", "plank", 500, "gram", outof="cut"),
        ]
    )  # fmt: skip
    sources = [on_hand("old", "plank", "3500", "gram"), on_hand("late", "plank", 1, at=day(-0.05)), on_hand("soon", "plank", 1, at=day(-0.5))]
    draft = plan(book, wanted("set", 1, "each"), sources=sources)
    # The chairs begin first, so they get the stock. One planned kilogram is there in time for them, the late one only for the table.
    covered = [(one.flow, one.source, one.kind, one.quantity, one.covers) for one in draft.allocations if "wood" in one.flow]
    assert covered == [
        ("p.in.chair-wood", "old", "stock", much(3500, "gram"), much("3.5")),
        ("p.in.chair-wood", "soon", "planned", much(1), much(1)),
        ("p.in.table-wood", "late", "planned", much(1), much(1)),
        ("p.in.chair-wood", "p.out.plank", "made", much(3500, "gram"), much("3.5")),
        ("p.in.table-wood", "p.out.plank", "made", much(4000, "gram"), much(4)),
    ]
    assert quantities(draft)["out.plank"] == 7500
    begin = {name: begin for name, (begin, _) in times(draft).items()}
    assert times(draft)["cut"][1] == begin["chair"] < begin["table"]


def test_stock_is_given_once():
    orders = [wanted("cup", 3, "each", id=name, from_stock=True) for name in "ab"]
    draft = plan(read_recipes([]), *orders, sources=[on_hand("shelf", "cup", 5, "each")])
    assert [(one.flow, one.quantity) for one in draft.allocations] == [("p.demand.a", much(3, "each")), ("p.demand.b", much(2, "each"))]
    assert shortages(draft) == {"demand.b": (1, "no_recipe")}


def test_forward_waits_for_what_others_have_planned():
    book = read_recipes([step("cut", 60), flow("board", "produce", "board", 1, outof="cut"), flow("tree", "consume", "tree", 1, into="cut")])
    draft = plan(book, wanted("board", 1), sources=[on_hand("felled", "tree", 1, at=day(2))], begin=DUE)
    assert times(draft)["cut"][0] == day(2)
    order = plan(book, wanted("tree", 1, from_stock=True), sources=[on_hand("felled", "tree", 1, at=day(2))], begin=DUE)
    assert (order.plan.due, order.intents[0].due) == (day(2), day(2))


def test_what_comes_out_besides_counts_where_it_is_needed():
    book = read_recipes(
        [
            step("milk"), step("cheese"),
            flow("cheese", "produce", "cheese", 1, outof="cheese"),
            flow("milk-needed", "consume", "milk", 10, "litre", into="cheese"), flow("whey-needed", "consume", "whey", 1, into="cheese"),
            flow("milk", "produce", "milk", 20, "litre", outof="milk"), flow("whey", "produce", "whey", 1, outof="milk"),
            flow("pail", "produce", "pail", 1, "each", outof="milk"),
        ]
    )  # fmt: skip
    found = quantities(plan(book, wanted("cheese", 3)))
    assert (found["out.whey"], found["out.milk"], found["out.pail"]) == (3, 60, 3)


def test_whole_things_go_in_whole():
    book = read_recipes([step("bake"), flow("bread", "produce", "bread", 10, outof="bake"), flow("egg", "consume", "egg", 3, "each", into="bake")])
    assert quantities(plan(book, wanted("bread", 4)))["in.egg"] == 2


def two_ways():
    return read_recipes(
        [
            step("a"), step("b"), RecipeExchange("market"),
            flow("a-out", "produce", "cup", 1, "each", outof="a"), flow("b-out", "produce", "cup", 1, "each", outof="b"),
            flow("deal", "transfer", "cup", 1, "each", recipeClauseOf="market"),
            flow("price", "transfer", "euro", "1.5", "EUR", recipeReciprocalClauseOf="market"),
        ]
    )  # fmt: skip


def test_several_ways_ask_for_a_choice():
    short = plan(two_ways(), wanted("cup", 3, "each")).shortages[0]
    assert (short.flow, short.reason, short.choices, short.quantity) == ("p.demand.1", "choose", ("a", "b", "market"), much(3, "each"))
    chosen = plan(two_ways(), wanted("cup", 3, "each"), choices={"cup": "b"})
    assert chosen.shortages == () and list(times(chosen)) == ["b"]


def test_what_is_bought_comes_with_an_agreement():
    draft = plan(two_ways(), wanted("cup", 3, "each", from_stock=True), sources=[on_hand("shelf", "cup", 1, "each")], choices={"cup": "market"})
    assert quantities(draft) == {"demand.1": 3, "clause.deal": 2, "reciprocal.price": 3}
    assert [one.id for one in draft.agreements] == ["p.agreement.market"]
    assert {(one.flow, one.reciprocal) for one in draft.clauses} == {("p.clause.deal", False), ("p.reciprocal.price", True)}
    assert allocated(draft) == {"shelf": 1, "agreement.market": 2}


def test_work_that_is_paid_for_is_a_clause():
    book = read_recipes(
        [
            step("write"), RecipeExchange("pay"),
            flow("handout", "produce", "handout", 1, "one", outof="write"),
            flow("writing", "work", "writing", 15, "hour", into="write", recipeClauseOf="pay"),
            flow("coins", "transfer", "coin", 300, "one", recipeReciprocalClauseOf="pay"),
        ]
    )  # fmt: skip
    draft = plan(book, wanted("handout", 2, "one"))
    assert quantities(draft) == {"demand.1": 2, "in.writing": 30, "reciprocal.coins": 600}
    assert {(one.agreement, one.flow, one.reciprocal) for one in draft.clauses} == {
        ("p.agreement.pay", "p.in.writing", False),
        ("p.agreement.pay", "p.reciprocal.coins", True),
    }


def test_tools_are_there_or_are_named():
    book = read_recipes([step("cut"), flow("board", "produce", "board", 1, outof="cut"), flow("saw", "use", "saw", 1, "each", into="cut")])
    assert shortages(plan(book, wanted("board", 9))) == {"in.saw": (9, "not_there")}
    lent = Source("saw-1", "saw", much(1, "each"), promised=much(1, "each"))
    assert plan(book, wanted("board", 9), sources=[lent]).shortages == ()


def test_a_unit_of_another_kind_is_a_shortage():
    book = read_recipes([step("cut"), flow("board", "produce", "board", 1, outof="cut")])
    assert shortages(plan(book, wanted("board", 9, "litre"))) == {"demand.1": (9, "bad_unit")}


def test_a_demand_with_both_sides_is_a_promise():
    book = read_recipes([step("cut"), flow("board", "produce", "board", 1, outof="cut")])
    draft = plan(book, wanted("board", 2, provider=ANA, receiver=BO), wanted("board", 3, id="2", receiver=BO))
    assert [(type(one), one.id, one.outputOf, number(one.resourceQuantity)) for one in (*draft.commitments, *draft.intents)] == [
        (Commitment, "p.demand.1", "p.process.cut", 2),
        (Intent, "p.demand.2", "p.process.cut", 3),
    ]
    assert draft.commitments[0].independentDemandOf == "p"


def test_names_of_any_length_give_ids():
    name = "u" * 200
    book = read_recipes([step(name), flow("f" * 200, "produce", "board", 1, outof=name), flow("g" * 200, "consume", "tree", 1, into=name)])
    ids = [one.id for one in plan(book, wanted("board", 1)).records()]
    assert len(set(ids)) == len(ids) == 4 and all(len(one) <= 200 for one in ids)


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (Order(Plan("p"), (Demand(due=DUE),)), "flows.plan_what"),
        (Order(Plan("p"), (Demand(due=DUE, resourceConformsTo="cup"),)), "flows.plan_what"),
        (Order(Plan("p"), (Demand(due=DUE, resource="cup"),)), "flows.plan_what"),
        (Order(Plan("p"), (Demand(due=DUE, recipe="none"),)), "flows.unknown_recipe"),
        (Order(Plan("p"), (Demand(resourceConformsTo="cup", quantity=much(1)),)), "flows.plan_when"),
        (Order(Plan("p"), (wanted("cup", 1, due="tomorrow"),)), "flows.bad_time"),
        (Order(Plan("p"), (wanted("cup", 0, "each"),)), "flows.plan_quantity"),
        (Order(Plan("p"), (wanted("cup", "ten", "each"),)), "flows.plan_quantity"),
        (Order(Plan("p"), (wanted("cup", 1, "each"),), None, {"cup": "c"}), "flows.unknown_choice"),
    ],
)
def test_orders_that_cannot_be_planned(order, code):
    with pytest.raises(Refused) as refused:
        make_plan(order, two_ways(), [])
    assert refused.value.code == code


def test_recipes_that_lead_nowhere():
    lasting = read_recipes([RecipeProcess("cut", hasDuration=much(1)), flow("board", "produce", "board", 1, outof="cut")])
    huge = read_recipes(
        [record for i in range(9) for record in (step(f"{i}"), flow(f"o{i}", "produce", f"s{i}", 1, outof=f"{i}"),
         flow(f"i{i}", "consume", f"s{i + 1}", 1000, into=f"{i}"))]
    )  # fmt: skip
    long = read_recipes([RecipeProcess("cut", hasDuration=much(2100, "year")), flow("board", "produce", "board", 1, outof="cut")])
    for book, specification, code in ((lasting, "board", "bad_duration"), (huge, "s0", "plan_too_large"), (long, "board", "bad_time")):
        with pytest.raises(Refused) as refused:
            plan(book, wanted(specification, 1))
        assert refused.value.code == f"flows.{code}"


def test_the_critical_path_of_a_diamond():
    process = [
        Process("a", hasBeginning=day(0), hasEnd=day(2)), Process("b", hasBeginning=day(0), hasEnd=day(5)),
        Process("c", hasBeginning=day(5), hasEnd=day(6)), Process("apart", hasBeginning=day(1), hasEnd=day(2)), Process("when"),
    ]  # fmt: skip
    flows = [
        Intent("1", action="produce", outputOf="a", resourceConformsTo="x"), Intent("2", action="consume", inputOf="c", resourceConformsTo="x"),
        Intent("3", action="produce", outputOf="b", resourceConformsTo="y"), Intent("4", action="consume", inputOf="c", resourceConformsTo="y"),
        Intent("5", action="produce", outputOf="c", resourceConformsTo="x"),
    ]  # fmt: skip
    days = 86_400_000_000
    found = [(slot.process, slot.earliest, slot.latest, slot.slack, slot.critical) for slot in critical_path(process, flows)]
    assert found == [
        ("a", day(0), day(3), 3 * days, False), ("b", day(0), day(0), 0, True),
        ("c", day(5), day(5), 0, True), ("apart", day(0), day(5), 5 * days, False),
    ]  # fmt: skip


def chain(levels):
    for i in range(levels):
        yield step(f"p{i}", 1)
        yield flow(f"o{i}", "produce", f"s{i}", 1, outof=f"p{i}")
        yield flow(f"i{i}", "consume", f"s{i + 1}", 1, into=f"p{i}")


def fan(width):
    yield step("p", 1)
    yield flow("o", "produce", "x", 1, outof="p")
    for i in range(width):
        yield flow(f"i{i}", "consume", f"s{i % 7}", 1, into="p")


def test_ten_thousand_levels_and_a_hundred_thousand_flows():
    took = {}
    for levels in (2_500, 10_000):
        started = time.process_time()
        draft = plan(read_recipes(chain(levels)), wanted("s0", 4))
        slots = critical_path(draft.processes, draft.intents)
        took[levels] = time.process_time() - started
        assert len(draft.processes) == levels and all(slot.critical for slot in slots)
    for width in (25_000, 100_000):
        started = time.process_time()
        draft = plan(read_recipes(fan(width)), wanted("x", 2), sources=[on_hand(f"r{i}", f"s{i % 7}", 1) for i in range(width)])
        took[width] = time.process_time() - started
        assert (len(draft.allocations), len(draft.shortages)) == (width, pytest.approx(width / 2, abs=7))
    # Four times as much takes about four times as long: sixteen times would be quadratic.
    assert took[10_000] < 9 * took[2_500] and took[100_000] < 9 * took[25_000]
