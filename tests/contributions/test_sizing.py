"""How much of a change counts: patterns as git reads them, kinds, caps."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from repositories import not_for_ever

from commonhold.contributions.charter import Imports, PathRule
from commonhold.contributions.sizing import IGNORE, FileChange, Size, Sizer, path_pattern

NAME = st.sampled_from(["a", "b", "ab", "*", "a*", "*b", "?", "a?b", "*a*b", "a*b*", "*a*a*"])
PATTERNS = st.builds(
    lambda top, parts, end: top + "/".join(parts) + end,
    st.sampled_from(["", "", "/", "**/"]),
    st.lists(NAME, min_size=1, max_size=3) | st.builds(lambda one, two: [one, "**", two], NAME, NAME),
    st.sampled_from(["", "", "/", "/**"]),
)
PATHS = st.lists(st.sampled_from(["a", "b", "ab", "aab", "axb", "c"]), min_size=1, max_size=4).map("/".join)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty repository, to ask git."""
    folder = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", folder], check=True)
    return folder


@settings(max_examples=80)
@given(pattern=PATTERNS, paths=st.lists(PATHS, min_size=10, max_size=30, unique=True))
def test_patterns_fit_what_git_ignores(repository: Path, pattern: str, paths: list[str]) -> None:
    """A path pattern of the charter leaves out the same files as the same line of a .gitignore."""
    (repository / ".git" / "info" / "exclude").write_text(pattern + "\n")
    command = ["git", "-C", str(repository), "check-ignore", "--no-index", "--stdin", "-z"]
    asked = subprocess.run(command, input="\0".join(paths) + "\0", check=False, capture_output=True, text=True)
    assert asked.returncode in (0, 1), asked.stderr
    ignored = set(asked.stdout.split("\0")) - {""}
    assert {path for path in paths if path_pattern(pattern).fullmatch(path)} == ignored


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("*.lock", "a/b/c.lock", True),
        ("*.lock", "a/b.lock.txt", False),
        ("a.b", "axb", False),
        ("docs/*.md", "docs/a/b.md", False),
        ("src/gen", "src/gen/a/b.c", True),
        ("[a]", "a", False),
        ("ä/", "ä/ö\n.c", True),
    ],
)
def test_patterns_by_example(pattern: str, path: str, fits: bool) -> None:
    """Dots and brackets are themselves; any letter may be in a name."""
    assert bool(path_pattern(pattern).fullmatch(path)) == fits


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("**a" * 60 + "**", "a" * 60, True),
        ("**a" * 60 + "!", "a" * 500, False),
        ("*a" * 60 + "!", "a" * 500, False),
        ("**/a*b/" * 20 + "**/!", "acb/" * 200, False),
        ("**a*b" * 30, "ab/" * 60 + "ab", True),
        ("*ab*ba*", "x/aba", False),
        ("**ab*ba", "ab/xabba", True),
        ("x**a*b", "xa/acbc/acb", True),
        ("**/b", "ab", False),
    ],
)
def test_many_stars(pattern: str, path: str, fits: bool) -> None:
    """However many wildcards a charter has in a pattern, what a stranger calls a file does not keep an import busy for ever."""
    with not_for_ever():
        assert bool(path_pattern(pattern).fullmatch(path)) == fits


RULES = Imports(
    kind="code", lines_per_change_max=100, lines_per_binary=7, ignore=["vendor/"],
    paths=[PathRule(match="*.md", kind="documentation"), PathRule(match="secret.md", kind="code"), PathRule(match="*.min.js", kind=IGNORE)],
)  # fmt: skip


@pytest.mark.parametrize(
    ("files", "kind", "lines"),
    [
        ([], "code", 0),
        ([("a.c", 3, 4)], "code", 7),
        ([("a.c", 99, 2)], "code", 100),
        ([("a.c", 10**9, 0)], "code", 100),
        ([("a.png", None, None)], "code", 7),
        ([("vendor/a.c", 50, 0), ("x.min.js", 50, 0)], "code", 0),
        ([("vendor/a.c", 50, 0), ("a.md", 1, 0)], "documentation", 1),
        ([("a.md", 5, 0), ("a.c", 4, 0)], "documentation", 9),
        ([("a.md", 5, 0), ("a.c", 5, 0)], "code", 10),
        ([("secret.md", 5, 0)], "documentation", 5),
        ([("gen/a.c", 5, 0), ("a.c", 1, 0)], "code", 1),
    ],
)
def test_the_size_of_a_change(files: list[tuple[str, int | None, int | None]], kind: str, lines: int) -> None:
    """Lines added and deleted of what is not left out, up to the cap, as the kind with most lines; the first rule that fits decides."""
    sizer = Sizer(RULES, lambda path: path.startswith("gen/"))
    assert sizer.size([FileChange(*file) for file in files]) == Size(kind, lines)


def test_generated_files_count_where_the_charter_says_so() -> None:
    """respect_linguist = false counts what the repository calls vendored or generated."""
    sizer = Sizer(Imports(respect_linguist=False), lambda _: True)
    assert sizer.size([FileChange("gen/a.c", 5, 0)]) == Size("code", 5)


@given(st.lists(st.tuples(PATHS, st.integers(0, 10**6), st.integers(0, 10**6)), max_size=8), st.integers(1, 1_000))
def test_no_change_counts_more_than_the_cap_and_no_file_order_matters(files: list[tuple[str, int, int]], cap: int) -> None:
    """A change is never larger than the cap or than its lines, whatever the order of its files."""
    sizer = Sizer(Imports(lines_per_change_max=cap, ignore=["c"], paths=[PathRule(match="a", kind="design")]))
    changes = [FileChange(*file) for file in files]
    size = sizer.size(changes)
    assert 0 <= size.lines <= min(cap, sum(added + deleted for _, added, deleted in files))
    assert sizer.size(changes[::-1]) == size
