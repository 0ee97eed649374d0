"""Reading ahead: everything in order, a bounded amount held, and no thread left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from typing import BinaryIO, cast

from commonhold.contributions.readahead import CHUNK_BYTES, CHUNKS_AHEAD, ReadAhead

ENDLESS = "import sys\nwhile True: sys.stdout.buffer.write(b'x' * 65536)"


def test_everything_arrives_in_order() -> None:
    """More than is held at once, byte for byte."""
    count = CHUNKS_AHEAD * CHUNK_BYTES // 6
    command = [sys.executable, "-c", f"import sys\nsys.stdout.buffer.write(b''.join(b'%08d\\n' % n for n in range({count})))"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    found = b"".join(ReadAhead(cast("BinaryIO", process.stdout)))
    assert process.wait() == 0
    assert len(found) == 9 * count
    assert found[-9:] == b"%08d\n" % (count - 1)
    assert found == b"".join(b"%08d\n" % number for number in range(count))


def test_who_stops_early_leaves_nothing_behind() -> None:
    """After the writer has been ended, `stop` returns and the thread is gone, although the queue was full."""
    process = subprocess.Popen([sys.executable, "-c", ENDLESS], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    before = threading.active_count()
    ahead = ReadAhead(cast("BinaryIO", process.stdout))
    assert next(iter(ahead)) == b"x" * CHUNK_BYTES
    process.kill()
    ahead.stop()
    process.wait()
    assert threading.active_count() == before


def test_the_writer_waits_for_a_slow_reader() -> None:
    """What is read ahead is bounded: an endless writer does not fill the memory."""
    reading, writing = os.pipe()
    written = 0

    def write() -> None:
        nonlocal written
        block = b"x" * CHUNK_BYTES
        try:
            while True:
                written += os.write(writing, block)
        except OSError:
            return

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    ahead = ReadAhead(os.fdopen(reading, "rb"))
    known = -1
    while written != known:
        known = written
        time.sleep(0.3)
    assert CHUNKS_AHEAD * CHUNK_BYTES <= written <= (CHUNKS_AHEAD + 3) * CHUNK_BYTES
    os.close(writing)
    ahead.stop()
