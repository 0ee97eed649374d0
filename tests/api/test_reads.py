"""What everybody may read by the API: every route, pages of lists, validators, errors."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from governance.deciding import close, option, propose, vote
from serving import Site, problem
from world import World

from commonhold.api.table import routes

TEST = "/api/commons/test"


@pytest.fixture
def lively(site: Site) -> Site:
    """A commons where something has happened."""
    site.world.validated("Bo", amount="3", note="solder")
    site.world.log("Cy", "documentation", "2", domain="hardware")
    site.world.income("100.00")
    site.world.share()
    decided(site.world)
    return site


def decided(world: World) -> None:
    """A question about a role, carried."""
    number = propose(world, "Bo", "role", option("yes", "commons.role", {"agent": world.ids["Cy"], "role": "scribe", "granted": True}))
    world.clock.days(7)
    vote(world, number, Ana="yes", Bo="no", Cy="yes")
    world.clock.days(7)
    close(world, number)


def addresses(site: Site) -> list[tuple[Any, str]]:
    """Every route that reads, with an address where something is."""
    known = {"commons": "test", "entry": "3", "number": "1", "agent": site.world.ids["Bo"], "tile": "entries/000.p/4", "domain": "firmware"}
    return [(route, f"/api/{re.sub('{(.*?)}', lambda part: known[part[1]], route.path)}") for route in routes() if route.method == "GET"]


def told(answer: Any) -> dict[str, str]:
    """The headers of an answer, but for the number of its request, which is another each time."""
    return {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}


def test_everybody_may_read_everything_and_head_says_the_same_without_a_body(lively: Site) -> None:
    for route, path in addresses(lively):
        answer = lively.get(path)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, route.media), path
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Vary" not in answer.headers and "Set-Cookie" not in answer.headers
        head = lively.client.head(path)
        assert (head.status_code, head.content) == (200, b""), path
        assert told(head) == told(answer) | {"Content-Length": str(len(answer.content))}, path


def test_what_is_read_takes_no_other_method_and_no_parameter_that_it_does_not_know(lively: Site) -> None:
    for route, path in addresses(lively):
        refused = lively.client.delete(path)
        assert problem(refused) == (405, "api.wrong_method", ""), path
        assert refused.headers["Allow"] == "GET, HEAD, OPTIONS", path
        assert lively.client.options(path).headers["Allow"] == "GET, HEAD, OPTIONS", path
        assert problem(lively.get(f"{path}?colour=red")) == (400, "api.bad_params", "colour"), route.name


def test_whoever_has_it_already_is_told_so_until_something_changes(lively: Site) -> None:
    kept = {path: lively.get(path).headers["ETag"] for route, path in addresses(lively) if route.state}
    assert len(kept) == 12 and len(set(kept.values())) == 12
    for path, etag in kept.items():
        again = lively.get(path, If_None_Match=f'"other", W/{etag}')
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag), path
        assert "Content-Type" not in again.headers
    lively.world.log("Ana", amount="1")
    for path, etag in kept.items():
        assert lively.get(path, If_None_Match=etag).status_code == 200, path


def test_a_name_that_is_made_public_is_shown_at_once(site: Site) -> None:
    from commonhold.commons.people import write_profile

    before = site.get(f"{TEST}/members")
    assert "Bo" not in [member["name"] for member in json.loads(before.content)["members"]]
    with site.world.node.database.write() as transaction:
        write_profile(transaction, "test", site.world.ids["Bo"], public=True)
    after = site.get(f"{TEST}/members", If_None_Match=before.headers["ETag"])
    assert "Bo" in [member["name"] for member in json.loads(after.content)["members"]]


def test_pages_bring_everything_once_in_order(site: Site) -> None:
    for number in range(5):
        site.world.log("Bo", amount=str(number + 1))
        site.world.income("1.00")
        site.world.share()
        site.world.join(f"Peer {number}")
    lists = {"members": ("number", False), "contributions": ("position", True), "incomes": ("position", True), "distributions": ("number", True)}
    for name, (key, newest_first) in lists.items():
        whole = [one[key] for one in site.json(f"{TEST}/{name}?limit=100")[name]]
        assert len(whole) >= 5 and whole == sorted(whole, reverse=newest_first)
        found, after = [], ""
        while after is not None:
            page = site.json(f"{TEST}/{name}?limit=2&next={after}")
            assert len(page[name]) <= 2
            found += [one[key] for one in page[name]]
            after = page["next"]
        assert found == whole, name


def test_a_page_goes_on_where_it_ended_though_something_new_has_come(site: Site) -> None:
    places = [site.world.log("Bo", amount="1") for _ in range(4)]
    first = site.json(f"{TEST}/contributions?limit=2")
    site.world.log("Cy", amount="9")
    second = site.json(f"{TEST}/contributions?limit=2&next={first['next']}")
    assert [one["position"] for one in first["contributions"] + second["contributions"]] == places[::-1]


def test_contributions_are_found_by_what_they_are(lively: Site) -> None:
    def found(query: str) -> list[str]:
        return [one["kind"] for one in lively.json(f"{TEST}/contributions?{query}")["contributions"]]

    assert found("") == ["documentation", "work"]
    assert found("state=validated") == found("kind=work") == found(f"agent={lively.world.ids['Bo']}") == ["work"]
    assert found("state=claimed") == found("domain=hardware") == ["documentation"]
    assert found("state=claimed&kind=work") == found(f"agent=id:{'0' * 32}") == []


WRONG = {
    "/api/nothing": (404, "api.no_route", ""),
    "/api/commons/": (404, "api.no_route", ""),
    "/api/commons/none": (404, "commons.unknown", "commons"),
    "/api/commons/none/members": (404, "commons.unknown", "commons"),
    "/api/commons/none/journal/checkpoint": (404, "commons.unknown", "commons"),
    "/api/commons/none/journal/tile/0/000.p/1": (404, "commons.unknown", "commons"),
    "/api/commons/none/journal/entries/0": (404, "commons.unknown", "commons"),
    f"{TEST}/contributions/0": (404, "contributions.unknown", "entry"),
    f"{TEST}/contributions/999": (404, "journal.unknown_entry", "entry"),
    f"{TEST}/journal/receipts/ffffffff": (404, "journal.unknown_entry", "entry"),
    f"{TEST}/distributions/9": (404, "sharing.unknown_distribution", ""),
    f"{TEST}/distributions/1/shares/id:{'0' * 32}": (404, "commons.unknown_agent", "agent"),
    f"{TEST}/distributions/1/shares/Bo": (404, "api.no_route", ""),
    f"{TEST}/members?limit=0": (400, "api.bad_params", "limit"),
    f"{TEST}/members?limit=101": (400, "api.bad_params", "limit"),
    f"{TEST}/members?limit=2&limit=3": (400, "api.bad_params", "limit"),
    f"{TEST}/members?next=nonsense": (400, "api.bad_cursor", "next"),
    f"{TEST}/contributions?state=done": (400, "api.bad_params", "state"),
}


def test_what_is_not_there_or_not_understood_is_said(lively: Site) -> None:
    assert {path: problem(lively.get(path)) for path in WRONG} == WRONG


def test_what_is_not_foreseen_is_logged_and_told_without_its_details(sqlite_site: Site, monkeypatch: Any, caplog: Any) -> None:
    from commonhold.node import overview

    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("the secret plan")

    monkeypatch.setattr(overview, "members_page", broken)
    answer = sqlite_site.get(f"{TEST}/members")
    assert problem(answer) == (500, "internal", "")
    assert b"plan" not in answer.content and b"Traceback" not in answer.content
    assert "the secret plan" in caplog.text
