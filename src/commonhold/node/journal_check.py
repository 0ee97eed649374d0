"""Walking a stored journal: bytes against columns, the tree, the checkpoints, and every rule again."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Sequence

from ..journal.entry import idempotency_digest, open_envelope
from ..journal.head import Head
from ..journal.keys import public_bytes
from ..journal.note import open_checkpoint, verifier_key
from ..journal.tiles import TILE_HEIGHT
from ..journal.tree import Frontier, leaf_hash
from ..problems import CommonholdError
from ..store.transaction import Transaction
from .findings import UNREADABLE, Report, stored_bytes
from .node import KINDS
from .replay import Replay

FOLD_FAILURES = (CommonholdError, AssertionError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, sqlite3.Error)
"""Whatever a damaged entry does to a fold is a finding, and never ends the verification."""


def check_journal(transaction: Transaction, fresh: Transaction, head: Head, report: Report, seen: Sequence[str]) -> None:
    """Walk the journal: columns against bytes, the tree against the entries, checkpoints against the tree, rules again."""
    commons = head.commons
    notes = _checkpoints(transaction, commons, report)
    earlier = _seen(report, head, seen)
    fresh.insert("journal_head", commons, head.origin, head.vkey, 0, b"", 0)
    walk = _Walk(head, fresh, report, notes, earlier)
    rows = transaction.stream("SELECT position, leaf, idem, data FROM journal_entry WHERE commons = ? ORDER BY position", (commons,))
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

    def step(self, position: int, leaf: bytes, idem: bytes, stored: bytes) -> bool:
        """Look at the next row; False if the journal cannot go on from here."""
        report, frontier, number = self._report, self.frontier, self.frontier.size
        if position != number:
            report.found(f"entry {number}", f"The journal has entry {position} where {number} should stand.")
            return False
        data = stored_bytes(stored)
        computed = leaf_hash(data)
        _check_row(report, number, self._head.origin, (leaf, idem), computed, data)
        for level, index, hash_ in frontier.append(computed):
            if level % TILE_HEIGHT == 0:
                self.nodes[level // TILE_HEIGHT, index] = hash_
        if frontier.size in self._notes:
            _check_note(report, self._notes.pop(frontier.size), self._head, frontier)
        if frontier.size in self._earlier and self._earlier.pop(frontier.size) != frontier.root():
            report.found(f"entry {number}", "The journal up to here is not the one that was seen before: history was rewritten.")
        if self.folding is not None and self._is_new(number, stored_bytes(idem)):
            self._fresh.insert("journal_entry", self._head.commons, position, computed, stored_bytes(idem), data)
            self.folding = _fold(report, self.folding, data)
        return True

    def _is_new(self, number: int, idem: bytes) -> bool:
        """Whether the author has not used this key before; the table is asked only if a hash has occurred before."""
        digest = hash(idem)
        if digest in self._keys:
            before = self._fresh.value("SELECT position FROM journal_entry WHERE commons = ? AND idem = ?", (self._head.commons, idem))
            if before is not None:
                self._report.found(f"entry {number}", f"Its author has used its key before, in entry {before}. The fold stops here.")
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


def _check_row(report: Report, number: int, origin: str, columns: tuple[bytes, bytes], computed: bytes, data: bytes) -> None:
    if columns[0] != computed:
        report.found(f"entry {number}", "Its bytes do not have the hash under which it was stored.")
    try:
        envelope = open_envelope(data)
    except CommonholdError:
        return
    if columns[1] != idempotency_digest(envelope.author, envelope.key):
        report.found(f"entry {number}", "The column idem is not the digest of the entry's author and key.")
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
    if stored_bytes(stored[0]) != b"".join(frontier.hashes):
        report.found("head", "Its frontier is not that of the entries.")
    if folding is not None and stored[1] != folding.time:
        report.found("head", f"Its time is {stored[1]}, that of the entries {folding.time}.")
    first = transaction.value("SELECT data FROM journal_entry WHERE commons = ? AND position = 0", (head.commons,))
    try:
        envelope = open_envelope(stored_bytes(first))
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
