"""All that was said of one contribution, in the order of the journal: verdicts, appeals, objections, who would not judge, and the end."""

from __future__ import annotations

from typing import Any

import msgspec

from ..contributions.queries import attestations
from ..store.transaction import Transaction
from .overview import called, public_names

_SCANNED = (b'"contributions.withdraw"', b'"contributions.decline"')


class _Body(msgspec.Struct):
    reason: str = ""
    contribution: str = ""


class _Envelope(msgspec.Struct):
    author: str
    body: _Body
    created: str
    kind: str


_read = msgspec.json.Decoder(_Envelope)


def conversation(transaction: Transaction, commons: str, position: int, id_: str) -> list[dict[str, Any]]:
    """What was said of the contribution at a position, oldest first.

    Each has `said` (accept, adjust, refuse, appeal, contest, decline, withdraw), `agent`, `name`, `time`, `entry`, `round` (from 0; None
    where it makes no difference) and `reason`; verdicts have `amount`, `kind` and `how` too. Of verdicts, only the last of a peer in a round stands.
    """
    names = public_names(transaction, commons)
    told = []
    for one in attestations(transaction, commons, position):
        envelope = _entry(transaction, commons, one["entry"])
        reason = one["reason"] if one["entry"] != position else ""  # in a history it came with the claim
        told.append(one | {"said": one["verdict"], "time": envelope.created, "reason": reason})
    for round_, entry in transaction.rows("SELECT round, entry FROM appeal WHERE commons = ? AND position = ?", (commons, position)):
        told.append(_word(_entry(transaction, commons, entry), entry, round_))
    if _something_else(transaction, commons, position):
        told += _others(transaction, commons, position, id_)
    return sorted((one | {"name": called(names, one["agent"])} for one in told), key=lambda one: (one["entry"], one["agent"]))


def _word(envelope: _Envelope, entry: int, round_: int | None = None) -> dict[str, Any]:
    said = envelope.kind.partition(".")[2]
    return {"said": said, "agent": envelope.author, "time": envelope.created, "entry": entry, "round": round_, "reason": envelope.body.reason}


def _entry(transaction: Transaction, commons: str, position: int) -> _Envelope:
    data = transaction.value("SELECT data FROM journal_entry WHERE commons = ? AND position = ?", (commons, position))
    return _read.decode(bytes(data))


def _something_else(transaction: Transaction, commons: str, position: int) -> bool:
    """Whether anything was said that no table names: that it was withdrawn, or that somebody declined."""
    declined = "SELECT COUNT(*) FROM review WHERE commons = ? AND position = ? AND state = 'declined'"
    withdrawn = "SELECT COUNT(*) FROM contribution WHERE commons = ? AND position = ? AND state = 'withdrawn'"
    return any(bool(transaction.value(sql, (commons, position))) for sql in (declined, withdrawn))


def _others(transaction: Transaction, commons: str, position: int, id_: str) -> list[dict[str, Any]]:
    """These words, looked for in the entries after the claim; only where there are any is the journal read."""
    found = []
    sought = id_.encode()
    for place, stored in transaction.stream(
        "SELECT position, data FROM journal_entry WHERE commons = ? AND position > ? ORDER BY position", (commons, position)
    ):
        data = bytes(stored)
        if sought in data and any(kind in data for kind in _SCANNED):
            envelope = _read.decode(data)
            if envelope.body.contribution == id_:
                found.append(_word(envelope, place))
    return found
