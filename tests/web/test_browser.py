"""The pages in a real browser, served by the real server: accessible, in one piece on a telephone, usable without a mouse or scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from browsers import DESK, OVERLAPS, PHONE, TABLET, Watched, in_one_piece, violations
from commons_to_show import SCRIPT
from playwright.sync_api import Browser

WINDOWS = (("example", DESK, "dark"), ("example", PHONE, "light"), ("strange", DESK, "light"), ("strange", PHONE, "dark"))
"""Each kind of page is seen broad and narrow, light and dark."""


@cache
def places(address: str) -> tuple[str, ...]:
    """Every kind of page of a server: of the commons in it, of each agent's kind, and of what is not there."""

    def read(path: str) -> Any:
        with urlopen(address + path) as answer:
            return json.load(answer)

    said, listed = read("/test/distributions/1.json"), read("/test/contributions.json")["contributions"]
    richest = next(line["agent"] for line in said["agents"] if line["type"] == "Person")
    agents = {line["type"]: line["agent"] for line in said["agents"]}
    told = next((line for line in listed if line["note"]), listed[0])
    found = [
        "/", "/-/search/?q=a", "/test/", "/test/people/", "/test/people/?show=identities", "/test/charter/", "/test/charter/1/", "/test/search/?q=a",
        "/test/contributions/", "/test/contributions/?state=refused", f"/test/contributions/{told['position']}/",
        f"/test/contributions/{listed[-1]['position']}/", "/test/distributions/1/", f"/test/distributions/1/{richest}/",
        f"/test/agents/{richest}/", *(f"/test/agents/{agent}/" for agent in agents.values()), "/test/nothing/", "/test/contributions/?state=x",
        *(f"/{one['commons']}/" for one in read("/index.json")["commons"]),
    ]  # fmt: skip
    return tuple(dict.fromkeys(found))


@pytest.fixture
def watched(browser: Browser, servers: dict[str, str]) -> Iterator[Any]:
    """Makes windows on a server, by its name."""
    made: list[Watched] = []

    def make(name: str, *arguments: Any, **options: Any) -> Watched:
        made.append(Watched(browser, servers[name], *arguments, **options))
        return made[-1]

    yield make
    for window in made:
        window.context.close()


@pytest.mark.parametrize(("name", "width", "scheme"), WINDOWS)
def test_every_page_is_accessible_and_in_one_piece(watched: Any, name: str, width: int, scheme: str) -> None:
    """No axe finding, no sideways scrolling, nothing asked of other hosts, nothing in the console, no label over another."""
    window: Watched = watched(name, width, scheme)
    for path in places(window.address):
        in_one_piece(window.go(path), path)
    assert {urlsplit(url).netloc for url in window.asked} == {urlsplit(window.address).netloc}
    assert [text for text in window.complaints if "status of 40" not in text] == []


@pytest.mark.parametrize("width", [PHONE, TABLET, DESK])
def test_the_picture_that_fits_the_window_is_shown(watched: Any, width: int) -> None:
    page = watched("example", width).go("/test/")
    for show in ("broad", "narrow"):
        pictures = page.locator(f"svg.chart.{show}")
        assert pictures.count() == 2
        assert [one.is_visible() for one in pictures.all()] == [(show == "narrow") == (width == PHONE)] * 2
    smallest = (
        "Math.min(...[...document.querySelectorAll('svg.chart text')].filter(t => t.getBoundingClientRect().width).map(t => t.getCTM().a * 12.5))"
    )
    assert page.evaluate(smallest) >= 9.5
    assert page.evaluate(OVERLAPS) == []


def test_on_a_telephone_the_figure_that_matters_is_in_sight(watched: Any) -> None:
    """Broad tables are cards there: their amounts stand inside the window, with nothing to scroll; each cell says its column."""
    window: Watched = watched("example", 390)
    keys = """() => [...document.querySelectorAll('table.stacked .key')].filter(e => e.checkVisibility())
        .map(e => [e.getBoundingClientRect().right <= innerWidth, e.closest('.scroll').scrollWidth <= e.closest('.scroll').clientWidth])"""
    for path in ("/test/", "/test/contributions/", "/test/distributions/1/"):
        found = window.go(path).evaluate(keys)
        assert found and all(seen and still for seen, still in found), path
    page = window.go("/test/contributions/")
    row = page.get_by_role("table", name="Latest logged first").get_by_role("row").nth(1)
    assert row.get_by_role("rowheader").count() == 1 and row.get_by_role("cell").count() == 7
    assert "Field" in row.locator("td:nth-child(5)").evaluate("e => getComputedStyle(e, '::before').content")


def test_the_notice_takes_one_line_on_a_telephone_until_it_is_opened(watched: Any) -> None:
    page = watched("example", 390).go("/test/contributions/")
    notice = page.locator(".notice")
    closed = notice.bounding_box()["height"]
    notice.locator("summary").click()
    assert closed < 45 < notice.bounding_box()["height"]


def test_pages_work_without_scripts(watched: Any) -> None:
    """From the first page to the contribution behind a share, by its links; and the filters, by their form."""
    page = watched("example", java_script_enabled=False).go("/")
    page.get_by_role("link", name="Libre Solar (example)").first.click()
    page.get_by_role("link", name="Distribution 1").click()
    page.get_by_role("link", name="Why 5").first.click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("Why Alder gets this share")
    page.locator("ol.why tbody th a").first.click()
    assert " of " in page.get_by_role("heading", level=1).inner_text() and "/contributions/" in page.url
    page.get_by_role("navigation", name="This commons").get_by_role("link", name="Contributions", exact=True).click()
    page.get_by_label("Kind").select_option(label="Hardware design")
    page.get_by_role("button", name="Apply").click()
    assert "kind=design" in page.url and set(page.locator("tbody td:nth-child(4)").all_inner_texts()) == {"Hardware design"}
    page.get_by_role("link", name="Remove the filter kind").click()
    assert "kind" not in page.url


def test_pages_work_with_the_keyboard_alone(watched: Any) -> None:
    """The first stop skips to the content; every stop can be seen and shows that it has the focus."""
    page = watched("example").go("/test/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    assert skip.evaluate("e => e === document.activeElement")
    page.wait_for_function("document.activeElement.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    shown = """() => { const e = document.activeElement, s = getComputedStyle(e), b = e.getBoundingClientRect()
        return [e.tagName, s.outlineStyle, parseFloat(s.outlineWidth), b.width > 0 && b.height > 0] }"""
    stops = []
    for _ in range(60):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(shown))
        if stops[-1][0] == "BODY":  # once around
            stops.pop()
            break
    assert {stop[0] for stop in stops} >= {"A", "DIV", "SUMMARY"} and len(stops) > 30
    assert [stop for stop in stops if stop[1] != "solid" or stop[2] < 2 or not stop[3]] == []


def test_keys_are_listed_and_can_be_switched_off(watched: Any) -> None:
    """WCAG 2.1.4: whoever speaks to the computer, or has a cat on the keyboard, switches single keys off; it is remembered."""
    window: Watched = watched("example", DESK, "dark")
    page = window.go("/test/contributions/")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys on this page")
    rows = dialog.locator("dl > div").all_inner_texts()
    assert any(row.split() == ["g", "p", "People"] for row in rows) and not [row for row in rows if not row.split()[1:]]
    assert violations(page) == []
    dialog.get_by_label("Switch single keys off").check()
    dialog.get_by_role("button", name="Close").click()
    page.keyboard.type("gp")
    assert page.url.endswith("/test/contributions/")
    page.keyboard.press("?")
    dialog.get_by_label("Switch single keys off").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.type("gp")
    page.wait_for_url(f"{window.address}/test/people/")


def test_hostile_words_do_nothing(watched: Any) -> None:
    window: Watched = watched("strange")
    for path in places(window.address):
        page = window.go(path)
        assert page.locator("script:not([src^='/static/']), img, svg[onload]").count() == 0
        assert page.title().endswith("Commonhold")
    assert SCRIPT in window.go("/test/").locator("h1").inner_text()
