"""The greedy rule for budgets."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.governance.counting.ballots import Approvals, Budget, Scores
from commonhold.governance.counting.greedy import Greedy, greedy
from tests.budget_values import Case, cases, clashes, first, turned, voters, votes

RULES = st.builds(
    Greedy,
    per=st.sampled_from(["option", "money"]),
    threshold=st.sampled_from([0, 1, 3, Fraction(5, 2)]),
    minimum_support=st.integers(0, 3),
    skip_unaffordable=st.booleans(),
    ties=st.lists(st.sampled_from(["votes", "cheapest", "dearest"]), unique=True, max_size=2).map(tuple),
)


def plain(case: Case, rule: Greedy) -> tuple[list[int], list[tuple[tuple[int, ...], int]]]:
    """(funded, ties), by looking for the best one again and again."""
    profile, budget, _ = case
    scores = {option: sum(each.get(option, 0) for each in voters(profile)) for option in range(len(budget.costs))}
    left = [option for option, score in scores.items() if score > 0 and score >= rule.threshold and votes(profile, option) >= rule.minimum_support]

    def merit(option: int) -> tuple[bool, Fraction]:
        cost = budget.costs[option] if rule.per == "money" else 1
        return (cost == 0, Fraction(scores[option], cost or 1))

    funded: list[int] = []
    ties = []
    while left:
        equals = [option for option in left if merit(option) == max(map(merit, left))]
        chosen = first(case, rule.ties, equals)
        if len(equals) > 1:
            ties.append((tuple(equals), chosen))
        left.remove(chosen)
        if clashes(budget, chosen, funded):
            continue
        if budget.costs[chosen] + sum(budget.costs[option] for option in funded) <= budget.total:
            funded.append(chosen)
        elif not rule.skip_unaffordable:
            break
    return funded, ties


@given(cases(), RULES)
def test_it_is_what_a_plain_count_comes_to(case: Case, rule: Greedy) -> None:
    outcome = greedy(*case, rule)
    assert (list(outcome.winners), [(tie.among, tie.chosen) for tie in outcome.ties]) == plain(case, rule)


@given(cases(), RULES)
def test_what_it_keeps_to(case: Case, rule: Greedy) -> None:
    profile, budget, _ = case
    outcome = greedy(*case, rule)
    assert int(outcome.note["spent"]) == sum(budget.costs[option] for option in outcome.winners) <= budget.total
    assert all(votes(profile, option) >= max(rule.minimum_support, 1) for option in outcome.winners)
    assert not any(clashes(budget, option, outcome.winners) for option in outcome.winners)
    assert [step.options[0] for step in outcome.rounds if step.event == "funded"] == list(outcome.winners)


@given(cases(), RULES, st.data())
def test_options_and_ballots_in_another_order(case: Case, rule: Greedy, data: st.DataObject) -> None:
    profile, budget, order = case
    outcome = greedy(*case, rule)
    places = data.draw(st.permutations(range(len(budget.costs))))
    assert list(greedy(*turned(case, places), rule).winners) == [places[option] for option in outcome.winners]
    shuffled = type(profile)(profile.options, dict(data.draw(st.permutations(list(profile.ballots.items())))))
    assert greedy(shuffled, budget, order, rule) == outcome


def test_a_count_tells_what_it_did() -> None:
    profile = Approvals(("a", "b", "c", "d", "e"), {(0, 1): 3, (1, 2): 2, (3,): 3, (4,): 1})
    outcome = greedy(profile, Budget(10, (4, 5, 6, 4, 1), ((1, 2),)), (3, 0, 1, 2, 4), Greedy(minimum_support=2))
    assert outcome.winners == (1, 3)
    assert [(step.event, step.options, step.tallies, dict(step.note)) for step in outcome.rounds] == [
        ("funded", (1,), {1: "5"}, {"left": "5"}),
        ("funded", (3,), {3: "3"}, {"left": "1"}),
        ("skipped", (0,), {0: "3"}, {"why": "cost", "left": "1"}),
        ("skipped", (2,), {2: "2"}, {"why": "conflict", "left": "1"}),
    ]
    assert [(tie.round, tie.among, tie.chosen, tie.by) for tie in outcome.ties] == [(1, (0, 3), 3, "order")]


def test_scores_of_its_own_and_ties_by_cost() -> None:
    profile = Approvals(("a", "b"), {(0,): 1, (1,): 5})
    outcome = greedy(profile, Budget(9, (5, 4)), (0, 1), Greedy(threshold=Fraction(1, 2)), [Fraction(3, 2), Fraction(3, 2)])
    assert outcome.winners == (1, 0) and outcome.ties[0].by == "cheapest" and outcome.rounds[0].tallies == {1: "3/2"}
    assert greedy(profile, Budget(9, (5, 4)), (0, 1), Greedy(threshold=2), [1, 2]).winners == (1,)


def test_points_below_zero_count_against_an_option() -> None:
    profile = Scores(("a", "b"), {((0, 3), (1, 1)): 1, ((0, -3),): 1})
    assert greedy(profile, Budget(2, (1, 1)), (0, 1)).winners == (1,)


def test_stopping_at_the_first_that_does_not_fit() -> None:
    profile = Approvals(("a", "b", "c"), {(0, 1, 2): 1, (0, 1): 1, (0,): 1})
    results: list[Any] = [greedy(profile, Budget(5, (3, 4, 2)), (0, 1, 2), Greedy(skip_unaffordable=skip)).winners for skip in (True, False)]
    assert results == [(0, 2), (0,)]


def test_what_callers_have_to_keep_to() -> None:
    with pytest.raises(ValueError):
        greedy(Approvals(("a",), {(0,): 1}), Budget(1, (1,)), (0,), scores=[1, 2])
