"""Pages in languages that nobody speaks: no text was forgotten, long words fit a telephone, and what runs from the right does so."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from browsers import OVERLAPS
from commons_to_show import example_world
from decisions_to_show import decisions_world
from flows_to_show import flows_world
from playwright.sync_api import Browser, Route
from pseudo import ACCENTED, RIGHT_TO_LEFT, catalogues, settings_for
from serving import Site
from work_to_show import work_world
from working import sign_in
from world import World

WORLDS: dict[str, Callable[[Path], World]] = {
    "example": example_world,
    "decisions": lambda home: decisions_world(home)[0],
    "flows": flows_world,
    "work": work_world,
}
PER_KIND = 3
"""So many pages of each kind are read."""
PAGES_MAX, PAGES_LOOKED_AT = 90, 25
SAME_EVERYWHERE = {
    "Commonhold", "BIC", "KB", "https", "JSON", "CSV", "API", "OpenAPI", "UTC", "SHA-256", "Accented", "From the right", "English", "TOML", "pain.001",
}  # fmt: skip
"""Names that are the same in every language."""
WITHIN = {"b", "bdi", "strong", "em", "a", "code", "span", "time", "kbd", "tspan"}
SILENT = {"script", "style", "code", "time", "bdi", "textarea", "pre", "template"}
APART = re.compile(r"[\0·—,:;()\n…|]|\s[–+/→×=-]\s|\s[×↗]")
ID_SHOWN = 4
"""So many characters of the end of an id are shown."""
SENTENCES = {"sentence", "rule", "remark"}
"""Names of values that the program words itself."""
SPOKEN = ("aria-label", "title", "alt", "placeholder")
"""Attributes that are read to people."""


class Spoken(HTMLParser):
    """What a page says, its elements apart by line ends, and what its attributes say. What people wrote themselves is a gap."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.attributes: list[str] = []
        self.links: list[str] = []
        self._silent: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        self.text += "" if tag in WITHIN else "\n"
        if (self._silent and tag == self._silent[-1]) or (
            not self._silent and (tag in SILENT or found.get("lang") == "en" or found.get("class") == "user")
        ):
            self._silent.append(tag)
        if tag == "a" and found.get("href"):
            self.links.append(str(found["href"]))
        self.attributes += [value for name in SPOKEN if (value := found.get(name))]

    def handle_endtag(self, tag: str) -> None:
        self.text += "" if tag in WITHIN else "\n"
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        self.text += "\0" if self._silent else data


def outside(text: str) -> str:
    """What is not within ⟦ ⟧, however these are nested."""
    while (less := re.sub(r"⟦[^⟦⟧]*⟧", "\0", text)) != text:
        text = less
    return text


def bare(text: str) -> str:
    """A piece without signs around it, in small letters."""
    text = " ".join(text.strip(" .!?“”’\"'×+–−-").casefold().split())
    return re.sub(r"^[\d.,%]+ | [\d.,%]+$", "", text)


def forgotten(html: str, data: set[str]) -> set[str]:
    """The pieces of a page with words that are neither of the program, in its language, nor data."""
    page = Spoken(html)
    pieces = {bare(part) for text in (page.text, *page.attributes) for part in APART.split(outside(text))}
    pieces = {piece for piece in pieces - data if not re.fullmatch(r"[−+\d.,%/ -]*(utc|eur|lt|did|m|ch)?", piece)}
    pieces = {piece for piece in pieces if re.search(r"(?<![^\W_])[^\W\d_]{2,}(?![^\W_])", piece)}
    return {
        piece for piece in pieces if not any(one.startswith(piece) or (piece in one and (" " in piece or len(piece) == ID_SHOWN)) for one in data)
    }


def texts_of(value: Any) -> Iterator[str]:
    """All texts of plain values, and their names."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield str(name)
            if name not in SENTENCES:
                yield from texts_of(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts_of(one)
    else:
        yield str(value)


def walked(site: Site, language: str, per_kind: int = PER_KIND, most: int = PAGES_MAX) -> dict[str, str]:
    """Pages by their addresses: some of each kind, from the first page on."""
    waiting, seen, kinds = ["/", "/test/"], set(), dict[str, int]()
    found: dict[str, str] = {}
    while waiting and len(found) < most:
        path = waiting.pop(0)
        kind = re.sub(r"=[^&]*", "=", re.sub(r"/[^/]*[0-9:%][^/]*(?=/)", "/N", path))
        if path in seen or kinds.get(kind, 0) >= per_kind:
            continue
        seen.add(path)
        kinds[kind] = kinds.get(kind, 0) + 1
        answer = site.get(path, Accept_Language=language)
        if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
            continue
        found[path] = answer.content.decode()
        links = [urldefrag(urljoin(path, link))[0] for link in Spoken(found[path]).links]
        waiting += [link for link in links if link.startswith("/") and not link.startswith(("/-/account", "/api", "/graph", "/static"))]
    return found


@pytest.fixture
def spoken_here(tmp_path: Path, settings_of: Any) -> None:
    """The application speaks the languages that nobody does."""
    from serving import application

    application()
    catalogues(tmp_path / "locale")
    settings_of(**settings_for(tmp_path / "locale"))


@pytest.fixture(params=list(WORLDS))
def busy(request: Any, sqlite_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Worlds with much to see, served also while a browser waits in the same thread."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    world = WORLDS[request.param](sqlite_home)
    yield Site(world, monkeypatch)
    world.node.close()


@pytest.mark.parametrize("who", ["", "Bo"])
def test_every_word_that_is_not_data_is_in_the_catalogue(busy: Site, spoken_here: None, who: str) -> None:
    if who:
        sign_in(busy, who)
    pages = walked(busy, ACCENTED)
    assert len(pages) > 20
    data = {one.casefold() for one in SAME_EVERYWHERE}
    for path in pages:
        sibling = busy.get(re.sub(r"/(\?|$)", r".json\1", path, count=1) if path != "/" else "/index.json")
        if sibling.status_code == 200 and sibling.headers["Content-Type"] == "application/json":
            data |= {bare(part) for text in texts_of(json.loads(sibling.content)) for part in APART.split(text)}
    found = {(words, path) for path, html in pages.items() for words in forgotten(html, data)}
    assert not found, "\n".join(sorted(f"{words!r} on {path}" for words, path in found))


SIDEWAYS = """() => {
    const wide = document.scrollingElement.scrollWidth > innerWidth
    const cut = [...document.querySelectorAll('main p, main li, main dd, main dt, main h1, main h2, main h3, main label, main button, header.site a')]
        .filter(e => e.checkVisibility() && !e.closest('.scroll, .places, .hide, svg, pre'))
        .filter(e => { const b = e.getBoundingClientRect(); return b.width && (b.left < -1 || b.right > innerWidth + 1) })
    return [...(wide ? ['the page'] : []), ...cut.map(e => e.tagName + ': ' + e.textContent.trim().slice(0, 60))]
}"""


@pytest.mark.parametrize(("language", "width"), [(ACCENTED, 320), (RIGHT_TO_LEFT, 320), (RIGHT_TO_LEFT, 1280)])
def test_long_words_and_right_to_left_fit_a_telephone_and_a_desk(busy: Site, spoken_here: None, browser: Browser, language: str, width: int) -> None:
    """Pages are answered by this process, whose languages are made up; the browser only shows them."""
    sign_in(busy, "Bo")
    pages = walked(busy, language, per_kind=1, most=PAGES_LOOKED_AT)

    def answer(route: Route) -> None:
        asked = urlsplit(route.request.url)
        path = asked.path + (f"?{asked.query}" if asked.query else "")
        if path in pages:
            route.fulfill(body=pages[path], content_type="text/html; charset=utf-8")
        else:
            found = busy.get(path)
            route.fulfill(status=found.status_code, body=found.content, content_type=found.headers.get("Content-Type", ""))

    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.route("**/*", answer)
    wrong = {}
    for path in pages:
        page.goto(f"http://node.example{path}")
        assert page.evaluate("document.documentElement.dir") == ("rtl" if language == RIGHT_TO_LEFT else "ltr")
        if found := page.evaluate(SIDEWAYS) + page.evaluate(OVERLAPS):
            wrong[path] = found
    context.close()
    assert wrong == {}
