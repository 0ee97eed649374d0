"""Use cases around money."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from ..commons.people import find_by_name
from ..commons.queries import charter_section, commons_section
from ..contributions.queries import resolve_id
from ..journal.commands import Act, Command, landed
from ..journal.entry import entry_id, open_envelope
from ..journal.kinds import time_text
from ..measure import format_money, parse_money
from ..problems import bad_input, refuse
from ..store.transaction import Transaction
from . import entries as e
from .compute import compute
from .policy import Policy
from .queries import Distribution, distributions, get_distribution, payout_positions, unpaid


class IncomeParams(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Money that came in.

    Attributes:
        giver: id or name of the agent. source: benefit_share, patronage, sale, grant or gift.
        resource: What it came in for: the product that was sold, by its id.
    """

    amount: str
    currency: str
    giver: str
    source: str = "gift"
    fund: str = ""
    at: str = ""
    resource: str = ""
    note: str = ""


def add_income(act: Act, params: IncomeParams) -> dict[str, Any]:
    body = e.Income(
        fund=params.fund or default_fund(act.transaction, act.commons),
        amount=params.amount,
        currency=params.currency,
        source=params.source,  # type: ignore[arg-type]
        giver=find_by_name(act.transaction, act.commons, params.giver, public_only=act.public_only),
        hasPointInTime=params.at or time_text(act.writer.now),
        resource=params.resource or None,
        note=params.note,
    )
    return landed(act.say("sharing.income", body))


class ReverseParams(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """An income that was recorded by mistake. income: its entry, by number or id."""

    income: str
    reason: str


def reverse_income(act: Act, params: ReverseParams) -> dict[str, Any]:
    id_ = resolve_id(act.transaction, act.commons, params.income)
    return landed(act.say("sharing.reversal", e.Reversal(income=id_, reason=params.reason)))


def default_fund(transaction: Transaction, commons: str) -> str:
    """The first fund of the charter."""
    return charter_section(transaction, commons, "sharing", Policy).funds[0]


class ShareParams(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What to share: by default all that is in the first fund.

    Attributes:
        result: SHA-256 of the shares that were seen in a preview: if it comes to others by now, nothing is recorded.
    """

    fund: str = ""
    amount: str = ""
    result: str = ""


def record(act: Act, params: ShareParams) -> dict[str, Any]:
    """Compute a distribution from the journal as it stands, and write it down with its shares.

    A request that comes again, with the same key, is answered with the distribution that it made, though the journal has gone on.

    Raises:
        Refused: `sharing.other_result`, `journal.key_reused`, and what `compute` refuses.
    """
    transaction, commons = act.transaction, act.commons
    recorded = {found.position: found for found in distributions(transaction, commons)}
    if (known := _said_before(act, act.key, recorded)) is not None:
        return _same_distribution(recorded[known[0]], known, params)
    act.writer.tick()
    fund = params.fund or default_fund(transaction, commons)
    currency = commons_section(transaction, commons).currency
    try:
        amount = parse_money(params.amount, currency) if params.amount else None
    except ValueError as error:
        raise bad_input("sharing.bad_amount", f"{error}.", "amount") from None
    frontier = act.writer.head.frontier
    time = max(act.writer.head.time, act.writer.now)
    computed = compute(transaction, commons, fund, amount, time)
    shares = computed.shares()
    if params.result and params.result != computed.result_hash():
        raise refuse("sharing.other_result", "The journal has changed: it comes to other shares than those that were seen.", "result")
    transaction.cache["computed", commons, frontier.size, time, fund, computed.outcome.amount] = computed
    body = e.Distribution(
        fund=fund,
        amount=format_money(computed.outcome.amount, currency),
        currency=currency,
        given=format_money(computed.outcome.given, currency),
        kept=format_money(computed.outcome.kept, currency),
        charter=int(transaction.value("SELECT MAX(position) FROM charter WHERE commons = ?", (commons,))),
        checkpoint=e.CheckpointRef(size=frontier.size, root=frontier.root().hex()),
        inputs=computed.inputs,
        result=computed.result_hash(),
        shares=len(shares),
    )
    written = act.say("sharing.distribution", body)
    for first in range(0, len(shares), e.SHARES_PER_ENTRY):
        lines = [
            e.Share(step=step, agent=computed.agents[agent].id, amount=format_money(minor, currency))
            for step, agent, minor in shares[first : first + e.SHARES_PER_ENTRY]
        ]
        act.say("sharing.shares", e.Shares(distribution=written.id, first=first, shares=lines), first)
    number = get_distribution(transaction, commons).number
    return {**landed(written), "distribution": number, "given": body.given, "kept": body.kept, "currency": currency, "shares": len(shares)}


def _said_before(act: Act, key: str, positions: Iterable[int]) -> tuple[int, str] | None:
    """(position, id) of the entry, among those at some positions, that the author wrote with an idempotency key."""
    if not act.writer.known_keys(act.author, [key]):
        return None
    for position in positions:
        data = bytes(act.transaction.value("SELECT data FROM journal_entry WHERE commons = ? AND position = ?", (act.commons, position)))
        envelope = open_envelope(data)
        if (envelope.author, envelope.key) == (act.author, key):
            return position, entry_id(data)
    return None


def _same_distribution(found: Distribution, known: tuple[int, str], params: ShareParams) -> dict[str, Any]:
    asked = parse_money(params.amount, found.currency) if params.amount else found.amount
    if asked != found.amount or params.fund not in ("", found.fund):
        raise refuse("journal.key_reused", "The key was used for another distribution.", "key")
    money = {name: format_money(minor, found.currency) for name, minor in (("given", found.given), ("kept", found.kept))}
    return {
        "entry": known[1], "position": known[0], "state": "known", "distribution": found.number, **money,
        "currency": found.currency, "shares": found.shares,
    }  # fmt: skip


class PayParams(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """That shares of a distribution were paid: to some agents, or to all who are still owed. reference: of the bank."""

    distribution: int
    agents: list[str] = []
    reference: str = ""


def pay(act: Act, params: PayParams) -> dict[str, Any]:
    found = get_distribution(act.transaction, act.commons, params.distribution)
    if _said_before(act, f"{act.key}.0", positions := payout_positions(act.transaction, act.commons, found.number)) is not None:
        return _same_payout(act, found, positions)
    owed = unpaid(act.transaction, act.commons, found.number)
    if params.agents:
        named = [find_by_name(act.transaction, act.commons, text, public_only=act.public_only) for text in params.agents]
        owed = {agent: owed.get(agent, 0) for agent in named}
    if not owed:
        raise refuse("sharing.not_owed", "Nobody is owed anything of this distribution any more.", "distribution")
    leaf = act.transaction.value("SELECT leaf FROM journal_entry WHERE commons = ? AND position = ?", (act.commons, found.position))
    payments = [e.Payment(agent=agent, amount=format_money(minor, found.currency)) for agent, minor in owed.items()]
    entries = [
        landed(
            act.say(
                "sharing.payout",
                e.Payout(
                    distribution=bytes(leaf).hex(), payments=payments[at : at + e.SHARES_PER_ENTRY], currency=found.currency,
                    reference=params.reference,
                ),
                at,
            )
        )
        for at in range(0, len(payments), e.SHARES_PER_ENTRY)
    ]  # fmt: skip
    return {"paid": len(payments), "amount": format_money(sum(owed.values()), found.currency), "currency": found.currency, "entries": entries}


def _same_payout(act: Act, found: Distribution, positions: Iterable[int]) -> dict[str, Any]:
    """The answer to a payout that was recorded before with the same key."""
    entries, count, total, number = [], 0, 0, 0
    while (known := _said_before(act, f"{act.key}.{number}", positions)) is not None:
        rows = act.transaction.rows("SELECT amount FROM payout WHERE commons = ? AND position = ?", (act.commons, known[0]))
        entries.append({"entry": known[1], "position": known[0], "state": "known"})
        count, total, number = count + len(rows), total + sum(row[0] for row in rows), number + e.SHARES_PER_ENTRY
    return {"paid": count, "amount": format_money(total, found.currency), "currency": found.currency, "entries": entries}


COMMANDS = (
    Command("income.add", "Record money that came in, with its source.", IncomeParams, add_income),
    Command("income.reverse", "Take back an income that was recorded by mistake.", ReverseParams, reverse_income),
    Command("share.record", "Share a fund by the policy in force, and write it down.", ShareParams, record),
    Command("share.pay", "Record that shares were paid.", PayParams, pay),
)
