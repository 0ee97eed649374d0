"""GraphiQL: a page that works, with nothing from elsewhere, under a policy of its own."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from importlib.resources import files

import pytest
from playwright.sync_api import Browser
from serving import Site, on_sqlite, served
from world import World

FOLDER = files("commonhold.graphql").joinpath("graphiql")


def test_the_files_are_those_that_the_table_names() -> None:
    table = dict(re.findall(r"^\| `([^`]+)` \|.*`([0-9a-f]{64})` \|$", FOLDER.joinpath("README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert len(table) == 4
    assert {name: hashlib.sha256(FOLDER.joinpath(name).read_bytes()).hexdigest() for name in table} == table
    own = {"README.md", "start.js", "page.css", "graphiql.LICENSE", "react.LICENSE"}
    assert {one.name for one in FOLDER.iterdir()} == {*table, *own}
    assert all("MIT License" in FOLDER.joinpath(name).read_text(encoding="utf-8") for name in own if name.endswith("LICENSE"))


def test_the_page_has_a_policy_of_its_own_and_nothing_in_it_is_from_elsewhere(sqlite_site: Site) -> None:
    for path in ("/graphql", "/test/graphql"):
        answer = sqlite_site.get(path)
        policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
        assert (answer.status_code, policy["default-src"], policy["script-src"], policy["connect-src"]) == (200, "'none'", "'self'", "'self'")
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        addresses = re.findall(r'(?:src|href)="([^"]+)"', answer.content.decode())
        addresses.remove("data:,")  # the picture of the tab: none
        assert len(addresses) == 6 and all(re.fullmatch(r"/graphiql/[0-9a-f]{12}/[a-z.-]+", one) for one in addresses)
        for one in addresses:
            file = sqlite_site.get(one)
            assert file.status_code == 200 and "immutable" in file.headers["Cache-Control"]
            assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert sqlite_site.get("/graphiql/000000000000/start.js").headers["Cache-Control"] == "public, no-cache"
    assert sqlite_site.get("/graphiql/000000000000/secret.py").status_code == 404


def test_other_pages_keep_their_policy(sqlite_site: Site) -> None:
    for answer in (sqlite_site.get("/test/"), sqlite_site.post("/graphql", {"query": "{ __typename }"})):
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy and "unsafe" not in policy


def test_no_cookie_and_no_language_is_spoken_of(sqlite_site: Site) -> None:
    for answer in (sqlite_site.get("/graphql", Accept_Language="de"), sqlite_site.post("/graphql", {"query": "{ __typename }"})):
        assert "Set-Cookie" not in answer.headers and "Content-Language" not in answer.headers
    options = sqlite_site.client.options("/graphql")
    assert (options.status_code, options.headers["Allow"]) == (204, "GET, POST, OPTIONS")
    assert sqlite_site.client.delete("/graphql").status_code == 405


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`commonhold serve`, on SQLite."""
    with on_sqlite(), served(World(tmp_path_factory.mktemp("graphiql") / "home")) as running:
        yield running.address


def test_a_browser_asks_and_gets_an_answer(server: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    errors: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server}/graphql")
    page.locator(".graphiql-query-editor .CodeMirror").wait_for()
    page.locator(".graphiql-execute-button").click()
    page.locator(".result-window", has_text='"economicResources"').wait_for()
    page.locator("button[aria-label*='Documentation Explorer']").first.click()
    page.get_by_text("Reads. All of them see one state of the journal.").or_(page.get_by_text("query: Query")).first.wait_for()
    if picture := os.environ.get("COMMONHOLD_PICTURE"):
        page.screenshot(path=picture)
    assert errors == []
    assert [one for one in asked if not one.startswith((f"{server}/", "data:", "blob:"))] == []
    page.close()
