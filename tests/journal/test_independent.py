"""Programs that nobody here wrote verify an exported journal, and refuse a changed one."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey
from tlog_scales.tiles import leaf_hash

from commonhold.contributions.entries import Log
from commonhold.flows.vocabulary import EconomicEvent, Measure
from commonhold.journal.head import read_head
from commonhold.journal.keys import SigningKey
from commonhold.journal.note import key_id
from commonhold.journal.receipt import make_receipt
from commonhold.journal.static import export_static
from commonhold.node.node import Node

ENTRIES = 700
MODULES = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")
MAIN = Path(__file__).parent / "go" / "main.go"
CHARTER = """
[commons]
name = "Independent"
purpose = "To be verified by others."
licence = ["CERN-OHL-W-2.0"]
currency = "EUR"
domains = ["firmware"]

[kinds.work]
"""


@dataclass(frozen=True)
class Exported:
    """A journal in static files, with its verifier key and some receipts."""

    folder: Path
    vkey: str
    receipts: dict[int, str]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exported]:
    """A journal of 700 entries that were really signed, in one node, exported."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        home = tmp_path_factory.mktemp("independent")
        node = Node.open(home / "home", create=True, clock=lambda: 1_767_225_600)
        ana = SigningKey.derived("Ana")
        node.found("test", CHARTER, ana, keep=True, origin="example.org/independent")
        event = EconomicEvent(
            action="work", provider=ana.did, hasPointInTime="2025-12-31T10:00:00Z", effortQuantity=Measure(hasNumericalValue="1", hasUnit="hour")
        )
        for start in (0, 300):
            with node.writing("test") as writer:
                for number in range(start, 300 if start == 0 else ENTRIES - 1):
                    writer.write(ana, ana.did, "contributions.log", Log(event=event, kind="work", domain="firmware"), f"log-{number}")
        with node.read() as transaction:
            export_static(transaction, "test", home / "log")
            vkey = read_head(transaction, "test").vkey
            receipts = {position: make_receipt(transaction, "test", position) for position in (0, 255, 256, 511, 698, 699)}
        node.close()
        yield Exported(home / "log", vkey, receipts)


Verifier = Callable[[Path, str], str]
"""Looks at a folder with a verifier key; answers "OK …" or the reason why not."""


def with_tlog_scales(folder: Path, vkey: str) -> str:
    """tlog-scales: signature, root from the tiles, every entry against its hash, proofs."""
    try:
        reader = TilesReader(LocalBackend(folder))
        checkpoint = reader.get_checkpoint()
        key = Vkey.from_string(vkey)
        checkpoint.verify(key)
        if checkpoint.origin != key.name:
            return "another origin"
        root = reader.calculate_root_hash()
        if root != checkpoint.root_hash:
            return "root mismatch"
        for index in range(checkpoint.size):
            if leaf_hash(reader.get_entry(index)) != reader.mth(index, index + 1):
                return f"entry {index} does not have the hash in the tile"
        for level in range(1, 3):
            for index in range(checkpoint.size // 256**level):
                if level == 1 and reader._get_from_tile(1, index // 256, index % 256) != full_tile_root(reader, index):
                    return f"tile {level} is not that of the tiles below"
        for index in range(0, checkpoint.size, 37):
            reader.get_inclusion_proof(index, checkpoint.size).check(leaf_hash(reader.get_entry(index)), root)
            reader.get_consistency_proof(index + 1, checkpoint.size).check(reader.mth(0, index + 1), root)
    except Exception as error:  # noqa: BLE001  (whatever another's program raises is its refusal)
        return f"{type(error).__name__}: {error}"
    return f"OK {checkpoint.size} entries"


def full_tile_root(reader: TilesReader, index: int) -> bytes:
    """The hash over a complete tile of leaves, from the leaves."""
    from tlog_scales.utils import sha256

    hashes = [reader._get_from_tile(0, index, at) for at in range(256)]
    while len(hashes) > 1:
        hashes = [sha256(b"\1" + hashes[at] + hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]


@pytest.fixture(scope="session")
def go_program(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """The verifier built on Go's checksum-database code, where Go and its modules are installed."""
    if shutil.which("go") is None or not MODULES.is_dir():
        return None
    folder = tmp_path_factory.mktemp("go")
    environment = os.environ | {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(folder / "cache"), "GOFLAGS": ""}
    subprocess.run(["go", "build", "-o", str(folder / "verifier"), str(MAIN)], check=True, env=environment, capture_output=True, text=True)
    return folder / "verifier"


def asked(program: Path, mode: str, path: Path, vkey: str) -> str:
    """What the Go program answers."""
    done = subprocess.run([str(program), mode, str(path), vkey], capture_output=True, text=True, check=False)
    assert done.returncode == (0 if done.stdout.startswith("OK ") else 1), done.stderr
    assert not done.stderr
    return done.stdout.strip()


@pytest.fixture(params=["go", "tlog-scales"])
def verifier(request: pytest.FixtureRequest, go_program: Path | None) -> Verifier:
    """Each program that is available."""
    if request.param == "tlog-scales":
        return with_tlog_scales
    if go_program is None:
        pytest.skip("Go or its module golang.org/x/mod is not installed; tlog-scales checks the same")
    return lambda folder, vkey: asked(go_program, "log", folder, vkey)


def test_at_least_one_independent_verifier_runs(exported: Exported, go_program: Path | None) -> None:
    """Without a program of others, these tests would show nothing: then they fail."""
    answers = [with_tlog_scales(exported.folder, exported.vkey)]
    if go_program is not None:
        answers.append(asked(go_program, "log", exported.folder, exported.vkey))
    assert any(answer.startswith("OK 700 entries") for answer in answers), f"no independent verifier runs here: {answers}"


def test_the_journal_is_accepted(verifier: Verifier, exported: Exported) -> None:
    """A journal as this program writes it verifies: 700 entries, three bundles, two levels of tiles."""
    assert verifier(exported.folder, exported.vkey).startswith("OK 700 entries")


def flip(place: int | Callable[[bytes], int], mask: int = 1) -> Callable[[bytes], bytes]:
    """A change of one byte, at a place that may depend on the file."""

    def change(data: bytes) -> bytes:
        at = place if isinstance(place, int) else place(data)
        return data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]

    return change


def line(number: int, within: int) -> Callable[[bytes], int]:
    """A place in a line of a file."""
    return lambda data: len(b"\n".join(data.split(b"\n")[:number])) + (1 if number else 0) + within


CHANGES: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "first bundle": ("tile/entries/000", flip(lambda data: data.index(b'"log-17"') + 5)),
    "last bundle": ("tile/entries/002.p/188", flip(lambda data: len(data) - 1)),
    "length of an entry": ("tile/entries/001", flip(1)),
    "truncated bundle": ("tile/entries/002.p/188", lambda data: data[:-1]),
    "bundle without its last entry": ("tile/entries/002.p/188", lambda data: data[: data.rindex(b"{\"author\"") - 2]),
    "level-0 tile": ("tile/0/001", flip(4_000)),
    "partial level-0 tile": ("tile/0/002.p/188", flip(lambda data: len(data) - 32)),
    "truncated tile": ("tile/0/000", lambda data: data[:-32]),
    "level-1 tile": ("tile/1/000.p/2", flip(40)),
    "checkpoint's origin": ("checkpoint", flip(line(0, 2))),
    "checkpoint's size": ("checkpoint", flip(line(1, 2))),
    "checkpoint's root": ("checkpoint", flip(line(2, 7))),
    "key's name": ("checkpoint", flip(lambda data: data.rindex(b"example.org") + 2)),
    "key's id": ("checkpoint", flip(lambda data: data.rindex(b" ") + 2)),
    "signature": ("checkpoint", flip(lambda data: data.rindex(b" ") + 40)),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_journal_is_refused(verifier: Verifier, exported: Exported, what: str) -> None:
    """One byte of an exported file is changed: refused, with a reason."""
    path, change = CHANGES[what]
    file = exported.folder / path
    whole = file.read_bytes()
    file.write_bytes(change(whole))
    try:
        assert not verifier(exported.folder, exported.vkey).startswith("OK")
    finally:
        file.write_bytes(whole)


def test_another_key_is_refused(verifier: Verifier, exported: Exported) -> None:
    """With the verifier key of another, nothing verifies."""
    other = SigningKey.derived("another")
    name = exported.vkey.partition("+")[0]
    encoded = base64.b64encode(b"\1" + other.public).decode()
    assert not verifier(exported.folder, f"{name}+{key_id(name, other.public).hex()}+{encoded}").startswith("OK")


# Receipts

ALONE = """
import sys
from commonhold.journal.receipt import open_receipt
from commonhold.problems import CommonholdError
assert not [name for name in sys.modules if name.startswith(("commonhold.node", "commonhold.cli", "django"))]
try:
    with open(sys.argv[1], newline="", encoding="utf-8") as file:
        found = open_receipt(file.read(), sys.argv[2])
except CommonholdError as error:
    print(error)
    sys.exit(1)
print(f"OK entry {found.index} of {found.checkpoint.size}")
"""


def alone(file: Path, vkey: str) -> str:
    """A receipt checked by the module of receipts, in a process that has the file and the key and nothing else."""
    command = [sys.executable, "-c", ALONE, file.name, vkey]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COMMONHOLD", "DATABASE"))}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=file.parent, env=environment)
    assert not done.stderr
    return done.stdout.strip()


@pytest.fixture(params=["go", "alone"])
def receipt_verifier(request: pytest.FixtureRequest, go_program: Path | None) -> Verifier:
    """Each way of checking a receipt without a node."""
    if request.param == "alone":
        return alone
    if go_program is None:
        pytest.skip("Go or its module golang.org/x/mod is not installed")
    return lambda file, vkey: asked(go_program, "receipt", file, vkey)


def test_receipts_are_accepted_without_the_node(receipt_verifier: Verifier, exported: Exported, tmp_path: Path) -> None:
    """A `.tlog-proof` needs nothing but itself and the verifier key."""
    for position, text in exported.receipts.items():
        (tmp_path / f"{position}.tlog-proof").write_text(text, encoding="utf-8")
        assert receipt_verifier(tmp_path / f"{position}.tlog-proof", exported.vkey) == f"OK entry {position} of 700"


RECEIPT_CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "entry": flip(line(1, 100)),
    "index": flip(line(2, 8)),
    "first hash": flip(line(3, 3)),
    "last hash": flip(lambda data: data.index(b"\n\n") - 10),
    "size": flip(lambda data: data.index(b"\n700\n") + 3),
    "root": flip(lambda data: data.index(b"\n700\n") + 10),
    "signature": flip(lambda data: len(data) - 20),
    "a hash less": lambda data: data[: data.index(b"\n\n") - 45] + data[data.index(b"\n\n") :],
    "no checkpoint": lambda data: data[: data.index(b"\n\n") + 2],
}


@pytest.mark.parametrize("what", RECEIPT_CHANGES)
def test_changed_receipts_are_refused(receipt_verifier: Verifier, exported: Exported, tmp_path: Path, what: str) -> None:
    """One byte of a receipt is changed: refused, with a reason."""
    file = tmp_path / "changed.tlog-proof"
    file.write_bytes(RECEIPT_CHANGES[what](exported.receipts[255].encode()))
    answer = receipt_verifier(file, exported.vkey)
    assert answer and not answer.startswith("OK")
