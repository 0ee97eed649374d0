"""Data of earlier versions, opened with this one: the journal stays, the tables are made anew, and nothing that was said is lost.

`tests/upgrade/make.py` writes the data, with each release; never change what it has written.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from command_line import commonhold
from serving import ServerProcess
from world import World

from commonhold.node import node as node_module
from commonhold.node import tables
from commonhold.node.composition import PRIVATE_TABLES
from commonhold.node.node import Node
from commonhold.node.tables import DERIVED, JOURNAL, PRIVATE, derived_version

NODES = Path(__file__).parent / "nodes"
QUESTIONS = {
    "members": ["member", "list"],
    "contributions": ["contributions"],
    "shares": ["share", "show", "1"],
    "explained": ["share", "explain", "Bo"],
    "checkpoint": ["journal", "checkpoint"],
}
LOOK_UP = """
import sys
from pathlib import Path
from commonhold.server.wsgi import configure
configure(Path(sys.argv[1]))
from commonhold.web.accounts.models import User
user = User.objects.get(email="bo@garden.example")
print(user.check_password("correct horse battery staple"), *user.memberships.values_list("commons", "agent"))
"""


class Earlier:
    """The folder of a node of an earlier version, and what that version said of it."""

    def __init__(self, kept: Path, home: Path) -> None:
        self.home = home
        self.said: dict[str, Any] = json.loads((kept / "said.json").read_text(encoding="utf-8"))
        home.mkdir(mode=0o700)
        for name in ("commonhold", "accounts"):
            with closing(sqlite3.connect(home / f"{name}.db")) as database:
                database.executescript((kept / f"{name}.sql").read_text(encoding="utf-8"))
        (home / "node.key").write_bytes(bytes.fromhex((kept / "node.key.hex").read_text()))
        (home / "node.key").chmod(0o600)

    def run(self, *words: str) -> Any:
        """A command of this version, on that node."""
        said = commonhold(*words, "--home", str(self.home), "--json")
        assert said.code == 0, said
        return said.json()

    def columns(self) -> dict[str, list[str]]:
        """The columns of each table as the database has them."""
        with closing(sqlite3.connect(self.home / "commonhold.db")) as database:
            names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: [row[1] for row in database.execute(f"PRAGMA table_info({name})")] for name in names}


@pytest.fixture(params=sorted(path.name for path in NODES.iterdir()))
def earlier(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Earlier]:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    yield Earlier(NODES / request.param, tmp_path / "node")


def holds(now: Any, then: Any, where: str = "") -> list[str]:
    """Where what is said now lacks something that was said then; more may be said now."""
    if isinstance(then, dict):
        lost = [f"{where}.{name}" for name in then if name not in now]
        return lost + [place for name in then.keys() & now.keys() for place in holds(now[name], then[name], f"{where}.{name}")]
    if isinstance(then, list):
        if len(now) != len(then):
            return [f"{where}: {len(now)} of {len(then)}"]
        return [place for number, (one, other) in enumerate(zip(now, then, strict=True)) for place in holds(one, other, f"{where}[{number}]")]
    return [] if now == then else [f"{where}: {now!r}, not {then!r}"]


def test_what_an_earlier_version_said_is_still_said(earlier: Earlier) -> None:
    for name, words in QUESTIONS.items():
        assert holds(earlier.run(*words), earlier.said[name], name) == []


def test_the_tables_are_of_this_version_and_the_journal_is_as_it_was(earlier: Earlier, tmp_path: Path) -> None:
    checkpoint = tmp_path / "checkpoint"
    checkpoint.write_text(earlier.said["checkpoint"]["checkpoint"])
    assert earlier.run("verify", "--since", str(checkpoint))
    Node.open(tmp_path / "fresh", create=True).close()
    after = earlier.columns()
    assert {table.name: after.get(table.name) for table in (*DERIVED, *JOURNAL, *PRIVATE)} == {
        table.name: list(table.columns) for table in (*DERIVED, *JOURNAL, *PRIVATE)
    }
    with closing(sqlite3.connect(earlier.home / "commonhold.db")) as database:
        assert database.execute("SELECT value FROM meta WHERE name = 'derived'").fetchone() == (derived_version(),)


def test_people_go_on_where_they_were(earlier: Earlier) -> None:
    """With the keys that the node keeps, and the token that it gave."""
    claimed = earlier.run("log", "work", "1.5", "--domain", "beds", "--as", "Bo")
    assert earlier.run("validate", str(claimed["position"]), "--as", "Ana")
    assert earlier.run("person", "show", "Bo")["email"] == "bo@garden.example"
    assert earlier.run("share", "preview")
    assert earlier.run("verify")


def test_pages_and_accounts_are_there_after_an_upgrade(earlier: Earlier) -> None:
    work = json.dumps({"kind": "work", "amount": "2", "domain": "tools"}).encode()
    headers = {"Authorization": f"Bearer {earlier.said['token']}", "Content_Type": "application/json"}
    with ServerProcess(earlier.home) as server:
        assert server.get("/readyz")[0] == 200
        for path in ("/garden/", "/garden/contributions/", "/garden/distributions/1/", "/garden/decisions/", "/api/commons/garden/members"):
            assert server.get(path)[0] == 200, path
        assert server.get("/api/commons/garden/commands/contribution.log", work, **headers)[0] == 200
        assert server.end() == 0
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    told = subprocess.run([sys.executable, "-c", LOOK_UP, earlier.home], env=environment, capture_output=True, text=True, check=True).stdout
    bo = next(member["agent"] for member in earlier.said["members"]["members"] if member["name"] == "Bo")
    assert told.strip() == f"True ('garden', '{bo}')"


def test_a_vote_that_was_under_way_goes_on(earlier: Earlier) -> None:
    if "vote" not in earlier.columns():
        assert earlier.run("decide", "list")["proposals"] == []
        return
    shown = earlier.run("decide", "show", "1")
    assert shown["proposal"]["title"] == "Bo as a steward"
    assert earlier.run("decide", "vote", "1", "no", "--as", "Cy")
    with closing(sqlite3.connect(earlier.home / "commonhold.db")) as database:
        assert database.execute("SELECT COUNT(*) FROM private_ballot").fetchone() == (2,)


def test_a_private_table_of_a_new_version_is_made_though_no_other_changed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    more = PRIVATE_TABLES + "\nCREATE TABLE private_of_a_version_to_come (\n    commons TEXT NOT NULL PRIMARY KEY\n);\n"
    monkeypatch.setattr(tables, "PRIVATE_TABLES", more)
    monkeypatch.setattr(node_module, "PRIVATE_TABLES", more)
    Node.open(world.node.home).close()
    with world.node.read() as transaction:
        assert transaction.value("SELECT COUNT(*) FROM private_of_a_version_to_come") == 0
        assert transaction.value("SELECT COUNT(*) FROM private_profile") == 3


def test_a_node_of_a_newer_version_is_not_served(earlier: Earlier) -> None:
    with closing(sqlite3.connect(earlier.home / "commonhold.db")) as database:
        database.execute("UPDATE meta SET value = '999999 of a version to come' WHERE name = 'derived'")
        database.commit()
    before = earlier.columns()
    for words in (["serve"], ["member", "list"], ["rebuild"], ["verify"]):
        said = commonhold(*words, "--home", str(earlier.home), "--json")
        assert (said.code, said.json()["code"]) == (1, "node.too_new"), words
    assert earlier.columns() == before


@pytest.mark.parametrize("name", sorted(path.name for path in NODES.iterdir()))
def test_a_backup_of_an_earlier_version_is_restored(name: str, home: Path, tmp_path: Path) -> None:
    """To either store. A backup is the files of the node, and a manifest with their digests."""
    earlier = Earlier(NODES / name, tmp_path / "backup")
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in earlier.home.iterdir()}
    manifest = {"files": digests, "checkpoints": {"garden": earlier.said["checkpoint"]["checkpoint"]}}
    (earlier.home / "manifest.json").write_text(json.dumps(manifest))
    assert commonhold("restore", str(earlier.home), "--home", str(home)).code == 0
    said = commonhold("contributions", "--home", str(home), "--json").json()
    assert holds(said, earlier.said["contributions"]) == []
    assert commonhold("person", "show", "Bo", "--home", str(home), "--json").json()["email"] == "bo@garden.example"
    assert commonhold("log", "work", "1", "--domain", "beds", "--as", "Cy", "--home", str(home)).code == 0
