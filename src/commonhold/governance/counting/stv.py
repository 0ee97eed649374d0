"""Scottish STV: the single transferable vote of The Scottish Local Government Elections Order 2007 (SSI 2007/42).

Rules 45 to 52 of its Schedule 1, the same since in SSI 2011/399: weighted inclusive Gregory, on whole hundred-thousandths of a
vote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .ballots import Rankings
from .levels import NOBODY, Integers, Levels, levels, next_choices
from .outcome import Book, Event, Outcome, Round
from .stages import extreme

UNIT = 100_000
"""One vote, in the smallest part that is counted (five decimal places, rule 48)."""


def stv(profile: Rankings, seats: int, order: Sequence[int]) -> Outcome:
    """Who is elected by Scottish STV.

    - The quota is ⌊V / (seats + 1)⌋ + 1, with V the ballots that have a first preference (46).
    - Who has the quota is elected (47). While seats are open, the largest surplus goes on: every paper of that candidate at
      value × surplus / total, cut to five decimals (48), to the next continuing candidate on it.
    - If there is no surplus, the lowest is excluded; their papers go on at the value they came with (50).
    - Of equals, who had more at the latest earlier stage at which they differed goes on first, or stays (49, 51); if they
      never differed, the lot decides, which is the declared order: who is earlier in it goes first, who is later is excluded.
    - As soon as no more candidates continue than seats are open, all of them are elected (52).

    A paper passes over candidates who do not continue. **Equal ranks**, which the Order does not know: it goes on until it
    comes to a group with more than one continuing candidate; from there it is not transferable, for good. If that is its
    first group, it has no first preference, and does not count towards V.

    Args:
        seats: How many are to be elected, at least 0.

    Returns:
        Winners in the order in which they were elected (at one stage, by votes, then by the declared order). Each stage is a
        round: `counted` (first preferences), `surplus`, `excluded`; then `elected`, where it elects somebody, with the same
        tallies. Tallies are votes with five decimals; so are `not_transferable` and `rounding` (lost by cutting) in the note,
        which bring their sum to V at each stage. `quota` and `valid` are in the note of the outcome.
    """
    count = _Count.of(profile, seats, order)
    count.stage("counted", ())
    while len(count.winners) < seats and count.continuing:
        surplus = [option for option in count.winners if int(count.tallies[option]) > count.quota]
        if surplus:
            count.transfer(count.pick(surplus, most=True))
        else:
            count.exclude(count.pick(count.continuing, most=False))
    return count.book.outcome(count.winners, quota=str(count.quota // UNIT), valid=str(count.valid // UNIT))


def text(amount: int) -> str:
    """An amount of hundred-thousandths as text.

    >>> text(1_250_000)
    '12.50000'
    """
    return f"{amount // UNIT}.{amount % UNIT:05}"


@dataclass(slots=True)
class _Count:
    """Where the papers lie. Amounts are hundred-thousandths of a vote."""

    seats: int
    book: Book
    found: Levels
    many: Integers
    holder: Integers
    value: Integers
    """Of each paper of such a ballot."""
    valid: int
    quota: int
    tallies: Integers
    continuing: list[int]
    winners: list[int] = field(default_factory=list)
    history: list[Integers] = field(default_factory=list)
    not_transferable: int = 0

    @classmethod
    def of(cls, profile: Rankings, seats: int, order: Sequence[int]) -> _Count:
        found, many = levels(profile)
        everybody = list(range(len(found)))
        holder = next_choices(found, np.arange(len(many)), everybody)
        valid = int(many[holder != NOBODY].sum())
        tallies = np.zeros(len(found), dtype=np.int64)
        np.add.at(tallies, holder[holder != NOBODY], many[holder != NOBODY] * UNIT)
        quota = (valid // (seats + 1) + 1) * UNIT
        return cls(seats, Book(order), found, many, holder, np.full(len(many), UNIT), valid * UNIT, quota, tallies, everybody)

    def stage(self, event: Event, options: tuple[int, ...]) -> None:
        """Write a stage down, and who is elected at its end."""
        self.history.append(self.tallies.copy())
        tallies = {option: text(int(votes)) for option, votes in enumerate(self.tallies)}
        rounding = self.valid - int(self.tallies.sum()) - self.not_transferable
        note = {"not_transferable": text(self.not_transferable), "rounding": text(rounding)}
        self.book.rounds.append(Round(event, options, tallies, note))
        elected = self._by_votes([option for option in self.continuing if self.tallies[option] >= self.quota])
        rest = [option for option in self.continuing if option not in elected]
        if len(rest) <= self.seats - len(self.winners) - len(elected):
            elected += self._by_votes(rest)
        if elected:
            self.winners += elected
            self.continuing = [option for option in self.continuing if option not in elected]
            self.book.rounds.append(Round("elected", tuple(elected), tallies, note))

    def transfer(self, option: int) -> None:
        """The surplus of one who is elected goes on."""
        total, surplus = int(self.tallies[option]), int(self.tallies[option]) - self.quota
        mine = np.flatnonzero(self.holder == option)
        values, which = np.unique(self.value[mine], return_inverse=True)
        self.value[mine] = np.array([surplus * int(value) // total for value in values], dtype=np.int64)[which]
        self.tallies[option] = self.quota
        self._move(mine)
        self.stage("surplus", (option,))

    def exclude(self, option: int) -> None:
        """The one with the fewest votes is out; their papers go on as they are."""
        self.continuing.remove(option)
        self.tallies[option] = 0
        self._move(np.flatnonzero(self.holder == option))
        self.stage("excluded", (option,))

    def pick(self, options: Sequence[int], *, most: bool) -> int:
        """The one with the most or the fewest votes; among equals by the latest earlier stage, then by the declared order."""
        return extreme(self.book, options, self.history, most=most)

    def _move(self, papers: Integers) -> None:
        to = next_choices(self.found, papers, self.continuing)
        amounts = self.many[papers] * self.value[papers]
        self.holder[papers] = to
        self.not_transferable += int(amounts[to == NOBODY].sum())
        np.add.at(self.tallies, to[to != NOBODY], amounts[to != NOBODY])

    def _by_votes(self, options: Sequence[int]) -> list[int]:
        return sorted(options, key=lambda option: (-int(self.tallies[option]), self.book.order.index(option)))
