"""Serving a node's pages and API with granian."""

from __future__ import annotations

import sys
from pathlib import Path

from ..node.node import Node
from .wsgi import configure

BLOCKING_THREADS = 4
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")


def serve(home: Path, host: str, port: int, *, allowed_hosts: list[str], workers: int = 1, quiet: bool = False) -> None:
    """Serve until interrupted.

    Args:
        allowed_hosts: Names that requests may ask for besides those of this machine. `*`: any.
        workers: Processes. quiet: Do not tell the address.

    Raises:
        CommonholdError: The node cannot be opened.
    """
    Node.open(home).close()
    named = [] if host in ("0.0.0.0", "::") else [f"[{host}]" if ":" in host else host]  # noqa: S104
    configure(home, list(dict.fromkeys([*LOCAL_HOSTS, *named, *allowed_hosts])))
    from django.db import connections

    connections.close_all()
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    if not quiet:
        shown = f"[{host}]" if ":" in host else host
        sys.stderr.write(f"Serving {home} at http://{shown}:{port}/ (API at /api/). Ctrl-C ends it.\n")
        sys.stderr.flush()
    server = Granian(
        "commonhold.server.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=workers,
        blocking_threads=BLOCKING_THREADS,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
    )
    server.serve()
