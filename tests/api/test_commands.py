"""Acting by the API: the same commands as on the command line, the same errors, and a request sent twice is done once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from serving import Site, problem

from commonhold.cli.app import run as command_line
from commonhold.node.composition import COMMANDS

COMMON = "/api/commons/test/commands/"
WORK = {"kind": "work", "amount": "2", "domain": "firmware"}


def said(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.content
    plain: dict[str, Any] = json.loads(answer.content)
    return plain


def test_every_command_has_an_address(site: Site) -> None:
    named = {path.removeprefix("/api/commons/{commons}/commands/") for path in site.json("/api/openapi.json")["paths"] if "/commands/" in path}
    assert named == set(COMMANDS)


def test_the_main_job_by_api(site: Site) -> None:
    tokens = {name: site.token(name) for name in ("Ana", "Bo", "Cy")}

    def act(who: str, command: str, params: Any) -> dict[str, Any]:
        return said(site.post(COMMON + command, params, token=tokens[who]))

    logged = act("Bo", "contribution.log", WORK)
    for peer in ("Ana", "Cy"):
        act(peer, "contribution.attest", {"verdict": "accept", "contributions": [str(logged["position"])]})
    act("Ana", "agent.add", {"id": "org:giver", "name": "Giver", "classifiedAs": "enterprise"})
    act("Ana", "income.add", {"amount": "100.00", "currency": "EUR", "giver": "org:giver"})
    shared = act("Ana", "share.record", {})
    assert (shared["distribution"], shared["given"], shared["kept"]) == (1, "100.00", "0.00")
    agents = site.json("/api/commons/test/distributions/1")["agents"]
    assert [(one["agent"], one["amount"]) for one in agents] == [(site.world.ids["Bo"], "100.00")]
    why = site.json(f"/api/commons/test/distributions/1/shares/{site.world.ids['Bo']}")
    assert [line["position"] for step in why["steps"] for line in step["contributions"]] == [logged["position"]]
    assert site.world.verify().findings == []


@pytest.mark.parametrize(
    ("command", "params", "line"),
    [
        ("contribution.log", {"kind": "cooking", "amount": "2"}, ["log", "cooking", "2"]),
        ("contribution.log", {"kind": "work", "amount": "two", "domain": "firmware"}, ["log", "work", "two", "--domain", "firmware"]),
        ("contribution.log", {"kind": "work", "amount": "2", "domain": "sea"}, ["log", "work", "2", "--domain", "sea"]),
        ("share.record", {}, ["share", "record"]),
        ("share.pay", {"distribution": 7}, ["share", "pay", "7"]),
        ("share.pay", {"distribution": 10**30}, ["share", "pay", str(10**30)]),
    ],
)
def test_errors_are_the_same_as_on_the_command_line(sqlite_site: Site, command: str, params: Any, line: list[str], capsys: Any) -> None:
    answer = sqlite_site.post(COMMON + command, params, token=sqlite_site.token("Ana"))
    problem(answer)
    with pytest.raises(SystemExit):
        command_line([*line, "--home", str(sqlite_site.world.node.home), "--json"])
    assert json.loads(answer.content) == json.loads(capsys.readouterr().out)


def test_a_request_that_is_sent_again_is_done_once(site: Site) -> None:
    token = site.token("Bo")
    first = said(site.post(COMMON + "contribution.log", WORK, token=token, Idempotency_Key="monday-1"))
    site.world.clock.days(1)
    again = said(site.post(COMMON + "contribution.log", WORK, token=token, Idempotency_Key="monday-1"))
    assert again == first | {"state": "known"}
    other = site.post(COMMON + "contribution.log", WORK | {"amount": "3"}, token=token, Idempotency_Key="monday-1")
    assert problem(other) == (422, "journal.key_reused", "key")
    assert said(site.post(COMMON + "contribution.log", WORK, token=site.token("Cy"), Idempotency_Key="monday-1"))["state"] == "new"
    assert len(site.json("/api/commons/test/contributions")["contributions"]) == 2


@pytest.mark.parametrize("amount", ["", "30.00"])
def test_a_distribution_that_is_asked_for_again_is_not_made_twice(site: Site, amount: str) -> None:
    site.world.validated("Bo")
    site.world.income("100.00")
    token, asked = site.token("Ana"), {"amount": amount}
    first = said(site.post(COMMON + "share.record", asked, token=token, Idempotency_Key="november"))
    assert said(site.post(COMMON + "share.record", asked, token=token, Idempotency_Key="november")) == first | {"state": "known"}
    other = site.post(COMMON + "share.record", {"amount": "40.00"}, token=token, Idempotency_Key="november")
    assert problem(other) == (422, "journal.key_reused", "key")
    assert len(site.json("/api/commons/test/distributions")["distributions"]) == 1


@pytest.mark.parametrize("key", ["", "two words", "ü", "x" * 151])
def test_a_key_that_is_none_is_refused(sqlite_site: Site, key: str) -> None:
    answer = sqlite_site.post(COMMON + "contribution.log", WORK, token=sqlite_site.token("Bo"), Idempotency_Key=key)
    assert problem(answer) == (400, "api.bad_key", "Idempotency-Key")


def test_a_dry_run_says_what_would_be_and_writes_nothing(site: Site) -> None:
    token, before = site.token("Bo"), site.text("/api/commons/test/journal/checkpoint")
    would = said(site.post(COMMON + "contribution.log?dryRun=true", WORK, token=token))
    assert would["dryRun"] is True and would["state"] == "new"
    assert site.text("/api/commons/test/journal/checkpoint") == before
    assert said(site.post(COMMON + "contribution.log?dryRun=false", WORK, token=token))["position"] == would["position"]
    assert problem(site.post(COMMON + "contribution.log?dryRun=perhaps", WORK, token=token)) == (400, "api.bad_params", "dryRun")


@pytest.mark.parametrize(
    ("body", "media", "expected"),
    [
        (b"", "application/json", (400, "api.bad_json", "")),
        (b"{", "application/json", (400, "api.bad_json", "")),
        (b"\xff", "application/json", (400, "api.bad_json", "")),
        (b"[" * 100_000, "application/json", (400, "api.bad_json", "")),
        (b"[]", "application/json", (400, "api.bad_params", "")),
        (b"{}", "application/json", (400, "api.bad_params", "")),
        (b'{"kind": "work", "amount": 2}', "application/json", (400, "api.bad_params", "amount")),
        (b'{"kind": "work", "amount": "2", "evidence": [{"type": "url"}]}', "application/json", (400, "api.bad_params", "evidence[0]")),
        (b'{"kind": "work", "amount": "2", "colour": "red"}', "application/json", (400, "api.bad_params", "colour")),
        (b"kind=work&amount=2", "application/x-www-form-urlencoded", (415, "api.bad_media", "Content-Type")),
        (b'{"kind": "work", "amount": "2"}', "text/plain", (415, "api.bad_media", "Content-Type")),
        (b" " * (4 * 1024 * 1024 + 1), "application/json", (413, "api.too_large", "")),
    ],
)
def test_a_body_that_is_not_understood_is_refused(sqlite_site: Site, body: bytes, media: str, expected: Any) -> None:
    assert problem(sqlite_site.post(COMMON + "contribution.log", body, media=media, token=sqlite_site.token("Bo"))) == expected


def test_a_body_without_its_length_is_not_taken_for_an_empty_one(sqlite_site: Site) -> None:
    headers = {"Authorization": f"Bearer {sqlite_site.token('Ana')}"}
    answer = sqlite_site.client.generic("POST", COMMON + "share.record", b"{}", "application/json", headers=headers, CONTENT_LENGTH="")
    assert problem(answer) == (411, "api.no_length", "Content-Length")


def test_what_is_wrong_with_the_machine_is_logged_and_not_told(sqlite_site: Site, caplog: Any) -> None:
    token, home = sqlite_site.token("Bo"), sqlite_site.world.node.home
    (home / "node.key").write_bytes(b"\0" * 32)
    answer = sqlite_site.post(COMMON + "contribution.log", WORK, token=token)
    assert problem(answer) == (500, "commons.vault_damaged", "")
    assert b"node.key" not in answer.content and "node.key" in caplog.text


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\ud800", "\U0010ffff", "\u202e", "x" * 70_000])
def test_no_text_breaks_the_server(site: Site, text: str) -> None:
    site.world.validated("Bo")
    site.world.income("10.00")
    site.world.share()
    token = site.token("Ana")
    asked = [
        ("contribution.log", WORK | {"note": text}), ("contribution.log", WORK | {"by": text}), ("contribution.log", WORK | {"kind": text}),
        ("contribution.log", WORK | {"domain": text}), ("contribution.log", WORK | {"process": text}), ("contribution.log", WORK | {"fulfills": text}),
        ("contribution.log", WORK | {"evidence": [{"type": "url", "value": text}]}), ("contribution.log", WORK | {"at": text}),
        ("contribution.attest", {"verdict": "refuse", "contributions": [text], "reason": text}), ("contribution.attest", {"verdict": text, "batch": text}),
        ("agent.add", {"id": f"org:{text}", "name": text, "classifiedAs": "enterprise"}), ("agent.add", {"id": "org:x", "name": text, "classifiedAs": "enterprise"}),
        ("income.add", {"amount": text, "currency": "EUR", "giver": "Ana"}), ("income.add", {"amount": "1", "currency": "EUR", "giver": text}),
        ("income.add", {"amount": "1", "currency": "EUR", "giver": "org:giver", "fund": text}), ("income.add", {"amount": "1", "currency": "EUR", "giver": "org:giver", "note": text}),
        ("share.record", {"fund": text}), ("share.pay", {"distribution": 1, "agents": [text]}), ("share.pay", {"distribution": 1, "reference": text}),
        ("charter.change", {"charter": text, "reason": text}), ("role.set", {"agent": text, "role": text, "granted": True}), ("key.add", {"key": text}),
        ("identity.claim", {"identity": text, "agent": text, "by": text}),
    ]  # fmt: skip
    for command, params in asked:
        answer = site.post(COMMON + command, params, token=token)
        assert answer.status_code in (200, 400, 404, 422), (command, params, answer.content)
    assert site.world.verify().findings == []
