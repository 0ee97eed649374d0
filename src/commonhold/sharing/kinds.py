"""The kinds of entries about money."""

from __future__ import annotations

from ..commons.queries import charter_section, commons_section, find_agent, lacks_power, node_key
from ..flows.store import find_record
from ..journal.entry import open_envelope
from ..journal.kinds import Entry, Kind
from ..measure import parse_money
from ..problems import CommonholdError, Problem
from ..store.transaction import Transaction
from . import entries as e
from . import fold, rules
from .compute import Computed, compute, fund_balance
from .policy import Policy
from .queries import distribution_by_id, income_by_id, shares_of, unpaid
from .rules import View


def _load_income(transaction: Transaction, entry: Entry) -> View:
    return View(
        lacks_power=tuple(lacks_power(transaction, entry.commons, entry.author, "income")),
        currency=commons_section(transaction, entry.commons).currency,
        funds=tuple(charter_section(transaction, entry.commons, "sharing", Policy).funds),
        giver=find_agent(transaction, entry.commons, entry.body.giver),
        product=product(transaction, entry.commons, entry.body.resource),
    )


def product(transaction: Transaction, commons: str, id_: str | None) -> bool:
    """Whether what an income came in for is here; True if it names nothing."""
    known = None if id_ is None else find_record(transaction, commons, "EconomicResource", id_)
    return id_ is None or (known is not None and not known.deleted)


def _load_reversal(transaction: Transaction, entry: Entry) -> View:
    found = income_by_id(transaction, entry.commons, entry.body.income)
    return View(
        lacks_power=tuple(lacks_power(transaction, entry.commons, entry.author, "income")),
        income=found,
        balance=0 if found is None else fund_balance(transaction, entry.commons, found["fund"]),
    )


def _load_distribution(transaction: Transaction, entry: Entry) -> View:
    body: e.Distribution = entry.body
    commons = entry.commons
    computed: Computed | None = None
    refused: tuple[Problem, ...] = ()
    currency = commons_section(transaction, commons).currency
    try:
        amount = parse_money(body.amount, currency)
        key = ("computed", commons, entry.position, entry.time, body.fund, amount)
        if key not in transaction.cache:
            transaction.cache[key] = compute(transaction, commons, body.fund, amount, entry.time)
        computed = transaction.cache[key]
    except ValueError as error:
        refused = (Problem("sharing.bad_amount", f"{error}.", "body.amount"),)
    except CommonholdError as error:
        refused = error.problems
    frontier = transaction.session["frontier", commons]
    return View(
        lacks_power=tuple(lacks_power(transaction, commons, entry.author, "share")),
        currency=currency,
        charter=int(transaction.value("SELECT MAX(position) FROM charter WHERE commons = ?", (commons,))),
        computed=computed,
        refused=refused,
        size=frontier.size,
        root=frontier.root().hex(),
    )


def _load_grant(transaction: Transaction, entry: Entry) -> View:
    body: e.Grant = entry.body
    commons = entry.commons
    funds = fund_names(transaction, commons)
    return View(
        by_decision=entry.author == node_key(transaction, commons),
        currency=commons_section(transaction, commons).currency,
        funds=funds,
        unknown=tuple(line.agent for line in body.grants if find_agent(transaction, commons, line.agent) is None),
        balance=fund_balance(transaction, commons, body.fund),
    )


def fund_names(transaction: Transaction, commons: str) -> tuple[str, ...]:
    """The funds of the charter."""
    return tuple(charter_section(transaction, commons, "sharing", Policy).funds)


def _load_shares(transaction: Transaction, entry: Entry) -> View:
    body: e.Shares = entry.body
    found = distribution_by_id(transaction, entry.commons, body.distribution)
    if found is None:
        return View()
    sql = "SELECT data FROM journal_entry WHERE commons = ? AND position = ?"
    author = open_envelope(bytes(transaction.value(sql, (entry.commons, found.position)))).author
    rows = shares_of(transaction, entry.commons, found.number, body.first, len(body.shares))
    return View(distribution=(author, found.currency, found.shares, found.published), rows=rows)


def _load_payout(transaction: Transaction, entry: Entry) -> View:
    body: e.Payout = entry.body
    found = distribution_by_id(transaction, entry.commons, body.distribution)
    lacks = tuple(lacks_power(transaction, entry.commons, entry.author, "pay"))
    if found is None:
        return View(lacks_power=lacks)
    return View(
        lacks_power=lacks,
        distribution=("", found.currency, found.shares, found.published),
        unpaid=unpaid(transaction, entry.commons, found.number),
    )


def kinds() -> list[Kind]:
    """The kinds of this package."""
    return [
        Kind("sharing.income", e.Income, _load_income, rules.income, fold.income),
        Kind("sharing.reversal", e.Reversal, _load_reversal, rules.reversal, fold.reversal),
        Kind("sharing.distribution", e.Distribution, _load_distribution, rules.distribution, fold.distribution),
        Kind("sharing.grant", e.Grant, _load_grant, rules.grant, fold.grant),
        Kind("sharing.shares", e.Shares, _load_shares, rules.shares, fold.shares),
        Kind("sharing.payout", e.Payout, _load_payout, rules.payout, fold.payout),
    ]
