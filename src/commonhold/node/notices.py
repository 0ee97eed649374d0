"""What concerns single members, found in a piece of a journal or by the time it is: what letters tell them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ..commons.queries import all_agents, find_agent, number_of
from ..contributions import entries as c
from ..contributions.queries import find_targets, position_of
from ..governance.queries import waiting_for
from ..journal.entry import Envelope, open_envelope
from ..journal.head import entries
from ..journal.kinds import unix_time
from ..sharing import entries as s
from ..store.transaction import Transaction

SORTS = ("asked", "decided", "opens", "closes", "delegate", "share", "payout", "admitted")
"""In the order in which letters tell of them."""
SOON_SECONDS = 86_400
"""A vote closes soon, if it does within so long."""
_DECIDED = ("validated", "refused")


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that an agent may want to know. key: Names it among those of its sort, for ever. about: What a sentence about it needs."""

    agent: str
    sort: str
    key: str
    about: dict[str, Any] = field(default_factory=dict)


def notices_between(transaction: Transaction, commons: str, start: int, end: int, wanted: Collection[str]) -> Iterator[Notice]:
    """What the entries start…end-1 mean for the agents who are wanted."""
    for position, data in enumerate(list(entries(transaction, commons, start, end)), start):
        envelope = open_envelope(data)
        find = _FOUND.get(envelope.kind)
        if find is not None:
            yield from (one for one in find(transaction, commons, position, envelope) if one.agent in wanted)


def notices_now(transaction: Transaction, commons: str, now: int, wanted: Collection[str]) -> Iterator[Notice]:
    """What the time and the open questions mean for the agents who are wanted: votes that they could cast."""
    for agent in sorted(wanted):
        number = number_of(transaction, commons, agent)
        for one in waiting_for(transaction, commons, number, now) if number >= 0 else ():
            about = {"number": one["number"], "title": one["title"], "closes": one["closes"]}
            yield Notice(agent, "opens", str(one["number"]), about)
            if one["closes"] and unix_time(one["closes"]) - now <= SOON_SECONDS:
                yield Notice(agent, "closes", str(one["number"]), about)
            if any(delegate["voted"] for delegate in one["delegates"]):
                yield Notice(agent, "delegate", str(one["number"]), about)


def _drawn(transaction: Transaction, commons: str, position: int, envelope: Envelope) -> Iterator[Notice]:
    agents = all_agents(transaction, commons)
    for one in msgspec.json.decode(envelope.body, type=c.Draw).draws:
        claim = position_of(transaction, commons, one.contribution)
        sql = "SELECT agent FROM review WHERE commons = ? AND position = ? AND draw = ? AND state = 'asked' ORDER BY agent"
        for (number,) in transaction.rows(sql, (commons, claim, one.number)) if claim is not None else ():
            yield Notice(agents[number].id, "asked", f"{claim}.{one.number}", {"position": claim})


def _decided(shape: type[c.Targets]) -> Callable[..., Iterator[Notice]]:
    """What became of contributions that a verdict, or the time, was about."""

    def found(transaction: Transaction, commons: str, position: int, envelope: Envelope) -> Iterator[Notice]:
        agents = all_agents(transaction, commons)
        for one in find_targets(transaction, commons, msgspec.json.decode(envelope.body, type=shape))[0]:
            if one.state in _DECIDED:
                about = {"position": one.position, "state": one.state}
                yield Notice(agents[one.contributor].id, "decided", f"{one.position}.{one.round}", about)

    return found


def _shares(transaction: Transaction, commons: str, position: int, envelope: Envelope) -> Iterator[Notice]:
    body = msgspec.json.decode(envelope.body, type=s.Shares)
    number = _distribution(transaction, commons, position_of(transaction, commons, body.distribution))
    for agent in sorted({_person(transaction, commons, one.agent) for one in body.shares}):
        yield Notice(agent, "share", str(number), {"number": number})


def _granted(transaction: Transaction, commons: str, position: int, envelope: Envelope) -> Iterator[Notice]:
    number = _distribution(transaction, commons, position)
    sql = "SELECT DISTINCT a.id FROM share s JOIN agent a ON a.commons = s.commons AND a.number = s.agent WHERE s.commons = ? AND s.distribution = ? ORDER BY a.id"
    for (agent,) in transaction.rows(sql, (commons, number)):
        yield Notice(agent, "share", str(number), {"number": number})


def _paid(transaction: Transaction, commons: str, position: int, envelope: Envelope) -> Iterator[Notice]:
    body = msgspec.json.decode(envelope.body, type=s.Payout)
    number = _distribution(transaction, commons, position_of(transaction, commons, body.distribution))
    for one in body.payments:
        yield Notice(one.agent, "payout", str(position), {"number": number})


def _admitted(transaction: Transaction, commons: str, position: int, envelope: Envelope) -> Iterator[Notice]:
    yield Notice(msgspec.json.decode(envelope.body)["agent"], "admitted", str(position))


def _distribution(transaction: Transaction, commons: str, position: int | None) -> int:
    return int(transaction.value("SELECT number FROM distribution WHERE commons = ? AND position = ?", (commons, position)) or 0)


def _person(transaction: Transaction, commons: str, id_: str) -> str:
    """The member behind an identity that was claimed; else the same."""
    known = find_agent(transaction, commons, id_)
    return id_ if known is None or known.claimed_by is None else all_agents(transaction, commons)[known.claimed_by].id


_FOUND: dict[str, Callable[..., Iterator[Notice]]] = {
    "contributions.draw": _drawn, "contributions.attest": _decided(c.Attest), "contributions.lapse": _decided(c.Lapse),
    "sharing.shares": _shares, "sharing.grant": _granted, "sharing.payout": _paid, "commons.admit": _admitted,
}  # fmt: skip
