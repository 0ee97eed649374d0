"""Scottish STV once more, as one would count by hand: paper by paper, in decimals. And the ways in which some libraries differ."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from commonhold.governance.counting.ballots import Ranking, Rankings

FIVE = Decimal("0.00001")

WAYS = {
    "unweighted": "Every paper goes on at the same value, whatever it was worth when it came: surplus / papers.",
    "no_one": "The quota is V / (seats + 1), with its fraction and without one more.",
    "at_once": "All surpluses of a stage go on in one stage.",
    "waiting": "As at_once, one after the other, and who is elected and waits for the turn receives papers.",
    "grabbing": "As waiting; whoever's turn it is also passes on papers that lie with those who wait, if he is the next on them.",
    "bulk": "Whoever has no more than all below together lack is excluded together with them, before anybody's papers go on.",
}
"""What libraries do that the Order does not."""


@dataclass
class Paper:
    """Some papers that are alike, and always together."""

    groups: Ranking
    many: int
    at: int | None = None
    value: Decimal = Decimal(1)
    moved: bool = False

    def best(self, among: Collection[int]) -> int | None:
        for group in self.groups:
            here = [each for each in group if each in among]
            if here:
                return here[0] if len(here) == 1 else None
        return None


class Count:
    def __init__(self, profile: Rankings, seats: int, order: Sequence[int], ways: Collection[str] = ()) -> None:
        assert set(ways) <= set(WAYS)
        self.order, self.seats, self.ways = list(order), seats, ways
        self.hopeful = list(range(len(profile.options)))
        self.elected: list[int] = []
        self.papers = [Paper(ballot, many) for ballot, many in profile.ballots.items()]
        for paper in self.papers:
            paper.at = paper.best(self.hopeful)
        self.valid = sum(paper.many for paper in self.papers if paper.at is not None)
        self.quota = Decimal(self.valid) / (seats + 1) if "no_one" in ways else Decimal(self.valid // (seats + 1) + 1)
        self.votes = {each: Decimal(sum(paper.many for paper in self.papers if paper.at == each)) for each in self.hopeful}
        self.stages: list[dict[int, Decimal]] = []
        self.stuck: list[Decimal] = []
        self.end_of_stage()
        while len(self.elected) < seats and self.hopeful:
            waiting = [each for each in self.elected if self.votes[each] > self.quota]
            if waiting:
                self.surpluses(waiting)
            else:
                self.exclude()
            self.end_of_stage()

    def end_of_stage(self) -> None:
        self.stages.append(dict(self.votes))
        self.stuck.append(sum((paper.many * paper.value for paper in self.papers if paper.moved and paper.at is None), Decimal(0)))
        new = [each for each in self.hopeful if self.votes[each] >= self.quota]
        new.sort(key=lambda each: (-self.votes[each], self.order.index(each)))
        if len(self.hopeful) - len(new) <= self.seats - len(self.elected) - len(new):
            new += sorted(set(self.hopeful) - set(new), key=lambda each: (-self.votes[each], self.order.index(each)))
        self.elected += new
        self.hopeful = [each for each in self.hopeful if each not in new]

    def ranked(self, options: Collection[int]) -> list[int]:
        """Most votes first; then by the latest earlier stage; then by the lot."""
        return sorted(options, key=lambda each: ([-stage[each] for stage in reversed(self.stages)], self.order.index(each)))

    def surpluses(self, waiting: list[int]) -> None:
        turns = self.ranked(waiting)
        if not {"at_once", "waiting", "grabbing"} & set(self.ways):
            turns = turns[:1]
        while turns:
            giver = turns.pop(0)
            receivers = {*self.hopeful, *turns} if {"waiting", "grabbing"} & set(self.ways) else {*self.hopeful}
            total, surplus = self.votes[giver], self.votes[giver] - self.quota
            mine = [paper for paper in self.papers if paper.at == giver]
            if "grabbing" in self.ways:
                mine = [paper for paper in self.papers if paper.best({giver, *self.hopeful}) == giver]
            self.votes[giver] = self.quota
            for paper in mine:
                value = surplus / sum(each.many for each in mine) if "unweighted" in self.ways else paper.value * surplus / total
                self.give(paper, value.quantize(FIVE, ROUND_DOWN), receivers)

    def exclude(self) -> None:
        out = self.ranked(self.hopeful)[-1:]
        if "bulk" in self.ways:
            listed, free = self.ranked(self.hopeful), self.seats - len(self.elected)
            below = [sum(self.votes[each] for each in listed[place:]) for place in range(len(listed))]
            out = [each for place, each in enumerate(listed) if place >= free and below[place] <= self.votes[listed[place - 1]]]
        self.hopeful = [each for each in self.hopeful if each not in out]
        for giver in out:
            mine = [paper for paper in self.papers if paper.at == giver]
            total, self.votes[giver] = self.votes[giver], Decimal(0)
            for paper in mine:
                value = (total / sum(each.many for each in mine)).quantize(FIVE, ROUND_DOWN) if "unweighted" in self.ways else paper.value
                self.give(paper, value, self.hopeful)

    def give(self, paper: Paper, value: Decimal, receivers: Collection[int]) -> None:
        paper.value, paper.at, paper.moved = value, paper.best(receivers), True
        if paper.at is not None:
            self.votes[paper.at] += paper.many * value
