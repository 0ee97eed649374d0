"""Fixtures of the tests of GraphQL."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "web"))

from asking import Asker
from browsers import browser  # noqa: F401 - a fixture
from serving import Site

LATER = 400
"""Days that have passed when the tests ask: what they record happened before."""


@pytest.fixture
def ana(site: Site) -> Asker:
    """The steward, who asks; once for each store."""
    site.world.clock.days(LATER)
    return Asker(site)


@pytest.fixture
def lite(sqlite_site: Site) -> Asker:
    """The same, where the store makes no difference."""
    sqlite_site.world.clock.days(LATER)
    return Asker(sqlite_site)
