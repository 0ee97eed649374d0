"""The schema with its resolvers, made once. A field that nothing fills is an error: what is advertised is there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema, GraphQLUnionType, build_schema

from .mutations import mutation_resolver
from .queries import query_resolver
from .resolvers import CLASSES, Resolve, class_resolver, plain_resolver
from .scalars import set_scalars
from .sdl import sdl


@cache
def schema() -> GraphQLSchema:
    """The schema, ready to be asked."""
    made = bare_schema()
    set_scalars(made)
    for type_, name in every_field(made):
        resolver = _resolver(type_, name)
        if resolver is None:
            raise LookupError(f"nothing fills {type_.name}.{name}")
        type_.fields[name].resolve = resolver
    for abstract in made.type_map.values():
        if isinstance(abstract, GraphQLInterfaceType | GraphQLUnionType):
            abstract.resolve_type = lambda thing, *_: thing.type
    return made


def bare_schema() -> GraphQLSchema:
    """The schema as it is written down, without resolvers."""
    return build_schema(sdl())


def every_field(made: GraphQLSchema) -> Iterator[tuple[GraphQLObjectType, str]]:
    """Each type of the schema that answers have, with each of its fields."""
    for type_ in made.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            yield from ((type_, name) for name in type_.fields)


def _resolver(type_: GraphQLObjectType, name: str) -> Resolve | None:
    if type_.name == "Query":
        return query_resolver(type_, name)
    if type_.name == "Mutation":
        return mutation_resolver(type_, name)
    if type_.name in CLASSES:
        return class_resolver(type_.name, name, type_.fields[name])
    return plain_resolver(type_.name, name)
