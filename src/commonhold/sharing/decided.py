"""What decisions can order about money: a distribution by the policy, or a grant of an amount."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..commons.entries import AgentId, Body, Money, Name
from ..commons.queries import commons_section, find_agent
from ..governance.changes import Decided, Executable
from ..journal.commands import Act
from ..journal.kinds import unknown_reference
from ..measure import format_money, parse_money
from ..problems import Problem
from ..store.transaction import Transaction
from .commands import ShareParams, record
from .compute import fund_balance
from .kinds import fund_names


class ShareFund(Body, frozen=True):
    """A distribution, as a proposal tells it: all that is in a fund when it is carried out, or an amount of it."""

    fund: Name
    amount: Money | None = None


class GrantAmount(Body, frozen=True):
    """A grant, as a proposal tells it."""

    fund: Name
    agent: AgentId
    amount: Money


def _share_problems(transaction: Transaction, commons: str, body: ShareFund) -> list[Problem]:
    return _money_problems(transaction, commons, body.fund, body.amount)


def _grant_problems(transaction: Transaction, commons: str, body: GrantAmount) -> list[Problem]:
    problems = _money_problems(transaction, commons, body.fund, body.amount)
    if find_agent(transaction, commons, body.agent) is None:
        problems.append(unknown_reference(f"The agent {body.agent}", "agent"))
    return problems


def _money_problems(transaction: Transaction, commons: str, fund: str, amount: str | None) -> list[Problem]:
    funds = fund_names(transaction, commons)
    if fund not in funds:
        return [Problem("sharing.unknown_fund", f"{fund!r} is no fund of the charter: {', '.join(funds)}.", "fund")]
    currency = commons_section(transaction, commons).currency
    try:
        minor = None if amount is None else parse_money(amount, currency)
    except ValueError as error:
        return [Problem("sharing.bad_amount", f"{error}.", "amount")]
    if minor is not None and not 0 < minor <= fund_balance(transaction, commons, fund):
        return [Problem("sharing.nothing_there", "More than nothing, and not more than the fund holds.", "amount")]
    return []


def _fixed(transaction: Transaction, commons: str, body: ShareFund, decided: Decided) -> dict[str, str]:
    """The fields that were decided; the figures are what the journal comes to when it is carried out.

    All of a fund is what is in it at the close.
    """
    currency = commons_section(transaction, commons).currency
    minor = fund_balance(transaction, commons, body.fund) if body.amount is None else parse_money(body.amount, currency)
    return {"amount": format_money(minor, currency), "fund": body.fund}


def _granted(transaction: Transaction, commons: str, body: GrantAmount, decided: Decided) -> dict[str, Any]:
    currency = commons_section(transaction, commons).currency
    line = {"agent": body.agent, "amount": body.amount, "option": "grant"}
    return {"currency": currency, "fund": body.fund, "grants": [line], "proposal": decided.id}


def _share(act: Act, key: str, body: Mapping[str, Any]) -> None:
    record(act.as_node(key), ShareParams(fund=body["fund"], amount=body.get("amount", "")))


EXECUTABLES = (
    Executable("sharing.distribution", frozenset({"money"}), ShareFund, whole=False, check=_share_problems, expand=_fixed, carry_out=_share),
    Executable("sharing.grant", frozenset({"money"}), GrantAmount, check=_grant_problems, expand=_granted),
)
