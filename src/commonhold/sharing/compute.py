"""A distribution from the tables as they stand: used to preview, to record, and to check what others recorded."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..commons.charter import convert_section
from ..commons.entries import MONEY_WHOLE_DIGITS
from ..commons.queries import Agent, charter_values
from ..journal.canonical import canonical
from ..measure import AMOUNT_MAX, currency_digits, format_money
from ..problems import Problem, Refused, refuse
from ..store.sums import exact_sum, whole
from ..store.transaction import Transaction
from .distribute import Outcome, Unsatisfiable, distribute
from .inputs import InputReader, named_agents
from .policy import Policy, for_fund


@dataclass(frozen=True, slots=True)
class Computed:
    """A distribution that has been computed, with all that a statement needs."""

    fund: str
    currency: str
    policy: Policy
    outcome: Outcome
    agents: Sequence[Agent]
    inputs: str
    time: int

    def shares(self) -> list[tuple[str, int, int]]:
        """(step, number of agent, minor units), in the order of the policy."""
        return [(step.step.id, agent, amount) for step in self.outcome.steps for agent, amount in step.given]

    def result_hash(self) -> str:
        """SHA-256 over the canonical JSON of the list of [step, agent, amount]."""
        lines = [[step, self.agents[agent].id, format_money(amount, self.currency)] for step, agent, amount in self.shares()]
        return hashlib.sha256(canonical(lines)).hexdigest()


def policy_of(values: Mapping[str, Any]) -> Policy:
    """The sharing policy of a charter that has been checked."""
    policy = convert_section(values, "sharing", Policy)
    assert not isinstance(policy, Problem), policy
    return policy


def fund_balance(transaction: Transaction, commons: str, fund: str) -> int:
    """What is in a fund, in minor units of the commons' currency."""
    came = transaction.value(f"SELECT {exact_sum('amount')} FROM income WHERE commons = ? AND fund = ?", (commons, fund))
    went = transaction.value(f"SELECT {exact_sum('given')} FROM distribution WHERE commons = ? AND fund = ?", (commons, fund))
    return whole(came) - whole(went)


def _largest(currency: str) -> int:
    """The most that an entry can share at once, in minor units; what is above it stays in the fund for the next distribution."""
    writable: int = 10 ** (MONEY_WHOLE_DIGITS + (currency_digits(currency) or 0)) - 1
    return min(writable, AMOUNT_MAX - 1)


def compute(
    transaction: Transaction,
    commons: str,
    fund: str,
    amount: int | None,
    time: int,
    values: Mapping[str, Any] | None = None,
    *,
    whatever: bool = False,
) -> Computed:
    """Share what is in a fund (or a part of it) by the charter in force, or by another one.

    Args:
        whatever: Also more than the fund holds: only to compare policies.

    Raises:
        Refused: `sharing.no_policy`, `sharing.unknown_fund`, `sharing.nothing_there`, `sharing.unsatisfiable`,
            `sharing.unknown_agent`, `sharing.not_a_commons`.
    """
    charter = values or charter_values(transaction, commons)
    policy = policy_of(charter)
    policy = for_fund(policy, fund) if fund in policy.funds else policy
    if not policy.steps:
        raise refuse("sharing.no_policy", "The charter has no sharing policy for this: add [[sharing.steps]].", "sharing.steps")
    if fund not in policy.funds:
        raise refuse("sharing.unknown_fund", f"{fund!r} is no fund of the charter: {', '.join(policy.funds)}.", "fund")
    currency = charter["commons"]["currency"]
    balance = fund_balance(transaction, commons, fund)
    amount = min(balance, _largest(currency)) if amount is None else amount
    if amount <= 0 or (amount > balance and not whatever):
        there = format_money(balance, currency)
        raise refuse("sharing.nothing_there", f"The fund {fund} has {there} {currency}: share more than nothing, and not more than that.", "amount")
    reader = InputReader(transaction, commons, time, charter, fund)
    numbers = named_agents(policy, reader.agents)
    try:
        outcome = distribute(amount, policy, currency, reader.steps(policy), numbers)
    except Unsatisfiable as error:
        raise Refused(Problem("sharing.unsatisfiable", f"{error}", "sharing.steps")) from None
    return Computed(fund, currency, policy, outcome, reader.agents, reader.fingerprint(), time)
