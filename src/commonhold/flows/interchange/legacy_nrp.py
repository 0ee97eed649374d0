"""Exports of NRP/valuenetwork (Sensorica, FairCoop), from before Valueflows: its own names for events and resources.

Read are its REST answers (`event_type`, `from_agent`, `resource_type`, `unit_of_quantity`, … with names, numbers or addresses in
them), Django's dumps of its tables (`model`, `pk`, `fields`), and its GraphQL of 2017 (`affects`, `affectedQuantity`, `improve`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .legacy_collect import Collector
from .legacy_nrp_events import Row, flow_item
from .legacy_values import kept_id, snake

_MODELS = {
    "economicevent": "event", "economic-event": "event", "contribution": "event", "commitment": "commitment",
    "economicagent": "agent", "economic-agent": "agent", "people": "agent", "context": "agent",
    "economicresourcetype": "resource_type", "resource-type": "resource_type",
    "economicresource": "resource", "economic-resource": "resource",
    "process": "process", "processtype": "process_type", "unit": "unit", "exchange": "exchange", "order": "order",
    "eventtype": "event_type", "event-type": "event_type", "agenttype": "agent_type", "agent-type": "agent_type", "location": "place",
}  # fmt: skip
_LISTS = {
    "events": "event", "contributions": "event", "commitments": "commitment", "agents": "agent", "resources": "resource",
    "resource_types": "resource_type", "processes": "process", "process_types": "process_type", "units": "unit", "exchanges": "exchange",
    "orders": "order", "event_types": "event_type", "economic_events": "event", "locations": "place", "people": "agent",
}  # fmt: skip
_URL = re.compile(r"(?:https?://[^/]+)?/.*?([a-z-]+)/([0-9]+)/?\Z")
_PRIVATE = frozenset({"email", "phone_primary", "phone_secondary", "address"})
_PROBE = 200


def is_nrp(data: Any) -> bool:
    """Whether an export looks like one of NRP, by its first objects."""
    pending, seen = [data], 0
    while pending and seen < _PROBE:
        value = pending.pop()
        seen += 1
        if isinstance(value, Mapping):
            if str(value.get("model", "")).startswith("valueaccounting.") or "affectedQuantity" in value or "affects" in value:
                return True
            if "event_type" in value and value.keys() & {"from_agent", "to_agent", "resource_type"}:
                return True
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value[:20])
    return False


@dataclass(slots=True)
class _Tables:
    """Rows of all tables by what names them."""

    rows: dict[tuple[str, str], Row] = field(default_factory=dict)

    def refer(self, table: str, value: Any) -> str | None:
        """The id of a row that is named by number, address, name or itself. Numbers count in each table, so ids say the table."""
        if value is None or value in ("", {}, []):
            return None
        if isinstance(value, Mapping):
            id_ = self.refer(table, next((value[key] for key in ("pk", "id", "api_url", "name") if value.get(key) not in (None, "")), None))
            if id_ is not None:
                self.rows.setdefault((table, id_), value)
            return id_
        text = " ".join(map(str, value)) if isinstance(value, list) else str(value).strip()
        if match := _URL.fullmatch(text):
            text = match[2]
        if text.isdigit():
            return f"{table.replace('_', '-')}-{text}"
        id_ = text if table == "agent" else kept_id(table, text) or text
        self.rows.setdefault((table, id_), {"name": text})
        return id_

    def told(self, table: str, id_: str | None) -> Row:
        """What is known of a row; nothing if it is not in the export."""
        return self.rows.get((table, id_ or ""), {})

    def unit(self, value: Any, resource_type: Any) -> str | None:
        """The unit of a quantity, or else that of the resource type."""
        if value in (None, ""):
            value = self.told("resource_type", self.refer("resource_type", resource_type)).get("unit")
        if isinstance(value, str) and not value.isdigit() and not _URL.fullmatch(value):
            return value
        return self.refer("unit", value)


def collect_nrp(data: Any, collector: Collector) -> None:
    """Take in an export of NRP."""
    tables = _Tables()
    flows: list[tuple[str, str, Row, str]] = []
    for table, key, row, path in _rows(data):
        if table is None:
            what = str(row.get("model", "")).rpartition(".")[2] or path
            collector.notes.add("flows.class_left_out", what, path, f"{what} of NRP has no place in Valueflows 1.0: it is left out.")
            continue
        id_ = tables.refer(table, key) or f"{table}-{path}"
        tables.rows[table, id_] = row
        if table in ("event", "commitment"):
            flows.append((table, id_, row, path))
    done: list[tuple[str, dict[str, Any], str]] = []
    halves: dict[str, dict[str, Any]] = {}
    for table, id_, row, path in sorted(flows, key=lambda one: (str(one[2].get("event_date") or one[2].get("start") or ""), _number(one[1]))):
        item = flow_item(table, id_, row, path, tables, collector.notes)
        if item is None:
            continue
        transfer = tables.refer("transfer", row.get("transfer")) if table == "event" else None
        if transfer is not None and transfer in halves:
            _join(halves[transfer], item)
            collector.notes.add("flows.halves_joined", "transfer", path, "Give and Receive of one transfer are one event here: transfer.")
            continue
        if transfer is not None:
            halves[transfer] = item
        done.append(("Commitment" if table == "commitment" else "EconomicEvent", item, path))
    for class_, item, path in done:
        collector.add(class_, item, path)
    for (table, id_), row in list(tables.rows.items()):
        if table in _CLASSES:
            collector.add(_CLASSES[table], _thing(table, id_, row, tables, collector), f"{table}[{id_}]")


_CLASSES = {
    "agent": "Agent", "resource_type": "ResourceSpecification", "resource": "EconomicResource", "process": "Process",
    "process_type": "ProcessSpecification", "unit": "Unit", "exchange": "Agreement", "order": "Plan", "place": "SpatialThing",
}  # fmt: skip


def _join(first: dict[str, Any], other: dict[str, Any]) -> None:
    """Make one transfer of its two halves: what was given, and what it came to at the receiver."""
    give, receive = (first, other) if first.pop("_gives", True) else (other, first)
    to = receive.get("resourceInventoriedAs")
    merged = {**receive, **give, "id": first["id"]}
    if to is not None and to != give.get("resourceInventoriedAs"):
        merged["toResourceInventoriedAs"] = to
    merged.pop("_gives", None)
    first.clear()
    first.update(merged)


def _thing(table: str, id_: str, row: Row, tables: _Tables, collector: Collector) -> dict[str, Any]:
    """A row that is no flow, as an object of 1.0."""
    renamed = {"notes": "note", "description": "note", "identifier": "trackingIdentifier", "abbrev": "symbol"}
    thing: dict[str, Any] = {"id": id_}
    for key, value in row.items():
        name = renamed.get(key, key)
        if value in (None, "", [], {}) or key in _TOLD_OTHERWISE:
            continue
        if key in _PRIVATE and table == "agent":
            collector.notes.add("flows.private_left_out", key, f"{table}[{id_}].{key}", f"{key} of an agent is personal: it is left out.")
        elif (table, key) in _FIELDS:
            field_, target = _FIELDS[table, key]
            thing[field_] = tables.refer(target, value) if target else value
        elif name in ("name", "note", "trackingIdentifier", "symbol", "finished", "substitutable", "latitude", "longitude", "image"):
            thing[name] = value
        else:
            collector.notes.add(
                "flows.left_out", f"{table}.{key}", f"{table}[{id_}].{key}", f"{key} of a {table} of NRP has no place in 1.0: it is left out."
            )
    if table == "resource" and row.get("quantity") is not None:
        unit = tables.unit(row.get("unit_of_quantity"), row.get("resource_type"))
        thing["accountingQuantity"] = {"hasNumericalValue": row["quantity"], "hasUnit": unit}
    if table == "agent":
        kind = tables.told("agent_type", tables.refer("agent_type", row.get("agent_type")))
        said = str(kind.get("party_type") or kind.get("name") or row.get("type") or "").casefold()
        if said:
            thing["type"] = "Person" if said in ("individual", "person") else "Organization"
    if table == "unit":
        thing["label"] = thing.pop("name", id_)
    return thing


_TOLD_OTHERWISE = frozenset(
    {"id", "pk", "api_url", "slug", "model", "quantity", "unit_of_quantity", "agent_type", "type", "created_date", "changed_date", "nick"}
)
_FIELDS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("resource", "resource_type"): ("conformsTo", "resource_type"),
    ("resource", "current_location"): ("currentLocation", "place"),
    ("resource_type", "unit"): ("defaultUnitOfResource", "unit"),
    ("resource_type", "unit_of_use"): ("defaultUnitOfEffort", "unit"),
    ("process", "process_type"): ("basedOn", "process_type"),
    ("process", "context_agent"): ("inScopeOf", "agent"),
    ("process", "scope"): ("inScopeOf", "agent"),
    ("process", "start_date"): ("hasBeginning", ""),
    ("process", "end_date"): ("hasEnd", ""),
    ("process", "independent_demand"): ("plannedWithin", "order"),
    ("process", "isFinished"): ("finished", ""),
    ("exchange", "exchange_date"): ("created", ""),
    ("order", "due_date"): ("due", ""),
    ("order", "order_date"): ("created", ""),
    ("agent", "primary_location"): ("primaryLocation", "place"),
    ("place", "address"): ("mappableAddress", ""),
}


def _number(id_: str) -> int:
    digits = id_.rpartition("-")[2]
    return int(digits) if digits.isdigit() else 0


def _rows(data: Any) -> Iterator[tuple[str | None, Any, Row, str]]:
    """(table, what names the row, its fields, path) of each object that is a row, in order."""
    pending: list[tuple[Any, str | None, str]] = [(data, None, "")]
    while pending:
        value, expected, path = pending.pop()
        if isinstance(value, list):
            pending.extend((one, expected, f"{path}[{at}]") for at, one in reversed(list(enumerate(value))))
        elif isinstance(value, Mapping):
            if isinstance(value.get("fields"), Mapping) and "model" in value:
                table = _MODELS.get(str(value["model"]).rpartition(".")[2].lower())
                yield table, value.get("pk"), value["fields"] if table else value, path
            elif (table := _table(value, expected)) is not None:
                yield table, value.get("id", value.get("pk", value.get("api_url", value.get("url")))), value, path
            else:
                pending.extend(reversed([(one, _LISTS.get(snake(key)), f"{path}.{key}" if path else key) for key, one in value.items() if one]))


def _table(row: Row, expected: str | None) -> str | None:
    if ("event_type" in row or "action" in row) and row.keys() & {"from_agent", "to_agent", "resource_type", "affects", "affectedQuantity"}:
        return "commitment" if expected == "commitment" or "due_date" in row else "event"
    match = _URL.fullmatch(str(row.get("api_url", "")))
    return _MODELS.get(match[1]) if match else expected if row.keys() & {"id", "pk", "name"} else None
