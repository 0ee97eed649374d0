"""The main job from the beginning to the end, by the commands that checks from outside use; on SQLite, each as a process."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from command_line import COMMAND, commonhold
from world import CHARTER

PERSONAL = (b"mara", b"noor", b"example.org", b"pieter")


class Node:
    """Runs commands in one home, always with --home and --json."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def run(self, *arguments: str, code: int = 0) -> Any:
        """The answer of a command that ends with this code."""
        whole = [*arguments, "--home", str(self.home), "--json"]
        if "DATABASE_URL" in os.environ:
            said = commonhold(*whole)
            assert said.code == code, said
            return said.json()
        done = subprocess.run([*COMMAND, *whole], capture_output=True, text=True, check=False)
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        return json.loads(done.stdout)


def git(folder: Path, *arguments: str, date: str = "2025-11-01T12:00:00Z") -> None:
    """Run git with nobody's settings."""
    environment = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    environment |= {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True)


def commit(folder: Path, path: str, lines: int, author: str, committer: str = "", message: str = "More") -> None:
    """Write some lines and commit them."""
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    with (folder / path).open("a") as file:
        file.writelines(f"{author} {number}\n" for number in range(lines))
    name = committer or author
    settings = ["-c", f"user.name={name}", "-c", f"user.email={name.lower()}@example.org"]
    git(folder, "add", ".")
    git(folder, *settings, "commit", "-q", "-m", message, "--author", f"{author} <{author.lower()}@example.org>")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A small made-up history: three people, a commit that another committed, a reviewer in a trailer."""
    folder = tmp_path / "made-up"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    commit(folder, "src/main.c", 120, "Mara")
    commit(folder, "src/main.c", 40, "Noor", "Mara")
    commit(folder, "docs/use.md", 30, "Pieter", message="Docs\n\nReviewed-by: Noor <noor@example.org>")
    return folder


def test_the_whole_life_of_an_income(home: Path, repository: Path, tmp_path: Path) -> None:
    """Import, validate, receive, preview, record, explain, verify, rebuild, export: on both stores."""
    node = Node(home)
    (tmp_path / "charter.toml").write_text(CHARTER)
    done = subprocess.run(
        [*COMMAND, "init", str(home), "--charter", str(tmp_path / "charter.toml"), "--founder", "Ana", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["commons"] == "test-commons"
    imported = node.run("import", "git", str(repository), "--domain", "firmware")
    assert (imported["commits"], imported["contributions"]) == (3, 3)
    assert node.run("import", "git", str(repository), "--domain", "firmware")["contributions"] == 0
    assert len(node.run("contributions")["contributions"]) == 3
    node.run("member", "join", "--name", "Bo")
    node.run("member", "join", "--name", "Mara")
    node.run("identity", "claim", node.run("identity", "find", "mara@example.org")["identity"], "--for", "Mara")
    for peer in ("Ana", "Bo"):
        node.run("validate", "--batch", imported["batch"], "--as", peer)
    states = {line["state"] for line in node.run("contributions")["contributions"]}
    assert states == {"validated"}
    node.run("income", "add", "1000.00", "EUR", "--from", "Acme Ltd", "--new-giver", "enterprise", "--source", "benefit_share")
    previewed = node.run("share", "preview")
    recorded = node.run("share", "record")
    assert (recorded["given"], recorded["kept"]) == ("1000.00", "0.00")
    shown = node.run("share", "show")
    assert {a["agent"]: a["amount"] for a in shown["agents"]} == {a["agent"]: a["amount"] for a in previewed["agents"]}
    assert sum(cents(agent["amount"]) for agent in shown["agents"]) == 100_000
    explained = node.run("share", "explain", "Mara")
    assert explained["total"] == next(a["amount"] for a in shown["agents"] if a["agent"] == explained["agent"])
    lines = [line for step in explained["steps"] for line in step["contributions"]]
    assert sum(cents(line["amount"]) for line in lines) == cents(explained["total"])
    report = node.run("verify", "--shares")
    assert report["ok"] is True
    assert [d["equal"] for d in report["commons"][0]["distributions"]] == [True]
    before = node.run("share", "show")
    node.run("rebuild")
    assert node.run("share", "show") == before
    assert node.run("verify", "--shares")["ok"] is True
    check_exports(node, tmp_path)
    check_flip(node)


def cents(amount: str) -> int:
    """An amount in minor units, read without rounding."""
    assert re.fullmatch(r"\d+\.\d\d", amount)
    return int(amount.replace(".", ""))


def check_exports(node: Node, folder: Path) -> None:
    """Each export is there, whole, accepted by those that read it, and holds no personal data that it should not."""
    node.run("person", "set", "Mara", "--iban", "AT611904300234573201")
    exported = node.run("export", "journal", "--to", str(folder / "journal"))
    assert node.run("verify", "--export", str(folder / "journal"), "--vkey", exported["verifierKey"])["ok"] is True
    held = b"".join(path.read_bytes() for path in (folder / "journal").rglob("*") if path.is_file()).lower()
    assert [word for word in PERSONAL if word in held] == []
    for what, name in (("beancount", "books.beancount"), ("hledger", "books.journal"), ("csv", "payouts.csv")):
        assert node.run("export", what, "-o", str(folder / name))["file"] == str(folder / name)
    bean_check = Path(sys.executable).with_name("bean-check")
    subprocess.run([bean_check, folder / "books.beancount"], check=True)
    subprocess.run(["hledger", "-f", folder / "books.journal", "check", "--strict"], check=True)
    paid = node.run(
        "export", "sepa", "--distribution", "1", "--debtor-name", "Alder", "--debtor-iban", "DE89370400440532013000", "-o", str(folder / "pay.xml")
    )
    assert paid["payments"] == 1
    assert b"AT611904300234573201" in (folder / "pay.xml").read_bytes()


def check_flip(node: Node) -> None:
    """One byte of the stored journal is flipped, and of a table: found, and located; mended, all is well again."""
    if "DATABASE_URL" in os.environ:
        return
    database = node.home / "commonhold.db"
    kept = node.home.with_name("kept.db")
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        position, data = connection.execute(
            "SELECT position, data FROM journal_entry WHERE CAST(data AS TEXT) LIKE '%contributions.log%' LIMIT 1"
        ).fetchone()
    connection.close()
    shutil.copy(database, kept)
    data = bytes(data)
    for sql, value, where in (
        ("UPDATE journal_entry SET data = ? WHERE position = ?", data[:200] + bytes([data[200] ^ 1]) + data[201:], f"entry {position}"),
        ("UPDATE contribution SET counted = counted + ? WHERE position = ?", 1, "table contribution"),
    ):
        with sqlite3.connect(database) as connection:
            connection.execute(sql, (value, position))
        connection.close()
        report = node.run("verify", code=5)
        assert report["ok"] is False
        assert any(finding["where"].startswith(where) for finding in report["commons"][0]["findings"])
        shutil.copy(kept, database)
        for beside in node.home.glob("commonhold.db-*"):
            beside.unlink()
    assert node.run("verify")["ok"] is True
