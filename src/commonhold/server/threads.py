"""Waiting in many threads, working in a few: a request whose body comes slowly keeps nobody else from an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from io import BytesIO
from threading import BoundedSemaphore
from typing import Any

WAITING_THREADS = 64
"""How many requests may be under way. One whose body has not come yet holds such a thread, which costs next to nothing."""
WORKING_THREADS = 8
"""How many are answered at the same time. Each such thread has a connection to the database, with a cache of its own."""
LARGE_BYTES = 1_000_000
LARGE_AT_ONCE = 8
"""So many bodies that are larger, such as forms with files, are in memory at the same time; further ones wait until they are read."""

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class FewWorkers:
    """A WSGI application that reads the body of a request in the server's thread and lets a few threads of its own answer.

    Args:
        body_bytes_max: Longer bodies are not read; the application refuses them by their length.
        files_bytes_max: The same, of forms that bring files.
    """

    def __init__(self, application: Application, body_bytes_max: int, files_bytes_max: int) -> None:
        self._application = application
        self._body_bytes_max = body_bytes_max
        self._files_bytes_max = files_bytes_max
        self._workers = ThreadPoolExecutor(WORKING_THREADS, "answers")
        self._large = BoundedSemaphore(LARGE_AT_ONCE)

    def __call__(self, request: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        length = str(request.get("CONTENT_LENGTH") or "")
        awaited = int(length) if length.isascii() and length.isdigit() and len(length) < 18 else 0
        files = str(request.get("CONTENT_TYPE") or "").startswith("multipart/form-data")
        readable = 0 < awaited <= (self._files_bytes_max if files else self._body_bytes_max)
        with self._large if readable and awaited > LARGE_BYTES else nullcontext():
            request["wsgi.input"] = BytesIO(request["wsgi.input"].read(awaited) if readable else b"")
            status, headers, body = self._workers.submit(self._answer, request).result()
            del request["wsgi.input"]
        start_response(status, headers)
        # Over HTTP/2, the server would send a body after the headers of a HEAD, which ends the connection.
        return [b"" if request["REQUEST_METHOD"] == "HEAD" else body]

    def _answer(self, request: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
        started: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
            started[:] = [status, headers]

        parts = self._application(request, start)
        try:
            body = b"".join(parts)
        finally:
            if close := getattr(parts, "close", None):
                close()
        return started[0], started[1], body
