"""Agents: organizations stand in the journal, and what is told of them is a record; of persons the node alone knows, so that it can be erased."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from text_unidecode import unidecode  # type: ignore[import-untyped]

from ..commons import entries as c
from ..commons.people import About, write_about, write_profile
from ..commons.queries import find_agent, lacks_power
from ..flows import entries as e
from ..node.erasure import erase_person
from ..problems import Forbidden, Problem, Refused, bad_input, refuse
from .acting import Step, Writing, read_revision, unknown_revision
from .inputs import record
from .people import Told
from .resolvers import Resolve
from .revisions import told_digest
from .things import Thing
from .view import View

CLASSIFIED = {"Organization": "other", "EcologicalAgent": "ecological"}


def create_organization(type_: str) -> Resolve:
    """A mutation that adds an organization, or an ecological agent."""
    argument = type_[0].lower() + type_[1:]

    def resolve(_: Any, info: Any, **arguments: Any) -> dict[str, Any]:
        view: View = info.context
        given, writing = arguments[argument], Writing.begin(view)
        id_ = _free_id(writing, given["name"])
        told = record(type_, id_, given)
        agent = c.AddAgent(id=id_, name=given["name"], classifiedAs=CLASSIFIED[type_])  # type: ignore[arg-type]
        writing.run(("agent.add", agent), ("flow.create", e.Create(record=told)))
        return {"agent": view.agents([id_])[id_]}

    return resolve


def update_organization(type_: str) -> Resolve:
    """A mutation that changes what is told of one."""
    argument = type_[0].lower() + type_[1:]

    def resolve(_: Any, info: Any, **arguments: Any) -> dict[str, Any]:
        view: View = info.context
        given, writing = arguments[argument], Writing.begin(view)
        thing, entry = _revised(view, type_, given["revisionId"])
        before = thing.columns["record"]
        told = record(type_, thing.id, given, before and before.said)
        writing.run(("flow.create", e.Create(record=told)) if entry is None else ("flow.update", e.Update(record=told, revision=entry)))
        return {"agent": view.agents([thing.id])[thing.id]}

    return resolve


def delete_organization(type_: str) -> Resolve:
    """A mutation that takes one away which nothing names."""

    def resolve(_: Any, info: Any, revisionId: str) -> bool:
        writing = Writing.begin(info.context)
        thing, entry = _revised(info.context, type_, revisionId)
        first: list[Step] = [] if entry is not None else [("flow.create", e.Create(record=record(type_, thing.id, {})))]

        def delete(done: list[dict[str, Any]]) -> tuple[str, Any]:
            return "flow.delete", e.Delete(type=type_, id=thing.id, revision=entry or done[0]["revision"])  # type: ignore[arg-type]

        writing.run(*first, delete)
        return True

    return resolve


def _revised(view: View, type_: str, text: str) -> tuple[Thing, str | None]:
    """The agent that a revisionId is about, and the entry that it names; None if nothing but the name had been told."""
    id_, entry = read_revision(text)
    thing = view.agents([id_]).get(id_)
    if thing is None or thing.type != type_ or not (entry == "0" or re.fullmatch("[0-9a-f]{64}", entry)):
        raise unknown_revision(type_)
    if (entry == "0") != (thing.columns["record"] is None):
        raise _stale(thing.id)
    return thing, None if entry == "0" else entry


def _stale(id_: str) -> Refused:
    return refuse("flows.stale_revision", f"What is told of {id_} has been changed since: look at it again.", "revisionId")


def _free_id(writing: Writing, name: str) -> str:
    """An id that reads like the name, and that nobody has."""
    slug = re.sub("[^a-z0-9]+", "-", unidecode(name).lower()).strip("-")[:40] or "organization"
    if writing.key:
        return f"org:{slug}-{writing.id()[:8]}"
    view = writing.view
    like = view.transaction.rows("SELECT id FROM agent WHERE commons = ? AND id LIKE ?", (view.commons, f"org:{slug}%"))
    taken, number, id_ = {row[0] for row in like}, 1, f"org:{slug}"
    while id_ in taken:
        number += 1
        id_ = f"org:{slug}-{number}"
    return id_


def create_person(_: Any, info: Any, person: Mapping[str, Any]) -> dict[str, Any]:
    """A person whom the node knows by name, and the journal by a number that says nothing."""
    view: View = info.context
    writing = Writing.begin(view)
    _may_add(view, writing.agent)
    id_ = f"id:{writing.id('person')}{writing.id('person, the rest')}"
    _write(view, id_, Told(), person)
    return {"agent": view.agents([id_])[id_]}


def update_person(_: Any, info: Any, person: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of a person: members tell of themselves, of others those do who may add agents."""
    view: View = info.context
    writing = Writing.begin(view)
    thing = _person(view, person["revisionId"])
    if thing.id != writing.agent:
        _may_add(view, writing.agent)
        _is_no_member(view, thing.id)
    _write(view, thing.id, thing.said, person)
    return {"agent": view.agents([thing.id])[thing.id]}


def delete_person(_: Any, info: Any, revisionId: str) -> bool:
    """Erase what the node knows of a person. The journal holds nothing of it."""
    view: View = info.context
    writing = Writing.begin(view)
    thing = _person(view, revisionId)
    _may_add(view, writing.agent)
    _is_no_member(view, thing.id)
    view.end()
    erase_person(view.node, view.commons, thing.id)
    return True


def _person(view: View, text: str) -> Thing:
    id_, digest = read_revision(text)
    thing = view.agents([id_]).get(id_)
    if thing is None or thing.type != "Person" or thing.id != id_:
        raise unknown_revision("Person")
    if told_digest(thing) != digest:
        raise _stale(id_)
    return thing


def _may_add(view: View, agent: str) -> None:
    problems = lacks_power(view.transaction, view.commons, agent, "agents")
    if problems:
        raise Refused(*problems)


def _is_no_member(view: View, id_: str) -> None:
    known = find_agent(view.transaction, view.commons, id_)
    if known is not None and known.type == "Person":
        raise Forbidden(Problem("people.own_matter", "Members tell of themselves, and leave by themselves.", "revisionId"))


def _write(view: View, id_: str, before: Told, given: Mapping[str, Any]) -> None:
    """Remember what is told of a person. It is public from then on: this door shows nothing else."""
    told = {"name": before.name or None, "note": before.note, "image": before.image, "primaryLocation": before.primaryLocation}
    told |= {name: value for name, value in given.items() if name != "revisionId"}
    checked = record("Organization", id_, told)  # a person is told of in the same words
    if not (checked.name or "").strip():
        raise bad_input("graphql.bad_value", "A person has a name.", "name")
    place = checked.primaryLocation
    if place is not None and place not in view.records("SpatialThing", [place]):
        raise refuse("journal.unknown_reference", f"The SpatialThing {place} is not in this journal.", "primaryLocation")
    view.end()
    with view.node.database.write() as transaction:
        write_profile(transaction, view.commons, id_, name=checked.name, public=True)
        write_about(transaction, view.commons, id_, About(checked.note, checked.image, place))
