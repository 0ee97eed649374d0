"""Every page of the documentation that shows commands is run, and prints what it says."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from console import DOCS, ROOT, Page, Runner, difference, elided, fits, pages, read_page, rewritten
from postgres_server import PostgresServer

_schemas = itertools.count()


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    """Runs pages; what several pages begin with is run once."""
    made = Runner(tmp_path_factory.mktemp("docs") / "pages")
    yield made
    made.close()


@pytest.mark.parametrize("path", pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_commands_of_a_page_print_what_it_says(runner: Runner, request: pytest.FixtureRequest, path: Path) -> None:
    page = read_page(path)
    database = ""
    if page.needs_postgresql:
        server: PostgresServer = request.getfixturevalue("postgres")
        database = server.fresh_schema(f"docs_{next(_schemas)}")
    if different := difference(page, runner.run(page, database)):
        pytest.fail(f"{different}\nIf this is right: python tests/docs/console.py {path.relative_to(ROOT)}", pytrace=False)


def test_the_pages_are_found() -> None:
    """A pattern that no longer fits would leave pages unread without anybody noticing."""
    found = {str(path.relative_to(DOCS)) for path in pages() if path.is_relative_to(DOCS)}
    assert {"tutorial/first-commons.md", "how-to/validate.md", "how-to/pay-out.md"} <= found
    assert all(read_page(path).commands for path in pages())


@pytest.mark.parametrize(
    ("expected", "printed", "fit"),
    [
        (["a"], "a\n", True),
        (["a"], "a b\n", False),
        ([], "", True),
        ([], "a\n", False),
        (["a"], "", False),
        (["id … is there"], "id 3f9a is there\n", True),
        (["id … is there"], "id 3f\nis there\n", False),
        (["first", "…", "last"], "first\n1\n2\nlast\n", True),
        (["first", "…", "last"], "first\nlast\n", True),
        (["first", "…"], "other\nlast\n", False),
        (["1.00"], "1x00\n", False),
    ],
)
def test_what_fits(expected: list[str], printed: str, fit: bool) -> None:
    """`…` stands for anything within a line, alone on a line for any lines; all else must be the same."""
    assert fits(expected, printed) is fit


def test_a_page_that_says_something_else_is_told_and_rewritten(runner: Runner, tmp_path: Path) -> None:
    """The runner notices a difference, and can write what is right."""
    text = "# A page\n\n<!-- file: a.txt -->\n```text\nhello\n```\n\n```console\n$ cat a.txt\ngood bye\n$ printf 'a\\nb\\n' | sort -r\nb\na\n```\n"
    path = tmp_path / "page.md"
    path.write_text(text)
    page = read_page(path)
    printed = runner.run(page)
    told = difference(page, printed)
    assert "$ cat a.txt\n--- the page says\ngood bye\n--- it prints\nhello\n" in told
    assert "sort" not in told
    assert rewritten(page, printed) == text.replace("good bye", "hello")


def test_what_changes_from_run_to_run_is_left_out() -> None:
    did = "did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH"
    assert elided(f"{did} has id:{'0a' * 16}, entry {'0f' * 32}, batch 0123456789ab\n") == ["did:key:z6Mk… has id:…, entry …, batch …"]


def test_blocks_must_begin_with_a_command(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text("```console\nno command\n```\n")
    with pytest.raises(AssertionError, match="begins with a command"):
        read_page(path)


def test_lines_of_a_command_are_joined(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text("<!-- clock: +3 days -->\n```console\n$ cat <<E\n> a\n> E\na\n```\n")
    page: Page = read_page(path)
    assert page.steps[0] == 3 * 86_400
    assert page.commands[0].text == "cat <<E\na\nE"
    assert page.commands[0].expected == ["a"]
