"""Splitting whole amounts so that the parts add up. Pure, exact, the same on every machine."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[Any]
"""An array of whole numbers: int64 where they fit, Python integers (dtype object) where they do not. Never floats."""

INT64_SAFE = 2**62
DECAY_BITS = 30
_DECAY_INNER_BITS = 62
_CONTEXT = Context(prec=50)


def largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """Split a whole amount in proportion to weights (Hamilton's method).

    Each part is the exact one rounded down; what is left goes, a unit each, to the largest remainders; between equal
    remainders to the earlier. The parts add up to the total, whatever the weights, unless all of them are 0.

    >>> largest_remainder(100, [1, 1, 1])
    [34, 33, 33]
    """
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    parts, remainders = [], []
    for weight in weights:
        part, remainder = divmod(total * weight, whole)
        parts.append(part)
        remainders.append(remainder)
    left = total - sum(parts)
    for index in sorted(range(len(weights)), key=lambda index: (-remainders[index], index))[:left]:
        parts[index] += 1
    return parts


def fitting(*bounds: int) -> type[np.int64 | object]:
    """The cheapest exact array type for numbers up to the product of the bounds."""
    product = 1
    for bound in bounds:
        product *= max(1, int(bound))
    return np.int64 if product < INT64_SAFE else object


def running_split(amounts: Integers, weights: Integers, starts: Integers) -> Integers:
    """Split each group's amount among its members, in proportion to weights, by running sums.

    Members of a group stand together; `starts` has the first index of each. Part i is floor(A·C_i / W) minus
    floor(A·C_(i-1) / W), with C the running sum and W the sum of the group's weights. So the parts of a group add up to
    its amount, and each is within one unit of the exact part. Groups whose weights are all 0 must have the amount 0.
    """
    count = len(weights)
    if not count:
        return np.zeros(0, dtype=np.int64)
    ends = np.append(starts[1:], count)
    sums = np.add.reduceat(weights.astype(fitting(count, weights.max())), starts)
    kind = fitting(max(amounts, default=0), max(sums, default=0), 2)
    whole = fitting(sum(int(value) for value in sums), 2)
    running = np.cumsum(weights.astype(whole))
    before = np.repeat(running[starts] - weights[starts], ends - starts)
    upto = (running - before).astype(kind)
    group_amount = np.repeat(amounts.astype(kind), ends - starts)
    group_sum = np.repeat(np.where(sums == 0, 1, sums).astype(kind), ends - starts)
    floors = group_amount * upto // group_sum
    previous = np.empty_like(floors)
    previous[0] = 0
    previous[1:] = floors[:-1]
    previous[starts] = 0
    return np.asarray(floors - previous)


def decay_table(half_life_days: int, days_max: int) -> Integers:
    """2^30 · 2^(-age / half-life) for ages of 0 … days_max days, rounded down, by integers alone.

    r = floor(2^62 · exp(-ln 2 / half-life)) with 50 decimal digits; d_0 = 2^62, d_(n+1) = floor(d_n · r / 2^62); the table
    has floor(d_n / 2^32). `exp` and `ln` of decimal arithmetic are correctly rounded, so r is the same everywhere.
    """
    exponent = _CONTEXT.divide(_CONTEXT.minus(_CONTEXT.ln(Decimal(2))), Decimal(half_life_days))
    ratio = int(_CONTEXT.multiply(_CONTEXT.exp(exponent), Decimal(2**_DECAY_INNER_BITS)))
    table, value = [], 2**_DECAY_INNER_BITS
    for _ in range(days_max + 1):
        table.append(value >> (_DECAY_INNER_BITS - DECAY_BITS))
        value = value * ratio >> _DECAY_INNER_BITS
    return np.array(table, dtype=np.int64)
