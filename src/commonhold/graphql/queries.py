"""The fields of Query: one thing by its id, and lists of all of a class."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from graphql import GraphQLObjectType, get_named_type

from ..flows.actions import ACTIONS, action_named
from ..flows.market.matching import Match
from ..flows.market.queries import matches
from ..flows.vocabulary import Measure
from ..problems import not_found
from .connections import Listed, Only, Page, Rows, Source, event_rows, read_page, record_rows
from .events import positions_of
from .filters import passes
from .flow_history import walk_source
from .people import all_ids
from .promises import state_of
from .resolvers import AGENTS, Resolve
from .things import Thing
from .values import action, known_unit, quantity
from .view import RECORDS, View

KINDS = {"Person": "a person", "Organization": "an organization", "EcologicalAgent": "an ecological agent"}


def one(type_: str) -> Resolve:
    """Something of a class by its id; null if there is none."""

    def resolve(_: Any, info: Any, id: str) -> Any:  # noqa: A002
        view: View = info.context
        if type_ == "Action":
            name = action_named(id)
            return None if name is None else action(name)
        if type_ == "EconomicEvent":
            return next(iter(view.events(positions_of(view, [id]).values()).values()), None)
        if type_ in RECORDS:
            thing = view.records(type_, [id]).get(id)
            if thing is None and type_ == "Unit":
                return known_unit(id)
        else:
            thing = view.agents([id]).get(id)
            if thing is not None and type_ in KINDS and thing.type != type_:
                raise not_found("flows.other_class", f"{id} is {KINDS[thing.type]}, not {KINDS[type_]}.", "id")
        return None if thing is None or thing.deleted else thing

    return resolve


def all_of(type_: str, test: Callable[[View, Thing], bool] | None = None) -> Resolve:
    """A page of all things of a class."""

    def resolve(_: Any, info: Any, **arguments: Any) -> Page:
        view: View = info.context
        filter_ = arguments.get("filter")
        source: Source = _rows(view, type_)
        if filter_ or test:
            source = Only(source, lambda thing: (test is None or test(view, thing)) and passes(view, thing, filter_))
        if arguments.get("orderBy"):
            source = _ordered(source, arguments["orderBy"])
        return read_page(source, arguments)

    return resolve


def _rows(view: View, type_: str) -> Rows | Listed:
    if type_ == "EconomicEvent":
        return event_rows(view)
    if type_ in RECORDS:
        return record_rows(view, type_)
    return Listed(all_ids(view, *(AGENTS if type_ == "Agent" else (type_,))), view.agents, str)


_ORDERS: Mapping[str, tuple[str, ...]] = {
    "name": ("name",), "resourceQuantity": ("resourceQuantity",), "effortQuantity": ("effortQuantity",), "availableQuantity": ("availableQuantity",),
    "startTime": ("hasBeginning", "hasPointInTime"), "endTime": ("hasEnd", "hasPointInTime"), "due": ("due",),
}  # fmt: skip
"""What intents can be ordered by: the first of the fields that is there."""


def _ordered(source: Source, order: Mapping[str, str]) -> Listed:
    """All of a list in another order. What has no value comes last."""
    things = {str(edge.node.key): edge.node for edge in source.part(None, None, 1 << 62, backwards=False)}
    marks = list(things)
    for name in reversed(list(order)):
        values = {mark: _value(things[mark].said, _ORDERS[name]) for mark in marks}
        there = sorted((mark for mark in marks if values[mark] is not None), key=lambda mark: values[mark], reverse=order[name] == "desc")
        marks = there + [mark for mark in marks if values[mark] is None]
    return Listed(marks, lambda some: {mark: things[mark] for mark in some})


def _value(said: Any, fields: Sequence[str]) -> Any:
    value = next((found for field in fields if (found := getattr(said, field)) is not None), None)
    return Decimal(value.hasNumericalValue) if isinstance(value, Measure) else value


def _me(_: Any, info: Any) -> Thing | None:
    view: View = info.context
    if not view.call.request.headers.get("Authorization"):
        return None
    agent = view.holder().agent
    return view.agents([agent]).get(agent)


def _walk(name: str) -> Resolve:
    return lambda _, info, id, **arguments: read_page(walk_source(info.context, id, name), arguments)  # noqa: A006


def _matches(_: Any, info: Any, intent: str | None = None, **arguments: Any) -> Page:
    view: View = info.context
    found: dict[str, Match] = {}
    for match in matches(view.transaction, view.commons, intent=intent or ""):
        found.setdefault(f"{match.offer.intent.id}.{match.request.intent.id}", match)

    def load(marks: Sequence[str]) -> dict[str, Any]:
        intents = view.records("Intent", [side.intent.id for mark in marks for side in (found[mark].offer, found[mark].request)])
        answer = {}
        for mark in marks:
            match = found[mark]
            is_effort = match.request.intent.effortQuantity is not None
            both = {"resourceQuantity": None, "effortQuantity": None, "effortQuantity" if is_effort else "resourceQuantity": quantity(match.quantity)}
            ends = {"offer": intents[match.offer.intent.id], "request": intents[match.request.intent.id]}
            answer[mark] = {**ends, **both, "reasons": [reason.sentence for reason in match.reasons]}
        return answer

    return read_page(Listed(list(found), load), arguments)


def _is_open_task(view: View, thing: Thing) -> bool:
    return thing.said.provider is None and not state_of(view, thing).finished


OTHERS: Mapping[str, Resolve] = {
    "actions": lambda _, info: [action(name) for name in ACTIONS],
    "myAgent": _me,
    "trace": _walk("trace"),
    "track": _walk("track"),
    "matches": _matches,
    "openTasks": all_of("Intent", _is_open_task),
    "offers": all_of("Proposal", lambda view, thing: thing.said.purpose == "offer"),
    "requests": all_of("Proposal", lambda view, thing: thing.said.purpose == "request"),
}


def query_resolver(query: GraphQLObjectType, name: str) -> Resolve | None:
    """The resolver of a field of Query."""
    if name in OTHERS:
        return OTHERS[name]
    field = query.fields[name]
    type_ = get_named_type(field.type).name
    if type_.endswith("Connection"):
        return all_of(type_.removesuffix("Connection"))
    return one(type_) if list(field.args) == ["id"] else None
