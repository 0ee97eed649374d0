"""The Merkle tree of RFC 6962 against its definition, for random sizes."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonhold.journal.tree import (
    EMPTY_ROOT,
    Frontier,
    NodeReader,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    leaf_hash,
    node_hash,
    range_hash,
    root_from_inclusion,
)

SIZES = st.integers(1, 600)


@lru_cache(maxsize=100_000)
def naive(start: int, end: int) -> bytes:
    """MTH(D[start:end]) as RFC 6962, 2.1 defines it, over entries that are ASCII decimals."""
    if end == start:
        return hashlib.sha256(b"").digest()
    if end - start == 1:
        return hashlib.sha256(b"\0" + str(start).encode()).digest()
    split = 1
    while split * 2 < end - start:
        split *= 2
    return hashlib.sha256(b"\1" + naive(start, start + split) + naive(start + split, end)).digest()


def leaf(index: int) -> bytes:
    """The hash of an entry."""
    return naive(index, index + 1)


def read(level: int, index: int) -> bytes:
    """A complete subtree."""
    return naive(index << level, (index + 1) << level)


def altered(hashes: list[bytes], which: int, bit: int) -> list[bytes]:
    """A list of hashes with one bit of one of them changed."""
    changed = list(hashes)
    data = bytearray(changed[which])
    data[bit // 8] ^= 1 << (bit % 8)
    changed[which] = bytes(data)
    return changed


def test_leaves_and_nodes_are_hashed_apart() -> None:
    """A leaf and a node of the same bytes have different hashes."""
    assert leaf_hash(b"") == hashlib.sha256(b"\0").digest()
    assert node_hash(b"a" * 32, b"b" * 32) != leaf_hash(b"a" * 32 + b"b" * 32)
    assert Frontier().root() == EMPTY_ROOT == hashlib.sha256(b"").digest()


def test_a_frontier_equals_the_definition_at_every_size() -> None:
    """The growing edge gives the root of the definition, holds one hash for each 1-bit of the size, and can be resumed."""
    frontier = Frontier()
    for size in range(600):
        assert frontier.root() == naive(0, size)
        assert len(frontier.hashes) == size.bit_count()
        resumed = Frontier(frontier.size, frontier.hashes)
        for level, index, hash_ in frontier.append(leaf(size)):
            assert hash_ == read(level, index)
            assert (index + 1) << level == size + 1
        resumed.append(leaf(size))
        assert resumed.hashes == frontier.hashes


def test_a_frontier_needs_as_many_hashes_as_its_size_has_bits() -> None:
    """A frontier that does not fit its size is a mistake of the program."""
    with pytest.raises(AssertionError):
        Frontier(3, [b"\0" * 32])


@given(SIZES)
def test_a_range_from_the_beginning_is_the_root(size: int) -> None:
    """The hash over a whole tree is its root."""
    assert range_hash(read, 0, size) == naive(0, size)


@given(SIZES, st.data())
def test_inclusion(size: int, data: st.DataObject) -> None:
    """A proof leads from its leaf to the root, and any other leaf, index, size or hash does not."""
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(read, index, size)
    root = naive(0, size)
    assert root_from_inclusion(leaf(index), index, size, proof) == root
    assert root_from_inclusion(leaf(size), index, size, proof) != root
    if proof:
        which, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
        assert root_from_inclusion(leaf(index), index, size, altered(proof, which, bit)) != root
        assert root_from_inclusion(leaf(index), index, size, proof[:-1]) is None
    assert root_from_inclusion(leaf(index), index, size, [*proof, root]) is None
    other = data.draw(st.integers(-1, size + 5).filter(lambda number: number != index))
    assert root_from_inclusion(leaf(index), other, size, proof) != root


@given(SIZES, st.data())
def test_consistency(new: int, data: st.DataObject) -> None:
    """A proof shows that one tree begins with another; with any other root, size or hash it shows nothing."""
    old = data.draw(st.integers(0, new))
    proof = consistency_proof(read, old, new)
    before, after = naive(0, old), naive(0, new)
    assert is_consistent(old, before, new, after, proof)
    assert not is_consistent(old, leaf_hash(b"another"), new, after, proof)
    assert not is_consistent(old, before, new, b"\0" * 32, proof) or old == 0
    assert not is_consistent(old, before, new, after, [*proof, after])
    if proof:
        which, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
        assert not is_consistent(old, before, new, after, altered(proof, which, bit))
        assert not is_consistent(old, before, new, after, proof[:-1])


@given(SIZES, SIZES)
def test_a_larger_tree_is_not_the_beginning_of_a_smaller(one: int, other: int) -> None:
    """Sizes cannot go back."""
    if one > other:
        assert not is_consistent(one, naive(0, one), other, naive(0, other), [])
    elif one == other:
        assert is_consistent(one, naive(0, one), other, naive(0, other), [])


@settings(max_examples=30)
@given(st.integers(2, 300), st.data())
def test_a_rewritten_tree_is_not_consistent(new: int, data: st.DataObject) -> None:
    """Whatever proof the holder of a rewritten tree makes, it does not show that the tree begins with the old one."""
    old = data.draw(st.integers(1, new))
    changed = data.draw(st.integers(0, old - 1))

    def rewritten(level: int, index: int) -> bytes:
        if level == 0:
            return leaf_hash(b"rewritten") if index == changed else leaf(index)
        return node_hash(rewritten(level - 1, 2 * index), rewritten(level - 1, 2 * index + 1))

    reader: NodeReader = rewritten
    assert not is_consistent(old, naive(0, old), new, range_hash(reader, 0, new), consistency_proof(reader, old, new))
