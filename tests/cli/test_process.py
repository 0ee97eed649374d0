"""The command line as a process: quick help, completion, pipes that break, interruptions."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import COMMAND, every_command
from world import CHARTER, World

HEAVY = ("django", "numpy", "cryptography", "jinja2", "psycopg", "sqlite3", "granian", "sepaxml", "msgspec")


def imported(*arguments: str) -> set[str]:
    """The packages that a run of the command line imports."""
    done = subprocess.run([sys.executable, "-X", "importtime", *COMMAND[1:], *arguments], capture_output=True, text=True, check=True)
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines() if line.startswith("import time:")}


@pytest.mark.parametrize(
    "arguments", [["--help"], ["-h"], ["--version"], ["share", "--help"], ["import", "git", "--help"], ["export", "sepa", "--help"]]
)
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    loaded = imported(*arguments)
    assert "click" in loaded
    assert loaded & set(HEAVY) == set()


def test_the_command_line_does_not_import_django(sqlite_world: World) -> None:
    assert "django" not in imported("--home", str(sqlite_world.node.home), "contributions")


def test_every_command_has_a_help_of_its_own() -> None:
    for name, command in every_command():
        assert command.help, name
        assert command.help.strip()[0].isupper(), name


def completed(*words: str, shell: str = "bash") -> list[str]:
    """What a shell would offer after these words."""
    environment = os.environ | {
        "_COMMONHOLD_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": " ".join(("commonhold", *words)),
        "COMP_CWORD": str(len(words)),
    }
    done = subprocess.run(COMMAND, env=environment, capture_output=True, text=True, check=True)
    return [line.rpartition(",")[2] for line in done.stdout.splitlines()]


def test_completion() -> None:
    assert completed("sh") == ["share"]
    assert set(completed("share", "")) >= {"preview", "record", "explain"}
    assert "--dry-run" in completed("share", "record", "--d")
    assert completed("income", "add", "--source", "pa") == ["patronage"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell(shell: str) -> None:
    done = subprocess.run(COMMAND, env=os.environ | {"_COMMONHOLD_COMPLETE": f"{shell}_source"}, capture_output=True, text=True, check=True)
    assert "_COMMONHOLD_COMPLETE" in done.stdout
    if shell == "bash":
        subprocess.run(["bash", "-n"], input=done.stdout, text=True, check=True)


@pytest.mark.parametrize(
    "arguments", [["contributions", "--jsonl"], ["contributions", "--csv"], ["export", "csv", "--what", "contributions"], ["contributions", "--json"]]
)
def test_a_pipe_that_breaks_is_quiet(sqlite_world: World, arguments: list[str]) -> None:
    """As in `commonhold contributions | head -1`: no traceback, no complaint."""
    with sqlite_world.node.writing("test") as writer:
        from commonhold.contributions.commands import LogParams, log
        from commonhold.journal.commands import Act

        for _ in range(700):
            log(Act(writer, sqlite_world.ids["Bo"], sqlite_world.keys["Bo"]), LogParams(kind="work", amount="1", domain="firmware", note="x" * 100))
    reading, writing = os.pipe()
    running = subprocess.Popen([*COMMAND, *arguments, "--home", str(sqlite_world.node.home)], stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert os.read(reading, 10)
    os.close(reading)
    _, complaint = running.communicate()
    assert complaint == ""
    assert running.returncode >= 0


_INTERRUPTED = """
import os, signal, sys
from commonhold.cli.app import run
from commonhold.journal.writer import Writer
placed = [0]
place = Writer._place
def interrupted(self, *arguments, **options):
    landed = place(self, *arguments, **options)
    placed[0] += 1
    if placed[0] == int(sys.argv[1]):
        self.transaction.flush()
        os.kill(os.getpid(), signal.SIGINT)
    return landed
Writer._place = interrupted
run(sys.argv[2:])
"""


@pytest.mark.parametrize("after", [1, 2, 30])
def test_an_interruption_in_the_midst_leaves_nothing_half_written(world: World, tmp_path: Path, after: int) -> None:
    """Ctrl-C while a sheet of forty rows is being written: exit code 130, a sentence, and none of the rows."""
    sheet = "by,kind,amount,domain\n" + "Ana,work,1,firmware\n" * 40
    (tmp_path / "sheet.csv").write_text("".join(f"{line}\n" for line in sheet.splitlines()))
    command = [sys.executable, "-c", _INTERRUPTED, str(after), "--home", str(world.node.home), "import", "csv", str(tmp_path / "sheet.csv")]
    with world.node.read() as transaction:
        before = transaction.value("SELECT size FROM journal_head")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr.strip() == "Interrupted; what was finished is kept."
    with world.node.read() as transaction:
        assert transaction.value("SELECT size FROM journal_head") == before
        assert transaction.value("SELECT COUNT(*) FROM journal_entry") == before
        assert transaction.value("SELECT COUNT(*) FROM contribution") == 0
    assert world.verify().ok
    assert world.log("Bo")


def test_an_interruption_before_anything_began(tmp_path: Path) -> None:
    """While a question is asked."""
    (tmp_path / "charter.toml").write_text(CHARTER)
    home = str(tmp_path / "home")
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    subprocess.run(
        [*COMMAND, "init", home, "--charter", str(tmp_path / "charter.toml"), "--founder", "Ana"], env=environment, check=True, capture_output=True
    )
    asking = subprocess.Popen(
        [*COMMAND, "--home", home, "person", "erase", "Ana"], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert asking.stderr is not None
    assert asking.stderr.read(5) == b"Erase"
    asking.send_signal(signal.SIGINT)
    out, complaint = asking.communicate()
    assert (asking.returncode, out) == (130, b"")
    assert b"Traceback" not in complaint
    shown = subprocess.run([*COMMAND, "--home", home, "person", "show", "Ana", "--json"], env=environment, check=True, capture_output=True)
    assert json.loads(shown.stdout)["name"] == "Ana"


_SLOW = """
import sys, time
from itertools import count
from commonhold.cli import output
from commonhold.cli.app import run
ticks = count()
time.monotonic = lambda: next(ticks)
run(sys.argv[1:])
"""


@pytest.mark.parametrize("arguments", [["rebuild"], ["verify"]])
def test_progress_goes_to_standard_error(sqlite_world: World, arguments: list[str]) -> None:
    """Where every look at the clock is a second later, long work tells how far it is, and standard output stays JSON."""
    with sqlite_world.node.writing("test") as writer:
        from commonhold.contributions.commands import LogParams, log
        from commonhold.journal.commands import Act

        for _ in range(1_100):
            log(Act(writer, sqlite_world.ids["Bo"], sqlite_world.keys["Bo"]), LogParams(kind="work", amount="1", domain="firmware"))
    command = [sys.executable, "-c", _SLOW, "--home", str(sqlite_world.node.home), *arguments, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)
    assert re.search(r"^\w+: 1\d\d\d$", done.stderr, re.MULTILINE)


def test_where_the_locale_is_poor_output_is_still_utf8_or_the_reason_is_told(sqlite_world: World) -> None:
    environment = os.environ | {"LC_ALL": "C", "PYTHONIOENCODING": "latin-1"}
    home = str(sqlite_world.node.home)
    subprocess.run([*COMMAND, "--home", home, "person", "set", "Bo", "--name", "Łucja"], check=True, capture_output=True)
    done = subprocess.run(
        [*COMMAND, "--home", home, "person", "show", "Łucja", "--json"], env=environment, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
    assert (done.returncode, json.loads(done.stdout)["name"]) == (0, "Łucja")
    plain = subprocess.run([*COMMAND, "--home", home, "person", "show", "Łucja"], env=environment, capture_output=True, text=True, check=False)
    assert plain.returncode == 2
    assert "PYTHONUTF8=1" in plain.stderr
