"""The pages of flows in a real browser: accessible, in one piece on a telephone; work is recorded and a task taken, without scripts."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flows_to_show import BOX, flows_world
from playwright.sync_api import Browser
from serving import ServerProcess
from test_browser import DESK, OVERLAPS, PHONE, Watched, violations

from commonhold.node.tokens import create_token

PLACES = (
    "flows/", "resources/", "resources/?q=box", f"resources/{BOX}/", f"resources/{BOX}/?levels=60", "resources/a%2Fb/", "resources/a%3Fb%3Dc/",
    f"traces/{BOX}/", f"worth/{BOX}/", "processes/", "processes/winter.process.etch/", "processes/p%2Fq%3F%23%25.json/", "plans/", "plans/winter/",
    "market/", "tasks/", "events/bos-work/", "intents/bean-offer/", "commitments/bos-part/", "record/", "sign-in/", "resources/nothing/",
)  # fmt: skip
FORMS = ("log/", "record/event/", "record/offer/", "record/request/", "take/bean-wish/", "give-back/bos-part/", "sign-in/")


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Address of `commonhold serve` with the workshop, and Bo's token."""
    before = os.environ.pop("DATABASE_URL", None)
    try:
        home = tmp_path_factory.mktemp("flows") / "home"
        world = flows_world(home)
        with world.node.database.write() as transaction:
            token = create_token(transaction, "test", world.ids["Bo"], "", int(time.time()) + 86_400)
        world.node.close()
        with ServerProcess(home) as server:
            yield server.address, token
    finally:
        if before is not None:
            os.environ["DATABASE_URL"] = before


def signed_in(window: Watched, token: str) -> Any:
    page = window.go("/test/sign-in/")
    page.get_by_label("Your token").fill(token)
    page.get_by_role("button", name="Sign in").click()
    return page


@pytest.mark.parametrize(("width", "scheme"), [(DESK, "dark"), (PHONE, "light")])
def test_every_page_and_form_is_accessible_and_in_one_piece(browser: Browser, workshop: tuple[str, str], width: int, scheme: str) -> None:
    address, token = workshop
    window = Watched(browser, address, width, scheme)
    try:
        for stage, places in (("stranger", PLACES), ("member", FORMS)):
            if stage == "member":
                signed_in(window, token)
            for place in places:
                page = window.go(f"/test/{place}")
                assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), f"{place} scrolls sideways at {width}"
                assert page.evaluate(OVERLAPS) == [], place
                assert violations(page) == [], (place, width, scheme)
                assert page.title() != "pwned" and page.title().endswith("Commonhold")
        page = window.go("/test/log/")
        page.get_by_label("How much").fill("a lot")
        page.get_by_role("button", name="Log it").click()
        assert page.get_by_role("alert").is_visible() and page.get_by_label("How much").input_value() == "a lot"
        assert violations(page) == [] and page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        assert [text for text in window.complaints if "status of 40" not in text and "status of 42" not in text] == []
    finally:
        window.context.close()
