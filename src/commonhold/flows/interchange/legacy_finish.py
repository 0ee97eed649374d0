"""The last step of an import from an older shape: names become ids, links get their place, events their order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..references import AGENT_FIELDS, REFERENCES
from .document import AGENTS, KEYS, UNIT_FIELDS, Document, Item
from .legacy_collect import Collector
from .legacy_fields import known_unit
from .legacy_shapes import FIELDS, NAMED_BY_NAME
from .legacy_values import derived_id

_ULID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}\Z")
_STOCK = ("accountingQuantity", "onhandQuantity")


def finish(collector: Collector) -> Document:
    """The document of what was collected; what is left open goes to its notes."""
    _units(collector)
    _link(collector)
    aliases = _aliases(collector)
    for class_, id_ in collector.by_name:
        if (class_, id_) in aliases:
            _merge(collector, class_, id_, aliases[class_, id_])
    for class_, items in collector.items.items():
        for item in items.values():
            _rename(class_, item, aliases)
    _measure_units(collector)
    _only_named(collector)
    _agents(collector)
    _actions(collector)
    document = {KEYS[class_]: list(items.values()) for class_, items in collector.items.items() if items}
    if "economicEvents" in document:
        document["economicEvents"] = in_order(document["economicEvents"])
    if collector.expected:
        document["expectedFinalEconomicResources"] = _expected(collector, document, aliases)
    return document


def _link(collector: Collector) -> None:
    """Write the links that were told from the other side into the items that have them in 1.0."""
    for class_, id_, field, other in collector.later:
        also = "Commitment" if class_ == "EconomicEvent" and field in FIELDS["Commitment"] else class_
        item = collector.items[class_].get(id_) or collector.items[also].get(id_)
        if item is None:
            sentence = f"{other!r} should be named in {field} of {id_!r}, which is not there: the link is left out."
            collector.notes.add("flows.link_left_out", f"{class_}.{field}", f"{KEYS[class_]}[{id_}].{field}", sentence)
        elif field in _LISTS:
            if other not in item.setdefault(field, []):
                item[field].append(other)
        elif item.setdefault(field, other) == other:
            continue
        elif class_ == "RecipeFlow":
            copy = {name: value for name, value in item.items() if name not in _PARENTS}
            copy["id"] = f"{id_[:180]}-{derived_id(class_, f'{id_} {field} {other}').rpartition('-')[2]}"
            collector.items[class_][copy["id"]] = {**copy, field: other}
            sentence = f"{id_!r} stands in several places; there is place for one, so it is copied: {copy['id']!r}."
            collector.notes.add("flows.doubled_id", field, f"{KEYS[class_]}[{id_}]", sentence)
        else:
            sentence = f"{id_!r} stands in two places: {item[field]!r} is kept, {other!r} is left out."
            collector.notes.add("flows.only_one", f"{class_}.{field}", f"{KEYS[class_]}[{id_}].{field}", sentence)


_PARENTS = ("recipeInputOf", "recipeOutputOf", "recipeClauseOf", "recipeReciprocalClauseOf")
_LISTS = ("fulfills", "satisfies", "settles", "publishes", "reciprocal", "proposedTo", "listedIn")


def _aliases(collector: Collector) -> dict[tuple[str, str], str]:
    """(class, what something is called in references) → its id, for what has a name and an id."""
    aliases: dict[tuple[str, str], str] = {}
    called = {key: name for key, name in collector.by_name.items() if len(collector.items[key[0]].get(key[1], {})) > 0}
    for class_, field in NAMED_BY_NAME.items():
        by_name: dict[str, list[str]] = {}
        for id_, item in collector.items[class_].items():
            if (class_, id_) not in called:
                for name in {str(item.get(field, "")).strip().casefold(), str(item.get("symbol", "")).casefold()} - {""}:
                    by_name.setdefault(name, []).append(id_)
        for (kind, id_), name in called.items():
            if kind == class_ and name in by_name:
                aliases[class_, id_] = by_name[name][0]
                if len(by_name[name]) > 1:
                    sentence = f"{len(by_name[name])} of {KEYS[class_]} are called {name!r}: the first is taken, {by_name[name][0]!r}."
                    collector.notes.add("flows.ambiguous_name", f"{class_} {name}", f"{KEYS[class_]}[{by_name[name][0]}]", sentence)
        for name, ids in by_name.items():
            for spelling in (name, *(str(collector.items[class_][ids[0]].get(field, "")),)):
                if spelling not in collector.items[class_]:
                    aliases.setdefault((class_, spelling), ids[0])
    return aliases


def _merge(collector: Collector, class_: str, called: str, id_: str) -> None:
    """What was only named is the thing of that name; what was said of it on the way is kept."""
    item = collector.items[class_].pop(called, {})
    for field, value in item.items():
        if field not in ("id", NAMED_BY_NAME[class_]):
            collector.items[class_][id_].setdefault(field, value)


def _rename(class_: str, item: Item, aliases: dict[tuple[str, str], str]) -> None:
    targets = {**REFERENCES.get(class_, {}), **dict.fromkeys(AGENT_FIELDS, "Agent"), "primaryLocation": "SpatialThing"}
    for field, target in targets.items():
        value = item.get(field)
        if isinstance(value, list):
            item[field] = list(dict.fromkeys(aliases.get((target, one), one) for one in value))
        elif isinstance(value, str):
            item[field] = aliases.get((target, value), value)


def _units(collector: Collector) -> None:
    """OM 2 identifiers that stand as the symbol or the id of a unit get their field; a unit that says nothing has its id as label."""
    for id_, item in collector.items["Unit"].items():
        symbol = str(item.get("symbol", ""))
        if symbol.startswith(("om2:", "http")):
            item.setdefault("omUnitIdentifier", symbol)
            del item["symbol"]
        item.setdefault("label", symbol or id_)
        known = known_unit(f"om2:{id_}") or known_unit(str(item["label"])) or known_unit(symbol)
        if "omUnitIdentifier" not in item and known:
            item["omUnitIdentifier"] = known if known.startswith("om2:") else _om(known)
            if not item["omUnitIdentifier"]:
                del item["omUnitIdentifier"]


def _om(text: str) -> str:
    from ..units import find_unit

    unit = find_unit(text)
    return unit.om or "" if unit else ""


def _measure_units(collector: Collector) -> None:
    """Units in quantities become ids of units of the document, or names that are known; others become units of their own."""
    called: dict[str, str] = {}
    for id_, unit in collector.items["Unit"].items():
        for name in (id_, unit["label"], unit.get("symbol"), unit.get("omUnitIdentifier"), str(unit["label"]).partition(" (")[0]):
            called.setdefault(str(name).casefold(), id_)
    for item in _all_with_units(collector):
        for field, value in item.items():
            if isinstance(value, dict) and "hasUnit" in value:
                item[field] = {**value, "hasUnit": _unit(collector, value["hasUnit"], called)}
            elif field in UNIT_FIELDS:
                item[field] = _unit(collector, value, called)


def _all_with_units(collector: Collector) -> Iterator[Item]:
    for items in collector.items.values():
        yield from items.values()
    yield from collector.expected.values()


def _unit(collector: Collector, text: str, called: dict[str, str]) -> str:
    known = called.get(text.casefold()) or known_unit(text)
    if known is None:
        sentence = f"There is no unit {text!r} in OM 2: it is taken as a count of its own kind, which converts into nothing."
        collector.notes.add("flows.unit_of_its_own", text, f"units[{text}]", sentence)
        known = called[text.casefold()] = re.sub(r"[^!-~]+", "-", text).strip("-") or "unit"
        collector.items["Unit"][known] = {"id": known, "label": text}
    return known


def _only_named(collector: Collector) -> None:
    """Describe what is named but not described, where a name is enough: a specification is called as the first resource of it."""
    for class_, items in collector.items.items():
        targets = {field: target for field, target in REFERENCES.get(class_, {}).items() if target not in _NEED_MORE}
        for item in items.values() if targets else ():
            for field, target in targets.items():
                value, known = item.get(field), collector.items[target]
                for id_ in value if isinstance(value, list) else () if value is None else (value,):
                    if id_ not in known:
                        name = str(item.get("name", id_)) if class_ == "EconomicResource" and target == "ResourceSpecification" else id_
                        known[id_] = {"id": id_, "name": name} if "name" in FIELDS[target] else {"id": id_}
                        sentence = f"The {target} {id_!r} is named, but not described: it is called {name!r}."
                        collector.notes.add("flows.only_named", target, f"{KEYS[target]}[{id_}]", sentence)


_NEED_MORE = frozenset({"EconomicEvent", "Commitment", "Intent", "Claim", "EconomicResource"})
"""What has an action is not described by a name; and resources come of events."""


def _agents(collector: Collector) -> None:
    """Agents that are named in items but not described are described by their id; what nobody says to be a person is an organization."""
    agents = collector.items["Agent"]
    for class_, items in collector.items.items():
        if class_ == "Agent":
            continue
        for item in items.values():
            for field in AGENT_FIELDS:
                value = item.get(field)
                for one in value if isinstance(value, list) else [] if value is None else [value]:
                    agents.setdefault(one, {"id": one})
    for id_, agent in agents.items():
        agent.setdefault("name", id_)
        if "type" not in agent:
            agent["type"] = "Organization"
            sentence = f"Whether {agent['name']!r} is a person is not said: it is taken as an Organization."
            collector.notes.add("flows.agent_type_assumed", "Agent.type", f"{AGENTS}[{id_}].type", sentence)


def _actions(collector: Collector) -> None:
    """Give items without an action the one that their place tells, and take out those whose action 1.0 does not have."""
    for class_, items in collector.items.items():
        for id_, item in list(items.items()):
            if item.get("action") == "unknown":
                del items[id_]
            elif "action" in FIELDS[class_] and "action" not in item:
                produced, consumed = item.keys() & {"outputOf", "recipeOutputOf"}, item.keys() & {"inputOf", "recipeInputOf"}
                item["action"] = "produce" if produced else "consume" if consumed else "transfer"
                sentence = f"{class_} {id_!r} says no action: {item['action']} is taken, by where it stands."
                collector.notes.add("flows.action_assumed", f"{class_}.{item['action']}", f"{KEYS[class_]}[{id_}].action", sentence)


def in_order(events: list[Item]) -> list[Item]:
    """Events in the order in which they happened, as far as they tell: by ids that are sorted by time, by times, or as they stand."""
    if all(_ULID.match(event["id"]) for event in events):
        return sorted(events, key=lambda event: str(event["id"]))
    times = [event.get("hasPointInTime") or event.get("hasEnd") or event.get("hasBeginning") for event in events]
    if any(time is None for time in times):
        return events
    keyed = sorted(zip(times, range(len(events)), events, strict=True), key=lambda one: (str(one[0])[:19], str(one[0])[20:-1].ljust(6, "0"), one[1]))
    return [event for _, _, event in keyed]


def _expected(collector: Collector, document: Document, aliases: dict[tuple[str, str], str]) -> list[Item]:
    """What is said to be there in the end. Stock that no event tells of is named: nothing of it is imported."""
    touched = {event.get(field) for event in document.get("economicEvents", ()) for field in ("resourceInventoriedAs", "toResourceInventoriedAs")}
    expected = []
    for id_, item in collector.expected.items():
        said = collector.items["EconomicResource"].get(id_, {})
        named: Item = {field: said[field] for field in ("name", "trackingIdentifier") if field in said}
        expected.append({**named, **item})
        for field in ("primaryAccountable", "custodian"):
            if field in item:
                expected[-1][field] = aliases.get(("Agent", item[field]), item[field])
        if id_ not in touched and any(item.get(field) for field in _STOCK):
            sentence = f"The stock of {said.get('name', id_)!r} is in no event, so it is not imported: record a raise of it."
            collector.notes.add("flows.stock_without_event", "EconomicResource", f"economicResources[{id_}]", sentence)
    return expected
