"""Reading a pipe ahead of its use, so that the program at its other end works on while we do."""

from __future__ import annotations

from collections.abc import Iterator
from queue import Empty, Queue
from threading import Thread
from typing import BinaryIO

CHUNK_BYTES = 1 << 20
CHUNKS_AHEAD = 48
"""What is read ahead takes so many MiB at most: then the writer has to wait, and memory stays bounded."""


class ReadAhead:
    """The chunks of a stream, read by a thread of its own.

    Args:
        stream: Closed by the thread, at its end or after `stop`. Whoever stops early first ends what writes to it.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._chunks: Queue[bytes] = Queue(CHUNKS_AHEAD)
        self._thread = Thread(target=self._read, daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[bytes]:
        """The chunks, in order."""
        while chunk := self._chunks.get():
            yield chunk

    def stop(self) -> None:
        """Take no more; return when the thread has ended."""
        while self._thread.is_alive():
            try:
                self._chunks.get(timeout=0.05)
            except Empty:
                continue

    def _read(self) -> None:
        with self._stream:
            while chunk := self._stream.read(CHUNK_BYTES):
                self._chunks.put(chunk)
        self._chunks.put(b"")
