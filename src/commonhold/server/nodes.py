"""The node that a request is about: one for each process and folder."""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from ..node.node import Node
from ..problems import Busy, CommonholdError

log = logging.getLogger("commonhold.server")


@lru_cache(maxsize=8)
def node_at(home: Path) -> Node:
    """The node in a folder, opened once."""
    return Node.open(home)


def node_here() -> Node:
    """The node that this server serves.

    Raises:
        Busy: It cannot be opened. The log says why.
    """
    try:
        return node_at(Path(settings.COMMONHOLD_HOME))
    except CommonholdError as error:
        log.error("the node cannot be opened: %s", error)  # noqa: TRY400 - nobody needs to know where in the program
        raise Busy(*error.problems) from None
