"""The critical path of a plan: which processes may be late without delaying it, and by how much (Kelley and Walker 1959). Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..vocabulary import Commitment, Intent, Process
from .moments import moment, moment_text
from .outline import DEPENDENT
from .recipes import MAKING, STAGING, kinds
from .shapes import Want

Edges = dict[str | int, list[str | int]]


@dataclass(frozen=True, slots=True)
class Slot:
    """When a process may begin. slack: From the earliest to the latest, in microseconds (millionths of a second)."""

    process: str
    earliest: str
    latest: str
    slack: int

    @property
    def critical(self) -> bool:
        """Whether any delay of it delays the plan."""
        return self.slack == 0


def critical_path(processes: Iterable[Process], flows: Iterable[Intent | Commitment]) -> list[Slot]:
    """Earliest and latest begin of each process that has both times, in the order of the processes.

    A process lasts as long as its times say. It comes after those of the others that put out what it takes in (same specification,
    and stage and state if it asks for them) and that end, by their times, before it begins. The plan begins when its first process
    does, and ends when the last of the earliest ends is.
    """
    timed = [(process, moment(process.hasBeginning), moment(process.hasEnd)) for process in processes if process.hasBeginning and process.hasEnd]
    if not timed:
        return []
    lasts: dict[str | int, int] = {process.id: end - begin for process, begin, end in timed}
    after = _after({process.id: (process, begin, end) for process, begin, end in timed}, flows)
    order = _in_order([process.id for process, _, _ in timed], after)
    start = min(begin for _, begin, _ in timed)
    earliest: dict[str | int, int] = dict.fromkeys(order, start)
    for node in order:
        for later in after.get(node, ()):
            earliest[later] = max(earliest[later], earliest[node] + lasts.get(node, 0))
    finish = max(earliest[node] + lasts.get(node, 0) for node in order)
    latest: dict[str | int, int] = {}
    for node in reversed(order):
        latest[node] = min((latest[later] for later in after.get(node, ())), default=finish) - lasts.get(node, 0)
    slots = [(process.id, earliest[process.id], latest[process.id]) for process, _, _ in timed]
    return [Slot(name, moment_text(early), moment_text(late), late - early) for name, early, late in slots]


def _after(timed: dict[str, tuple[Process, int, int]], flows: Iterable[Intent | Commitment]) -> Edges:
    """What comes after each process.

    The outputs of a kind form a chain in the order of their ends, and an input hangs on the last one that ends in time: so
    there are no more edges than flows, however many processes make and take the same.
    """
    outputs: dict[Want, list[tuple[int, str]]] = defaultdict(list)
    inputs: list[tuple[Want, int, str]] = []
    for flow in flows:
        if flow.resourceConformsTo is None:
            continue
        if flow.outputOf in timed and flow.action in MAKING:
            process, _, end = timed[flow.outputOf]
            stage = flow.stage or (process.basedOn if flow.action in STAGING else None)
            for want in kinds(flow.resourceConformsTo, stage, flow.state):
                outputs[want].append((end, process.id))
        if flow.inputOf in timed and flow.action in DEPENDENT:
            inputs.append((Want(flow.resourceConformsTo, flow.stage, flow.state), timed[flow.inputOf][1], flow.inputOf))
    after: Edges = defaultdict(list)
    first: dict[Want, int] = {}
    nodes = 0
    for want in sorted(outputs, key=lambda want: tuple(part or "" for part in want)):
        first[want] = nodes
        outputs[want].sort()
        for place, (_, process_id) in enumerate(outputs[want]):
            after[process_id].append(nodes)
            if place:
                after[nodes - 1].append(nodes)
            nodes += 1
    for want, begin, taker in inputs:
        made = outputs.get(want, [])
        place = bisect_right(made, begin, key=lambda output: output[0])
        if place:
            after[first[want] + place - 1].append(taker)
    return after


def _in_order(processes: Sequence[str], after: Edges) -> list[str | int]:
    """All nodes, each after those before it. Processes of no duration at one moment can form a cycle: its edges are dropped."""
    waits: dict[str | int, int] = dict.fromkeys((*processes, *(node for node in after if isinstance(node, int))), 0)
    for laters in after.values():
        for later in laters:
            waits[later] = waits.get(later, 0) + 1
    ready = [node for node, count in waits.items() if count == 0]
    order: list[str | int] = []
    while True:
        for node in ready:
            order.append(node)
            for later in after.get(node, ()):
                waits[later] -= 1
                if waits[later] == 0:
                    ready.append(later)
        if len(order) == len(waits):
            return order
        placed = set(order)
        cut = {node for node in waits if node not in placed}
        for node in cut:
            after[node] = [later for later in after.get(node, ()) if later not in cut]
        ready = [node for node in waits if node in cut]
        for node in ready:
            waits[node] = 0
