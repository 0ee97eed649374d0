"""Whatever people say in whatever order: what is refused changes nothing, every decision recounts, and a replay comes to the same."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from governance.deciding import charter_option, close, delegate, option, propose, say
from hypothesis import given, settings
from hypothesis import strategies as st
from world import CHARTER, World

from commonhold.commons.entries import Leave
from commonhold.governance.store import proposals
from commonhold.node.decisions import recount
from commonhold.problems import CommonholdError

RULES = CHARTER + (
    '\n[governance.questions.role]\nseconds = 1\n[governance.questions.member]\nballots = "open"\n'
    '[governance.questions.statement]\nrule = "consent"\nquorum_percent = 30\n[governance.delegation]\ncap_percent = 50\n'
)
PEOPLE = ("Ana", "Bo", "Cy", "Di", "Ed")
SORTS = ("charter", "member", "statement", "election", "role")
people, numbers = st.sampled_from(PEOPLE), st.integers(1, len(SORTS))

ACTS = st.one_of(
    st.tuples(st.just("propose"), people, st.sampled_from(SORTS)),
    st.tuples(st.sampled_from(("second", "object", "lift", "consent", "close", "withdraw", "revise")), people, numbers),
    st.tuples(st.just("vote"), people, st.sampled_from((1, 2)), st.sampled_from(("yes", "yes", "no", "abstain"))),
    st.tuples(st.just("vote"), people, st.sampled_from((4, 5)), st.sampled_from(("rank", "yes"))),
    st.tuples(st.sampled_from(("object", "lift", "consent")), people, st.just(3)),
    st.tuples(st.just("delegate"), people, st.lists(people, max_size=3, unique=True)),
    st.tuples(st.just("days"), st.integers(0, 3)),
    st.tuples(st.just("leave"), st.sampled_from(("Di", "Ed"))),
    st.tuples(st.just("rejoin"), st.sampled_from(("Di", "Ed"))),
)


def question(world: World, who: str, sort: str) -> None:
    """A question of a sort, about whoever comes next."""
    other = world.ids[PEOPLE[(PEOPLE.index(who) + 1) % len(PEOPLE)]]
    role = {"agent": other, "role": "scribe", "granted": True}
    options = {
        "charter": [charter_option()],
        "role": [option("r", "commons.role", role)],
        "member": [option("m", "commons.expel", {"agent": other, "reason": "x"})],
        "statement": [option("s")],
        "election": [option("a", "commons.role", role), option("b", "commons.role", role | {"agent": world.ids[who]})],
    }
    propose(world, who, sort, *options[sort], **({"seats": 1} if sort == "election" else {}))


def do(world: World, act: tuple[Any, ...]) -> None:
    """One act of somebody."""
    what = act[0]
    if what == "days":
        world.clock.days(act[1])
    elif what == "propose":
        question(world, act[1], act[2])
    elif what == "delegate":
        delegate(world, act[1], *act[2])
    elif what == "leave":
        world.act(act[1], "member.leave", Leave())
    elif what == "rejoin":
        world.node.join("test", world.keys[act[1]], ["producer", "user"], keep=True)
    elif what == "vote":
        ballot = {"ranking": [["a"], ["b", "r"]]} if act[3] == "rank" else {"answer": act[3]}
        say(world, act[1], "vote", act[2], **ballot)
    elif what == "close":
        close(world, act[2], act[1])
    else:
        say(world, act[1], what, act[2], **({"reason": "Because."} if what in ("object", "withdraw", "revise") else {}))


def entries(world: World) -> int:
    """How long the journal is, but for the clock's own entries."""
    with world.node.read() as transaction:
        return int(transaction.value("SELECT size FROM journal_head"))


@settings(max_examples=25)
@given(st.lists(ACTS, max_size=20), st.lists(ACTS, min_size=10, max_size=60))
def test_decisions_hold_in_any_order(early: list[tuple[Any, ...]], acts: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), RULES)
        world.join("Di", "Ed", rolls=("producer", "user"))
        for who, sort in zip(PEOPLE, SORTS, strict=True):
            question(world, who, sort)
        say(world, "Ana", "second", SORTS.index("role") + 1)
        for act in [*early, ("days", 7), *acts]:
            before = entries(world)
            try:
                do(world, act)
            except CommonholdError:
                assert entries(world) == before
        world.clock.days(60)
        with world.node.read() as transaction:
            open_ones = [one.number for one in proposals(transaction, "test", still_open=True)]
        for number in open_ones:
            close(world, number)
        with world.node.read() as transaction:
            decided = [one.number for one in proposals(transaction, "test")]
            assert all(recount(transaction, "test", number)["same"] for number in decided)
        report = world.verify()
        assert report.ok, report.findings
        world.node.close()
