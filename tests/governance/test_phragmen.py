"""Phragmén's sequential rule, for budgets and for panels."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.governance.counting.ballots import Approvals, Budget
from commonhold.governance.counting.phragmen import Phragmen, phragmen, phragmen_panel
from tests.budget_values import Case, cases, clashes, plain_phragmen, turned, votes

RULES = st.builds(
    Phragmen,
    minimum_support=st.integers(0, 3),
    skip_unaffordable=st.booleans(),
    ties=st.lists(st.sampled_from(["votes", "cheapest", "dearest"]), unique=True, max_size=2).map(tuple),
)


@given(cases(points=False), RULES)
def test_it_is_what_a_plain_count_comes_to(case: Case, rule: Phragmen) -> None:
    outcome = phragmen(*case, rule)
    told = list(outcome.winners), [(tie.among, tie.chosen) for tie in outcome.ties]
    assert told == plain_phragmen(case, minimum_support=rule.minimum_support, skip=rule.skip_unaffordable, ties=rule.ties)


@given(cases(points=False), RULES)
def test_what_it_keeps_to(case: Case, rule: Phragmen) -> None:
    profile, budget, _ = case
    outcome = phragmen(*case, rule)
    assert int(outcome.note["spent"]) == sum(budget.costs[option] for option in outcome.winners) <= budget.total
    assert all(votes(profile, option) >= max(rule.minimum_support, 1) for option in outcome.winners)
    assert not any(clashes(budget, option, outcome.winners) for option in outcome.winners)


@given(cases(points=False), RULES, st.data())
def test_options_and_ballots_in_another_order(case: Case, rule: Phragmen, data: st.DataObject) -> None:
    profile, budget, order = case
    outcome = phragmen(*case, rule)
    places = data.draw(st.permutations(range(len(budget.costs))))
    assert list(phragmen(*turned(case, places), rule).winners) == [places[option] for option in outcome.winners]
    shuffled = Approvals(profile.options, dict(data.draw(st.permutations(list(profile.ballots.items())))))
    assert phragmen(shuffled, budget, order, rule) == outcome


@given(cases(points=False, unit=True, conflicts=False, money=2), st.integers(1, 4))
def test_a_group_that_agrees_gets_its_part_of_a_panel(case: Case, seats: int) -> None:
    """Proportional justified representation: ℓ·n/k voters who agree on ℓ options have ℓ winners on their ballots together."""
    profile, _, order = case
    winners = set(phragmen_panel(profile, seats, order).winners)
    assert len(winners) == min(seats, sum(votes(profile, option) > 0 for option in range(len(profile.options))))
    for size in range(1, seats + 1):
        for agreed in combinations(range(len(profile.options)), size):
            group = {ballot: many for ballot, many in profile.ballots.items() if set(agreed) <= set(ballot)}
            if group and sum(group.values()) * seats >= size * profile.count:
                assert len(winners & {option for ballot in group for option in ballot}) >= size


def test_a_panel_by_hand() -> None:
    """Four groups of voters, three seats. A: 1/1171. Q: (137/1171 + 1)/656. B: (1034/1171 + 90 · what Q's carry + 1)/1124."""
    groups = {(0, 1, 2): 1034, (3, 4, 5): 519, (0, 1, 4): 90, (0, 3, 4): 47}
    outcome = phragmen_panel(Approvals(("A", "B", "C", "P", "Q", "R"), groups), 3, range(6))
    assert outcome.winners == (0, 4, 1)
    assert [(step.event, step.options, step.tallies) for step in outcome.rounds] == [
        ("elected", (0,), {0: "1171"}),
        ("elected", (4,), {4: "656"}),
        ("elected", (1,), {1: "1124"}),
    ]
    second = (Fraction(137, 1171) + 1) / 656
    third = (Fraction(1034, 1171) + 90 * second + 1) / 1124
    assert [step.note["load"] for step in outcome.rounds] == [f"0.{int(load * 10**6):06d}" for load in (Fraction(1, 1171), second, third)]
    assert outcome.note["left"] == "0" and outcome.ties == ()


def test_ties_go_by_the_order_and_are_written_down() -> None:
    profile = Approvals(("a", "b", "c"), {(0,): 1, (1,): 1, (2,): 2})
    outcome = phragmen_panel(profile, 2, (1, 0, 2))
    assert outcome.winners == (2, 1)
    assert [(tie.round, tie.among, tie.chosen, tie.by) for tie in outcome.ties] == [(1, (0, 1), 1, "order")]


def test_seats_stay_vacant_rather_than_go_to_who_has_no_vote() -> None:
    outcome = phragmen_panel(Approvals(("a", "b"), {(1,): 1, (): 3}), 2, (0, 1))
    assert outcome.winners == (1,) and outcome.note["left"] == "1"
    assert phragmen_panel(Approvals((), {}), 2, ()).winners == ()
    with pytest.raises(ValueError):
        phragmen_panel(Approvals(("a",), {}), -1, (0,))


def test_it_stops_at_the_first_that_does_not_fit() -> None:
    profile, budget = Approvals(("a", "b", "c"), {(0,): 3, (1,): 2, (2,): 1}), Budget(4, (3, 2, 1))
    stopped, skipped = phragmen(profile, budget, (0, 1, 2)), phragmen(profile, budget, (0, 1, 2), Phragmen(skip_unaffordable=True))
    assert (stopped.winners, stopped.rounds[-1].event, stopped.rounds[-1].options) == ((0,), "skipped", (1,))
    assert skipped.winners == (0, 2)
