"""Receipts of a node's journal, and the static layout that they and replicas are read from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from world import World

from commonhold.journal.entry import open_envelope, signer_of
from commonhold.journal.head import entries, latest_checkpoint, node_reader, read_head
from commonhold.journal.note import open_checkpoint
from commonhold.journal.receipt import make_receipt, open_receipt
from commonhold.journal.static import StaticLog, export_static
from commonhold.journal.tree import consistency_proof, is_consistent
from commonhold.problems import BadInput, Broken


@dataclass(frozen=True)
class Made:
    """A small journal with its verifier key, its entries and a receipt of each."""

    world: World
    vkey: str
    entries: list[bytes]
    receipts: list[str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """Nine entries by three people."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        world = World(tmp_path_factory.mktemp("receipts") / "home")
        for who in ("Ana", "Bo"):
            world.validated(who)
        with world.node.read() as transaction:
            head = read_head(transaction, "test")
            found = list(entries(transaction, "test", 0, head.frontier.size))
            receipts = [make_receipt(transaction, "test", position) for position in range(head.frontier.size)]
        yield Made(world, head.vkey, found, receipts)
        world.node.close()


def test_every_entry_has_a_receipt(made: Made) -> None:
    """A receipt gives the entry, its place, and a checkpoint that covers it; the entry's own signature verifies."""
    assert len(made.entries) == 9
    for position, (data, text) in enumerate(zip(made.entries, made.receipts, strict=True)):
        found = open_receipt(text, made.vkey)
        assert (found.entry, found.index, found.checkpoint.size) == (data, position, 9)
        assert found.checkpoint.origin == made.world.origin == open_envelope(data).commons
        signer_of(found.entry, open_envelope(found.entry))


def test_any_changed_byte_is_refused(made: Made) -> None:
    """Each byte of a receipt is changed: it does not open."""
    data = made.receipts[5].encode()
    for at in range(len(data)):
        for mask in (0x01, 0x20):
            changed = data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]
            with pytest.raises(Broken):
                open_receipt(changed.decode(errors="replace"), made.vkey)


def test_a_receipt_keeps_its_worth(made: Made, tmp_path: Path) -> None:
    """A receipt opens after the journal has grown, and its checkpoint is consistent with the later one."""
    world = World(tmp_path / "home")
    with world.node.read() as transaction:
        text = make_receipt(transaction, "test", 1)
        vkey = read_head(transaction, "test").vkey
    for _ in range(5):
        world.log("Bo")
    before = open_receipt(text, vkey).checkpoint
    with world.node.read() as transaction:
        after = open_checkpoint(latest_checkpoint(transaction, "test"), vkey)
        proof = consistency_proof(node_reader(transaction, "test"), before.size, after.size)
    assert before.size < after.size
    assert is_consistent(before.size, before.root, after.size, after.root, proof)
    with pytest.raises(Broken):
        open_receipt(text, made.vkey)
    world.node.close()


def test_an_export_holds_the_journal(made: Made, tmp_path: Path) -> None:
    """Static files give the same entries and hashes; writing them again changes nothing."""
    with made.world.node.read() as transaction:
        size, files = export_static(transaction, "test", tmp_path / "log")
    log = StaticLog.at(tmp_path / "log")
    assert (size, files, log.size, log.vkey) == (9, 4, 9, made.vkey)
    assert [data for bundle in log.bundles() for data in bundle] == made.entries
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "log" / "tile").rglob("*")}
    with made.world.node.read() as transaction:
        export_static(transaction, "test", tmp_path / "log")
    assert times == {path: path.stat().st_mtime_ns for path in (tmp_path / "log" / "tile").rglob("*")}


def test_an_export_does_not_mix_two_logs(made: Made, tmp_path: Path) -> None:
    """A folder that holds another log is left alone."""
    (tmp_path / "verifier-key").write_text("another+00000000+AQ==\n")
    with made.world.node.read() as transaction, pytest.raises(BadInput) as caught:
        export_static(transaction, "test", tmp_path)
    assert caught.value.code == "journal.other_log"


@pytest.mark.parametrize("path", ["checkpoint", "verifier-key", "tile/0/000.p/9", "tile/entries/000.p/9"])
def test_a_missing_file_is_named(made: Made, tmp_path: Path, path: str) -> None:
    """An export that lacks a file is broken, and the message says what is missing."""
    with made.world.node.read() as transaction:
        export_static(transaction, "test", tmp_path)
    (tmp_path / path).unlink()
    with pytest.raises(Broken) as caught:
        log = StaticLog.at(tmp_path)
        list(log.bundles())
        list(log.hashes())
    assert path in str(caught.value)
