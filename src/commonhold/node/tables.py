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
    """Names the form of the derived tables and what the folds write in them."""
    return hashlib.sha256(f"{FOLD_VERSION}\n{DERIVED_TABLES}".encode()).hexdigest()[:16]


def create(transaction: Transaction, sql: str) -> None:
    """Make tables and indexes."""
    for statement in statements(sql):
        transaction.execute(statement)


def drop_derived(transaction: Transaction) -> None:
    """Drop all derived tables."""
    for table in DERIVED:
        transaction.execute(f"DROP TABLE IF EXISTS {table.name}")


def ordered_rows(transaction: Transaction, table: Table, commons: str) -> Iterator[Row]:
    """The rows of a commons in the order of the key."""
    sql = f"SELECT {', '.join(table.columns)} FROM {table.name} WHERE commons = ? ORDER BY {', '.join(table.key)}"
    return transaction.stream(sql, (commons,))
