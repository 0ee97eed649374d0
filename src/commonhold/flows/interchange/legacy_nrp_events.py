"""Events and commitments of NRP as those of Valueflows 1.0."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

from ..actions import BEHAVIOURS
from .legacy_notes import Notes
from .legacy_values import number_text

Row = Mapping[str, Any]

EVENT_TYPES: Mapping[str, str] = {
    "citation": "cite", "cite": "cite",
    "resource consumption": "consume", "consume": "consume",
    "resource production": "produce", "produce": "produce", "create changeable": "produce",
    "resource use": "use", "use": "use",
    "time contribution": "work", "work": "work",
    "to be changed": "accept", "accept": "accept",
    "change": "modify", "improve": "modify",
    "adjust quantity": "raise", "adjust": "raise", "damage": "lower",
    **dict.fromkeys(
        (
            "give", "take", "receive", "transfer", "reciprocal transfer", "receipt", "shipment", "sale", "supply", "donation", "loan", "fee",
            "resource contribution", "cash contribution", "payment", "cash receipt", "expense", "distribution", "cash disbursement", "payout",
        ),
        "transfer",
    ),
}  # fmt: skip
"""Name of an event type, or of an action of NRP's GraphQL, in lower case → action."""

_IN_RETURN = frozenset({"payment", "cash receipt", "reciprocal transfer"})
_ADJUST = frozenset({"adjust quantity", "adjust"})
_FIELDS = {
    "from_agent": ("provider", "agent"), "provider": ("provider", "agent"),
    "to_agent": ("receiver", "agent"), "receiver": ("receiver", "agent"),
    "resource_type": ("resourceConformsTo", "resource_type"), "resource": ("resourceInventoriedAs", "resource"),
    "affects": ("resourceInventoriedAs", "resource"), "commitment": ("fulfills", "commitment"),
    "inputOf": ("inputOf", "process"), "outputOf": ("outputOf", "process"),
    "order": ("independentDemandOf", "order"), "independent_demand": ("plannedWithin", "order"), "plan": ("plannedWithin", "order"),
}  # fmt: skip
_TEXTS = {
    "description": "note",
    "note": "note",
    "event_date": "hasPointInTime",
    "start": "hasPointInTime",
    "due_date": "due",
    "due": "due",
    "finished": "finished",
}
_USED = {
    "id", "pk", "api_url", "slug", "event_type", "action", "quantity", "unit_of_quantity", "affectedQuantity", "process", "exchange", "transfer",
    "created_by", "changed_by", "created_date", "changed_date", "context_agent", "scope", "__typename", "model",
}  # fmt: skip
_WITHOUT_WEIGHT: tuple[Any, ...] = (None, "", 0, "0", "0.0", "0.00", False, [], {})


class Tables(Protocol):
    """What an event needs to know of other tables."""

    def refer(self, table: str, value: Any) -> str | None:
        """The id of a row."""

    def told(self, table: str, id_: str | None) -> Row:
        """What is known of a row."""

    def unit(self, value: Any, resource_type: Any) -> str | None:
        """The unit of a quantity."""


def flow_item(table: str, id_: str, row: Row, path: str, tables: Tables, notes: Notes) -> dict[str, Any] | None:
    """An event or a commitment as an object of 1.0, or None if what it tells has no place there."""
    type_ = _type(row, tables)
    action = EVENT_TYPES.get(type_.casefold())
    if action is None:
        notes.add("flows.unknown_action", type_, path, f"{type_!r} of NRP is no action of Valueflows 1.0: the {table} is left out.")
        return None
    item: dict[str, Any] = {"id": id_, "action": action}
    _quantity(item, type_, row, path, tables, notes)
    for key, value in row.items():
        if value in _WITHOUT_WEIGHT or key in _USED:
            continue
        if key in _FIELDS:
            name, target = _FIELDS[key]
            item[name] = [tables.refer(target, value)] if name == "fulfills" else tables.refer(target, value)
        elif key in _TEXTS:
            item[_TEXTS[key]] = value
        elif key == "is_contribution":
            notes.add(
                "flows.left_out", key, f"{path}.{key}", "Whether an event counts as a contribution is decided by peers here: the mark is left out."
            )
        else:
            notes.add("flows.left_out", f"{table}.{key}", f"{path}.{key}", f"{key} of an event of NRP has no place in 1.0: it is left out.")
    _belonging(item, type_, row, path, tables, notes)
    if type_.casefold() in ("receive", "take"):
        item["_gives"] = False
    return item


def _type(row: Row, tables: Tables) -> str:
    """The name of the type of an event, which may be told by number, address, natural key or object."""
    value = row.get("event_type") or row.get("action") or ""
    if isinstance(value, str) and value.casefold() in EVENT_TYPES:
        return value
    id_ = tables.refer("event_type", value)
    return str(tables.told("event_type", id_).get("name") or id_ or "")


def _quantity(item: dict[str, Any], type_: str, row: Row, path: str, tables: Tables, notes: Notes) -> None:
    nested = row.get("affectedQuantity")
    value, unit = row.get("quantity"), row.get("unit_of_quantity")
    if isinstance(nested, Mapping):
        value, unit = nested.get("numericValue", nested.get("numeric_value")), nested.get("unit")
    if value is None:
        return
    number = number_text(value)
    if type_.casefold() in _ADJUST and number is not None and Decimal(number) < 0:
        item["action"], value = "lower", number.removeprefix("-")
    elif number is not None and Decimal(number) < 0:
        notes.add(
            "flows.negative_left_out", type_, f"{path}.quantity", f"{number} is below nothing, and this is no correction: the quantity is left out."
        )
        return
    field = "effortQuantity" if item["action"] in ("work", "use") else "resourceQuantity"
    item[field] = {"hasNumericalValue": value, "hasUnit": tables.unit(unit, row.get("resource_type"))}


def _belonging(item: dict[str, Any], type_: str, row: Row, path: str, tables: Tables, notes: Notes) -> None:
    """Put a flow where it belongs: into or out of its process, into its exchange, and its scope to the process."""
    process = tables.refer("process", row.get("process"))
    way = BEHAVIOURS[item["action"]].inputOutput
    if process is not None and way in ("input", "output"):
        item.setdefault(f"{way}Of", process)
    elif process is not None:
        sentence = f"{item['action']} is neither input nor output of a process in 1.0: its process is left out."
        notes.add("flows.left_out", f"process of {item['action']}", f"{path}.process", sentence)
    exchange = tables.refer("exchange", row.get("exchange"))
    if exchange is not None:
        commits = "due" in item or "due_date" in row
        plain, back = ("clauseOf", "reciprocalClauseOf") if commits else ("realizationOf", "reciprocalRealizationOf")
        item[back if type_.casefold() in _IN_RETURN else plain] = exchange
    scope = tables.refer("agent", row.get("context_agent", row.get("scope")))
    known = tables.told("process", process or item.get("inputOf") or item.get("outputOf"))
    if scope is not None and tables.refer("agent", known.get("context_agent", known.get("scope"))) != scope:
        sentence = f"Only processes have a scope in 1.0: that this happened in the context of {scope!r} is left out."
        notes.add("flows.left_out", "context_agent", f"{path}.context_agent", sentence)
