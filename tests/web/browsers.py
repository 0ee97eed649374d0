"""Real browsers in tests: a window that remembers what it asked for, and what has to hold of every page in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
)  # fmt: skip
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
PHONE, TABLET, DESK = 320, 768, 1280
IN_SIGHT = "document.scrollingElement.scrollWidth <= innerWidth"
OVERLAPS = """() => [...document.querySelectorAll('svg.chart')].filter(svg => svg.getBoundingClientRect().width).flatMap(svg => {
    const frame = svg.getBoundingClientRect()
    const boxes = [...svg.querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect()])
    const outside = boxes.filter(([_, b]) => b.left < frame.left - 1 || b.right > frame.right + 1 || b.top < frame.top - 1 || b.bottom > frame.bottom + 1)
    const over = boxes.flatMap(([one, a], at) => boxes.slice(at + 1).filter(([_, b]) =>
        a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 2 && b.top < a.bottom - 2).map(([other]) => `${one} over ${other}`))
    return [...outside.map(([one]) => `${one} is cut`), ...over]
})"""

COLOURS = """;(() => {
    const color = axe.commons.color.Color.prototype, parse = color.parseString, known = new Map()
    color.parseString = function (text) {
        const read = known.get(text)
        if (read) return Object.assign(this, read)
        parse.call(this, text)
        known.set(text, {r: this.r, g: this.g, b: this.b, alpha: this.alpha})
        return this
    }
})()"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium. It ends with its module: while it runs, Django refuses to work in this thread."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        yield started
        started.close()


@cache
def axe() -> str:
    """The source of axe-core, which then remembers what it has read of a colour: a page has few, and asks for them thousands of times."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8") + COLOURS


def violations(page: Page) -> list[str]:
    """What axe finds on the page as it is shown, a line each.

    The pages that follow in this window have axe from the beginning, which is cheaper than to hand it to each of them.
    """
    if page.evaluate("typeof axe === 'undefined'"):
        page.context.add_init_script(axe())
        page.evaluate(axe())
    found: list[dict[str, Any]] = page.evaluate(
        "rules => axe.run({runOnly: rules, resultTypes: ['violations']}).then(r => r.violations)", list(RULES)
    )
    return [f"{one['id']}: {node['html'][:160]} ({node['failureSummary'][:300]})" for one in found for node in one["nodes"]]


def in_one_piece(page: Page, place: str, *, scripts: bool = True) -> None:
    """Nothing scrolls sideways, no label lies on another or is cut, no text has run as a script, and axe finds nothing (it needs scripts)."""
    width = (page.viewport_size or {}).get("width")
    assert page.evaluate(IN_SIGHT), f"{place} scrolls sideways at {width}"
    assert page.evaluate(OVERLAPS) == [], (place, width)
    assert page.title() != "pwned" and page.title().endswith("Commonhold"), (place, page.title())
    assert not scripts or violations(page) == [], (place, width)


class Watched:
    """A window, and all that it asks for and complains about."""

    def __init__(self, browser: Browser, address: str, width: int = DESK, scheme: Any = "light", **options: Any) -> None:
        self.address = address
        self.context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, **options)
        self.page = self.context.new_page()
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def go(self, path: str) -> Page:
        """Open a page."""
        self.page.goto(self.address + path)
        return self.page


def signed_in(window: Watched, token: str, commons: str = "test") -> Page:
    """Sign in with a token."""
    page = window.go(f"/{commons}/sign-in/")
    field = page.get_by_label("Your token")
    if not field.is_visible():
        page.locator("details").filter(has=field).locator("summary").click()
    field.fill(token)
    with page.expect_navigation():
        field.press("Enter")
    return page
