"""Standing: what counts, for how long, and by whose word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.governance.standing import DAY, Credit, Missing, Threshold, effective, eligible, standing

NOW = 1_780_000_000
POINT = 1_000_000
CREDITS = st.lists(
    st.builds(
        Credit,
        st.integers(1, 1_000),
        st.integers(NOW - 500 * DAY, NOW + 10 * DAY),
        st.integers(0, 50 * POINT),
        st.lists(st.integers(1, 8), max_size=4).map(tuple),
    ),
    max_size=8,
)
WINDOWS, HALF_LIVES = st.integers(0, 400), st.integers(1, 400)


@given(CREDITS, WINDOWS, HALF_LIVES)
def test_nothing_is_negative_and_all_adds_up(work: list[Credit], window: int, half_life: int) -> None:
    found = standing(work, NOW, window, half_life)
    assert found.points == sum(line.now for line in found.lines)
    assert [(line.position, line.then) for line in found.lines] == [(credit.position, credit.points) for credit in work]
    assert all(0 <= line.now <= line.then for line in found.lines)
    assert all(points > 0 for points in found.endorsed.values()) and found.endorsers == len(found.endorsed)
    assert sum(found.endorsed.values()) == sum(line.now for line, credit in zip(found.lines, work, strict=True) if credit.endorsers)
    assert found.effective <= found.endorsers and (found.effective >= 1 or not found.endorsed)


@given(CREDITS, CREDITS, WINDOWS, HALF_LIVES)
def test_credits_add_up_whatever_their_order(some: list[Credit], others: list[Credit], window: int, half_life: int) -> None:
    one, other = (standing(each, NOW, window, half_life) for each in (some, others))
    both = standing([*others, *some], NOW, window, half_life)
    assert both.points == one.points + other.points
    assert both.endorsed == {who: one.endorsed.get(who, 0) + other.endorsed.get(who, 0) for who in sorted({*one.endorsed, *other.endorsed})}
    assert max(one.weeks, other.weeks) <= both.weeks <= one.weeks + other.weeks


@given(CREDITS, WINDOWS, HALF_LIVES, st.integers(0, 600 * DAY))
def test_without_new_credits_points_only_become_less(work: list[Credit], window: int, half_life: int, later: int) -> None:
    made = [credit for credit in work if credit.at <= NOW]
    before, after = standing(made, NOW, window, half_life), standing(made, NOW + later, window, half_life)
    assert all(new.now <= old.now for old, new in zip(before.lines, after.lines, strict=True))
    assert after.weeks <= before.weeks


@given(st.integers(1, 10**9), st.integers(1, 30))
def test_an_equal_split_over_k_is_k_endorsers(points: int, many: int) -> None:
    assert effective(dict.fromkeys(range(many), points)) == many
    assert standing([Credit(1, NOW, points * many, tuple(range(many)))], NOW, 365, 180).effective == many


@given(st.dictionaries(st.integers(0, 20), st.integers(1, 10**9), min_size=1))
def test_endorsers_are_between_one_and_all(endorsed: dict[int, int]) -> None:
    assert 1 <= effective(endorsed) <= len(endorsed)
    assert effective({who: 3 * points for who, points in endorsed.items()}) == effective(endorsed)


def test_one_endorser_is_one_and_none_is_none() -> None:
    assert effective({5: 123}) == 1
    assert effective({}) == effective({5: 0}) == 0
    with pytest.raises(ValueError, match="at least 0"):
        effective({5: -1})


@given(st.lists(st.integers(0, 4 * 10**9), max_size=10))
def test_weeks_are_those_of_the_calendar(times: list[int]) -> None:
    calendar = {(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=at)).isocalendar()[:2] for at in times}
    work = [Credit(1, at, 10**30, ()) for at in times]
    assert standing(work, 4 * 10**9, 50_000, 50_000).weeks == len(calendar)


def test_a_known_example() -> None:
    """Window 365 days, half-life 90. Now is a Thursday, 2026-05-28; 8 points today, 8 a half-life ago, 8 two of them ago.

    8 + 4 + 2 = 14 points. Endorser 1 has 8 / 2 + 4 = 8, endorser 2 has 4, endorser 3 has 2: 14² / (64 + 16 + 4) = 7/3.
    What is a year old, and what is of tomorrow, counts nothing. The two of today and of Monday are in one week.
    """
    monday = NOW - 3 * DAY
    work = [
        Credit(10, NOW, 8 * POINT, (1, 2, 2)),
        Credit(11, NOW - 90 * DAY, 8 * POINT, (1,)),
        Credit(12, NOW - 180 * DAY - 5, 8 * POINT, (3,)),
        Credit(13, NOW - 365 * DAY, 8 * POINT, (4,)),
        Credit(14, NOW + 1, 8 * POINT, (5,)),
    ]
    found = standing(work, NOW, 365, 90)
    assert found.points == 14 * POINT
    assert [line.now for line in found.lines] == [8 * POINT, 4 * POINT, 2 * POINT, 0, 0]
    assert found.endorsed == {1: 8 * POINT, 2: 4 * POINT, 3: 2 * POINT}
    assert found.effective == Fraction(7, 3) and found.endorsers == 3 and found.weeks == 3
    assert standing([*work, Credit(15, monday, POINT, ())], NOW, 365, 90).weeks == 3
    assert standing([*work, Credit(15, monday - DAY, POINT, ())], NOW, 365, 90).weeks == 4


def test_nothing_of_a_split_is_rounded() -> None:
    assert standing([Credit(1, NOW, 5, (9, 4, 7))], NOW, 1, 1).endorsed == dict.fromkeys((4, 7, 9), Fraction(5, 3))
    assert standing([Credit(1, NOW, 1, (9, 4))], NOW, 1, 1).effective == 2


def test_an_office_is_won_by_the_whole_threshold_and_kept_by_nine_tenths() -> None:
    needs = Threshold(points=10 * POINT, endorsers=2, weeks=1)
    at_limit = standing([Credit(1, NOW, 10 * POINT, (1, 2))], NOW, 365, 90)
    assert eligible(at_limit, needs, held=False) == []
    slipped = standing([Credit(1, NOW, 9 * POINT, (1, 2))], NOW, 365, 90)
    assert eligible(slipped, needs, held=False) == [Missing("points", Fraction(9 * POINT), Fraction(10 * POINT))]
    assert eligible(slipped, needs, held=True) == []
    lost = standing([Credit(1, NOW, 9 * POINT - 1, (1,))], NOW, 365, 90)
    assert eligible(lost, needs, held=True) == [
        Missing("points", Fraction(9 * POINT - 1), Fraction(9 * POINT)),
        Missing("endorsers", Fraction(1), Fraction(9, 5)),
    ]
    assert [missing.what for missing in eligible(standing([], NOW, 365, 90), needs, held=True)] == ["points", "endorsers", "weeks"]


@given(CREDITS, st.builds(Threshold, st.integers(0, 60 * POINT), st.integers(0, 5), st.integers(0, 5)))
def test_who_would_win_an_office_would_keep_it(work: list[Credit], needs: Threshold) -> None:
    found = standing(work, NOW, 365, 180)
    assert {missing.what for missing in eligible(found, needs, held=True)} <= {missing.what for missing in eligible(found, needs, held=False)}


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 0"):
        standing([Credit(1, NOW, -1, ())], NOW, 365, 90)
    with pytest.raises(ValueError, match="half-life"):
        standing([], NOW, 365, 0)
