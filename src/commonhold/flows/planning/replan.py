"""Planning again without losing what was promised.

The new plan is made from the new demand, and compared with what stands written by the ids, which follow from plan and recipe.
What nobody has taken follows the new plan. What somebody has promised or done stays: it is never deleted, never made smaller
than that, never moved. Where this is more than is needed, or at another time, it is reported, and people decide.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import structs

from ..vocabulary import Commitment, Intent, Measure, Plan, Process
from .plan import make_plan
from .quantities import EVERY_UNIT, Units, main_measure, measure_of, micro_of
from .recipes import RecipeBook
from .shapes import Conflict, Order, PlanDraft, PlanRecord, Source, State

_PARTS = ("process", "in", "out", "demand", "agreement", "clause", "reciprocal")
_PLANNED = ("action", "resourceConformsTo", "resourceQuantity", "effortQuantity", "inputOf", "outputOf", "due", "stage", "state")
_UNTOUCHED = State()


@dataclass(frozen=True, slots=True)
class TooMuch:
    """More is promised or done than is needed now."""

    id: str
    needed: Measure
    promised: Measure


@dataclass(frozen=True, slots=True)
class Changes:
    """What to write so that the plan is the new one.

    Attributes:
        create, update: Whole records. delete: Ids, each before what it names. kept: Ids of what stays as it is.
        draft: The new plan, with its allocations and shortages.
    """

    create: tuple[PlanRecord, ...]
    update: tuple[PlanRecord, ...]
    delete: tuple[str, ...]
    kept: tuple[str, ...]
    too_much: tuple[TooMuch, ...]
    conflicts: tuple[Conflict, ...]
    draft: PlanDraft


def replan(
    before: Iterable[PlanRecord],
    states: Mapping[str, State],
    order: Order,
    book: RecipeBook,
    sources: Iterable[Source],
    begun: Collection[str] = (),
    units: Units = EVERY_UNIT,
) -> Changes:
    """Plan again what was planned before.

    Args:
        before: All records of the plan: its own, and those that people have added to it, which are left alone.
        states: How far each intent and commitment has come; what is not named is untouched.
        sources: Stock as it is now (what this plan has made so far is in it, what it has used up is not), and what others have planned.
        begun: Processes in which something has happened.

    Raises:
        Refused: As `make_plan` does.
    """
    records = {record.id: record for record in before}
    fixed, named = _fixed(order.plan.id, records, states, frozenset(begun))
    pinned: dict[str, tuple[str, str]] = {}
    for name in fixed:
        process = records.get(name)
        if isinstance(process, Process) and process.hasBeginning is not None and process.hasEnd is not None:
            pinned[name] = (process.hasBeginning, process.hasEnd)
    draft = make_plan(order, book, sources, units, states, pinned)
    comparison = _Comparison(records, states, fixed, named, units)
    for record in draft.records():
        comparison.planned(record)
    wanted = {record.id for record in draft.records()}
    for record in records.values():
        if record.id not in wanted:
            comparison.not_planned(order.plan.id, record)
    return comparison.changes(draft)


def _is_ours(plan: str, name: str) -> bool:
    """Whether planning has made it: only that is changed or deleted by planning again."""
    part = name.removeprefix(f"{plan}.").partition(".")[0]
    return name.startswith(f"{plan}.") and part in _PARTS


def _is_taken(record: PlanRecord, states: Mapping[str, State]) -> bool:
    """Whether somebody has promised it, done some of it, or closed it."""
    closed = isinstance(record, Intent) and record.finished
    return isinstance(record, Commitment) or closed or states.get(record.id, _UNTOUCHED).taken > 0


def _fixed(plan: str, records: Mapping[str, PlanRecord], states: Mapping[str, State], begun: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Processes that cannot be moved, as something in them is promised or has happened; and, besides, what cannot be deleted:
    agreements with a promise, and processes to which people have added something.
    """
    fixed, named = set(begun), set[str]()
    for record in records.values():
        if isinstance(record, Process) and (record.finished or not _is_ours(plan, record.id)):
            fixed.add(record.id)
        elif isinstance(record, Intent | Commitment):
            inside = {record.inputOf or "", record.outputOf or ""}
            if _is_taken(record, states):
                fixed |= inside
            elif not _is_ours(plan, record.id):
                named |= inside
            if isinstance(record, Commitment):
                named |= {record.clauseOf or "", record.reciprocalClauseOf or ""}
    return frozenset(fixed), frozenset(named)


@dataclass(slots=True)
class _Comparison:
    """What stands written beside what is planned now."""

    records: Mapping[str, PlanRecord]
    states: Mapping[str, State]
    fixed: frozenset[str]
    named: frozenset[str]
    units: Units
    create: list[PlanRecord] = field(default_factory=list)
    update: list[PlanRecord] = field(default_factory=list)
    delete: list[tuple[int, str]] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    too_much: list[TooMuch] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)

    def planned(self, new: PlanRecord) -> None:
        match self.records.get(new.id), new:
            case None, _:
                self.create.append(new)
            case Plan() as old, Plan():
                self._settle(old, {"due": new.due})
            case Process() as old, Process():
                self._settle(
                    old, {} if old.id in self.fixed and (old.hasBeginning or old.hasEnd) else {"hasBeginning": new.hasBeginning, "hasEnd": new.hasEnd}
                )
            case Intent() as old, Intent():
                self._intent(old, new)
            case Commitment() as old, Intent() | Commitment():
                self._promise(old, new)
            case old, _:
                self._settle(old, {})

    def not_planned(self, plan: str, old: PlanRecord) -> None:
        if isinstance(old, Plan | Commitment) or old.id in self.fixed or old.id in self.named or not _is_ours(plan, old.id):
            self.kept.append(old.id)
        elif isinstance(old, Intent) and _is_taken(old, self.states):
            self._settle(old, self._no_less_than_taken(old, None))
        else:
            self.delete.append((0 if isinstance(old, Intent) else 1, old.id))

    def changes(self, draft: PlanDraft) -> Changes:
        return Changes(
            tuple(self.create), tuple(self.update), tuple(name for _, name in sorted(self.delete)), tuple(self.kept),
            tuple(self.too_much), (*draft.conflicts, *self.conflicts), draft,
        )  # fmt: skip

    def _settle(self, old: Any, fields: Mapping[str, Any]) -> None:
        changed = {name: value for name, value in fields.items() if not self._same(getattr(old, name), value)}
        if changed:
            self.update.append(structs.replace(old, **changed))
        else:
            self.kept.append(old.id)

    def _intent(self, old: Intent, new: Intent) -> None:
        if not _is_taken(old, self.states):
            fields = {name: getattr(new, name) for name in _PLANNED}
            # A resource that people have named for it stays, unless the plan is for another one.
            self._settle(old, fields | ({"resourceInventoriedAs": new.resourceInventoriedAs} if new.resourceInventoriedAs else {}))
            return
        if (old.action, old.resourceConformsTo, old.stage, old.state) != (new.action, new.resourceConformsTo, new.stage, new.state):
            self.conflicts.append(Conflict(old.id, "The recipe has changed, but some of it is promised as it was: it stays as it is."))
            self.kept.append(old.id)
            return
        if old.due != new.due:
            why = f"It would be due {new.due}, but some of it is promised for {old.due}: agree on another time, or leave it."
            self.conflicts.append(Conflict(old.id, why))
        self._settle(old, {} if old.finished else self._no_less_than_taken(old, new))

    def _no_less_than_taken(self, old: Intent, new: Intent | None) -> dict[str, Measure | None]:
        """The quantities of the new plan, but of the main one at least what is taken."""
        measure = main_measure(old)
        if measure is None:
            return {}
        taken = self.states.get(old.id, _UNTOUCHED).taken
        planned = main_measure(new) if new else measure_of(0, measure.hasUnit)
        exact = self.units.exact(micro_of(planned), planned.hasUnit, measure.hasUnit) if planned else None
        if exact is None or (new and (new.effortQuantity is None) != (old.effortQuantity is None)):
            self.conflicts.append(Conflict(old.id, "It is now counted in another kind of unit, but some of it is promised: it stays as it is."))
            return {}
        needed = self.units.at_least(exact, "")
        if taken > needed:
            self.too_much.append(TooMuch(old.id, measure_of(needed, measure.hasUnit), measure_of(taken, measure.hasUnit)))
        name = "effortQuantity" if old.effortQuantity else "resourceQuantity"
        return {name: measure_of(max(taken, needed), measure.hasUnit)}

    def _promise(self, old: Commitment, new: Intent | Commitment) -> None:
        """What was promised as a demand stays as promised."""
        promised, planned = main_measure(old), main_measure(new)
        if not self._same(promised, planned) or old.due != new.due:
            said, asked = (f"{m.hasNumericalValue} {m.hasUnit}" if m else "it" for m in (promised, planned))
            why = f"{said} was promised for {old.due}; the plan is now for {asked}, {new.due}: promise the difference, or agree on another promise."
            self.conflicts.append(Conflict(old.id, why))
        self.kept.append(old.id)

    def _same(self, one: Any, other: Any) -> bool:
        if isinstance(one, Measure) and isinstance(other, Measure):
            return self.units.exact(micro_of(one), one.hasUnit, other.hasUnit) == micro_of(other)
        return bool(one == other)
