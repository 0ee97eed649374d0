"""`/{commons}/worth/{resource}/` and `traces/{resource}/`: reads of the whole history of one thing."""

from __future__ import annotations

from typing import Any

from ...flows.store import event_at, record_numbered
from ...flows.tracing.history import read_history
from ...flows.tracing.queries import environment, walk
from ...flows.tracing.trace import KINDS
from ...node.flow_pages import event_plain, name_of, names_of
from ...sharing.worth import worth_of
from ...store.transaction import Transaction
from ..addresses import at
from ..asked import asked_number, asked_text
from ..pages import Values, page
from .flows import head_of, wanted_record

CONTRIBUTORS_SHOWN = 25
STEPS_SHOWN = 100
_CLASSES = {"event": "EconomicEvent", "resource": "EconomicResource", "process": "Process"}


def worth_values(transaction: Transaction, commons: str, number: int) -> Values:
    """What a resource is worth, whose that is, and what its making gave to and took from nature."""
    worth = worth_of(transaction, commons, number)
    history = read_history(transaction, commons)
    nature = environment(transaction, commons, history, number) if number < history.records else []
    shown = worth["contributions"][:CONTRIBUTORS_SHOWN]
    things = [*shown, *nature]
    return worth | {"contributions": shown, "others": len(worth["contributions"]) - len(shown), "environment": nature,
                    "worthNames": names_of(transaction, commons, things)}  # fmt: skip


@page("flows/worth.html")
def worth(request: Any, transaction: Transaction, commons: str, id_: str) -> Values:
    """The same on a page of its own."""
    head = head_of(transaction, commons)
    known = wanted_record(transaction, commons, "EconomicResource", id_)
    found = worth_values(transaction, commons, known.number)
    return head | {"id": id_, "name": name_of(transaction, commons, "EconomicResource", id_), "worth": found, "names": found["worthNames"]}


def _present_trace(values: Values) -> Values:
    way = {"forward": 1} if values["forward"] else {}
    onward = at(values["commons"], "traces", values["id"], **way, after=values["after"]) if values["after"] is not None else ""
    return {"onward": onward, "other": at(values["commons"], "traces", values["id"], **({} if values["forward"] else {"forward": 1}))}


@page("flows/trace.html", _present_trace)
def trace(request: Any, transaction: Transaction, commons: str, id_: str) -> Values:
    """All that led to a resource or came of it, in the order in which the specification visits it, a page at a time."""
    head = head_of(transaction, commons)
    known = wanted_record(transaction, commons, "EconomicResource", id_)
    forward, after = bool(asked_text(request, "forward")), asked_number(request, "after")
    walked = walk(read_history(transaction, commons), ("resource", known.number), forward=forward)
    first = 0 if after is None else after + 1
    count = 0 if walked is None else len(walked)
    nodes = []
    for place in range(first, min(first + STEPS_SHOWN, count)):
        assert walked is not None
        nodes.append(_node(transaction, commons, KINDS[walked.kind[place]], int(walked.number[place])) | {"place": place + 1})
    last = first + len(nodes)
    return head | {
        "id": id_, "name": name_of(transaction, commons, "EconomicResource", id_), "forward": forward, "count": count, "traceOrder": nodes,
        "after": last - 1 if last < count else None,
        "names": names_of(transaction, commons, [{"resourceInventoriedAs": id_}, *(node["event"] for node in nodes if "event" in node)]),
    }  # fmt: skip


def _node(transaction: Transaction, commons: str, kind: str, number: int) -> Values:
    if kind == "event":
        past = event_at(transaction, commons, number)
        return {"type": _CLASSES[kind], "id": past.id, "event": event_plain(transaction, commons, past)}
    known = record_numbered(transaction, commons, number)
    return {"type": _CLASSES[kind], "id": known.id, "name": name_of(transaction, commons, known.type, known.id)}
