"""Work in a real browser: logged on a telephone, validated with the keyboard alone and without scripts; accessible in every light."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from browsers import DESK, PHONE, Watched, in_one_piece, signed_in, violations
from playwright.sync_api import Browser
from serving import on_sqlite, served, tokens
from work_to_show import PEOPLE, work_world

WINDOWS = ((DESK, "light", "Cy"), (PHONE, "dark", "Cy"))


@dataclass(frozen=True)
class Served:
    """A server with work that waits: where it is, tokens of the people, and the contributions by their states."""

    address: str
    tokens: dict[str, str]


@pytest.fixture(scope="module", params=["anybody", "drawn"])
def at_work(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    yield from _served(tmp_path_factory.mktemp("work") / "home", drawn=request.param == "drawn")


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Served]:
    yield from _served(tmp_path / "home", drawn=False)


def _served(home: Path, *, drawn: bool) -> Iterator[Served]:
    with on_sqlite():
        world = work_world(home, drawn=drawn, until_now=True)
        members = tokens(world, *PEOPLE)
        with served(world) as server:
            yield Served(server.address, members)


@pytest.mark.parametrize(("width", "scheme", "who"), WINDOWS)
def test_every_page_and_form_is_accessible_and_in_one_piece(browser: Browser, at_work: Served, width: int, scheme: str, who: str) -> None:
    window = Watched(browser, at_work.address, width, scheme)
    try:
        if who:
            signed_in(window, at_work.tokens[who])
        page = window.go("/test/validate/")
        links = page.locator(".item h2 a").evaluate_all("all => all.map(one => new URL(one.href).pathname)")
        places = ["/test/validate/", "/test/validate/?kind=work", "/test/validate/?kind=loan", *links[:4], "/test/log/", "/test/log/sheet/"]
        if who:
            own = window.go("/test/contributions/").locator("tbody a").first.get_attribute("href")
            places += [str(own), f"{links[0]}adjust/", f"{links[0]}refuse/"]
        for place in places:
            in_one_piece(window.go(place), place)
        if who:
            page = window.go("/test/validate/")
            for summary in page.locator(".item").first.locator("summary").all():
                summary.click()
            in_one_piece(page, "the queue with its forms open")
            page = window.go("/test/log/sheet/")
            page.get_by_label("Or its rows, pasted").fill("kind,amount,domain,note\nwork,1,firmware,Soldered\npoetry,1,firmware,<b>x</b>\n")
            page.get_by_role("button", name="Look at it").click()
            in_one_piece(page, "the preview")
            page = window.go("/test/log/")
            page.get_by_label("How much").fill("a lot")
            page.get_by_role("button", name="Log it").click()
            assert page.get_by_role("alert").is_visible()
            in_one_piece(page, "the refused form")
        assert [text for text in window.complaints if "status of 40" not in text and "status of 42" not in text] == []
    finally:
        window.context.close()


def test_work_is_logged_on_a_telephone_in_a_few_touches(browser: Browser, fresh: Served, tmp_path: Path) -> None:
    window = Watched(browser, fresh.address, PHONE, has_touch=True, is_mobile=True)
    try:
        signed_in(window, fresh.tokens["Bo"])
        page = window.go("/test/log/")
        page.get_by_label("How much").fill("3,5")
        page.get_by_label("What it was, for everybody to read").fill("Soldered")
        page.get_by_text("Show it: links and files").tap()
        proof = tmp_path / "board <1>.txt"
        proof.write_text("a board", encoding="utf-8")
        page.get_by_label("Files, at most").set_input_files(proof)
        button = page.get_by_role("button", name="Log it")
        box = button.bounding_box()
        assert box is not None and box["height"] >= 44 and box["width"] >= 200
        button.tap()
        assert "It is logged" in page.get_by_role("status").inner_text()
        assert "2 peers more must accept it" in page.inner_text(".next-up") and "board 1.txt" in page.inner_text("main")
        with page.expect_download() as saving:
            page.get_by_role("link", name="Download board 1.txt").tap()
        assert saving.value.suggested_filename == "board 1.txt" and Path(saving.value.path()).read_text(encoding="utf-8") == "a board"
        page.get_by_role("link", name="Log the same again").tap()
        assert page.get_by_label("How much").input_value() == "3.5"
        page.get_by_role("button", name="Log it").tap()
        assert "It is logged" in page.get_by_role("status").inner_text()
        in_one_piece(page, "the contribution")
    finally:
        window.context.close()


def test_the_queue_is_judged_with_the_keyboard_alone(browser: Browser, fresh: Served) -> None:
    window = Watched(browser, fresh.address, DESK)
    try:
        signed_in(window, fresh.tokens["Cy"])
        page = window.go("/test/validate/")
        ids = page.locator(".item").evaluate_all("all => all.map(one => one.id)")
        assert len(ids) >= 4
        focus = "document.activeElement.id"
        page.keyboard.press("a")
        assert page.locator(".item").count() == len(ids), "nothing is accepted that has not the focus"
        page.keyboard.press("j")
        assert page.evaluate(focus) == ids[0]
        page.keyboard.press("j")
        page.keyboard.press("k")
        assert page.evaluate(focus) == ids[0]
        page.keyboard.press("a")
        page.wait_for_url("**said=accepted**")
        assert page.get_by_role("status").inner_text() == "You accepted it." and page.evaluate(focus) == ids[1], "the next one has the focus"
        page.keyboard.press("e")
        assert page.evaluate("document.activeElement.name") == "amount"
        page.keyboard.press("Control+a")
        page.keyboard.type("20")
        while page.evaluate("document.activeElement.name") != "reason":
            page.keyboard.press("Tab")
        page.keyboard.type("j and k are letters here")
        page.keyboard.press("Escape")
        assert page.evaluate(focus) == ids[1]
        page.keyboard.press("e")
        page.keyboard.press("e")
        page.keyboard.press("Enter")
        page.wait_for_url("**said=adjusted**")
        assert page.evaluate(focus) == ids[2]
        page.keyboard.press("r")
        page.keyboard.type("It is not there")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**said=refused**")
        assert page.locator(".item").evaluate_all("all => all.map(one => one.id)") == ids[3:]
        page.keyboard.press("x")
        assert page.locator("input[name=contribution]").first.is_checked()
        assert violations(page) == [] and window.complaints == []
    finally:
        window.context.close()


def test_work_is_logged_and_judged_without_scripts(browser: Browser, fresh: Served) -> None:
    author, peer = (Watched(browser, fresh.address, PHONE, java_script_enabled=False) for _ in range(2))
    try:
        signed_in(author, fresh.tokens["Bo"])
        page = author.go("/test/")
        page.get_by_role("link", name="Log work", exact=True).first.click()
        page.get_by_label("How much").fill("2")
        page.get_by_label("Field of work").select_option("hardware")
        page.get_by_label("What it was, for everybody to read").fill("Bent the edges")
        page.get_by_role("button", name="Log it").click()
        where = page.url.partition("?")[0]
        signed_in(peer, fresh.tokens["Cy"])
        page = peer.go("/test/validate/")
        item = page.locator(".item").filter(has_text="Bent the edges")
        item.get_by_text("Refuse").first.click()
        item.get_by_label("Why, for everybody to read").last.fill("Which edges?")
        item.get_by_role("button", name="Refuse it").click()
        assert page.get_by_role("status").inner_text() == "You refused it."
        for box in page.get_by_label("Choose, to accept several at once").all()[:2]:
            box.check()
        before = page.locator(".item").count()
        page.get_by_role("button", name="Accept those that are chosen").click()
        assert page.get_by_role("status").inner_text() == "You accepted it." and page.locator(".item").count() == before - 2
        batch = page.locator(".item").filter(has_text="Spring camp")
        batch.get_by_role("button", name="Accept all 5").click()
        assert page.get_by_role("status").inner_text() == "You accepted it." and not batch.count()
        page = author.page
        page.goto(where)
        assert "Which edges?" in page.inner_text(".talk")
        page.get_by_text("Take it back").first.click()
        page.get_by_role("button", name="Take it back").click()
        assert page.get_by_role("status").inner_text() == "You have taken it back."
        page.get_by_role("link", name="Log something else").click()
        page.get_by_role("link", name="Many at once").click()
        page.get_by_label("Or its rows, pasted").fill("kind,amount,domain\nwork,1,firmware\nwork,x,firmware\n")
        page.get_by_role("button", name="Look at it").click()
        assert "imports.bad_amount" in page.inner_text("tbody")
        page.get_by_role("button", name="Log the row that is in order").click()
        assert "The rows are logged" in page.get_by_role("status").inner_text()
    finally:
        author.context.close()
        peer.context.close()
