"""Serving a node in tests: `site` asks the application in this process, `ServerProcess` is `commonhold serve` itself.

`site` (both stores) and `sqlite_site` serve the node of the test's `world`: the same database, the same clock that stands still.

    def test_members(site):
        assert site.json("/api/commons/test/members")["members"][0]["name"] == "Ana"
        assert site.post("/api/commons/test/commands/contribution.log", {...}, token=site.token("Ana")).status_code == 200
        assert "Test commons" in site.text("/test/")
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest
from world import World

from commonhold.contributions import entries as c
from commonhold.flows.vocabulary import EconomicEvent, Measure
from commonhold.journal.entry import sign_entry
from commonhold.journal.keys import SigningKey
from commonhold.journal.kinds import time_text
from commonhold.node.tokens import create_token

START_SECONDS = 30
HOST = "localhost"


@contextmanager
def on_sqlite() -> Iterator[None]:
    """Nodes that are made while this lasts are on SQLite, and so is what serves them."""
    before = os.environ.pop("DATABASE_URL", None)
    try:
        yield
    finally:
        if before is not None:
            os.environ["DATABASE_URL"] = before


@cache
def application() -> Any:
    """The WSGI application, made once in a run. Accounts live in a folder of their own; the node is whatever a `Site` says."""
    from commonhold.server.wsgi import application as make
    from commonhold.server.wsgi import configure

    before = dict(os.environ)
    os.environ.pop("DATABASE_URL", None)
    try:
        folder = tempfile.mkdtemp(prefix="commonhold-accounts-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        configure(Path(folder), [HOST, "127.0.0.1"])
        return make()
    finally:
        os.environ.clear()
        os.environ.update(before)


class Site:
    """A node of a test, with its pages and its API. Responses are Django's: `status_code`, `headers`, `content`."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wsgi = application()
        from django.test import Client

        from commonhold.server import nodes

        self.world = world
        self.client = Client(SERVER_NAME=HOST, raise_request_exception=False)
        monkeypatch.setattr(nodes, "node_at", lambda _: world.node)

    def get(self, path: str, **headers: str) -> Any:
        """GET; headers as keywords: `If_None_Match=…`."""
        return self.client.get(path, headers=_headers(headers))

    def text(self, path: str, **headers: str) -> str:
        """What a GET that must succeed brings."""
        answer = self.get(path, **headers)
        assert answer.status_code == 200, (answer.status_code, answer.content[:500])
        return str(answer.content.decode())

    def json(self, path: str, **headers: str) -> Any:
        """The same, as plain values."""
        return json.loads(self.text(path, **headers))

    def post(self, path: str, body: Any = None, *, token: str = "", media: str = "application/json", **headers: str) -> Any:
        """POST; what is not bytes goes as JSON."""
        data = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
        if token:
            headers["Authorization"] = f"Bearer {token}"
        form = {"CONTENT_TYPE": media, "CONTENT_LENGTH": str(len(data))}  # which Django's client leaves out if there are no data
        return self.client.post(path, data=data, content_type=media, headers=_headers(headers), **form)

    def token(self, who: str, *, days: int = 90, commons: str = "test") -> str:
        """A token for a member of the world."""
        with self.world.node.database.write() as transaction:
            return create_token(transaction, commons, self.world.ids[who], "a test", self.world.node.now() + days * 86_400)


def _headers(given: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in given.items()}


def problem(answer: Any) -> tuple[int, str, str]:
    """(status, code, field) of an error, which has the form of RFC 9457."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    said = json.loads(answer.content)
    first = said["problems"][0]
    assert said["status"] == answer.status_code and said["code"] == first["code"] and said["detail"] == first["message"]
    assert said["type"] == f"urn:commonhold:problem:{said['code']}"
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, first["code"], first["field"]


def signed_work(world: World, who: str, key: str = "k", amount: str = "1", **changes: Any) -> bytes:
    """A contribution that somebody signed on their own machine."""
    signer = world.keys.get(who) or SigningKey.derived(who)
    now = time_text(world.node.now())
    event = EconomicEvent(
        action="work", provider=signer.did, hasPointInTime=now, effortQuantity=Measure(hasNumericalValue=amount, hasUnit="hour")
    )  # fmt: skip
    body = c.Log(event=event, kind="work", domain="firmware", evidence=[], repayment="while_it_lasts")
    fields = {"author": signer.did, "commons": world.origin, "created": now, "kind": "contributions.log", "body": body} | changes
    return sign_entry(signer, key=key, **fields)


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The world's node, served; once for each store."""
    return Site(world, monkeypatch)


@pytest.fixture
def sqlite_site(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The same, where the store makes no difference."""
    return Site(sqlite_world, monkeypatch)


class ServerProcess:
    """`commonhold serve` on a free port, from `with` until its end.

    Attributes:
        address: `http://127.0.0.1:PORT`, or `https:` if there is a certificate, without a slash at the end.
    """

    def __init__(self, home: Path, *options: str, trusted: Path | None = None, **environment: str) -> None:
        """Options of `commonhold serve`; variables as keywords. `trusted`: the certificate by which it is known, so it speaks HTTPS."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._trusted = ssl.create_default_context(cafile=trusted) if trusted else None
        self.address = f"{'https' if trusted else 'http'}://127.0.0.1:{self.port}"
        command = [str(Path(sys.executable).with_name("commonhold")), "serve", "--home", str(home), "--port", str(self.port), *options]
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self.process = subprocess.Popen(command, env=os.environ | environment, stdout=self._said, stderr=subprocess.STDOUT)

    def __enter__(self) -> ServerProcess:
        deadline = time.monotonic() + START_SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                self.get("/healthz")
            except OSError:
                time.sleep(0.05)
            else:
                return self
        self.process.kill()
        raise AssertionError(f"the server has not started: {self.said()}")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._said.close()

    def get(self, path: str, data: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """(status, headers with small letters, body) of a GET; of a POST, if there are data."""
        request = urllib.request.Request(self.address + path, data=data, headers=_headers(headers))
        try:
            with urllib.request.urlopen(request, timeout=START_SECONDS, context=self._trusted) as answer:
                return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()
        except urllib.error.HTTPError as answer:
            return answer.code, {name.lower(): value for name, value in answer.headers.items()}, answer.read()

    def end(self, how: int = signal.SIGTERM) -> int:
        """Send a signal, wait for the end, return the exit code."""
        self.process.send_signal(how)
        return self.process.wait(timeout=START_SECONDS)

    def said(self) -> str:
        """What it has written so far, on both streams."""
        self._said.seek(0)
        return self._said.read().decode(errors="replace")


def served(world: World, **environment: str) -> ServerProcess:
    """Closes the node of a world, and gives the server of its home, to be started by `with`."""
    world.node.close()
    return ServerProcess(world.node.home, **environment)


def tokens(world: World, *names: str) -> dict[str, str]:
    """Tokens for members, by name, that are good for a day of this machine's clock: what serves a node does not use the clock of the test."""
    with world.node.database.write() as transaction:
        ends = int(time.time()) + 86_400
        return {who: create_token(transaction, "test", world.ids[who], "", ends) for who in names}
