"""Reads about money: funds, incomes, distributions, shares, what is owed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..commons.queries import find_agent
from ..contributions.queries import position_of
from ..journal.kinds import time_text
from ..measure import format_money
from ..problems import not_found
from ..store.sums import exact_sum, whole
from ..store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution as it was recorded; money in minor units."""

    number: int
    position: int
    fund: str
    currency: str
    amount: int
    given: int
    kept: int
    time: int
    charter: int
    inputs: str
    result: str
    shares: int
    published: int


_DISTRIBUTION = (
    "SELECT number, position, fund, currency, amount, given, kept, time, charter, inputs, result, shares, published"
    " FROM distribution WHERE commons = ?"
)


def distributions(transaction: Transaction, commons: str) -> list[Distribution]:
    """All distributions, oldest first."""
    return [Distribution(*row) for row in transaction.rows(f"{_DISTRIBUTION} ORDER BY number", (commons,))]


def get_distribution(transaction: Transaction, commons: str, number: int | None = None) -> Distribution:
    """A distribution by its number, or the last one.

    Raises:
        NotFound: `sharing.unknown_distribution`.
    """
    if number is None:
        row = transaction.row(f"{_DISTRIBUTION} ORDER BY number DESC LIMIT 1", (commons,))
    else:
        # A number that no store could hold is not that of a distribution.
        row = transaction.row(f"{_DISTRIBUTION} AND number = ?", (commons, number)) if 0 < number < 2**31 else None
    if row is None:
        raise not_found("sharing.unknown_distribution", "There is no such distribution." if number else "Nothing has been shared yet.")
    return Distribution(*row)


def distribution_by_id(transaction: Transaction, commons: str, id_: str) -> Distribution | None:
    """A distribution by the id of its entry."""
    position = position_of(transaction, commons, id_)
    row = None if position is None else transaction.row(f"{_DISTRIBUTION} AND position = ?", (commons, position))
    return None if row is None else Distribution(*row)


def member_number(transaction: Transaction, commons: str, id_: str) -> int:
    """The number of the member behind an id; -1 if it is not known."""
    agent = find_agent(transaction, commons, id_)
    if agent is None:
        return -1
    return agent.number if agent.claimed_by is None else agent.claimed_by


def shares_of(transaction: Transaction, commons: str, number: int, first: int = 0, count: int | None = None) -> list[tuple[str, str, int]]:
    """(step, agent, minor units) of a distribution, in order."""
    sql = (
        "SELECT s.step, a.id, s.amount FROM share s JOIN agent a ON a.commons = s.commons AND a.number = s.agent"
        " WHERE s.commons = ? AND s.distribution = ? AND s.number >= ?"
    )
    parameters: list[Any] = [commons, number, first]
    if count is not None:
        sql, parameters = f"{sql} AND s.number < ?", [*parameters, first + count]
    return [(step, agent, amount) for step, agent, amount in transaction.rows(f"{sql} ORDER BY s.number", parameters)]


def totals_by_agent(transaction: Transaction, commons: str, number: int) -> list[dict[str, Any]]:
    """What each agent gets of a distribution, was paid and is owed, largest first; identities count to who claimed them.

    Money in minor units. `payable` is false for an identity that nobody has claimed: its share waits in trust.
    """
    rows = transaction.rows(
        f"SELECT COALESCE(a.claimed_by, a.number), {exact_sum('s.amount')} FROM share s JOIN agent a ON a.commons = s.commons AND a.number = s.agent"
        " WHERE s.commons = ? AND s.distribution = ? GROUP BY COALESCE(a.claimed_by, a.number)",
        (commons, number),
    )
    payouts = f"SELECT agent, {exact_sum('amount')} FROM payout WHERE commons = ? AND distribution = ? GROUP BY agent"
    paid = {agent: whole(amount) for agent, amount in transaction.rows(payouts, (commons, number))}
    agents = {
        number_: (id_, type_, name)
        for number_, id_, type_, name in transaction.rows("SELECT number, id, type, name FROM agent WHERE commons = ?", (commons,))
    }
    found = []
    for agent, total in rows:
        id_, type_, name = agents[agent]
        amount, was_paid = whole(total), paid.get(agent, 0)
        found.append(
            {
                "agent": id_, "type": type_, "name": name, "amount": amount, "paid": was_paid, "owed": amount - was_paid,
                "payable": type_ != "Identity",
            }
        )  # fmt: skip
    return sorted(found, key=lambda total: (-total["amount"], total["agent"]))


def unpaid(transaction: Transaction, commons: str, number: int) -> dict[str, int]:
    """What is still owed of a distribution, in minor units, by id of the agent; unclaimed identities are left out."""
    return {total["agent"]: total["owed"] for total in totals_by_agent(transaction, commons, number) if total["owed"] and total["payable"]}


def payout_positions(transaction: Transaction, commons: str, number: int) -> list[int]:
    """Where the payouts of a distribution stand in the journal."""
    sql = "SELECT DISTINCT position FROM payout WHERE commons = ? AND distribution = ? ORDER BY position"
    return [row[0] for row in transaction.rows(sql, (commons, number))]


def income_by_id(transaction: Transaction, commons: str, id_: str) -> dict[str, Any] | None:
    """The income that an entry recorded, by column names, and whether it was reversed."""
    names = ("position", "fund", "amount", "currency", "source", "from_agent", "at", "note", "reverses", "resource")
    row = transaction.row(
        f"SELECT {', '.join(f'i.{name}' for name in names)} FROM income i JOIN journal_entry j ON j.commons = i.commons"
        " AND j.position = i.position WHERE i.commons = ? AND j.leaf = ?",
        (commons, bytes.fromhex(id_)),
    )
    if row is None:
        return None
    found = dict(zip(names, row, strict=True))
    reversed_ = transaction.value("SELECT COUNT(*) FROM income WHERE commons = ? AND reverses = ?", (commons, found["position"]))
    return found | {"reversed": bool(reversed_)}


def incomes(transaction: Transaction, commons: str) -> list[dict[str, Any]]:
    """All incomes, oldest first."""
    rows = transaction.rows(
        "SELECT i.position, i.fund, i.amount, i.currency, i.source, a.id, a.name, i.at, i.note, i.reverses, r.id FROM income i JOIN agent a"
        " ON a.commons = i.commons AND a.number = i.from_agent LEFT JOIN flow_record r ON r.commons = i.commons AND r.number = i.resource WHERE i.commons = ? ORDER BY i.position",
        (commons,),
    )
    return [
        {
            "position": position, "fund": fund, "amount": format_money(amount, currency), "currency": currency, "source": source,
            "from": giver, "fromName": name, "hasPointInTime": time_text(at), "note": note, "reverses": reverses, "resource": resource,
        }
        for position, fund, amount, currency, source, giver, name, at, note, reverses, resource in rows
    ]  # fmt: skip
