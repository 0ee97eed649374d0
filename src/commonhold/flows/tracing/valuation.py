"""What a resource is worth by what went into it, and to whom an income of it flows back. Pure and exact.

Each resource is a stock at average cost: what is taken of it takes its part of the value. A process gathers the value of all
that goes into it, whenever that is recorded, and hands it to what it puts out (`movements` tells what each event does, and
`causal_order` when). Amounts are whole numbers of whatever the caller counts: millionths of a cent, grams, litres. A part is
rounded down and the rest stays where it was, so nothing is ever gained or lost by rounding.

`roll_up` goes through the events once and notes each movement of value. `flow_back` goes through the notes once, backwards:
what is wanted of a store is split among all that flowed into it, in proportion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Literal

import numpy as np

from ...measure import MICRO
from .causal_order import causal_order
from .history import History
from .movements import Move, Movements, movements
from .value_count import Amounts, Ledger, Worths, count

Target = tuple[Literal["resource", "process", "event"], int]


@dataclass(frozen=True, eq=False)
class RollUp:
    """The value in each process and resource after all events. `flow_back` looks behind it."""

    history: History
    moves: Movements
    ledger: Ledger

    @property
    def values(self) -> list[int]:
        """By the number of a process or resource; further stores follow (see `movements`)."""
        return self.ledger.values

    def value(self, kind: Literal["resource", "process"], number: int) -> int:
        """What is in a resource, or in a process and what it made and nobody inventoried."""
        return sum(self.values[store] for store in self.stores_of(kind, number))

    @property
    def gone(self) -> int:
        """The value of what left without a record of where to."""
        return self.values[self.moves.gone]

    @property
    def lost(self) -> int:
        """The value of what was lost to the last piece."""
        return self.values[self.moves.lost]

    def per_unit(self, resource: int) -> Fraction | None:
        """What one unit of what is there of a resource is worth; None if there is nothing."""
        quantity = self.ledger.quantities[resource]
        return Fraction(self.values[resource] * MICRO, quantity) if quantity > 0 else None

    def stores_of(self, kind: Literal["resource", "process"], number: int) -> list[int]:
        """Where the value of a resource or process lies."""
        if kind == "resource":
            return [number]
        return [number, *(self.history.records + np.flatnonzero(self.moves.behind == number)).tolist()]


def roll_up(history: History, worths: Worths) -> RollUp:
    """Count what flowed into each process and resource."""
    moves = movements(history)
    return RollUp(history, moves, count(moves, worths, causal_order(history, moves)))


def embodied(history: History, amounts: Amounts, resource: int) -> int:
    """How much of something that the events of a history took or gave off, such as grams of CO2, is in a resource.

    Args:
        amounts: By event; below 0 where something is taken up again.
    """
    return roll_up(history, Worths(amounts)).values[resource]


def flow_back(rolled: RollUp, targets: Sequence[Target], quantity: int | None = None) -> list[int]:
    """Whose contributions the value of something is made of: an income of it flows back in proportion.

    Args:
        targets: Resources and processes stand for what is in them now, events for what they moved: of a sold product, the
            events by which it was sold (`outcomes` finds them).
        quantity: Of the first target, a resource: only so many millionths of it.

    Returns:
        For each event of the history, how much of what it contributed is in the targets, and how much they owe it for the
        use of what it contributed. The sum is what the targets are worth, each part of it once: what a target was made of, or
        what came back from it, may be in another one.

    Raises:
        ValueError: An event contributed less than nothing; of that there are no shares.
    """
    if min(rolled.ledger.amounts, default=0) < 0:
        raise ValueError("an event has a worth below 0: give 0 or more for each event, counting its corrections")
    wanted = [0] * rolled.moves.stores
    for kind, number in targets:
        if kind == "event":
            continue
        for store in rolled.stores_of(kind, number):
            wanted[store] += rolled.values[store]
    if quantity is not None:
        number, there = targets[0][1], rolled.ledger.quantities[targets[0][1]]
        wanted[number] = wanted[number] * min(quantity, there) // there if there > 0 else 0
    events = {rolled.history.index(number) for kind, number in targets if kind == "event"}
    return _spread(rolled, wanted, events)


def outcomes(rolled: RollUp, resource: int) -> list[Target]:
    """What a resource became outside of processes: what is left of it, and all events that handed it over or used it up."""
    moves = rolled.moves
    leaves = (moves.source == resource) & ((moves.move == Move.TRANSFER) | ((moves.move == Move.TAKE) & (moves.target == moves.gone)))
    return [("resource", resource), *(("event", position) for position in rolled.history.position[leaves].tolist())]


def _spread(rolled: RollUp, wanted: list[int], events: set[int]) -> list[int]:
    """Go back through the notes. What is wanted of a target is split between what came by this movement and what was there."""
    shares = [0] * len(rolled.history)
    ledger = rolled.ledger
    columns = (ledger.sources, ledger.targets, ledger.amounts, ledger.totals, ledger.events)
    notes = zip(*(reversed(column) for column in columns), strict=True)

    def owe(source: int, event: int, part: int) -> None:
        if source < 0:
            shares[event] += part
        else:
            wanted[source] += part

    def go_back(many: int) -> None:
        for source, target, amount, total, event in islice(notes, many):
            if there := wanted[target]:
                part = there if amount == total else there * amount // total
                wanted[target] = there - part
                if source < 0:
                    shares[event] += part
                else:
                    wanted[source] += part

    arrives = rolled.moves.target
    left = len(ledger.events)
    moved = [note for note, event in enumerate(ledger.events) if event in events and ledger.targets[note] == arrives[event]] if events else []
    for note in reversed(moved):
        go_back(left - 1 - note)
        left = note + 1
        amount, there = ledger.amounts[note], wanted[ledger.targets[note]]
        again = there if amount == ledger.totals[note] else there * amount // ledger.totals[note] if there else 0
        owe(ledger.sources[note], ledger.events[note], amount - again)  # what came back, and is in another target, counts once
    go_back(left)
    return shares
