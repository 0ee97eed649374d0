"""Reviewers drawn by lot: who is asked, who may judge, who is replaced, and what a peer can do who disagrees."""

from __future__ import annotations

import pytest
from contributions.panels import PANELS, panel
from questions import asked
from world import CHARTER, World

from commonhold.contributions.commands import DrawParams, OneParams
from commonhold.contributions.entries import Draw, Drawing
from commonhold.node.conversation import conversation
from commonhold.problems import CommonholdError

PRODUCERS, USERS = ("Di", "Ed", "Flo", "Gus", "Hal"), ("Ida", "Jo")


@pytest.fixture(name="drawn")
def _drawn(world: World) -> World:
    world.join(*PRODUCERS)
    world.join(*USERS, rolls=("user",))
    world.charter(PANELS)
    return world


def code(world: World, who: str, position: int, verdict: str = "accept") -> str:
    """The code of a refusal, or nothing."""
    try:
        world.attest(who, position, verdict, **({} if verdict == "accept" else {"reason": "no"}))
    except CommonholdError as error:
        return error.code
    return ""


def test_three_are_drawn_with_a_user_among_them_and_never_the_author(drawn: World) -> None:
    """Ana counts as a user too; and the draws differ from claim to claim."""
    seen = set()
    for _ in range(8):
        asked = panel(drawn, drawn.log("Bo"))
        assert len(asked) == 3
        assert "Bo" not in asked
        assert asked & {"Ana", *USERS}
        seen.add(frozenset(asked))
    assert len(seen) > 2


def test_only_who_was_drawn_judges(drawn: World) -> None:
    position = drawn.log("Bo")
    asked = panel(drawn, position)
    others = set(drawn.ids) - asked - {"Bo"}
    assert {code(drawn, who, position) for who in others} == {"contributions.not_drawn"}
    first, second, _ = sorted(asked)
    assert code(drawn, first, position) == ""
    assert drawn.contribution(position)[0] == "claimed"
    assert code(drawn, second, position) == ""
    assert drawn.contribution(position)[0] == "validated"
    assert drawn.verify().ok


def test_who_is_silent_is_replaced_and_no_longer_judges(drawn: World) -> None:
    position = drawn.log("Bo")
    before = sorted(panel(drawn, position))
    drawn.attest(before[0], position)
    drawn.clock.days(6)
    drawn.act("Ana", "contribution.draw", DrawParams())
    assert panel(drawn, position) == set(before)
    drawn.clock.days(1)
    drawn.act("Ana", "contribution.draw", DrawParams())
    after = panel(drawn, position)
    assert before[0] in after and len(after) == 3 and not after & set(before[1:])
    assert panel(drawn, position, "replaced") == set(before[1:])
    assert code(drawn, before[1], position) == "contributions.not_drawn"


def test_who_declines_is_replaced_at_once(drawn: World) -> None:
    position = drawn.log("Bo")
    one = min(panel(drawn, position))
    drawn.act(one, "contribution.decline", OneParams(contribution=str(position), reason="We live together."))
    assert one not in panel(drawn, position)
    assert len(panel(drawn, position)) == 3
    with pytest.raises(CommonholdError, match="not drawn"):
        drawn.act(one, "contribution.decline", OneParams(contribution=str(position), reason="Again."))


def test_what_was_said_at_last_of_a_claim_is_found_without_reading_the_journal(drawn: World) -> None:
    """Who declined, with the reason, and that it was withdrawn; however long the journal became after it."""
    position, other = drawn.log("Bo"), drawn.log("Bo")
    one = min(panel(drawn, position))
    drawn.act(one, "contribution.decline", OneParams(contribution=str(position), reason="We live together."))
    drawn.act(min(panel(drawn, other)), "contribution.decline", OneParams(contribution=str(other), reason="Of another claim."))
    drawn.act("Bo", "contribution.withdraw", OneParams(contribution=str(position), reason="It was somebody else."))

    def told() -> tuple[list[tuple[str, str, str]], int]:
        with drawn.node.read() as transaction, asked() as all_:
            words = conversation(transaction, "test", position)
        return [(line["said"], line["agent"], line["reason"]) for line in words], all_.rows

    said, rows = told()
    assert said == [("decline", drawn.ids[one], "We live together."), ("withdraw", drawn.ids["Bo"], "It was somebody else.")]
    for _ in range(10):
        drawn.log("Bo")
    assert told() == (said, rows)
    assert drawn.verify().ok


def test_nobody_finds_another_panel_by_taking_a_claim_back(drawn: World) -> None:
    """The same claim again has the same reviewers, for a while."""
    first = drawn.log("Bo")
    asked = panel(drawn, first)
    drawn.act("Bo", "contribution.withdraw", OneParams(contribution=str(first)))
    again = drawn.log("Bo")
    assert panel(drawn, again) == asked
    drawn.act("Bo", "contribution.withdraw", OneParams(contribution=str(again)))
    drawn.clock.days(30)
    assert len({frozenset(panel(drawn, drawn.log("Bo", amount=str(number)))) for number in range(1, 9)}) > 1
    assert drawn.verify().ok


def test_two_people_do_not_judge_each_other_at_the_same_time(drawn: World) -> None:
    position = drawn.log("Bo")
    for who in sorted(panel(drawn, position)):
        assert "Bo" not in panel(drawn, drawn.log(who))


def test_somebody_from_outside_the_usual_circle_is_drawn(drawn: World) -> None:
    """Those who validate Bo's work again and again are not alone with the next one."""
    counts: dict[str, int] = {}
    for _ in range(6):
        position = drawn.log("Bo")
        for who in sorted(panel(drawn, position))[:2]:
            drawn.attest(who, position)
            counts[who] = counts.get(who, 0) + 1
    usual = {who for who, count in counts.items() if count >= 2}
    assert panel(drawn, drawn.log("Bo")) - usual


def test_what_was_validated_is_contested_once_and_in_time(drawn: World) -> None:
    position = drawn.log("Bo")
    judges = sorted(panel(drawn, position))
    for who in judges[:2]:
        drawn.attest(who, position)
    peer = min(set(drawn.ids) - set(judges) - {"Bo"})
    drawn.clock.days(9)
    drawn.act(peer, "contribution.contest", OneParams(contribution=str(position), reason="It does not build."))
    assert drawn.contribution(position)[:2] == ("appealed", 1_000_000)
    assert len(panel(drawn, position)) == 4
    for who in sorted(panel(drawn, position))[:3]:
        drawn.attest(who, position, "refuse", reason="It does not build.")
    assert drawn.contribution(position)[:2] == ("refused", 0)
    with pytest.raises(CommonholdError) as again:
        drawn.act(peer, "contribution.contest", OneParams(contribution=str(position), reason="And again."))
    assert again.value.code == "contributions.nothing_to_contest"
    assert drawn.verify().ok


@pytest.mark.parametrize(("days", "who", "expected"), [(10, "peer", "contributions.contested_late"), (1, "Bo", "contributions.own")])
def test_late_or_by_its_author_nothing_is_contested(drawn: World, days: int, who: str, expected: str) -> None:
    position = drawn.log("Bo")
    judges = sorted(panel(drawn, position))
    for name in judges[:2]:
        drawn.attest(name, position)
    drawn.clock.days(days)
    author = min(set(drawn.ids) - set(judges) - {"Bo"}) if who == "peer" else who
    with pytest.raises(CommonholdError) as refused:
        drawn.act(author, "contribution.contest", OneParams(contribution=str(position), reason="No."))
    assert refused.value.code == expected


def test_nobody_but_the_node_draws_and_the_node_cannot_choose_its_proof(drawn: World) -> None:
    position = drawn.log("Bo")
    drawn.clock.days(7)
    with drawn.node.read() as transaction:
        leaf = bytes(transaction.value("SELECT leaf FROM journal_entry WHERE commons = 'test' AND position = ?", (position,))).hex()
    forged = Draw(draws=[Drawing(contribution=leaf, number=2, proof="1" * 64)])
    with pytest.raises(CommonholdError) as refused, drawn.node.writing("test") as writer:
        writer.says("contributions.draw", forged, "forged")
    assert refused.value.code == "contributions.bad_proof"
    with pytest.raises(CommonholdError) as refused, drawn.node.writing("test") as writer:
        writer.write(drawn.keys["Ana"], drawn.ids["Ana"], "contributions.draw", forged, "forged")
    assert refused.value.code == "contributions.not_the_node"


def test_without_reviewers_in_the_charter_nobody_is_drawn(world: World) -> None:
    position = world.log("Bo")
    assert panel(world, position) == set()
    world.attest("Cy", position)
    with pytest.raises(CommonholdError, match="draws no reviewers"):
        world.act("Ana", "contribution.draw", DrawParams())


def test_a_charter_cannot_draw_fewer_than_its_quorum(world: World) -> None:
    with pytest.raises(CommonholdError) as refused:
        world.charter(CHARTER.replace("quorum = 2\n", "quorum = 2\nreviewers = 1\n"))
    assert refused.value.code == "charter.too_few_reviewers"
