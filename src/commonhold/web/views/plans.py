"""`/{commons}/plans/…`: plans, and each as a board: when what is to happen, what is open, promised and done."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ...flows.planning import critical_path
from ...flows.planning.queries import plan_records
from ...flows.queries import linking
from ...flows.store import Known
from ...flows.vocabulary import Commitment, Intent, Process
from ...node.flow_pages import names_of, process_plain, record_plain, records_page
from ...store.transaction import Transaction
from ..addresses import at
from ..asked import asked_number
from ..charts.gantt import Bar, gantt
from ..pages import Values, page
from .flows import head_of, wanted_record

ROWS = 50
SHOWN = 100
"""So many processes, tasks, promises and events of a plan are on its board."""


def _present(values: Values) -> Values:
    return {"onward": at(values["commons"], "plans", after=values["after"]) if values["after"] is not None else ""}


@page("flows/plans.html", _present)
def plans(request: Any, transaction: Transaction, commons: str) -> Values:
    """A page of plans."""
    head = head_of(transaction, commons)
    after = asked_number(request, "after")
    found, onward = records_page(transaction, commons, "Plan", after=-1 if after is None else after, limit=ROWS)
    return head | {"plans": [record_plain(transaction, commons, one) for one in found], "names": {}, "after": onward}


def _present_one(values: Values) -> Values:
    timed = [one for one in values["processes"] if one.get("hasBeginning") and one.get("hasEnd")]
    bars = [
        Bar(one.get("name") or one["id"], at(values["commons"], "processes", one["id"]), one["hasBeginning"], one["hasEnd"], one["critical"])
        for one in sorted(timed, key=lambda one: (one["hasBeginning"], one["hasEnd"], one["id"]))
    ]
    said = _("Processes that must not be late, or the whole plan is, are marked with a diamond. The same is in the table below.")
    return {"picture": gantt("plan", _("When what is to happen"), said, bars) if bars else "", "timed": timed}


@page("flows/plan.html", _present_one)
def plan(request: Any, transaction: Transaction, commons: str, id_: str) -> Values:
    """One plan."""
    head = head_of(transaction, commons)
    known = wanted_record(transaction, commons, "Plan", id_)
    records = plan_records(transaction, commons, known)
    steps = [one for one in records if one.type == "Process"]
    records = _with_flows(transaction, commons, records, steps)
    slack = {slot.process: slot for slot in critical_path(_all(steps, Process), _all(records, (Intent, Commitment)))}
    processes = [
        record_plain(transaction, commons, one)
        | {"critical": one.id in slack and slack[one.id].critical, "slackSeconds": slack[one.id].slack // 1_000_000 if one.id in slack else None}
        for one in steps[:SHOWN]
    ]
    promises = {type_: [record_plain(transaction, commons, one) for one in records if one.type == type_] for type_ in ("Intent", "Commitment")}
    done = [event for one in steps[:SHOWN] for side in ("hasInput", "hasOutput") for event in process_plain(transaction, commons, one)[side]]
    view = record_plain(transaction, commons, known)
    shown = {
        "open": sorted((one for one in promises["Intent"] if not one["finished"]), key=lambda one: (one.get("due") or "9", one["id"]))[:SHOWN],
        "promised": [one for one in promises["Commitment"] if not one["finished"]][:SHOWN],
        "kept": sum(one["finished"] for one in promises["Commitment"]), "done": done[:SHOWN],
    }  # fmt: skip
    named = [*shown["open"], *shown["promised"], *shown["done"], *processes, *({"inputOf": one["id"]} for one in processes)]
    return head | shown | {"plan": view, "processes": processes, "processCount": len(steps), "names": names_of(transaction, commons, named)}


def _with_flows(transaction: Transaction, commons: str, records: list[Known], steps: list[Known]) -> list[Known]:
    """The records of a plan, and what goes into and comes out of its processes."""
    found = {one.number: one for one in records}
    for step in steps:
        for field in ("inputOf", "outputOf"):
            for type_ in ("Intent", "Commitment"):
                found |= {one.number: one for one in linking(transaction, commons, step.number, field, type_)}
    return [found[number] for number in sorted(found)]


def _all(records: list[Known], shapes: Any) -> list[Any]:
    return [record for one in records if isinstance(record := one.record(), shapes)]
