"""Reads about people for pages: who is here, since when, what they do and what they answer for. Only public names, paged by key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..commons.people import folded
from ..commons.queries import commons_section
from ..contributions.charter import kinds_in_force
from ..contributions.tallies import Total, of_agents
from ..journal.kinds import time_text
from ..measure import format_money
from ..store.sums import exact_sum, whole
from ..store.transaction import Transaction
from .overview import ENDED, kind_lines
from .public_names import called, public_names

Plain = dict[str, Any]

SHOWS = ("members", "identities", "organizations", "former")
LATEST = 300
"""Who has been at work lately is told by so many contributions."""
FOUND_MAX = 400
"""So many agents are listed, at most, whose names fit."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who to list. show: One of `SHOWS`. role, domain: Only who has it, or has worked in it. text: Only whose public name has it in it.

    after: Those after the agent of this number.
    """

    show: str = "members"
    role: str = ""
    domain: str = ""
    text: str = ""
    after: int = -1
    limit: int = 50


def agents_called(transaction: Transaction, commons: str, text: str, limit: int = FOUND_MAX) -> list[tuple[int, str, str]]:
    """(number, id, name) of the agents whose public name has all the words of a text in it, in the order of their numbers."""
    words = folded(text).split()
    organizations = transaction.rows("SELECT number, id, name FROM agent WHERE commons = ? AND name <> ''", (commons,))
    found = [(number, id_, name) for number, id_, name in organizations if all(word in folded(name) for word in words)]
    sql = f"SELECT agent FROM private_sought WHERE commons = ?{_HAS * len(words)} ORDER BY agent"
    ids = [id_ for (id_,) in transaction.rows(sql, (commons, *(f"%{_literal(word)}%" for word in words)))]
    for at in range(0, len(ids), FOUND_MAX):
        some = ids[at : at + FOUND_MAX]
        sql = (
            "SELECT a.number, a.id, p.name FROM agent a JOIN private_profile p ON p.commons = a.commons AND p.agent = a.id"
            f" WHERE a.commons = ? AND a.id IN ({', '.join('?' * len(some))})"
        )
        found += transaction.rows(sql, (commons, *some))
    return sorted(found)[:limit]


_HAS = " AND name LIKE ? ESCAPE '!'"


def _literal(word: str) -> str:
    return word.replace("!", "!!").replace("%", "!%").replace("_", "!_")


_MEMBERS = (
    "SELECT m.agent, a.id, a.type, a.classified_as, a.since, m.state, m.roll, m.asked, m.joined, m.ended FROM membership m JOIN agent a"
    " ON a.commons = m.commons AND a.number = m.agent WHERE m.commons = ? AND m.agent > ? AND m.state IN ({states})"
)
_AGENTS = "SELECT a.number, a.id, a.type, a.classified_as, a.since, NULL, '', NULL, NULL, NULL FROM agent a WHERE a.commons = ? AND a.number > ? AND {which}"
_WHICH = {
    "members": _MEMBERS.format(states="'member', 'asking'"), "former": _MEMBERS.format(states="'left', 'expelled'"),
    "identities": _AGENTS.format(which="a.type = 'Identity' AND a.claimed_by IS NULL"),
    "organizations": _AGENTS.format(which="a.type IN ('Organization', 'EcologicalAgent')"),
}  # fmt: skip
_IN_ROLE = " AND EXISTS (SELECT 1 FROM role r WHERE r.commons = a.commons AND r.agent = a.number AND r.role = ? AND (r.until IS NULL OR r.until > ?))"
_IN_DOMAIN = (
    " AND (EXISTS (SELECT 1 FROM tally_agent t WHERE t.commons = a.commons AND t.agent = a.number AND t.domain = ? AND t.contributions > 0)"
    " OR a.number IN (SELECT i.claimed_by FROM agent i WHERE i.commons = ? AND i.claimed_by IS NOT NULL AND EXISTS (SELECT 1 FROM tally_agent t"
    " WHERE t.commons = i.commons AND t.agent = i.number AND t.domain = ? AND t.contributions > 0)))"
)


def people_page(transaction: Transaction, commons: str, asked: Asked, now: int) -> list[Plain]:
    """People in the order in which the journal first named them, with what they do."""
    sql = _WHICH[asked.show]
    parameters: list[Any] = [commons, asked.after]
    if asked.role:
        sql, parameters = sql + _IN_ROLE, [*parameters, asked.role, now]
    if asked.domain:
        sql, parameters = sql + _IN_DOMAIN, [*parameters, asked.domain, commons, asked.domain]
    if asked.text:
        fitting = _persons(transaction, commons, [number for number, _, _ in agents_called(transaction, commons, asked.text)])
        if not fitting:
            return []
        sql, parameters = f"{sql} AND a.number IN ({', '.join('?' * len(fitting))})", [*parameters, *fitting]
    order = "m.agent" if asked.show in ("members", "former") else "a.number"
    rows = transaction.rows(f"{sql} ORDER BY {order} LIMIT ?", (*parameters, asked.limit))
    offices, work = _offices(transaction, commons, [row[0] for row in rows], now), _work(transaction, commons, [row[0] for row in rows])
    names = public_names(transaction, commons, [row[1] for row in rows])
    return [
        {
            "number": number, "agent": id_, "name": called(names, id_), "type": type_, "classifiedAs": class_, "since": time_text(since),
            "state": state, "rolls": roll.split(",") if roll else [], "asked": _time(first), "joined": _time(joined), "ended": _time(ended),
        } | offices[number] | work[number]
        for number, id_, type_, class_, since, state, roll, first, joined, ended in rows
    ]  # fmt: skip


def _time(seconds: int | None) -> str | None:
    return None if seconds is None else time_text(seconds)


def _persons(transaction: Transaction, commons: str, numbers: Sequence[int]) -> list[int]:
    """The agents, and the members behind those that are claimed."""
    if not numbers:
        return []
    sql = f"SELECT claimed_by FROM agent WHERE commons = ? AND claimed_by IS NOT NULL AND number IN ({', '.join('?' * len(numbers))})"
    return sorted({*numbers, *(row[0] for row in transaction.rows(sql, (commons, *numbers)))})


def _offices(transaction: Transaction, commons: str, numbers: Sequence[int], now: int) -> dict[int, Plain]:
    """The roles of agents, and the fields of work whose stewards they are."""
    found: dict[int, Plain] = {number: {"roles": [], "stewardOf": []} for number in numbers}
    if not numbers:
        return found
    marks = ", ".join("?" * len(numbers))
    roles = f"SELECT agent, role FROM role WHERE commons = ? AND agent IN ({marks}) AND (until IS NULL OR until > ?) ORDER BY agent, role"
    for agent, role in transaction.rows(roles, (commons, *numbers, now)):
        found[agent]["roles"].append(role)
    terms = f"SELECT DISTINCT agent, domain FROM stewardship WHERE commons = ? AND agent IN ({marks}) AND ended IS NULL AND until > ? ORDER BY agent, domain"
    for agent, domain in transaction.rows(terms, (commons, *numbers, now)):
        found[agent]["stewardOf"].append(domain)
    return found


def _work(transaction: Transaction, commons: str, numbers: Sequence[int]) -> dict[int, Plain]:
    """What persons do: contributions of each kind that were neither refused nor taken back, and the fields of work, the usual first."""
    person = {number: number for number in numbers}
    if numbers:
        sql = f"SELECT number, claimed_by FROM agent WHERE commons = ? AND claimed_by IN ({', '.join('?' * len(numbers))})"
        person |= dict(transaction.rows(sql, (commons, *numbers)))
    labels = {name: kind.label for name, kind in kinds_in_force(transaction, commons).items()}
    totals: dict[int, list[Total]] = defaultdict(list)
    fields: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for agent, domain, total in of_agents(transaction, commons, person):
        if total.state not in ENDED:
            totals[person[agent]].append(total)
            fields[person[agent]][domain] += total.contributions
    return {
        number: {
            "contributions": sum(total.contributions for total in totals[number]),
            "validated": sum(total.contributions for total in totals[number] if total.state == "validated"),
            "fields": sorted(fields[number], key=lambda domain: (-fields[number][domain], domain)),
            "kinds": [
                {"kind": line["kind"], "label": line["label"], "unit": line["unit"], "count": line["count"], "quantity": line["validated"]}
                for line in kind_lines(totals[number], labels)
            ],
        }
        for number in numbers
    }  # fmt: skip


def lately_at_work(transaction: Transaction, commons: str, limit: int) -> list[Plain]:
    """Who did what was logged last, with what they do here and what they were given; the latest first.

    No more than the newest `LATEST` contributions are looked at. Identities are told as the members who claimed them.
    """
    sql = (
        "SELECT a.number, a.claimed_by, c.at FROM (SELECT provider, state, at, commons, position FROM contribution WHERE commons = ?"
        " ORDER BY position DESC LIMIT ?) c JOIN agent a ON a.commons = c.commons AND a.number = c.provider"
        f" WHERE c.state NOT IN ({', '.join('?' * len(ENDED))}) ORDER BY c.position DESC"
    )
    last: dict[int, int] = {}
    for number, claimed_by, at in transaction.rows(sql, (commons, LATEST, *ENDED)):
        last.setdefault(number if claimed_by is None else claimed_by, at)
    numbers = list(last)[:limit]
    if not numbers:
        return []
    marks = ", ".join("?" * len(numbers))
    known = {
        row[0]: row[1:]
        for row in transaction.rows(f"SELECT number, id, type FROM agent WHERE commons = ? AND number IN ({marks})", (commons, *numbers))
    }
    names = public_names(transaction, commons, [id_ for id_, _ in known.values()])
    work, given = _work(transaction, commons, numbers), _given(transaction, commons, numbers)
    currency = commons_section(transaction, commons).currency
    return [
        {
            "agent": known[number][0], "name": called(names, known[number][0]), "type": known[number][1], "latest": time_text(last[number]),
            "given": format_money(given.get(number, 0), currency),
        } | work[number]
        for number in numbers
    ]  # fmt: skip


def _given(transaction: Transaction, commons: str, numbers: Sequence[int]) -> dict[int, int]:
    """What persons were given so far, in minor units; what waits for the identities that they claimed is theirs."""
    marks = ", ".join("?" * len(numbers))
    claimed = f"SELECT number, claimed_by FROM agent WHERE commons = ? AND claimed_by IN ({marks})"
    person = {number: number for number in numbers} | dict(transaction.rows(claimed, (commons, *numbers)))
    sql = f"SELECT agent, {exact_sum('amount')} FROM share WHERE commons = ? AND agent IN ({', '.join('?' * len(person))}) GROUP BY agent"
    given: dict[int, int] = defaultdict(int)
    for agent, amount in transaction.rows(sql, (commons, *person)):
        given[person[agent]] += whole(amount)
    return given
