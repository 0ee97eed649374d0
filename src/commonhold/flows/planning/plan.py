"""A plan from recipes: the demands, everything that they depend on, when it is to be done, and what is missing. Pure.

Algorithms: dependent demand of Valueflows (`algorithms/dependent-demand`), which is planning of material requirements with
low-level coding (Orlicky 1975), and its backward and forward scheduling.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from ...measure import AMOUNT_MAX
from ...problems import refuse
from ..vocabulary import Commitment, Intent
from .draft import agreement_records, clauses, demand_record, flow_records, plan_record, process_record, shortage
from .exchanges import strike_deals
from .explode import Exploded, Explosion, Ground
from .moments import moment
from .outline import outline
from .quantities import EVERY_UNIT, Units, main_measure, micro_of
from .recipes import RecipeBook, recipe_output
from .runs import Run
from .shapes import Conflict, Demand, Order, PlanDraft, Source, State, Want
from .supply import Supply


def make_plan(
    order: Order,
    book: RecipeBook,
    sources: Iterable[Source],
    units: Units = EVERY_UNIT,
    done: Mapping[str, State] | None = None,
    pinned: Mapping[str, tuple[str, str]] | None = None,
) -> PlanDraft:
    """Plan what is ordered.

    Args:
        sources: What is there or planned elsewhere: not the outputs of this plan itself, and not what is allocated to it.
        units: How units convert. done: For planning again: how far the records of the plan have come (`replan` gives it).
        pinned: For planning again: beginning and end of processes that cannot be moved.

    Raises:
        Refused: `flows.plan_what`, `flows.plan_when`, `flows.unknown_recipe`, `flows.unknown_choice`, `flows.plan_too_large`,
            `flows.plan_quantity`, `flows.bad_time`, `flows.bad_duration`.
    """
    sources = list(sources)
    _check_choices(order, book)
    preferred = {step for demand in order.demands if demand.recipe for step in _recipe_steps(book, demand.recipe)}
    order = replace(order, demands=tuple(_complete(demand, order, book, sources, preferred) for demand in order.demands))
    wants = [Want(demand.resourceConformsTo or "", demand.stage, demand.state) for demand in order.demands]
    start = None if order.begin is None else moment(order.begin, "begin")
    dues = [None if order.begin is not None else moment(demand.due or "", "due") for demand in order.demands]
    times = {process: (moment(begin), moment(end)) for process, (begin, end) in (pinned or {}).items()}
    lined = outline(book, wants, preferred, order.choices)
    ground = Ground(order.plan.id, book, lined, Supply(_usable(order, sources), units), units, order.once, done or {}, times)
    asked = [(demand, want, *_amount(demand), due) for demand, want, due in zip(order.demands, wants, dues, strict=True)]
    exploded = Explosion(ground).run(asked)
    if start is not None:
        _schedule_forward(exploded, start, times)
    return _draft(order, ground, exploded, start)


def _draft(order: Order, ground: Ground, exploded: Exploded, start: int | None) -> PlanDraft:
    finish = max((run.end for run in exploded.runs.values() if run.end is not None), default=start or 0)
    finish = max(finish, exploded.ready)
    ends = {demand.id: finish if demand.due is None or start is not None else moment(demand.due) for demand in order.demands}
    if start is not None:
        for run in exploded.runs.values():
            ends.update({line.demand.id: run.end for line in run.outputs if line.demand and run.end is not None})
    deals = strike_deals(ground, exploded)
    separate = [demand for demand in order.demands if demand.from_stock or demand in exploded.unmade]
    flows: list[Intent | Commitment] = [demand_record(order, demand, ends[demand.id]) for demand in separate]
    flows += flow_records(order, exploded, deals, ends)
    return PlanDraft(
        plan=plan_record(order, max(ends.values(), default=None)),
        processes=tuple(process_record(order.plan.id, run) for run in reversed(exploded.runs.values())),
        intents=tuple(flow for flow in flows if isinstance(flow, Intent)),
        commitments=tuple(flow for flow in flows if isinstance(flow, Commitment)),
        agreements=tuple(agreement_records(deals)),
        clauses=tuple(clauses(deals)),
        allocations=tuple(exploded.allocations),
        shortages=tuple(shortage(lack, ends) for lack in exploded.lacks),
        conflicts=tuple(exploded.conflicts),
    )


def _schedule_forward(exploded: Exploded, start: int, pinned: Mapping[str, tuple[int, int]]) -> None:
    """Each run begins as soon as all that is made for it is there, and what others have planned for it."""
    makers: dict[str, list[Run]] = defaultdict(list)
    for maker, taker in exploded.feeds:
        makers[taker.id].append(maker)
    for run in reversed(exploded.runs.values()):
        ready = [start, run.ready if run.ready is not None else start, *(maker.end for maker in makers[run.id] if maker.end is not None)]
        if run.id not in pinned:
            run.begin = max(ready)
            run.end = run.begin + run.duration
        elif run.begin is not None and run.begin < max(ready):
            why = "It begins before what it needs is there, and cannot be moved: something in it is promised, or it has begun."
            exploded.conflicts.append(Conflict(run.id, why))


def _complete(demand: Demand, order: Order, book: RecipeBook, sources: list[Source], preferred: set[str]) -> Demand:
    """The demand with everything said that follows from its recipe or resource."""
    field = f"demands.{demand.id}"
    specification, quantity = demand.resourceConformsTo, demand.quantity
    if demand.resource is not None:
        source = next((source for source in sources if source.id == demand.resource), None)
        if source is None:
            raise refuse("flows.plan_what", f"There is no stock of {demand.resource}: name a resource that is on hand.", f"{field}.resource")
        specification, quantity = specification or source.resourceConformsTo, quantity or source.quantity
    if specification is None and demand.recipe is not None:
        specification = recipe_output(book, book.recipes[demand.recipe])
    if specification is None:
        raise refuse("flows.plan_what", "Say what is wanted: a resourceConformsTo, a recipe, or a resource.", field)
    if quantity is None and demand.recipe is not None:
        makers = book.makers(Want(specification, demand.stage, demand.state), preferred)
        quantity = main_measure(makers[0]) if makers else None
    if quantity is None:
        raise refuse("flows.plan_what", f"Say how much of {specification} is wanted.", f"{field}.quantity")
    due = demand.due or order.plan.due
    if order.begin is None and due is None:
        raise refuse("flows.plan_when", "Say when it is due, or when the work begins.", f"{field}.due")
    return replace(demand, resourceConformsTo=specification, quantity=quantity, due=due)


def _amount(demand: Demand) -> tuple[int, str]:
    assert demand.quantity is not None
    try:
        amount = micro_of(demand.quantity)
    except ValueError as error:
        raise refuse("flows.plan_quantity", f"{error}.", f"demands.{demand.id}.quantity") from None
    if not 0 < amount < AMOUNT_MAX:
        raise refuse("flows.plan_quantity", "What is wanted is more than nothing.", f"demands.{demand.id}.quantity")
    return amount, demand.quantity.hasUnit


def _usable(order: Order, sources: list[Source]) -> list[Source]:
    """Where a resource is to go through a recipe, others of its kind do not stand in for it."""
    meant = {demand.resource: demand.resourceConformsTo for demand in order.demands if demand.resource}
    return [source for source in sources if source.id in meant or source.resourceConformsTo not in meant.values()]


def _recipe_steps(book: RecipeBook, recipe: str) -> list[str]:
    if recipe not in book.recipes:
        raise refuse("flows.unknown_recipe", f"There is no recipe {recipe}.", "recipe")
    return list(book.recipes[recipe].recipeIncludes)


def _check_choices(order: Order, book: RecipeBook) -> None:
    for key, way in order.choices.items():
        if way not in book.processes and way not in book.exchanges:
            message = f"{way} is neither a recipe process nor a recipe exchange: choose one of those that the shortage names."
            raise refuse("flows.unknown_choice", message, f"choices.{key}")
