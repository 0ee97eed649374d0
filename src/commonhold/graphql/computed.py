"""Fields that are neither stored nor an inverse: each with how it is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from . import flow_history as history
from .promises import bounds, is_finished, parts_of, state_of, times_of
from .relations import linked
from .revisions import earlier, meta, revision_id
from .things import Thing, looked_up
from .values import Quantity, micro, units
from .view import View

Compute = Callable[..., Any]
"""From a view, a thing and the arguments of the field to its value."""

MEASURES = ("resourceQuantity", "effortQuantity", "availableQuantity", "minimumQuantity", "hasDuration")
UNITS = ("defaultUnitOfResource", "defaultUnitOfEffort", "unitOfEffort")
DECIMALS = ("lat", "long", "alt")


def unit_of(view: View, thing: Thing, name: str | None, field: str) -> Thing | None:
    """The unit of a name that stands in a field."""

    def load(view: View, things: list[Thing]) -> dict[Any, Any]:
        names = {peer.key: getattr(peer.said, field) for peer in things}
        found = units(view, {name for name in names.values() if name is not None})
        return {key: found.get(name) for key, name in names.items()}

    unit: Thing | None = looked_up(view, thing, ("unit", field), load)
    return unit


def _open(name: str) -> Compute:
    def compute(view: View, thing: Thing) -> Quantity | None:
        measure = getattr(thing.said, f"{name}Quantity")
        return None if measure is None else micro(getattr(state_of(view, thing), f"open_{name}"), measure.hasUnit)

    return compute


def _stock(column: str) -> Compute:
    return lambda view, thing: None if thing.columns["unit"] is None else micro(thing.columns[column], thing.columns["unit"])


def _used(view: View, things: list[Thing]) -> dict[Any, bool]:
    """Whether something names them."""
    targets = {thing.key: thing.key for thing in things}
    used = {
        row[0]
        for table in ("flow_link", "event_link")
        for row in view.rows(f"SELECT DISTINCT target FROM {table} WHERE commons = ? AND target IN", targets)
    }
    if things[0].type == "Process":
        for column in ("input_of", "output_of"):
            used.update(row[0] for row in view.rows(f"SELECT DISTINCT {column} FROM economic_event WHERE commons = ? AND {column} IN", targets))
    return {key: key in used for key in targets}


def _deletable(view: View, thing: Thing) -> bool:
    return not looked_up(view, thing, "used", _used)


def _end_of_plan(last: int) -> Compute:
    def compute(view: View, thing: Thing) -> str | None:
        found = bounds(text for part in parts_of(view, thing) for text in times_of(part.said))
        return found[last] if found else None

    return compute


def _scope(view: View, thing: Thing) -> list[Thing]:
    load = lambda view, things: _by_id(things, view.agents(peer.said.inScopeOf for peer in things if peer.said.inScopeOf))  # noqa: E731
    agent = looked_up(view, thing, "scope", load)
    return [] if agent is None else [agent]


def _by_id(things: list[Thing], agents: Mapping[str, Thing]) -> dict[Any, Any]:
    return {thing.key: agents.get(thing.said.inScopeOf) for thing in things}


def _agents_at(view: View, thing: Thing) -> list[Thing]:
    def load(view: View, things: list[Thing]) -> dict[Any, Any]:
        at: dict[Any, list[str]] = {place.key: [] for place in things}
        ids = {place.id: place.key for place in things}
        for type_ in ("Organization", "EcologicalAgent"):
            pairs = list(linked(type_, "primaryLocation").pairs(view, things))
            records = view.numbered(number for _, number in pairs)
            for key, number in pairs:
                at[key].append(records[number].id)
        sql = (
            "SELECT a.primary_location, a.agent FROM private_about a JOIN private_profile p ON p.commons = a.commons AND p.agent = a.agent"
            " WHERE a.commons = ? AND p.public = 1 AND p.name IS NOT NULL AND a.primary_location IN"
        )
        for place, agent in view.rows(sql, ids):
            at[ids[place]].append(agent)
        agents = view.agents(id_ for some in at.values() for id_ in some)
        return {key: [agents[id_] for id_ in sorted(some) if id_ in agents] for key, some in at.items()}

    found: list[Thing] = looked_up(view, thing, "agents", load)
    return found


def _contribution(view: View, thing: Thing) -> dict[str, Any] | None:
    def load(view: View, things: list[Thing]) -> dict[Any, Any]:
        rows = view.rows("SELECT position, state FROM contribution WHERE commons = ? AND position IN", [peer.key for peer in things])
        return {position: {"number": position, "state": state} for position, state in rows}

    found: dict[str, Any] | None = looked_up(view, thing, "contribution", load)
    return found


def _decimal(field: str) -> Compute:
    return lambda view, thing: None if getattr(thing.said, field) is None else Decimal(getattr(thing.said, field))


def _said(field: str, default: Any = None) -> Compute:
    return lambda view, thing: getattr(thing.said, field) or default


EVERY: Mapping[str, Compute] = {
    "id": lambda view, thing: thing.id,
    "revisionId": lambda view, thing: revision_id(thing),
    "meta": meta,
    "revision": earlier,
}
"""Of whatever class."""

_AGENT: dict[str, Compute] = {field: _said(field) for field in ("image", "note")} | {"name": _said("name", "")}
_PROMISE: dict[str, Compute] = {
    "finished": is_finished,
    "openResourceQuantity": _open("resource"),
    "openEffortQuantity": _open("effort"),
}
_NAMED: dict[str, Compute] = {"name": _said("name", "")}
"""Classes whose name is never null in the schema."""

COMPUTED: Mapping[str, Mapping[str, Compute]] = {
    "Person": _AGENT,
    "Organization": _AGENT | {"classifiedAs": lambda view, thing: list(thing.said.classifiedAs)},
    "EcologicalAgent": _AGENT | {"classifiedAs": lambda view, thing: list(thing.said.classifiedAs)},
    "Intent": _PROMISE | {"deletable": _deletable},
    "Commitment": _PROMISE | {"deletable": _deletable},
    "Claim": _PROMISE,
    "Plan": _NAMED | {
        "deletable": _deletable, "finished": is_finished, "startDate": _end_of_plan(0), "endDate": _end_of_plan(1),
    },
    "Process": _NAMED | {"deletable": _deletable, "inScopeOf": _scope},
    "ProcessSpecification": _NAMED,
    "ResourceSpecification": _NAMED,
    "RecipeProcess": _NAMED,
    "RecipeExchange": _NAMED,
    "SpatialThing": _NAMED | {"agents": _agents_at} | {field: _decimal(field) for field in DECIMALS},
    "Unit": {"symbol": lambda view, thing: thing.said.symbol or thing.said.label},
    "Proposal": {
        "isOffer": lambda view, thing: thing.said.purpose == "offer", "isRequest": lambda view, thing: thing.said.purpose == "request",
    },
    "EconomicResource": {
        "accountingQuantity": _stock("accounting"), "onhandQuantity": _stock("onhand"), "state": lambda view, thing: thing.columns["state"],
        "rollup": history.rollup, "track": history.tracked, "trace": history.traced,
    },
    "EconomicEvent": {
        "deletable": lambda view, thing: False, "created": lambda view, thing: thing.columns["recorded"], "contribution": _contribution,
        "previous": history.before_event, "next": history.after_event, "track": history.tracked, "trace": history.traced,
    },
}  # fmt: skip
"""class → field → how it is computed."""
