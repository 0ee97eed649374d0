"""Reads for the steward's desk: who asks to join, who has which role, whose work nobody has claimed, and what is due."""

from __future__ import annotations

import shutil
from typing import Any

import msgspec

from ..commons.charter import Powers
from ..commons.queries import charter_section, find_agent, has_role
from ..contributions.charter import Validation
from ..contributions.panels import is_exempt, vacant
from ..contributions.queries import find_targets
from ..governance.queries import list_decisions
from ..governance.standings import missing_for, terms_of_stewards
from ..governance.tasks import dormant_tasks
from ..journal.head import read_head
from ..journal.kinds import time_text
from ..store.transaction import Transaction
from .figures import database_bytes, journal_figures, out_of_order
from .node import Node
from .public_names import called, public_names

Plain = dict[str, Any]

LOOKED_AT = 500
"""So many open claims are asked whether they lack reviewers."""
_DAY = 86_400


def powers_of(transaction: Transaction, commons: str, agent: str) -> dict[str, bool]:
    """What the charter lets somebody do, by the names of `[powers]`."""
    powers = msgspec.structs.asdict(charter_section(transaction, commons, "powers", Powers))
    known = find_agent(transaction, commons, agent)
    return {name: has_role(transaction, commons, known, role) for name, role in powers.items()}


def kept_names(transaction: Transaction, commons: str, agents: list[str]) -> dict[str, str]:
    """Names that the node keeps, public or not: for stewards, who have to know whom they let in and whose work it is."""
    if not agents:
        return {}
    sql = f"SELECT agent, name FROM private_profile WHERE commons = ? AND name IS NOT NULL AND agent IN ({', '.join('?' * len(agents))})"
    return dict(transaction.rows(sql, (commons, *agents)))


def asking(transaction: Transaction, commons: str, limit: int) -> list[Plain]:
    """Who asks to join, those first who have waited longest."""
    sql = (
        "SELECT a.id, m.asked, m.roll FROM membership m JOIN agent a ON a.commons = m.commons AND a.number = m.agent"
        " WHERE m.commons = ? AND m.state = 'asking' ORDER BY m.asked, a.number LIMIT ?"
    )
    rows = transaction.rows(sql, (commons, limit))
    names = kept_names(transaction, commons, [row[0] for row in rows])
    return [{"agent": id_, "name": names.get(id_, ""), "asked": time_text(at), "rolls": roll.split(",") if roll else []} for id_, at, roll in rows]


def holders_of_roles(transaction: Transaction, commons: str, now: int) -> list[Plain]:
    """Each role that somebody has, with who has it."""
    sql = (
        "SELECT r.role, a.id, r.until FROM role r JOIN agent a ON a.commons = r.commons AND a.number = r.agent"
        " WHERE r.commons = ? AND (r.until IS NULL OR r.until > ?) ORDER BY r.role, a.number"
    )
    rows = transaction.rows(sql, (commons, now))
    names = public_names(transaction, commons, [row[1] for row in rows])
    return [
        {"role": role, "agent": id_, "name": called(names, id_), "until": None if until is None else time_text(until)} for role, id_, until in rows
    ]


def known_roles(transaction: Transaction, commons: str) -> list[str]:
    """The roles that the charter's powers ask for, and those that somebody has."""
    named = {*msgspec.structs.asdict(charter_section(transaction, commons, "powers", Powers)).values()} - {"member", "anyone"}
    held = {row[0] for row in transaction.rows("SELECT DISTINCT role FROM role WHERE commons = ?", (commons,))}
    return sorted(named | held)


def unclaimed(transaction: Transaction, commons: str, after: int, limit: int) -> list[Plain]:
    """Identities of imported work that nobody has claimed, in the order of their numbers, with how many contributions each has."""
    sql = (
        "SELECT a.number, a.id, a.since, (SELECT COUNT(*) FROM contribution c WHERE c.commons = a.commons AND c.provider = a.number)"
        " FROM agent a WHERE a.commons = ? AND a.type = 'Identity' AND a.claimed_by IS NULL AND a.number > ? ORDER BY a.number LIMIT ?"
    )
    rows = transaction.rows(sql, (commons, after, limit))
    names = kept_names(transaction, commons, [row[1] for row in rows])
    return [
        {"number": number, "identity": id_, "name": names.get(id_, ""), "since": time_text(since), "contributions": count}
        for number, id_, since, count in rows
    ]


def due(node: Node, transaction: Transaction, commons: str) -> Plain:
    """What waits for somebody to say that its time has come: the node then does what follows.

    Returns `decisions` (those to be counted), and how many `reviewers` are to be drawn for, `lapsing` claims nobody objected to in time,
    `stewards` whose term is over, `tasks` lie dormant.
    """
    now = max(node.now(), read_head(transaction, commons).time)
    return {
        "decisions": [
            {"number": one["number"], "title": one["title"]} for one in list_decisions(transaction, commons, now, phase="due")
        ],
        "reviewers": _lacking_reviewers(transaction, commons, now), "lapsing": _lapsing(transaction, commons, now),
        "stewards": _terms_over(transaction, commons, now), "tasks": len(dormant_tasks(transaction, commons, now)),
    }  # fmt: skip


def _lacking_reviewers(transaction: Transaction, commons: str, now: int) -> int:
    validation = charter_section(transaction, commons, "validation", Validation)
    if not validation.reviewers:
        return 0
    sql = "SELECT position FROM contribution WHERE commons = ? AND state IN ('claimed', 'appealed') ORDER BY position LIMIT ?"
    positions = [row[0] for row in transaction.rows(sql, (commons, LOOKED_AT))]
    return sum(
        bool(vacant(transaction, commons, one, validation, now)[0]) and not is_exempt(transaction, commons, one.position)
        for one in find_targets(transaction, commons, positions)[0]
    )


def _lapsing(transaction: Transaction, commons: str, now: int) -> int:
    days = charter_section(transaction, commons, "validation", Validation).lazy_days
    if not days:
        return 0
    sql = (
        "SELECT COUNT(*) FROM contribution c WHERE c.commons = ? AND c.state = 'claimed' AND c.logged <= ? AND NOT EXISTS"
        " (SELECT 1 FROM attestation t WHERE t.commons = c.commons AND t.position = c.position AND t.round = c.round AND t.verdict <> 'accept')"
    )
    return int(transaction.value(sql, (commons, now - days * _DAY)))


def _terms_over(transaction: Transaction, commons: str, now: int) -> int:
    return sum(
        one.ended is None and (now >= one.until or bool(missing_for(transaction, commons, one.domain, one.agent, now, held=True)))
        for one in terms_of_stewards(transaction, commons)
    )


def health(node: Node, transaction: Transaction, commons: str) -> Plain:
    """How the node is, as far as its tables and its folder tell: `outOfOrder` is nothing, if all is well."""
    journal = next(one for one in journal_figures(transaction) if one.commons == commons)
    covered = transaction.value("SELECT MAX(size) FROM journal_checkpoint WHERE commons = ?", (commons,))
    disk = shutil.disk_usage(node.home)
    return {
        "outOfOrder": out_of_order(transaction), "entries": journal.entries, "headTime": time_text(journal.head_time), "waiting": journal.waiting,
        "checkpoint": int(covered or 0), "databaseBytes": database_bytes(transaction, node.database), "store": node.database.name,
        "diskFreeBytes": disk.free, "diskPercent": 100 - disk.free * 100 // max(disk.total, 1),
    }  # fmt: skip
