"""The median of points, with a quorum."""

from __future__ import annotations

import statistics
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.governance.counting.ballots import Points, Scores
from commonhold.governance.counting.median import Middle, median, medians


def scored(options: int, *ballots: dict[int, int]) -> Scores:
    found: Counter[Points] = Counter(tuple(sorted(ballot.items())) for ballot in ballots)
    return Scores(tuple(map(str, range(options))), dict(found))


@pytest.mark.parametrize(
    ("points", "middle"),
    [
        ([], Middle(0, 0, 0)),
        ([0], Middle(1, 0, 0)),
        ([7], Middle(1, 7, 7)),
        ([3, 9], Middle(2, 3, 9)),
        ([9, 1, 5], Middle(3, 5, 5)),
        ([5, 5, 9, 1], Middle(4, 5, 5)),
        ([1, 2, 8, 9], Middle(4, 2, 8)),
        ([0, 0, 0, 4], Middle(4, 0, 0)),
    ],
)
def test_the_middle_of_points(points: list[int], middle: Middle) -> None:
    assert medians(scored(2, *({1: each} for each in points))) == [Middle(0, 0, 0), middle]


def test_who_leaves_an_option_out_abstains_and_who_gives_nothing_does_not() -> None:
    left_out = scored(1, {0: 10}, {0: 10}, {}, {}, {})
    given_nothing = scored(1, {0: 10}, {0: 10}, {0: 0}, {0: 0}, {0: 0})
    assert medians(left_out) == [Middle(2, 10, 10)]
    assert medians(given_nothing) == [Middle(5, 0, 0)]
    assert median(left_out, 2, 10, range(1)).winners == (0,)
    assert median(left_out, 3, 10, range(1)).winners == ()
    assert median(given_nothing, 5, 1, range(1)).winners == ()


def test_quorum_and_minimum_are_told_apart() -> None:
    profile = scored(4, {0: 5, 1: 9, 2: 1}, {0: 5, 2: 1}, {0: 7, 2: 8})
    outcome = median(profile, 2, 2, (3, 2, 1, 0))
    assert outcome.winners == (0,)
    assert [(step.event, step.options, dict(step.note)) for step in outcome.rounds] == [
        ("counted", (), {"0": "3", "1": "1", "2": "3", "3": "0"}),
        ("dropped", (1, 3), {"reason": "quorum", "quorum": "2"}),
        ("dropped", (2,), {"reason": "minimum", "minimum": "2"}),
        ("elected", (0,), {}),
    ]
    assert outcome.rounds[0].tallies == {0: "5", 1: "9", 2: "1", 3: "0"}


def test_without_a_quorum_an_option_still_needs_a_ballot() -> None:
    assert median(scored(2, {1: 0}), 0, 0, range(2)).winners == (1,)
    assert median(Scores((), {}), 0, 0, ()).winners == ()


@given(
    st.lists(st.dictionaries(st.integers(0, 3), st.integers(0, 20), max_size=4), max_size=12),
    st.integers(0, 4),
    st.integers(0, 10),
    st.permutations(range(4)),
)
def test_as_the_standard_library_has_it(ballots: list[dict[int, int]], quorum: int, minimum: int, order: list[int]) -> None:
    profile = scored(4, *ballots)
    expected = []
    for option in range(4):
        points = [ballot[option] for ballot in ballots if option in ballot]
        expected.append(Middle(len(points), statistics.median_low(points), statistics.median_high(points)) if points else Middle(0, 0, 0))
    assert medians(profile) == expected
    outcome = median(profile, quorum, minimum, order)
    passing = [option for option in order if expected[option].count >= max(1, quorum) and expected[option].lower >= minimum]
    assert list(outcome.winners) == sorted(passing, key=lambda option: -expected[option].lower)
    assert outcome.ties == ()
    assert median(scored(4, *reversed(ballots)), quorum, minimum, order) == outcome
