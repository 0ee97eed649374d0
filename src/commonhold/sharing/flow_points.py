"""Income of products, traced back along their production history to those who contributed to it. Pure and exact."""

from __future__ import annotations

from collections.abc import Mapping

from ..flows.tracing.history import History
from ..flows.tracing.valuation import RollUp, flow_back, outcomes, roll_up
from ..flows.tracing.value_count import Worths

SCALE = 10**6
"""Points in one minor unit of income: so finely what came in is split among the events of a history."""


def points_of(history: History, worths: Worths, incomes: Mapping[int, int]) -> tuple[list[int], int]:
    """What each event of a history gets of the incomes: points, `SCALE` of them for each minor unit.

    Args:
        worths: What each event contributed. incomes: Resource → what came in for it, in minor units; nothing for those at or below 0.

    Returns:
        By place in the history; and how much of the incomes that is: of something that nobody contributed to, nothing.
    """
    points = [0] * len(history)
    wanted = {resource: amount for resource, amount in sorted(incomes.items()) if amount > 0 and resource < history.records}
    if not wanted:
        return points, 0
    traced = 0
    rolled = roll_up(history, worths)
    for resource, amount in wanted.items():
        shares = embodied_in(rolled, resource)
        total = sum(shares)
        traced += amount if total else 0
        for place, share in enumerate(shares) if total else ():
            if share:
                points[place] += amount * SCALE * share // total
    return points, traced


def embodied_in(rolled: RollUp, resource: int) -> list[int]:
    """How much of what each event contributed is in a resource: in what is left of it, and in what left of it when it was sold."""
    return flow_back(rolled, outcomes(rolled, resource))
