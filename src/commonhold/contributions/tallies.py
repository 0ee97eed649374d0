"""Totals of contributions, as the fold has kept them (`tallying.py`): however many there are, they are read from a few lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..store.sums import small_sum
from ..store.transaction import Transaction
from .tallying import BASE, DAY


@dataclass(frozen=True, slots=True)
class Total:
    """So many contributions of one sort, and what counts of them together, in millionths of the unit."""

    kind: str
    unit: str
    state: str
    contributions: int
    counted: int


def contributors(transaction: Transaction, commons: str) -> int:
    """How many persons have contributed."""
    return int(transaction.value("SELECT COUNT(*) FROM contributor WHERE commons = ?", (commons,)))


def by_state(transaction: Transaction, commons: str) -> dict[str, int]:
    """How many contributions there are of each state."""
    sql = f"SELECT state, {small_sum('contributions')} FROM tally_month WHERE commons = ? GROUP BY state ORDER BY state"
    return {state: int(count) for state, count in transaction.rows(sql, (commons,)) if count}


def by_kind(transaction: Transaction, commons: str) -> list[Total]:
    """A total for each kind, unit and state that there are contributions of."""
    sql = (
        f"SELECT kind, unit, state, {small_sum('contributions')}, {small_sum('billions')}, {small_sum('rest')} FROM tally_month WHERE commons = ?"
        " GROUP BY kind, unit, state ORDER BY kind, unit, state"
    )
    return [_total(row) for row in transaction.rows(sql, (commons,)) if row[3]]


def by_month(transaction: Transaction, commons: str, without: Iterable[str]) -> list[tuple[int, str, int]]:
    """(month, kind, contributions) of all states but some."""
    left_out = tuple(without)
    sql = (
        f"SELECT month, kind, {small_sum('contributions')} FROM tally_month WHERE commons = ?"
        f" AND state NOT IN ({', '.join('?' * len(left_out))}) GROUP BY month, kind ORDER BY month, kind"
    )
    return [(month, kind, int(count)) for month, kind, count in transaction.rows(sql, (commons, *left_out)) if count]


def latest_days(transaction: Transaction, commons: str, days: int) -> list[tuple[int, str, int]]:
    """(unix seconds at the beginning of the day, kind, how many became valid then) of the last days on which some did, newest first."""
    sql = (
        "SELECT day, kind, contributions FROM tally_day WHERE commons = ? AND contributions > 0 AND day >= COALESCE((SELECT MIN(day) FROM"
        " (SELECT DISTINCT day FROM tally_day WHERE commons = ? AND contributions > 0 ORDER BY day DESC LIMIT ?) t), 0) ORDER BY day DESC, kind"
    )
    return [(day * DAY, kind, int(count)) for day, kind, count in transaction.rows(sql, (commons, commons, days))]


def of_agents(transaction: Transaction, commons: str, numbers: Iterable[int]) -> list[tuple[int, str, Total]]:
    """(agent, domain, total) of some agents, each by the number under which it was recorded."""
    wanted = tuple(numbers)
    sql = (
        "SELECT agent, domain, kind, unit, state, contributions, billions, rest FROM tally_agent WHERE commons = ?"
        f" AND agent IN ({', '.join('?' * len(wanted))}) AND contributions <> 0 ORDER BY agent, domain, kind, unit, state"
    )
    return [(row[0], row[1], _total(row[2:])) for row in transaction.rows(sql, (commons, *wanted))] if wanted else []


def _total(row: tuple[Any, ...]) -> Total:
    kind, unit, state, count, billions, rest = row
    return Total(kind, unit, state, int(count), int(billions) * BASE + int(rest))
