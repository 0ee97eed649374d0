"""`/{commons}/charter/…`: the rules in sentences, every version with what it changed, and the text as a file."""

from __future__ import annotations

import tomllib

from governance.deciding import charter_option, close, everybody, propose, vote
from reading import Page
from serving import Site
from world import CHARTER

from commonhold.commons.people import write_profile

OTHER = CHARTER.replace("quorum = 2", "quorum = 3").replace("lazy_days = 14", "lazy_days = 0")


def test_the_charter_is_told_in_sentences_with_links_to_where_it_applies(site: Site) -> None:
    page = Page(site.text("/test/charter/"), "/test/charter/")
    for words in (
        "Version 1, in force since 1 Jan 2026.", "A claim counts once 2 peers have accepted it.", "Without objection, it counts after 14 days.",
        "In imported histories, these count as a peer’s acceptance: committed it, reviewed it, merged it.", "Everybody who signs up is a member.",
        "Work 1 per hour", "Change the charter", "who has the role steward", "Producers and users decide: at least 2/3",
        "Those who have standing in the field of work decide",
    ):  # fmt: skip
        assert words in " ".join(page.text.split()), words
    links = {address for address, _ in page.links}
    assert {
        "/test/contributions/?state=claimed", "/test/contributions/?kind=work", "/test/people/?domain=firmware", "/test/people/?role=steward",
        "/test/distributions/?fund=common", "/test/delegation/", "/test/stewards/", "/test/charter.toml", "/test/journal/0/",
    } <= links  # fmt: skip


def test_each_version_says_what_it_changed_of_the_one_before(site: Site) -> None:
    site.world.charter(OTHER, reason="three are <b>enough</b>")
    now = Page(site.text("/test/charter/"))
    assert "Version 2, in force since" in now.text and [row[0] for row in now.table("The newest first").rows] == ["Version 2", "Version 1"]
    second = site.text("/test/charter/2/")
    assert second.count("<ins>") == 2 and second.count("<del>") == 2 and "three are &lt;b&gt;enough&lt;/b&gt;" in second
    assert "quorum = 3" in second[second.index("<ins>") :] and "What it changed of version 1" in second
    first = site.text("/test/charter/1/")
    assert "<ins>" not in first and "until another replaced it" in first and "2 peers have accepted" in Page(first).text
    told = site.json("/test/charter/2.json")
    assert [line for line in told["difference"] if not line.startswith("  ")] == [
        "- quorum = 2",
        "+ quorum = 3",
        "- lazy_days = 14",
        "+ lazy_days = 0",
    ]
    assert told["difference"][0] == told["difference"][-1] == "  …" and len(told["difference"]) < 14


def test_the_text_of_every_version_can_be_kept(site: Site) -> None:
    site.world.charter(OTHER)
    answer = site.get("/test/charter.toml")
    assert answer.headers["Content-Type"] == "application/toml; charset=utf-8" and "test-charter-2.toml" in answer.headers["Content-Disposition"]
    assert answer.content.decode() == OTHER == site.text("/test/charter/2.toml")
    assert tomllib.loads(site.text("/test/charter/1.toml"))["validation"]["quorum"] == 2


def test_a_charter_that_was_voted_on_leads_to_the_decision(site: Site) -> None:
    world = site.world
    world.join("Di", rolls=("producer", "user"))
    number = propose(world, "Ana", "charter", charter_option())
    everybody(world, "charter", number)
    vote(world, number, Ana="yes", Bo="yes", Cy="yes", Di="yes")
    world.clock.days(8)
    close(world, number)
    newest = site.json("/test/charter.json")["history"][0]
    assert newest["number"] == 2 and newest["decision"] == number
    assert f"/test/decisions/{number}/" in {address for address, _ in Page(site.text("/test/charter/"), "/test/charter/").links}


def test_what_there_has_not_been_is_not_there(site: Site) -> None:
    for path in ("/test/charter/2/", "/test/charter/2.toml", "/test/charter/2.json"):
        answer = site.get(path)
        assert answer.status_code == 404 and b"charter.unknown_version" in answer.content
    assert site.get("/none/charter.toml").status_code == 404


def test_many_versions_are_listed_by_pages_and_only_public_names(sqlite_site: Site) -> None:
    world = sqlite_site.world
    for count in range(24):
        world.charter(CHARTER + f"# {count}\n", reason=f"comment {count}")
    first = sqlite_site.json("/test/charter.json")
    assert [one["number"] for one in first["history"]] == list(range(25, 5, -1)) and first["before"] == 6
    rest = sqlite_site.json("/test/charter.json?before=6")
    assert [one["number"] for one in rest["history"]] == [5, 4, 3, 2, 1] and rest["before"] is None
    assert ">Ana<" not in sqlite_site.text("/test/charter/")
    with world.node.database.write() as transaction:
        write_profile(transaction, "test", world.ids["Ana"], name="Ana", public=True)
    assert ">Ana<" in sqlite_site.text("/test/charter/")
