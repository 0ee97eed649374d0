"""A database by its address: one SQLite file, or PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol


class Database(Protocol):
    """Gives transactions. All others of a process may use one instance, from any thread."""

    name: str

    def read(self) -> Any:
        """A context manager with a `Transaction` on an unchanging snapshot; it never blocks or is blocked by a writer.

        Inside another transaction of the same thread, it reads what that one sees.
        """

    def write(self) -> Any:
        """A context manager with a `Transaction` that is durable when the block ends, and undone if it raises."""

    def close(self) -> None:
        """Close the connections of the calling thread."""


def open_database(address: str | Path) -> Database:
    """Open `postgresql://…`, or the SQLite file at a path (made if missing)."""
    if str(address).startswith(("postgresql://", "postgres://")):
        from .postgres import PostgresDatabase

        return PostgresDatabase(str(address))
    from .sqlite import SqliteDatabase

    return SqliteDatabase(Path(address))


@contextmanager
def scratch_database(folder: Path) -> Iterator[Database]:
    """A throw-away SQLite database inside a folder, for folding a journal anew to compare."""
    from .sqlite import SqliteDatabase

    database = SqliteDatabase(folder / "scratch.db", durable=False)
    try:
        yield database
    finally:
        database.close()
