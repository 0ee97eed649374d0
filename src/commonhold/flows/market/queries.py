"""The market as it stands: the intents that are open, with the proposals that publish them, read for matching."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from ...measure import format_quantity
from ...problems import not_found
from ...store.transaction import Transaction
from ..queries import list_records, promise_state
from ..rules import signed_quantity
from ..store import Known, find_resource, record_numbered
from ..vocabulary import EconomicResource, Intent, Measure, Proposal, ResourceSpecification, SpatialThing, Unit
from .listings import Listing, Market, converter, on_offer
from .matching import Match, match

T = TypeVar("T")


def _all(transaction: Transaction, commons: str, shape: type[T]) -> dict[str, T]:
    found: dict[str, T] = {}
    for known in list_records(transaction, commons, shape.__name__):
        record: Any = known.record()
        found[known.id] = record
    return found


def read_market(transaction: Transaction, commons: str, radius: int = 50_000) -> tuple[list[Listing], Market]:
    """All open intents as listings, and what matching knows besides. radius: in metres."""
    intents = list_records(transaction, commons, "Intent")
    proposals = _all(transaction, commons, Proposal)
    convert = converter(_all(transaction, commons, Unit))
    market = Market(
        intents={known.id: _intent(known) for known in intents},
        specifications=_all(transaction, commons, ResourceSpecification),
        resources=_all(transaction, commons, EconomicResource),
        places=_all(transaction, commons, SpatialThing),
        located=_located(transaction, commons),
        radius=radius,
        convert=convert,
    )
    published: dict[str, list[Proposal]] = {}
    reciprocal: set[str] = set()
    for proposal in proposals.values():
        reciprocal.update(proposal.reciprocal)
        for id_ in proposal.publishes:
            published.setdefault(id_, []).append(proposal)
    listings = []
    for known in intents:
        state = promise_state(transaction, commons, known)
        if state.finished or (known.id in reciprocal and known.id not in published):
            continue
        intent = _intent(known)
        counted = state.effort if intent.resourceQuantity is None else state.resource
        for proposal_ in published.get(known.id) or [None]:  # type: ignore[list-item]
            listings.append(Listing(intent, _open(on_offer(intent, proposal_, convert), counted), proposal_))
    return listings, market


def _intent(known: Known) -> Intent:
    record = known.record()
    assert isinstance(record, Intent)
    return record


def _open(wanted: Measure | None, counted: int) -> Measure | None:
    if wanted is None:
        return None
    left = max(0, signed_quantity(wanted) - counted)
    return Measure(hasNumericalValue=format_quantity(left), hasUnit=wanted.hasUnit)


def _located(transaction: Transaction, commons: str) -> Mapping[str, str]:
    """Where resources and organizations are."""
    located = {}
    for known in list_records(transaction, commons, "EconomicResource"):
        resource = find_resource(transaction, commons, known.number)
        if resource is not None and resource.stock.location is not None:
            located[known.id] = record_numbered(transaction, commons, resource.stock.location).id
    for type_ in ("Organization", "EcologicalAgent"):
        for known in list_records(transaction, commons, type_):
            place = getattr(known.record(), "primaryLocation", None)
            if place is not None:
                located[known.id] = place
    return located


def matches(transaction: Transaction, commons: str, *, intent: str = "", radius: int = 50_000, best: int | None = None) -> list[Match]:
    """What fits together, best first. intent: Only what this intent is part of."""
    listings, market = read_market(transaction, commons, radius)
    if intent and intent not in market.intents:
        raise not_found("flows.unknown", f"No Intent {intent!r} is here. See: commonhold flows list intents.", "intent")
    found = match(listings, market, best=best)
    return [one for one in found if not intent or intent in (one.offer.intent.id, one.request.intent.id)]


def match_view(one: Match) -> dict[str, Any]:
    """A match as plain values."""
    return {
        "rank": one.rank,
        "offer": one.offer.intent.id,
        "request": one.request.intent.id,
        "provider": one.offer.intent.provider,
        "receiver": one.request.intent.receiver,
        "offerProposal": one.offer.proposal.id if one.offer.proposal else None,
        "requestProposal": one.request.proposal.id if one.request.proposal else None,
        "quantity": None if one.quantity is None else msgspec.to_builtins(one.quantity),
        "covered": f"{one.covered.numerator}/{one.covered.denominator}",
        "reasons": [{"code": reason.code, "sentence": reason.sentence, "values": dict(reason.values)} for reason in one.reasons],
        "inReturn": [
            {
                "intent": wanted.intent.id,
                "quantity": None if wanted.quantity is None else msgspec.to_builtins(wanted.quantity),
                "resourceConformsTo": wanted.intent.resourceConformsTo,
                "answeredBy": list(wanted.answered_by),
            }
            for wanted in one.in_return
        ],
        "barter": one.barter,
    }
