"""The head of a journal, and reading what is beneath it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..problems import Broken, Problem, not_found
from ..store.transaction import Transaction
from .keys import SigningKey
from .note import Checkpoint, verifier_key
from .tiles import TILE_HEIGHT, TILE_WIDTH
from .tree import EMPTY_ROOT, HASH_BYTES, Frontier, NodeReader, node_hash


@dataclass(slots=True)
class Head:
    """Where a journal ends: its size and frontier, the checkpoint key, and journal time (unix seconds)."""

    commons: str
    origin: str
    vkey: str
    frontier: Frontier
    time: int

    def checkpoint(self) -> Checkpoint:
        """What the log says of itself now."""
        return Checkpoint(self.origin, self.frontier.size, self.frontier.root())


def create_head(transaction: Transaction, commons: str, origin: str, node: SigningKey) -> None:
    """Open an empty journal."""
    transaction.insert("journal_head", commons, origin, verifier_key(origin, node.public), 0, b"", 0)


def read_head(transaction: Transaction, commons: str) -> Head:
    """The head of a commons' journal.

    Raises:
        NotFound: `commons.unknown`. Broken: `journal.bad_head`.
    """
    row = transaction.row("SELECT origin, vkey, size, frontier, time FROM journal_head WHERE commons = ?", (commons,))
    if row is None:
        raise not_found("commons.unknown", f"No commons {commons!r} lives on this node.", "commons")
    origin, vkey, size, frontier, time = row
    if (*map(type, row),) != (str, str, int, bytes, int) or size < 0:
        raise Broken(Problem("journal.bad_head", f"The head of the journal of {commons!r} is damaged (table journal_head)."))
    hashes = [frontier[at : at + HASH_BYTES] for at in range(0, len(frontier), HASH_BYTES)]
    if len(hashes) != size.bit_count():
        hashes = [b"\0" * HASH_BYTES] * size.bit_count()
    return Head(commons, origin, vkey, Frontier(size, hashes), time)


def commons_here(transaction: Transaction) -> list[str]:
    """The short names of the commons on this node."""
    return [row[0] for row in transaction.rows("SELECT commons FROM journal_head ORDER BY commons")]


def entries(transaction: Transaction, commons: str, start: int, end: int) -> Iterator[bytes]:
    """The bytes of the entries start…end-1."""
    found = transaction.stream(
        "SELECT data FROM journal_entry WHERE commons = ? AND position >= ? AND position < ? ORDER BY position",
        (commons, start, end),
    )
    return (bytes(row[0]) for row in found)


def latest_checkpoint(transaction: Transaction, commons: str, at_least: int = 0) -> str:
    """The newest signed checkpoint, which must cover so many entries.

    Raises:
        NotFound: `journal.no_checkpoint`.
    """
    note = transaction.value("SELECT note FROM journal_checkpoint WHERE commons = ? AND size >= ? ORDER BY size DESC LIMIT 1", (commons, at_least))
    if note is None:
        raise not_found("journal.no_checkpoint", f"No checkpoint covers {at_least} entries yet.")
    return str(note)


def tile_hashes(transaction: Transaction, commons: str, level: int, start: int, count: int) -> list[bytes]:
    """`count` hashes of tile level `level` from number `start`: leaves at level 0, complete tiles of the level below else."""
    if level == 0:
        sql = "SELECT leaf FROM journal_entry WHERE commons = ? AND position >= ? AND position < ? ORDER BY position"
        parameters: tuple[object, ...] = (commons, start, start + count)
    else:
        sql = "SELECT hash FROM journal_node WHERE commons = ? AND level = ? AND number >= ? AND number < ? ORDER BY number"
        parameters = (commons, level, start, start + count)
    return [bytes(row[0]) for row in transaction.rows(sql, parameters)]


def node_reader(transaction: Transaction, commons: str) -> NodeReader:
    """Gives the hash of any complete subtree from the stored tiles."""

    def read(level: int, index: int) -> bytes:
        tile_level, within = divmod(level, TILE_HEIGHT)
        hashes = tile_hashes(transaction, commons, tile_level, index << within, 1 << within)
        if len(hashes) != 1 << within:
            raise not_found("journal.incomplete", f"The tree lacks hashes under level {level}, number {index}.")
        while len(hashes) > 1:
            hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
        return hashes[0]

    return read


__all__ = [
    "EMPTY_ROOT",
    "TILE_WIDTH",
    "Head",
    "commons_here",
    "create_head",
    "entries",
    "latest_checkpoint",
    "node_reader",
    "read_head",
    "tile_hashes",
]
