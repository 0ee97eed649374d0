"""Importing contributions from a CSV sheet: columns by name or by a mapping, a reason for every row that is refused."""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ..commons.people import find_by_name, identity_id, name_identities
from ..journal.commands import Act
from ..journal.entry import KEY_LENGTH_MAX
from ..journal.kinds import time_text
from ..measure import parse_quantity
from ..problems import BadInput, Forbidden, NotFound, Problem, Refused, bad_input
from . import entries as e
from .commands import LogParams, log_body

FIELDS = ("by", "kind", "amount", "domain", "at", "to", "process", "fulfills", "note", "url", "commit", "sha256", "repayment", "key")
REQUIRED = ("kind", "amount")
EARLIEST = int(datetime(1900, 1, 1, tzinfo=UTC).timestamp())
TITLES_SHOWN = 20
TITLE_SHOWN = 40
"""So many titles of a sheet, and so much of each, are told back."""
LATEST = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of a sheet: the line of the file on which it ends, its fields, and whether it has more cells than there are titles."""

    line: int
    fields: dict[str, str]
    overlong: bool = False


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not taken over, by the line of the file on which it ends."""

    line: int
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class SheetReport:
    """What became of a sheet. known_lines: Lines of rows that were written before, by this author."""

    rows: int = 0
    written: int = 0
    known: int = 0
    batch: str = ""
    refused: list[RefusedRow] = field(default_factory=list)
    known_lines: list[int] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """As plain values."""
        refused = [
            {"line": row.line, "problems": [{"code": p.code, "field": p.field, "message": p.message} for p in row.problems]} for row in self.refused
        ]
        return {"rows": self.rows, "contributions": self.written, "alreadyKnown": self.known, "batch": self.batch, "refused": refused}


def read_sheet(data: bytes, mapping: Mapping[str, str]) -> list[SheetRow]:
    """The rows. The separator is found out (comma, semicolon, tab); empty rows are passed over.

    Args:
        mapping: From our field to the column's title in the file; a value that begins with `=` is the same for all rows.

    Raises:
        BadInput: `imports.bad_sheet`.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise bad_input("imports.bad_sheet", f"The file is not UTF-8 (byte {error.start}): save it as CSV UTF-8.", "file") from None
    unknown = [name for name in mapping if name not in FIELDS]
    if unknown:
        raise bad_input("imports.bad_sheet", f"{unknown[0]!r} is no field; fields are {', '.join(FIELDS)}.", "map")
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return _rows(reader, mapping)
    except csv.Error as error:
        raise bad_input("imports.bad_sheet", f"Not CSV: {error}.", f"line {reader.reader.line_num}") from None


def _rows(reader: csv.DictReader[str], mapping: Mapping[str, str]) -> list[SheetRow]:
    titles = [title or "" for title in reader.fieldnames or []]
    constants = {name: column[1:] for name, column in mapping.items() if column.startswith("=")}
    columns = {name: mapping.get(name, name) for name in FIELDS if name not in constants}
    missing = [column for name, column in columns.items() if column not in titles and (name in REQUIRED or name in mapping)]
    if missing:
        shown = ", ".join(title[:TITLE_SHOWN] for title in titles[:TITLES_SHOWN]) + (", …" if len(titles) > TITLES_SHOWN else "")
        raise bad_input("imports.bad_sheet", f"The file has no column {missing[0]!r}; it has {shown}.", "line 1")
    rows = []
    for row in reader:
        beyond: Any = row.get(None, [])  # where DictReader puts cells without a title
        fields = {name: (row.get(column) or "").strip() for name, column in columns.items()}
        if any(fields.values()):
            rows.append(SheetRow(reader.line_num, fields | constants, bool(beyond)))
    return rows


def import_sheet(
    act: Act, rows: list[SheetRow], label: str, secret: bytes, *, identities: bool, progress: Callable[[int], None] = lambda _: None
) -> SheetReport:
    """Write the rows as claims; those that are refused are reported and leave no trace.

    Args:
        identities: Whether contributors that nobody here is known as become identities, to be claimed later.
        progress: Is told how many rows are done; what it raises undoes all of them.
    """
    report = SheetReport(rows=len(rows))
    seen: Counter[str] = Counter()
    keys = [_key(row.fields, seen, secret) for row in rows]
    known = act.writer.known_keys(act.author, keys)
    written: set[str] = set()
    people = _People(act, secret, identities=identities)
    for place, (row, key) in enumerate(zip(rows, keys, strict=True), 1):
        progress(place)
        if key in known:
            report.known += 1
            report.known_lines.append(row.line)
            continue
        try:
            if key in written:
                raise bad_input("imports.repeated_key", f"Another row of this file has the key {row.fields['key']!r}.", "key")
            params = _params(row, people)
            body = log_body(act.transaction, act.commons, act.author, act.writer.now, params, public_only=act.public_only)
            report.batch = report.batch or _open_batch(act, label, keys)
            body = e.Log(**{name: getattr(body, name) for name in body.__struct_fields__ if name != "batch"}, batch=report.batch)
            act.writer.write(act.signer, act.author, "contributions.log", body, key, fresh=True)
            written.add(key)
            report.written += 1
        except (BadInput, Refused, NotFound, Forbidden) as error:
            report.refused.append(RefusedRow(row.line, error.problems))
    name_identities(act.transaction, act.commons, people.named)
    return report


class _People:
    """Who is meant in a sheet: each name is looked up once. `named` are the identities that it brought, with what they were called."""

    def __init__(self, act: Act, secret: bytes, *, identities: bool) -> None:
        self._act = act
        self._secret = secret
        self._identities = identities
        self._known: dict[str, str] = {}
        self.named: dict[str, str] = {}

    def find(self, text: str, *, contributor: bool = False) -> str:
        """The id of an agent; of a contributor whom nobody here is, an identity, if the sheet may bring any.

        Raises:
            NotFound: `commons.unknown_agent`, or `commons.which_agent`: a name that several have is nobody's identity.
        """
        if not text or text in self._known:
            return self._known.get(text, "")
        try:
            found = find_by_name(self._act.transaction, self._act.commons, text, public_only=self._act.public_only)
        except NotFound as error:
            if not (contributor and self._identities) or error.code != "commons.unknown_agent":
                raise
            found = identity_id(self._secret, text)
            if "@" not in text:  # an address is nobody's name
                self.named[found] = text[:200]
        self._known[text] = found
        return found


def _open_batch(act: Act, label: str, keys: list[str]) -> str:
    digest = hashlib.sha256("\n".join([label, *keys]).encode()).hexdigest()
    return act.writer.write(act.signer, act.author, "contributions.batch", e.Batch(source="csv", label=label, head=digest), f"batch:csv:{digest}").id


def _key(row: dict[str, str], seen: Counter[str], secret: bytes) -> str:
    """The row's own key, or a digest of what it says and of how many rows before say the same.

    The digest is keyed: a row has names and addresses in it, which could else be tried against the journal.
    """
    if row["key"]:
        key = f"sheet:{row['key']}"
        return key if len(key) <= KEY_LENGTH_MAX else f"sheet:{_digest(secret, key)}"
    digest = _digest(secret, "\0".join(f"{name}={row[name]}" for name in sorted(row)))
    seen[digest] += 1
    return f"sheet:{digest[:40]}:{seen[digest]}"


def _digest(secret: bytes, text: str) -> str:
    """HMAC-SHA256 under the commons' secret. The word before the text keeps it apart from the digests of addresses."""
    return hmac.new(secret, b"sheet\0" + text.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()


def _params(sheet_row: SheetRow, people: _People) -> LogParams:
    row = sheet_row.fields
    if sheet_row.overlong:
        problem = "The row has more cells than the file has titles: quote what contains the separator, such as a decimal comma."
        raise bad_input("imports.bad_row", problem, "row")
    try:
        parse_quantity(row["amount"])
    except ValueError as error:
        raise bad_input("imports.bad_amount", f"{error}.", "amount") from None
    evidence = [e.Evidence(type=type_, value=row[type_]) for type_ in ("url", "commit", "sha256") if row[type_]]
    plain = {name: row[name] for name in ("kind", "amount", "domain", "process", "fulfills", "note", "repayment")}
    by, to = people.find(row["by"], contributor=True), people.find(row["to"])
    return LogParams(**plain, by=by, to=to, at=_moment(row["at"]), evidence=evidence)


def _moment(text: str) -> str:
    """A day or a time, as the journal writes it; a day counts as its noon (UTC)."""
    if not text:
        return ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise bad_input("imports.bad_time", f"{text!r} is not a day or a time: write 2026-11-23 or 2026-11-23T08:30:00Z.", "at") from None
    if len(text) == 10:
        moment = moment.replace(hour=12)
    seconds = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    if not EARLIEST <= seconds <= LATEST:
        raise bad_input("imports.bad_time", f"{text!r} is not between the years 1900 and 9999.", "at")
    return time_text(seconds)
