"""Shapes of what the API takes and answers about decisions."""

from __future__ import annotations

from typing import Literal

import msgspec

from .shapes import PageQuery, Word


class DecisionsQuery(PageQuery, kw_only=True, omit_defaults=True):
    """Which proposals. phase: seconds, discussion, voting, objections, support, due or closed."""

    phase: Word | msgspec.UnsetType = msgspec.UNSET


class BallotsQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """form: pb (of budgets) or blt (of rankings)."""

    form: Literal["pb", "blt"] = "blt"


class DecisionLine(msgspec.Struct):
    """A proposal: what it asks, how and by whom it is decided, and how far it is. Times are null until they are known."""

    number: int
    title: str
    question: str
    domain: str | None
    phase: str
    outcome: str | None
    asked: str
    opens: str | None
    closes: str | None
    decided: str | None
    rule: str
    rolls: list[str]
    electors: int


class Decisions(msgspec.Struct):
    """A page of proposals, the newest first."""

    decisions: list[DecisionLine]
    next: str | None
