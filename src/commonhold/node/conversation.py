"""All that was said of one contribution, in the order of the journal: verdicts, appeals, objections, who would not judge, and the end."""

from __future__ import annotations

from typing import Any

import msgspec

from ..contributions.queries import attestations
from ..store.transaction import Transaction
from .overview import called, public_names


class _Body(msgspec.Struct):
    reason: str = ""


class _Envelope(msgspec.Struct):
    author: str
    body: _Body
    created: str
    kind: str


_read = msgspec.json.Decoder(_Envelope)


def conversation(transaction: Transaction, commons: str, position: int) -> list[dict[str, Any]]:
    """What was said of the contribution at a position, oldest first.

    Each has `said` (accept, adjust, refuse, appeal, contest, decline, withdraw), `agent`, `name`, `time`, `entry`, `round` (from 0; None
    where it makes no difference) and `reason`; verdicts have `amount`, `kind` and `how` too. Of verdicts, only the last of a peer in a round stands.
    """
    told = []
    for one in attestations(transaction, commons, position):
        envelope = _entry(transaction, commons, one["entry"])
        reason = one["reason"] if one["entry"] != position else ""  # in a history it came with the claim
        told.append(one | {"said": one["verdict"], "time": envelope.created, "reason": reason})
    for round_, entry in transaction.rows("SELECT round, entry FROM appeal WHERE commons = ? AND position = ?", (commons, position)):
        told.append(_word(_entry(transaction, commons, entry), entry, round_))
    for (entry,) in transaction.rows("SELECT entry FROM also_said WHERE commons = ? AND position = ?", (commons, position)):
        told.append(_word(_entry(transaction, commons, entry), entry))
    names = public_names(transaction, commons, {one["agent"] for one in told})
    return sorted((one | {"name": called(names, one["agent"])} for one in told), key=lambda one: (one["entry"], one["agent"]))


def _word(envelope: _Envelope, entry: int, round_: int | None = None) -> dict[str, Any]:
    said = envelope.kind.partition(".")[2]
    return {"said": said, "agent": envelope.author, "time": envelope.created, "entry": entry, "round": round_, "reason": envelope.body.reason}


def _entry(transaction: Transaction, commons: str, position: int) -> _Envelope:
    data = transaction.value("SELECT data FROM journal_entry WHERE commons = ? AND position = ?", (commons, position))
    return _read.decode(bytes(data))
