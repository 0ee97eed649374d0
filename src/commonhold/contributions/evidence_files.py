"""Files that somebody gave as evidence: the journal names them by their SHA-256, the node keeps their bytes and names beside it.

So a file can be erased, and what the journal says of it stays true. A file is kept once for each person who gave it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from ..problems import bad_input, refuse
from ..store.sums import small_sum
from ..store.transaction import Transaction

FILE_BYTES_MAX = 2_000_000
FILES_MAX = 5
"""So many files come with one contribution at most."""
PERSON_BYTES_MAX = 100_000_000
"""The files of one person together are at most as long as this."""
_NAME_MAX = 120


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file. agent: id of who gave it. name: what they called it. size: in bytes."""

    sha256: str
    agent: str
    name: str
    size: int


def keep_file(transaction: Transaction, commons: str, agent: str, name: str, data: bytes, now: int) -> str:
    """Keep a file of an agent; return its SHA-256. What they have given already is kept once.

    Raises:
        BadInput: `evidence.empty`, `evidence.too_large`. Refused: `evidence.no_room`.
    """
    if not data:
        raise bad_input("evidence.empty", "The file is empty.", "files")
    if len(data) > FILE_BYTES_MAX:
        raise bad_input("evidence.too_large", f"A file has at most {FILE_BYTES_MAX:,} bytes; link to what is larger.", "files")
    digest = hashlib.sha256(data).hexdigest()
    sql = "SELECT COUNT(*) FROM private_evidence WHERE commons = ? AND sha256 = ? AND agent = ?"
    if transaction.value(sql, (commons, digest, agent)):
        return digest
    used = int(transaction.value(f"SELECT {small_sum('LENGTH(data)')} FROM private_evidence WHERE commons = ? AND agent = ?", (commons, agent)))
    if used + len(data) > PERSON_BYTES_MAX:
        raise refuse("evidence.no_room", f"Your files together have at most {PERSON_BYTES_MAX:,} bytes: erase some, or link to them.", "files")
    transaction.insert("private_evidence", commons, digest, agent, plain_name(name), data, now)
    return digest


def plain_name(name: str) -> str:
    r"""The last part of what a file was called, without what no file name has on every machine.

    >>> plain_name("C:\\Users\\ana\\receipt.pdf"), plain_name("../../etc/passwd"), plain_name("\u202egpj.exe"), plain_name("..")
    ('receipt.pdf', 'passwd', 'gpj.exe', 'file')
    """
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(one for one in last if unicodedata.category(one)[0] != "C" and one not in '<>:"|?*')
    return seen.strip(" .")[-_NAME_MAX:] or "file"


def find_file(transaction: Transaction, commons: str, sha256: str) -> tuple[KeptFile, bytes] | None:
    """A file with its bytes, or None if nobody gave it here, or it has been erased."""
    sql = "SELECT sha256, agent, name, data FROM private_evidence WHERE commons = ? AND sha256 = ? ORDER BY kept, agent LIMIT 1"
    row = transaction.row(sql, (commons, sha256))
    if row is None:
        return None
    data = bytes(row[3])
    return KeptFile(row[0], row[1], row[2], len(data)), data


def files_here(transaction: Transaction, commons: str, digests: Iterable[str]) -> dict[str, KeptFile]:
    """Those of some files that are kept, by their SHA-256."""
    sql = "SELECT sha256, agent, name, LENGTH(data) FROM private_evidence WHERE commons = ? AND sha256 = ? ORDER BY kept, agent LIMIT 1"
    rows = (transaction.row(sql, (commons, digest)) for digest in sorted(set(digests)))
    return {row[0]: KeptFile(*row) for row in rows if row is not None}


def given_by(transaction: Transaction, commons: str, agent: str, digests: Iterable[str]) -> list[str]:
    """Those of some files, by their SHA-256, that an agent has given."""
    sql = "SELECT COUNT(*) FROM private_evidence WHERE commons = ? AND sha256 = ? AND agent = ?"
    return [digest for digest in dict.fromkeys(digests) if transaction.value(sql, (commons, digest, agent))]


def forget_file(transaction: Transaction, commons: str, agent: str, sha256: str) -> int:
    """Erase a file that an agent gave; how many that were."""
    return transaction.execute("DELETE FROM private_evidence WHERE commons = ? AND sha256 = ? AND agent = ?", (commons, sha256, agent))


def forget_files_of(transaction: Transaction, commons: str, agent: str) -> int:
    """Erase all files that an agent gave; how many that were."""
    return transaction.execute("DELETE FROM private_evidence WHERE commons = ? AND agent = ?", (commons, agent))
