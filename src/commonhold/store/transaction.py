"""One transaction, with the same plain SQL on both engines.

SQL is written with `?` for parameters and the types TEXT, BIGINT and BLOB. Rows to insert are collected and sent in one
batch, which is several times faster than one by one; whatever reads or changes the tables in between flushes them first,
so a transaction always sees its own rows.
"""

from __future__ import annotations

import operator
from collections.abc import Hashable, Iterator, Sequence
from typing import Any, Protocol

from ..problems import BadInput, Refused, bad_input, refuse

Row = tuple[Any, ...]

INSERTS_HELD_MAX = 5_000


def conflict() -> Refused:
    """What a database says of a row that breaks its constraints; the rules should have refused it before."""
    return refuse("store.conflict", "What was to be written is there already in another form; nothing was written.")


def bad_value() -> BadInput:
    """What a database says of a value that is not of its types."""
    return bad_input("store.bad_value", "A value cannot be stored: a text with the character U+0000, or a number beyond 64 bits.")


class Engine(Protocol):
    """What a transaction needs of a database connection."""

    def execute(self, sql: str, parameters: Sequence[Any]) -> Any: ...
    def execute_many(self, sql: str, rows: list[Row]) -> None: ...
    def insert_many(self, table: str, sql: str, rows: list[Row]) -> None: ...
    def stream(self, sql: str, parameters: Sequence[Any]) -> Iterator[Row]: ...
    def lock(self, name: str) -> None: ...


class Transaction:
    """Reads and writes inside one database transaction.

    `cache` holds what was read in this transaction and does not change in it unless the code that changes it also drops
    it from the cache (a charter, the number of an agent). `session` holds what lasts for the whole transaction. Both end
    with it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._held: dict[str, list[Row]] = {}
        self._updates: dict[str, list[Row]] = {}
        self._sums: dict[str, dict[Row, Row]] = {}
        self._held_count = 0
        self.cache: dict[Hashable, Any] = {}
        self.session: dict[Hashable, Any] = {}

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run a statement; return how many rows it changed."""
        self.flush()
        return int(self._engine.execute(sql, parameters).rowcount)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query."""
        self.flush()
        return list(self._engine.execute(sql, parameters).fetchall())

    def stream(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Row]:
        """The rows of a query one after another, without holding all of them."""
        self.flush()
        return self._engine.stream(sql, parameters)

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row of a query, or None."""
        self.flush()
        found = self._engine.execute(sql, parameters).fetchone()
        return None if found is None else tuple(found)

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The first column of the first row, or None."""
        found = self.row(sql, parameters)
        return None if found is None else found[0]

    def insert(self, table: str, *values: Any) -> None:
        """Insert one row, given in the order of the table's columns; it is sent with the next batch."""
        held = self._held.get(table)
        if held is None:
            held = self._held[table] = []
        held.append(values)
        self._held_count += 1
        if self._held_count >= INSERTS_HELD_MAX:
            self.flush()

    def update(self, sql: str, parameters: Sequence[Any]) -> None:
        """A statement that changes one row; it is sent with the next batch, after the inserts."""
        self._updates.setdefault(sql, []).append(tuple(parameters))
        self._held_count += 1
        if self._held_count >= INSERTS_HELD_MAX:
            self.flush()

    def add(self, sql: str, key: Row, amounts: tuple[int, ...]) -> None:
        """A statement that adds amounts to a row of totals, which it makes if there is none; those of the same key are added up before.

        It is sent with the next batch, after the updates. Its parameters are the key and then the amounts.
        """
        sums = self._sums.get(sql)
        if sums is None:
            sums = self._sums[sql] = {}
        before = sums.get(key)
        if before is None:
            sums[key] = amounts
            self._held_count += 1
        else:
            sums[key] = tuple(map(operator.add, before, amounts))

    def flush(self) -> None:
        """Send the collected inserts, updates and sums."""
        if not self._held_count:
            return
        held, self._held, self._held_count = self._held, {}, 0
        updates, self._updates = self._updates, {}
        added, self._sums = self._sums, {}
        for table, rows in held.items():
            marks = ", ".join("?" * len(rows[0]))
            self._engine.insert_many(table, f"INSERT INTO {table} VALUES ({marks})", rows)
        for sql, rows in updates.items():
            self._engine.execute_many(sql, rows)
        for sql, sums in added.items():
            self._engine.execute_many(sql, [(*key, *amounts) for key, amounts in sums.items()])

    def lock(self, name: str) -> None:
        """Wait until no other transaction holds this name, and hold it to the end of the transaction."""
        self._engine.lock(name)
