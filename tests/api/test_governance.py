"""Decisions by the API: what everybody may read of them, and what nobody may before the close."""

from __future__ import annotations

import pytest
from governance.deciding import close, option, propose, say, vote
from serving import Site, problem

DECISIONS = "/api/commons/test/decisions"


@pytest.fixture(name="voting")
def _voting(site: Site) -> Site:
    """A question that is being voted on, and a statement that waits for objections."""
    body = {"agent": site.world.ids["Cy"], "role": "scribe", "granted": True}
    propose(site.world, "Bo", "role", option("yes", "commons.role", body), title="A scribe")
    site.world.clock.days(7)
    propose(site.world, "Bo", "statement", option("s"))
    vote(site.world, 1, Ana="yes", Bo="no")
    return site


def test_proposals_are_listed_by_pages_and_by_phase(voting: Site) -> None:
    answer = voting.get(f"{DECISIONS}?limit=1").json()
    assert [one["number"] for one in answer["decisions"]] == [2]
    assert [one["number"] for one in voting.get(f"{DECISIONS}?limit=1&next={answer['next']}").json()["decisions"]] == [1]
    assert [one["title"] for one in voting.get(f"{DECISIONS}?phase=voting").json()["decisions"]] == ["A scribe"]
    assert voting.get(f"{DECISIONS}?phase=closed").json()["decisions"] == []


def test_no_address_tells_a_hidden_ballot_before_the_close(voting: Site) -> None:
    shown = voting.get(f"{DECISIONS}/1").json()
    assert (shown["votes"], shown["unopened"], "ballots" in shown, shown["result"]) == (2, 2, False, None)
    for path in (f"{DECISIONS}/1", f"{DECISIONS}/1/ballots", f"{DECISIONS}/1/recount", DECISIONS):
        assert "answer" not in voting.get(path).text
    assert problem(voting.get(f"{DECISIONS}/1/ballots"))[:2] == (422, "governance.not_over")


def test_after_the_close_everything_is_told_and_can_be_recounted(voting: Site) -> None:
    say(voting.world, "Cy", "vote", 1, answer="yes")
    voting.world.clock.days(7)
    close(voting.world, 1)
    shown = voting.get(f"{DECISIONS}/1").json()
    assert sorted(one["ballot"]["answer"] for one in shown["ballots"]) == ["no", "yes", "yes"]
    assert (shown["phase"], shown["outcome"], shown["result"]["winners"]) == ("closed", "carried", ["yes"])
    assert voting.get(f"{DECISIONS}/1/recount").json()["same"] is True
    assert voting.get(f"{DECISIONS}/1/ballots?form=blt").text.startswith("2 1\n")
    assert problem(voting.get(f"{DECISIONS}/1/ballots?form=pb"))[:2] == (422, "governance.wrong_ballots")


def test_private_names_are_not_told(voting: Site) -> None:
    """Names that their owners did not make public are in no answer."""
    for path in (DECISIONS, f"{DECISIONS}/1", "/api/commons/test/stewards"):
        assert not {"Ana", "Cy"} & set(voting.get(path).text.replace('"', " ").split())


def test_who_leads_what_and_why(site: Site) -> None:
    site.world.validated("Bo", amount="3")
    told = site.get("/api/commons/test/stewards").json()
    assert [one["domain"] for one in told["domains"]] == ["firmware", "hardware"]
    own = site.get(f"/api/commons/test/standing/firmware/{site.world.ids['Bo']}").json()
    assert (own["points"], len(own["contributions"])) == ("3", 1)
    assert problem(site.get(f"/api/commons/test/standing/cooking/{site.world.ids['Bo']}"))[:2] == (422, "governance.unknown_domain")
    assert site.get(f"{DECISIONS}/7").status_code == 404
