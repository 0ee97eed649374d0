"""`/{commons}/` and `/`: what is on them, what it adds up to, where it leads, and how large they are."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from flows_to_show import flows_world
from governance.deciding import propose, say
from reading import Page
from serving import Site
from world import CHARTER, World

from commonhold.commons.people import write_profile
from commonhold.flows.entries import Create
from commonhold.flows.vocabulary import Intent, Measure
from commonhold.governance.entries import Option
from commonhold.journal.keys import SigningKey

BYTES_MAX = 60_000
hours = partial(Measure, hasUnit="hour")


def task(world: World, id_: str, **more: str) -> None:
    """Publish a task of an hour."""
    intent = Intent(id=id_, action="work", name=f"Task {id_}", effortQuantity=hours(hasNumericalValue="1"), **more)
    world.act("Ana", "flow.create", Create(record=intent))


def test_what_came_in_and_was_shared_this_month(site: Site) -> None:
    world = site.world
    world.validated("Bo")
    world.income("1000.00")
    world.share("400.00")
    world.clock.days(31)
    world.income("70.00")
    told = site.json("/test.json")
    assert told["thisMonth"] == {"month": "2026-02", "cameIn": "70.00", "given": "0.00"}
    assert (told["cameIn"], told["given"], told["inFunds"]) == ("1070.00", "400.00", "670.00")
    text = " ".join(Page(site.text("/test/")).text.split())
    assert "In 2026-02 so far, 70.00 EUR came in and 0.00 EUR was shared; 670.00 EUR is in the funds." in text
    world.clock.days(28)
    assert site.json("/test.json")["thisMonth"] == {"month": "2026-03", "cameIn": "0.00", "given": "0.00"}


def test_open_tasks_and_decisions_lead_to_where_they_are_taken(site: Site) -> None:
    world = site.world
    for number in range(7):
        task(world, f"t{number}", due=f"2026-03-0{7 - number}T00:00:00Z")
    number = propose(world, "Ana", "statement", Option(id="one", title="Yes"), title="An open question")
    decided = propose(world, "Ana", "statement", Option(id="one", title="Yes"), title="A settled one")
    say(world, "Ana", "withdraw", decided, reason="no need")
    told = site.json("/test.json")
    assert [one["id"] for one in told["tasks"]] == ["t6", "t5", "t4", "t3", "t2"]
    assert [one["number"] for one in told["questions"]["open"]] == [number]
    assert [(one["number"], one["outcome"]) for one in told["questions"]["decided"]] == [(decided, "withdrawn")]
    links = {address for address, _ in Page(site.text("/test/"), "/test/").links}
    assert {"/test/take/t6/", "/test/tasks/", f"/test/decisions/{number}/", f"/test/decisions/{decided}/", "/test/decisions/"} <= links


def test_people_are_those_who_were_at_work_lately_and_nobody_is_ranked(site: Site) -> None:
    world = site.world
    for _ in range(5):
        world.validated("Bo", "work", "8")
    world.validated("Cy", "work", "1", domain="hardware")
    told = site.json("/test.json")["people"]
    assert [one["agent"] for one in told] == [world.ids["Cy"], world.ids["Bo"]] and [one["contributions"] for one in told] == [1, 5]
    assert (told[0]["fields"], told[1]["kinds"][0]["quantity"]) == (["hardware"], "40")


def test_joining_is_one_step_for_who_is_not_here(sqlite_site: Site) -> None:
    page = Page(sqlite_site.text("/test/"), "/test/")
    assert "who signs up is a member" in page.text and "/test/join/" in {address for address, _ in page.links}


def test_what_is_new_on_the_node_is_told_of_all_commons(site: Site) -> None:
    world = site.world
    with world.node.database.write() as transaction:
        write_profile(transaction, "test", world.ids["Ana"], name="Ana", public=True)
    world.clock.days(2)
    world.node.found("other", CHARTER.replace("Test commons", "Rain barrels"), SigningKey.derived("somebody"), keep=True)
    world.validated("Bo")
    page = Page(site.text("/"))
    news = page.text[page.text.index("What is new") :]
    assert "1 contribution became valid" in news and "founded the commons" in news and "Rain barrels" in news and "Ana" in news
    assert news.index("Rain barrels") < news.index("Ana founded")


def test_pages_are_small(shown: Site) -> None:
    for path in ("/", "/test/", "/test/people/", "/test/people/?show=identities", "/test/charter/", "/test/search/?q=a", "/-/search/?q=a"):
        assert len(shown.get(path).content) < BYTES_MAX, path


def test_flows_are_on_the_first_page_of_a_workshop(sqlite_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = flows_world(sqlite_home)
    try:
        told = Site(world, monkeypatch).json("/test.json")
        assert 0 < len(told["tasks"]) <= 5 and told["names"]["Agent"]
    finally:
        world.node.close()
