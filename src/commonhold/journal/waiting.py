"""Entries that refer to what is not here yet: kept for a while, and tried again when the journal has grown.

Anybody can sign an entry that waits, so what is kept is bounded: in all, for each key that signs, and in time.
"""

from __future__ import annotations

from ..store.transaction import Transaction

WAITING_MAX = 1_000
WAITING_PER_KEY_MAX = 100
WAITING_SECONDS_MAX = 7 * 86_400


def to_try_again(transaction: Transaction, commons: str, size: int, now: int) -> list[bytes]:
    """What has waited since the journal was smaller than it is, oldest first; what has waited too long is dropped."""
    transaction.execute("DELETE FROM journal_waiting WHERE commons = ? AND since < ?", (commons, now - WAITING_SECONDS_MAX))
    sql = "SELECT data FROM journal_waiting WHERE commons = ? AND tried < ? ORDER BY since, leaf"
    return [bytes(row[0]) for row in transaction.rows(sql, (commons, size))]


def keep(transaction: Transaction, commons: str, leaf: bytes, signer: str, data: bytes, size: int, now: int) -> bool:
    """Let an entry wait, tried in a journal of this size; False if too many wait already."""
    if transaction.execute("UPDATE journal_waiting SET tried = ? WHERE commons = ? AND leaf = ?", (size, commons, leaf)):
        return True
    total, own = (
        int(transaction.value(f"SELECT COUNT(*) FROM journal_waiting WHERE commons = ?{more}", (commons, *values)))
        for more, values in (("", ()), (" AND signer = ?", (signer,)))
    )
    if total >= WAITING_MAX or own >= WAITING_PER_KEY_MAX:
        return False
    transaction.insert("journal_waiting", commons, leaf, signer, now, size, data)
    return True


def forget(transaction: Transaction, commons: str, leaf: bytes) -> None:
    """It does not wait any more: it has landed, or will never."""
    transaction.execute("DELETE FROM journal_waiting WHERE commons = ? AND leaf = ?", (commons, leaf))
