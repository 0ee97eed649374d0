"""What a rule of counting comes to: winners, the rounds on the way, and every tie with how it was broken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Event = Literal["counted", "dropped", "elected", "excluded", "surplus", "funded", "skipped", "no_majority"]


@dataclass(frozen=True, slots=True)
class Round:
    """One step of a count.

    Attributes:
        event: What happened. options: To whom.
        tallies: What each option had then: exact decimals or fractions as text ("12.50000", "3/7").
        note: Further figures by name, as text: a quota, a price per vote, what was left of the budget.
    """

    event: Event
    options: tuple[int, ...]
    tallies: Mapping[int, str] = field(default_factory=dict)
    note: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tie:
    """A choice between equals.

    Attributes:
        round: The number of the round that it decided, from 0. among: The equals. chosen: Who was taken, or taken out.
        by: `order`: the declared order of the lot; otherwise the name of the rule that told them apart.
    """

    round: int
    among: tuple[int, ...]
    chosen: int
    by: str = "order"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Winners in the order in which they won (or of the options, where none is before another)."""

    winners: tuple[int, ...]
    rounds: tuple[Round, ...] = ()
    ties: tuple[Tie, ...] = ()
    note: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Book:
    """Rounds and ties while they are being counted. `order` lists all options; who is earlier in it wins a tie."""

    order: Sequence[int]
    rounds: list[Round] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)

    def first(self, among: Sequence[int], by: str = "order") -> int:
        """The one of some equals who comes first in the order; written down, if there is more than one."""
        chosen = min(among, key=self.order.index)
        if len(among) > 1:
            self.ties.append(Tie(len(self.rounds), tuple(sorted(among)), chosen, by))
        return chosen

    def last(self, among: Sequence[int], by: str = "order") -> int:
        """The one of some equals who comes last in the order: who is taken out."""
        chosen = max(among, key=self.order.index)
        if len(among) > 1:
            self.ties.append(Tie(len(self.rounds), tuple(sorted(among)), chosen, by))
        return chosen

    def outcome(self, winners: Sequence[int], **note: str) -> Outcome:
        """Close the book."""
        return Outcome(tuple(winners), tuple(self.rounds), tuple(self.ties), note)
