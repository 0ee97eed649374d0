"""Searching a commons and a node: what is found, what is not, and how much is looked at."""

from __future__ import annotations

import pytest
from commons_to_show import SCRIPT, SECRET
from governance.deciding import propose
from people import public
from reading import Page
from serving import Site
from world import CHARTER

from commonhold.commons.people import erase, write_profile
from commonhold.flows.entries import Create
from commonhold.flows.vocabulary import Intent, Measure, ResourceSpecification
from commonhold.governance.entries import Option
from commonhold.journal.keys import SigningKey
from commonhold.node import search


def found(site: Site, words: str) -> dict[str, int]:
    """How many of each sort are found in the commons."""
    told = site.json(f"/test/search.json?q={words}")["found"][0]
    return {group: len(told[group]) for group in search.GROUPS if told[group]}


def test_people_questions_work_and_tasks_are_found_by_all_their_words(site: Site) -> None:
    world = site.world
    public(world, "Bo", "Zoë Solder")
    position = world.log("Bo", note="Soldered the ZOË board")
    propose(world, "Ana", "statement", Option(id="one", title="Yes"), title="Shall Zoë solder?", text="every board")
    world.act("Ana", "flow.create", Create(record=ResourceSpecification(id="board", name="Board")))
    hours = Measure(hasNumericalValue="1", hasUnit="hour")
    world.act("Ana", "flow.create", Create(record=Intent(id="t1", action="work", name="Solder a board", effortQuantity=hours)))
    assert found(site, "zoe") == {"people": 1, "decisions": 1, "contributions": 1}
    assert found(site, "SOLDER+board") == {"decisions": 1, "contributions": 1, "tasks": 1}
    assert found(site, "solder+nowhere") == {} and found(site, str(position)) == {"contributions": 1}
    page = Page(site.text("/test/search/?q=zoe"), "/test/search/")
    links = {address for address, _ in page.links}
    assert {f"/test/agents/{world.ids['Bo']}/", "/test/decisions/1/", f"/test/contributions/{position}/"} <= links


def test_names_are_sought_as_they_are_now(site: Site) -> None:
    """Signs that a database takes for others are themselves; a name that is changed, hidden or erased is not found any more."""
    world = site.world
    public(world, "Bo", "50%_off! Łukasz")
    public(world, "Cy", "50 of Luke's")
    assert [found(site, words) for words in ("50%25_", "f!", "łUK", "50")] == [{"people": 1}, {"people": 1}, {"people": 1}, {"people": 2}]
    public(world, "Bo", "Bora")
    with world.node.database.write() as transaction:
        write_profile(transaction, "test", world.ids["Cy"], public=False)
    assert [found(site, words) for words in ("50", "bora")] == [{}, {"people": 1}]
    with world.node.database.write() as transaction:
        erase(transaction, "test", world.ids["Bo"])
    assert found(site, "bora") == {}


def test_the_node_is_searched_over_all_its_commons(site: Site) -> None:
    site.world.node.found("other", CHARTER.replace("Test commons", "Rain barrels"), SigningKey.derived("somebody"), keep=True)
    site.world.log("Bo", note="a barrel of rain")
    told = site.json("/-/search.json?q=rain")
    assert [one["commons"] for one in told["commonsFound"]] == ["other"]
    assert [one["commons"] for one in told["found"] if one["contributions"]] == ["test"]
    page = Page(site.text("/-/search/?q=rain+barrel"), "/-/search/")
    assert {address for address, _ in page.links} >= {"/other/", "/test/"}
    assert 'action="/-/search/"' in site.text("/")


def test_names_that_are_not_public_are_not_found_and_words_are_escaped(strange: Site) -> None:
    assert strange.json("/test/search.json?q=zerubbabel")["found"][0]["people"] == []
    for path in ("/test/search/?q=zerubbabel", "/-/search/?q=zerubbabel", "/test/search/?q=a"):
        assert SECRET not in strange.text(path)
    page = Page(strange.text("/test/search/?q=%3Cscript%3E"))
    assert not page.foreign() and SCRIPT in page.text


def test_no_more_is_looked_at_than_is_said(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    world = sqlite_site.world
    world.log("Bo", note="needle")
    for _ in range(4):
        world.log("Bo", note="hay")
    assert found(sqlite_site, "needle") == {"contributions": 1}
    monkeypatch.setattr(search, "CONTRIBUTIONS", 4)
    world.log("Bo", note="hay")
    assert found(sqlite_site, "needle") == {}
    for _ in range(8):
        world.log("Bo", note="hay")
    monkeypatch.setattr(search, "CONTRIBUTIONS", 1_000)
    told = sqlite_site.json("/test/search.json?q=hay")["found"][0]
    assert len(told["contributions"]) == search.SHOWN and told["more"] == ["contributions"]
    assert "There are more" in sqlite_site.text("/test/search/?q=hay")


def test_nothing_found_and_nothing_asked_say_what_to_do(sqlite_site: Site) -> None:
    assert "Nothing has all these words" in sqlite_site.text("/test/search/?q=xyzzy") and "Try fewer words" in sqlite_site.text("/-/search/?q=xyzzy")
    assert "Write a word" in sqlite_site.text("/test/search/") and "Write a word" in sqlite_site.text("/-/search/")
    answer = sqlite_site.get("/test/search/?q=" + "x" * 101)
    assert answer.status_code == 400 and b"web.bad_filter" in answer.content
