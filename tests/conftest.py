"""Fixtures that all tests share. Whatever takes `world` or `home` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import itertools
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))

from postgres_server import PostgresServer
from serving import site, sqlite_site  # noqa: F401 - fixtures
from world import World

settings.register_profile("commonhold", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
settings.load_profile("commonhold")

_schemas = itertools.count()

signal.signal(signal.SIGINT, signal.default_int_handler)
"""A shell that runs the tests in the background lets SIGINT be ignored, and every program that they start would inherit that."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL server, for the whole run."""
    server = PostgresServer()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for a node, once for each store."""
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        monkeypatch.setenv("DATABASE_URL", server.fresh_schema(f"test_{next(_schemas)}"))
    else:
        monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path / "home"


@pytest.fixture
def sqlite_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for a node on SQLite, where the store makes no difference."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path / "home"


@pytest.fixture
def world(home: Path) -> Iterator[World]:
    """A commons with the members Ana (steward), Bo and Cy."""
    made = World(home)
    yield made
    made.node.close()


@pytest.fixture
def sqlite_world(sqlite_home: Path) -> Iterator[World]:
    """The same, where the store makes no difference."""
    made = World(sqlite_home)
    yield made
    made.node.close()
