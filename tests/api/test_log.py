"""The journal by HTTP, in the layout of tlog-tiles: whoever reads it can recompute the root that the checkpoint signs."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from serving import Site, problem

from commonhold.commons.custody import kept_key
from commonhold.contributions.commands import LogParams, log_body
from commonhold.journal.entry import entry_id
from commonhold.journal.note import open_checkpoint
from commonhold.journal.receipt import open_receipt
from commonhold.journal.static import export_static
from commonhold.problems import Broken

JOURNAL = "/api/commons/test/journal"


@pytest.fixture
def long(site: Site) -> Site:
    """A journal of 600 entries: two full tiles, a partial one, and one of the level above."""
    world = site.world
    with world.node.writing("test") as writer:
        signer = kept_key(writer.transaction, world.node.vault, "test", world.ids["Bo"])
        for number in range(597):
            body = log_body(writer.transaction, "test", world.ids["Bo"], writer.now, LogParams(kind="work", amount="1", domain="firmware"))
            writer.write(signer, world.ids["Bo"], "contributions.log", body, f"k{number}")
    return site


def raw(site: Site, path: str) -> bytes:
    answer = site.get(f"{JOURNAL}/{path}")
    assert answer.status_code == 200, path
    content: bytes = answer.content
    return content


def root_of(leaves: list[bytes]) -> bytes:
    """The root by the definition of RFC 9162, written down again."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + root_of(leaves[:split]) + root_of(leaves[split:])).digest()


def unpacked(bundle: bytes) -> list[bytes]:
    """The entries of a bundle: each after its length in two bytes."""
    found = []
    while bundle:
        length = int.from_bytes(bundle[:2], "big")
        found.append(bundle[2 : 2 + length])
        bundle = bundle[2 + length :]
    return found


def test_the_root_follows_from_the_entries_and_from_the_tiles(long: Site) -> None:
    vkey = long.text(f"{JOURNAL}/verifier-key").strip()
    signed = open_checkpoint(long.text(f"{JOURNAL}/checkpoint"), vkey)
    assert signed.size == 600
    entries = [entry for name in ("000", "001", "002.p/88") for entry in unpacked(raw(long, f"tile/entries/{name}"))]
    leaves = [sha256(b"\0" + entry).digest() for entry in entries]
    assert len(entries) == 600 and root_of(leaves) == signed.root
    assert b"".join(raw(long, f"tile/0/{name}") for name in ("000", "001", "002.p/88")) == b"".join(leaves)
    assert raw(long, "tile/1/000.p/2") == root_of(leaves[:256]) + root_of(leaves[256:512])


def test_it_is_the_same_as_the_exported_folder(long: Site, tmp_path: Path) -> None:
    with long.world.node.read() as transaction:
        export_static(transaction, "test", tmp_path / "log")
    files = {str(path.relative_to(tmp_path / "log")): path.read_bytes() for path in tmp_path.glob("log/**/*") if path.is_file()}
    assert len(files) == 9
    assert {name: raw(long, name) for name in files} == files


def test_a_tile_is_narrower_while_the_tree_is_small_and_never_wider_than_it(long: Site) -> None:
    whole = raw(long, "tile/0/000")
    assert raw(long, "tile/0/000.p/5") == whole[: 5 * 32]
    assert len(unpacked(raw(long, "tile/entries/002.p/1"))) == 1
    beyond = ("0/002", "0/002.p/89", "0/003.p/1", "1/000", "1/000.p/3", "2/000.p/1", "entries/002", "entries/002.p/89", "0/x001/000", "63/000.p/1")
    assert {problem(long.get(f"{JOURNAL}/tile/{name}")) for name in beyond} == {(404, "journal.no_tile", "tile")}
    malformed = ("0/2", "0/000.p/0", "0/000.p/256", "0/000.p/05", "00/000", "0/x000/000", "64/000", "-1/000", "0/0000", "entries/000.p", "leaves/000")
    assert {problem(long.get(f"{JOURNAL}/tile/{name}"))[0] for name in malformed} == {404}


def test_what_never_changes_may_be_kept_for_ever_and_the_checkpoint_is_asked_for_again(long: Site) -> None:
    for name in ("tile/0/000", "tile/entries/002.p/88", "entries/5"):
        assert long.get(f"{JOURNAL}/{name}").headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for name in ("checkpoint", "verifier-key", "receipts/5"):
        assert long.get(f"{JOURNAL}/{name}").headers["Cache-Control"] == "public, no-cache"


def test_a_receipt_verifies_without_the_node(long: Site) -> None:
    vkey = long.text(f"{JOURNAL}/verifier-key").strip()
    answer = long.get(f"{JOURNAL}/receipts/300")
    found = open_receipt(answer.content.decode(), vkey)
    assert (found.index, found.entry, found.checkpoint.size) == (300, raw(long, "entries/300"), 600)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="test-300.tlog-proof"'
    assert long.get(f"{JOURNAL}/receipts/{entry_id(found.entry)}").content == answer.content
    with pytest.raises(Broken):
        open_receipt(answer.content.decode().replace("index 300", "index 301"), vkey)


def test_the_checkpoint_moves_with_the_journal(site: Site) -> None:
    def size() -> Any:
        return open_checkpoint(site.text(f"{JOURNAL}/checkpoint"), site.text(f"{JOURNAL}/verifier-key").strip()).size

    before = size()
    site.world.log("Bo")
    assert size() == before + 1
