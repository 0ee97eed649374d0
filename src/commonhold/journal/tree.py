"""The Merkle tree of RFC 6962 over the hashes of entries: pure functions.

Hashes are 32 bytes. The root of no entries is SHA-256 of nothing. A subtree is named by (level, index): the complete
subtree of height `level` over leaves index·2^level to (index+1)·2^level - 1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

EMPTY_ROOT = hashlib.sha256(b"").digest()
HASH_BYTES = 32

NodeReader = Callable[[int, int], bytes]
"""Gives the hash of the complete subtree (level, index)."""


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 ‖ data)."""
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\1" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: for each 1-bit of the size, largest first, the root of that complete subtree."""

    __slots__ = ("hashes", "size")

    def __init__(self, size: int = 0, hashes: list[bytes] | None = None) -> None:
        self.size = size
        self.hashes = list(hashes or [])
        assert len(self.hashes) == size.bit_count(), "one hash for each complete subtree"

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf; return the subtrees that it completed, as (level, index, hash), lowest first."""
        completed = []
        hash_, level, position = leaf, 0, self.size
        while (position >> level) & 1:
            hash_ = node_hash(self.hashes.pop(), hash_)
            level += 1
            completed.append((level, position >> level, hash_))
        self.hashes.append(hash_)
        self.size += 1
        return completed

    def root(self) -> bytes:
        """The root of the tree as it stands."""
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root


def range_hash(read: NodeReader, start: int, end: int) -> bytes:
    """The hash of the tree over leaves start…end-1, MTH of RFC 6962; start is a multiple of the largest subtree in it."""
    count = end - start
    assert count > 0, "a range has at least one leaf"
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return read(level, start >> level)
    split = 1 << ((count - 1).bit_length() - 1)
    return node_hash(range_hash(read, start, start + split), range_hash(read, start + split, end))


def inclusion_proof(read: NodeReader, index: int, size: int) -> list[bytes]:
    """PATH(index, D[size]) of RFC 6962, 2.1.1: the hashes that lead from a leaf to the root, lowest first."""
    assert 0 <= index < size

    def path(start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        split = start + (1 << ((end - start - 1).bit_length() - 1))
        if index < split:
            return [*path(start, split), range_hash(read, split, end)]
        return [*path(split, end), range_hash(read, start, split)]

    return path(0, size)


def consistency_proof(read: NodeReader, old: int, new: int) -> list[bytes]:
    """PROOF(old, D[new]) of RFC 6962, 2.1.2: shows that the tree of `new` leaves begins with the tree of `old`."""
    assert 0 <= old <= new
    if old in (0, new):
        return []

    def proof(start: int, end: int, whole: bool) -> list[bytes]:
        if end == old:
            return [] if whole else [range_hash(read, start, end)]
        split = start + (1 << ((end - start - 1).bit_length() - 1))
        if old <= split:
            return [*proof(start, split, whole), range_hash(read, split, end)]
        return [*proof(split, end, False), range_hash(read, start, split)]

    return proof(0, new, True)


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes | None:
    """The root that an inclusion proof leads to (RFC 9162, 2.1.3.2), or None if the proof has the wrong length."""
    if not 0 <= index < size:
        return None
    node, last, root = index, size - 1, leaf
    for hash_ in proof:
        if last == 0:
            return None
        if node & 1 or node == last:
            root = node_hash(hash_, root)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            root = node_hash(root, hash_)
        node >>= 1
        last >>= 1
    return root if last == 0 else None


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: list[bytes]) -> bool:
    """Whether a consistency proof shows that the new tree begins with the old one (RFC 9162, 2.1.4.2)."""
    if old > new or (old == new and old_root != new_root):
        return False
    if old in (0, new):
        return not proof and (old != 0 or old_root == EMPTY_ROOT)
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        return False
    node, last = old - 1, new - 1
    while node & 1:
        node >>= 1
        last >>= 1
    first = second = path[0]
    for hash_ in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            first, second = node_hash(hash_, first), node_hash(hash_, second)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            second = node_hash(second, hash_)
        node >>= 1
        last >>= 1
    return last == 0 and first == old_root and second == new_root
