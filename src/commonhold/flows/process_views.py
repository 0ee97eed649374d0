"""What a process has taken in of a resource and not put back, looked up."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..store.transaction import Transaction
from .effects import PAIRS


@dataclass(slots=True)
class InProcess:
    """What is in a process of a resource, in millionths.

    Attributes:
        total: What it took in and neither put back nor lost.
        kinds: `accept` and `pickup` → what was taken in like this and not put back by the action that goes with it.
        lowered: Position of a `lower` in the process → (how much was lowered, how much was in the process then).
    """

    total: int = 0
    kinds: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PAIRS.values(), 0))
    lowered: dict[int, tuple[int, int]] = field(default_factory=dict)

    def add(self, action: str, quantity: int) -> None:
        """Take in, or put back; below 0 for a correction."""
        taken = quantity if action in self.kinds else -quantity
        self.total += taken
        self.kinds[PAIRS.get(action, action)] += taken

    def lower(self, place: int, quantity: int) -> int:
        """Lower, or correct the lowering at `place`; returns how much of it was, or is again, in the process."""
        before, there = self.lowered.get(place, (0, max(0, self.total)))
        lost = min(before + quantity, there) - min(before, there)
        self.total -= lost
        self.lowered[place] = (before + quantity, there)
        return lost

    def can_put_back(self, kind: str) -> int:
        """How much of what was taken in like this can be put back."""
        return max(0, min(self.total, self.kinds[kind]))


def in_process(transaction: Transaction, commons: str, process: int, resource: int) -> InProcess:
    """What is in a process of a resource. What a to-resource takes over is of that."""
    sql = (
        "SELECT position, corrects, action, stock_micro, resource, to_resource, input_of FROM economic_event"
        " WHERE commons = ? AND (input_of = ? OR output_of = ?) AND (resource = ? OR to_resource = ?) ORDER BY position"
    )
    found = InProcess()
    for position, corrects, action, quantity, taken, taken_over, input_of in transaction.rows(sql, (commons, process, process, resource, resource)):
        if resource != (taken_over if action in found.kinds and taken_over is not None else taken):
            continue
        if action in found.kinds or action in PAIRS:
            found.add(action, quantity)
        elif action == "lower" and input_of is not None:
            found.lower(position if corrects is None else corrects, quantity)
    return found


def packed(transaction: Transaction, commons: str, resource: int) -> int:
    """How much of a resource, in millionths of its unit, was combined with others and not separated since."""
    sql = "SELECT action, stock_micro FROM economic_event WHERE commons = ? AND resource = ? AND action IN ('combine', 'separate')"
    return sum(quantity if action == "combine" else -quantity for action, quantity in transaction.rows(sql, (commons, resource)))
