"""From a thing to what it names: by ids that stand in it, or by what events have made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..flows.references import AGENT_FIELDS, EVENT, REFERENCES
from .events import positions_of
from .things import Load, Thing, looked_up
from .view import View

COLUMNS: Mapping[tuple[str, str], str] = {
    ("EconomicResource", "conformsTo"): "conforms_to",
    ("EconomicResource", "currentLocation"): "location",
    ("EconomicResource", "stage"): "stage",
    ("EconomicResource", "containedIn"): "contained_in",
    ("EconomicEvent", "resourceInventoriedAs"): "resource",
    ("EconomicEvent", "toResourceInventoriedAs"): "to_resource",
}
"""Links by the number of a record in a column."""
AGENT_COLUMNS: Mapping[tuple[str, str], str] = {
    ("EconomicResource", "primaryAccountable"): "accountable",
    ("EconomicResource", "custodian"): "custodian",
}
ALSO_NAMES: Mapping[str, str] = {"primaryIntents": "publishes", "reciprocalIntents": "reciprocal"}
"""Fields that are called otherwise in the ontology."""


def link(type_: str, field: str) -> Load | None:
    """How to find what things of a class name by a field; None if the field names nothing."""
    field = ALSO_NAMES.get(field, field)
    if column := COLUMNS.get((type_, field)):
        return lambda view, things: _by_column(things, column, view.numbered({thing.columns[column] for thing in things} - {None}))
    if held := AGENT_COLUMNS.get((type_, field)):
        return lambda view, things: _by_column(things, held, view.agents_numbered({thing.columns[held] for thing in things} - {None}))
    if field in AGENT_FIELDS:
        return lambda view, things: _named(things, field, view.agents(_ids(things, field)))
    target = "SpatialThing" if field == "primaryLocation" else REFERENCES.get(type_, {}).get(field)
    if target == EVENT:
        return lambda view, things: _named_events(view, things, field)
    if target is not None:
        return lambda view, things: _named(things, field, view.records(target, _ids(things, field)))
    return None


def _by_column(things: list[Thing], column: str, found: Mapping[int, Thing]) -> dict[Any, Any]:
    return {thing.key: found.get(thing.columns[column]) for thing in things}


def _ids(things: list[Thing], field: str) -> list[str]:
    ids = []
    for thing in things:
        value = getattr(thing.said, field)
        ids += value if isinstance(value, list) else [value]
    return [id_ for id_ in ids if id_ is not None]


def _named(things: list[Thing], field: str, found: Mapping[str, Thing]) -> dict[Any, Any]:
    answer: dict[Any, Any] = {}
    for thing in things:
        value = getattr(thing.said, field)
        answer[thing.key] = [found[id_] for id_ in value if id_ in found] if isinstance(value, list) else found.get(value)
    return answer


def _named_events(view: View, things: list[Thing], field: str) -> dict[Any, Any]:
    positions = positions_of(view, _ids(things, field))
    events = view.events(positions.values())
    return _named(things, field, {id_: events[position] for id_, position in positions.items()})


def ids_named(view: View, thing: Thing, field: str) -> set[str]:
    """The ids of what a thing names by a field."""
    load = link(thing.type, field)
    assert load is not None, (thing.type, field)
    value = looked_up(view, thing, ("link", field), load)
    return {one.id for one in (value if isinstance(value, list) else [value]) if one is not None}
