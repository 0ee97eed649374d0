"""`/{commons}/people/`: who is here and what they do; filters, pages by key, and no name that is not public."""

from __future__ import annotations

import csv
import io

import pytest
from commons_to_show import ARABIC, SECRET
from people import public
from questions import asked
from reading import Page
from serving import Site

from commonhold.commons import entries as e
from commonhold.commons.people import write_profile
from commonhold.node.imports import Importer
from commonhold.node.sharing import statement

SHEET = b"by,kind,amount,domain\nmara@example.org,work,2,hardware\nnoor@example.org,code,300,hardware\n"


def names(site: Site, query: str = "") -> list[str]:
    """What those are called who are listed."""
    return [one["name"] for one in site.json(f"/test/people.json{query}")["people"]]


def test_who_is_here_what_they_do_and_what_they_answer_for(site: Site) -> None:
    world = site.world
    for who in ("Ana", "Bo", "Cy"):
        public(world, who)
    world.act("Ana", "role.set", e.SetRole(agent=world.ids["Bo"], role="maintainer", granted=True))
    world.validated("Bo", "work", "3.5")
    world.log("Bo", "code", "20", domain="hardware")
    listed = Page(site.text("/test/people/")).table("Those first that the journal named first")
    assert [row[0].split()[0] for row in listed.rows] == ["Ana", "Bo", "Cy"]
    assert listed.column("Answers for") == ["steward", "maintainer", "producer"]
    bo = site.json("/test/people.json")["people"][1]
    assert (bo["roles"], bo["fields"], bo["contributions"], bo["validated"]) == (["maintainer"], ["firmware", "hardware"], 2, 1)
    assert {(one["kind"], one["quantity"]) for one in bo["kinds"]} == {("work", "3.5"), ("code", "0")}
    sheet = list(csv.DictReader(io.StringIO(site.text("/test/people.csv"))))
    assert [line["name"] for line in sheet] == ["Ana", "Bo", "Cy"] and sheet[1]["contributions"] == "2"


def test_filters_by_role_field_and_name(site: Site) -> None:
    world = site.world
    for who in ("Ana", "Bo"):
        public(world, who)
    world.log("Bo", domain="hardware")
    assert names(site, "?role=steward") == ["Ana"] and names(site, "?role=nobody") == []
    assert names(site, "?domain=hardware") == ["Bo"] and names(site, "?domain=firmware") == []
    assert names(site, "?text=B%C3%96") == ["Bo"] and names(site, "?text=an") == ["Ana"] and names(site, "?text=zz") == []
    assert names(site, "?text=bo&domain=hardware") == ["Bo"] and names(site, "?text=bo&role=steward") == []
    page = Page(site.text("/test/people/?text=zz"))
    assert "Nobody fits" in page.text


def test_a_name_that_is_not_public_is_neither_shown_nor_found(strange: Site) -> None:
    for path in ("/test/people/", "/test/people.json", "/test/people.csv", "/test/people/?text=hidden", "/test/people.json?text=zerubbabel"):
        assert SECRET not in strange.text(path)
    assert strange.json("/test/people.json?text=zerubbabel")["people"] == []
    assert names(strange, f"?text={ARABIC}&show=organizations") == [ARABIC]


def test_identities_stand_apart_until_somebody_claims_them(site: Site) -> None:
    world = site.world
    importer = Importer(world.node, "test", world.ids["Ana"])
    importer.sheet(SHEET, "hours.csv", {}, identities=True)
    assert len(site.json("/test/people.json?show=identities")["people"]) == 2
    assert len(site.json("/test/people.json")["people"]) == 3
    world.act("Ana", "identity.claim", e.Claim(identity=importer.identity("mara@example.org"), agent=world.ids["Cy"], by="steward"))
    left = site.json("/test/people.json?show=identities")["people"]
    assert [one["agent"] for one in left] == [importer.identity("noor@example.org")]
    cy = site.json("/test/people.json?domain=hardware")["people"]
    assert [one["agent"] for one in cy] == [world.ids["Cy"]] and cy[0]["fields"] == ["hardware"]


def test_a_statement_calls_people_as_all_other_pages_do(site: Site) -> None:
    """Cy has no public name, and has claimed two identities with names that are: Cy is called as the first of them, everywhere."""
    world = site.world
    importer = Importer(world.node, "test", world.ids["Ana"])
    importer.sheet(SHEET, "hours.csv", {}, identities=True)
    for address, name in (("mara@example.org", "Mara"), ("noor@example.org", "Noor")):
        identity = importer.identity(address)
        world.act("Ana", "identity.claim", e.Claim(identity=identity, agent=world.ids["Cy"], by="steward"))
        with world.node.database.write() as transaction:
            write_profile(transaction, "test", identity, name=name, public=True)
    world.validated("Cy", "work", "4")
    world.income("100.00")
    world.share()
    assert [one["name"] for one in site.json("/test/people.json?domain=hardware")["people"]] == ["Mara"]
    for address in ("/test/distributions/1.json", "/api/commons/test/distributions/1"):
        assert [one["name"] for one in site.json(address)["agents"]] == ["Mara"], address
    assert site.json(f"/test/distributions/1/{world.ids['Cy']}.json")["name"] == "Mara"


def test_the_statement_of_one_distribution_reads_neither_the_others_nor_names_of_people_it_does_not_name(sqlite_site: Site) -> None:
    world = sqlite_site.world
    world.validated("Cy", "work", "4")
    world.income("100.00")
    world.share("10.00")

    with world.node.read() as transaction, asked() as few:
        before = statement(transaction, "test", 1, public=True)
    for _ in range(4):
        world.share("10.00")
    for who in ("Ana", "Bo"):
        public(world, who)
    with world.node.read() as transaction, asked() as many:
        assert statement(transaction, "test", 1, public=True) == before
    assert many.rows == few.rows


def test_who_has_left_is_listed_apart(site: Site) -> None:
    world = site.world
    world.act("Cy", "member.leave", e.Leave())
    assert [one["agent"] for one in site.json("/test/people.json?show=former")["people"]] == [world.ids["Cy"]]
    assert len(site.json("/test/people.json")["people"]) == 2


def test_pages_follow_each_other_without_a_gap(sqlite_site: Site) -> None:
    sqlite_site.world.join(*(f"P{number}" for number in range(60)))
    first = Page(sqlite_site.text("/test/people/"), "/test/people/")
    onward = next(address for address, _ in first.links if "after=" in address)
    first_ids = [one["agent"] for one in sqlite_site.json("/test/people.json")["people"]]
    second = [one["agent"] for one in sqlite_site.json(onward.replace("/people/", "/people.json"))["people"]]
    assert len(first_ids) == 50 and len(second) == 13 and not set(first_ids) & set(second)


@pytest.mark.parametrize("query", ["?show=everybody", "?after=x", "?text=" + "x" * 101])
def test_what_is_not_understood_is_said(sqlite_site: Site, query: str) -> None:
    answer = sqlite_site.get(f"/test/people/{query}")
    assert answer.status_code == 400 and b"web.bad_filter" in answer.content
