"""Fixtures of the tests of pages: nodes that are worth looking at, the server itself, and a browser."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from browsers import browser  # noqa: F401 - a fixture
from commons_to_show import example_world, strange_world
from serving import Site, on_sqlite, served
from verifying import example_served, window  # noqa: F401 - fixtures


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
    with on_sqlite():
        example, strange = (make(tmp_path_factory.mktemp("servers") / "home") for make in (example_world, strange_world))
        with served(example) as one, served(strange) as other:
            yield {"example": one.address, "strange": other.address}


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
