"""Histories for tests: from the documents of Interfacer, and written as short lists of events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from commonhold.flows.actions import NUMBERS
from commonhold.flows.tracing.history import NONE, History
from commonhold.measure import MICRO, parse_quantity

Event = Mapping[str, Any]
"""Keys: `action`, and as needed `input_of`, `output_of`, `resource`, `to`, `quantity` (whole units) or `micro` (millionths),
`corrects` (position)."""


def history_of(events: Iterable[Event], units: Iterable[int] = ()) -> History:
    """A history with the positions 0, 1, 2, ...; `previous` is the last event that touched the resource."""
    rows, last = [], {NONE: NONE}
    for position, event in enumerate(events):
        resource, to = event.get("resource", NONE), event.get("to", NONE)
        quantity = event.get("micro", event.get("quantity", 0) * MICRO)
        rows.append((
            position, NUMBERS[event["action"]], event.get("input_of", NONE), event.get("output_of", NONE), resource, to, quantity,
            last.get(resource, NONE), event.get("corrects", NONE),
        ))  # fmt: skip
        last |= {number: position for number in (resource, to) if number != NONE}
    columns = np.array(rows, dtype=np.int64).reshape(-1, 9).T
    return History(*(np.ascontiguousarray(column) for column in columns), np.array(list(units), dtype=np.int64))


def history_of_document(document: Mapping[str, Any]) -> tuple[History, dict[tuple[str, int], str]]:
    """The history of a document, and which id each number stands for, by (event, resource or process; number)."""
    numbers: dict[str, int] = {}
    names: dict[tuple[str, int], str] = {}

    def number(kind: str, id_: str | None) -> int:
        if id_ is None:
            return NONE
        found = numbers.setdefault(id_, len(numbers))
        names[kind, found] = id_
        return found

    events = []
    for position, event in enumerate(document["economicEvents"]):
        names["event", position] = event["id"]
        quantity = event["resourceQuantity"]
        events.append({
            "action": event["action"],
            "input_of": number("process", event["inputOf"]),
            "output_of": number("process", event["outputOf"]),
            "resource": number("resource", event["resourceInventoriedAs"]),
            "to": number("resource", event["toResourceInventoriedAs"]),
            "micro": 0 if quantity is None else parse_quantity(quantity["hasNumericalValue"]),
        })  # fmt: skip
    return history_of(events), names
