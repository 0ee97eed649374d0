"""The reference says what the code says: commands, keys of the charter, codes of problems, settings."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import sys
from pathlib import Path
from typing import Any, get_args

import msgspec
import numpy as np
import pytest

from commonhold.cli import app
from commonhold.commons.charter import CommonsSection, Powers
from commonhold.contributions.charter import STANDARD_KINDS, Imports, KindSection, PathRule, Validation
from commonhold.contributions.entries import Repayment
from commonhold.contributions.sheet import FIELDS
from commonhold.flows.units import COUNT_UNITS, OM2_UNITS
from commonhold.measure import format_money
from commonhold.node.charters import require_charter
from commonhold.sharing.filling import Items, fill
from commonhold.sharing.policy import Policy, Receiver, Step
from commonhold.sharing.rounding import largest_remainder

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"
SOURCE = ROOT / "src" / "commonhold"


def page(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next of any level."""
    assert f"\n{heading}\n" in text, f"no heading {heading}"
    return re.split(r"\n#+ ", text.partition(f"\n{heading}\n")[2])[0]


def rows(text: str) -> dict[str, list[str]]:
    """The rows of a table by the code word in their first cell."""
    found = {}
    for line in text.split("\n"):
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        if line.startswith("|") and (match := re.match(r"`([^`]+)`", cells[0])):
            found[match[1]] = cells
    return found


def test_the_page_of_commands_is_that_of_the_commands() -> None:
    """Run docs/reference/generate.py after changing a command."""
    spec = importlib.util.spec_from_file_location("generate", REFERENCE / "generate.py")
    assert spec is not None and spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    assert page("cli.md") == generate.page()
    for name in app.COMMANDS:
        assert f"`commonhold {name}" in page("cli.md")


def shown(default: Any) -> str:
    """A default as a charter writes it."""
    return f"`{json.dumps(default)}`"


@pytest.mark.parametrize(
    ("heading", "shape"),
    [
        ("## `[commons]`", CommonsSection),
        ("## `[powers]`", Powers),
        ("### `[kinds.NAME]`", KindSection),
        ("## `[validation]`", Validation),
        ("## `[imports]`", Imports),
        ("### Path rules", PathRule),
        ("## `[sharing]`", Policy),
        ("### `[[sharing.steps]]`", Step),
        ("### Receivers", Receiver),
    ],
)
def test_every_key_of_the_charter_is_told_with_its_default(heading: str, shape: type[msgspec.Struct]) -> None:
    """Neither a key nor a default is missing, wrong, or invented."""
    told = rows(section(page("charter.md"), heading))
    fields = msgspec.structs.fields(shape)
    assert list(told) == [field.name for field in fields]
    for field in fields:
        if field.default is not msgspec.NODEFAULT:
            default = shown(field.default)
        elif field.default_factory is not msgspec.NODEFAULT:
            default = shown(field.default_factory())
        else:
            default = "needed"
        assert told[field.name][2] == default, field.name


def test_the_known_kinds_and_units_are_told() -> None:
    told = rows(section(page("charter.md"), "### Kinds that are known"))
    assert list(told) == list(STANDARD_KINDS)
    for name, (label, action, unit) in STANDARD_KINDS.items():
        assert told[name][1:] == [label, f"`{action}`", "the currency" if unit == "currency" else f"`{unit}`"]
    units = section(page("charter.md"), "### Units")
    assert all(f"`{unit}`" in units for unit in [*OM2_UNITS, *COUNT_UNITS])


def test_the_choices_of_a_key_are_told() -> None:
    """Words that a key allows stand in its row."""
    told = {
        "## `[commons]`": (CommonsSection, ["joining"]),
        "### `[[sharing.steps]]`": (Step, ["to", "of", "order"]),
        "## `[imports]`": (Imports, ["repayment"]),
    }
    for heading, (shape, names) in told.items():
        table = rows(section(page("charter.md"), heading))
        types = {field.name: field.type for field in msgspec.structs.fields(shape)}
        for name in names:
            assert set(re.findall(r'`"([a-z_]+)"`', table[name][1])) == set(get_args(types[name])), name


def test_the_fields_of_sheets_and_the_choices_are_told() -> None:
    text = page("contributions.md")
    assert set(rows(section(text, "## Sheets"))) == set(FIELDS)
    assert all(f"`{choice}`" in text for choice in get_args(Repayment))


def charters() -> list[tuple[str, str]]:
    """Every whole charter in the documentation, and those of the examples."""
    found = [(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in sorted(ROOT.glob("examples/*/charter.toml"))]
    for path in sorted((ROOT / "docs").rglob("*.md")):
        blocks = re.findall(r"^```toml\n(.*?)^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        found += [(f"{path.relative_to(ROOT)} {number}", block) for number, block in enumerate(blocks) if "[commons]" in block]
    return found


@pytest.mark.parametrize(("where", "text"), charters(), ids=lambda value: value if len(value) < 80 else "")
def test_every_charter_in_the_documentation_is_in_order(where: str, text: str) -> None:
    require_charter(text)


def test_charters_are_found() -> None:
    assert len(charters()) >= 4


MAKERS = {"Problem", "refuse", "bad_input", "not_found"}
CODE = re.compile(r"[a-z]+\.[a-z_]+")


def codes_in_source() -> set[str]:
    """The codes of all problems that the source can make: first arguments, and constants of modules."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                function = node.func
                name = function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
                first = node.args[0]
                if name in MAKERS and isinstance(first, ast.Constant) and CODE.fullmatch(str(first.value)):
                    found.add(first.value)
    return found


def test_every_code_of_a_problem_is_told() -> None:
    """A new code needs a line in docs/reference/problems.md: what it means, and what to do."""
    assert codes_in_source() - set(rows(page("problems.md"))) == set()


def test_every_code_that_is_told_exists() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    told = {code for code in rows(page("problems.md")) if CODE.fullmatch(code)}
    assert len(told) > 100
    assert {code for code in told if not re.search(rf'["`:]{re.escape(code)}["`]', source)} == set()


STATUS = {"bad_input": ("400", "2"), "not_found": ("404", "3"), "Broken": ("500", "5"), "Busy": ("503", "6"), "Forbidden": ("403", "4")}


def test_status_and_exit_code_are_those_of_the_error() -> None:
    """Where the source raises a code in one way only, the page has the status and the exit code of that way."""
    ways: dict[str, set[str]] = {}
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for way, code in re.findall(r'\b(bad_input|not_found|refuse|Problem)\(\s*"([a-z]+\.[a-z_]+)"', text):
            ways.setdefault(code, set()).add(way)
        for way, code in re.findall(r'\b(Broken|Busy|Forbidden)\(Problem\(\s*"([a-z]+\.[a-z_]+)"', text):
            ways[code].discard("Problem")
            ways[code].add(way)
    told = rows(page("problems.md"))
    checked = 0
    for code, kinds in ways.items():
        if len(kinds) == 1 and (kind := next(iter(kinds))) in STATUS:
            assert tuple(told[code][1:3]) == STATUS[kind], code
            checked += 1
    assert checked > 40


def test_the_figures_of_the_worked_example_follow_from_the_rules() -> None:
    """What the prose computes by hand is what the functions come to."""
    text = " ".join(page("policy.md").split())
    points = [10 * 20, 30 * 20, 8 * 5]
    ana, bo, cy = (format_money(88_000 * part // sum(points), "EUR") for part in points)
    assert f"together {sum(points)} points. In proportion, Ana would get {ana}, Bo {bo} and Cy {cy}, rounded down." in text
    filled = fill(88_000, Items(np.array(points), np.arange(3)), at_most=88_000 * 40 // 100)
    assert filled is not None
    ana, bo, cy = (format_money(amount, "EUR") for amount in filled.groups)
    assert f"880.00 − {bo} − {ana} = {cy}" in text
    thirds = " ".join(format_money(part, "EUR") for part in largest_remainder(10_000, [1, 1, 1]))
    assert thirds == "33.34 33.33 33.33"
    assert "33.34, 33.33 and 33.33" in text


def test_every_variable_of_the_environment_is_told() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    used = set(re.findall(r"""environ(?:\.get\(|\[)["']([A-Z_]+)["']""", source)) - {"DJANGO_SETTINGS_MODULE", "XDG_DATA_HOME"}
    first_cells = [line.split("|")[1] for line in section(page("settings.md"), "## Environment").split("\n") if line.startswith("| `")]
    told = {name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)}
    assert used - told == set()
    assert "COMMONHOLD_HOME" in used


if __name__ == "__main__":
    sys.exit(pytest.main([__file__]))
