"""The history of one thing, for people and programs: what led to it or came of it, and what its making took of the earth."""

from __future__ import annotations

from typing import Any

from ...measure import format_quantity
from ...problems import bad_input
from ...store.transaction import Transaction
from ..queries import event_view, find_anything
from ..rules import signed_quantity
from ..store import Known, PastEvent, event_at, record_numbered
from .history import History, read_history
from .trace import KINDS, Kind, Trace, trace, track
from .valuation import embodied

_CLASSES = {"event": "EconomicEvent", "resource": "EconomicResource", "process": "Process"}
_KIND_OF: dict[str, Kind] = {"EconomicResource": "resource", "Process": "process"}


def traced(transaction: Transaction, commons: str, text: str, *, forward: bool = False) -> dict[str, Any]:
    """What led to a resource, a process or an event, or (`forward`) what came of it.

    Returns:
        `traceOrder`: the nodes in the order of the visit, each with class, id, `parent` (place of what led to it) and `depth`;
        `environment`: what nature gave and took for a resource.

    Raises:
        NotFound: `flows.unknown`, `flows.which`. BadInput: `flows.no_trace`, for what is no resource, process or event.
    """
    start, found = start_of(transaction, commons, text)
    history = read_history(transaction, commons)
    walked = walk(history, start, forward=forward)
    plain = {"id": found.id, "type": _CLASSES[start[0]], "forward": forward, "traceOrder": nodes(transaction, commons, walked)}
    if start[0] == "resource" and not forward:
        plain["environment"] = environment(transaction, commons, history, start[1])
    return plain


def start_of(transaction: Transaction, commons: str, text: str) -> tuple[tuple[Kind, int], Known | PastEvent]:
    """What a trace begins with, and what that is.

    Raises:
        NotFound: `flows.unknown`, `flows.which`. BadInput: `flows.no_trace`.
    """
    found = find_anything(transaction, commons, text)
    if isinstance(found, PastEvent):
        return ("event", found.position), found
    if found.type not in _KIND_OF:
        raise bad_input("flows.no_trace", f"A {found.type} has no history: trace a resource, a process or an event.", "id")
    return (_KIND_OF[found.type], found.number), found


def walk(history: History, start: tuple[Kind, int], *, forward: bool) -> Trace | None:
    """The trace, or None if no event knows of what it begins with."""
    try:
        return track(history, start) if forward else trace(history, start)
    except KeyError:
        return None


def nodes(transaction: Transaction, commons: str, walked: Trace | None) -> list[dict[str, Any]]:
    """The nodes of a trace as plain values; events with what they say."""
    found: list[dict[str, Any]] = []
    if walked is None:
        return found
    for kind, number, parent in zip(walked.kind.tolist(), walked.number.tolist(), walked.parent.tolist(), strict=True):
        depth = found[parent]["depth"] + 1 if parent >= 0 else 0
        node: dict[str, Any] = {"type": _CLASSES[KINDS[kind]], "id": "", "parent": parent if parent >= 0 else None, "depth": depth}
        if KINDS[kind] == "event":
            past = event_at(transaction, commons, number)
            node |= {"id": past.id, "event": event_view(transaction, commons, past)}
        else:
            known = record_numbered(transaction, commons, number)
            node |= {"id": known.id, "name": getattr(known.record(), "name", None)}
        found.append(node)
    return found


def environment(transaction: Transaction, commons: str, history: History, resource: int) -> list[dict[str, Any]]:
    """What went between ecological agents and the processes of a resource's history, as far as it is in the resource.

    Each line: the agent, of what specification, whether nature `gave` or `took` it, and how much in which unit.
    """
    sql = (
        "SELECT e.position, a.id, f.id, e.provider = a.number, e.resource_unit FROM economic_event e JOIN agent a ON a.commons = e.commons"
        " AND (a.number = e.provider OR a.number = e.receiver) LEFT JOIN flow_record f ON f.commons = e.commons AND f.number = e.conforms_to"
        " WHERE e.commons = ? AND a.type = 'EcologicalAgent' AND e.resource_micro IS NOT NULL ORDER BY e.position, a.number"
    )
    flows: dict[tuple[str, str, bool, str], list[int]] = {}
    known = {int(position): place for place, position in enumerate(history.position.tolist())}
    for position, agent, specification, gave, unit in transaction.rows(sql, (commons,)):
        if position in known:
            column = flows.setdefault((agent, specification or "", bool(gave), unit), [0] * len(history))
            column[known[position]] += _amount(transaction, commons, position)
    lines = []
    for (agent, specification, gave, unit), column in flows.items():
        amount = embodied(history, column, resource)
        if amount:
            way = "gave" if gave else "took"
            quantity = {"hasNumericalValue": format_quantity(amount), "hasUnit": unit}
            lines.append({"agent": agent, "resourceConformsTo": specification or None, "nature": way, "quantity": quantity})
    return lines


def _amount(transaction: Transaction, commons: str, position: int) -> int:
    measure = event_at(transaction, commons, position).event.resourceQuantity
    return 0 if measure is None else signed_quantity(measure)
