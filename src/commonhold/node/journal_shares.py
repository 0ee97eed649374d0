"""Where the shares of a distribution stand in the journal, so that others can compare a statement with what was signed."""

from __future__ import annotations

import json
from typing import Any

from ..commons.queries import number_of
from ..contributions.queries import names_of_person
from ..sharing.queries import get_distribution
from ..store.transaction import Transaction

SCANNED = 5_000
"""The entries that publish shares follow their distribution; no more entries than so many are looked at to find them."""
_TOGETHER = 200


def signed_shares(transaction: Transaction, commons: str, number: int, agent: str = "") -> dict[str, Any]:
    """`positions` of the entries that publish the shares of a distribution, and the `ids` under which each agent has some.

    Args:
        agent: Only the ids of this one.
    """
    found = get_distribution(transaction, commons, number)
    sql = "SELECT leaf, data FROM journal_entry WHERE commons = ? AND position = ?"
    row = transaction.row(sql, (commons, found.position))
    assert row is not None
    granted = b'"kind":"sharing.grant"' in bytes(row[1])
    positions = [] if granted else _positions(transaction, commons, found.position, bytes(row[0]).hex(), found.shares)
    return {"positions": positions, "ids": _ids(transaction, commons, number, agent)}


def _positions(transaction: Transaction, commons: str, after: int, id_: str, shares: int) -> list[int]:
    names = f'"distribution":"{id_}"'.encode()
    found: list[int] = []
    for start in range(after + 1, after + 1 + SCANNED, _TOGETHER):
        sql = "SELECT position, data FROM journal_entry WHERE commons = ? AND position >= ? AND position < ? ORDER BY position"
        rows = transaction.rows(sql, (commons, start, start + _TOGETHER))
        for position, data in rows:
            if shares > 0 and b'"kind":"sharing.shares"' in bytes(data) and names in bytes(data):
                shares -= len(json.loads(bytes(data))["body"]["shares"])
                found.append(position)
        if shares <= 0 or len(rows) < _TOGETHER:
            break
    return found


def _ids(transaction: Transaction, commons: str, number: int, agent: str) -> dict[str, list[str]]:
    sql = (
        "SELECT DISTINCT COALESCE(m.id, a.id), a.id FROM share s JOIN agent a ON a.commons = s.commons AND a.number = s.agent"
        " LEFT JOIN agent m ON m.commons = a.commons AND m.number = a.claimed_by WHERE s.commons = ? AND s.distribution + 0 = ?"
    )
    parameters: list[Any] = [commons, number]
    if agent:
        numbers = names_of_person(transaction, commons, number_of(transaction, commons, agent))
        sql, parameters = f"{sql} AND s.agent IN ({', '.join('?' * len(numbers))})", [*parameters, *numbers]
    found: dict[str, list[str]] = {}
    for whose, id_ in transaction.rows(f"{sql} ORDER BY 2", parameters):
        found.setdefault(whose, []).append(id_)
    return found
