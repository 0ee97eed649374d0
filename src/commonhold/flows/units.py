"""Units of measure: what a name means, and exact conversion between units of one kind.

Units are named as in the Ontology of units of Measure (OM 2), by local name (`hour`), prefixed (`om2:hour`) or in full. What
a workshop counts in every day is a table (`ontology/units.json`); the rest of OM 2 is read by `om2.py` with the library
pint, which is imported only then. Counts are defined here first, because libraries read `pcs` as picoseconds or parsecs.
Money has its ISO 4217 code as unit, and each currency is a kind of its own.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from importlib.resources import files

from ..measure import currency_digits, parse_quantity

OM2 = "http://www.ontology-of-units-of-measure.org/resource/om-2/"
OM2_UNITS = {
    name: f"om2:{name}"
    for name in ("hour", "day", "one", "kilogram", "litre", "metre", "squareMetre", "cubicMetre", "kilowattHour")
}  # fmt: skip
"""The units of OM 2 that charters are told of. `find_unit` knows far more."""
COUNT_UNITS = {
    "line": "lines of text changed",
    "piece": "pieces of a thing",
    "page": "pages",
    "word": "words",
    "test": "tests run",
}
EFFORT_UNITS = frozenset({"second", "minute", "hour", "day", "week"})
"""The names of time that charters and sheets may use. Whether any unit is one of effort: `is_effort`."""

_AMOUNT = re.compile(r"\s*([0-9][0-9.]*)\s*(\S.*?)\s*")


@dataclass(frozen=True, slots=True)
class UnitOfMeasure:
    """A unit.

    Attributes:
        name: The one name for it: the local name in OM 2, an ISO 4217 code, or ours.
        om: The identifier in OM 2, `om2:hour`; None for what OM 2 does not have.
        symbol: For people: `h`. May be empty.
        kind: Only units of one kind convert: `time`, `mass`, `count`, `line`, `money:EUR`, …
        numerator, denominator: How much of the kind's base it is, as a fraction.
    """

    name: str
    om: str | None
    symbol: str
    kind: str
    numerator: int = 1
    denominator: int = 1


class OtherKind(ValueError):
    """The units measure different things."""


class Inexact(ValueError):
    """The result is not a whole number of millionths."""


@lru_cache(maxsize=16_384)
def find_unit(name: str) -> UnitOfMeasure | None:
    """The unit of a name, a common symbol, an identifier of OM 2, or a currency; None if there is no such unit.

    >>> find_unit("pcs").name, find_unit("om2:hour").symbol, find_unit("EUR").kind, find_unit("smoot")
    ('piece', 'h', 'money:EUR', None)
    """
    prefix = next((one for one in (OM2, "om2:", "om:") if name.startswith(one)), "")
    local = name[len(prefix) :]
    known = _table().get(local)
    if known and (not prefix or known.name == local):
        return known
    if is_money(name):
        return UnitOfMeasure(name, None, name, f"money:{name}")
    from .om2 import read_om2

    return read_om2(local)


def own_unit(identifier: str, label: str = "") -> UnitOfMeasure:
    """The unit that a `vf:Unit` without `omUnitIdentifier` is: a count of its own kind, which converts into nothing else."""
    return UnitOfMeasure(identifier, None, label or identifier, f"unit:{identifier}")


def convert(micro: int, source: UnitOfMeasure, target: UnitOfMeasure) -> int:
    """Millionths of one unit as millionths of another, exactly.

    Raises:
        OtherKind: The units are of different kinds.
        Inexact: The result has more than six digits after the point.

    >>> convert(1_500_000, find_unit("hour"), find_unit("minute"))
    90000000
    """
    if source is target or source == target:
        return micro
    if source.kind != target.kind:
        raise OtherKind(f"{source.name} is {_a_kind(source)} and {target.name} is {_a_kind(target)}: one is not counted in the other")
    result, rest = divmod(micro * source.numerator * target.denominator, source.denominator * target.numerator)
    if rest:
        raise Inexact(f"This is no whole number of millionths of {target.name}: give it in {source.name}, or a rounder quantity")
    return result


def read_amount(text: str) -> tuple[int, UnitOfMeasure]:
    """A quantity and its unit, as people write them, in millionths.

    Raises:
        ValueError: Says what would be right.

    >>> micro, unit = read_amount("5 pcs")
    >>> micro, unit.name
    (5000000, 'piece')
    """
    match = _AMOUNT.fullmatch(text)
    unit = find_unit(match[2]) if match else None
    if match is None or unit is None:
        raise ValueError(f"{text!r} is no quantity with a unit: write a number and a unit, like 2.5 kg, 3 h or 5 pcs")
    return parse_quantity(match[1]), unit


def is_effort(unit: UnitOfMeasure) -> bool:
    """Whether work and use are counted in it: whether it is a unit of time."""
    return unit.kind == "time"


def is_unit(unit: str) -> bool:
    """Whether a charter may count in this unit: its one name, not a symbol or a plural, so that equal units are equal texts."""
    if unit in OM2_UNITS or unit in COUNT_UNITS or unit in EFFORT_UNITS or is_money(unit):
        return True
    found = find_unit(unit)
    return found is not None and found.name == unit


def is_money(unit: str) -> bool:
    """Whether a unit is a currency."""
    return len(unit) == 3 and unit.isascii() and unit.isupper() and currency_digits(unit) is not None


def _a_kind(unit: UnitOfMeasure) -> str:
    words = {"money": "an amount of money", "unit": "a count of its own kind", "count": "a count", "line": "a count of lines"}
    return words.get(unit.kind.partition(":")[0], f"a unit of {unit.kind.partition(':')[0]}")


@cache
def _table() -> dict[str, UnitOfMeasure]:
    """The units of `ontology/units.json` by every name, symbol and spelling. Two units never share one: `test_units.py`."""
    found: dict[str, UnitOfMeasure] = {}
    for entry in json.loads(files("commonhold.flows").joinpath("ontology/units.json").read_bytes())["units"]:
        factor, name = Fraction(entry["factor"]), entry["name"]
        om = f"om2:{name}" if entry.get("om", True) else None
        unit = UnitOfMeasure(name, om, entry["symbol"], entry["kind"], factor.numerator, factor.denominator)
        found |= dict.fromkeys((name, entry["symbol"], *entry.get("also", ())), unit)
    found.pop("", None)
    return found
