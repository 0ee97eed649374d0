"""The checkpoint that a verification remembers: whole or not at all, and for its owner alone."""

from __future__ import annotations

import errno
import os

import pytest
from world import World

from commonhold.node.verification import verify_node


def test_a_checkpoint_is_remembered_whole_or_not_at_all(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk fails while it is written: the one before is still there, and the next verification passes."""
    verify_node(sqlite_world.node)
    path = sqlite_world.node.home / "verified" / "test.checkpoint"
    before = path.read_bytes()
    assert path.parent.stat().st_mode & 0o777 == 0o700
    sqlite_world.validated("Bo")

    def full(_: int) -> None:
        assert path.read_bytes() == before
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(os, "fsync", full)
        verify_node(sqlite_world.node)
    assert path.read_bytes() == before
    assert [report.findings for report in verify_node(sqlite_world.node)] == [[]]
    assert path.read_bytes() != before
    assert list(path.parent.iterdir()) == [path]
