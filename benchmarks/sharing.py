"""Sharing over 1,000,000 validated contributions of 10,000 peers, explanation included.

The baseline reads the same columns from the same store with polars and groups them. The tables are filled directly:
what is measured is the computation, not the import.
"""

from __future__ import annotations

import random
import sqlite3
import tempfile
from pathlib import Path

from benchmarks.charter import CHARTER
from benchmarks.measure import Ratio, peak_memory_mb, seconds
from commonhold.journal.keys import SigningKey
from commonhold.node.node import Node
from commonhold.sharing.compute import compute

NOW = 1_780_000_000
COLUMNS = "position, provider, counted_kind, at, counted, repayment"


def run(contributions: int = 1_000_000, peers: int = 10_000) -> list[Ratio]:
    """The ratio for so many contributions of so many peers."""
    import polars as pl

    with tempfile.TemporaryDirectory() as folder:
        node = Node.open(Path(folder), create=True, clock=lambda: NOW)
        node.found("bench", CHARTER, SigningKey.derived("benchmark"), keep=True)
        _fill(node, contributions, peers)

        def ours() -> int:
            with node.read() as transaction:
                computed = compute(transaction, "bench", "common", None, NOW)
                lines = sum(detail.count(",") for step in computed.outcome.steps for _, _, _, detail in step.explained())
            assert computed.outcome.given == computed.outcome.amount
            return lines

        def baseline() -> None:
            connection = sqlite3.connect(Path(folder) / "commonhold.db")
            query = f"SELECT {COLUMNS} FROM contribution WHERE commons = 'bench' AND counted > 0"
            frame = pl.read_database(query, connection)
            assert frame.group_by("provider").agg(pl.col("counted").sum()).height == peers
            connection.close()

        theirs, mine = seconds(baseline, 3), seconds(ours, 3)
        name = f"share {contributions:,} contributions of {peers:,} peers, explained"
        return [
            Ratio(name, f"{mine:.2f} s, peak {peak_memory_mb():,.0f} MB in all", f"polars: read and group {theirs:.2f} s", mine / theirs, ("<=", 3.0))
        ]


def _fill(node: Node, contributions: int, peers: int) -> None:
    chance = random.Random(1)
    kinds = ("work", "code", "documentation")
    with node.database.write() as transaction:
        first = transaction.value("SELECT COUNT(*) FROM agent")
        transaction.insert("agent", "bench", first, "org:upstream", "Organization", "Upstream", "other", 0, None)
        for number in range(first + 1, first + 1 + peers):
            transaction.insert("agent", "bench", number, f"id:{number:032x}", "Identity", "", "", 0, None)
        for position in range(1, contributions + 1):
            kind = chance.choice(kinds)
            amount = chance.randrange(1, 400) * 250_000
            provider = first + 1 + (position if position <= peers else chance.randrange(peers)) % peers
            at = NOW - chance.randrange(3_000 * 86_400)
            transaction.insert(
                "contribution", "bench", position, provider, 1, kind, "all", None, "hour", at, at, amount, "validated", 0, amount, kind, at,
                "while_it_lasts", None, None, None,
            )  # fmt: skip
        transaction.insert("income", "bench", contributions + 1, "common", 123_456_789, "EUR", "sale", first, NOW, "", None)
