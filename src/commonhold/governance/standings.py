"""Standing in a domain, read from the contributions that peers have validated; and who is a steward of what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from ..contributions.charter import kinds_in_force
from ..contributions.queries import names_of_person
from ..flows.units import EFFORT_UNITS
from ..measure import MICRO, parse_quantity
from ..store.transaction import Transaction
from .charter import Earning, governance_in_force
from .standing import DAY, Credit, Missing, Standing, Threshold, eligible, standing

STEWARD_ROLE = "domain_steward"
"""The role that every steward of a domain has while a term runs; a charter can give it powers."""
NOTHING = Standing(0, (), {}, standing([], 0, 1, 1).effective, 0)


@dataclass(frozen=True, slots=True)
class Steward:
    """A term of a steward of a domain. Times are unix seconds; `ended` is when the term was cut short, by dismissal or by loss."""

    position: int
    domain: str
    agent: int
    organization: str | None
    since: int
    until: int
    ended: int | None
    reason: str

    def is_one(self, now: int) -> bool:
        """Whether the term runs."""
        return self.ended is None and now < self.until


def threshold_of(earning: Earning) -> Threshold:
    """What a steward needs by the charter."""
    return Threshold(earning.points * MICRO, earning.endorsers, earning.weeks)


def weights_of(transaction: Transaction, commons: str) -> dict[str, int]:
    """Points in millionths for one unit of each kind. Without any weights in the charter, an hour of work is a point."""
    said = governance_in_force(transaction, commons).standing.weights
    if said:
        return {kind: parse_quantity(weight) for kind, weight in said.items()}
    return {kind.name: MICRO for kind in kinds_in_force(transaction, commons).values() if kind.unit in EFFORT_UNITS}


def credits_in(transaction: Transaction, commons: str, domain: str, now: int, agent: int | None = None) -> dict[int, list[Credit]]:
    """The validated contributions to a domain within the window, by the number of the contributor; of one of them, if one is named."""
    earning = governance_in_force(transaction, commons).standing
    weights = weights_of(transaction, commons)
    since = now - earning.window_days * DAY
    theirs, numbers = _theirs(transaction, commons, agent)
    rows = transaction.rows(
        "SELECT c.position, COALESCE(a.claimed_by, c.provider), c.at, c.counted, c.counted_kind FROM contribution c"
        " JOIN agent a ON a.commons = c.commons AND a.number = c.provider"
        f" WHERE c.commons = ? AND c.domain = ? AND c.counted > 0 AND c.at > ?{theirs} ORDER BY c.position",
        (commons, domain, since, *numbers),
    )
    endorsers = _endorsers(transaction, commons, domain, since, agent)
    found: dict[int, list[Credit]] = defaultdict(list)
    for position, contributor, at, counted, kind in rows:
        if points := counted * weights.get(kind, 0) // MICRO:
            found[contributor].append(Credit(position, at, points, tuple(endorsers.get(position, ()))))
    return found


def _theirs(transaction: Transaction, commons: str, agent: int | None) -> tuple[str, list[int]]:
    """The condition that a contribution is somebody's, under any of their names, with its parameters."""
    if agent is None:
        return "", []
    numbers = names_of_person(transaction, commons, agent)
    return f" AND c.provider IN ({', '.join('?' * len(numbers))})", numbers


def _endorsers(transaction: Transaction, commons: str, domain: str, since: int, agent: int | None) -> Mapping[int, list[int]]:
    """Who accepted or adjusted each contribution, as persons and not as their identities."""
    theirs, numbers = _theirs(transaction, commons, agent)
    sql = (
        "SELECT DISTINCT t.position, COALESCE(a.claimed_by, t.attester) FROM attestation t"
        " JOIN contribution c ON c.commons = t.commons AND c.position = t.position"
        " JOIN agent a ON a.commons = t.commons AND a.number = t.attester"
        f" WHERE t.commons = ? AND c.domain = ? AND c.counted > 0 AND c.at > ? AND t.verdict <> 'refuse'{theirs} ORDER BY 1, 2"
    )
    found: dict[int, list[int]] = defaultdict(list)
    for position, endorser in transaction.rows(sql, (commons, domain, since, *numbers)):
        found[position].append(endorser)
    return found


def standings(transaction: Transaction, commons: str, domain: str, now: int, agent: int | None = None) -> dict[int, Standing]:
    """Everybody's standing in a domain, by number; only those who have any. agent: Only that of this one."""
    earning = governance_in_force(transaction, commons).standing
    found = {
        number: standing(theirs, now, earning.window_days, earning.half_life_days)
        for number, theirs in credits_in(transaction, commons, domain, now, agent).items()
    }
    return {number: one for number, one in found.items() if one.points}


def missing_for(transaction: Transaction, commons: str, domain: str, agent: int, now: int, *, held: bool) -> list[Missing]:
    """What an agent lacks to be a steward of a domain, or to stay one."""
    earning = governance_in_force(transaction, commons).standing
    has = standings(transaction, commons, domain, now, agent).get(agent, NOTHING)
    return eligible(has, threshold_of(earning), held=held)


def terms_of_stewards(transaction: Transaction, commons: str, domain: str | None = None) -> list[Steward]:
    """All terms of stewards, of one domain or of all, the newest first."""
    columns = "SELECT position, domain, agent, organization, since, until, ended, reason FROM stewardship WHERE commons = ?"
    where, given = (" AND domain = ?", (commons, domain)) if domain is not None else ("", (commons,))
    return [Steward(*row) for row in transaction.rows(f"{columns}{where} ORDER BY position DESC", given)]


def stewards_now(transaction: Transaction, commons: str, domain: str, now: int) -> list[Steward]:
    """Whose term in a domain runs."""
    return [one for one in terms_of_stewards(transaction, commons, domain) if one.is_one(now)]
