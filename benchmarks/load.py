"""64 people at the same time, who read and write through the pages for two minutes: no error, nothing lost, the journal verifies.

    python -m benchmarks.load [--clients 64] [--seconds 120] [--workers 2]

It works in a folder of its own, or with the PostgreSQL of DATABASE_URL, in which no commons `bench` may be. Each client is signed in, keeps
its connection, waits for no one, and sends forms with their tokens as browsers do. Every write that was answered as recorded
is looked for in the journal afterwards. The clients run on the same machine, so they take part of its time.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

from benchmarks.charter import CHARTER
from commonhold.contributions.commands import LogParams
from commonhold.journal.keys import SigningKey
from commonhold.node.node import Node
from commonhold.node.tokens import create_token
from commonhold.node.verification import verify_commons

READS = (
    "", "contributions/", "contributions/?state=validated", "money/", "people/", "charter/", "journal/", "tasks/", "flows/", "decisions/", "validate/",
    "me/", "contributions.json", "search/?q=load", "feed.atom",
)  # fmt: skip
WRITES_PART = 0.25
OVERTAKEN = "contributions.not_open"
"""What somebody is told whose word comes after the claim was decided, by peers who were quicker."""
GOAL_TAIL = 10.0
START_SECONDS = 60


@dataclass
class Told:
    """What the clients have seen: seconds of each answer by its sort, notes that were recorded, peers' words, those that came too late, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {"read": [], "form": [], "write": []})
    logged: list[str] = field(default_factory=list)
    judged: int = 0
    overtaken: int = 0
    problems: Counter[str] = field(default_factory=Counter)


class Client:
    """Somebody with a browser that keeps its connection and its cookies."""

    def __init__(self, port: int, token: str, number: int, told: Told) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.token, self.number, self.told = token, number, told
        self.chance = random.Random(number)

    def ask(self, sort: str, method: str, path: str, body: dict[str, str] | None = None) -> tuple[int, str, str]:
        """(status, where it leads, page) of an answer, whose time is kept."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        data = None
        if body is not None:
            data = urllib.parse.urlencode(body)
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{self.connection.port}"}
        started = time.perf_counter()
        self.connection.request(method, path, data, headers)
        answer = self.connection.getresponse()
        page = answer.read().decode(errors="replace")
        self.told.seconds[sort].append(time.perf_counter() - started)
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        if answer.status == 422 and OVERTAKEN in page:
            self.told.overtaken += 1
        elif answer.status >= 400:
            self.told.problems[f"{answer.status} {method} {path.partition('?')[0]}: {' '.join(re.findall(r'<code>([a-z_.]+)</code>', page))}"] += 1
        return answer.status, answer.getheader("Location") or "", page

    def sign_in(self) -> None:
        """A session for the token."""
        _, _, page = self.ask("form", "GET", "/bench/sign-in/")
        status, _, _ = self.ask("form", "POST", "/bench/sign-in/", hidden(page) | {"token": self.token})
        assert status == 302, "not signed in"

    def once(self) -> None:
        """Read something, log something, or accept what waits."""
        dice = self.chance.random()
        if dice > WRITES_PART:
            self.ask("read", "GET", f"/bench/{self.chance.choice(READS)}")
        elif dice > WRITES_PART / 2:
            note = f"load {self.number}-{len(self.told.seconds['write'])}-{self.chance.getrandbits(40)}"
            _, _, page = self.ask("form", "GET", "/bench/log/")
            form = hidden(page) | {"amount": "1.5", "kind": "work", "domain": "all", "note": note}
            status, _, _ = self.ask("write", "POST", "/bench/log/", form)
            if status == 302:
                self.told.logged.append(note)
        else:
            self._accept()

    def _accept(self) -> None:
        _, _, page = self.ask("form", "GET", "/bench/validate/")
        waiting = re.findall(r'name="contribution" value="([0-9]+)"', page)
        if not waiting:
            return
        form = hidden(page) | {"contribution": self.chance.choice(waiting), "queue": ""}
        status, to, _ = self.ask("write", "POST", "/bench/validate/several/", form)
        self.told.judged += int(status == 302 and "said=accepted" in to)


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page."""
    found = {}
    for tag in re.findall(r'<input[^>]*type="hidden"[^>]*>', page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            found[name[1]] = unescape(value[1] if value else "")
    return found


def furnished(home: Path, clients: int) -> list[str]:
    """A commons with a member for each client, and something to read; their tokens."""
    node = Node.open(home, create=True)
    founder = SigningKey.derived("load")
    node.found("bench", CHARTER, founder, keep=True)
    keys = [SigningKey.derived(f"load {number}") for number in range(clients)]
    tokens = []
    for number, key in enumerate(keys):
        node.join("bench", key, ["producer"], keep=True)
        for amount in ("1", "2"):
            node.act("bench", key.did, "contribution.log", LogParams(kind="work", amount=amount, domain="all", note=f"before {number}"))
        with node.database.write() as transaction:
            tokens.append(create_token(transaction, "bench", key.did, "", int(time.time()) + 86_400))
    node.close()
    return tokens


@contextmanager
def served(home: Path, workers: int) -> Iterator[int]:
    """`commonhold serve` on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [str(Path(sys.executable).with_name("commonhold")), "serve", "--home", str(home), "--port", str(port), "--workers", str(workers)]
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the server has not started")


def loaded(port: int, tokens: list[str], seconds: int) -> tuple[Told, float]:
    """All clients at once; what they have seen, and for how many seconds they asked."""
    told = Told()
    people = [Client(port, token, number, told) for number, token in enumerate(tokens)]
    for one in people:
        one.sign_in()
    for times in told.seconds.values():
        times.clear()
    started = time.monotonic()

    def busy(one: Client) -> None:
        while time.monotonic() < started + seconds:
            try:
                one.once()
            except (OSError, http.client.HTTPException) as error:
                told.problems[f"{type(error).__name__}: {error}"] += 1
                one.connection.close()

    threads = [threading.Thread(target=busy, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told, time.monotonic() - started


def main() -> int:
    """Run, print, and return 1 if something failed, was lost, or the journal does not verify."""
    parser = argparse.ArgumentParser(prog="benchmarks.load", description=__doc__)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        tokens = furnished(home, options.clients)
        with served(home, options.workers) as port:
            told, took = loaded(port, tokens, options.seconds)
        node = Node.open(home)
        with node.read() as transaction:
            entries = b"\n".join(bytes(row[0]) for row in transaction.rows("SELECT data FROM journal_entry"))
        kept = {found.decode() for found in re.findall(rb"load [0-9]+-[0-9]+-[0-9]+", entries)}
        lost = len(set(told.logged) - kept)
        report = verify_commons(node, "bench")
        node.close()
    print(f"{'PostgreSQL' if os.environ.get('DATABASE_URL') else 'SQLite'}, {options.clients} clients, {options.workers} workers, {took:.0f} s")
    print(f"    load of the machine before: {before:.1f}, at the end: {os.getloadavg()[0]:.1f}; processors: {os.cpu_count()}")
    tails = [line for sort, times in told.seconds.items() if (line := _line(sort, times, took))]
    print("\n".join(tails))
    everything = [one for times in told.seconds.values() for one in times]
    tail = _quantile(everything, 0.99) / statistics.median(everything)
    print(f"    p99 is {tail:.1f} times the median; goal <= {GOAL_TAIL:g}   {'met' if tail <= GOAL_TAIL else 'NOT MET'}")
    print(
        f"    recorded: {len(told.logged)} contributions, {told.judged} verdicts; overtaken by peers: {told.overtaken}; lost: {lost}; journal verifies: {report.ok}"
    )
    print(f"    problems: {dict(told.problems) or 'none'}")
    return int(bool(lost or told.problems or not report.ok))


def _quantile(times: list[float], part: float) -> float:
    return sorted(times)[int(len(times) * part)]


def _line(sort: str, times: list[float], took: float) -> str:
    if not times:
        return ""
    median, late = statistics.median(times) * 1000, _quantile(times, 0.99) * 1000
    return f"    {sort:5} {len(times):6} answers, {len(times) / took:6.1f}/s, median {median:6.0f} ms, p99 {late:6.0f} ms, most {max(times) * 1000:6.0f} ms"


if __name__ == "__main__":
    sys.exit(main())
