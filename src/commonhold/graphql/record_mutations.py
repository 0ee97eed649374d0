"""Creating, changing and deleting records."""

from __future__ import annotations

from typing import Any

from ..flows import entries as e
from ..problems import not_found
from .acting import Step, Writing, revised
from .inputs import record
from .resolvers import Resolve
from .things import Thing
from .view import View


def create_record(type_: str, argument: str, answer: str) -> Resolve:
    """A mutation that creates a record of a class."""

    def resolve(_: Any, info: Any, **arguments: Any) -> dict[str, Any]:
        given, writing = arguments.get(argument) or {}, Writing.begin(info.context)
        id_ = writing.id()
        step: Step = ("flow.create", e.Create(record=record(type_, id_, given)))
        writing.run(step, *_bundled(info.context, type_, id_, given))
        return {answer: _now(info.context, type_, id_)}

    return resolve


def update_record(type_: str, argument: str, answer: str) -> Resolve:
    """A mutation that changes a record of a class: what is not given stays."""

    def resolve(_: Any, info: Any, **arguments: Any) -> dict[str, Any]:
        given, writing = arguments.get(argument) or {}, Writing.begin(info.context)
        thing, entry = revised(info.context, type_, given.get("revisionId", ""))
        step: Step = ("flow.update", e.Update(record=record(type_, thing.id, given, thing.said), revision=entry))
        writing.run(step, *_bundled(info.context, type_, thing.id, given))
        return {answer: _now(info.context, type_, thing.id)}

    return resolve


def delete_record(type_: str) -> Resolve:
    """A mutation that takes a record of a class away."""

    def resolve(_: Any, info: Any, revisionId: str | None = None, id: str | None = None) -> bool:  # noqa: A002
        writing = Writing.begin(info.context)
        if revisionId is None:
            thing = info.context.records(type_, [id or ""]).get(id)
            if thing is None:
                raise not_found("flows.unknown", f"No {type_} is called {id}. Give a revisionId, or an id.", "id")
            entry = thing.entry
        else:
            thing, entry = revised(info.context, type_, revisionId)
        writing.run(("flow.delete", e.Delete(type=type_, id=thing.id, revision=entry)))  # type: ignore[arg-type]
        return True

    return resolve


def _now(view: View, type_: str, id_: str) -> Thing:
    return view.records(type_, [id_])[id_]


def _bundled(view: View, type_: str, bundle: str, given: dict[str, Any]) -> list[Step]:
    """An agreement says itself in which bundle it is: to put it in, or take it out, is a revision of the agreement."""
    wanted = given.get("agreements")
    if type_ != "AgreementBundle" or wanted is None:
        return []
    found = view.records("Agreement", wanted)
    missing = [id_ for id_ in wanted if id_ not in found or found[id_].deleted]
    if missing:
        raise not_found("flows.unknown", f"There is no agreement {missing[0]}.", "agreements")
    known = view.records("AgreementBundle", [bundle]).get(bundle)
    from .reading import children

    inside = {one.id: one for one in children(view, known, "agreements")} if known is not None else {}
    changes = [(one, bundle) for one in found.values() if one.id not in inside] + [(one, None) for id_, one in inside.items() if id_ not in found]
    return [
        ("flow.update", e.Update(record=record("Agreement", one.id, {"bundledIn": into}, one.said), revision=one.entry)) for one, into in changes
    ]  # fmt: skip
