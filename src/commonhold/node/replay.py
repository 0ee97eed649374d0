"""Folding a journal anew: to rebuild the tables, or to compare them with what they should be."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..journal.entry import open_envelope
from ..journal.kinds import Entry, Kinds
from ..journal.tree import Frontier, leaf_hash
from ..problems import Broken, CommonholdError, Problem
from ..store.transaction import Transaction

Signer = Callable[[bytes], str]


class Replay:
    """Admits entries in order: every rule is asked again, and every fold done again."""

    def __init__(self, transaction: Transaction, kinds: Kinds, commons: str) -> None:
        self._transaction = transaction
        self._kinds = kinds
        self._commons = commons
        self.frontier = Frontier()
        self.time = 0
        transaction.session["frontier", commons] = self.frontier

    def add(self, data: bytes) -> Entry:
        """Admit the next entry. Its signature is taken as checked; who may sign is not.

        Raises:
            Broken: `journal.rule_broken`: the entry stands in the journal against the rules.
        """
        position = self.frontier.size
        try:
            envelope = open_envelope(data)
            signer = _claimed_signer(bytes(envelope.proof))
            entry = self._kinds.read(self._commons, position, self.time, data, envelope, signer)
            self._kinds.admit(self._transaction, entry, envelope.version)
        except CommonholdError as error:
            raise Broken(Problem("journal.rule_broken", f"Entry {position} stands against the rules: {error}", f"entry {position}")) from error
        self.frontier.append(leaf_hash(data))
        self.time = entry.time
        return entry


def _claimed_signer(proof: bytes) -> str:
    return proof.partition(b'"verificationMethod":"')[2].partition(b"#")[0].decode()


def replay(transaction: Transaction, kinds: Kinds, commons: str, entries: Iterable[bytes], progress: Callable[[int], None]) -> Replay:
    """Fold a whole journal into empty tables."""
    folding = Replay(transaction, kinds, commons)
    for count, data in enumerate(entries, 1):
        folding.add(data)
        if count % 1_000 == 0:
            progress(count)
    transaction.flush()
    return folding
