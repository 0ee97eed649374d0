"""Dependent demand: how much of everything, through all levels, net of what is there. Backward scheduling goes along.

A step is planned when everything that needs it has been: then stock is given to the earliest needs, and the rest is made in
one run that ends when the first of it is needed. Quantities follow the recipe in exact proportion; what goes in is rounded up to
a millionth, and to whole things where the unit counts them. A duration is that of a run, whatever its size.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import count
from math import ceil

from ..vocabulary import RecipeFlow
from .moments import duration
from .outline import Link, Outline, depends
from .quantities import Units, bounded, derived_id, main_measure, measure_of, micro_of
from .recipes import RecipeBook
from .runs import Factors, Line, Need, Run, factors, scaled_down, scaled_up
from .shapes import Allocation, Conflict, Demand, Reason, State, Want
from .supply import EVER, Supply


@dataclass(slots=True)
class Lack:
    """A need, or a part of it, that nothing covers; `amount` in millionths of its unit."""

    need: Need
    amount: int
    reason: Reason
    choices: tuple[str, ...] = ()


@dataclass(slots=True)
class Exploded:
    """What came out.

    Attributes:
        runs: Each after all that need it, by recipe process. feeds: (maker, taker). to_buy: Needs that an exchange covers, with how much.
        ready: When the last of what others have planned for demands themselves is there.
    """

    runs: dict[str, Run] = field(default_factory=dict)
    feeds: list[tuple[Run, Run]] = field(default_factory=list)
    unmade: list[Demand] = field(default_factory=list)
    to_buy: list[tuple[Need, int]] = field(default_factory=list)
    lacks: list[Lack] = field(default_factory=list)
    allocations: list[Allocation] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    ready: int = EVER


@dataclass(frozen=True, slots=True)
class Ground:
    """What an explosion stands on.

    Attributes:
        once: Recipe flows that a run needs once, however much it makes. done: What events have brought of each record of the plan already, in millionths of its unit.
        pinned: Beginning and end of processes that can no longer be moved.
    """

    plan: str
    book: RecipeBook
    outline: Outline
    supply: Supply
    units: Units
    once: Collection[str]
    done: Mapping[str, State]
    pinned: Mapping[str, tuple[int, int]]

    def fulfilled(self, flow: str) -> int:
        state = self.done.get(flow)
        return state.fulfilled if state else 0

    def lacking(self, flow: str, left: int) -> int:
        """What is lacking of a need that nothing covers, when those who promised to bring some of it do so."""
        state = self.done.get(flow)
        return left if state is None else max(0, left - max(0, state.promised - state.fulfilled))


class Explosion:
    """Goes down the outline once; linear in its flows and sources (and sorted needs)."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.result = Exploded()
        self._waiting: dict[str, list[Need]] = defaultdict(list)
        self._leaves: list[Need] = []
        self._numbers: Iterator[int] = count()

    def run(self, demands: list[tuple[Demand, Want, int, str, int | None]]) -> Exploded:
        """Args: demands: Each with what it wants, millionths, unit, and when it is due (None: forward)."""
        for (demand, want, amount, unit, due), link in zip(demands, self.ground.outline.demands, strict=True):
            identity = derived_id(self.ground.plan, "demand", demand.id)
            direct = None if demand.from_stock else demand
            if direct and link.process is None:
                self.result.unmade.append(demand)
            rest = amount if direct else amount - self.ground.fulfilled(identity)
            self._ask(Need(identity, want, rest, unit, link, None, due, next(self._numbers), direct))
        for step in self.ground.outline.steps:
            if (needs := self._waiting.pop(step, None)) is not None:
                self._plan(step, needs)
        for need in sorted(self._leaves, key=Need.rank):
            left = self._cover(need)
            clause = need.link.maker
            if clause is not None and (left or self.ground.fulfilled(derived_id(self.ground.plan, "clause", clause.id))):
                self.result.to_buy.append((need, left))
            elif clause is None and (lacking := self.ground.lacking(need.id, left)):
                self.result.lacks.append(Lack(need, lacking, need.link.reason, need.link.choices))
        return self.result

    def _ask(self, need: Need) -> None:
        """Also what is met already: what was made or bought for it is part of the plan."""
        need.amount = max(0, need.amount)
        step = need.link.process
        (self._waiting[step] if step is not None else self._leaves).append(need)

    def _plan(self, step: str, needs: list[Need]) -> None:
        outputs = self.ground.book.outputs.get(step, ())
        needs.sort(key=Need.rank)
        made = [(need, left, amount) for need in needs if (left := self._cover(need)) and (amount := self._in_unit_of_maker(need, left))]
        totals: dict[str, int] = defaultdict(int)
        for need, _, amount in made:
            # A direct demand is an output of its own: what is already made of it counts there.
            done = self.ground.fulfilled(need.id) if need.direct else 0
            totals[need.link.maker.id if need.link.maker else ""] += max(amount, done)
        for flow in outputs:
            if done := self.ground.fulfilled(derived_id(self.ground.plan, "out", flow.id)):
                totals[flow.id] += done
        if not totals:
            return
        run = self._run(step, [need for need, _, _ in made] or needs)
        self._put_out(run, outputs, made, totals)

    def _cover(self, need: Need) -> int:
        """What is left of a need when stock and what others have planned are given to it."""
        if need.direct:
            return need.amount
        taken, left, ready = self.ground.supply.take(need.want, need.amount, need.unit, need.due, need.id)
        self.result.allocations += taken
        if taken and need.run is not None:
            need.run.ready = ready if need.run.ready is None else max(ready, need.run.ready)
        elif taken:
            self.result.ready = max(ready, self.result.ready)
        return left

    def _in_unit_of_maker(self, need: Need, left: int) -> int:
        """The same in the unit of the recipe; nothing, and a lack, if the recipe counts in another kind of unit."""
        maker = need.link.maker
        measure = main_measure(maker) if maker else None
        exact = self.ground.units.exact(left, need.unit, measure.hasUnit) if measure else None
        if exact is None:
            self.result.lacks.append(Lack(need, left, "bad_unit"))
            if need.direct:
                self.result.unmade.append(need.direct)
            return 0
        return bounded(ceil(exact))

    def _run(self, step: str, needs: list[Need]) -> Run:
        process = self.ground.book.processes[step]
        run = Run(derived_id(self.ground.plan, "process", step), process, duration(process, self.ground.units))
        dues = [need.due for need in needs if need.due is not None]
        run.end = min(dues, default=None)
        pinned = self.ground.pinned.get(run.id)
        if pinned is not None:
            if run.end is not None and pinned[1] > run.end:
                why = "It ends after what it makes is needed, and cannot be moved: something in it is promised, or it has begun."
                self.result.conflicts.append(Conflict(run.id, why))
            run.begin, run.end = pinned
        elif run.end is not None:
            run.begin = run.end - run.duration
        self.result.runs[step] = run
        self.result.feeds += [(run, need.run) for need in needs if need.run is not None]
        return run

    def _put_out(self, run: Run, outputs: tuple[RecipeFlow, ...], made: list[tuple[Need, int, int]], totals: Mapping[str, int]) -> None:
        inputs = self.ground.book.inputs.get(run.process.id, ())
        times = factors(inputs, outputs, totals)
        direct: dict[str, list[tuple[Need, int]]] = defaultdict(list)
        for need, left, amount in made:
            maker = need.link.maker
            assert maker is not None
            if need.direct:
                direct[maker.id].append((need, max(amount, self.ground.fulfilled(need.id))))
                continue
            measure = main_measure(maker)
            assert measure is not None
            source = derived_id(self.ground.plan, "out", maker.id)
            covers = measure_of(left, need.unit)
            self.result.allocations.append(Allocation("made", source, need.id, measure_of(amount, measure.hasUnit), covers))
        for flow in outputs:
            run.outputs += self._outputs(flow, times, totals.get(flow.id, 0), direct[flow.id])
        for flow in inputs:
            self._take_in(run, flow, times)

    def _outputs(self, flow: RecipeFlow, times: Factors, total: int, direct: list[tuple[Need, int]]) -> Iterator[Line]:
        """One line for each demand that it meets itself, and one for the rest, if there is any."""
        identity = derived_id(self.ground.plan, "out", flow.id)
        factor = times.of(flow)
        main = scaled_down(main_measure(flow), factor, self.ground.units, total)
        if main is None:
            yield Line(identity, flow, None, None, factor)
            return
        rest = micro_of(main)
        for need, amount in direct:
            rest -= amount
            share = measure_of(amount, main.hasUnit)
            yield Line(need.id, flow, None if flow.effortQuantity else share, share if flow.effortQuantity else None, factor, need.direct)
        if rest > 0:
            own = measure_of(rest, main.hasUnit)
            besides = scaled_down(flow.resourceQuantity, factor, self.ground.units)
            yield Line(identity, flow, besides if flow.effortQuantity else own, own if flow.effortQuantity else None, factor)

    def _take_in(self, run: Run, flow: RecipeFlow, times: Factors) -> None:
        factor = Fraction(1) if flow.id in self.ground.once else times.of(flow)
        if factor == 0:
            return
        units = self.ground.units
        identity = derived_id(self.ground.plan, "in", flow.id)
        line = Line(identity, flow, scaled_up(flow.resourceQuantity, factor, units), scaled_up(flow.effortQuantity, factor, units), factor)
        recipe = main_measure(flow)
        if recipe and line.measure and units.is_count(recipe.hasUnit):
            line.times = Fraction(micro_of(line.measure), micro_of(recipe) or 1)  # whole things are paid for whole
        run.inputs.append(line)
        if line.measure is None or flow.resourceConformsTo is None:
            return
        want = Want(flow.resourceConformsTo, flow.stage, flow.state)
        amount, unit = micro_of(line.measure), line.measure.hasUnit
        if depends(flow):
            link = self.ground.outline.inputs[flow.id]
            self._ask(Need(identity, want, amount - self.ground.fulfilled(identity), unit, link, run, None, next(self._numbers)))
        elif flow.action in ("use", "cite") and flow.recipeClauseOf is None and not self.ground.supply.has(want):
            self.result.lacks.append(Lack(Need(identity, want, amount, unit, Link(), run, None, next(self._numbers)), amount, "not_there"))
