"""Secret ballots by Belenios: real elections, and what may be tried against them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from governance.deciding import close, found, option, propose, result, vote
from world import CHARTER, World

from commonhold.governance.commands import Named
from commonhold.governance.sealing import Box, box_of
from commonhold.node.decisions import recount

needs_belenios = pytest.mark.skipif(shutil.which("belenios-tool") is None, reason="belenios-tool is not installed")

RULES = """
[governance.questions.member]
ballots = "secret"
majority = "1/2"

[governance.questions.election]
rule = "approval"
ballots = "secret"
"""
PEOPLE = ("Ana", "Bo", "Cy", "Di", "Eve")


@pytest.fixture(name="five")
def _five(sqlite_home: Path) -> Iterator[World]:
    """Five members who decide about persons in secret."""
    world = World(sqlite_home, CHARTER + RULES)
    world.join("Di", "Eve")
    yield world
    world.node.close()


def expel(world: World, who: str = "Eve") -> int:
    """Ask whether somebody is to go; the vote is open."""
    number = propose(world, "Bo", "member", option("go", "commons.expel", {"agent": world.ids[who], "reason": "to test"}))
    world.clock.days(7)
    return number


def seal(world: World, number: int) -> None:
    world.act("Cy", "decision.seal", Named(proposal=number))


def box(world: World, number: int) -> Box:
    """The box of a question."""
    with world.node.read() as transaction:
        here = box_of(transaction, "test", found(world, number))
    assert here is not None
    return here


def checked(world: World, number: int) -> dict[str, Any]:
    """The recount."""
    with world.node.read() as transaction:
        return recount(transaction, "test", number)


@needs_belenios
def test_a_secret_vote_is_carried_and_checked(five: World) -> None:
    number = expel(five)
    vote(five, number, Ana="no", Bo="yes", Cy="yes", Di="abstain")
    vote(five, number, Ana="yes", Di="no", Eve="no")
    five.clock.days(7)
    assert close(five, number)["outcome"] == "carried"
    counted = result(five, number)
    assert [(one.votes_for, one.votes_against, one.voted) for one in counted.support] == [(3, 2, 5)]
    print(checked(five, number))
    assert five.verify().ok
