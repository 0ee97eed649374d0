"""Entries that wait for others: bounded in all, for each author and in time, and tried again only when something has changed."""

from __future__ import annotations

import pytest
from world import World

from commonhold.commons.entries import Join
from commonhold.contributions.entries import Attest
from commonhold.journal import waiting
from commonhold.journal.entry import sign_entry
from commonhold.journal.keys import SigningKey
from commonhold.journal.writer import Landed, Writer
from commonhold.problems import CommonholdError


def says(world: World, who: str, key: str, about: str = "0" * 64) -> bytes:
    """A verdict about an entry that is not here, by somebody who may not be here either."""
    signer = SigningKey.derived(who)
    body = Attest(verdict="accept", contributions=[about])
    return sign_entry(
        signer, author=signer.did, body=body, commons=world.origin, created="2026-01-01T00:00:00Z", key=key, kind="contributions.attest"
    )


def submit(world: World, *entries: bytes) -> list[str]:
    """What becomes of entries: a state, or the code of the problem."""
    with world.node.writing("test") as writer:
        return [answer.code if isinstance(answer, CommonholdError) else answer.state for answer in writer.accept_all(list(entries))]


def count(world: World) -> int:
    with world.node.read() as transaction:
        return int(transaction.value("SELECT COUNT(*) FROM journal_waiting"))


def test_a_stranger_cannot_fill_the_room(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One author keeps so many waiting; another still finds room; what finds none is refused and not kept."""
    monkeypatch.setattr(waiting, "WAITING_PER_KEY_MAX", 3)
    monkeypatch.setattr(waiting, "WAITING_MAX", 5)
    assert submit(world, *(says(world, "Eve", str(n)) for n in range(4))) == ["waiting"] * 3 + ["journal.unknown_reference"]
    assert submit(world, *(says(world, "Mal", str(n)) for n in range(3))) == ["waiting"] * 2 + ["journal.unknown_reference"]
    assert submit(world, says(world, "Eve", "0")) == ["waiting"], "what waits already keeps its place"
    assert count(world) == 5
    assert world.verify().ok


def test_what_waits_too_long_is_dropped(world: World) -> None:
    submit(world, says(world, "Eve", "1"))
    world.clock.days(6)
    submit(world, says(world, "Mal", "1"))
    assert count(world) == 2
    world.clock.days(2)
    submit(world, b"nonsense")
    assert count(world) == 1


def test_it_is_tried_again_only_when_the_journal_has_grown(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood of entries that wait does not slow down what lands later."""
    world, tried = sqlite_world, []
    accept = Writer.accept

    def counted(self: Writer, data: bytes) -> Landed:
        tried.append(data)
        return accept(self, data)

    submit(world, *(says(world, "Eve", str(n)) for n in range(5)))
    monkeypatch.setattr(Writer, "accept", counted)
    submit(world, b"nonsense")
    assert tried == [b"nonsense"]
    world.log("Bo")
    tried.clear()
    submit(world, b"nonsense")
    assert len(tried) == 6
    tried.clear()
    submit(world, b"nonsense")
    assert tried == [b"nonsense"]


def test_what_waited_lands_when_its_author_has_joined_by_another_door(world: World) -> None:
    """Not only a later submission lets it land: whatever the journal has grown by."""
    claim = world.log("Bo")
    with world.node.read() as transaction:
        about = bytes(transaction.value("SELECT leaf FROM journal_entry WHERE position = ?", (claim,))).hex()
    verdict = says(world, "Dee", "1", about)
    assert submit(world, verdict) == ["waiting"]
    world.join("Dee")
    assert submit(world, b"nonsense") == ["journal.malformed"]
    assert count(world) == 0
    assert submit(world, verdict) == ["known"]
    with world.node.read() as transaction:
        assert transaction.value("SELECT COUNT(*) FROM attestation WHERE position = ?", (claim,)) == 1


def test_what_turns_out_to_be_refused_does_not_wait_on(world: World) -> None:
    """The author joins, and the waiting entry is against the rules: it is gone."""
    joins = SigningKey.derived("Eve")
    again = [
        sign_entry(joins, author=joins.did, body=body, commons=world.origin, created="2026-01-01T00:00:00Z", key=key, kind=kind)
        for key, kind, body in (("leave", "commons.leave", {}), ("join", "commons.join", Join(rolls=["user"])), ("leave again", "commons.leave", {}))
    ]
    assert submit(world, again[0], again[2]) == ["waiting", "waiting"]
    assert submit(world, again[1]) == ["new"]
    assert count(world) == 0
