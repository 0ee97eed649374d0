"""The box of a question with secret ballots: the election, the sealed ballots that count, and what came out; read from the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from ..journal.entry import open_envelope
from ..store.transaction import Transaction
from .electorate import rolls_of
from .entries import Sealing, Unseal, Vote
from .secret import Election, ballots_that_sum_to, exact, totals_of
from .store import Cast, Proposal


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed ballot: who cast it by which entry. Who voted is public, what is not."""

    agent: int
    position: int
    vote: str
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    """See the module.

    Attributes:
        cast: The last vote of each elector, in their order, if they were read. unseal: None as long as the box is closed.
    """

    sealing: Sealing
    cast: tuple[Sealed, ...]
    unseal: Unseal | None

    @property
    def counting(self) -> list[Sealed]:
        """The ballots that the sum is of."""
        return [one for one in self.cast if self.unseal is None or one.vote not in self.unseal.excluded]

    @property
    def excluded(self) -> list[Sealed]:
        """The ballots that are none."""
        return [one for one in self.cast if self.unseal is not None and one.vote in self.unseal.excluded]


def box_of(transaction: Transaction, commons: str, proposal: Proposal, *, cast: bool = True) -> Box | None:
    """The box of a proposal; None before its election is prepared.

    Args:
        cast: Whether the ballots are read.
    """
    sql = "SELECT position, unsealed FROM sealing WHERE commons = ? AND proposal = ?"
    row = transaction.row(sql, (commons, proposal.number))
    if row is None:
        return None
    sealing = _said(transaction, commons, row[0], Sealing)
    unseal = None if row[1] is None else _said(transaction, commons, row[1], Unseal)
    return Box(sealing, _cast(transaction, commons, proposal) if cast else (), unseal)


def _cast(transaction: Transaction, commons: str, proposal: Proposal) -> tuple[Sealed, ...]:
    electors = frozenset().union(*rolls_of(transaction, commons, proposal).values())
    sql = (
        "SELECT v.agent, v.position, j.leaf, j.data FROM vote v JOIN journal_entry j ON j.commons = v.commons AND j.position = v.position"
        " WHERE v.commons = ? AND v.proposal = ? ORDER BY v.position"
    )
    return tuple(
        Sealed(agent, position, bytes(leaf).hex(), _body(data, Vote).sealed or "")
        for agent, position, leaf, data in transaction.rows(sql, (commons, proposal.number))
        if agent in electors
    )


def _said(transaction: Transaction, commons: str, position: int, form: Any) -> Any:
    return _body(transaction.value("SELECT data FROM journal_entry WHERE commons = ? AND position = ?", (commons, position)), form)


def _body(data: Any, form: Any) -> Any:
    return msgspec.json.decode(bytes(open_envelope(bytes(data)).body), type=form)


def counted(box: Box, proposal: Proposal) -> list[Cast]:
    """The votes with ballots that come to the same sum. Which of them is whose says nothing: only the sum is known."""
    if box.unseal is None:
        return []
    answers = exact(box.sealing.election, Election).questions[0].answers
    cast = box.counting
    ballots = ballots_that_sum_to(proposal.terms.rule, answers, totals_of(box.unseal), len(cast))
    return [Cast(one.agent, one.position, None, None, ballot) for one, ballot in zip(cast, ballots, strict=True)]
