"""A sheet of somebody's hours from elsewhere: first looked at row by row, then recorded. Both steps read the text anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..contributions.queries import position_of
from ..contributions.sheet import FIELDS, SheetRow, read_sheet
from ..problems import bad_input
from .imports import Importer
from .node import Node

BYTES_MAX = 1_000_000
ROWS_MAX = 5_000
COLUMNS_MAX = 100


def check_sheet(node: Node, commons: str, author: str, data: bytes, label: str, constants: Mapping[str, str]) -> dict[str, Any]:
    """What would become of each row, if the sheet were recorded. Nothing is written.

    Args:
        constants: (field, value) for all rows, where the sheet has no column of this name.

    Returns `rows`, each with its `line`, `fields`, `state` (good, known, refused) and `problems`; and how many of each state there are.

    Raises:
        BadInput: `imports.bad_sheet`, `imports.sheet_too_large`, `imports.address_in_label`.
    """
    rows = read_rows(data, constants)
    report = Importer(node, commons, author, dry_run=True, public_only=True).sheet_report(rows, label)
    refused = {row.line: row.problems for row in report.refused}
    known = set(report.known_lines)
    told = [
        {
            "line": row.line, "fields": {name: row.fields.get(name, "") for name in FIELDS},
            "state": "refused" if row.line in refused else "known" if row.line in known else "good",
            "problems": [{"code": p.code, "field": p.field, "message": p.message} for p in refused.get(row.line, ())],
        }
        for row in rows
    ]  # fmt: skip
    return {"rows": told, "good": report.written, "known": report.known, "refused": len(refused)}


def record_sheet(node: Node, commons: str, author: str, data: bytes, label: str, constants: Mapping[str, str]) -> dict[str, Any]:
    """Record the rows that are in order, in one transaction; a row that was recorded before is known, and stays one.

    Returns how many are `good` (recorded now), `known`, and `refused`, and the `batch`: the entry with which the import began, or None.

    Raises:
        BadInput: As `check_sheet`; `imports.nothing_good`, if there is nothing to record.
    """
    rows = read_rows(data, constants)
    report = Importer(node, commons, author, public_only=True).sheet_report(rows, label)
    if not report.written and not report.known:
        raise bad_input("imports.nothing_good", "No row of the sheet is in order.", "text")
    with node.read() as transaction:
        batch = position_of(transaction, commons, report.batch) if report.batch else None
    return {"good": report.written, "known": report.known, "refused": len(report.refused), "batch": batch}


def read_rows(data: bytes, constants: Mapping[str, str], rows_max: int = ROWS_MAX, bytes_max: int = BYTES_MAX) -> list[SheetRow]:
    """The rows of a sheet that came with a form.

    Args:
        constants: (field, value) for all rows, where the sheet has no column of this name.

    Raises:
        BadInput: `imports.bad_sheet`, `imports.sheet_too_large`.
    """
    if len(data) > bytes_max:
        raise bad_input("imports.sheet_too_large", f"A sheet has at most {bytes_max:,} bytes here: send it in parts.", "text")
    if b"\0" in data:
        raise bad_input("imports.bad_sheet", "This is no text: it holds U+0000. Save the sheet as CSV, UTF-8.", "text")
    if not data.strip():
        raise bad_input("imports.bad_sheet", "There is nothing in it: choose a file, or paste the rows.", "text")
    first = data.split(b"\n", 1)[0].decode("utf-8-sig", "replace").strip()
    separator = max(",;\t", key=first.count)
    titles = [title.strip().strip('"') for title in first.split(separator)]
    if len(titles) > COLUMNS_MAX:
        raise bad_input("imports.sheet_too_large", f"A sheet has at most {COLUMNS_MAX} columns here: leave out those that are not needed.", "text")
    rows = read_sheet(data, {name: f"={value}" for name, value in constants.items() if value and name not in titles})
    if len(rows) > rows_max:
        raise bad_input("imports.sheet_too_large", f"A sheet has at most {rows_max:,} rows here: send it in parts.", "text")
    if not rows:
        raise bad_input("imports.bad_sheet", "The sheet has titles and no rows.", "text")
    return rows
