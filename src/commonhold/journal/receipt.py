"""Receipts: `.tlog-proof` files (C2SP tlog-proof v1) that show, without the node, that an entry is in the journal.

The entry itself is the `extra` data of the file, so one file is all that is needed, with the verifier key of the log.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from ..problems import Broken, Problem
from ..store.transaction import Transaction
from .head import latest_checkpoint, node_reader
from .note import Checkpoint, open_checkpoint, read_number, unbase64
from .tree import inclusion_proof, leaf_hash, root_from_inclusion

MAGIC = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt shows once it has been verified."""

    entry: bytes
    index: int
    checkpoint: Checkpoint


def make_receipt(transaction: Transaction, commons: str, position: int) -> str:
    """The receipt of an entry, against the newest checkpoint.

    Raises:
        NotFound: `journal.no_checkpoint`.
    """
    note = latest_checkpoint(transaction, commons, position + 1)
    size = int(note.split("\n")[1])
    data = bytes(transaction.value("SELECT data FROM journal_entry WHERE commons = ? AND position = ?", (commons, position)))
    proof = inclusion_proof(node_reader(transaction, commons), position, size)
    hashes = "".join(base64.b64encode(hash_).decode() + "\n" for hash_ in proof)
    return f"{MAGIC}\nextra {base64.b64encode(data).decode()}\nindex {position}\n{hashes}\n{note}"


def open_receipt(text: str, vkey: str) -> Receipt:
    """Verify a receipt with the verifier key of the log.

    Raises:
        Broken: `journal.bad_receipt`, `journal.bad_checkpoint`.
    """
    head, empty, note = text.partition("\n\n")
    lines = head.split("\n")
    if not empty or len(lines) < 3 or lines[0] != MAGIC or not lines[1].startswith("extra ") or not lines[2].startswith("index "):
        raise _bad("it is not a tlog-proof with the entry as extra data")
    index = read_number(lines[2].removeprefix("index "))
    if index is None:
        raise _bad("its index is not a number")
    try:
        data = unbase64(lines[1].removeprefix("extra "))
        proof = [unbase64(line) for line in lines[3:]]
    except ValueError:
        raise _bad("it is not base64") from None
    checkpoint = open_checkpoint(note, vkey)
    if any(len(hash_) != 32 for hash_ in proof) or root_from_inclusion(leaf_hash(data), index, checkpoint.size, proof) != checkpoint.root:
        raise _bad("the entry is not at this place under the root of the checkpoint")
    return Receipt(data, index, checkpoint)


def _bad(why: str) -> Broken:
    return Broken(Problem("journal.bad_receipt", f"The receipt does not verify: {why}."))
