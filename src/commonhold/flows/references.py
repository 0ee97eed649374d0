"""Which fields of which classes name something else, and of what class that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .vocabulary import AnyRecord, EconomicEvent

EVENT = "EconomicEvent"

_FLOW = {"resourceConformsTo": "ResourceSpecification"}
_PLANNED = {
    **_FLOW,
    "resourceInventoriedAs": "EconomicResource",
    "inputOf": "Process",
    "outputOf": "Process",
    "plannedWithin": "Plan",
    "stage": "ProcessSpecification",
}

REFERENCES: Mapping[str, Mapping[str, str]] = {
    "Recipe": {"primaryOutput": "ResourceSpecification", "recipeIncludes": "RecipeProcess"},
    "RecipeProcess": {"processConformsTo": "ProcessSpecification"},
    "RecipeFlow": {
        **_FLOW,
        "recipeInputOf": "RecipeProcess",
        "recipeOutputOf": "RecipeProcess",
        "recipeClauseOf": "RecipeExchange",
        "recipeReciprocalClauseOf": "RecipeExchange",
        "stage": "ProcessSpecification",
    },
    "Process": {"basedOn": "ProcessSpecification", "plannedWithin": "Plan"},
    "Intent": {**_PLANNED, "clauseOf": "Agreement", "reciprocalClauseOf": "Agreement"},
    "Commitment": {
        **_PLANNED,
        "satisfies": "Intent",
        "clauseOf": "Agreement",
        "reciprocalClauseOf": "Agreement",
        "independentDemandOf": "Plan",
    },
    "Claim": {**_FLOW, "triggeredBy": EVENT},
    "Agreement": {"bundledIn": "AgreementBundle"},
    "Proposal": {"eligibleLocation": "SpatialThing", "publishes": "Intent", "reciprocal": "Intent", "listedIn": "ProposalList"},
    "Organization": {"primaryLocation": "SpatialThing"},
    "EcologicalAgent": {"primaryLocation": "SpatialThing"},
    "EconomicResource": {"conformsTo": "ResourceSpecification", "ofBatchLot": "BatchLotRecord"},
    EVENT: {
        **_FLOW,
        "resourceInventoriedAs": "EconomicResource",
        "toResourceInventoriedAs": "EconomicResource",
        "inputOf": "Process",
        "outputOf": "Process",
        "fulfills": "Commitment",
        "satisfies": "Intent",
        "settles": "Claim",
        "realizationOf": "Agreement",
        "reciprocalRealizationOf": "Agreement",
        "corrects": EVENT,
        "toLocation": "SpatialThing",
    },
}
"""class → field → class of what it names. Fields that can name several have lists."""

AGENT_FIELDS = ("provider", "receiver", "inScopeOf", "proposedTo")
PROMISES = {"fulfills": "Commitment", "satisfies": "Intent", "settles": "Claim"}
"""The links by which something that happened, or was promised, counts towards what was promised, wished or owed."""


def named(record: AnyRecord | EconomicEvent) -> Iterator[tuple[str, str, str]]:
    """(field, class of what it names, id) for each reference in a record, in the order of the fields."""
    for field, target in REFERENCES.get(type(record).__name__, {}).items():
        value = getattr(record, field)
        if isinstance(value, list):
            yield from ((field, target, one) for one in value)
        elif value is not None:
            yield field, target, value


def names_more(event: EconomicEvent) -> bool:
    """Whether an event names more than agents and a process, so that there is more to look up."""
    return bool(
        event.resourceInventoriedAs or event.toResourceInventoriedAs or event.resourceConformsTo or event.fulfills or event.satisfies or event.settles
        or event.corrects or event.realizationOf or event.reciprocalRealizationOf or event.toLocation
    )  # fmt: skip


def agents(record: AnyRecord | EconomicEvent) -> Iterator[tuple[str, str]]:
    """(field, id) for each agent that a record names."""
    for field in AGENT_FIELDS:
        value = getattr(record, field, None)
        if isinstance(value, list):
            yield from ((field, one) for one in value)
        elif value is not None:
            yield field, value
