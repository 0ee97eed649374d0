"""Whatever is typed, a person gets a sentence: no traceback, no exit code beyond the documented ones, and the journal verifies."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from busy import make_busy
from command_line import commonhold, every_command
from hypothesis import given, settings
from hypothesis import strategies as st
from world import CHARTER, World

COMMANDS = {name: command for name, command in every_command() if name not in ("serve", "work", "invite", "import git")}
"""All but those that run until interrupted, or need a process of their own."""
DOCUMENTED = {0, 1, 2, 3, 4, 5, 6, 130}

WORDS = st.one_of(
    st.sampled_from(
        ["Ana", "Bo", "Cy", "nobody", "org:acme", "org:none", "test", "0", "1", "3", "7", "12", "-1", "work", "code", "1.5", "1.005", "EUR", "eur", "firmware", "hardware", "accept", "never", "once", "common", "did:key:z6Mk", "id:00", "2026-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-01-01", ".", "..", "-", "--", "sheet.csv", "charter.toml", "key.pem", "folder"]
    ),
    st.sampled_from(["", " ", "9" * 40, "-" + "9" * 30, "1e5", "²", "ß", "\U0001f33b", "a\nb", "\x7f", "%s", "'; DROP TABLE share; --", "x" * 5_000, "\udcff"]),
    st.text(max_size=8).filter(lambda text: "\0" not in text),
)  # fmt: skip


@st.composite
def lines(draw: st.DrawFn) -> list[str]:
    """A command with some of its options and arguments, mostly of the right number, seldom of the right kind."""
    name = draw(st.sampled_from(sorted(COMMANDS)))
    arguments: list[str] = []
    for parameter in COMMANDS[name].params:
        if isinstance(parameter, click.Argument):
            count = draw(st.integers(0, 3)) if parameter.nargs == -1 else draw(st.sampled_from([1, 1, 1, 1, 0]))
            arguments += draw(st.lists(WORDS, min_size=count, max_size=count))
        elif parameter.opts[0] not in ("--home", "--help") and (parameter.required or draw(st.integers(0, 4)) == 0):
            choices = list(parameter.type.choices) if isinstance(parameter.type, click.Choice) else []
            flag = isinstance(parameter, click.Option) and parameter.is_flag
            arguments += [parameter.opts[0]] if flag else [parameter.opts[0], draw(st.sampled_from(choices) if choices else WORDS)]
    return [*name.split(), *arguments]


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A busy commons on SQLite, in a folder with some files."""
    folder = tmp_path_factory.mktemp("fuzz")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        world = World(folder / "home")
        make_busy(world)
    (folder / "folder").mkdir()
    (folder / "charter.toml").write_text(CHARTER)
    (folder / "sheet.csv").write_text("by,kind,amount,domain\nAna,work,1,firmware\n")
    commonhold("key", "new", str(folder / "key.pem"))
    return world


@settings(max_examples=300)
@given(arguments=lines(), as_json=st.booleans(), text=st.binary(max_size=60))
def test_no_line_breaks_a_command(busy: World, arguments: list[str], as_json: bool, text: bytes) -> None:
    folder = busy.node.home.parent
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        patch.chdir(folder / "folder")
        for name in ("charter.toml", "sheet.csv", "key.pem"):
            arguments = [str(folder / name) if argument == name else argument for argument in arguments]
        home = [] if arguments[:2] in (["journal", "sign"], ["journal", "check"], ["key", "new"]) else ["--home", str(busy.node.home)]
        said = commonhold(*arguments, *home, *(["--json"] if as_json else []), text=text)
    assert said.code in DOCUMENTED, said
    assert "Traceback" not in said.err
    assert "should not happen" not in said.err + said.out
    if as_json and "--" not in arguments and "--jsonl" not in arguments and "--csv" not in arguments and said.out:
        assert isinstance(json.loads(said.out), (dict, list))


def test_after_all_that_the_journal_verifies(busy: World) -> None:
    assert busy.verify().ok


@settings(max_examples=60)
@given(st.lists(WORDS, max_size=5))
def test_words_that_are_no_command(words: list[str]) -> None:
    said = commonhold("--home", "/nonexistent/node", *words)
    assert said.code in DOCUMENTED, said
    assert "Traceback" not in said.err


@pytest.mark.parametrize("name", ["charter check", "import csv", "journal submit", "journal check"])
@settings(max_examples=40)
@given(data=st.one_of(st.binary(max_size=200), st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass"))))
def test_no_file_breaks_a_command(busy: World, name: str, data: bytes) -> None:
    """Files come from anywhere."""
    file = busy.node.home.parent / "given"
    file.write_bytes(data)
    more = {"journal check": ["--vkey", "x"], "import csv": ["--home", str(busy.node.home)], "journal submit": ["--home", str(busy.node.home)]}
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        said = commonhold(*name.split(), str(file), *more.get(name, []), "--json")
    assert said.code in DOCUMENTED - {0}, said
    assert "should not happen" not in said.out
    assert json.loads(said.out)


def test_a_key_file_of_any_bytes(tmp_path: Path, busy: World) -> None:
    for number, data in enumerate((b"", b"\0" * 100, b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", b"\xff" * 50)):
        file = tmp_path / f"{number}.pem"
        file.write_bytes(data)
        said = commonhold("log", "work", "1", "--domain", "firmware", "--key", str(file), "--home", str(busy.node.home), "--json")
        assert (said.code, said.json()["code"]) == (2, "keys.bad_file")
