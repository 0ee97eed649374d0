"""Conviction voting: support that grows while it stays, for small grants without a day of voting.

Each person has one unit to spread over proposals, in millionths. Conviction y is in millionths too, and can be more than a
unit: y ← floor(y·a) + x for each whole day of a stake x, with a = 2^(-1 / half-life). The formulae are those of
`ConvictionVoting.sol` of 1Hive, with one person = one unit instead of tokens. All numbers are exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from .decay import BITS, daily_factor

UNIT = 1_000_000
"""What one person has to spread: one unit, in millionths."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How much conviction a request needs.

    Attributes:
        half_life_days: In how many days conviction halves when the stake is withdrawn; at least 1.
        largest: β, what share of the fund no request reaches; above 0, at most 1.
        weight: ρ, how steep the threshold is; above 0.
        least_staked: What share of the members counts as staked if fewer stake; 0 to 1.

    Raises:
        ValueError: One of them is out of its bounds.
    """

    half_life_days: int
    largest: Fraction
    weight: Fraction
    least_staked: Fraction

    def __post_init__(self) -> None:
        if self.half_life_days < 1 or not 0 < self.largest <= 1 or self.weight <= 0 or not 0 <= self.least_staked <= 1:
            raise ValueError(f"out of bounds: {self}")


def advance(conviction: int, stake: int, days: int, half_life_days: int) -> int:
    """Conviction after so many whole days of one stake; both in millionths of a unit.

    Raises:
        ValueError: Something is below 0, or the half-life below 1.

    >>> advance(0, 1_000_000, 2, 1)
    1500000
    """
    if days < 0:
        raise ValueError("days are at least 0")
    for day, now in enumerate(_daily(conviction, stake, half_life_days)):
        conviction = now
        if day == days:
            break
    return conviction


def threshold(request: int, fund: int, staked: int, members: int, rule: Rule) -> Fraction | None:
    """The conviction that a request has to exceed, in millionths of a unit, or None if it is too large for the fund.

    y* = ρ·S / ((1 - a)·(β - r/F)²), where S is what all have staked on active proposals, or the least share of the members'
    units if that is more. None if r ≥ β·F.

    Args:
        request: r. fund: F, in the same unit of money. staked: In millionths. members: How many could stake.
        rule: The rest.

    Raises:
        ValueError: A number is below 0.
    """
    if min(request, fund, staked, members) < 0:
        raise ValueError("request, fund, stakes and members are at least 0")
    if request >= rule.largest * fund:
        return None
    active = max(Fraction(staked), rule.least_staked * members * UNIT)
    lost_daily = 1 - Fraction(daily_factor(rule.half_life_days), 2**BITS)
    return rule.weight * active / (lost_daily * (rule.largest - Fraction(request, fund)) ** 2)


def passes(conviction: int, needed: Fraction | None) -> bool:
    """Whether conviction exceeds a threshold; never without one."""
    return needed is not None and conviction > needed


def days_until(conviction: int, stake: int, needed: Fraction | None, half_life_days: int) -> int | None:
    """In how many whole days a proposal passes if stake and threshold stay as they are, or None if it never does.

    Raises:
        ValueError: Conviction or stake is below 0, or the half-life below 1.

    >>> days_until(0, 1_000_000, Fraction(1_600_000), 1)
    3
    """
    return next((day for day, now in enumerate(_daily(conviction, stake, half_life_days)) if passes(now, needed)), None)


def _daily(conviction: int, stake: int, half_life_days: int) -> Iterator[int]:
    """Conviction today, tomorrow and so on, until it no longer changes. It only rises, or only falls, so that is the end."""
    if conviction < 0 or stake < 0:
        raise ValueError("conviction and stakes are at least 0")
    factor, before = daily_factor(half_life_days), -1
    while conviction != before:
        yield conviction
        before, conviction = conviction, (conviction * factor >> BITS) + stake
