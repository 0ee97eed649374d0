"""Whatever is asked or said in the words of the schema has an answer, or is refused for a reason that has a name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asking import Asker
from furnishing import furnish
from graphql import FloatValueNode, StringValueNode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import mutations, queries
from serving import Site
from world import World

from commonhold.graphql.sdl import sdl

SCALARS: dict[str, Any] = {
    "URI": st.sampled_from(["https://example.org/", "no address", ""]).map(lambda text: StringValueNode(value=text)),
    "DateTime": st.sampled_from(["2026-01-02T00:00:00Z", "2026-01-02T00:00:00.123+05:30", "2026-02-30T00:00:00Z", "never"]).map(
        lambda text: StringValueNode(value=text)
    ),
    "Decimal": st.sampled_from(["1", "0", "-1", "0.1234567", "12345678901234567890", "1e5"]).map(lambda text: FloatValueNode(value=text)),
}
FEW = settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """A commons with something of everything, on SQLite."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        home: Path = tmp_path_factory.mktemp("any") / "home"
        world = World(home)
        world.clock.days(40)
        asker = Asker(Site(world, patch))
        furnish(asker)
        yield asker
        world.node.close()


def check(asker: Asker, query: str) -> None:
    answer = asker.site.post("/graphql", {"query": query}, token=asker.token)
    assert answer.status_code == 200, query
    codes = [error["extensions"]["code"] for error in json.loads(answer.content).get("errors", [])]
    assert "internal" not in codes, query


@given(data=st.data())
@FEW
def test_any_question(furnished: Asker, data: st.DataObject) -> None:
    check(furnished, data.draw(queries(sdl(), custom_scalars=SCALARS)))


@given(data=st.data())
@FEW
def test_any_statement(furnished: Asker, data: st.DataObject) -> None:
    check(furnished, data.draw(mutations(sdl(), custom_scalars=SCALARS)))
