"""The node that a request is about: one for each process and folder."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from ..journal.writer import Writer
from ..node.node import Node
from ..problems import Busy, CommonholdError
from .metrics import count_refusal, count_write

log = logging.getLogger("commonhold.server")


class CountingNode(Node):
    """A node that counts what is written by way of the server, and what is refused, at whichever door."""

    @contextmanager
    def writing(self, commons: str, *, dry_run: bool = False) -> Iterator[Writer]:
        try:
            with super().writing(commons, dry_run=dry_run) as writer:
                yield writer
        except CommonholdError as error:
            if error.status >= 500:
                count_write("failed")
            else:
                count_refusal(error.code)
            raise
        except Exception:
            count_write("failed")
            raise
        if not dry_run:
            count_write("written")


@lru_cache(maxsize=8)
def node_at(home: Path) -> Node:
    """The node in a folder, opened once."""
    return CountingNode.open(home)


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
