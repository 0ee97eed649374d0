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
    """Ratios for a repository, or for made-up ones of half so many commits and of so many."""
    with tempfile.TemporaryDirectory() as folder:
        if repository is not None:
            return [*_one(Path(folder), repository)[0], _memory()]
        (small, before), (large, after) = (_made(Path(folder), count) for count in (commits // 2, commits))
        growth = Ratio("import: commits/s of twice as many", f"{after:,.0f}/s", f"{before:,.0f}/s of half as many", after / before, (">=", 0.8))
        return [*small, *large, growth, _memory()]


def _made(folder: Path, commits: int) -> tuple[list[Ratio], float]:
    repository = folder / f"made-{commits}.git"
    make_repository(repository, commits)
    return _one(folder / str(commits), repository)


def _one(folder: Path, repository: Path) -> tuple[list[Ratio], float]:
    """The ratio for one repository, and commits a second."""
    log = seconds(lambda: subprocess.run(["git", "-C", str(repository), "log", "--numstat"], stdout=subprocess.DEVNULL, check=True))
    folder.mkdir(exist_ok=True)
    node = Node.open(folder / "node", create=True)
    founder = SigningKey.derived("benchmark")
    node.found("bench", CHARTER, founder, keep=True)
    done: list[dict[str, object]] = []
    ours = seconds(lambda: done.append(Importer(node, "bench", founder.did).git(str(repository))))
    node.close()
    count = int(str(done[0]["commits"]))
    name = f"import {count:,} commits of {repository.name}"
    return [Ratio(name, f"{ours:.1f} s, {count / ours:,.0f} commits/s", f"git log --numstat {log:.1f} s", ours / log, ("<=", 2.0))], count / ours


def _memory() -> Ratio:
    peak = peak_memory_mb()
    return Ratio("import: peak memory", f"{peak:,.0f} MB", "1,000 MB", peak / 1_000, ("<=", 1.0))


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
