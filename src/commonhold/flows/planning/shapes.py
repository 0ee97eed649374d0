"""What planning takes and what it gives: plain values around the records of `vocabulary.py`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from ...commons.entries import AgentId
from ..vocabulary import Agreement, Commitment, Intent, Measure, Plan, Process

PlanRecord = Plan | Process | Intent | Commitment | Agreement
Reason = Literal["no_recipe", "choose", "cycle", "bad_unit", "not_there"]


class Want(NamedTuple):
    """What kind of resource is meant. No stage or state: whichever."""

    specification: str
    stage: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Demand:
    """What is wanted of a plan.

    Attributes:
        id: Its name in the plan; its record is `{plan}.demand.{id}`.
        resourceConformsTo: What is wanted; may be left out with a recipe or a resource.
        quantity: How much; one run of the recipe, or all of the resource, if not given.
        recipe: A Recipe: its processes are preferred, and its primary output is what is wanted if nothing else is said.
        resource: A resource of the supply that is to go through the recipe.
        due: When it is needed. Not with a plan that begins at a given time.
        from_stock: Whether stock may meet the demand itself (an order); else all of it is made, as in the examples of the specification.
        provider, receiver: With both, the demand is a Commitment and `independentDemandOf` the plan; else an Intent.
    """

    id: str = "1"
    resourceConformsTo: str | None = None
    quantity: Measure | None = None
    stage: str | None = None
    state: str | None = None
    recipe: str | None = None
    resource: str | None = None
    due: str | None = None
    from_stock: bool = False
    provider: AgentId | None = None
    receiver: AgentId | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What to plan.

    Attributes:
        plan: Its id, name, note; `due` is the due time of demands that have none.
        begin: Schedule forward from here; backward from the due times if not given.
        choices: Where several recipes make the same: the RecipeProcess or RecipeExchange to take, by the id of the
            ResourceSpecification, or by that of the RecipeFlow that needs it, which goes first.
        once: RecipeFlows, inputs, that a process needs once however much it makes: a journey, a set-up. Valueflows has no field for it.
    """

    plan: Plan
    demands: tuple[Demand, ...]
    begin: str | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    once: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Stock, or a planned output of something else than this plan.

    Attributes:
        id: The resource; or the intent or commitment that puts it out.
        quantity: On hand, or planned. promised: How much of that is promised or allocated elsewhere.
        at: When a planned output will be there; None for what is on hand.
    """

    id: str
    resourceConformsTo: str
    quantity: Measure
    promised: Measure | None = None
    stage: str | None = None
    state: str | None = None
    at: str | None = None


@dataclass(frozen=True, slots=True)
class State:
    """How far a record of a plan has come, in millionths of its own unit (effort, else resource).

    Attributes:
        open: What is still open. promised: What commitments promise of it, with what is fulfilled of them.
        fulfilled: What events have brought.
    """

    open: int = 0
    promised: int = 0
    fulfilled: int = 0

    @property
    def taken(self) -> int:
        """What somebody has promised or done of it."""
        return max(self.promised, self.fulfilled)


@dataclass(frozen=True, slots=True)
class Allocation:
    """What covers a need, softly: a proposal, no promise.

    Attributes:
        kind: `stock` on hand; `planned` elsewhere; `made` in this plan; `bought` by an agreement of this plan.
        source: The resource, the planned output, the output of this plan, or the agreement.
        flow: The record of the need. quantity: In the unit of the source. covers: The same in the unit of the need.
    """

    kind: Literal["stock", "planned", "made", "bought"]
    source: str
    flow: str
    quantity: Measure
    covers: Measure


@dataclass(frozen=True, slots=True)
class Shortage:
    """What the plan does not get, when it is needed, and why. choices: recipes to choose from (the first 20)."""

    flow: str
    resourceConformsTo: str
    quantity: Measure
    due: str
    reason: Reason
    why: str
    stage: str | None = None
    state: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """An intent that becomes a clause of an agreement when it is promised: Intents have no `clauseOf`, Commitments do."""

    agreement: str
    flow: str
    reciprocal: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """What cannot be as it should, because something was promised as it is. `id`: of the process or flow."""

    id: str
    why: str


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """A plan that is not yet written."""

    plan: Plan
    processes: tuple[Process, ...]
    intents: tuple[Intent, ...]
    commitments: tuple[Commitment, ...]
    agreements: tuple[Agreement, ...]
    clauses: tuple[Clause, ...]
    allocations: tuple[Allocation, ...]
    shortages: tuple[Shortage, ...]
    conflicts: tuple[Conflict, ...]

    def records(self) -> Iterator[PlanRecord]:
        """All records, each after those that it names."""
        yield self.plan
        yield from self.processes
        yield from self.agreements
        yield from self.intents
        yield from self.commitments
