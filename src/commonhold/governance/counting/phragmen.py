"""Phragmén's sequential rule: loads are spread as evenly as they can be. For budgets, and for panels.

Every option costs its supporters a load; it is shared so that all of them carry the same in the end. The next option is
always the one after which that load is smallest: (what its supporters carry + its cost) / how many they are. From
`governance.md` 7.2; Brill, Freeman, Janson, Lackner: Phragmén's voting methods and justified representation (2017).

After a round all supporters of an option carry the same, so loads are as many as rounds: exact fractions are quick.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from gmpy2 import mpq
from numpy.typing import NDArray

from .ballots import Approvals, Budget
from .outcome import Outcome
from .spending import Preference, Spending, TieRule, check, text_of, votes_of

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Phragmen:
    """How to count.

    Attributes:
        minimum_support: The least number of ballots that approve of an option.
        skip_unaffordable: Go on after an option that does not fit; otherwise stop there, as the rule has it.
        ties: Who is preferred among equals, before the declared order.
    """

    minimum_support: int = 0
    skip_unaffordable: bool = False
    ties: tuple[TieRule, ...] = ()


def phragmen(profile: Approvals, budget: Budget, order: Sequence[int], rule: Phragmen = Phragmen()) -> Outcome:
    """Divide a budget by loads.

    Args:
        order: All options; who is earlier wins a tie that no rule decides.

    Returns:
        A round `funded` for each winner (tallies: votes; note: the load of a supporter after it, in the budget's unit, cut off
        after six decimals), and `skipped` for what did not fit. What nobody approves of is never funded.

    Raises:
        ValueError: Costs or order are not those of the profile's options.
    """
    return _spread(profile, budget, order, rule)


def phragmen_panel(profile: Approvals, seats: int, order: Sequence[int]) -> Outcome:
    """Elect a panel by loads: every seat costs 1.

    Args:
        seats: How many. order: All options; who is earlier wins a tie.

    Returns:
        A round `elected` for each winner, as for a budget of `seats`. Seats for which nobody is left whom anybody approves of
        stay vacant; the note's `left` says how many.

    Raises:
        ValueError: Seats are negative, or the order is not that of the profile's options.
    """
    return _spread(profile, Budget(seats, (1,) * len(profile.options)), order, Phragmen(), panel=True)


def _spread(profile: Approvals, budget: Budget, order: Sequence[int], rule: Phragmen, *, panel: bool = False) -> Outcome:
    """Count; a panel is complete when there is no seat left."""
    check(profile.options, budget, order)
    votes = votes_of(profile)
    loads = _Loads(profile)
    entitled = [option for option, many in enumerate(votes) if many and many >= rule.minimum_support]
    spending = Spending(budget, Preference(rule.ties, votes, budget.costs, order))
    # Loads only grow: what an option came to in an earlier round is a lower bound of what it comes to now.
    waiting = [(mpq(budget.costs[option], votes[option]), option) for option in entitled]
    heapq.heapify(waiting)
    while waiting and not (panel and not spending.left):
        equals: list[int] = []
        best: mpq | None = None
        seen: list[tuple[mpq, int]] = []
        while waiting and (best is None or waiting[0][0] <= best):
            _, option = heapq.heappop(waiting)
            if option in spending.excluded:
                continue
            load = mpq(loads.carried(option) + budget.costs[option], votes[option])
            seen.append((load, option))
            if best is None or load < best:
                best, equals = load, [option]
            elif load == best:
                equals.append(option)
        if best is None:
            break
        chosen = spending.choose(equals)
        for entry in seen:
            if entry[1] != chosen:
                heapq.heappush(waiting, entry)
        tallies = {chosen: str(votes[chosen])}
        if spending.fits(chosen):
            loads.put(chosen, best)
            spending.fund("elected" if panel else "funded", chosen, tallies, load=text_of(best))
        else:
            spending.tell("skipped", chosen, tallies, why="cost", load=text_of(best))
            if not rule.skip_unaffordable:
                break
    return spending.outcome()


class _Loads:
    """What each group of like ballots carries: nothing, or the load of the last option that it got."""

    def __init__(self, profile: Approvals) -> None:
        ballots = [(group, many) for group, many in profile.ballots.items() if group and many]
        supporters: list[list[int]] = [[] for _ in profile.options]
        for number, (group, _) in enumerate(ballots):
            for option in group:
                supporters[option].append(number)
        weights = np.array([many for _, many in ballots], np.int64)
        self._supporters: list[Numbers] = [np.array(some, np.int64) for some in supporters]
        self._weights = [weights[some] for some in self._supporters]
        self._last: Numbers = np.zeros(len(ballots), np.int64)
        self._loads = [mpq(0)]

    def carried(self, option: int) -> mpq:
        """What all supporters of an option carry together."""
        counts = np.zeros(len(self._loads), np.int64)
        np.add.at(counts, self._last[self._supporters[option]], self._weights[option])
        return sum((int(counts[number]) * self._loads[number] for number in np.flatnonzero(counts)), mpq(0))

    def put(self, option: int, load: mpq) -> None:
        """Let all supporters of an option carry this."""
        self._last[self._supporters[option]] = len(self._loads)
        self._loads.append(load)
