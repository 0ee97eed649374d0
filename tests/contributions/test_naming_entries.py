"""Entries are named by their place, their id, or the beginning of it; agents by their name or id."""

from __future__ import annotations

import pytest
from world import World

from commonhold.commons.people import find_by_name
from commonhold.contributions.queries import resolve_id
from commonhold.problems import NotFound


def test_a_place_an_id_and_its_beginning_name_the_same(world: World) -> None:
    position = world.log("Bo")
    with world.node.read() as transaction:
        whole = resolve_id(transaction, "test", str(position))
        assert [resolve_id(transaction, "test", text) for text in (whole, whole[:8], f"000{position}")] == [whole] * 3


@pytest.mark.parametrize("text", ["", "x", "99", "12345678", "9" * 17, "9" * 30, "f" * 8, "f" * 65, "²", "١", "-1", "1.0", "1\n"])
def test_what_names_nothing_is_told(world: World, text: str) -> None:
    world.log("Bo")
    with world.node.read() as transaction, pytest.raises(NotFound) as unknown:
        resolve_id(transaction, "test", text)
    assert unknown.value.code == "journal.unknown_entry"


def test_a_name_that_no_store_could_hold_is_nobodys(world: World) -> None:
    with world.node.read() as transaction, pytest.raises(NotFound) as unknown:
        find_by_name(transaction, "test", "B\0o")
    assert unknown.value.code == "commons.unknown_agent"
