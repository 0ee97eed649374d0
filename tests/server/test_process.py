"""`commonhold serve` as people run it: a process of its own."""

from __future__ import annotations

import json
import signal
import socket
import stat
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from serving import ServerProcess
from world import World

from commonhold.cli.app import root
from commonhold.node.tokens import create_token
from commonhold.problems import BadInput, NotFound

WRITER = Path(__file__).parent.parent / "store" / "writer_process.py"
IN_2100 = 4_102_444_800


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_starts_answers_and_ends_when_asked(world: World, how: int) -> None:
    with ServerProcess(world.node.home, first_start=True) as server:
        assert server.get("/readyz")[0] == server.get("/test/")[0] == 200
        status, headers, body = server.get("/api/commons/test/members")
        assert status == 200 and len(json.loads(body)["members"]) == 3
        assert server.get("/api/commons/test/members", If_None_Match=headers["etag"])[0] == 304
        assert server.end(how) == 0
        told, *logged = [json.loads(line) for line in server.said().splitlines()]
        assert told["message"] == f"Serving {world.node.home} at {server.address}/ (API at /api/). Ctrl-C ends it."
        assert [line["status"] for line in logged] == [200, 200, 304]
    assert world.verify().findings == []


def test_commands_write_while_it_serves_and_it_writes_too(world: World) -> None:
    with world.node.database.write() as transaction:
        token = create_token(transaction, "test", world.ids["Cy"], "", IN_2100)
    work = json.dumps({"kind": "work", "amount": "1", "domain": "firmware"}).encode()
    headers = {"Authorization": f"Bearer {token}", "Content_Type": "application/json"}
    with ServerProcess(world.node.home, "--workers", "2") as server:
        writers = [subprocess.Popen([sys.executable, WRITER, world.node.home, world.ids[who], who, "25", "1"]) for who in ("Ana", "Bo")]
        statuses = []
        for number in range(25):
            statuses.append(server.get("/api/commons/test/commands/contribution.log", work, **headers, Idempotency_Key=f"c{number}")[0])
            statuses.append(server.get("/api/commons/test/contributions")[0])
        assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
        assert set(statuses) == {200}
        assert json.loads(server.get("/api/commons/test")[2])["contributions"] == 75
        assert server.end() == 0
    assert world.verify().findings == []


def test_what_it_keeps_can_only_be_read_by_its_owner(sqlite_world: World) -> None:
    home = sqlite_world.node.home
    with ServerProcess(home, first_start=True):
        made = [path for path in home.iterdir() if not path.name.startswith("commonhold.db")]
        assert {"web.key", "accounts.db", "node.key"} <= {path.name for path in made}
        assert {stat.S_IMODE(path.stat().st_mode) for path in made if path.is_file()} == {0o600}
        assert {stat.S_IMODE(path.stat().st_mode) for path in made if path.is_dir()} <= {0o700}


def test_the_secret_of_the_cookies_stays_the_same(sqlite_world: World) -> None:
    keys = []
    for _ in range(2):
        with ServerProcess(sqlite_world.node.home):
            keys.append((sqlite_world.node.home / "web.key").read_text())
    assert keys[0] == keys[1] and len(keys[0]) >= 50


def test_it_answers_for_the_names_that_it_was_given(sqlite_world: World) -> None:
    with ServerProcess(sqlite_world.node.home, "--allowed-host", "commons.example") as server:
        answers = {name: server.get("/api/commons", Host=name)[0] for name in ("commons.example", "localhost:80", "127.0.0.1", "evil.example")}
        assert answers == {"commons.example": 200, "localhost:80": 200, "127.0.0.1": 200, "evil.example": 400}
        assert server.end() == 0
        assert "evil" not in server.said()


def test_a_body_in_chunks_is_refused_and_one_of_many_megabytes_too(sqlite_world: World) -> None:
    start = "POST /api/commons/test/journal/entries HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
    with ServerProcess(sqlite_world.node.home) as server:
        assert _raw(server.port, start + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n").startswith("HTTP/1.1 411 ")
        assert _raw(server.port, start + "Content-Length: 9000000\r\n\r\n{}").startswith("HTTP/1.1 413 ")


def _raw(port: int, request: str) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request.encode())
        answer = b""
        while more := connection.recv(65_536):
            answer += more
    return answer.decode()


def test_it_does_not_share_a_port(sqlite_world: World) -> None:
    with ServerProcess(sqlite_world.node.home) as server, pytest.raises(BadInput) as refused:
        _serve(sqlite_world.node.home, "--port", str(server.port))
    assert refused.value.code == "server.cannot_listen"


def test_it_does_not_serve_what_is_no_node(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with pytest.raises(NotFound) as refused:
        _serve(tmp_path / "nothing")
    assert refused.value.code == "node.missing"
    assert not (tmp_path / "nothing").exists()


def _serve(home: Path, *options: str) -> None:
    CliRunner().invoke(root, ["serve", "--home", str(home), *options], catch_exceptions=False)


def test_slow_requests_keep_nobody_waiting(sqlite_world: World) -> None:
    """Eight bodies of which only the first byte has come; when the rest comes, they are answered too."""
    start = b"POST /api/commons/test/journal/entries HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
    with ServerProcess(sqlite_world.node.home) as server, ExitStack() as stack:
        slow = [stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=30)) for _ in range(8)]
        for connection in slow:
            connection.sendall(start + b"Content-Length: 2\r\n\r\n{")
        assert server.get("/healthz")[0] == server.get("/readyz")[0] == server.get("/test/")[0] == 200
        for connection in slow:
            connection.sendall(b"}")
            assert connection.recv(12) == b"HTTP/1.1 400"
        assert server.end() == 0
