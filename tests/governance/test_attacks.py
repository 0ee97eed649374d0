"""What people might try, to decide more than is theirs; and what a node might try."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from governance.deciding import charter_option, close, delegate, found, option, propose, refusal, result, say, vote
from world import CHARTER, World

from commonhold.commons import entries as c
from commonhold.commons.queries import charter_values
from commonhold.governance import entries as e
from commonhold.governance.commands import SupportParams
from commonhold.governance.rules import commitment_to
from commonhold.node.decisions import exported, recount
from commonhold.node.erasure import erase_person
from commonhold.problems import CommonholdError

OPEN_BALLOTS = CHARTER + '\n[governance.questions.role]\nballots = "open"\n'


@pytest.fixture(name="asked")
def _asked(world: World) -> tuple[World, int]:
    """Four members, and a question to all of them about a role; the vote is open."""
    world.join("Di")
    number = propose(world, "Bo", "role", option("yes", "commons.role", {"agent": world.ids["Cy"], "role": "treasurer", "granted": True}))
    world.clock.days(7)
    return world, number


def quorum_of(world: World) -> int:
    """The quorum of validation that is in force."""
    with world.node.read() as transaction:
        return int(charter_values(transaction, "test")["validation"]["quorum"])


def test_who_votes_twice_is_counted_once_as_they_said_last(asked: tuple[World, int]) -> None:
    world, number = asked
    vote(world, number, Ana="no", Bo="no", Cy="yes")
    vote(world, number, Ana="yes", Bo="yes")
    world.clock.days(7)
    assert close(world, number)["outcome"] == "carried"
    assert [(one.votes_for, one.votes_against, one.voted) for one in result(world, number).support] == [(3, 0, 3)]
    assert world.verify().ok


@pytest.mark.parametrize(("days", "expected"), [(-7, "governance.wrong_phase"), (7, "governance.wrong_phase")])
def test_nobody_votes_before_the_opening_or_after_the_close(asked: tuple[World, int], days: int, expected: str) -> None:
    world, number = asked
    if days < 0:
        number = propose(world, "Bo", "role", option("yes", "commons.role", {"agent": world.ids["Cy"], "role": "scribe", "granted": True}))
    else:
        world.clock.days(days)
    assert refusal(lambda: say(world, "Ana", "vote", number, answer="yes")) == expected


def test_a_late_joiner_does_not_decide_an_earlier_question(asked: tuple[World, int]) -> None:
    world, number = asked
    world.join("Eve")
    assert refusal(lambda: say(world, "Eve", "vote", number, answer="yes")) == "governance.no_elector"
    assert refusal(lambda: say(world, "Eve", "second", number)) == "governance.wrong_phase"
    later = propose(world, "Bo", "role", option("yes", "commons.role", {"agent": world.ids["Cy"], "role": "scribe", "granted": True}))
    world.clock.days(7)
    assert refusal(lambda: say(world, "Eve", "vote", later, answer="yes")) == ""


def test_who_left_and_came_back_is_a_late_joiner(asked: tuple[World, int]) -> None:
    """And what they had voted before they left counts no more."""
    world, number = asked
    vote(world, number, Di="no", Ana="yes")
    world.act("Di", "member.leave", c.Leave())
    world.node.join("test", world.keys["Di"], ["producer"], keep=True)
    assert refusal(lambda: say(world, "Di", "vote", number, answer="no")) == "governance.no_elector"
    world.clock.days(7)
    close(world, number)
    assert [(one.electors, one.votes_for, one.votes_against) for one in result(world, number).support] == [(3, 1, 0)]


def test_a_stranger_has_no_vote_and_nobody_votes_in_anothers_name(asked: tuple[World, int]) -> None:
    world, number = asked
    stranger = world._key("Eve")
    with world.node.read() as transaction:
        position = found(world, number).position
        id_ = bytes(transaction.value("SELECT leaf FROM journal_entry WHERE commons = 'test' AND position = ?", (position,))).hex()
    body = e.Vote(proposal=id_, commitment="0" * 64)
    for signer, author, expected in (
        (stranger, stranger.did, "journal.unknown_reference"),
        (stranger, world.ids["Ana"], "journal.unknown_reference"),
        (world.keys["Bo"], world.ids["Ana"], "commons.key_not_active"),
    ):
        with world.node.writing("test") as writer:
            assert refusal(lambda s=signer, a=author, w=writer: w.write(s, a, "governance.vote", body, "stolen")) == expected


@pytest.mark.parametrize("who", ["Ana", "Bo", "Cy"])
def test_neither_steward_nor_author_closes_early(asked: tuple[World, int], who: str) -> None:
    """Not in the last second either."""
    world, number = asked
    vote(world, number, Ana="yes", Bo="yes", Cy="yes", Di="yes")
    world.clock.now = (found(world, number).closes or 0) - 1
    assert refusal(lambda: close(world, number, who)) == "governance.not_over"
    world.clock.now += 1
    assert close(world, number, who)["outcome"] == "carried"


def test_a_tie_changes_nothing(asked: tuple[World, int]) -> None:
    """More must be for it than against it."""
    world, number = asked
    vote(world, number, Ana="yes", Bo="yes", Cy="no", Di="no")
    world.clock.days(7)
    assert close(world, number)["outcome"] == "rejected"


def test_a_tie_between_options_is_broken_by_the_lot_that_the_voters_made(world: World) -> None:
    """The seed is that of the ballots' salts, and the result tells it."""
    world.join("Di")
    options = [
        option(name, "commons.role", {"agent": world.ids[who], "role": "treasurer", "granted": True}) for name, who in (("a", "Cy"), ("b", "Di"))
    ]
    number = propose(world, "Bo", "election", *options, seats=1)
    world.clock.days(7)
    say(world, "Ana", "vote", number, ranking=[["a"]])
    say(world, "Bo", "vote", number, ranking=[["b"]])
    world.clock.days(7)
    close(world, number)
    told = result(world, number)
    assert len(told.winners) == 1 and told.winners[0] == told.order[0]
    assert any(set(tie["among"]) == {"a", "b"} for tie in told.ties)
    assert len(bytes.fromhex(told.seed)) == 32


def test_delegations_in_a_circle_lead_nowhere(asked: tuple[World, int]) -> None:
    """Nor do they grow votes; who votes directly leads them out."""
    world, number = asked
    delegate(world, "Ana", "Bo")
    delegate(world, "Bo", "Cy")
    delegate(world, "Cy", "Ana")
    vote(world, number, Di="yes")
    world.clock.days(7)
    close(world, number)
    assert (result(world, number).voted, result(world, number).delegated) == (1, 0)


def test_one_does_not_delegate_to_oneself_or_to_a_stranger(asked: tuple[World, int]) -> None:
    world, _ = asked
    world.organization("Giver")
    assert refusal(lambda: delegate(world, "Ana", "Ana")) == "governance.own"
    world.ids["Giver"] = "org:giver"
    assert refusal(lambda: delegate(world, "Ana", "Giver")) == "commons.not_a_member"


def test_a_change_whose_ground_is_gone_changes_nothing(world: World) -> None:
    """What was shown was the difference to the charter of then; another decision has come before."""
    number = propose(world, "Bo", "charter", charter_option("one", "quorum = 2", "quorum = 1"))
    world.charter(CHARTER.replace("quorum = 2", "quorum = 3"))
    world.clock.days(7)
    vote(world, number, Ana="yes", Bo="yes", Cy="yes")
    world.clock.days(7)
    assert close(world, number)["outcome"] == "stale"
    assert quorum_of(world) == 3
    assert world.verify().ok


def test_a_change_leaves_what_it_did_not_show(world: World) -> None:
    """Another piece of the charter was changed meanwhile: it stays."""
    number = propose(world, "Bo", "charter", charter_option("one", "quorum = 2", "quorum = 1"))
    world.charter(CHARTER.replace("lazy_days = 14", "lazy_days = 30"))
    world.clock.days(7)
    vote(world, number, Ana="yes", Bo="yes", Cy="yes")
    world.clock.days(7)
    assert close(world, number)["outcome"] == "carried"
    with world.node.read() as transaction:
        values = charter_values(transaction, "test")["validation"]
    assert (values["quorum"], values["lazy_days"]) == (1, 30)


def test_terms_are_those_of_the_day_of_the_question(world: World) -> None:
    """A steward who makes a majority harder, or a vote longer, does so for later questions."""
    number = propose(world, "Bo", "charter", charter_option())
    world.charter(CHARTER + '\n[governance.questions.charter]\nmajority = "1/1"\nquorum_percent = 100\nvoting_days = 300\n')
    world.clock.days(7)
    vote(world, number, Ana="yes", Bo="yes", Cy="no")
    world.clock.days(7)
    assert close(world, number)["outcome"] == "carried"


def test_the_node_writes_only_what_was_decided(asked: tuple[World, int]) -> None:
    """Before the decision nothing; after it, just this once."""
    world, number = asked
    body = c.SetRole(agent=world.ids["Cy"], role="treasurer", granted=True)
    other = c.SetRole(agent=world.ids["Bo"], role="treasurer", granted=True)

    def says(what: c.SetRole, key: str) -> str:
        with world.node.writing("test") as writer:
            return refusal(lambda: writer.says("commons.role", what, key))

    assert says(body, "early") == "commons.not_for_the_node"
    vote(world, number, Ana="yes", Bo="yes", Cy="yes")
    world.clock.days(7)
    close(world, number)
    assert says(other, "other") == "commons.not_for_the_node"
    assert says(body, "again") == "commons.not_for_the_node"
    assert world.verify().ok


@pytest.mark.parametrize("lie", ["outcome", "winners", "result"])
def test_a_node_that_counts_wrongly_is_refused(asked: tuple[World, int], lie: str) -> None:
    world, number = asked
    vote(world, number, Ana="no", Bo="no", Cy="no")
    world.clock.days(8)
    with world.node.read() as transaction:
        id_ = bytes(
            transaction.value("SELECT leaf FROM journal_entry WHERE commons = 'test' AND position = ?", (found(world, number).position,))
        ).hex()
    said = {"outcome": "rejected", "winners": [], "result": "0" * 64} | {lie: {"outcome": "carried", "winners": ["yes"], "result": "f" * 64}[lie]}
    with world.node.writing("test") as writer:
        assert refusal(lambda: writer.says("governance.close", e.Close(proposal=id_, **said), "lie")) == "governance.wrong_result"


def test_a_ballot_is_opened_as_it_was_committed(asked: tuple[World, int]) -> None:
    """Neither the node nor the voter turns it into another one."""
    world, number = asked
    receipt = say(world, "Ana", "vote", number, answer="no")["receipt"]
    world.clock.days(7)
    opened = e.Opened(vote=receipt["vote"], salt=receipt["salt"], ballot=e.Ballot(answer="yes"))
    assert refusal(lambda: say(world, "Ana", "open", number, ballots=[opened])) == "governance.other_ballot"
    honest = e.Opened(vote=receipt["vote"], salt=receipt["salt"], ballot=e.Ballot(answer="no"))
    say(world, "Bo", "open", number, ballots=[honest])
    assert refusal(lambda: say(world, "Ana", "open", number, ballots=[honest])) == "governance.opened_already"


def test_no_ballot_is_opened_while_others_still_vote(asked: tuple[World, int]) -> None:
    world, number = asked
    receipt = say(world, "Ana", "vote", number, answer="no")["receipt"]
    opened = e.Opened(vote=receipt["vote"], salt=receipt["salt"], ballot=e.Ballot(answer="no"))
    assert refusal(lambda: say(world, "Ana", "open", number, ballots=[opened])) == "governance.wrong_phase"


def test_a_vote_that_nobody_opens_delays_the_count_by_a_day_and_not_for_ever(asked: tuple[World, int]) -> None:
    """A voter who held the ballot themselves can open it in that day; without it, the others are counted."""
    world, number = asked
    vote(world, number, Ana="yes")
    with world.node.read() as transaction:
        id_ = bytes(
            transaction.value("SELECT leaf FROM journal_entry WHERE commons = 'test' AND position = ?", (found(world, number).position,))
        ).hex()
    ballot = e.Ballot(answer="no")
    with world.node.writing("test") as writer:
        commitment = commitment_to("ab" * 16, ballot)
        own = writer.write(world.keys["Bo"], world.ids["Bo"], "governance.vote", e.Vote(proposal=id_, commitment=commitment), "own")
    world.clock.days(7)
    assert refusal(lambda: close(world, number)) == "governance.unopened"
    world.clock.days(1)
    late = e.Opened(vote=own.id, salt="ab" * 16, ballot=ballot)
    say(world, "Bo", "open", number, ballots=[late])
    close(world, number)
    assert [(one.votes_for, one.votes_against) for one in result(world, number).support] == [(1, 1)]


def test_open_ballots_are_open_and_hidden_ones_hidden(world: World) -> None:
    world.charter(OPEN_BALLOTS)
    number = propose(world, "Bo", "role", option("yes", "commons.role", {"agent": world.ids["Cy"], "role": "scribe", "granted": True}))
    world.clock.days(7)
    said = say(world, "Ana", "vote", number, answer="no")
    assert "receipt" not in said
    with world.node.read() as transaction:
        data = bytes(transaction.value("SELECT data FROM journal_entry WHERE commons = 'test' AND position = ?", (said["position"],)))
    assert json.loads(data)["body"]["ballot"] == {"answer": "no"}


def test_what_is_said_after_the_end_of_a_vote_changes_nothing_in_it(asked: tuple[World, int]) -> None:
    """However late it is counted: neither a new delegation, nor one that is ended, nor who leaves."""
    world, number = asked
    delegate(world, "Di", "Bo")
    vote(world, number, Ana="yes", Bo="no", Cy="yes")
    world.clock.days(9)
    delegate(world, "Di", "Ana")
    world.act("Cy", "member.leave", c.Leave())
    assert close(world, number)["outcome"] == "rejected"
    assert [(one.votes_for, one.votes_against) for one in result(world, number).support] == [(2, 2)]
    assert world.verify().ok


def test_a_recount_years_later_finds_the_same(asked: tuple[World, int]) -> None:
    """Members have left, delegations have ended: who was heard then is kept."""
    world, number = asked
    delegate(world, "Di", "Bo")
    vote(world, number, Ana="yes", Bo="yes", Cy="no")
    world.clock.days(7)
    close(world, number)
    delegate(world, "Di")
    world.act("Cy", "member.leave", c.Leave())
    world.clock.days(1_000)
    with world.node.read() as transaction:
        assert recount(transaction, "test", number)["same"]
        assert exported(transaction, "test", number, "blt").count("\n3 ") == 1
    assert world.verify().ok


def test_the_lot_of_open_ballots_is_not_in_the_hands_of_the_last_voter(world: World) -> None:
    """Its seed needs the node's signature, which nobody else can compute, and which the rule checks."""
    world.charter(CHARTER + '\n[governance.questions.election]\nballots = "open"\n')
    people = [
        option(name, "commons.role", {"agent": world.ids[who], "role": "treasurer", "granted": True}) for name, who in (("a", "Cy"), ("b", "Bo"))
    ]
    number = propose(world, "Bo", "election", *people, seats=1)
    world.clock.days(7)
    say(world, "Ana", "vote", number, ranking=[["a"]])
    say(world, "Bo", "vote", number, ranking=[["b"]])
    world.clock.days(7)
    with world.node.read() as transaction:
        id_ = bytes(
            transaction.value("SELECT leaf FROM journal_entry WHERE commons = 'test' AND position = ?", (found(world, number).position,))
        ).hex()
    for proof in ("", "1" * 64):
        with world.node.writing("test") as writer:
            body = e.Close(proposal=id_, outcome="carried", winners=["a"], result="0" * 64, proof=proof)
            assert refusal(lambda b=body, w=writer: w.says("governance.close", b, "forged")) == "governance.bad_proof"
    close(world, number)
    told = result(world, number)
    assert told.proof and told.winners == [told.order[0]]
    with world.node.read() as transaction:
        assert recount(transaction, "test", number)["same"]


def test_a_petition_never_needs_more_than_there_are(world: World) -> None:
    """A recall where two have standing in the domain: the other one is enough."""
    world.validated("Bo")
    world.validated("Cy")
    change = {"agent": world.ids["Bo"], "domain": "firmware", "reason": "x"}
    number = propose(world, "Cy", "recall", option("r", "governance.dismiss", change), domain="firmware")
    say(world, "Bo", "second", number)
    assert found(world, number).opens is not None


BAD = [
    ("role", [option("x", "commons.charter", {"charter": "", "reason": "x"})], {}, "governance.not_by_decision"),
    ("charter", [option("x", "commons.role", {})], {}, "governance.not_by_decision"),
    ("charter", [charter_option("x", "not there", "x")], {}, "governance.edit_not_found"),
    ("charter", [charter_option("x", "quorum = 2", "quorum = 2")], {}, "governance.nothing_changes"),
    ("charter", [charter_option("x", "quorum = 2", "quorum = 0")], {}, "charter.bad_field"),
    ("charter", [charter_option("x", 'currency = "EUR"', 'currency = "USD"')], {}, "charter.currency_changed"),
    ("charter", [], {}, "governance.one_option"),
    ("charter", [charter_option("a"), charter_option("b", "lazy_days = 14", "lazy_days = 1")], {}, "governance.one_option"),
    ("charter", [charter_option("no-change")], {}, "governance.option_id"),
    ("role", [option("x")], {}, "governance.no_change"),
    ("role", [option("x", "commons.role", {"agent": "org:nobody", "role": "x", "granted": True})], {}, "journal.unknown_reference"),
    ("role", [option("x", "commons.role", {"agent": 1})], {}, "governance.bad_change"),
    ("role", [option("x", "commons.role", {"agent": "org:a", "role": "r", "granted": True, "more": 1})], {}, "governance.bad_change"),
    ("statement", [option("x", "commons.role", {})], {}, "governance.not_by_decision"),
    ("statement", [option("x")], {"domain": "cooking"}, "governance.unknown_domain"),
    ("statement", [option("x")], {"seats": 2}, "governance.seats"),
    ("statement", [option("x")], {"fund": "common", "amount": "1.00"}, "governance.no_budget"),
    ("steward", [option("x", "governance.appoint", {"agent": "org:a", "domain": "firmware"})], {}, "governance.which_domain"),
    ("election", [option("x", "commons.role", {})], {"seats": 1}, "governance.too_few_options"),
    ("budget", [], {"fund": "nothing", "amount": "1.00"}, "governance.unknown_fund"),
    ("budget", [], {"fund": "common", "amount": "1.00"}, "governance.bad_budget"),
    ("grant", [option("x", cost="1.00")], {}, "governance.no_fund"),
    ("grant", [option("x", cost="1.00")], {}, "governance.no_project"),
    ("money", [option("x", "sharing.distribution", {"fund": "nothing"})], {}, "sharing.unknown_fund"),
    ("money", [option("x", "sharing.grant", {"fund": "common", "agent": "org:nobody", "amount": "1.00"})], {}, "sharing.nothing_there"),
]


@pytest.mark.parametrize(("question", "options", "more", "expected"), BAD, ids=[f"{row[0]}-{row[3]}-{number}" for number, row in enumerate(BAD)])
def test_a_question_that_is_not_in_order_is_refused(
    world: World, question: str, options: list[e.Option], more: dict[str, Any], expected: str
) -> None:
    with pytest.raises(CommonholdError) as refused:
        propose(world, "Bo", question, *options, **more)
    assert expected in {problem.code for problem in refused.value.problems}
    with world.node.read() as transaction:
        assert transaction.value("SELECT COUNT(*) FROM proposal") == 0


BALLOTS = [
    ({"answer": "yes", "ranking": [["yes"]]}, "governance.bad_ballot"),
    ({"approvals": ["yes"]}, "governance.bad_ballot"),
    ({}, "governance.bad_ballot"),
    ({"ranking": [["yes"], ["yes"]]}, "governance.repeated"),
    ({"ranking": [["maybe"]]}, "governance.unknown_option"),
    ({"answer": "perhaps"}, "governance.bad_ballot"),
]


@pytest.mark.parametrize(("ballot", "expected"), BALLOTS)
def test_a_ballot_that_does_not_fit_is_refused_before_it_is_sealed(asked: tuple[World, int], ballot: dict[str, Any], expected: str) -> None:
    world, number = asked
    assert refusal(lambda: say(world, "Ana", "vote", number, **ballot)) == expected


def test_the_role_of_decisions_is_given_to_nobody(world: World) -> None:
    """A charter that leaves a power to decisions cannot be got round by whoever gives roles."""
    world.charter(CHARTER + '\n[powers]\ncharter = "decision"\n')
    assert refusal(lambda: world.charter(CHARTER)) == "commons.lacks_power"
    for role in ("decision", "domain_steward", "member"):
        assert refusal(lambda r=role: world.act("Ana", "role.set", c.SetRole(agent=world.ids["Ana"], role=r, granted=True))) == "commons.bad_role"
    number = propose(world, "Bo", "charter", charter_option())
    world.clock.days(7)
    vote(world, number, Ana="yes", Bo="yes", Cy="yes")
    world.clock.days(7)
    assert close(world, number)["carriedOut"][0]["done"]
    assert quorum_of(world) == 1


def test_who_is_erased_leaves_no_ballot_behind_and_opens_it_with_the_receipt(asked: tuple[World, int]) -> None:
    """The count waits a day for whoever holds the receipt; then it goes on without them."""
    world, number = asked
    vote(world, number, Ana="yes", Bo="yes")
    say(world, "Cy", "vote", number, answer="no")
    erase_person(world.node, "test", world.ids["Cy"])
    world.clock.days(7)
    assert refusal(lambda: close(world, number)) == "governance.unopened"
    world.clock.days(1)
    assert close(world, number)["outcome"] == "carried"
    assert [(one.votes_for, one.votes_against) for one in result(world, number).support] == [(2, 0)]
    assert world.verify().ok


def refused_batch(world: World, *bodies: tuple[str, Any]) -> list[str]:
    """Land entries of the node in one batch; the codes of those that were refused."""
    with world.node.writing("test") as writer:
        return [refusal(lambda k=kind, b=body, n=number: writer.says(k, b, f"batch-{n}")) for number, (kind, body) in enumerate(bodies)]


def test_a_refused_close_leaves_nothing_that_the_next_one_could_use(asked: tuple[World, int]) -> None:
    """Not in the same batch either: what was computed for one entry is of that entry."""
    world, number = asked
    vote(world, number, Ana="no", Bo="yes")
    world.clock.days(9)
    with world.node.read() as transaction:
        id_ = bytes(
            transaction.value("SELECT leaf FROM journal_entry WHERE commons = 'test' AND position = ?", (found(world, number).position,))
        ).hex()
    forged = e.Close(proposal=id_, outcome="carried", winners=["yes"], result="0" * 64, proof="junk")
    assert refused_batch(world, ("governance.close", forged), ("governance.close", forged)) == ["governance.bad_proof"] * 2
    close(world, number)
    assert world.verify().ok


def test_nobody_but_the_node_closes(asked: tuple[World, int]) -> None:
    """A member who closes late with only their own ballot opened would throw away the others'."""
    world, number = asked
    vote(world, number, Ana="no", Bo="yes", Cy="no")
    world.clock.days(30)
    with world.node.read() as transaction:
        id_ = bytes(
            transaction.value("SELECT leaf FROM journal_entry WHERE commons = 'test' AND position = ?", (found(world, number).position,))
        ).hex()
    body = e.Close(proposal=id_, outcome="carried", winners=["yes"], result="0" * 64)
    with world.node.writing("test") as writer:
        assert refusal(lambda: writer.write(world.keys["Bo"], world.ids["Bo"], "governance.close", body, "mine")) == "governance.not_the_node"


def test_an_order_ends_after_a_month_and_a_charter_order_with_the_next_charter(world: World) -> None:
    """What could not be carried out does not come back years later."""
    world.income("30.00")
    number = propose(world, "Cy", "money", option("give", "sharing.grant", {"fund": "common", "agent": world.ids["Bo"], "amount": "25.00"}))
    world.validated("Bo")
    world.share()
    world.clock.days(7)
    vote(world, number, Ana="yes", Bo="yes", Cy="yes")
    world.clock.days(7)
    assert not close(world, number)["carriedOut"][0]["done"]
    world.clock.days(31)
    world.income("100.00")
    assert say(world, "Bo", "execute", number)["carriedOut"] == []


def test_two_pieces_of_a_charter_are_changed_together(world: World) -> None:
    one = option("both")
    changes = [e.Change(kind="commons.charter", body={"edits": [{"before": before, "after": after}]}) for before, after in (
        ("quorum = 2", "quorum = 1"), ("lazy_days = 14", "lazy_days = 15"),
    )]  # fmt: skip
    number = propose(world, "Bo", "charter", msgspec.structs.replace(one, changes=changes))
    world.clock.days(7)
    vote(world, number, Ana="yes", Bo="yes", Cy="yes")
    world.clock.days(7)
    assert close(world, number)["carriedOut"] == [{"kind": "commons.charter", "number": 0, "done": True}]
    with world.node.read() as transaction:
        values = charter_values(transaction, "test")["validation"]
    assert (values["quorum"], values["lazy_days"]) == (1, 15)
    assert world.verify().ok


def test_what_cannot_be_written_does_not_keep_a_question_open_for_ever(world: World) -> None:
    """A day that no calendar has is found when it is proposed."""
    with pytest.raises(CommonholdError):
        propose(world, "Bo", "member", option("s", "commons.suspend", {"agent": world.ids["Cy"], "until": "2027-13-45T99:99:99Z", "reason": "x"}))


TAKEOVERS = [
    (
        "election",
        [("commons.role", {"role": "steward", "granted": True}), ("commons.role", {"role": "steward", "granted": False})],
        "governance.election",
    ),
    ("recall", [("commons.role", {"role": "steward", "granted": True})], "governance.not_by_decision"),
    ("recall", [("governance.dismiss", {"domain": "hardware", "reason": "x"})], "governance.other_domain"),
]


@pytest.mark.parametrize(("question", "changes", "expected"), TAKEOVERS)
def test_no_question_decides_what_is_anothers(world: World, question: str, changes: list[tuple[str, dict[str, Any]]], expected: str) -> None:
    """Roles beside an election, roles by a recall, another domain's steward."""
    world.validated("Bo")
    made = [e.Change(kind=kind, body={"agent": world.ids["Cy"]} | body) for kind, body in changes]
    one = msgspec.structs.replace(option("one"), changes=made)
    options = [one, msgspec.structs.replace(one, id="two")] if question == "election" else [one]
    more = {"seats": 1} if question == "election" else {"domain": "firmware"}
    with pytest.raises(CommonholdError) as refused:
        propose(world, "Bo", question, *options, **more)
    assert expected in {problem.code for problem in refused.value.problems}


def test_a_label_does_not_choose_whose_delegates_speak(world: World) -> None:
    """A question about a member belongs to the whole commons, not to the domain where its author has friends."""
    with pytest.raises(CommonholdError) as refused:
        propose(world, "Bo", "member", option("x", "commons.expel", {"agent": world.ids["Cy"], "reason": "x"}), domain="firmware")
    assert refused.value.code == "governance.no_domain"


def test_members_and_a_domain_are_two_rolls(world: World) -> None:
    """Who has no standing in the domain votes as a member all the same."""
    world.charter(CHARTER + '\n[governance.questions.money]\nrolls = ["member", "domain"]\n')
    world.income("90.00")
    world.validated("Bo")
    number = propose(
        world, "Bo", "money", option("give", "sharing.grant", {"fund": "common", "agent": world.ids["Bo"], "amount": "5.00"}), domain="firmware"
    )
    world.clock.days(7)
    vote(world, number, Ana="no", Cy="no", Bo="yes")
    world.clock.days(7)
    assert close(world, number)["outcome"] == "rejected"
    assert [(one.roll, one.votes_for, one.votes_against) for one in result(world, number).support] == [("member", 1, 2), ("domain", 1, 0)]


def test_support_is_of_those_who_could_vote(world: World) -> None:
    """Who joins after a grant was asked for does not carry it."""
    world.charter(CHARTER + '\n[governance.conviction]\nfund = "common"\n')
    number = propose(world, "Bo", "grant", option("seeds", cost="10.00", to=world.ids["Bo"]))
    world.join("Eve")
    assert refusal(lambda: world.act("Eve", "decision.support", SupportParams(parts={str(number): 1}))) == "governance.no_elector"


def test_who_wanted_a_vote_wanted_the_version_that_they_saw(world: World) -> None:
    world.charter(CHARTER + "\n[governance.questions.role]\nseconds = 2\n")
    world.join("Di")
    number = propose(world, "Bo", "role", option("r", "commons.role", {"agent": world.ids["Cy"], "role": "scribe", "granted": True}))
    say(world, "Ana", "second", number)
    world.clock.days(20)
    other = option("r", "commons.role", {"agent": world.ids["Bo"], "role": "treasurer", "granted": True})
    say(world, "Bo", "revise", number, reason="Better.", options=[other])
    say(world, "Di", "second", number)
    assert found(world, number).opens is None
    say(world, "Ana", "second", number)
    opens = found(world, number).opens
    assert opens is not None and opens - world.clock.now >= 3 * 86_400


def test_a_cheap_project_does_not_shut_others_out_by_itself(world: World) -> None:
    """Two projects exclude each other if both say so."""
    world.income("60.00")
    number = propose(world, "Bo", "budget", fund="common", amount="60.00")
    say(world, "Ana", "amend", number, option=option("school", cost="30.00", to=world.ids["Ana"]))
    say(world, "Cy", "amend", number, option=option("cake", cost="1.00", to=world.ids["Cy"], excludes=["school"]))
    world.clock.days(7)
    for who in ("Ana", "Bo", "Cy"):
        say(world, who, "vote", number, approvals=["school", "cake"])
    world.clock.days(7)
    assert set(close(world, number)["winners"]) == {"school", "cake"}


def test_what_every_roll_carries_is_carried(world: World) -> None:
    """Who is in both rolls counts in both; those in one of them do not outweigh them together."""
    world.join("Di", "Ed", "Flo", rolls=("producer", "user"))
    world.join("P1", rolls=("producer",))
    world.join("U1", "U2", rolls=("user",))
    world.charter(CHARTER + '\n[governance.questions.charter]\nmajority = "1/2"\n')
    number = propose(world, "Bo", "charter", charter_option())
    world.clock.days(7)
    vote(world, number, Ana="yes", Di="yes", Ed="yes", Flo="yes", P1="no", Bo="no", U1="no", U2="no")
    world.clock.days(7)
    assert close(world, number)["outcome"] == "carried"
    assert [(one.votes_for, one.votes_against) for one in result(world, number).support] == [(4, 2), (4, 2)]
    assert world.verify().ok


def test_without_users_producers_decide_alone(world: World) -> None:
    """A roll in which there is nobody does not block the others for ever."""
    world.act("Bo", "member.leave", c.Leave())
    world.node.join("test", world.keys["Bo"], ["producer"], keep=True)
    number = propose(world, "Cy", "charter", charter_option())
    world.act("Ana", "role.set", c.SetRole(agent=world.ids["Bo"], role="steward", granted=True))
    world.act("Ana", "member.leave", c.Leave())
    world.clock.days(7)
    vote(world, number, Bo="yes", Cy="yes")
    world.clock.days(7)
    assert close(world, number)["outcome"] == "carried"
