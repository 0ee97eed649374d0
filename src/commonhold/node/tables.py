"""Making tables, and knowing their columns and keys."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..store.transaction import Row, Transaction
from .composition import DERIVED_TABLES, FOLD_VERSION, JOURNAL_TABLES, PRIVATE_TABLES

META_TABLE = "CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)"


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns in order, and how many of them are its key."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]


def statements(sql: str) -> Iterator[str]:
    """The statements of a file of SQL."""
    return (statement.strip() for statement in sql.split(";") if statement.strip())


def tables_in(sql: str) -> list[Table]:
    """The tables that a file of SQL makes."""
    found = []
    for statement in statements(sql):
        if match := re.match(r"CREATE TABLE (\w+) \((.*)\)(?: WITHOUT ROWID)?$", statement, re.DOTALL):
            columns = re.findall(r"^\s+(\w+) (?:TEXT|BIGINT|BLOB)", match[2], re.MULTILINE)
            key = re.search(r"PRIMARY KEY \(([^)]*)\)|(\w+) \w+ NOT NULL PRIMARY KEY", match[2])
            assert key is not None, f"{match[1]} has no primary key"
            found.append(Table(match[1], tuple(columns), tuple((key[1] or key[2]).split(", "))))
    return found


DERIVED = tables_in(DERIVED_TABLES)
JOURNAL = tables_in(JOURNAL_TABLES)
PRIVATE = tables_in(PRIVATE_TABLES)


def derived_version() -> str:
    """Names what the folds write in the derived tables, by a number that only rises, and the form of these tables."""
    return f"{FOLD_VERSION} {_form()}"


def _form() -> str:
    """Of the private tables too: those that an older version did not have are made on the same occasion."""
    return hashlib.sha256((DERIVED_TABLES + PRIVATE_TABLES).encode()).hexdigest()[:16]


def newer(version: str) -> bool:
    """Whether a `derived_version` is that of a newer program."""
    number, _, form = version.partition(" ")
    return bool(form) and number.isdecimal() and int(number) > FOLD_VERSION


def derived_are_here(transaction: Transaction, version: str | None) -> bool:
    """Whether the tables of a `derived_version` have the form of this program's, and all of them are there (on PostgreSQL)."""
    if version is None or version.partition(" ")[2] != _form():
        return False
    names = ", ".join(f"'{table.name}'" for table in DERIVED)
    sql = f"SELECT COUNT(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename IN ({names})"
    return bool(transaction.value(sql) == len(DERIVED))


def empty_derived(transaction: Transaction) -> None:
    """Delete all rows. Who has begun to read goes on reading them; from tables that were dropped and made anew, PostgreSQL shows them none."""
    for table in DERIVED:
        transaction.execute(f"DELETE FROM {table.name}")


def create(transaction: Transaction, sql: str) -> None:
    """Make tables and indexes."""
    for statement in statements(sql):
        transaction.execute(statement)


def create_missing(transaction: Transaction, sql: str) -> None:
    """Make those tables and indexes that an older version did not have."""
    for statement in statements(sql):
        transaction.execute(re.sub(r"^CREATE (TABLE|INDEX|UNIQUE INDEX) ", r"CREATE \1 IF NOT EXISTS ", statement))


def drop_derived(transaction: Transaction) -> None:
    """Drop all derived tables."""
    for table in DERIVED:
        transaction.execute(f"DROP TABLE IF EXISTS {table.name}")


def ordered_rows(transaction: Transaction, table: Table, commons: str) -> Iterator[Row]:
    """The rows of a commons in the order of the key."""
    sql = f"SELECT {', '.join(table.columns)} FROM {table.name} WHERE commons = ? ORDER BY {', '.join(table.key)}"
    return transaction.stream(sql, (commons,))
