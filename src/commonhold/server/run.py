"""Serving a node's pages and API with granian."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

from ..node.node import Node
from ..problems import bad_input
from .threads import WAITING_THREADS
from .wsgi import configure

LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")


def serve(home: Path, host: str, port: int, *, allowed_hosts: list[str], workers: int = 1, quiet: bool = False) -> None:
    """Serve until interrupted.

    Args:
        allowed_hosts: Names that requests may ask for besides those of this machine. `*`: any.
        workers: Processes. quiet: Do not tell the address.

    Raises:
        CommonholdError: The node cannot be opened. BadInput: `server.cannot_listen`.
    """
    Node.open(home).close()
    _must_be_free(host, port)
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
        blocking_threads=WAITING_THREADS,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
    )
    server.serve()


def _must_be_free(host: str, port: int) -> None:
    """The server would share a port with another that listens there already, and each would get some of the requests."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise bad_input("server.cannot_listen", f"Nobody can listen at {host}, port {port}: {error.strerror}.", "port") from None
