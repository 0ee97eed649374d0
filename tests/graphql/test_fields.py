"""No field is advertised that is not filled: each has a resolver of ours, and in a furnished commons each tells something."""

from __future__ import annotations

from typing import Any

import pytest
from asking import Asker, nodes
from furnishing import furnish
from graphql import GraphQLInputObjectType, GraphQLObjectType, get_named_type, is_leaf_type

from commonhold.graphql.filters import is_known
from commonhold.graphql.limits import WALKS
from commonhold.graphql.resolvers import CLASSES, struct_of
from commonhold.graphql.schema import every_field, schema
from commonhold.graphql.sdl import sdl

LISTS = {
    get_named_type(field.type).name.removesuffix("Connection"): name
    for name, field in schema().query_type.fields.items()
    if get_named_type(field.type).name.endswith("Connection") and name not in ("offers", "requests", "openTasks", "trace", "track", "matches")
}
ARGUMENTS = {"rollup": '(unit: "hour")', "revision": '(revisionId: "none")'}


def test_every_field_has_a_resolver_of_ours() -> None:
    without = [f"{type_.name}.{name}" for type_, name in every_field(schema()) if type_.fields[name].resolve is None]
    assert without == []
    assert len(list(every_field(schema()))) > 600


def test_a_field_that_nothing_fills_is_noticed(monkeypatch: Any) -> None:
    from commonhold.graphql import schema as module

    monkeypatch.setattr(module, "sdl", lambda: sdl() + "\nextend type Plan { luck: String }\n")
    with pytest.raises(LookupError, match=r"^nothing fills Plan\.luck$"):
        module.schema.__wrapped__()


def test_every_field_of_a_filter_narrows_something() -> None:
    """Each is a test of its own, or a field of what is listed."""
    strange = []
    for type_, name in every_field(schema()):
        field = type_.fields[name]
        filter_ = get_named_type(field.args["filter"].type) if "filter" in field.args else None
        if isinstance(filter_, GraphQLInputObjectType):
            listed = get_named_type(field.type).name.removesuffix("Connection")
            listed = "Organization" if listed == "Agent" else listed
            strange += [f"{filter_.name}.{one}" for one in filter_.fields if not is_known(one, listed, struct_of(listed).__struct_fields__)]
    assert strange == []


def selection(type_: GraphQLObjectType, deep: int = 1) -> str:
    """All fields of a type, and of what they give the names."""
    parts = []
    for name, field in type_.fields.items():
        named = get_named_type(field.type)
        if name == "revision" or (deep == 1 and name in WALKS):
            continue
        arguments = ARGUMENTS.get(name, "")
        if is_leaf_type(named):
            parts.append(name + arguments)
        elif named.name.endswith("Connection"):
            parts.append(
                f"{name}{'(first: 3)' if 'first' in field.args else ''} {{ edges {{ cursor node {{ __typename }} }} pageInfo {{ totalCount }} }}"
            )
        elif named.name in CLASSES or not isinstance(named, GraphQLObjectType):
            parts.append(f"{name}{arguments} {{ __typename }}")
        else:
            parts.append(f"{name}{arguments} {{ {selection(named, deep + 1) if deep < 3 else '__typename'} }}")
    return " ".join(parts)


def is_told(value: Any) -> bool:
    return value not in (None, "", [], {}) and not (isinstance(value, dict) and value.get("edges") == [])


def test_every_field_of_every_class_tells_something(ana: Asker) -> None:
    furnish(ana)
    silent = []
    for type_ in CLASSES:
        all_fields = selection(schema().type_map[type_])
        found = [
            one
            for part in ("first: 12", "last: 12")
            for one in nodes(ana.ask(f"{{ {LISTS[type_]}({part}) {{ edges {{ node {{ {all_fields} }} }} }} }}")[LISTS[type_]])
        ]
        assert found, type_
        fields = schema().type_map[type_].fields
        silent += [f"{type_}.{name}" for name in fields if name != "revision" and name not in WALKS and not any(is_told(one[name]) for one in found)]
    assert silent == []


@pytest.mark.parametrize("type_", ["EconomicResource", "EconomicEvent"])
def test_every_walk_along_a_history_finds_something(lite: Asker, type_: str) -> None:
    furnish(lite)
    fields = schema().type_map[type_].fields
    walks = sorted(fields.keys() & WALKS)
    assert walks == (["rollup", "trace", "track"] if type_ == "EconomicResource" else ["trace", "track"])
    for name in walks:
        chosen = f"{name}{ARGUMENTS.get(name, '')} {{ {selection(schema().type_map['Rollup']) if name == 'rollup' else '__typename'} }}"
        found = nodes(lite.ask(f"{{ {LISTS[type_]}(first: 8) {{ edges {{ node {{ {chosen} }} }} }} }}")[LISTS[type_]])
        assert any(is_told(one[name]) for one in found), name
