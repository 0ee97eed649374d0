"""What lists can be narrowed to: a test for each field of the filters. Several fields are joined by and, several values of one by or."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..flows.actions import action_named
from ..flows.market.listings import moment
from ..journal.kinds import time_text
from ..problems import bad_input
from .links import ids_named, link
from .promises import bounds, is_finished, parts_of, state_of, times_of
from .things import Thing, looked_up
from .view import View

Test = Callable[[View, Thing, Any], bool]

_WORDS = ("name", "note", "label", "symbol", "trackingIdentifier", "batchLotCode", "mappableAddress")
_CLASSES = ("resourceClassifiedAs", "classifiedAs", "processClassifiedAs")


def passes(view: View, thing: Thing, filter_: Mapping[str, Any] | None) -> bool:
    """Whether a filter lets something through."""
    return all(_test(name)(view, thing, value) for name, value in (filter_ or {}).items() if value is not None and name not in NOT_TESTS)


def _test(name: str) -> Test:
    return TESTS.get(name) or _by_field(name)


def is_known(name: str, type_: str, fields: tuple[str, ...]) -> bool:
    """Whether a field of a filter is tested for: by a test of its own, or by a field of the class that is listed."""
    return name in TESTS or name in NOT_TESTS or name in fields or link(type_, name) is not None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _by_field(field: str) -> Test:
    def test(view: View, thing: Thing, wanted: Any) -> bool:
        if link(thing.type, field) is not None:
            return bool(ids_named(view, thing, field) & set(_listed(wanted)))
        return bool(set(map(str, _listed(getattr(thing.said, field, None)))) & set(map(str, _listed(wanted))))

    return test


def _words(view: View, thing: Thing, wanted: str) -> bool:
    said = (getattr(thing.said, name, None) for name in _WORDS)
    return any(wanted.casefold() in text.casefold() for text in said if text)


def _side(*sides: str) -> Test:
    return lambda view, thing, wanted: any(getattr(thing.said, side, None) in wanted for side in sides)


def _action(view: View, thing: Thing, wanted: Any) -> bool:
    return thing.said.action in [action_named(name) for name in _listed(wanted)]


def _classes(view: View, thing: Thing, wanted: Any) -> bool:
    said = {one for name in _CLASSES for one in getattr(thing.said, name, ())}
    return bool(said & set(_listed(wanted)))


def _from(view: View, thing: Thing, wanted: str) -> bool:
    found = bounds(times_of(thing.said))
    return found is not None and (moment(found[1]) or ()) >= (moment(wanted) or ())


def _until(view: View, thing: Thing, wanted: str) -> bool:
    found = bounds(times_of(thing.said))
    return found is not None and (moment(found[0]) or ()) <= (moment(wanted) or ())


def _in_scope(view: View, thing: Thing, wanted: list[str]) -> bool:
    if thing.type == "Process":
        return thing.said.inScopeOf in wanted
    if thing.type == "Plan":
        return any(part.said.inScopeOf in wanted for part in parts_of(view, thing) if part.type == "Process")
    processes = (looked_up(view, thing, ("link", name), link(thing.type, name)) for name in ("inputOf", "outputOf"))  # type: ignore[arg-type]
    return any(process is not None and process.said.inScopeOf in wanted for process in processes)


def _active(view: View, thing: Thing, wanted: bool) -> bool:
    now, said = moment(time_text(view.node.now())) or (), thing.said
    begun = said.hasBeginning is None or (moment(said.hasBeginning) or ()) <= now
    ended = said.hasEnd is not None and (moment(said.hasEnd) or ()) < now
    return (begun and not ended) == wanted


def _purpose(purpose: str) -> Test:
    return lambda view, thing, wanted: (thing.said.purpose == purpose) == wanted


def _status(view: View, thing: Thing, wanted: str) -> bool:
    if wanted not in ("open", "finished"):
        raise bad_input("graphql.bad_filter", "status is open or finished.", "filter.status")
    return state_of(view, thing).finished == (wanted == "finished")


def _involved(view: View, thing: Thing, wanted: list[str]) -> bool:
    from .reading import children  # which needs this module

    return any(agent.id in wanted for agent in children(view, thing, "involvedAgents"))


TESTS: Mapping[str, Test] = {
    "searchString": _words,
    "provider": _side("provider"), "providerId": _side("provider"),
    "receiver": _side("receiver"), "receiverId": _side("receiver"),
    "agent": _side("provider", "receiver"),
    "action": _action,
    "resourceClassifiedAs": _classes, "classifiedAs": _classes, "processClassifiedAs": _classes, "resourceClassification": _classes, "tagIds": _classes,
    "startDate": _from, "after": _from, "endDate": _until, "before": _until,
    "finished": lambda view, thing, wanted: is_finished(view, thing) == wanted,
    "inScopeOf": _in_scope,
    "active": _active, "isOffer": _purpose("offer"), "isRequest": _purpose("request"),
    "state": lambda view, thing, wanted: thing.columns["state"] in wanted,
    "status": _status,
    "involvedAgents": _involved,
}  # fmt: skip
NOT_TESTS = frozenset({"page"})
"""Says which part of a list is meant."""
