"""Track and trace: what led to something, and what came of it. Pure; time and memory linear in the events.

The walk is the pseudocode of the specification (valueflo.ws, "Track & Trace"), without its recursion. It goes depth first.
An event leads back to the process that it is output of, or else to its resource; a resource to the events that brought it; a
process to its inputs. What was taken in to be put back (accept and modify, pickup and dropoff, combine and separate) is
passed in pairs only. Where a resource comes by a second time, the event before on it shows the way.

For tracking, the specification gives an untested draft. Here it is the reverse of the same relation, with the same rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .history import NONE, History, Integers, is_action

Kind = Literal["event", "resource", "process"]
KINDS: tuple[Kind, ...] = ("event", "resource", "process")
EVENT, RESOURCE, PROCESS = range(3)

TAKES_IN = ("accept", "pickup", "combine")
PUTS_BACK = ("modify", "dropoff", "separate")
"""In pairs, in the same order."""

_IN_PAIR = NONE - 1


@dataclass(frozen=True, eq=False)
class Trace:
    """What was found, in the order of the visit: columns of one length.

    Attributes:
        kind: Index in `KINDS`. number: Position of an event, or number of a process or resource.
        parent: Place in these columns of what led here, for a tree; -1 for the start.
    """

    kind: Integers
    number: Integers
    parent: Integers

    def __len__(self) -> int:
        return len(self.kind)

    def nodes(self) -> list[tuple[Kind, int]]:
        """The nodes as pairs, in the form in which `trace` takes one."""
        return [(KINDS[kind], number) for kind, number in zip(self.kind.tolist(), self.number.tolist(), strict=True)]


@dataclass(frozen=True, eq=False)
class _Relation:
    """How things flow.

    Attributes:
        behind, ahead: The process or resource behind and ahead of each event, or -1.
        into, by: Each process and resource with each event that leads to it: as `ahead`, and where an event leads to a second one.
    """

    behind: Integers
    ahead: Integers
    into: Integers
    by: Integers

    @classmethod
    def of(cls, history: History) -> _Relation:
        output, taken = history.output_of >= 0, history.input_of >= 0
        adjusts = is_action(history, "raise", "lower")
        first = adjusts & (history.previous == NONE)
        behind = np.where(output, history.output_of, np.where(first, NONE, history.resource))
        brings = (output & ~taken | adjusts) & (history.resource >= 0)
        to = history.to_resource >= 0
        ahead = np.where(taken, history.input_of, np.where(brings, history.resource, history.to_resource))
        also = to & (taken | brings) & (history.to_resource != ahead)
        events = np.flatnonzero(ahead >= 0)
        extra = np.flatnonzero(also)
        return cls(behind, ahead, np.concatenate([ahead[events], history.to_resource[extra]]), np.concatenate([events, extra]))


def trace(history: History, start: tuple[Kind, int]) -> Trace:
    """Everything that led to an event, a resource or a process.

    Args:
        start: What it is, and the position of the event or the number of the resource or process.

    Raises:
        KeyError: There is no such event, or no such number in any event.
    """
    relation = _Relation.of(history)
    lists = _Lists.of(history, relation.into, relation.by)
    return _walk(history, start, relation.behind, lists, history.indexes(history.previous), _pairs(history, opens=PUTS_BACK, needs=TAKES_IN))


def track(history: History, start: tuple[Kind, int]) -> Trace:
    """Everything that came of an event, a resource or a process. Arguments and errors as of `trace`."""
    relation = _Relation.of(history)
    events = np.flatnonzero(relation.behind >= 0)[::-1]
    lists = _Lists.of(history, relation.behind[events], events, descending=True)
    crumbs = history.indexes(history.previous)
    following = np.full(len(history), NONE, dtype=np.int64)
    known = np.flatnonzero(crumbs >= 0)[::-1]
    following[crumbs[known]] = known
    return _walk(history, start, relation.ahead, lists, following, _pairs(history, opens=TAKES_IN, needs=PUTS_BACK), behind=history.output_of)


def edges(history: History, found: Trace) -> tuple[Integers, Integers]:
    """All the ways along which things flowed between the nodes of a trace, not only those to a parent.

    Returns:
        Sources and targets, as places in the columns of the trace.
    """
    count = len(history)
    nodes = np.where(found.kind == EVENT, history.indexes(found.number), found.number + count)
    place = np.full(count + history.records, NONE, dtype=np.int64)
    place[nodes] = np.arange(len(nodes))
    relation = _Relation.of(history)
    events = np.flatnonzero(relation.behind >= 0)
    sources = np.concatenate([place[count + relation.behind[events]], place[relation.by]])
    targets = np.concatenate([place[events], place[count + relation.into]])
    both = (sources >= 0) & (targets >= 0)
    return sources[both], targets[both]


@dataclass(frozen=True, eq=False)
class _Lists:
    """The events that each process or resource leads on to.

    Attributes:
        numbers, events: The pairs, in no order.
        listed: The events of each number, one list after another, in the order in which they are put on the stack: the last
            is visited first. starts: Where the list of each number begins in it.
    """

    numbers: Integers
    events: Integers
    listed: list[int]
    starts: list[int]

    @classmethod
    def of(cls, history: History, numbers: Integers, events: Integers, *, descending: bool = False) -> _Lists:
        count = max(len(history), 1)
        codes = np.sort(numbers * count + (count - 1 - events if descending else events))
        inside = codes % count
        starts = np.concatenate([[0], np.cumsum(np.bincount(numbers, minlength=history.records))])
        return cls(numbers, events, (count - 1 - inside if descending else inside).tolist(), starts.tolist())


def _walk(
    history: History, start: tuple[Kind, int], follow: Integers, lists: _Lists, crumbs: Integers, pairs: Integers, behind: Integers | None = None
) -> Trace:
    """Visit all that can be reached.

    Args:
        follow: The process or resource that each event leads on to, or -1.
        crumbs: The event to go on with where that has been visited, or -1.
        pairs: What `_pairs` gives.
        behind: For tracking, the process that each event comes out of, or -1. What goes into a process by itself, and not to be put
            back, is in all that comes out of it, also in what the process took in of others: no pair has to be open for that.
    """
    count = len(history)
    in_pair = np.flatnonzero(pairs)
    beyond = dict(zip(in_pair.tolist(), zip(pairs[in_pair].tolist(), follow[in_pair].tolist(), strict=True), strict=True))
    next_of, crumb_of = np.where(pairs == 0, follow, _IN_PAIR).tolist(), crumbs.tolist()
    listed, starts, pairs_of = lists.listed, lists.starts, pairs.tolist()
    seen, seen_records, open_ = bytearray(count), bytearray(history.records), set[int]()
    out_of = None if behind is None else behind.tolist()
    entered = bytearray(history.records)  # processes that something went into by itself
    order: list[int] = []
    stack = [history.index(start[1])] if start[0] == "event" else _first(history, start, lists, order, seen_records)
    while stack:
        node = stack.pop()
        while not seen[node]:
            number = next_of[node]
            if number < 0:
                if number == _IN_PAIR:
                    pair, number = beyond[node]
                    if not (out_of and out_of[node] >= 0 and entered[out_of[node]]) and not _passes(pair, open_) and order:
                        break
                if number < 0:
                    seen[node] = 1
                    order.append(node)
                    break
            seen[node] = 1
            order.append(node)
            crumb = crumb_of[node]
            if out_of and not pairs_of[node] and not entered[number]:
                entered[number] = 1
                if seen_records[number]:
                    stack += [item for item in listed[starts[number] : starts[number + 1]] if not seen[item]]
            if seen_records[number]:
                if crumb < 0:
                    break
                node = crumb
                continue
            seen_records[number] = 1
            order.append(count + number)
            items = listed[starts[number] : starts[number + 1]]
            if crumb >= 0 and crumb in items:
                items.remove(crumb)
                items.append(crumb)
            stack += items
            break
    return _found(history, np.array(order, dtype=np.int64), follow, crumbs, lists)


def _first(history: History, start: tuple[Kind, int], lists: _Lists, order: list[int], seen_records: bytearray) -> list[int]:
    """Visit the process or resource that is the start; return what it leads on to."""
    kind, number = start
    columns = (history.resource, history.to_resource) if kind == "resource" else (history.input_of, history.output_of)
    if number < 0 or not any((column == number).any() for column in columns):
        raise KeyError(number)
    order.append(len(history) + number)
    seen_records[number] = 1
    return lists.listed[lists.starts[number] : lists.starts[number + 1]]


def _passes(pair: int, open_: set[int]) -> bool:
    """Whether an event of a pair may be visited: what opens one always, what needs one that is open if it is."""
    if pair > 0:
        open_.add(pair)
    elif -pair not in open_:
        return False
    else:
        open_.remove(-pair)
    return True


def _pairs(history: History, *, opens: tuple[str, ...], needs: tuple[str, ...]) -> Integers:
    """For each event a key of its pair and resource: above 0 if it opens a pair, below if it needs one that is open; or 0.

    Two additions to the specification: what is taken in and never put back by the process needs no pair; nor does the container
    of what is packed or unpacked, for its way is that of what is in it.
    """
    keys = np.zeros(len(history), dtype=np.int64)
    process = np.where(history.output_of >= 0, history.output_of, history.input_of)
    of_process = process * history.records + history.resource
    *_, contained = opens
    handled = process[is_action(history, contained)]
    for kind, (opening, needing) in enumerate(zip(opens, needs, strict=True), 1):
        opened, needed = (is_action(history, name) & (history.resource >= 0) for name in (opening, needing))
        keys[opened] = history.resource[opened] * len(opens) + kind
        if opening != contained:
            needed &= np.isin(of_process, of_process[opened]) & ~np.isin(process, handled)
        keys[needed] = -(history.resource[needed] * len(opens) + kind)
    return keys


def _found(history: History, order: Integers, follow: Integers, crumbs: Integers, lists: _Lists) -> Trace:
    """The columns of what was visited.

    A process or resource was visited right after its parent. An event was on the list of its parent: of several, on that which
    came on the stack last. Or a crumb led to it from the event just before, which leads on to what had been visited by then.
    """
    count, places = len(history), np.arange(len(order))
    events = order < count
    place = np.full(count + history.records + 1, NONE, dtype=np.int64)
    place[order] = places
    parent = np.where(events, NONE, places - 1)
    above, below = place[count + lists.numbers], place[lists.events]
    listed = (above >= 0) & (above < below)
    np.maximum.at(parent, below[listed], above[listed])
    before = np.flatnonzero(events[:-1])
    event = order[before]
    before = before[(follow[event] >= 0) & (place[count + follow[event]] < before) & (crumbs[event] == order[before + 1])]
    parent[before + 1] = before
    numbers = np.where(events, 0, order - count)
    process: NDArray[np.bool_] = np.zeros(history.records + 1, dtype=bool)
    for column in (history.input_of, history.output_of):
        process[column[column >= 0]] = True
    kind = np.where(events, EVENT, np.where(process[numbers], PROCESS, RESOURCE))
    number = np.where(events, history.position[np.where(events, order, 0)], numbers) if count else numbers
    return Trace(kind, number, parent)
