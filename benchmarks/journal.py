"""Appending with folding, and verifying, against bare SQLite inserts and bare Ed25519."""

from __future__ import annotations

import sqlite3
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from benchmarks.charter import CHARTER
from benchmarks.measure import Ratio, seconds
from commonhold.contributions.commands import LogParams, log_body
from commonhold.journal.head import entries
from commonhold.journal.keys import SigningKey
from commonhold.node.findings import Report
from commonhold.node.node import Node
from commonhold.node.signatures import check_signatures, cores, signature_findings
from commonhold.node.verification import verify_node


def run(count: int = 60_000) -> list[Ratio]:
    """Ratios for a journal of so many claims."""
    with tempfile.TemporaryDirectory() as folder:
        node = Node.open(Path(folder) / "node", create=True)
        founder = SigningKey.derived("benchmark")
        node.found("bench", CHARTER, founder, keep=True)
        ours = _append(node, founder, count)
        with node.read() as transaction:
            stored = list(entries(transaction, "bench", 1, count + 1))
        bare = _bare_append(Path(folder) / "bare.db", stored)
        return [
            Ratio("append and fold, batched", f"{count / ours:,.0f} entries/s", f"insert + sign {count / bare:,.0f}/s", bare / ours, (">=", 0.5)),
            *_verification(stored, count),
            _whole(node, stored),
        ]


def _append(node: Node, founder: SigningKey, count: int) -> float:
    with node.read() as transaction:
        params = [
            LogParams(kind="work", amount=str(number % 40 + 1), domain="all", at=f"2026-01-{number % 28 + 1:02d}T10:00:00Z")
            for number in range(count)
        ]
        bodies = [log_body(transaction, "bench", founder.did, 0, each) for each in params]

    def write() -> None:
        with node.writing("bench") as writer:
            for number, body in enumerate(bodies):
                writer.write(founder, founder.did, "contributions.log", body, f"k{number}", fresh=True)

    return seconds(write)


def _bare_append(path: Path, stored: list[bytes]) -> float:
    """The same bytes into a table with a key, in one transaction with fsync, after signing each once."""
    key = Ed25519PrivateKey.generate()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE entry (commons TEXT, position BIGINT, data BLOB, PRIMARY KEY (commons, position))")
    message = b"x" * 64

    def write() -> None:
        for _ in stored:
            key.sign(message)
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO entry VALUES ('bench', ?, ?)", list(enumerate(stored)))
        connection.execute("COMMIT")

    return seconds(write)


def _bare_verify(count: int) -> None:
    """Bare verifications of one signature, as many times."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    message = b"x" * 64
    signature = key.sign(message)
    public: Ed25519PublicKey = key.public_key()
    for _ in range(count):
        public.verify(signature, message)


def _verification(stored: list[bytes], count: int) -> list[Ratio]:
    some = stored[: count // 4]
    one = seconds(lambda: check_signatures(some), 2)
    bare = seconds(lambda: _bare_verify(len(some)), 2)
    batches = [stored[at : at + 2_000] for at in range(0, len(stored), 2_000)]

    def all_ours() -> None:
        signature_findings(iter(batches), cores(), Report("bench"), lambda _: None)

    def all_bare() -> None:
        with ProcessPoolExecutor(cores(), mp_context=get_context("forkserver")) as pool:
            list(pool.map(_bare_verify, [len(batch) for batch in batches]))

    ours_all, bare_all = seconds(all_ours), seconds(all_bare)
    each, whole = len(some), len(stored)
    return [
        Ratio("verify signatures, one core", f"{each / one:,.0f}/s", f"Ed25519 alone {each / bare:,.0f}/s", bare / one, (">=", 0.8)),
        Ratio(
            f"verify signatures, {cores()} cores",
            f"{whole / ours_all:,.0f}/s",
            f"Ed25519 alone {whole / bare_all:,.0f}/s",
            bare_all / ours_all,
            (">=", 0.8),
        ),
    ]


def _whole(node: Node, stored: list[bytes]) -> Ratio:
    """Everything that `commonhold verify` does, told beside the signatures alone."""
    ours = seconds(lambda: verify_node(node))
    bare = seconds(lambda: _bare_verify(len(stored) // 4)) * 4
    return Ratio(
        "verify everything (tree, rules, fold, tables)",
        f"{len(stored) / ours:,.0f}/s",
        f"Ed25519 alone, one core {len(stored) / bare:,.0f}/s",
        bare / ours,
        (">=", 0.0),
    )
