"""Reads for the pages of the journal: entries newest first, and each with its signature and its place in the tree. Only public names."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from ..commons.queries import find_agent
from ..journal.entry import Envelope, open_envelope, signer_of
from ..journal.head import latest_checkpoint, node_reader, read_head
from ..journal.kinds import time_text, unix_time
from ..journal.tree import leaf_hash, node_hash, range_hash
from ..problems import CommonholdError, not_found
from ..store.transaction import Transaction
from .journal_naming import Plain, entries_in, names_in, references
from .overview import called, public_names

CHUNK = 500
SCANNED = 5_000
"""A page of filtered entries looks at no more than so many, and then says where to go on."""
NAMED = 3
"""So many of the entries that one entry names are looked up for its sentence."""
NAMED_MAX = 900
_BACK = 5_000
"""So many entries are read, at most, to find journal time at an entry."""

OWN = {
    "contributions.log": "contribution", "contributions.batch": "batch", "governance.propose": "proposal", "sharing.distribution": "distribution",
    "sharing.grant": "distribution",
}  # fmt: skip
"""kind → what people know an entry of it as."""


class _Outer(msgspec.Struct):
    author: str
    created: str
    kind: str


_outer = msgspec.json.Decoder(_Outer)
_envelope = msgspec.json.Decoder(Envelope)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries to list. kind: A kind, or a package (`flows`). author: An agent's id. before: Those before this position."""

    kind: str = ""
    author: str = ""
    before: int | None = None
    limit: int = 50


@dataclass(slots=True)
class Found:
    """Entries, newest first; `onward`: the position to go on before, if there is more to look at; `looked_at`: how many were read."""

    entries: list[Plain] = field(default_factory=list)
    onward: int | None = None
    looked_at: int = 0
    filled: bool = False


def entries_page(transaction: Transaction, commons: str, asked: Asked) -> Found:
    """A page of the journal. However long the journal is, no more than `SCANNED` entries are read."""
    size = read_head(transaction, commons).frontier.size
    end = size if asked.before is None else min(asked.before, size)
    found = Found()
    filtered = bool(asked.kind or asked.author)
    while end > 0 and not found.filled and found.looked_at < SCANNED:
        count = min(CHUNK if filtered else asked.limit, end, SCANNED - found.looked_at)
        for position, leaf, data in _backwards(transaction, commons, end - count, end):
            found.looked_at += 1
            end = position
            if _fits(data, asked):
                found.entries.append(_plain(position, leaf, data))
                if len(found.entries) == asked.limit:
                    found.filled = True
                    break
    found.onward = end if end > 0 else None
    return found


def authors_called(transaction: Transaction, commons: str, asked: str) -> list[str]:
    """The ids of those who may be meant by an id, or by a public name: nobody, one, or several."""
    node = transaction.value("SELECT node FROM commons WHERE commons = ?", (commons,))
    if asked == node or find_agent(transaction, commons, asked) is not None:
        return [asked]
    wanted = asked.casefold()
    return [id_ for id_, name in public_names(transaction, commons).items() if name.casefold() == wanted and id_.startswith("did:key:")]


def _backwards(transaction: Transaction, commons: str, start: int, end: int) -> Iterator[tuple[int, bytes, bytes]]:
    sql = "SELECT position, leaf, data FROM journal_entry WHERE commons = ? AND position >= ? AND position < ? ORDER BY position DESC"
    for position, leaf, data in transaction.rows(sql, (commons, start, end)):
        yield position, bytes(leaf), bytes(data)


def _fits(data: bytes, asked: Asked) -> bool:
    """Whether an entry passes the filters. The bytes are looked at first: most entries need not be decoded to be passed over."""
    if asked.author and not data.startswith(b'{"author":"%s"' % asked.author.encode()):
        return False
    if not asked.kind:
        return True
    if b'"kind":"%s' % asked.kind.encode() not in data:
        return False
    kind = _outer.decode(data).kind
    return kind == asked.kind or kind.partition(".")[0] == asked.kind


def _plain(position: int, leaf: bytes, data: bytes) -> Plain:
    said = _envelope.decode(data)
    return {
        "position": position, "id": leaf.hex(), "kind": said.kind, "version": said.version, "author": said.author, "created": said.created,
        "body": json.loads(bytes(said.body)),
    }  # fmt: skip


def named_entries(transaction: Transaction, commons: str, entries: list[Plain], most: int = NAMED) -> Plain:
    """What the ids in some entries stand for: `names` of agents and records, `refs` of entries, and the key of the home `node`.

    Each entry gets its `authorName`. most: How many of the entries that one entry names are looked up.
    """
    names = public_names(transaction, commons, [entry["author"] for entry in entries])
    wanted: list[tuple[str, str]] = []
    for entry in entries:
        entry["authorName"] = called(names, entry["author"])
        if entry["kind"] in OWN:
            wanted.append((OWN[entry["kind"]], entry["id"]))
        wanted += [pair for pair, _ in zip(entries_in(entry["body"]), range(most), strict=False)]
    return {
        "names": names_in(transaction, commons, [entry["body"] for entry in entries], [entry["author"] for entry in entries]),
        "refs": references(transaction, commons, wanted),
        "node": transaction.value("SELECT node FROM commons WHERE commons = ?", (commons,)),
    }


def entries_at(transaction: Transaction, commons: str, positions: Iterable[int]) -> list[Plain]:
    """The entries at some places, in the order in which they are asked for; what is not there is left out."""
    wanted = list(positions)
    sql = f"SELECT position, leaf, data FROM journal_entry WHERE commons = ? AND position IN ({', '.join('?' * len(wanted))})"
    rows = transaction.rows(sql, (commons, *wanted)) if wanted else []
    found = {position: _plain(position, bytes(leaf), bytes(data)) for position, leaf, data in rows}
    return [found[position] for position in wanted if position in found]


def entry_at(transaction: Transaction, commons: str, position: int) -> Plain:
    """One entry with its bytes, its signature as the server finds it, and its place in the tree of the newest checkpoint.

    Raises:
        NotFound: `journal.unknown_entry`, `journal.no_checkpoint`.
    """
    head = read_head(transaction, commons)
    row = transaction.row("SELECT leaf, data FROM journal_entry WHERE commons = ? AND position = ?", (commons, position))
    if row is None:
        raise not_found("journal.unknown_entry", f"The journal has no entry {position}.", "entry")
    data = bytes(row[1])
    entry = _plain(position, bytes(row[0]), data)
    note = latest_checkpoint(transaction, commons, position + 1)
    return entry | {
        "origin": head.origin, "verifierKey": head.vkey, "checkpoint": note, "raw": data.decode(), "bytes": len(data),
        "journalTime": journal_time(transaction, commons, position), "signature": _signature(transaction, commons, position, entry["author"], data),
        "tree": _place(transaction, commons, position, data, int(note.split("\n")[1])), "previous": position - 1 if position else None,
        "next": position + 1 if position + 1 < head.frontier.size else None,
    }  # fmt: skip


def _signature(transaction: Transaction, commons: str, position: int, author: str, data: bytes) -> Plain:
    """Which key signed, whether the signature fits the bytes, and whether the journal says that the key spoke for the author there."""
    try:
        signer = signer_of(data, open_envelope(data))
    except CommonholdError as error:
        return {"verifies": False, "key": "", "own": False, "speaks": False, "problem": str(error)}
    sql = (
        "SELECT COUNT(*) FROM agent_key k JOIN agent a ON a.commons = k.commons AND a.number = k.agent WHERE k.commons = ? AND a.id = ?"
        " AND k.key = ? AND k.since <= ? AND (k.until IS NULL OR k.until >= ?)"
    )
    speaks = bool(transaction.value(sql, (commons, author, signer, position, position)))
    node = transaction.value("SELECT node FROM commons WHERE commons = ?", (commons,))
    return {"verifies": True, "key": signer, "own": signer == author, "speaks": speaks or signer == author == node, "problem": ""}


def _place(transaction: Transaction, commons: str, index: int, data: bytes, size: int) -> Plain:
    """The way from a leaf to the root: at each step the hash beside it, on which side, over which entries, and what both make."""
    read = node_reader(transaction, commons)
    leaf = here = leaf_hash(data)
    steps = []
    for start, end in _beside(index, 0, size):
        sibling = range_hash(read, start, end)
        left = start < index
        here = node_hash(sibling, here) if left else node_hash(here, sibling)
        steps.append({"side": "left" if left else "right", "first": start, "last": end - 1, "hash": sibling.hex(), "makes": here.hex()})
    return {"leaf": leaf.hex(), "size": size, "root": here.hex(), "rootBase64": base64.b64encode(here).decode(), "path": steps}


def _beside(index: int, start: int, end: int) -> list[tuple[int, int]]:
    """The ranges of leaves beside the way up, lowest first: PATH of RFC 6962."""
    if end - start == 1:
        return []
    split = start + (1 << ((end - start - 1).bit_length() - 1))
    return [*_beside(index, start, split), (split, end)] if index < split else [*_beside(index, split, end), (start, split)]


def journal_time(transaction: Transaction, commons: str, position: int) -> str | None:
    """Journal time at an entry: the latest `created` up to it. Nothing, if too many entries would have to be read to tell.

    What was folded from an earlier entry tells journal time there; from then on the entries themselves do.
    """
    start, latest = -1, 0
    for table, column in (("contribution", "logged"), ("charter", "time"), ("batch", "opened")):
        sql = f"SELECT position, {column} FROM {table} WHERE commons = ? AND position <= ? ORDER BY position DESC LIMIT 1"
        row = transaction.row(sql, (commons, position))
        if row is not None and row[0] > start:
            start, latest = row
    if position - start > _BACK:
        return None
    for _, _, data in _backwards(transaction, commons, start + 1, position + 1):
        latest = max(latest, unix_time(_outer.decode(data).created))
    return time_text(latest)


__all__ = ["NAMED_MAX", "Asked", "Found", "authors_called", "entries_at", "entries_page", "entry_at", "journal_time", "named_entries"]
