"""Counting and delegation: budgets, ranked ballots, who votes for whom."""

from __future__ import annotations

from benchmarks import budgets, delegation, ranked
from benchmarks.measure import Ratio


def run(part: int = 1) -> list[Ratio]:
    """All of it; the budget is a real one, and is not made smaller."""
    return [*budgets.equal_shares(), *ranked.run(10_000 // part), *delegation.run(100_000 // part)]
