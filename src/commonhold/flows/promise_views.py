"""What the rules about flows need to know of a promise, looked up."""

from __future__ import annotations

from dataclasses import dataclass

from ..store.transaction import Transaction
from .store import Known, PastEvent


@dataclass(frozen=True, slots=True)
class Promise:
    """A commitment, intent or claim that an event counts towards; amounts in millionths of the promise's own units.

    Attributes:
        open_resource, open_effort: What is still open; None if the promise does not say. resource, effort: What the event
            brings, converted into the promise's unit.
        given: For a correction: what it has of the corrected event, less earlier corrections.
    """

    field: str
    known: Known
    open_resource: int | None
    open_effort: int | None
    resource: int
    effort: int
    given: tuple[int, int] = (0, 0)


def counted_towards(transaction: Transaction, commons: str, number: int) -> tuple[int, int]:
    """What events, and commitments, have brought towards a promise: (resource, effort), in millionths of its units."""
    resource, effort = 0, 0
    for table in ("event_link", "flow_link"):
        live = " AND resource_micro + effort_micro <> 0"
        for one, other in transaction.rows(
            f"SELECT resource_micro, effort_micro FROM {table} WHERE commons = ? AND target = ?{live}", (commons, number)
        ):
            resource, effort = resource + one, effort + other
    return resource, effort


def given_by(transaction: Transaction, commons: str, past: PastEvent, field: str, promise: Known) -> tuple[int, int]:
    """What a promise has of an event, less what corrections have taken back: (resource, effort)."""
    sql = (
        "SELECT l.resource_micro, l.effort_micro FROM event_link l JOIN economic_event e ON e.commons = l.commons AND e.position = l.event"
        " WHERE l.commons = ? AND l.field = ? AND l.target = ? AND (e.position = ? OR e.corrects = ?)"
    )
    rows = list(transaction.rows(sql, (commons, field, promise.number, past.position, past.position)))
    return sum(row[0] for row in rows), sum(row[1] for row in rows)
