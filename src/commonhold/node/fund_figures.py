"""The money of a commons in figures: what came in and from where, what went where, what is there. Only public names."""

from __future__ import annotations

from typing import Any

from ..commons.queries import charter_section, commons_section
from ..journal.kinds import time_text
from ..measure import format_money
from ..sharing.policy import Policy
from ..sharing.statement import charter_at
from ..store.sums import exact_sum, largest_first, small_sum, whole
from ..store.transaction import Transaction
from .public_names import called, public_names

INCOMES_SHOWN = 12
GIVERS_SHOWN = 12


def money(transaction: Transaction, commons: str) -> dict[str, Any]:
    """What came in and from where, what is in each fund, and where the money went, step by step."""
    currency = commons_section(transaction, commons).currency
    came, given = _by_fund(transaction, "amount", "income", commons), _by_fund(transaction, "given", "distribution", commons)
    names = list(dict.fromkeys([*charter_section(transaction, commons, "sharing", Policy).funds, *sorted(came), *sorted(given)]))
    funds = [
        {
            "fund": fund, "cameIn": format_money(came.get(fund, 0), currency), "given": format_money(given.get(fund, 0), currency),
            "balance": format_money(came.get(fund, 0) - given.get(fund, 0), currency),
        }
        for fund in names
    ]  # fmt: skip
    left = sum(came.values()) - sum(given.values())
    return {
        "currency": currency, "funds": funds, "inFunds": format_money(left, currency), "inFundsMinor": left,
        "bySource": _by_source(transaction, commons, currency), "byGiver": _by_giver(transaction, commons, currency),
        "byStep": _by_step(transaction, commons, currency),
    }  # fmt: skip


def _by_fund(transaction: Transaction, column: str, table: str, commons: str) -> dict[str, int]:
    rows = transaction.rows(f"SELECT fund, {exact_sum(column)} FROM {table} WHERE commons = ? GROUP BY fund", (commons,))
    return {fund: whole(minor) for fund, minor in rows}


def _by_source(transaction: Transaction, commons: str, currency: str) -> list[dict[str, Any]]:
    sql = f"SELECT source, COUNT(*), {exact_sum('amount')} FROM income WHERE commons = ? GROUP BY source ORDER BY {largest_first('amount')}, source"
    return [
        {"source": source, "count": int(count), "amount": format_money(whole(amount), currency), "minor": whole(amount)}
        for source, count, amount in transaction.rows(sql, (commons,))
    ]


def _by_giver(transaction: Transaction, commons: str, currency: str) -> list[dict[str, Any]]:
    sql = (
        f"SELECT a.id, COUNT(*), {exact_sum('i.amount')} FROM income i JOIN agent a ON a.commons = i.commons AND a.number = i.from_agent"
        f" WHERE i.commons = ? GROUP BY a.id ORDER BY {largest_first('i.amount')}, a.id LIMIT ?"
    )
    rows = transaction.rows(sql, (commons, GIVERS_SHOWN))
    names = public_names(transaction, commons, [row[0] for row in rows])
    return [
        {"giver": id_, "name": called(names, id_), "count": int(count), "amount": format_money(whole(amount), currency)}
        for id_, count, amount in rows
    ]


def _by_step(transaction: Transaction, commons: str, currency: str) -> list[dict[str, Any]]:
    """What each step of the policies gave in all distributions; steps are called as in the newest charter that shared."""
    sql = (
        f"SELECT s.step, {exact_sum('s.given')}, {small_sum('s.shares')}, MAX(d.charter) FROM step_taken s JOIN distribution d ON d.commons = s.commons"
        f" AND d.number = s.distribution WHERE s.commons = ? AND s.shares > 0 GROUP BY s.step ORDER BY {largest_first('s.given')}, s.step"
    )
    labels: dict[int, dict[str, str]] = {}
    found = []
    for step, amount, shares, charter in transaction.rows(sql, (commons,)):
        if charter not in labels:
            steps = charter_at(transaction, commons, charter).get("sharing", {}).get("steps", [])
            labels[charter] = {one["id"]: one.get("label") or one["id"] for one in steps}
        found.append(
            {
                "step": step, "label": labels[charter].get(step, step), "shares": int(shares), "amount": format_money(whole(amount), currency),
                "minor": whole(amount),
            }
        )  # fmt: skip
    return found


def incomes_page(transaction: Transaction, commons: str, *, before: int | None = None, limit: int = INCOMES_SHOWN) -> list[dict[str, Any]]:
    """What came in, newest entries first; from the entry before a position."""
    sql = (
        "SELECT i.position, i.fund, i.amount, i.currency, i.source, a.id, i.at, i.note FROM income i JOIN agent a"
        " ON a.commons = i.commons AND a.number = i.from_agent WHERE i.commons = ?"
    )
    parameters: list[Any] = [commons]
    if before is not None:
        sql, parameters = f"{sql} AND i.position < ?", [*parameters, before]
    rows = transaction.rows(f"{sql} ORDER BY i.position DESC LIMIT ?", [*parameters, limit])
    names = public_names(transaction, commons, [row[5] for row in rows])
    return [
        {
            "position": position, "fund": fund, "amount": format_money(amount, currency), "currency": currency, "source": source,
            "from": giver, "fromName": called(names, giver), "hasPointInTime": time_text(at), "note": note,
        }
        for position, fund, amount, currency, source, giver, at, note in rows
    ]  # fmt: skip


def in_between(transaction: Transaction, commons: str, start: int, end: int) -> dict[str, str]:
    """What came in and what was shared from one time to another (unix seconds; the end is not in it). Incomes count when they came."""
    currency = commons_section(transaction, commons).currency
    came = transaction.value(f"SELECT {exact_sum('amount')} FROM income WHERE commons = ? AND at >= ? AND at < ?", (commons, start, end))
    given = transaction.value(f"SELECT {exact_sum('given')} FROM distribution WHERE commons = ? AND time >= ? AND time < ?", (commons, start, end))
    return {"cameIn": format_money(whole(came), currency), "given": format_money(whole(given), currency)}
