"""May this be said about money? Pure rules over a small view of what is the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..commons.queries import Agent
from ..journal.kinds import Entry, unix_time, unknown_reference
from ..measure import format_money, parse_money
from ..problems import Problem
from . import entries as e
from .compute import Computed


@dataclass(frozen=True, slots=True)
class View:
    """What the rules need to know.

    Attributes:
        currency, funds: Of the charter in force. charter: Its position.
        computed: What the distribution comes to by the tables as they stand; refused: why it cannot be computed.
        size, root: The journal before this entry.
        distribution: (author, currency, number of shares, how many are published) of the distribution referred to.
        product: Whether what an income names is here.
        income: The income referred to, as a row by column names, with `reversed`; balance: what is in its fund, in minor units.
        rows: The shares of it that come next, or what is still to be paid: (step, agent id, minor units).
    """

    lacks_power: tuple[Problem, ...] = ()
    currency: str = ""
    funds: tuple[str, ...] = ()
    giver: Agent | None = None
    charter: int = 0
    computed: Computed | None = None
    refused: tuple[Problem, ...] = ()
    size: int = 0
    root: str = ""
    distribution: tuple[str, str, int, int] | None = None
    rows: list[tuple[str, str, int]] = field(default_factory=list)
    unpaid: Mapping[str, int] = field(default_factory=dict)
    income: Mapping[str, Any] | None = None
    product: bool = True
    balance: int = 0
    by_decision: bool = False
    unknown: tuple[str, ...] = ()


def income(view: View, entry: Entry) -> list[Problem]:
    body: e.Income = entry.body
    problems = list(view.lacks_power) + _money_problems(body.amount, body.currency, view.currency, "body.amount")
    if not problems and parse_money(body.amount, body.currency) == 0:
        problems.append(Problem("sharing.no_amount", "An income is more than nothing.", "body.amount"))
    if body.fund not in view.funds:
        problems.append(Problem("sharing.unknown_fund", f"{body.fund!r} is no fund of the charter: {', '.join(view.funds)}.", "body.fund"))
    if not view.product:
        problems.append(unknown_reference(f"The resource {body.resource}", "body.resource"))
    if view.giver is None:
        problems.append(unknown_reference(f"The agent {body.giver}", "body.giver"))
    if unix_time(body.hasPointInTime) > entry.time + 600:
        problems.append(Problem("sharing.in_the_future", "Income is recorded when it is there.", "body.hasPointInTime"))
    return problems


def reversal(view: View, entry: Entry) -> list[Problem]:
    """What came in by mistake is taken back once, and only as long as the fund still holds it."""
    found = view.income
    if found is None:
        return [unknown_reference(f"The income {entry.body.income}", "body.income")]
    if found["reverses"] is not None or found["reversed"]:
        return [Problem("sharing.reversed_already", "This income was taken back already, or takes one back itself.", "body.income")]
    if view.balance < found["amount"]:
        there, was = format_money(view.balance, found["currency"]), format_money(found["amount"], found["currency"])
        problem = f"The fund {found['fund']} holds {there} {found['currency']} of the {was}: the rest has been shared."
        return [*view.lacks_power, Problem("sharing.shared_already", problem, "body.income")]
    return list(view.lacks_power)


def _money_problems(amount: str, currency: str, expected: str, field_: str) -> list[Problem]:
    if currency != expected:
        return [Problem("sharing.other_currency", f"The funds of this commons are in {expected}, not {currency}.", "body.currency")]
    try:
        parse_money(amount, currency)
    except ValueError as error:
        return [Problem("sharing.bad_amount", f"{error}.", field_)]
    return []


def distribution(view: View, entry: Entry) -> list[Problem]:
    """A distribution is what anybody who computes it gets."""
    body: e.Distribution = entry.body
    problems = [*view.lacks_power, *view.refused]
    if problems:
        return problems
    assert view.computed is not None
    outcome = view.computed.outcome
    expected = {
        "currency": view.currency,
        "charter": view.charter,
        "checkpoint.size": view.size,
        "checkpoint.root": view.root,
        "given": format_money(outcome.given, view.currency),
        "kept": format_money(outcome.kept, view.currency),
        "inputs": view.computed.inputs,
        "result": view.computed.result_hash(),
        "shares": len(view.computed.shares()),
    }
    said = {
        "currency": body.currency, "charter": body.charter, "checkpoint.size": body.checkpoint.size, "checkpoint.root": body.checkpoint.root,
        "given": body.given, "kept": body.kept, "inputs": body.inputs, "result": body.result, "shares": body.shares,
    }  # fmt: skip
    return [
        Problem("sharing.wrong_result", f"The entry says {said[name]}, but the journal comes to {value}.", f"body.{name}")
        for name, value in expected.items()
        if said[name] != value
    ]


def grant(view: View, entry: Entry) -> list[Problem]:
    """What was decided is granted if it is there. (That it was decided, the authority has found: only the node says it, by a mandate.)"""
    body: e.Grant = entry.body
    if not view.by_decision:
        return [Problem("commons.by_decision_only", "Only a decision orders this.", "author")]
    problems = []
    if body.fund not in view.funds:
        problems.append(Problem("sharing.unknown_fund", f"{body.fund!r} is no fund of the charter: {', '.join(view.funds)}.", "body.fund"))
    for place, line in enumerate(body.grants):
        problems += _money_problems(line.amount, body.currency, view.currency, f"body.grants[{place}].amount")
    problems += [unknown_reference(f"The agent {id_}", "body.grants") for id_ in view.unknown]
    if not problems and not 0 < sum(parse_money(line.amount, body.currency) for line in body.grants) <= view.balance:
        there = format_money(view.balance, view.currency)
        problems.append(Problem("sharing.nothing_there", f"The fund {body.fund} has {there} {view.currency}: that is not enough.", "body.grants"))
    return problems


def shares(view: View, entry: Entry) -> list[Problem]:
    body: e.Shares = entry.body
    if view.distribution is None:
        return [unknown_reference(f"The distribution {body.distribution}", "body.distribution")]
    author, currency, _, published = view.distribution
    if entry.author != author:
        return [Problem("sharing.not_the_author", "Who recorded the distribution publishes its shares.", "author")]
    if body.first != published:
        return [Problem("sharing.out_of_order", f"The next share to publish is number {published}.", "body.first")]
    said = [(share.step, share.agent, share.amount) for share in body.shares]
    expected = [(step, agent, format_money(amount, currency)) for step, agent, amount in view.rows]
    if said != expected:
        return [Problem("sharing.wrong_shares", "These are not the shares that the distribution comes to.", "body.shares")]
    return []


def payout(view: View, entry: Entry) -> list[Problem]:
    """One pays what is owed, and not more."""
    body: e.Payout = entry.body
    if view.lacks_power:
        return list(view.lacks_power)
    if view.distribution is None:
        return [unknown_reference(f"The distribution {body.distribution}", "body.distribution")]
    problems, seen = [], set()
    for index, payment in enumerate(body.payments):
        where = f"body.payments[{index}]"
        problems += (found := _money_problems(payment.amount, body.currency, view.distribution[1], f"{where}.amount"))
        owed = view.unpaid.get(payment.agent, 0)
        if payment.agent in seen:
            problems.append(Problem("sharing.paid_twice", "Name each agent once.", f"{where}.agent"))
        elif not found and not 0 < parse_money(payment.amount, body.currency) <= owed:
            problem = f"{payment.agent} is still owed {format_money(owed, body.currency)} of this distribution."
            problems.append(Problem("sharing.not_owed", problem, f"{where}.amount"))
        seen.add(payment.agent)
    return problems
