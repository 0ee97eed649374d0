"""What each event moves, as instructions for `valuation`: from which store of value to which, and by what proportion. Pure.

Value lies in *stores*: one for each process and resource (its number), and a few more: one for each resource that a process
takes in and puts back (accept and modify, pickup and dropoff), so that each thing comes out with its own value; one for what
each process made that nobody keeps an inventory of; what left (`gone`), and what was lost (`lost`).

Value goes with the thing itself, as `onhandQuantity` does. So rights alone (`transferAllRights`) move none, and what is lent
without a record of the borrower stays where it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from math import lcm

import numpy as np
from numpy.typing import NDArray

from .history import NONE, History, Integers, is_action

Mask = NDArray[np.bool_]


class Move(IntEnum):
    """What an event does with quantity and value."""

    NOTHING = 0
    TAKE = 1
    """From a resource to a process, in proportion; or out of sight."""
    USE = 2
    """The process gains what the use is worth; the resource keeps what it has."""
    GIVE = 3
    """From a process to a resource: its part of what is in the process."""
    ADD = 4
    """A resource grows by a quantity that brings no value."""
    TRANSFER = 5
    """From a resource to another, in proportion, with the quantity."""
    LOSE = 6
    """A resource shrinks and what is left becomes dearer."""
    PUT_BACK = 7
    """As `GIVE`, with what the process took in of the same thing."""
    COPY = 8
    """As `ADD`, and the copy gains what the use of the original is worth."""
    PACK = 9
    """From a resource into the container that holds it."""
    UNPACK = 10
    """As `GIVE`, with the part that the resource has of what its container is worth."""
    CITE_WHOLE = 11
    """As `USE`, but the process gains all that the resource is worth."""


@dataclass(frozen=True, eq=False)
class Movements:
    """Columns with a place for each event; and the stores.

    Attributes:
        move: A `Move`. source, target: Stores, or -1. quantity: Millionths, after corrections.
        carried: The store in which the process holds what it took in and puts back, or for `PACK` and `UNPACK` the
            container; -1 if there is none.
        container: The container of `PACK` and, if it is known, of `UNPACK`.
        own: The store that gains what somebody contributed by this event.
        stands_for: The place of the event that this one is counted with: itself, or the one that it corrects.
        weights: What the outputs of a process weigh against each other. weight_of: Their sum for each process.
        keys: Process times `records` plus resource, growing, of those that a process takes in and puts back: their stores are
            the first after those of records. behind: The process of each store after those of records. stores: How many.
    """

    move: Integers
    source: Integers
    target: Integers
    quantity: Integers
    carried: Integers
    container: Integers
    own: Integers
    stands_for: Integers
    weights: dict[int, int]
    weight_of: dict[int, int]
    records: int
    keys: Integers
    behind: Integers
    stores: int

    @property
    def gone(self) -> int:
        """The store of what left: was consumed or handed over without a record of where to."""
        return self.stores - 2

    def carried_store(self, process: int, resource: int, otherwise: int) -> int:
        """Where the value of what a process took in and puts back lies; `otherwise` if it does not."""
        key = process * self.records + resource
        place = int(np.searchsorted(self.keys, key))
        return self.records + place if process >= 0 and place < len(self.keys) and self.keys[place] == key else otherwise

    @property
    def lost(self) -> int:
        """The store of what was lost."""
        return self.stores - 1


def movements(history: History) -> Movements:
    """The instructions of a history."""
    resource, to, taken, given, kept = history.resource, history.to_resource, *_present(history)
    stands_for = _stands_for(history)
    quantity = _after_corrections(history, stands_for)
    takes_in = is_action(history, "accept", "pickup") & taken & kept
    keys, behind = _carried_keys(history, takes_in, is_action(history, "modify", "dropoff") & given & kept)
    made_unseen = given & ~(kept | (is_action(history, "deliverService") & taken))
    unseen_processes, places = np.unique(history.output_of[made_unseen], return_inverse=True)
    unseen = np.full(len(history), NONE, dtype=np.int64)
    unseen[made_unseen] = history.records + len(keys) + places
    behind = np.concatenate([behind, unseen_processes])

    process = np.where(given, history.output_of, history.input_of)
    combines, holds = is_action(history, "combine"), is_action(history, "combine", "separate")
    container = np.where(holds, np.where(to >= 0, to, _accepted(history, takes_in)[process]), NONE)
    container[container == resource] = NONE
    held = _carried(history, keys, process, container)
    held = np.where((held == NONE) & combines, container, held)
    carried = _carried(history, keys, process, resource)

    stores = history.records + len(behind) + 2
    move, source, target = _assigned(history, stores, carried, held, unseen)
    undone = (quantity == 0) & (history.quantity > 0)
    move[undone | (stands_for != np.arange(len(history)))] = Move.NOTHING
    own = np.where(taken, history.input_of, np.where(given, target, np.where(to >= 0, to, resource)))
    weights, weight_of = _weights(history, move, source, target, quantity)
    carried = np.where(holds, held, carried)
    return Movements(
        move, source, target, quantity, carried, container, own, stands_for, weights, weight_of, history.records, keys, behind, stores
    )  # fmt: skip


def _present(history: History) -> tuple[Mask, Mask, Mask]:
    """Which events are input of a process, output of one, and of an inventoried resource."""
    return history.input_of >= 0, history.output_of >= 0, history.resource >= 0


def _assigned(history: History, stores: int, carried: Integers, held: Integers, unseen: Integers) -> tuple[Integers, Integers, Integers]:
    """Move, source and target of each event. What is put later goes over what was put before."""
    resource, to, taken, given, kept = history.resource, history.to_resource, *_present(history)
    gone, lost, to_kept = stores - 2, stores - 1, to >= 0
    move, source, target = (np.full(len(history), value, dtype=np.int64) for value in (Move.NOTHING, NONE, NONE))

    def put(which: Mask, kind: Move, source_: Integers | int, target_: Integers | int) -> None:
        move[which] = kind
        for column, values in ((source, source_), (target, target_)):
            column[which] = values[which] if isinstance(values, np.ndarray) else values

    def named(*names: str) -> Mask:
        return is_action(history, *names)

    takes_in, puts_back, transfers = named("accept", "pickup"), named("modify", "dropoff"), named("transfer", "transferCustody", "move")
    put(named("consume") & kept, Move.TAKE, resource, np.where(taken, history.input_of, gone))
    put(takes_in & taken & kept, Move.TAKE, resource, np.where(carried == NONE, history.input_of, carried))
    put(named("use", "cite") & taken, Move.USE, resource, history.input_of)
    put(named("combine") & kept & taken & (held == NONE), Move.TAKE, resource, history.input_of)
    put(named("combine") & kept & (held != NONE), Move.PACK, resource, held)
    put(given & kept, Move.GIVE, history.output_of, resource)
    put(puts_back & given & kept & (carried != NONE), Move.PUT_BACK, history.output_of, resource)
    put(puts_back & given & to_kept, Move.PUT_BACK, history.output_of, to)
    put(puts_back & ~given & kept & to_kept, Move.TRANSFER, resource, to)
    put(named("separate") & kept, Move.UNPACK, np.where(given, history.output_of, NONE), resource)
    put(named("produce") & ~given & kept | named("raise") & kept, Move.ADD, NONE, resource)
    put(named("lower") & kept & ~(taken & (carried != NONE)), Move.LOSE, resource, lost)
    put(transfers & kept & to_kept & (resource != to), Move.TRANSFER, resource, to)
    put(transfers & ~kept & to_kept, Move.ADD, NONE, to)
    put(named("transfer") & kept & ~to_kept, Move.TAKE, resource, gone)
    put(named("copy") & to_kept, Move.COPY, resource, to)
    put(named("deliverService") & given & taken, Move.GIVE, history.output_of, history.input_of)
    put(unseen != NONE, Move.GIVE, history.output_of, unseen)
    return move, source, target


def _stands_for(history: History) -> Integers:
    """Corrections of corrections lead to the event that was wrong."""
    places = np.arange(len(history))
    if not (history.corrects >= 0).any():
        return places
    found = np.where(history.corrects >= 0, history.indexes(history.corrects), NONE)
    root = np.where((found >= 0) & (found < places), found, places)
    while (root[root] != root).any():
        root = root[root]
    return root


def _after_corrections(history: History, stands_for: Integers) -> Integers:
    """What is left of each quantity. What is corrected counts, in its place, as if it had been right from the start."""
    corrections = np.flatnonzero(stands_for != np.arange(len(history)))
    quantity = history.quantity.copy()
    np.add.at(quantity, stands_for[corrections], history.quantity[corrections])
    return np.maximum(quantity, 0)


def _carried_keys(history: History, takes_in: Mask, puts_back: Mask) -> tuple[Integers, Integers]:
    """The pairs of process and resource that are taken in and put back, as sorted keys; and the process of each."""
    base = history.records
    keys = np.intersect1d(
        history.input_of[takes_in] * base + history.resource[takes_in], history.output_of[puts_back] * base + history.resource[puts_back]
    )
    return keys, keys // max(base, 1)


def _carried(history: History, keys: Integers, process: Integers, resource: Integers) -> Integers:
    """The stores of such pairs; -1 for what is not one."""
    if not len(keys):
        return np.full(len(history), NONE, dtype=np.int64)
    wanted = process * history.records + resource
    place = np.searchsorted(keys, wanted)
    place[place == len(keys)] = 0
    return np.where((process >= 0) & (resource >= 0) & (keys[place] == wanted), history.records + place, NONE)


def _accepted(history: History, takes_in: Mask) -> Integers:
    """The one resource that each process takes in to put back; -1 if there is none or more than one. The last place is for -1."""
    first = np.full(history.records + 1, history.records, dtype=np.int64)
    last = np.full(history.records + 1, NONE, dtype=np.int64)
    np.minimum.at(first, history.input_of[takes_in], history.resource[takes_in])
    np.maximum.at(last, history.input_of[takes_in], history.resource[takes_in])
    return np.where(first == last, first, NONE)


def _weights(history: History, move: Integers, source: Integers, target: Integers, quantity: Integers) -> tuple[dict[int, int], dict[int, int]]:
    """For processes with more than one output: what each output event weighs, and the sum for each process.

    By quantity where all are of one unit. Outputs of different units get equal parts for each unit, and share those by quantity.
    """
    outputs = np.flatnonzero(np.isin(move, (Move.GIVE, Move.PUT_BACK, Move.UNPACK)) & (source >= 0))
    several = np.bincount(source[outputs], minlength=1)[source[outputs]] > 1
    units = np.full(max(history.records, len(history.units)) + 1, NONE, dtype=np.int64)
    units[: len(history.units)] = history.units
    of_process: dict[int, dict[int, list[tuple[int, int]]]] = {}
    for event in outputs[several].tolist():
        resource = int(target[event])
        unit = int(units[resource]) if resource < history.records else NONE
        of_process.setdefault(int(source[event]), {}).setdefault(unit, []).append((event, int(quantity[event])))
    weights: dict[int, int] = {}
    for groups in of_process.values():
        totals = {unit: sum(amount for _, amount in members) for unit, members in groups.items()}
        common = lcm(*(total or len(groups[unit]) for unit, total in totals.items())) if len(groups) > 1 else 1
        for unit, members in groups.items():
            scale = common // (totals[unit] or len(members)) if len(groups) > 1 else 1
            for event, amount in members:
                weights[event] = scale * (amount if totals[unit] else 1)
    return weights, {process: sum(weights[event] for members in groups.values() for event, _ in members) for process, groups in of_process.items()}
