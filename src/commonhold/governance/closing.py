"""Counting a proposal from the tables: what its result is now, and what the node has to write for it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..commons.queries import commons_section
from ..journal.canonical import canonical
from ..measure import format_money, parse_money
from ..store.sums import exact_sum, whole
from ..store.transaction import Transaction
from . import conviction as convictions
from .changes import Decided, Executables, Order, orders
from .charter import Conviction, governance_in_force
from .electorate import delegates_for, rolls_of
from .entries import Ballot, Option
from .sealing import box_of, counted
from .secret import Cryptography
from .store import DAY, Proposal, budget_of, objections_to, options_of, ready, seconds_needed, votes_on
from .tally import Asked, Result, tally

GRANT = "sharing.grant"


@dataclass(frozen=True, slots=True)
class Closing:
    """What closing a proposal comes to: the outcome that the entry tells, the whole result, and what is to be written."""

    outcome: str
    result: Result
    orders: list[Order]


def lot_message(origin: str, proposal: str) -> bytes:
    """What the node signs for the lot of a question with open or secret ballots, which have no salts."""
    return f"commonhold-lot\n{origin}\n{proposal}\n".encode()


def asked_of(transaction: Transaction, commons: str, proposal: Proposal, proof: str = "") -> Asked:
    """A proposal with all that was said to it, as it is counted."""
    listed = ready(options_of(transaction, commons, proposal.number), proposal.question)
    secret = proposal.terms.ballots == "secret"
    box = box_of(transaction, commons, proposal) if secret else None
    cast = ([] if box is None else counted(box, proposal)) if secret else votes_on(transaction, commons, proposal.number)
    rolls = rolls_of(transaction, commons, proposal)
    electors = frozenset().union(*rolls.values())
    opened = [one for one in cast if one.ballot is not None and one.agent in electors]
    consents = transaction.rows("SELECT agent FROM consent WHERE commons = ? AND proposal = ?", (commons, proposal.number))
    return Asked(
        terms=proposal.terms,
        options=tuple(one.option.id for one in listed),
        rolls=rolls,
        ballots={one.agent: one.ballot or Ballot() for one in opened},
        delegates={} if secret else delegates_for(transaction, commons, proposal),
        salts=[*(one.salt or _leaf(transaction, commons, one.position) for one in opened), *([proof] if proof else [])],
        proof=proof,
        seats=proposal.seats,
        budget=budget_of(proposal, listed, commons_section(transaction, commons).currency),
        objections=objections_to(transaction, commons, proposal.number),
        consents=frozenset(row[0] for row in consents),
    )


def _leaf(transaction: Transaction, commons: str, position: int) -> str:
    """The id of an entry, in the place of a salt where ballots are open."""
    return bytes(transaction.value("SELECT leaf FROM journal_entry WHERE commons = ? AND position = ?", (commons, position))).hex()


@dataclass(frozen=True, slots=True)
class House:
    """What the floors above tell this one: what decisions can order, which funds there are, and what is in one (minor units).

    Attributes:
        cryptography: Seals and counts secret ballots. Rules and folds do not need it.
    """

    executables: Executables
    funds: Callable[[Transaction, str], Sequence[str]]
    balance: Callable[[Transaction, str, str], int]
    cryptography: Cryptography | None = None


def close(transaction: Transaction, commons: str, proposal: Proposal, id_: str, now: int, house: House, proof: str = "") -> Closing:
    """What a proposal that is due comes to. id_: of its entry. proof: Of the lot, where ballots are open. (Whether it is due, the rule asks.)"""
    if proposal.terms.rule == "conviction":
        found = grown(transaction, commons, proposal, now, house)
        listed = options_of(transaction, commons, proposal.number)
        result = _result_of(proposal, found, [one.option.id for one in listed])
    elif proposal.opens is None:
        result = _without_vote(proposal, "lapsed", {"seconds_needed": str(seconds_needed(proposal.terms, proposal.electors))})
    else:
        result = tally(asked_of(transaction, commons, proposal, proof))
    if result.outcome != "carried":
        return Closing(result.outcome, result, [])
    options = {one.option.id: one.option for one in options_of(transaction, commons, proposal.number)}
    winners = [options[option] for option in result.winners]
    if proposal.question in ("budget", "grant"):
        return Closing("carried", result, [_grants(transaction, commons, proposal, id_, winners)])
    decided = Decided(proposal.number, id_, proposal.title)
    written = orders(transaction, commons, winners, house.executables, proposal.question, decided)
    return Closing("stale", result, []) if written is None else Closing("carried", result, written)


def _grants(transaction: Transaction, commons: str, proposal: Proposal, id_: str, winners: list[Option]) -> Order:
    currency = commons_section(transaction, commons).currency
    lines = [
        {"agent": option.to, "amount": format_money(parse_money(option.cost or "0", currency), currency), "option": option.id} for option in winners
    ]
    body = {"currency": currency, "fund": proposal.fund, "grants": lines, "proposal": id_}
    return Order(GRANT, canonical(body), whole=True)


def _without_vote(proposal: Proposal, outcome: str, parameters: dict[str, str], winners: Sequence[str] = (), said: str = "") -> Result:
    return Result(
        rule=proposal.terms.rule, version=1, outcome=outcome, winners=list(winners), parameters=parameters, options=list(winners), seed="",
        order=[], electors=proposal.electors, voted=0, delegated=0, turned_away=0, ballots=hashlib.sha256(said.encode()).hexdigest(),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Grown:
    """How far the support of a grant has grown, in millionths of a person's unit.

    Attributes:
        needed: What it takes; None if the grant is larger than the fund lets any be. days_left: Until it passes, if it ever does.
    """

    conviction: int
    stake: int
    needed: Fraction | None
    days_left: int | None


def grown(transaction: Transaction, commons: str, proposal: Proposal, now: int, house: House) -> Grown:
    """The conviction behind a grant at a time."""
    section = governance_in_force(transaction, commons).conviction
    row = transaction.row("SELECT stake, conviction, since FROM conviction WHERE commons = ? AND proposal = ?", (commons, proposal.number))
    stake, before, since = row or (0, 0, now // DAY)
    reached = convictions.advance(before, stake, now // DAY - since, section.half_life_days)
    sql = (
        f"SELECT {exact_sum('s.part')} FROM support s JOIN proposal p ON p.commons = s.commons AND p.number = s.proposal"
        " WHERE s.commons = ? AND p.outcome = ''"
    )
    staked = whole(transaction.value(sql, (commons,)))
    rolls = rolls_of(transaction, commons, proposal)
    members = len(frozenset().union(*rolls.values()))
    balance = max(0, house.balance(transaction, commons, proposal.fund or ""))
    needed = convictions.threshold(proposal.amount or 0, balance, staked, members, rule_of(section))
    return Grown(reached, stake, needed, convictions.days_until(reached, stake, needed, section.half_life_days))


def rule_of(section: Conviction) -> convictions.Rule:
    """The rule of the charter, as the kernel takes it."""
    return convictions.Rule(
        half_life_days=section.half_life_days, largest=Fraction(section.share_percent, 100), weight=Fraction(section.weight_percent, 100),
        least_staked=Fraction(section.minimum_percent, 100),
    )  # fmt: skip


def _result_of(proposal: Proposal, found: Grown, options: list[str]) -> Result:
    """Carried once conviction exceeds the threshold; until then it is not over, which the rule refuses."""
    needed = "none" if found.needed is None else str(-(-found.needed.numerator // found.needed.denominator))
    said = {"conviction": str(found.conviction), "needed": needed, "stake": str(found.stake)}
    if convictions.passes(found.conviction, found.needed):
        return _without_vote(proposal, "carried", said, options, said["conviction"])
    return _without_vote(proposal, "rejected", said, (), said["conviction"])
