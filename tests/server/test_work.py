"""`commonhold serve` and `commonhold work` doing background work as processes: killed in the middle, begun again, nothing lost, nothing twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from serving import ServerProcess
from world import World

from commonhold.node.verification import verify_commons

PATIENCE_SECONDS = 90
COMMITS = 9_000
"""Three transactions of an import."""


def commits() -> str:
    lines = ["repository,commit,parents,author,authored_at,committer,committed_at"]
    lines += [
        f"pump,{n:040x},1,Dev {n % 7},2025-11-{n % 28 + 1:02}T10:00:00Z,Dev {n % 7},2025-11-{n % 28 + 1:02}T10:00:00Z" for n in range(1, COMMITS + 1)
    ]
    return "\n".join(lines) + "\n"


ASK = """
import os, sys, json
from pathlib import Path
from commonhold.server.wsgi import configure
configure(Path(sys.argv[1]))
from commonhold.web.accounts.jobs import ask_for, plain
from commonhold.web.accounts.models import Job
if sys.argv[2] == "ask":
    given = {"repository": "", "domain": "firmware"}
    print(ask_for("test", sys.argv[3], "commits", "pump", given, {"commits": sys.stdin.buffer.read()}).pk)
else:
    print(json.dumps([plain(job) for job in Job.objects.all()]))
"""


def ask(home: Path, *arguments: str, given: str = "") -> str:
    """Run something with the node's accounts, in a process of its own."""
    command = [sys.executable, "-c", ASK, str(home), *arguments]
    return subprocess.run(command, input=given, capture_output=True, text=True, check=True, env=os.environ).stdout


def job(home: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ask(home, "tell"))[0]
    return found


def wait_for(what: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = what()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it has not come to pass in time")


def count(world: World) -> int:
    with world.node.read() as transaction:
        return int(transaction.value("SELECT COUNT(*) FROM contribution WHERE commons = 'test'"))


@contextmanager
def working(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`commonhold work`, killed at the end if it is still there."""
    command = [str(Path(sys.executable).with_name("commonhold")), "work", "--home", str(home)]
    process = subprocess.Popen(command, env=os.environ, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def imported_once(world: World, done: dict[str, Any]) -> None:
    assert done["state"] == "done", done
    assert count(world) == COMMITS == done["said"]["contributions"] + done["said"]["alreadyKnown"]
    with world.node.read() as transaction:
        people = transaction.value("SELECT COUNT(*) FROM agent WHERE commons = 'test' AND type = 'Identity'")
        batches = transaction.value("SELECT COUNT(*) FROM batch WHERE commons = 'test'")
    assert (people, batches) == (7, 1)
    assert verify_commons(world.node.database, "test").ok


def test_an_import_that_is_killed_in_the_middle_is_finished_by_the_next_worker(world: World) -> None:
    home = world.node.home
    ask(home, "ask", world.ids["Ana"], given=commits())
    with working(home) as first:
        wait_for(lambda: count(world))
        first.send_signal(signal.SIGKILL)
        first.wait()
    before = count(world)
    assert 0 < before < COMMITS, "the worker was too quick for this test"
    assert job(home)["state"] == "running", "it could not say that it died"
    with working(home) as second:
        wait_for(lambda: count(world) == COMMITS)
        done = wait_for(lambda: found if (found := job(home))["state"] == "done" else None)
        assert second.poll() is None
        second.send_signal(signal.SIGTERM)
        assert second.wait(timeout=30) == 0
    assert done["attempts"] == 2 and done["said"]["alreadyKnown"] >= before
    imported_once(world, done)


def children(process: int) -> list[int]:
    """The processes that do background work for a server."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            told = (path.parent / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if parent == process and b"work" in told:
            found.append(int(path.parent.name))
    return found


def is_there(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="it looks at processes as Linux tells of them")
def test_a_server_has_a_worker_begins_it_again_and_ends_it(sqlite_world: World) -> None:
    home = sqlite_world.node.home
    with ServerProcess(home) as server:
        [worker] = wait_for(lambda: children(server.process.pid))
        ask(home, "ask", sqlite_world.ids["Ana"], given=commits())
        wait_for(lambda: count(sqlite_world))
        os.kill(worker, signal.SIGKILL)
        [other] = wait_for(lambda: [one for one in children(server.process.pid) if one != worker])
        wait_for(lambda: count(sqlite_world) == COMMITS)
        done = wait_for(lambda: found if (found := job(home))["state"] == "done" else None)
        assert server.end(signal.SIGTERM) == 0
        assert not is_there(other) and "is begun again" in server.said()
    imported_once(sqlite_world, done)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="it looks at processes as Linux tells of them")
def test_a_worker_ends_with_a_server_that_is_killed_and_is_not_begun_where_it_is_not_wanted(sqlite_world: World) -> None:
    with ServerProcess(sqlite_world.node.home) as server:
        [worker] = wait_for(lambda: children(server.process.pid))
        time.sleep(3)  # until it works
        server.end(signal.SIGKILL)
        wait_for(lambda: not is_there(worker))
    with ServerProcess(sqlite_world.node.home, "--no-work") as server:
        time.sleep(1)
        assert children(server.process.pid) == []
