"""The charter: read by people, checked with line and field; a gallery of charters that are not in order."""

from __future__ import annotations

import copy
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from world import CHARTER, World

from commonhold.commons.charter import CharterSource, check_charter, read_toml
from commonhold.contributions.charter import contribution_kinds
from commonhold.node.charters import require_charter
from commonhold.node.composition import CHARTER_SECTIONS
from commonhold.problems import BadInput, Problem, Refused


def problems(text: str) -> list[tuple[str, str]]:
    """(code, where) of all that is wrong with a charter."""
    return [(problem.code, problem.field) for problem in check_charter(text, CHARTER_SECTIONS)]


def line_of(text: str, beginning: str) -> int:
    """The number of the line that begins so."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if line.startswith(beginning))


def test_a_charter_in_order_has_no_problem() -> None:
    assert problems(CHARTER) == []


GALLERY = [
    # (replace, by, the code, the field; the line is that of the replacement's first line)
    ('name = "Test commons"', 'name = ""', "charter.bad_field", "commons.name"),
    ('name = "Test commons"', "name = 3", "charter.bad_field", "commons.name"),
    ('purpose = "To be tested."', 'purpos = "To be tested."', "charter.bad_field", "commons.purpos"),
    ('licence = ["CERN-OHL-W-2.0"]', 'licence = ["CERN-OHL-W"]', "charter.bad_licence", "commons.licence[0]"),
    ('licence = ["CERN-OHL-W-2.0"]', 'licence = ["MIT", "LicenseRef-mine"]', "charter.bad_licence", "commons.licence[1]"),
    ('licence = ["CERN-OHL-W-2.0"]', "licence = []", "charter.bad_field", "commons.licence"),
    ('currency = "EUR"', 'currency = "EURO"', "charter.bad_currency", "commons.currency"),
    ('domains = ["firmware", "hardware"]', 'domains = ["Firm ware"]', "charter.bad_field", "commons.domains"),
    ('domains = ["firmware", "hardware"]', 'domains = ["firmware"]\njoining = "closed"', "charter.bad_field", "commons.joining"),
    ('domains = ["firmware", "hardware"]', 'domains = ["firmware"]\nrecovery_stewards = 0', "charter.bad_field", "commons.recovery_stewards"),
    ("[validation]", '[powers]\nincome = "Treasurer!"\n[validation]', "charter.bad_role", "powers.income"),
    ("[validation]", '[powers]\nincme = "steward"\n[validation]', "charter.bad_field", "powers.incme"),
    ('[kinds.work]\nvalue = "25.00"', '[kinds.work]\nvalue = "25.005"', "charter.bad_amount", "kinds.work.value"),
    ('[kinds.work]\nvalue = "25.00"', "[kinds.work]\nvalue = 25.00", "charter.bad_field", "kinds.work.value"),
    ('[kinds.work]\nvalue = "25.00"', '[kinds.work]\nunit = "fortnight"', "charter.bad_unit", "kinds.work.unit"),
    ('[kinds.work]\nvalue = "25.00"', '[kinds.work]\nunit = "line"', "charter.bad_unit", "kinds.work.unit"),
    ("[kinds.loan]", '[kinds.loan]\nunit = "USD"', "charter.bad_unit", "kinds.loan.unit"),
    ("[kinds.care]", '[kinds.dance]\nunit = "hour"', "charter.bad_kind", "kinds.dance.action"),
    ("[kinds.care]", "[kinds.review]", "charter.bad_kind", "kinds.review"),
    ("quorum = 2", "quorum = 0", "charter.bad_field", "validation.quorum"),
    ("quorum = 2", 'quorum = "two"', "charter.bad_field", "validation.quorum"),
    ("quorum = 2", "quorum = true", "charter.bad_field", "validation.quorum"),
    ("lazy_days = 14", "lazy_days = -1", "charter.bad_field", "validation.lazy_days"),
    ('history = ["committed", "reviewed", "merged"]', 'history = ["liked"]', "charter.bad_field", "validation.history"),
    ("[validation]", '[imports]\nkind = "poems"\n[validation]', "charter.unknown_kind", "imports.kind"),
    ("[validation]", "[imports]\nlines_per_change_max = 0\n[validation]", "charter.bad_field", "imports.lines_per_change_max"),
    ("[validation]", '[[imports.paths]]\nmatch = "docs/**"\nkind = "poems"\n[validation]', "charter.unknown_kind", "imports.paths[0].kind"),
    ("[validation]", "[government]\n[validation]", "charter.unknown_section", "government"),
    ('to = "contributions"', 'to = "everybody"', "charter.bad_field", "sharing.steps[0].to"),
    ("rest = true", 'percent = "101"', "charter.bad_amount", "sharing.steps[0].percent"),
    ("rest = true", "percent = 10.5", "charter.bad_field", "sharing.steps[0].percent"),
    ("rest = true", 'amount = "0.001"', "charter.bad_amount", "sharing.steps[0].amount"),
    ("rest = true", 'rest = true\npercent = "10"', "charter.bad_policy", "sharing.steps[0].rest"),
    ("rest = true", 'rest = true\nkinds = ["poems"]', "charter.unknown_kind", "sharing.steps[0].kinds"),
    ("rest = true", 'rest = true\ndomains = ["poetry"]', "charter.unknown_domain", "sharing.steps[0].domains"),
    ("rest = true", 'rest = true\nsince = "yesterday"', "charter.bad_date", "sharing.steps[0].since"),
    ("rest = true", 'rest = true\nat_least = "5.00"\nat_most = "4.00"', "charter.bad_policy", "sharing.steps[0].at_least"),
    ('weights = { work = "1", code = "0.01" }', "weights = { work = 1 }", "charter.bad_field", "sharing.steps[0].weights"),
    ('weights = { work = "1", code = "0.01" }', 'weights = { poems = "1" }', "charter.unknown_kind", "sharing.steps[0].weights"),
    ('weights = { work = "1", code = "0.01" }', 'weights = { work = "-1" }', "charter.bad_amount", "sharing.steps[0].weights"),
]


@pytest.mark.parametrize(("old", "new", "code", "field"), GALLERY, ids=[f"{code}-{number}" for number, (_, _, code, _) in enumerate(GALLERY)])
def test_a_bad_charter_is_refused_with_code_line_and_field(old: str, new: str, code: str, field: str) -> None:
    assert CHARTER.count(old) == 1
    text = CHARTER.replace(old, new)
    found = problems(text)
    (where,) = {where for found_code, where in found if found_code == code}
    line, _, named = where.partition(", ")
    assert named.startswith(field) or field.startswith(named)
    number = int(line.removeprefix("line "))
    first = text[: text.index(new)].count("\n") + 1
    assert first - 8 <= number <= first + new.count("\n")
    stands = text.splitlines()[number - 1]
    assert field.rpartition(".")[2].partition("[")[0] in stands or stands.startswith("[")


def test_the_line_is_that_of_the_field_where_the_field_has_one() -> None:
    text = CHARTER.replace("quorum = 2", "quorum = 0").replace('"CERN-OHL-W-2.0"', '"Nope"')
    assert problems(text) == [
        ("charter.bad_licence", f"line {line_of(text, 'licence')}, commons.licence[0]"),
        ("charter.bad_field", f"line {line_of(text, 'quorum')}, validation.quorum"),
    ]


def test_all_problems_are_told_at_once_in_the_order_of_their_lines() -> None:
    text = CHARTER.replace("quorum = 2", "quorum = 0").replace('"CERN-OHL-W-2.0"', '"Nope"').replace("rest = true", 'percent = "0"')
    assert [code for code, _ in problems(text)] == ["charter.bad_licence", "charter.bad_field", "charter.bad_amount"]
    with pytest.raises(Refused) as refused:
        require_charter(text)
    assert len(refused.value.problems) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "[commons]"),
        ("[commons", "line 1:"),
        ("name = 'x'\nname = 'y'", "line 2:"),
        ("a = " + "[" * 15_000, "nested"),
        (CHARTER + "\n[x]\ny = " + "9" * 5_000, "digits"),
        (CHARTER + "\nx = 2026-02-31", "not TOML"),
        ("# " + "x" * 40_000, "40000 bytes"),
        ("\0", "not TOML"),
        (CHARTER + "\n" + ".".join("a" * 15_000) + " = 1", "at most 200 dots"),
        ("# one\n" + ".".join("a" * 202) + " = 1", "line 2:"),
    ],
)
def test_what_is_no_charter_at_all_is_told(text: str, said: str) -> None:
    assert said in " ".join(str(problem) for problem in check_charter(text, CHARTER_SECTIONS))


@pytest.mark.parametrize("name", ['"."', '"["', '"a[b"', '"..[[.]"', '""', '"kinds.x[...]"'])
def test_strange_names_end_the_search_for_a_line(name: str) -> None:
    """A name with dots and brackets looks like a path, and once sent the search for its line round for ever."""
    assert ("charter.unknown_section") in {code for code, _ in problems(f"{CHARTER}\n[{name}]\n")}
    assert check_charter(f"{CHARTER}\n[kinds.{name}]\n", CHARTER_SECTIONS)


@given(st.text("ab.[]0 ", max_size=20))
def test_every_path_has_a_line(path: str) -> None:
    assert CharterSource("", {}, {"a": 7}).line(path) in (1, 7)
    assert CharterSource("", {}, {"a": 7}).line(f"a.{path}") == 7


_NAMES = st.sampled_from(
    [
        "commons",
        "name",
        "purpose",
        "licence",
        "currency",
        "domains",
        "powers",
        "kinds",
        "work",
        "code",
        "value",
        "unit",
        "action",
        "validation",
        "quorum",
        "history",
        "imports",
        "paths",
        "match",
        "sharing",
        "steps",
        "funds",
        "id",
        "to",
        "percent",
        "amount",
        "monthly",
        "rest",
        "agents",
        "agent",
        "parts",
        "weights",
        "by_value",
        "since",
        "until",
        "of",
        "order",
        "review",
        ".",
        "[",
    ]
)
_LEAVES = st.one_of(
    st.integers(-3, 10**6), st.booleans(), st.floats(), st.text(max_size=6), st.dates(),
    st.sampled_from(["1", "25.00", "EUR", "work", "contributions", "members", "open", "2026-01-01", "1e5", "-1", "²", "hour", "modify"]),
)  # fmt: skip
_VALUES = st.recursive(_LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4), max_leaves=10)


def _places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for name, inner in items for place in _places(inner, (*at, name)))]


_CHARTER = tomllib.loads(CHARTER)


@settings(max_examples=300)
@given(st.sampled_from(_places(_CHARTER)[1:]), _VALUES)
def test_whatever_stands_in_a_charter_the_check_answers(place: tuple[Any, ...], value: Any) -> None:
    """Any value anywhere: a list of problems, each with a line, or a charter that can be used; never an exception."""
    values = copy.deepcopy(_CHARTER)
    around: Any = values
    for name in place[:-1]:
        around = around[name]
    around[place[-1]] = value
    found = [problem for check in CHARTER_SECTIONS.values() for problem in check(values)]
    for problem in found:
        assert CharterSource("", values, {}).line(problem.field) == 1
    if not found:
        assert contribution_kinds(values)


def test_a_section_belongs_to_one_package() -> None:
    source = read_toml(CHARTER)
    assert not isinstance(source, Problem)
    assert set(source.values) <= set(CHARTER_SECTIONS)


def test_a_change_is_an_entry_with_its_reason(world: World) -> None:
    changed = CHARTER.replace("quorum = 2", "quorum = 1")
    world.charter(changed, "Two were too many")
    with world.node.read() as transaction:
        rows = transaction.rows("SELECT author, reason, toml FROM charter WHERE commons = 'test' ORDER BY position")
    assert rows == [(world.ids["Ana"], "", CHARTER), (world.ids["Ana"], "Two were too many", changed)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (CHARTER.replace("quorum = 2", "quorum = 0"), "charter.bad_field"),
        (CHARTER.replace('"EUR"', '"CHF"'), "charter.currency_changed"),
        ("x" * 41_000, "charter.too_large"),
        ("a = " + "[" * 15_000, "charter.not_toml"),
    ],
)
def test_a_bad_change_is_refused_and_the_old_charter_stays(sqlite_world: World, text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        sqlite_world.charter(text)
    assert refused.value.code == code
    with sqlite_world.node.read() as transaction:
        assert transaction.value("SELECT COUNT(*) FROM charter") == 1


def test_who_lacks_the_power_changes_nothing(world: World) -> None:
    from commonhold.commons.entries import ChangeCharter

    with pytest.raises(Refused) as refused:
        world.act("Bo", "charter.change", ChangeCharter(charter=CHARTER, reason="mine"))
    assert refused.value.code == "commons.lacks_power"
    with pytest.raises(Refused) as refused:  # nor does anybody read what they hand in
        world.act("Bo", "charter.change", ChangeCharter(charter="[commons", reason="mine"))
    assert [problem.code for problem in refused.value.problems] == ["commons.lacks_power"]


def test_old_entries_are_judged_by_the_charter_of_their_time(world: World) -> None:
    """What counted under a quorum of one still counts, and a kind that is gone stays what it was; a fresh fold agrees."""
    world.charter(CHARTER.replace("quorum = 2", "quorum = 1"))
    early = world.log("Bo", "care", "3")
    world.attest("Cy", early)
    world.charter(CHARTER.replace("quorum = 2", "quorum = 3").replace("[kinds.care]\n", ""))
    late = world.log("Bo")
    world.attest("Cy", late)
    world.attest("Ana", late)
    assert world.contribution(early)[0] == "validated"
    assert world.contribution(late)[0] == "claimed"
    with pytest.raises(BadInput) as refused:
        world.log("Bo", "care", "3")
    assert refused.value.code == "contributions.unknown_kind"
    assert world.verify().ok
    world.node.rebuild()
    assert world.contribution(early)[0] == "validated"
