"""A full disk, a file that cannot be written, a node that is not there: a clear message, and nothing half-written."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from disks import small_disk, unwritable
from world import World

from commonhold.contributions.commands import LogParams
from commonhold.node.node import Node
from commonhold.node.verification import verify_node
from commonhold.problems import BadInput, Broken, Busy, NotFound, Refused
from commonhold.store.sqlite import SqliteDatabase

PARAMS = LogParams(kind="work", amount="1", domain="firmware")


def test_a_full_disk_is_told_and_nothing_is_lost(sqlite_world: World) -> None:
    """SQLite runs out of pages as it does on a full disk: `store.disk_full`, and the journal is as before."""
    before = sqlite_world.verify()
    connection: sqlite3.Connection = sqlite_world.node.database._connection()  # type: ignore[attr-defined]
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(Busy) as busy:
        for _ in range(200):
            sqlite_world.act("Ana", "contribution.log", PARAMS)
    assert busy.value.code == "store.disk_full"
    connection.execute("PRAGMA max_page_count = 1073741823")
    after = sqlite_world.verify()
    assert after.ok, after.findings
    assert after.entries >= before.entries
    sqlite_world.act("Ana", "contribution.log", PARAMS)


def test_a_file_size_limit_ends_with_a_message(sqlite_world: World) -> None:
    """The operating system refuses to let the file grow: exit code 6 with a code, no traceback."""
    sqlite_world.node.close()
    size = (sqlite_world.node.home / "commonhold.db").stat().st_size
    command = ["prlimit", f"--fsize={size + 8_192}", sys.executable, "-c", _MANY, str(sqlite_world.node.home), sqlite_world.ids["Ana"]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("store."), done.stderr
    again = Node.open(sqlite_world.node.home)
    with again.read() as transaction:
        assert transaction.value("SELECT size FROM journal_head") == transaction.value("SELECT COUNT(*) FROM journal_entry")
    assert sqlite_world.verify().ok


_MANY = """
import signal, sys
from pathlib import Path
from commonhold.node.node import Node
from commonhold.contributions.commands import LogParams
from commonhold.problems import CommonholdError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
node = Node.open(Path(sys.argv[1]))
try:
    for _ in range(500):
        node.act("test", sys.argv[2], "contribution.log", LogParams(kind="work", amount="1", domain="firmware"))
except CommonholdError as error:
    print(error.code)
"""


def test_a_read_only_file_is_told(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that cannot be written says so; reading goes on."""
    database = sqlite_world.node.database
    connection: sqlite3.Connection = database._connection()  # type: ignore[attr-defined]
    connection.execute("PRAGMA query_only = ON")
    with pytest.raises(Busy) as busy:
        sqlite_world.act("Ana", "contribution.log", PARAMS)
    assert busy.value.code == "store.read_only"
    with sqlite_world.node.read() as transaction:
        assert transaction.value("SELECT COUNT(*) FROM journal_entry") == 3


@pytest.mark.parametrize("left_open", [False, True], ids=["closed", "with a log beside it"])
def test_a_node_on_a_disk_that_cannot_be_written_is_read_and_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, left_open: bool) -> None:
    """Such as a backup on a disc: all reading goes on, and what would write says that it cannot."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    world = World(tmp_path / "home")
    world.validated("Bo")
    if not left_open:
        world.node.close()
    with small_disk(32) as disk:
        home = (disk or tmp_path) / "copy"
        shutil.copytree(world.node.home, home)
        with unwritable(disk or home, mounted=disk is not None):
            node = Node.open(home)
            with node.read() as transaction:
                assert transaction.value("SELECT COUNT(*) FROM contribution") == 1
            assert [report.findings for report in verify_node(node)] == [[]]
            for write in (lambda: node.act("test", world.ids["Ana"], "contribution.log", PARAMS), node.rebuild):
                with pytest.raises(Busy) as busy:
                    write()
                assert busy.value.code == "store.read_only"
            node.close()
        node = Node.open(home)
        node.act("test", world.ids["Ana"], "contribution.log", PARAMS)
        assert [report.findings for report in verify_node(node)] == [[]]
        node.close()
    world.node.close()


def _fill(path: Path) -> None:
    """Write until there is no room."""
    with suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4_096))


def test_a_disk_that_fills_up_is_told_and_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole file system without room: `store.disk_full`, reading goes on, and so does writing when there is room again."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with small_disk(8) as disk:
        if disk is None:
            return  # where root may not mount, test_a_file_size_limit_ends_with_a_message is what there is
        world = World(disk / "home")
        before = world.verify().entries
        _fill(disk / "ballast")
        with pytest.raises(Busy) as busy:
            for _ in range(300):
                world.act("Ana", "contribution.log", PARAMS)
        assert busy.value.code == "store.disk_full"
        with world.node.read() as transaction:
            assert transaction.value("SELECT size FROM journal_head") == transaction.value("SELECT COUNT(*) FROM journal_entry") >= before
        (disk / "ballast").unlink()
        world.act("Ana", "contribution.log", PARAMS)
        world.node.close()
        _fill(disk / "ballast")
        with pytest.raises(Busy) as busy:
            Node.open(disk / "home")
        assert busy.value.code == "store.disk_full"
        (disk / "ballast").unlink()
        assert world.verify().ok
        world.node.close()


def test_a_missing_node_says_how_to_make_one(sqlite_home: Path) -> None:
    """No node: exit code 3 and the command that makes one."""
    with pytest.raises(NotFound) as missing:
        Node.open(sqlite_home)
    assert missing.value.code == "node.missing"
    assert "commonhold init" in str(missing.value)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    """Somebody wrote over the file: `store.damaged`, and what to do."""
    path = tmp_path / "commonhold.db"
    path.write_bytes(b"this is not a database, it is a letter to a friend" * 200)
    with pytest.raises(Broken) as broken, SqliteDatabase(path).read() as transaction:
        transaction.value("SELECT 1 FROM sqlite_master")
    assert broken.value.code == "store.damaged"
    assert "backup" in str(broken.value)


def test_damage_inside_a_file_is_told(tmp_path: Path) -> None:
    """A text that is not UTF-8, and a file of a form that SQLite does not know: the same answer, without SQLite's own words alone."""
    path = tmp_path / "commonhold.db"
    database = SqliteDatabase(path)
    with database.write() as transaction:
        transaction.execute("CREATE TABLE note (word TEXT)")
        transaction.execute("INSERT INTO note VALUES (CAST(X'FF41' AS TEXT))")
    with pytest.raises(Broken) as broken, database.read() as transaction:
        transaction.rows("SELECT word FROM note")
    assert broken.value.code == "store.damaged"
    database.close()
    whole = bytearray(path.read_bytes())
    whole[44:48] = (9).to_bytes(4, "big")
    path.write_bytes(whole)
    with pytest.raises(Broken) as broken, SqliteDatabase(path).read() as transaction:
        transaction.rows("SELECT word FROM note")
    assert broken.value.code == "store.damaged"


def test_a_server_that_does_not_answer_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No PostgreSQL at the address: `store.cannot_open`, without the address (it may hold a password)."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://someone:secret@127.0.0.1:1/none")
    with pytest.raises(Busy) as busy:
        Node.open(tmp_path, create=True)
    assert busy.value.code == "store.cannot_open"
    assert "secret" not in str(busy.value)


@pytest.mark.parametrize("count", [1, 50])
def test_what_is_there_in_another_form_is_refused_and_nothing_is_written(world: World, count: int) -> None:
    """Should a fold break a constraint of its tables, this is an answer and no breakdown, on either store."""
    with pytest.raises(Refused) as refused, world.node.database.write() as transaction:
        for number in range(count):
            transaction.insert("meta", f"note {number}", "new")
        transaction.insert("meta", "journal", "again")
    assert refused.value.code == "store.conflict"
    with world.node.read() as transaction:
        assert transaction.value("SELECT COUNT(*) FROM meta WHERE value IN ('new', 'again')") == 0


def test_a_number_beyond_64_bits_is_refused(world: World) -> None:
    with pytest.raises(BadInput) as refused, world.node.database.write() as transaction:
        transaction.execute("UPDATE journal_head SET size = ?", (2**63,))
    assert refused.value.code == "store.bad_value"
