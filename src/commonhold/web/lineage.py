"""The near history of a resource or process, for a picture: what it came of, or what came of it, level by level.

A resource stands in the picture once for each time that a process has changed it, so that time runs one way. What nothing is
known of but that it was there (materials, tools) stands as a line in the processes that took it. Only what is shown is read:
the whole history may be long.

As in a trace, what a process takes in to put it back has to do with itself only: who looks for the past of a gown does not
find the shirt that was in the same laundry.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from ..flows.tracing.trace import PUTS_BACK, TAKES_IN
from ..store.transaction import Transaction

Key = tuple[Literal["process", "resource"], int, int]
"""What it is, its number, and for a resource: the position of the event that made it what it then was."""
KNOTS_MAX = 400
EVENTS_MAX = 200
"""Of one process, or of one resource, so many events are looked at."""
_END = 2**62
_COLUMNS = "position, action, resource, to_resource, input_of, output_of, resource_micro, resource_unit, effort_micro, effort_unit, conforms_to, at"


class Step(NamedTuple):
    """An event, as its row says it."""

    position: int
    action: str
    resource: int | None
    to_resource: int | None
    input_of: int | None
    output_of: int | None
    resource_micro: int | None
    resource_unit: str | None
    effort_micro: int | None
    effort_unit: str | None
    conforms_to: int | None
    at: int


@dataclass(slots=True)
class Knot:
    """A process, or a resource between two events.

    Attributes:
        level: How many processes and transfers lie between it and the start. ways: The knots that lines lead on to.
        steps: Events that belong to it. parts: Of these, what stands as a line in it: work, materials, tools.
        more: Whether its lines lead on to what is not shown.
        came: Of a process: by which resources the walk came to it. open: Whether by one that it does not put back, or from nowhere.
    """

    key: Key
    level: int
    ways: list[Key] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    parts: list[Step] = field(default_factory=list)
    more: bool = False
    came: set[int] = field(default_factory=set)
    open: bool = False
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Lineage:
    """The knots in the order in which they are drawn, each after those that lead to it; cut: Whether there is more of it."""

    knots: list[Knot]
    cut: bool


class _Steps:
    """Reads events by what they touch."""

    def __init__(self, transaction: Transaction, commons: str) -> None:
        self._transaction = transaction
        self._commons = commons

    def _rows(self, where: str, *parameters: int) -> list[Step]:
        sql = f"SELECT {_COLUMNS} FROM economic_event WHERE commons = ? AND {where} LIMIT {EVENTS_MAX}"
        return [Step(*row) for row in self._transaction.rows(sql, (self._commons, *parameters))]

    def of_process(self, column: str, number: int) -> list[Step]:
        """What goes in (`input_of`) or comes out (`output_of`), in order."""
        return self._rows(f"{column} = ? ORDER BY position", number)

    def bringing(self, resource: int, before: int) -> list[Step]:
        """What made a resource what it was before a position, newest first, back to where it was put back whole."""
        own = "resource = ? AND (output_of IS NOT NULL OR action = 'raise') AND position < ? ORDER BY position DESC"
        rows = self._rows(own, resource, before)
        rows += self._rows("to_resource = ? AND resource <> to_resource AND position < ? ORDER BY position DESC", resource, before)
        rows.sort(reverse=True)
        whole = next((place for place, step in enumerate(rows) if step.action in PUTS_BACK and step.resource == resource), len(rows))
        return rows[: whole + 1]

    def taking(self, resource: int, after: int) -> list[Step]:
        """What was taken of a resource after a position, oldest first, up to where it was taken in whole."""
        where = "resource = ? AND position > ? AND (input_of IS NOT NULL OR to_resource IS NOT NULL) ORDER BY position"
        rows = self._rows(where, resource, after)
        whole = next((place for place, step in enumerate(rows) if step.action in TAKES_IN), len(rows))
        return rows[: whole + 1]


def read_lineage(transaction: Transaction, commons: str, kind: str, number: int, *, forward: bool, levels: int) -> Lineage:
    """What led to a resource or process, or (`forward`) what came of it, so many levels far."""
    steps = _Steps(transaction, commons)
    start: Key = ("process", number, 0) if kind == "process" else ("resource", number, -1 if forward else _version(steps.bringing(number, _END)))
    knots = {start: Knot(start, 0, open=True, seen=True)}
    waiting = deque([start])
    cut = False
    while waiting:
        knot = knots[waiting.popleft()]
        for key in list((_ahead if forward else _behind)(steps, knot)):
            level = knot.level + (key[0] == "process" or knot.key[0] == "resource")
            if key not in knots and (level > levels or len(knots) >= KNOTS_MAX):
                cut = knot.more = True
                continue
            knot.ways.append(key)
            there = knots.setdefault(key, Knot(key, level))
            if _arrived(steps, knot, there, forward=forward) or not there.seen:
                there.seen = True
                waiting.append(key)
    return Lineage(_in_order(knots, start), cut)


def _arrived(steps: _Steps, source: Knot, there: Knot, *, forward: bool) -> bool:
    """Tell a process that the walk has come to it by a resource; return whether that opens more of it."""
    kind, number, _ = there.key
    resource = source.key[1]
    if kind != "process" or source.key[0] != "resource":
        return False
    before = (resource in there.came, there.open)
    there.came.add(resource)
    if forward:
        taken = {step.resource for step in steps.of_process("input_of", number) if step.action in TAKES_IN}
        there.open = there.open or resource not in taken & _put_back(steps, number)
    return before != (True, there.open)


def _put_back(steps: _Steps, process: int) -> set[int | None]:
    return {step.resource for step in steps.of_process("output_of", process) if step.action in PUTS_BACK}


def _version(bringing: list[Step]) -> int:
    return bringing[0].position if bringing else 0


def _behind(steps: _Steps, knot: Knot) -> Iterator[Key]:
    """What a knot came of. The knot gets its events and parts."""
    kind, number, version = knot.key
    knot.steps, knot.parts = [], []
    if kind == "resource":
        for step in steps.bringing(number, version + 1):
            key = _source(steps, step, number)
            if key is not None:
                yield key
            if key is None or key[0] == "resource":
                knot.steps.append(step)
        return
    put_back = _put_back(steps, number)
    own = knot.came if knot.came or not knot.open else put_back
    knot.steps = [step for step in steps.of_process("output_of", number) if step.resource is None or step.resource in own or knot.open]
    for step in steps.of_process("input_of", number):
        if step.action in TAKES_IN and step.resource in put_back - own:
            continue
        knot.steps.append(step)
        brought = [] if step.resource is None else steps.bringing(step.resource, step.position)
        if step.resource is not None and any(_source(steps, one, step.resource) for one in brought):
            yield ("resource", step.resource, _version(brought))
        else:
            knot.parts.append(step)
            knot.steps += brought


def _source(steps: _Steps, step: Step, resource: int) -> Key | None:
    """Where an event that brought a resource has it from; nothing, if it was just there."""
    if step.output_of is not None:
        return ("process", step.output_of, 0)
    if step.to_resource == resource and step.resource is not None:
        return ("resource", step.resource, _version(steps.bringing(step.resource, step.position)))
    return None


def _ahead(steps: _Steps, knot: Knot) -> Iterator[Key]:
    """What came of a knot."""
    kind, number, version = knot.key
    knot.steps, knot.parts = [], []
    if kind == "resource":
        for step in steps.taking(number, version):
            if step.input_of is not None:
                yield ("process", step.input_of, 0)
            elif step.to_resource is not None:
                knot.steps.append(step)
                yield ("resource", step.to_resource, step.position)
        return
    knot.steps = [step for step in steps.of_process("input_of", number) if step.resource in knot.came]
    for step in steps.of_process("output_of", number):
        if not knot.open and not (step.action in PUTS_BACK and step.resource in knot.came):
            continue
        knot.steps.append(step)
        if step.resource is not None:
            yield ("resource", step.to_resource or step.resource, step.position)
        else:
            knot.parts.append(step)


def _in_order(knots: dict[Key, Knot], start: Key) -> list[Knot]:
    """Each knot after those that lead to it, branches in one piece, short ones first; ways back up are kept, once each."""
    for knot in knots.values():
        knot.ways = [key for key in dict.fromkeys(knot.ways) if key in knots]
    height: dict[Key, int] = {}
    for key in _finished(knots, start):
        height[key] = 1 + max((height.get(way, 0) for way in knots[key].ways), default=0)
    for knot in knots.values():
        knot.ways.sort(key=lambda way: -height[way])
    return [knots[key] for key in reversed(_finished(knots, start))]


def _finished(knots: dict[Key, Knot], start: Key) -> list[Key]:
    """All knots in the order in which a walk, depth first, is done with them."""
    done: list[Key] = []
    seen = {start}
    stack: list[tuple[Key, Iterator[Any]]] = [(start, iter(knots[start].ways))]
    while stack:
        key, ways = stack[-1]
        for way in ways:
            if way not in seen:
                seen.add(way)
                stack.append((way, iter(knots[way].ways)))
                break
        else:
            done.append(key)
            stack.pop()
    return done
