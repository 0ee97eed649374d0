"""Distributions for people and programs: previews, statements, explanations, as plain values with names."""

from __future__ import annotations

from typing import Any

from ..commons.charter import read_toml
from ..commons.people import names, short
from ..commons.queries import commons_section
from ..journal.kinds import time_text
from ..measure import format_money
from ..problems import Problem, refuse
from ..sharing.queries import Distribution, distributions, get_distribution, member_number, totals_by_agent
from ..sharing.statement import explain_computed, explain_recorded, recorded_steps
from ..store.transaction import Transaction
from .node import Node
from .previews import by_agent, compute_now, outcome_of
from .public_names import called, public_names

STATES = {"paid": "paid", "owed": "to be paid", "held": "held until the identity is claimed", "part": "partly paid"}


def preview(node: Node, commons: str, fund: str = "", amount: str = "", charter: str | None = None) -> dict[str, Any]:
    """What a fund would come to if it were shared now; with another (checked) charter, both beside each other.

    Raises:
        Refused: `charter.currency_changed`, and what `compute` refuses.
    """
    with node.read() as transaction:
        known = _names(transaction, commons)
        present = compute_now(node, transaction, commons, fund, amount)
        found: dict[str, Any] = {"currency": present.currency, "fund": present.fund, "present": outcome_of(present)}
        ours = by_agent(present)
        theirs: dict[int, int] = {}
        if charter is not None:
            source = read_toml(charter)
            assert not isinstance(source, Problem)
            if (currency := source.values["commons"]["currency"]) != present.currency:
                problem = f"The charter to compare with is in {currency}, this commons in {present.currency}: sums cannot be set beside each other."
                raise refuse("charter.currency_changed", problem, "commons.currency")
            other = compute_now(node, transaction, commons, fund, amount, source.values)
            found["other"] = outcome_of(other)
            theirs = by_agent(other)
        lines = []
        for number in sorted(ours.keys() | theirs.keys(), key=lambda n: (-ours.get(n, 0), -theirs.get(n, 0), n)):
            agent = present.agents[number].id
            line = {"agent": agent, "name": known.get(agent, short(agent)), "amount": format_money(ours.get(number, 0), present.currency)}
            if charter is not None:
                line["other"] = format_money(theirs.get(number, 0), present.currency)
                line["difference"] = format_money(theirs.get(number, 0) - ours.get(number, 0), present.currency)
            lines.append(line)
        return found | {"agents": lines}


def distribution_lines(transaction: Transaction, commons: str) -> list[dict[str, Any]]:
    """All distributions, oldest first, a line each."""
    return [_line(one) for one in distributions(transaction, commons)]


def _line(d: Distribution) -> dict[str, Any]:
    return {
        "number": d.number, "position": d.position, "time": time_text(d.time), "fund": d.fund, "currency": d.currency, "shares": d.shares,
        "amount": format_money(d.amount, d.currency), "given": format_money(d.given, d.currency), "kept": format_money(d.kept, d.currency),
    }  # fmt: skip


def statement(transaction: Transaction, commons: str, number: int | None = None, *, public: bool = False) -> dict[str, Any]:
    """A recorded distribution: its steps, and what everybody got.

    Args:
        public: Show only names that people made public.
    """
    found = get_distribution(transaction, commons, number)
    totals, agents = totals_by_agent(transaction, commons, found.number), []
    known = public_names(transaction, commons, [line["agent"] for line in totals]) if public else _names(transaction, commons)
    for line in totals:
        percent = line["amount"] * 10_000 // found.given if found.given else 0
        agents.append(
            {
                "agent": line["agent"], "name": known.get(line["agent"], short(line["agent"])), "type": line["type"],
                "amount": format_money(line["amount"], found.currency), "minor": line["amount"], "percent": f"{percent // 100}.{percent % 100:02d}",
                "paid": format_money(line["paid"], found.currency), "owed": format_money(line["owed"], found.currency), "state": STATES[_state(line)],
            }
        )  # fmt: skip
    leaf = transaction.value("SELECT leaf FROM journal_entry WHERE commons = ? AND position = ?", (commons, found.position))
    return _line(found) | {
        "commons": commons, "commonsName": commons_section(transaction, commons).name, "entry": bytes(leaf).hex(), "charter": found.charter,
        "inputs": found.inputs, "result": found.result, "steps": recorded_steps(transaction, commons, found), "agents": agents,
    }  # fmt: skip


def _state(line: dict[str, Any]) -> str:
    if not line["payable"]:
        return "held"
    if not line["owed"]:
        return "paid"
    return "part" if line["paid"] else "owed"


def explain(node: Node, commons: str, agent: str, number: int | None = None, *, preview: bool = False, public: bool = False) -> dict[str, Any]:
    """Why an agent's share is what it is: of a recorded distribution, or of one that is only computed."""
    with node.read() as transaction:
        member = member_number(transaction, commons, agent)
        if preview:
            found = explain_computed(transaction, commons, compute_now(node, transaction, commons, "", ""), member)
        else:
            found = explain_recorded(transaction, commons, get_distribution(transaction, commons, number), member)
        known = public_names(transaction, commons, [found["agent"]]) if public else _names(transaction, commons)
        return found | {"name": called(known, found["agent"])}


def _names(transaction: Transaction, commons: str) -> dict[str, str]:
    """Names by id, public or not, where a member without a name is called as an identity they claimed."""
    found = names(transaction, commons)
    sql = (
        "SELECT m.id, a.id FROM agent a JOIN agent m ON m.commons = a.commons AND m.number = a.claimed_by WHERE a.commons = ? ORDER BY a.number DESC"
    )
    for member, identity in transaction.rows(sql, (commons,)):
        if member not in found and identity in found:
            found[member] = found[identity]
    return found
