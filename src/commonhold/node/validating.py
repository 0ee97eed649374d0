"""The queue of what waits for somebody's word: first what they were drawn to judge, then what anybody may judge, the oldest first.

All claims of one import that wait are one item, which can be judged at once; they are looked at one by one with `Only.batch`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..commons.queries import all_agents, charter_section, find_agent
from ..contributions.charter import Validation
from ..contributions.queries import Filter, attestations, find_targets, list_contributions
from ..contributions.rules import OPEN
from ..journal.kinds import time_text
from ..measure import format_quantity
from ..store.sums import exact_sum, small_sum, whole
from ..store.transaction import Transaction
from .overview import called, public_names

NOT_DRAWN = 10**15
"""Stands where it would say by when somebody who was drawn has to answer."""
SAMPLE = 3
"""So many of a batch are shown."""
RECENT = 20
"""So many of an author's last contributions to a domain tell their record there."""
_DAY = 86_400

_CLAIMS = (
    " FROM contribution c JOIN agent p ON p.commons = c.commons AND p.number = c.provider"
    " LEFT JOIN batch b ON b.commons = c.commons AND b.position = c.batch"
    " LEFT JOIN review r ON r.commons = c.commons AND r.position = c.position AND r.round = c.round AND r.agent = ? AND r.state = 'asked'"
    " WHERE c.commons = ? AND c.position IN (SELECT o.position FROM contribution o WHERE o.commons = ? AND o.state IN ('claimed', 'appealed'))"
)
"""What is open is looked up first: it is little, however long the journal is."""
_THEIRS = "SELECT number FROM agent WHERE commons = ? AND (number = ? OR claimed_by = ?)"
_MINE_TO_JUDGE = (
    " AND COALESCE(p.claimed_by, p.number) <> ? AND NOT EXISTS (SELECT 1 FROM attestation t WHERE t.commons = c.commons"
    f" AND t.position = c.position AND t.round = c.round AND t.attester IN ({_THEIRS}))"
)
_BY_LOT = " AND (r.agent IS NOT NULL OR b.source <> 'csv')"


@dataclass(frozen=True, slots=True)
class Only:
    """Which part of the queue. domain, kind: of the charter. batch: one by one, the claims of this import."""

    domain: str = ""
    kind: str = ""
    batch: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the queue: by when one answers (unix seconds, or `NOT_DRAWN`), and the entry of the claim or of its import."""

    until: int
    entry: int


def _waiting(transaction: Transaction, commons: str, agent: str, only: Only) -> tuple[str, list[Any]]:
    """What the queue of an agent is taken from, as SQL, with its parameters. No agent: all that is open."""
    found = find_agent(transaction, commons, agent) if agent else None
    number = -1 if found is None else found.number
    sql, parameters = _CLAIMS, [number, commons, commons]
    if found is not None:
        sql, parameters = sql + _MINE_TO_JUDGE, [*parameters, number, commons, number, number]
        if charter_section(transaction, commons, "validation", Validation).reviewers:
            sql += _BY_LOT
    for column, value in (("c.domain", only.domain), ("c.kind", only.kind), ("c.batch", only.batch)):
        if value not in ("", None):
            sql, parameters = f"{sql} AND {column} = ?", [*parameters, value]
    return sql, parameters


def count_waiting(transaction: Transaction, commons: str, agent: str, now: int, only: Only | None = None) -> dict[str, int]:
    """How many claims wait for an agent: `asked` of them by lot, `overdue` of these; `all`."""
    sql, parameters = _waiting(transaction, commons, agent, only or Only())
    row = transaction.row(
        f"SELECT COUNT(*), COUNT(r.agent), {small_sum('CASE WHEN r.until <= ? THEN 1 ELSE 0 END')}{sql}", [now, *parameters]
    )  # fmt: skip
    assert row is not None
    return {"all": int(row[0]), "asked": int(row[1]), "overdue": int(row[2])}


def queue(transaction: Transaction, commons: str, agent: str, now: int, only: Only, after: Place | None, limit: int) -> list[dict[str, Any]]:
    """Items of the queue after a place, each of the type `contribution` or `batch`.

    A contribution is as `list_contributions` has it, with `name`, `until`, `overdue`, `lapses`, `round`, `needed` (peers who must still
    accept), `said` (verdicts of this round) and `record` (of its author in the domain). A batch has its `label`, how many wait (`count`), what
    they add up to (`amounts`), and a `sample`.
    """
    place = "c.position" if only.batch is not None else "COALESCE(c.batch, c.position)"
    until = f"MIN(COALESCE(r.until, {NOT_DRAWN}))"
    sql, parameters = _waiting(transaction, commons, agent, only)
    sql = f"SELECT {until}, {place}, COUNT(*), MIN(c.position){sql} GROUP BY {place}"
    if after is not None:
        sql += f" HAVING {until} > ? OR ({until} = ? AND {place} > ?)"
        parameters = [*parameters, after.until, after.until, after.entry]
    rows = transaction.rows(f"{sql} ORDER BY 1, 2 LIMIT {limit:d}", parameters)
    if not rows:
        return []
    reading = _Reading(transaction, commons, now)
    found = [
        reading.batch(agent, only, int(entry), int(count)) if count > 1 else reading.claim(int(position), int(until_))
        for until_, entry, count, position in rows
    ]
    _name(transaction, commons, found)
    return found


def _name(transaction: Transaction, commons: str, items: list[dict[str, Any]]) -> None:
    """Give everybody in the items their names, which are asked for together."""
    batches = [one for one in items if one["type"] == "batch"]
    claims = [one for one in items if one["type"] != "batch"] + [one for batch in batches for one in batch["sample"]]
    words = [word for claim in claims for word in claim["said"]]
    ids = {one["author"] for one in batches} | {one["contributor"] for one in claims} | {one["agent"] for one in words}
    names = public_names(transaction, commons, ids)
    for one in batches:
        one["authorName"] = called(names, one["author"])
    for one in claims:
        one["name"] = called(names, one["contributor"])
    for one in words:
        one["name"] = called(names, one["agent"])


class _Reading:
    """Reads items with all that is shown beside them, each thing once."""

    def __init__(self, transaction: Transaction, commons: str, now: int) -> None:
        self._transaction = transaction
        self._commons = commons
        self._now = now
        self._validation = charter_section(transaction, commons, "validation", Validation)
        self._records: dict[tuple[int, str], list[tuple[Any, ...]]] = {}

    def claim(self, position: int, until: int) -> dict[str, Any]:
        transaction, commons = self._transaction, self._commons
        found = next(list_contributions(transaction, commons, Filter(before=position + 1, limit=1)))
        one = find_targets(transaction, commons, [position])[0][0]
        verdicts = [verdict for verdict in attestations(transaction, commons, position) if verdict["round"] == one.round]
        objected = any(verdict["verdict"] != "accept" for verdict in verdicts)
        agreed = sum(verdict["verdict"] != "refuse" for verdict in verdicts)
        lazy = self._validation.lazy_days if found["state"] == "claimed" and not objected else 0
        return found | {
            "type": "contribution", "place": {"until": until, "entry": position}, "count": 1, "name": "",
            "until": None if until == NOT_DRAWN else time_text(until), "overdue": until <= self._now, "round": one.round,
            "lapses": time_text(one.logged + lazy * _DAY) if lazy else None, "needed": max(self._validation.quorum + one.round - agreed, 0),
            "said": verdicts, "record": self._record(one.contributor, found["domain"], position),
        }  # fmt: skip

    def _record(self, contributor: int, domain: str, but: int) -> dict[str, int]:
        """How an author's last contributions to a domain, but one, fared: counts of validated, adjusted (among these), refused, open."""
        key = (contributor, domain)
        if key not in self._records:
            self._records[key] = self._transaction.rows(
                "SELECT c.position, c.state, CASE WHEN c.counted < c.claimed OR c.counted_kind <> c.kind THEN 1 ELSE 0 END FROM contribution c"
                f" WHERE c.commons = ? AND c.provider IN ({_THEIRS}) AND c.domain = ? AND c.state <> 'withdrawn'"
                f" ORDER BY c.position DESC LIMIT {RECENT + 1}",
                (self._commons, self._commons, contributor, contributor, domain),
            )
        rows = [(state, less) for position, state, less in self._records[key] if position != but][:RECENT]
        states = [state for state, _ in rows]
        return {
            "of": len(rows), "validated": states.count("validated"), "refused": states.count("refused"),
            "adjusted": sum(less for state, less in rows if state == "validated"), "open": sum(state in OPEN for state in states),
        }  # fmt: skip

    def batch(self, agent: str, only: Only, entry: int, count: int) -> dict[str, Any]:
        transaction, commons = self._transaction, self._commons
        of = Only(only.domain, only.kind, entry)
        sql, parameters = _waiting(transaction, commons, agent, of)
        amounts = transaction.rows(
            f"SELECT c.kind, c.unit, COUNT(*), {exact_sum('c.claimed')}{sql} GROUP BY c.kind, c.unit ORDER BY 1, 2", parameters
        )
        until = int(transaction.value(f"SELECT MIN(COALESCE(r.until, {NOT_DRAWN})){sql}", parameters))
        people = transaction.value(f"SELECT COUNT(DISTINCT COALESCE(p.claimed_by, p.number)){sql}", parameters)
        first = transaction.rows(f"SELECT c.position{sql} ORDER BY c.position LIMIT {SAMPLE}", parameters)
        row = transaction.row(
            "SELECT b.source, b.label, b.opened, a.id FROM batch b JOIN agent a ON a.commons = b.commons AND a.number = b.author"
            " WHERE b.commons = ? AND b.position = ?",
            (commons, entry),
        )
        assert row is not None
        source, label, opened, author = row
        return {
            "type": "batch", "place": {"until": until, "entry": entry}, "position": entry, "count": count, "source": source, "label": label,
            "opened": time_text(opened), "author": author, "authorName": "", "people": int(people),
            "until": None if until == NOT_DRAWN else time_text(until), "overdue": until <= self._now,
            "amounts": [
                {"kind": kind, "unit": unit, "count": int(number), "claimed": format_quantity(whole(amount))} for kind, unit, number, amount in amounts
            ],
            "sample": [self.claim(int(position), NOT_DRAWN) for (position,) in first],
        }  # fmt: skip


def judgeable(transaction: Transaction, commons: str, agent: str, positions: list[int]) -> list[int]:
    """Those of some claims that wait for the word of an agent now: they may have said it, or others decided, meanwhile."""
    if find_agent(transaction, commons, agent) is None or not positions:
        return []
    sql, parameters = _waiting(transaction, commons, agent, Only())
    marks = ", ".join("?" * len(positions))
    return [row[0] for row in transaction.rows(f"SELECT c.position{sql} AND c.position IN ({marks}) ORDER BY c.position", [*parameters, *positions])]


def reviewers_of(transaction: Transaction, commons: str, position: int, round_: int) -> list[dict[str, Any]]:
    """Who was drawn for a round of a claim: `agent`, `name`, `state` (asked, declined, replaced), `until`."""
    agents = all_agents(transaction, commons)
    rows = transaction.rows(
        "SELECT agent, until, state FROM review WHERE commons = ? AND position = ? AND round = ? ORDER BY draw, agent", (commons, position, round_)
    )
    names = public_names(transaction, commons, [agents[number].id for number, _, _ in rows])
    return [
        {"agent": agents[number].id, "name": called(names, agents[number].id), "state": state, "until": time_text(until)}
        for number, until, state in rows
    ]  # fmt: skip
