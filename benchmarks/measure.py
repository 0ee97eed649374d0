"""Taking times and memory of things, side by side with their baseline."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Ratio:
    """One line of the report. `ratio` is ours to the baseline; `goal` says what it should be, as ("<=", 2.0)."""

    name: str
    ours: str
    baseline: str
    ratio: float
    goal: tuple[str, float]

    @property
    def met(self) -> bool:
        return self.ratio <= self.goal[1] if self.goal[0] == "<=" else self.ratio >= self.goal[1]


def seconds(function: Callable[[], Any], rounds: int = 1) -> float:
    """The best wall time of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        gc.collect()
        started = time.perf_counter()
        function()
        best = min(best, time.perf_counter() - started)
    return best


def peak_memory_mb() -> float:
    """The most memory that this process has held, and the largest of those that it started (such as git), in MB."""
    import resource

    return sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
