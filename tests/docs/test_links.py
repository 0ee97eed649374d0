"""Links lead somewhere, named files and functions exist, and no page speaks of the machine it was written on."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HIDDEN = {".venv", ".git", ".demo", ".bench", "node_modules", ".hypothesis", ".pytest_cache"}
PAGES = sorted(path for path in ROOT.rglob("*.md") if not HIDDEN & set(path.relative_to(ROOT).parts))
CODE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!`)\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^()\s]+(?:\([^()]*\))?)\)")


def prose(path: Path) -> str:
    """A page without its blocks of code."""
    return CODE.sub("", path.read_text(encoding="utf-8"))


def anchors(path: Path) -> set[str]:
    """The names of a page's headings, as forges make them."""
    found = set()
    for heading in re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
        found.add(re.sub(r"[^\w\- ]", "", text).replace(" ", "-"))
    return found


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_relative_links_lead_to_files_and_headings(path: Path) -> None:
    for link in LINK.findall(prose(path)):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), f"{named(path)} links to {link}, which is not there"
        if anchor:
            assert anchor in anchors(target), f"{named(path)} links to {link}; headings are {sorted(anchors(target))}"


def test_links_are_found() -> None:
    """The pattern finds what it should: the index links to most pages."""
    found = LINK.findall(prose(ROOT / "docs" / "README.md"))
    assert len(found) > 20


@pytest.mark.parametrize("path", sorted((ROOT / "docs").rglob("*.md")), ids=named)
def test_the_index_leads_to_every_page(path: Path) -> None:
    """Nobody finds a page that nothing links to. Decisions have an index of their own."""
    index = ROOT / "docs" / ("decisions" if path.parent.name == "decisions" else "") / "README.md"
    links = {(index.parent / link.partition("#")[0]).resolve() for link in LINK.findall(prose(index))}
    assert path == index or path in links


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_no_page_speaks_of_a_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"/(?:work|root|tmp)/|/home/\w", text)


def exists(reference: str) -> bool:
    """Whether `file.py:Name` or `file.py:Class.method` is there."""
    file, _, name = reference.partition(":")
    path = ROOT / file
    if not name or not path.is_file():
        return path.exists() and not name
    body: list[ast.stmt] = ast.parse(path.read_text(encoding="utf-8")).body
    for part in name.split("."):
        found = [node for node in body if _name(node) == part]
        if not found:
            return False
        body = getattr(found[0], "body", [])
    return True


def _name(node: ast.stmt) -> str:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id
    return ""


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "CONTRIBUTING.md", *(named(path) for path in (ROOT / "docs" / "decisions").glob("*.md"))])
def test_files_and_functions_that_are_named_exist(page: str) -> None:
    references = re.findall(r"`((?:src|tests|docs|examples|benchmarks)/?[\w./-]*(?::[\w.]+)?)`", (ROOT / page).read_text(encoding="utf-8"))
    assert [reference for reference in references if not exists(reference)] == []
    assert page != "ARCHITECTURE.md" or len(references) > 40


@pytest.mark.parametrize(
    ("reference", "there"),
    [
        ("src/commonhold/measure.py", True),
        ("src/commonhold/measure.py:parse_money", True),
        ("src/commonhold/node/node.py:Node.act", True),
        ("src/commonhold/contributions/commands.py:COMMANDS", True),
        ("src/commonhold/measure.py:no_such_function", False),
        ("src/commonhold/node/node.py:Node.no_such_method", False),
        ("src/commonhold/no_such_file.py", False),
    ],
)
def test_what_exists(reference: str, there: bool) -> None:
    assert exists(reference) is there


def test_the_drawing_of_the_floors_is_that_of_the_contract() -> None:
    """ARCHITECTURE.md draws the layers of pyproject.toml, each of them."""
    layers = re.search(r"layers = \[(.*?)\]", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.DOTALL)
    assert layers
    names = set(re.findall(r"commonhold\.(\w+)", layers[1]))
    drawing = re.search(r"```mermaid\n(.*?)```", (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"), re.DOTALL)
    assert drawing
    assert names - set(re.findall(r"\w+", drawing[1])) == set()
