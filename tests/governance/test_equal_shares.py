"""The Method of Equal Shares: the same as counted voter by voter in exact fractions, and what it promises."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import Any
from unittest import mock

import numpy as np
import pytest
from gmpy2 import mpq
from hypothesis import assume, given
from hypothesis import strategies as st

from commonhold.governance.counting import balances
from commonhold.governance.counting.ballots import Approvals, Budget, Scores
from commonhold.governance.counting.equal_shares import EqualShares, equal_shares
from commonhold.governance.counting.spending import text_of
from tests.budget_values import Case, cases, clashes, plain_equal_shares, turned, votes

TIES = st.lists(st.sampled_from(["votes", "cheapest", "dearest"]), unique=True, max_size=2).map(tuple)
RULES = st.builds(
    EqualShares,
    utility=st.sampled_from(["cost", "cardinality", "effort"]),
    completion=st.sampled_from(["none", "greedy", "add1", "add1_greedy"]),
    increment=st.integers(1, 3),
    stop=st.sampled_from(["overspend", "exhaustive"]),
    whole_start=st.booleans(),
    minimum_support=st.integers(0, 3),
    ties=TIES,
)


def as_told(case: Case, rule: EqualShares) -> tuple[list[int], list[tuple[tuple[int, ...], int]]]:
    """(winners, ties) as the module has them."""
    outcome = equal_shares(*case, rule)
    return list(outcome.winners), [(tie.among, tie.chosen) for tie in outcome.ties]


@given(cases(), RULES)
def test_it_is_what_a_plain_count_comes_to(case: Case, rule: EqualShares) -> None:
    assert as_told(case, rule) == plain_equal_shares(case, rule)


@given(cases(points=True), RULES, st.integers(1, 3))
def test_points_are_utilities(case: Case, rule: EqualShares, increment: int) -> None:
    rule = EqualShares("points", rule.completion, increment, rule.stop, rule.whole_start, rule.minimum_support, rule.ties)
    assert as_told(case, rule) == plain_equal_shares(case, rule)


@given(cases(money=1009), RULES, st.sampled_from([4, 9, 12, 15, 18]))
def test_the_result_does_not_hang_on_how_sharp_the_screen_is(case: Case, rule: EqualShares, bits: int) -> None:
    """With few bits hardly anything can be told from bounds, or money does not fit: the exact balances decide."""
    rule = EqualShares(rule.utility, rule.completion, 50, rule.stop, rule.whole_start, rule.minimum_support, rule.ties)
    sharp = equal_shares(*case, rule)
    with mock.patch.object(balances, "BITS", bits):
        assert equal_shares(*case, rule) == sharp


@given(st.integers(0, 2**32), st.sampled_from([15, 17, 19, 22, 26]), st.sampled_from(["cost", "cardinality", "effort", "points"]))
def test_near_ties_are_told_apart(seed: int, bits: int, utility: Any) -> None:
    """Options of nearly the same cost and support: bounds of a dull screen overlap all the time."""
    chance = np.random.default_rng(seed)
    ballots = {}
    for _ in range(20):
        some = sorted(chance.choice(10, size=int(chance.integers(2, 6)), replace=False).tolist())
        ballots[tuple((option, int(chance.integers(1, 3))) for option in some)] = int(chance.integers(1, 3))
    case = Scores(tuple("abcdefghij"), ballots), Budget(1000, tuple(int(cost) for cost in chance.integers(95, 105, 10))), tuple(range(10))
    sharp = equal_shares(*case, EqualShares(utility))
    with mock.patch.object(balances, "BITS", bits):
        assert equal_shares(*case, EqualShares(utility)) == sharp
    assert as_told((case[0], case[1], list(case[2])), EqualShares(utility)) == plain_equal_shares(
        (case[0], case[1], list(case[2])), EqualShares(utility)
    )


@given(cases(), RULES, st.sampled_from([7, 10**6, 2**60, 2**70]))
def test_the_unit_of_money_does_not_matter(case: Case, rule: EqualShares, times: int) -> None:
    profile, budget, order = case
    assume(not rule.whole_start)  # the only thing that looks at whole units
    larger = Budget(budget.total * times, tuple(cost * times for cost in budget.costs), budget.conflicts)
    scaled = EqualShares(rule.utility, rule.completion, rule.increment * times, rule.stop, minimum_support=rule.minimum_support, ties=rule.ties)
    assert as_told((profile, larger, order), scaled) == as_told(case, rule)


@given(cases(), RULES, st.data())
def test_an_option_is_not_its_number(case: Case, rule: EqualShares, data: st.DataObject) -> None:
    """Option 0 is like any other."""
    places = data.draw(st.permutations(range(len(case[1].costs))))
    assert as_told(turned(case, places), rule)[0] == [places[option] for option in as_told(case, rule)[0]]


@given(cases(), RULES, st.data())
def test_the_order_of_ballots_does_not_matter(case: Case, rule: EqualShares, data: st.DataObject) -> None:
    profile, budget, order = case
    shuffled = type(profile)(profile.options, dict(data.draw(st.permutations(list(profile.ballots.items())))))
    assert equal_shares(shuffled, budget, order, rule) == equal_shares(profile, budget, order, rule)


@given(cases(), RULES)
def test_what_it_keeps_to(case: Case, rule: EqualShares) -> None:
    profile, budget, _ = case
    outcome = equal_shares(*case, rule)
    assert sum(budget.costs[option] for option in outcome.winners) == int(outcome.note["spent"]) <= budget.total
    assert int(outcome.note["spent"]) + int(outcome.note["left"]) == budget.total
    assert len(set(outcome.winners)) == len(outcome.winners)
    assert all(votes(profile, option) >= max(rule.minimum_support, 1) for option in outcome.winners)
    assert not any(clashes(budget, option, outcome.winners) for option in outcome.winners)
    free = [option for option, cost in enumerate(budget.costs) if not cost and votes(profile, option) >= max(rule.minimum_support, 1)]
    if not budget.conflicts:
        assert sorted(outcome.winners[: len(free)]) == free


@given(cases(), RULES)
def test_where_the_lot_decides_it_is_written_down(case: Case, rule: EqualShares) -> None:
    profile, budget, order = case
    outcome, other = equal_shares(*case, rule), equal_shares(profile, budget, order[::-1], rule)
    if rule.completion in ("none", "greedy") and outcome.winners != other.winners:
        assert any(tie.by == "order" for tie in outcome.ties) and any(tie.by == "order" for tie in other.ties)


@given(cases(points=False, unit=True, conflicts=False, money=3))
def test_a_group_that_agrees_gets_its_part(case: Case) -> None:
    """Extended justified representation: of ℓ·n/k voters who agree on ℓ options, one at least has ℓ winners on the ballot."""
    profile, budget, _ = case
    winners = set(equal_shares(*case, EqualShares(utility="cardinality")).winners)
    for size in range(1, len(budget.costs) + 1):
        for agreed in combinations(range(len(budget.costs)), size):
            group = {ballot: many for ballot, many in profile.ballots.items() if set(agreed) <= set(ballot)}
            if group and sum(group.values()) * budget.total >= size * profile.count:
                assert any(len(winners & set(ballot)) >= size for ballot in group)


def test_a_minority_gets_its_part_where_greedy_gives_all_to_the_majority() -> None:
    profile = Approvals(("a", "b", "c", "d", "e", "f"), {(0, 1, 2): 60, (3, 4, 5): 40})
    outcome = equal_shares(profile, Budget(5, (1,) * 6), range(6), EqualShares())
    assert outcome.winners == (0, 1, 2, 3, 4)
    assert [(tie.among, tie.chosen, tie.by) for tie in outcome.ties] == [
        ((0, 1, 2), 0, "order"),
        ((1, 2), 1, "order"),
        ((3, 4, 5), 3, "order"),
        ((4, 5), 4, "order"),
    ]


def test_a_count_tells_its_prices() -> None:
    """Three voters of 100 each. The first option costs 90: 30 each. For the second one the third voter's 70 have to do."""
    profile = Approvals(("garden", "tools", "path"), {(0, 1): 2, (0,): 1, (2,): 1})
    outcome = equal_shares(profile, Budget(400, (90, 100, 101)), (0, 1, 2), EqualShares())
    first, second = outcome.rounds
    assert (first.event, first.options, first.tallies) == ("funded", (0,), {0: "3"})
    assert first.note == {"price": "30", "rho": "0.333333333333", "left": "310"}
    assert second.note == {"price": "50", "rho": "0.5", "left": "210"}
    assert outcome.note == {"share": "100", "steps": "0", "counts": "1", "spent": "190", "left": "210"}
    raised = equal_shares(profile, Budget(400, (90, 100, 101)), (0, 1, 2), EqualShares(completion="add1"))
    assert (raised.winners, raised.note["steps"], raised.note["share"]) == ((0, 1, 2), "1", "101")


def test_who_seems_to_have_nothing_left_may_have_a_little() -> None:
    """Three voters of 31/3 each; the screen knows whole units only. A third is left to each after 10, and buys the second."""
    profile = Approvals(("a", "b"), {(0, 1): 3})
    with mock.patch.object(balances, "BITS", 7):
        outcome = equal_shares(profile, Budget(31, (30, 1)), (0, 1), EqualShares(ties=("dearest",)))
    assert outcome.winners == (0, 1)


def test_a_budget_may_be_spent_to_the_last() -> None:
    """Two voters of 5 each. With 6 each the second option can be bought too, and nothing is left; that is not too much."""
    outcome = equal_shares(Approvals(("a", "b"), {(0,): 1, (1,): 1}), Budget(10, (4, 6)), (0, 1), EqualShares(completion="add1"))
    assert (outcome.winners, outcome.note["left"], outcome.note["steps"], outcome.note["counts"]) == ((0, 1), "0", "1", "2")


def test_who_cannot_pay_in_full_pays_what_is_left() -> None:
    """Of 10 each, the first option takes 5 from four; for the second two of them have 5 left, so the fifth pays 8."""
    profile = Approvals(("a", "b"), {(0, 1): 2, (0,): 2, (1,): 1})
    outcome = equal_shares(profile, Budget(50, (20, 18)), (0, 1), EqualShares(utility="cardinality"))
    assert [(step.options, step.note["price"], step.note["left"]) for step in outcome.rounds] == [((0,), "5", "30"), ((1,), "8", "12")]
    assert equal_shares(profile, Budget(50, (20, 20)), (0, 1), EqualShares(utility="cardinality")).rounds[1].note["price"] == "10"
    assert equal_shares(profile, Budget(50, (20, 21)), (0, 1), EqualShares(utility="cardinality")).winners == (0,)


@pytest.mark.parametrize("completion", ["none", "greedy", "add1", "add1_greedy"])
def test_nothing_to_decide(completion: str) -> None:
    rule = EqualShares(completion=completion)  # type: ignore[arg-type]
    assert equal_shares(Approvals((), {}), Budget(10, ()), (), rule).winners == ()
    assert equal_shares(Approvals(("a",), {}), Budget(10, (1,)), (0,), rule).winners == ()
    assert equal_shares(Approvals(("a",), {(): 5}), Budget(10, (1,)), (0,), rule).winners == ()
    assert equal_shares(Approvals(("a", "b"), {(0,): 1}), Budget(0, (0, 1)), (0, 1), rule).winners == (0,)


def test_what_callers_have_to_keep_to() -> None:
    profile = Approvals(("a", "b"), {(0,): 1})
    for budget, order in [
        (Budget(1, (1,)), (0, 1)),
        (Budget(1, (1, 1)), (0, 0)),
        (Budget(-1, (1, 1)), (0, 1)),
        (Budget(1, (1, -1)), (0, 1)),
        (Budget(1, (1, 1), ((0, 2),)), (0, 1)),
    ]:
        with pytest.raises(ValueError):
            equal_shares(profile, budget, order)
    with pytest.raises(ValueError):
        equal_shares(profile, Budget(1, (1, 1)), (0, 1), EqualShares(utility="points"))
    with pytest.raises(ValueError):
        equal_shares(Scores(("a",), {((0, 2**62),): 1}), Budget(1, (1,)), (0,), EqualShares(utility="points"))
    with pytest.raises(ValueError):
        EqualShares(increment=0)


@given(st.integers(0, 2**32), st.integers(1, 6), st.sampled_from([24, 30, 61]))
def test_bounds_hold(seed: int, worth: int, bits: int) -> None:
    """In a larger election every bound of the screen encloses the exact figure, round after round, and is narrow."""
    chance = np.random.default_rng(seed)
    ballots = {}
    for _ in range(30):
        some = sorted(chance.choice(8, size=int(chance.integers(1, 6)), replace=False).tolist())
        ballots[tuple((option, int(chance.integers(1, worth + 1))) for option in some)] = int(chance.integers(1, 50))
    profile = Scores(tuple("abcdefgh"), ballots)
    costs = [int(cost) for cost in chance.integers(1, 100_000, 8)]
    supporters = balances.supporters_of(profile, frozenset(range(8)), points=True)
    share = mpq(150_000, profile.count)
    with mock.patch.object(balances, "BITS", bits):
        screen, exact = balances.Screen(supporters, len(ballots), profile.count, share), balances.Exact(supporters, len(ballots), share)
        for option in chance.permutation(8).tolist():
            found = screen.bounds(option, costs[option])
            if found is False:
                assert not exact.affordable(option, costs[option])
            if not isinstance(found, balances.Bounds):
                assert found is False or bits < 61
                continue
            assert exact.affordable(option, costs[option])
            rho = exact.rho(option, costs[option])
            assert found.low <= rho * 2**screen.shift <= found.high
            assert bits < 61 or found.high - found.low < 2 ** (screen.shift - 10)
            screen.pay(option, found)
            exact.pay(option, rho)
            for group, number in enumerate(exact._of):
                left, low = exact._balances[number] * 2**screen.shift, int(screen._balances[group])
                assert left == 0 if low < 0 else low <= left <= low + screen._width


def test_amounts_as_text() -> None:
    assert [text_of(mpq(*each)) for each in [(1, 3), (-1, 3), (0, 1), (5, 2), (10**30, 1)]] == ["0.333333", "-0.333333", "0", "2.5", "1" + "0" * 30]
    assert Fraction(text_of(mpq(1, 7), 12)) < Fraction(1, 7) < Fraction(text_of(mpq(1, 7), 12)) + Fraction(1, 10**12)
