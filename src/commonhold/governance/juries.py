"""Juries: some of those who could vote, drawn by lot to decide a question, without those whom it is about."""

from __future__ import annotations

import hashlib
from typing import Any

from ..commons.queries import all_agents
from ..journal.keys import unbase58
from ..sortition import AtLeast, Candidate, draw
from ..store.transaction import Transaction
from .electorate import electors_now
from .standings import standings
from .store import DAY, Proposal, options_of, seconders, seconds_needed

NEVER = 2**62
"""Of a jury for which not enough want a vote."""


def jury_message(origin: str, proposal: str) -> bytes:
    """What the node signs to draw a jury."""
    return f"commonhold-jury\n{origin}\n{proposal}\n".encode()


def drawn(transaction: Transaction, commons: str, number: int) -> bool:
    """Whether a question has its jury."""
    return bool(transaction.value("SELECT COUNT(*) FROM elector WHERE commons = ? AND proposal = ?", (commons, number)))


def jury_time(transaction: Transaction, commons: str, proposal: Proposal) -> int:
    """From when on a jury is drawn: when this version of the question has been discussed, and enough want a vote on it."""
    if len(seconders(transaction, commons, proposal.number)) < seconds_needed(proposal.terms, proposal.electors):
        return NEVER
    days = proposal.terms.discussion_days
    sql = "SELECT COALESCE(MAX(time), 0) FROM proposal_entry WHERE commons = ? AND proposal = ? AND kind = 'governance.revise'"
    revised = int(transaction.value(sql, (commons, proposal.number)))
    return max(proposal.asked + days * DAY, revised + (days * DAY + 1) // 2 if revised else 0)


def jurors(transaction: Transaction, commons: str, proposal: Proposal, proof: str) -> list[int]:
    """The numbers of those whom a draw with this proof chooses: a third of the jury from each roll at least, where there are several.

    Nobody decides what they proposed themselves, or what is about them.
    """
    terms = proposal.terms
    active = set(standings(transaction, commons, proposal.domain, proposal.asked)) if proposal.domain and "domain" in terms.rolls else set()
    agents = all_agents(transaction, commons)
    rolls: dict[int, str] = dict(transaction.rows("SELECT agent, roll FROM membership WHERE commons = ? AND state = 'member'", (commons,)))
    partial = _concerned(transaction, commons, proposal)
    electors = [number for number in sorted(electors_now(transaction, commons, terms, proposal.position, active)) if agents[number].id not in partial]
    candidates = [Candidate(agents[number].id, frozenset(("roll", said) for said in rolls.get(number, "").split(","))) for number in electors]
    share = terms.jury // 3 if len(terms.rolls) > 1 else 0
    quotas = [AtLeast("roll", roll, share) for roll in terms.rolls if roll in ("producer", "user") and share]
    seed = hashlib.sha256(unbase58(proof, 64)).digest()
    chosen = draw(seed, candidates, min(terms.jury, len(candidates)), quotas, strict=False).chosen if candidates else ()
    numbers = {agents[number].id: number for number in electors}
    return sorted(numbers[id_] for id_ in chosen)


def _concerned(transaction: Transaction, commons: str, proposal: Proposal) -> set[str]:
    """The ids of those who proposed it or an option of it, and of all whom its options name."""
    agents = all_agents(transaction, commons)
    found = {agents[proposal.author].id}
    for listed in options_of(transaction, commons, proposal.number):
        found.add(agents[listed.author].id)
        for said in (listed.option.to, *(_agent(change.body) for change in listed.option.changes)):
            if said is not None:
                found.add(said)
    return found


def _agent(body: dict[str, Any]) -> str | None:
    named = body.get("agent")
    return named if isinstance(named, str) else None
