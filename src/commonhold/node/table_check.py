"""Comparing stored tables with a fresh fold, row for row."""

from __future__ import annotations

from collections.abc import Iterator

from ..journal.head import commons_here
from ..store.transaction import Row, Transaction
from . import tables
from .findings import UNREADABLE, Finding, Report


def check_tables(transaction: Transaction, fresh: Transaction, commons: str, report: Report) -> None:
    """Compare every derived table with a fresh fold, row for row, in the order of its key."""
    if any("The fold stops" in finding.what for finding in report.findings):
        return
    for table in tables.DERIVED:
        report.tables += 1
        try:
            stored, expected = (tables.ordered_rows(source, table, commons) for source in (transaction, fresh))
            _compare(report, table, stored, expected)
        except UNREADABLE as error:
            report.found(f"table {table.name}", f"It cannot be read: {error}.")


def _compare(report: Report, table: tables.Table, stored: Iterator[Row], expected: Iterator[Row]) -> None:
    indexes = [table.columns.index(column) for column in table.key]
    one, other = next(stored, None), next(expected, None)
    while one is not None or other is not None:
        keys = [None if row is None else tuple(row[index] for index in indexes) for row in (one, other)]
        if one is not None and other is not None and keys[0] == keys[1]:
            report.rows += 1
            if tuple(one) != tuple(other):
                wrong = [column for column, a, b in zip(table.columns, one, other, strict=True) if a != b]
                report.found(f"table {table.name}, row {_show(keys[0])}", f"{', '.join(wrong)}: not what the journal comes to.")
            one, other = next(stored, None), next(expected, None)
        elif other is None or (one is not None and _before(keys[0], keys[1])):
            report.found(f"table {table.name}, row {_show(keys[0])}", "The journal does not come to this row.")
            one = next(stored, None)
        else:
            report.found(f"table {table.name}, row {_show(keys[1])}", "This row is missing.")
            other = next(expected, None)


def _before(one: Row | None, other: Row | None) -> bool:
    """Whether a key sorts before another; keys of damaged rows may have values of other types, which sort last."""
    assert one is not None and other is not None
    return [_sortable(value) for value in one] < [_sortable(value) for value in other]


def _sortable(value: object) -> tuple[int, object]:
    if isinstance(value, int):
        return 0, value
    return (1, value.encode("utf-8", "surrogateescape")) if isinstance(value, str) else (2, repr(value))


def _show(key: Row | None) -> str:
    return ", ".join(str(part) for part in (key or ())[1:]) or "of the commons"


def strays(transaction: Transaction) -> list[Finding]:
    """Rows that belong to no commons of this node."""
    here = set(commons_here(transaction))
    found = []
    for table in (*tables.JOURNAL, *tables.DERIVED):
        if table.name != "journal_head":
            for row in transaction.rows(f"SELECT DISTINCT commons FROM {table.name}"):
                if row[0] not in here:
                    found.append(Finding(f"table {table.name}", f"Rows of a commons {row[0]!r} that is not here."))
    return found
