"""The events of a commons as columns of numbers, for what looks at all of them: trace, track, valuation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...store.transaction import Transaction
from ..actions import ACTIONS, NUMBERS

Integers = NDArray[np.int64]
NONE = -1

_COLUMNS = 5
_HALF_BITS = 31
_HALF = 2**_HALF_BITS


@dataclass(frozen=True, eq=False)
class History:
    """Columns of one length, one place for each event, in the order of recording.

    Processes and resources are numbers of one space (those of `flow_record`): no number is both.

    Attributes:
        position: Place of the event in the journal, growing: its name. action: Index in `actions.ACTIONS`.
        input_of, output_of: Processes, or -1. resource, to_resource: Resources, or -1.
        quantity: Millionths of the unit of the resource; below 0 in corrections.
        previous: Position of the event before on the same resource, or -1 (`previousEvent` of the specification).
        corrects: Position of the event that this one corrects, or -1.
        units: A code for the unit of each resource, by its number; may be shorter than there are numbers.
    """

    position: Integers
    action: Integers
    input_of: Integers
    output_of: Integers
    resource: Integers
    to_resource: Integers
    quantity: Integers
    previous: Integers
    corrects: Integers
    units: Integers

    def __len__(self) -> int:
        return len(self.position)

    @cached_property
    def records(self) -> int:
        """One more than the largest number of a process or resource."""
        columns = (self.input_of, self.output_of, self.resource, self.to_resource)
        return 1 + max((int(column.max(initial=NONE)) for column in columns), default=NONE)

    def index(self, position: int) -> int:
        """The place of an event in the columns. Raises KeyError."""
        found = int(np.searchsorted(self.position, position))
        if found == len(self) or self.position[found] != position:
            raise KeyError(position)
        return found

    def indexes(self, positions: Integers) -> Integers:
        """The places of events in the columns; -1 for those that are not there. Linear in the length of the journal."""
        places = np.full(int(max(self.position.max(initial=NONE), positions.max(initial=NONE))) + 2, NONE, dtype=np.int64)
        places[self.position] = np.arange(len(self))
        found: Integers = places[positions]  # the last place is for -1
        return found


def is_action(history: History, *names: str) -> NDArray[np.bool_]:
    """Which events have one of these actions."""
    found: NDArray[np.bool_] = history.action == NUMBERS[names[0]]
    for name in names[1:]:
        found |= history.action == NUMBERS[name]
    return found


def read_history(transaction: Transaction, commons: str) -> History:
    """All events of a commons that have to do with a process or a resource.

    Positions and numbers are below 2^31, so two of them come as one integer: half the columns take half the time.
    """
    actions = " ".join(f"WHEN '{name}' THEN {number}" for number, name in enumerate(ACTIONS))
    pairs = (("input_of", "output_of"), ("resource", "to_resource"), ("previous", "corrects"))
    packed = (f"COALESCE({high} + 1, 0) * {_HALF} + COALESCE({low} + 1, 0)" for high, low in pairs)
    sql = (
        f"SELECT position * {_HALF} + CASE action {actions} END, {', '.join(packed)}, COALESCE(stock_micro, resource_micro, 0) FROM economic_event"
        " WHERE commons = ? AND (resource IS NOT NULL OR to_resource IS NOT NULL OR input_of IS NOT NULL OR output_of IS NOT NULL) ORDER BY position"
    )
    rows = transaction.stream(sql, (commons,))
    table = np.fromiter(chain.from_iterable(rows), dtype=np.int64).reshape(-1, _COLUMNS)
    first, processes, resources, events, quantity = np.ascontiguousarray(table.T)
    columns = [column for pair in (processes, resources, events) for column in ((pair >> _HALF_BITS) - 1, (pair & _HALF - 1) - 1)]
    input_of, output_of, resource, to_resource, previous, corrects = columns
    return History(
        first >> _HALF_BITS, first & _HALF - 1, input_of, output_of, resource, to_resource, quantity, previous, corrects, _units(transaction, commons)
    )  # fmt: skip


def _units(transaction: Transaction, commons: str) -> Integers:
    rows = transaction.rows("SELECT number, unit FROM economic_resource WHERE commons = ? ORDER BY number", (commons,))
    codes: dict[Any, int] = {}
    units = np.full(1 + (rows[-1][0] if rows else NONE), NONE, dtype=np.int64)
    for number, unit in rows:
        units[number] = codes.setdefault(unit, len(codes))
    return units
