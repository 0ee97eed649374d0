"""What may be said about money: it came in, it was shared, it was paid out."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from ..commons.entries import AgentId, Body, EntryId, Hash, Money, Name, Second, Text
from ..flows.vocabulary import Id
from ..forms import form

Currency = Annotated[str, form(r"^[A-Z]{3}\Z", "the ISO 4217 code of a currency, like EUR")]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]

IncomeSource = Literal["benefit_share", "patronage", "sale", "grant", "gift"]
SHARES_PER_ENTRY = 300


class Income(Body, frozen=True):
    """`sharing.income`: money came into a fund. resource: What it came in for: the product that was sold, by its id."""

    fund: Name
    amount: Money
    currency: Currency
    source: IncomeSource
    giver: AgentId
    hasPointInTime: Second
    resource: Id | None = None
    note: Annotated[str, msgspec.Meta(max_length=500)] = ""


class Reversal(Body, frozen=True):
    """`sharing.reversal`: an income was recorded by mistake; what it said is taken back whole."""

    income: EntryId
    reason: Text


class CheckpointRef(Body, frozen=True):
    """A state of the journal: how many entries, and the root of their tree in hexadecimal."""

    size: Count
    root: Hash


class Distribution(Body, frozen=True):
    """`sharing.distribution`: a fund was shared. The shares follow in `sharing.shares` entries.

    Attributes:
        amount: What was to be shared. given: What the shares add up to. kept: What stays in the fund of it.
        charter: Position of the charter whose policy was followed.
        checkpoint: The journal that it was computed from: all entries before this one.
        inputs: SHA-256 of what the policy looked at. result: SHA-256 of the shares. (Forms: `docs/reference/policy.md`.)
        shares: How many shares follow.
    """

    fund: Name
    amount: Money
    currency: Currency
    given: Money
    kept: Money
    charter: Count
    checkpoint: CheckpointRef
    inputs: Hash
    result: Hash
    shares: Count


class Share(Body, frozen=True):
    """One share: by which step of the policy, to whom, how much."""

    step: Name
    agent: AgentId
    amount: Money


class Shares(Body, frozen=True):
    """`sharing.shares`: shares of a distribution, in order, from number `first`."""

    distribution: EntryId
    first: Count
    shares: Annotated[list[Share], msgspec.Meta(min_length=1, max_length=SHARES_PER_ENTRY)]


class Payment(Body, frozen=True):
    """What one agent was paid."""

    agent: AgentId
    amount: Money


class Payout(Body, frozen=True):
    """`sharing.payout`: shares of a distribution were paid. reference: of the bank's message; no account numbers here."""

    distribution: EntryId
    payments: Annotated[list[Payment], msgspec.Meta(min_length=1, max_length=SHARES_PER_ENTRY)]
    currency: Currency
    reference: Annotated[str, msgspec.Meta(max_length=140)] = ""


class GrantLine(Body, frozen=True):
    """What one project was granted: the option of the proposal, to whom, how much."""

    option: Name
    agent: AgentId
    amount: Money


class Grant(Body, frozen=True):
    """`sharing.grant`: money of a fund goes where a decision said. It is owed and paid out as shares of a distribution are.

    Attributes:
        proposal: The entry of the proposal that was carried.
    """

    fund: Name
    currency: Currency
    proposal: EntryId
    grants: Annotated[list[GrantLine], msgspec.Meta(min_length=1, max_length=200)]
