"""Bodies of requests: what is read, how much of it at the same time, and what is not."""

from __future__ import annotations

import threading
import time
from io import BytesIO
from typing import Any

import pytest
from serving import ServerProcess
from world import World

from commonhold.server.threads import LARGE_AT_ONCE, LARGE_BYTES, WAITING_THREADS, FewWorkers


class Told:
    """An application that tells how much it was given, and how many bodies lay in memory at most."""

    def __init__(self) -> None:
        self.here = self.most = 0
        self._lock = threading.Lock()

    def __call__(self, request: dict[str, Any], start: Any) -> list[bytes]:
        start("200 OK", [])
        with self._lock:
            self.here -= 1
        return [str(len(request["wsgi.input"].read())).encode()]

    def body(self, length: int) -> Any:
        told = self

        class Slow(BytesIO):
            def read(self, _: Any = None) -> bytes:
                with told._lock:
                    told.here += 1
                    told.most = max(told.most, told.here)
                time.sleep(0.02)
                return b"x" * length

        return Slow()


FILES = "multipart/form-data; boundary=x"


def asked(served: FewWorkers, told: Told, length: int, method: str = "POST", media: str = FILES) -> bytes:
    request = {"REQUEST_METHOD": method, "CONTENT_TYPE": media, "CONTENT_LENGTH": str(length), "wsgi.input": told.body(length)}
    return b"".join(served(request, lambda *_: None))


@pytest.mark.parametrize(("media", "most"), [(FILES, 3 * LARGE_BYTES), ("application/json", LARGE_BYTES), ("", LARGE_BYTES)])
def test_a_body_is_read_whole_up_to_the_limit(media: str, most: int) -> None:
    told = Told()
    served = FewWorkers(told, LARGE_BYTES, 3 * LARGE_BYTES)
    assert asked(served, told, 1, media=media) == b"1"
    assert asked(served, told, most, media=media) == str(most).encode()
    assert asked(served, told, most + 1, media=media) == b"0"
    assert asked(served, told, 1, "HEAD", media) == b""


def test_few_large_bodies_are_in_memory_at_the_same_time() -> None:
    told = Told()
    served = FewWorkers(told, LARGE_BYTES, 3 * LARGE_BYTES)
    threads = [threading.Thread(target=asked, args=(served, told, LARGE_BYTES + 1)) for _ in range(WAITING_THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 < told.most <= LARGE_AT_ONCE


def test_a_form_with_files_arrives_whole(sqlite_world: World) -> None:
    """Without its token it is refused, which takes reading it; a part of it could not be read at all."""
    head = b'--part\r\nContent-Disposition: form-data; name="files"; filename="a.bin"\r\nContent-Type: application/octet-stream\r\n\r\n'
    form = head + b"\0" * 8_000_000 + b"\r\n--part--\r\n"
    with ServerProcess(sqlite_world.node.home) as server:
        status, _, body = server.get("/-/account/login/", form, Content_Type="multipart/form-data; boundary=part", Cookie=f"csrftoken={'a' * 32}")
        assert status == 403 and b"The form has expired" in body
        assert server.end() == 0
