"""The access table: every address has a line, and every address is tried as a stranger, a member, a steward and a member of another commons."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from serving import Site
from world import CHARTER

sys.path.insert(0, str(Path(__file__).parent.parent / "web"))

from people import account, as_account, as_member, nobody
from working import strict

from commonhold.journal.keys import SigningKey

EXAMPLES = {
    "commons": "test", "number": "1", "position": "1", "entry": "1", "id_": "x", "domain": "firmware", "act": "withdraw", "verdict": "accept",
    "sha256": "0" * 64, "secret": "x", "name": "mark.svg", "digest": "0" * 12, "tile": "0/000", "only": "decisions", "rest": "nothing", "pk": "1", "what": "journal", "token": "x",
    "provider_id": "nobody",
}  # fmt: skip
DENIED = (401, 403)


def routes() -> list[str]:
    from django.urls import get_resolver

    def below(resolver: Any, prefix: str) -> Iterator[str]:
        for pattern in resolver.url_patterns:
            path = prefix + str(pattern.pattern)
            yield from below(pattern, path) if hasattr(pattern, "url_patterns") else iter([path])

    return list(below(get_resolver(), ""))


@pytest.fixture
def two(sqlite_site: Site) -> Iterator[Site]:
    """The site with a second commons, whose only member Zoe is."""
    nobody()
    zoe = SigningKey.derived("Zoe")
    sqlite_site.world.node.found("other", CHARTER.replace("Test commons", "Another commons"), zoe, keep=True)
    sqlite_site.world.ids["Zoe"] = zoe.did
    yield sqlite_site


def addresses(site: Site) -> list[tuple[str, str]]:
    """(line of the table, an address that it is about)."""
    from commonhold.server.access import address_of
    from commonhold.server.logs import route_name

    given = EXAMPLES | {"agent": site.world.ids["Bo"]}
    found = []
    for route in routes():
        path = re.sub(r"\{(\w+)\}", lambda match: given[match[1]], route_name(route))
        found.append((address_of(route), path))
    return found


def test_every_address_has_a_line_and_every_line_an_address(two: Site) -> None:
    from commonhold.server.access import ACCESS, address_of

    assert {address_of(route) for route in routes()} == set(ACCESS)


def tried(site: Site, path: str, method: str) -> Any:
    answer = getattr(site.client, method)(path, **({"data": b"{}", "content_type": "application/json"} if method == "post" else {}))
    assert answer.status_code < 500, (path, method, answer.content[:300])
    return answer


def asked_to_sign_in(answer: Any) -> bool:
    said = answer.content.decode(errors="replace")
    return (answer.status_code == 302 and "/-/account/login/" in answer.headers["Location"]) or "sign in, and you come back here" in said


@pytest.mark.parametrize("who", ["stranger", "of another commons"])
def test_who_is_no_member_gets_no_further_than_everybody(two: Site, who: str) -> None:
    from commonhold.server.access import ACCESS, Who

    if who == "of another commons":
        user = account("zoe@people.example")
        from commonhold.web.accounts.memberships import link

        link(user, "other", two.world.ids["Zoe"])
        as_account(two, user)
    before = two.json("/api/commons/test/members"), two.text("/api/commons/test/journal/checkpoint")
    for line, path in addresses(two):
        if line.startswith("/-/") and who != "stranger":
            continue  # their own account
        read, write = ACCESS[line]
        answer = tried(two, path, "get")
        if read in (Who.MEMBER, Who.STEWARD, Who.ACCOUNT):
            assert asked_to_sign_in(answer) or "not a member of this commons" in answer.content.decode() or answer.status_code in DENIED, (
                path,
                answer.status_code,
            )
        elif read is Who.PUBLIC and not path.endswith("/login/error/"):
            assert answer.status_code not in DENIED, path
        answer = tried(two, path, "post")
        if write in (Who.MEMBER, Who.STEWARD, Who.TOKEN) or (write is Who.ACCOUNT and who == "stranger"):
            assert answer.status_code in (*DENIED, 400, 411, 415) or path == "/graphql", (path, answer.status_code)
        if write is Who.NOBODY:
            assert answer.status_code in (404, 405), (path, answer.status_code)
    assert (two.json("/api/commons/test/members"), two.text("/api/commons/test/journal/checkpoint")) == before, "nothing was written"


@pytest.mark.parametrize("who", ["Bo", "Ana"])
def test_members_and_stewards_come_to_what_is_theirs(two: Site, who: str) -> None:
    from commonhold.server.access import ACCESS, Who

    as_member(two, who)
    for line, path in addresses(two):
        read, _ = ACCESS[line]
        if line.startswith(("/-/account", "/api", "/metrics")):
            continue
        answer = tried(two, path, "get")
        if read is Who.STEWARD and who != "Ana":
            assert answer.status_code == 403, path
        elif read is not Who.NOBODY:
            assert not asked_to_sign_in(answer) and answer.status_code != 401, (path, answer.status_code)


def test_no_form_is_taken_from_another_site(two: Site) -> None:
    from commonhold.server.access import ACCESS, Who

    as_member(two, "Ana")
    cookies = two.client.cookies
    strict(two).client.cookies = cookies
    tried_forms = 0
    for line, path in addresses(two):
        if ACCESS[line][1] in (Who.PUBLIC, Who.ACCOUNT, Who.MEMBER, Who.STEWARD) and not line.startswith(("/api", "/-/language")):
            tried_forms += 1
            assert two.client.post(path, {"sure": "yes", "act": "token"}).status_code == 403, path
    assert tried_forms > 40


def test_what_has_no_line_is_denied(two: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from commonhold.server import access

    monkeypatch.delitem(access.ACCESS, "/{commons}/people")
    assert two.get("/test/people/").status_code == 404
    assert two.get("/test/tasks/").status_code == 200
