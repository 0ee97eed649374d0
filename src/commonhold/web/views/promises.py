"""`/{commons}/tasks/`, `intents/…`, `commitments/…`: what anybody may take, who has taken what, and how far it is."""

from __future__ import annotations

from typing import Any

from ...commons.queries import find_agent
from ...flows.overview import open_tasks
from ...flows.store import find_record
from ...governance.tasks import suggested
from ...node.flow_pages import linked, names_of, record_plain, whole
from ...store.transaction import Transaction
from ..member import member_of
from ..pages import Values, page
from .flows import events_of_promise, head_of, wanted_record

TASKS_SHOWN = 100


@page("flows/tasks.html")
def tasks(request: Any, transaction: Transaction, commons: str) -> Values:
    """Open tasks, those first that are due first, with who has taken a part of them already.

    Who is signed in finds those first that are like what they have done, with why.
    """
    head = head_of(transaction, commons)
    member = member_of(request, transaction, commons)
    agent = None if member is None else find_agent(transaction, commons, member.agent)
    listed = open_tasks(transaction, commons) if agent is None else suggested(transaction, commons, agent.number)
    every = [whole("Intent", one) for one in listed]
    found = []
    for task in every[:TASKS_SHOWN]:
        known = find_record(transaction, commons, "Intent", task["id"])
        assert known is not None
        found.append(task | {"takenBy": linked(transaction, commons, known.number, "satisfies", "Commitment")})
    mentioned = [one for task in found for one in (task, *task["takenBy"])]
    return head | {"tasks": found, "count": len(every), "forMe": agent is not None, "names": names_of(transaction, commons, mentioned)}


@page("flows/promise.html")
def intent(request: Any, transaction: Transaction, commons: str, id_: str) -> Values:
    """One intent: what is wished or offered, and who has promised or done a part of it."""
    head = head_of(transaction, commons)
    known = wanted_record(transaction, commons, "Intent", id_)
    view = record_plain(transaction, commons, known)
    taken = linked(transaction, commons, known.number, "satisfies", "Commitment")
    events = events_of_promise(transaction, commons, known.number, "satisfies")
    names = names_of(transaction, commons, [view, *taken, *events])
    return head | {"type": "Intent", "promise": view, "takenBy": taken, "events": events, "names": names}


@page("flows/promise.html")
def commitment(request: Any, transaction: Transaction, commons: str, id_: str) -> Values:
    """One commitment: who promised what, and how far it is kept."""
    head = head_of(transaction, commons)
    known = wanted_record(transaction, commons, "Commitment", id_)
    view = record_plain(transaction, commons, known)
    events = events_of_promise(transaction, commons, known.number, "fulfills")
    return head | {"type": "Commitment", "promise": view, "takenBy": [], "events": events, "names": names_of(transaction, commons, [view, *events])}
