"""Verification: is what is stored what was said, in that order, and do the tables follow from it?"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from ..journal.entry import idempotency_digest, open_envelope
from ..journal.head import commons_here, latest_checkpoint, read_head
from ..journal.kinds import unix_time
from ..journal.note import read_verifier_key
from ..journal.static import StaticLog
from ..journal.tree import Frontier, leaf_hash
from ..problems import Broken, CommonholdError, Problem
from ..store.database import Database, scratch_database
from ..store.sqlite import SqliteDatabase
from ..store.transaction import Transaction
from . import tables
from .composition import DERIVED_TABLES, JOURNAL_TABLES
from .findings import UNREADABLE, Finding, Report, stored_bytes
from .journal_check import check_journal
from .node import Node, silent
from .signatures import BATCH, cores, signature_findings
from .table_check import check_tables, strays

EXPORT = "(export)"
UNWRITABLE = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
"""What the system says of a folder that can only be read."""


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
                _remember(remembered, latest_checkpoint(transaction, commons))
    if stray or not here:
        whole = Report("(the node)", findings=stray or [Finding("journal_head", "No commons lives here.")])
        reports.append(whole)
    if isinstance(node.database, SqliteDatabase) and (damage := node.database.integrity_problems()):
        reports.append(Report("(the file)", findings=[Finding("commonhold.db", what) for what in damage]))
    return reports


def _remember(path: Path, note: str) -> None:
    """Keep a checkpoint, whole or not at all: half a one would look like a journal that was rewritten. What cannot be written keeps nothing."""
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(exist_ok=True, mode=0o700)
        path.parent.chmod(0o700)
        with part.open("wb") as file:
            file.write(note.encode())
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise


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
            check_journal(transaction, fresh, head, report, notes)
            check_tables(transaction, fresh, commons, report)
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
            for index in ("journal_entry_leaf", "journal_entry_idem"):
                given.execute(f"DROP INDEX {index}")  # an export may hold what no journal holds; that is found later
            _load(given, log, report)
        (Path(scratch_folder) / "fold").mkdir()
        notes = [_text(seen)] if seen else []
        with scratch.read() as given, scratch_database(Path(scratch_folder) / "fold") as folded, folded.write() as fresh:
            tables.create(fresh, DERIVED_TABLES)
            tables.create(fresh, JOURNAL_TABLES)
            signature_findings(_batches(given, EXPORT), cores(), report, progress)
            check_journal(given, fresh, read_head(given, EXPORT), report, notes)
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
            idem = idempotency_digest(envelope.author, envelope.key)
            time = max(time, unix_time(envelope.created))
        except CommonholdError:  # found when the signatures are checked
            idem = b""
        frontier.append(leaf_hash(data))
        given.insert("journal_entry", EXPORT, position, leaves[position], idem, data)
    given.insert("journal_head", EXPORT, name, log.vkey, frontier.size, b"".join(frontier.hashes), time)
    given.insert("journal_checkpoint", EXPORT, log.size, log.note)


def _batches(transaction: Transaction, commons: str) -> Iterator[list[bytes]]:
    rows = transaction.stream("SELECT data FROM journal_entry WHERE commons = ? ORDER BY position", (commons,))
    while batch := [stored_bytes(row[0]) for row in islice(rows, BATCH)]:
        yield batch
