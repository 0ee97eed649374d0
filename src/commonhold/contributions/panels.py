"""Who is drawn to judge a claim: peers without a part in it, some users of the product, some from outside the usual circle."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from ..commons.charter import Powers
from ..commons.queries import all_agents, charter_section, has_role
from ..journal.keys import unbase58
from ..sortition import AtLeast, Candidate, draw
from ..store.transaction import Transaction
from .charter import Validation
from .rules import Contribution

USUAL_OF = 12
"""So many of a contributor's last contributions tell who usually validates them: whoever did with a third of these."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who was drawn for a round of a claim. state: asked, declined, or replaced. until: They answer by then."""

    agent: int
    draw: int
    until: int
    state: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel as it would be drawn: the numbers of the new reviewers, in the order of the lot, and of those whom they replace."""

    chosen: tuple[int, ...]
    replaced: tuple[int, ...] = ()


def seats(transaction: Transaction, commons: str, one: Contribution) -> list[Seat]:
    """Who has been drawn for the present round of a claim."""
    sql = "SELECT agent, draw, until, state FROM review WHERE commons = ? AND position = ? AND round = ? ORDER BY draw, agent"
    return [Seat(*row) for row in transaction.rows(sql, (commons, one.position, one.round))]


def draws_so_far(transaction: Transaction, commons: str, position: int) -> int:
    """How many draws there have been for a claim, over all rounds."""
    return int(transaction.value("SELECT COALESCE(MAX(draw), 0) FROM review WHERE commons = ? AND position = ?", (commons, position)))


def is_exempt(transaction: Transaction, commons: str, position: int) -> bool:
    """Whether a claim came with a history that somebody with the power to import took over: its own peers have vouched there."""
    sql = (
        "SELECT COUNT(*) FROM contribution c JOIN batch b ON b.commons = c.commons AND b.position = c.batch"
        " WHERE c.commons = ? AND c.position = ? AND b.source <> 'csv'"
    )
    return bool(transaction.value(sql, (commons, position)))


def vacant(transaction: Transaction, commons: str, one: Contribution, validation: Validation, now: int) -> tuple[int, tuple[int, ...]]:
    """How many reviewers a claim lacks, and who is to be replaced: those who are silent and over their time.

    A round after an appeal or an objection takes one more, as its quorum does.
    """
    spoken = {
        row[0]
        for row in transaction.rows(
            "SELECT attester FROM attestation WHERE commons = ? AND position = ? AND round = ?", (commons, one.position, one.round)
        )
    }
    here = [seat for seat in seats(transaction, commons, one) if seat.state == "asked"]
    silent = tuple(seat.agent for seat in here if seat.agent not in spoken and now >= seat.until)
    return max(0, validation.reviewers + one.round - (len(here) - len(silent))), silent


def drawn_panel(transaction: Transaction, commons: str, one: Contribution, proof: str, now: int) -> Panel:
    """Whom a draw with this proof chooses for a claim as things stand. Nobody, where nobody is needed or there."""
    validation = charter_section(transaction, commons, "validation", Validation)
    wanted, silent = vacant(transaction, commons, one, validation, now)
    if not wanted:
        return Panel(())
    known = {seat.agent for seat in seats(transaction, commons, one)}
    if not known and (earlier := _earlier_panel(transaction, commons, one, validation, now)):
        return Panel(earlier, silent)
    staying = {seat.agent for seat in seats(transaction, commons, one) if seat.state == "asked" and seat.agent not in silent}
    circle = usual_circle(transaction, commons, one)
    people = _peers(transaction, commons)
    excluded = {one.provider, one.contributor, one.logger, *known, *_judged_by(transaction, commons, one)}
    numbers = {}
    candidates = []
    for number, id_, roll in people:
        if number not in excluded:
            numbers[id_] = number
            about = {("roll", said) for said in roll.split(",")} | ({("circle", "outside")} if number not in circle else set())
            candidates.append(Candidate(id_, frozenset(about)))
    rolls = {number: roll for number, _, roll in people}
    users = sum("user" in rolls.get(agent, "").split(",") for agent in staying)
    outside = sum(agent not in circle for agent in staying)
    quotas = [
        AtLeast("roll", "user", max(0, validation.users - users)),
        AtLeast("circle", "outside", max(0, validation.outside - outside)),
    ]  # fmt: skip
    seed = hashlib.sha256(unbase58(proof, 64)).digest()
    found = draw(seed, candidates, min(wanted, len(candidates)), quotas, strict=False) if candidates else None
    return Panel(tuple(numbers[id_] for id_ in found.chosen) if found else (), silent)


def _earlier_panel(transaction: Transaction, commons: str, one: Contribution, validation: Validation, now: int) -> tuple[int, ...]:
    """Who was drawn for the last claim to the same domain that was withdrawn a short time ago: nobody looks for another panel that way."""
    row = transaction.row(
        "SELECT c.position FROM contribution c JOIN contribution own ON own.commons = c.commons AND own.position = ?"
        " WHERE c.commons = ? AND c.provider = own.provider AND c.domain = own.domain AND c.state = 'withdrawn' AND c.position < ? AND c.decided > ?"
        " AND EXISTS (SELECT 1 FROM review r WHERE r.commons = c.commons AND r.position = c.position) ORDER BY c.position DESC LIMIT 1",
        (one.position, commons, one.position, now - validation.review_days * 86_400),
    )
    if row is None:
        return ()
    sql = "SELECT agent FROM review WHERE commons = ? AND position = ? AND state = 'asked' ORDER BY agent"
    still = {number for number, _, _ in _peers(transaction, commons)}
    return tuple(agent for (agent,) in transaction.rows(sql, (commons, row[0])) if agent in still)


def _peers(transaction: Transaction, commons: str) -> list[tuple[int, str, str]]:
    """(number, id, rolls) of all members who are persons and may validate."""
    role = charter_section(transaction, commons, "powers", Powers).validate
    agents = all_agents(transaction, commons)
    rows = transaction.rows("SELECT agent, roll FROM membership WHERE commons = ? AND state = 'member' ORDER BY agent", (commons,))
    return [
        (number, agents[number].id, roll)
        for number, roll in rows
        if agents[number].type == "Person" and has_role(transaction, commons, agents[number], role)
    ]


def usual_circle(transaction: Transaction, commons: str, one: Contribution) -> frozenset[int]:
    """Who validated a third, or more, of the last contributions of whoever made this one."""
    recent = transaction.rows(
        "SELECT c.position FROM contribution c JOIN agent a ON a.commons = c.commons AND a.number = c.provider"
        " WHERE c.commons = ? AND COALESCE(a.claimed_by, c.provider) = ? AND c.state = 'validated' AND c.position <> ?"
        f" ORDER BY c.position DESC LIMIT {USUAL_OF}",
        (commons, one.contributor, one.position),
    )
    if not recent:
        return frozenset()
    counts: dict[int, int] = {}
    for (position,) in recent:
        sql = (
            "SELECT DISTINCT COALESCE(a.claimed_by, t.attester) FROM attestation t JOIN agent a ON a.commons = t.commons AND a.number = t.attester"
            " WHERE t.commons = ? AND t.position = ? AND t.verdict <> 'refuse'"
        )
        for (peer,) in transaction.rows(sql, (commons, position)):
            counts[peer] = counts.get(peer, 0) + 1
    return frozenset(peer for peer, count in counts.items() if 3 * count >= len(recent) and count > 1)


def _judged_by(transaction: Transaction, commons: str, one: Contribution) -> set[int]:
    """Whose own open claims the contributor has been drawn to judge: two people do not judge each other at the same time."""
    sql = (
        "SELECT DISTINCT COALESCE(a.claimed_by, c.provider) FROM review r"
        " JOIN contribution c ON c.commons = r.commons AND c.position = r.position AND c.round = r.round"
        " JOIN agent a ON a.commons = c.commons AND a.number = c.provider"
        " WHERE r.commons = ? AND r.agent = ? AND r.state = 'asked' AND c.state IN ('claimed', 'appealed')"
    )
    return {row[0] for row in transaction.rows(sql, (commons, one.contributor))}


def may_judge(transaction: Transaction, commons: str, one: Contribution, agent: int) -> bool:
    """Whether an agent may judge a claim: whoever, where the charter draws nobody; otherwise who was drawn."""
    validation = charter_section(transaction, commons, "validation", Validation)
    if not validation.reviewers or is_exempt(transaction, commons, one.position):
        return True
    return any(seat.agent == agent and seat.state == "asked" for seat in seats(transaction, commons, one))
