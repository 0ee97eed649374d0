"""How what happens counts towards what was promised, wished and owed. Pure.

Since 1.0 the links carry no quantities of their own: what is open follows from the quantities of the events. An event that
names several promises fills them in the order in which it names them, each up to what is open of it; what is over goes to
the last one. So the parts always add up to the event, and a promise can be kept in parts by many events.
"""

from __future__ import annotations

from collections.abc import Sequence


def allocate(quantity: int, opens: Sequence[int | None]) -> list[int]:
    """How much of a quantity goes to each promise.

    Args:
        quantity: Not below 0. opens: What is open of each promise, in the order in which they are named; None where a promise
            does not say how much, so that it takes whatever is left.

    >>> allocate(10, [4, 3]), allocate(5, [4, 3]), allocate(5, [2, None, 3])
    ([4, 6], [4, 1], [2, 3, 0])
    """
    parts = []
    left = quantity
    for open_ in opens:
        part = left if open_ is None else min(left, max(0, open_))
        parts.append(part)
        left -= part
    if parts:
        parts[-1] += left
    return parts


def take_back(quantity: int, given: Sequence[int]) -> list[int]:
    """How much of what an event gave to each promise a correction of it takes back: from the last one first.

    Args:
        quantity: How much less the event was, not below 0. given: What it gave to each.

    >>> take_back(5, [4, 6]), take_back(8, [4, 6])
    ([0, 5], [2, 6])
    """
    parts = [0] * len(given)
    left = quantity
    for at in range(len(given) - 1, -1, -1):
        parts[at] = min(left, given[at])
        left -= parts[at]
    return parts


def open_quantity(promised: int | None, counted: int) -> int | None:
    """What is still open: nothing is below nothing. None if the promise does not say how much."""
    return None if promised is None else max(0, promised - counted)
