"""Recipes as a lookup: what goes into a step, what comes out, and who makes a kind of resource."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ...problems import refuse
from ..vocabulary import Recipe, RecipeExchange, RecipeFlow, RecipeProcess, Record
from .quantities import main_measure, micro_of
from .shapes import Want

MAKING = frozenset({"produce", "modify", "dropoff", "separate", "deliverService"})
"""Actions of outputs that supply somebody."""
STAGING = frozenset({"produce", "modify", "dropoff", "separate"})
"""Actions that give a resource the stage of the process (`stageEffect` of the action table)."""
Flows = Mapping[str, tuple[RecipeFlow, ...]]


@dataclass(frozen=True, slots=True)
class RecipeBook:
    """Recipes, read. Flows stand in the order of their ids, so that nothing depends on the order of reading.

    Attributes:
        inputs, outputs: Flows of each recipe process. clauses, reciprocals: Flows of each recipe exchange.
        ways: For what is wanted (with and without stage and state), the outputs and clauses that bring it, one for each step.
        passing: For a staged kind of resource, the steps that take it at this stage and put it out again.
    """

    recipes: Mapping[str, Recipe]
    processes: Mapping[str, RecipeProcess]
    exchanges: Mapping[str, RecipeExchange]
    inputs: Flows
    outputs: Flows
    clauses: Flows
    reciprocals: Flows
    ways: Mapping[Want, tuple[RecipeFlow, ...]]
    passing: Mapping[Want, tuple[str, ...]]

    def makers(self, want: Want, preferred: Collection[str] = ()) -> tuple[RecipeFlow, ...]:
        """The outputs and clauses that bring what is wanted.

        Without a stage, what comes out at the end of a workflow is meant: steps that pass on to another one that makes it
        as well are left out. preferred: Steps that go first, those of a Recipe.
        """
        found = self.ways.get(want, ())
        found = tuple(flow for flow in found if way_of(flow) in preferred) or found
        if want.stage is not None or len(found) < 2:
            return found
        among = {way_of(flow) for flow in found}
        return tuple(flow for flow in found if not self._passed_on(flow, among)) or found

    def stage_of(self, flow: RecipeFlow) -> str | None:
        """The stage of what a flow brings: its own, else that of the process."""
        if flow.stage is None and flow.recipeOutputOf is not None and flow.action in STAGING:
            process = self.processes.get(flow.recipeOutputOf)
            return process.processConformsTo if process else None
        return flow.stage

    def _passed_on(self, flow: RecipeFlow, among: Collection[str]) -> bool:
        own = way_of(flow)
        wants = kinds(flow.resourceConformsTo or "", self.stage_of(flow), flow.state)
        return any(step != own and step in among for want in wants for step in self.passing.get(want, ()))


def way_of(flow: RecipeFlow) -> str:
    """The recipe process, or else the recipe exchange, of an output or clause."""
    return flow.recipeOutputOf or flow.recipeClauseOf or ""


def kinds(specification: str, stage: str | None, state: str | None) -> set[Want]:
    """Everything that somebody may ask for who would be content with this."""
    return {Want(specification, one, other) for one in (None, stage) for other in (None, state)}


def read_recipes(records: Iterable[Record]) -> RecipeBook:
    """A lookup of recipes. Records of other classes are passed over."""
    recipes: dict[str, Recipe] = {}
    processes: dict[str, RecipeProcess] = {}
    exchanges: dict[str, RecipeExchange] = {}
    flows: list[RecipeFlow] = []
    for record in records:
        match record:
            case Recipe():
                recipes[record.id] = record
            case RecipeProcess():
                processes[record.id] = record
            case RecipeExchange():
                exchanges[record.id] = record
            case RecipeFlow():
                flows.append(record)
    flows.sort(key=lambda flow: flow.id)
    inputs = _grouped((flow.recipeInputOf, flow) for flow in flows)
    outputs = _grouped((flow.recipeOutputOf, flow) for flow in flows)
    clauses = _grouped((flow.recipeClauseOf, flow) for flow in flows)
    reciprocals = _grouped((flow.recipeReciprocalClauseOf, flow) for flow in flows)
    book = RecipeBook(recipes, processes, exchanges, inputs, outputs, clauses, reciprocals, {}, _passing(inputs, outputs))
    return RecipeBook(recipes, processes, exchanges, inputs, outputs, clauses, reciprocals, _ways(book, flows), book.passing)


def recipe_output(book: RecipeBook, recipe: Recipe) -> str:
    """The kind of resource that a recipe is for: its primary output, or the only one that none of its steps takes in.

    Raises:
        Refused: `flows.plan_what`, if there is no such one.
    """
    if recipe.primaryOutput is not None:
        return recipe.primaryOutput
    taken = {flow.resourceConformsTo for step in recipe.recipeIncludes for flow in book.inputs.get(step, ())}
    put_out = {flow.resourceConformsTo for step in recipe.recipeIncludes for flow in book.outputs.get(step, ()) if _supplies(flow)}
    ends = [name for name in sorted(filter(None, put_out)) if name not in taken] or sorted(filter(None, put_out))
    if len(ends) != 1:
        made = ", ".join(ends[:5]) or "nothing"
        raise refuse("flows.plan_what", f"The recipe {recipe.id} has no primaryOutput and makes {made}: say which resourceConformsTo is wanted.")
    return ends[0]


def _grouped(pairs: Iterable[tuple[str | None, RecipeFlow]]) -> Flows:
    groups: dict[str, list[RecipeFlow]] = defaultdict(list)
    for key, flow in pairs:
        if key is not None:
            groups[key].append(flow)
    return {key: tuple(group) for key, group in groups.items()}


def _supplies(flow: RecipeFlow) -> bool:
    """Whether more of it can be had by running the recipe more often: it says how much it brings."""
    measure = main_measure(flow)
    return flow.action in MAKING and flow.resourceConformsTo is not None and measure is not None and micro_of(measure) > 0


def _sells(flow: RecipeFlow) -> bool:
    """Whether it is a clause by which something is got from outside: not itself a part of a process."""
    measure = main_measure(flow)
    outside = flow.recipeClauseOf is not None and flow.recipeInputOf is None and flow.recipeOutputOf is None
    return outside and flow.resourceConformsTo is not None and measure is not None and micro_of(measure) > 0


def _ways(book: RecipeBook, flows: Iterable[RecipeFlow]) -> dict[Want, tuple[RecipeFlow, ...]]:
    found: dict[Want, dict[str, RecipeFlow]] = defaultdict(dict)
    for flow in flows:
        known = flow.recipeOutputOf in book.processes and _supplies(flow)
        if known or (_sells(flow) and flow.recipeClauseOf in book.exchanges):
            for want in kinds(flow.resourceConformsTo or "", book.stage_of(flow), flow.state):
                found[want].setdefault(way_of(flow), flow)
    return {want: tuple(by_way.values()) for want, by_way in found.items()}


def _passing(inputs: Flows, outputs: Flows) -> dict[Want, tuple[str, ...]]:
    found: dict[Want, dict[str, None]] = defaultdict(dict)
    for step, flows in inputs.items():
        put_out = {flow.resourceConformsTo for flow in outputs.get(step, ())}
        for flow in flows:
            if flow.resourceConformsTo in put_out and flow.resourceConformsTo and (flow.stage or flow.state):
                found[Want(flow.resourceConformsTo, flow.stage, flow.state)][step] = None
    return {want: tuple(steps) for want, steps in found.items()}
