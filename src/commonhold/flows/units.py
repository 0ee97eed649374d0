"""The units in which contributions are counted.

Hours, days, mass, length, area and volume are named as in the Ontology of units of Measure (OM 2); counts of things that
OM 2 has no name for are plain words. Money has its ISO 4217 code as unit.
"""

from __future__ import annotations

from ..measure import currency_digits

OM2_UNITS = {
    "hour": "om2:hour",
    "day": "om2:day",
    "one": "om2:one",
    "kilogram": "om2:kilogram",
    "litre": "om2:litre",
    "metre": "om2:metre",
    "squareMetre": "om2:squareMetre",
    "cubicMetre": "om2:cubicMetre",
    "kilowattHour": "om2:kilowattHour",
}
COUNT_UNITS = {
    "line": "lines of text changed",
    "piece": "pieces of a thing",
    "page": "pages",
    "word": "words",
    "test": "tests run",
}
EFFORT_UNITS = frozenset({"hour", "day"})


def is_unit(unit: str) -> bool:
    """Whether a quantity may be counted in this unit."""
    return unit in OM2_UNITS or unit in COUNT_UNITS or is_money(unit)


def is_money(unit: str) -> bool:
    """Whether a unit is a currency."""
    return len(unit) == 3 and unit.isupper() and currency_digits(unit) is not None
