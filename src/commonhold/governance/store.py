"""What is known of proposals, votes and delegations: rows of the tables as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from ..contributions.queries import position_of
from ..measure import parse_money
from ..store.transaction import Row, Transaction
from .charter import VOTED, Terms
from .counting.ballots import Budget
from .entries import Ballot, Option

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal. Times are unix seconds of journal time, money is in minor units.

    Attributes:
        number: 1, 2, 3 … in the commons. position: Of its entry. author: Number of the agent.
        electors: How many could vote when it was made.
        opens, closes: When the vote does, or objections end; None as long as it wants for seconds.
        outcome: Empty until it is decided; then as in `governance.close`, or `withdrawn`. closed: The entry by which it was.
        result: Canonical JSON of the result, or empty. frozen: Whether who is heard, and by whom, is kept as it was at the end.
    """

    number: int
    position: int
    author: int
    asked: int
    question: str
    domain: str | None
    title: str
    text: str
    version: int
    terms: Terms
    fund: str | None
    amount: int | None
    seats: int
    electors: int
    opens: int | None
    closes: int | None
    outcome: str
    closed: int | None
    decided: int | None
    result: str
    frozen: int

    def phase(self, now: int) -> str:
        """seconds, discussion, voting, objections, support, due, or closed."""
        if self.outcome:
            return "closed"
        if self.terms.rule == "conviction":
            return "support"
        if self.opens is None or self.closes is None:
            return "due" if now >= self.asked + self.terms.petition_days * DAY else "seconds"
        if now >= self.closes:
            return "due"
        if self.terms.rule not in VOTED:
            return "objections"
        return "discussion" if now < self.opens else "voting"


@dataclass(frozen=True, slots=True)
class Listed:
    """An option of a proposal: who added it, by which entry, and whether it is on the ballot."""

    place: int
    author: int
    entry: int
    listed: bool
    option: Option


@dataclass(frozen=True, slots=True)
class Cast:
    """A vote. salt and ballot are None until a hidden ballot is opened."""

    agent: int
    position: int
    commitment: str | None
    salt: str | None
    ballot: Ballot | None


_COLUMNS = (
    "number, position, author, asked, question, domain, title, text, version, terms, fund, amount, seats, electors, opens, closes, outcome,"
    " closed, decided, result, frozen"
)


def _proposal(row: Row) -> Proposal:
    values: list[Any] = list(row)
    values[9] = msgspec.json.decode(values[9], type=Terms)
    return Proposal(*values)


def proposal_by_number(transaction: Transaction, commons: str, number: int) -> Proposal | None:
    """The proposal of this number, or None."""
    row = transaction.row(f"SELECT {_COLUMNS} FROM proposal WHERE commons = ? AND number = ?", (commons, number))
    return None if row is None else _proposal(row)


def proposal_by_id(transaction: Transaction, commons: str, id_: str) -> Proposal | None:
    """The proposal that an entry made, or None."""
    position = position_of(transaction, commons, id_)
    row = None if position is None else transaction.row(f"SELECT {_COLUMNS} FROM proposal WHERE commons = ? AND position = ?", (commons, position))
    return None if row is None else _proposal(row)


def proposals(transaction: Transaction, commons: str, *, still_open: bool = False) -> list[Proposal]:
    """All proposals, the newest first; or those that are not decided."""
    where = " AND outcome = ''" if still_open else ""
    return [_proposal(row) for row in transaction.rows(f"SELECT {_COLUMNS} FROM proposal WHERE commons = ?{where} ORDER BY number DESC", (commons,))]


def proposals_before(transaction: Transaction, commons: str, before: int | None, limit: int | None, *, decided: bool = False) -> list[Proposal]:
    """Proposals with numbers below one, the newest first, so many at most; those that are decided, or all."""
    where = " AND outcome <> ''" if decided else ""
    sql = f"SELECT {_COLUMNS} FROM proposal WHERE commons = ? AND number < ?{where} ORDER BY number DESC LIMIT ?"
    return [_proposal(row) for row in transaction.rows(sql, (commons, 2**53 if before is None else before, 2**31 if limit is None else limit))]


def options_of(transaction: Transaction, commons: str, number: int) -> list[Listed]:
    """The options of a proposal in their order, those that want for seconds too."""
    sql = "SELECT place, author, entry, listed, body FROM proposal_option WHERE commons = ? AND proposal = ? ORDER BY place"
    return [
        Listed(place, author, entry, bool(listed), msgspec.json.decode(body, type=Option))
        for place, author, entry, listed, body in transaction.rows(sql, (commons, number))
    ]


def votes_on(transaction: Transaction, commons: str, number: int) -> list[Cast]:
    """The votes on a proposal in the order in which they were cast."""
    sql = "SELECT agent, position, commitment, salt, ballot FROM vote WHERE commons = ? AND proposal = ? ORDER BY position"
    return [cast_of(row) for row in transaction.rows(sql, (commons, number))]


def cast_of(row: Row) -> Cast:
    """A vote from (agent, position, commitment, salt, ballot)."""
    agent, position, commitment, salt, ballot = row
    return Cast(agent, position, commitment, salt, None if ballot is None else msgspec.json.decode(ballot, type=Ballot))


def vote_of(transaction: Transaction, commons: str, number: int, agent: int) -> Cast | None:
    """The vote of one agent, or None."""
    sql = "SELECT agent, position, commitment, salt, ballot FROM vote WHERE commons = ? AND proposal = ? AND agent = ?"
    row = transaction.row(sql, (commons, number, agent))
    return None if row is None else cast_of(row)


def unopened(transaction: Transaction, commons: str, number: int) -> list[int]:
    """Whose votes on a proposal are hidden still, by number. Secret ones have no commitment, and are never opened."""
    sql = "SELECT agent FROM vote WHERE commons = ? AND proposal = ? AND ballot IS NULL AND commitment IS NOT NULL ORDER BY position"
    return [row[0] for row in transaction.rows(sql, (commons, number))]


def objections_to(transaction: Transaction, commons: str, number: int) -> dict[int, bool]:
    """Who objected, and whether the objection is lifted."""
    sql = "SELECT agent, lifted FROM objection WHERE commons = ? AND proposal = ? ORDER BY position"
    return {agent: lifted is not None for agent, lifted in transaction.rows(sql, (commons, number))}


def seconders(transaction: Transaction, commons: str, number: int, option: str = "") -> list[int]:
    """Who wants a vote on a proposal, or on one of its options."""
    sql = "SELECT agent FROM seconding WHERE commons = ? AND proposal = ? AND option = ? ORDER BY agent"
    return [row[0] for row in transaction.rows(sql, (commons, number, option))]


def seconds_needed(terms: Terms, electors: int) -> int:
    """How many others must want a vote: the number, or the percentage of the electorate if that is more; never more than there are."""
    wanted = max(terms.seconds, -(-electors * terms.seconds_percent // 100))
    return min(wanted, max(0, electors - 1))


def on_ballot(listed: list[Listed], question: str) -> list[Option]:
    """The options that are voted on; an idea without a cost is not yet a project."""
    return [one.option for one in ready(listed, question)]


def ready(listed: list[Listed], question: str) -> list[Listed]:
    """The same, with who added each."""
    return [one for one in listed if one.listed and (question != "budget" or (one.option.cost and one.option.to))]


def budget_of(proposal: Proposal, listed: list[Listed], currency: str) -> Budget | None:
    """What a budget is divided among, in minor units; None for other questions.

    Two projects exclude each other if both say so, or if one does whose author put the other too, or put the question.
    """
    if proposal.terms.rule != "equal_shares":
        return None
    place = {one.option.id: number for number, one in enumerate(listed)}
    conflicts = set()
    for one in listed:
        for other in (listed[place[id_]] for id_ in one.option.excludes if id_ in place):
            if one.option.id in other.option.excludes or one.author in (other.author, proposal.author):
                conflicts.add(tuple(sorted((place[one.option.id], place[other.option.id]))))
    costs = tuple(parse_money(one.option.cost or "0", currency) for one in listed)
    return Budget(proposal.amount or 0, costs, tuple(sorted(conflicts)))
