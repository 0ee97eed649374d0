"""Repositories that tests write and import, and an end for imports that have none."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from world import World

from commonhold.commons.people import names
from commonhold.contributions.queries import Filter, list_contributions
from commonhold.node.imports import Importer

NOON = 1_704_110_400


class Repository:
    """A repository that a test writes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()
        self.git("init", "--quiet", "-b", "main")

    def git(self, *arguments: str, stdin: bytes | None = None, **environment: str) -> str:
        fixed = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}
        done = subprocess.run(["git", *arguments], cwd=self.path, input=stdin, capture_output=True, env=os.environ | fixed | environment, check=True)
        return done.stdout.decode("utf-8", "replace").strip()

    def commit(
        self,
        files: dict[str, str | bytes],
        author: str = "Ada <ada@example.org>",
        committer: str = "",
        message: str = "A change",
        at: str = "",
        extra: tuple[str, ...] = (),
    ) -> str:
        for name, content in files.items():
            target = self.path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.git("add", "-A")
        name, _, email = author.rstrip(">").partition(" <")
        other, _, other_email = (committer or author).rstrip(">").partition(" <")
        moment = at or f"{NOON} +0000"
        people = {"GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": email, "GIT_COMMITTER_NAME": other, "GIT_COMMITTER_EMAIL": other_email}
        self.git("commit", "--quiet", "--allow-empty", "-m", message, *extra, GIT_AUTHOR_DATE=moment, GIT_COMMITTER_DATE=f"{NOON} +0000", **people)
        return self.git("rev-parse", "HEAD")


def run(world: World, repository: Repository, who: str = "Ana", **options: Any) -> dict[str, Any]:
    return Importer(world.node, "test", world.ids[who]).git(str(repository.path), "firmware", **options)


def claims(world: World) -> dict[str, list[dict[str, Any]]]:
    """Imported claims by commit, with the names of the contributors."""
    found: dict[str, list[dict[str, Any]]] = {}
    with world.node.read() as transaction:
        known = names(transaction, "test")
        for line in list_contributions(transaction, "test", Filter()):
            line["name"] = known.get(line["provider"], "")
            found.setdefault(line["evidence"][0]["value"], []).append(line)
    return found


@contextmanager
def not_for_ever() -> Iterator[None]:
    """Break off what would take years."""

    def end(*_: Any) -> None:
        raise AssertionError("this does not come to an end")

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(60)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
