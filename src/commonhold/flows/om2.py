"""Names of OM 2, such as `gramPerCubicCentimetre`, read with the library pint: kind and exact factor.

A name is a product of factors, and after each `Per` another by which it is divided. A factor is a unit that is listed here,
maybe with a prefix and a power. Only listed units reach pint, whose own names mean other things (its `chain` is a surveyor's).
What OM 2 and pint define differently is not listed: a unit that is not known is better than one that is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pint import UnitRegistry

    from .units import UnitOfMeasure

PREFIXES = (
    "yocto", "zepto", "atto", "femto", "pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "mega", "giga",
    "tera", "peta", "exa", "zetta", "yotta", "kibi", "mebi", "gibi", "tebi", "pebi", "exbi", "zebi", "yobi",
)  # fmt: skip

SAME = (
    "gram", "litre", "are", "hectare", "barn", "stere", "tonne", "day", "hour", "week", "shake", "joule", "erg", "electronvolt", "watt", "metre",
    "radian", "steradian", "bit", "byte", "pixel", "kelvin", "pascal", "bar", "torr", "newton", "dyne", "hertz", "becquerel", "curie",
    "gray", "rem", "sievert", "mole", "katal", "candela", "lumen", "lux", "ampere", "volt", "ohm", "siemens", "farad", "coulomb",
    "henry", "weber", "tesla", "parsec", "angstrom", "micron", "fermi", "degree", "gon", "poise", "percent", "stokes",
)  # fmt: skip
"""What pint calls as OM 2 does, and defines as OM 2 does."""

OTHER = {
    "second-Time": "second", "minute-Time": "minute", "second-Angle": "arcsecond", "minute-Angle": "arcminute",
    "foot-International": "foot", "inch-International": "inch", "yard-International": "yard", "mile-Statute": "mile",
    "nauticalMile-International": "nautical_mile", "mil-Length": "thou", "foot-USSurvey": "survey_foot", "mile-USSurvey": "survey_mile",
    "fathom-USSurvey": "fathom", "rod-US": "rod", "astronomicalUnit": "astronomical_unit", "lightYear": "light_year",
    "acre-USSurvey": "acre",
    "gallon-US": "gallon", "gallon-Imperial": "imperial_gallon", "liquidQuart-US": "quart", "liquidPint-US": "pint",
    "pint-Imperial": "imperial_pint", "cup-USCustomary": "cup", "fluidOunce-US": "fluid_ounce", "fluidOunce-Imperial": "imperial_fluid_ounce",
    "gill-US": "gill", "gill-Imperial": "imperial_gill", "tablespoon-US": "tablespoon", "teaspoon-US": "teaspoon", "bushel-US": "bushel",
    "peck-US": "peck", "dryQuart-US": "dry_quart", "dryPint-US": "dry_pint", "dryGallon-US": "dry_gallon",
    "poundAvoirdupois": "pound", "ounceAvoirdupois": "ounce", "ounceApothecaries": "apothecary_ounce", "poundApothecaries": "apothecary_pound",
    "pennyweight-Troy": "pennyweight", "carat-Mass": "carat", "ton-Long": "long_ton", "ton-Short": "short_ton", "grain": "grain",
    "hundredweight-British": "long_hundredweight", "hundredweight-US": "hundredweight", "slug": "slug",
    "BritishThermalUnit-InternationalTable": "international_british_thermal_unit", "calorie-InternationalTable": "international_calorie",
    "calorie-Thermochemical": "calorie", "calorie-15C": "fifteen_degree_calorie", "tonOfTNT": "ton_TNT",
    "atmosphere-Standard": "atmosphere", "atmosphere-Technical": "technical_atmosphere", "barye": "barye",
    "horsepower-Metric": "metric_horsepower", "horsepower-Electric": "electrical_horsepower",
    "poundal": "poundal", "poundForce": "pound_force", "kilogramForce": "kilogram_force", "knot-International": "knot",
    "revolution": "turn", "baud": "baud", "partsPerMillion": "ppm", "roentgen": "roentgen", "lambert": "lambert", "gilbert": "gilbert",
    "dioptre": "diopter", "degreeRankine": "degree_Rankine", "molar": "molar", "kilohm": "kiloohm", "megohm": "megaohm", "unifiedAtomicMassUnit": "unified_atomic_mass_unit",
}  # fmt: skip
"""What pint calls otherwise."""

OFFSET = {"degreeCelsius": "kelvin", "degreeFahrenheit": "degree_Rankine", "degreeReaumur": "degree_Reaumur"}
"""Scales of temperature with a zero of their own: by themselves they convert into nothing; in products they are differences."""

GREGORIAN_YEAR_DAYS = Fraction("365.2425")
"""OM 2's year, 31,556,952 seconds; the library's is the Julian one."""

KINDS = {
    "second": "time", "gram": "mass", "meter": "length", "meter^2": "area", "meter^3": "volume", "kelvin": "temperature", "radian": "angle",
    "bit": "information", "gram meter^2 second^-2": "energy", "gram meter^2 second^-3": "power", "gram meter^-1 second^-2": "pressure",
    "gram meter second^-2": "force", "meter second^-1": "speed", "gram meter^-3": "density", "second^-1": "frequency", "": "ratio",
    "ampere": "current", "ampere second": "charge", "mole": "substance",
}  # fmt: skip
"""The kinds with a name, by the library's root units; all others are named by their root units."""

APART = {"sievert": "doseEquivalent", "rem": "doseEquivalent"}
"""Of the same dimension as another kind, and still no amount of it."""

_NAMES = {**{name: name for name in SAME}, **OTHER, **OFFSET, "year": "day"}
_PARTS = {name.lower(): name for name in (*_NAMES, *PREFIXES)}


def _any_of(names: Iterable[str]) -> str:
    """A pattern for names, longest first, whose first letter may be large: it is so within a name."""
    return "|".join(f"(?i:{name[0]}){re.escape(name[1:])}" for name in sorted(names, key=len, reverse=True))


_FACTOR = re.compile(
    rf"_?(?P<times>[0-9]*)(?P<reciprocal>[Rr]eciprocal)?(?P<power>[Ss]quare|[Cc]ubic)?(?P<prefix>{_any_of(PREFIXES)})?"
    rf"(?P<unit>{_any_of(_NAMES)})(?P<raised>Squared|ToThePower(?P<exponent>-?[0-9]))?(?=$|[A-Z0-9])"
)
_PER = re.compile(r"(?<!parts)Per(?=[A-Z0-9])")
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class _Factor:
    """A unit to a power, with a prefix and a number before it."""

    unit: str
    prefix: str
    times: Fraction
    power: int


def read_om2(name: str) -> UnitOfMeasure | None:
    """The unit of a local name of OM 2, or None. What has no such form never loads the library."""
    from .units import UnitOfMeasure

    factors = _factors(name) if len(name) <= _LONGEST else None
    if factors is None:
        return None
    first = factors[0] if len(factors) == 1 and factors[0].power == 1 else None
    if first and first.unit in OFFSET:
        return None if first.prefix else UnitOfMeasure(name, f"om2:{name}", "", f"temperature:{name}")
    size, kind = _size(factors)
    if first and first.unit in APART:
        kind = APART[first.unit]
    return UnitOfMeasure(name, f"om2:{name}", "", kind, size.numerator, size.denominator)


def _factors(name: str) -> list[_Factor] | None:
    """The factors of a name, or None if it has another form."""
    found: list[_Factor] = []
    for number, product in enumerate(_PER.split(name)):
        side, place = -1 if number else 1, 0
        if not product:
            return None
        while place < len(product):
            match = _FACTOR.match(product, place)
            begins_a_word = product[place].islower() == (number == place == 0) or product[place : place + 7] == "British"
            if match is None or not (begins_a_word or match["times"]):
                return None
            power = {"square": 2, "cubic": 3}.get((match["power"] or "").lower(), 1) * (2 if match["raised"] == "Squared" else 1)
            power *= int(match["exponent"] or 1) * (-1 if match["reciprocal"] else 1) * side
            prefix = (match["prefix"] or "").lower()
            found.append(_Factor(_PARTS[match["unit"].lower()], prefix, Fraction(int(match["times"] or 1)) ** side, power))
            place = match.end()
    return found


def _size(factors: list[_Factor]) -> tuple[Fraction, str]:
    """How many root units a product is, exactly, and its kind."""
    registry = _registry()
    total = registry.Quantity(Fraction(1))
    for factor in factors:
        unit = registry.Quantity(Fraction(1), factor.prefix + _NAMES[factor.unit])
        if factor.unit == "year":
            unit = unit * GREGORIAN_YEAR_DAYS
        total = total * factor.times * unit**factor.power
    root = total.to_root_units()
    key = " ".join(unit if power == 1 else f"{unit}^{power}" for unit, power in sorted(root.unit_items()))
    return Fraction(root.magnitude), KINDS.get(key, key)


@cache
def _registry() -> UnitRegistry[Any]:
    """The library's definitions, with fractions instead of floats."""
    import pint

    return pint.UnitRegistry(non_int_type=Fraction)
