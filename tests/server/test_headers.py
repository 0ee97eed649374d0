"""What every answer carries, for which hosts there is one, and what errors look like."""

from __future__ import annotations

import json
import re
from typing import Any

from serving import HOST, Site, problem

PLACES = ("/", "/test/", "/healthz", "/api/", "/api/commons/test", "/api/nothing", "/nothing/here/", "/static/000000000000/commonhold.css")


def test_every_answer_forbids_scripts_frames_and_guessing(sqlite_site: Site) -> None:
    for path in PLACES:
        headers = sqlite_site.get(path).headers
        policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'" and policy["script-src"] == "'self'" and "unsafe" not in str(policy), path
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert "Set-Cookie" not in headers, path


def test_pages_hold_nothing_that_the_policy_would_forbid(sqlite_site: Site) -> None:
    sqlite_site.world.validated("Bo")
    sqlite_site.world.income("100.00")
    sqlite_site.world.share()
    for path in ("/", "/test/", "/test/contributions/", "/test/distributions/1/"):
        page = sqlite_site.text(path)
        assert not re.search(r"<script(?! type=\"module\" src=\"/static/)|<style|\sstyle=|\son\w+=|javascript:|//cdn", page), path


def test_other_hosts_are_not_answered_and_nothing_of_them_is_logged(sqlite_site: Site, caplog: Any) -> None:
    answer = sqlite_site.client.get("/api/commons", headers={"Host": "evil.example"})
    assert problem(answer) == (400, "api.bad_request", "")
    page = sqlite_site.client.get("/test/", headers={"Host": "evil.example"})
    assert page.status_code == 400 and b"evil" not in page.content + answer.content
    assert sqlite_site.client.get("/test/", headers={"Host": f"{HOST}:8400"}).status_code == 200


def test_errors_are_pages_for_people_and_problems_for_programs(sqlite_site: Site, monkeypatch: Any) -> None:
    assert problem(sqlite_site.get("/api/commons/none")) == (404, "commons.unknown", "commons")
    assert problem(sqlite_site.get("/api/anything/else")) == (404, "api.no_route", "")
    page = sqlite_site.get("/none/")
    assert (page.status_code, page.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert json.loads(sqlite_site.get("/none.json").content)["code"] == "commons.unknown"


def test_what_is_not_foreseen_is_a_page_without_its_details(sqlite_site: Site, monkeypatch: Any, caplog: Any) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("the secret plan")

    monkeypatch.setattr("commonhold.web.views.home.commons_lines", broken)
    page = sqlite_site.get("/")
    assert page.status_code == 500
    assert b"plan" not in page.content and b"Traceback" not in page.content and b"<html" in page.content
    assert "the secret plan" in caplog.text
