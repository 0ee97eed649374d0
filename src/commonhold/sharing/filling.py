"""Sharing in proportion, within bounds: ceilings per contribution, floors and caps per peer. Pure and exact.

Think of water: at level λ (money per point) a contribution of w points holds λ·w, but not more than its ceiling; a peer
holds what their contributions hold, but at least the floor and at most the cap. The level is raised until the amount is
used up. It is found as an exact fraction.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from .rounding import Integers, fitting, largest_remainder, running_split

NO_CEILING = -1
ROUNDS_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Items:
    """What is shared among: items (contributions) of groups (peers). Items of a group stand together.

    Attributes:
        weights: Points of each item, above 0. ceilings: Most that each may get, or -1; None if none has a ceiling.
        starts: First index of each group.
    """

    weights: Integers
    starts: Integers
    ceilings: Integers | None = None

    def group_weights(self) -> Integers:
        """The points of each group."""
        kind = fitting(len(self.weights), self.weights.max())
        return np.asarray(np.add.reduceat(self.weights.astype(kind), self.starts))


@dataclass(frozen=True, slots=True)
class Filled:
    """Whole amounts for each group and each item. They may add up to less than the total, where all bounds are reached."""

    groups: list[int]
    items: Integers


def fill(total: int, items: Items, at_least: int = 0, at_most: int | None = None) -> Filled | None:
    """Share a total among items in proportion to their points, within the bounds.

    Groups are rounded by largest remainder; within a group, items are rounded by running sums.

    Returns:
        The amounts, or None if the floors add up to more than the total.
    """
    if items.ceilings is None and not at_least and at_most is None:
        groups = largest_remainder(total, [int(weight) for weight in items.group_weights()])
        return Filled(groups, running_split(np.array(groups, dtype=object), items.weights, items.starts))
    bounds = _bounds(items, at_least, at_most)
    if sum(low for low, _ in bounds) > total:
        return None
    groups = _fill_groups(total, items, bounds)
    return Filled(groups, _fill_items(groups, items))


def _bounds(items: Items, at_least: int, at_most: int | None) -> list[tuple[int, int | None]]:
    """Floor and cap of each group; a group all of whose items have ceilings cannot hold more than they do."""
    count = len(items.starts)
    caps: list[int | None] = [at_most] * count
    if items.ceilings is not None:
        open_ended = np.add.reduceat((items.ceilings < 0).astype(np.int64), items.starts)
        sums = np.add.reduceat(items.ceilings.astype(object), items.starts)
        for group in np.flatnonzero(open_ended == 0):
            room = int(sums[group])
            caps[group] = room if at_most is None else min(room, at_most)
    return [(at_least if cap is None else min(at_least, cap), cap) for cap in caps]


def _fill_groups(total: int, items: Items, bounds: list[tuple[int, int | None]]) -> list[int]:
    """What each group gets, in whole units."""
    if all(cap is not None for _, cap in bounds) and sum(cap or 0 for _, cap in bounds) <= total:
        return [cap or 0 for _, cap in bounds]
    held = _find_level(total, items, bounds)
    floors = [int(amount) for amount in held]
    remainders = [amount - floor for amount, floor in zip(held, floors, strict=True)]
    left = total - sum(floors)
    order = sorted((index for index, part in enumerate(remainders) if part), key=lambda index: (-remainders[index], index))
    for index in order[:left]:
        floors[index] += 1
    return floors


def _find_level(total: int, items: Items, bounds: list[tuple[int, int | None]]) -> list[Fraction]:
    """What each group holds at the level at which all of them hold the total."""
    weights = [int(weight) for weight in items.group_weights()]
    level, low = Fraction(total, sum(weights)), Fraction(0)
    high: Fraction | None = None
    for _ in range(ROUNDS_MAX):
        held, slope = _at_level(level, items, weights, bounds)
        missing = total - sum(held)
        if not missing:
            return held
        if missing > 0:
            low = level
        else:
            high = level
        candidate = level + Fraction(missing, slope) if slope else low
        if not low < candidate or (high is not None and not candidate < high):
            candidate = level * 2 if high is None else (low + high) / 2
        level = candidate
    raise AssertionError("the level of a piecewise linear function is found in a bounded number of rounds")


def _at_level(level: Fraction, items: Items, points: list[int], bounds: list[tuple[int, int | None]]) -> tuple[list[Fraction], int]:
    """What each group holds at a level, and how fast their sum grows with it."""
    if items.ceilings is None:
        sums = [weight * level for weight in points]
        slopes = points
    else:
        weights = items.weights.astype(object)
        raised, ceiling = weights * level.numerator, items.ceilings.astype(object) * level.denominator
        full = (items.ceilings >= 0) & (raised >= ceiling)
        sums = [Fraction(value, level.denominator) for value in np.add.reduceat(np.where(full, ceiling, raised), items.starts)]
        slopes = list(np.add.reduceat(np.where(full, 0, weights), items.starts))
    held, slope = [], 0
    for amount, growth, (floor, cap) in zip(sums, slopes, bounds, strict=True):
        if amount < floor:
            held.append(Fraction(floor))
        elif cap is not None and amount >= cap:
            held.append(Fraction(cap))
        else:
            held.append(amount)
            slope += growth
    return held, slope


def _fill_items(groups: list[int], items: Items) -> Integers:
    """What each item of each group gets, in whole units, and no more than its ceiling."""
    amounts = running_split(np.array(groups, dtype=object), items.weights, items.starts)
    if items.ceilings is None:
        return amounts
    over = (items.ceilings >= 0) & (amounts > items.ceilings)
    ends = [*items.starts[1:], len(items.weights)]
    for group in np.flatnonzero(np.add.reduceat(over.astype(np.int64), items.starts)):
        part = slice(int(items.starts[group]), int(ends[group]))
        amounts[part] = _fill_one(groups[group], items.weights[part], items.ceilings[part])
    return amounts


def _fill_one(total: int, weights: Integers, ceilings: Integers) -> list[int]:
    """Share a group's amount among its items: full ones get their ceiling, the others share what is left."""
    amounts = [0] * len(weights)
    open_, left = list(range(len(weights))), total
    while True:
        parts = largest_remainder(left, [int(weights[index]) for index in open_])
        full = [index for index, part in zip(open_, parts, strict=True) if 0 <= ceilings[index] <= part]
        if not full:
            for index, part in zip(open_, parts, strict=True):
                amounts[index] = part
            return amounts
        for index in full:
            amounts[index] = int(ceilings[index])
            left -= amounts[index]
        full_set = set(full)
        open_ = [index for index in open_ if index not in full_set]
        if not open_:
            return amounts
