"""What belongs to something, as lists and as pages: read for all peers at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..problems import refuse
from .connections import PLAIN_MAX, Listed, Only, Page, Source, read_page, read_window
from .filters import passes
from .relations import Relation
from .tables import INVERSES
from .things import Thing, looked_up
from .view import View

Keys = dict[Any, list[Any]]


def _keys(view: View, things: list[Thing], relation: Relation) -> Keys:
    """For each thing, the keys of what stands in a relation to it, in order and once each."""
    found: dict[Any, set[Any]] = {thing.key: set() for thing in things}
    for key, other in relation.pairs(view, things):
        found[key].add(other)
    if relation.only is not None:
        others = view.things(relation.type, set().union(*found.values()))
        found = {key: {other for other in some if relation.only(others[other])} for key, some in found.items()}
    return {key: sorted(some) for key, some in found.items()}


def _keys_of(view: View, thing: Thing, field: str, at: int, relation: Relation) -> list[Any]:
    keys: list[Any] = looked_up(view, thing, ("keys", field, at), lambda view, things: _keys(view, things, relation))
    return keys


def children(view: View, thing: Thing, field: str) -> list[Thing]:
    """All that a field of the tables gives, in the order of creation.

    Raises:
        Refused: `graphql.too_many`.
    """
    relations = INVERSES[thing.type][field]
    count = sum(len(_keys_of(view, thing, field, at, relation)) for at, relation in enumerate(relations))
    if count > PLAIN_MAX:
        raise refuse("graphql.too_many", f"There are {count} of them, more than {PLAIN_MAX}: ask for a list that comes in pages.", field)
    return _all(view, thing, field, relations)


def _all(view: View, thing: Thing, field: str, relations: Sequence[Relation]) -> list[Thing]:
    found: list[Thing] = []
    for at, relation in enumerate(relations):
        _read_ahead(view, thing, field, at, relation, None)
        keys = _keys_of(view, thing, field, at, relation)
        things = view.things(relation.type, keys)
        found += [things[key] for key in keys if key in things]
    return found if len(relations) == 1 else sorted(found, key=lambda one: one.created)


def _read_ahead(view: View, thing: Thing, field: str, at: int, relation: Relation, window: tuple[int | None, int | None] | None) -> None:
    """Read what the peers will be asked for next: the same part of their lists."""
    if ("ahead", field, at, window) in thing.found:
        return
    wanted: list[Any] = []
    for peer in thing.peers:
        peer.found["ahead", field, at, window] = True
        keys = peer.found.get(("keys", field, at), [])
        wanted += keys if window is None else _part(keys, *window)
    view.things(relation.type, wanted)


def _part(keys: list[Any], first: int | None, last: int | None) -> list[Any]:
    return keys[-last - 1 :] if first is None and last is not None else keys[: (first or 0) + 1]


def child_page(view: View, thing: Thing, field: str, arguments: Mapping[str, Any]) -> Page:
    """A page of what a field of the tables gives."""
    filter_, relations = arguments.get("filter"), INVERSES[thing.type][field]
    source = _source(view, thing, field, relations, arguments, whole=bool(filter_))
    if filter_:
        source = Only(source, lambda one: passes(view, one, filter_))
    if filter_ and filter_.get("page") is not None:
        return read_page(source, _numbered_page(source, arguments, filter_["page"]))
    return read_page(source, arguments)


def _source(view: View, thing: Thing, field: str, relations: Sequence[Relation], arguments: Mapping[str, Any], *, whole: bool) -> Source:
    if len(relations) > 1:
        things = {f"{one.type}.{one.key}": one for one in _all(view, thing, field, relations)}
        return Listed(list(things), lambda marks: {mark: things[mark] for mark in marks})
    relation = relations[0]
    keys = _keys_of(view, thing, field, 0, relation)
    window = read_window(arguments)
    size: tuple[int | None, int | None] | None
    if whole or window.after is not None or window.before is not None:
        size = None if whole else (window.limit + 1, None)
    else:
        size = (window.first, window.last) if window.first is not None or window.last is not None else (window.limit, None)
    _read_ahead(view, thing, field, 0, relation, size)
    by_mark = {str(key): key for key in keys}

    def load(marks: Sequence[str]) -> dict[str, Any]:
        things = view.things(relation.type, [by_mark[mark] for mark in marks])
        return {str(key): one for key, one in things.items()}

    return Listed(list(by_mark), load, str if relation.type == "Agent" else _number)


def _number(mark: str) -> int:
    if not mark.isdecimal() or len(mark) > 18:
        raise ValueError(mark)
    return int(mark)


def _numbered_page(source: Source, arguments: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Older clients ask for the second page by its number."""
    size = read_window(arguments).limit
    before = source.part(None, None, max(0, number - 1) * size, backwards=False)
    return {**arguments, "after": None} | ({"after": before[-1].cursor} if before else {})


def filtered_list(view: View, thing: Thing, field: str, filter_: Mapping[str, Any] | None) -> list[Thing]:
    """A list without pages, narrowed."""
    return [one for one in children(view, thing, field) if passes(view, one, filter_)]
