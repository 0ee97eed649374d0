"""What runs in each worker of `commonhold serve` besides the application: ending with the main process, and telling systemd that all is well."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import ssl
import threading
import time
import urllib.request
from typing import Any

from . import wsgi
from .options import EVERYWHERE

LOOK_SECONDS = 0.5
GRACE_SECONDS = 5
ANSWER_SECONDS = 10


def application() -> Any:
    """The application of a worker: a factory, called once in each."""
    made = wsgi.application()
    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid is not None:
        threading.Thread(target=_end_with, args=(parent.pid,), name="parent", daemon=True).start()
    if os.environ.get("NOTIFY_SOCKET"):
        threading.Thread(target=_tell_systemd, name="systemd", daemon=True).start()
    return made


def _end_with(parent: int) -> None:
    """End this worker when the main process has gone without a word: killed, for instance. Else it would keep the port for ever.

    What it has not answered by then is undone, as after any crash.
    """
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)


def _tell_systemd() -> None:
    """Say that the server is ready when it answers; and go on saying that it lives, if systemd wants to hear it, as long as it answers."""
    while not _answers():
        time.sleep(LOOK_SECONDS)
    notify("READY=1")
    interval_micros = int(os.environ.get("WATCHDOG_USEC") or 0)
    while interval_micros:
        time.sleep(interval_micros // 3 // 1_000_000 or 1)
        if _answers():
            notify("WATCHDOG=1")


def notify(state: str) -> None:
    """Tell systemd something (sd_notify). Whoever does not listen, misses it."""
    address = os.environ["NOTIFY_SOCKET"]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.sendto(state.encode(), "\0" + address[1:] if address.startswith("@") else address)
    except OSError:
        return


def _answers() -> bool:
    """Whether this server answers at its own address."""
    host = os.environ["COMMONHOLD_HOST"]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}[host] if host in EVERYWHERE else host  # noqa: S104
    shown = f"[{host}]" if ":" in host else host
    scheme = "https" if os.environ.get("COMMONHOLD_TLS_CERT") else "http"
    url = f"{scheme}://{shown}:{os.environ['COMMONHOLD_PORT']}/healthz"
    context = ssl._create_unverified_context() if scheme == "https" else None  # noqa: S323, SLF001 - it asks itself, by another name
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
        with opener.open(url, timeout=ANSWER_SECONDS) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
