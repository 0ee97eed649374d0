"""The page of one contribution: what it is, what peers said and why, and where it can be looked at."""

from __future__ import annotations

import json
from typing import Any

import pytest
from commons_to_show import QUOTES, SCRIPT
from governance.deciding import option, propose, say
from questions import asked
from reading import Page
from serving import Site
from world import CHARTER

from commonhold.commons.people import write_profile
from commonhold.contributions import entries as c
from commonhold.contributions.commands import OneParams


def at(site: Site, position: int) -> tuple[Page, Any]:
    """The page of a contribution, and its JSON."""
    return Page(site.text(f"/test/contributions/{position}/")), site.json(f"/test/contributions/{position}.json")


def test_each_refusal_and_the_appeal_stand_there_with_their_reasons(site: Site) -> None:
    """On the page, in its JSON and in the API; a refusal names no amount."""
    world = site.world
    position = world.log("Bo", "work", "2")
    world.attest("Ana", position, "refuse", reason="The board is not there.")
    world.attest("Cy", position, "refuse", reason="Nor in the shed.")
    world.act("Bo", "contribution.appeal", OneParams(contribution=str(position), reason="It is under the bench."))
    world.attest("Ana", position, "adjust", amount="1.5", reason="Half an hour was lunch.")
    page, said = at(site, position)
    said_in_order = [
        ("refuses", "round 1", "The board is not there."), ("refuses", "round 1", "Nor in the shed."),
        ("appeals", "round 2", "It is under the bench."), ("finds 1.5 hours right", "round 2", "Half an hour was lunch."),
    ]  # fmt: skip
    told = " ".join(page.text.partition("What peers say")[2].split())
    for words in (word for line in said_in_order for word in line):
        assert words in told, words
        told = told.partition(words)[2]
    assert [one["reason"] for one in said["attestations"]] == ["The board is not there.", "Nor in the shed.", "Half an hour was lunch."]
    appeal = said["appeals"][0]
    assert (appeal["agent"], appeal["round"], appeal["reason"]) == (world.ids["Bo"], 1, "It is under the bench.")
    told = site.json(f"/api/commons/test/contributions/{position}")["attestations"]
    assert [one["reason"] for one in told] == [one["reason"] for one in said["attestations"]]
    assert said["needed"] == 2 and "2 peers more must accept it" in page.text


def test_reasons_are_shown_as_they_were_written(strange: Site) -> None:
    appealed = strange.json("/test/contributions.json?state=appealed")["contributions"][0]["position"]
    page, _ = at(strange, appealed)
    told = page.text.partition("What peers say")[2]
    assert told.count(SCRIPT) >= 2 and QUOTES in told and page.foreign() == []


@pytest.mark.parametrize(("peers", "needed"), [((), 2), (("Ana",), 1), (("Ana", "Cy"), 0)])
def test_a_claim_says_how_many_voices_are_needed_still(site: Site, peers: tuple[str, ...], needed: int) -> None:
    position = site.world.log("Bo")
    for peer in peers:
        site.world.attest(peer, position)
    page, said = at(site, position)
    assert said["needed"] == needed
    assert ("more must accept it" in page.text) == bool(needed)
    assert not needed or f"{needed} peer" in page.text


def test_the_title_says_what_it_is_and_what_peers_made_of_it(site: Site) -> None:
    world = site.world
    claimed, one = world.log("Bo", "work", "2"), world.log("Bo", "work", "1", domain="hardware")
    assert "<title>2 hours of work in firmware · " in site.text(f"/test/contributions/{claimed}/")
    assert "<title>1 hour of work in hardware · " in site.text(f"/test/contributions/{one}/")
    for peer in ("Ana", "Cy"):
        world.attest(peer, claimed, "adjust", amount="1.5", reason="Lunch.")
    page, _ = at(site, claimed)
    assert "2 → 1.5 hours of work in firmware" in page.text and "adjusted by peers" in page.text


COMMIT = "ab" * 20


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ("https://github.com/LibreSolar/bms-c1", f"https://github.com/LibreSolar/bms-c1/commit/{COMMIT}"),
        ("https://gitlab.com/a/b/c.git", f"https://gitlab.com/a/b/c/commit/{COMMIT}"),
        ("http://git.example.org:3000/a/b/", f"http://git.example.org:3000/a/b/commit/{COMMIT}"),
        ("LibreSolar/bms-c1", ""),
        ("git@github.com:a/b.git", ""),
        ("ssh://git@example.org/a/b", ""),
        ("javascript:alert(1)//a/b", ""),
        ("https://user:secret@example.org/a/b", ""),
        ("https://example.org/a/b?x=1", ""),
        ("https://example.org/a/b#x", ""),
        ("https://[::1/a/b", ""),
        ("https://example.org", ""),
        ("", ""),
    ],
)
def test_a_commit_leads_to_its_forge_where_the_source_is_an_address(source: str, url: str) -> None:
    from commonhold.web.views.contributions import commit_url

    assert commit_url({"type": "commit", "value": COMMIT, "source": source}) == url
    assert commit_url({"type": "commit", "value": "../../x", "source": source}) == ""
    assert commit_url({"type": "sha256", "value": COMMIT, "source": source}) == ""


def test_the_link_to_a_commit_stands_on_the_page(sqlite_site: Site) -> None:
    evidence = [c.Evidence(type="commit", value=COMMIT, source="https://codeberg.org/a/b"), c.Evidence(type="commit", value=COMMIT, source="a/b")]
    position = sqlite_site.world.log("Bo", evidence=evidence)
    page, said = at(sqlite_site, position)
    assert [found for found, _ in page.links if COMMIT in found] == [f"https://codeberg.org/a/b/commit/{COMMIT}"]
    assert page.codes.count(COMMIT) == 2 and json.dumps(said).count(COMMIT) == 2


def test_names_are_asked_for_together(site: Site) -> None:
    """As many questions about names for several peers as for one: on the page of a contribution, in the queue, and on that of a decision."""
    world = site.world
    world.join("Di", "Ed", "Flo")
    world.charter(CHARTER.replace("quorum = 2", "quorum = 5"))
    position, number = world.log("Bo"), propose(world, "Ana", "statement", option("yes"))
    pages = (f"/test/contributions/{position}.json", "/test/validate.json", f"/test/decisions/{number}.json")

    def questions() -> list[int]:
        found = []
        for page in pages:
            with asked() as all_:
                site.text(page)
            found.append(len(all_.about("private_profile")))
        return found

    world.attest("Ana", position)
    before = questions()
    for who in ("Cy", "Di", "Ed"):
        world.attest(who, position)
        say(world, who, "comment", number, text="Why not?")
        world.attest("Flo", world.log(who))
    assert questions() == before and max(before) <= 3
    with world.node.database.write() as transaction:
        write_profile(transaction, "test", world.ids["Di"], name="Di of the docks", public=True)
    assert all("Di of the docks" in site.text(page) for page in pages)
