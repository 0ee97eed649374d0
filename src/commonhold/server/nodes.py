"""The node that a request is about: one for each process and folder."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from ..node.node import Node


@lru_cache(maxsize=8)
def node_at(home: Path) -> Node:
    """The node in a folder, opened once."""
    return Node.open(home)


def node_here() -> Node:
    """The node that this server serves."""
    return node_at(Path(settings.COMMONHOLD_HOME))
