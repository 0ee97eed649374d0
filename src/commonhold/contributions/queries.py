"""Reads about contributions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from ..flows.rules import signed_quantity
from ..flows.store import find_record, unit_named
from ..flows.units import Inexact, OtherKind, convert
from ..journal.kinds import time_text
from ..measure import AMOUNT_MAX, format_quantity
from ..problems import not_found
from ..store.sums import exact_sum, whole
from ..store.transaction import Transaction
from . import entries as e
from .charter import ContributionKind
from .rules import Contribution

_TARGET = (
    "SELECT c.position, c.provider, COALESCE(a.claimed_by, c.provider), c.kind, c.unit, c.claimed, c.state, c.round, c.counted,"
    " c.counted_kind, c.logged, c.logger, c.repayment, c.first_shared,"
    " CASE WHEN a.type = 'Person' OR a.claimed_by IS NOT NULL THEN 1 ELSE 0 END, c.decided, c.domain, c.at FROM contribution c"
    " JOIN agent a ON a.commons = c.commons AND a.number = c.provider"
    " WHERE c.commons = ?"
)


def find_targets(transaction: Transaction, commons: str, targets: e.Targets | Sequence[int]) -> tuple[list[Contribution], list[str]]:
    """The contributions that an entry is about, and the ids among them that are not here."""
    missing: list[str] = []
    if not isinstance(targets, e.Targets):
        positions = list(targets)
    elif targets.batch is not None:
        batch = position_of(transaction, commons, targets.batch)
        if batch is None:
            return [], [targets.batch]
        rows = transaction.rows(f"{_TARGET} AND c.batch = ? ORDER BY c.position", (commons, batch))
        return [Contribution(*row) for row in rows], []
    elif targets.fulfills is not None:
        commitment = find_record(transaction, commons, "Commitment", targets.fulfills)
        if commitment is None:
            return [], [targets.fulfills]
        fulfilling = "SELECT event FROM event_link WHERE commons = ? AND target = ? AND field = 'fulfills'"
        rows = transaction.rows(f"{_TARGET} AND c.position IN ({fulfilling}) ORDER BY c.position", (commons, commons, commitment.number))
        return [Contribution(*row) for row in rows], []
    else:
        positions = []
        for id_ in targets.contributions:
            position = position_of(transaction, commons, id_)
            missing.append(id_) if position is None else positions.append(position)
    found = []
    for position in positions:
        row = transaction.row(f"{_TARGET} AND c.position = ?", (commons, position))
        if row is not None:
            found.append(Contribution(*row))
        elif isinstance(targets, e.Targets):
            missing.extend(id_ for id_ in targets.contributions if position_of(transaction, commons, id_) == position)
    return found, missing


def claimed_amount(transaction: Transaction, commons: str, body: e.Log, kinds: Mapping[str, ContributionKind]) -> int | None:
    """What a claim comes to in millionths of the unit of its kind; None if its unit does not convert, or the kind is not known."""
    quantity, kind = body.event.effortQuantity or body.event.resourceQuantity, kinds.get(body.kind)
    if quantity is None or kind is None:
        return None
    if quantity.hasUnit == kind.unit:
        return signed_quantity(quantity)
    source, target = unit_named(transaction, commons, quantity.hasUnit), unit_named(transaction, commons, kind.unit)
    if source is None or target is None or {"day", "week"} & {source.name, target.name}:
        return None  # a day of work is no 24 hours, and the charter does not say how many
    try:
        amount = convert(signed_quantity(quantity), source, target)
        return amount if abs(amount) < AMOUNT_MAX else None
    except (OtherKind, Inexact):
        return None


def position_of(transaction: Transaction, commons: str, id_: str) -> int | None:
    """The place of an entry in the journal, by its id."""
    found: int | None = transaction.value("SELECT position FROM journal_entry WHERE commons = ? AND leaf = ?", (commons, bytes.fromhex(id_)))
    return found


def resolve_id(transaction: Transaction, commons: str, text: str) -> str:
    """The whole id of an entry from its position (`17`), its id, or the first eight or more digits of it; a position goes first.

    Raises:
        NotFound: `journal.unknown_entry`.
    """
    unknown = not_found("journal.unknown_entry", f"No entry {text!r}: give its number, or at least 8 digits of its id.", "entry")
    if text.isascii() and text.isdecimal() and len(text) < 18:
        leaf = transaction.value("SELECT leaf FROM journal_entry WHERE commons = ? AND position = ?", (commons, int(text)))
        if leaf is not None:
            return bytes(leaf).hex()
    if not 8 <= len(text) <= 64 or set(text) - set("0123456789abcdef"):
        raise unknown
    low, high = bytes.fromhex(text.ljust(64, "0")), bytes.fromhex(text.ljust(64, "f"))
    rows = transaction.rows("SELECT leaf FROM journal_entry WHERE commons = ? AND leaf BETWEEN ? AND ?", (commons, low, high))
    if len(rows) != 1:
        raise unknown
    return bytes(rows[0][0]).hex()


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which contributions to list; empty fields do not restrict. `before` is a position: those older than it."""

    state: str = ""
    kind: str = ""
    domain: str = ""
    agent: int | None = None
    batch: int | None = None
    before: int | None = None
    limit: int | None = None


_LIST = (
    "SELECT c.position, j.leaf, p.id, COALESCE(m.id, p.id), c.kind, c.domain, c.process, c.unit, c.at, c.logged, c.claimed, c.state,"
    " c.counted, c.counted_kind, c.decided, c.repayment, c.batch, j.data, ev.action FROM ({chosen}) k"
    " JOIN contribution c ON c.commons = ? AND c.position = k.position"
    " JOIN journal_entry j ON j.commons = c.commons AND j.position = c.position"
    " JOIN economic_event ev ON ev.commons = c.commons AND ev.position = c.position"
    " JOIN agent p ON p.commons = c.commons AND p.number = c.provider"
    " LEFT JOIN agent m ON m.commons = c.commons AND m.number = p.claimed_by ORDER BY c.position DESC"
)
"""Which contributions is decided first, and what belongs to them is looked up then: so a page costs what it shows."""


def names_of_person(transaction: Transaction, commons: str, number: int) -> list[int]:
    """The numbers under which a person has done things: their own, and those of the identities that they claimed."""
    sql = "SELECT number FROM agent WHERE commons = ? AND claimed_by = ? ORDER BY number"
    return [number, *(row[0] for row in transaction.rows(sql, (commons, number)))]


class _LogEnvelope(msgspec.Struct):
    body: e.Log


_log = msgspec.json.Decoder(_LogEnvelope)


def list_contributions(transaction: Transaction, commons: str, only: Filter) -> Iterator[dict[str, Any]]:
    """Contributions, newest first, as plain values with Valueflows names where there are such."""
    chosen, parameters = _chosen(transaction, commons, only)
    return (_as_dict(row) for row in transaction.stream(_LIST.format(chosen=chosen), [*parameters, commons]))


def _chosen(transaction: Transaction, commons: str, only: Filter) -> tuple[str, list[Any]]:
    """SQL of the positions of those that fit, newest first, with its parameters.

    The filter that leaves the fewest leads: each has an index that is in the order of positions. What fits it is looked up for the others.
    """
    given: list[tuple[str, list[Any]]] = []
    if only.agent is not None:
        numbers = names_of_person(transaction, commons, only.agent)
        given.append((f"provider IN ({', '.join('?' * len(numbers))})", numbers))
    rare = [("batch", only.batch), ("state", only.state if only.state != "validated" else ""), ("counted_kind", only.kind), ("domain", only.domain)]
    for column, value in (*rare, ("state", only.state if only.state == "validated" else "")):
        if value not in ("", None):
            given.append((f"{column} = ?", [value]))
    sql = "SELECT k.position FROM contribution k"
    if len(given) > 1:
        sql += " JOIN contribution f ON f.commons = k.commons AND f.position = k.position"
    sql += " WHERE k.commons = ?"
    parameters: list[Any] = [commons]
    for place, (condition, values) in enumerate(given):
        sql, parameters = f"{sql} AND {'f' if place else 'k'}.{condition}", [*parameters, *values]
    if only.before is not None:
        sql, parameters = f"{sql} AND k.position < ?", [*parameters, only.before]
    # Those of one agent, under several names, are sorted: going through all in their order would find few of them.
    sql += f" ORDER BY k.position{' + 0' if only.agent is not None else ''} DESC"
    return (sql, parameters) if only.limit is None else (f"{sql} LIMIT ?", [*parameters, only.limit])


def _as_dict(row: tuple[Any, ...]) -> dict[str, Any]:
    body = _log.decode(bytes(row[17])).body
    return {
        "position": row[0],
        "id": bytes(row[1]).hex(),
        "provider": row[2],
        "contributor": row[3],
        "action": row[18],
        "kind": row[13],
        "loggedKind": row[4],
        "domain": row[5],
        "process": row[6],
        "unit": row[7],
        "hasPointInTime": time_text(row[8]),
        "logged": time_text(row[9]),
        "claimed": format_quantity(row[10]),
        "state": row[11],
        "counted": format_quantity(row[12]),
        "decided": None if row[14] is None else time_text(row[14]),
        "repayment": row[15],
        "batch": row[16],
        "fulfills": body.event.fulfills,
        "note": body.event.note,
        "evidence": [msgspec.to_builtins(evidence) for evidence in body.evidence],
    }


class _Reason(msgspec.Struct):
    reason: str = ""


class _ReasonEnvelope(msgspec.Struct):
    body: _Reason


_reason = msgspec.json.Decoder(_ReasonEnvelope)


def reasons(transaction: Transaction, commons: str, positions: Iterable[int]) -> dict[int, str]:
    """The reasons that entries give, by their positions in the journal; entries without one are left out."""
    sql = "SELECT data FROM journal_entry WHERE commons = ? AND position = ?"
    said = ((position, transaction.value(sql, (commons, position))) for position in sorted(set(positions)))
    found = ((position, _reason.decode(bytes(data)).body.reason) for position, data in said if data is not None)
    return {position: reason for position, reason in found if reason}


def attestations(transaction: Transaction, commons: str, position: int) -> list[dict[str, Any]]:
    """What peers said of one contribution, in the order of the journal, each with its reason (or "")."""
    rows = transaction.rows(
        "SELECT a.id, t.round, t.how, t.verdict, t.amount, t.kind, t.entry FROM attestation t JOIN agent a ON a.commons = t.commons"
        " AND a.number = t.attester WHERE t.commons = ? AND t.position = ? ORDER BY t.round, t.entry, t.attester",
        (commons, position),
    )
    names = ("agent", "round", "how", "verdict", "amount", "kind", "entry")
    why = reasons(transaction, commons, (row[6] for row in rows))
    return [dict(zip(names, row, strict=True)) | {"amount": format_quantity(row[4]), "reason": why.get(row[6], "")} for row in rows]


def appeals(transaction: Transaction, commons: str, position: int) -> list[dict[str, Any]]:
    """The appeals about one contribution, oldest first: who appealed, which round began, why."""
    rows = transaction.rows(
        "SELECT a.id, t.round, t.entry FROM appeal t JOIN contribution c ON c.commons = t.commons AND c.position = t.position"
        " JOIN agent p ON p.commons = c.commons AND p.number = c.provider JOIN agent a ON a.commons = p.commons"
        " AND a.number = COALESCE(p.claimed_by, p.number) WHERE t.commons = ? AND t.position = ? ORDER BY t.round",
        (commons, position),
    )
    why = reasons(transaction, commons, (row[2] for row in rows))
    return [{"agent": agent, "round": round_, "entry": entry, "reason": why.get(entry, "")} for agent, round_, entry in rows]


def batches(transaction: Transaction, commons: str) -> list[dict[str, Any]]:
    """The imports so far, with how many contributions of each state they hold."""
    states: dict[int, dict[str, int]] = {}
    counted = "SELECT batch, state, COUNT(*) FROM contribution WHERE commons = ? AND batch IS NOT NULL GROUP BY batch, state ORDER BY batch, state"
    for position, state, count in transaction.rows(counted, (commons,)):
        states.setdefault(position, {})[state] = count
    rows = transaction.rows(
        "SELECT b.position, j.leaf, b.source, b.label, b.head, b.opened FROM batch b JOIN journal_entry j ON j.commons = b.commons"
        " AND j.position = b.position WHERE b.commons = ? ORDER BY b.position",
        (commons,),
    )
    return [
        {
            "position": p,
            "id": bytes(leaf).hex(),
            "source": source,
            "label": label,
            "head": head,
            "opened": time_text(opened),
            "states": states.get(p, {}),
        }
        for p, leaf, source, label, head, opened in rows
    ]


def batch_authors(transaction: Transaction, commons: str) -> list[str]:
    """Who has imported histories so far: they had the power to."""
    sql = "SELECT DISTINCT a.id FROM batch b JOIN agent a ON a.commons = b.commons AND a.number = b.author WHERE b.commons = ? AND b.source <> 'csv'"
    return [row[0] for row in transaction.rows(sql, (commons,))]


def restriction(only: Filter) -> tuple[str, list[Any]]:
    """The conditions of a filter on contributions `c` of providers `p`, each begun with AND, and their parameters."""
    columns = {
        "c.state": only.state,
        "c.counted_kind": only.kind,
        "c.domain": only.domain,
        "c.batch": only.batch,
        "COALESCE(p.claimed_by, p.number)": only.agent,
    }
    given = {column: value for column, value in columns.items() if value not in ("", None)}
    return "".join(f" AND {column} = ?" for column in given), list(given.values())


def totals(transaction: Transaction, commons: str, only: Filter | None = None) -> list[dict[str, Any]]:
    """How many contributions of each kind and state there are, and what they add up to; of those that fit, whatever the limit."""
    conditions, parameters = restriction(only or Filter())
    rows = transaction.rows(
        f"SELECT c.counted_kind, c.unit, c.state, COUNT(*), {exact_sum('c.claimed')}, {exact_sum('c.counted')} FROM contribution c"
        f" JOIN agent p ON p.commons = c.commons AND p.number = c.provider WHERE c.commons = ?{conditions}"
        " GROUP BY c.counted_kind, c.unit, c.state ORDER BY c.counted_kind, c.state",
        (commons, *parameters),
    )
    return [
        {
            "kind": kind,
            "unit": unit,
            "state": state,
            "count": count,
            "claimed": format_quantity(whole(claimed)),
            "counted": format_quantity(whole(counted)),
        }
        for kind, unit, state, count, claimed, counted in rows
    ]
