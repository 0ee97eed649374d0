"""Matching of offers and requests: which fit, how much of them, on what terms, and why; and why two do not fit.

Deterministic and exact: quantities are fractions, distances whole metres. Time and memory grow with the number of listings and
of pairs that share action and specification (or resource, or class), not with all pairs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ..vocabulary import Intent, Measure
from .listings import OWN_RESOURCE, SERVES, Listing, Market, Party, parties, side
from .rules import Reason, fails, judge, matched, shown

WANTED_FROM = {requested: tuple(offered for offered, served in SERVES.items() if requested in served) for requested in SERVES}
"""Action requested → actions offered that serve it."""


@dataclass(frozen=True, slots=True)
class InReturn:
    """What the one who offers wants for what is matched.

    Attributes:
        intent: The reciprocal intent. quantity: For the quantity that is matched, if the proposal is unit-based; else as it stands.
        answered_by: Intents by which the other side offers just that: the pair is a barter.
    """

    intent: Intent
    quantity: Measure | None
    answered_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """An offer and a request that fit.

    Attributes:
        quantity: How much of them, in the unit of the request; None if nobody names a quantity.
        covered: How much of the request that is, from above 0 to 1; 1 if it names no quantity.
        rank: 1 is the best.
        in_return: What is wanted for it, in the order of the proposal.
        barter: Whether the other side offers all that is wanted in return.
    """

    offer: Listing
    request: Listing
    quantity: Measure | None
    covered: Fraction
    rank: int
    reasons: tuple[Reason, ...]
    in_return: tuple[InReturn, ...] = ()
    barter: bool = False


def match(listings: Sequence[Listing], market: Market, *, best: int | None = None) -> list[Match]:
    """All matches, best first: barters, then what covers more of the request, then what is nearer, then by ids.

    Args:
        best: At most so many for each request.
    """
    offers, requests = parties(listings, market)
    index = _index(offers)
    given = _given(offers, requests, market)
    found: list[Match] = []
    for request in requests:
        fitting = [one for offer in _candidates(request, index, market) if (one := _match(offer, request, market, given))]
        fitting.sort(key=_order)
        found.extend(fitting[:best])
    found.sort(key=_order)
    return [replace(one, rank=rank) for rank, one in enumerate(found, 1)]


def explain(one: Listing, other: Listing, market: Market) -> list[Reason]:
    """Why two listings, in either order, do not match: all reasons. Nothing if they do."""
    offers, requests = parties([one, other], market)
    if not offers or not requests:
        sides = {listing.intent.id: side(listing) or "neither" for listing in (one, other)}
        sentence = f"A match needs an offer and a request; these are: {', '.join(f'{id_} {which}' for id_, which in sides.items())}."
        return [fails("not_two_sides", sentence, **sides)]
    return [reason for reason in judge(offers[0], requests[0], market) if not reason.fits]


Index = dict[tuple[str, str, str], list[Party]]
"""(action, "specification" | "resource" | "class", id) → offers."""


def _index(offers: Iterable[Party]) -> Index:
    index: Index = defaultdict(list)
    for offer in offers:
        keys = [("specification", offer.specification), ("resource", offer.resource), *(("class", one) for one in sorted(offer.classes))]
        for kind, id_ in keys:
            if id_ is not None:
                index[offer.intent.action, kind, id_].append(offer)
    return index


def _candidates(request: Party, index: Index, market: Market) -> Iterable[Party]:
    """The offers that may fit, each once: by the narrowest thing that the request names."""
    specification = market.specifications.get(request.specification or "")
    very_one = request.resource is not None and request.intent.action not in OWN_RESOURCE
    for action in WANTED_FROM[request.intent.action]:
        if very_one:
            yield from index.get((action, "resource", str(request.resource)), ())
            if specification and specification.substitutable:
                alike = index.get((action, "specification", specification.id), ())
                yield from (offer for offer in alike if offer.resource != request.resource)
        elif request.specification is not None:
            yield from index.get((action, "specification", request.specification), ())
        elif request.classes:
            yield from min((index.get((action, "class", one), []) for one in sorted(request.classes)), key=len)


def _match(offer: Party, request: Party, market: Market, given: _Given) -> Match | None:
    reasons = []
    for reason in judge(offer, request, market):
        if not reason.fits:
            return None
        reasons.append(reason)
    amount = matched(offer, request, market)
    covered = amount[0] / request.quantity if amount and request.quantity else Fraction(1)
    in_return = tuple(_in_return(offer, request, market, given))
    quantity = Measure(hasNumericalValue=shown(amount[0]), hasUnit=amount[1]) if amount else None
    barter = bool(in_return) and all(one.answered_by for one in in_return)
    return Match(offer.listing, request.listing, quantity, covered, 0, tuple(reasons), in_return, barter)


def _order(one: Match) -> tuple[bool, Fraction, int, str, str, str, str]:
    far = max((int(value) for reason in one.reasons for name, value in reason.values if name == "metres"), default=0)
    proposals = [listing.proposal.id if listing.proposal else "" for listing in (one.request, one.offer)]
    return not one.barter, -one.covered, far, one.request.intent.id, one.offer.intent.id, proposals[0], proposals[1]


_Given = dict[tuple[str | None, str, str], list[str]]
"""(agent, action, specification) → intents by which the agent offers that, published or in return."""


def _given(offers: Sequence[Party], requests: Sequence[Party], market: Market) -> _Given:
    given: _Given = defaultdict(list)
    for offer in offers:
        if offer.specification is not None:
            given[offer.agent, offer.intent.action, offer.specification].append(offer.intent.id)
    for request in requests:
        for id_ in request.listing.proposal.reciprocal if request.listing.proposal else ():
            back = market.intents.get(id_)
            if back is not None and back.resourceConformsTo is not None:
                given[back.provider or request.agent, back.action, back.resourceConformsTo].append(id_)
    return given


def _in_return(offer: Party, request: Party, market: Market, given: _Given) -> Iterable[InReturn]:
    proposal = offer.listing.proposal
    share = _share(offer, request, market) if proposal and proposal.unitBased else Fraction(1)
    for id_ in proposal.reciprocal if proposal else ():
        wanted = market.intents.get(id_)
        if wanted is None:
            continue
        said = wanted.resourceQuantity or wanted.effortQuantity
        quantity = (
            None
            if said is None or share is None
            else Measure(hasNumericalValue=shown(share * Fraction(said.hasNumericalValue)), hasUnit=said.hasUnit)
        )
        keys = [(request.agent, action, wanted.resourceConformsTo or "") for action in WANTED_FROM[wanted.action]]
        answers = tuple(sorted({answer for key in keys for answer in given.get(key, ())})) if request.agent is not None else ()
        yield InReturn(wanted, quantity, answers)


def _share(offer: Party, request: Party, market: Market) -> Fraction | None:
    """How many times the quantity that a price is for is matched; None if that cannot be said."""
    amount = matched(offer, request, market)
    base = offer.intent.resourceQuantity or offer.intent.effortQuantity
    if amount is None or base is None:
        return None
    per = Fraction(base.hasNumericalValue) if base.hasUnit == amount[1] else market.convert(base, amount[1])
    return amount[0] / per if per else None
