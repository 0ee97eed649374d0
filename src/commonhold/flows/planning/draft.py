"""From runs and deals to records: what is written if the plan is accepted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from ..actions import Action
from ..vocabulary import Agreement, Commitment, Intent, Plan, Process, RecipeFlow
from .exchanges import Deal
from .explode import Exploded, Lack
from .moments import moment_text
from .quantities import derived_id, measure_of
from .runs import Line, Run
from .shapes import Clause, Demand, Order, Reason, Shortage

UNTIL_THE_END = frozenset({"work", "use", "cite"})
"""Inputs that go on while the process does; all others have to be there when it begins."""
_WHY: dict[Reason, str] = {
    "no_recipe": "No recipe makes it: buy it or get it otherwise.",
    "choose": "Choose one of the recipes that make it: {}.",
    "cycle": "Only steps that need it themselves make it ({}): have it, or get it from outside.",
    "bad_unit": "The recipe that makes it counts it in a unit of another kind than is needed here.",
    "not_there": "There is none to use or cite, now or planned.",
}


def plan_record(order: Order, end: int | None) -> Plan:
    """The plan, due when its last demand is."""
    due = order.plan.due if end is None else moment_text(end)
    return Plan(order.plan.id, order.plan.name, order.plan.note, order.plan.created, due)


def process_record(plan: str, run: Run) -> Process:
    recipe = run.process
    begin, end = (None if time is None else moment_text(time) for time in (run.begin, run.end))
    return Process(
        id=run.id, name=recipe.name, note=recipe.note, basedOn=recipe.processConformsTo, classifiedAs=recipe.processClassifiedAs,
        hasBeginning=begin, hasEnd=end, plannedWithin=plan,
    )  # fmt: skip


def flow_records(order: Order, exploded: Exploded, deals: Iterable[Deal], ends: dict[str, int]) -> Iterator[Intent | Commitment]:
    """Demands first, then the flows of each process in the order of work, then those of agreements. ends: when each demand is met."""
    items = {demand.resource: demand.resourceConformsTo for demand in order.demands if demand.resource}
    through = {specification: resource for resource, specification in items.items() if specification}
    for run in reversed(exploded.runs.values()):
        for line in run.outputs:
            due = ends[line.demand.id] if line.demand else run.end
            yield _flow(order, line, due, through, output_of=run.id)
        for line in run.inputs:
            due = run.end if line.flow.action in UNTIL_THE_END else run.begin
            yield _flow(order, line, due, through, input_of=run.id)
    for deal in deals:
        for line in (*deal.clauses, *deal.reciprocals):
            yield _flow(order, line, min(deal.dues, default=None), {})


def demand_record(order: Order, demand: Demand, due: int) -> Intent | Commitment:
    """The record of a demand that is not itself the output of a process: an order from stock, or one that no recipe can make."""
    action: Action = "transfer" if demand.from_stock else "produce"
    identity = derived_id(order.plan.id, "demand", demand.id)
    flow = RecipeFlow(identity, action, resourceConformsTo=demand.resourceConformsTo, stage=demand.stage, state=demand.state)
    return _flow(order, Line(identity, flow, demand.quantity, None, Fraction(1), demand), due, {})


def _flow(
    order: Order, line: Line, due: int | None, through: dict[str, str], input_of: str | None = None, output_of: str | None = None
) -> Intent | Commitment:
    recipe, demand = line.flow, line.demand
    within = order.plan.id if input_of is None and output_of is None else None
    due_text = None if due is None else moment_text(due)
    # A resource that goes through the recipe is put in and out; what is made of it or used besides is not.
    passes = recipe.action in {"accept", "modify", "pickup", "dropoff", "combine", "separate"}
    resource = through.get(recipe.resourceConformsTo or "") if passes else None
    if demand and demand.provider and demand.receiver:
        return Commitment(
            id=line.id, action=recipe.action, provider=demand.provider, receiver=demand.receiver, resourceConformsTo=recipe.resourceConformsTo,
            resourceClassifiedAs=recipe.resourceClassifiedAs, resourceQuantity=line.resource, effortQuantity=line.effort, note=recipe.note,
            resourceInventoriedAs=resource, inputOf=input_of, outputOf=output_of, plannedWithin=within, due=due_text, stage=recipe.stage,
            state=recipe.state, independentDemandOf=order.plan.id,
        )  # fmt: skip
    return Intent(
        id=line.id, action=recipe.action, provider=demand.provider if demand else None, receiver=demand.receiver if demand else None,
        resourceConformsTo=recipe.resourceConformsTo, resourceClassifiedAs=recipe.resourceClassifiedAs, resourceQuantity=line.resource,
        effortQuantity=line.effort, note=recipe.note, resourceInventoriedAs=resource, inputOf=input_of, outputOf=output_of,
        plannedWithin=order.plan.id if demand else within, due=due_text, stage=recipe.stage, state=recipe.state,
    )  # fmt: skip


def agreement_records(deals: Iterable[Deal]) -> Iterator[Agreement]:
    for deal in deals:
        yield Agreement(deal.id, deal.exchange.name, deal.exchange.note)


def clauses(deals: Iterable[Deal]) -> Iterator[Clause]:
    """Which intents become clauses of which agreement."""
    for deal in deals:
        yield from (Clause(deal.id, flow, reciprocal) for flow, reciprocal in deal.inside)
        yield from (Clause(deal.id, line.id, reciprocal=False) for line in deal.clauses)
        yield from (Clause(deal.id, line.id, reciprocal=True) for line in deal.reciprocals)


def shortage(lack: Lack, ends: dict[str, int]) -> Shortage:
    """A lack in words. A need of no process is that of a demand, due when the demand is."""
    need = lack.need
    due = need.due if need.due is not None else max(ends.values())
    if lack.need.run is not None and lack.reason == "not_there":
        due = lack.need.run.end if lack.need.run.end is not None else due
    why = _WHY[lack.reason].format(", ".join(lack.choices))
    quantity = measure_of(lack.amount, need.unit)
    return Shortage(need.id, need.want.specification, quantity, moment_text(due), lack.reason, why, need.want.stage, need.want.state, lack.choices)
