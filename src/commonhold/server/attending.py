"""The process that does the background work beside `commonhold serve`: begun with it, begun again if it dies, and ended with it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType

from .options import COUNTED_IN

log = logging.getLogger("commonhold.server")

PARENT = "_COMMONHOLD_PARENT"
"""The variable that tells the process whom to end with."""
AGAIN_SECONDS = 1
AGAIN_SECONDS_MAX = 60
STEADY_SECONDS = 60
"""Who has lived for so long is begun again at once."""
GRACE_SECONDS = 5
"""So long a piece of work may come to its end when the server ends; it is taken up again later."""
_COMMAND = "from commonhold.cli import main; main()"
_NOT_FOR_IT = (COUNTED_IN, "NOTIFY_SOCKET", "WATCHDOG_USEC")


class Attended:
    """The process, from `with` until its end."""

    def __init__(self, home: Path) -> None:
        self._command = [sys.executable, "-c", _COMMAND, "work", "--home", str(home.resolve())]
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._attend, name="background work", daemon=True)

    def __enter__(self) -> Attended:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._lock:
            self._over.set()
            process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _attend(self) -> None:
        wait = AGAIN_SECONDS
        environment = {name: value for name, value in os.environ.items() if name not in _NOT_FOR_IT} | {PARENT: str(os.getpid())}
        while True:
            with self._lock:
                if self._over.is_set():
                    return
                # In a session of its own: Ctrl-C ends the server, and the server ends it.
                self._process = process = subprocess.Popen(self._command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)
            try:
                process.wait(STEADY_SECONDS)
            except subprocess.TimeoutExpired:
                wait = AGAIN_SECONDS
                process.wait()
            if self._over.wait(wait):
                return
            log.warning("the process for background work has ended with %s, and is begun again", process.returncode)
            wait = min(wait * 2, AGAIN_SECONDS_MAX)
