"""What agents are called where everybody can read it, and a mark that changes whenever such a name does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..commons.people import short
from ..store.transaction import Transaction

TOGETHER = 400
"""So many agents are looked up with one question."""
MOST = 2_000
"""Of more agents than so many, the names of all are read: that is less to ask."""


def public_names(transaction: Transaction, commons: str, agents: Iterable[str] | None = None) -> Mapping[str, str]:
    """Names by id that may be shown to everybody; a member without one is called as an identity they claimed.

    Args:
        agents: The ids that are asked about, together. Names of others can be in the answer too. If none are said, all names there are.
    """
    ids = None if agents is None else sorted(set(agents))
    return _all(transaction, commons) if ids is None or len(ids) > MOST else _some(transaction, commons, ids)


def _all(transaction: Transaction, commons: str) -> dict[str, str]:
    found: dict[str, str] = dict(transaction.rows("SELECT id, name FROM agent WHERE commons = ? AND name <> ''", (commons,)))
    people: dict[str, str] = dict(
        transaction.rows("SELECT agent, name FROM private_profile WHERE commons = ? AND public = 1 AND name IS NOT NULL", (commons,))
    )
    if people:
        claims = (
            "SELECT a.id, m.id FROM agent a JOIN agent m ON m.commons = a.commons AND m.number = a.claimed_by WHERE a.commons = ?"
            " AND a.claimed_by IS NOT NULL ORDER BY a.number"
        )
        _share_names(people, transaction.rows(claims, (commons,)))
    return found | people


def _share_names(people: dict[str, str], claims: Iterable[tuple[str, str]]) -> None:
    """A member and the identities that they claimed are called alike, where only some of them have a name."""
    for identity, member in claims:
        if identity in people:
            people.setdefault(member, people[identity])
        elif member in people:
            people[identity] = people[member]


def _some(transaction: Transaction, commons: str, ids: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for at in range(0, len(ids), TOGETHER):
        some = ids[at : at + TOGETHER]
        marks = ", ".join("?" * len(some))
        rows = transaction.rows(f"SELECT number, id, name, claimed_by FROM agent WHERE commons = ? AND id IN ({marks})", (commons, *some))
        found |= {id_: name for _, id_, name, _ in rows if name}
        persons = sorted({number if claimed_by is None else claimed_by for number, _, name, claimed_by in rows if not name})
        if persons:
            found |= _of_persons(transaction, commons, persons)
    return found


def _of_persons(transaction: Transaction, commons: str, numbers: list[int]) -> dict[str, str]:
    marks = ", ".join("?" * len(numbers))
    members: dict[int, str] = dict(transaction.rows(f"SELECT number, id FROM agent WHERE commons = ? AND number IN ({marks})", (commons, *numbers)))
    sql = f"SELECT number, id, claimed_by FROM agent WHERE commons = ? AND claimed_by IN ({marks})"
    claimed = [(id_, number) for _, id_, number in sorted(transaction.rows(sql, (commons, *numbers)))]
    ids = [*members.values(), *(id_ for id_, _ in claimed)]
    people: dict[str, str] = {}
    for at in range(0, len(ids), TOGETHER):
        some = ids[at : at + TOGETHER]
        sql = f"SELECT agent, name FROM private_profile WHERE commons = ? AND public = 1 AND name IS NOT NULL AND agent IN ({', '.join('?' * len(some))})"
        people.update(transaction.rows(sql, (commons, *some)))
    _share_names(people, [(id_, members[number]) for id_, number in claimed])
    return people


def called(names: Mapping[str, str], agent: str) -> str:
    """What to call an agent: the public name, or a short form of the id."""
    return names.get(agent) or short(agent)
