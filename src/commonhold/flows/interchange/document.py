"""The document: what imports and exports of flows consist of. A dict of lists, one for each class, of plain dicts.

Items have an `id`, and fields with the names and forms of `vocabulary.py`; agents are named by any text. Lists stand in no
particular order but `economicEvents`, which happened in that order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from ...forms import in_words
from ...problems import Problem
from .. import vocabulary as vf
from ..actions import BEHAVIOURS
from ..references import AGENT_FIELDS, REFERENCES
from ..units import find_unit

Item = dict[str, Any]
Document = dict[str, list[Item]]

AGENTS = "agents"
CLASSES: Mapping[str, type[msgspec.Struct]] = {
    "units": vf.Unit,
    "resourceSpecifications": vf.ResourceSpecification,
    "processSpecifications": vf.ProcessSpecification,
    "recipes": vf.Recipe,
    "recipeProcesses": vf.RecipeProcess,
    "recipeExchanges": vf.RecipeExchange,
    "recipeFlows": vf.RecipeFlow,
    "plans": vf.Plan,
    "processes": vf.Process,
    "intents": vf.Intent,
    "commitments": vf.Commitment,
    "claims": vf.Claim,
    "agreements": vf.Agreement,
    "agreementBundles": vf.AgreementBundle,
    "proposals": vf.Proposal,
    "proposalLists": vf.ProposalList,
    "spatialThings": vf.SpatialThing,
    "batchLotRecords": vf.BatchLotRecord,
    "economicResources": vf.EconomicResource,
    "economicEvents": vf.EconomicEvent,
}
"""Key of the document → class of its items; besides them there are `agents`."""

KEYS: Mapping[str, str] = {**{struct.__name__: key for key, struct in CLASSES.items()}, "Agent": AGENTS}
"""Name of a class → key of the document."""

COMMENTS = frozenset({"source", "expectedFinalEconomicResources", "traceOrder"})
"""Keys that a document may have besides: where it is from, and what should come of it. They are not imported."""

UNIT_FIELDS = ("defaultUnitOfResource", "defaultUnitOfEffort", "unitOfEffort")
AGENT_TYPES = ("Person", "Organization", "EcologicalAgent")
AGENT_SHAPE = {"id": str, "type": str, "name": str, "note": str, "image": str, "primaryLocation": str, "classifiedAs": list}
_ANY_AGENT_MAX = 300


def check_document(document: Mapping[str, Any]) -> list[Problem]:
    """All that keeps a document from being imported as it is: wrong shapes, doubled ids, and what is named but not there.

    Problems are named by list, item and field: `economicEvents[ev-7].resourceQuantity.hasNumericalValue`.
    """
    problems: list[Problem] = []
    for key, items in document.items():
        if key in COMMENTS:
            continue
        if key != AGENTS and key not in CLASSES:
            problems.append(Problem("flows.unknown_list", f"{key!r} is not a list of this document; there are agents, {', '.join(CLASSES)}.", key))
        elif not isinstance(items, list):
            problems.append(Problem("flows.not_a_list", f"{key!r} must be a list of items.", key))
        else:
            problems.extend(_check_items(key, items))
    problems.extend(_check_references(document))
    problems.extend(_check_units(document))
    return problems


def _check_items(key: str, items: list[Any]) -> Iterator[Problem]:
    seen: set[str] = set()
    for at, item in enumerate(items):
        id_ = item.get("id") if isinstance(item, dict) else None
        if not isinstance(id_, str) or not id_:
            yield Problem("flows.bad_item", "Each item is an object with an id.", f"{key}[{at}]")
            continue
        if id_ in seen:
            yield Problem("flows.doubled_id", f"There are two {key} with the id {id_!r}; each needs its own.", where(key, id_))
        seen.add(id_)
        yield from _check_agent(item) if key == AGENTS else check_item(key, item)


def where(key: str, id_: str, field: str = "") -> str:
    """The path of an item, or of a field of it."""
    return f"{key}[{id_}].{field}" if field else f"{key}[{id_}]"


def to_struct(key: str, item: Item) -> msgspec.Struct:
    """An item as its class, without its agents, whose names in documents are not those of the commons.

    Raises:
        msgspec.ValidationError: If it does not fit.
    """
    left_out = {*AGENT_FIELDS, "id"} if key == "economicEvents" else set(AGENT_FIELDS)
    plain = {name: value for name, value in item.items() if name not in left_out and value is not None}
    return msgspec.convert(plain, CLASSES[key])


def check_item(key: str, item: Item) -> Iterator[Problem]:
    """What is wrong with the fields of one item: the first thing that does not fit its class, and each agent that is no name."""
    struct = CLASSES[key]
    if key == "economicEvents":
        try:
            msgspec.convert(item["id"], vf.Id)
        except msgspec.ValidationError as error:
            yield Problem("flows.bad_id", f"{item['id']!r}: {in_words(str(error))}.", where(key, item["id"], "id"))
    try:
        to_struct(key, item)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `")
        path = path.rstrip("`")
        yield Problem("flows.bad_field", f"{in_words(message, struct, path)}.", where(key, item["id"], path.removeprefix("$").lstrip(".")))
    fields = struct.__struct_fields__
    for name in AGENT_FIELDS:
        value = item.get(name)
        if value is None:
            continue
        if name not in fields:
            yield Problem("flows.bad_field", f"{struct.__name__} has no field {name}.", where(key, item["id"], name))
            continue
        for one in value if name == "proposedTo" and isinstance(value, list) else [value]:
            if not isinstance(one, str) or not 0 < len(one) <= _ANY_AGENT_MAX:
                yield Problem("flows.bad_agent", "An agent is named by a text of 1 to 300 characters.", where(key, item["id"], name))


def _check_agent(item: Item) -> Iterator[Problem]:
    if item.get("type") not in AGENT_TYPES:
        yield Problem("flows.bad_agent", f"The type of an agent is one of {', '.join(AGENT_TYPES)}.", where(AGENTS, item["id"], "type"))
    for name, value in item.items():
        if name not in AGENT_SHAPE:
            yield Problem("flows.bad_field", f"An agent has no field {name}; there are {', '.join(AGENT_SHAPE)}.", where(AGENTS, item["id"], name))
        elif value is not None and not isinstance(value, AGENT_SHAPE[name]):
            yield Problem("flows.bad_field", f"The {name} of an agent is a {AGENT_SHAPE[name].__name__}.", where(AGENTS, item["id"], name))


def _check_references(document: Mapping[str, Any]) -> Iterator[Problem]:
    there = {key: {item["id"] for item in _items(document, key) if isinstance(item.get("id"), str)} for key in (AGENTS, *CLASSES)}
    there["economicResources"].update(_made_by_events(document))
    for key, struct in CLASSES.items():
        fields = REFERENCES.get(struct.__name__, {})
        for item in _items(document, key):
            for field, target in (*fields.items(), *((field, "Agent") for field in AGENT_FIELDS)):
                value = item.get(field)
                for one in value if isinstance(value, list) else () if value is None else (value,):
                    if isinstance(one, str) and one not in there[KEYS[target]]:
                        message = f"{KEYS[target]} has nothing with the id {one!r}: add it, or name another."
                        yield Problem("flows.dangling_reference", message, where(key, str(item.get("id")), field))


def _check_units(document: Mapping[str, Any]) -> Iterator[Problem]:
    there = {item.get("id") for item in _items(document, "units")}
    for key in CLASSES:
        for item in _items(document, key):
            for field, value in item.items():
                unit = value.get("hasUnit") if isinstance(value, dict) else value if field in UNIT_FIELDS else None
                if isinstance(unit, str) and unit not in there and find_unit(unit) is None:
                    message = f"There is no unit {unit!r}: name one of OM 2, a currency, or the id of one of the units."
                    yield Problem("flows.unknown_unit", message, where(key, str(item.get("id")), field))


def _items(document: Mapping[str, Any], key: str) -> Iterator[Item]:
    items = document.get(key)
    yield from (item for item in items if isinstance(item, dict)) if isinstance(items, list) else ()


def _made_by_events(document: Mapping[str, Any]) -> Iterator[str]:
    """Resources need no item of their own if an event can have created them."""
    for event in _items(document, "economicEvents"):
        behaviour = BEHAVIOURS.get(str(event.get("action")))
        field = {"optional": "resourceInventoriedAs", "optionalTo": "toResourceInventoriedAs"}.get(behaviour.createResource if behaviour else "")
        if field and isinstance(event.get(field), str):
            yield event[field]
