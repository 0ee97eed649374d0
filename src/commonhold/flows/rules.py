"""May this event be written? Pure rules on the event alone, and on what is there."""

from __future__ import annotations

from functools import lru_cache

from ..journal.kinds import unix_time
from ..measure import parse_quantity
from ..problems import CommonholdError, Problem
from .actions import ALSO_PERMITTED, BEHAVIOURS
from .references import names_more
from .times import in_order, seconds
from .vocabulary import EconomicEvent, Measure

EFFORT_ACTIONS = frozenset(
    action for action, behaviour in BEHAVIOURS.items() if behaviour.eventQuantity in ("effort", "both")
) | {"deliverService"}  # fmt: skip
"""`deliverService` too: a service is told in hours, though the ontology counts it as a resource."""
EARLIEST = unix_time("1900-01-01T00:00:00Z")
TRANSFERS = frozenset({"transfer", "transferAllRights", "transferCustody"})


def is_simple(event: EconomicEvent) -> bool:
    """Whether an event that names nothing but agents is like nearly all of them, with one amount at one time: nothing is wrong with it."""
    effort, resource, at = event.effortQuantity, event.resourceQuantity, event.hasPointInTime
    if (effort is None) == (resource is None) or at is None or event.hasBeginning is not None or event.hasEnd is not None:
        return False
    if event.inputOf is not None or event.outputOf is not None or (effort is not None and event.action not in EFFORT_ACTIONS):
        return False
    return _is_amount((effort or resource).hasNumericalValue) and _in_this_era(at)  # type: ignore[union-attr]


@lru_cache(maxsize=16_384)
def _is_amount(text: str) -> bool:
    try:
        return not text.startswith("-") and _signed(text) >= 0
    except ValueError:
        return False


def event_problems(event: EconomicEvent, field: str = "body.event") -> list[Problem]:
    """What is wrong with an event by itself."""
    problems = _time_problems(event, field) + _quantity_problems(event, field)
    if event.inputOf is not None or event.outputOf is not None:
        problems += _direction_problems(event, field)
    if not names_more(event):
        return problems
    if event.toResourceInventoriedAs is not None and not may_have_to(event.action):
        problem = f"{event.action} has no second resource; transfers, move, copy, combine and what changes hands by transport have."
        problems.append(Problem("flows.no_to_resource", problem, f"{field}.toResourceInventoriedAs"))
    if event.toResourceInventoriedAs is not None and event.toResourceInventoriedAs == event.resourceInventoriedAs:
        problems.append(Problem("flows.same_resource", "A resource does not go into itself.", f"{field}.toResourceInventoriedAs"))
    for name in ("fulfills", "satisfies", "settles"):
        if len(set(getattr(event, name))) < len(getattr(event, name)):
            problems.append(Problem("flows.repeated", "Name each of them once.", f"{field}.{name}"))
    return problems


def _direction_problems(event: EconomicEvent, field: str) -> list[Problem]:
    direction = BEHAVIOURS[event.action].inputOutput
    if event.inputOf is not None and direction == "output":
        return [Problem("flows.wrong_direction", f"{event.action} is an output of a process: say outputOf.", f"{field}.inputOf")]
    if event.outputOf is not None and direction == "input":
        return [Problem("flows.wrong_direction", f"{event.action} is an input of a process: say inputOf.", f"{field}.outputOf")]
    return []


def two_agents(event: EconomicEvent, field: str = "body.event") -> list[Problem]:
    """A transfer has two sides. (Of a contribution, the commons itself is the other one, if none is named.)"""
    if event.action in TRANSFERS and (event.provider is None or event.receiver is None):
        return [Problem("flows.two_agents", f"{event.action} has a provider and a receiver.", field)]
    return []


def may_have_to(action: str) -> bool:
    """Whether an action can name a to-resource."""
    behaviour = BEHAVIOURS[action]
    return behaviour.createResource == "optionalTo" or "createResource" in ALSO_PERMITTED.get(action, {}) or behaviour.containedEffect == "update"


def may_create(action: str) -> str:
    """Which resource can begin with an action: "resource", "to", or none ("")."""
    created = ALSO_PERMITTED.get(action, {}).get("createResource", BEHAVIOURS[action].createResource)
    return {"optional": "resource", "optionalTo": "to"}.get(created, "")


def _time_problems(event: EconomicEvent, field: str) -> list[Problem]:
    point, beginning, end = event.hasPointInTime, event.hasBeginning, event.hasEnd
    if point is not None and beginning is end is None and _in_this_era(point):
        return []  # as nearly all events are
    problems = []
    for name, text in (("hasPointInTime", point), ("hasBeginning", beginning), ("hasEnd", end)):
        try:
            if text is not None and seconds(text) < EARLIEST:
                problem = f"{text} is before 1900: give the time of the event, like 2026-11-23T08:30:00Z."
                problems.append(Problem("flows.bad_time", problem, f"{field}.{name}"))
        except CommonholdError as error:
            problems.append(Problem("flows.bad_time", error.problems[0].message, f"{field}.{name}"))
    if event.hasPointInTime is not None and (event.hasBeginning is not None or event.hasEnd is not None):
        problems.append(Problem("flows.two_times", "Give a point in time, or a beginning and an end, not both.", f"{field}.hasPointInTime"))
    if event.hasPointInTime is event.hasBeginning is event.hasEnd is None:
        problems.append(Problem("flows.no_time", "Say when it happened: hasPointInTime, or hasBeginning and hasEnd.", f"{field}.hasPointInTime"))
    if not problems and not in_order(event.hasBeginning, event.hasEnd):
        problems.append(Problem("flows.ends_before_it_begins", "hasBeginning is not after hasEnd.", f"{field}.hasBeginning"))
    return problems


@lru_cache(maxsize=4_096)
def _in_this_era(text: str) -> bool:
    """Whether a time is one that a calendar has, and not before 1900."""
    try:
        return seconds(text) >= EARLIEST
    except CommonholdError:
        return False


def _quantity_problems(event: EconomicEvent, field: str) -> list[Problem]:
    problems: list[Problem] = []
    for name in ("resourceQuantity", "effortQuantity"):
        measure = getattr(event, name)
        if measure is not None:
            problems += measure_problems(measure, f"{field}.{name}", negative=event.corrects is not None)
    if event.effortQuantity is not None and event.action not in EFFORT_ACTIONS:
        problem = f"{event.action} has a resourceQuantity; effort belongs to {', '.join(sorted(EFFORT_ACTIONS))}."
        problems.append(Problem("flows.bad_quantity", problem, f"{field}.effortQuantity"))
    if event.resourceInventoriedAs is not None and event.resourceQuantity is None and moves_quantity(event.action):
        problem = f"How much? {event.action} changes the quantity of its resource."
        problems.append(Problem("flows.quantity_needed", problem, f"{field}.resourceQuantity"))
    return problems


def promised(record: object, name: str) -> Measure | None:
    """How much a commitment, an intent or a claim is about: of an intent, all that is available, if it says so.

    Args:
        name: resourceQuantity or effortQuantity.
    """
    measure: Measure | None = getattr(record, name)
    available: Measure | None = getattr(record, "availableQuantity", None)
    if available is not None and (measure is None or measure.hasUnit == available.hasUnit) and name == "resourceQuantity":
        return available
    return measure


def moves_quantity(action: str) -> bool:
    """Whether an action changes a quantity of a resource."""
    behaviour = BEHAVIOURS[action]
    return not (behaviour.accountingEffect == behaviour.onhandEffect == "notApplicable")


def measure_problems(measure: Measure | None, field: str, *, negative: bool = False) -> list[Problem]:
    """What is wrong with the number of a quantity. negative: Whether it may be below nothing, as in a correction."""
    if measure is None:
        return []
    if measure.hasNumericalValue[:1] == "-" and not negative:
        problem = "A quantity is not below nothing; only an event that corrects another has one that is."
        return [Problem("flows.negative", problem, f"{field}.hasNumericalValue")]
    try:
        _signed(measure.hasNumericalValue)
    except ValueError as error:
        return [Problem("flows.bad_number", f"{error}.", f"{field}.hasNumericalValue")]
    return []


def signed_quantity(measure: Measure) -> int:
    """A quantity in millionths, below 0 in corrections."""
    return _signed(measure.hasNumericalValue)


@lru_cache(maxsize=16_384)
def _signed(text: str) -> int:
    return -parse_quantity(text[1:]) if text.startswith("-") else parse_quantity(text)
