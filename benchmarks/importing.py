"""Importing a git history, against `git log --numstat` on the same repository."""

from __future__ import annotations

import os
import random
import subprocess
import tempfile
from pathlib import Path

from benchmarks.charter import CHARTER
from benchmarks.measure import Ratio, peak_memory_mb, seconds
from commonhold.journal.keys import SigningKey
from commonhold.node.imports import Importer
from commonhold.node.node import Node


def run(repository: Path | None = None, commits: int = 20_000) -> list[Ratio]:
    """The ratio for a repository, or for a made-up one of so many commits."""
    with tempfile.TemporaryDirectory() as folder:
        if repository is None:
            repository = Path(folder) / "made.git"
            make_repository(repository, commits)
        log = seconds(lambda: subprocess.run(["git", "-C", str(repository), "log", "--numstat"], stdout=subprocess.DEVNULL, check=True))
        node = Node.open(Path(folder) / "node", create=True)
        founder = SigningKey.derived("benchmark")
        node.found("bench", CHARTER, founder, keep=True)
        done: list[dict[str, object]] = []
        ours = seconds(lambda: done.append(Importer(node, "bench", founder.did).git(str(repository))))
        count = int(str(done[0]["commits"]))
        name = f"import {count:,} commits of {repository.name}"
        return [Ratio(name, f"{ours:.1f} s, peak {peak_memory_mb():,.0f} MB in all", f"git log --numstat {log:.1f} s", ours / log, ("<=", 2.0))]


def make_repository(path: Path, commits: int) -> None:
    """A repository of made-up commits by many people, through `git fast-import`; always the same."""
    chance = random.Random(7)
    subprocess.run(["git", "init", "--quiet", "--bare", str(path)], check=True)
    process = subprocess.Popen(["git", "-C", str(path), "fast-import", "--quiet"], stdin=subprocess.PIPE, env=os.environ | {"LC_ALL": "C"})
    assert process.stdin is not None
    for number in range(commits):
        person = f"Person {number * 31 % 400} <p{number * 31 % 400}@example.org>"
        other = f"Person {number % 17} <p{number % 17}@example.org>"
        message = f"Change {number}\n\nReviewed-by: {other}\n" if number % 5 == 0 else f"Change {number}\n"
        process.stdin.write(f"commit refs/heads/master\nauthor {person} {1_200_000_000 + number * 600} +0000\n".encode())
        process.stdin.write(f"committer {other} {1_200_000_000 + number * 600} +0000\ndata {len(message)}\n{message}".encode())
        for _ in range(chance.randrange(1, 4)):
            text = "".join(f"line {chance.randrange(1000)}\n" for _ in range(chance.randrange(5, 60)))
            process.stdin.write(f"M 100644 inline src/f{chance.randrange(500)}.c\ndata {len(text)}\n{text}\n".encode())
    process.stdin.close()
    assert process.wait() == 0
    subprocess.run(["git", "-C", str(path), "symbolic-ref", "HEAD", "refs/heads/master"], check=True)
