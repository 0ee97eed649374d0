"""A question from its proposal to what follows from it."""

from __future__ import annotations

import pytest
from governance.deciding import charter_option, close, found, propose, result, say, vote
from world import World

from commonhold.commons.queries import charter_values


@pytest.fixture(name="four")
def _four(world: World) -> World:
    world.join("Di", rolls=("user",))
    return world


def test_a_charter_is_changed_by_both_rolls(four: World) -> None:
    """Proposed, discussed, voted on in secret, counted, and carried out without a steward."""
    number = propose(four, "Bo", "charter", charter_option())
    four.clock.days(7)
    vote(four, number, Ana="yes", Bo="yes", Cy="yes", Di="yes")
    four.clock.days(7)
    closed = close(four, number, "Cy")
    assert (closed["outcome"], closed["winners"]) == ("carried", ["one"])
    assert closed["carriedOut"] == [{"kind": "commons.charter", "number": 0, "done": True}]
    with four.node.read() as transaction:
        assert charter_values(transaction, "test")["validation"]["quorum"] == 1
    told = {(one.roll, one.option): (one.electors, one.votes_for, one.votes_against) for one in result(four, number).support}
    assert told == {("producer", "one"): (3, 3, 0), ("user", "one"): (2, 2, 0)}
    assert four.verify().ok


def test_one_roll_alone_changes_nothing(four: World) -> None:
    number = propose(four, "Bo", "charter", charter_option())
    four.clock.days(7)
    vote(four, number, Bo="yes", Cy="yes", Ana="yes", Di="no")
    four.clock.days(7)
    assert close(four, number)["outcome"] == "rejected"
    assert found(four, number).outcome == "rejected"
    with four.node.read() as transaction:
        assert charter_values(transaction, "test")["validation"]["quorum"] == 2
    assert four.verify().ok


def test_nothing_of_a_hidden_ballot_is_in_the_journal_before_the_close(four: World) -> None:
    number = propose(four, "Bo", "charter", charter_option())
    four.clock.days(7)
    said = say(four, "Ana", "vote", number, answer="no")
    with four.node.read() as transaction:
        data = bytes(transaction.value("SELECT data FROM journal_entry WHERE commons = 'test' AND position = ?", (said["position"],)))
    assert b"answer" not in data and b"commitment" in data
    assert said["receipt"]["ballot"] == {"answer": "no"}
