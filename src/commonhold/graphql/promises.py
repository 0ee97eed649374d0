"""How promises, plans and processes stand, for several of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..flows.promises import open_quantity
from ..flows.queries import PromiseState
from ..flows.rules import signed_quantity
from .relations import linked
from .things import Thing, looked_up
from .view import View

PROMISES = frozenset({"Intent", "Commitment", "Claim"})
_QUANTITIES = ("resourceQuantity", "effortQuantity")


def promise_states(view: View, things: list[Thing]) -> Mapping[int, PromiseState]:
    """How commitments, intents or claims stand: as `flows.queries.promise_state`."""
    counted: dict[int, list[int]] = {thing.key: [0, 0] for thing in things}
    for table in ("event_link", "flow_link"):
        sql = f"SELECT target, resource_micro, effort_micro FROM {table} WHERE commons = ? AND resource_micro + effort_micro <> 0 AND target IN"
        for number, resource, effort in view.rows(sql, counted):
            counted[number][0] += resource
            counted[number][1] += effort
    return {thing.key: _state(thing, *counted[thing.key]) for thing in things}


def _state(thing: Thing, resource: int, effort: int) -> PromiseState:
    opens = []
    for name, brought in zip(_QUANTITIES, (resource, effort), strict=True):
        measure = getattr(thing.said, name)
        opens.append(open_quantity(None if measure is None else signed_quantity(measure), brought))
    done = [open_ == 0 for open_ in opens if open_ is not None]
    return PromiseState(resource, effort, opens[0], opens[1], thing.said.finished or (bool(done) and all(done)))


def state_of(view: View, thing: Thing) -> PromiseState:
    """How a promise stands."""
    state: PromiseState = looked_up(view, thing, "state", promise_states)
    return state


_PARTS = (linked("Process", "plannedWithin"), linked("Commitment", "plannedWithin"), linked("Intent", "plannedWithin"))


def plan_parts(view: View, things: list[Thing]) -> Mapping[int, list[Thing]]:
    """The processes, commitments and intents of plans."""
    parts: dict[int, list[Thing]] = {thing.key: [] for thing in things}
    for relation in _PARTS:
        pairs = list(relation.pairs(view, things))
        found = view.numbered(number for _, number in pairs)
        for plan, number in pairs:
            parts[plan].append(found[number])
    return parts


def parts_of(view: View, thing: Thing) -> list[Thing]:
    """The processes, commitments and intents of a plan."""
    parts: list[Thing] = looked_up(view, thing, "parts", plan_parts)
    return parts


def is_finished(view: View, thing: Thing) -> bool:
    """Whether nothing more is expected: it was said, or nothing of it is open; of a plan, all its parts are finished."""
    if thing.type in PROMISES:
        return state_of(view, thing).finished
    if thing.type == "Plan":
        parts = parts_of(view, thing)
        return bool(parts) and all(is_finished(view, part) for part in parts)
    return bool(thing.said.finished)


def times_of(said: Any) -> list[str]:
    """The times at which something is, was or will be, of whatever class; if there are none, when it was said."""
    names = ("hasPointInTime", "hasBeginning", "hasEnd", "due", "expirationDate")
    found = [text for name in names if (text := getattr(said, name, None)) is not None]
    created = getattr(said, "created", None)
    return found or ([] if created is None else [created])


def bounds(texts: Iterable[str]) -> tuple[str, str] | None:
    """The first and the last of some times, None if there are none. Times of entries have no offset, so texts are in order but for fractions."""
    found = sorted(texts, key=lambda text: (text[:19], text[20:-1].ljust(6, "0")))
    return (found[0], found[-1]) if found else None
