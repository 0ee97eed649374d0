"""What a transaction sees: what it wrote itself, also through a read inside of it, and nothing of what others do meanwhile."""

from __future__ import annotations

import pytest
from world import World


def test_a_read_inside_a_write_sees_what_was_written_so_far(world: World) -> None:
    """Rows that are still held to be sent in a batch, too."""
    with world.node.database.write() as transaction:
        transaction.insert("meta", "note", "inside")
        with world.node.read() as inner:
            assert inner.value("SELECT value FROM meta WHERE name = 'note'") == "inside"
        transaction.insert("meta", "second", "after")
    with world.node.read() as transaction:
        assert sorted(transaction.rows("SELECT name FROM meta WHERE name IN ('note', 'second')")) == [("note",), ("second",)]


def test_after_a_write_that_was_undone_a_read_stands_for_itself(world: World) -> None:
    with pytest.raises(RuntimeError), world.node.database.write() as transaction:
        transaction.insert("meta", "note", "undone")
        raise RuntimeError
    with world.node.read() as transaction:
        assert transaction.value("SELECT COUNT(*) FROM meta WHERE name = 'note'") == 0
    with world.node.database.write() as transaction:
        transaction.insert("meta", "note", "kept")
    with world.node.read() as transaction:
        assert transaction.value("SELECT value FROM meta WHERE name = 'note'") == "kept"


def test_what_is_added_to_one_row_is_added_up_and_seen_at_once(world: World) -> None:
    """However the additions fall into batches, and whether the row was there before or not."""
    sql = "INSERT INTO event_total VALUES (?, ?) ON CONFLICT (commons) DO UPDATE SET events = event_total.events + EXCLUDED.events"
    with world.node.database.write() as transaction:
        for amount in (3, 4, -2):
            transaction.add(sql, ("one",), (amount,))
        transaction.add(sql, ("other",), (1,))
        assert transaction.rows("SELECT commons, events FROM event_total WHERE commons <> 'test' ORDER BY commons") == [("one", 5), ("other", 1)]
        transaction.add(sql, ("one",), (-5,))
    with world.node.read() as transaction:
        assert transaction.value("SELECT events FROM event_total WHERE commons = 'one'") == 0
