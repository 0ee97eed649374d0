"""`/{commons}/flows/` and `/{commons}/events/…`: what flows here, and each event by itself."""

from __future__ import annotations

from typing import Any

from ...commons.queries import commons_section
from ...flows.queries import events_naming
from ...flows.store import Known, author_of, event_at, find_event, find_record
from ...node.flow_pages import counts, event_plain, latest_events, names_of
from ...node.overview import called, public_names
from ...problems import not_found
from ...store.transaction import Transaction
from ..addresses import at
from ..asked import asked_number
from ..pages import Values, page

EVENTS_SHOWN = 30
_TOUCHED = ("resource", "input_of", "output_of", "to_resource")
"""Columns of an event that have an index."""


def head_of(transaction: Transaction, commons: str) -> Values:
    """What every page of flows says of its commons."""
    section = commons_section(transaction, commons)
    return {"commons": commons, "commonsName": section.name, "notice": section.notice}


def wanted_record(transaction: Transaction, commons: str, class_: str, id_: str) -> Known:
    """The record of a page.

    Raises:
        NotFound: `flows.unknown`.
    """
    known = find_record(transaction, commons, class_, id_)
    if known is None or known.deleted:
        raise not_found("flows.unknown", f"There is no {class_} of this id here.", "id")
    return known


def _present(values: Values) -> Values:
    return {"onward": at(values["commons"], "flows", before=values["before"]) if values["before"] else ""}


@page("flows/overview.html", _present)
def flows(request: Any, transaction: Transaction, commons: str) -> Values:
    """How much there is of everything, and what happened, newest first."""
    head = head_of(transaction, commons)
    before = asked_number(request, "before")
    events = latest_events(transaction, commons, before=before, limit=EVENTS_SHOWN + 1)
    shown = events[:EVENTS_SHOWN]
    return head | {
        "counts": counts(transaction, commons), "events": shown, "names": names_of(transaction, commons, shown), "from": before,
        "before": shown[-1]["position"] if len(events) > EVENTS_SHOWN else None,
    }  # fmt: skip


@page("flows/event.html")
def event(request: Any, transaction: Transaction, commons: str, id_: str) -> Values:
    """One event: the sentence, all that was said, its entry, and what it kept, settled or corrected."""
    head = head_of(transaction, commons)
    past = find_event(transaction, commons, id_)
    if past is None:
        raise not_found("flows.unknown", "There is no such event here.", "id")
    plain = event_plain(transaction, commons, past)
    others = [event_plain(transaction, commons, one) for one in _around(transaction, commons, plain, past.position)]
    author = author_of(transaction, commons, past.position)
    claim = transaction.value("SELECT COUNT(*) FROM contribution WHERE commons = ? AND position = ?", (commons, past.position))
    return head | {
        "event": plain, "position": past.position, "author": author, "authorName": called(public_names(transaction, commons, [author]), author),
        "corrected": [one for one in others if one["id"] == plain.get("corrects")],
        "corrections": [one for one in others if one.get("corrects") == plain["id"]],
        "names": names_of(transaction, commons, [plain, *others]), "isContribution": bool(claim),
    }  # fmt: skip


def _around(transaction: Transaction, commons: str, plain: Values, position: int) -> list[Any]:
    """What an event corrects, and what corrects it: a correction is about the same resource and process."""
    found = [find_event(transaction, commons, plain["corrects"])] if plain.get("corrects") else []
    sql = "SELECT {} FROM economic_event WHERE commons = ? AND position = ?"
    row = transaction.row(sql.format(", ".join(_TOUCHED)), (commons, position)) or ()
    same = [(column, number) for column, number in zip(_TOUCHED, row, strict=True) if number is not None][:1]
    narrowed = "".join(f" AND {column} = ?" for column, _ in same)
    sql = f"SELECT position FROM economic_event WHERE commons = ? AND corrects = ?{narrowed} ORDER BY position"
    for (later,) in transaction.rows(sql, (commons, position, *(number for _, number in same))):
        found.append(event_at(transaction, commons, later))
    return [one for one in found if one is not None]


def events_of_promise(transaction: Transaction, commons: str, number: int, field: str) -> list[Values]:
    """The events that count towards a promise."""
    return [event_plain(transaction, commons, one) for one in events_naming(transaction, commons, number, field)]
