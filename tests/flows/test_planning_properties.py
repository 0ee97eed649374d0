"""What holds for every plan: nothing needed is lost, no stock is given twice, nothing begins before what it needs is there."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from fractions import Fraction

from flows.planning_values import DUE, allocated, flow, much, number, plan, quantities, step, wanted
from hypothesis import given
from hypothesis import strategies as st

from commonhold.flows.planning import Order, Source, State, critical_path, make_plan, read_recipes, replan
from commonhold.flows.planning.outline import DEPENDENT
from commonhold.flows.vocabulary import Commitment, Plan, RecipeExchange

KINDS = [f"s{i}" for i in range(6)]
AMOUNTS = st.integers(1, 40).map(lambda tenths: str(tenths / 10))
UNITS = st.sampled_from(["kilogram", "gram", "poundAvoirdupois"])
STAGES = st.sampled_from([None, None, "raw", "done"])


@st.composite
def recipes(draw, *, cycles=True):
    """Steps that make something of something: by-products, stages, several ways, cycles, and things that are bought."""
    records = []
    for i in range(draw(st.integers(1, 7))):
        made = draw(st.integers(0, len(KINDS) - 2))
        records.append(step(f"p{i}", draw(st.integers(0, 500)), processConformsTo=draw(st.sampled_from([None, "raw", "done"])) if cycles else None))
        records.append(flow(f"o{i}", "produce", KINDS[made if cycles else min(i, 4)], draw(AMOUNTS), draw(UNITS), outof=f"p{i}"))
        if cycles and draw(st.booleans()):
            records.append(flow(f"o{i}b", "produce", draw(st.sampled_from(KINDS)), draw(AMOUNTS), draw(UNITS), outof=f"p{i}"))
        for j in range(draw(st.integers(0, 3))):
            below = KINDS if cycles else KINDS[min(i, 4) + 1 :]
            stage = draw(STAGES) if cycles else None
            records.append(flow(f"i{i}-{j}", "consume", draw(st.sampled_from(below)), draw(AMOUNTS), draw(UNITS), into=f"p{i}", stage=stage))
        records.append(flow(f"w{i}", "work", "skill", 1, "hour", into=f"p{i}"))
    if cycles and draw(st.booleans()):
        records += [RecipeExchange("e"), flow("deal", "transfer", draw(st.sampled_from(KINDS)), 2, recipeClauseOf="e")]
        records.append(flow("price", "transfer", "euro", 3, "EUR", recipeReciprocalClauseOf="e"))
    return records


@st.composite
def supplies(draw):
    sources = []
    for i in range(draw(st.integers(0, 6))):
        days = draw(st.sampled_from([None, -1, -0.2]))
        at = None if days is None else (datetime.fromisoformat(DUE) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
        promised = draw(st.sampled_from([None, much("0.5"), much(700, "gram")]))
        amount = much(draw(AMOUNTS), draw(UNITS))
        sources.append(Source(f"r{i}", draw(st.sampled_from(KINDS)), amount, promised, draw(STAGES), at=at))
    return sources


DEMANDS = st.lists(st.tuples(st.sampled_from(KINDS[:5]), AMOUNTS, st.booleans(), STAGES), min_size=1, max_size=3)
WHEN = st.sampled_from([None, "2026-11-29T00:00:00Z"])


def demands(lines):
    return tuple(wanted(kind, amount, id=str(i), from_stock=stock, stage=stage) for i, (kind, amount, stock, stage) in enumerate(lines))


def grams(measure):
    return number(measure) * {"kilogram": 1000, "poundAvoirdupois": Fraction("453.59237")}.get(measure.hasUnit, 1)


@given(recipes(), supplies(), DEMANDS, WHEN)
def test_nothing_needed_is_lost(records, sources, lines, begin):
    draft = plan(read_recipes(records), *demands(lines), sources=sources, begin=begin)
    met = defaultdict(int)
    for one in draft.allocations:
        met[one.flow] += grams(one.covers)
    for one in draft.shortages:
        met[one.flow] += grams(one.quantity)
    for one in (*draft.intents, *draft.commitments):
        if (one.inputOf and one.action in DEPENDENT) or (one.id.startswith("p.demand") and one.outputOf is None):
            assert met.pop(one.id) == grams(one.resourceQuantity)
    assert not met


@given(recipes(), supplies(), DEMANDS, WHEN)
def test_nothing_is_given_twice(records, sources, lines, begin):
    draft = plan(read_recipes(records), *demands(lines), sources=sources, begin=begin)
    there = {one.id: number(one.quantity) * (1 - (grams(one.promised) / grams(one.quantity) if one.promised else 0)) for one in sources}
    there |= quantities(draft)
    given_away = {name: amount for name, amount in allocated(draft).items() if not name.startswith("agreement")}
    assert all(amount <= there[name] for name, amount in given_away.items())
    # What is taken is enough for what it covers, also between units that convert only roughly.
    assert all(grams(one.quantity) >= grams(one.covers) for one in draft.allocations)


@given(recipes(), supplies(), DEMANDS, WHEN)
def test_what_is_needed_is_there_when_it_is(records, sources, lines, begin):
    draft = plan(read_recipes(records), *demands(lines), sources=sources, begin=begin)
    process = {one.id: one for one in draft.processes}
    flows = {one.id: one for one in (*draft.intents, *draft.commitments)}
    planned = {one.id: one.at for one in sources if one.at}
    for one in draft.allocations:
        taker = flows[one.flow]
        needed = process[taker.inputOf].hasBeginning if taker.inputOf else taker.due
        if one.kind == "made":
            assert process[flows[one.source].outputOf].hasEnd <= needed
        if one.kind == "planned" and (taker.inputOf or begin is None):
            assert planned[one.source] <= needed
    for one in process.values():
        assert one.hasEnd <= draft.plan.due
        assert begin is None or one.hasBeginning >= begin


@given(recipes(cycles=False), st.integers(1, 9), st.integers(2, 9))
def test_twice_as_much_needs_twice_as_much(records, amount, times):
    whole = [record for record in records if not record.id.startswith("o")] + [
        flow(record.id, "produce", record.resourceConformsTo, 1, outof=record.recipeOutputOf) for record in records if record.id.startswith("o")
    ]
    book = read_recipes(whole)
    one, many = (quantities(plan(book, wanted("s0", factor * amount))) for factor in (1, times))
    assert set(one) == set(many)
    assert all(abs(many[name] - times * one[name]) <= times for name in one) and many["demand.1"] == times * one["demand.1"]
    assert all(many[name] <= times * one[name] for name in one if name.startswith("in."))


@given(recipes(), supplies(), DEMANDS, WHEN, st.randoms(use_true_random=False))
def test_the_order_of_reading_does_not_matter(records, sources, lines, begin, chance):
    draft = plan(read_recipes(records), *demands(lines), sources=sources, begin=begin)
    chance.shuffle(records)
    chance.shuffle(sources)
    assert plan(read_recipes(records), *demands(lines), sources=sources, begin=begin) == draft


@given(recipes(cycles=False), AMOUNTS, UNITS)
def test_the_schedule_is_that_of_the_critical_path(records, amount, unit):
    """Two algorithms, one answer: backward scheduling gives the latest begins, forward scheduling the earliest."""
    one_way = {record.resourceConformsTo: record.id for record in reversed(records) if record.id.startswith("o")}
    records = [record for record in records if not record.id.startswith("o") or record.id in one_way.values()]
    backward = plan(read_recipes(records), wanted("s0", amount, unit))
    slots = {slot.process: slot for slot in critical_path(backward.processes, backward.intents)}
    assert {one.id: one.hasBeginning for one in backward.processes} == {name: slot.latest for name, slot in slots.items()}
    first = min(one.hasBeginning for one in backward.processes)
    forward = plan(read_recipes(records), wanted("s0", amount, unit), begin=first)
    assert {one.id: one.hasBeginning for one in forward.processes} == {name: slot.earliest for name, slot in slots.items()}
    assert any(slot.critical for slot in slots.values()) and all(slot.slack >= 0 for slot in slots.values())


@st.composite
def situations(draw):
    """A plan as it is written, of which people have promised some, and the order that it came from."""
    book = read_recipes(draw(recipes()))
    sources, begin = draw(supplies()), draw(WHEN)
    order = Order(Plan("p"), demands(draw(DEMANDS)), begin)
    records = list(make_plan(order, book, sources).records())
    states = {}
    for record in list(records):
        quantity = getattr(record, "effortQuantity", None) or getattr(record, "resourceQuantity", None)
        if quantity and draw(st.booleans()):
            micro = int(number(quantity) * 1_000_000)
            promised = draw(st.integers(1, micro))
            states[record.id] = State(micro - promised, promised, 0)
            records.append(Commitment(f"c-{record.id}", record.action, satisfies=[record.id], inputOf=record.inputOf, outputOf=record.outputOf))
    return book, sources, order, records, states


@given(situations())
def test_planning_again_changes_nothing(situation):
    book, sources, order, records, states = situation
    changes = replan(records, states, order, book, sources)
    assert (changes.create, changes.update, changes.delete, changes.too_much, changes.conflicts) == ((), (), (), (), ())
    assert sorted(changes.kept) == sorted(record.id for record in records)


@given(situations(), DEMANDS, supplies(), WHEN)
def test_planning_anew_loses_no_promise(situation, lines, sources, begin):
    book, _, _, records, states = situation
    changes = replan(records, states, Order(Plan("p"), demands(lines), begin), book, sources)
    before = {record.id: record for record in records}
    touched = {record.id: record for record in changes.update}
    told = {one.id for one in changes.too_much}
    for name, state in states.items():
        assert name not in changes.delete and f"c-{name}" in changes.kept
        now = touched.get(name, before[name])
        quantity = int(number(now.effortQuantity or now.resourceQuantity) * 1_000_000)
        assert quantity >= state.taken
        assert now.due == before[name].due
        for process in filter(None, (before[name].inputOf, before[name].outputOf)):
            assert process in changes.kept
        planned = {record.id: record for record in changes.draft.records()}.get(name)
        needed = int(number(planned.effortQuantity or planned.resourceQuantity) * 1_000_000) if planned else 0
        if quantity > needed and planned is not None and now.resourceQuantity and now.resourceQuantity.hasUnit == planned.resourceQuantity.hasUnit:
            assert name in told or any(one.id == name for one in changes.conflicts)
    # Every record is dealt with once, and nothing that is left names what is deleted.
    dealt = [*changes.kept, *(one.id for one in changes.update), *changes.delete]
    assert sorted(dealt) == sorted(before)
    left = [record for name, record in {**before, **touched}.items() if name not in changes.delete]
    named = {getattr(record, field, None) for record in left for field in ("inputOf", "outputOf")}
    assert not named & set(changes.delete)
