"""A resolver for each field of the classes of Valueflows, made from the tables. There is no other way to fill a field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLField, get_named_type, get_nullable_type, is_list_type

from ..flows import vocabulary
from .computed import COMPUTED, EVERY, MEASURES, UNITS, unit_of
from .links import link
from .reading import child_page, children, filtered_list
from .tables import INVERSES
from .things import Thing, looked_up
from .values import action, quantity
from .view import RECORDS

Resolve = Callable[..., Any]

AGENTS = ("Person", "Organization", "EcologicalAgent")
CLASSES = (*sorted(RECORDS), "EconomicEvent", *AGENTS)
"""The classes whose things have ids."""


def struct_of(type_: str) -> type[Any]:
    """What stands in entries of a class."""
    found: type[Any] = getattr(vocabulary, "Organization" if type_ in AGENTS else type_)
    return found


def class_resolver(type_: str, name: str, field: GraphQLField) -> Resolve | None:
    """The resolver of a field of a class; None if there is nothing to fill it with."""
    compute = COMPUTED.get(type_, {}).get(name) or EVERY.get(name)
    if compute is not None:
        return lambda thing, info, **arguments: compute(info.context, thing, **arguments)
    if name in INVERSES.get(type_, {}):
        return _inverse(name, field)
    load = link(type_, name)
    if load is not None and (name in struct_of(type_).__struct_fields__ or type_ in ("EconomicResource", "Proposal")):
        return _link(name, load)
    return _stored(type_, name)


def _inverse(name: str, field: GraphQLField) -> Resolve:
    if get_named_type(field.type).name.endswith("Connection"):
        return lambda thing, info, **arguments: child_page(info.context, thing, name, arguments)
    if "first" in field.args:
        return lambda thing, info, **arguments: [edge.node for edge in child_page(info.context, thing, name, arguments).edges]
    assert is_list_type(get_nullable_type(field.type)), name
    if "filter" in field.args:
        return lambda thing, info, filter=None: filtered_list(info.context, thing, name, filter)  # noqa: A006
    return lambda thing, info: children(info.context, thing, name)


def _link(name: str, load: Any) -> Resolve:
    return lambda thing, info: looked_up(info.context, thing, ("link", name), load)


def _stored(type_: str, name: str) -> Resolve | None:
    if name not in struct_of(type_).__struct_fields__:
        return None
    if name == "action":
        return lambda thing, info: action(thing.said.action)
    if name in MEASURES:
        return lambda thing, info: quantity(getattr(thing.said, name))
    if name in UNITS:
        return lambda thing, info: unit_of(info.context, thing, getattr(thing.said, name), name)
    return lambda thing, info: getattr(thing.said, name)


def _measure_unit(source: Any, info: Any) -> Thing | None:
    """The units of one request are few, so each is looked up once."""
    found: Thing | None = info.context.unit(source.unit)
    return found


def _of(*names: str) -> dict[str, Resolve]:
    """Fields that are items of a dictionary, or attributes, which have small letters and `_`."""

    def resolver(name: str) -> Resolve:
        attribute = re.sub("([A-Z])", lambda found: f"_{found[1].lower()}", name)
        return lambda source, info: source[name] if isinstance(source, dict) else getattr(source, attribute)

    return {name: resolver(name) for name in names}


def _author(source: Any, info: Any) -> Thing | None:
    return None if source.author is None else info.context.agents([source.author]).get(source.author)


PLAIN: Mapping[str, Mapping[str, Resolve]] = {
    "Action": _of("id", "label", "resourceEffect", *(name for name in action("work") if name not in ("id", "label", "resourceEffect"))),
    "Measure": _of("hasNumericalValue") | {"hasUnit": _measure_unit},
    "Duration": _of("hasNumericalValue", "numericDuration", "unitType") | {"hasUnit": _measure_unit},
    "RecordMeta": _of("previousRevision", "previousRevisionsCount", "futureRevisionsCount", "latestRevision", "retrievedRevision"),
    "Revision": _of("id", "time") | {"author": _author},
    "PageInfo": _of("startCursor", "endCursor", "hasPreviousPage", "hasNextPage", "totalCount", "pageLimit"),
    "Rollup": _of("total", "perUnit", "shares"),
    "RollupShare": _of("agent", "value"),
    "Contribution": _of("number", "state"),
    "Match": _of("offer", "request", "resourceQuantity", "effortQuantity", "reasons"),
    "Shortage": _of("resourceConformsTo", "quantity", "neededBy", "reason"),
}
"""Types that are no classes: what a resolver gave has the fields."""


def plain_resolver(type_: str, name: str) -> Resolve | None:
    """The resolver of a field of another type."""
    if type_.endswith("Connection"):
        return _of("edges", "pageInfo").get(name)
    if type_.endswith("Edge"):
        return _of("node", "cursor").get(name)
    if type_.endswith("Response"):
        return _of(name)[name]
    return PLAIN.get(type_, {}).get(name)
