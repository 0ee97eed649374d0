"""Stewards of domains: who can be one, how they become and stop being one, and what the page of who leads what tells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from governance.deciding import close, found, option, propose, say, vote
from serving import Site
from world import CHARTER, World

from commonhold.commons.people import write_profile
from commonhold.commons.queries import find_agent, has_role, members
from commonhold.governance.commands import DismissParams, ReviewParams
from commonhold.node.decisions import standing, stewards_page
from commonhold.problems import CommonholdError

EARNED = CHARTER + "\n[governance.standing]\npoints = 6\nendorsers = 2\nweeks = 3\nterm_days = 100\nwindow_days = 365\nhalf_life_days = 90\n"


@pytest.fixture(name="earned")
def _earned(world: World) -> World:
    """Bo has worked on the firmware for four weeks, validated by Ana and Cy; Di has one large contribution."""
    world.join("Di")
    world.charter(EARNED)
    for _ in range(4):
        world.validated("Bo", amount="2")
        world.clock.days(7)
    world.validated("Di", amount="40")
    return world


def page(world: World) -> dict[str, Any]:
    """The page, as the domain firmware has it."""
    with world.node.read() as transaction:
        return next(one for one in stewards_page(world.node, transaction, "test")["domains"] if one["domain"] == "firmware")


def appoint(world: World, who: str, proposer: str = "Ana", **more: Any) -> int:
    """Propose a steward, and let it be seconded."""
    change = {"agent": world.ids[who], "domain": "firmware"} | more
    number = propose(world, proposer, "steward", option("s", "governance.appoint", change), domain="firmware")
    say(world, next(name for name in ("Bo", "Di") if name != proposer), "second", number)
    return number


def confirm(world: World, number: int, *voters: str) -> dict[str, Any]:
    """Let those active in the domain vote for it."""
    world.clock.days(found(world, number).terms.discussion_days)
    vote(world, number, **dict.fromkeys(voters, "yes"))
    world.clock.days(7)
    return close(world, number)


def is_domain_steward(world: World, who: str) -> bool:
    """Whether somebody has the role that stewards have."""
    with world.node.read() as transaction:
        return has_role(transaction, "test", find_agent(transaction, "test", world.ids[who]), "domain_steward")


def test_who_is_eligible_is_told_without_a_rank(earned: World) -> None:
    """Much work in one week is not enough."""
    told = page(earned)
    assert (told["eligible"], told["stewards"], told["active"]) == ([earned.ids["Bo"]], [], 2)


def test_where_nobody_is_eligible_the_page_says_what_is_missing(world: World) -> None:
    world.charter(EARNED)
    assert page(world)["nearest"] == []
    world.validated("Bo", amount="2")
    assert page(world)["eligible"] == []
    assert {line["what"]: (line["has"], line["needs"]) for line in page(world)["nearest"]} == {"points": ("2", "6"), "weeks": ("1", "3")}


def test_standing_leads_down_to_the_contributions(earned: World) -> None:
    with earned.node.read() as transaction:
        told = standing(earned.node, transaction, "test", "firmware", earned.ids["Bo"])
    assert told["weeks"] == 4 and len(told["contributions"]) == 4 and told["missing"] == []
    assert {line["agent"] for line in told["endorsers"]} == {earned.ids["Ana"], earned.ids["Cy"]}
    assert [line["then"] for line in told["contributions"]] == ["2", "2", "2", "2"]
    assert told["contributions"][0]["now"] < told["contributions"][3]["now"] <= "2"


def test_those_active_in_the_domain_confirm_a_steward(earned: World) -> None:
    number = appoint(earned, "Bo")
    with pytest.raises(CommonholdError) as refused:
        earned.clock.days(7)
        say(earned, "Cy", "vote", number, answer="no")
    assert refused.value.code == "governance.no_elector"
    vote(earned, number, Bo="yes", Di="yes")
    earned.clock.days(7)
    assert close(earned, number)["carriedOut"][0]["done"]
    line = page(earned)["stewards"][0]
    assert (line["agent"], line["missing"]) == (earned.ids["Bo"], [])
    assert is_domain_steward(earned, "Bo")
    assert earned.verify().ok


def test_without_standing_nobody_becomes_a_steward_whatever_the_votes(earned: World) -> None:
    number = appoint(earned, "Di")
    told = confirm(earned, number, "Bo", "Di")
    assert (told["outcome"], told["carriedOut"][0]["code"]) == ("carried", "governance.not_eligible")
    assert page(earned)["stewards"] == []


def test_a_term_ends_and_the_node_says_so(earned: World) -> None:
    confirm(earned, appoint(earned, "Bo"), "Bo", "Di")
    earned.act("Ana", "steward.review", ReviewParams())
    assert is_domain_steward(earned, "Bo")
    earned.clock.days(100)
    assert page(earned)["stewards"] == []
    assert earned.act("Cy", "steward.review", ReviewParams())["ended"] == 1
    assert page(earned)["past"][0]["reason"] == "the term was over"
    assert not is_domain_steward(earned, "Bo")
    assert earned.verify().ok


def test_who_reads_after_the_end_of_a_term_finds_no_role_though_nobody_has_said_so(earned: World) -> None:
    confirm(earned, appoint(earned, "Bo"), "Bo", "Di")
    earned.clock.days(99)
    assert is_domain_steward(earned, "Bo")
    earned.clock.days(1)
    assert not is_domain_steward(earned, "Bo")
    with earned.node.read() as transaction:
        assert next(one["roles"] for one in members(transaction, "test") if one["agent"] == earned.ids["Bo"]) == []


def test_what_is_kept_of_stewards_is_changed_by_nobody_who_asks_for_it(earned: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """All threads share it: the decision behind each term is looked up when it is made, and stands in it from then on."""
    confirm(earned, appoint(earned, "Bo"), "Bo", "Di")
    site = Site(earned, monkeypatch)
    from commonhold.web.views import stewards

    kept: list[dict[str, Any]] = []

    def once(key: Any, now: int, work_out: Callable[[], dict[str, Any]]) -> tuple[dict[str, Any], int]:
        kept.extend([] if kept else [work_out()])
        return kept[0], now

    monkeypatch.setattr(stewards, "hourly", once)
    assert site.json("/test/stewards.json")["domains"][0]["stewards"][0]["decision"] == 1
    monkeypatch.setattr(stewards, "decision_behind", lambda *_: "looked up again")
    assert site.json("/test/stewards.json")["domains"][0]["stewards"][0]["decision"] == 1


def test_a_term_that_is_over_opens_no_account_numbers(earned: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages, also those that a browser or the server has kept, go by what the time is, and not by what was last said in the journal."""
    earned.charter(f'{EARNED}\n[powers]\npay = "domain_steward"\n')
    earned.income("100.00")
    earned.share()
    with earned.node.database.write() as transaction:
        write_profile(transaction, "test", earned.ids["Di"], name="Di", iban="DE89370400440532013000")
    confirm(earned, appoint(earned, "Bo"), "Bo", "Di")
    bo, site = earned.ids["Bo"], Site(earned, monkeypatch)
    assert site.client.post("/test/sign-in/", {"token": site.token("Bo", days=300)}).status_code == 302
    payments = "/test/distributions/1/payments.csv"

    def told() -> list[bool]:
        """Where it says that Bo has the role."""
        listed = next(one for one in site.json("/api/commons/test/members")["members"] if one["agent"] == bo)
        shown = site.json(f"/test/agents/{bo}.json")["membership"]["roles"]
        may = next(one for one in site.json("/test/money.json")["powers"] if one["power"] == "pay")
        return ["domain_steward" in listed["roles"], "domain_steward" in shown, bo in {one["agent"] for one in may["holders"]}]

    assert "DE89370400440532013000" in site.text(payments) and told() == [True, True, True]
    kept = site.get("/test/money/")
    assert site.get("/test/money/", If_None_Match=kept.headers["ETag"]).status_code == 304
    earned.clock.days(100)
    refused = site.get(payments)
    assert refused.status_code == 403 and b"commons.lacks_power" in refused.content and told() == [False, False, False]
    assert site.get("/test/money/", If_None_Match=kept.headers["ETag"]).status_code == 200


def test_standing_that_fades_below_nine_tenths_loses_the_office(earned: World) -> None:
    """A little less than the threshold keeps it: nobody loses and wins it from week to week."""
    confirm(earned, appoint(earned, "Bo"), "Bo", "Di")
    earned.clock.days(8)
    with earned.node.read() as transaction:
        told = standing(earned.node, transaction, "test", "firmware", earned.ids["Bo"])
    assert "5.4" <= told["points"] < "6" and told["missing"] == []
    assert earned.act("Ana", "steward.review", ReviewParams())["ended"] == 0
    earned.clock.days(20)
    assert earned.act("Ana", "steward.review", ReviewParams())["ended"] == 1
    assert page(earned)["past"][0]["reason"] == "standing was not enough any more"


def test_a_steward_is_recalled_by_petition_and_vote(earned: World) -> None:
    earned.join("Ed", "Flo", "Gus")
    for who in ("Ed", "Flo", "Gus", "Cy", "Ana"):
        earned.validated(who)
    confirm(earned, appoint(earned, "Bo"), "Bo", "Di", "Ed", "Flo")
    change = {"agent": earned.ids["Bo"], "domain": "firmware", "reason": "Does not answer."}
    number = propose(earned, "Di", "recall", option("r", "governance.dismiss", change), domain="firmware")
    for who in ("Ed", "Flo", "Gus"):
        say(earned, who, "second", number)
    assert found(earned, number).opens is None
    say(earned, "Ana", "second", number)
    vote(earned, number, Di="yes", Ed="yes", Flo="yes", Bo="no")
    earned.clock.days(7)
    assert close(earned, number)["outcome"] == "carried"
    assert page(earned)["past"][0]["reason"] == "Does not answer."
    assert not is_domain_steward(earned, "Bo")


def test_a_steward_lays_the_office_down(earned: World) -> None:
    confirm(earned, appoint(earned, "Bo"), "Bo", "Di")
    with pytest.raises(CommonholdError) as refused:
        earned.act("Di", "steward.resign", DismissParams(domain="firmware", reason="x"))
    assert refused.value.code == "governance.no_steward"
    earned.act("Bo", "steward.resign", DismissParams(domain="firmware", reason="Time for others."))
    assert page(earned)["stewards"] == []


def test_an_organization_has_so_many_stewards_and_no_more(earned: World) -> None:
    earned.charter(EARNED + "per_organization = 1\n")
    firm = earned.organization("Firm")
    for _ in range(3):
        earned.validated("Di", amount="3")
        earned.clock.days(7)
    earned.validated("Bo", amount="6")
    assert confirm(earned, appoint(earned, "Bo", organization=firm), "Bo", "Di")["carriedOut"][0]["done"]
    told = confirm(earned, appoint(earned, "Di", organization=firm), "Bo", "Di")
    assert told["carriedOut"][0]["code"] == "governance.one_organization"


def test_a_charter_gives_stewards_powers_and_no_votes(earned: World) -> None:
    """A steward of a domain can let people in, if the charter says so; in a vote they are one of all."""
    earned.charter(EARNED.replace("domains = [", 'joining = "admission"\ndomains = [') + '\n[powers]\nadmit = "domain_steward"\n')
    confirm(earned, appoint(earned, "Bo"), "Bo", "Di")
    earned.node.join("test", earned._key("Eve"), ["producer"], keep=True)
    from commonhold.commons.entries import Admit

    with pytest.raises(CommonholdError):
        earned.act("Ana", "member.admit", Admit(agent=earned.ids["Eve"]))
    earned.act("Bo", "member.admit", Admit(agent=earned.ids["Eve"]))
    earned.node.join("test", earned._key("Flo"), ["producer"], keep=True)
    earned.clock.days(101)
    with pytest.raises(CommonholdError):  # the term is over, whether the node has said so or not
        earned.act("Bo", "member.admit", Admit(agent=earned.ids["Flo"]))
