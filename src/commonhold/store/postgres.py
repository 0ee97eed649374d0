"""PostgreSQL through psycopg 3: the same tables and the same SQL, for hosts of many commons."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import errors as pg

from ..problems import Busy, CommonholdError, Problem
from .transaction import Row, Transaction, bad_value, conflict

STREAM_ROWS = 2_000
COPY_ROWS_MIN = 20


class PostgresDatabase:
    """See `Database`. Text is compared by bytes (collation C), as SQLite does."""

    name = "postgresql"

    def __init__(self, address: str) -> None:
        self._address = address
        self._local = threading.local()

    def close(self) -> None:
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        around: Transaction | None = getattr(self._local, "transaction", None)
        if around is not None:
            yield around
            return
        with self._transaction("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY") as transaction:
            yield transaction

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        with self._transaction("BEGIN") as transaction:
            yield transaction

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Transaction]:
        try:
            connection = self._connection()
            connection.execute(begin)
            transaction = self._local.transaction = Transaction(_Engine(connection))
            try:
                yield transaction
                transaction.flush()
                connection.execute("COMMIT")
            except BaseException:
                if not connection.closed:
                    connection.execute("ROLLBACK")
                raise
            finally:
                self._local.transaction = None
        except pg.IntegrityError as error:
            raise conflict() from error
        except psycopg.Error as error:
            explained = _explain(error)
            if explained is None:
                raise
            self.close()
            raise explained from error

    def _connection(self) -> psycopg.Connection[Row]:
        connection: psycopg.Connection[Row] | None = getattr(self._local, "connection", None)
        if connection is None or connection.closed:
            connection = psycopg.connect(self._address, autocommit=True)
            connection.execute("SET synchronous_commit = on")
            connection.execute("SET client_min_messages = warning")
            self._local.connection = connection
        return connection


class _Engine:
    def __init__(self, connection: psycopg.Connection[Row]) -> None:
        self._connection = connection

    def execute(self, sql: str, parameters: Sequence[Any]) -> Any:
        return self._connection.execute(_dialect(sql), parameters)

    def execute_many(self, sql: str, rows: list[Row]) -> None:
        self._connection.cursor().executemany(_dialect(sql), rows)

    def insert_many(self, table: str, sql: str, rows: list[Row]) -> None:
        if len(rows) < COPY_ROWS_MIN:
            self.execute_many(sql, rows)
            return
        with self._connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def stream(self, sql: str, parameters: Sequence[Any]) -> Iterator[Row]:
        with self._connection.cursor(name="stream") as cursor:
            cursor.itersize = STREAM_ROWS
            cursor.execute(_dialect(sql), parameters)
            yield from cursor

    def lock(self, name: str) -> None:
        self._connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (name,))


@lru_cache(maxsize=1_024)
def _dialect(sql: str) -> str:
    """From the SQL that the packages write to PostgreSQL's: parameters, and the types of a CREATE TABLE."""
    translated = sql.replace("%", "%%").replace("?", "%s")
    if translated.lstrip().startswith("CREATE TABLE"):
        translated = translated.replace(" BLOB", " BYTEA").replace(" TEXT", ' TEXT COLLATE "C"').removesuffix(" WITHOUT ROWID")
    return translated


def _explain(error: psycopg.Error) -> CommonholdError | None:
    if isinstance(error, pg.DiskFull):
        return Busy(Problem("store.disk_full", "The database server's disk is full; nothing was written."))
    if isinstance(error, pg.ReadOnlySqlTransaction):
        return Busy(Problem("store.read_only", "The database is read-only; nothing was changed."))
    if isinstance(error, pg.LockNotAvailable | pg.SerializationFailure | pg.DeadlockDetected):
        return Busy(Problem("store.busy", "The database is busy; nothing was written. Try again."))
    if isinstance(error, psycopg.DataError):
        return bad_value()
    if isinstance(error, psycopg.OperationalError):
        return Busy(Problem("store.cannot_open", "The database server does not answer. Check DATABASE_URL and the server."))
    return None
