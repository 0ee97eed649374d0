"""What an event does to resources: the action table of Valueflows, applied. Pure and exact.

Quantities are millionths of the unit of the resource, negative only in corrections. Agents, places, stages and containers are
numbers. Where the specification is silent or contradicts itself, `docs/reference/valueflows.md` says what is done here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from .actions import BEHAVIOURS, Behaviour

PAIRS = {"modify": "accept", "dropoff": "pickup"}
"""What puts back, and what took in."""


@dataclass(frozen=True, slots=True)
class Stock:
    """What events have made of a resource.

    Attributes:
        accounting: What its primary accountable agent has the rights to. onhand: What its custodian holds.
        custodian: Who holds it: an addition of ours, as 1.0 tells only who is accountable.
    """

    accounting: int = 0
    onhand: int = 0
    accountable: int | None = None
    custodian: int | None = None
    location: int | None = None
    contained_in: int | None = None
    stage: int | None = None
    state: str | None = None


NOTHING = Stock()


@dataclass(frozen=True, slots=True)
class Happening:
    """What of an event matters to resources.

    Attributes:
        creates: Whether the resource, or the to-resource, begins with this event.
        container: For `combine`: what the resource is put into, if that is known.
        stage: The specification of the process, if it has one.
        lost: For `lower` within a process: how much of the quantity the process had taken in and not put back; that is not on hand already.
    """

    action: str
    quantity: int
    provider: int | None = None
    receiver: int | None = None
    creates: Literal["", "resource", "to"] = ""
    location: int | None = None
    state: str | None = None
    stage: int | None = None
    container: int | None = None
    lost: int = 0
    corrects: bool = False


def is_return(happening: Happening, resource: Stock | None, to: Stock | None) -> bool:
    """Whether a transfer brings a resource back to whom it belongs: then what is named is where it arrives.

    Not if somebody else holds it: then it is what they give back, and becomes less.
    """
    behaviour = BEHAVIOURS[happening.action]
    transfers = "decrementIncrement" in (behaviour.accountingEffect, behaviour.onhandEffect) and happening.action != "move"
    return (
        transfers and to is None and resource is not None and resource.accountable is not None
        and resource.accountable == happening.receiver != happening.provider
        and resource.custodian in (None, happening.receiver)
    )  # fmt: skip


def apply(happening: Happening, resource: Stock | None, to: Stock | None) -> tuple[Stock | None, Stock | None]:
    """The resource and the to-resource after an event; None stays None.

    Args:
        resource: What `resourceInventoriedAs` names, as it was; `NOTHING` if it begins with this event. to: The same of
            `toResourceInventoriedAs`.
    """
    behaviour = BEHAVIOURS[happening.action]
    if happening.corrects:
        return _corrected(behaviour, happening, resource, to)
    if is_return(happening, resource, to):
        assert resource is not None
        after = _counted(resource, behaviour, happening, to_side=True)
        location = after.location if happening.location is None else happening.location
        return replace(after, custodian=happening.receiver, location=location, state=happening.state or after.state), None
    if happening.action == "move" and to is None:
        if resource is None or happening.location is None:
            return resource, None
        return replace(resource, location=happening.location, state=happening.state or resource.state), None
    owner = happening.provider if resource is None or resource.accountable is None else resource.accountable
    if resource is not None:
        resource = _facts(_quantities(resource, behaviour, happening, to), behaviour, happening)
    if to is not None:
        to = _to_facts(_counted(to, behaviour, happening, to_side=True), behaviour, happening, owner)
    return resource, to


def _corrected(behaviour: Behaviour, happening: Happening, resource: Stock | None, to: Stock | None) -> tuple[Stock | None, Stock | None]:
    """A correction gives back quantities; places, states and holders may have changed since, and stay."""
    if is_return(happening, resource, to):
        assert resource is not None
        return _counted(resource, behaviour, happening, to_side=True), None
    if happening.action == "move" and to is None:
        return resource, None
    after = None if resource is None else _quantities(resource, behaviour, happening, to)
    return after, None if to is None else _counted(to, behaviour, happening, to_side=True)


def _quantities(resource: Stock, behaviour: Behaviour, happening: Happening, to: Stock | None) -> Stock:
    if to is not None and happening.action in PAIRS:
        return resource  # what is put back goes on at once, to the other record: the implied transfer of custody
    if happening.action == "lower":
        held = happening.quantity - happening.lost
        return replace(resource, accounting=resource.accounting - happening.quantity, onhand=resource.onhand - held)
    return _counted(resource, behaviour, happening, to_side=False)


def _counted(stock: Stock, behaviour: Behaviour, happening: Happening, *, to_side: bool) -> Stock:
    accounting = _sign(behaviour.accountingEffect, to_side=to_side)
    onhand = _sign(behaviour.onhandEffect, to_side=to_side)
    if to_side and happening.action in PAIRS:
        onhand = 1
    return replace(stock, accounting=stock.accounting + accounting * happening.quantity, onhand=stock.onhand + onhand * happening.quantity)


def _sign(effect: str, *, to_side: bool) -> int:
    if to_side:
        return 1 if effect in ("decrementIncrement", "incrementTo") else 0
    return {"increment": 1, "decrement": -1, "decrementIncrement": -1}.get(effect, 0)


def _facts(stock: Stock, behaviour: Behaviour, happening: Happening) -> Stock:
    if happening.creates == "resource":
        holder = happening.receiver if happening.receiver is not None else happening.provider
        stock = replace(stock, accountable=holder, custodian=holder, location=happening.location)
    elif behaviour.locationEffect == "update" and happening.location is not None:
        stock = replace(stock, location=happening.location)
    if behaviour.containedEffect == "update":
        stock = replace(stock, contained_in=happening.container)
    elif behaviour.containedEffect == "remove":
        stock = replace(stock, contained_in=None)
    if behaviour.stageEffect == "update" and happening.stage is not None:
        stock = replace(stock, stage=happening.stage)
    if behaviour.stateEffect == "update" and happening.state is not None:
        stock = replace(stock, state=happening.state)
    return stock


def _to_facts(stock: Stock, behaviour: Behaviour, happening: Happening, owner: int | None) -> Stock:
    """owner: Whose it is, where only the custody changes."""
    created = happening.creates == "to"
    if happening.location is not None and (behaviour.locationEffect == "updateTo" or created):
        stock = replace(stock, location=happening.location)
    if happening.receiver is not None:
        if behaviour.accountableEffect == "updateTo" or (created and behaviour.accountableEffect == "new"):
            stock = replace(stock, accountable=happening.receiver)
        if behaviour.onhandEffect in ("decrementIncrement", "incrementTo") or happening.action in PAIRS or created:
            stock = replace(stock, custodian=happening.receiver)
    if happening.action == "transferAllRights" and created:
        stock = replace(stock, custodian=happening.provider)
    if created and stock.accountable is None:
        stock = replace(stock, accountable=owner)
    if created and stock.custodian is None:
        stock = replace(stock, custodian=happening.provider)
    if behaviour.stateEffect == "updateTo" and happening.state is not None:
        stock = replace(stock, state=happening.state)
    if happening.action in PAIRS and happening.stage is not None:
        stock = replace(stock, stage=happening.stage)
    return stock
