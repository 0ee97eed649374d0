"""What whoever runs a node watches: how long its journals are and since when, what waits, how large it has become, and whether it is in order."""

from __future__ import annotations

from dataclasses import dataclass

from ..store.database import Database
from ..store.transaction import Transaction
from .tables import derived_version

_UNCOVERED = (
    "SELECT h.commons FROM journal_head h WHERE NOT EXISTS (SELECT 1 FROM journal_checkpoint c"
    " WHERE c.commons = h.commons AND c.size = h.size) ORDER BY h.commons LIMIT 1"
)
_JOURNALS = (
    "SELECT h.commons, h.size, h.time, COALESCE(w.waiting, 0) FROM journal_head h"
    " LEFT JOIN (SELECT commons, COUNT(*) AS waiting FROM journal_waiting GROUP BY commons) w ON w.commons = h.commons ORDER BY h.commons"
)


@dataclass(frozen=True, slots=True)
class JournalFigures:
    """A journal: its entries, journal time (unix seconds) at its head, entries that wait for others."""

    commons: str
    entries: int
    head_time: int
    waiting: int


def journal_figures(transaction: Transaction) -> list[JournalFigures]:
    """The figures of every journal of the node, by name."""
    return [JournalFigures(*row) for row in transaction.rows(_JOURNALS)]


def database_bytes(transaction: Transaction, database: Database) -> int:
    """How large the database of the node is."""
    if database.name == "postgresql":
        return int(transaction.value("SELECT pg_database_size(current_database())"))
    return int(transaction.value("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"))


def out_of_order(transaction: Transaction) -> str:
    """What keeps the node from being relied on, or nothing.

    The derived tables are of another version while, or after, another program has folded them anew: this one would misread them.
    """
    if transaction.value("SELECT value FROM meta WHERE name = 'derived'") != derived_version():
        return "the tables are of another version of Commonhold"
    uncovered = transaction.value(_UNCOVERED)
    return f"no checkpoint covers the head of {uncovered}" if uncovered is not None else ""
