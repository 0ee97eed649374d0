"""Any one changed byte of a stored journal, or of a table that follows from it, is found and located."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from busy import BUSY_CHARTER, make_flow
from busy_decisions import decide_everything
from hypothesis import given, settings
from hypothesis import strategies as st
from world import CHARTER, World

from commonhold.commons import entries as e
from commonhold.commons.custody import kept_key
from commonhold.contributions.commands import ChooseParams, LapseParams, LogParams, OneParams
from commonhold.contributions.entries import Batch, Log, Vouched
from commonhold.flows.vocabulary import EconomicEvent, Measure
from commonhold.journal.entry import entry_id, idempotency_digest, open_envelope, sign_entry
from commonhold.journal.head import entries, latest_checkpoint, read_head
from commonhold.journal.keys import SigningKey
from commonhold.journal.kinds import time_text
from commonhold.journal.static import export_static
from commonhold.journal.writer import Writer
from commonhold.node import tables
from commonhold.node.findings import Finding, Report
from commonhold.node.node import KINDS, Node
from commonhold.node.verification import verify_commons, verify_export, verify_node
from commonhold.problems import CommonholdError, Refused
from commonhold.sharing.commands import PayParams
from commonhold.store.sqlite import SqliteDatabase
from commonhold.store.transaction import Transaction

CHECKED = [table for table in (*tables.JOURNAL, *tables.DERIVED) if table.name != "journal_waiting"]


def populate(home: Path) -> World:
    """A commons in which a bit of everything has happened, so that no table is empty."""
    world = World(home, BUSY_CHARTER)
    world.organization("Acme")
    world.join("Di", rolls=("producer", "user"))
    world.act("Ana", "role.set", e.SetRole(agent=world.ids["Bo"], role="maintainer", granted=True))
    world.validated("Bo", "work", "3.5", note="soldering, naïvely", process="board", to=world.organization("Lab"))
    world.validated("Cy", "code", "120")
    loan = world.log("Cy", "loan", "100", repayment="until_repaid")
    for peer in ("Ana", "Bo"):
        world.attest(peer, loan)
    make_flow(world)
    care = world.log("Di", "care", "2", fulfills="task-1")
    for peer in ("Ana", "Bo"):
        world.attest(peer, care, "adjust", amount="1.5", reason="half an hour was a break")
    refused = world.log("Bo", "work", "99")
    for peer in ("Ana", "Cy"):
        world.attest(peer, refused, "refuse", reason="not seen")
    world.act("Bo", "contribution.appeal", OneParams(contribution=str(refused), reason="it is in the workshop"))
    world.log("Ana", "documentation", "10")
    world.act("Bo", "contribution.withdraw", OneParams(contribution=str(world.log("Bo", "documentation", "3"))))
    imported(world)
    world.income("1000.00")
    world.share("900.00")
    world.act("Ana", "share.pay", PayParams(distribution=1, reference="SEPA 17"))
    world.act("Bo", "contribution.choose", ChooseParams(repayment="once"))
    with world.node.writing("test") as writer:
        for steward, key in (("Ana", "Di's new key"),):
            body = e.Recover(agent=world.ids["Di"], key=SigningKey.derived(key).did)
            writer.write(world.keys[steward], world.ids[steward], "commons.key_recover", body, key)
        fill(writer, world.keys["Ana"], 230)
    world.clock.days(15)
    world.act("Ana", "contribution.lapse", LapseParams())
    decide_everything(world)
    return world


def imported(world: World) -> None:
    """A batch with one commit of somebody who is not a member; another vouched for it."""
    with world.node.writing("test") as writer:
        batch = writer.write(world.keys["Ana"], world.ids["Ana"], "contributions.batch", Batch(source="git", label="firmware", head="abc"), "batch")
        event = EconomicEvent(
            action="modify", provider="id:" + "0" * 32, hasPointInTime=time_text(world.clock.now - 86_400),
            resourceQuantity=Measure(hasNumericalValue="42", hasUnit="line"),
        )  # fmt: skip
        body = Log(event=event, kind="code", domain="firmware", batch=batch.id, vouchedBy=[Vouched(agent="id:" + "1" * 32, how="reviewed")])
        writer.write(world.keys["Ana"], world.ids["Ana"], "contributions.log", body, "commit")


def fill(writer: Writer, key: SigningKey, count: int) -> None:
    """Claims until the tree has a tile that is complete."""
    for number in range(count):
        event = EconomicEvent(
            action="work", provider=key.did, hasPointInTime="2025-12-01T00:00:00Z", effortQuantity=Measure(hasNumericalValue="1", hasUnit="hour")
        )
        writer.write(key, key.did, "contributions.log", Log(event=event, kind="work", domain="firmware"), f"fill-{number}")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The commons that is damaged and repaired again and again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        patch.setattr(SigningKey, "generate", staticmethod(lambda: SigningKey.derived("node")))  # so that the file is the same in every run
        made = populate(tmp_path_factory.mktemp("flips") / "home")
        assert verify_commons(made.node.database, "test", workers=1).ok
        yield made
        made.node.close()


def test_every_table_has_rows(world: World) -> None:
    """The commons of these tests has something in every table, so that every column can be damaged."""
    with world.node.read() as transaction:
        assert [table.name for table in CHECKED if not transaction.value(f"SELECT COUNT(*) FROM {table.name}")] == []


COLUMNS = [(table, column) for table in CHECKED for column in table.columns]


def changed(value: Any, at: float) -> Any:
    """The value with one byte, digit or character changed."""
    if value is None:
        return 0
    if isinstance(value, int):
        return value + (1 if at < 0.5 else -1)
    if not len(value):
        return "x" if isinstance(value, str) else b"\1"
    place = int(at * len(value))
    if isinstance(value, bytes):
        return value[:place] + bytes([value[place] ^ (1 << int(at * 8))]) + value[place + 1 :]
    other = chr(ord(value[place]) ^ 1)
    return value[:place] + (other if other not in "\0\n" else "~") + value[place + 1 :]


def damaged(world: World, table: tables.Table, column: str, row: int, at: float) -> tuple[list[Report], str] | None:
    """What verification finds when one value of one row is changed; the row is repaired afterwards."""
    database = world.node.database
    with database.write() as transaction:
        rows = transaction.rows(f"SELECT {', '.join(table.columns)} FROM {table.name} ORDER BY {', '.join(table.key)}")
        before = dict(zip(table.columns, rows[row % len(rows)], strict=True))
    after = before | {column: changed(before[column], at)}
    where = f"{table.name}.{column} of row {[before[name] for name in table.key]}"
    try:
        with database.write() as transaction:
            put(transaction, table, column, before, after)
    except Refused as refused:
        assert refused.code == "store.conflict"
        return None
    try:
        return verify_node(world.node), where
    except CommonholdError as error:
        return [Report("", findings=[Finding(str(error), "")])], where
    finally:
        with database.write() as transaction:
            put(transaction, table, column, after, before)


def put(transaction: Transaction, table: tables.Table, column: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    """Change one column of the row that has the key of `old`."""
    condition = " AND ".join(f"{name} = ?" for name in table.key)
    transaction.execute(f"UPDATE {table.name} SET {column} = ? WHERE {condition}", (new[column], *(old[name] for name in table.key)))


LOCATED = {
    "journal_head": ("head", "checkpoint", "journal_head", "entry"),
    "journal_entry": ("entry ", "journal_entry"),
    "journal_node": ("tile hash", "journal_node"),
    "journal_checkpoint": ("checkpoint", "journal_checkpoint"),
}


def assert_located(found: tuple[list[Report], str], table: tables.Table) -> None:
    """The findings name the table, or the part of the journal, that was changed."""
    reports, where = found
    findings = [finding for report in reports for finding in report.findings]
    assert findings, f"not found: {where}"
    places = LOCATED.get(table.name, (f"table {table.name}",))
    assert any(place in finding.where for finding in findings for place in places), (where, findings)


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=[f"{table.name}.{column}" for table, column in COLUMNS])
def test_a_change_in_any_column_is_found(world: World, table: tables.Table, column: str) -> None:
    """One value of each column is changed by one: verification names the table or the entry."""
    for row, at in ((0, 0.1), (1, 0.9), (-1, 0.4)):
        found = damaged(world, table, column, row, at)
        if found is not None:
            assert_located(found, table)
            return
    pytest.fail("no row of this column could be changed")


@settings(max_examples=25)
@given(st.sampled_from(COLUMNS), st.integers(0, 10_000), st.floats(0, 1, exclude_max=True))
def test_a_change_anywhere_is_found(world: World, place: tuple[tables.Table, str], row: int, at: float) -> None:
    """Any value of any row: the same."""
    found = damaged(world, *place, row, at)
    if found is not None:
        assert_located(found, place[0])


def copied(world: World, home: Path) -> Path:
    """A copy of the node's folder, its database in one file."""
    home.mkdir(parents=True)
    database = world.node.database
    assert isinstance(database, SqliteDatabase)
    database.copy_to(home / "commonhold.db")
    shutil.copy(world.node.home / "node.key", home / "node.key")
    return home


def dump(path: Path) -> dict[str, list[Any]]:
    """All that the journal and the derived tables hold, byte for byte."""
    connection = sqlite3.connect(path)
    connection.text_factory = bytes
    try:
        return {table.name: sorted(connection.execute(f"SELECT {', '.join(table.columns)} FROM {table.name}"), key=repr) for table in CHECKED}
    finally:
        connection.close()


def flipped(data: bytes, at: int, mask: int) -> bytes:
    """The data with one byte changed."""
    return data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]


PAGE = 4_096


def sampled(size: int, count: int, seed: int) -> list[tuple[int, int]]:
    """Places in a file, spread over its pages, with a mask for each."""
    chance = random.Random(seed)
    heads = [page * PAGE + chance.randrange(16) for page in chance.sample(range(size // PAGE), count // 4)]
    return [(at, 1 << chance.randrange(8)) for at in [*heads, *(chance.randrange(size) for _ in range(count - len(heads)))]]


def verified(home: Path) -> list[str]:
    """What verification says of a folder: findings, or the one error that it cannot go on from."""
    node = None
    try:
        node = Node.open(home, clock=lambda: 1_800_000_000)
        return [str(finding) for report in verify_node(node) for finding in report.findings]
    except CommonholdError as error:
        return [str(error)]
    finally:
        if node is not None:
            node.close()


def test_a_change_of_the_file_is_found_or_changes_nothing(world: World, tmp_path: Path) -> None:
    """A byte of the SQLite file is flipped: verification finds it, or journal and tables hold what they held; it never breaks."""
    home = copied(world, tmp_path / "copy")
    file = home / "commonhold.db"
    whole, before = file.read_bytes(), dump(file)
    found = 0
    for at, mask in sampled(len(whole), 60, seed=1):
        for leftover in home.glob("commonhold.db-*"):
            leftover.unlink()
        shutil.rmtree(home / "verified", ignore_errors=True)
        file.write_bytes(flipped(whole, at, mask))
        if verified(home):
            found += 1
        else:
            assert dump(file) == before, f"byte {at} of page {at // PAGE + 1}, mask {mask}"
    assert found > 20


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line, as people run it."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "-c", "from commonhold.cli import main; main()", "--home", str(home), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@pytest.mark.parametrize("seed", [11, 12, 13, 14])
def test_the_command_line_tells_of_damage(world: World, tmp_path: Path, seed: int) -> None:
    """`verify` of a damaged journal ends with exit code 5 and one JSON object, never with a traceback."""
    home = copied(world, tmp_path / "copy")
    file = home / "commonhold.db"
    whole = file.read_bytes()
    data = next(row for row in dump(file)["journal_entry"] if b'"kind":"contributions.log"' in row[4])[4]
    at = whole.index(data[40:200]) + random.Random(seed).randrange(160)
    file.write_bytes(flipped(whole, at, 1))
    done = run(home, "verify", "--json")
    assert done.returncode == 5, done.stderr
    assert "Traceback" not in done.stderr
    answer = json.loads(done.stdout)
    findings = [finding for report in answer["commons"] for finding in report["findings"]]
    assert any(finding["where"].startswith("entry ") for finding in findings)


def test_the_command_line_tells_of_a_broken_file(world: World, tmp_path: Path) -> None:
    """A page that leads nowhere is damage, and the answer says so."""
    home = copied(world, tmp_path / "copy")
    file = home / "commonhold.db"
    whole = file.read_bytes()
    file.write_bytes(whole[: 5 * PAGE] + b"\xff" * (len(whole) - 5 * PAGE))
    done = run(home, "verify", "--json")
    assert done.returncode == 5, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    assert json.loads(done.stdout)


ORIGIN = "example.org/rewritten"


def told(home: Path, patch: pytest.MonkeyPatch, amount: str, count: int = 6) -> Node:
    """A journal under fixed keys and times, in which one entry can be told otherwise."""
    patch.setattr(SigningKey, "generate", staticmethod(lambda: SigningKey.derived("node")))
    node = Node.open(home, create=True, clock=lambda: 1_767_225_600)
    founder = SigningKey.derived("founder")
    node.found("test", CHARTER, founder, keep=True, origin=ORIGIN)
    for number in range(count):
        params = LogParams(kind="work", amount=amount if number == 2 else "1", domain="firmware")
        node.act("test", founder.did, "contribution.log", params, key=f"log-{number}")
    return node


def newest(node: Node) -> str:
    """The newest checkpoint of a node's journal."""
    with node.read() as transaction:
        return latest_checkpoint(transaction, "test")


def test_a_rewritten_history_is_exposed_by_an_earlier_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A history that was rewritten under the same keys agrees with itself; a checkpoint seen before it does not."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    honest, rewritten = told(tmp_path / "one", monkeypatch, "1"), told(tmp_path / "two", monkeypatch, "100", count=9)
    seen = tmp_path / "seen.checkpoint"
    seen.write_text(newest(honest), encoding="utf-8")
    assert verify_node(rewritten)[0].ok
    findings = verify_node(rewritten, seen=seen)[0].findings
    assert [(finding.where, "history was rewritten" in finding.what) for finding in findings] == [("entry 6", True)]
    assert verify_node(honest, seen=seen)[0].ok
    honest.close()
    rewritten.close()


def test_what_verified_once_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A node keeps the checkpoint that it verified last; a database put in its place since is exposed, as is a shorter one."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    honest, rewritten = told(tmp_path / "one", monkeypatch, "1"), told(tmp_path / "two", monkeypatch, "100")
    shorter = told(tmp_path / "three", monkeypatch, "1", count=3)
    assert verify_node(honest)[0].ok
    for other, what in ((rewritten, "history was rewritten"), (shorter, "entries are missing")):
        for name in ("commonhold.db", "node.key"):
            database = other.database
            assert isinstance(database, SqliteDatabase)
            (tmp_path / "one" / name).unlink()
            if name == "node.key":
                shutil.copy(other.home / name, tmp_path / "one" / name)
            else:
                database.copy_to(tmp_path / "one" / name)
                honest.close()
                for leftover in (tmp_path / "one").glob("commonhold.db-*"):
                    leftover.unlink()
        done = run(tmp_path / "one", "verify", "--json")
        assert done.returncode == 5, done.stderr
        assert what in done.stdout
        other.close()


def test_an_export_tells_where_it_was_changed(world: World, tmp_path: Path) -> None:
    """A byte of an exported bundle, tile or checkpoint is flipped: found, at the entry or in the file; never a crash."""
    with world.node.read() as transaction:
        export_static(transaction, "test", tmp_path / "log")
    files = [path for path in sorted((tmp_path / "log").rglob("*")) if path.is_file()]
    assert verify_export(tmp_path / "log").ok
    chance = random.Random(3)
    for file in files:
        whole = file.read_bytes()
        for _ in range(4):
            file.write_bytes(flipped(whole, chance.randrange(len(whole)), 1 << chance.randrange(8)))
            try:
                findings = verify_export(tmp_path / "log").findings
            except CommonholdError as error:
                assert error.exit_code == 5
                findings = [str(error)]  # type: ignore[list-item]
            assert findings, file
            file.write_bytes(whole)


def forced(node: Node, data: bytes) -> None:
    """Put an entry into a journal past the rules, as the holder of a node's key could."""
    with node.database.write() as transaction:
        head = read_head(transaction, "test")
        writer = Writer(transaction, KINDS, "test", kept_key(transaction, node.vault, "test", SigningKey.derived("node").did), head.time)
        envelope = open_envelope(data)
        leaf = bytes.fromhex(entry_id(data))
        transaction.insert("journal_entry", "test", head.frontier.size, leaf, idempotency_digest(envelope.author, envelope.key), data)
        writer.head.frontier.append(leaf)
        writer.close()


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"commons": "example.org/elsewhere"}, "signed for example.org/elsewhere"),
        ({"signer": "stranger"}, "is not in this journal"),
        ({"author": "stranger", "signer": "stranger"}, "is not in this journal"),
        ({"kind": "journal.clock"}, "Only the home node tells the time"),
        ({"kind": "commons.create", "body": {"charter": CHARTER, "node": SigningKey.derived("x").did}}, "has it once"),
        ({"kind": "commons.unheard"}, "No kind commons.unheard"),
        ({"body": {"unheard": 1}}, "Object contains unknown field"),
        ({"created": "2026-02-30T00:00:00Z"}, "is not a time"),
    ],
)
def test_an_entry_past_the_rules_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], what: str) -> None:
    """A node that signs a journal with an entry that the rules refuse is found out, and the entry named."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    node = told(tmp_path / "home", monkeypatch, "1", count=1)
    signer = SigningKey.derived(changes.pop("signer", "founder"))
    fields = {"author": SigningKey.derived(changes.pop("author", "founder")).did, "commons": ORIGIN, "kind": "commons.leave", "body": {}}
    fields |= {"created": "2026-01-01T00:00:00Z", "key": "forced"}
    forced(node, sign_entry(signer, **fields | changes))
    findings = verify_node(node)[0].findings
    assert any(finding.where == "entry 2" and what in finding.what for finding in findings), findings
    node.close()


def test_an_export_with_a_repeated_entry_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exported journal in which an entry stands twice, under a checkpoint that the node signed, is found out."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    node = told(tmp_path / "home", monkeypatch, "1", count=1)
    with node.read() as transaction:
        last = next(iter(entries(transaction, "test", 1, 2)))
    with node.database.write() as transaction:
        transaction.execute("DROP INDEX journal_entry_leaf")
        transaction.execute("DROP INDEX journal_entry_idem")
    forced(node, last)
    with node.read() as transaction:
        export_static(transaction, "test", tmp_path / "log")
    for report in (verify_node(node)[0], verify_export(tmp_path / "log")):
        assert any(finding.where == "entry 2" and "used its key before" in finding.what for finding in report.findings)
    node.close()
