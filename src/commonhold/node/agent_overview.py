"""One agent as everybody may see them: what they contributed, what they were given, what they gave. Only public names."""

from __future__ import annotations

from typing import Any

from ..commons.queries import Agent, commons_section, find_agent, time_here
from ..contributions.charter import kinds_in_force
from ..contributions.queries import Filter, list_contributions
from ..contributions.tallies import of_agents
from ..journal.kinds import time_text
from ..measure import format_money
from ..problems import not_found
from ..store.sums import exact_sum, whole
from ..store.transaction import Transaction
from .overview import kind_lines
from .public_names import called, public_names

LATEST_SHOWN = 10


def agent_overview(transaction: Transaction, commons: str, id_: str) -> dict[str, Any]:
    """An agent of a commons. An identity that somebody claimed is shown as the member behind it.

    Raises:
        NotFound: `commons.unknown_agent`.
    """
    asked = find_agent(transaction, commons, id_)
    if asked is None:
        raise not_found("commons.unknown_agent", f"{id_} is not known here.", "agent")
    agent = asked if asked.claimed_by is None else _numbered(transaction, commons, asked.claimed_by)
    names = public_names(transaction, commons, [agent.id])
    currency = commons_section(transaction, commons).currency
    identities = transaction.rows("SELECT number, id FROM agent WHERE commons = ? AND claimed_by = ? ORDER BY number", (commons, agent.number))
    numbers = [agent.number, *(number for number, _ in identities)]
    only = Filter(agent=agent.number, limit=LATEST_SHOWN)
    return {
        "commons": commons, "asked": asked.id, "agent": agent.id, "name": called(names, agent.id), "type": agent.type,
        "classifiedAs": agent.classified_as, "since": time_text(agent.since), "currency": currency, "membership": _membership(transaction, commons, agent),
        "identities": [id_ for _, id_ in identities], "kinds": _kinds(transaction, commons, numbers),
        "shares": _shares(transaction, commons, agent, numbers), "gave": _gave(transaction, commons, agent.number, currency),
        "attested": _attested(transaction, commons, numbers), "latest": list(list_contributions(transaction, commons, only)),
    }  # fmt: skip


def _numbered(transaction: Transaction, commons: str, number: int) -> Agent:
    agent = find_agent(transaction, commons, transaction.value("SELECT id FROM agent WHERE commons = ? AND number = ?", (commons, number)))
    assert agent is not None
    return agent


def _any_of(column: str, numbers: list[int]) -> str:
    return f"{column} IN ({', '.join('?' * len(numbers))})"


def _membership(transaction: Transaction, commons: str, agent: Agent) -> dict[str, Any] | None:
    row = transaction.row("SELECT state, roll, joined, ended FROM membership WHERE commons = ? AND agent = ?", (commons, agent.number))
    if row is None:
        return None
    sql = "SELECT role FROM role WHERE commons = ? AND agent = ? AND (until IS NULL OR until > ?) ORDER BY role"
    held = transaction.rows(sql, (commons, agent.number, time_here(transaction, commons)))
    state, roll, joined, ended = row
    return {
        "state": state, "rolls": roll.split(","), "roles": [role for (role,) in held],
        "joined": None if joined is None else time_text(joined), "ended": None if ended is None else time_text(ended),
    }  # fmt: skip


def _kinds(transaction: Transaction, commons: str, numbers: list[int]) -> list[dict[str, Any]]:
    """A line for each kind: how many contributions of each state, and what the validated ones add up to."""
    labels = {name: kind.label for name, kind in kinds_in_force(transaction, commons).items()}
    return kind_lines((total for _, _, total in of_agents(transaction, commons, numbers)), labels)


def _shares(transaction: Transaction, commons: str, agent: Agent, numbers: list[int]) -> list[dict[str, Any]]:
    """What the agent got of each distribution, and how much of it has been paid; newest first."""
    sql = (
        f"SELECT d.number, d.time, d.fund, d.currency, {exact_sum('s.amount')} FROM share s JOIN distribution d"
        f" ON d.commons = s.commons AND d.number = s.distribution WHERE s.commons = ? AND {_any_of('s.agent', numbers)}"
        " GROUP BY d.number, d.time, d.fund, d.currency ORDER BY d.number DESC"
    )
    payouts = f"SELECT distribution, {exact_sum('amount')} FROM payout WHERE commons = ? AND agent = ? GROUP BY distribution"
    paid = {number: whole(amount) for number, amount in transaction.rows(payouts, (commons, agent.number))}
    return [
        {
            "distribution": number, "time": time_text(time), "fund": fund, "currency": currency, "amount": format_money(whole(amount), currency),
            "paid": format_money(paid.get(number, 0), currency), "payable": agent.type != "Identity",
        }
        for number, time, fund, currency, amount in transaction.rows(sql, (commons, *numbers))
    ]  # fmt: skip


def _gave(transaction: Transaction, commons: str, number: int, currency: str) -> dict[str, Any]:
    sql = f"SELECT COUNT(*), {exact_sum('amount')} FROM income WHERE commons = ? AND from_agent = ?"
    count, amount = transaction.rows(sql, (commons, number))[0]
    return {"count": int(count), "amount": format_money(whole(amount), currency)}


def _attested(transaction: Transaction, commons: str, numbers: list[int]) -> int:
    sql = f"SELECT COUNT(*) FROM attestation WHERE commons = ? AND {_any_of('attester', numbers)}"
    return int(transaction.value(sql, (commons, *numbers)))
