"""A journal as static files in the layout of tlog-tiles: any web server, cache or USB stick can carry it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..problems import Broken, Problem, bad_input
from ..store.transaction import Transaction
from .head import entries, latest_checkpoint, read_head, tile_hashes
from .tiles import TILE_WIDTH, bundle, tile_path, tiles_of, unbundle

CHECKPOINT = "checkpoint"
VERIFIER_KEY = "verifier-key"


def tile(transaction: Transaction, commons: str, level: int, index: int, width: int) -> bytes:
    """The bytes of a tile of hashes; shorter than 32·width if the tree is not that large."""
    return b"".join(tile_hashes(transaction, commons, level, index * TILE_WIDTH, width))


def entry_bundle(transaction: Transaction, commons: str, index: int, width: int) -> bytes:
    """The bytes of a bundle of entries."""
    start = index * TILE_WIDTH
    return bundle(list(entries(transaction, commons, start, start + width)))


def export_static(transaction: Transaction, commons: str, folder: Path) -> tuple[int, int]:
    """Write checkpoint, verifier key, tiles and bundles into a folder; return (entries, files).

    The checkpoint is written last, so that a folder that is being written is never ahead of what is in it.

    Raises:
        BadInput: `journal.other_log`, if the folder holds another log.
    """
    head = read_head(transaction, commons)
    note = latest_checkpoint(transaction, commons)
    size = int(note.split("\n")[1])
    known = folder / VERIFIER_KEY
    if known.exists() and known.read_text().strip() != head.vkey:
        raise bad_input("journal.other_log", f"{folder} holds another log; choose an empty folder.", "folder")
    count = 2
    for level, index, width in tiles_of(size):
        count += _write(folder / tile_path(level, index, width), lambda: tile(transaction, commons, level, index, width))  # noqa: B023
        if level == 0:
            count += _write(folder / tile_path("entries", index, width), lambda: entry_bundle(transaction, commons, index, width))  # noqa: B023
    _replace(known, f"{head.vkey}\n".encode())
    _replace(folder / CHECKPOINT, note.encode())
    return size, count


def _write(path: Path, content: object) -> int:
    """Write a tile that is not there yet. Tiles never change."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, content())  # type: ignore[operator]
    return 1


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)


@dataclass(frozen=True, slots=True)
class StaticLog:
    """A log in a folder, as it says it is; nothing of it has been verified."""

    folder: Path
    note: str
    vkey: str
    size: int

    @classmethod
    def at(cls, folder: Path) -> StaticLog:
        """Open a folder.

        Raises:
            Broken: `journal.bad_export`.
        """
        try:
            note = (folder / CHECKPOINT).read_bytes().decode()
            vkey = (folder / VERIFIER_KEY).read_bytes().decode().strip()
            size = int(note.split("\n")[1])
        except (OSError, ValueError, IndexError, UnicodeDecodeError) as error:
            raise Broken(Problem("journal.bad_export", f"{folder} does not hold an exported journal: {error}.")) from None
        return cls(folder, note, vkey, size)

    def bundles(self) -> Iterator[list[bytes]]:
        """The entries, a bundle at a time."""
        for level, index, width in tiles_of(self.size):
            if level == 0:
                found = unbundle(self._read(tile_path("entries", index, width)))
                if len(found) != width:
                    raise Broken(Problem("journal.bad_export", f"Bundle {index} has {len(found)} entries where {width} should be."))
                yield found

    def hashes(self) -> Iterator[tuple[int, int, list[bytes]]]:
        """(level, number of the first hash, hashes) of every tile."""
        for level, index, width in tiles_of(self.size):
            data = self._read(tile_path(level, index, width))
            if len(data) != 32 * width:
                raise Broken(Problem("journal.bad_export", f"Tile {level}/{index} has {len(data)} bytes where {32 * width} should be."))
            yield level, index * TILE_WIDTH, [data[at : at + 32] for at in range(0, len(data), 32)]

    def _read(self, path: str) -> bytes:
        try:
            return (self.folder / path).read_bytes()
        except OSError as error:
            raise Broken(Problem("journal.bad_export", f"{path} cannot be read: {error.strerror}.")) from None
