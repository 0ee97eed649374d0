"""What planning looks at, read from the tables: recipes, stock, what others have planned, and how far a plan has come."""

from __future__ import annotations

from collections import defaultdict
from functools import partial

from ...measure import format_quantity
from ...store.transaction import Transaction
from ..actions import BEHAVIOURS
from ..queries import linking, list_records, promise_state
from ..rules import signed_quantity
from ..store import Known, find_record, find_resource, record_numbered, unit_named
from ..vocabulary import Commitment, Intent, Measure, Process, Recipe, RecipeExchange, RecipeFlow, RecipeProcess
from . import RecipeBook, Source, State, Units, read_recipes
from .shapes import PlanRecord

_RECIPES = (Recipe, RecipeProcess, RecipeExchange, RecipeFlow)


def recipe_book(transaction: Transaction, commons: str) -> RecipeBook:
    """All recipes of the commons."""
    return read_recipes(known.record() for shape in _RECIPES for known in list_records(transaction, commons, shape.__name__))


def units_here(transaction: Transaction, commons: str) -> Units:
    """Units, those of the commons among them."""
    return Units(partial(unit_named, transaction, commons))


def sources(transaction: Transaction, commons: str, plan: str, units: Units) -> list[Source]:
    """Stock on hand, less what others need of it, and what others have planned to make. plan: Whose own records are left out."""
    steps = _steps(transaction, commons, plan)
    others = [
        (known, record)
        for type_ in ("Commitment", "Intent")
        for known in list_records(transaction, commons, type_)
        if isinstance((record := known.record()), Commitment | Intent) and not _is_part(record, plan, steps)
    ]
    needs = _needed(transaction, commons, others)
    stock = _stock(transaction, commons, needs, units)
    return stock + _planned(transaction, commons, others, needs, units)


def _steps(transaction: Transaction, commons: str, plan: str) -> set[str]:
    """The ids of the processes of a plan."""
    known = find_record(transaction, commons, "Plan", plan)
    return set() if known is None else {one.id for one in linking(transaction, commons, known.number, "plannedWithin", "Process")}


def _is_part(record: Commitment | Intent, plan: str, steps: set[str]) -> bool:
    """Whether a flow belongs to a plan: by itself, by its process, or as what the plan is for."""
    demand = record.independentDemandOf if isinstance(record, Commitment) else None
    return plan in (record.plannedWithin, demand) or record.inputOf in steps or record.outputOf in steps


Others = list[tuple[Known, "Commitment | Intent"]]
Needs = dict[str, list[tuple[int, str]]]


def _open(transaction: Transaction, commons: str, known: Known) -> int:
    state = promise_state(transaction, commons, known)
    return 0 if state.finished else state.open_resource or 0


def _needed(transaction: Transaction, commons: str, others: Others) -> Needs:
    """Specification or resource → (amount in millionths, unit) that others take from stock."""
    needs: Needs = defaultdict(list)
    for known, record in others:
        takes = "decrement" in BEHAVIOURS[record.action].onhandEffect or record.action.startswith("transfer")
        if not takes or record.resourceQuantity is None or (isinstance(record, Intent) and record.provider is None and record.inputOf is None):
            continue
        what = record.resourceInventoriedAs or record.resourceConformsTo
        amount = _open(transaction, commons, known)
        if what is not None and amount:
            needs[what].append((amount, record.resourceQuantity.hasUnit))
    return needs


def _stock(transaction: Transaction, commons: str, needs: Needs, units: Units) -> list[Source]:
    found = []
    for known in list_records(transaction, commons, "EconomicResource"):
        resource = find_resource(transaction, commons, known.number)
        assert resource is not None
        if resource.conforms_to is None or resource.unit is None or resource.stock.onhand <= 0:
            continue
        specification = record_numbered(transaction, commons, resource.conforms_to).id
        promised = _take(needs, known.id, resource.stock.onhand, resource.unit, units)
        promised += _take(needs, specification, resource.stock.onhand - promised, resource.unit, units)
        stage = None if resource.stock.stage is None else record_numbered(transaction, commons, resource.stock.stage).id
        found.append(
            Source(
                known.id,
                specification,
                _measure(resource.stock.onhand, resource.unit),
                _measure(promised, resource.unit) if promised else None,
                stage,
                resource.stock.state,
            )
        )
    return found


def _take(needs: Needs, what: str, there: int, unit: str, units: Units) -> int:
    """Let others take from a resource what they need, up to what is there; return how much that is."""
    taken = 0
    left: list[tuple[int, str]] = []
    for amount, of in needs.pop(what, []):
        wanted = units.exact(amount, of, unit)
        if wanted is None:
            left.append((amount, of))
            continue
        part = min(there - taken, -(-wanted.numerator // wanted.denominator))
        taken += part
        if part < wanted:
            left.append((-(-(wanted - part).numerator // (wanted - part).denominator), unit))
    if left:
        needs[what] = left
    return taken


def _planned(transaction: Transaction, commons: str, others: Others, needs: Needs, units: Units) -> list[Source]:
    """What others have planned to put out, with when it will be there, less what they need themselves beyond what is in stock."""
    found = []
    for known, record in others:
        puts = BEHAVIOURS[record.action].onhandEffect == "increment" and record.outputOf is not None
        if not puts or record.resourceConformsTo is None or record.resourceQuantity is None:
            continue
        amount = _open(transaction, commons, known)
        at = record.due or record.hasPointInTime or record.hasEnd or _end(transaction, commons, record.outputOf)
        if amount and at:
            unit = record.resourceQuantity.hasUnit
            promised = _take(needs, record.resourceConformsTo, amount, unit, units)
            taken = _measure(promised, unit) if promised else None
            found.append(Source(known.id, record.resourceConformsTo, _measure(amount, unit), taken, record.stage, record.state, at))
    return found


def _end(transaction: Transaction, commons: str, process: str | None) -> str | None:
    known = find_record(transaction, commons, "Process", process or "")
    record = known.record() if known else None
    return record.hasEnd if isinstance(record, Process) else None


def _measure(micro: int, unit: str) -> Measure:
    return Measure(hasNumericalValue=format_quantity(micro), hasUnit=unit)


def plan_records(transaction: Transaction, commons: str, plan: Known) -> list[Known]:
    """All records of a plan: its own, and what people have added to it."""
    found = {plan.number: plan}
    for type_ in ("Process", "Intent", "Commitment"):
        for field in ("plannedWithin", "independentDemandOf"):
            found |= {known.number: known for known in linking(transaction, commons, plan.number, field, type_)}
    for process in [known for known in found.values() if known.type == "Process"]:
        for type_, field in (("Intent", "inputOf"), ("Intent", "outputOf"), ("Commitment", "inputOf"), ("Commitment", "outputOf")):
            found |= {known.number: known for known in linking(transaction, commons, process.number, field, type_)}
    for known in list(found.values()):
        record = known.record()
        for name in ("clauseOf", "reciprocalClauseOf"):
            agreement = find_record(transaction, commons, "Agreement", getattr(record, name, None) or "")
            if agreement is not None and not agreement.deleted:
                found[agreement.number] = agreement
    return [found[number] for number in sorted(found)]


def plan_states(transaction: Transaction, commons: str, records: list[Known]) -> tuple[dict[str, State], set[str]]:
    """How far each intent and commitment has come, and in which processes something has happened."""
    states: dict[str, State] = {}
    begun: set[str] = set()
    for known in records:
        record = known.record()
        if isinstance(record, Process):
            sql = "SELECT 1 FROM economic_event WHERE commons = ? AND (input_of = ? OR output_of = ?) LIMIT 1"
            if transaction.row(sql, (commons, known.number, known.number)) is not None:
                begun.add(known.id)
        elif isinstance(record, Intent | Commitment):
            states[known.id] = _state(transaction, commons, known, record)
    return states, begun


def _state(transaction: Transaction, commons: str, known: Known, record: Intent | Commitment) -> State:
    now = promise_state(transaction, commons, known)
    by_effort = record.effortQuantity is not None
    counted, open_ = (now.effort, now.open_effort) if by_effort else (now.resource, now.open_resource)
    if isinstance(record, Commitment):
        quantity = record.effortQuantity or record.resourceQuantity
        return State(open_ or 0, signed_quantity(quantity) if quantity else 0, counted)
    column = "effort_micro" if by_effort else "resource_micro"
    rows = transaction.rows(f"SELECT {column} FROM flow_link WHERE commons = ? AND target = ? AND field = 'satisfies'", (commons, known.number))
    promised = sum(row[0] for row in rows)
    return State(open_ or 0, promised, counted - promised)


def planned_records(records: list[Known]) -> list[PlanRecord]:
    """The records of a plan as what they say."""
    return [record for known in records if isinstance(record := known.record(), PlanRecord)]
