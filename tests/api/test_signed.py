"""Entries that were signed elsewhere: the signature is the authorisation, so they need no token; refused ones leave nothing."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from serving import Site, problem, signed_work
from world import CHARTER

from commonhold.commons.entries import Join
from commonhold.contributions import entries as c
from commonhold.journal.entry import entry_id, sign_entry
from commonhold.journal.keys import SigningKey
from commonhold.journal.kinds import time_text

LAND = "/api/commons/test/journal/entries"
JSONL = "application/jsonl"


def all_tables(site: Site) -> dict[str, list[Any]]:
    """Every row of the tables that an entry could have left something in."""
    names = ("journal_entry", "journal_waiting", "journal_head", "journal_checkpoint", "journal_node", "contribution", "agent", "membership")
    with site.world.node.read() as transaction:
        return {name: transaction.rows(f"SELECT * FROM {name}") for name in names}


def test_a_signed_entry_lands_without_a_token_and_once(site: Site) -> None:
    data = signed_work(site.world, "Bo", amount="7")
    first = json.loads(site.post(LAND, data).content)
    assert first == {"id": entry_id(data), "position": 3, "state": "new"}
    assert json.loads(site.post(LAND, data).content) == first | {"state": "known"}
    assert site.json("/api/commons/test/contributions/3")["claimed"] == "7"
    assert site.get("/api/commons/test/journal/entries/3").content == data


def test_what_lands_by_api_is_what_the_command_writes(site: Site) -> None:
    site.post(LAND, signed_work(site.world, "Bo", amount="7"))
    params = {"kind": "work", "amount": "7", "domain": "firmware"}
    site.post("/api/commons/test/commands/contribution.log", params, token=site.token("Bo"))
    one, other = site.json("/api/commons/test/contributions")["contributions"]
    own = {"position", "id"}
    assert {name: value for name, value in one.items() if name not in own} == {name: value for name, value in other.items() if name not in own}


def test_what_a_stranger_says_waits_until_they_have_joined(site: Site) -> None:
    before = all_tables(site)
    assert json.loads(site.post(LAND, signed_work(site.world, "Dee")).content)["state"] == "waiting"
    assert all_tables(site) | {"journal_waiting": []} == before
    joins = signed_work(site.world, "Dee", "join", kind="commons.join", body=Join(rolls=["producer"]))
    assert json.loads(site.post(LAND, joins).content)["position"] == 3
    assert site.json("/api/commons/test/members")["members"][-1]["agent"] == SigningKey.derived("Dee").did
    assert json.loads(site.post(LAND, signed_work(site.world, "Dee")).content) == {
        "id": entry_id(signed_work(site.world, "Dee")),
        "position": 4,
        "state": "known",
    }


def test_nobody_signs_for_another(site: Site) -> None:
    before = all_tables(site)
    for_bo = sign_entry(
        SigningKey.derived("Cy"), author=site.world.ids["Bo"], body=Join(rolls=["user"]), commons=site.world.origin,
        created=time_text(site.world.node.now()), key="k", kind="commons.join",
    )  # fmt: skip
    assert problem(site.post(LAND, for_bo))[0] in (403, 422)
    assert all_tables(site) == before


def test_refused_entries_tell_why_and_leave_nothing(site: Site) -> None:
    good = signed_work(site.world, "Bo")
    forged = good.replace(b'"hasNumericalValue":"1"', b'"hasNumericalValue":"9"')
    assert forged != good
    refused = {
        "journal.bad_signature": forged,
        "journal.other_commons": signed_work(site.world, "Bo", commons="example.org/other"),
        "journal.in_the_future": signed_work(site.world, "Bo", created=time_text(site.world.node.now() + 3_600)),
        "journal.unknown_kind": signed_work(site.world, "Bo", kind="contributions.dream"),
    }
    before = all_tables(site)
    assert {code: problem(site.post(LAND, data))[1] for code, data in refused.items()} == {code: code for code in refused}
    for data in (b"", b"{}", b"[]", b"\xff", b" " + good, good + b"\n", b"[" * 60_000):
        assert problem(site.post(LAND, data))[0] in (400, 422), data[:20]
    assert all_tables(site) == before


def test_a_number_that_no_store_holds_is_refused(site: Site) -> None:
    for number in (2**53 + 1, 2**63, 10**30):
        body = {"distribution": "0" * 64, "first": number, "shares": []}
        assert problem(site.post(LAND, signed_work(site.world, "Ana", kind="sharing.shares", body=body)))[0] in (400, 422), number


def test_a_text_that_not_every_store_can_keep_is_refused_and_one_that_only_looks_like_it_is_not(site: Site) -> None:
    for text, status in (("a\x00b", 400), ("a\\\x00b", 400), ("a\\u0000b", 200), ("\x01", 200)):
        data = signed_work(site.world, "Ana", f"k{text!r}", kind="commons.charter", body={"charter": CHARTER, "reason": text})
        assert site.post(LAND, data).status_code == status, text


def test_of_many_each_is_answered_in_its_place(site: Site) -> None:
    entries = [
        signed_work(site.world, "Bo", "1"),
        b"nonsense",
        signed_work(site.world, "Cy", "1"),
        signed_work(site.world, "Bo", "1", amount="2"),
        signed_work(site.world, "Bo", "1"),
    ]
    answers = json.loads(site.post(LAND, b"\n".join(entries) + b"\n", media=JSONL).content)["entries"]
    assert [answer["id"] for answer in answers] == [entry_id(data) for data in entries]
    assert [(answer.get("state"), answer.get("position")) for answer in answers[::2]] == [("new", 3), ("new", 4), ("new", 3)]
    assert answers[1]["problem"]["status"] == 400
    assert answers[3]["problem"]["code"] == "journal.key_reused"
    assert len(site.json("/api/commons/test/contributions")["contributions"]) == 2


def test_an_entry_waits_for_the_one_that_it_refers_to(site: Site) -> None:
    claim = signed_work(site.world, "Bo")
    accepts = signed_work(site.world, "Cy", kind="contributions.attest", body=c.Attest(verdict="accept", contributions=[entry_id(claim)]))
    waiting = json.loads(site.post(LAND, accepts).content)
    assert waiting == {"id": entry_id(accepts), "position": -1, "state": "waiting"}
    assert site.post(LAND, claim).status_code == 200
    said = site.json("/api/commons/test/contributions/3")["attestations"]
    assert [(one["agent"], one["verdict"]) for one in said] == [(site.world.ids["Cy"], "accept")]


def test_the_order_in_one_request_does_not_matter(site: Site) -> None:
    claim = signed_work(site.world, "Bo")
    accepts = signed_work(site.world, "Cy", kind="contributions.attest", body=c.Attest(verdict="accept", contributions=[entry_id(claim)]))
    answers = json.loads(site.post(LAND, accepts + b"\n" + claim, media=JSONL).content)["entries"]
    assert [answer["position"] for answer in answers] == [4, 3]


def test_what_is_sent_in_another_form_or_too_much_is_refused(sqlite_site: Site) -> None:
    entry = signed_work(sqlite_site.world, "Bo")
    assert problem(sqlite_site.post(LAND, entry, media="text/plain")) == (415, "api.bad_media", "Content-Type")
    assert problem(sqlite_site.post(LAND, b"\n\n", media=JSONL)) == (400, "api.no_entries", "")
    assert problem(sqlite_site.post(LAND, b"{}\n" * 1_001, media=JSONL)) == (413, "api.too_many", "")
    assert problem(sqlite_site.post(LAND, b" " * (4 * 1024 * 1024 + 1), media=JSONL)) == (413, "api.too_large", "")
    assert problem(sqlite_site.post(LAND.replace("test", "none"), entry))[:2] == (404, "commons.unknown")
    assert problem(sqlite_site.get(LAND)) == (405, "api.wrong_method", "")


def test_an_entry_is_read_back_byte_for_byte(site: Site) -> None:
    data = signed_work(site.world, "Bo")
    site.post(LAND, data)
    for name in ("3", entry_id(data), entry_id(data)[:8]):
        answer = site.get(f"/api/commons/test/journal/entries/{name}")
        assert (answer.content, answer.headers["ETag"]) == (data, f'"{entry_id(data)}"')
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert msgspec.json.decode(data)["author"] == site.world.ids["Bo"]
