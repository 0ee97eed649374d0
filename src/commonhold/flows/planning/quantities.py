"""Quantities in plans: millionths of a unit as integers, factors as exact fractions, and the ids of what planning makes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from math import ceil

from ...measure import AMOUNT_MAX, MICRO, format_quantity, parse_quantity
from ...problems import refuse
from ..units import COUNT_UNITS, UnitOfMeasure, find_unit
from ..vocabulary import Flow, Measure, RecipeFlow

ID_MAX = 200


@dataclass(frozen=True, slots=True)
class Units:
    """What planning needs to know of units.

    Attributes:
        find: The unit of a name, or None. A ledger with units of its own gives one that knows them (`own_unit`).
    """

    find: Callable[[str], UnitOfMeasure | None] = find_unit

    def exact(self, micro: int, source: str, target: str) -> Fraction | None:
        """The same quantity in another unit, or None if there is no way from the one to the other."""
        if source == target:
            return Fraction(micro)
        one, other = self.find(source), self.find(target)
        if one is None or other is None or one.kind != other.kind:
            return None
        return Fraction(micro * one.numerator * other.denominator, one.denominator * other.numerator)

    def is_count(self, name: str) -> bool:
        """Whether a unit counts things, so that there are no parts of it: pieces, pages, a unit of one's own; not dozens or percent."""
        unit = self.find(name)
        if unit is None or unit.numerator != unit.denominator:
            return False
        return unit.kind == "count" or unit.kind in COUNT_UNITS or unit.kind.startswith("unit:")

    def at_least(self, micro: Fraction, unit: str) -> int:
        """Millionths, rounded up; to whole things where the unit counts them."""
        return bounded(ceil(micro / MICRO) * MICRO if self.is_count(unit) else ceil(micro))

    def at_most(self, micro: Fraction, unit: str) -> int:
        """Millionths, rounded down; to whole things where the unit counts them."""
        return bounded(int(micro // MICRO) * MICRO if self.is_count(unit) else int(micro // 1))


EVERY_UNIT = Units()
"""The units that `units.py` knows."""


def bounded(micro: int) -> int:
    """The quantity, if it can be written.

    Raises:
        Refused: `flows.plan_too_large`.
    """
    if micro >= AMOUNT_MAX:
        message = f"The plan would need {micro // MICRO} of something, more than can be written: ask for less, or look for a wrong recipe quantity."
        raise refuse("flows.plan_too_large", message)
    return micro


def main_measure(flow: RecipeFlow | Flow) -> Measure | None:
    """The quantity by which a flow is counted: of effort, else of resource, as `EconomicEvent.quantity` does."""
    return flow.effortQuantity or flow.resourceQuantity


def micro_of(measure: Measure) -> int:
    """Millionths of the unit of a measure; what is below nothing (an overdrawn stock) is nothing."""
    return 0 if measure.hasNumericalValue.startswith("-") else parse_quantity(measure.hasNumericalValue)


def measure_of(micro: int, unit: str) -> Measure:
    """A measure of so many millionths of a unit."""
    return Measure(format_quantity(micro), unit)


def derived_id(*parts: str) -> str:
    """The id of something that a plan makes: it follows from the plan and the recipe, so it is the same whenever it is planned again.

    >>> derived_id("chairs", "process", "glue")
    'chairs.process.glue'
    """
    text = ".".join(parts)
    if len(text) <= ID_MAX:
        return text
    return f"{text[: ID_MAX - 65]}.{sha256(text.encode()).hexdigest()}"
