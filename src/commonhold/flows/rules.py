"""May this event be written? Pure rules on the event alone."""

from __future__ import annotations

from ..journal.kinds import unix_time
from ..measure import parse_quantity
from ..problems import CommonholdError, Problem
from .entries import ACTIONS, EconomicEvent, Measure
from .units import EFFORT_UNITS, is_unit

EFFORT_ACTIONS = frozenset({"work", "use", "deliverService"})
EARLIEST = unix_time("1900-01-01T00:00:00Z")


def event_problems(event: EconomicEvent, field: str = "body.event") -> list[Problem]:
    """What is wrong with an event by itself."""
    problems = []
    if event.action not in ACTIONS:
        known = ", ".join(ACTIONS)
        problems.append(Problem("flows.unknown_action", f"{event.action!r} is no action of Valueflows: {known}.", f"{field}.action"))
    try:
        if unix_time(event.hasPointInTime) < EARLIEST:
            problem = f"{event.hasPointInTime} is before 1900: give the time of the event, like 2026-11-23T08:30:00Z."
            problems.append(Problem("flows.bad_time", problem, f"{field}.hasPointInTime"))
    except CommonholdError as error:
        problems.append(Problem("flows.bad_time", error.problems[0].message, f"{field}.hasPointInTime"))
    if (event.effortQuantity is None) == (event.resourceQuantity is None):
        problems.append(Problem("flows.one_quantity", "Give either an effortQuantity or a resourceQuantity.", field))
    if event.effortQuantity is not None:
        if event.effortQuantity.hasUnit not in EFFORT_UNITS:
            problem = f"Effort is counted in {' or '.join(sorted(EFFORT_UNITS))}, not {event.effortQuantity.hasUnit!r}."
            problems.append(Problem("flows.bad_unit", problem, f"{field}.effortQuantity.hasUnit"))
        if event.action not in EFFORT_ACTIONS:
            problem = f"{event.action} has a resourceQuantity; effort belongs to {', '.join(sorted(EFFORT_ACTIONS))}."
            problems.append(Problem("flows.bad_quantity", problem, f"{field}.effortQuantity"))
    problems += _measure_problems(event.resourceQuantity, f"{field}.resourceQuantity")
    problems += _measure_problems(event.effortQuantity, f"{field}.effortQuantity")
    return problems


def _measure_problems(measure: Measure | None, field: str) -> list[Problem]:
    if measure is None:
        return []
    try:
        parse_quantity(measure.hasNumericalValue)
    except ValueError as error:
        return [Problem("flows.bad_number", f"{error}.", f"{field}.hasNumericalValue")]
    if not is_unit(measure.hasUnit):
        return [Problem("flows.bad_unit", f"{measure.hasUnit!r} is no unit that is known here.", f"{field}.hasUnit")]
    return []
