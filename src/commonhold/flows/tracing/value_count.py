"""The counting of value through the events of a history, one after another, with a note of each movement. Pure and exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .history import NONE, Integers
from .movements import Move, Movements

Amounts = NDArray[np.int64] | Sequence[int]

NOTHING, TAKE, GIVE, USE = (int(each) for each in (Move.NOTHING, Move.TAKE, Move.GIVE, Move.USE))


@dataclass(frozen=True, eq=False)
class Worths:
    """What flows, in columns with a place for each event of a history; None stands for zeros.

    Attributes:
        worth: What somebody contributed by the event. It goes into the process that the event is input of, or else into the
            resource that it brings. The worth of a correction is added to that of the event that it corrects.
        use: For `use`, `cite` and `copy`: what the process (or the copy) gains by it. It is owed to those who contributed
            what is used, in proportion, and if nobody has, to the event of the use.
        whole: Where `cite` counts all that the resource is worth at that time, in place of `use`: once in each process.
    """

    worth: Amounts
    use: Amounts | None = None
    whole: Sequence[bool] | NDArray[np.bool_] | None = None


@dataclass(frozen=True, eq=False)
class Ledger:
    """The value in each store after all events, and how it came there.

    Attributes:
        values: By store (see `movements`); those of processes and resources are their numbers. quantities: Of resources,
            millionths.
        sources, targets, amounts, totals, events: One place for each movement of value: from which store (-1 for what the
            event itself contributed) to which, how much, what the target held afterwards, and by which event (its place).
    """

    values: list[int]
    quantities: list[int]
    sources: list[int] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    amounts: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    events: list[int] = field(default_factory=list)


def count(moves: Movements, worths: Worths, order: Integers | None) -> Ledger:
    """Count what flows through all events, in an order (by default that of the journal)."""
    ledger = Ledger([0] * moves.stores, [0] * moves.stores)
    _Count(moves, worths, ledger).run(order)
    return ledger


class _Count:
    """Goes through the events once. What happens a million times is written out in `run`, the rest are methods."""

    def __init__(self, moves: Movements, worths: Worths, ledger: Ledger) -> None:
        self._moves, self._ledger = moves, ledger
        self._values, self._quantities = ledger.values, ledger.quantities
        self._worth = _column(worths.worth, moves)
        self._use = _column(worths.use, moves)
        whole = np.zeros(len(moves.move), dtype=bool) if worths.whole is None else np.asarray(worths.whole, dtype=bool)
        self._move = np.where(whole & (moves.move == Move.USE), Move.CITE_WHOLE, moves.move)
        self._cited: set[tuple[int, int]] = set()
        self._weights = moves.weights
        self._weight_of = dict(moves.weight_of)
        self._put_back = _put_back(moves)
        self._boxes: dict[int, _Box] = {}
        self._where: dict[int, int] = {}

    def run(self, order: Integers | None) -> None:
        """Count all events in an order, by default that of the journal."""
        moves, values, quantities = self._moves, self._values, self._quantities
        weight_of, use, ledger = self._weight_of, self._use, self._ledger
        sources, targets, amounts, totals, events = ledger.sources, ledger.targets, ledger.amounts, ledger.totals, ledger.events
        columns = [self._move, moves.source, moves.target, moves.quantity, moves.own]
        places = list(range(len(moves.move))) if order is None else order.tolist()
        lists = [(column if order is None else column[order]).tolist() for column in columns]
        worth = self._worth if order is None else [self._worth[event] for event in places]
        for event, move, source, target, quantity, own, given in zip(places, *lists, worth, strict=True):
            if given:
                values[own] = total = values[own] + given
                sources.append(NONE)
                targets.append(own)
                amounts.append(given)
                totals.append(total)
                events.append(event)
            if move == TAKE:
                there, stock = values[source], quantities[source]
                quantities[source] = stock - quantity
                amount = there * quantity // stock if quantity < stock else there if quantity else 0
                values[source] = there - amount
            elif move == GIVE:
                there = amount = values[source]
                if source in weight_of:
                    amount = self._part_of_output(source, event, there)
                quantities[target] += quantity
                values[source] = there - amount
            elif move == USE:
                amount = use[event]
                if source < 0 or not values[source]:
                    source = NONE  # noqa: PLW2901 - nobody else is owed it
            elif move == NOTHING:
                continue
            else:
                self._rare(event, move, source, target, quantity)
                continue
            if amount:
                values[target] = total = values[target] + amount
                sources.append(source)
                targets.append(target)
                amounts.append(amount)
                totals.append(total)
                events.append(event)

    def _pass_on(self, event: int, source: int, target: int, amount: int) -> None:
        self._values[source] -= amount
        self._gain(event, source, target, amount)

    def _gain(self, event: int, source: int, target: int, amount: int) -> None:
        if amount:
            ledger = self._ledger
            ledger.values[target] = total = ledger.values[target] + amount
            ledger.sources.append(source)
            ledger.targets.append(target)
            ledger.amounts.append(amount)
            ledger.totals.append(total)
            ledger.events.append(event)

    def _rare(self, event: int, move: int, source: int, target: int, quantity: int) -> None:
        if move == Move.CITE_WHOLE:
            self._cite(event, source, target)
        elif move == Move.ADD:
            self._quantities[target] += quantity
        elif move == Move.COPY:
            self._quantities[target] += quantity
            self._gain(event, source if source >= 0 and self._values[source] else NONE, target, self._use[event])
        elif move == Move.TRANSFER:
            amount = self._take(source, quantity)
            whole = self._quantities[source] <= 0
            self._quantities[target] += quantity
            self._pass_on(event, source, target, amount)
            if whole and source in self._boxes and target not in self._boxes:
                self._boxes[target] = self._boxes.pop(source)
        elif move == Move.LOSE:
            if self._quantities[source] > 0:
                self._quantities[source] -= quantity
                if self._quantities[source] <= 0:
                    self._pass_on(event, source, target, self._values[source])
        elif move == Move.PUT_BACK:
            self._give_back(event, source, target, quantity)
        elif move == Move.PACK:
            self._pack(event, source, target, quantity)
        elif move == Move.UNPACK:
            self._unpack(event, source, target, quantity)

    def _take(self, source: int, quantity: int) -> int:
        """What so much of a resource is worth; taking more than there is takes all. The quantity is taken, the value is not yet."""
        stock, there = self._quantities[source], self._values[source]
        self._quantities[source] = stock - quantity
        return there * quantity // stock if quantity < stock else there if quantity else 0

    def _part_of_output(self, process: int, event: int, there: int) -> int:
        """What an output takes of a process with several: its part of what the outputs that are still to come will take."""
        weight, left = self._weights[event], self._weight_of[process]
        self._weight_of[process] = left - weight
        return there * weight // left if left else 0

    def _cite(self, event: int, resource: int, process: int) -> None:
        """The process gains all that the resource is worth, the first time that it cites it."""
        if resource >= 0 and (resource, process) not in self._cited:
            self._cited.add((resource, process))
            self._gain(event, resource, process, self._values[resource])

    def _give_back(self, event: int, process: int, target: int, quantity: int) -> None:
        self._quantities[target] += quantity
        there = self._values[process]
        self._pass_on(event, process, target, self._part_of_output(process, event, there) if process in self._weight_of else there)
        carried = int(self._moves.carried[event])
        if carried >= 0:
            left = self._put_back[carried]
            self._put_back[carried] = left - quantity
            there = self._values[carried]
            self._pass_on(event, carried, target, there * quantity // left if quantity < left else there)

    def _pack(self, event: int, resource: int, store: int, quantity: int) -> None:
        container = int(self._moves.container[event])
        amount = self._take(resource, quantity)
        there = self._values[container] + (self._values[store] if store != container else 0)
        box = self._boxes.setdefault(container, _Box(there))
        box.put(resource, quantity, amount, there)
        self._where[resource] = container
        self._pass_on(event, resource, store, amount)

    def _unpack(self, event: int, process: int, resource: int, quantity: int) -> None:
        named = (int(self._moves.container[event]), self._where.get(resource, NONE))
        container = next((each for each in named if each in self._boxes and resource in self._boxes[each].contents), NONE)
        if container >= 0:
            store = self._moves.carried_store(process, container, container)
            weight, total = self._boxes[container].take(resource, quantity)
            self._pass_on(event, store, resource, self._values[store] * weight // total if total else 0)
        if container >= 0 or process >= 0:
            self._quantities[resource] += quantity
        if process >= 0:
            there = self._values[process]
            self._pass_on(event, process, resource, self._part_of_output(process, event, there) if process in self._weight_of else there)


class _Box:
    """What is in a container: of each resource its quantity, and its weight against all that is in the container's value."""

    __slots__ = ("contents", "total")

    def __init__(self, own: int) -> None:
        self.total = own
        self.contents: dict[int, tuple[int, int]] = {}

    def put(self, resource: int, quantity: int, amount: int, there: int) -> None:
        """Put in something worth an amount, where the container and its contents are worth `there`.

        What the container has gained since (by transport, say) is on everything in it, so weights keep their proportions.
        """
        if not there:
            self.total, self.contents = 0, {each: (0, much) for each, (_, much) in self.contents.items()}
        added = amount * self.total // there if there and self.total else amount
        weight, much = self.contents.get(resource, (0, 0))
        self.contents[resource] = (weight + added, much + quantity)
        self.total += added

    def take(self, resource: int, quantity: int) -> tuple[int, int]:
        """Take something out: its weight, and that of everything before it was taken."""
        weight, much = self.contents[resource]
        part, total = weight * quantity // much if quantity < much else weight, self.total
        if quantity < much:
            self.contents[resource] = (weight - part, much - quantity)
        else:
            del self.contents[resource]
        self.total -= part
        return part, total


def _column(amounts: Amounts | None, moves: Movements) -> list[int]:
    """A column of amounts, those of corrections added to what they correct."""
    count = len(moves.stands_for)
    if amounts is None:
        return [0] * count
    column = amounts.tolist() if isinstance(amounts, np.ndarray) else list(amounts)
    for event in np.flatnonzero(moves.stands_for != np.arange(count)).tolist():
        column[moves.stands_for[event]] += column[event]
        column[event] = 0
    return column


def _put_back(moves: Movements) -> dict[int, int]:
    """How much of what a process took in is still to be put back, for each store of such."""
    left: dict[int, int] = {}
    for event in np.flatnonzero((moves.move == Move.PUT_BACK) & (moves.carried >= 0)).tolist():
        store = int(moves.carried[event])
        left[store] = left.get(store, 0) + int(moves.quantity[event])
    return left
