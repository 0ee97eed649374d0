"""Receipts: `.tlog-proof` files (C2SP tlog-proof v1) that show, without the node, that an entry is in the journal.

The entry itself is the `extra` data of the file, so one file is all that is needed, with the verifier key of the log.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from ..problems import Broken, Problem
from ..store.transaction import Transaction
from .head import latest_checkpoint, node_reader
from .note import Checkpoint, open_checkpoint
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
    number = lines[2].removeprefix("index ")
    if not (number.isascii() and number.isdigit() and str(int(number)) == number):
        raise _bad("its index is not a number")
    try:
        data = base64.b64decode(lines[1].removeprefix("extra "), validate=True)
        proof = [base64.b64decode(line, validate=True) for line in lines[3:]]
    except binascii.Error:
        raise _bad("it is not base64") from None
    checkpoint = open_checkpoint(note, vkey)
    if any(len(hash_) != 32 for hash_ in proof) or root_from_inclusion(leaf_hash(data), int(number), checkpoint.size, proof) != checkpoint.root:
        raise _bad("the entry is not at this place under the root of the checkpoint")
    return Receipt(data, int(number), checkpoint)


def _bad(why: str) -> Broken:
    return Broken(Problem("journal.bad_receipt", f"The receipt does not verify: {why}."))
