"""Delegation, breadth first: against a slow and plain reference, and what it promises."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonhold.governance.delegation import Resolved, path, resolve

Persons = list[tuple[bool, list[int], int]]
"""Of each: whether they vote directly, delegates, and since when they delegate."""
WITHOUT_CAP = 1_000


@st.composite
def persons(draw: st.DrawFn) -> Persons:
    count = draw(st.integers(1, 14))
    one = st.tuples(st.booleans(), st.lists(st.integers(-1, count - 1), min_size=3, max_size=3), st.integers(0, 4))
    return draw(st.lists(one, min_size=count, max_size=count))


def solve(people: Persons, cap: int = WITHOUT_CAP, depth: int = 5) -> Resolved:
    delegates = np.array([ranked for _, ranked, _ in people], dtype=np.int64).reshape(len(people), -1)
    votes = np.array([direct for direct, _, _ in people], dtype=np.bool_)
    return resolve(delegates, votes, np.array([since for _, _, since in people], dtype=np.int64), cap, depth)


def reference(people: Persons, cap: int, depth: int) -> tuple[list[int], list[int], list[int], set[int]]:
    """Word by word: level after level, rank after rank, the earliest first."""
    representative = [number if direct else -1 for number, (direct, _, _) in enumerate(people)]
    steps = [0 if direct else -1 for direct, _, _ in people]
    via = [-1] * len(people)
    turned_away = set()
    for level in range(1, depth + 1):
        for rank in range(3):
            for _, number in sorted((since, number) for number, (_, _, since) in enumerate(people)):
                delegate = people[number][1][rank]
                if representative[number] >= 0 or delegate < 0 or not 0 <= steps[delegate] < level:
                    continue
                if representative.count(representative[delegate]) < cap:
                    representative[number], steps[number], via[number] = representative[delegate], level, delegate
                else:
                    turned_away.add(number)
    return representative, steps, via, turned_away


@settings(max_examples=400)
@given(persons(), st.integers(1, 6), st.integers(0, 5))
def test_it_is_what_the_plain_reference_finds(people: Persons, cap: int, depth: int) -> None:
    found = solve(people, cap, depth)
    representative, steps, via, turned_away = reference(people, cap, depth)
    assert found.representative.tolist() == representative
    assert found.steps.tolist() == steps
    assert found.via.tolist() == via
    assert set(np.flatnonzero(found.turned_away).tolist()) == turned_away


@given(persons(), st.integers(1, 6), st.integers(0, 5))
def test_votes_are_neither_lost_nor_made_and_the_cap_holds(people: Persons, cap: int, depth: int) -> None:
    found = solve(people, cap, depth)
    cast = Counter(number for number in found.representative.tolist() if number >= 0)
    assert found.weight.tolist() == [cast[number] for number in range(len(people))]
    assert max(found.weight.tolist()) <= cap
    assert all((weight > 0) == direct for weight, (direct, _, _) in zip(found.weight.tolist(), people, strict=True))


@given(persons(), st.integers(1, 6), st.integers(0, 5))
def test_the_path_leads_to_the_representative_by_delegations(people: Persons, cap: int, depth: int) -> None:
    found = solve(people, cap, depth)
    for number in range(len(people)):
        way = path(found, number)
        if found.representative[number] < 0:
            assert way == []
        else:
            assert way[0] == number and way[-1] == found.representative[number] and len(way) == found.steps[number] + 1 <= depth + 1
            assert all(after in people[before][1] for before, after in pairwise(way))


@given(persons(), st.data())
def test_voting_directly_costs_nobody_their_vote(people: Persons, data: st.DataObject) -> None:
    """Without a cap: whoever was cast still is, by no longer a way, and whoever votes counts themselves at least."""
    who = data.draw(st.integers(0, len(people) - 1))
    before = solve(people)
    people[who] = (True, *people[who][1:])
    after = solve(people)
    for old, new in zip(before.steps.tolist(), after.steps.tolist(), strict=True):
        assert old < 0 or 0 <= new <= old
    assert after.weight[who] >= 1


@given(persons(), st.data())
def test_who_begins_to_delegate_strengthens_their_representative_and_nobody_else(people: Persons, data: st.DataObject) -> None:
    """Participation of representatives, without a cap: whoever changes with the new delegator goes over them."""
    who = data.draw(st.integers(0, len(people) - 1))
    _, ranked, since = people[who]
    people[who] = (False, [-1, -1, -1], since)
    before = solve(people)
    people[who] = (False, ranked, since)
    after = solve(people)
    for number in range(len(people)):
        if number == after.representative[who]:
            assert after.weight[number] > before.weight[number]
        else:
            assert after.weight[number] <= before.weight[number]


def test_a_cycle_is_left_by_the_next_rank_or_not_cast() -> None:
    """0 → 1 → 2 → 0 is a cycle; 2 also trusts 3, who votes. 4 and 5 have only one another, 6 only themselves."""
    nobody = [-1, -1, -1]
    people = [(False, [1, -1, -1], 0), (False, [2, -1, -1], 0), (False, [0, 3, -1], 0), (True, nobody, 0)]
    people += [(False, [5, -1, -1], 0), (False, [4, -1, -1], 0), (False, [6, -1, -1], 0)]
    found = solve(people)
    assert found.representative.tolist() == [3, 3, 3, 3, -1, -1, -1]
    assert path(found, 0) == [0, 1, 2, 3]
    assert not found.turned_away.any()


def test_who_votes_directly_takes_their_delegators_along() -> None:
    """2 → 1 → 0: as soon as 1 votes, 1 casts both."""
    people: Persons = [(True, [-1] * 3, 0), (False, [0, -1, -1], 0), (False, [1, -1, -1], 0)]
    assert solve(people).weight.tolist() == [3, 0, 0]
    people[1] = (True, [0, -1, -1], 0)
    assert solve(people).weight.tolist() == [1, 2, 0]


def test_a_way_is_as_long_as_the_depth_at_most() -> None:
    chain = [(True, [-1] * 3, 0), *((False, [number, -1, -1], 0) for number in range(6))]
    assert solve(chain).steps.tolist() == [0, 1, 2, 3, 4, 5, -1]
    assert solve(chain, depth=0).representative.tolist() == [0] + [-1] * 6


def test_the_earliest_find_room_and_the_others_their_next_delegate() -> None:
    """Two have room at 0, who may cast 3. Of the four who ask, 3 and 4 were first; 2 has a second choice, 5 has none."""
    people: Persons = [(True, [-1] * 3, 0), (True, [-1] * 3, 0)]
    people += [(False, [0, 1, -1], 9), (False, [0, -1, -1], 1), (False, [0, -1, -1], 2), (False, [0, -1, -1], 3)]
    found = solve(people, cap=3)
    assert found.representative.tolist() == [0, 1, 1, 0, 0, -1]
    assert found.turned_away.tolist() == [False, False, True, False, False, True]
    assert found.via.tolist() == [-1, -1, 1, 0, 0, -1]


def test_what_has_a_wrong_shape_or_number_is_refused() -> None:
    delegates, votes, since = np.full((2, 3), -1), np.array([True, False]), np.zeros(2, dtype=np.int64)
    for wrong in (2, -2):
        with pytest.raises(ValueError, match="a delegate is"):
            resolve(np.full((2, 3), wrong), votes, since, 5)
    with pytest.raises(ValueError, match="shape"):
        resolve(delegates[:1], votes, since, 5)
    with pytest.raises(ValueError, match="whole numbers"):
        resolve(delegates, since, since, 5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="cap"):
        resolve(delegates, votes, since, 0)
    with pytest.raises(ValueError, match="depth"):
        resolve(delegates, votes, since, 1, -1)


def test_nobody_is_nobody() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert resolve(none.reshape(0, 3), none.astype(np.bool_), none, 1).weight.tolist() == []
