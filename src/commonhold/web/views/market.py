"""`/{commons}/market/`: what is offered and asked for, price lists, and what fits together, with the reasons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...flows.market.listings import Listing, side
from ...flows.market.queries import match_view, matches, read_market
from ...flows.queries import list_records
from ...flows.store import find_record
from ...node.flow_pages import names_of, record_plain
from ...store.transaction import Transaction
from ..pages import Values, page
from .flows import head_of

SHOWN = 60
MATCHES_FOR_EACH = 3


@page("flows/market.html")
def market(request: Any, transaction: Transaction, commons: str) -> Values:
    """The market as it stands. Tasks of processes are among what is asked for, but have a page of their own."""
    head = head_of(transaction, commons)
    listings, _ = read_market(transaction, commons)
    sides: dict[str, list[Values]] = {"offer": [], "request": []}
    for listing in listings:
        which = side(listing)
        if which is not None and not _is_task(listing):
            sides[which].append(_listed(transaction, commons, listing))
    found = [match_view(one) for one in matches(transaction, commons, best=MATCHES_FOR_EACH)][:SHOWN]
    wanted = {one[name] for one in found for name in ("offer", "request")} | {back["intent"] for one in found for back in one["inReturn"]}
    intents = {id_: _intent(transaction, commons, id_) for id_ in sorted(wanted)}
    lists = _lists(transaction, commons)
    shown = {name: lines[:SHOWN] for name, lines in sides.items()}
    mentioned = [*_intents(shown.values()), *intents.values(), *({"listedIn": [one["id"]]} for one in lists)]
    more = {name: max(len(lines) - SHOWN, 0) for name, lines in sides.items()}
    return head | {
        "offers": shown["offer"], "requests": shown["request"], "more": more, "lists": lists, "matches": found, "intents": intents,
        "names": names_of(transaction, commons, mentioned),
    }  # fmt: skip


def _is_task(listing: Listing) -> bool:
    intent = listing.intent
    return listing.proposal is None and bool(intent.inputOf or intent.outputOf)


def _listed(transaction: Transaction, commons: str, listing: Listing) -> Values:
    proposal = listing.proposal
    return {
        "intent": _intent(transaction, commons, listing.intent.id),
        "proposal": None if proposal is None else {
            "id": proposal.id, "name": proposal.name, "note": proposal.note, "hasEnd": proposal.hasEnd, "unitBased": proposal.unitBased,
            "listedIn": proposal.listedIn, "eligibleLocation": proposal.eligibleLocation,
        },
        "inReturn": [] if proposal is None else [_intent(transaction, commons, id_) for id_ in proposal.reciprocal],
    }  # fmt: skip


def _intent(transaction: Transaction, commons: str, id_: str) -> Values:
    known = find_record(transaction, commons, "Intent", id_)
    assert known is not None, id_
    return record_plain(transaction, commons, known)


def _intents(sides: Iterable[list[Values]]) -> list[Values]:
    return [one for lines in sides for line in lines for one in (line["intent"], line["proposal"] or {}, *line["inReturn"])]


def _lists(transaction: Transaction, commons: str) -> list[Values]:
    """Price lists, with the proposals in them."""
    found = {one.id: record_plain(transaction, commons, one) | {"proposals": []} for one in list_records(transaction, commons, "ProposalList")}
    for known in list_records(transaction, commons, "Proposal") if found else []:
        proposal: Any = known.record()
        for id_ in proposal.listedIn:
            if id_ in found:
                found[id_]["proposals"].append(
                    {
                        "id": proposal.id, "name": proposal.name, "purpose": proposal.purpose, "unitBased": proposal.unitBased,
                        "publishes": [_intent(transaction, commons, one) for one in proposal.publishes],
                        "reciprocal": [_intent(transaction, commons, one) for one in proposal.reciprocal],
                    }
                )  # fmt: skip
    return list(found.values())
