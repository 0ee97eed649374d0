"""The money of a commons as double-entry books. (`plaintext` writes them for Beancount and for hledger.)

The scheme. All money is in the bank; the accounts under `Assets` tell what it is for, and together are the bank's balance.

    what happened          from                           to
    income                 Income:<Source>:<giver>        Assets:Fund:<fund>
    distribution           Assets:Fund:<fund>             Assets:Shared                  money is set aside
                           Liabilities:Owed:<agent>       Expenses:Shares:<step>         and owed to the agents
    payout                 Assets:Shared                  Liabilities:Owed:<agent>

Shares of an identity that nobody has claimed are in `Liabilities:Held:<identity>`. Once claimed, all its shares, older ones
too, are booked as owed to the member, as the commons itself reckons. What a step reserves or leaves stays in the fund and
is not booked; a distribution that gives nothing makes no transaction. So at any time `Assets:Fund:<fund>` is what can still
be shared, `Liabilities` what is owed, `Assets:Shared` its opposite, and all `Assets` are the incomes less the payouts.

Every transaction names the journal entry it comes from, by position and id. The books end with assertions of the balances
that the commons' own tables have, so the accounting tool itself finds any difference. Accounts are named after ids, which
do not change; persons are named only where the caller passes names. Days are UTC.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from ..commons.people import short

SHARED = "Assets:Shared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """The ground of what is booked: position, id (hexadecimal) and time (unix seconds) of the journal entry, and the currency."""

    position: int
    entry: str
    time: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Received(Booked):
    """An income, in minor units."""

    fund: str
    source: str
    giver: str
    amount: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared(Booked):
    """A distribution. shares: (step, id of the agent or of the member behind it, minor units)."""

    number: int
    fund: str
    shares: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid(Booked):
    """A payout of a distribution. payments: (id of the agent, minor units)."""

    number: int
    payments: tuple[tuple[str, int], ...]
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Amount:
    """Minor units of a currency in an account: what a transaction adds to it, or what is in it."""

    account: str
    currency: str
    minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BookTransaction:
    """A dated transaction, whose amounts add up to nothing. distribution: The number of the one it belongs to, or 0."""

    day: date
    position: int
    entry: str
    payee: str
    narration: str
    amounts: tuple[Amount, ...]
    distribution: int = 0

    def __post_init__(self) -> None:
        assert sum(amount.minor for amount in self.amounts) == 0, "a transaction is balanced"
        assert len({amount.currency for amount in self.amounts}) <= 1, "a transaction is in one currency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """Transactions by day and position; the balances that the tables have; the names of accounts that have one."""

    title: str
    transactions: tuple[BookTransaction, ...]
    closing: tuple[Amount, ...]
    names: Mapping[str, str] = field(default_factory=dict)

    def accounts(self) -> dict[str, tuple[date, list[str]]]:
        """The day of first use and the currencies of every account, by name."""
        found: dict[str, tuple[date, list[str]]] = {}
        uses = [(transaction.day, amount) for transaction in self.transactions for amount in transaction.amounts]
        for day, amount in [*uses, *((self.closing_day(), amount) for amount in self.closing)]:
            currencies = found.setdefault(amount.account, (day, []))[1]
            if amount.currency not in currencies:
                currencies.append(amount.currency)
        return dict(sorted(found.items()))

    def closing_day(self) -> date:
        """The day after the last transaction."""
        return max((transaction.day for transaction in self.transactions), default=date(1970, 1, 1)) + timedelta(days=1)


def keep_books(
    title: str,
    events: Sequence[Received | Shared | Paid],
    funds: Mapping[tuple[str, str], int],
    owed: Mapping[tuple[str, str], int],
    names: Mapping[str, str],
) -> Books:
    """Book what happened.

    Args:
        events: In any order.
        funds: What is in each (fund, currency), in minor units, by the tables of the commons.
        owed: What each (agent, currency) is owed, in minor units, by the same; identities that nobody has claimed are held.
        names: Names of agents by id; the others are called by their short id.
    """
    chart = _Chart(events, funds, owed, names)
    booked = sorted((chart.booked(event) for event in events), key=lambda transaction: (transaction.day, transaction.position))
    transactions = tuple(transaction for transaction in booked if transaction.amounts)
    used = {(amount.account, amount.currency) for transaction in transactions for amount in transaction.amounts}
    closing = tuple(amount for amount in chart.closing(funds, owed) if amount.minor or (amount.account, amount.currency) in used)
    accounts = {amount.account for amount in closing} | {account for account, _ in used}
    labels = {account: name for account, name in chart.labels(events).items() if account in accounts}
    return Books(title=title, transactions=transactions, closing=closing, names=labels)


class _Chart:
    """The chart of accounts, and how each event is booked in it."""

    def __init__(
        self,
        events: Sequence[Received | Shared | Paid],
        funds: Mapping[tuple[str, str], int],
        owed: Mapping[tuple[str, str], int],
        names: Mapping[str, str],
    ) -> None:
        self._names = names
        self._agents = account_parts({agent for event in events for agent in _agents(event)} | {agent for agent, _ in owed})
        self._funds = account_parts({event.fund for event in events if not isinstance(event, Paid)} | {fund for fund, _ in funds})
        self._steps = account_parts({step for event in events if isinstance(event, Shared) for step, _, _ in event.shares})

    def _fund(self, fund: str) -> str:
        return f"Assets:Fund:{self._funds[fund]}"

    def _owed(self, agent: str) -> str:
        return f"Liabilities:{'Held' if agent.startswith('id:') else 'Owed'}:{self._agents[agent]}"

    def _source(self, event: Received) -> str:
        return f"Income:{_part(event.source)}:{self._agents[event.giver]}"

    def booked(self, event: Received | Shared | Paid) -> BookTransaction:
        """The transaction of an event."""
        payee, number = "", 0
        flows: Mapping[str, int]
        if isinstance(event, Received):
            payee = self._names.get(event.giver, short(event.giver))
            told = f"Income ({event.source.replace('_', ' ')}) {event.note}"
            flows = {self._fund(event.fund): event.amount, self._source(event): -event.amount}
        elif isinstance(event, Shared):
            number, told = event.number, f"Distribution {event.number} of fund {event.fund}"
            flows = self._shared(event)
        else:
            number, told = event.number, f"Payout of distribution {event.number} {event.reference}"
            flows = {SHARED: -sum(minor for _, minor in event.payments)} | {self._owed(agent): minor for agent, minor in event.payments}
        return BookTransaction(
            day=datetime.fromtimestamp(event.time, UTC).date(),
            position=event.position,
            entry=event.entry,
            payee=payee,
            narration=told.strip(),
            amounts=tuple(Amount(account, event.currency, minor) for account, minor in sorted(flows.items()) if minor),
            distribution=number,
        )

    def _shared(self, event: Shared) -> Mapping[str, int]:
        flows: Counter[str] = Counter()
        for step, agent, minor in event.shares:
            flows[self._fund(event.fund)] -= minor
            flows[SHARED] += minor
            flows[f"Expenses:Shares:{self._steps[step]}"] += minor
            flows[self._owed(agent)] -= minor
        return flows

    def closing(self, funds: Mapping[tuple[str, str], int], owed: Mapping[tuple[str, str], int]) -> list[Amount]:
        """The balances that the accounts must have, by account."""
        balances = Counter({(self._fund(fund), currency): minor for (fund, currency), minor in funds.items()})
        for (agent, currency), minor in owed.items():
            balances[SHARED, currency] += minor
            balances[self._owed(agent), currency] -= minor
        return [Amount(account, currency, minor) for (account, currency), minor in sorted(balances.items())]

    def labels(self, events: Sequence[Received | Shared | Paid]) -> dict[str, str]:
        """The names of agents, by account."""
        givers = {self._source(event): event.giver for event in events if isinstance(event, Received)}
        accounts = givers | {self._owed(agent): agent for agent in self._agents}
        return {account: self._names[agent] for account, agent in accounts.items() if agent in self._names}


def _agents(event: Received | Shared | Paid) -> list[str]:
    if isinstance(event, Received):
        return [event.giver]
    return [agent for _, agent, _ in event.shares] if isinstance(event, Shared) else [agent for agent, _ in event.payments]


def account_parts(ids: Iterable[str]) -> dict[str, str]:
    """A part of an account's name for each id: ASCII, with a capital first; ids that would look the same get a tail of their hash.

    >>> account_parts(["org:acme", "hard_ware", "hard-ware"])
    {'hard-ware': 'Hard-ware-8dd0d3', 'hard_ware': 'Hard-ware-7c5f6b', 'org:acme': 'Acme'}
    """
    plain = {id_: _part(short(id_.removeprefix("org:"))) for id_ in sorted(ids)}
    tails = dict.fromkeys(plain, 0)
    while True:
        parts = {id_: f"{part}-{hashlib.sha256(id_.encode()).hexdigest()[: tails[id_]]}".rstrip("-") for id_, part in plain.items()}
        count = Counter(parts.values())
        shared = [id_ for id_, part in parts.items() if count[part] > 1]
        if not shared:
            return parts
        for id_ in shared:  # a part with its tail can be what another is called without one
            tails[id_] += 6


def _part(text: str) -> str:
    part = re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")
    return part[:1].upper() + part[1:]
