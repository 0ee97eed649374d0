"""Spending a budget: what rules for budgets share. What fits, what excludes what, who comes first among equals, and how it is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from gmpy2 import mpq

from .ballots import Approvals, Budget, Scores
from .outcome import Book, Event, Outcome, Round, Tie

TieRule = Literal["votes", "cheapest", "dearest"]
"""Who is preferred among equals: most votes, lowest cost, highest cost."""


def votes_of(profile: Approvals | Scores) -> tuple[int, ...]:
    """How many ballots support each option: name it, or give it more than no points."""
    votes = [0] * len(profile.options)
    if isinstance(profile, Scores):
        for points, many in profile.ballots.items():
            for option, given in points:
                votes[option] += many if given > 0 else 0
    else:
        for group, many in profile.ballots.items():
            for option in group:
                votes[option] += many
    return tuple(votes)


def points_of(profile: Scores) -> tuple[int, ...]:
    """The sum of points of each option."""
    sums = [0] * len(profile.options)
    for points, many in profile.ballots.items():
        for option, given in points:
            sums[option] += many * given
    return tuple(sums)


def check(options: Sequence[str], budget: Budget, order: Sequence[int]) -> None:
    """What callers have to keep to.

    Raises:
        ValueError: Costs or order are not those of the options, money is negative, or a conflict names what is not there.
    """
    if len(budget.costs) != len(options) or sorted(order) != list(range(len(options))):
        raise ValueError("costs and order are of all options, each once")
    if budget.total < 0 or any(cost < 0 for cost in budget.costs):
        raise ValueError("a budget and its costs are not negative")
    if any(not 0 <= option < len(options) for group in budget.conflicts for option in group):
        raise ValueError("a conflict names an option that is not there")


def text_of(amount: mpq | int, digits: int = 6) -> str:
    """An amount as a decimal, what is beyond the digits cut off.

    >>> text_of(mpq(200, 3)), text_of(5), text_of(mpq(1, 8), 3)
    ('66.666666', '5', '0.125')
    """
    exact = mpq(amount)
    whole, rest = divmod(abs(exact.numerator) * 10**digits // exact.denominator, 10**digits)
    fraction = f".{rest:0{digits}d}".rstrip("0").rstrip(".")
    return f"{'-' if exact < 0 else ''}{whole}{fraction}"


def excluded_by(option: int, conflicts: Iterable[Sequence[int]]) -> set[int]:
    """What cannot be funded once this option is."""
    return {other for group in conflicts if option in group for other in group if other != option}


@dataclass(slots=True)
class Preference:
    """Who comes first among equals: by each rule in turn, then by the declared order of the lot.

    Attributes:
        votes, costs: Of each option. order: All options; who is earlier wins.
    """

    rules: Sequence[TieRule]
    votes: Sequence[int]
    costs: Sequence[int]
    order: Sequence[int]

    def first(self, among: Iterable[int]) -> tuple[int, str]:
        """(the one chosen, what told them apart in the end)."""
        left = sorted(among)
        for rule in self.rules:
            best = min(self._key(rule, option) for option in left)
            left = [option for option in left if self._key(rule, option) == best]
            if len(left) == 1:
                return left[0], rule
        return min(left, key=self.order.index), "order"

    def _key(self, rule: TieRule, option: int) -> int:
        if rule == "votes":
            return -self.votes[option]
        return self.costs[option] if rule == "cheapest" else -self.costs[option]


@dataclass(slots=True)
class Spending:
    """A budget while it is spent.

    Attributes:
        funded: In this order. spent: What they cost. excluded: What is in conflict with them.
    """

    budget: Budget
    preference: Preference
    book: Book = field(init=False)
    funded: list[int] = field(default_factory=list)
    spent: int = 0
    excluded: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.book = Book(self.preference.order)

    @property
    def left(self) -> int:
        """What is not spent."""
        return self.budget.total - self.spent

    def fits(self, option: int) -> bool:
        """Whether there is enough left for it."""
        return self.budget.costs[option] <= self.left

    def choose(self, among: Sequence[int]) -> int:
        """One of some equals; written down, if there is more than one."""
        chosen, by = self.preference.first(among)
        if len(among) > 1:
            self.book.ties.append(Tie(len(self.book.rounds), tuple(sorted(among)), chosen, by))
        return chosen

    def fund(self, event: Event, option: int, tallies: Mapping[int, str], **note: str) -> None:
        """Pay for it, and say so."""
        self.funded.append(option)
        self.spent += self.budget.costs[option]
        self.excluded |= excluded_by(option, self.budget.conflicts)
        self.tell(event, option, tallies, **note)

    def tell(self, event: Event, option: int, tallies: Mapping[int, str], **note: str) -> None:
        """A round, with what is left of the budget."""
        self.book.rounds.append(Round(event, (option,), tallies, {**note, "left": str(self.left)}))

    def outcome(self, **note: str) -> Outcome:
        """Close the book."""
        return self.book.outcome(self.funded, spent=str(self.spent), left=str(self.left), **note)
