"""Recipes, supplies and readings of drafts for the tests of planning."""

from __future__ import annotations

import json
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import msgspec

from commonhold.flows.planning import Demand, Order, PlanDraft, Source, make_plan, read_recipes
from commonhold.flows.vocabulary import (
    Measure,
    Plan,
    ProcessSpecification,
    RecipeExchange,
    RecipeFlow,
    RecipeProcess,
    ResourceSpecification,
)

DATA = Path(__file__).parent / "data"
DUE = "2026-12-01T00:00:00Z"
CLASSES = {
    "resourceSpecifications": ResourceSpecification,
    "processSpecifications": ProcessSpecification,
    "recipeProcesses": RecipeProcess,
    "recipeExchanges": RecipeExchange,
    "recipeFlows": RecipeFlow,
}


def much(amount, unit="kilogram"):
    return Measure(str(amount), unit)


def flow(name, action, specification, amount, unit="kilogram", *, into=None, outof=None, **fields):
    quantity = {"effortQuantity" if action == "work" else "resourceQuantity": much(amount, unit)}
    return RecipeFlow(name, action, resourceConformsTo=specification, recipeInputOf=into, recipeOutputOf=outof, **quantity, **fields)


def step(name, minutes="0", **fields):
    return RecipeProcess(name, hasDuration=much(minutes, "minute"), **fields)


def family(expected):
    """NRP's parent, child and grandchild."""
    recipe = expected["recipe"]
    return read_recipes(
        [
            step("make-parent", recipe["parent"]["minutes"]),
            step("make-child", recipe["child"]["minutes"]),
            flow("parent", "produce", "parent", 1, "each", outof="make-parent"),
            flow("child-needed", "consume", "child", recipe["parent"]["inputs"]["child"], "each", into="make-parent"),
            flow("child", "produce", "child", 1, "each", outof="make-child"),
            flow("grandchild-needed", "consume", "grandchild", recipe["child"]["inputs"]["grandchild"], "each", into="make-child"),
        ]
    )


def carbon_farm():
    document = json.loads((DATA / "carbon-farm-recipes.json").read_text())
    return read_recipes([msgspec.convert({"type": kind.__name__, **item}, kind) for field, kind in CLASSES.items() for item in document[field]])


def wanted(specification, amount, unit="kilogram", **fields):
    return Demand(resourceConformsTo=specification, quantity=much(amount, unit), **{"due": DUE, **fields})


def plan(book, *demands, sources=(), begin=None, choices=None, once=()) -> PlanDraft:
    return make_plan(Order(Plan("p"), demands, begin, choices or {}, once), book, sources)


def number(measure):
    return Fraction(measure.hasNumericalValue)


def quantities(draft):
    """The main quantity of each intent and commitment, by what follows the plan's id."""
    flows = (*draft.intents, *draft.commitments)
    return {one.id.removeprefix("p."): number(one.effortQuantity or one.resourceQuantity) for one in flows}


def shortages(draft):
    return {one.flow.removeprefix("p."): (number(one.quantity), one.reason) for one in draft.shortages}


def allocated(draft):
    """What was taken of each source, in its own unit."""
    sums = defaultdict(Fraction)
    for one in draft.allocations:
        sums[one.source.removeprefix("p.")] += number(one.quantity)
    return dict(sums)


def times(draft):
    return {one.id.removeprefix("p.process."): (one.hasBeginning, one.hasEnd) for one in draft.processes}


def on_hand(name, specification, amount, unit="kilogram", **fields):
    return Source(name, specification, much(amount, unit), **fields)
