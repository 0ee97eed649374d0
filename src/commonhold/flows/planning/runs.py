"""One run of a recipe process, however much it makes: its factor, and what goes in and comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ..vocabulary import Measure, RecipeFlow, RecipeProcess
from .outline import Link
from .quantities import Units, main_measure, measure_of, micro_of
from .shapes import Demand, Want


@dataclass(slots=True)
class Line:
    """A flow of a run, or of an agreement, with its quantities.

    Attributes:
        times: How many times the quantity of the recipe, exactly. demand: The demand that it meets itself.
    """

    id: str
    flow: RecipeFlow
    resource: Measure | None
    effort: Measure | None
    times: Fraction
    demand: Demand | None = None

    @property
    def measure(self) -> Measure | None:
        return self.effort or self.resource


@dataclass(slots=True)
class Run:
    """A process of the plan. Times are microseconds since 1970; None while they are not known, in forward scheduling.

    Attributes:
        ready: When the last of what others have planned for it is there.
    """

    id: str
    process: RecipeProcess
    duration: int
    begin: int | None = None
    end: int | None = None
    ready: int | None = None
    inputs: list[Line] = field(default_factory=list)
    outputs: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Need:
    """What a run, or a demand, needs from elsewhere.

    Attributes:
        id: Of the record. amount: What is still to be covered, in millionths of the unit. order: Breaks ties between needs of one time.
        direct: A demand that is met by an output itself, never from stock.
    """

    id: str
    want: Want
    amount: int
    unit: str
    link: Link
    run: Run | None
    at: int | None
    order: int
    direct: Demand | None = None

    @property
    def due(self) -> int | None:
        """When it is needed: when the run begins, or when the demand is due."""
        return self.run.begin if self.run else self.at

    def rank(self) -> tuple[int, int]:
        """Early needs first; as they came up, where there are no times yet."""
        return (self.due or 0, self.order)


def carries(inputs: Sequence[RecipeFlow], outputs: Sequence[RecipeFlow]) -> bool:
    """Whether a step only transports: what it drops off it has picked up, and besides there is only service.

    Then each kind of resource is carried for itself: the run of one says nothing of another. In all other steps what goes in
    and comes out belongs together.
    """
    picked_up = {flow.resourceConformsTo for flow in inputs if flow.action == "pickup"}
    dropped = [flow for flow in outputs if flow.action == "dropoff"]
    others = [flow for flow in outputs if flow.action not in ("dropoff", "deliverService")]
    return bool(dropped) and not others and all(flow.resourceConformsTo in picked_up for flow in dropped)


@dataclass(frozen=True, slots=True)
class Factors:
    """How many times the recipe is run: for each kind of resource that is carried for itself, and for all else.

    A step that carries goes for all else (the service, the driver's work) as often as for its kinds together.
    """

    common: Fraction
    carried: Mapping[str, Fraction]

    def of(self, flow: RecipeFlow) -> Fraction:
        if flow.action in ("pickup", "dropoff") and self.carried:
            return self.carried.get(flow.resourceConformsTo or "", Fraction(0))
        return self.common


def factors(inputs: Sequence[RecipeFlow], outputs: Sequence[RecipeFlow], totals: Mapping[str, int]) -> Factors:
    """How many times a step is run so that each output reaches its total (millionths, by the id of the recipe flow)."""
    asked = [(flow, Fraction(totals[flow.id], micro_of(measure))) for flow in outputs if flow.id in totals and (measure := main_measure(flow))]
    if not carries(inputs, outputs):
        return Factors(max((factor for _, factor in asked), default=Fraction(0)), {})
    carried: dict[str, Fraction] = {}
    for flow, factor in asked:
        if flow.action == "dropoff":
            name = flow.resourceConformsTo or ""
            carried[name] = max(carried.get(name, Fraction(0)), factor)
    service = max((factor for flow, factor in asked if flow.action != "dropoff"), default=Fraction(0))
    return Factors(max(service, sum(carried.values(), Fraction(0))), carried or {"": Fraction(0)})


def scaled_up(measure: Measure | None, factor: Fraction, units: Units) -> Measure | None:
    """What goes in: rounded up, to whole things where they are counted."""
    return None if measure is None else measure_of(units.at_least(factor * micro_of(measure), measure.hasUnit), measure.hasUnit)


def scaled_down(measure: Measure | None, factor: Fraction, units: Units, at_least: int = 0) -> Measure | None:
    """What comes out: rounded down, but not below what it is run for."""
    if measure is None:
        return None
    return measure_of(max(at_least, units.at_most(factor * micro_of(measure), measure.hasUnit)), measure.hasUnit)
