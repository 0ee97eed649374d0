"""From nested objects of any older shape to flat lists of items that name each other.

A queue, not recursion: answers of GraphQL nest as deep as a history is long. Time and memory are linear in the input.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from .document import Item
from .legacy_fields import Converter
from .legacy_notes import Notes
from .legacy_shapes import (
    BOOKKEEPING,
    COUNTED,
    DERIVED,
    FIELDS,
    INVERSES,
    LINKS,
    NAMED_BY_NAME,
    REMOVED,
    RENAMED,
    class_of,
    typed,
)
from .legacy_values import camel, derived_id, kept_id, plain

_PLACEHOLDER = re.compile(r"(?:[a-z]+_)+id(?:_[0-9]+)?\Z")
_BARE = frozenset({"id", "@id", "__typename", "@type"})
_LINK_ENDS = ("fulfills", "satisfies", "settles", "fulfilledBy", "satisfiedBy", "settledBy", "publishes", "intent", "publishedIn", "proposedTo")


@dataclass(slots=True)
class Collector:
    """Items by class and id, as they are found.

    Attributes:
        placeholders: Whether ids like `intent_id` stand for nothing, as in fixtures.
        by_name: Items that were only named so far: (class, id) → name.
        later: Links that are told from the other side: (class, id, field, id of what it names).
        expected: Resources as they are said to be: what should come of the events.
    """

    notes: Notes = field(default_factory=Notes)
    placeholders: bool = False
    items: dict[str, dict[str, Item]] = field(default_factory=lambda: {name: {} for name in FIELDS})
    by_name: dict[tuple[str, str], str] = field(default_factory=dict)
    later: list[tuple[str, str, str, str]] = field(default_factory=list)
    expected: dict[str, Item] = field(default_factory=dict)
    _queue: deque[tuple[str, str, Mapping[str, Any], str]] = field(default_factory=deque)
    _copies: dict[str, int] = field(default_factory=dict)

    def add(self, class_: str, value: Mapping[str, Any], path: str) -> str | None:
        """Take an object in and return its id; a link between two objects, or what 1.0 has no place for, has none."""
        if class_ in REMOVED:
            self.notes.add("flows.class_left_out", class_, path, f"{class_} is not in Valueflows 1.0 and is left out: {REMOVED[class_]}.")
            return None
        if class_ in LINKS:
            self._link(class_, value, path)
            return None
        id_ = self._identify(class_, value)
        if says_nothing(value):
            return id_
        self._queue.append((class_, id_, value, path))
        if len(self._queue) == 1:
            self._run()
        return id_

    def reference(self, class_: str, value: Any, path: str) -> str | None:
        """The id of what a field names, by its id, its name, or the whole object."""
        value = plain(value)
        if isinstance(value, Mapping):
            if not any(part not in (None, "") for part in value.values()):
                return None
            return self.add(typed(value) or class_, value, path)
        if class_ == "Agent" and isinstance(value, str):
            return value.strip()[:300] or None
        return kept_id(class_, value)

    def _identify(self, class_: str, value: Mapping[str, Any]) -> str:
        given = plain(value.get("id", value.get("@id")))
        if not (self.placeholders and isinstance(given, str) and _PLACEHOLDER.match(given)):
            id_ = str(given)[:300] if class_ == "Agent" and given not in (None, "") else kept_id(class_, given)
            if id_ is not None:
                return id_
        name = value.get(NAMED_BY_NAME.get(class_, ""))
        if isinstance(name, str) and name.strip():
            id_ = derived_id(class_, name.strip().casefold())
            self.by_name.setdefault((class_, id_), name.strip().casefold())
            return id_
        try:
            content = json.dumps(value, sort_keys=True, default=str)
        except RecursionError:
            content = "too deep to be told apart by content"
        id_ = derived_id(class_, content)
        id_ = f"{class_[0].lower()}{class_[1:]}-{id_.rpartition('-')[2]}"
        self._copies[id_] = self._copies.get(id_, 0) + 1
        return id_ if self._copies[id_] == 1 else f"{id_}-{self._copies[id_]}"

    def _run(self) -> None:
        while self._queue:
            class_, id_, value, path = self._queue[0]
            self._take(class_, id_, value, path)
            self._queue.popleft()

    def _take(self, class_: str, id_: str, value: Mapping[str, Any], path: str) -> None:
        item = self.items[class_].setdefault(id_, {"id": id_})
        renamed = _renamed(class_)
        converter = Converter(self.notes, class_, path, self.reference)
        for key, raw in converter.prepared(value).items():
            name = renamed.get(camel(key), camel(key))
            name = name[:-2] if name not in FIELDS[class_] and name.endswith("Id") else name
            name = renamed.get(name, name)
            if raw is None or raw in ("", [], {}) or name in BOOKKEEPING or name == "id":
                continue
            here = f"{path}.{key}"
            if class_ == "EconomicResource" and name in COUNTED:
                self._expect(id_, name, raw, converter)
            elif (class_, name) in INVERSES or (class_ == "Proposal" and name in _PROPOSING):
                self._others(class_, id_, name, raw, here)
            elif name in FIELDS[class_]:
                links = self._direct(raw, here) if name in _LINK_ENDS else raw
                self._set(class_, item, name, converter.field(name, links, here), here)
            elif name not in DERIVED:
                self.notes.add("flows.left_out", f"{class_}.{name}", here, f"{class_} has no field {name} in Valueflows 1.0: it is left out.")
        if class_ == "Agent":
            converter.agent_type(item, value)

    def _set(self, class_: str, item: Item, name: str, value: Any, path: str) -> None:
        if value is None or value == []:
            return
        if isinstance(value, list):
            item[name] = [*item.get(name, ()), *(one for one in value if one not in item.get(name, ()))]
        elif (said := item.setdefault(name, value)) != value and str(said).casefold() != str(value).casefold():
            sentence = f"{class_} {item['id']!r} is told twice, with another {name}: the first is kept."
            self.notes.add("flows.conflicting_copies", f"{class_}.{name}", path, sentence)

    def _expect(self, id_: str, name: str, raw: Any, converter: Converter) -> None:
        expected = self.expected.setdefault(id_, {"id": id_})
        expected.setdefault(name, converter.counted(name, raw))

    def _others(self, class_: str, id_: str, name: str, raw: Any, path: str) -> None:
        """Things that stand within this one, and in 1.0 name it themselves."""
        target, back = INVERSES.get((class_, name), ("Intent", ""))
        for at, one in enumerate(raw if isinstance(raw, list) else _nodes(raw)):
            here = f"{path}[{at}]"
            if class_ == "Proposal":
                self._publish(id_, name, one, here)
                continue
            inner = self._unlinked(one, here)
            if (class_, target) == ("Plan", "ProcessSpecification"):
                inner = _planned(id_, inner)
            found = (class_of(inner, None) if target == "EconomicEvent" else typed(inner)) or target if isinstance(inner, Mapping) else target
            if found not in FIELDS:
                self.reference(found, inner, here)
                continue
            if back not in FIELDS[found] and back:
                found = target
            other = self.reference(found, inner, here)
            if other is not None and back:
                self.later.append((found, other, back, id_))

    def _publish(self, proposal: str, name: str, one: Any, path: str) -> None:
        """An intent of a proposal: itself, or wrapped in a ProposedIntent that says whether it is what is wanted in return."""
        inner = self._unlinked(one, path)
        other = bool(isinstance(one, Mapping) and one is not inner and plain(one.get("reciprocal"))) or name.startswith("reciprocal")
        if name in ("publishedTo", "proposedTo"):
            agent = self.reference("Agent", inner, path)
            self._later("Proposal", proposal, "proposedTo", agent)
            return
        self._later("Proposal", proposal, "reciprocal" if other else "publishes", self.reference("Intent", inner, path))

    def _later(self, class_: str, id_: str | None, field_: str, other: str | None) -> None:
        if id_ is not None and other is not None:
            self.later.append((class_, id_, field_, other))

    def _direct(self, raw: Any, path: str) -> list[Any]:
        """The far ends of what may be link records."""
        return [self._unlinked(one, f"{path}[{at}]") for at, one in enumerate(raw if isinstance(raw, list) else _nodes(raw))]

    def _unlinked(self, one: Any, path: str) -> Any:
        """What a link record links to, if this is one; else the thing itself."""
        if not isinstance(one, Mapping):
            return one
        names = {camel(key): key for key in one}
        is_link = typed(one) in LINKS or ("action" not in names and len(names.keys() & set(_LINK_ENDS)) == 1)
        end = next((names[name] for name in _LINK_ENDS if name in names), None) if is_link else None
        if end is None:
            return one
        self._partial(one, path)
        return one[end]

    def _partial(self, link: Mapping[str, Any], path: str) -> None:
        for key, value in link.items():
            if camel(key) in ("resourceQuantity", "effortQuantity", "note") and value not in (None, "", {}):
                sentence = f"Links carry no {camel(key)} in 1.0: what is fulfilled is counted from the quantities of the events."
                self.notes.add("flows.link_quantity_left_out", camel(key), f"{path}.{key}", sentence)

    def _link(self, class_: str, value: Mapping[str, Any], path: str) -> None:
        """A link record that stands by itself."""
        fields = {camel(key): raw for key, raw in value.items()}
        self._partial(value, path)
        if class_ == "ProposedIntent":
            proposal = self.reference("Proposal", fields.get("publishedIn"), f"{path}.publishedIn")
            intent = self.reference("Intent", fields.get("publishes", fields.get("intent")), f"{path}.publishes")
            self._later("Proposal", proposal, "reciprocal" if plain(fields.get("reciprocal")) else "publishes", intent)
        elif class_ == "ProposedTo":
            proposal = self.reference("Proposal", fields.get("proposed"), f"{path}.proposed")
            self._later("Proposal", proposal, "proposedTo", self.reference("Agent", fields.get("proposedTo"), f"{path}.proposedTo"))
        else:
            name, by, target = _ENDS[class_]
            raw = fields.get(by)
            other = typed(raw) if isinstance(raw, Mapping) else None
            source = self.reference(other or "EconomicEvent", raw, f"{path}.{by}")
            self._later(other or "EconomicEvent", source, name, self.reference(target, fields.get(name), f"{path}.{name}"))


_PROPOSING = ("proposedIntents", "primaryIntents", "reciprocalIntents", "publishedTo", "publishes", "reciprocal", "proposedTo")
_ENDS = {
    "Fulfillment": ("fulfills", "fulfilledBy", "Commitment"),
    "Satisfaction": ("satisfies", "satisfiedBy", "Intent"),
    "Settlement": ("settles", "settledBy", "Claim"),
}


def says_nothing(value: Mapping[str, Any]) -> bool:
    """Whether an object has nothing but an id: it names something, and says nothing of it."""
    return all(key in _BARE or part is None or part in ("", [], {}) for key, part in value.items())


@cache
def _renamed(class_: str) -> Mapping[str, str]:
    return {**RENAMED["*"], **RENAMED.get(class_, {})}


def _planned(plan: str, specification: Any) -> Any:
    """A specification that stands in a plan, with the plan said of each process that stands in it."""
    processes = specification.get("processes") if isinstance(specification, Mapping) else None
    if not isinstance(processes, list):
        return specification
    return {**specification, "processes": [{"plannedWithin": plan, **one} if isinstance(one, Mapping) else one for one in processes]}


def _nodes(raw: Any) -> list[Any]:
    """The things of a relay connection, or the one thing there is."""
    if isinstance(raw, Mapping) and isinstance(edges := raw.get("edges"), list):
        return [edge.get("node") for edge in edges if isinstance(edge, Mapping)]
    return [raw]
