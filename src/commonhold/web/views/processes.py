"""`/{commons}/processes/…`: what is under way, and each process: planned, promised and done side by side."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from ...measure import format_quantity
from ...node.flow_pages import name_of, names_of, process_plain, record_plain, records_page
from ...store.transaction import Transaction
from ..addresses import at
from ..asked import asked_number
from ..pages import Values, page
from .flows import head_of, wanted_record

ROWS = 50
_NAMED_BY = {"ResourceSpecification": "resourceConformsTo", "EconomicResource": "resourceInventoriedAs"}
_KINDS = (("", "done"), ("Planned", "planned"), ("Promised", "promised"))


def _present(values: Values) -> Values:
    return {"onward": at(values["commons"], "processes", after=values["after"]) if values["after"] is not None else ""}


@page("flows/processes.html", _present)
def processes(request: Any, transaction: Transaction, commons: str) -> Values:
    """A page of processes, those first that were mentioned first."""
    head = head_of(transaction, commons)
    after = asked_number(request, "after")
    found, onward = records_page(transaction, commons, "Process", after=-1 if after is None else after, limit=ROWS)
    shown = [record_plain(transaction, commons, one) for one in found]
    return head | {"processes": shown, "names": names_of(transaction, commons, [*shown, *({"inputOf": one["id"]} for one in shown)]), "after": onward}


@page("flows/process.html")
def process(request: Any, transaction: Transaction, commons: str, id_: str) -> Values:
    """One process."""
    head = head_of(transaction, commons)
    known = wanted_record(transaction, commons, "Process", id_)
    view = record_plain(transaction, commons, known)
    flows = process_plain(transaction, commons, known)
    every = [one for side in flows.values() for one in side]
    inputs, outputs = (_lines(transaction, commons, flows, side) for side in ("hasInput", "hasOutput"))
    about = [{_NAMED_BY[line["class"]]: line["id"]} for line in (*inputs, *outputs) if line["class"]]
    names = names_of(transaction, commons, [view, {"inputOf": id_}, *every, *about])
    return head | {
        "process": view, "name": name_of(transaction, commons, "Process", id_), "names": names, "inputs": inputs, "outputs": outputs,
    }  # fmt: skip


def _lines(transaction: Transaction, commons: str, flows: Values, side: str) -> list[Values]:
    """What goes in or comes out, a line for each action and kind of thing: what is planned, promised and done of it, and what is open."""
    lines: dict[tuple[str, str, str], Values] = {}
    for suffix, column in _KINDS:
        for flow in flows[side + suffix]:
            class_, id_ = _thing(transaction, commons, flow)
            empty = {"action": flow["action"], "class": class_, "id": id_, "planned": [], "promised": [], "done": []}
            lines.setdefault((flow["action"], class_, id_), empty)[column].append(flow)
    return [line | {"open": _open(line["planned"]), "promisedOpen": _open(line["promised"])} for line in lines.values()]


def _thing(transaction: Transaction, commons: str, flow: Values) -> tuple[str, str]:
    """What a flow is about: the kind of thing, if one is known; else the thing."""
    resource = flow.get("resourceInventoriedAs")
    if flow.get("resourceConformsTo"):
        return "ResourceSpecification", flow["resourceConformsTo"]
    if resource:
        sql = (
            "SELECT s.id FROM flow_record f JOIN economic_resource r ON r.commons = f.commons AND r.number = f.number JOIN flow_record s"
            " ON s.commons = r.commons AND s.number = r.conforms_to WHERE f.commons = ? AND f.type = 'EconomicResource' AND f.id = ?"
        )
        found = transaction.value(sql, (commons, resource))
        return ("ResourceSpecification", str(found)) if found else ("EconomicResource", resource)
    return "", ""


def _open(flows: list[Values]) -> list[Values]:
    """What is open of some promises, a measure for each unit."""
    sums: dict[str, int] = defaultdict(int)
    for flow in flows:
        for field in ("openResourceQuantity", "openEffortQuantity"):
            measure = flow.get(field)
            if measure and not flow["finished"]:
                whole, _, part = measure["hasNumericalValue"].partition(".")
                sums[measure["hasUnit"]] += int(whole) * 1_000_000 + int(f"{part:0<6}")
    return [{"hasNumericalValue": format_quantity(micro), "hasUnit": unit} for unit, micro in sums.items() if micro]
