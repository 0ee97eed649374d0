"""Derived tables follow from the journal: dropped and folded anew, they are equal row for row."""

from __future__ import annotations

import pytest
from busy import make_busy, rows_of
from world import CHARTER, World

from commonhold.journal.keys import SigningKey
from commonhold.node import tables
from commonhold.node.node import Node
from commonhold.problems import Broken, NotFound, Refused


def test_a_rebuild_gives_the_same_rows(world: World) -> None:
    """Of a commons in which everything has happened, beside another one."""
    make_busy(world)
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
    before = rows_of(world.node)
    with world.node.database.write() as transaction:
        transaction.execute("UPDATE meta SET value = 'older' WHERE name = 'derived'")
        transaction.execute("DROP TABLE share")
    again = Node.open(world.node.home, clock=world.clock)
    assert rows_of(again) == before
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


def test_a_node_of_a_newer_version_is_left_alone(world: World) -> None:
    with world.node.database.write() as transaction:
        transaction.execute("UPDATE meta SET value = '2' WHERE name = 'journal'")
    with pytest.raises(Refused) as refused:
        Node.open(world.node.home)
    assert refused.value.code == "node.too_new"


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
