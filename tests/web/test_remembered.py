"""Pages that are remembered: only for who is not signed in, only as long as nothing has changed, and not more than there is room for."""

from __future__ import annotations

import pytest
from serving import Site

from commonhold.web.remembered import Remembered


def test_the_same_page_is_made_once_until_something_changes(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from commonhold.web import pages

    made: list[str] = []
    really = pages.render_to_string
    monkeypatch.setattr(pages, "render_to_string", lambda template, *more: made.append(template) or really(template, *more))
    first = sqlite_site.get("/test/people/")
    again = sqlite_site.get("/test/people/")
    assert made == ["people.html"] and again.content == first.content and again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == "public, no-cache"
    sqlite_site.text("/test/people/?text=x")
    sqlite_site.text("/test/people/", Accept_Language="xx")
    sqlite_site.world.log("Bo")
    sqlite_site.text("/test/people/")
    assert made == ["people.html"] * 3


def test_what_has_not_been_asked_for_the_longest_is_forgotten() -> None:
    kept = Remembered(characters_max=10)
    kept.keep("a", "aaaa")
    kept.keep("b", "bbbb")
    assert kept.get("a") == "aaaa"
    kept.keep("c", "cccc")
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == ("aaaa", None, "cccc")
    kept.keep("c", "c")
    kept.keep("d", "dddd")
    assert (kept.get("a"), kept.get("c"), kept.get("d")) == ("aaaa", "c", "dddd")
    kept.keep("e", "e" * 11)
    assert [kept.get(tag) for tag in "acde"] == [None] * 4
