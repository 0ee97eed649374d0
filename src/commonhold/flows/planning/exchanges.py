"""Agreements from recipe exchanges: what is got from outside, and what is given for it. One agreement for each exchange of a plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil

from ..vocabulary import Measure, RecipeExchange, RecipeFlow
from .explode import Exploded, Ground, Lack
from .quantities import bounded, derived_id, main_measure, measure_of, micro_of
from .runs import Line, Need
from .shapes import Allocation


@dataclass(slots=True)
class Deal:
    """An agreement of the plan.

    Attributes:
        factor: How many times the recipe's exchange. inside: Ids of flows of processes that are clauses.
        clauses, reciprocals: Flows that belong to no process. needs: What is got, to know until when.
    """

    id: str
    exchange: RecipeExchange
    factor: Fraction = Fraction(0)
    inside: list[tuple[str, bool]] = field(default_factory=list)
    clauses: list[Line] = field(default_factory=list)
    reciprocals: list[Line] = field(default_factory=list)
    dues: list[int] = field(default_factory=list)


def strike_deals(ground: Ground, exploded: Exploded) -> list[Deal]:
    """The agreements that the runs and what is to be bought call for, in the order of their recipe exchanges.

    An exchange with several clauses goes as often as the clause that asks most. Quantities of what is given in return are
    rounded up to a millionth, not to whole things: they are mostly money.
    """
    deals: dict[str, Deal] = {}
    bought = _bought(ground, exploded)
    for clause, amount, needs in bought:
        deal = _deal(ground, deals, clause.recipeClauseOf or "")
        measure = main_measure(clause)
        assert measure is not None
        total = amount + ground.fulfilled(derived_id(ground.plan, "clause", clause.id))
        deal.factor = max(deal.factor, Fraction(total, micro_of(measure)))
        deal.dues += [need.due for need in needs if need.due is not None]
    for run in exploded.runs.values():
        for line in (*run.inputs, *run.outputs):
            _add_inside(ground, deals, line, run.begin if line.flow.recipeInputOf == run.process.id else run.end)
    for exchange in sorted(deals):
        _add_outside(ground, deals[exchange])
    return [deals[exchange] for exchange in sorted(deals)]


def _bought(ground: Ground, exploded: Exploded) -> list[tuple[RecipeFlow, int, list[Need]]]:
    amounts: dict[str, int] = defaultdict(int)
    needs: dict[str, list[Need]] = defaultdict(list)
    flows: dict[str, RecipeFlow] = {}
    for need, left in exploded.to_buy:
        clause = need.link.maker
        measure = main_measure(clause) if clause else None
        exact = ground.units.exact(left, need.unit, measure.hasUnit) if measure else None
        if clause is None or measure is None or exact is None:
            exploded.lacks.append(Lack(need, left, "bad_unit"))
            continue
        amount = ceil(exact)
        amounts[clause.id] += amount
        needs[clause.id].append(need)
        flows[clause.id] = clause
        agreement = derived_id(ground.plan, "agreement", clause.recipeClauseOf or "")
        if left:
            covers = measure_of(left, need.unit)
            exploded.allocations.append(Allocation("bought", agreement, need.id, measure_of(amount, measure.hasUnit), covers))
    return [(flows[name], bounded(amounts[name]), needs[name]) for name in sorted(flows)]


def _deal(ground: Ground, deals: dict[str, Deal], exchange: str) -> Deal:
    if exchange not in deals:
        deals[exchange] = Deal(derived_id(ground.plan, "agreement", exchange), ground.book.exchanges[exchange])
    return deals[exchange]


def _add_inside(ground: Ground, deals: dict[str, Deal], line: Line, due: int | None) -> None:
    """A flow of a process that is itself a clause, such as work that is paid for."""
    for exchange, reciprocal in ((line.flow.recipeClauseOf, False), (line.flow.recipeReciprocalClauseOf, True)):
        if exchange is None or exchange not in ground.book.exchanges:
            continue
        deal = _deal(ground, deals, exchange)
        deal.inside.append((line.id, reciprocal))
        deal.dues += [due] if due is not None else []
        deal.factor = max(deal.factor, line.times)


def _add_outside(ground: Ground, deal: Deal) -> None:
    book, exchange = ground.book, deal.exchange.id
    both: tuple[tuple[str, Mapping[str, tuple[RecipeFlow, ...]], list[Line]], ...] = (
        ("clause", book.clauses, deal.clauses),
        ("reciprocal", book.reciprocals, deal.reciprocals),
    )
    for part, flows, lines in both:
        for flow in flows.get(exchange, ()):
            if flow.recipeInputOf is None and flow.recipeOutputOf is None:
                resource, effort = _times(flow.resourceQuantity, deal.factor), _times(flow.effortQuantity, deal.factor)
                lines.append(Line(derived_id(ground.plan, part, flow.id), flow, resource, effort, deal.factor))


def _times(measure: Measure | None, factor: Fraction) -> Measure | None:
    return None if measure is None else measure_of(bounded(ceil(factor * micro_of(measure))), measure.hasUnit)
