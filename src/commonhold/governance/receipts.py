"""Receipts of hidden votes: what a voter keeps to see that the vote stands in the journal, and that just this ballot was opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from ..contributions.queries import position_of
from ..forms import in_words
from ..journal.entry import open_envelope
from ..problems import bad_input
from ..store.transaction import Transaction
from .entries import Opened
from .rules import commitment_to
from .store import proposal_by_id, votes_on

IN_ORDER = frozenset({"sealed", "due", "opened"})


@dataclass(frozen=True, slots=True)
class Checked:
    """What the journal has of a receipt.

    Attributes:
        state: `missing` (no such entry), `no_vote` (an entry, but no hidden vote), `sealed_other` (sealed with another ballot), `replaced`
            (the same voter voted again later), `unopened` (it was never opened, and not counted), `due` (the vote is over, and it is not opened
            yet), `sealed` (it is opened at the close), `opened_other` (opened with another ballot), `opened` (with just this one).
        position: Of the vote. proposal: The number of the question.
    """

    state: str
    position: int | None = None
    proposal: int | None = None

    @property
    def in_order(self) -> bool:
        """Whether it is as the voter left it."""
        return self.state in IN_ORDER


def read_receipt(plain: Mapping[str, Any]) -> Opened:
    """The ballot of a receipt with its salt, from the object that it was written as.

    Raises:
        BadInput: `governance.bad_receipt`.
    """
    try:
        return msgspec.convert({name: value for name, value in plain.items() if name not in ("proposal", "commons")}, Opened)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at ")
        raise bad_input("governance.bad_receipt", f"This is not a receipt: {in_words(message, Opened)}.", place.strip("`$.") or "receipt") from None


def check(transaction: Transaction, commons: str, receipt: Opened, now: int) -> Checked:
    """Compare a receipt with the journal."""
    position = position_of(transaction, commons, receipt.vote)
    if position is None:
        return Checked("missing")
    data = transaction.value("SELECT data FROM journal_entry WHERE commons = ? AND position = ?", (commons, position))
    envelope = open_envelope(bytes(data))
    body = msgspec.json.decode(bytes(envelope.body)) if envelope.kind == "governance.vote" else {}
    proposal = proposal_by_id(transaction, commons, body.get("proposal", "")) if body else None
    if proposal is None or "commitment" not in body:
        return Checked("no_vote", position)
    return Checked(_state(transaction, commons, receipt, body["commitment"], position, proposal, now), position, proposal.number)


def _state(transaction: Transaction, commons: str, receipt: Opened, commitment: str, position: int, proposal: Any, now: int) -> str:
    if commitment != commitment_to(receipt.salt, receipt.ballot):
        return "sealed_other"
    cast = {vote.position: vote for vote in votes_on(transaction, commons, proposal.number)}.get(position)
    if cast is None:
        return "replaced"
    if cast.ballot is None:
        return {"closed": "unopened", "due": "due"}.get(proposal.phase(now), "sealed")
    return "opened" if cast.ballot == receipt.ballot and cast.salt == receipt.salt else "opened_other"
