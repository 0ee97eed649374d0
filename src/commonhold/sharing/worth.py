"""What a resource is worth by what went into it, and whose that is: an income of it would flow back so."""

from __future__ import annotations

from typing import Any

from ..commons.queries import all_agents, charter_values, commons_section
from ..flows.tracing.valuation import roll_up
from ..journal.head import read_head
from ..measure import MICRO, currency_digits, format_decimal
from ..store.transaction import Transaction
from .compute import policy_of
from .flow_inputs import history_here, owners, worths_of
from .flow_points import embodied_in
from .inputs import InputReader
from .policy import Policy, Step, price_digits

PART_DIGITS = 4
"""Parts of the whole are told in percent with so many digits after the point."""


def worth_of(transaction: Transaction, commons: str, resource: int) -> dict[str, Any]:
    """The worth in money of a resource, by the worths of kinds in the charter, and what using and citing is worth by its step by flow.

    Returns:
        `amount` with `currency`, and for each contributor `amount` and `percent`, most first.
    """
    values = charter_values(transaction, commons)
    currency = commons_section(transaction, commons).currency
    step = _step(policy_of(values))
    reader = InputReader(transaction, commons, read_head(transaction, commons).time, values)
    history = history_here(transaction, commons)
    worths = worths_of(transaction, commons, history, step, reader.worth(step), price_digits(step, values))
    parts = embodied_in(roll_up(history, worths), resource) if resource < history.records else []
    found = {int(history.position[place]): part for place, part in enumerate(parts) if part}
    agents = all_agents(transaction, commons)
    by_agent: dict[str, int] = {}
    for position, agent in owners(transaction, commons, list(found)).items():
        claimed = agents[agent].claimed_by
        id_ = agents[agent if claimed is None else claimed].id
        by_agent[id_] = by_agent.get(id_, 0) + found[position]
    total = sum(by_agent.values())
    lines = [
        {
            "contributor": id_,
            "amount": _money(part, currency),
            "percent": format_decimal(part * 100 * 10**PART_DIGITS // total, PART_DIGITS, fixed=False),
        }
        for id_, part in sorted(by_agent.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    return {"amount": _money(total, currency), "currency": currency, "contributions": lines}


def _step(policy: Policy) -> Step:
    """The step by flow, asked for worths in money; one without prices, if the policy has none."""
    found = next((step for step in policy.steps if step.to == "flow" and step.by_value), None)
    return found or Step(id="worth", to="flow", by_value=True, cite={"*": "whole"})


def _money(micro_minor: int, currency: str) -> str:
    digits = currency_digits(currency) or 0
    return format_decimal(micro_minor // MICRO, digits, fixed=True)
