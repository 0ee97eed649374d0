"""What a commons looks like from outside: figures for its pages and the API, as plain values. Only public names.

Figures of contributions are read from the tallies that folds keep; lists are bounded. `validator` names the state that they
belong to, so that whoever asks again can be told that nothing has changed.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from .. import __version__
from ..commons.people import names_mark
from ..commons.queries import charter_section, commons_section, time_here
from ..contributions.charter import Validation, kinds_in_force
from ..contributions.tallies import Total, by_kind, by_month, by_state, contributors
from ..journal.head import commons_here, read_head
from ..journal.kinds import time_text
from ..measure import format_money, format_quantity
from ..problems import not_found
from ..store.sums import exact_sum, whole
from ..store.transaction import Transaction
from .fund_figures import incomes_page, money
from .periods import periods
from .public_names import called, public_names

ENDED = ("refused", "withdrawn")


def validator(transaction: Transaction, commons: str) -> str:
    """Names what there is to see of a commons: the journal, the public names beside it, which roles have ended, and the version of the program."""
    row = transaction.row("SELECT size, frontier FROM journal_head WHERE commons = ?", (commons,))
    if row is None:
        raise not_found("commons.unknown", f"No commons {commons!r} lives on this node.", "commons")
    ended = transaction.value("SELECT COUNT(*) FROM role WHERE commons = ? AND until <= ?", (commons, time_here(transaction, commons)))
    digest = hashlib.sha256(f"{__version__}\n{commons}\n{row[0]}\n{names_mark(transaction, commons)}\n{ended}\n".encode() + bytes(row[1]))
    return digest.hexdigest()[:32]


def commons_lines(transaction: Transaction) -> list[dict[str, Any]]:
    """The commons of this node, each with its key figures."""
    return [commons_line(transaction, name) for name in commons_here(transaction)]


def commons_line(transaction: Transaction, commons: str) -> dict[str, Any]:
    """What a commons is, and its key figures."""
    section = commons_section(transaction, commons)
    head = read_head(transaction, commons)
    states = by_state(transaction, commons)
    came, given = _sum(transaction, "amount", "income", commons), _sum(transaction, "given", "distribution", commons)
    members = transaction.value("SELECT COUNT(*) FROM membership WHERE commons = ? AND state = 'member'", (commons,))
    shared = transaction.value("SELECT COUNT(*) FROM distribution WHERE commons = ?", (commons,))
    return {
        "commons": commons, "name": section.name, "purpose": section.purpose, "notice": section.notice, "licence": section.licence,
        "currency": section.currency, "domains": section.domains, "origin": head.origin, "entries": head.frontier.size,
        "time": time_text(head.time), "members": members, "contributors": contributors(transaction, commons),
        "contributions": sum(states.values()), "validated": states.get("validated", 0), "open": states.get("claimed", 0) + states.get("appealed", 0),
        "cameIn": format_money(came, section.currency), "given": format_money(given, section.currency),
        "inFunds": format_money(came - given, section.currency), "distributions": shared,
    }  # fmt: skip


def _sum(transaction: Transaction, column: str, table: str, commons: str) -> int:
    return whole(transaction.value(f"SELECT {exact_sum(column)} FROM {table} WHERE commons = ?", (commons,)))


def members_page(transaction: Transaction, commons: str, *, after: int = -1, limit: int = 100) -> list[dict[str, Any]]:
    """Members and former ones in the order of their numbers, with rolls and roles."""
    sql = (
        "SELECT m.agent, a.id, m.state, m.roll, m.joined, m.ended FROM membership m JOIN agent a ON a.commons = m.commons"
        " AND a.number = m.agent WHERE m.commons = ? AND m.agent > ? ORDER BY m.agent LIMIT ?"
    )
    rows = transaction.rows(sql, (commons, after, limit))
    names, roles = public_names(transaction, commons, [row[1] for row in rows]), defaultdict(list)
    if rows:
        held = "SELECT agent, role FROM role WHERE commons = ? AND agent BETWEEN ? AND ? AND (until IS NULL OR until > ?) ORDER BY agent, role"
        for agent, role in transaction.rows(held, (commons, rows[0][0], rows[-1][0], time_here(transaction, commons))):
            roles[agent].append(role)
    return [
        {
            "number": number, "agent": id_, "name": called(names, id_), "state": state, "rolls": roll.split(","), "roles": roles[number],
            "joined": None if joined is None else time_text(joined), "ended": None if ended is None else time_text(ended),
        }
        for number, id_, state, roll, joined, ended in rows
    ]  # fmt: skip


def kinds_and_states(transaction: Transaction, commons: str) -> list[dict[str, Any]]:
    """A line for each kind: how many contributions of each state, and what the validated ones add up to."""
    labels = {name: kind.label for name, kind in kinds_in_force(transaction, commons).items()}
    return kind_lines(by_kind(transaction, commons), labels)


def kind_lines(totals: Iterable[Total], labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """A line for each kind and unit among some totals, the most frequent first."""
    lines: dict[tuple[str, str], dict[str, Any]] = {}
    valid: dict[tuple[str, str], int] = defaultdict(int)
    for one in totals:
        empty = {"kind": one.kind, "label": labels.get(one.kind, one.kind), "unit": one.unit, "count": 0, "states": {}, "validated": "0"}
        line = lines.setdefault((one.kind, one.unit), empty)
        line["count"] += one.contributions
        line["states"][one.state] = line["states"].get(one.state, 0) + one.contributions
        if one.state == "validated":
            valid[one.kind, one.unit] += one.counted
            line["validated"] = format_quantity(valid[one.kind, one.unit])
    return sorted(lines.values(), key=lambda line: (-line["count"], line["kind"], line["unit"]))


def over_time(transaction: Transaction, commons: str) -> dict[str, Any]:
    """How many contributions were made in each month, quarter or year, by kind; refused and withdrawn ones left out.

    Answers at most forty periods, or a year each: {"step": "month", "periods": ["2026-01", …], "kinds": {"code": [12, …]}}.
    """
    months = {(month, kind): count for month, kind, count in by_month(transaction, commons, ENDED)}
    if not months:
        return {"step": "month", "periods": [], "kinds": {}}
    shown = periods(min(month for month, _ in months), max(month for month, _ in months), months=36, quarters=120)
    counts: dict[str, list[int]] = {}
    for (month, kind), count in sorted(months.items()):
        counts.setdefault(kind, [0] * len(shown.places))[month // shown.width - shown.places.start] += count
    kinds = dict(sorted(counts.items(), key=lambda item: (-sum(item[1]), item[0])))
    return {"step": shown.step, "periods": [shown.name(place) for place in shown.places], "kinds": kinds}


def validation(transaction: Transaction, commons: str) -> dict[str, Any]:
    """How claims become valid here, and how far that is."""
    section = charter_section(transaction, commons, "validation", Validation)
    return {
        "quorum": section.quorum, "lazyDays": section.lazy_days, "history": list(section.history),
        "states": by_state(transaction, commons), "attesters": _attesters(transaction, commons),
    }  # fmt: skip


def _attesters(transaction: Transaction, commons: str) -> int:
    """How many have said what they think of a contribution: from one to the next in the index, however much each has said."""
    sql = (
        "WITH RECURSIVE said(agent) AS (SELECT MIN(attester) FROM attestation WHERE commons = ? UNION ALL"
        " SELECT (SELECT MIN(attester) FROM attestation WHERE commons = ? AND attester > said.agent) FROM said WHERE said.agent IS NOT NULL)"
        " SELECT COUNT(agent) FROM said"
    )
    return int(transaction.value(sql, (commons, commons)))


__all__ = [
    "ENDED", "called", "commons_line", "commons_lines", "incomes_page", "kind_lines", "kinds_and_states", "members_page", "money", "over_time",
    "public_names", "validation", "validator",
]  # fmt: skip
