"""One contribution with all that was said about it: verdicts with their reasons, the appeal, and what is still needed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from ..commons.charter import Powers
from ..commons.queries import all_agents, charter_section, has_role
from ..problems import not_found
from ..store.transaction import Transaction
from .charter import Validation
from .queries import Filter, appeals, attestations, list_contributions, position_of, resolve_id, restriction
from .rules import OPEN


class _Body(msgspec.Struct):
    """What is read of an entry about contributions."""

    reason: str = ""
    contribution: str = ""


class _Envelope(msgspec.Struct):
    author: str
    body: _Body
    created: str


_read = msgspec.json.Decoder(_Envelope)


def account(transaction: Transaction, commons: str, position: int) -> dict[str, Any]:
    """A contribution as `list_contributions` has it, and:

    - `round`: how often it was appealed; `quorum`: how many peers must agree in this round;
    - `verdicts`: as `attestations` has them, each with its `reason` and `time`;
    - `appeal`, `withdrawal`: `{entry, agent, reason, time}`, or None;
    - `needed`: `{accept, refuse}`, how many voices more would decide it so; None if it is not open.

    Raises:
        NotFound: `contributions.unknown`.
    """
    found = next(list_contributions(transaction, commons, Filter(before=position + 1, limit=1)), None)
    if found is None or found["position"] != position:
        raise not_found("contributions.unknown", f"Entry {position} is no contribution. See: commonhold contributions.", "entry")
    round_: int = transaction.value("SELECT round FROM contribution WHERE commons = ? AND position = ?", (commons, position))
    quorum = charter_section(transaction, commons, "validation", Validation).quorum + round_
    verdicts = [verdict | _said(transaction, commons, verdict["entry"], position) for verdict in attestations(transaction, commons, position)]
    return found | {
        "round": round_,
        "quorum": quorum,
        "verdicts": verdicts,
        "appeal": next((_own_word(transaction, commons, one["entry"]) for one in appeals(transaction, commons, position)), None),
        "withdrawal": _withdrawal(transaction, commons, found) if found["state"] == "withdrawn" else None,
        "needed": _needed([v for v in verdicts if v["round"] == round_], quorum) if found["state"] in OPEN else None,
    }


def _said(transaction: Transaction, commons: str, entry: int, position: int) -> dict[str, Any]:
    """The reason and the time of a verdict, from the signed entry; one of an imported history came with the claim itself."""
    sql = "SELECT data FROM journal_entry WHERE commons = ? AND position = ?"
    read = _read.decode(bytes(transaction.value(sql, (commons, entry))))
    return {"reason": "" if entry == position else read.body.reason, "time": read.created}


def _own_word(transaction: Transaction, commons: str, entry: int) -> dict[str, Any]:
    """What the contributor, or who logged it, said of the contribution, from the signed entry."""
    sql = "SELECT data FROM journal_entry WHERE commons = ? AND position = ?"
    read = _read.decode(bytes(transaction.value(sql, (commons, entry))))
    return {"entry": entry, "agent": read.author, "reason": read.body.reason, "time": read.created}


def _withdrawal(transaction: Transaction, commons: str, found: dict[str, Any]) -> dict[str, Any] | None:
    """The entry that took the claim back. No table names it; only one that was taken back is looked for."""
    id_ = found["id"].encode()
    sql = "SELECT position, data FROM journal_entry WHERE commons = ? AND position > ? ORDER BY position"
    for position, stored in transaction.stream(sql, (commons, found["position"])):
        data = bytes(stored)
        if b'"contributions.withdraw"' in data and id_ in data and _read.decode(data).body.contribution == found["id"]:
            return _own_word(transaction, commons, position)
    return None


def _needed(verdicts: list[dict[str, Any]], quorum: int) -> dict[str, int]:
    refused = sum(verdict["verdict"] == "refuse" for verdict in verdicts)
    return {"accept": max(0, quorum - len(verdicts) + refused), "refuse": max(0, quorum - refused)}


def count(transaction: Transaction, commons: str, only: Filter) -> int:
    """How many contributions fit, whatever the limit."""
    conditions, parameters = restriction(only)
    sql = f"SELECT COUNT(*) FROM contribution c JOIN agent p ON p.commons = c.commons AND p.number = c.provider WHERE c.commons = ?{conditions}"
    return int(transaction.value(sql, (commons, *parameters)))


def waiting_count(transaction: Transaction, commons: str, peer: int) -> int:
    """How many open contributions wait for the word of a peer."""
    sql = (
        "SELECT COUNT(*) FROM contribution c JOIN agent p ON p.commons = c.commons AND p.number = c.provider"
        " WHERE c.commons = ? AND c.state IN ('claimed', 'appealed') AND COALESCE(p.claimed_by, p.number) <> ? AND NOT EXISTS"
        " (SELECT 1 FROM attestation t WHERE t.commons = c.commons AND t.position = c.position AND t.round = c.round AND t.attester = ?)"
    )
    if not charter_section(transaction, commons, "validation", Validation).reviewers:
        return int(transaction.value(sql, (commons, peer, peer)))
    drawn = (
        " AND (EXISTS (SELECT 1 FROM review r WHERE r.commons = c.commons AND r.position = c.position AND r.round = c.round AND r.agent = ?"
        " AND r.state = 'asked') OR EXISTS (SELECT 1 FROM batch b WHERE b.commons = c.commons AND b.position = c.batch AND b.source <> 'csv'))"
    )
    return int(transaction.value(sql + drawn, (commons, peer, peer, peer)))


def peers_who_may_speak(transaction: Transaction, commons: str, contributor: str) -> int:
    """How many others have the role that the charter asks for to validate."""
    role = charter_section(transaction, commons, "powers", Powers).validate
    return sum(
        agent.type == "Person" and agent.id != contributor and has_role(transaction, commons, agent, role)
        for agent in all_agents(transaction, commons)
    )


def require_contributions(transaction: Transaction, commons: str, texts: Iterable[str]) -> None:
    """Check that each of some numbers or ids is a contribution's.

    Raises:
        NotFound: `journal.unknown_entry`, `contributions.unknown`.
    """
    for text in texts:
        position = position_of(transaction, commons, resolve_id(transaction, commons, text))
        if not transaction.value("SELECT COUNT(*) FROM contribution WHERE commons = ? AND position = ?", (commons, position)):
            raise not_found("contributions.unknown", f"Entry {position} is no contribution. See: commonhold contributions.", "entry")


def require_batch(transaction: Transaction, commons: str, text: str) -> None:
    """Check that a number or an id is that of an import.

    Raises:
        NotFound: `journal.unknown_entry`, `contributions.unknown`.
    """
    position = position_of(transaction, commons, resolve_id(transaction, commons, text))
    if not transaction.value("SELECT COUNT(*) FROM batch WHERE commons = ? AND position = ?", (commons, position)):
        raise not_found("contributions.unknown", f"Entry {position} began no import. See: commonhold import list.", "batch")
