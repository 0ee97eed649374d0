"""Serving a node's pages and API with granian."""

from __future__ import annotations

import os
import socket
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from ..node.node import Node
from ..problems import bad_input
from .attending import Attended
from .logs import announce
from .options import COUNTED_IN, Serving
from .threads import WAITING_THREADS
from .wsgi import configure


def serve(home: Path, serving: Serving, *, quiet: bool = False) -> None:
    """Serve until interrupted.

    Args:
        quiet: Do not tell the address.

    Raises:
        CommonholdError: The node cannot be opened. BadInput: `server.cannot_listen`, and what `Serving.check` raises.
    """
    serving.check()
    Node.open(home).close()
    _must_be_free(serving.host, serving.port)
    os.environ.update(serving.environment())
    with TemporaryDirectory(prefix="commonhold-metrics-") as counted:
        os.environ[COUNTED_IN] = counted
        configure(home, serving.hosts)
        from django.db import connections

        connections.close_all()
        if not quiet:
            _announce(home, serving)
        with Attended(home) if serving.work else nullcontext():
            _granian(serving)


def _granian(serving: Serving) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    server = Granian(
        "commonhold.server.worker:application",
        address=serving.host,
        port=serving.port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=serving.workers,
        blocking_threads=WAITING_THREADS,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        ssl_cert=serving.tls_cert,
        ssl_key=serving.tls_key,
    )
    server.serve()


def _announce(home: Path, serving: Serving) -> None:
    announce(serving.log_format, "info", f"Serving {home} at {serving.address} (API at /api/). Ctrl-C ends it.")
    if serving.in_the_clear:
        words = "Without TLS, whoever is on the way can read passwords and tokens: use --tls-cert and --tls-key, or a proxy and --behind-proxy."
        announce(serving.log_format, "warning", words)


def _must_be_free(host: str, port: int) -> None:
    """The server would share a port with another that listens there already, and each would get some of the requests."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise bad_input("server.cannot_listen", f"Nobody can listen at {host}, port {port}: {error.strerror}.", "port") from None
