"""The value in a resource, where its income flows back to, and what its making took of the earth."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from flows.history_values import history_of
from hypothesis import given
from hypothesis import strategies as st

from commonhold.flows.tracing.causal_order import causal_order
from commonhold.flows.tracing.history import History
from commonhold.flows.tracing.movements import Move, movements
from commonhold.flows.tracing.valuation import Target, embodied, flow_back, outcomes, roll_up
from commonhold.flows.tracing.value_count import Worths

Event = dict[str, Any]
"""An event of `history_of` with its `worth` and the worth of its `use`; `whole` for a citation that counts all."""


def _valued(events: list[Event], units: tuple[int, ...] = ()) -> tuple[History, Worths]:
    worths = Worths([e.get("worth", 0) for e in events], [e.get("use", 0) for e in events], [e.get("whole", False) for e in events])
    return history_of(events, units), worths


def _values(events: list[Event], units: tuple[int, ...] = ()) -> list[int]:
    history, worths = _valued(events, units)
    return roll_up(history, worths).values


def _shares(events: list[Event], *targets: Target, quantity: int | None = None) -> dict[int, int]:
    """The shares by position; those of nobody left out."""
    found = flow_back(roll_up(*_valued(events)), targets, quantity)
    return {position: share for position, share in enumerate(found) if share}


def _work(process: int, worth: int) -> Event:
    return {"action": "work", "input_of": process, "worth": worth}


def _raise(resource: int, quantity: int, worth: int) -> Event:
    return {"action": "raise", "resource": resource, "quantity": quantity, "worth": worth}


def _take(action: str, process: int, resource: int, quantity: int, use: int = 0) -> Event:
    return {"action": action, "input_of": process, "resource": resource, "quantity": quantity, "use": use}


def _make(action: str, process: int, resource: int, quantity: int, worth: int = 0) -> Event:
    return {"action": action, "output_of": process, "resource": resource, "quantity": quantity, "worth": worth}


NRP = [
    _raise(0, 1, 100),  # resource contribution: something usable
    _raise(1, 1, 600),  # financial contribution 1, to the community resource
    {"action": "raise", "resource": 1, "worth": 400},  # financial contribution 2
    _raise(2, 2, 100),  # consumable payment
    {"action": "raise", "resource": 2, "worth": 20},  # expense payment
    _work(10, 25),
    _take("consume", 10, 2, 1),
    _make("produce", 10, 3, 1),
    _take("consume", 11, 3, 1),
    _take("use", 11, 0, 1, use=10),
    _take("use", 11, 1, 1, use=50),
    _make("produce", 11, 4, 1),
]
"""Resources: 0 usable, 1 community resource, 2 consumable, 3 child, 4 parent. Processes: 10 of the child, 11 of the parent."""


def test_the_roll_up_of_nrp() -> None:
    """Known answer: the parent is worth 145 for a unit; the production event's own value is no part of that."""
    history, worths = _valued(NRP)
    rolled = roll_up(history, worths)
    assert rolled.per_unit(4) == 145
    assert rolled.per_unit(2) == 60


def test_the_claims_of_nrp() -> None:
    """Known answer: with the value of the production, shares of 25, 50, 30, 20, 10, 50 and 10; equipment earns by its use."""
    claimed = [*NRP[:-1], {**NRP[-1], "worth": 50}]
    assert _shares(claimed, ("resource", 4)) == {5: 25, 11: 50, 1: 30, 2: 20, 0: 10, 3: 50, 4: 10}


def test_a_shared_source_is_counted_on_every_path() -> None:
    """NRP credits a source that two branches share only once; here both branches count."""
    events = [_raise(0, 2, 10)]
    for process, part in ((10, 1), (11, 2)):
        events += [_take("consume", process, 0, 1), _make("produce", process, part, 1)]
    events += [_take("consume", 12, 1, 1), _take("consume", 12, 2, 1), _make("produce", 12, 3, 1)]
    assert _shares(events, ("resource", 3)) == {0: 10}


def test_work_written_down_later_counts() -> None:
    """Wherever the work of a process is in the journal, its product is worth the same, and so is what was made of it."""
    events = [_work(10, 30), _make("produce", 10, 0, 3), _take("consume", 11, 0, 1), _make("produce", 11, 1, 1)]
    late = [*events[1:], events[0]]
    assert _values(events)[:2] == _values(late)[:2] == [20, 10]
    assert _shares(late, ("resource", 1)) == {3: 10}


def test_material_written_down_later_counts() -> None:
    """The product waits for it, and what was made of the product too."""
    events = [_make("produce", 10, 0, 1), _take("consume", 11, 0, 1), _make("produce", 11, 1, 1), _raise(2, 1, 7), _take("consume", 10, 2, 1)]
    assert _values(events)[:3] == [0, 7, 0]


def test_a_cycle_is_opened_at_its_earliest_output() -> None:
    """A mould casts parts of which another mould is made: the first part goes without what came of itself."""
    events = [
        _work(10, 8), _make("produce", 10, 0, 1), _take("consume", 11, 0, 1), _work(11, 2), _make("produce", 11, 1, 1),
        _take("consume", 10, 1, 1), _make("produce", 10, 2, 1),
    ]  # fmt: skip
    assert _values(events)[:3] == [0, 0, 10]  # 8 / 2 = 4 in the first part, + 2 of the work on the second mould, + the other 4


def test_what_flows_in_late_by_a_cycle_stays_if_nothing_comes_out_any_more() -> None:
    """Value is never lost: the process holds it."""
    events = [_work(10, 8), _make("produce", 10, 0, 1), _take("consume", 11, 0, 1), _make("produce", 11, 1, 1), _take("consume", 10, 1, 1)]
    history, worths = _valued(events)
    rolled = roll_up(history, worths)
    assert rolled.value("process", 10) == 8
    assert flow_back(rolled, [("process", 10)]) == [8, 0, 0, 0, 0]


def test_outputs_share_by_quantity_and_equally_between_units() -> None:
    """30 pieces and 10 pieces share 3 to 1; pieces and kilograms take a half each."""
    events = [_work(10, 120), _make("produce", 10, 0, 30), _make("produce", 10, 1, 10), _make("produce", 10, 2, 7)]
    assert _values(events[:3], (0, 0))[:2] == [90, 30]
    assert _values(events, (0, 0, 1))[:3] == [45, 15, 60]


def test_each_thing_comes_out_of_a_process_with_its_own_value() -> None:
    """Two things go through one process: each keeps what it was worth, and the work is shared."""
    for takes, puts in (("accept", "modify"), ("pickup", "dropoff")):
        events = [_raise(0, 1, 1_000), _raise(1, 1, 10), _take(takes, 10, 0, 1), _take(takes, 10, 1, 1), _work(10, 6)]
        events += [_make(puts, 10, 0, 1), _make(puts, 10, 1, 1)]
        assert _values(events)[:2] == [1_003, 13]
        assert _shares(events, ("resource", 0)) == {0: 1_000, 4: 3}


def test_shrinkage_makes_the_rest_dearer_and_the_last_piece_is_lost() -> None:
    """998 buckets of 1,000 carry the worth of all; a stock that is lowered to nothing is lost."""
    events = [_raise(0, 1_000, 500), _take("accept", 10, 0, 1_000), {"action": "lower", "input_of": 10, "resource": 0, "quantity": 2}]
    events += [_make("modify", 10, 0, 998)]
    history, worths = _valued(events)
    assert roll_up(history, worths).per_unit(0) == Fraction(500, 998)
    history, worths = _valued([*events, {"action": "lower", "resource": 0, "quantity": 998}])
    assert roll_up(history, worths).lost == 500
    in_two = [events[0], _take("accept", 10, 0, 600), events[2], _make("modify", 10, 0, 300), _make("modify", 10, 0, 298)]
    history, worths = _valued(in_two)
    assert roll_up(history, worths).per_unit(0) == Fraction(500, 998)


def test_a_transfer_takes_its_part_at_average_cost() -> None:
    """10 at 1 and 10 at 3 make 20 at 2; the income of what was sold flows back to both."""
    events = [_raise(0, 10, 10), _raise(0, 10, 30), {"action": "transfer", "resource": 0, "to": 1, "quantity": 5}]
    assert _values(events)[:2] == [30, 10]
    assert _shares(events, ("event", 2)) == {0: 2, 1: 8} or _shares(events, ("event", 2)) == {0: 3, 1: 7}
    assert sum(_shares(events, ("resource", 0), quantity=3_000_000).values()) == 6


def test_the_income_of_what_is_sold_out_flows_back() -> None:
    """Nothing is left of the product, but the events by which it went remember what it was worth."""
    events = [_work(10, 90), _make("produce", 10, 0, 3)]
    events += [{"action": "transfer", "resource": 0, "quantity": 1}, {"action": "transfer", "resource": 0, "to": 1, "quantity": 2}]
    history, worths = _valued(events)
    rolled = roll_up(history, worths)
    assert rolled.per_unit(0) is None
    assert rolled.gone == 30
    assert flow_back(rolled, [("resource", 0)]) == [0, 0, 0, 0]
    assert flow_back(rolled, outcomes(rolled, 0)) == [90, 0, 0, 0]
    assert flow_back(rolled, [("event", 2)]) == [30, 0, 0, 0]


@pytest.mark.parametrize("back", [4, 1])
def test_what_was_sold_and_came_back_counts_once(back: int) -> None:
    """Four of ten are sold, and some returned: all ten are worth what they were, whether they are here or there."""
    events = [_raise(0, 6, 30), _raise(0, 4, 70), {"action": "transfer", "resource": 0, "to": 1, "quantity": 4}]
    events.append({"action": "transfer", "resource": 1, "to": 0, "quantity": back})
    history, worths = _valued(events)
    rolled = roll_up(history, worths)
    assert rolled.values[:2] == [60 + 10 * back, 40 - 10 * back]
    assert flow_back(rolled, outcomes(rolled, 0)) == [30, 70, 0, 0]


def test_what_is_lent_stays_where_it_belongs() -> None:
    """A custody that nobody keeps a record of moves no value; nor do rights alone."""
    lent = {"action": "transferCustody", "resource": 0, "quantity": 1}
    rights = {"action": "transferAllRights", "resource": 0, "to": 1, "quantity": 1}
    assert _values([_raise(0, 1, 9), lent, lent, rights])[:2] == [9, 0]


def test_taking_more_than_there_is_takes_all() -> None:
    """Where a resource allows an overdraw, what comes later first fills the gap."""
    events = [_raise(0, 1, 10), _take("consume", 10, 0, 3), _raise(0, 4, 8), _make("produce", 10, 1, 1)]
    history, worths = _valued(events)
    rolled = roll_up(history, worths)
    assert rolled.values[:2] == [8, 10]
    assert rolled.per_unit(0) == 4


def test_a_correction_counts_as_if_it_had_been_right_from_the_start() -> None:
    """4 of 5 are taken, not 5; and an hour of work is taken back."""
    wrong = [_raise(0, 10, 100), _take("consume", 10, 0, 5), _work(10, 30), _make("produce", 10, 1, 1)]
    corrections = [
        {"action": "consume", "input_of": 10, "resource": 0, "quantity": -1, "corrects": 1},
        {"action": "work", "input_of": 10, "worth": -10, "corrects": 2},
        {"action": "work", "input_of": 10, "worth": 5, "corrects": 5},
    ]
    assert _values([*wrong, *corrections])[:2] == [60, 65]
    assert _shares([*wrong, *corrections], ("resource", 1)) == {0: 40, 2: 25}
    undone = {"action": "produce", "output_of": 10, "resource": 1, "quantity": -1, "corrects": 3}
    assert _values([*wrong, undone])[1] == 0
    assert _values([*wrong, undone, _make("produce", 10, 2, 1)])[2] == 80


def test_equipment_earns_by_its_use_though_it_keeps_its_worth() -> None:
    """Whoever contributed more of it earns more; where nobody did, the event of the use itself has the claim."""
    events = [_raise(0, 1, 300), {"action": "raise", "resource": 0, "worth": 100}, _take("use", 10, 0, 1, use=20), _make("produce", 10, 1, 1)]
    assert _values(events)[:2] == [400, 20]
    assert _shares(events, ("resource", 1)) == {0: 15, 1: 5}
    assert _shares([{**event, "worth": 0} for event in events], ("resource", 1)) == {2: 20}


def test_equipment_that_was_made_earns_for_its_makers() -> None:
    """Use leads back through the making of what is used, and of what that was made with, whatever the depth."""
    events = [_work(10, 5), _make("produce", 10, 0, 1), _take("use", 11, 0, 1, use=8), _work(11, 8), _make("produce", 11, 1, 1)]
    events += [_take("use", 12, 1, 1, use=4), _make("produce", 12, 2, 1)]
    assert _shares(events, ("resource", 2)) == {0: 2, 3: 2}


def test_a_design_counts_whole_once_in_each_process() -> None:
    """A cited design is not used up. Citing it twice in one process does not double it."""
    cite = {**_take("cite", 10, 0, 1), "whole": True}
    events = [_work(9, 50), _make("produce", 9, 0, 1), cite, cite, _make("produce", 10, 1, 1)]
    assert _values(events)[:2] == [50, 50]
    assert _shares(events, ("resource", 1)) == {0: 50}
    copied = [_work(9, 50), _make("produce", 9, 0, 1), {"action": "copy", "resource": 0, "to": 1, "quantity": 1, "use": 5}]
    assert _shares(copied, ("resource", 1)) == {0: 5}


def test_what_is_packed_comes_out_with_its_part_of_what_happened_to_the_container() -> None:
    """A crate worth 10 is packed with apples worth 30 and moved for 8: by value, 6 of that is on the apples."""
    events = [
        _raise(0, 60, 30), _raise(1, 1, 10),
        {"action": "combine", "input_of": 8, "resource": 0, "to": 1, "quantity": 60}, _take("accept", 8, 1, 1), _make("modify", 8, 1, 1),
        _take("pickup", 7, 1, 1), _work(7, 8), _make("dropoff", 7, 1, 1),
    ]  # fmt: skip
    unpack = [_take("accept", 9, 1, 1), _make("separate", 9, 0, 20), _make("separate", 9, 0, 40), _make("modify", 9, 1, 1)]
    assert _values(events)[:2] == [0, 48]
    assert _values([*events, *unpack])[:2] == [36, 12]
    moved = [*events, {"action": "move", "resource": 1, "to": 2, "quantity": 1}]
    assert _values([*moved, {"action": "separate", "resource": 0, "to": 2, "quantity": 60}])[:3] == [36, 0, 12]


def test_what_is_packed_later_does_not_share_what_happened_before() -> None:
    """The crate with its apples has doubled in value when pears of the same value come in: those are half of it then."""
    events = [_raise(0, 1, 30), _raise(1, 1, 10), {"action": "combine", "resource": 0, "to": 1, "quantity": 1}]
    events += [_take("pickup", 7, 1, 1), _work(7, 40), _make("dropoff", 7, 1, 1)]
    events += [_raise(2, 1, 80), {"action": "combine", "resource": 2, "to": 1, "quantity": 1}]
    assert _values([*events, {"action": "separate", "resource": 2, "to": 1, "quantity": 1}])[:3] == [0, 80, 80]


def test_a_service_carries_the_value_of_its_process() -> None:
    """What one process does for another is in what that one makes; a product that nobody inventories stays with its process."""
    events = [_work(10, 40), {"action": "deliverService", "output_of": 10, "input_of": 11}, _make("produce", 11, 0, 1)]
    assert _values(events)[0] == 40
    history, worths = _valued([_work(10, 40), {"action": "produce", "output_of": 10, "quantity": 1}])
    rolled = roll_up(history, worths)
    assert rolled.value("process", 10) == 40
    assert flow_back(rolled, [("process", 10)]) == [40, 0]


def test_what_a_product_took_of_the_earth() -> None:
    """Grams of CO2 by event go by the same proportions; what a growing tree took up counts against them."""
    history = history_of([_raise(0, 10, 0), _take("consume", 10, 0, 5), _work(10, 0), _make("produce", 10, 1, 1)])
    assert embodied(history, [-400, 0, 1_000, 0], 1) == 800
    with pytest.raises(ValueError, match="below 0"):
        flow_back(roll_up(history, Worths([-400, 0, 1_000, 0])), [("resource", 1)])


def test_no_events_are_worth_nothing() -> None:
    """An empty commons."""
    rolled = roll_up(history_of([]), Worths([]))
    assert (rolled.gone, rolled.lost, flow_back(rolled, [])) == (0, 0, [])


RESOURCES, PROCESSES = st.integers(0, 4), st.integers(5, 8)
QUANTITY, WORTH = st.integers(1, 7), st.integers(0, 10**6)
NUMBERS = {"quantity": QUANTITY, "worth": WORTH}
INTO = st.fixed_dictionaries(
    {"action": st.sampled_from(["consume", "use", "cite", "accept", "pickup"]), "input_of": PROCESSES, "resource": RESOURCES, "use": WORTH, **NUMBERS}
)
OUT = st.fixed_dictionaries({"action": st.sampled_from(["produce", "modify", "dropoff"]), "output_of": PROCESSES, "resource": RESOURCES, **NUMBERS})
WORK = st.fixed_dictionaries({"action": st.just("work"), "input_of": PROCESSES, "worth": WORTH})
BETWEEN = st.fixed_dictionaries(
    {"action": st.sampled_from(["transfer", "move", "transferCustody", "copy", "transferAllRights"]), "resource": RESOURCES, "use": WORTH, **NUMBERS},
    optional={"to": RESOURCES},
)
ADJUST = st.fixed_dictionaries({"action": st.sampled_from(["raise", "lower"]), "resource": RESOURCES, **NUMBERS})
SERVICE = st.fixed_dictionaries({"action": st.just("deliverService"), "output_of": PROCESSES, "worth": WORTH}, optional={"input_of": PROCESSES})
CONTAIN = st.one_of(
    st.fixed_dictionaries({"action": st.just("combine"), "input_of": PROCESSES, "resource": RESOURCES, **NUMBERS}, optional={"to": RESOURCES}),
    st.fixed_dictionaries({"action": st.just("separate"), "resource": RESOURCES, **NUMBERS}, optional={"output_of": PROCESSES, "to": RESOURCES}),
)
FLOW = st.one_of(INTO, OUT, WORK, BETWEEN, ADJUST, SERVICE)
ANY = st.one_of(FLOW, CONTAIN)


@st.composite
def histories(draw: st.DrawFn, events: st.SearchStrategy[Event] = ANY, corrections: bool = True) -> list[Event]:
    """Any events in any order: overdrawn, late and going round in circles; with corrections of some."""
    found = draw(st.lists(events, max_size=20))
    for position, event in enumerate(list(found)):
        if corrections and draw(st.integers(0, 7)) == 0:
            back = {"quantity": -draw(st.integers(0, event.get("quantity", 0))), "worth": -draw(st.integers(0, event["worth"]))}
            found.append({**event, "use": 0, **back, "corrects": position})
    return found


def _put_in(events: list[Event]) -> int:
    """All worth, and what was gained by uses that a process or a copy can gain by."""
    undone = {place for place, event in enumerate(events) if event.get("quantity", 0) + _corrected(events, place) <= 0 < event.get("quantity", 0)}
    gains = [
        event["use"]
        for place, event in enumerate(events)
        if place not in undone and ((event["action"] in ("use", "cite")) or (event["action"] == "copy" and "to" in event))
    ]
    return sum(event["worth"] for event in events) + sum(gains)


def _corrected(events: list[Event], place: int) -> int:
    return sum(int(event.get("quantity", 0)) for event in events if event.get("corrects") == place)


@given(histories())
def test_nothing_is_gained_or_lost(events: list[Event]) -> None:
    """What lies in all stores, left or was lost is what was put in, to the last unit; and shares add up to what they share."""
    history, worths = _valued(events)
    rolled = roll_up(history, worths)
    assert sum(rolled.values) == _put_in(events)
    assert min(rolled.values) >= 0
    for number in range(history.records):
        kind: Any = "process" if number >= 5 else "resource"
        assert sum(flow_back(rolled, [(kind, number)])) == rolled.value(kind, number)
    assert rolled.values == roll_up(history, worths).values


@given(histories(FLOW, corrections=False))
def test_outputs_wait_for_inputs_and_resources_keep_their_order(events: list[Event]) -> None:
    """An output goes before an input of its process only if that input is fed by it: if there is a cycle."""
    history = history_of(events)
    moves = movements(history)
    found = causal_order(history, moves)
    order = list(range(len(events))) if found is None else found.tolist()
    assert sorted(order) == list(range(len(events)))
    place = {event: number for number, event in enumerate(order)}
    touched = [
        set() if move == Move.NOTHING else {event[key] for key in ("resource", "to") if key in event}
        for event, move in zip(events, moves.move.tolist(), strict=True)
    ]
    after: dict[int, set[int]] = {event: set() for event in order}
    for one, first in enumerate(events):
        for two, second in enumerate(events):
            chained = one < two and bool(touched[one] & touched[two])
            gated = one != two and first.get("input_of", -1) == second.get("output_of", -2)
            assert not chained or place[one] < place[two]
            if chained or gated:
                after[one].add(two)
    for one, first in enumerate(events):
        for two, second in enumerate(events):
            if one != two and first.get("input_of", -1) == second.get("output_of", -2) and place[two] < place[one]:
                assert one in _reached(after, two)


def _reached(after: dict[int, set[int]], start: int) -> set[int]:
    found, stack = {start}, [start]
    while stack:
        new = after[stack.pop()] - found
        found |= new
        stack += new
    return found


@given(histories(FLOW))
def test_flowing_back_is_the_reverse_of_flowing_in(events: list[Event]) -> None:
    """The share of an event is what its worth alone brings into the resource, but for rounding: at most a unit for each movement."""
    events = [{**event, "use": 0, "worth": event["worth"] * 1_000} for event in events]
    history, worths = _valued(events)
    rolled = roll_up(history, worths)
    slack = 8 * (len(events) + 1)
    for resource in range(min(5, history.records)):
        shares = flow_back(rolled, [("resource", resource)])
        for position, event in enumerate(events):
            if event["worth"] > 0:
                alone = [each["worth"] if position in (place, each.get("corrects")) else 0 for place, each in enumerate(events)]
                assert abs(embodied(history, alone, resource) - shares[position]) <= slack


@given(histories(FLOW))
def test_values_are_linear_in_worths(events: list[Event]) -> None:
    """Ten times the worth is ten times the value, but for rounding."""
    history, worths = _valued(events)
    ten_times = _valued([{**event, "worth": 10 * event["worth"], "use": 10 * event.get("use", 0)} for event in events])[1]
    for once, more in zip(roll_up(history, worths).values, roll_up(history, ten_times).values, strict=True):
        assert abs(more - 10 * once) <= 40 * (len(events) + 1)


@given(histories(ANY, corrections=False), st.data())
def test_the_order_of_what_does_not_touch_does_not_matter(events: list[Event], data: st.DataObject) -> None:
    """Two neighbours that share no process and no resource may change places, where no late record has to be waited for."""
    touched = [{event[key] for key in ("input_of", "output_of", "resource", "to") if key in event} for event in events]
    ended: set[int] = set()
    for event in events:
        if event.get("input_of") in ended:
            return
        ended.add(event.get("output_of", -1))
    apart = [place for place in range(len(events) - 1) if not touched[place] & touched[place + 1]]
    if apart:
        place = data.draw(st.sampled_from(apart))
        swapped = [*events[:place], events[place + 1], events[place], *events[place + 2 :]]
        assert _values(swapped)[:9] == _values(events)[:9]


@given(histories(st.one_of(INTO, OUT, BETWEEN, ADJUST), corrections=False), PROCESSES, st.integers(0, 20))
def test_when_work_is_written_down_does_not_matter(events: list[Event], process: int, place: int) -> None:
    """It counts the same at the end of the journal as before everything."""
    if any(event.get("output_of") == process for event in events):
        late = [*events[:place], _work(process, 1_000), *events[place:]]
        assert _values(late)[:9] == _values([_work(process, 1_000), *events])[:9]
