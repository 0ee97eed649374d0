"""The static layout of C2SP `tlog-tiles`: names of tiles, and bundles of entries.

`checkpoint`, `tile/<L>/<N>[.p/<W>]` (256 hashes of 32 bytes) and `tile/entries/<N>[.p/<W>]` (256 entries, each after its
length in two bytes). N is written in groups of three digits, all but the last with an `x` before: 1234067 → x001/x234/067.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..problems import Broken, Problem

TILE_WIDTH = 256
TILE_HEIGHT = 8
_PATH = re.compile(r"tile/(?P<level>[0-9]|[1-5][0-9]|6[0-3]|entries)/(?P<groups>(x[0-9]{3}/)*[0-9]{3})(\.p/(?P<width>[1-9][0-9]{0,2}))?")


def tile_path(level: int | str, index: int, width: int = TILE_WIDTH) -> str:
    """The path of a tile, partial if its width is below 256.

    >>> tile_path("entries", 1234067, 8)
    'tile/entries/x001/x234/067.p/8'
    """
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(reversed(groups))}{partial}"


def parse_tile_path(path: str) -> tuple[int | str, int, int] | None:
    """(level or "entries", index, width) of a tile's path, or None if it is none."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    level: int | str = match["level"] if match["level"] == "entries" else int(match["level"])
    index = int(match["groups"].replace("x", "").replace("/", ""))
    width = int(match["width"] or TILE_WIDTH)
    if width > TILE_WIDTH or tile_path(level, index, width if match["width"] else TILE_WIDTH) != path:
        return None
    return level, index, width


def tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    """All (level, index, width) that a tree of this size publishes, level by level."""
    level = 0
    while size:
        for index in range(size // TILE_WIDTH):
            yield level, index, TILE_WIDTH
        if size % TILE_WIDTH:
            yield level, size // TILE_WIDTH, size % TILE_WIDTH
        size //= TILE_WIDTH
        level += 1


def bundle(entries: list[bytes]) -> bytes:
    """An entry bundle: each entry after its length as a big-endian 16-bit number."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unbundle(data: bytes) -> list[bytes]:
    """The entries of a bundle.

    Raises:
        Broken: `journal.bad_bundle`.
    """
    entries, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if end > len(data):
            raise Broken(Problem("journal.bad_bundle", "A bundle of entries ends in the middle of an entry."))
        entries.append(data[at + 2 : end])
        at = end
    return entries
