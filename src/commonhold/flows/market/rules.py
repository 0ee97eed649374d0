"""Why an offer and a request match, or do not: one rule for each thing that has to fit, each with its reason.

A rule answers a `Reason`, or None where there is nothing to say (nobody named a time, or a place).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from ...measure import MICRO, format_quantity
from ..vocabulary import Measure
from .great_circle import metres
from .listings import OWN_RESOURCE, SERVES, Market, Moment, Party, Place


@dataclass(frozen=True, slots=True)
class Reason:
    """Why two fit, or do not.

    Attributes:
        code: Stable name. sentence: The same for people, in English.
        fits: False if this keeps them apart.
        values: What the sentence is about, by name: for other languages, and for programs.
    """

    code: str
    sentence: str
    fits: bool
    values: tuple[tuple[str, str], ...] = ()


def fits(code: str, sentence: str, **values: str) -> Reason:
    """A reason for a match."""
    return Reason(code, sentence, True, tuple(values.items()))


def fails(code: str, sentence: str, **values: str) -> Reason:
    """A reason against a match."""
    return Reason(code, sentence, False, tuple(values.items()))


def judge(offer: Party, request: Party, market: Market) -> Iterator[Reason]:
    """All that speaks for and against a match, in the order of the rules; lazily, so that who looks for matches can stop early."""
    for rule in RULES:
        if reason := rule(offer, request, market):
            yield reason


def _people(offer: Party, request: Party, _: Market) -> Reason | None:
    if offer.agent is not None and offer.agent == request.agent:
        return fails("same_agent", "Nobody is matched with themselves.", agent=offer.agent)
    for one, other, word in ((offer, request, "offer"), (request, offer, "request")):
        proposal = one.listing.proposal
        if proposal and proposal.proposedTo and other.agent not in proposal.proposedTo:
            return fails("not_proposed_to", f"The {word} is proposed to others only.", proposal=proposal.id)
    return None


def _standing(offer: Party, request: Party, _: Market) -> Reason | None:
    for one, word in ((offer, "offer"), (request, "request")):
        if one.intent.finished:
            return fails("finished", f"The {word} is finished.", intent=one.intent.id)
        if one.quantity is not None and one.quantity <= 0:
            return fails("nothing_open", f"Nothing of the {word} is open any more.", intent=one.intent.id)
    return None


def _action(offer: Party, request: Party, _: Market) -> Reason | None:
    offered, wanted = offer.intent.action, request.intent.action
    if offered == wanted:
        return fits("same_action", f"Both are about {offered}.", action=offered)
    if wanted in SERVES[offered]:
        return fits("action_serves", f"{offered} serves who wants to {wanted}.", offered=offered, requested=wanted)
    return fails("actions_differ", f"{offered} is offered, {wanted} is requested.", offered=offered, requested=wanted)


def _goods(offer: Party, request: Party, market: Market) -> Reason | None:
    same = request.specification is not None and request.specification == offer.specification
    very_one = request.resource if request.intent.action not in OWN_RESOURCE else None
    if very_one and very_one != offer.resource:
        specification = market.specifications.get(request.specification or "")
        if same and specification and specification.substitutable:
            sentence = f"Another one of the specification {request.specification} does as well."
            return fits("substitutable", sentence, specification=specification.id, resource=very_one)
        return fails("other_resource", f"The very resource {very_one} is requested; the offer is not of it.", resource=very_one)
    if very_one:
        return fits("same_resource", f"The offer is of the very resource {very_one} that is requested.", resource=very_one)
    if same:
        return fits("same_specification", f"Both are of the specification {request.specification}.", specification=str(request.specification))
    if request.specification is not None:
        offered = offer.specification or "nothing in particular"
        sentence = f"{request.specification} is requested, {offered} is offered."
        return fails("specifications_differ", sentence, requested=request.specification, offered=offer.specification or "")
    return None if request.classes else fails("nothing_named", "The request names no specification, resource or class.")


def _classes(offer: Party, request: Party, _: Market) -> Reason | None:
    if missing := sorted(request.classes - offer.classes):
        return fails("class_missing", f"The request asks for {', '.join(missing)}, which the offer is not.", classes=" ".join(missing))
    asked = sorted(request.classes)
    return fits("same_classification", f"The offer is {', '.join(asked)}, as requested.", classes=" ".join(asked)) if asked else None


def _condition(offer: Party, request: Party, _: Market) -> Reason | None:
    for field in ("stage", "state"):
        wanted, offered = getattr(request.intent, field), getattr(offer.intent, field)
        if wanted is not None and wanted != offered:
            sentence = f"The {field} {wanted} is requested, {offered or 'none'} is offered."
            return fails(f"{field}_differs", sentence, requested=wanted, offered=offered or "")
    return None


def matched(offer: Party, request: Party, market: Market) -> tuple[Fraction, str] | None:
    """How much of two would be matched, in the unit of the request or else of the offer. None: no quantity, or units of two kinds."""
    if request.quantity is None or request.unit is None:
        return None if offer.quantity is None or offer.unit is None else (offer.quantity, offer.unit)
    there = offered_in(offer, request.unit, market)
    if offer.quantity is not None and there is None:
        return None
    return (request.quantity if there is None else min(there, request.quantity)), request.unit


def offered_in(offer: Party, unit: str, market: Market) -> Fraction | None:
    """The open quantity of an offer in another unit."""
    if offer.quantity is None or offer.unit is None or offer.unit == unit or offer.listing.open is None:
        return offer.quantity
    return market.convert(offer.listing.open, unit)


def _quantity(offer: Party, request: Party, market: Market) -> Reason | None:
    base = offer.listing.open or offer.intent.resourceQuantity or offer.intent.effortQuantity
    if base and request.unit and base.hasUnit != request.unit and market.convert(base, request.unit) is None:
        return fails("units_differ", f"{base.hasUnit} cannot be converted to {request.unit}.", offered=base.hasUnit, requested=request.unit)
    amount = matched(offer, request, market)
    if amount is None:
        return fits("quantity_not_named", "Neither names a quantity.")
    quantity, unit = amount
    for one, word in ((offer, "offer"), (request, "request")):
        least = one.intent.minimumQuantity
        if least is not None and not _at_least(quantity, unit, least, market):
            sentence = f"{shown(quantity)} {unit} is less than the least of the {word}, {least.hasNumericalValue} {least.hasUnit}."
            return fails("below_minimum", sentence, quantity=shown(quantity), unit=unit, minimum=least.hasNumericalValue)
    if request.quantity is None:
        return fits("quantity_not_named", f"The request names no quantity; {shown(quantity)} {unit} is offered.", quantity=shown(quantity), unit=unit)
    values = {"quantity": shown(quantity), "requested": shown(request.quantity), "unit": unit}
    if quantity == request.quantity:
        return fits("quantity_covers", f"The offer covers all of the {shown(quantity)} {unit}.", **values)
    return fits("quantity_partly", f"The offer covers {shown(quantity)} of {shown(request.quantity)} {unit}.", **values)


def _at_least(quantity: Fraction, unit: str, least: Measure, market: Market) -> bool:
    needed = Fraction(least.hasNumericalValue) if least.hasUnit == unit else market.convert(least, unit)
    return needed is not None and quantity >= needed


def shown(quantity: Fraction) -> str:
    """A quantity to six digits after the point, rounded half to even.

    >>> shown(Fraction(5, 2)), shown(Fraction(1, 3))
    ('2.5', '0.333333')
    """
    return format_quantity(round(quantity * MICRO))


def _time(offer: Party, request: Party, _: Market) -> Reason | None:
    if _apart(offer.begin, offer.end, request.begin, request.end):
        return fails("times_apart", "The one is over before the other begins.")
    if _apart(*offer.published, *request.published):
        return fails("proposals_apart", "The proposals do not stand at the same time.")
    begins = max((one for one in (offer.begin, offer.published[0]) if one is not None), default=None)
    if request.due is not None and begins is not None and request.due < begins:
        return fails("due_before_beginning", f"It is due {request.due[0]}Z; the offer begins {begins[0]}Z.", due=request.due[0], begins=begins[0])
    if (offer.begin or offer.end) and (request.begin or request.end or request.due):
        return fits("time_overlaps", "Their times overlap.")
    return None


def _apart(begin: Moment | None, end: Moment | None, other_begin: Moment | None, other_end: Moment | None) -> bool:
    return (end is not None and other_begin is not None and end < other_begin) or (other_end is not None and begin is not None and other_end < begin)


def _where(offer: Party, request: Party, market: Market) -> Reason | None:
    answer = None
    for here, there in ((offer.bound, request.place), (request.bound, offer.place)):
        if here is None or there is None:
            continue
        answer = _near(here, there, market.radius)
        if not answer.fits:
            return answer
    return answer


def _near(here: Place, there: Place, radius: int) -> Reason:
    if here.id == there.id:
        return fits("within_place", f"Both are at {here.id}.", place=here.id, metres="0")
    if here.point is None or there.point is None:
        return fails("other_place", f"{here.id} and {there.id} are two places; how far apart is not known.", one=here.id, other=there.id)
    distance = metres(here.point, there.point)
    values = {"one": here.id, "other": there.id, "metres": str(distance), "radius": str(radius)}
    if distance <= radius:
        return fits("within_place", f"{here.id} and {there.id} are {distance} m apart, not more than {radius} m.", **values)
    return fails("too_far", f"{here.id} and {there.id} are {distance} m apart, more than {radius} m.", **values)


RULES: tuple[Callable[[Party, Party, Market], Reason | None], ...] = (
    _action, _goods, _classes, _condition, _people, _standing, _quantity, _time, _where,
)  # fmt: skip
