"""The pages of flows in a real browser: accessible, in one piece on a telephone; work is recorded and a task taken, without scripts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browsers import DESK, IN_SIGHT, PHONE, Watched, in_one_piece, signed_in, violations
from flows_to_show import BOX, flows_world
from playwright.sync_api import Browser
from serving import on_sqlite, served, tokens

PLACES = (
    "flows/", "resources/", "resources/?q=box", f"resources/{BOX}/", f"resources/{BOX}/?levels=60", "resources/a%2Fb/", "resources/a%3Fb%3Dc/",
    f"traces/{BOX}/", f"worth/{BOX}/", "processes/", "processes/winter.process.etch/", "processes/p%2Fq%3F%23%25.json/", "plans/", "plans/winter/",
    "market/", "tasks/", "events/bos-work/", "intents/bean-offer/", "commitments/bos-part/", "record/", "sign-in/", "resources/nothing/",
)  # fmt: skip
FORMS = ("log/", "record/event/", "record/offer/", "record/request/", "take/bean-wish/", "give-back/bos-part/", "sign-in/")


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Address of `commonhold serve` with the workshop, and Bo's token."""
    with on_sqlite():
        world = flows_world(tmp_path_factory.mktemp("flows") / "home")
        token = tokens(world, "Bo")["Bo"]
        with served(world) as server:
            yield server.address, token


@pytest.mark.parametrize(("width", "scheme"), [(DESK, "dark"), (PHONE, "light")])
def test_every_page_and_form_is_accessible_and_in_one_piece(browser: Browser, workshop: tuple[str, str], width: int, scheme: str) -> None:
    address, token = workshop
    window = Watched(browser, address, width, scheme)
    try:
        for stage, places in (("stranger", PLACES), ("member", FORMS)):
            if stage == "member":
                signed_in(window, token)
            for place in places:
                in_one_piece(window.go(f"/test/{place}"), place)
        page = window.go("/test/log/")
        page.get_by_label("How much").fill("a lot")
        page.get_by_role("button", name="Log it").click()
        assert page.get_by_role("alert").is_visible() and page.get_by_label("How much").input_value() == "a lot"
        assert violations(page) == [] and page.evaluate(IN_SIGHT)
        assert [text for text in window.complaints if "status of 40" not in text and "status of 42" not in text] == []
    finally:
        window.context.close()
