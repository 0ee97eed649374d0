"""Who votes: members from before the question was asked, by roll; and who speaks for whom."""

from __future__ import annotations

from dataclasses import dataclass

from ..store.transaction import Transaction
from .charter import Electorate, Terms
from .store import Proposal

Rolls = dict[str, frozenset[int]]


def rolls_of(transaction: Transaction, commons: str, proposal: Proposal) -> Rolls:
    """The voters of a proposal in each of its rolls: persons who were members when it was made, and were so to its end."""
    if proposal.frozen:
        sql = "SELECT agent, rolls FROM voice WHERE commons = ? AND proposal = ?"
        kept = [(agent, rolls.split(",")) for agent, rolls in transaction.rows(sql, (commons, proposal.number))]
        return {roll: frozenset(agent for agent, rolls in kept if roll in rolls) for roll in proposal.terms.rolls}
    return _rolls(proposal, _members(transaction, commons, proposal.position), _drawn(transaction, commons, proposal))


def _drawn(transaction: Transaction, commons: str, proposal: Proposal) -> set[int] | None:
    """Those who are listed by name, if anybody is."""
    if not is_listed(proposal.terms):
        return None
    return {row[0] for row in transaction.rows("SELECT agent FROM elector WHERE commons = ? AND proposal = ?", (commons, proposal.number))}


def _rolls(proposal: Proposal, rows: list[tuple[int, str]], drawn: set[int] | None) -> Rolls:
    here = [(agent, said) for agent, said in rows if not proposal.terms.jury or agent in (drawn or set())]
    return {roll: frozenset(agent for agent, said in here if _is_in(roll, agent, said, drawn or set())) for roll in proposal.terms.rolls}


@dataclass(frozen=True, slots=True)
class Voice:
    """How somebody is heard in a question: the rolls they are in, and their delegates with the entry that named them."""

    agent: int
    rolls: tuple[str, ...]
    delegates: tuple[int, ...]
    since: int


def voices(transaction: Transaction, commons: str, proposal: Proposal, leaving: int | None = None) -> list[Voice]:
    """How everybody is heard in a question as things stand. leaving: Somebody whose membership has just ended, and who is still heard."""
    rows = _members(transaction, commons, proposal.position, leaving)
    rolls = _rolls(proposal, rows, _drawn(transaction, commons, proposal))
    named = delegates_for(transaction, commons, proposal)
    found = []
    for agent in sorted(frozenset().union(*rolls.values())):
        delegates, since = named.get(agent, ((), 0))
        found.append(Voice(agent, tuple(roll for roll in rolls if agent in rolls[roll]), delegates, since))
    return found


def is_listed(terms: Terms) -> bool:
    """Whether those who decide are listed by name: a jury that was drawn, or who had standing in the domain."""
    return bool(terms.jury) or "domain" in terms.rolls


def _members(transaction: Transaction, commons: str, before: int, leaving: int | None = None) -> list[tuple[int, str]]:
    sql = (
        "SELECT m.agent, m.roll FROM membership m JOIN agent a ON a.commons = m.commons AND a.number = m.agent"
        " WHERE m.commons = ? AND (m.state = 'member' OR m.agent = ?) AND m.since < ? AND a.type = 'Person' ORDER BY m.agent"
    )
    return [(agent, roll) for agent, roll in transaction.rows(sql, (commons, -1 if leaving is None else leaving, before))]


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
    listed: set[int] = set()
    if is_listed(proposal.terms):
        sql = "SELECT COUNT(*) FROM elector WHERE commons = ? AND proposal = ? AND agent = ?"
        listed = {agent} if transaction.value(sql, (commons, proposal.number, agent)) else set()
        if proposal.terms.jury and not listed:
            return False
    return any(_is_in(roll, agent, row[0], listed) for roll in proposal.terms.rolls)


def delegates_for(transaction: Transaction, commons: str, proposal: Proposal) -> dict[int, tuple[tuple[int, ...], int]]:
    """The delegates of everybody who has named any: those for the domain of a question, or else the general ones.

    Returns:
        By delegator: the delegates in their order, and the position of the entry that named them.
    """
    found: dict[int, tuple[tuple[int, ...], int]] = {}
    if proposal.frozen:
        sql = "SELECT agent, delegates, since FROM voice WHERE commons = ? AND proposal = ? AND delegates <> ''"
        for agent, delegates, position in transaction.rows(sql, (commons, proposal.number)):
            found[agent] = (tuple(int(number) for number in delegates.split(",")), position)
        return found
    sql = "SELECT agent, delegate, since FROM delegation WHERE commons = ? AND domain = ? AND until > ? ORDER BY agent, place"
    for scope in dict.fromkeys(("", proposal.domain or "")):
        here: dict[int, list[int]] = {}
        since: dict[int, int] = {}
        for agent, delegate, position in transaction.rows(sql, (commons, scope, proposal.closes or proposal.asked)):
            here.setdefault(agent, []).append(delegate)
            since[agent] = position
        found |= {agent: (tuple(named), since[agent]) for agent, named in here.items()}
    return found
