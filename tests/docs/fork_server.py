"""Runs `commonhold` for the pages of the documentation: one process that has imported everything forks for each command.

`python fork_server.py SOCKET` listens; `client(argv)` is what the shim called `commonhold` does. A command gets the
client's arguments, folder, environment and standard streams, so a shell can pipe and redirect it as usual. What time it is
stands in the file that DOCS_CLOCK names, so that outputs do not depend on the day.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
import traceback
from pathlib import Path
from typing import TextIO

STREAMS = 3


def serve(address: str) -> None:
    """Listen until killed."""
    import sepaxml  # noqa: F401

    import commonhold.node.backup
    import commonhold.node.books
    import commonhold.node.imports
    import commonhold.node.sharing
    import commonhold.node.tokens
    import commonhold.node.verification  # noqa: F401
    from commonhold.cli.app import COMMANDS, root

    for name in COMMANDS:
        root.get_command(None, name)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()
    while True:
        connection, _ = listener.accept()
        while True:
            try:
                if os.waitpid(-1, os.WNOHANG) == (0, 0):
                    break
            except ChildProcessError:
                break
        if os.fork() == 0:
            listener.close()
            _answer(connection)
        connection.close()


def _answer(connection: socket.socket) -> None:
    code = 99
    try:
        data, streams, _, _ = socket.recv_fds(connection, 1 << 20, STREAMS)
        request = json.loads(data)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        sys.stdin, sys.stdout, sys.stderr = map(_text_stream, range(STREAMS), "rww")
        os.chdir(request["folder"])
        os.environ.clear()
        os.environ.update(request["environment"])
        code = _run(request["arguments"])
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
    finally:
        connection.sendall(b"%d" % code)
        os._exit(code)


def _text_stream(number: int, mode: str) -> TextIO:
    return os.fdopen(number, mode, encoding="utf-8", buffering=1, closefd=False)


def _run(arguments: list[str]) -> int:
    from commonhold.cli.app import run
    from commonhold.node.node import Node

    def clock() -> float:
        return float(Path(os.environ["DOCS_CLOCK"]).read_text())

    Node.open.__func__.__kwdefaults__["clock"] = clock
    time.time = clock
    try:
        run(arguments)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def client(arguments: list[str]) -> int:
    """Ask the server that DOCS_SOCKET names; return the exit code."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(os.environ["DOCS_SOCKET"])
        request = {"arguments": arguments, "folder": os.getcwd(), "environment": dict(os.environ)}  # noqa: PTH109
        socket.send_fds(connection, [json.dumps(request).encode()], list(range(STREAMS)))
        return int(connection.recv(16) or b"98")


if __name__ == "__main__":
    serve(sys.argv[1])
