"""What groups of like ballots still have to spend in equal shares: near enough in whole numbers, and exactly.

An exact balance is a fraction whose terms grow with every round, too slow for thousands of ballots. So `Screen` keeps a whole
number for each group and bounds the error; where bounds cannot decide, `Exact` does. Both know the same formula: an option
of cost c is bought at the smallest ρ with Σ min(balance, ρ·utility) = c over its supporters (`governance.md` 8.6).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from gmpy2 import mpq
from numpy.typing import NDArray

from .ballots import Approvals, Scores

Numbers = NDArray[np.int64]
BITS = 61
"""How large a sum of balances may become in the screen: below the range of int64 by what a sum of bounds can add."""


class Supporters(NamedTuple):
    """Who supports an option: groups of like ballots.

    Attributes:
        groups: Their numbers. weights: How many ballots each is. utilities: What the option is worth to a ballot of each,
            before what is the same for all; `None`: 1. shares: weights × utilities, and `all_shares` their sum.
    """

    groups: Numbers
    weights: Numbers
    utilities: Numbers | None
    shares: Numbers
    all_shares: int

    @classmethod
    def of(cls, groups: Numbers, weights: Numbers, utilities: Numbers | None) -> Supporters:
        """With the products."""
        shares = weights if utilities is None else weights * utilities
        return cls(groups, weights, utilities, shares, int(shares.sum()))

    def only(self, these: Numbers) -> Supporters:
        """Those at these places."""
        return Supporters.of(self.groups.take(these), self.weights.take(these), None if self.utilities is None else self.utilities.take(these))


def supporters_of(profile: Approvals | Scores, entitled: frozenset[int], *, points: bool) -> dict[int, Supporters]:
    """The supporters of the options that are entitled; groups are the profile's ballots, by place.

    Args:
        points: Whether points are utilities; otherwise every option that a ballot names with more than no points is worth 1.
    """
    worths: Numbers | None = None
    if isinstance(profile, Scores):
        given = [worth for ballot in profile.ballots for _, worth in ballot]
        named = [option for ballot in profile.ballots for option, _ in ballot]
        worths = np.array(given if points else [int(worth > 0) for worth in given], np.int64)
    else:
        named = [option for ballot in profile.ballots for option in ballot]
    options, people = np.array(named, np.int64), np.array(list(profile.ballots.values()), np.int64)
    groups = np.repeat(np.arange(len(people)), np.array([len(ballot) for ballot in profile.ballots], np.int64))
    by_option = np.argsort(options, kind="stable")
    ends = np.searchsorted(options[by_option], np.arange(len(profile.options) + 1))
    found = {}
    for option in sorted(entitled):
        these = by_option[ends[option] : ends[option + 1]]
        if worths is not None:
            these = these[worths[these] > 0]
        found[option] = Supporters.of(groups[these], people[groups[these]], worths[these] if points and worths is not None else None)
    return found


class Bounds(NamedTuple):
    """Bounds of an option's ρ; `exact`, if they are known to be one number."""

    low: mpq
    high: mpq

    @property
    def exact(self) -> bool:
        """Whether ρ is known."""
        return bool(self.low == self.high)


class Screen:
    """Balances in whole numbers of 2^-shift money units, rounded down: the true one is at most `width` more.

    Who has nothing left for certain is marked by -1 and left out of all sums. Supporters of each option are copied, to
    drop those who have nothing left.
    """

    def __init__(self, supporters: dict[int, Supporters], groups: int, ballots: int, start: mpq) -> None:
        """
        Args:
            groups: How many groups there are. ballots: How many ballots in all. start: What each ballot has, in money units.
        """
        self._supporters = dict(supporters)
        worth = max((int(some.utilities.max()) for some in supporters.values() if some.utilities is not None and some.groups.size), default=1)
        self._worth = worth
        largest = (int(start) + 1) * max(ballots, worth, 1)
        self.shift = BITS - largest.bit_length() - 1
        """Negative, if money is too large to be screened: then nothing may be asked here."""
        scaled = start * (1 << max(self.shift, 0))
        self._balances = np.full(groups, int(scaled) if start and self.usable else -1, np.int64)
        self._width = int(scaled.denominator != 1)

    @property
    def usable(self) -> bool:
        """Whether money fits, with some bits to spare."""
        return self.shift >= 0

    @property
    def blurred(self) -> bool:
        """Whether errors have grown so much that the exact balances should be asked."""
        return self._width.bit_length() > BITS // 2

    def _alive(self, option: int) -> tuple[Supporters, Numbers]:
        """Those who may have something left, and what they have."""
        some = self._supporters[option]
        balances = self._balances.take(some.groups)
        if balances.size and balances.min() < 0:
            alive = (balances >= 0).nonzero()[0]
            some = self._supporters[option] = some.only(alive)
            balances = balances.take(alive)
        return some, balances

    def bounds(self, option: int, cost: int, scale: mpq | int = 1) -> Bounds | bool:
        """Bounds of ρ, in this screen's unit divided by the scale; `False`, if it is too dear for its supporters; `True`, if that cannot be told.

        The sum of what supporters pay is a concave function of ρ, made of straight lines: Newton's method from below comes to
        the root for the balances as they stand here, which is an upper bound. The line on which it ends, raised by the error,
        gives a lower bound, as any such line lies above the function.
        """
        some, balances = self._alive(option)
        scaled = cost << self.shift
        if scaled.bit_length() > BITS:
            return False  # more than all money there is
        have = int(balances.dot(some.weights))
        if have < scaled:
            return have + self._width * int(some.weights.sum()) >= scaled and bool(some.groups.size)
        rest = all_shares = some.all_shares
        kept = people = 0
        high = -(-scaled // rest) if rest else 0
        while rest:
            limits = high if some.utilities is None else high * some.utilities
            spent = balances < limits
            if not spent.any():
                rho = mpq(scaled, all_shares * scale)
                return Bounds(rho, rho)
            paid, now_rest = int(np.minimum(balances, limits).dot(some.weights)), all_shares - int(some.shares.dot(spent))
            if now_rest:
                kept, rest = paid - high * now_rest, now_rest
                people = all_shares - rest if some.utilities is None else int(some.weights @ spent)
            if paid >= scaled:
                break
            high = -(-(scaled - kept) // rest)
        low = max((scaled - kept - self._width * people) // rest, 0) if rest else 0
        return Bounds(mpq(low, scale), mpq(high, scale))

    def pay(self, option: int, bounds: Bounds) -> None:
        """Take what each supporter pays at this ρ."""
        some, balances = self._alive(option)
        low, high = int(bounds.low), -int(-bounds.high // 1)
        least, most = (low, high) if some.utilities is None else (low * some.utilities, high * some.utilities)
        left = np.maximum(balances - most, 0)
        left[balances + self._width <= least] = -1
        self._balances[some.groups] = left
        self._width += (high - low) * (1 if some.utilities is None else self._worth)

    def correct(self, exact: Exact) -> None:
        """Begin anew from the exact balances."""
        self._balances = exact.rounded(self.shift)
        self._width = 1


class Exact:
    """Exact balances. Groups that paid for the same options at the same worth have the same, so there are few of them."""

    def __init__(self, supporters: dict[int, Supporters], groups: int, start: mpq) -> None:
        self._supporters = supporters
        self._balances: list[mpq] = [mpq(0), start]
        self._of: Numbers = np.ones(groups, np.int64)
        self.paid: list[tuple[int, mpq]] = []
        """(option, ρ) so far."""

    def _classes(self, option: int) -> tuple[Numbers, list[tuple[int, int, int]]]:
        """(class of each supporter, [(balance's number, utility, ballots)] by class) of those who have something left."""
        some = self._supporters[option]
        keys = self._of[some.groups]
        base = 1
        if some.utilities is not None:
            base = int(some.utilities.max(initial=1)) + 1
            keys = keys * base + some.utilities
        found, inverse = np.unique(keys, return_inverse=True)
        people = np.zeros(len(found), np.int64)
        np.add.at(people, inverse, some.weights)
        each = [divmod(int(key), base) if base > 1 else (int(key), 1) for key in found]
        return inverse, [(number, worth, int(many)) for (number, worth), many in zip(each, people, strict=True)]

    def affordable(self, option: int, cost: int) -> bool:
        """Whether its supporters have what it costs."""
        return bool(sum(self._balances[number] * many for number, _, many in self._classes(option)[1]) >= cost)

    def rho(self, option: int, cost: int) -> mpq:
        """The ρ at which an affordable option is bought, in money units per utility."""
        if not cost:
            return mpq(0)
        able = [(self._balances[number], worth, many) for number, worth, many in self._classes(option)[1] if number]
        able.sort(key=lambda each: mpq(each[0], each[1]))
        rest, shares = mpq(cost), sum(worth * many for _, worth, many in able)
        for balance, worth, many in able:
            if balance * shares >= rest * worth:
                return mpq(rest, shares)
            rest -= balance * many
            shares -= worth * many
        raise AssertionError(f"option {option} is not affordable")

    def pay(self, option: int, rho: mpq) -> None:
        """Take what each supporter pays."""
        inverse, classes = self._classes(option)
        numbers = np.zeros(len(classes), np.int64)
        for place, (number, worth, _) in enumerate(classes):
            left = self._balances[number] - rho * worth
            if left > 0:
                numbers[place] = len(self._balances)
                self._balances.append(left)
        self._of[self._supporters[option].groups] = numbers[inverse]
        self.paid.append((option, rho))

    def rounded(self, shift: int) -> Numbers:
        """What each group has, in units of 2^-shift, rounded down; -1 for nothing."""
        used, inverse = np.unique(self._of, return_inverse=True)
        values = [int(self._balances[int(number)] * (1 << shift)) if number else -1 for number in used]
        return np.array(values, np.int64)[inverse]
