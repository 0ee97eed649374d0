"""Counts what is asked of the tables: pages must not ask more, or read more, because a journal is longer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from commonhold.store.transaction import Row, Transaction


@dataclass
class Asked:
    """The questions, as SQL, and how many rows were read for them altogether."""

    questions: list[str] = field(default_factory=list)
    rows: int = 0

    def about(self, words: str) -> list[str]:
        """The questions in which some words stand."""
        return [sql for sql in self.questions if words in sql]


@contextmanager
def asked() -> Iterator[Asked]:
    """What is asked in here."""
    found = Asked()
    whole, first, streamed = Transaction.rows, Transaction.row, Transaction.stream

    def rows(self: Transaction, sql: str, parameters: Any = ()) -> list[Row]:
        found.questions.append(sql)
        read = whole(self, sql, parameters)
        found.rows += len(read)
        return read

    def row(self: Transaction, sql: str, parameters: Any = ()) -> Row | None:
        found.questions.append(sql)
        found.rows += 1
        return first(self, sql, parameters)

    def value(self: Transaction, sql: str, parameters: Any = ()) -> Any:
        read = row(self, sql, parameters)
        return None if read is None else read[0]

    def stream(self: Transaction, sql: str, parameters: Any = ()) -> Iterator[Row]:
        found.questions.append(sql)
        for one in streamed(self, sql, parameters):
            found.rows += 1
            yield one

    with pytest.MonkeyPatch.context() as patched:
        for function in (rows, row, value, stream):
            patched.setattr(Transaction, function.__name__, function)
        yield found
