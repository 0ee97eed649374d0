"""Verification: is what is stored what was said, in that order, and do the tables follow from it?"""

from __future__ import annotations

import base64
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from ..journal.entry import open_envelope, signer_of
from ..journal.head import Head, commons_here, read_head
from ..journal.keys import public_bytes
from ..journal.note import open_checkpoint, verifier_key
from ..journal.tiles import TILE_HEIGHT
from ..journal.tree import Frontier, leaf_hash
from ..problems import CommonholdError
from ..store.database import Database, scratch_database
from ..store.transaction import Row, Transaction
from . import tables
from .composition import DERIVED_TABLES, JOURNAL_TABLES
from .replay import Replay

BATCH = 2_000
FINDINGS_MAX = 50
PARALLEL_MIN = 6_000


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
    distributions: int = 0
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


def verify_commons(
    database: Database, kinds: object, commons: str, *, workers: int | None = None, progress: Callable[[int], None] = lambda count: None
) -> Report:
    """Verify one commons of a node: entries, signatures, tree, checkpoints, and that the tables equal a fresh fold."""
    report = Report(commons)
    with tempfile.TemporaryDirectory(prefix="commonhold-verify-") as folder, database.read() as transaction:
        head = read_head(transaction, commons)
        report.origin = head.origin
        signature_findings(_batches(transaction, commons), workers or cores(), report, progress)
        with scratch_database(Path(folder)) as scratch, scratch.write() as fresh:
            tables.create(fresh, DERIVED_TABLES)
            tables.create(fresh, JOURNAL_TABLES)
            _check_journal(transaction, fresh, kinds, head, report)
            _check_tables(transaction, fresh, commons, report)
    return report


def _batches(transaction: Transaction, commons: str) -> Iterator[list[bytes]]:
    rows = transaction.stream("SELECT data FROM journal_entry WHERE commons = ? ORDER BY position", (commons,))
    while batch := [bytes(row[0]) for row in islice(rows, BATCH)]:
        yield batch


def _check_journal(transaction: Transaction, fresh: Transaction, kinds: object, head: Head, report: Report) -> None:
    """Walk the journal: columns against bytes, the tree against the entries, checkpoints against the tree, rules again."""
    commons = head.commons
    notes = dict(transaction.rows("SELECT size, note FROM journal_checkpoint WHERE commons = ?", (commons,)))
    fresh.insert("journal_head", commons, head.origin, head.vkey, 0, b"", 0)
    folding: Replay | None = Replay(fresh, kinds, commons)  # type: ignore[arg-type]
    frontier, nodes = Frontier(), {}
    rows = transaction.stream("SELECT position, leaf, author, key, data FROM journal_entry WHERE commons = ? ORDER BY position", (commons,))
    for number, (position, leaf, author, key, data) in enumerate(rows):
        data, computed = bytes(data), leaf_hash(bytes(data))
        if position != number:
            report.found(f"entry {number}", f"The journal has entry {position} where {number} should stand.")
            break
        _check_row(report, number, bytes(leaf), computed, author, key, data)
        for level, index, hash_ in frontier.append(computed):
            if level % TILE_HEIGHT == 0:
                nodes[level // TILE_HEIGHT, index] = hash_
        if frontier.size in notes:
            _check_note(report, notes.pop(frontier.size), head, frontier)
        if folding is not None:
            fresh.insert("journal_entry", commons, position, computed, author, key, data)
            try:
                entry = folding.add(data)
                report.distributions += entry.kind == "sharing.distribution"
            except (CommonholdError, AssertionError) as error:
                report.found(f"entry {number}", f"The fold stops here: {error}")
                folding = None
    report.entries, report.root = frontier.size, frontier.root().hex()
    for size in notes:
        report.found(f"checkpoint {size}", f"There is a checkpoint for {size} entries, but the journal has {frontier.size}.")
    _check_head(transaction, report, head, frontier, folding)
    _check_nodes(transaction, report, commons, nodes)


def _check_row(report: Report, number: int, leaf: bytes, computed: bytes, author: str, key: str, data: bytes) -> None:
    if leaf != computed:
        report.found(f"entry {number}", "Its bytes do not have the hash under which it was stored.")
    try:
        envelope = open_envelope(data)
    except CommonholdError:
        return
    if (envelope.author, envelope.key) != (author, key):
        report.found(f"entry {number}", "The columns author and key are not what the entry says.")


def _check_note(report: Report, note: str, head: Head, frontier: Frontier) -> None:
    report.checkpoints += 1
    where = f"checkpoint {frontier.size}"
    try:
        checkpoint = open_checkpoint(note, head.vkey)
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
    if bytes(stored[0]) != b"".join(frontier.hashes):
        report.found("head", "Its frontier is not that of the entries.")
    if folding is not None and stored[1] != folding.time:
        report.found("head", f"Its time is {stored[1]}, that of the entries {folding.time}.")
    first = transaction.value("SELECT data FROM journal_entry WHERE commons = ? AND position = 0", (head.commons,))
    try:
        envelope = open_envelope(bytes(first or b""))
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
    for level, number, hash_ in transaction.rows("SELECT level, number, hash FROM journal_node WHERE commons = ?", (commons,)):
        if nodes.pop((level, number), None) != bytes(hash_):
            report.found(f"tile hash level {level}, number {number}", "It is not the hash of the entries beneath it.")
    for level, number in nodes:
        report.found(f"tile hash level {level}, number {number}", "It is missing.")


def _check_tables(transaction: Transaction, fresh: Transaction, commons: str, report: Report) -> None:
    """Compare every derived table with a fresh fold, row for row, in the order of its key."""
    if any(finding.what.startswith("The fold stops") for finding in report.findings):
        return
    for table in tables.DERIVED:
        report.tables += 1
        stored, expected = (tables.ordered_rows(source, table, commons) for source in (transaction, fresh))
        _compare(report, table, stored, expected)


def _compare(report: Report, table: tables.Table, stored: Iterator[Row], expected: Iterator[Row]) -> None:
    width = len(table.key)
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
        assert width == len(indexes)


def _before(one: Row | None, other: Row | None) -> bool:
    """Whether a key sorts before another; keys of damaged rows may have values of other types, which sort last."""
    assert one is not None and other is not None
    return [_sortable(value) for value in one] < [_sortable(value) for value in other]


def _sortable(value: object) -> tuple[int, object]:
    if isinstance(value, int):
        return 0, value
    return (1, value.encode("utf-8", "surrogateescape")) if isinstance(value, str) else (2, value)


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
