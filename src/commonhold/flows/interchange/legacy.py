"""Older shapes of Valueflows at the border: whatever they call things, what comes out is a document in the names of 1.0.

Read are: documents of our own, answers of GraphQL (vf-graphql before 1.0, Zenflows, hREA), Zenflows' traces (of its API, and
the nested one of its data base), files of Carbon Farm Network, singly or as an object of them by name, and exports of
NRP/valuenetwork. What cannot be carried over is named in the problems, with its place and what happens to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...problems import Problem
from .document import AGENTS, CLASSES, COMMENTS, Document, check_item
from .legacy_collect import Collector, says_nothing
from .legacy_finish import finish
from .legacy_notes import Notes
from .legacy_nrp import collect_nrp, is_nrp
from .legacy_shapes import BOOKKEEPING, CLASS_OF, class_of, typed
from .legacy_values import camel, plain, read_json

__all__ = ["normalise", "read_json"]


def normalise(data: Any, *, named: str = "") -> tuple[Document, list[Problem]]:
    """What an export says, as a document in the names and forms of 1.0.

    Args:
        data: As `read_json` gives it. It is not changed.
        named: What the file is called, such as `process_specifications`: for lists whose items do not tell what they are.

    Returns:
        The document, and what of the data is not in it, or is in it in another way than it was said. Ids are kept if they are
        visible ASCII without blanks, up to 200 characters; others, and those of things without one, are derived from what
        they name or say, so they are the same when the same is imported again.
    """
    if (document := _own(data)) is not None:
        return document, []
    notes = Notes()
    collector = Collector(notes)
    comments: dict[str, Any] = {}
    if is_nrp(data):
        collect_nrp(data, collector)
    else:
        collector.placeholders = _has_placeholders(data)
        whole = {named: data} if CLASS_OF.get(_asked(named)) and isinstance(data, list) else data
        for class_, value, path in _things(whole, comments, notes):
            collector.add(class_, value, path)
            if says_nothing(value):
                notes.add("flows.empty_item", class_, path, f"This {class_} has an id and says nothing: it is left out.")
    return {**finish(collector), **comments}, notes.problems()


BESIDES: Mapping[str, frozenset[str]] = {
    "economicEvents": frozenset({"created", "newInventoriedResource"}),
    "economicResources": frozenset(
        {"accountingQuantity", "onhandQuantity", "primaryAccountable", "custodian", "currentLocation", "containedIn", "stage", "state"}
    ),
}
"""What our documents tell beside what entries say: when an event was written down, what began with it, how a resource stands."""


_OBJECTS = ("newInventoriedResource", "accountingQuantity", "onhandQuantity")


def _is_item(item: Any) -> bool:
    quantities = (item.get("accountingQuantity"), item.get("onhandQuantity")) if isinstance(item, Mapping) else (0,)
    return isinstance(item, Mapping) and isinstance(item.get("id"), str) and all(one is None or isinstance(one, Mapping) for one in quantities)


def _own(data: Any) -> Document | None:
    """A document that is already in our shape, its empty fields taken out; None if anything in it needs conversion.

    The one thing that is added: a unit without an id has its label as id, for by that its quantities name it.
    """
    if not isinstance(data, Mapping) or not data or not set(data) <= {AGENTS, *CLASSES, *COMMENTS}:
        return None
    document: dict[str, Any] = {}
    for key, items in data.items():
        if key in COMMENTS:
            if key == "expectedFinalEconomicResources" and not (isinstance(items, list) and all(_is_item(item) for item in items)):
                return None
            document[key] = items
            continue
        if not isinstance(items, list):
            return None
        document[key] = []
        if len({str(item.get("id", item.get("label"))) for item in items if isinstance(item, Mapping)}) < len(items):
            return None
        for item in items:
            full = {name: value for name, value in item.items() if value is not None}
            full = {"id": full["label"], **full} if key == "units" and "id" not in full else full
            said = {name: value for name, value in full.items() if name not in BESIDES.get(key, ())}
            if any(not isinstance(full[name], Mapping) for name in _OBJECTS if name in full and name in BESIDES.get(key, ())):
                return None
            if not isinstance(full.get("id"), str) or (key != AGENTS and next(check_item(key, said), None) is not None):
                return None
            document[key].append(full)
    return document


def _things(data: Any, comments: dict[str, Any], notes: Notes) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """(class, object, path) of each thing that stands at the top of some data, in order. Iterative: traces nest deeply."""
    pending: list[tuple[Any, str | None, str]] = [(data, None, "")]
    nodes = 0
    while pending:
        value, expected, path = pending.pop()
        value = plain(value)
        if isinstance(value, list):
            pending.extend((one, expected, f"{path}[{at}]") for at, one in reversed(list(enumerate(value))))
            continue
        if not isinstance(value, Mapping):
            if value not in (None, "", True, False):
                notes.add("flows.left_out", "text", path, f"{str(value)[:80]!r} says nothing of Valueflows by itself: it is left out.")
            continue
        if "node" in value and "children" in value:
            node, nodes = value["node"], nodes + 1
            pending.extend((one, None, "") for one in (value["children"] if isinstance(value["children"], list) else ()))
            if isinstance(node, Mapping):
                pending.append((node, typed(value) or class_of(node), f"nodes[{nodes - 1}]"))
            continue
        if class_ := _class(value, expected):
            yield class_, value, path or class_
            continue
        inside = _inside(value, path, comments)
        if not inside:
            notes.add("flows.unknown_shape", path, path, "This is of no shape that is known here: it is left out.")
        pending.extend(reversed(inside))


def _class(value: Mapping[str, Any], expected: str | None) -> str | None:
    """The class of an object, unless it rather holds others: lists by name, relay connections, answers."""
    if found := typed(value):
        return found
    if {"edges", "data", "nodes"} & set(value) or all(CLASS_OF.get(_asked(key)) for key in value):
        return None
    return class_of(value, expected)


def _asked(key: str) -> str:
    """What a query or mutation is about: `createEconomicEvent` is about `economicEvent`."""
    name = camel(key)
    for verb in ("create", "update", "all", "my"):
        if name.startswith(verb) and name[len(verb) :][:1].isupper():
            return name[len(verb)].lower() + name[len(verb) + 1 :]
    return name


def _inside(value: Mapping[str, Any], path: str, comments: dict[str, Any]) -> list[tuple[Any, str | None, str]]:
    found = []
    for key, one in value.items():
        here = f"{path}.{key}" if path else key
        if camel(key) in BOOKKEEPING:
            continue
        if key in COMMENTS and not path:
            comments[key] = one
        elif key in ("edges", "nodes", "node", "data", "viewer") or isinstance(one, Mapping | list):
            expected = CLASS_OF.get(_asked(key))
            found.append((one, expected, here))
    return found


def _has_placeholders(data: Any) -> bool:
    """Whether things have ids like `intent_id`, as in fixtures: then such an id tells nothing."""
    pending, seen = [data], 0
    while pending and seen < 1_000:
        value = pending.pop()
        seen += 1
        if isinstance(value, Mapping):
            if value.get("id") in ("proposal_id", "intent_id", "process_id", "plan_id", "commitment_id", "input_id", "event_id"):
                return True
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value[:50])
    return False
