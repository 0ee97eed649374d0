"""Erasing a person for good: the rows, and what the database's files still hold of rows that were deleted or changed."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

from ..commons.people import erase
from ..contributions.evidence_files import forget_files_of
from ..governance.keeping import forget_ballots_of
from ..problems import Busy, Problem
from ..store.sqlite import BUSY_WAIT_MS
from ..store.transaction import Transaction
from . import tables
from .node import Node


def erase_person(node: Node, commons: str, agent: str) -> int:
    """Erase all that the node knows of a person; return how many records that were. The journal stays as it is.

    Raises:
        NotFound: `commons.unknown_agent`. Refused: `people.the_node`.
        Busy: `people.not_wiped`: the records are gone from the tables, but the files may still hold their bytes.
    """
    with node.database.write() as transaction:
        count = forget_person(transaction, commons, agent)
    wipe(node)
    return count


def forget_person(transaction: Transaction, commons: str, agent: str) -> int:
    """Erase all that the node knows of a person from its tables; return how many records that were. The files are wiped by `wipe`.

    Raises:
        NotFound: `commons.unknown_agent`. Refused: `people.the_node`.
    """
    return forget_ballots_of(transaction, commons, agent) + forget_files_of(transaction, commons, agent) + erase(transaction, commons, agent)


def wipe(node: Node, wait_seconds: float = BUSY_WAIT_MS / 1_000) -> None:
    """Write the tables of private data anew, so that no file of the database holds what was deleted from them.

    A database marks deleted rows as free and leaves their bytes where they are, earlier names among them.

    Args:
        wait_seconds: So long it is waited for others who use the database.

    Raises:
        Busy: `people.not_wiped`.
    """
    if node.database.name == "postgresql":
        _wipe_postgres(wait_seconds)
        return
    try:
        _wipe_sqlite(node, wait_seconds)
    except sqlite3.OperationalError as error:
        raise _not_wiped(error) from error


def _not_wiped(error: Exception) -> Busy:
    problem = f"The records are erased, but traces may be left in the database file ({error}). Erase again when nobody else uses the node."
    return Busy(Problem("people.not_wiped", problem))


def _wipe_sqlite(node: Node, wait_seconds: float) -> None:
    with closing(sqlite3.connect(node.home / "commonhold.db", isolation_level=None, timeout=wait_seconds)) as connection:
        connection.execute("VACUUM")
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise sqlite3.OperationalError("another program reads it")


def _wipe_postgres(wait_seconds: float) -> None:
    import psycopg

    with closing(psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)) as connection:
        try:
            connection.execute(f"SET lock_timeout = {int(wait_seconds * 1_000)}")
            for table in tables.PRIVATE:
                connection.execute(f"VACUUM FULL {table.name}")
        except psycopg.OperationalError as error:
            raise _not_wiped(error) from error
