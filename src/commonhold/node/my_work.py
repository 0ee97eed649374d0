"""What somebody contributed and how it stands, and what waits for their word: for their own page, and for the form that logs more."""

from __future__ import annotations

from typing import Any

from ..commons.queries import find_agent
from ..contributions.queries import Filter, list_contributions, totals
from ..store.transaction import Transaction
from .validating import Only, count_waiting, queue


def own_contributions(transaction: Transaction, commons: str, agent: str, limit: int = 20) -> dict[str, Any]:
    """The last contributions of an agent, of the identities they claimed too.

    Returns `contributions` (newest first, as `list_contributions` has them) and `states` (how many there are of each state, of all of them).
    """
    found = find_agent(transaction, commons, agent)
    if found is None:
        return {"contributions": [], "states": {}}
    listed = list(list_contributions(transaction, commons, Filter(agent=found.number, limit=limit)))
    states: dict[str, int] = {}
    for line in totals(transaction, commons, Filter(agent=found.number)):
        states[line["state"]] = states.get(line["state"], 0) + int(line["count"])
    return {"contributions": listed, "states": states}


def waiting_for(transaction: Transaction, commons: str, agent: str, now: int, *, limit: int = 3) -> dict[str, Any]:
    """What waits for the word of an agent: `all`, `asked` (by lot), `overdue` (of these), and the `first` items of their queue."""
    counts: dict[str, Any] = dict(count_waiting(transaction, commons, agent, now))
    return counts | {"first": queue(transaction, commons, agent, now, Only(), None, limit)}


def last_ones(transaction: Transaction, commons: str, agent: str, limit: int = 3) -> list[dict[str, Any]]:
    """The last contributions of an agent that differ in more than the day: who does the same again need not enter it again."""
    found = find_agent(transaction, commons, agent)
    if found is None:
        return []
    seen: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in list_contributions(transaction, commons, Filter(agent=found.number, limit=limit * 8)):
        seen.setdefault((one["loggedKind"], one["domain"], one["process"], one["claimed"], one["note"]), one)
    return list(seen.values())[:limit]
