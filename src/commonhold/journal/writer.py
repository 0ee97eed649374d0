"""Appending: the one way by which anything comes into a journal.

A `Writer` lives inside one write transaction and holds the lock of the commons. Entries are checked, placed, hashed and
folded; when it closes, the head moves and a checkpoint is signed, so rows and checkpoint become durable together.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from ..problems import BadInput, CommonholdError, Forbidden, NotFound, Problem, Refused, refuse
from ..store.transaction import Transaction
from . import waiting
from .canonical import canonical
from .elsewhere import ElsewhereKey
from .entry import check_limits, idempotency_digest, open_envelope, sign_entry, signer_of
from .head import Head, read_head
from .keys import SigningKey
from .kinds import UNKNOWN_REFERENCE, Entry, Kinds, time_text, unix_time
from .note import sign_checkpoint
from .tiles import TILE_HEIGHT
from .tree import leaf_hash

AHEAD_SECONDS_MAX = 600
CLOCK_STEP_SECONDS = 3_600
TIMELY_STEP_SECONDS = 60
"""For kinds whose rules look at the time: nothing lands in a period that is over because nobody has told the journal so."""


class Landed(msgspec.Struct, frozen=True, gc=False):
    """What became of an entry: `state` is new, known (it was here already) or waiting (for an entry it refers to)."""

    id: str
    position: int
    state: str


class Writer:
    """Appends to the journal of one commons, inside a write transaction."""

    def __init__(self, transaction: Transaction, kinds: Kinds, commons: str, node: SigningKey, now: int) -> None:
        transaction.lock(f"commonhold/{commons}")
        transaction.cache.clear()
        self.transaction = transaction
        self.commons = commons
        self.now = now
        self.head: Head = read_head(transaction, commons)
        self._kinds = kinds
        self.node = node
        self._start = self.head.frontier.size
        transaction.session["frontier", commons] = self.head.frontier
        transaction.session.setdefault("now", now)
        self._times: dict[int, str] = {}

    def write(
        self, signer: SigningKey | ElsewhereKey, author: str, kind: str, body: Any, key: str, *, created: int | None = None, fresh: bool = False
    ) -> Landed:
        """Sign and append an entry of our own.

        Args:
            key: Idempotency key. If the author used it before for the same body, that entry is the answer.
            created: The author's time; now, if not given.
            fresh: The caller has made sure that the key is new, so it is not looked up.

        Raises:
            Refused: By the rules, or `journal.key_reused`.
        """
        if not fresh and (known := self._by_key(author, key)):
            position, data = known
            envelope = open_envelope(data)
            if envelope.kind != kind or not _same_statement(envelope.body, canonical(body)):
                raise _key_reused(key)
            return Landed(_id(data), position, "known")
        self.tick()
        seconds = self.now if created is None else created
        text = self._times.get(seconds)
        if text is None:
            text = self._times[seconds] = time_text(seconds)
        said = canonical(body)
        data = sign_entry(signer, author=author, body=msgspec.Raw(said), commons=self.head.origin, created=text, key=key, kind=kind)
        check_limits(len(data), key)
        leaf = leaf_hash(data)
        entry = Entry(
            self.commons, self.head.frontier.size, max(self.head.time, seconds), leaf.hex(), author, signer.did, seconds, kind,
            self._kinds.checked(kind, said), data,
        )  # fmt: skip
        return self._place(entry, leaf, key)

    def pin(self, at: int) -> None:
        """What follows was made at another moment, a little earlier. It lands no earlier for that: the journal is told the time first.

        Raises:
            Refused: `journal.too_late`.
        """
        if not self.now - AHEAD_SECONDS_MAX <= at <= self.now:
            raise refuse("journal.too_late", "This was to be signed within ten minutes. Send the form again, and sign what it shows then.", "at")
        self.tick(TIMELY_STEP_SECONDS)
        self.now = at

    def says(self, kind: str, body: Any, key: str) -> Landed:
        """Append an entry of the home node itself. Who may do that is a rule like any other: `authority` lets it say very little."""
        return self.write(self.node, self.node.did, kind, body, key)

    def accept(self, data: bytes) -> Landed:
        """Append an entry that somebody else signed.

        Raises:
            CommonholdError: Malformed, badly signed, meant for another commons, or against the rules.
        """
        leaf = leaf_hash(data)
        position = self.transaction.value("SELECT position FROM journal_entry WHERE commons = ? AND leaf = ?", (self.commons, leaf))
        if position is not None:
            return Landed(leaf.hex(), position, "known")
        envelope = open_envelope(data)
        if envelope.commons != self.head.origin:
            raise refuse("journal.other_commons", f"The entry is meant for {envelope.commons}; this is {self.head.origin}.", "commons")
        signer = signer_of(data, envelope)
        if self._by_key(envelope.author, envelope.key):
            raise _key_reused(envelope.key)
        if unix_time(envelope.created) > self.now + AHEAD_SECONDS_MAX:
            raise refuse("journal.in_the_future", "The entry's time is over ten minutes ahead of this node's clock.", "created")
        self.tick(TIMELY_STEP_SECONDS if envelope.kind in self._kinds.timely else CLOCK_STEP_SECONDS)
        entry = self._kinds.read(self.commons, self.head.frontier.size, self.head.time, data, envelope, signer)
        return self._place(entry, leaf, envelope.key, envelope.version)

    def accept_all(self, entries: list[bytes]) -> list[Landed | CommonholdError]:
        """Append what others signed, in any order: what refers to an entry not here yet waits until that one lands.

        Answers in the order given; a refusal does not stop the rest.
        """
        answers: dict[bytes, Landed | CommonholdError] = {}
        pending = self._settle(list(dict.fromkeys(entries)), answers)
        waited = waiting.to_try_again(self.transaction, self.commons, self.head.frontier.size, self.now)
        if waited:
            pending = self._settle(list(dict.fromkeys([*pending, *waited])), answers)
        still = set(pending)
        for data in waited:
            if data not in still:
                waiting.forget(self.transaction, self.commons, leaf_hash(data))
        for data in pending:
            leaf = leaf_hash(data)
            if waiting.keep(self.transaction, self.commons, leaf, signer_of(data, open_envelope(data)), data, self.head.frontier.size, self.now):
                answers[data] = Landed(leaf.hex(), -1, "waiting")
        return [answers[data] for data in entries]

    def _settle(self, pending: list[bytes], answers: dict[bytes, Landed | CommonholdError]) -> list[bytes]:
        """Try entries, and try again as long as any lands; return those that still refer to what is not here."""
        moved = True
        while pending and moved:
            moved, again = False, []
            for data in pending:
                try:
                    answers[data] = self.accept(data)
                    moved = True
                except (Refused, BadInput, Forbidden, NotFound) as error:
                    answers[data] = error
                    if error.code == UNKNOWN_REFERENCE:
                        again.append(data)
            pending = again
        return pending

    def known_keys(self, author: str, keys: list[str]) -> set[str]:
        """Which of these idempotency keys the author has used."""
        keys_by_digest = {idempotency_digest(author, key): key for key in keys}
        digests = list(keys_by_digest)
        known: set[str] = set()
        for at in range(0, len(digests), 500):
            some = digests[at : at + 500]
            sql = f"SELECT idem FROM journal_entry WHERE commons = ? AND idem IN ({', '.join('?' * len(some))})"
            known.update(keys_by_digest[bytes(row[0])] for row in self.transaction.rows(sql, (self.commons, *some)))
        return known

    def close(self) -> None:
        """Move the head, and sign what the log has become."""
        frontier = self.head.frontier
        if frontier.size == self._start:
            return
        self.transaction.execute(
            "UPDATE journal_head SET size = ?, frontier = ?, time = ? WHERE commons = ?",
            (frontier.size, b"".join(frontier.hashes), self.head.time, self.commons),
        )
        note = sign_checkpoint(self.head.checkpoint(), self.node)
        self.transaction.insert("journal_checkpoint", self.commons, frontier.size, note)
        self._start = frontier.size

    def _place(self, entry: Entry, leaf: bytes, key: str, version: int = 1) -> Landed:
        self._kinds.admit(self.transaction, entry, version)
        self.transaction.insert("journal_entry", self.commons, entry.position, leaf, idempotency_digest(entry.author, key), entry.data)
        for level, number, hash_ in self.head.frontier.append(leaf):
            if level % TILE_HEIGHT == 0:
                self.transaction.insert("journal_node", self.commons, level // TILE_HEIGHT, number, hash_)
        self.head.time = entry.time
        return Landed(entry.id, entry.position, "new")

    def tick(self, step: int = CLOCK_STEP_SECONDS) -> None:
        """Before anything else, tell the journal what time it is, if it has not heard for an hour, or for a given time."""
        size = self.head.frontier.size
        if size and self.now - self.head.time >= step:
            self.head.time = self.now
            self.write(self.node, self.node.did, "journal.clock", self._kinds.empty("journal.clock"), f"clock-{size}", fresh=True)

    def _by_key(self, author: str, key: str) -> tuple[int, bytes] | None:
        row = self.transaction.row(
            "SELECT position, data FROM journal_entry WHERE commons = ? AND idem = ?", (self.commons, idempotency_digest(author, key))
        )
        return None if row is None else (row[0], bytes(row[1]))


def _id(data: bytes) -> str:
    return leaf_hash(data).hex()


def _same_statement(one: bytes | msgspec.Raw, other: bytes) -> bool:
    """Whether two bodies say the same, apart from the moment: a request that is sent again has a later "now"."""
    moment = re.compile(rb'"hasPointInTime":"[^"]*"')
    return moment.sub(b"", bytes(one)) == moment.sub(b"", other)


def _key_reused(key: str) -> Refused:
    return Refused(Problem("journal.key_reused", f"The author has used the key {key!r} for another entry.", "key"))
