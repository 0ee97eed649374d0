"""Offers and requests as matching sees them: who, what, how much, when and where, worked out once for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from ..units import UnitOfMeasure, find_unit, own_unit
from ..vocabulary import EconomicResource, Intent, Measure, Proposal, ResourceSpecification, SpatialThing, Unit
from .great_circle import Point, point

Convert = Callable[[Measure, str], Fraction | None]
"""How much a measure is in another unit, exactly; None if the two units are not of one kind."""


def converter(units: Mapping[str, Unit]) -> Convert:
    """Conversion between all units that are known, and those of a commons by their ids.

    >>> converter({})(Measure(hasNumericalValue="1", hasUnit="day"), "hour")
    Fraction(24, 1)
    """

    def find(name: str) -> UnitOfMeasure | None:
        own = units.get(name)
        if own is None:
            return find_unit(name)
        return own_unit(own.id, own.label) if own.omUnitIdentifier is None else find_unit(own.omUnitIdentifier)

    def convert(measure: Measure, unit: str) -> Fraction | None:
        amount = Fraction(measure.hasNumericalValue)
        if measure.hasUnit == unit:
            return amount
        source, target = find(measure.hasUnit), find(unit)
        if source is None or target is None or source.kind != target.kind:
            return None
        return amount * source.numerator * target.denominator / (source.denominator * target.numerator)

    return convert


SERVES: Mapping[str, frozenset[str]] = {
    "produce": frozenset({"produce", "consume", "transfer"}),
    "transfer": frozenset({"transfer", "consume"}),
    **{
        action: frozenset({action})
        for action in (
            "use", "work", "cite", "deliverService", "transferAllRights", "transferCustody", "move", "copy",
            "pickup", "dropoff", "accept", "modify", "combine", "separate", "consume", "raise", "lower",
        )
    },
}  # fmt: skip
"""Action offered → actions requested that it serves. Who makes something, or hands it over, serves who wants to use it up."""

OWN_RESOURCE = frozenset({"produce"})
"""Actions in whose requests `resourceInventoriedAs` is the stock to add to, not the very thing that is wanted."""


@dataclass(frozen=True, slots=True)
class Listing:
    """An intent on the market.

    Attributes:
        open: What of `on_offer` is not promised or done yet; None if that is None.
        proposal: The proposal that publishes it. An intent in two proposals is listed twice, once on the terms of each.
    """

    intent: Intent
    open: Measure | None = None
    proposal: Proposal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """What matching knows besides the listings.

    Attributes:
        intents: The intents that proposals name as `reciprocal`, by their ids.
        located: Where a resource or an agent is: its id → the id of a spatial thing.
        radius: How many metres two places may be apart and still be one.
    """

    intents: Mapping[str, Intent] = field(default_factory=dict)
    specifications: Mapping[str, ResourceSpecification] = field(default_factory=dict)
    resources: Mapping[str, EconomicResource] = field(default_factory=dict)
    places: Mapping[str, SpatialThing] = field(default_factory=dict)
    located: Mapping[str, str] = field(default_factory=dict)
    radius: int = 50_000
    convert: Convert = field(default_factory=lambda: converter({}))


def side(listing: Listing) -> Literal["offer", "request"] | None:
    """Whether an intent offers or requests.

    Who would provide offers, who would receive requests. If both or nobody is named, the purpose of the proposal decides.
    Work that nobody provides is an open task: a request.
    """
    intent = listing.intent
    if bool(intent.provider) != bool(intent.receiver):
        return "offer" if intent.provider else "request"
    if listing.proposal and listing.proposal.purpose:
        return listing.proposal.purpose
    return "request" if intent.action == "work" and not intent.provider else None


Moment = tuple[str, str]


def moment(text: str | None) -> Moment | None:
    """A time that can be compared, whatever the number of its digits."""
    return None if text is None else (text[:19], text[20:-1].ljust(6, "0"))


@dataclass(frozen=True, slots=True)
class Place:
    """A place by its id, and where on earth it is, if that is known."""

    id: str
    point: Point | None


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a possible match.

    Attributes:
        classes: What an offer is; what a request asks for.
        quantity: What is open, as an exact number of `unit`. None: no quantity is named, or there is as much as is wanted.
        begin, end: When it may happen. due: By when a request must be served. published: When the proposal stands.
        bound: Where it must be. place: Where it is, if it may be anywhere.
    """

    listing: Listing
    agent: str | None
    specification: str | None
    resource: str | None
    classes: frozenset[str]
    quantity: Fraction | None
    unit: str | None
    begin: Moment | None
    end: Moment | None
    due: Moment | None
    published: tuple[Moment | None, Moment | None]
    bound: Place | None
    place: Place | None

    @property
    def intent(self) -> Intent:
        """Its intent."""
        return self.listing.intent


def parties(listings: Sequence[Listing], market: Market) -> tuple[list[Party], list[Party]]:
    """The offers and the requests, in the given order. What neither offers nor requests is in neither list."""
    places = {id_: Place(id_, point(one.lat, one.long) if one.lat and one.long else None) for id_, one in market.places.items()}
    offers, requests = [], []
    for listing in listings:
        which = side(listing)
        if which == "offer":
            offers.append(party(listing, market, places, listing.intent.provider, offering=True))
        elif which == "request":
            requests.append(party(listing, market, places, listing.intent.receiver, offering=False))
    return offers, requests


def party(listing: Listing, market: Market, places: Mapping[str, Place], agent: str | None, *, offering: bool) -> Party:
    """A listing as one side of a match."""
    intent, proposal = listing.intent, listing.proposal
    resource = market.resources.get(intent.resourceInventoriedAs or "")
    specification = intent.resourceConformsTo or (resource.conformsTo if resource else None)
    classes = set(intent.resourceClassifiedAs)
    if offering:
        classes.update(resource.classifiedAs if resource else ())
        known = market.specifications.get(specification or "")
        classes.update(known.resourceClassifiedAs if known else ())
    amount = listing.open
    bound = proposal.eligibleLocation if proposal and proposal.eligibleLocation else market.located.get(intent.resourceInventoriedAs or "")
    place = bound or market.located.get(agent or "")
    exact = moment(intent.hasPointInTime)
    return Party(
        listing=listing,
        agent=agent,
        specification=specification,
        resource=intent.resourceInventoriedAs,
        classes=frozenset(classes),
        quantity=Fraction(amount.hasNumericalValue) if amount else None,
        unit=amount.hasUnit if amount else None,
        begin=exact or moment(intent.hasBeginning),
        end=exact or moment(intent.hasEnd),
        due=None if offering else moment(intent.due),
        published=(moment(proposal.hasBeginning), moment(proposal.hasEnd)) if proposal else (None, None),
        bound=_place(bound, places),
        place=_place(place, places),
    )


def _place(id_: str | None, places: Mapping[str, Place]) -> Place | None:
    return None if id_ is None else places.get(id_) or Place(id_, None)


def on_offer(intent: Intent, proposal: Proposal | None, convert: Convert) -> Measure | None:
    """How much an intent is about, before anything of it is promised or done: what its open quantity starts from.

    The quantity of an intent that is offered per unit is what the price is for: there is as much as is available, or as is
    wanted (None). Of another intent there is no more than is available either.
    """
    said, available = intent.resourceQuantity or intent.effortQuantity, intent.availableQuantity
    if proposal and proposal.unitBased and intent.provider:
        return available
    if said is None or available is None:
        return said or available
    there = convert(available, said.hasUnit)
    return available if there is not None and there < Fraction(said.hasNumericalValue) else said
