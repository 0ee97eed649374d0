"""The pages of the journal: every entry as a sentence, in pages by key that read little; and each entry with its proof."""

from __future__ import annotations

import base64
import csv
import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from commons_to_show import claim
from decisions_to_show import SECRET as SECRET_OF_DECISIONS
from decisions_to_show import decisions_world
from reading import Page
from serving import Site, application
from world import World

from commonhold.commons import entries as e
from commonhold.journal.entry import entry_id, sign_entry
from commonhold.journal.keys import SigningKey
from commonhold.journal.kinds import time_text
from commonhold.journal.tree import root_from_inclusion
from commonhold.node import journal_pages, journal_shares
from commonhold.node.imports import Importer
from commonhold.node.node import KINDS as ALL_KINDS
from commonhold.store.transaction import Transaction

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "entries.json").read_text(encoding="utf-8"))["good"]


def told(entry: dict[str, Any], **known: Any) -> str:
    """The sentence of an entry, as text."""
    application()
    from commonhold.web.journal_words import sentence

    return sentence(entry, "test", {"names": {}, "refs": {}, "node": None} | known, {}).striptags()


def plain(data: str) -> dict[str, Any]:
    return json.loads(data) | {"id": entry_id(data.encode()), "position": 7}


# Sentences


def test_every_kind_has_a_sentence_and_a_name_of_its_own() -> None:
    application()
    from commonhold.web.journal_words import KINDS, PACKAGES, SENTENCES

    names = set(ALL_KINDS.names())
    assert set(SENTENCES) == set(KINDS) == names
    assert len(set(SENTENCES.values())) == len(names) and len(set(map(str, KINDS.values()))) == len(names)
    assert set(PACKAGES) == {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("case", VECTORS, ids=[case["kind"] for case in VECTORS])
def test_the_vector_of_each_kind_is_told(case: dict[str, Any]) -> None:
    entry = plain(case["entry"])
    said = told(entry, node=entry["author"])
    assert said.startswith("The node ") and said[-1] in ".:”0123456789" and "%(" not in said
    assert "does not know" not in said and entry["kind"] not in said
    known = told(entry, names={"Agent": {entry["author"]: "Ana <b>"}})
    assert known.startswith("Ana <b> ") and known != said


def test_a_kind_of_a_later_version_is_told_as_such() -> None:
    entry = plain(VECTORS[0]["entry"]) | {"kind": "weather.report"}
    assert told(entry, node=entry["author"]) == "The node wrote an entry of the kind weather.report, which this version does not know."


def test_sentences_name_people_and_lead_to_what_they_are_about(world: World, site: Site) -> None:
    make_public(world, "Ana", "Bo")
    position = world.validated("Bo", "work", "3.5", domain="hardware")
    refused = world.log("Ana")
    world.attest("Bo", refused, "refuse", reason="not here")
    world.income("100.00")
    world.share()
    said = {one["position"]: one["sentence"] for one in site.json("/test/journal.json")["entries"]}
    assert said[0] == "Ana founded the commons, with its charter."
    assert said[position] == f"Bo logged 3.5 hours of work in hardware: contribution {position}"
    assert said[position + 1] == f"Ana accepted Bo’s contribution {position}."
    assert said[refused + 1] == f"Bo refused Ana’s contribution {refused}: “not here”"
    assert "Ana recorded an income of 100.00 EUR from Giver for the fund common (Gifts)." in said.values()
    assert "Ana shared 100.00 EUR of the fund common: distribution 1" in said.values()
    assert "Ana published 1 share of distribution 1." in said.values()
    page = Page(site.text("/test/journal/"), "/test/journal/")
    places = {address for address, _ in page.links}
    assert {f"/test/contributions/{position}/", "/test/distributions/1/", f"/test/agents/{world.ids['Bo']}/", f"/test/journal/{position}/"} <= places
    assert page.foreign() == []


def make_public(world: World, *names: str) -> None:
    from commonhold.commons.people import write_profile

    for name in names:
        with world.node.database.write() as transaction:
            write_profile(transaction, "test", world.ids[name], name=name, public=True)


def test_decisions_are_told_by_their_numbers_and_secrets_are_not_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world, numbers = decisions_world(home)
    site = Site(world, monkeypatch)
    said, address = [], "/test/journal.json"
    while address:
        found = site.json(address)
        said += [one["sentence"] for one in found["entries"]]
        address = f"/test/journal.json?before={found['before']}" if found["before"] is not None else ""
    assert f"The node closed proposal {numbers['budget']}: carried (barn and pump)." in said
    assert f"Eve objected to proposal {numbers['objections']}: “Let us wait for the spring.”" in said
    assert f"Ana voted on proposal {numbers['open']}: yes." in said
    assert f"Bo cast a ballot on proposal {numbers['voting']}, hidden until the close." in said
    html = site.text("/test/journal/")
    assert SECRET_OF_DECISIONS not in " ".join(said) + html and Page(html, "/test/journal/").foreign() == []
    world.node.close()


# Pages and filters


def test_pages_go_through_the_whole_journal_without_gaps(world: World, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from commonhold.web.views import journal as view

    monkeypatch.setattr(view, "ROWS", 4)
    for _ in range(10):
        world.log("Ana")
    size = site.json("/test/journal.json")["size"]
    seen, address = [], "/test/journal/"
    while address:
        page = Page(site.text(address), address)
        seen += [int(text) for text in page.table("Entries, newest first").column("Entry")]
        onward = [link for tag, link in page.tags if tag == "a" and link.get("rel") == "next"]
        address = urljoin(address, onward[0]["href"]) if onward else ""
    assert seen == list(range(size - 1, -1, -1))


def test_filters_find_kinds_packages_and_authors(world: World, site: Site) -> None:
    make_public(world, "Bo")
    position = world.validated("Bo")
    kinds = [one["kind"] for one in site.json("/test/journal.json?kind=commons.join")["entries"]]
    assert kinds == ["commons.join"] * 2
    assert {one["kind"] for one in site.json("/test/journal.json?kind=contributions")["entries"]} == {"contributions.log", "contributions.attest"}
    by_name = site.json("/test/journal.json?author=bo")["entries"]
    assert by_name == site.json(f"/test/journal.json?author={world.ids['Bo']}")["entries"]
    assert by_name[0]["position"] == position and {one["author"] for one in by_name} == {world.ids["Bo"]}
    both = site.json(f"/test/journal.json?kind=contributions.attest&author={world.ids['Ana']}")["entries"]
    assert [one["position"] for one in both] == [position + 1]
    assert site.json("/test/journal.json?kind=sharing")["entries"] == []


@pytest.mark.parametrize("query", ["kind=nothing", "author=Nobody", "before=x", "before=-1", "author=org:nobody", f"kind={'x' * 80}"])
def test_what_no_entry_can_be_is_refused(sqlite_site: Site, query: str) -> None:
    answer = sqlite_site.get(f"/test/journal.json?{query}")
    assert answer.status_code == 400 and json.loads(answer.content)["code"] == "web.bad_filter"


def test_a_name_of_two_people_has_to_be_asked_for_by_id(sqlite_world: World, sqlite_site: Site) -> None:
    from commonhold.commons.people import write_profile

    for name in ("Bo", "Cy"):
        with sqlite_world.node.database.write() as transaction:
            write_profile(transaction, "test", sqlite_world.ids[name], name="Sam", public=True)
    assert sqlite_site.get("/test/journal/?author=Sam").status_code == 400


def test_a_filtered_page_looks_at_no_more_than_it_may(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it looks for, and however long the journal; going on from page to page still finds all."""
    monkeypatch.setattr(journal_pages, "SCANNED", 10)
    monkeypatch.setattr(journal_pages, "CHUNK", 4)
    for _ in range(30):
        world.log("Ana")
    joined, before, pages = [], None, 0
    with world.node.read() as transaction:
        while True:
            found = journal_pages.entries_page(transaction, "test", journal_pages.Asked(kind="commons.join", before=before))
            assert found.looked_at <= 10
            joined += [one["position"] for one in found.entries]
            pages += 1
            if found.onward is None:
                break
            before = found.onward
    assert joined == [2, 1] and pages > 3


def test_a_page_says_how_many_it_looked_at_and_goes_on(sqlite_world: World, sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_pages, "SCANNED", 10)
    for _ in range(15):
        sqlite_world.log("Ana")
    html = sqlite_site.text("/test/journal/?kind=commons.join")
    assert "None of the 10 entries looked at fits." in html and "Go on looking among older ones" in html


def test_every_read_of_the_journal_goes_by_its_key(sqlite_world: World, sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store searches by position or by leaf, and never goes through all entries; nothing is left out by counting."""
    for _ in range(5):
        sqlite_world.validated("Bo")
    asked: list[tuple[str, Any]] = []
    transaction_type = type(sqlite_world.node.read().__enter__())
    for method in ("rows", "row", "value", "stream"):
        original = getattr(transaction_type, method)

        def noted(self: Transaction, sql: str, parameters: Any = (), original: Any = original) -> Any:
            asked.append((sql, parameters))
            return original(self, sql, parameters)

        monkeypatch.setattr(transaction_type, method, noted)
    for path in ("/test/journal/", "/test/journal/?kind=commons", "/test/journal/7/"):
        sqlite_site.text(path)
    monkeypatch.undo()
    read = [(sql, parameters) for sql, parameters in asked if "journal_entry" in sql]
    assert len(read) >= 3
    with sqlite_world.node.read() as transaction:
        for sql, parameters in read:
            plan = " ".join(str(row) for row in transaction.rows(f"EXPLAIN QUERY PLAN {sql}", parameters))
            assert "SCAN" not in plan and "SEARCH" in plan and "TEMP B-TREE" not in plan, (sql, plan)
            assert "OFFSET" not in sql


def test_the_sheet_has_the_rows_of_the_page(world: World, site: Site) -> None:
    world.log("Ana", note="=1+1")
    rows = list(csv.DictReader(io.StringIO(site.text("/test/journal.csv?kind=contributions"))))
    listed = site.json("/test/journal.json?kind=contributions")["entries"]
    assert [(int(row["position"]), row["sentence"]) for row in rows] == [(one["position"], one["sentence"]) for one in listed] and rows


# One entry


def test_an_entry_has_its_bytes_its_signature_and_its_way_to_the_root(world: World, site: Site) -> None:
    for _ in range(9):
        world.log("Bo")
    size = site.json("/test/journal.json")["size"]
    for position in range(size):
        found = site.json(f"/test/journal/{position}.json")
        data = site.get(f"/api/commons/test/journal/entries/{position}").content
        assert found["raw"].encode() == data and found["id"] == entry_id(data) == found["tree"]["leaf"]
        proof = [bytes.fromhex(step["hash"]) for step in found["tree"]["path"]]
        root = root_from_inclusion(bytes.fromhex(found["id"]), position, size, proof)
        assert root is not None and base64.b64encode(root).decode() == found["checkpoint"].split("\n")[2] == found["tree"]["rootBase64"]
        assert found["signature"] == {"verifies": True, "key": found["author"], "own": True, "speaks": True, "problem": ""}
        assert (found["previous"], found["next"]) == (position - 1 if position else None, position + 1 if position + 1 < size else None)
    page = Page(site.text("/test/journal/5/"), "/test/journal/5/")
    assert page.table("From the entry to the root").column("Its hash")[1:] == [
        step["hash"] for step in site.json("/test/journal/5.json")["tree"]["path"]
    ]
    assert len(page.pictures) == 2 and page.pictures[0].title == "From entry 5 to the root of the tree"
    fields = page.table("All fields of the entry")
    assert ["event.effortQuantity.hasNumericalValue", "1"] in fields.rows and page.foreign() == []


def test_the_key_that_signed_is_told_apart_from_the_author(world: World, site: Site) -> None:
    """A later key of the author; and one that has ended since, which spoke for the author when it signed."""
    second, third = (SigningKey.derived(f"another key {number}") for number in (2, 3))
    added = world.act("Bo", "key.add", e.AddKey(key=second.did))["position"]
    fields = {"author": world.ids["Bo"], "commons": world.origin, "created": time_text(world.node.now()), "kind": "commons.key_add"}
    answer = site.post("/api/commons/test/journal/entries", sign_entry(second, key="by another", body={"key": third.did}, **fields))
    position = json.loads(answer.content)["position"]
    world.act("Bo", "key.revoke", e.RevokeKey(key=second.did))
    assert site.json(f"/test/journal/{added}.json")["signature"]["own"] is True
    assert site.json(f"/test/journal/{position}.json")["signature"] == {
        "verifies": True,
        "key": second.did,
        "own": False,
        "speaks": True,
        "problem": "",
    }
    assert "a later key, of which the journal says that it spoke for the author here" in site.text(f"/test/journal/{position}/")


def test_a_changed_byte_is_found_by_the_server_too(sqlite_world: World, sqlite_site: Site) -> None:
    position = sqlite_world.log("Bo", note="one hour")
    with sqlite_world.node.database.write() as transaction:
        data = bytes(transaction.value("SELECT data FROM journal_entry WHERE commons = 'test' AND position = ?", (position,)))
        transaction.execute(
            "UPDATE journal_entry SET data = ? WHERE commons = 'test' AND position = ?", (data.replace(b"one hour", b"two hour"), position)
        )
    found = sqlite_site.json(f"/test/journal/{position}.json")
    assert found["signature"]["verifies"] is False and found["id"] != found["tree"]["leaf"]
    assert "does not verify" in sqlite_site.text(f"/test/journal/{position}/")


def test_journal_time_is_the_latest_time_so_far(world: World, site: Site) -> None:
    world.clock.days(3)
    late = world.log("Ana")
    world.clock.days(-2)
    early = world.log("Bo")
    first, second = (site.json(f"/test/journal/{position}.json") for position in (late, early))
    assert second["created"] < first["created"] == first["journalTime"] == second["journalTime"]


def test_a_statement_knows_the_entries_that_publish_its_shares(world: World, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also if there are several, with others between them; and the ids under which somebody has shares."""
    monkeypatch.setattr("commonhold.sharing.entries.SHARES_PER_ENTRY", 1)
    for who in ("Bo", "Cy"):
        world.validated(who)
    world.income("100.00")
    world.share()
    found = site.json("/test/distributions/1.json")
    listed = {one["position"]: one["kind"] for one in site.json("/test/journal.json")["entries"]}
    assert found["signed"]["positions"] == [position for position, kind in sorted(listed.items()) if kind == "sharing.shares"]
    assert len(found["signed"]["positions"]) == 2
    assert found["signed"]["ids"] == {world.ids[who]: [world.ids[who]] for who in ("Bo", "Cy")}
    share = site.json(f"/test/distributions/1/{world.ids['Bo']}.json")
    assert share["signed"]["ids"] == {world.ids["Bo"]: [world.ids["Bo"]]}


def test_the_shares_of_claimed_identities_are_found_under_their_ids(example: Site) -> None:
    """Who claims an identity after the money was shared has shares that the journal names by the identity."""
    importer = Importer(example.world.node, "test", example.world.ids["Ana"])
    agents = {one["agent"] for one in example.json("/test/distributions/1.json")["agents"]}
    name, identity = next((one, importer.identity(one)) for one in ("Bay", "Ash", "Birch", "Hornbeam") if importer.identity(one) in agents)
    claim(example.world, importer, name)
    member = example.world.ids[name]
    assert example.json(f"/test/distributions/1/{member}.json")["signed"]["ids"] == {member: [identity]}
    assert f'data-ids="{identity}"' in example.text("/test/distributions/1/") and f'data-ids="{identity}"' in example.text(
        f"/test/distributions/1/{identity}/"
    )


def test_no_more_than_so_many_entries_are_looked_at_for_shares(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.validated("Bo")
    world.income("100.00")
    world.share()
    monkeypatch.setattr(journal_shares, "SCANNED", 0)
    with world.node.read() as transaction:
        assert journal_shares.signed_shares(transaction, "test", 1)["positions"] == []


@pytest.mark.parametrize(("path", "code"), [("/test/journal/99.json", "journal.unknown_entry"), ("/nothing/journal/0.json", "commons.unknown")])
def test_what_is_not_there(sqlite_site: Site, path: str, code: str) -> None:
    answer = sqlite_site.get(path)
    assert answer.status_code == 404 and json.loads(answer.content)["code"] == code


def test_a_long_entry_is_cut_in_the_table_and_whole_in_its_bytes(sqlite_world: World, sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from commonhold.web import journal_fields

    position = sqlite_world.log("Bo", note="x" * 400)
    assert f"{'x' * 120}…" in sqlite_site.text(f"/test/journal/{position}/")
    monkeypatch.setattr(journal_fields, "FIELDS_MAX", 2)
    page = Page(sqlite_site.text(f"/test/journal/{position}/?anew"), "")
    assert len(page.table("All fields of the entry").rows) == 2 and "There are more fields" in page.text
