"""Values that are no things: actions, measures, durations, and the units that everybody knows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

from ..flows.actions import BEHAVIOURS
from ..flows.units import UnitOfMeasure, find_unit
from ..flows.vocabulary import Measure, Unit
from ..measure import format_quantity
from ..problems import Refused, refuse
from .things import Thing

if TYPE_CHECKING:
    from .view import View

TIME_UNITS = ("week", "day", "hour", "minute", "second")
"""Months and years have no fixed length: the schema names them, but nothing lasts one."""


@cache
def action(name: str) -> dict[str, Any]:
    """An action with its behaviour, as of the ontology."""
    behaviour = BEHAVIOURS[name]
    label = re.sub(r"([A-Z])", lambda found: f" {found[1].lower()}", name)
    said = {field: getattr(behaviour, field) for field in behaviour.__struct_fields__}
    return {"id": name, "label": label, "resourceEffect": behaviour.accountingEffect} | said


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measure as it is shown. Also a duration, with `numericDuration` and `unitType`."""

    has_numerical_value: Decimal
    unit: str | None

    @property
    def numeric_duration(self) -> Decimal:
        """How many of `unitType`."""
        unit = self._unit()
        return self.has_numerical_value if unit.name in TIME_UNITS else _seconds(self.has_numerical_value, unit)

    @property
    def unit_type(self) -> str:
        """The unit, if it is one of those that have a name here; else seconds."""
        unit = self._unit()
        return unit.name if unit.name in TIME_UNITS else "second"

    def _unit(self) -> UnitOfMeasure:
        unit = find_unit(self.unit or "")
        if unit is None or unit.kind != "time":
            raise not_a_time()
        return unit


def not_a_time() -> Refused:
    """A duration in something else than time."""
    return refuse("flows.bad_duration", "It is not counted in a unit of time: ask for hasNumericalValue and hasUnit.", "hasDuration")


def _seconds(value: Decimal, unit: UnitOfMeasure) -> Decimal:
    exact = Fraction(value) * Fraction(unit.numerator, unit.denominator)
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def quantity(measure: Measure | None) -> Quantity | None:
    """A measure as it stands in an entry."""
    return None if measure is None else Quantity(Decimal(measure.hasNumericalValue), measure.hasUnit)


def micro(amount: int | None, unit: str | None) -> Quantity | None:
    """Millionths of a unit; None stays None."""
    return None if amount is None else Quantity(Decimal(format_quantity(amount)) if amount >= 0 else -Decimal(format_quantity(-amount)), unit)


def units(view: View, names: set[str]) -> dict[str, Thing | None]:
    """Units by name: those of this commons, and those that everybody knows."""
    found = view.records("Unit", names)
    return {name: found.get(name) or known_unit(name) for name in names}


@cache
def _known(name: str) -> Unit | None:
    unit = find_unit(name)
    if unit is None:
        return None
    words = re.sub(r"([A-Z])", lambda found: f" {found[1].lower()}", unit.name)
    return Unit(id=unit.name, label=words if unit.om else unit.name, symbol=unit.symbol or None, omUnitIdentifier=unit.om)


def known_unit(name: str) -> Thing | None:
    """A unit that everybody knows; no entry has made it."""
    unit = _known(name)
    return None if unit is None else Thing("Unit", unit.id, unit.id, unit)
