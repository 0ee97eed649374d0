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
        growth = Ratio(
            "import: growth beside git's, for twice as many commits", f"{after:.2f} of git", f"{before:.2f} of git", after / before, ("<=", 1.25)
        )
        return [*small, *large, growth, _memory()]


def _made(folder: Path, commits: int) -> tuple[list[Ratio], float]:
    repository = folder / f"made-{commits}.git"
    make_repository(repository, commits)
    return _one(folder / str(commits), repository)


def _one(folder: Path, repository: Path) -> tuple[list[Ratio], float]:
    """The ratio for one repository, told and as a number."""
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
    return [Ratio(name, f"{ours:.1f} s, {count / ours:,.0f} commits/s", f"git log --numstat {log:.1f} s", ours / log, ("<=", 2.0))], ours / log


def _memory() -> Ratio:
    peak = peak_memory_mb()
    return Ratio("import: peak memory", f"{peak:,.0f} MB", "1,000 MB", peak / 1_000, ("<=", 1.0))


FILES = 4_000
"""In folders of two levels, each of some hundred lines: roughly as in the history of git itself, which is about so large."""


def make_repository(path: Path, commits: int) -> None:
    """A repository of made-up commits by many people, through `git fast-import`; always the same.

    A commit changes some lines of one to three files, so that `git log --numstat` has the work that real histories give it.
    """
    chance = random.Random(7)
    files: dict[str, list[str]] = {}
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
            name, text = _changed(files, chance)
            process.stdin.write(f"M 100644 inline {name}\ndata {len(text)}\n{text}\n".encode())
    process.stdin.close()
    assert process.wait() == 0
    subprocess.run(["git", "-C", str(path), "symbolic-ref", "HEAD", "refs/heads/master"], check=True)


def _changed(files: dict[str, list[str]], chance: random.Random) -> tuple[str, str]:
    """The name and the new text of a file in which some lines were replaced and some added; or of a new one."""
    which = chance.randrange(FILES)
    name = f"part{which % 40}/room{which // 40 % 20}/file{which}.c"
    lines = files.setdefault(name, [_line(chance) for _ in range(chance.randrange(100, 600))])
    for _ in range(chance.randrange(1, 12)):
        lines[chance.randrange(len(lines))] = _line(chance)
    lines.insert(chance.randrange(len(lines)), _line(chance))
    return name, "".join(lines)


def _line(chance: random.Random) -> str:
    return f"    value_{chance.randrange(100_000)} = compute(other_{chance.randrange(1_000)}, {chance.randrange(1_000_000)});\n"
