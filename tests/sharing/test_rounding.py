"""The arithmetic under sharing: exact splits, and filling within bounds."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from commonhold.sharing.filling import Items, fill
from commonhold.sharing.rounding import INT64_SAFE, decay_table, fitting, largest_remainder, running_split

WEIGHTS = st.lists(st.integers(0, 50) | st.integers(0, 10**24), max_size=12)
TOTALS = st.integers(0, 100) | st.integers(0, 10**18)


@given(TOTALS, WEIGHTS)
def test_parts_add_up_and_are_less_than_a_unit_off(total: int, weights: list[int]) -> None:
    """Hamilton's method: each part is the exact one, rounded up or down."""
    parts = largest_remainder(total, weights)
    whole = sum(weights)
    assert sum(parts) == (total if whole else 0)
    for part, weight in zip(parts, weights, strict=True):
        assert not whole or abs(part - Fraction(total * weight, whole)) < 1


@given(TOTALS, WEIGHTS)
def test_who_weighs_more_gets_no_less_and_ties_go_to_the_earlier(total: int, weights: list[int]) -> None:
    """Parts are in the order of weights; among equals, of places."""
    ranked = sorted(enumerate(zip(weights, largest_remainder(total, weights), strict=True)), key=lambda one: (one[1][0], -one[0]))
    parts = [part for _, (_, part) in ranked]
    assert parts == sorted(parts)
    parts = largest_remainder(total, [1] * max(1, len(weights)))
    assert parts == sorted(parts, reverse=True) and parts[0] - parts[-1] <= 1


GROUPS = st.lists(
    st.tuples(st.integers(0, 10**18), st.lists(st.integers(1, 100) | st.integers(1, INT64_SAFE - 1), min_size=1, max_size=5)), max_size=6
)


@given(GROUPS)
@example([(100, [INT64_SAFE - 1] * 3)])
def test_running_sums_add_up_within_each_group(groups: list[tuple[int, list[int]]]) -> None:
    """Each group's parts add up to its amount and are within a unit of the exact ones, also where sums go beyond 64 bits."""
    amounts = np.array([amount for amount, _ in groups], dtype=object)
    weights = np.array([weight for _, members in groups for weight in members], dtype=np.int64)
    starts = np.array([sum(len(members) for _, members in groups[:at]) for at in range(len(groups))], dtype=np.int64)
    parts = [int(part) for part in running_split(amounts, weights, starts)]
    for amount, members in groups:
        mine, parts = parts[: len(members)], parts[len(members) :]
        assert sum(mine) == amount
        assert all(part >= 0 and abs(part - Fraction(amount * weight, sum(members))) < 1 for part, weight in zip(mine, members, strict=True))


@st.composite
def bounded(draw: st.DrawFn) -> tuple[int, Items, int, int | None]:
    """(total, items, floor, cap)."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=6))
    count = sum(sizes)
    weights = draw(st.lists(st.integers(1, 20) | st.integers(1, 10**9), min_size=count, max_size=count))
    ceilings = draw(st.none() | st.lists(st.just(-1) | st.integers(1, 200) | st.integers(1, 10**7), min_size=count, max_size=count))
    starts = np.cumsum([0, *sizes[:-1]])
    total = draw(st.integers(0, 1_000) | st.integers(0, 10**9))
    low, high = draw(st.just(0) | st.integers(0, 100)), draw(st.none() | st.integers(0, 10**6))
    items = Items(np.array(weights, dtype=np.int64), starts, None if ceilings is None else np.array(ceilings, dtype=np.int64))
    return total, items, low, high


def groups_of(items: Items) -> list[slice]:
    ends = [*items.starts[1:].tolist(), len(items.weights)]
    return [slice(start, end) for start, end in zip(items.starts.tolist(), ends, strict=True)]


def room_of(items: Items, part: slice, total: int, high: int | None) -> int:
    """The most that a group can hold."""
    ceilings = [-1] if items.ceilings is None else items.ceilings[part].tolist()
    own = total if -1 in ceilings else sum(ceilings)
    return own if high is None else min(own, high)


@given(bounded())
def test_filling_keeps_every_bound_and_leaves_nothing_that_fits(given_: tuple[int, Items, int, int | None]) -> None:
    """Floors, caps and ceilings hold; all is given, or all that the caps allow; items add up to their group."""
    total, items, low, high = given_
    rooms = [room_of(items, part, 10**12, high) for part in groups_of(items)]
    filled = fill(total, items, low, high)
    if filled is None:
        assert sum(min(low, room) for room in rooms) > total
        return
    assert sum(filled.groups) == min(total, sum(rooms))
    for amount, room, part in zip(filled.groups, rooms, groups_of(items), strict=True):
        assert min(low, room) <= amount <= room
        assert sum(int(item) for item in filled.items[part]) == amount
        for at in range(part.start, part.stop):
            assert filled.items[at] >= 0
            assert items.ceilings is None or items.ceilings[at] < 0 or filled.items[at] <= items.ceilings[at]


@given(bounded())
def test_between_the_bounds_shares_are_in_proportion(given_: tuple[int, Items, int, int | None]) -> None:
    """Groups strictly between floor and cap stand to each other as their points, to the unit."""
    total, items, low, high = given_
    items = Items(items.weights, items.starts)
    filled = fill(total, items, low, high)
    assume(filled is not None)
    assert filled is not None
    weights = [int(weight) for weight in items.group_weights()]
    free = [at for at, amount in enumerate(filled.groups) if low + 1 < amount and (high is None or amount < high - 1)]
    for one in free:
        for other in free:
            assert abs(filled.groups[one] * weights[other] - filled.groups[other] * weights[one]) <= weights[one] + weights[other]


@given(bounded(), st.integers(0, 10**6))
def test_more_money_takes_from_nobody_before_rounding(given_: tuple[int, Items, int, int | None], more: int) -> None:
    """Raising the level lowers no share by more than a unit of rounding."""
    total, items, low, high = given_
    before, after = fill(total, items, low, high), fill(total + more, items, low, high)
    assume(before is not None)
    assert before is not None and after is not None
    assert all(then <= now + 1 for then, now in zip(before.groups, after.groups, strict=True))


@pytest.mark.parametrize("half_life", [1, 7, 30, 365, 36_500])
def test_decay_halves_with_the_half_life(half_life: int) -> None:
    """Whole at age 0, half after one half-life to a unit of 2^-30, falling, never negative."""
    table = decay_table(half_life, 3 * half_life)
    assert table[0] == 2**30
    for times in (1, 2, 3):
        assert abs(int(table[times * half_life]) - 2 ** (30 - times)) <= 1
    assert (np.diff(table) <= 0).all() and table[-1] >= 0


def test_decay_is_the_same_everywhere() -> None:
    """Known values, 2^(30 - age/30) rounded down, so that another machine or version cannot differ unseen."""
    assert decay_table(30, 5).tolist() == [1_073_741_824, 1_049_217_526, 1_025_253_365, 1_001_836_546, 978_954_567, 956_595_214]


def test_arrays_are_exact_where_they_must_be() -> None:
    """Numbers that fit are 64-bit integers, others Python's; never floats."""
    assert fitting(2**31, 2**30) is np.int64
    assert fitting(2**31, 2**31) is object
    assert fitting(0, 10**30) is object
