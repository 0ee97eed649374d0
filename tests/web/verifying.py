"""A server whose journal a browser verifies, and what the browser says of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from browsers import Watched
from commons_to_show import example_world
from playwright.sync_api import Browser, Page
from published_log import signed
from serving import on_sqlite, served

from commonhold.commons import entries as e
from commonhold.journal.keys import SigningKey


@dataclass(frozen=True)
class Served:
    """A server with the example: where it is, an entry that another key signed, and an agent with a share."""

    address: str
    by_other: int
    agent: str


@pytest.fixture(scope="module")
def example_served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with on_sqlite():
        world = example_world(tmp_path_factory.mktemp("journal") / "home")
        by_other = _signed_by_another(world)
        with served(world) as server:
            yield Served(server.address, by_other, world.ids["Alder"])


def _signed_by_another(world: Any) -> int:
    """An entry of Bo that a second key of his signed."""
    second, third = (SigningKey.derived(f"another key {number}") for number in (2, 3))
    world.act("Bo", "key.add", e.AddKey(key=second.did))
    fields = {"author": world.ids["Bo"], "commons": world.origin, "kind": "commons.key_add", "key": "by another", "created": "2026-11-17T00:00:00Z"}
    data = signed(1, signer=second, body={"key": third.did}, **fields)
    with world.node.writing("test") as writer:
        return int(next(iter(writer.accept_all([data]))).position)


@pytest.fixture
def window(browser: Browser, example_served: Served) -> Iterator[Watched]:
    made = Watched(browser, example_served.address)
    yield made
    made.context.close()


def verified(page: Page) -> tuple[str, str]:
    """Press the button; what the result is, and all that is said of the checks."""
    page.locator("[data-verify-start]").click()
    return result(page)


def result(page: Page) -> tuple[str, str]:
    page.locator("[data-verify-start]:enabled").wait_for()
    page.locator("[data-verify-status].done, [data-verify-status].problems").wait_for()
    checks = page.locator("[data-verify-checks]")
    return page.locator("[data-verify-status]").inner_text(), checks.inner_text() if checks.is_visible() else ""


def shows(page: Page, data: bytes) -> Page:
    """The page of an entry, as a server would show it that has these bytes."""
    page.locator("[data-shown-bytes]").evaluate("(element, text) => { element.textContent = text }", data.decode())
    return page
