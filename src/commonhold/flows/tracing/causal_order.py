"""The order in which events take effect when their value is counted. Pure; time and memory linear in the events.

People log their work when it is done, and often later. So what goes into a process late counts as if it had been in time: it is
moved before the first output. That is simple where no resource is touched, as with work. Otherwise the outputs wait for it.
Whatever concerns a resource keeps its order, so what touches a resource after an output that waits also waits.

A process may be fed by what came of its own output. Such a cycle is opened at its earliest output, which then goes on with
what is there.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from .history import NONE, History, Integers
from .movements import Move, Movements


def causal_order(history: History, moves: Movements) -> Integers | None:
    """The places of all events in that order; None if it is the order of the journal."""
    places = np.arange(len(history))
    counts = np.flatnonzero(moves.stands_for == places)
    inputs, outputs = counts[history.input_of[counts] >= 0], counts[history.output_of[counts] >= 0]
    first = np.full(history.records + 1, len(history), dtype=np.int64)
    first[history.output_of[outputs[::-1]]] = outputs[::-1]  # of several for one number, the last to be set stays
    late = inputs[first[history.input_of[inputs]] < inputs]
    if not len(late):
        return None
    apart = (moves.move[late] == Move.NOTHING) | ((moves.move[late] == Move.USE) & (moves.source[late] == NONE))
    moment = places * 2
    moment[late[apart]] = first[history.input_of[late[apart]]] * 2 - 1
    sequence: Integers = np.argsort(moment, kind="stable")
    return sequence if apart.all() else np.array(_Ordering(history, moves, sequence).run(), dtype=np.int64)


class _Ordering:
    """One run. An event waits at each resource that it touches behind those that wait there, and at the gate of its process.

    The gate of a process is open when all its inputs have been seen and none of them waits.
    """

    def __init__(self, history: History, moves: Movements, sequence: Integers) -> None:
        count, records = len(history), history.records
        counts = moves.stands_for == np.arange(count)
        input_of, output_of = np.where(counts, history.input_of, NONE), np.where(counts, history.output_of, NONE)
        grows = np.isin(moves.move, (Move.GIVE, Move.PUT_BACK, Move.ADD, Move.UNPACK))
        first = np.where(grows, moves.target, moves.source)
        service = grows & (moves.target == history.input_of)  # to a process, which takes it in whatever order
        first[(first >= records) | ~counts | (moves.move == Move.NOTHING) | service] = NONE
        second = np.where(np.isin(moves.move, (Move.TRANSFER, Move.COPY)), moves.target, moves.container)
        second[(second >= records) | ~counts | (moves.move == Move.NOTHING)] = NONE
        last = np.full(records + 1, NONE, dtype=np.int64)  # the last place is for what is input of nothing
        place = np.empty(count, dtype=np.int64)
        place[sequence] = np.arange(count)
        inputs = sequence[input_of[sequence] >= 0]
        last[input_of[inputs]] = place[inputs]  # of several for one number, the last to be set stays
        self._shut = np.sort(place[(output_of >= 0) & (last[output_of] > place)]).tolist()
        self._count, self._sequence, self._last = count, sequence.tolist(), last.tolist()
        self._input_of, self._output_of = input_of.tolist(), output_of.tolist()
        self._first, self._second = first.tolist(), second.tolist()
        self._now = 0
        self._held: set[int] = set()
        self._held_inputs: dict[int, int] = {}
        self._waiting: dict[int, deque[int]] = {}
        self._at_gate: dict[int, list[int]] = {}
        self._freed: set[int] = set()
        self._order: list[int] = []

    def run(self) -> list[int]:
        """The order. Where nothing waits, all goes on at once to the next output that must wait."""
        sequence, held, order = self._sequence, self._held, self._order
        shut = [*self._shut, self._count]
        next_shut = 0
        while self._now < self._count:
            if not held:
                while shut[next_shut] < self._now:
                    next_shut += 1
                order += sequence[self._now : shut[next_shut]]
                self._now = shut[next_shut]
            if self._now < self._count:
                self._see(sequence[self._now])
                self._now += 1
        for event in self._openings() if held else ():
            if event in held:
                self._freed.add(event)
                self._release([event])
        return order

    def _see(self, event: int) -> None:
        taken, given = self._input_of[event], self._output_of[event]
        shut = given >= 0 and not self._is_open(given)
        if not shut and self._first[event] not in self._waiting and self._second[event] not in self._waiting:
            self._order.append(event)
            if taken in self._at_gate and self._is_open(taken):
                self._release(self._at_gate.pop(taken))
            return
        self._held.add(event)
        if taken >= 0:
            self._held_inputs[taken] = self._held_inputs.get(taken, 0) + 1
        if shut:
            self._at_gate.setdefault(given, []).append(event)
        for resource in self._touched(event):
            self._waiting.setdefault(resource, deque()).append(event)

    def _is_open(self, process: int) -> bool:
        return self._last[process] <= self._now and not self._held_inputs.get(process)

    def _touched(self, event: int) -> list[int]:
        return [resource for resource in {self._first[event]: 0, self._second[event]: 0} if resource >= 0]

    def _release(self, candidates: list[int]) -> None:
        """Let go of those that wait for nothing any more, and of all that waited for them."""
        queue = deque(candidates)
        while queue:
            event = queue.popleft()
            taken, given = self._input_of[event], self._output_of[event]
            resources = self._touched(event)
            shut = given >= 0 and event not in self._freed and not self._is_open(given)
            if event not in self._held or shut or any(self._waiting[resource][0] != event for resource in resources):
                continue
            self._held.remove(event)
            self._order.append(event)
            for resource in resources:
                behind = self._waiting[resource]
                behind.popleft()
                if behind:
                    queue.append(behind[0])
                else:
                    del self._waiting[resource]
            if taken >= 0:
                self._held_inputs[taken] -= 1
                if taken in self._at_gate and self._is_open(taken):
                    queue.extend(self._at_gate.pop(taken))

    def _openings(self) -> list[int]:
        """Outputs that are part of a cycle: those of cycles that wait for no other first, and the earlier first."""
        left = [event for event in self._sequence if event in self._held]
        component = self._components(left)
        gates = [event for event in left if self._output_of[event] >= 0]
        in_cycle = [event for event in gates if component[event] == component.get(self._count + self._output_of[event])]
        return sorted(in_cycle, key=lambda event: component[event])

    def _components(self, left: list[int]) -> dict[int, int]:
        """Strongly connected components of what is left, numbered so that each waits only for smaller ones (Tarjan 1972).

        Nodes are events, and processes as n + their number; an edge leads to what a node waits for.
        """
        waits: dict[int, list[int]] = {event: [] for event in left}
        last: dict[int, int] = {}
        for event in left:
            waits[event] += [last[resource] for resource in self._touched(event) if resource in last]
            last |= dict.fromkeys(self._touched(event), event)
            if self._output_of[event] >= 0:
                waits.setdefault(self._count + self._output_of[event], [])
                waits[event].append(self._count + self._output_of[event])
            if self._input_of[event] >= 0:
                waits.setdefault(self._count + self._input_of[event], []).append(event)
        low: dict[int, int] = {}
        component: dict[int, int] = {}
        path: list[int] = []
        found = 0
        for root in left:
            if root in low:
                continue
            low[root] = root_index = len(low)
            index = {root: root_index}
            path.append(root)
            stack = [(root, iter(waits[root]))]
            while stack:
                node, following = stack[-1]
                for next_ in following:
                    if next_ not in low:
                        low[next_] = index[next_] = len(low)
                        path.append(next_)
                        stack.append((next_, iter(waits[next_])))
                        break
                    if next_ not in component:
                        low[node] = min(low[node], low[next_])
                else:
                    stack.pop()
                    if stack:
                        low[stack[-1][0]] = min(low[stack[-1][0]], low[node])
                    if low[node] == index[node]:
                        while True:
                            member = path.pop()
                            component[member] = found
                            if member == node:
                                break
                        found += 1
        return component
