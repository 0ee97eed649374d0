"""Fixtures of the tests of pages: nodes that are worth looking at, the server itself, and a browser."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from commons_to_show import example_world, strange_world
from playwright.sync_api import Browser, sync_playwright
from serving import ServerProcess, Site
from verifying import example_served, window  # noqa: F401 - fixtures

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
)  # fmt: skip


@pytest.fixture
def strange(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The strange node, served in this process; once for each store."""
    world = strange_world(home)
    yield Site(world, monkeypatch)
    world.node.close()


@pytest.fixture
def example(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The example, served in this process; once for each store."""
    world = example_world(home)
    yield Site(world, monkeypatch)
    world.node.close()


@pytest.fixture(params=["example", "strange"])
def shown(request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Each of the two, once for each store."""
    world = {"example": example_world, "strange": strange_world}[request.param](home)
    yield Site(world, monkeypatch)
    world.node.close()


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Addresses of `commonhold serve` with the example and with the strange node, on SQLite."""
    before = os.environ.pop("DATABASE_URL", None)
    try:
        homes = {}
        for name, make in (("example", example_world), ("strange", strange_world)):
            homes[name] = tmp_path_factory.mktemp(name) / "home"
            make(homes[name]).node.close()
        with ServerProcess(homes["example"]) as one, ServerProcess(homes["strange"]) as other:
            yield {"example": one.address, "strange": other.address}
    finally:
        if before is not None:
            os.environ["DATABASE_URL"] = before


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium. It ends with its module: while it runs, Django refuses to work in this thread."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def settings_of() -> Iterator[Any]:
    """Changes settings of the server in this process until the test ends."""
    from django.test import override_settings

    changed: list[Any] = []

    def change(**settings: Any) -> None:
        changed.append(override_settings(**settings))
        changed[-1].enable()

    yield change
    for one in reversed(changed):
        one.disable()
