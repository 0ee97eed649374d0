"""The Method of Equal Shares: every ballot gets the same part of a budget, and spends it on what it supports.

Each ballot has b = budget / ballots. An option of cost c is bought at the smallest ρ with Σ min(balance, ρ·utility) = c over
its supporters; the option with the smallest ρ is next, and its supporters pay. When no option can be bought, money is left
over: `completion` says what becomes of it. `governance.md` 8.6; Peters, Pierczyński, Skowron: Proportional participatory
budgeting with additive utilities (2021); equalshares.net.

The result is that of exact fractions. Ties are true ones, and every one is written down.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gmpy2 import mpq

from .balances import BITS, Bounds, Exact, Screen, Supporters, supporters_of
from .ballots import Approvals, Budget, Scores
from .greedy import fill
from .outcome import Outcome, Tie
from .spending import Preference, Spending, TieRule, check, excluded_by, points_of, text_of, votes_of


@dataclass(frozen=True, slots=True)
class EqualShares:
    """How to count.

    Attributes:
        utility: What an option is worth to a supporter: its `cost`; 1 (`cardinality`); its cost per supporter (`effort`); the
            `points` that the ballot gives to it. completion: What becomes of money that is left: nothing (`none`); the
            greedy rule spends it (`greedy`: by votes, or by points if they are the utility); b is raised step by step
            (`add1`); that, then the greedy rule (`add1_greedy`).
        increment: By how much b is raised in each step, in the budget's unit. stop: When to stop raising it: before the step
            with which more than the budget would be spent (`overspend`); or already when nothing that is left would fit
            (`exhaustive`). Either way it ends when nothing is left. whole_start: Raise from b without its fraction, as the
            tool of equalshares.net does; otherwise from the exact one.
        minimum_support: The least number of ballots that support an option. ties: Who is preferred among equals, before the
            declared order. most_steps: b is raised no more often than this; None: as long as it takes.
    """

    utility: Literal["cost", "cardinality", "effort", "points"] = "cost"
    completion: Literal["none", "greedy", "add1", "add1_greedy"] = "none"
    increment: int = 1
    stop: Literal["overspend", "exhaustive"] = "overspend"
    whole_start: bool = False
    minimum_support: int = 0
    ties: tuple[TieRule, ...] = ("votes", "cheapest")
    most_steps: int | None = None

    def __post_init__(self) -> None:
        if self.increment < 1:
            raise ValueError("b is raised by 1 at least")


def equal_shares(profile: Approvals | Scores, budget: Budget, order: Sequence[int], rule: EqualShares = EqualShares()) -> Outcome:
    """Divide a budget by equal shares.

    Blank ballots have their part too; nobody spends it. What is free and has a supporter wins at once. Of options in conflict
    the first that is bought wins. What nobody supports is not funded.

    Args:
        order: All options; who is earlier wins a tie that no rule decides.

    Returns:
        A round `funded` for each winner: tallies are votes; the note has `price` (what a supporter who can pays at most; per
        point, if points are the utility), `rho` (the same per utility), both cut off after decimals, and `left`, in the
        budget's unit. Rounds of the greedy rule have `by: greedy`. The note of the whole has `share` (b in the end), `steps`
        (how often it was raised), `counts` (how many counts that took; one more, if the last step spent too much), `spent`, `left`.

    Raises:
        ValueError: Costs or order are not those of the profile's options, points are no whole numbers of a sane size, or
            points are asked of approvals.
    """
    check(profile.options, budget, order)
    if rule.utility == "points" and not isinstance(profile, Scores):
        raise ValueError("approvals have no points")
    election = _Election(profile, budget, order, rule)
    count = election.count(mpq(budget.total, max(profile.count, 1)))
    steps = counted = 0
    if rule.completion.startswith("add1") and election.votes:
        count, steps, counted = election.raised(count)
    spending = Spending(budget, election.preference)
    for option, price in count.prices():
        rho = mpq(price, election.worth(option))
        spending.fund("funded", option, {option: str(election.votes[option])}, price=text_of(price), rho=text_of(rho, 12))
    spending.book.ties.extend(count.ties)
    if rule.completion.endswith("greedy"):
        scores = points_of(profile) if rule.utility == "points" and isinstance(profile, Scores) else election.votes
        fill(spending, sorted(election.entitled - set(spending.funded)), scores, by="greedy")
    return spending.outcome(share=text_of(count.share), steps=str(steps), counts=str(counted + 1))


class _Election:
    """What is the same for every b."""

    def __init__(self, profile: Approvals | Scores, budget: Budget, order: Sequence[int], rule: EqualShares) -> None:
        self.budget = budget
        self.rule = rule
        self.ballots = profile.count
        self.votes = votes_of(profile)
        self.preference = Preference(rule.ties, self.votes, budget.costs, order)
        self.entitled = frozenset(option for option, many in enumerate(self.votes) if many and many >= rule.minimum_support)
        points = rule.utility == "points"
        largest = max((given for ballot in profile.ballots for _, given in ballot), default=1) if points and isinstance(profile, Scores) else 1
        if (largest * max(self.ballots, 1)).bit_length() > BITS:
            raise ValueError("points are too large to be counted")
        self.supporters: dict[int, Supporters] = supporters_of(profile, self.entitled, points=points)
        self.groups = len(profile.ballots)
        self._worth = {option: self._same_worth(option) for option in self.entitled}
        self._scales: dict[int, dict[int, mpq]] = {}
        # Nobody pays less than the same part of the cost: a lower bound of ρ, before anything is known.
        self._least = sorted((mpq(budget.costs[option], some.all_shares * self._worth[option]), option) for option, some in self.supporters.items())

    def _same_worth(self, option: int) -> mpq:
        """The part of an option's utility that is the same for all supporters."""
        cost = self.budget.costs[option]
        if self.rule.utility in ("cost", "effort") and cost:
            return mpq(cost, self.votes[option] if self.rule.utility == "effort" else 1)
        return mpq(1)

    def worth(self, option: int) -> mpq:
        """By what ρ is multiplied to give a price; 1, where an option is free or its utility is not its cost."""
        return self._worth[option]

    def scales(self, shift: int) -> dict[int, mpq]:
        """ρ of 1, as a price in units of 2^-shift, of each option."""
        if shift not in self._scales:
            self._scales[shift] = {option: worth * (1 << shift) for option, worth in self._worth.items()}
        return self._scales[shift]

    def start(self) -> list[tuple[mpq, int]]:
        """(a lower bound of ρ, option): sorted, so that it is a heap."""
        return list(self._least)

    def count(self, share: mpq) -> _Count:
        """Buy, until no option can be bought or more than the budget is spent."""
        count = _Count(self, share)
        count.run()
        return count

    def raised(self, count: _Count) -> tuple[_Count, int, int]:
        """(the last outcome within the budget, how often b was raised for it, how often it was counted with a raised b)."""
        base = mpq(int(count.share)) if self.rule.whole_start else count.share
        if base != count.share:
            count = self.count(base)
        steps = counted = 0
        while self._goes_on(count) and (self.rule.most_steps is None or steps < self.rule.most_steps):
            following = self.count(base + (steps + 1) * self.rule.increment)
            counted += 1
            if following.spent > self.budget.total:
                break
            count, steps = following, steps + 1
        return count, steps, counted

    def _goes_on(self, count: _Count) -> bool:
        """Whether a larger b could do better."""
        open_ = self.entitled - set(count.funded) - count.excluded
        left = self.budget.total - count.spent
        return bool(open_) and (self.rule.stop == "overspend" or any(self.budget.costs[option] <= left for option in open_))


class _Count:
    """One outcome, for one b."""

    def __init__(self, election: _Election, share: mpq) -> None:
        self.share = share
        self.funded: list[int] = []
        self.spent = 0
        self.excluded: set[int] = set()
        self.ties: list[Tie] = []
        self._election = election
        self._costs = election.budget.costs
        self._screen = Screen(election.supporters, election.groups, election.ballots, share)
        self._exact: Exact | None = None
        self._scales = election.scales(self._screen.shift) if self._screen.usable else {}

    def run(self) -> None:
        """Buy one option after the other.

        Balances only fall and ρ only rises: what bounded an option's ρ from below in an earlier round still does, so only those
        are looked at whose bound is not above the best found.
        """
        waiting = self._election.start()
        while waiting and self.spent <= self._election.budget.total:
            seen: list[tuple[Bounds, int]] = []
            best: mpq | None = None
            while waiting and (best is None or waiting[0][0] <= best):
                least, option = heapq.heappop(waiting)
                if option in self.excluded:
                    continue
                bounds = self._bounds(option)
                if bounds is None:
                    continue
                seen.append((Bounds(max(least, bounds.low), bounds.high), option))
                best = bounds.high if best is None or bounds.high < best else best
            if best is None:
                return
            nearest = [(bounds, option) for bounds, option in seen if bounds.low <= best]
            chosen = self._decide(nearest)
            for bounds, option in seen:
                if option != chosen:
                    heapq.heappush(waiting, (bounds.low, option))

    def _decide(self, nearest: list[tuple[Bounds, int]]) -> int:
        """Buy the one with the smallest ρ; where bounds overlap, the exact balances decide."""
        if len(nearest) > 1 and not all(bounds.exact for bounds, _ in nearest):
            nearest = [(bounds if bounds.exact else self._known(option), option) for bounds, option in nearest]
        if len(nearest) > 1:
            smallest = min(bounds.low for bounds, _ in nearest)
            nearest = [(bounds, option) for bounds, option in nearest if bounds.low == smallest]
        chosen, by = self._election.preference.first(option for _, option in nearest)
        if len(nearest) > 1:
            self.ties.append(Tie(len(self.funded), tuple(sorted(option for _, option in nearest)), chosen, by))
        self._buy(chosen, next(bounds for bounds, option in nearest if option == chosen))
        return chosen

    def _buy(self, option: int, bounds: Bounds) -> None:
        self.funded.append(option)
        self.spent += self._costs[option]
        self.excluded |= excluded_by(option, self._election.budget.conflicts)
        if self._screen.usable:
            scale = self._scales[option]
            self._screen.pay(option, Bounds(bounds.low * scale, bounds.high * scale))
            if self._screen.blurred:
                self._ask()

    def _bounds(self, option: int) -> Bounds | None:
        """Bounds of ρ, in money units per utility; nothing, if the option cannot be bought any more."""
        if self._screen.usable:
            found = self._screen.bounds(option, self._costs[option], self._scales[option])
            if isinstance(found, Bounds):
                return found
            if not found:
                return None
        return self._known(option) if self._ask().affordable(option, self._costs[option]) else None

    def _known(self, option: int) -> Bounds:
        """The exact ρ of an option that can be bought."""
        rho = mpq(self._ask().rho(option, self._costs[option]), self._election.worth(option))
        return Bounds(rho, rho)

    def _ask(self) -> Exact:
        """The exact balances after what is bought so far; the screen goes on from them."""
        if self._exact is None:
            self._exact = Exact(self._election.supporters, self._election.groups, self.share)
        behind = self.funded[len(self._exact.paid) :]
        for option in behind:
            self._exact.pay(option, self._exact.rho(option, self._costs[option]))
        if behind and self._screen.usable:
            self._screen.correct(self._exact)
        return self._exact

    def prices(self) -> list[tuple[int, mpq]]:
        """(option, what a supporter who can pays at most) of all that was bought, exactly."""
        return self._ask().paid
