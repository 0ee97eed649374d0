"""Where something comes from and where it goes: trace, track, and the work that is in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..flows.tracing.history import History
from ..flows.tracing.trace import EVENT, Trace, trace, track
from ..flows.tracing.valuation import flow_back, roll_up
from ..flows.tracing.value_count import Worths
from ..flows.units import UnitOfMeasure, find_unit
from ..problems import not_found, refuse
from .connections import PAGE_MAX, Listed
from .things import Thing, looked_up
from .values import Quantity, micro
from .view import View

Walk = Callable[[History, Any], Trace]
_KIND = {"EconomicResource": "resource", "Process": "process", "EconomicEvent": "event"}
_WORK = ("work", "deliverService")
"""What somebody contributes in hours; the hours of a machine are not those of its owner."""


def _found(view: View, thing: Thing, walk: Walk) -> list[tuple[int, int]]:
    """(kind, number) of all that a walk finds, without where it starts."""
    try:
        found = walk(view.history, (_KIND[thing.type], thing.key))
    except KeyError:
        return []
    return list(zip(found.kind.tolist(), found.number.tolist(), strict=True))[1:]


def _read(view: View, nodes: Sequence[tuple[int, int]]) -> list[Thing]:
    events = view.events(number for kind, number in nodes if kind == EVENT)
    records = view.numbered(number for kind, number in nodes if kind != EVENT)
    return [events[number] if kind == EVENT else records[number] for kind, number in nodes]


def _first(view: View, thing: Thing, walk: Walk, first: int | None) -> list[Thing]:
    size = PAGE_MAX if first is None else max(0, min(first, PAGE_MAX))
    return _read(view, _found(view, thing, walk)[:size])


def traced(view: View, thing: Thing, first: int | None = None) -> list[Thing]:
    """What something came from."""
    return _first(view, thing, trace, first)


def tracked(view: View, thing: Thing, first: int | None = None) -> list[Thing]:
    """What something went into."""
    return _first(view, thing, track, first)


def walk_source(view: View, id_: str, name: str) -> Listed:
    """A trace or track in pages.

    Raises:
        NotFound: `flows.unknown`.
    """
    from .events import positions_of

    records = [view.records(type_, [id_]).get(id_) for type_ in ("EconomicResource", "Process")]
    events = view.events(positions_of(view, [id_]).values())
    thing = next((one for one in (*records, *events.values()) if one is not None), None)
    if thing is None:
        raise not_found("flows.unknown", f"No resource, event or process is called {id_}.", "id")
    marks = [f"{kind}.{number}" for kind, number in _found(view, thing, {"trace": trace, "track": track}[name])]

    def load(some: Sequence[str]) -> dict[str, Thing]:
        nodes = [(int(kind), int(number)) for kind, _, number in (mark.partition(".") for mark in some)]
        return dict(zip(some, _read(view, nodes), strict=True))

    return Listed(marks, load)


def before_event(view: View, thing: Thing) -> list[Thing]:
    """The process that an event came out of, or else its resource; nothing if the resource begins by it."""

    def number(event: Thing) -> int | None:
        columns = event.columns
        first = columns["action"] in ("raise", "lower") and columns["previous"] is None
        behind = columns["output_of"] if columns["output_of"] is not None else None if first else columns["resource"]
        return None if behind is None else int(behind)

    return _neighbours(view, thing, "previous", lambda event: [number(event)])


def after_event(view: View, thing: Thing) -> list[Thing]:
    """The process that an event goes into, or the resources that it brings: as `flows.tracing.trace` has it."""

    def numbers(event: Thing) -> list[int | None]:
        columns = event.columns
        if columns["input_of"] is not None:
            return [columns["input_of"], columns["to_resource"]]
        brings = columns["output_of"] is not None or columns["action"] in ("raise", "lower")
        return [columns["resource"] if brings else None, columns["to_resource"]]

    return _neighbours(view, thing, "next", numbers)


def _neighbours(view: View, thing: Thing, name: str, numbers: Callable[[Thing], list[int | None]]) -> list[Thing]:
    def load(view: View, events: list[Thing]) -> dict[Any, list[Thing]]:
        wanted = {event.key: [number for number in numbers(event) if number is not None] for event in events}
        found = view.numbered(number for some in wanted.values() for number in some)
        return {key: [found[number] for number in dict.fromkeys(some)] for key, some in wanted.items()}

    found: list[Thing] = looked_up(view, thing, ("neighbours", name), load)
    return found


@dataclass(frozen=True, slots=True)
class Rollup:
    """The work that is in a resource."""

    total: Quantity
    per_unit: Quantity | None
    shares: list[dict[str, Any]]


def rollup(view: View, thing: Thing, unit: str) -> Rollup:
    """The work that flowed into what is there of a resource, and who did it.

    Raises:
        Refused: `flows.bad_unit`.
    """
    target = find_unit(unit)
    if target is None or target.kind != "time":
        raise refuse("flows.bad_unit", f"Work is counted in a unit of time, such as hour; {unit} is none.", "unit")
    history = view.history
    worths, providers = _work(view, history, target)
    rolled = roll_up(history, Worths(worths))
    total, per_unit = rolled.value("resource", thing.key), rolled.per_unit(thing.key)
    given = flow_back(rolled, [("resource", thing.key)])
    agents = view.agents_numbered({agent for share, agent in zip(given, providers, strict=True) if share and agent is not None})
    by_agent: dict[str, int] = {}
    for share, number in zip(given, providers, strict=True):
        if share and number is not None:
            by_agent[agents[number].id] = by_agent.get(agents[number].id, 0) + share
    found = view.agents(by_agent)
    shares = [{"agent": found[id_], "value": micro(share, target.name)} for id_, share in sorted(by_agent.items(), key=lambda one: (-one[1], one[0]))]
    return Rollup(micro(total, target.name), None if per_unit is None else micro(int(per_unit), target.name), shares)  # type: ignore[arg-type]


def _work(view: View, history: History, target: UnitOfMeasure) -> tuple[list[int], list[int | None]]:
    """What each event contributes, in millionths of a unit of time, rounded down; and whose number its provider has."""
    worths: list[int] = [0] * len(history)
    providers: list[int | None] = [None] * len(history)
    marks = ", ".join("?" * len(_WORK))
    sql = f"SELECT position, provider, effort_micro, effort_unit FROM economic_event WHERE commons = ? AND effort_micro IS NOT NULL AND action IN ({marks})"
    for position, provider, amount, unit in view.transaction.rows(sql, (view.commons, *_WORK)):
        source = find_unit(unit)
        place = int(np.searchsorted(history.position, position))
        if source is None or source.kind != "time" or place >= len(history) or history.position[place] != position:
            continue
        worths[place] = amount * source.numerator * target.denominator // (source.denominator * target.numerator)
        providers[place] = provider
    return worths, providers
