"""An economic event as it stands in an entry, with the names of Valueflows 1.0."""

from __future__ import annotations

from typing import Annotated

import msgspec

from ..commons.entries import AgentId, Body
from ..forms import form

Decimal = Annotated[str, form(r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?\Z", "a quantity: digits, and a point before at most six more, like 12.5")]
Reference = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Time = Annotated[str, form(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z", "a time like 2026-11-23T08:30:00Z")]

ACTIONS = (
    "produce", "consume", "use", "work", "cite", "deliverService", "pickup", "dropoff", "accept", "modify",
    "combine", "separate", "transferAllRights", "transferCustody", "transfer", "move", "copy", "raise", "lower",
)  # fmt: skip
"""The nineteen actions of Valueflows 1.0.0."""


class Measure(Body, frozen=True):
    """An amount of a unit: hours, pieces, or the ISO 4217 code of a currency."""

    hasNumericalValue: Decimal
    hasUnit: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class EconomicEvent(Body, frozen=True):
    """`vf:EconomicEvent`: something that was given, made, used or done. Its scope is the commons of the journal.

    `effortQuantity` is for work and use, `resourceQuantity` for the rest. `note` is public for good: no personal data.
    """

    action: str
    provider: AgentId
    hasPointInTime: Time
    receiver: AgentId | None = None
    resourceConformsTo: Reference | None = None
    resourceQuantity: Measure | None = None
    effortQuantity: Measure | None = None
    inputOf: Reference | None = None
    outputOf: Reference | None = None
    fulfills: Reference | None = None
    note: Annotated[str, msgspec.Meta(max_length=1_000)] | None = None

    def quantity(self) -> Measure | None:
        """The one quantity of the event: of effort or of resource."""
        return self.effortQuantity or self.resourceQuantity
