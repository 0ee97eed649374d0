"""Derived tables follow from the journal: dropped and folded anew, they are equal row for row."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from busy import make_busy, rows_of
from busy_decisions import decide_everything
from world import CHARTER, World

from commonhold.commons.people import write_profile
from commonhold.journal.keys import SigningKey
from commonhold.node import node as node_module
from commonhold.node import tables
from commonhold.node.composition import FOLD_VERSION
from commonhold.node.node import Node
from commonhold.node.people_pages import agents_called
from commonhold.node.verification import verify_commons
from commonhold.problems import Broken, NotFound, Refused


def test_a_rebuild_gives_the_same_rows(world: World) -> None:
    """Of a commons in which everything has happened, beside another one."""
    make_busy(world)
    decide_everything(world)
    world.node.found("other", CHARTER, SigningKey.derived("somebody else"), keep=True)
    before, kept = rows_of(world.node), rows_of(world.node, (*tables.JOURNAL, *tables.PRIVATE))
    assert [name for name, rows in before.items() if not rows] == []
    counts = world.node.rebuild()
    assert rows_of(world.node) == before
    assert rows_of(world.node, (*tables.JOURNAL, *tables.PRIVATE)) == kept
    assert counts["other"] == 1
    assert counts["test"] == len([row for row in kept["journal_entry"] if row[0] == "test"])


def test_a_rebuild_mends_tables_that_somebody_changed(world: World) -> None:
    make_busy(world)
    before = rows_of(world.node)
    with world.node.database.write() as transaction:
        transaction.execute("UPDATE contribution SET counted = counted + 1")
        transaction.execute("DELETE FROM share")
        transaction.execute("UPDATE agent SET claimed_by = NULL")
    assert not world.verify().ok
    world.node.rebuild()
    assert rows_of(world.node) == before
    assert world.verify().ok


def test_tables_of_another_version_are_rebuilt_when_the_node_is_opened(world: World) -> None:
    make_busy(world)
    with world.node.database.write() as transaction:
        write_profile(transaction, "test", world.ids["Bo"], name="Zoë", public=True)
    before = rows_of(world.node)
    with world.node.database.write() as transaction:
        transaction.execute("UPDATE meta SET value = 'older' WHERE name = 'derived'")
        transaction.execute("DROP TABLE share")
        transaction.execute("DROP TABLE private_about")
        transaction.execute("DROP TABLE private_sought")
    again = Node.open(world.node.home, clock=world.clock)
    assert rows_of(again) == before
    with again.read() as transaction:
        assert transaction.value("SELECT COUNT(*) FROM private_about") == 0  # an older version had no such table
        assert [name for _, _, name in agents_called(transaction, "test", "zoe")] == ["Zoë"]
    again.close()


def test_a_rebuild_that_cannot_go_on_changes_nothing(world: World) -> None:
    """A journal that breaks the rules is not folded; the tables stay as they are."""
    make_busy(world)
    before = rows_of(world.node)
    with world.node.database.write() as transaction:
        data = bytes(transaction.value("SELECT data FROM journal_entry WHERE position = 9"))
        transaction.execute("UPDATE journal_entry SET data = ? WHERE position = 9", (data.replace(b'"version":1', b'"version":7'),))
    with pytest.raises(Broken) as broken:
        world.node.rebuild()
    assert broken.value.problems[0].field == "entry 9"
    assert rows_of(world.node) == before


@pytest.mark.parametrize(("name", "value"), [("journal", "2"), ("derived", f"{FOLD_VERSION + 1} 0123456789abcdef")])
def test_a_node_of_a_newer_version_is_left_alone(world: World, name: str, value: str) -> None:
    """Whether its journal has a newer form, or newer folds wrote its tables: these would be lost without a word."""
    with world.node.database.write() as transaction:
        transaction.execute("UPDATE meta SET value = ? WHERE name = ?", (value, name))
    with pytest.raises(Refused) as refused:
        Node.open(world.node.home)
    assert refused.value.code == "node.too_new"
    with world.node.read() as transaction:
        assert transaction.value("SELECT value FROM meta WHERE name = ?", (name,)) == value


def test_a_commons_that_is_founded_while_all_tables_are_rebuilt_keeps_its_rows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rebuild waits for the founding, and then sees the new commons."""
    founding, goes_on = threading.Event(), threading.Event()

    class Slow(node_module.Writer):
        def close(self) -> None:
            super().close()
            self.transaction.flush()
            founding.set()
            assert goes_on.wait(60)

    def found() -> None:
        world.node.found("second", CHARTER, SigningKey.derived("somebody else"), keep=True)
        world.node.close()

    def rebuild() -> dict[str, int]:
        try:
            return world.node.rebuild()
        finally:
            world.node.close()

    monkeypatch.setattr(node_module, "Writer", Slow)
    with ThreadPoolExecutor(2) as pool:
        founded = pool.submit(found)
        assert founding.wait(60)
        rebuilt = pool.submit(rebuild)
        assert wait([rebuilt], timeout=0.5).not_done
        goes_on.set()
        founded.result()
        assert rebuilt.result()["second"] == 1
    assert verify_commons(world.node.database, "second", workers=1).ok


def test_who_reads_while_tables_are_rebuilt_goes_on_seeing_them(world: World) -> None:
    """The reader's moment is before the rebuild: every row of it stays in sight."""
    make_busy(world)
    decide_everything(world)

    def rebuild() -> None:
        world.node.rebuild()
        world.node.close()

    with world.node.read() as transaction, ThreadPoolExecutor(1) as pool:
        size = transaction.value("SELECT size FROM journal_head WHERE commons = 'test'")
        pool.submit(rebuild).result(timeout=60)
        assert transaction.value("SELECT size FROM journal_head WHERE commons = 'test'") == size
        for table in tables.DERIVED:
            assert transaction.value(f"SELECT COUNT(*) FROM {table.name}"), table.name


def test_a_rebuild_makes_tables_that_somebody_dropped(world: World) -> None:
    make_busy(world)
    before = rows_of(world.node)
    with world.node.database.write() as transaction:
        transaction.execute("DROP TABLE share")
    world.node.rebuild()
    assert rows_of(world.node) == before


def test_an_origin_is_given_once(world: World) -> None:
    with pytest.raises(Refused) as refused:
        world.node.found("second", CHARTER, SigningKey.derived("somebody else"), keep=True, origin=world.origin)
    assert (refused.value.code, refused.value.problems[0].field) == ("commons.origin_taken", "origin")
    assert set(rows_of(world.node)["charter"]) == {row for row in rows_of(world.node)["charter"] if row[0] == "test"}


def test_a_database_without_a_node_is_left_as_it_is(world: World) -> None:
    """Only `init` and `restore` make tables; a wrong address is told, and nothing is written there."""
    with world.node.database.write() as transaction:
        for table in (*tables.JOURNAL, *tables.PRIVATE, *tables.DERIVED):
            transaction.execute(f"DROP TABLE {table.name}")
        transaction.execute("DROP TABLE meta")
    with pytest.raises(NotFound) as missing:
        Node.open(world.node.home)
    assert missing.value.code == "node.missing"
    with world.node.database.write() as transaction:
        transaction.execute("CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY)")
