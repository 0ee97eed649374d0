"""Who votes: members from before the question was asked, by roll; and who speaks for whom."""

from __future__ import annotations

from ..store.transaction import Transaction
from .charter import Electorate, Terms
from .store import Proposal

Rolls = dict[str, frozenset[int]]


def rolls_of(transaction: Transaction, commons: str, proposal: Proposal) -> Rolls:
    """The voters of a proposal in each of its rolls: persons who were members when it was made, and still are."""
    rows = _members(transaction, commons, proposal.position)
    drawn: set[int] = set()
    if is_listed(proposal.terms):
        sql = "SELECT agent FROM elector WHERE commons = ? AND proposal = ?"
        drawn = {row[0] for row in transaction.rows(sql, (commons, proposal.number))}
        rows = [(agent, said) for agent, said in rows if agent in drawn]
    return {roll: frozenset(agent for agent, said in rows if _is_in(roll, agent, said, drawn)) for roll in proposal.terms.rolls}


def is_listed(terms: Terms) -> bool:
    """Whether those who decide are listed by name: a jury that was drawn, or who had standing in the domain."""
    return bool(terms.jury) or "domain" in terms.rolls


def _members(transaction: Transaction, commons: str, before: int) -> list[tuple[int, str]]:
    sql = (
        "SELECT m.agent, m.roll FROM membership m JOIN agent a ON a.commons = m.commons AND a.number = m.agent"
        " WHERE m.commons = ? AND m.state = 'member' AND m.since < ? AND a.type = 'Person' ORDER BY m.agent"
    )
    return [(agent, roll) for agent, roll in transaction.rows(sql, (commons, before))]


def _is_in(roll: Electorate, agent: int, said: str, domain: set[int]) -> bool:
    if roll == "domain":
        return agent in domain
    return roll == "member" or roll in said.split(",")


def electors_now(transaction: Transaction, commons: str, terms: Terms, before: int, domain: set[int]) -> frozenset[int]:
    """All who may vote on a question that is asked at a position of the journal."""
    rows = _members(transaction, commons, before)
    return frozenset(agent for agent, said in rows for roll in terms.rolls if _is_in(roll, agent, said, domain))


def may_vote(transaction: Transaction, commons: str, proposal: Proposal, agent: int) -> bool:
    """Whether an agent votes on a proposal."""
    sql = "SELECT m.roll, a.type FROM membership m JOIN agent a ON a.commons = m.commons AND a.number = m.agent"
    row = transaction.row(f"{sql} WHERE m.commons = ? AND m.agent = ? AND m.state = 'member' AND m.since < ?", (commons, agent, proposal.position))
    if row is None or row[1] != "Person":
        return False
    if is_listed(proposal.terms):
        sql = "SELECT COUNT(*) FROM elector WHERE commons = ? AND proposal = ? AND agent = ?"
        if not transaction.value(sql, (commons, proposal.number, agent)):
            return False
    return any(_is_in(roll, agent, row[0], {agent}) for roll in proposal.terms.rolls)


def delegates_for(transaction: Transaction, commons: str, domain: str | None, at: int) -> dict[int, tuple[tuple[int, ...], int]]:
    """The delegates of everybody who has named any: those for the domain, or else the general ones.

    Returns:
        By delegator: the delegates in their order, and the position of the entry that named them.
    """
    found: dict[int, tuple[tuple[int, ...], int]] = {}
    sql = "SELECT agent, delegate, since FROM delegation WHERE commons = ? AND domain = ? AND until > ? ORDER BY agent, place"
    for scope in dict.fromkeys(("", domain or "")):
        here: dict[int, list[int]] = {}
        since: dict[int, int] = {}
        for agent, delegate, position in transaction.rows(sql, (commons, scope, at)):
            here.setdefault(agent, []).append(delegate)
            since[agent] = position
        found |= {agent: (tuple(named), since[agent]) for agent, named in here.items()}
    return found
