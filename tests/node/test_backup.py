"""Backup and restore: while writing goes on, from either store to either, verified, whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from busy import make_busy, rows_of
from postgres_server import PostgresServer
from world import World

from commonhold.node import backup as backups
from commonhold.node import tables
from commonhold.node.backup import MANIFEST, backup, restore
from commonhold.node.node import Node
from commonhold.node.verification import verify_commons
from commonhold.problems import BadInput, Broken, CommonholdError, Refused

EVERY = (*tables.JOURNAL, *tables.PRIVATE, *tables.DERIVED)


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for a node on SQLite."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path / "elsewhere" / "node"


def restored(folder: Path, home: Path) -> Node:
    """The node that comes of a backup."""
    restore(folder, home)
    return Node.open(home)


def test_a_restored_node_is_equal_row_for_row_and_goes_on(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_busy(world)
    before = rows_of(world.node, EVERY)
    told = backup(world.node, tmp_path / "backup")
    assert told["entries"] == {"test": len(before["journal_entry"])}
    monkeypatch.delenv("DATABASE_URL", raising=False)
    node = restored(tmp_path / "backup", tmp_path / "new")
    assert rows_of(node, EVERY) == before
    world.node.close()
    world.node = node
    assert world.log("Bo")
    assert world.verify().ok


def test_a_backup_of_sqlite_is_restored_to_postgresql(
    sqlite_world: World, tmp_path: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_busy(sqlite_world)
    before = rows_of(sqlite_world.node, EVERY)
    backup(sqlite_world.node, tmp_path / "backup")
    monkeypatch.setenv("DATABASE_URL", postgres.fresh_schema("restored"))
    node = restored(tmp_path / "backup", tmp_path / "new")
    assert node.database.name == "postgresql"
    assert rows_of(node, EVERY) == before
    with pytest.raises(Refused) as refused:
        restore(tmp_path / "backup", tmp_path / "third")
    assert refused.value.code == "backup.home_in_use"
    assert not (tmp_path / "third").exists()
    node.close()


def test_a_backup_is_its_owners_alone_and_does_not_overwrite(sqlite_world: World, tmp_path: Path) -> None:
    backup(sqlite_world.node, tmp_path / "backup")
    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "backup").iterdir()} == {0o600}
    with pytest.raises(BadInput) as bad:
        backup(sqlite_world.node, tmp_path / "backup")
    assert bad.value.code == "backup.folder_exists"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup", "home"]


_WRITER = """
import sys
from pathlib import Path
from commonhold.contributions.commands import LogParams
from commonhold.node.node import Node
node = Node.open(Path(sys.argv[1]))
print("ready", flush=True)
for number in range(int(sys.argv[3])):
    node.act("test", sys.argv[2], "contribution.log", LogParams(kind="work", amount="1", domain="firmware"), key=str(number))
    print(number, flush=True)
"""


def test_a_backup_while_another_process_writes(world: World, tmp_path: Path) -> None:
    """Two backups in the midst of writing: each is one moment of the journal, verifies, and holds back nobody."""
    arguments = [sys.executable, "-c", _WRITER, str(world.node.home), world.ids["Bo"], "60"]
    writer = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    seen: list[str] = []
    reading = threading.Thread(target=lambda: seen.extend(writer.stdout or ()))
    assert writer.stdout.readline() == "ready\n"
    reading.start()
    sizes = [backup(world.node, tmp_path / name)["entries"]["test"] for name in ("one", "two")]
    assert writer.wait() == 0
    reading.join()
    assert len(seen) == 60
    with world.node.read() as transaction:
        total = transaction.value("SELECT size FROM journal_head")
    assert total >= 63
    assert 3 <= sizes[0] <= sizes[1] <= total
    assert world.verify().ok
    os.environ.pop("DATABASE_URL", None)
    node = restored(tmp_path / "two", tmp_path / "restored")
    report = verify_commons(node.database, "test", workers=1)
    assert (report.ok, report.entries) == (True, sizes[1])
    node.close()


def test_of_two_backups_at_the_same_time_the_first_that_is_made_stays(sqlite_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second has verified its copy when the first takes the name: neither disturbs the other, and nothing is left half-made."""
    fill, told = backups._fill, []

    def slowly(node: Node, part: Path) -> list[backups.Report]:
        if not told:
            told.append({})
            told[0] = backup(node, tmp_path / "made" / "backup")
        return fill(node, part)

    monkeypatch.setattr(backups, "_fill", slowly)
    with pytest.raises(BadInput) as late:
        backup(sqlite_world.node, tmp_path / "made" / "backup")
    assert late.value.code == "backup.folder_exists" and told[0]["verified"]
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["backup"]
    assert restore(tmp_path / "made" / "backup", tmp_path / "new")["entries"] == told[0]["entries"]


def test_what_a_killed_backup_has_left_is_deleted_a_day_later_and_nothing_else(sqlite_world: World, tmp_path: Path) -> None:
    for name, days in (("a.01234567.part", 2), ("a.89abcdef.part", 0.5), ("mine.part", 2), ("b.01234567.parts", 2)):
        (tmp_path / "made" / name).mkdir(parents=True)
        (tmp_path / "made" / name / "node.key").write_bytes(b"secret")
        os.utime(tmp_path / "made" / name, (time.time() - days * 86_400,) * 2)
    backup(sqlite_world.node, tmp_path / "made" / "backup")
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == ["a.89abcdef.part", "b.01234567.parts", "backup", "mine.part"]


def broken(folder: Path, home: Path) -> str:
    """The code with which a restore is refused; the place must stay as empty as it was."""
    there = home.exists()
    with pytest.raises(CommonholdError) as error:
        restore(folder, home)
    assert home.exists() == there
    assert not there or not list(home.iterdir())
    return error.value.code


def test_a_damaged_backup_is_refused_and_leaves_nothing(sqlite_world: World, tmp_path: Path, elsewhere: Path) -> None:
    """Any file of it changed, cut or missing."""
    make_busy(sqlite_world)
    backup(sqlite_world.node, tmp_path / "backup")
    for name in ("commonhold.db", "node.key", MANIFEST):
        for damage in ("flip", "cut", "gone"):
            copy = tmp_path / f"{name}-{damage}"
            shutil.copytree(tmp_path / "backup", copy)
            data = (copy / name).read_bytes()
            middle = data.index(b'"files"') + 1 if name == MANIFEST else len(data) // 2
            (copy / name).write_bytes(data[:middle] + (bytes([data[middle] ^ 1]) + data[middle + 1 :] if damage == "flip" else b""))
            if damage == "gone":
                (copy / name).unlink()
            assert broken(copy, elsewhere) == "backup.damaged", (name, damage)
    restore(tmp_path / "backup", elsewhere)


def rehashed(folder: Path) -> None:
    """Bring the manifest up to what the files are, as somebody would who changed them on purpose."""
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["files"] = {name: backups._sha256(folder / name) for name in manifest["files"]}
    (folder / MANIFEST).write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE contribution SET counted = counted + 1",
        "UPDATE journal_entry SET data = CAST(REPLACE(CAST(data AS TEXT), 'soldered', 'smoldered') AS BLOB)",
        "DELETE FROM journal_entry WHERE position = (SELECT MAX(position) FROM journal_entry)",
        "DELETE FROM share",
    ],
)
def test_a_forged_backup_is_refused_and_leaves_nothing(sqlite_world: World, tmp_path: Path, elsewhere: Path, sql: str) -> None:
    """Hashes that fit do not help: the journal and the tables are verified before they count."""
    import sqlite3

    make_busy(sqlite_world)
    backup(sqlite_world.node, tmp_path / "backup")
    with sqlite3.connect(tmp_path / "backup" / "commonhold.db") as connection:
        assert connection.execute(sql).rowcount > 0
    connection.close()
    rehashed(tmp_path / "backup")
    elsewhere.mkdir(parents=True)
    assert broken(tmp_path / "backup", elsewhere) == "backup.not_verified"


def test_an_older_state_in_place_of_the_backup_is_refused(sqlite_world: World, tmp_path: Path, elsewhere: Path) -> None:
    """A journal that verifies by itself, but lacks what the manifest's checkpoint has seen."""
    backup(sqlite_world.node, tmp_path / "older")
    sqlite_world.log("Bo")
    backup(sqlite_world.node, tmp_path / "newer")
    shutil.copy(tmp_path / "older" / "commonhold.db", tmp_path / "newer" / "commonhold.db")
    rehashed(tmp_path / "newer")
    assert broken(tmp_path / "newer", elsewhere) == "backup.not_verified"


def test_a_backup_of_another_version_is_folded_anew(sqlite_world: World, tmp_path: Path, elsewhere: Path) -> None:
    import sqlite3

    make_busy(sqlite_world)
    before = rows_of(sqlite_world.node, EVERY)
    backup(sqlite_world.node, tmp_path / "backup")
    with sqlite3.connect(tmp_path / "backup" / "commonhold.db") as connection:
        connection.execute("UPDATE meta SET value = 'older' WHERE name = 'derived'")
        connection.execute("DROP TABLE share")
        connection.execute("ALTER TABLE role DROP COLUMN since")
    connection.close()
    rehashed(tmp_path / "backup")
    node = restored(tmp_path / "backup", elsewhere)
    assert rows_of(node, EVERY) == before
    node.close()


def test_a_backup_of_a_newer_version_is_left_alone(sqlite_world: World, tmp_path: Path, elsewhere: Path) -> None:
    import sqlite3

    backup(sqlite_world.node, tmp_path / "backup")
    with sqlite3.connect(tmp_path / "backup" / "commonhold.db") as connection:
        connection.execute("UPDATE meta SET value = '2' WHERE name = 'journal'")
    connection.close()
    rehashed(tmp_path / "backup")
    assert broken(tmp_path / "backup", elsewhere) == "node.too_new"


def test_nothing_is_restored_over_a_node(sqlite_world: World, tmp_path: Path) -> None:
    backup(sqlite_world.node, tmp_path / "backup")
    before = rows_of(sqlite_world.node, EVERY)
    with pytest.raises(Refused) as refused:
        restore(tmp_path / "backup", sqlite_world.node.home)
    assert refused.value.code == "backup.home_in_use"
    assert rows_of(sqlite_world.node, EVERY) == before


def test_a_node_that_does_not_verify_is_not_backed_up_as_if_it_did(world: World, tmp_path: Path) -> None:
    world.validated("Bo")
    with world.node.database.write() as transaction:
        transaction.execute("UPDATE contribution SET counted = counted + 1")
    with pytest.raises(Broken) as error:
        backup(world.node, tmp_path / "backup")
    assert error.value.code == "backup.not_verified"
    assert not list(tmp_path.glob("backup*"))


def test_what_is_no_backup_is_told(tmp_path: Path, elsewhere: Path) -> None:
    for content in ("", "{}", "[]", '{"files": {}, "checkpoints": {}}', '{"files": 3, "checkpoints": {}}', '"x"', "3", "null"):
        (tmp_path / MANIFEST).write_text(content)
        assert broken(tmp_path, elsewhere) == "backup.damaged", content
