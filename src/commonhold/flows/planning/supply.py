"""What is there and not yet given to anybody: taken in order of need, each part of it once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import ceil
from typing import NamedTuple

from ..vocabulary import Measure
from .moments import moment
from .quantities import Units, measure_of, micro_of
from .shapes import Allocation, Source, Want

EVER = -(1 << 62)
"""When stock is there: before any time."""


class _Kind(NamedTuple):
    planned: bool
    stage: str
    state: str
    unit: str


@dataclass(slots=True)
class _Shelf:
    """Sources of one kind, the earliest first. What stands before `head` is used up."""

    sources: list[tuple[int, str, int]] = field(default_factory=list)
    head: int = 0


class Supply:
    """Sources to take from. A need that names a stage or state takes only that; any other takes whichever there is."""

    def __init__(self, sources: Iterable[Source], units: Units) -> None:
        self._units = units
        self._shelves: dict[str, dict[_Kind, _Shelf]] = defaultdict(dict)
        self._there: set[Want] = set()
        for source in sources:
            self._put(source)
        for shelves in self._shelves.values():
            for shelf in shelves.values():
                shelf.sources.sort()

    def _put(self, source: Source) -> None:
        unit = source.quantity.hasUnit
        promised = self._units.exact(micro_of(source.promised), source.promised.hasUnit, unit) if source.promised else 0
        quantity = micro_of(source.quantity)
        if quantity > 0:
            self._there.update(Want(source.resourceConformsTo, stage, state) for stage in (None, source.stage) for state in (None, source.state))
        free = 0 if promised is None else quantity - ceil(promised)
        if free > 0:
            kind = _Kind(source.at is not None, source.stage or "", source.state or "", unit)
            shelf = self._shelves[source.resourceConformsTo].setdefault(kind, _Shelf())
            shelf.sources.append((EVER if source.at is None else moment(source.at, "at"), source.id, free))

    def has(self, want: Want) -> bool:
        """Whether there is, or will be, anything of the kind, promised or not: for what is used or cited, but not used up."""
        return want in self._there

    def take(self, want: Want, amount: int, unit: str, due: int | None, flow: str) -> tuple[list[Allocation], int, int]:
        """Take up to so much, on hand before planned, early before late.

        Args:
            amount: Millionths of the unit. due: When at the latest it has to be there; whenever, if None. flow: The need.

        Returns:
            What was allocated; what is left of the amount; when the last of it will be there, if later than now (else a very early time).
        """
        taken: list[Allocation] = []
        ready = EVER
        shelves = self._shelves.get(want.specification, {})
        for kind in sorted(shelves):
            if amount == 0:
                break
            if want.stage not in (None, kind.stage) or want.state not in (None, kind.state):
                continue
            amount, last = self._take_from(shelves[kind], kind, amount, Measure("0", unit), due, flow, taken)
            ready = max(ready, last)
            if shelves[kind].head == len(shelves[kind].sources):
                del shelves[kind]
        return taken, amount, ready

    def _take_from(
        self, shelf: _Shelf, kind: _Kind, amount: int, need: Measure, due: int | None, flow: str, taken: list[Allocation]
    ) -> tuple[int, int]:
        ready = EVER
        while amount > 0 and shelf.head < len(shelf.sources):
            at, source, free = shelf.sources[shelf.head]
            wanted = self._units.exact(amount, need.hasUnit, kind.unit)
            if wanted is None or (due is not None and at > due):
                break
            part = min(free, ceil(wanted))
            covers = amount
            if part < wanted:
                back = self._units.exact(part, kind.unit, need.hasUnit)
                covers = 0 if back is None else min(amount, int(back // 1))
            if covers:
                taken.append(
                    Allocation("planned" if kind.planned else "stock", source, flow, measure_of(part, kind.unit), measure_of(covers, need.hasUnit))
                )
                ready = max(ready, at)
                amount -= covers
            if part == free:
                shelf.head += 1
            else:
                shelf.sources[shelf.head] = (at, source, free - part)
        return amount, ready
