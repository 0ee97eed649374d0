"""What pages of a commons with 1,000,000 contributions cost the server in CPU time, beside a bare Django page of the same size.

The bare page goes through the same middleware, and a template of Django's makes it: a table of plain cells, as many bytes as ours.
Each of our pages is asked for twice: as the first after something was written, and as a later one. The tables are
filled directly: what is measured is reading.
"""

from __future__ import annotations

import gc
import json
import os
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.charter import CHARTER
from benchmarks.measure import Ratio
from commonhold.commons.people import write_profile
from commonhold.contributions.tallying import Tallied, contributed, tally
from commonhold.journal.keys import SigningKey
from commonhold.journal.kinds import time_text
from commonhold.node.node import Node

NOW = 1_780_000_000
DAY = 86_400
ROUNDS = 9
GOAL = ("<=", 4.0)
PAGES = (
    "", "contributions/", "contributions/?state=refused", "contributions/?kind=code&state=claimed", "contributions/?agent={agent}", "people/",
    "people/?domain=firmware", "charter/", "search/?q=seam", "feed.atom", "agents/{agent}/", "contributions/{one}/", "contributions/{withdrawn}/",
    "distributions/1/{agent}/", "decisions/", "journal/", "money/", "incomes/", "distributions/", "payouts/", "payouts/?distribution=50", "tasks/",
    "flows/", "stewards/",
)  # fmt: skip


@dataclass(frozen=True)
class Cost:
    """Of one answer: CPU milliseconds, the median of some rounds; bytes."""

    milliseconds: float
    size: int


def run(contributions: int = 1_000_000, peers: int = 10_000) -> list[Ratio]:
    """The ratios, two for each page."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        node = Node.open(home, create=True, clock=lambda: NOW)
        origin = node.found("bench", CHARTER.replace('["all"]', '["firmware", "hardware", "docs"]'), SigningKey.derived("benchmark"), keep=True)
        assert origin
        Filling(node, contributions, peers).fill()
        node.close()
        return Measuring(home).ratios(f"{contributions:,} contributions")


class Filling:
    """Fills the tables as folds would have, from made-up contributions."""

    def __init__(self, node: Node, contributions: int, peers: int) -> None:
        self.node, self.contributions, self.peers = node, contributions, peers
        self.chance = random.Random(1)
        self.withdrawn: list[int] = []

    def fill(self) -> None:
        """Members with public names, contributions in all states with their entries and verdicts, incomes, distributions and payouts."""
        with self.node.database.write() as transaction:
            first = transaction.value("SELECT COUNT(*) FROM agent")
            transaction.insert("agent", "bench", first, "org:upstream", "Organization", "Upstream", "other", 0, None)
            for number in range(first + 1, first + 1 + self.peers):
                self._person(transaction, number)
            totals: dict[Tallied, int] = {}
            for position in range(1, self.contributions + 1):
                provider = first + 1 + (position if position <= self.peers else self.chance.randrange(self.peers)) % self.peers
                one = self._contribution(transaction, position, provider)
                totals[one] = totals.get(one, 0) + 1
            self._tallies(transaction, totals, first)
            transaction.insert("event_total", "bench", self.contributions)
            position = self._withdrawals(transaction, self.contributions + 1)
            position = self._payouts(transaction, position, first)
            self._money(transaction, position, first)
            transaction.execute("UPDATE journal_head SET size = ?, time = ? WHERE commons = 'bench'", (position + 1_999, NOW))

    def _person(self, transaction: Any, number: int) -> None:
        name = f"did:key:z6Mk{number:044d}".replace("0", "1")[:56]
        id_ = f"{name[:40]}{number:016x}".replace("0", "z").replace("l", "m") if number % 2 else f"id:{number:032x}"
        transaction.insert(
            "agent", "bench", number, id_, "Person" if number % 2 else "Identity", "", "", NOW - self.chance.randrange(3_000 * DAY), None
        )
        if number % 2:
            transaction.insert("membership", "bench", number, "member", "producer", NOW - DAY, NOW - DAY, None, number)
            transaction.insert("private_profile", "bench", id_, f"Person {number}", None, None, None, None, 1)
            transaction.insert("private_sought", "bench", id_, f"person {number}")

    def _contribution(self, transaction: Any, position: int, provider: int) -> Tallied:
        chance = self.chance
        kind, domain = chance.choice(("work", "code", "documentation")), chance.choice(("firmware", "hardware", "docs"))
        amount, at = chance.randrange(1, 400) * 250_000, NOW - chance.randrange(3_000 * DAY)
        state = chance.choices(("validated", "claimed", "refused", "withdrawn"), (950, 40, 5, 5))[0]
        counted, decided = (amount, at // DAY * DAY) if state == "validated" else (0, None)
        if state == "withdrawn":
            self.withdrawn.append(position)
        transaction.insert(
            "contribution", "bench", position, provider, 1, kind, domain, None, "hour", at, at, amount, state, 0, counted, kind, decided,
            "while_it_lasts", None, None,
        )  # fmt: skip
        transaction.insert("economic_event", "bench", position, "work", provider, None, None, None, amount, "hour", *[None] * 8, at, None)
        transaction.insert(
            "journal_entry", "bench", position, position.to_bytes(32, "big"), position.to_bytes(16, "big"), _entry(position, kind, domain, at)
        )
        if state == "validated" and position % 2:
            transaction.insert("attestation", "bench", position, 0, 1, "attested", "accept", amount, kind, position)
        return Tallied(provider, domain, kind, "hour", state, at // (30 * DAY) * 30 * DAY, decided, counted)

    def _tallies(self, transaction: Any, totals: dict[Tallied, int], first: int) -> None:
        for one, count in totals.items():
            for _ in range(count):
                tally(transaction, "bench", one)
        for number in range(first + 1, first + 1 + self.peers):
            contributed(transaction, "bench", number)

    def _withdrawals(self, transaction: Any, position: int) -> int:
        """The entries that took contributions back; returns the next free position."""
        for place, contribution in enumerate(self.withdrawn, position):
            body = {"contribution": contribution.to_bytes(32, "big").hex(), "reason": "Entered twice."}
            transaction.insert("journal_entry", "bench", place, *_key(place), _said("contributions.withdraw", body, NOW))
            transaction.insert("also_said", "bench", contribution, place)
        return position + len(self.withdrawn)

    def _payouts(self, transaction: Any, position: int, first: int) -> int:
        """Each distribution is paid with twenty entries to ten each; returns the next free position."""
        for place, number in enumerate(sorted([*range(1, 51)] * 20), position):
            at, body = NOW - (51 - number) * 30 * DAY, {"currency": "EUR", "distribution": "", "payments": [], "reference": "by transfer"}
            for index in range(10):
                agent = first + 1 + (place - position) % 20 * 10 + index
                transaction.insert("payout", "bench", place, number, agent, 950_000 // 200, "EUR", "by transfer", at)
            transaction.insert("journal_entry", "bench", place, *_key(place), _said("sharing.payout", body, at))
        return position + 1_000

    def _money(self, transaction: Any, position: int, first: int) -> None:
        for number in range(1_000):
            at = NOW - self.chance.randrange(2_000 * DAY)
            transaction.insert("income", "bench", position + number, "common", 100_000, "EUR", "sale", first, at, "", None, None)
        for number in range(1, 51):
            at, place, count = NOW - (51 - number) * 30 * DAY, position + 1_000 + number, self.peers if number == 1 else 200
            transaction.insert("distribution", "bench", number, place, "common", "EUR", 1_000_000, 1_000_000, 0, at, 0, "", "", count + 1, count + 1)
            transaction.insert("step_taken", "bench", number, 0, "upstream", 50_000, "0", "", 50_000, 1)
            transaction.insert("step_taken", "bench", number, 1, "contributions", 950_000, "950000", "", 950_000, count)
            transaction.insert("share", "bench", number, 0, "upstream", first, 50_000, "0", "")
            for index in range(count):
                transaction.insert(
                    "share", "bench", number, index + 1, "contributions", first + 1 + index, 950_000 // count, "95", "[[1],[95],[95],[0]]"
                )
        body = {"amount": "10000.00", "currency": "EUR", "fund": "common", "given": "10000.00"}
        for number in range(1_051, 2_051):
            data = _said("sharing.distribution", body, NOW)
            transaction.insert("journal_entry", "bench", position + number - 52, *(_key(position + number)), data)


def _key(position: int) -> tuple[bytes, bytes]:
    return position.to_bytes(32, "big"), position.to_bytes(16, "big")


def _entry(position: int, kind: str, domain: str, at: int) -> bytes:
    note = "Soldered the second seam of the barrel" if position % 3 == 0 else "What was asked for in the meeting, and a bit more"
    event = {
        "action": "work", "effortQuantity": {"hasNumericalValue": "1", "hasUnit": "hour"}, "hasPointInTime": time_text(at), "note": note,
        "provider": "id:" + "0" * 32,
    }  # fmt: skip
    body = {"domain": domain, "event": event, "evidence": [], "kind": kind, "repayment": "while_it_lasts"}
    return _said("contributions.log", body, at)


def _said(kind: str, body: dict[str, Any], at: int) -> bytes:
    entry = {"author": SigningKey.derived("benchmark").did, "body": body, "commons": "bench", "created": time_text(at), "kind": kind}
    proof = {"cryptosuite": "eddsa-jcs-2022", "proofValue": "z" + "2" * 87, "type": "DataIntegrityProof"}
    return json.dumps(entry | {"key": "k", "proof": proof, "version": 1}, separators=(",", ":"), sort_keys=True).encode()


class Measuring:
    """Asks the application, in this process, and takes the CPU time that it takes to answer."""

    def __init__(self, home: Path) -> None:
        os.environ.pop("DATABASE_URL", None)
        from commonhold.server.wsgi import application, configure

        configure(home, ["localhost"])
        application()
        from django.conf import settings
        from django.test import Client

        self.client = Client(SERVER_NAME="localhost")
        self.home = Path(settings.COMMONHOLD_HOME)
        self._bare()

    def _bare(self) -> None:
        """A page of Django's own, behind the same middleware, at an address that everybody may read."""
        from django.http import HttpResponse
        from django.template import Context, Engine
        from django.urls import re_path

        from commonhold.server import urls

        table = Engine().from_string(
            "<!doctype html><html><head><title>{{ title }}</title></head><body><table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>"
            "{% endfor %}</tr>\n{% endfor %}</table></body></html>"
        )

        def bare(request: Any, digest: str, name: str) -> Any:
            rows = [[f"the cell {row} {cell} of it" for cell in range(8)] for row in range(int(digest) // 238)]
            return HttpResponse(table.render(Context({"title": "Bare", "rows": rows})))

        urls.urlpatterns.insert(0, re_path(r"^static/(?P<digest>[0-9]+)/(?P<name>bare)\Z", bare))

    def cost(self, path: str, before: Callable[[], None] | None = None) -> Cost:
        """The median over rounds; `before` is done before each of them, and not counted."""
        times, size = [], 0
        for _ in range(ROUNDS):
            if before is not None:
                before()
            gc.collect()
            started = time.thread_time()
            answer = self.client.get(path)
            times.append(time.thread_time() - started)
            assert answer.status_code == 200, (path, answer.status_code, answer.content[:300])
            size = len(answer.content)
        return Cost(sorted(times)[ROUNDS // 2] * 1_000, size)

    def ratios(self, name: str) -> list[Ratio]:
        """Two for each page, and its size."""
        from commonhold.server.nodes import node_at

        node = node_at(self.home)
        with node.read() as transaction:
            agent = transaction.value("SELECT id FROM agent WHERE commons = 'bench' AND type = 'Person' AND number > 10 ORDER BY number LIMIT 1")
            withdrawn = transaction.value("SELECT MIN(position) FROM contribution WHERE commons = 'bench' AND state = 'withdrawn'")
        changes = iter(range(10**6))

        def write() -> None:
            """Something is written: what the server has kept is not the newest any more."""
            with node.database.write() as transaction:
                write_profile(transaction, "bench", agent, name=f"Person {next(changes)}", public=True)

        found = []
        for page in PAGES:
            path = "/bench/" + page.format(agent=agent, one=500_001 if "1,000,000" in name else 5_001, withdrawn=withdrawn)
            first, later = self.cost(path, write), self.cost(path)
            bare = self.cost(f"/static/{later.size}/bare")
            told = f"{bare.milliseconds:.1f} ms CPU, bare page of {bare.size:,} bytes"
            label = f"{name}: /{page}, {later.size:,} bytes"
            found.append(
                Ratio(f"{label}, the first after a write", f"{first.milliseconds:.1f} ms CPU", told, first.milliseconds / bare.milliseconds, GOAL)
            )
            found.append(Ratio(f"{label}, later", f"{later.milliseconds:.1f} ms CPU", told, later.milliseconds / bare.milliseconds, GOAL))
        largest = max(int(one.name.split(", ")[1].split()[0].replace(",", "")) for one in found)
        return [*found, Ratio(f"{name}: the largest page", f"{largest:,} bytes", "60,000 bytes", largest / 60_000, ("<=", 1.0))]
