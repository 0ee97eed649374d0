"""Conviction voting: growth, halving and thresholds, against exact fractions."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.governance.conviction import UNIT, Rule, advance, days_until, passes, threshold
from commonhold.governance.decay import BITS, daily_factor, decayed, left

HALF_LIVES = st.integers(1, 400)
STAKES = st.integers(0, 500 * UNIT)
DAYS = st.integers(0, 200)
SHARES = st.fractions(Fraction(1, 100), 1, max_denominator=100)
RULES = st.builds(Rule, st.integers(1, 60), SHARES, st.fractions(Fraction(1, 1000), 2, max_denominator=1000), SHARES)


def daily(half_life: int) -> Fraction:
    return Fraction(daily_factor(half_life), 2**BITS)


@given(HALF_LIVES, st.integers(0, 2_000))
def test_what_is_left_is_the_root_rounded_down(half_life: int, days: int) -> None:
    """(left / 2^62)^half-life ≤ 2^-days, and a unit more is above it."""
    found = left(days, half_life)
    whole, rest = divmod(days, half_life)
    assert found == left(rest, half_life) >> whole
    scale = 2 ** (BITS * half_life)
    assert left(rest, half_life) ** half_life * 2**rest <= scale < (left(rest, half_life) + 1) ** half_life * 2**rest


@given(st.integers(0, 10**12), HALF_LIVES, st.integers(0, 500))
def test_decay_never_rises_and_halves_exactly(amount: int, half_life: int, days: int) -> None:
    assert 0 <= decayed(amount, days + 1, half_life) <= decayed(amount, days, half_life) <= amount
    assert decayed(amount, half_life, half_life) == amount // 2
    assert decayed(amount, 0, half_life) == amount


def test_decay_of_nonsense_is_refused() -> None:
    for age, half_life in ((-1, 1), (1, 0)):
        with pytest.raises(ValueError, match="at least"):
            left(age, half_life)


@given(STAKES, STAKES, DAYS, HALF_LIVES)
def test_it_is_the_closed_form_less_what_is_rounded_away(start: int, stake: int, days: int, half_life: int) -> None:
    """Each day loses less than a millionth to rounding, and these losses decay too."""
    a = daily(half_life)
    exact = a**days * start + stake * (1 - a**days) / (1 - a)
    found = advance(start, stake, days, half_life)
    assert exact - (1 - a**days) / (1 - a) <= found <= exact


@given(HALF_LIVES)
def test_half_of_the_limit_is_reached_after_a_half_life(half_life: int) -> None:
    limit = UNIT / (1 - daily(half_life))
    assert abs(advance(0, UNIT, half_life, half_life) - limit / 2) < half_life * 2
    assert advance(0, UNIT, 70 * half_life, half_life) <= limit < advance(0, UNIT, 70 * half_life, half_life) + half_life * 2


@given(STAKES, STAKES, DAYS, DAYS, HALF_LIVES)
def test_days_add_up_and_more_is_never_less(start: int, stake: int, days: int, more: int, half_life: int) -> None:
    after = advance(start, stake, days, half_life)
    assert advance(after, stake, more, half_life) == advance(start, stake, days + more, half_life)
    assert advance(start + 1, stake, days, half_life) >= after
    assert advance(start, stake + 1, days, half_life) >= after
    assert advance(0, stake, days + 1, half_life) >= advance(0, stake, days, half_life)
    assert advance(start, 0, days + 1, half_life) <= advance(start, 0, days, half_life)


def test_ten_thousand_days_are_quick() -> None:
    started = time.perf_counter()
    assert advance(0, UNIT, 10_000, 3_650) > 0
    assert time.perf_counter() - started < 1


@given(RULES, st.integers(0, 10**9), st.integers(0, 10**9), STAKES, st.integers(0, 500), st.integers(0, 10**12))
def test_nothing_passes_above_the_largest_share(rule: Rule, request: int, fund: int, staked: int, members: int, conviction: int) -> None:
    needed = threshold(request, fund, staked, members, rule)
    if request >= rule.largest * fund:
        assert needed is None and not passes(conviction, needed)
    else:
        active = max(staked, rule.least_staked * members * UNIT)
        assert needed == rule.weight * active / ((1 - daily(rule.half_life_days)) * (rule.largest - Fraction(request, fund)) ** 2)


@given(RULES, st.integers(0, 10**6), st.integers(1, 10**6), STAKES, st.integers(1, 500))
def test_more_money_needs_more_conviction(rule: Rule, request: int, fund: int, staked: int, members: int) -> None:
    less, more = (threshold(each, fund, staked, members, rule) for each in (request, request + 1))
    assert more is None or (less is not None and less <= more)


def test_known_numbers() -> None:
    """Half-life 1 day, so a = 1/2. 100 members, of whom 30 stake all; β = 1/2, ρ = 1/20, at least 20 % count as staked.

    A tenth of the fund: 1/20 · 30 / (1/2 · (2/5)²) = 75/4 units. With 10 staked, 20 count: 25/2.
    """
    rule = Rule(1, Fraction(1, 2), Fraction(1, 20), Fraction(1, 5))
    assert threshold(100, 1_000, 30 * UNIT, 100, rule) == Fraction(75, 4) * UNIT
    assert threshold(100, 1_000, 10 * UNIT, 100, rule) == Fraction(25, 2) * UNIT
    assert threshold(499, 1_000, 30 * UNIT, 100, rule) == Fraction(3_000_000) * UNIT
    assert threshold(500, 1_000, 30 * UNIT, 100, rule) is None
    assert threshold(0, 0, 0, 0, rule) is None
    # 12 people: 12, 18, 21 units after one, two and three days.
    assert [advance(0, 12 * UNIT, days, 1) for days in range(4)] == [0, 12 * UNIT, 18 * UNIT, 21 * UNIT]
    assert days_until(0, 12 * UNIT, Fraction(75, 4) * UNIT, 1) == 3
    assert days_until(0, 9 * UNIT, Fraction(75, 4) * UNIT, 1) is None
    assert not passes(18 * UNIT, Fraction(18 * UNIT)) and passes(18 * UNIT + 1, Fraction(18 * UNIT))


@given(STAKES, STAKES, st.fractions(0, 10**9), st.integers(1, 60))
def test_the_forecast_is_the_first_day_on_which_it_passes(start: int, stake: int, needed: Fraction, half_life: int) -> None:
    days = days_until(start, stake, needed, half_life)
    if days is None:
        assert not passes(advance(start, stake, 10_000, half_life), needed)
    else:
        assert passes(advance(start, stake, days, half_life), needed)
        assert days == 0 or not passes(advance(start, stake, days - 1, half_life), needed)
    assert days_until(start, stake, None, half_life) is None


def test_nonsense_is_refused() -> None:
    rule = Rule(1, Fraction(1, 2), Fraction(1, 20), Fraction(1, 5))
    for wrong in ((0, Fraction(1), Fraction(1), Fraction(0)), (1, Fraction(2), Fraction(1), Fraction(0)), (1, Fraction(1), Fraction(0), Fraction(0))):
        with pytest.raises(ValueError, match="out of bounds"):
            Rule(*wrong)
    with pytest.raises(ValueError, match="at least 0"):
        threshold(-1, 1, 1, 1, rule)
    for numbers in ((-1, 0, 1), (0, -1, 1), (0, 0, -1)):
        with pytest.raises(ValueError, match="at least 0"):
            advance(*numbers, 1)
