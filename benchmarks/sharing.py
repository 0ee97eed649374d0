"""Sharing over 1,000,000 validated contributions of 10,000 peers, explanation included.

The baseline reads the same columns from the same store with polars and groups them. The tables are filled directly:
what is measured is the computation, not the import.
"""

from __future__ import annotations

import random
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from benchmarks.charter import CHARTER
from benchmarks.measure import Ratio, peak_memory_mb, seconds
from commonhold.journal.keys import SigningKey
from commonhold.node.node import Node
from commonhold.sharing.commands import ShareParams
from commonhold.sharing.compute import compute

NOW = 1_780_000_000
COLUMNS = "position, provider, counted_kind, at, counted, repayment"


def run(contributions: int = 1_000_000, peers: int = 10_000) -> list[Ratio]:
    """The ratio for so many contributions of so many peers."""
    import duckdb
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

        scans = _duckdb_scans_sqlite()
        query = f"SELECT {COLUMNS} FROM contribution WHERE commons = 'bench' AND counted > 0"

        def read() -> pl.DataFrame:
            with closing(sqlite3.connect(Path(folder) / "commonhold.db")) as connection:
                return pl.read_database(query, connection)

        def by_polars() -> None:
            assert read().group_by("provider").agg(pl.col("counted").sum()).height == peers

        def by_duckdb() -> None:
            with closing(duckdb.connect()) as connection:
                if scans:
                    connection.execute(f"ATTACH '{Path(folder) / 'commonhold.db'}' AS store (TYPE sqlite, READ_ONLY)")
                    connection.execute(f"CREATE TEMP TABLE contribution AS {query.replace('FROM ', 'FROM store.')}")
                else:
                    frame = read()
                    connection.register("contribution", {name: frame[name].to_numpy() for name in ("provider", "counted")})
                assert len(connection.execute("SELECT provider, SUM(counted) FROM contribution GROUP BY provider").fetchall()) == peers

        mine = seconds(ours, 3)
        peak = peak_memory_mb()
        theirs = {"polars": seconds(by_polars, 3), "duckdb": seconds(by_duckdb, 3)}
        recording = seconds(lambda: _record(node))
        name = f"share {contributions:,} contributions of {peers:,} peers"
        told = ", ".join(f"{who} {each:.2f} s" for who, each in theirs.items())
        fastest = min(theirs.values())
        return [
            Ratio(f"{name}, explained", f"{mine:.2f} s", f"read and group: {told}", mine / fastest, ("<=", 3.0)),
            Ratio(f"{name}: peak memory", f"{peak:,.0f} MB", "2,048 MB", peak / 2_048, ("<=", 1.0)),
            Ratio(f"{name}: recorded (computed, signed, folded)", f"{recording:.2f} s", "read and group, as above", recording / fastest, (">=", 0.0)),
        ]


def _duckdb_scans_sqlite() -> bool:
    """Whether DuckDB's reader of SQLite files is here: an extension that it downloads. Without a network, polars reads for it."""
    import duckdb

    with closing(duckdb.connect()) as connection:
        try:
            connection.execute("INSTALL sqlite; LOAD sqlite")
        except duckdb.Error:
            return False
    return True


def _record(node: Node) -> None:
    """Record the distribution, as its steward does."""
    node.act("bench", SigningKey.derived("benchmark").did, "share.record", ShareParams())


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
                "while_it_lasts", None, None,
            )  # fmt: skip
        transaction.insert("income", "bench", contributions + 1, "common", 123_456_789, "EUR", "sale", first, NOW, "", None, None)
