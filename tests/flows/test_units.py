"""What a name of a unit means, and that conversion is exact or refused."""

import subprocess
import sys
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.flows import units
from commonhold.flows.om2 import KINDS
from commonhold.flows.units import OM2, Inexact, OtherKind, UnitOfMeasure, convert, find_unit, is_effort, is_money, is_unit, read_amount

TABLE = sorted(set(units._table().values()), key=lambda unit: unit.name)
COMMON = [*units.OM2_UNITS, *units.COUNT_UNITS, *units.EFFORT_UNITS, "EUR", "kg", "h", "l", "m", "kWh", "g", "min", "t", "pcs", "u_piece"]


def unit(name: str) -> UnitOfMeasure:
    found = find_unit(name)
    assert found is not None, name
    return found


@pytest.mark.parametrize("word", ["pcs", "pc", "piece", "pieces", "each", "ea", "item", "unit", "u_piece", "one", "om2:one", "om2:piece"])
def test_a_piece_is_a_piece_and_never_a_parsec(word):
    assert (unit(word).kind, convert(5_000_000, unit(word), unit("piece"))) == ("count", 5_000_000)
    assert convert(2_000_000, unit("dozen"), unit(word)) == 24_000_000
    with pytest.raises(OtherKind):
        convert(1_000_000, unit(word), unit("parsec"))


def test_five_pieces_are_read_as_people_write_them():
    assert read_amount("5 pcs") == (5_000_000, unit("piece"))
    assert read_amount("2.5kg") == (2_500_000, unit("kilogram"))
    for wrong in ("5", "pcs", "5 smoots", "1.2.3 kg", "-1 kg", ""):
        with pytest.raises(ValueError):
            read_amount(wrong)


@pytest.mark.parametrize("spelling", ["hour", "om2:hour", "om:hour", OM2 + "hour", "h", "hours"])
def test_one_unit_has_one_name_however_it_is_written(spelling):
    assert unit(spelling) == UnitOfMeasure("hour", "om2:hour", "h", "time", 3600)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "smoot",
        "om2:h",
        "om2:EUR",
        "Hour",
        "hoUr",
        "om2:om2:hour",
        "om2:om:hour",
        "metrePer",
        "per",
        "PerMetre",
        "XYZ",
        "eur",
        "ε" * 50,
        "metre" * 100,
    ],
)
def test_what_is_no_unit_is_none(name):
    assert find_unit(name) is None
    assert not is_unit(name)


@pytest.mark.parametrize(
    ("one", "other", "factor"),
    [  # from the definitions of the units, not from the library
        ("week", "day", "7"),
        ("day", "minute", "1440"),
        ("foot-International", "metre", "0.3048"),
        ("inch-International", "centimetre", "2.54"),
        ("mile-Statute", "metre", "1609.344"),
        ("nauticalMile-International", "metre", "1852"),
        ("poundAvoirdupois", "gram", "453.59237"),
        ("gallon-US", "litre", "3.785411784"),
        ("gallon-Imperial", "litre", "4.54609"),
        ("hectare", "squareMetre", "10000"),
        ("squareFoot-International", "squareMetre", "0.09290304"),
        ("kilowattHour", "megajoule", "3.6"),
        ("cubicMetre", "litre", "1000"),
        ("gramPerCubicCentimetre", "kilogramPerCubicMetre", "1000"),
        ("kilometrePerHour", "metrePerSecond-Time", "5/18"),
        ("year", "second-Time", "31556952"),
        ("kibibyte", "bit", "8192"),
        ("degree", "minute-Angle", "60"),
        ("bar", "pascal", "100000"),
        ("gross", "dozen", "12"),
    ],
)
def test_known_factors(one, other, factor):
    one, other = unit(one), unit(other)
    assert one.kind == other.kind
    assert Fraction(one.numerator, one.denominator) / Fraction(other.numerator, other.denominator) == Fraction(factor)


def test_the_table_says_what_the_library_says():
    import pint

    registry = pint.UnitRegistry(non_int_type=Fraction)
    theirs = {
        "second-Time": "second",
        "minute-Time": "minute",
        "wattHour": "watt*hour",
        "kilowattHour": "kilowatt*hour",
        "megawattHour": "megawatt*hour",
    }
    theirs |= {"squareMetre": "metre**2", "squareCentimetre": "centimetre**2", "cubicMetre": "metre**3"}
    compared = [one for one in TABLE if one.kind in KINDS.values()]
    for one in compared:
        root = registry.Quantity(Fraction(1), theirs.get(one.name, one.name)).to_root_units()
        key = " ".join(name if power == 1 else f"{name}^{power}" for name, power in sorted(root.unit_items()))
        assert (KINDS[key], Fraction(root.magnitude)) == (one.kind, Fraction(one.numerator, one.denominator)), one
    assert len(compared) > 20


def test_kinds_refuse_each_other():
    kinds = [
        unit(name)
        for name in ("hour", "kilogram", "metre", "squareMetre", "litre", "kilowattHour", "piece", "line", "page", "word", "test", "EUR", "USD")
    ]
    kinds += [unit(name) for name in ("degreeCelsius", "kelvin", "percent", "radian", "bit", "gray", "sievert", "hertz", "becquerel")]
    kinds += [units.own_unit("jar"), units.own_unit("box")]
    for one in kinds:
        for other in kinds:
            if one is other:
                assert convert(7, one, other) == 7
            else:
                with pytest.raises(OtherKind):
                    convert(0, one, other)


def test_what_is_no_whole_number_of_millionths_is_refused():
    with pytest.raises(Inexact, match="millionths of hour"):
        convert(1_000_000, unit("second"), unit("hour"))
    assert convert(9_000_000, unit("second"), unit("hour")) == 2_500
    assert convert(-9_000_000, unit("second"), unit("hour")) == -2_500


@given(st.sampled_from(TABLE), st.sampled_from(TABLE), st.integers(-(10**18), 10**18))
def test_a_conversion_that_succeeds_can_be_undone(one, other, micro):
    exact = Fraction(micro * one.numerator * other.denominator, one.denominator * other.numerator)
    if one.kind != other.kind:
        with pytest.raises(OtherKind):
            convert(micro, one, other)
    elif exact.denominator != 1 and one != other:
        with pytest.raises(Inexact):
            convert(micro, one, other)
    else:
        assert convert(micro, one, other) == exact
        assert convert(convert(micro, one, other), other, one) == micro


def test_effort_is_time_and_charters_use_one_spelling():
    assert {name for name in COMMON if is_effort(unit(name))} == {*units.EFFORT_UNITS, "h", "min"}
    assert [name for name in ("hour", "minute", "kilogram", "piece", "dozen", "EUR", "tonnePerHectare") if not is_unit(name)] == []
    assert [name for name in ("h", "hours", "om2:hour", "kg", "pcs", "u_piece", "Hour", "EURO") if is_unit(name)] == []
    assert is_money("EUR") and not is_money("eur") and not is_money("ΑΒΓ")


def test_each_name_means_one_unit():
    import json
    from importlib.resources import files

    entries = json.loads(files("commonhold.flows").joinpath("ontology/units.json").read_bytes())["units"]
    names = [name for entry in entries for name in {entry["name"], entry["symbol"], *entry.get("also", ())} if name]
    assert sorted(names) == sorted(set(names))


def test_common_units_need_no_library():
    program = f"""
import sys
from commonhold.flows.units import find_unit, convert, is_unit
assert all(find_unit(name) for name in {COMMON!r})
assert convert(1_000_000, find_unit("hour"), find_unit("min")) == 60_000_000
assert find_unit("smoot") is None and not is_unit("pint")
assert "pint" not in sys.modules
assert find_unit("foot-International")
assert "pint" in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)
