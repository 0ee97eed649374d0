"""Planning from recipes: dependent demand, schedules, planning again, critical path. Pure functions over `vocabulary.py`."""

from __future__ import annotations

from .critical import Slot, critical_path
from .plan import make_plan
from .quantities import Units
from .recipes import RecipeBook, read_recipes
from .replan import Changes, TooMuch, replan
from .shapes import Allocation, Clause, Conflict, Demand, Order, PlanDraft, Shortage, Source, State

__all__ = [
    "Allocation", "Changes", "Clause", "Conflict", "Demand", "Order", "PlanDraft", "RecipeBook", "Shortage", "Slot", "Source", "State",
    "TooMuch", "Units", "critical_path", "make_plan", "read_recipes", "replan",
]  # fmt: skip
