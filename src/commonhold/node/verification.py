"""Verification: is what is stored what was said, in that order, and do the tables follow from it?"""

from __future__ import annotations

import base64
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from ..journal.entry import open_envelope, signer_of
from ..journal.head import Head, commons_here, latest_checkpoint, read_head
from ..journal.keys import public_bytes
from ..journal.kinds import unix_time
from ..journal.note import open_checkpoint, read_verifier_key, verifier_key
from ..journal.static import StaticLog
from ..journal.tiles import TILE_HEIGHT
from ..journal.tree import Frontier, leaf_hash
from ..problems import Broken, CommonholdError, Problem
from ..store.database import Database, scratch_database
from ..store.sqlite import SqliteDatabase
from ..store.transaction import Row, Transaction
from . import tables
from .composition import DERIVED_TABLES, JOURNAL_TABLES
from .node import KINDS, Node, silent
from .replay import Replay

BATCH = 2_000
FINDINGS_MAX = 50
PARALLEL_MIN = 6_000
EXPORT = "(export)"

UNREADABLE = sqlite3.DatabaseError
"""What a damaged file raises where it is read: a text that is not UTF-8, a page that leads nowhere."""

FOLD_FAILURES = (CommonholdError, AssertionError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, sqlite3.Error)
"""Whatever a damaged entry does to a fold is a finding, and never ends the verification."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be: where, and what."""

    where: str
    what: str


@dataclass(slots=True)
class Report:
    """What was verified, and what was found."""

    commons: str
    origin: str = ""
    entries: int = 0
    signatures: int = 0
    checkpoints: int = 0
    tables: int = 0
    rows: int = 0
    distributions: list[dict[str, Any]] = field(default_factory=list)
    root: str = ""
    findings: list[Finding] = field(default_factory=list)

    def found(self, where: str, what: str) -> None:
        """Note a finding, if there are not too many already."""
        if len(self.findings) < FINDINGS_MAX:
            self.findings.append(Finding(where, what))

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def check_signatures(batch: list[bytes]) -> list[tuple[int, str]]:
    """(index, what is wrong) for each entry of a batch whose form or signature is not in order."""
    wrong = []
    for index, data in enumerate(batch):
        try:
            signer_of(data, open_envelope(data))
        except CommonholdError as error:
            wrong.append((index, str(error)))
    return wrong


def signature_findings(batches: Iterable[list[bytes]], workers: int, report: Report, progress: Callable[[int], None]) -> None:
    """Check the signatures of all entries, on several cores if there are many."""
    start = 0
    for size, wrong in _checked(iter(batches), workers):
        for index, what in wrong:
            report.found(f"entry {start + index}", what)
        start += size
        report.signatures = start
        progress(start)


def _checked(batches: Iterator[list[bytes]], workers: int) -> Iterator[tuple[int, list[tuple[int, str]]]]:
    first = list(islice(batches, PARALLEL_MIN // BATCH))
    if workers == 1 or sum(map(len, first)) < PARALLEL_MIN:
        for batch in first:
            yield len(batch), check_signatures(batch)
        for batch in batches:
            yield len(batch), check_signatures(batch)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("forkserver")) as pool:
        yield from _spread(pool, iter(first), workers)
        yield from _spread(pool, batches, workers)


def _spread(pool: Executor, batches: Iterator[list[bytes]], workers: int) -> Iterator[tuple[int, list[tuple[int, str]]]]:
    """Keep every worker busy, without reading the whole journal ahead."""
    running: list[tuple[int, object]] = []
    for batch in batches:
        running.append((len(batch), pool.submit(check_signatures, batch)))
        if len(running) > 2 * workers:
            size, future = running.pop(0)
            yield size, future.result()  # type: ignore[attr-defined]
    for size, future in running:
        yield size, future.result()  # type: ignore[attr-defined]


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def verify_node(node: Node, wanted: str | None = None, seen: Path | None = None, progress: Callable[[int], None] = silent) -> list[Report]:
    """Verify all commons of a node, or one. What verifies is remembered: the next time, the journal must still contain it."""
    reports = []
    try:
        with node.read() as transaction:
            here = commons_here(transaction)
            stray = strays(transaction)
    except UNREADABLE as error:
        raise Broken(Problem("store.damaged", f"The tables cannot be read: {error}.")) from error
    for commons in here if wanted is None else [node.only_commons(wanted)]:
        remembered = node.home / "verified" / f"{commons}.checkpoint"
        notes = [_text(path) for path in (seen, remembered) if path is not None and path.exists()]
        report = verify_commons(node.database, commons, notes, progress=progress)
        reports.append(report)
        if report.ok and report.entries:
            with node.read() as transaction:
                remembered.parent.mkdir(exist_ok=True)
                remembered.write_bytes(latest_checkpoint(transaction, commons).encode())
    if stray or not here:
        whole = Report("(the node)", findings=stray or [Finding("journal_head", "No commons lives here.")])
        reports.append(whole)
    if isinstance(node.database, SqliteDatabase) and (damage := node.database.integrity_problems()):
        reports.append(Report("(the file)", findings=[Finding("commonhold.db", what) for what in damage]))
    return reports


def _text(path: Path) -> str:
    """A note as it is: no line ending is turned into another."""
    return path.read_bytes().decode(errors="replace")


def verify_commons(
    database: Database, commons: str, notes: Sequence[str] = (), *, workers: int | None = None, progress: Callable[[int], None] = silent
) -> Report:
    """Verify one commons of a node: entries, signatures, tree, checkpoints, and that the tables equal a fresh fold.

    Args:
        notes: Checkpoints seen earlier, which the journal must contain.
    """
    report = Report(commons)
    with tempfile.TemporaryDirectory(prefix="commonhold-verify-") as folder, database.read() as transaction:
        try:
            head = read_head(transaction, commons)
        except UNREADABLE as error:
            raise Broken(Problem("store.damaged", f"Table journal_head cannot be read: {error}.")) from error
        report.origin = head.origin
        try:
            signature_findings(_batches(transaction, commons), workers or cores(), report, progress)
        except UNREADABLE as error:
            report.found("table journal_entry", f"It cannot be read: {error}.")
        with scratch_database(Path(folder)) as scratch, scratch.write() as fresh:
            tables.create(fresh, DERIVED_TABLES)
            tables.create(fresh, JOURNAL_TABLES)
            _check_journal(transaction, fresh, head, report, notes)
            _check_tables(transaction, fresh, commons, report)
    return report


def verify_export(folder: Path, vkey: str | None = None, seen: Path | None = None, progress: Callable[[int], None] = silent) -> Report:
    """Verify a journal in static files, without its node: the same checks, but for tables, which are not in it.

    Args:
        vkey: The verifier key that one trusts; without it, the one in the folder is believed.
    """
    log = StaticLog.at(folder)
    report = Report("")
    if vkey is not None and vkey.strip() != log.vkey:
        report.found("verifier-key", "It is not the one that you trust.")
    with tempfile.TemporaryDirectory(prefix="commonhold-verify-") as scratch_folder, scratch_database(Path(scratch_folder)) as scratch:
        with scratch.write() as given:
            tables.create(given, JOURNAL_TABLES)
            for index in ("journal_entry_leaf", "journal_entry_key"):
                given.execute(f"DROP INDEX {index}")  # an export may hold what no journal holds; that is found later
            _load(given, log, report)
        (Path(scratch_folder) / "fold").mkdir()
        notes = [_text(seen)] if seen else []
        with scratch.read() as given, scratch_database(Path(scratch_folder) / "fold") as folded, folded.write() as fresh:
            tables.create(fresh, DERIVED_TABLES)
            tables.create(fresh, JOURNAL_TABLES)
            signature_findings(_batches(given, EXPORT), cores(), report, progress)
            _check_journal(given, fresh, read_head(given, EXPORT), report, notes)
    return report


def _load(given: Transaction, log: StaticLog, report: Report) -> None:
    """Take an export as if it were what a node has stored, so that the same checks apply."""
    name, _ = read_verifier_key(log.vkey)
    report.origin = name
    frontier, leaves = Frontier(), [hash_ for level, _, hashes in log.hashes() if level == 0 for hash_ in hashes]
    for level, first, hashes in log.hashes():
        for number, hash_ in enumerate(hashes, first):
            if level:
                given.insert("journal_node", EXPORT, level, number, hash_)
    time = 0
    for position, data in enumerate(data for bundle in log.bundles() for data in bundle):
        try:
            envelope = open_envelope(data)
            author, key = envelope.author, envelope.key
            time = max(time, unix_time(envelope.created))
        except CommonholdError:  # found when the signatures are checked
            author, key = "", ""
        frontier.append(leaf_hash(data))
        given.insert("journal_entry", EXPORT, position, leaves[position], author, key, data)
    given.insert("journal_head", EXPORT, name, log.vkey, frontier.size, b"".join(frontier.hashes), time)
    given.insert("journal_checkpoint", EXPORT, log.size, log.note)


def _batches(transaction: Transaction, commons: str) -> Iterator[list[bytes]]:
    rows = transaction.stream("SELECT data FROM journal_entry WHERE commons = ? ORDER BY position", (commons,))
    while batch := [_bytes(row[0]) for row in islice(rows, BATCH)]:
        yield batch


def _bytes(value: object) -> bytes:
    """A stored value that should be bytes; nothing, where damage has made something else of it."""
    return value if isinstance(value, bytes) else b""


def _check_journal(transaction: Transaction, fresh: Transaction, head: Head, report: Report, seen: Sequence[str]) -> None:
    """Walk the journal: columns against bytes, the tree against the entries, checkpoints against the tree, rules again."""
    commons = head.commons
    notes = _checkpoints(transaction, commons, report)
    earlier = _seen(report, head, seen)
    fresh.insert("journal_head", commons, head.origin, head.vkey, 0, b"", 0)
    walk = _Walk(head, fresh, report, notes, earlier)
    rows = transaction.stream("SELECT position, leaf, author, key, data FROM journal_entry WHERE commons = ? ORDER BY position", (commons,))
    try:
        for row in rows:
            if not walk.step(*row):
                break
        fresh.flush()
    except UNREADABLE as error:
        report.found(f"entry {walk.frontier.size}", f"Table journal_entry cannot be read as far as here: {error}. The fold stops here.")
    frontier = walk.frontier
    for size in earlier:
        report.found("journal", f"A checkpoint for {size} entries was seen before; the journal has {frontier.size}: entries are missing.")
    _check_published(fresh, report, commons)
    report.entries, report.root = frontier.size, frontier.root().hex()
    for size in notes:
        report.found(f"checkpoint {size}", f"There is a checkpoint for {size} entries, but the journal has {frontier.size}.")
    _check_head(transaction, report, head, frontier, walk.folding)
    _check_nodes(transaction, report, commons, walk.nodes)


def _checkpoints(transaction: Transaction, commons: str, report: Report) -> dict[int, str]:
    """All checkpoints by their size."""
    try:
        return dict(transaction.rows("SELECT size, note FROM journal_checkpoint WHERE commons = ?", (commons,)))
    except UNREADABLE as error:
        report.found("table journal_checkpoint", f"It cannot be read: {error}.")
        return {}


class _Walk:
    """One entry after another: columns against bytes, the tree, the checkpoints on the way, and the fold."""

    def __init__(self, head: Head, fresh: Transaction, report: Report, notes: dict[int, str], earlier: dict[int, bytes]) -> None:
        self.frontier = Frontier()
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.folding: Replay | None = Replay(fresh, KINDS, head.commons)
        self._head, self._fresh, self._report = head, fresh, report
        self._notes, self._earlier = notes, earlier
        self._keys: set[int] = set()

    def step(self, position: int, leaf: bytes, author: str, key: str, stored: bytes) -> bool:
        """Look at the next row; False if the journal cannot go on from here."""
        report, frontier, number = self._report, self.frontier, self.frontier.size
        if position != number:
            report.found(f"entry {number}", f"The journal has entry {position} where {number} should stand.")
            return False
        data = _bytes(stored)
        computed = leaf_hash(data)
        _check_row(report, number, self._head.origin, (leaf, author, key), computed, data)
        for level, index, hash_ in frontier.append(computed):
            if level % TILE_HEIGHT == 0:
                self.nodes[level // TILE_HEIGHT, index] = hash_
        if frontier.size in self._notes:
            _check_note(report, self._notes.pop(frontier.size), self._head, frontier)
        if frontier.size in self._earlier and self._earlier.pop(frontier.size) != frontier.root():
            report.found(f"entry {number}", "The journal up to here is not the one that was seen before: history was rewritten.")
        if self.folding is not None and self._is_new(number, author, key):
            self._fresh.insert("journal_entry", self._head.commons, position, computed, str(author), str(key), data)
            self.folding = _fold(report, self.folding, data)
        return True

    def _is_new(self, number: int, author: str, key: str) -> bool:
        """Whether the author has not used this key before; the table is asked only if a hash has occurred before."""
        digest = hash((author, key))
        if digest in self._keys:
            sql = "SELECT position FROM journal_entry WHERE commons = ? AND author = ? AND key = ?"
            before = self._fresh.value(sql, (self._head.commons, author, key))
            if before is not None:
                self._report.found(f"entry {number}", f"Its author has used its key {key!r} before, in entry {before}. The fold stops here.")
                self.folding = None
                return False
        self._keys.add(digest)
        return True


def _seen(report: Report, head: Head, notes: Sequence[str]) -> dict[int, bytes]:
    """Size and root of checkpoints seen earlier."""
    found = {}
    for note in notes:
        try:
            checkpoint = open_checkpoint(note, head.vkey)
            found[checkpoint.size] = checkpoint.root
        except CommonholdError as error:
            report.found("a checkpoint seen earlier", str(error))
    return found


def _fold(report: Report, folding: Replay, data: bytes) -> Replay | None:
    """Fold the next entry; None when the fold cannot go on. A distribution folds only if it is computed alike."""
    number = folding.frontier.size
    try:
        entry = folding.add(data)
    except FOLD_FAILURES as error:
        report.found(f"entry {number}", f"The fold stops here: {error}")
        if b'"kind":"sharing.distribution"' in data:
            report.distributions.append({"number": len(report.distributions) + 1, "entry": number, "equal": False} | dict.fromkeys(_SHOWN, ""))
        return None
    if entry.kind == "sharing.distribution":
        shown = {name: getattr(entry.body, name) for name in _SHOWN}
        report.distributions.append({"number": len(report.distributions) + 1, "entry": number, "equal": True} | shown)
    return folding


_SHOWN = ("given", "kept", "currency", "shares")


def _check_published(fresh: Transaction, report: Report, commons: str) -> None:
    """Every distribution is followed by all of its shares."""
    for number, shares, published in fresh.rows("SELECT number, shares, published FROM distribution WHERE commons = ?", (commons,)):
        if shares != published:
            report.found(f"distribution {number}", f"It has {shares} shares; {published} of them are in the journal.")


def _check_row(report: Report, number: int, origin: str, columns: tuple[bytes, str, str], computed: bytes, data: bytes) -> None:
    if columns[0] != computed:
        report.found(f"entry {number}", "Its bytes do not have the hash under which it was stored.")
    try:
        envelope = open_envelope(data)
    except CommonholdError:
        return
    if (envelope.author, envelope.key) != columns[1:]:
        report.found(f"entry {number}", "The columns author and key are not what the entry says.")
    if envelope.commons != origin:
        report.found(f"entry {number}", f"It was signed for {envelope.commons}, not for {origin}.")


def _check_note(report: Report, note: str, head: Head, frontier: Frontier) -> None:
    report.checkpoints += 1
    where = f"checkpoint {frontier.size}"
    try:
        checkpoint = open_checkpoint(str(note), head.vkey)
    except CommonholdError as error:
        report.found(where, str(error))
        return
    if (checkpoint.origin, checkpoint.size) != (head.origin, frontier.size):
        report.found(where, f"It speaks of {checkpoint.origin} with {checkpoint.size} entries.")
    elif checkpoint.root != frontier.root():
        encoded = base64.b64encode(frontier.root()).decode()
        report.found(where, f"Its root is not that of the entries before it, {encoded}: one of them was changed.")


def _check_head(transaction: Transaction, report: Report, head: Head, frontier: Frontier, folding: Replay | None) -> None:
    stored = transaction.row("SELECT frontier, time FROM journal_head WHERE commons = ?", (head.commons,))
    assert stored is not None
    if head.frontier.size != frontier.size:
        report.found("head", f"It says {head.frontier.size} entries; there are {frontier.size}.")
    if _bytes(stored[0]) != b"".join(frontier.hashes):
        report.found("head", "Its frontier is not that of the entries.")
    if folding is not None and stored[1] != folding.time:
        report.found("head", f"Its time is {stored[1]}, that of the entries {folding.time}.")
    first = transaction.value("SELECT data FROM journal_entry WHERE commons = ? AND position = 0", (head.commons,))
    try:
        envelope = open_envelope(_bytes(first))
        node = bytes(envelope.body).partition(b'"node":"')[2].partition(b'"')[0].decode()
        if head.vkey != verifier_key(head.origin, public_bytes(node)):
            report.found("head", "Its verifier key is not that of the node that the first entry names.")
        if envelope.commons != head.origin:
            report.found("head", f"Its origin is {head.origin}; the first entry says {envelope.commons}.")
    except (CommonholdError, ValueError) as error:
        report.found("entry 0", f"The first entry cannot be read: {error}")
    last = transaction.value("SELECT MAX(size) FROM journal_checkpoint WHERE commons = ?", (head.commons,))
    if last != frontier.size:
        report.found("checkpoint", f"The last checkpoint covers {last} entries of {frontier.size}.")


def _check_nodes(transaction: Transaction, report: Report, commons: str, nodes: dict[tuple[int, int], bytes]) -> None:
    try:
        stored = transaction.rows("SELECT level, number, hash FROM journal_node WHERE commons = ?", (commons,))
    except UNREADABLE as error:
        report.found("table journal_node", f"It cannot be read: {error}.")
        return
    for level, number, hash_ in stored:
        if nodes.pop((level, number), None) != hash_:
            report.found(f"tile hash level {level}, number {number}", "It is not the hash of the entries beneath it.")
    for level, number in nodes:
        report.found(f"tile hash level {level}, number {number}", "It is missing.")


def _check_tables(transaction: Transaction, fresh: Transaction, commons: str, report: Report) -> None:
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
