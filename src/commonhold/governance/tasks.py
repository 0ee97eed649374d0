"""Open tasks: which that were taken lie dormant, and which somebody could do next, by what they have done before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..flows.overview import open_tasks
from ..flows.queries import list_records, promise_state
from ..flows.rules import EFFORT_ACTIONS
from ..flows.store import Known
from ..flows.vocabulary import Commitment
from ..journal.entry import open_envelope
from ..journal.kinds import unix_time
from ..measure import parse_quantity
from ..store.transaction import Transaction
from .charter import governance_in_force
from .store import DAY


def is_task(transaction: Transaction, commons: str, known: Known) -> bool:
    """Whether a commitment is a task that somebody took: work that an intent asked for, and that is not finished."""
    commitment = known.record()
    assert isinstance(commitment, Commitment)
    taken = bool(commitment.satisfies) and commitment.action in EFFORT_ACTIONS
    return taken and not known.deleted and not promise_state(transaction, commons, known).finished


def last_touched(transaction: Transaction, commons: str, known: Known) -> int:
    """When somebody last did or said something about a promise, in unix seconds: by the time of the entry."""
    sql = "SELECT MAX(event) FROM event_link WHERE commons = ? AND target = ? AND field = 'fulfills'"
    position = max(known.revised, transaction.value(sql, (commons, known.number)) or 0)
    data = transaction.value("SELECT data FROM journal_entry WHERE commons = ? AND position = ?", (commons, position))
    return unix_time(open_envelope(bytes(data)).created)


def is_dormant(transaction: Transaction, commons: str, known: Known, now: int) -> bool:
    """Whether a task that somebody took has lain still for the days of the charter."""
    days = governance_in_force(transaction, commons).dormant_days
    return bool(days) and is_task(transaction, commons, known) and now >= last_touched(transaction, commons, known) + days * DAY


def dormant_tasks(transaction: Transaction, commons: str, now: int) -> list[str]:
    """The ids of all commitments that lie dormant."""
    if not governance_in_force(transaction, commons).dormant_days:
        return []
    return [known.id for known in list_records(transaction, commons, "Commitment") if is_dormant(transaction, commons, known, now)]


@dataclass(frozen=True, slots=True)
class Past:
    """What somebody has done: how often of each specification, action and domain, and in which processes."""

    specifications: dict[str, int]
    actions: dict[str, int]
    domains: dict[str, int]

    @property
    def nothing(self) -> bool:
        """Whether they are new here."""
        return not self.actions


def past_of(transaction: Transaction, commons: str, agent: int) -> Past:
    """What somebody has done, under any of their names."""
    theirs = "SELECT number FROM agent WHERE commons = ? AND (number = ? OR claimed_by = ?)"
    given = (commons, commons, agent, agent)
    specifications = transaction.rows(
        "SELECT f.id, COUNT(*) FROM economic_event e JOIN flow_record f ON f.commons = e.commons AND f.number = e.conforms_to"
        f" WHERE e.commons = ? AND e.provider IN ({theirs}) GROUP BY f.id",
        given,
    )
    actions = transaction.rows(f"SELECT action, COUNT(*) FROM economic_event WHERE commons = ? AND provider IN ({theirs}) GROUP BY action", given)
    domains = transaction.rows(f"SELECT domain, COUNT(*) FROM contribution WHERE commons = ? AND provider IN ({theirs}) GROUP BY domain", given)
    return Past(dict(specifications), dict(actions), dict(domains))


def suggested(transaction: Transaction, commons: str, agent: int) -> list[dict[str, Any]]:
    """Open tasks for somebody: what is like their past work first, with why; for who is new, what takes the least time first.

    The domains of a task are those of contributions to the same process, and those among its classifications.
    """
    past = past_of(transaction, commons, agent)
    found = []
    for task in open_tasks(transaction, commons):
        reasons = _reasons(transaction, commons, task, past)
        effort = task.get("effortQuantity") or {}
        size = parse_quantity(effort["hasNumericalValue"]) if effort.get("hasUnit") == "hour" else None
        weight = sum(many for _, _, many in reasons)
        found.append((-weight, size is None, size or 0, task.get("due") or "9", task["id"], task, reasons))
    return [
        task | {"why": [{"what": what, "name": name, "times": many} for what, name, many in reasons] or ([{"what": "short"}] if past.nothing else [])}
        for *_, task, reasons in sorted(found, key=lambda one: one[:5])
    ]


def _reasons(transaction: Transaction, commons: str, task: dict[str, Any], past: Past) -> list[tuple[str, str, int]]:
    """(what, name, how often) of everything in somebody's past that a task is like."""
    found = []
    specification = task.get("resourceConformsTo")
    if specification in past.specifications:
        found.append(("specification", specification, past.specifications[specification]))
    for domain in sorted(_domains(transaction, commons, task) & past.domains.keys()):
        found.append(("domain", domain, past.domains[domain]))
    return found


def _domains(transaction: Transaction, commons: str, task: dict[str, Any]) -> set[str]:
    said = {str(word) for word in task.get("resourceClassifiedAs") or ()}
    process = task.get("inputOf") or task.get("outputOf")
    if process is not None:
        rows = transaction.rows("SELECT DISTINCT domain FROM contribution WHERE commons = ? AND process = ?", (commons, process))
        said |= {row[0] for row in rows}
    return said
