"""The house keeps its own order: sizes, exact numbers, who writes which table, what the documentation describes."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

from commonhold.commons.kinds import kinds as commons_kinds
from commonhold.contributions.kinds import kinds as contribution_kinds
from commonhold.flows.kinds import kinds as flow_kinds
from commonhold.governance.kinds import kinds as governance_kinds
from commonhold.node import tables
from commonhold.node.composition import CHARTER_SECTIONS, COMMANDS, HOUSE, all_kinds
from commonhold.sharing.kinds import kinds as sharing_kinds

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "commonhold"
FILES = sorted(SOURCE.rglob("*.py"))
KINDS = [*commons_kinds(CHARTER_SECTIONS), *flow_kinds(), *contribution_kinds(), *governance_kinds(HOUSE), *sharing_kinds()]

EXACT = ("measure.py", "flows", "contributions", "governance", "sharing", "journal", "commons")
"""Where amounts and quantities are: no fraction of a binary kind has a place here."""
NO_AMOUNTS = {"contributions/readahead.py"}
"""Waits for another program, by seconds."""

NO_FRACTIONS = {("flows/interchange/jsonld.py", "float()"): 1}
"""(file, what) → how often it may be there: JSON-LD tells its own version as a number."""

PRIVATE = {table.name for table in tables.PRIVATE}
DERIVED = {table.name for table in tables.DERIVED}
JOURNAL = {table.name for table in tables.JOURNAL}
FOLDS = {
    "commons/fold.py", "flows/fold.py", "flows/records.py", "contributions/fold.py", "contributions/tallying.py", "governance/fold.py", "sharing/fold.py",
}  # fmt: skip
"""What writes derived tables. Two folds are in two files: what events change, and what records do; contributions, and their totals."""
SCRATCH = {"node/verification.py", "node/journal_check.py"}
"""Fill the tables of a throw-away database, to compare with."""
WHOLE = {"node/backup.py"}
"""Copies every table there is."""


def name_of(path: Path) -> str:
    """The path in the package: `sharing/fold.py`."""
    return path.relative_to(SOURCE).as_posix()


def lines(path: Path) -> int:
    """How many lines a file has."""
    return len(path.read_text(encoding="utf-8").splitlines())


def test_files_are_short() -> None:
    assert {name_of(path): lines(path) for path in FILES if lines(path) > 400} == {}
    assert statistics.median(lines(path) for path in FILES if lines(path)) < 150


@pytest.mark.parametrize("path", [path for path in FILES if name_of(path).startswith(EXACT) and name_of(path) not in NO_AMOUNTS], ids=name_of)
def test_no_float_comes_near_an_amount(path: Path) -> None:
    """No literal with a point, no float(), no true division, no round() but of exact fractions."""
    found = []
    allowed = {what: count for (name, what), count in NO_FRACTIONS.items() if name == name_of(path)}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, (float, complex)):
            found.append(f"line {node.lineno}: {node.value}")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("float", "round"):
            what = f"{node.func.id}()"
            if allowed.get(what):
                allowed[what] -= 1
            elif what == "float()" or len(node.args) != 1 or not _has_fractions(path):
                found.append(f"line {node.lineno}: {what}")
        is_path = isinstance(node, ast.BinOp) and any(
            isinstance(side, (ast.Constant, ast.JoinedStr)) and not _is_number(side) for side in (node.left, node.right)
        )
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div) and not is_path and not _divides_exactly(path):
            found.append(f"line {node.lineno}: true division")
    assert found == []


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int)


def _has_fractions(path: Path) -> bool:
    """Whether the file computes with exact fractions, as its imports show."""
    return "from fractions import Fraction" in path.read_text(encoding="utf-8")


def _divides_exactly(path: Path) -> bool:
    """Whether `/` in this file joins paths or divides exact fractions, as its imports show."""
    return "from pathlib import Path" in path.read_text(encoding="utf-8") or _has_fractions(path)


def writes(path: Path) -> Iterator[tuple[str, int]]:
    """(table, line) of every statement or call by which a file changes a table."""
    statement = re.compile(r"\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+([a-z_]+)(?=\s|$)")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from ((match[1], node.lineno) for match in statement.finditer(node.value))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "insert" and node.args:
            table = node.args[0]
            if isinstance(table, ast.Constant) and isinstance(table.value, str):
                yield table.value, node.lineno


def test_only_folds_write_derived_tables() -> None:
    """Nothing else may, or the tables would not follow from the journal."""
    for path in FILES:
        for table, line in writes(path):
            if table in DERIVED:
                assert name_of(path) in FOLDS, f"{name_of(path)}, line {line} writes {table}"


def test_a_fold_writes_the_tables_of_its_own_package() -> None:
    for path in FILES:
        if name_of(path) in FOLDS:
            own = {table.name for table in tables.tables_in((path.parent / "tables.sql").read_text(encoding="utf-8"))}
            written = {table for table, _ in writes(path)}
            assert written <= own, name_of(path)


def test_only_the_journal_writes_the_journal() -> None:
    for path in FILES:
        for table, line in writes(path):
            if table in JOURNAL:
                assert name_of(path).startswith("journal/") or name_of(path) in SCRATCH, f"{name_of(path)}, line {line} writes {table}"
            if table == "journal_entry":
                assert name_of(path) == "journal/writer.py" or name_of(path) in SCRATCH, f"{name_of(path)}, line {line} appends"


def test_every_derived_table_is_written_by_a_fold() -> None:
    written = {table for path in FILES if name_of(path) in FOLDS for table, _ in writes(path)}
    assert written == DERIVED


def test_private_tables_are_not_read_by_folds_and_rules() -> None:
    """What can be erased decides nothing: a fold that looked there would not come to the same after an erasure."""
    deciding = {"rules.py", "kinds.py", "inputs.py", "compute.py", "distribute.py"} | {
        "event_rules.py",
        "record_rules.py",
        "views.py",
        "record_views.py",
    }
    for path in FILES:
        if name_of(path) in FOLDS or path.name in deciding:
            text = path.read_text(encoding="utf-8")
            assert not any(re.search(rf"\b{table}\b", text) for table in PRIVATE), name_of(path)


def test_every_table_begins_with_its_commons() -> None:
    """So that a host can spread commons over machines; a token is looked up before its commons is known."""
    for table in (*tables.JOURNAL, *tables.DERIVED, *tables.PRIVATE):
        if table.name != "private_token":
            assert table.key[0] == table.columns[0] == "commons", table.name


def test_every_kind_has_a_rule_a_fold_and_a_shape_that_forbids_the_unknown() -> None:
    names = [kind.name for kind in KINDS]
    assert len(set(names)) == len(names)
    assert sorted(names) == all_kinds().names()
    for kind in KINDS:
        assert kind.check.__doc__ != "" and callable(kind.check), kind.name
        assert callable(kind.load), kind.name
        assert callable(kind.fold), kind.name
        assert kind.body.__struct_config__.forbid_unknown_fields, kind.name
        assert (kind.body.__doc__ or "").startswith(f"`{kind.name}`"), kind.name


def test_the_reference_describes_every_kind_and_every_field() -> None:
    text = (ROOT / "docs" / "reference" / "journal.md").read_text(encoding="utf-8")
    chapters = {match[1]: match[2] for match in re.finditer(r"^### `([a-z_.]+)`[^\n]*\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)}
    assert {kind.name for kind in KINDS} <= set(chapters)
    assert {name for name in chapters if "." in name} <= {kind.name for kind in KINDS}
    for kind in KINDS:
        told = set(re.findall(r"^\| `(\w+)` \|", chapters[kind.name], re.MULTILINE))
        assert set(kind.body.__struct_encode_fields__) <= told, kind.name


def test_every_command_has_a_summary_in_a_sentence() -> None:
    for name, command in COMMANDS.items():
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", name)
        assert command.summary.endswith(".") and command.summary[0].isupper(), name


def published() -> list[Path]:
    """What readers see: source, documentation, settings."""
    folders = [ROOT / name for name in ("src", "docs", "examples", "benchmarks", "tests", ".ci")]
    suffixes = {".py", ".md", ".toml", ".sql", ".html", ".css", ".js", ".json", ".txt", ".go", ""}
    inside = [
        path for folder in folders for path in folder.rglob("*") if path.is_file() and path.suffix in suffixes and "__pycache__" not in path.parts
    ]
    return sorted([*inside, *(path for path in ROOT.iterdir() if path.is_file() and path.suffix in suffixes)])


def test_nothing_names_the_machine_on_which_it_was_written() -> None:
    """A path into somebody's home, or a package index of somebody's own, helps nobody else."""
    machine = re.compile(r"(?<![\w.~-])/(?:root|home/[a-z]\w+|Users/\w+|work)/\w|(?:index-url|find-links|trusted-host)")
    for path in published():
        if path == Path(__file__).resolve() or (path.parent.name == "docs" and path.parent.parent.name == "tests"):
            continue
        found = machine.search(path.read_text(encoding="utf-8", errors="replace"))
        assert found is None, f"{path.relative_to(ROOT)}: {found and found[0]}"
