"""Real flows, as recorded with another program, through the real importer: the same quantities, the same traces, and out again."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flows.interfacer_logs import LOGS
from pyshacl import validate
from rdflib import Graph
from world import World

from commonhold.flows.interchange.reading import read_document
from commonhold.flows.interchange.shapes import shapes
from commonhold.flows.interchange.writing import written
from commonhold.flows.queries import find_anything, resource_view
from commonhold.flows.tracing.queries import traced
from commonhold.node.flow_export import flow_document
from commonhold.node.imports import Importer

NAMES = ("libre-solar", "gownshirt", "ifservices")
COUNTS = {"libre-solar": (156, 16), "gownshirt": (34, 11), "ifservices": (28, 12)}
"""Events and resources."""


@cache
def recorded(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(LOGS[name].read_text(encoding="utf-8"))
    return found


def brought(world: World, name: str, **options: Any) -> dict[str, Any]:
    """Import a document from its bytes, as the command line does."""
    document, told = read_document(LOGS[name].read_bytes(), f"{name}.json")
    assert told == []
    return Importer(world.node, "test", world.ids["Ana"]).valueflows(document, name, **options)


def views(world: World, ids: list[str]) -> dict[str, dict[str, Any]]:
    with world.node.read() as transaction:
        return {id_: resource_view(transaction, "test", find_anything(transaction, "test", id_, "EconomicResource")) for id_ in ids}  # type: ignore[arg-type]


def figures(view: dict[str, Any]) -> tuple[Decimal, str, Decimal, str]:
    """Both quantities as numbers, each with its unit."""
    parts = [(Decimal(view[name]["hasNumericalValue"]), view[name]["hasUnit"]) for name in ("accountingQuantity", "onhandQuantity")]
    return (*parts[0], *parts[1])


@pytest.mark.parametrize("name", NAMES)
def test_every_resource_ends_as_it_was_recorded(world: World, name: str) -> None:
    """39 resources of three flows: accounting and on-hand quantity, unit, and who holds it."""
    report = brought(world, name)
    assert report["refused"] == []
    assert (report["events"] + report["contributions"], len(recorded(name)["expectedFinalEconomicResources"])) == COUNTS[name]
    expected = {one["id"]: one for one in recorded(name)["expectedFinalEconomicResources"]}
    found = views(world, list(expected))
    assert {id_: figures(view) for id_, view in found.items()} == {id_: figures(one) for id_, one in expected.items()}
    assert {id_: view["custodian"] for id_, view in found.items()} == {id_: report["agents"][one["custodian"]] for id_, one in expected.items()}
    assert {view["name"] for view in found.values()} == {one["name"] for one in expected.values()}
    assert world.verify().ok


def test_all_three_in_one_commons(world: World) -> None:
    """39 of 39, though they share agents and units."""
    found: dict[str, Any] = {}
    for name in NAMES:
        brought(world, name)
        found |= {one["id"]: figures(one) for one in recorded(name)["expectedFinalEconomicResources"]}
    assert len(found) == 39
    assert {id_: figures(view) for id_, view in views(world, list(found)).items()} == found
    assert world.verify().ok


@pytest.mark.parametrize(("name", "count"), [("libre-solar", 196), ("ifservices", 47), ("gownshirt", 33)])
def test_traces_have_the_recorded_nodes(world: World, name: str, count: int) -> None:
    """The recorded trace of the gown and the shirt is the whole flow, flattened: there, ours is a part of it."""
    brought(world, name)
    order = [node if isinstance(node, str) else node["id"] for node in recorded(name)["traceOrder"]]
    with world.node.read() as transaction:
        nodes = traced(transaction, "test", order[0])["traceOrder"]
    ids = [node["id"] for node in nodes]
    assert (ids[0], len(ids), len(set(ids))) == (order[0], count, count)
    assert set(ids) <= set(order) if name == "gownshirt" else set(ids) == set(order)
    assert all(node["parent"] is None if at == 0 else 0 <= node["parent"] < at for at, node in enumerate(nodes))


@pytest.mark.parametrize("name", NAMES)
def test_brought_again_nothing_is_written(world: World, name: str) -> None:
    first = brought(world, name)
    with world.node.read() as transaction:
        before = transaction.rows("SELECT * FROM journal_head")
    again = brought(world, name)
    assert [again[field] for field in ("records", "events", "contributions")] == [0, 0, 0]
    assert again["alreadyKnown"] == first["records"] + first["events"] + first["contributions"]
    with world.node.read() as transaction:
        assert transaction.rows("SELECT * FROM journal_head") == before


@pytest.mark.parametrize("form", ["document", "jsonld", "turtle"])
def test_out_and_into_another_commons(world: World, tmp_path: Path, form: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """In each of the three forms: what comes into a fresh commons has the same quantities, and the same events."""
    for name in NAMES:
        brought(world, name)
    ids = [one["id"] for name in NAMES for one in recorded(name)["expectedFinalEconomicResources"]]
    with world.node.read() as transaction:
        document = flow_document(transaction, "test")
    text = written(document, world.origin, form)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    other = World(tmp_path / "other")
    try:
        read, told = read_document(text.encode(), "flows.ttl" if form == "turtle" else "flows.json")
        assert {problem.code for problem in told} <= ({"flows.left_out"} if form == "document" else set())
        report = Importer(other.node, "test", other.ids["Ana"]).valueflows(read, "copy", overdraw=form != "document")
        assert report["refused"] == []
        assert report["events"] + report["contributions"] == sum(events for events, _ in COUNTS.values())
        assert {id_: figures(view) for id_, view in views(other, ids).items()} == {id_: figures(view) for id_, view in views(world, ids).items()}
        assert other.verify().ok
    finally:
        other.node.close()


@pytest.mark.parametrize("form", ["jsonld", "turtle"])
def test_what_goes_out_conforms_to_the_ontology(sqlite_world: World, form: Any) -> None:
    """A validator of others finds nothing in the whole export that the shapes of Valueflows 1.0 forbid."""
    for name in NAMES:
        brought(sqlite_world, name)
    with sqlite_world.node.read() as transaction:
        document = flow_document(transaction, "test")
    text = written(document, sqlite_world.origin, form)
    data = Graph().parse(data=text, format="json-ld" if form == "jsonld" else "turtle")
    assert len(data) > 3_000
    conforms, _, why = validate(data, shacl_graph=Graph().parse(data=shapes(), format="turtle"))
    assert conforms, why
