"""What was acknowledged is there, what was not is absent whole: after kill -9, and with several processes writing at once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from postgres_server import PostgresServer
from world import World

from commonhold.journal.entry import open_envelope
from commonhold.journal.head import entries, read_head
from commonhold.node.verification import verify_node

PROGRAM = Path(__file__).with_name("writer_process.py")
ROUNDS = 12


def start(world: World, prefix: str, most: int, batch: int = 1) -> subprocess.Popen[str]:
    command = [sys.executable, str(PROGRAM), str(world.node.home), world.ids["Ana"], prefix, str(most), str(batch)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ.copy())


def acknowledged_first(process: subprocess.Popen[str]) -> str:
    """The key that a writer names first; one that ends before it has written anything fails the test."""
    assert process.stdout is not None and process.stderr is not None
    first = process.stdout.readline().strip()
    assert first, process.stderr.read()
    return first


def acknowledged_rest(process: subprocess.Popen[str]) -> list[str]:
    """The other keys that a writer has named whole. It was killed: it has not ended by itself."""
    assert process.stdout is not None
    rest = process.stdout.read().split("\n")[:-1]
    process.wait()
    return rest


def keys_in(world: World) -> list[str]:
    with world.node.read() as transaction:
        size = read_head(transaction, "test").frontier.size
        return [open_envelope(data).key for data in entries(transaction, "test", 0, size)]


@pytest.mark.parametrize("batch", [1, 40])
def test_killed_at_random_moments(world: World, batch: int) -> None:
    """Many rounds of kill -9 under load: acknowledged entries are all there, batches are whole or absent, and all verifies."""
    chance = random.Random(batch)
    acknowledged: list[str] = []
    for round_ in range(ROUNDS):
        process = start(world, f"r{round_}", 100_000, batch)
        acknowledged.append(acknowledged_first(process))
        time.sleep(chance.random() * 0.25)
        process.kill()
        acknowledged += acknowledged_rest(process)
        assert process.returncode == -signal.SIGKILL
        present = keys_in(world)
        assert not set(acknowledged) - set(present)
        if batch > 1:
            sizes = Counter(key.rpartition("-")[0] for key in present if key.startswith("r"))
            assert set(sizes.values()) == {batch}
        with world.node.read() as transaction:
            counted = transaction.value("SELECT COUNT(*) FROM contribution WHERE commons = 'test'")
        assert counted == sum(key.startswith("r") for key in present)
    [report] = verify_node(world.node)
    assert report.ok, report.findings
    assert {key.partition("-")[0] for key in acknowledged} == {f"r{round_}" for round_ in range(ROUNDS)}


def test_the_database_server_is_killed(postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL itself dies under load and starts again: nothing acknowledged is lost, nothing half-written is there."""
    monkeypatch.setenv("DATABASE_URL", postgres.fresh_schema("killed_server"))
    world = World(tmp_path / "home")
    acknowledged: list[str] = []
    for round_ in range(3):
        process = start(world, f"r{round_}", 100_000)
        acknowledged.append(acknowledged_first(process))
        time.sleep(0.3)
        postgres.kill()
        acknowledged += acknowledged_rest(process)
        postgres.start()
        world.node.close()
        assert set(acknowledged) <= set(keys_in(world))
    [report] = verify_node(world.node)
    assert report.ok, report.findings
    world.node.close()


def test_two_processes_write_at_once(world: World) -> None:
    """Both finish, every entry has one place, and the journal has one order."""
    processes = [start(world, prefix, 40) for prefix in ("one", "two")]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    present = [key for key in keys_in(world) if key.startswith(("one", "two"))]
    assert sorted(present) == sorted(f"{prefix}-{number}" for prefix in ("one", "two") for number in range(40))
    assert [key for key in present if key.startswith("one")] == [f"one-{number}" for number in range(40)]
    [report] = verify_node(world.node)
    assert report.ok, report.findings


def test_readers_are_not_blocked_and_see_no_half_written_state(world: World) -> None:
    """While one process writes batches, a reader always sees whole batches and a head that fits."""
    process = start(world, "load", 25, 40)
    acknowledged_first(process)
    seen = set()
    while process.poll() is None:
        with world.node.read() as transaction:
            size = transaction.value("SELECT size FROM journal_head WHERE commons = 'test'")
            entries = transaction.value("SELECT COUNT(*) FROM journal_entry WHERE commons = 'test'")
            claims = transaction.value("SELECT COUNT(*) FROM contribution WHERE commons = 'test'")
        assert size == entries
        assert claims % 40 == 0
        seen.add(claims)
    assert process.returncode == 0
    assert len(seen) > 1
