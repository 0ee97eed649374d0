"""The greedy rule for budgets: by score, whatever still fits. The baseline that most cities use.

Options below the threshold or without support are left out; the others are taken by score, the highest first, among equals
by the tie rules (the cheapest first, as Pabulib's elections do), then by the declared order. What does not fit is skipped,
or ends the count. From `governance.md` 7.2, and from the official results of 97 elections.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Literal

from .ballots import Approvals, Budget, Scores
from .outcome import Outcome
from .spending import Preference, Spending, TieRule, check, points_of, votes_of


@dataclass(frozen=True, slots=True)
class Greedy:
    """How to count.

    Attributes:
        per: By the score of an `option`, or by its score per unit of `money` (what is free comes first).
        threshold: The least score. minimum_support: The least number of ballots that support it.
        skip_unaffordable: Go on after an option that does not fit; otherwise stop there.
        ties: Who is preferred among equals, before the declared order.
    """

    per: Literal["option", "money"] = "option"
    threshold: int | Fraction = 0
    minimum_support: int = 0
    skip_unaffordable: bool = True
    ties: tuple[TieRule, ...] = ("cheapest",)


def greedy(
    profile: Approvals | Scores,
    budget: Budget,
    order: Sequence[int],
    rule: Greedy = Greedy(),
    scores: Sequence[int | Fraction] | None = None,
) -> Outcome:
    """Divide a budget greedily.

    Args:
        order: All options; who is earlier wins a tie that no rule decides.
        scores: Of each option, where they are not what the ballots come to: the sum of points, or the number of approvals.

    Returns:
        A round `funded` for each winner, and `skipped` for what did not fit or is in conflict with one that was funded. Tallies
        are scores. Money is in the budget's unit.

    Raises:
        ValueError: Costs, order or scores are not of the profile's options.
    """
    check(profile.options, budget, order)
    votes = votes_of(profile)
    found = scores if scores is not None else points_of(profile) if isinstance(profile, Scores) else votes
    if len(found) != len(profile.options):
        raise ValueError("scores are of all options")
    entitled = [
        option for option in range(len(found)) if found[option] > 0 and found[option] >= rule.threshold and votes[option] >= rule.minimum_support
    ]
    spending = Spending(budget, Preference(rule.ties, votes, budget.costs, order))
    fill(spending, entitled, found, per=rule.per, skip=rule.skip_unaffordable)
    return spending.outcome()


def fill(
    spending: Spending,
    options: Sequence[int],
    scores: Sequence[int | Fraction],
    *,
    per: Literal["option", "money"] = "option",
    skip: bool = True,
    **note: str,
) -> None:
    """Spend what is left on some options, by score.

    Args:
        skip: Go on after one that does not fit. note: What else to say of each.
    """

    def rank(option: int) -> tuple[bool, Fraction]:
        cost = spending.budget.costs[option]
        if per == "option":
            return (True, -Fraction(scores[option]))
        return (cost > 0, -Fraction(scores[option]) / (cost or 1))

    for _, equals in groupby(sorted(options, key=rank), key=rank):
        waiting = list(equals)
        while waiting:
            option = spending.choose(waiting)
            waiting.remove(option)
            tallies = {option: str(scores[option])}
            if option in spending.excluded:
                spending.tell("skipped", option, tallies, why="conflict", **note)
            elif spending.fits(option):
                spending.fund("funded", option, tallies, **note)
            else:
                spending.tell("skipped", option, tallies, why="cost", **note)
                if not skip:
                    return
