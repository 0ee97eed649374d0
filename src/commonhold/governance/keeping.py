"""What the node keeps of ballots, sealed, until the close: hidden ones, of which the journal has the commitments, and keys of secret ones."""

from __future__ import annotations

import msgspec

from ..journal.commands import Sealing
from ..store.transaction import Transaction
from .entries import Ballot, Opened


class Kept(msgspec.Struct, frozen=True):
    """A ballot with its salt."""

    salt: str
    ballot: Ballot


def keep_ballot(transaction: Transaction, sealing: Sealing, commons: str, vote: str, agent: str, kept: Kept) -> None:
    """Keep the ballot of an agent under the id of its vote."""
    sealed = sealing.seal(msgspec.json.encode(kept), _purpose(commons, vote))
    transaction.execute("DELETE FROM private_ballot WHERE commons = ? AND vote = ?", (commons, vote))
    transaction.insert("private_ballot", commons, vote, agent, sealed)


def kept_ballot(transaction: Transaction, sealing: Sealing, commons: str, vote: str) -> Kept | None:
    """The ballot that the node keeps for a vote, or None."""
    sealed = transaction.value("SELECT sealed FROM private_ballot WHERE commons = ? AND vote = ?", (commons, vote))
    return None if sealed is None else msgspec.json.decode(sealing.open(bytes(sealed), _purpose(commons, vote)), type=Kept)


def kept_ballots(transaction: Transaction, sealing: Sealing, commons: str, number: int) -> list[tuple[int, Opened]]:
    """(voter, ballot) of all that the node keeps of a proposal, as they are opened."""
    rows = transaction.rows(
        "SELECT v.agent, j.leaf FROM vote v JOIN journal_entry j ON j.commons = v.commons AND j.position = v.position"
        " WHERE v.commons = ? AND v.proposal = ? AND v.ballot IS NULL ORDER BY v.position",
        (commons, number),
    )
    found = []
    for agent, leaf in rows:
        vote = bytes(leaf).hex()
        kept = kept_ballot(transaction, sealing, commons, vote)
        if kept is not None:
            found.append((agent, Opened(vote=vote, salt=kept.salt, ballot=kept.ballot)))
    return found


def forget_ballots(transaction: Transaction, commons: str, votes: list[str]) -> None:
    """What stands in the journal now need not be kept beside it."""
    for vote in votes:
        transaction.execute("DELETE FROM private_ballot WHERE commons = ? AND vote = ?", (commons, vote))


def forget_ballots_of(transaction: Transaction, commons: str, agent: str) -> int:
    """Delete what the node keeps of somebody's ballots; how many that were. They can still open them with their receipts."""
    transaction.execute("DELETE FROM private_credential WHERE commons = ? AND agent = ?", (commons, agent))
    return transaction.execute("DELETE FROM private_ballot WHERE commons = ? AND agent = ?", (commons, agent))


def keep_secret(transaction: Transaction, sealing: Sealing, commons: str, proposal: str, agent: str, secret: str) -> None:
    """Keep a voter's private credential, or a trustee's key, in the election of a question."""
    transaction.insert("private_credential", commons, proposal, agent, sealing.seal(secret.encode(), _credential(commons, proposal, agent)))


def kept_secret(transaction: Transaction, sealing: Sealing, commons: str, proposal: str, agent: str) -> str | None:
    """A voter's private credential, or a trustee's key, or None."""
    sql = "SELECT sealed FROM private_credential WHERE commons = ? AND proposal = ? AND agent = ?"
    sealed = transaction.value(sql, (commons, proposal, agent))
    return None if sealed is None else sealing.open(bytes(sealed), _credential(commons, proposal, agent)).decode()


def forget_secrets(transaction: Transaction, commons: str, proposal: str) -> None:
    """Delete the credentials and the key of an election that is over."""
    transaction.execute("DELETE FROM private_credential WHERE commons = ? AND proposal = ?", (commons, proposal))


def _credential(commons: str, proposal: str, agent: str) -> str:
    return f"{commons} credential {proposal} {agent}"


def _purpose(commons: str, vote: str) -> str:
    return f"{commons} ballot {vote}"
