"""What a commons looks like from outside: figures for its pages and the API, as plain values. Only public names.

All figures are aggregates that the database makes; lists are bounded. `validator` names the state that they belong to, so
that whoever asks again can be told that nothing has changed.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import Any

from .. import __version__
from ..commons.people import short
from ..commons.queries import charter_section, commons_section
from ..contributions.charter import Validation, kinds_in_force
from ..journal.head import commons_here, read_head
from ..journal.kinds import time_text
from ..measure import format_money, format_quantity
from ..problems import not_found
from ..sharing.policy import Policy
from ..sharing.statement import charter_at
from ..store.sums import exact_sum, largest_first, whole
from ..store.transaction import Transaction

INCOMES_SHOWN = 12
GIVERS_SHOWN = 12
PEOPLE_SHOWN = 25
ENDED = ("refused", "withdrawn")
_DAY = 86_400


def validator(transaction: Transaction, commons: str) -> str:
    """Names what there is to see of a commons: the journal, the public names beside it, and the version of the program."""
    row = transaction.row("SELECT size, frontier FROM journal_head WHERE commons = ?", (commons,))
    if row is None:
        raise not_found("commons.unknown", f"No commons {commons!r} lives on this node.", "commons")
    digest = hashlib.sha256(f"{__version__}\n{commons}\n{row[0]}\n".encode() + bytes(row[1]))
    sql = "SELECT agent, name FROM private_profile WHERE commons = ? AND public = 1 AND name IS NOT NULL ORDER BY agent"
    for agent, name in transaction.rows(sql, (commons,)):
        digest.update(f"{agent}\n{name}\n".encode())
    return digest.hexdigest()[:32]


def public_names(transaction: Transaction, commons: str) -> dict[str, str]:
    """Names by id that may be shown to everybody; a member without one is called as an identity they claimed."""
    found: dict[str, str] = dict(transaction.rows("SELECT id, name FROM agent WHERE commons = ? AND name <> ''", (commons,)))
    people: dict[str, str] = dict(
        transaction.rows("SELECT agent, name FROM private_profile WHERE commons = ? AND public = 1 AND name IS NOT NULL", (commons,))
    )
    if people:
        claims = (
            "SELECT a.id, m.id FROM agent a JOIN agent m ON m.commons = a.commons AND m.number = a.claimed_by WHERE a.commons = ? ORDER BY a.number"
        )
        for identity, member in transaction.rows(claims, (commons,)):
            if identity in people:
                people.setdefault(member, people[identity])
            elif member in people:
                people[identity] = people[member]
    return found | people


def called(names: dict[str, str], agent: str) -> str:
    """What to call an agent: the public name, or a short form of the id."""
    return names.get(agent) or short(agent)


def commons_lines(transaction: Transaction) -> list[dict[str, Any]]:
    """The commons of this node, each with its key figures."""
    return [commons_line(transaction, name) for name in commons_here(transaction)]


def commons_line(transaction: Transaction, commons: str) -> dict[str, Any]:
    """What a commons is, and its key figures."""
    section = commons_section(transaction, commons)
    head = read_head(transaction, commons)
    states = states_of(transaction, commons)
    came, given = _sum(transaction, "amount", "income", commons), _sum(transaction, "given", "distribution", commons)
    members = transaction.value("SELECT COUNT(*) FROM membership WHERE commons = ? AND state = 'member'", (commons,))
    shared = transaction.value("SELECT COUNT(*) FROM distribution WHERE commons = ?", (commons,))
    return {
        "commons": commons, "name": section.name, "purpose": section.purpose, "notice": section.notice, "licence": section.licence,
        "currency": section.currency, "domains": section.domains, "origin": head.origin, "entries": head.frontier.size,
        "time": time_text(head.time), "members": members, "contributors": _contributors(transaction, commons),
        "contributions": sum(states.values()), "validated": states.get("validated", 0), "open": states.get("claimed", 0) + states.get("appealed", 0),
        "cameIn": format_money(came, section.currency), "given": format_money(given, section.currency),
        "inFunds": format_money(came - given, section.currency), "distributions": shared,
    }  # fmt: skip


def _sum(transaction: Transaction, column: str, table: str, commons: str) -> int:
    return whole(transaction.value(f"SELECT {exact_sum(column)} FROM {table} WHERE commons = ?", (commons,)))


def _contributors(transaction: Transaction, commons: str) -> int:
    sql = (
        "SELECT COUNT(DISTINCT COALESCE(a.claimed_by, a.number)) FROM agent a WHERE a.commons = ?"
        " AND EXISTS (SELECT 1 FROM contribution c WHERE c.commons = a.commons AND c.provider = a.number)"
    )
    return int(transaction.value(sql, (commons,)))


def states_of(transaction: Transaction, commons: str) -> dict[str, int]:
    """How many contributions there are of each state."""
    sql = "SELECT state, COUNT(*) FROM contribution WHERE commons = ? GROUP BY state ORDER BY state"
    return {state: int(count) for state, count in transaction.rows(sql, (commons,))}


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
    names = public_names(transaction, commons)
    return [
        {"giver": id_, "name": called(names, id_), "count": int(count), "amount": format_money(whole(amount), currency)}
        for id_, count, amount in transaction.rows(sql, (commons, GIVERS_SHOWN))
    ]


def _by_step(transaction: Transaction, commons: str, currency: str) -> list[dict[str, Any]]:
    """What each step of the policies gave in all distributions; steps are called as in the newest charter that shared."""
    sql = (
        f"SELECT s.step, {exact_sum('s.amount')}, COUNT(*), MAX(d.charter) FROM share s JOIN distribution d ON d.commons = s.commons"
        f" AND d.number = s.distribution WHERE s.commons = ? GROUP BY s.step ORDER BY {largest_first('s.amount')}, s.step"
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
    names = public_names(transaction, commons)
    return [
        {
            "position": position, "fund": fund, "amount": format_money(amount, currency), "currency": currency, "source": source,
            "from": giver, "fromName": called(names, giver), "hasPointInTime": time_text(at), "note": note,
        }
        for position, fund, amount, currency, source, giver, at, note in transaction.rows(f"{sql} ORDER BY i.position DESC LIMIT ?", [*parameters, limit])
    ]  # fmt: skip


def members_page(transaction: Transaction, commons: str, *, after: int = -1, limit: int = 100) -> list[dict[str, Any]]:
    """Members and former ones in the order of their numbers, with rolls and roles."""
    sql = (
        "SELECT m.agent, a.id, m.state, m.roll, m.joined, m.ended FROM membership m JOIN agent a ON a.commons = m.commons"
        " AND a.number = m.agent WHERE m.commons = ? AND m.agent > ? ORDER BY m.agent LIMIT ?"
    )
    rows = transaction.rows(sql, (commons, after, limit))
    names, roles = public_names(transaction, commons), defaultdict(list)
    if rows:
        held = "SELECT agent, role FROM role WHERE commons = ? AND agent BETWEEN ? AND ? ORDER BY agent, role"
        for agent, role in transaction.rows(held, (commons, rows[0][0], rows[-1][0])):
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
    sql = (
        f"SELECT counted_kind, unit, state, COUNT(*), {exact_sum('counted')} FROM contribution WHERE commons = ?"
        " GROUP BY counted_kind, unit, state ORDER BY counted_kind, unit, state"
    )
    labels = {name: kind.label for name, kind in kinds_in_force(transaction, commons).items()}
    lines: dict[tuple[str, str], dict[str, Any]] = {}
    for kind, unit, state, count, counted in transaction.rows(sql, (commons,)):
        empty = {"kind": kind, "label": labels.get(kind, kind), "unit": unit, "count": 0, "states": {}, "validated": "0"}
        line = lines.setdefault((kind, unit), empty)
        line["count"] += int(count)
        line["states"][state] = int(count)
        if state == "validated":
            line["validated"] = format_quantity(whole(counted))
    return sorted(lines.values(), key=lambda line: (-line["count"], line["kind"]))


def over_time(transaction: Transaction, commons: str) -> dict[str, Any]:
    """How many contributions were made in each month, quarter or year, by kind; refused and withdrawn ones left out.

    Answers at most about sixty periods: {"step": "month", "periods": ["2026-01", …], "kinds": {"code": [12, …]}}.
    """
    sql = (
        f"SELECT at / {_DAY}, counted_kind, COUNT(*) FROM contribution WHERE commons = ? AND state NOT IN (?, ?)"
        f" GROUP BY at / {_DAY}, counted_kind ORDER BY 1"
    )
    months: dict[tuple[int, str], int] = defaultdict(int)
    for day, kind, count in transaction.rows(sql, (commons, *ENDED)):
        year, _, month_of_year = time_text(int(day) * _DAY)[:7].partition("-")
        months[int(year) * 12 + int(month_of_year) - 1, kind] += int(count)
    if not months:
        return {"step": "month", "periods": [], "kinds": {}}
    first, last = min(month for month, _ in months), max(month for month, _ in months)
    step, width = ("month", 1) if last - first < 48 else ("quarter", 3) if last - first < 180 else ("year", 12)
    places = range(first // width, last // width + 1)
    counts: dict[str, list[int]] = {}
    for (month, kind), count in sorted(months.items()):
        counts.setdefault(kind, [0] * len(places))[month // width - places.start] += count
    kinds = dict(sorted(counts.items(), key=lambda item: (-sum(item[1]), item[0])))
    return {"step": step, "periods": [_period(place * width, step) for place in places], "kinds": kinds}


def _period(month: int, step: str) -> str:
    year, rest = divmod(month, 12)
    return {"month": f"{year}-{rest + 1:02d}", "quarter": f"{year} Q{rest // 3 + 1}", "year": str(year)}[step]


def people(transaction: Transaction, commons: str, limit: int = PEOPLE_SHOWN) -> list[dict[str, Any]]:
    """Who contributed most often, what their validated contributions add up to, and what they were given.

    Identities count to the member who claimed them.
    """
    counts = "CASE WHEN c.state = 'validated' THEN c.counted ELSE 0 END"
    sql = (
        "SELECT COALESCE(p.claimed_by, p.number), c.counted_kind, c.unit, COUNT(*), COUNT(CASE WHEN c.state = 'validated' THEN 1 END),"
        f" {exact_sum(counts)} FROM contribution c JOIN agent p ON p.commons = c.commons AND p.number = c.provider"
        " WHERE c.commons = ? AND c.state NOT IN (?, ?) GROUP BY COALESCE(p.claimed_by, p.number), c.counted_kind, c.unit"
    )
    by_agent: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for number, kind, unit, count, validated, counted in transaction.rows(sql, (commons, *ENDED)):
        by_agent[number].append({"kind": kind, "unit": unit, "count": int(count), "validated": int(validated), "counted": whole(counted)})
    totals = {number: (-sum(k["validated"] for k in kinds), -sum(k["count"] for k in kinds), number) for number, kinds in by_agent.items()}
    top = sorted(totals, key=lambda number: totals[number])[:limit]
    if not top:
        return []
    marks = ", ".join("?" * len(top))
    known = {n: (id_, type_) for n, id_, type_ in transaction.rows(
        f"SELECT number, id, type FROM agent WHERE commons = ? AND number IN ({marks})", (commons, *top)
    )}  # fmt: skip
    given = {number: whole(amount) for number, amount in transaction.rows(
        f"SELECT COALESCE(a.claimed_by, a.number), {exact_sum('s.amount')} FROM share s JOIN agent a ON a.commons = s.commons AND a.number = s.agent"
        f" WHERE s.commons = ? AND COALESCE(a.claimed_by, a.number) IN ({marks}) GROUP BY COALESCE(a.claimed_by, a.number)", (commons, *top)
    )}  # fmt: skip
    names, currency = public_names(transaction, commons), commons_section(transaction, commons).currency
    labels = {name: kind.label for name, kind in kinds_in_force(transaction, commons).items()}
    return [
        {
            "agent": known[number][0], "name": called(names, known[number][0]), "type": known[number][1], "count": -totals[number][1],
            "validated": -totals[number][0], "given": format_money(given.get(number, 0), currency),
            "kinds": [
                {
                    "kind": k["kind"], "label": labels.get(k["kind"], k["kind"]), "unit": k["unit"], "count": k["count"],
                    "quantity": format_quantity(k["counted"]),
                }
                for k in sorted(by_agent[number], key=lambda k: (-k["count"], k["kind"]))
            ],
        }
        for number in top
    ]  # fmt: skip


def validation(transaction: Transaction, commons: str) -> dict[str, Any]:
    """How claims become valid here, and how far that is."""
    section = charter_section(transaction, commons, "validation", Validation)
    voices = transaction.value("SELECT COUNT(*) FROM (SELECT DISTINCT attester FROM attestation WHERE commons = ?) t", (commons,))
    return {
        "quorum": section.quorum, "lazyDays": section.lazy_days, "history": list(section.history),
        "states": states_of(transaction, commons), "attesters": int(voices),
    }  # fmt: skip
