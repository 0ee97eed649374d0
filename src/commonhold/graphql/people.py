"""Reading agents in batches: what the journal says of organizations, and what persons have made public."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..flows.vocabulary import EcologicalAgent, Organization
from .things import Thing

if TYPE_CHECKING:
    from .view import View


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of an agent under the names of Valueflows. Of persons only what is public.

    Attributes:
        since: Journal time of the first mention, unix seconds; None if the journal does not know the agent.
    """

    name: str = ""
    note: str | None = None
    image: str | None = None
    classifiedAs: tuple[str, ...] = ()
    primaryLocation: str | None = None
    since: int | None = None


CLASSES = {"Person": "Person", "Identity": "Person", "Organization": "Organization", "EcologicalAgent": "EcologicalAgent"}
"""The class of Valueflows of each type of agent. The node itself is none."""
_AGENT = "SELECT id, number, type, name, classified_as, since, claimed_by FROM agent WHERE commons = ?"
_PROFILE = (
    "SELECT p.agent, p.name, a.note, a.image, a.primary_location FROM private_profile p LEFT JOIN private_about a"
    " ON a.commons = p.commons AND a.agent = p.agent WHERE p.commons = ? AND p.public = 1 AND p.name IS NOT NULL AND p.agent IN"
)


def read_agents(view: View, ids: Collection[str]) -> dict[str, Thing]:
    """Agents by id; a claimed identity is the member who claimed it."""
    rows = {row[0]: row for row in view.rows(f"{_AGENT} AND id IN", ids) if row[2] in CLASSES}
    claimed = {id_: row[6] for id_, row in rows.items() if row[6] is not None}
    members: dict[int, str] = dict(view.rows("SELECT number, id FROM agent WHERE commons = ? AND number IN", set(claimed.values())))
    claims: dict[int, list[tuple[int, str]]] = {row[1]: [] for row in rows.values() if row[6] is None}
    for member, number, id_ in view.rows("SELECT claimed_by, number, id FROM agent WHERE commons = ? AND claimed_by IN", claims):
        claims[member].append((number, id_))
    told = {
        id_: Told(name, note, image, (), place)
        for id_, name, note, image, place in view.rows(_PROFILE, {*ids, *(id_ for some in claims.values() for _, id_ in some)})
    }
    said = {type_: view.records(type_, [row[0] for row in rows.values() if row[2] == type_]) for type_ in ("Organization", "EcologicalAgent")}
    found = {}
    for id_ in ids:
        if id_ not in rows:
            if id_ in told and id_.startswith("id:"):
                found[id_] = Thing("Person", id_, id_, told[id_], columns={"numbers": [], "ids": [id_]})
        elif id_ not in claimed:
            _, number, type_, name, classified_as, since, _ = rows[id_]
            if CLASSES[type_] == "Person":
                found[id_] = _person(id_, told, since, [(number, id_), *claims[number]])
            else:
                found[id_] = _organization(type_, id_, said[type_].get(id_), name, classified_as, since, number)
    if not members:
        return found
    of_identities = view.agents(members.values())
    return found | {id_: of_identities[members[number]] for id_, number in claimed.items() if members.get(number, "") in of_identities}


def _person(id_: str, told: dict[str, Told], since: int, known_as: list[tuple[int, str]]) -> Thing:
    """A member is told of as they are, or else as an identity that they claimed is."""
    about = next((told[one] for _, one in known_as if one in told), Told())
    columns = {"numbers": [number for number, _ in known_as], "ids": [one for _, one in known_as]}
    return Thing("Person", id_, id_, replace(about, since=since), columns=columns)


def _organization(type_: str, id_: str, record: Thing | None, name: str, classified_as: str, since: int, number: int) -> Thing:
    columns = {"numbers": [number], "ids": [id_], "record": record, "called": name}
    if record is None:
        return Thing(type_, id_, id_, Told(name, classifiedAs=_classes(classified_as), since=since), columns=columns)
    said = record.said
    assert isinstance(said, Organization | EcologicalAgent)
    told = Told(said.name or name, said.note, said.image, tuple(said.classifiedAs) or _classes(classified_as), said.primaryLocation, since)
    return Thing(
        type_, id_, id_, told, created=record.created, revised=record.revised, entry=record.entry, deleted=record.deleted, columns=columns
    )  # fmt: skip


def _classes(classified_as: str) -> tuple[str, ...]:
    return () if classified_as in ("", "other") else (classified_as,)


def all_ids(view: View, *types: str) -> list[str]:
    """The ids of all agents of these classes, in the order of their ids. A claimed identity is the member who claimed it.

    Of persons of whom no entry speaks, those whose name is public.
    """
    rows = view.transaction.rows(
        "SELECT a.id, a.type, COALESCE(f.deleted, 0) FROM agent a LEFT JOIN flow_record f ON f.commons = a.commons AND f.type = a.type AND f.id = a.id"
        " WHERE a.commons = ? AND a.claimed_by IS NULL",
        (view.commons,),
    )
    found = {id_ for id_, type_, deleted in rows if CLASSES.get(type_) in types and not deleted}
    if "Person" in types:
        told = "SELECT agent FROM private_profile WHERE commons = ? AND public = 1 AND name IS NOT NULL"
        known = "SELECT id FROM agent WHERE commons = ?"
        found.update(row[0] for row in view.transaction.rows(f"{told} EXCEPT {known}", (view.commons, view.commons)) if row[0].startswith("id:"))
    return sorted(found)
