"""What the server writes about requests: enough to find what happened, and nothing of who asked."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import pytest
from serving import ServerProcess, Site
from world import World

from commonhold.server import logs
from commonhold.server.logs import JsonRecords, LineRecords, request_writer, route_name, shown_path


def test_every_request_is_a_json_object_of_its_own(sqlite_world: World) -> None:
    with ServerProcess(sqlite_world.node.home, "--log-format", "json") as server:
        answers = [
            server.get("/test/?token=chold_secret", Authorization="Bearer chold_secret", User_Agent="Browser of Ana", Cookie="session=1"),
            server.get("/api/commons/test/members?none=Ana"),
            server.get("/nothing/here"),
        ]
        server.get("/readyz")
        assert server.end() == 0
        said = [json.loads(line) for line in server.said().splitlines()[1:]]
    assert [(one["method"], one["route"], one["path"], one["commons"], one["status"]) for one in said] == [
        ("GET", "/{commons}/", "/test/", "test", 200),
        ("GET", "/api/commons/{commons}/members", "/api/commons/test/members", "test", 400),
        ("GET", "none", "/nothing/here", "", 404),
    ]
    assert [one["request"] for one in said] == [answer[1]["x-request-id"] for answer in answers]
    assert len({one["request"] for one in said}) == 3
    assert {tuple(sorted(one)) for one in said} == {("commons", "event", "level", "method", "ms", "path", "request", "route", "status", "time")}
    assert all(0 < one["ms"] < 60_000 and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", one["time"]) for one in said)


def test_lines_are_for_people(sqlite_world: World) -> None:
    with ServerProcess(sqlite_world.node.home, "--log-format", "line") as server:
        number = server.get("/test/?a=b")[1]["x-request-id"]
        assert server.end() == 0
        assert re.fullmatch(rf"\d\d:\d\d:\d\d 200 GET /test/ \d+\.\d ms {number}", server.said().splitlines()[1])


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    lines: list[bytes] = []
    monkeypatch.setattr(logs, "_write", lines.append)
    return lines


def test_what_stands_in_a_path_cannot_forge_or_colour_a_line(written: list[bytes]) -> None:
    for form in ("json", "line"):
        write = request_writer(form)
        assert write is not None
        write("GET", "none", '/a\n12:00:00 200 GET /b\x1b[31m"\udce9', "", 404, 1_500, "1234567890abcdef")
    assert [line.count(b"\n") for line in written] == [1, 1]
    assert not any(b"\x1b" in line for line in written)
    assert json.loads(written[0])["status"] == 404
    assert request_writer("") is None


def test_a_secret_in_an_address_is_not_logged() -> None:
    route = "/accounts/confirm/{key}/"
    assert shown_path("/accounts/confirm/MQ:1abc:xyz/", route, {"key": "MQ:1abc:xyz"}) == route
    assert shown_path("/test/join/abc/", "/{commons}/join/{invitation}/", {"commons": "test", "invitation": "abc"}) == "/{commons}/join/{invitation}/"
    assert shown_path("/accounts/confirm/MQ:1wXyz:0123456789abcdef", "none", {}) == "/accounts/confirm/…"
    assert shown_path("/test/members/", "/{commons}/members/", {"commons": "test"}) == "/test/members/"
    assert len(shown_path("/x" * 5_000, "/{rest}", {})) == 200


def test_routes_have_names() -> None:
    assert (
        route_name(r"api/^commons/(?P<commons>[a-z0-9]{0,40})/entries/(?P<entry>(?:[0-9]{1,7}|[)]x))\Z") == "/api/commons/{commons}/entries/{entry}"
    )
    assert route_name("accounts/confirm-email/<str:key>/") == "/accounts/confirm-email/{key}/"
    assert route_name(r"^\Z") == "/"
    assert route_name(r"^(?P<name>a\)b)\.json\Z") == "/{name}.json"


def test_every_route_of_the_server_has_a_name_without_patterns(sqlite_site: Site) -> None:
    from django.urls import get_resolver

    def routes(resolver: Any, before: str = "") -> Any:
        for pattern in resolver.url_patterns:
            here = before + str(pattern.pattern)
            yield from routes(pattern, here) if hasattr(pattern, "url_patterns") else [route_name(here)]

    names = list(routes(get_resolver()))
    assert len(names) > 60
    assert [name for name in names if not re.fullmatch(r"[A-Za-z0-9{}/._-]+", name)] == []


def test_an_error_is_found_by_the_number_on_its_page(sqlite_site: Site, monkeypatch: Any, caplog: Any) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("the secret plan")

    monkeypatch.setattr("commonhold.web.views.home.commons_lines", broken)
    said: list[tuple[str, str]] = []

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append((JsonRecords().format(record), LineRecords().format(record)))

    listening = Listening(logging.ERROR)
    logging.getLogger().addHandler(listening)
    try:
        page = sqlite_site.get("/")
    finally:
        logging.getLogger().removeHandler(listening)
    number = page.headers["X-Request-ID"]
    assert page.status_code == 500 and f"<code>{number}</code>" in page.content.decode()
    (as_json, as_lines), *more = said
    assert not more
    record = json.loads(as_json)
    assert record["request"] == number and record["level"] == "error" and "RuntimeError: the secret plan" in record["trace"]
    assert f"[request {number}]\nTraceback" in as_lines and "RuntimeError: the secret plan" in as_lines


def test_the_number_is_of_one_request_only(sqlite_site: Site) -> None:
    numbers = {sqlite_site.get("/healthz").headers["X-Request-ID"] for _ in range(20)}
    assert len(numbers) == 20
    assert logs.request_here() == ""
    assert "request" not in json.loads(JsonRecords().format(logging.makeLogRecord({"msg": "between requests", "levelname": "WARNING"})))
