"""SQLite: one file, write-ahead log, every commit fsynced, one writer, readers never blocked."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ..problems import Broken, Busy, CommonholdError, Problem
from .transaction import Row, Transaction, bad_value, conflict

BUSY_WAIT_MS = 60_000
STREAM_ROWS = 2_000
PAGE_BYTES = 8_192
"""Of a new file. An entry has about 700 bytes; on pages of 8 KiB, appending takes a fiftieth less time than on SQLite's own 4 KiB."""
DAMAGE = ("malformed", "not a database", "corrupt", "Could not decode to UTF-8", "unsupported file format")
"""What SQLite says of a file whose bytes are not what it wrote."""
UNWRITABLE = ("readonly", "read-only", "unable to open")
ROOM_BYTES_MIN = 1 << 20
"""A disk with less room is full: what SQLite needs beside the file has this size."""


class SqliteDatabase:
    """See `Database`."""

    name = "sqlite"

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        self._path = path
        self._durable = durable
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
        with self._transaction("BEGIN") as transaction:
            yield transaction

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        with self._transaction("BEGIN IMMEDIATE") as transaction:
            yield transaction

    def integrity_problems(self) -> list[str]:
        """What SQLite's own check of the file's pages and indexes finds."""
        try:
            found = self._connection().execute("PRAGMA integrity_check(20)").fetchall()
        except sqlite3.DatabaseError as error:
            return [str(error)]
        return [row[0] for row in found if row[0] != "ok"]

    def copy_to(self, path: Path) -> None:
        """Copy the whole database to another file while others write (SQLite's online backup)."""
        with _translated(self._path):
            target = sqlite3.connect(path)
            try:
                self._connection().backup(target, pages=4_096)
                target.execute("PRAGMA journal_mode=DELETE")
            finally:
                target.close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Transaction]:
        with _translated(self._path):
            connection = self._connection()
            connection.execute(begin)
            transaction = self._local.transaction = Transaction(_Engine(connection))
            try:
                yield transaction
                transaction.flush()
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            finally:
                self._local.transaction = None

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            if not self._path.exists():
                _create_private(self._path)
            try:
                connection = self._connected(self._path.absolute().as_uri(), "WAL" if self._durable else "OFF")
            except sqlite3.OperationalError as error:
                if not any(sign in str(error) for sign in UNWRITABLE) or not self._path.exists() or _is_full(self._path):
                    raise
                connection = self._connected(_read_only_address(self._path), None)
            self._local.connection = connection
        return connection

    def _connected(self, address: str, journal_mode: str | None) -> sqlite3.Connection:
        connection = sqlite3.connect(address, isolation_level=None, timeout=BUSY_WAIT_MS / 1000, uri=True)
        try:
            if journal_mode is not None:
                connection.execute(f"PRAGMA page_size={PAGE_BYTES}")
                connection.execute(f"PRAGMA journal_mode={journal_mode}")
                connection.execute(f"PRAGMA synchronous={'FULL' if self._durable else 'OFF'}")
            connection.execute("PRAGMA cache_size=-131072")
            connection.execute("PRAGMA temp_store=MEMORY")
            connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        except sqlite3.Error:
            connection.close()
            raise
        return connection


def _read_only_address(path: Path) -> str:
    """Of a file on a disk, or in a folder, that cannot be written: SQLite could not make its log and index beside it, even to read.

    Without a log, all is in the file itself, nobody has it open, and it is read as one that does not change. With a log,
    SQLite needs the index beside it, as it was left.
    """
    log = Path(f"{path}-wal")
    unchanging = "" if log.exists() and log.stat().st_size else "&immutable=1"
    return f"{path.absolute().as_uri()}?mode=ro{unchanging}"


def _is_full(path: Path) -> bool:
    """Whether the disk has no room left. SQLite says this in other words when it cannot lengthen its log or index."""
    try:
        disk = os.statvfs(path.parent)
    except OSError:
        return False
    return not disk.f_flag & os.ST_RDONLY and disk.f_bavail * disk.f_frsize < ROOM_BYTES_MIN


def _create_private(path: Path) -> None:
    """An empty file that only its owner reads: names, addresses and accounts will be in it. SQLite gives its other files the same mode."""
    with suppress(OSError):  # what is wrong with the folder, SQLite tells
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


class _Engine:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, parameters: Sequence[Any]) -> sqlite3.Cursor:
        return self._connection.execute(sql, parameters)

    def execute_many(self, sql: str, rows: list[Row]) -> None:
        self._connection.executemany(sql, rows)

    def insert_many(self, table: str, sql: str, rows: list[Row]) -> None:
        self._connection.executemany(sql, rows)

    def stream(self, sql: str, parameters: Sequence[Any]) -> Iterator[Row]:
        cursor = self._connection.execute(sql, parameters)
        while rows := cursor.fetchmany(STREAM_ROWS):
            yield from rows

    def lock(self, name: str) -> None:
        """Nothing to do: `BEGIN IMMEDIATE` has made this the only writer of the file."""


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors about the machine into ours, with what can be done about them."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise conflict() from error
    except OverflowError as error:
        if "SQLite INTEGER" not in str(error):
            raise
        raise bad_value() from error
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise _explain(error, path) from error


def _explain(error: sqlite3.DatabaseError | UnicodeDecodeError, path: Path) -> CommonholdError:
    text = str(error)
    if isinstance(error, UnicodeDecodeError) or any(sign in text for sign in DAMAGE):
        return Broken(Problem("store.damaged", f"{path} is damaged ({text}). Restore a backup, or replicate from a peer."))
    if "full" in text or (any(sign in text for sign in (*UNWRITABLE, "disk I/O")) and _is_full(path)):
        return Busy(Problem("store.disk_full", f"The disk under {path} is full; nothing was written. Make room and try again."))
    if "readonly" in text or "read-only" in text:
        return Busy(Problem("store.read_only", f"{path} cannot be written; nothing was changed. Check its owner and permissions."))
    if "locked" in text or "busy" in text:
        return Busy(Problem("store.busy", f"Another program has held {path} for over {BUSY_WAIT_MS // 1000} s; nothing was written."))
    if "unable to open" in text:
        return Busy(Problem("store.cannot_open", f"{path} cannot be opened. Check that its folder exists and can be read."))
    if "disk I/O" in text:
        return Busy(Problem("store.disk_error", f"The disk under {path} answers with errors; nothing was written."))
    raise error
