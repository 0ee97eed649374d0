"""The schema is what it says it is: vf-graphql but for a written list, all of Valueflows 1.0, and our own marked as such."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import get_args

import pytest
from ariadne import load_schema_from_path
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    validate_schema,
)
from graphql.utilities import BreakingChangeType, find_breaking_changes

from commonhold.flows import vocabulary
from commonhold.graphql.sdl import FOLDER, sdl

HERE = Path(__file__).parent
ALPHA = build_schema((HERE / "data/vf-graphql-0.9.0-alpha.10.graphql").read_text(encoding="utf-8"))
OURS = build_schema(sdl())
PAGE = (HERE.parent.parent / "docs/reference/graphql-changes.md").read_text(encoding="utf-8")
ONTOLOGY = json.loads(files("commonhold.flows").joinpath("ontology/model.json").read_bytes())
STORED = [*get_args(vocabulary.AnyRecord), vocabulary.EconomicEvent, vocabulary.Measure]
"""The classes that entries hold. Agents are of the commons, and actions are data."""

Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType


def rows(heading: str) -> Iterator[list[str]]:
    """The rows of the table under a heading of the page, as cells."""
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    for line in [line for line in section.splitlines() if line.startswith("|")][2:]:
        yield [cell.strip() for cell in line.strip("|").split(" | ")]


def names(cell: str) -> list[str]:
    """What stands between backticks in a cell."""
    return re.findall(r"`([^`]+)`", cell)


def type_of(schema: GraphQLSchema, field: str) -> str:
    """The type of `Class.field`."""
    owner, name = field.split(".")
    return str(fields(schema, owner)[name].type)


def fields(schema: GraphQLSchema, owner: str) -> dict[str, object]:
    """The fields of a type that has some."""
    found = schema.type_map[owner]
    assert isinstance(found, Composite), owner
    return found.fields


def told() -> tuple[set[str], dict[str, tuple[str, str]]]:
    """What graphql-core finds: what is gone, and what has another type, with both types."""
    gone, changed = set(), {}
    for change in find_breaking_changes(ALPHA, OURS):
        name = re.fullmatch(r"(?:Field )?([\w.]+) (?:was removed\.|changed type .*)", change.description)
        assert name, change
        if change.type is BreakingChangeType.FIELD_CHANGED_KIND:
            changed[name[1]] = (type_of(ALPHA, name[1]), type_of(OURS, name[1]))
        else:
            assert change.type in (BreakingChangeType.TYPE_REMOVED, BreakingChangeType.FIELD_REMOVED), change
            gone.add(name[1])
    return gone, changed


def test_the_schema_is_valid() -> None:
    assert validate_schema(OURS) == []


def test_the_text_is_that_of_the_files_in_order() -> None:
    assert len(sdl()) > 50_000
    assert build_schema(load_schema_from_path(str(FOLDER))).type_map.keys() == OURS.type_map.keys()


def test_what_breaks_clients_of_vf_graphql_is_exactly_what_the_page_lists() -> None:
    gone, changed = told()
    listed = [name for row in rows("What is gone") for name in names(row[2])]
    assert len(listed) == len(set(listed))
    assert set(listed) == gone
    assert {names(field)[0]: (names(before)[0], names(after)[0]) for field, before, after, _ in rows("What has another type")} == changed


def test_each_change_has_a_reason() -> None:
    assert all(len(row) == 3 and row[1] for row in rows("What is gone"))
    assert all(len(row) == 4 and row[3] for row in rows("What has another type"))


def test_a_field_that_went_missing_would_be_noticed() -> None:
    """The comparison is not blind: taking one name away is told."""
    poorer = build_schema(sdl().replace('  "All providers and receivers."\n  involvedAgents: [Agent!]\n', "", 1))
    assert [change.description for change in find_breaking_changes(OURS, poorer)] == ["Field Commitment.involvedAgents was removed."]


def every_property() -> list[tuple[str, str]]:
    """Each class of the ontology with each property in its domain, its superclass's too."""
    classes = ONTOLOGY["classes"]
    return sorted(
        (name, field)
        for field, facts in ONTOLOGY["properties"].items()
        for name, about in classes.items()
        if {name, about.get("subClassOf")} & set(facts["domain"])
    )


def test_every_class_and_property_of_the_ontology_is_there_under_its_name() -> None:
    assert len(every_property()) > 200
    assert {name for name in ONTOLOGY["classes"] if name not in OURS.type_map} == set()
    assert [(name, field) for name, field in every_property() if field not in fields(OURS, name)] == []


@pytest.mark.parametrize("stored", STORED, ids=lambda each: each.__name__)
def test_every_stored_field_can_be_read_and_written(stored: type) -> None:
    name = stored.__name__
    held = set(stored.__struct_fields__) - {"id"}
    assert held - fields(OURS, name).keys() == set()
    given = "IMeasure" if name == "Measure" else f"{name}CreateParams"
    assert held - fields(OURS, given).keys() == set()


# What a client gives and no class stores: it becomes something else.
GIVEN_OTHERWISE = {
    "EconomicResource.containedIn": "an event puts it there",
    "EconomicResource.currentLocation": "the toLocation of the event that it begins with",
    "AgreementBundle.agreements": "the bundledIn of the agreements",
}


@pytest.mark.parametrize("stored", STORED[:-1], ids=lambda each: each.__name__)
def test_every_field_of_an_input_is_stored(stored: type) -> None:
    name = stored.__name__
    held = set(stored.__struct_fields__) | {"revisionId"}
    given = {field for kind in ("Create", "Update") for field in fields(OURS, f"{name}{kind}Params")}
    assert {f"{name}.{field}" for field in given - held} == {each for each in GIVEN_OTHERWISE if each.startswith(f"{name}.")}


def test_an_update_can_change_what_a_creation_can_say() -> None:
    """But for events and resources, whose facts follow from events."""
    for stored in STORED[:-1]:
        name = stored.__name__
        if name not in ("EconomicEvent", "EconomicResource"):
            created, updated = (set(fields(OURS, f"{name}{kind}Params")) for kind in ("Create", "Update"))
            assert updated - created == {"revisionId"} and created <= updated, name


def test_every_list_of_a_query_comes_in_pages() -> None:
    """All but the nineteen actions."""
    assert OURS.query_type
    whole = {name for name, field in OURS.query_type.fields.items() if str(field.type).startswith("[")}
    paged = {name: field for name, field in OURS.query_type.fields.items() if str(field.type).endswith("Connection!")}
    assert whole == {"actions"}
    assert len(paged) > 20
    assert all({"first", "after", "last", "before"} <= field.args.keys() for field in paged.values())


def test_every_page_is_one_of_relay() -> None:
    pages = [found for name, found in OURS.type_map.items() if name.endswith("Connection")]
    assert all(isinstance(page, GraphQLObjectType) and list(page.fields) == ["edges", "pageInfo"] for page in pages)
    for page in pages:
        edge = get_named_type(fields(OURS, page.name)["edges"].type)
        assert list(edge.fields) == ["node", "cursor"], page.name


def test_every_class_can_be_created_changed_and_deleted() -> None:
    assert OURS.mutation_type
    plain = {each.__name__ for each in STORED} - {"EconomicEvent", "EconomicResource", "Measure"} | {"Person", "Organization", "EcologicalAgent"}
    expected = {f"{verb}{name}" for name in plain for verb in ("create", "update", "delete")}
    expected |= {"createEconomicEvent", "updateEconomicEvent", "updateEconomicResource"}
    own = set(fields(build_schema(_without_extensions()), "Mutation"))
    assert own == expected


def _without_extensions() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.rglob("*.graphql")) if path.name != "extensions.graphql")


def test_what_is_our_own_says_so_and_nothing_else_does() -> None:
    """Types of extensions.graphql, and fields that it adds to others, begin with Commonhold; nothing elsewhere does."""
    plain = build_schema(_without_extensions())
    assert "Commonhold" not in _without_extensions()
    unmarked = []
    for name, found in OURS.type_map.items():
        if name.startswith("__") or not isinstance(found, Composite | GraphQLUnionType | GraphQLEnumType):
            continue
        if name not in plain.type_map:
            unmarked += [] if (found.description or "").startswith("Commonhold: ") else [name]
        elif isinstance(found, Composite):
            added = found.fields.keys() - fields(plain, name).keys()
            unmarked += [f"{name}.{field}" for field in added if not (found.fields[field].description or "").startswith("Commonhold: ")]
    assert unmarked == []


def test_every_type_and_field_is_described() -> None:
    """All but those whose name says it: pages, responses, and what an input repeats of its class."""
    bare = []
    for name, found in OURS.type_map.items():
        if name.startswith("__") or re.search(r"(Connection|Edge|Response|CreateParams|UpdateParams)\Z", name) or found.ast_node is None:
            continue
        bare += [] if found.description else [name]
        if isinstance(found, GraphQLObjectType | GraphQLInterfaceType) and name not in ("Query", "Mutation", "Match", "RollupShare", "Shortage"):
            bare += [f"{name}.{field}" for field, about in found.fields.items() if not about.description]
    assert bare == []
