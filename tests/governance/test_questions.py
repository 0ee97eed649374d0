"""Every sort of question, from its proposal to what follows from it."""

from __future__ import annotations

from typing import Any

import pytest
from governance.deciding import charter_option, close, delegate, found, option, propose, result, say, vote
from world import CHARTER, World

from commonhold.commons.queries import charter_values, find_agent, has_role, is_member
from commonhold.governance import commands as g
from commonhold.node.books import fund_balances
from commonhold.node.decisions import decision, exported, heard, recount
from commonhold.problems import CommonholdError
from commonhold.sharing.commands import PayParams
from commonhold.sharing.queries import distributions


def state(world: World, who: str) -> tuple[bool, bool]:
    """Whether somebody is a member, and a treasurer."""
    with world.node.read() as transaction:
        agent = find_agent(transaction, "test", world.ids[who])
        assert agent is not None
        return is_member(transaction, "test", agent.number), has_role(transaction, "test", agent, "treasurer")


def carried(world: World, number: int, voters: str = "Ana Bo Cy", answer: str = "yes") -> dict[str, Any]:
    """Let the discussion pass, everybody vote, the vote pass, and close it."""
    world.clock.days(found(world, number).terms.discussion_days)
    vote(world, number, **dict.fromkeys(voters.split(), answer))
    world.clock.days(found(world, number).terms.voting_days)
    return close(world, number)


def test_a_role_is_given(world: World) -> None:
    number = propose(world, "Bo", "role", option("yes", "commons.role", {"agent": world.ids["Cy"], "role": "treasurer", "granted": True}))
    assert carried(world, number)["carriedOut"][0]["done"]
    assert state(world, "Cy") == (True, True)


def test_a_member_is_expelled_and_one_who_asks_let_in(world: World) -> None:
    number = propose(world, "Bo", "member", option("out", "commons.expel", {"agent": world.ids["Cy"], "reason": "Broke the rules."}))
    assert carried(world, number)["outcome"] == "carried"
    assert state(world, "Cy") == (False, False)
    world.charter(CHARTER.replace('currency = "EUR"', 'currency = "EUR"\njoining = "admission"'))
    world.node.join("test", world._key("Di"), ["producer"], keep=True)
    number = propose(world, "Bo", "member", option("in", "commons.admit", {"agent": world.ids["Di"]}))
    assert carried(world, number, "Ana Bo")["outcome"] == "carried"
    assert state(world, "Di")[0]
    assert world.verify().ok


def test_no_steward_expels_or_suspends_alone(world: World) -> None:
    from commonhold.commons.entries import Expel, Fork, Suspend

    for kind, body in (
        ("commons.expel", Expel(agent=world.ids["Cy"], reason="I do not like them.")),
        ("commons.suspend", Suspend(agent=world.ids["Cy"], until="2030-01-01T00:00:00Z", reason="x")),
        ("commons.fork", Fork(origin="elsewhere.org/test", reason="x")),
    ):
        with pytest.raises(CommonholdError) as refused, world.node.writing("test") as writer:
            writer.write(world.keys["Ana"], world.ids["Ana"], kind, body, kind)
        assert refused.value.code == "commons.by_decision_only"


def test_a_word_that_is_suspended_does_not_validate_until_the_day(world: World) -> None:
    until = "2026-02-01T00:00:00Z"
    number = propose(
        world, "Bo", "member", option("rest", "commons.suspend", {"agent": world.ids["Cy"], "until": until, "reason": "Accepted everything unread."})
    )
    carried(world, number)
    position = world.log("Bo")
    with pytest.raises(CommonholdError, match="does not count here until 2026-02-01"):
        world.attest("Cy", position)
    world.clock.days(31)
    world.attest("Cy", position)


def test_a_fund_is_shared_by_decision(world: World) -> None:
    """All of it, by the policy, in the name of the commons; nobody retypes anything."""
    world.income("90.00")
    world.validated("Bo", amount="2")
    number = propose(world, "Cy", "money", option("share", "sharing.distribution", {"fund": "common"}))
    told = carried(world, number)
    assert told["carriedOut"] == [{"kind": "sharing.distribution", "number": 0, "done": True}]
    with world.node.read() as transaction:
        last = distributions(transaction, "test")[-1]
        assert (last.given, last.published, last.shares) == (9_000, 1, 1)
        assert fund_balances(transaction, "test")["common", "EUR"] == 0
    assert world.verify().ok


def test_a_grant_is_owed_and_paid_like_a_share(world: World) -> None:
    world.income("90.00")
    number = propose(world, "Cy", "money", option("give", "sharing.grant", {"fund": "common", "agent": world.ids["Bo"], "amount": "25.00"}))
    carried(world, number)
    paid = world.act("Ana", "share.pay", PayParams(distribution=1))
    assert (paid["paid"], paid["amount"]) == (1, "25.00")
    with world.node.read() as transaction:
        assert fund_balances(transaction, "test")["common", "EUR"] == 6_500
    assert world.verify().ok


def test_what_cannot_be_carried_out_waits_and_is_tried_again(world: World) -> None:
    """The money went elsewhere meanwhile; when there is some again, the decision is carried out, once."""
    world.income("90.00")
    world.validated("Bo")
    number = propose(world, "Cy", "money", option("give", "sharing.grant", {"fund": "common", "agent": world.ids["Bo"], "amount": "25.00"}))
    world.share()
    told = carried(world, number)
    assert (told["outcome"], told["carriedOut"][0]["done"], told["carriedOut"][0]["code"]) == ("carried", False, "sharing.nothing_there")
    world.income("30.00")
    assert say(world, "Bo", "execute", number)["carriedOut"][0]["done"]
    assert say(world, "Bo", "execute", number)["carriedOut"] == []
    with world.node.read() as transaction:
        assert fund_balances(transaction, "test")["common", "EUR"] == 500
    assert world.verify().ok


def test_a_budget_is_divided_by_equal_shares_with_the_greedy_result_beside_it(world: World) -> None:
    """Ideas come in the discussion, are costed, and voted on; the minority has its project too."""
    world.join("Di", "Ed", "Flo")
    world.income("60.00")
    number = propose(world, "Bo", "budget", fund="common", amount="60.00", title="Tools for the shed")
    for id_, cost in (("drill", "30.00"), ("saw", "30.00"), ("bench", "15.00"), ("idea", None)):
        to = world.ids["Cy"] if cost else None
        say(world, "Cy", "amend", number, option=option(id_, cost=cost, to=to))
    world.clock.days(7)
    for who in ("Ana", "Bo", "Cy", "Di"):
        say(world, who, "vote", number, approvals=["drill", "saw"])
    for who in ("Ed", "Flo"):
        say(world, who, "vote", number, approvals=["bench"])
    world.clock.days(7)
    told = close(world, number)
    assert set(told["winners"]) == {"drill", "bench"} or set(told["winners"]) == {"saw", "bench"}
    assert set(result(world, number).alternatives["greedy"]) == {"drill", "saw"}
    with world.node.read() as transaction:
        assert fund_balances(transaction, "test")["common", "EUR"] == 1_500
        text = exported(transaction, "test", number, "pb")
        assert "idea" not in text and "bench;15.00" in text
    assert world.verify().ok


def test_an_idea_becomes_a_project_when_somebody_knows_its_cost(world: World) -> None:
    """Who had the idea says it, or who put the question; nobody else."""
    world.income("60.00")
    number = propose(world, "Bo", "budget", fund="common", amount="60.00")
    say(world, "Cy", "amend", number, option=option("saw", title="A saw"))
    costed = option("saw", title="A saw", cost="20.00", to=world.ids["Cy"])
    with pytest.raises(CommonholdError) as refused:
        say(world, "Ana", "amend", number, option=costed)
    assert refused.value.code == "governance.option_id"
    say(world, "Bo", "amend", number, option=costed)
    world.clock.days(7)
    say(world, "Ana", "vote", number, approvals=["saw"])
    world.clock.days(7)
    assert close(world, number)["winners"] == ["saw"]
    assert world.verify().ok


def test_who_was_granted_something_reports_on_it(world: World) -> None:
    world.income("60.00")
    number = propose(world, "Bo", "budget", fund="common", amount="60.00")
    say(world, "Bo", "amend", number, option=option("saw", cost="30.00", to=world.ids["Cy"]))
    world.clock.days(7)
    say(world, "Ana", "vote", number, approvals=["saw"])
    world.clock.days(7)
    close(world, number)
    with pytest.raises(CommonholdError) as refused:
        say(world, "Ana", "report", number, option="saw", text="I have seen it.", done=True)
    assert refused.value.code == "governance.not_theirs"
    say(world, "Cy", "report", number, option="saw", text="Bought, it hangs on the wall.", done=True, evidence=["https://example.org/saw.jpg"])
    with world.node.read() as transaction:
        told = decision(world.node, transaction, "test", number)
    assert [(line["kind"], line["body"].get("done")) for line in told["history"]][-1] == ("governance.report", True)


def test_projects_that_exclude_each_other_do_not_both_win(world: World) -> None:
    world.income("60.00")
    number = propose(world, "Bo", "budget", fund="common", amount="60.00")
    say(world, "Cy", "amend", number, option=option("left", cost="20.00", to=world.ids["Cy"], excludes=["right"]))
    say(world, "Cy", "amend", number, option=option("right", cost="20.00", to=world.ids["Cy"]))
    world.clock.days(7)
    for who in ("Ana", "Bo", "Cy"):
        say(world, who, "vote", number, approvals=["left", "right"])
    world.clock.days(7)
    assert len(close(world, number)["winners"]) == 1


def test_two_are_elected_of_three(world: World) -> None:
    world.join("Di", "Ed")
    people = [option(who.lower(), "commons.role", {"agent": world.ids[who], "role": "treasurer", "granted": True}) for who in ("Cy", "Di", "Ed")]
    number = propose(world, "Bo", "election", *people, seats=2)
    world.clock.days(7)
    for who, ranked in (("Ana", "cy di ed"), ("Bo", "cy ed di"), ("Cy", "di cy"), ("Di", "di"), ("Ed", "cy")):
        say(world, who, "vote", number, ranking=[[name] for name in ranked.split()])
    world.clock.days(7)
    assert set(close(world, number)["winners"]) == {"cy", "di"}
    assert [state(world, who)[1] for who in ("Cy", "Di", "Ed")] == [True, True, False]
    with world.node.read() as transaction:
        assert exported(transaction, "test", number, "blt").startswith("3 2\n")


def test_a_vote_that_is_sent_again_is_answered_with_the_same_receipt(world: World) -> None:
    """And another ballot under the same key is refused."""
    number = propose(world, "Bo", "role", option("r", "commons.role", {"agent": world.ids["Cy"], "role": "treasurer", "granted": True}))
    world.clock.days(7)
    first = world.act("Ana", "decision.vote", g.VoteParams(proposal=number, answer="yes"), key="k")
    again = world.act("Ana", "decision.vote", g.VoteParams(proposal=number, answer="yes"), key="k")
    assert (first["receipt"], first["state"], again["state"]) == (again["receipt"], "new", "known")
    with pytest.raises(CommonholdError) as refused:
        world.act("Ana", "decision.vote", g.VoteParams(proposal=number, answer="no"), key="k")
    assert refused.value.code == "journal.key_reused"


def test_a_budget_without_a_project_is_closed_without_a_winner(world: World) -> None:
    world.income("60.00")
    number = propose(world, "Bo", "budget", option("idea"), fund="common", amount="60.00")
    world.clock.days(14)
    assert close(world, number)["outcome"] == "rejected"
    assert world.verify().ok


def test_long_ballots_are_opened_in_several_entries(world: World) -> None:
    """Twenty people approve of a hundred and fifty projects, and an entry holds sixty thousand bytes."""
    world.income("200.00")
    people = [f"P{number}" for number in range(20)]
    world.join(*people)
    ids = [f"project-{'x' * 19}-{number}" for number in range(150)]
    number = propose(world, "Bo", "budget", *(option(id_, cost="1.00", to=world.ids["Cy"]) for id_ in ids), fund="common", amount="200.00")
    world.clock.days(7)
    for who in people:
        say(world, who, "vote", number, approvals=ids)
    world.clock.days(7)
    assert len(close(world, number)["winners"]) == 150
    with world.node.read() as transaction:
        assert transaction.value("SELECT COUNT(*) FROM proposal_entry WHERE kind = 'governance.open'") > 1


def test_whom_nobody_chose_is_not_elected(world: World) -> None:
    """Blank ballots, or too few of them: the charter says how many it takes."""
    world.charter(CHARTER + "\n[governance.questions.election]\nquorum_percent = 60\n")
    people = [option(who.lower(), "commons.role", {"agent": world.ids[who], "role": "treasurer", "granted": True}) for who in ("Bo", "Cy")]
    numbers = [propose(world, "Bo", "election", *people, seats=1) for _ in range(3)]
    world.clock.days(7)
    say(world, "Ana", "vote", numbers[1], ranking=[["cy"]])
    for who in ("Ana", "Bo"):
        say(world, who, "vote", numbers[2], ranking=[["cy"]])
    world.clock.days(7)
    assert [close(world, number)["outcome"] for number in numbers] == ["rejected", "rejected", "carried"]


def test_an_amendment_that_others_want_is_on_the_ballot_and_can_win(world: World) -> None:
    world.charter(CHARTER + "\n[governance.questions.role]\nseconds = 1\n")
    number = propose(world, "Bo", "role", option("cy", "commons.role", {"agent": world.ids["Cy"], "role": "treasurer", "granted": True}))
    say(world, "Ana", "second", number)
    say(world, "Cy", "amend", number, option=option("ana", "commons.role", {"agent": world.ids["Ana"], "role": "treasurer", "granted": True}))
    say(world, "Cy", "amend", number, option=option("lonely", "commons.role", {"agent": world.ids["Bo"], "role": "scribe", "granted": True}))
    with pytest.raises(CommonholdError, match="Others must want it"):
        say(world, "Cy", "second", number, option="ana")
    say(world, "Ana", "second", number, option="ana")
    world.clock.days(7)
    with pytest.raises(CommonholdError, match="rank them"):
        say(world, "Ana", "vote", number, answer="yes")
    say(world, "Ana", "vote", number, ranking=[["ana"], ["cy"], ["no-change"]])
    say(world, "Bo", "vote", number, ranking=[["cy"], ["ana"]])
    say(world, "Cy", "vote", number, ranking=[["ana"], ["no-change"]])
    world.clock.days(7)
    assert close(world, number)["winners"] == ["ana"]
    assert (state(world, "Ana")[1], state(world, "Cy")[1]) == (True, False)
    told = result(world, number)
    assert "lonely" not in told.options
    assert told.alternatives["irv"] == ["ana"]


def test_a_revision_is_shown_as_a_version_and_leaves_time_to_think(world: World) -> None:
    number = propose(world, "Bo", "charter", charter_option())
    world.clock.days(6)
    say(world, "Bo", "revise", number, reason="Ana is right.", options=[charter_option("one", "lazy_days = 14", "lazy_days = 21")])
    assert found(world, number).version == 2
    world.clock.days(2)
    with pytest.raises(CommonholdError, match="being discussed"):
        say(world, "Ana", "vote", number, answer="yes")
    world.clock.days(2)
    vote(world, number, Ana="yes", Bo="yes", Cy="yes")
    world.clock.days(7)
    close(world, number)
    with world.node.read() as transaction:
        values = charter_values(transaction, "test")["validation"]
    assert (values["quorum"], values["lazy_days"]) == (2, 21)
    with pytest.raises(CommonholdError):
        say(world, "Bo", "revise", number, reason="Too late.", title="x")


def test_without_seconds_a_question_lapses(world: World) -> None:
    world.charter(CHARTER + "\n[governance.questions.role]\nseconds = 2\n")
    number = propose(world, "Bo", "role", option("cy", "commons.role", {"agent": world.ids["Cy"], "role": "treasurer", "granted": True}))
    with pytest.raises(CommonholdError, match="Others must want a vote"):
        say(world, "Bo", "second", number)
    say(world, "Ana", "second", number)
    world.clock.days(29)
    with pytest.raises(CommonholdError) as refused:
        close(world, number)
    assert refused.value.code == "governance.not_over"
    world.clock.days(1)
    assert close(world, number)["outcome"] == "lapsed"
    assert world.verify().ok


def test_silence_is_consent_where_the_charter_says_so(world: World) -> None:
    number = propose(world, "Bo", "statement", option("s", text="We support the strike."))
    world.clock.days(7)
    assert close(world, number)["outcome"] == "carried"


def test_an_objection_blocks_until_it_is_lifted(world: World) -> None:
    first = propose(world, "Bo", "statement", option("s"))
    say(world, "Cy", "object", first, reason="It speaks for all of us.")
    with pytest.raises(CommonholdError, match="stands already"):
        say(world, "Cy", "object", first, reason="Again.")
    second = propose(world, "Bo", "statement", option("s"))
    say(world, "Cy", "object", second, reason="The date is wrong.")
    say(world, "Bo", "revise", second, reason="The date is right now.", text="On Friday.")
    say(world, "Cy", "lift", second)
    world.clock.days(14)
    assert (close(world, first)["outcome"], close(world, second)["outcome"]) == ("blocked", "carried")
    assert world.verify().ok


def test_consent_needs_some_who_say_it(world: World) -> None:
    world.charter(CHARTER + '\n[governance.questions.role]\nrule = "consent"\nquorum_percent = 60\n')
    numbers = [
        propose(world, "Bo", "role", option("r", "commons.role", {"agent": world.ids[who], "role": "treasurer", "granted": True}))
        for who in ("Cy", "Ana")
    ]
    for who in ("Ana", "Bo"):
        say(world, who, "consent", numbers[0])
    say(world, "Ana", "consent", numbers[1])
    world.clock.days(7)
    assert [close(world, number)["outcome"] for number in numbers] == ["carried", "rejected"]
    assert state(world, "Cy")[1] and not state(world, "Ana")[1]


def test_who_does_not_vote_is_spoken_for_by_their_delegate_of_the_domain(world: World) -> None:
    """A delegate of the domain goes before a general one, and one's own vote before both."""
    world.join("Di", "Ed")
    delegate(world, "Cy", "Bo")
    delegate(world, "Cy", "Di", domain="firmware")
    delegate(world, "Ed", "Bo")
    body = {"agent": world.ids["Cy"], "role": "treasurer", "granted": True}
    number = propose(world, "Ana", "role", option("r", "commons.role", body), domain="firmware")
    world.clock.days(7)
    vote(world, number, Bo="no", Di="yes", Ed="yes")
    world.clock.days(7)
    close(world, number)
    told = result(world, number)
    assert (told.support[0].votes_for, told.support[0].votes_against, told.voted, told.delegated) == (3, 1, 3, 1)
    with world.node.read() as transaction:
        assert heard(transaction, "test", number, world.ids["Cy"])["speaks"] == world.ids["Di"]
        assert heard(transaction, "test", number, world.ids["Ed"])["speaks"] == world.ids["Ed"]


def test_a_delegation_ends_and_can_be_ended(world: World) -> None:
    delegate(world, "Cy", "Bo", until="2026-01-10T00:00:00Z")
    body = {"agent": world.ids["Cy"], "role": "treasurer", "granted": True}
    number = propose(world, "Ana", "role", option("r", "commons.role", body))
    world.clock.days(7)
    vote(world, number, Bo="yes")
    world.clock.days(7)
    close(world, number)
    assert result(world, number).delegated == 0
    delegate(world, "Cy", "Ana")
    delegate(world, "Cy")
    with world.node.read() as transaction:
        assert transaction.value("SELECT COUNT(*) FROM delegation") == 0


def test_nobody_carries_more_votes_than_the_cap(world: World) -> None:
    people = [f"P{number}" for number in range(12)]
    world.join(*people)
    for who in people:
        delegate(world, who, "Bo")
    number = propose(world, "Ana", "role", option("r", "commons.role", {"agent": world.ids["Cy"], "role": "treasurer", "granted": True}))
    world.clock.days(7)
    vote(world, number, Bo="yes", Ana="no", Cy="no")
    world.clock.days(7)
    close(world, number)
    told = result(world, number)
    assert (told.support[0].votes_for, told.turned_away) == (3, 10)


def test_a_grant_passes_when_support_has_lasted(world: World) -> None:
    charter = CHARTER + '\n[governance.conviction]\nfund = "common"\nhalf_life_days = 3\nweight_percent = 5\nshare_percent = 50\n'
    world.charter(charter)
    world.income("100.00")
    number = propose(world, "Bo", "grant", option("seeds", cost="10.00", to=world.ids["Bo"]))
    large = propose(world, "Bo", "grant", option("all", cost="60.00", to=world.ids["Bo"]))
    world.act("Ana", "decision.support", g.SupportParams(parts={str(number): 600_000, str(large): 400_000}))
    with pytest.raises(CommonholdError) as refused:
        close(world, number)
    assert refused.value.code == "governance.not_yet"
    with world.node.read() as transaction:
        forecast = decision(world.node, transaction, "test", number)["support"]["daysLeft"]
        assert decision(world.node, transaction, "test", large)["support"]["needed"] is None
    world.clock.days(forecast - 1)
    with pytest.raises(CommonholdError):
        close(world, number)
    world.clock.days(1)
    assert close(world, number)["carriedOut"][0]["done"]
    with world.node.read() as transaction:
        assert fund_balances(transaction, "test")["common", "EUR"] == 9_000
    assert world.verify().ok


def test_everybody_has_one_unit_of_support_and_takes_it_along(world: World) -> None:
    from commonhold.commons.entries import Leave

    world.charter(CHARTER + '\n[governance.conviction]\nfund = "common"\n')
    number = propose(world, "Bo", "grant", option("seeds", cost="10.00", to=world.ids["Bo"]))
    other = propose(world, "Bo", "grant", option("more", cost="10.00", to=world.ids["Bo"]))
    with pytest.raises(CommonholdError) as refused:
        world.act("Cy", "decision.support", g.SupportParams(parts={str(number): 600_000, str(other): 400_001}))
    assert refused.value.code == "governance.too_much"
    world.act("Cy", "decision.support", g.SupportParams(parts={str(number): 600_000, str(other): 400_000}))
    world.act("Cy", "member.leave", Leave())
    with world.node.read() as transaction:
        assert transaction.rows("SELECT stake FROM conviction") == [(0,), (0,)]


def test_a_jury_drawn_by_lot_decides_and_nobody_else(world: World) -> None:
    """It is drawn after the discussion, so that nobody can look for a friendlier one. Neither who proposed it nor whom it is about is drawn."""
    world.join("Di", "Ed", "Flo", "Gus", rolls=("user",))
    world.join("Hal", "Ida")
    world.charter(CHARTER + '\n[governance.questions.member]\njury = 3\nrolls = ["producer", "user"]\n')
    number = propose(world, "Bo", "member", option("out", "commons.expel", {"agent": world.ids["Cy"], "reason": "x"}))
    with pytest.raises(CommonholdError) as refused:
        world.act("Ana", "decision.draw", g.Named(proposal=number))
    assert refused.value.code == "governance.no_jury"
    world.clock.days(7)
    assert world.act("Ana", "decision.draw", g.Named(proposal=number))["jurors"] == 3
    with world.node.read() as transaction:
        drawn = {row[0] for row in transaction.rows("SELECT a.id FROM elector e JOIN agent a ON a.number = e.agent AND a.commons = e.commons")}
    jurors = [name for name, id_ in world.ids.items() if id_ in drawn]
    assert len(jurors) == 3 and not {"Bo", "Cy"} & set(jurors)
    outside = next(name for name in world.ids if name not in jurors)
    with pytest.raises(CommonholdError, match="has a voice in it"):
        say(world, outside, "vote", number, answer="yes")
    with pytest.raises(CommonholdError, match="being voted on"):
        say(world, "Bo", "withdraw", number, reason="They will say no.")
    vote(world, number, **dict.fromkeys(jurors, "yes"))
    world.clock.days(7)
    assert close(world, number)["outcome"] == "carried"
    assert world.verify().ok


def test_a_fork_that_both_rolls_agree_to_is_in_the_journal(world: World) -> None:
    number = propose(world, "Bo", "fork", option("f", "commons.fork", {"origin": "other.example/test", "reason": "Two ways to build."}))
    assert carried(world, number)["carriedOut"][0]["done"]
    with world.node.read() as transaction:
        assert transaction.value("SELECT origin FROM fork") == "other.example/test"


def test_a_decided_question_is_recounted(world: World) -> None:
    number = propose(world, "Bo", "role", option("r", "commons.role", {"agent": world.ids["Cy"], "role": "treasurer", "granted": True}))
    with pytest.raises(CommonholdError) as refused, world.node.read() as transaction:
        recount(transaction, "test", number)
    assert refused.value.code == "governance.not_over"
    carried(world, number)
    with world.node.read() as transaction:
        told = recount(transaction, "test", number)
    assert (told["same"], told["recounted"], told["result"]) == (True, True, result(world, number).sha256())


def test_the_effect_on_the_last_distribution_is_shown_before_the_vote(world: World) -> None:
    world.income("100.00")
    world.validated("Bo", amount="3")
    world.validated("Cy", kind="code", amount="100")
    world.share()
    edit = charter_option("code", 'code = "0.01"', 'code = "0.03"')
    number = propose(world, "Cy", "charter", edit)
    with world.node.read() as transaction:
        effect = decision(world.node, transaction, "test", number)["effects"][0]
    lines = {line["agent"]: (line["amount"], line["other"], line["difference"]) for line in effect["agents"]}
    assert lines == {world.ids["Bo"]: ("75.00", "50.00", "-25.00"), world.ids["Cy"]: ("25.00", "50.00", "25.00")}
