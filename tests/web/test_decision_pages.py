"""The pages of decisions as they are sent: what they tell, what they keep to themselves, and where their links lead."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from decisions_to_show import SCRIPT, SECRET, Deciding, deciding_site, governed_charter, role
from forms import sign_in
from governance.deciding import charter_option, close, option, propose, say
from reading import Page, crawl
from serving import Site

from commonhold.journal.keys import SigningKey
from commonhold.node.tokens import create_token


@pytest.fixture
def deciding(sqlite_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deciding]:
    yield from deciding_site(sqlite_home, monkeypatch)


@pytest.fixture
def both_stores(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deciding]:
    yield from deciding_site(home, monkeypatch)


def test_every_link_leads_somewhere_and_no_page_runs_or_betrays_anything(deciding: Deciding) -> None:
    for who in ("", "Di"):
        if who:
            sign_in(deciding, who)
        pages, others = crawl(deciding)
        for number in deciding.numbers.values():
            assert f"/test/decisions/{number}/" in pages and f"/test/decisions/{number}.json" in others
        assert any(address.startswith("/test/standing/firmware/") for address in pages)
        for address, page in pages.items():
            assert len(page.ids) == len(set(page.ids)), f"{address} uses an id twice"
            assert not page.foreign(), address
            assert not any(key.startswith("on") or key == "style" for _, attributes in page.tags for key in attributes), address
            assert SECRET not in page.text and SECRET not in str(page.tags), address
        assert not [address for address, content in others.items() if SECRET.encode() in content]


def test_the_list_says_what_is_open_how_long_and_what_was_decided(both_stores: Deciding) -> None:
    page = Page(both_stores.text("/test/decisions/"))
    assert "ends in 6 days" in page.text and "voting opens in 7 days" in page.text and "any member can have it counted" in page.text
    assert {"carried", "rejected", "withdrawn", "blocked by an objection"} <= set(page.table("The newest first").column("Outcome"))
    only = both_stores.json("/test/decisions.json?phase=voting")
    assert {one["phase"] for one in only["open"]} == {"voting"} and only["decided"] == []
    closed = both_stores.json(f"/test/decisions.json?phase=closed&before={both_stores.numbers['stv']}")
    assert [one["number"] for one in closed["decided"]] == [3, 2, 1] and closed["open"] == []
    assert both_stores.get("/test/decisions/?phase=x").status_code == 400
    assert "One peer is enough" in both_stores.text("/test/")


def test_an_empty_list_says_what_to_do(sqlite_site: Site) -> None:
    page = Page(sqlite_site.text("/test/decisions/"), "/test/decisions/")
    assert "No question is open here." in page.text and "commonhold decide propose" in page.codes
    assert ("/test/decisions/new/", "") in page.links
    assert "Nobody is a steward here." in sqlite_site.text("/test/stewards/")
    assert "Nobody has named a delegate." in sqlite_site.text("/test/delegation/")


def test_what_waits_for_a_vote_is_told_to_whom_it_waits_for(deciding: Deciding) -> None:
    assert deciding.json("/test/decisions.json")["waiting"] is None
    sign_in(deciding, "Eve")
    told = deciding.json("/test/decisions.json")["waiting"]
    assert deciding.numbers["voting"] in [one["number"] for one in told]
    page = Page(deciding.text("/test/decisions/"))
    assert "Your delegate Bo has voted." in " ".join(page.text.split())
    assert "Bo has voted on One peer is enough" in " ".join(Page(deciding.text("/test/delegation/")).text.split())


def test_the_page_of_an_open_vote_tells_the_rule_the_change_and_who_has_voted_and_no_more(both_stores: Deciding) -> None:
    page, told = both_stores.page("voting"), both_stores.told("voting")
    assert "Producers and users decide: at least 2/3" in page.text and "Ends in 6 days." in " ".join(page.text.split())
    assert told["votes"] == 2 and "ballots" not in told and told["result"] is None and told["unopened"] == 2
    assert page.table("What they voted is hidden").column("Have voted") == ["2", "0"]
    assert [text.strip("− ") for text in _inside(both_stores.text(f"/test/decisions/{both_stores.numbers['voting']}/"), "del")] == ["quorum = 2"]
    assert [text.strip("+ ") for text in _inside(both_stores.text(f"/test/decisions/{both_stores.numbers['voting']}/"), "ins")] == ["quorum = 1"]
    assert page.table("What distribution 1 of the fund main gives").column("Who")[0].startswith("Bo")
    assert {one.title for one in page.pictures} == {"How many have voted"}
    assert SCRIPT in page.text


def _inside(html: str, tag: str) -> list[str]:
    import re
    from html import unescape

    return [unescape(re.sub(r"<[^>]*>", "", one)) for one in re.findall(f"<{tag}>(.*?)</{tag}>", html)]


def test_hidden_ballots_are_on_no_page_and_in_no_file_before_the_close(both_stores: Deciding) -> None:
    """Not to strangers, not to others, not to who cast them; nor does a count that is asked for too early tell anything."""
    numbers = both_stores.numbers
    doors = [
        f"/test/decisions/{numbers[name]}{end}"
        for name in ("voting", "ranked", "approve", "due")
        for end in ("/", ".json", "/?form=blt", "/?form=pb", "/?recount=1")
    ]
    doors += ["/test/decisions.json", "/test/delegation.json", "/test/stewards.json", "/test.json", "/test/"]
    for who in ("", "Bo", "Ana"):
        if who:
            sign_in(both_stores, who)
        for door in doors:
            answer = both_stores.get(door)
            text = answer.content.decode()
            assert answer.status_code == (422 if "form=" in door or "recount" in door else 200), door
            for secret in ('"answer":', "salt", '"ballots"', '"approvals"', '"ranking"', " checked", " selected", "votes_for"):
                assert secret not in text.replace('"ballots": "hidden"', ""), (door, secret)
    assert all(value in (None, []) for value in (both_stores.told("due")["result"], both_stores.told("due")["orders"]))


def test_an_open_ballot_is_there_at_once(deciding: Deciding) -> None:
    assert [one["ballot"] for one in deciding.told("open")["ballots"]] == [{"answer": "yes"}]  # type: ignore[attr-defined]
    sign_in(deciding, "Ana")
    assert 'value="yes" checked' in deciding.text(f"/test/decisions/{deciding.numbers['open']}/")


def test_the_result_of_a_charter_question_says_what_each_roll_said_and_what_followed(both_stores: Deciding) -> None:
    page = both_stores.page("charter", "?recount=1")
    table = page.table("What each roll said")
    assert table.column("For") == ["5", "3"] and table.column("Against") == ["1", "1"] and table.column("Agrees") == ["yes", "yes"]
    picture = next(one for one in page.pictures if one.title == "For and against")
    assert {"5 for", "1 against", "3 for"} <= set(picture.parts)
    assert "4 for it were needed" in page.text and "Counted again from the votes: the same." in page.text
    assert ("/test/", "charter") in page.links
    assert "rejected" in both_stores.page("rejected").text and "No" in both_stores.page("rejected").text
    assert both_stores.told("charter")["ballots"]


def test_a_budget_shows_both_rules_and_links_to_its_grant(deciding: Deciding) -> None:
    page = deciding.page("budget")
    table = page.table("Projects, of 300.00 EUR")
    assert dict(zip(table.column("Project"), table.column("Equal Shares"), strict=True))["A barn"] == "funded"
    assert set(table.column("Most votes first")) == {"funded", "not funded"}
    assert ("/test/distributions/2/", "") in page.links
    pb = deciding.get(f"/test/decisions/{deciding.numbers['budget']}/?form=pb")
    assert pb.headers["Content-Type"].startswith("text/plain") and b"PROJECTS" in pb.content and "attachment" in pb.headers["Content-Disposition"]
    assert deciding.get(f"/test/decisions/{deciding.numbers['budget']}/?form=blt").status_code == 422
    assert deciding.get(f"/test/decisions/{deciding.numbers['budget']}/?form=exe").status_code == 400
    assert deciding.get(f"/test/decisions/{deciding.numbers['budget']}/?form=json").headers["Location"].endswith(".json")


def test_an_election_shows_its_rounds_ties_and_lot(deciding: Deciding) -> None:
    page = deciding.page("stv")
    rounds = deciding.told("stv")["result"]["rounds"]  # type: ignore[index]
    picture = next(one for one in page.pictures if one.title == "The count, round by round")
    assert "3 elect" in picture.description and "Bo: 3.00000" in picture.parts
    assert len(page.table("Single transferable vote").rows) == len(rounds)
    assert "by the lot" in page.text and deciding.told("stv")["result"]["seed"] in page.text  # type: ignore[index]
    assert "Bo gets the role keeper." in " ".join(page.text.split())
    assert deciding.get(f"/test/decisions/{deciding.numbers['stv']}/?form=blt").content.startswith(b"4 2")


def test_objections_what_waits_and_what_was_taken_back(deciding: Deciding) -> None:
    page = deciding.page("blocked")
    assert "Not without asking her" in page.text and "stands" in page.text and "blocked by an objection" in page.text
    assert "waits: it could not be carried out yet" in deciding.page("waits").text
    assert "has taken it back" in deciding.page("withdrawn").text
    assert "Di gets the role steward." in " ".join(deciding.page("consent").text.split())


def test_stewards_are_told_with_their_decision_and_those_eligible_without_a_rank(both_stores: Deciding) -> None:
    page = Page(both_stores.text("/test/stewards/"), "/test/stewards/")
    assert (f"/test/decisions/{both_stores.numbers['steward']}/", "") in page.links
    told = next(one for one in both_stores.json("/test/stewards.json")["domains"] if one["domain"] == "firmware")
    assert told["eligible"] == [both_stores.world.ids["Cy"]]  # Bo is one already
    standing = f"/test/standing/firmware/{both_stores.world.ids['Bo']}/"
    page = Page(both_stores.text(standing), standing)
    position = both_stores.json(standing.rstrip("/") + ".json")["contributions"][0]["position"]
    assert (f"/test/contributions/{position}/", "") in page.links
    assert both_stores.get(f"/test/standing/nothing/{both_stores.world.ids['Bo']}/").status_code == 404
    assert both_stores.get("/test/standing/firmware/org:nobody/").status_code == 404


def test_who_named_a_delegate_is_told_to_nobody_else(deciding: Deciding) -> None:
    told = deciding.text("/test/delegation.json")
    assert deciding.world.ids["Bo"] in told and deciding.world.ids["Eve"] not in told and deciding.world.ids["Flo"] not in told
    sign_in(deciding, "Ana")
    told = deciding.json("/test/delegation.json")
    assert told["mine"] == [] and deciding.world.ids["Eve"] not in str(told["carried"])
    sign_in(deciding, "Eve")
    assert deciding.json("/test/delegation.json")["mine"][0]["to"] == [deciding.world.ids["Bo"]]


def test_numbers_of_elsewhere_are_not_here(deciding: Deciding) -> None:
    for path in (
        "/test/decisions/99/",
        "/test/decisions/99.json",
        "/other/decisions/1/",
        "/test/decisions/99/?form=pb",
        "/other/stewards/",
        "/other/delegation/",
    ):
        assert deciding.get(path).status_code == 404, path
    key = SigningKey.derived("stranger")

    deciding.world.node.found("other", governed_charter(), key, keep=True)
    assert deciding.get("/other/decisions/1/").status_code == 404
    with deciding.world.node.database.write() as transaction:
        token = create_token(transaction, "other", key.did, "", deciding.world.node.now() + 86_400)
    sign_in(deciding, token=token)
    assert json.loads(deciding.get("/other/decisions/1.json").content)["code"] == "governance.unknown_proposal"


def test_words_of_people_are_words_wherever_they_stand(deciding: Deciding) -> None:
    world = deciding.world
    number = propose(world, "Bo", "budget", option("a-b", title=SCRIPT, text=SCRIPT, cost="1.00", to=world.ids["Cy"]), title=SCRIPT, text=SCRIPT,
                     fund="main", amount="5.00")  # fmt: skip
    say(world, "Cy", "comment", number, text=SCRIPT)
    world.clock.days(7)
    sign_in(deciding, "Cy")
    assert SCRIPT not in deciding.text(f"/test/decisions/{number}/")
    say(world, "Cy", "vote", number, approvals=["a-b"])
    world.clock.days(8)
    close(world, number)
    html = deciding.text(f"/test/decisions/{number}/")
    assert SCRIPT not in html and "&lt;script" in html
    for other in ("/test/decisions/", "/test/"):
        assert SCRIPT not in deciding.text(other)


def test_a_page_is_another_once_time_has_brought_another_phase(deciding: Deciding) -> None:
    """Nothing was written, but the vote is open now: what a browser kept is not the page any more."""
    address = f"/test/decisions/{deciding.numbers['discussion']}/"
    before = deciding.get(address)
    assert deciding.get(address, If_None_Match=before.headers["ETag"]).status_code == 304
    deciding.world.clock.days(7)
    assert deciding.get(address, If_None_Match=before.headers["ETag"]).status_code == 200
    assert json.loads(deciding.text(address.rstrip("/") + ".json"))["phase"] == "voting"
    sign_in(deciding, "Ana")
    assert deciding.get(address).headers["Cache-Control"] == "no-store"


def test_rare_ends_have_their_pages_too(deciding: Deciding) -> None:
    """Lapsed, of several options, without a single vote, by approval, by Schulze, and a grant that has grown."""
    world = deciding.world
    ids = world.ids
    numbers = {
        "lapsed": deciding.numbers["seconds"],
        "several": propose(world, "Bo", "charter", charter_option("fewer"), title="How many peers"),
        "nobody": propose(world, "Bo", "election", role(world, "a", "Ana", "cook"), role(world, "b", "Bo", "cook"), title="Cook", seats=1),
        "grant": deciding.numbers["support"],
    }  # fmt: skip
    say(world, "Cy", "amend", numbers["several"], option=charter_option("more", "quorum = 2", "quorum = 3"))
    world.clock.days(8)
    sign_in(deciding, "Cy")
    page = deciding.text(f"/test/decisions/{numbers['several']}/")
    assert "Rank them" in page and "Nothing changes" in page
    for who, ranks in {"Ana": ["more"], "Cy": ["more", "fewer"], "Di": ["fewer", "no-change"], "Eve": ["more"]}.items():
        say(world, who, "vote", numbers["several"], ranking=[[one] for one in ranks])
    world.clock.days(30)
    for number in numbers.values():
        close(world, number)
    told = {name: deciding.json(f"/test/decisions/{number}.json") for name, number in numbers.items()}
    assert {name: one["outcome"] for name, one in told.items()} == {
        "lapsed": "lapsed", "several": "carried", "nobody": told["nobody"]["outcome"], "grant": "carried",
    }  # fmt: skip
    for name, number in numbers.items():
        page = Page(deciding.text(f"/test/decisions/{number}/?recount=1"))
        assert "the same" in page.text or "no ballots to count again" in page.text, name
    assert "too few wanted a vote" in deciding.text(f"/test/decisions/{numbers['lapsed']}/")
    assert told["grant"]["orders"][0]["distribution"] is not None and ids["Cy"] in str(told["grant"])
    several = Page(deciding.text(f"/test/decisions/{numbers['several']}/"))
    assert len(several.table("What each roll said").rows) == 4
