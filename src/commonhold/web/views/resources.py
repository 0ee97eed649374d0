"""`/{commons}/resources/…`: what there is, and each thing by itself: where it stands, what happened to it, where it came from."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ...flows.store import find_record
from ...journal.head import read_head
from ...node.flow_pages import choices, latest_events, name_of, names_of, record_plain, resources_page
from ...store.transaction import Transaction
from ..addresses import at
from ..asked import asked_number, asked_text, narrowed
from ..pages import Values, page
from ..trace_picture import LEVELS, LEVELS_MAX, read_picture, trace_chart
from .flows import head_of, wanted_record
from .worth import worth_values

ROWS = 50
EVENTS_SHOWN = 30
CHOICES = 200
WORTH_ENTRIES_MAX = 20_000
"""In a journal of more entries, adding up what a thing is worth takes too long for its own page; it has one for that."""


def _present(values: Values) -> Values:
    chosen = values["filter"]
    words = {"specification": dict(values["specifications"]).get(chosen["specification"], "")}
    return narrowed(values["commons"], "resources", chosen, words, after=values["after"])


@page("flows/resources.html", _present)
def resources(request: Any, transaction: Transaction, commons: str) -> Values:
    """A page of resources, those first that were mentioned first."""
    head = head_of(transaction, commons)
    specification, q = asked_text(request, "specification"), asked_text(request, "q")
    after = asked_number(request, "after")
    found, onward = resources_page(transaction, commons, specification=specification, q=q, after=-1 if after is None else after, limit=ROWS)
    kinds = choices(transaction, commons, "ResourceSpecification", CHOICES)
    if specification and specification not in dict(kinds):
        kinds.append((specification, name_of(transaction, commons, "ResourceSpecification", specification)))
    return head | {
        "filter": {"specification": specification, "q": q}, "specifications": sorted(kinds, key=lambda pair: pair[1].casefold()),
        "resources": found, "names": names_of(transaction, commons, [*found, *({"resourceInventoriedAs": one["id"]} for one in found)]), "after": onward,
    }  # fmt: skip


def _present_one(values: Values) -> Values:
    commons, id_ = values["commons"], values["resource"]["id"]
    way = {"forward": 1} if values["forward"] else {}
    deeper = min(values["levels"] + LEVELS, LEVELS_MAX)
    title = _("What came of it") if values["forward"] else _("Where it came from")
    return {
        "picture": trace_chart("trace", title, values),
        "deeper": at(commons, "resources", id_, levels=deeper, **way) + "#trace" if values["cut"] and deeper > values["levels"] else "",
        "whole": at(commons, "resources", id_, levels=LEVELS_MAX, **way) + "#trace",
        "other": at(commons, "resources", id_, **({} if values["forward"] else {"forward": 1})) + "#trace",
        "onward": at(commons, "resources", id_, before=values["before"]) + "#events" if values["before"] else "",
    }


@page("flows/resource.html", _present_one)
def resource(request: Any, transaction: Transaction, commons: str, id_: str) -> Values:
    """One resource."""
    head = head_of(transaction, commons)
    known = wanted_record(transaction, commons, "EconomicResource", id_)
    view = record_plain(transaction, commons, known)
    forward = bool(asked_text(request, "forward"))
    levels = asked_number(request, "levels", least=1, most=LEVELS_MAX) or LEVELS
    events = latest_events(transaction, commons, before=asked_number(request, "before"), limit=EVENTS_SHOWN + 1, resource=known.number)
    shown = events[:EVENTS_SHOWN]
    picture = read_picture(transaction, commons, "resource", known.number, forward=forward, levels=levels)
    small = read_head(transaction, commons).frontier.size <= WORTH_ENTRIES_MAX
    stepped = [step for knot in picture["trace"] for step in knot["events"]]
    lot = _lot(transaction, commons, view.get("ofBatchLot"))
    return head | picture | {
        "resource": view, "name": name_of(transaction, commons, "EconomicResource", id_), "lot": lot, "events": shown, "forward": forward,
        "levels": levels, "before": shown[-1]["position"] if len(events) > EVENTS_SHOWN else None,
        "worth": worth_values(transaction, commons, known.number) if small else None,
        "names": names_of(transaction, commons, [view, {"resourceInventoriedAs": id_}, *shown, *stepped]),
    }  # fmt: skip


def _lot(transaction: Transaction, commons: str, id_: str | None) -> Values | None:
    """The batch or lot of a resource."""
    known = find_record(transaction, commons, "BatchLotRecord", id_) if id_ else None
    if known is None:
        return None
    record: Any = known.record()
    return {"id": known.id, "batchLotCode": record.batchLotCode, "expirationDate": record.expirationDate}
