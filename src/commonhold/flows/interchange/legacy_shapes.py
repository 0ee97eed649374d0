"""What older shapes call things, and where they put them: tables, for Valueflows before 1.0 and its peers.

Names are those of vf-graphql 0.9, Zenflows, hREA and Carbon Farm Network, in camel case; `camel` has undone other spellings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .document import AGENT_SHAPE, CLASSES, KEYS
from .legacy_values import camel

FIELDS: Mapping[str, frozenset[str]] = {
    **{struct.__name__: frozenset(struct.__struct_fields__) | {"id"} for struct in CLASSES.values()},
    "Agent": frozenset(AGENT_SHAPE),
}
"""class → its fields in documents."""

RENAMED: Mapping[str, Mapping[str, str]] = {
    "*": {"hasBegining": "hasBeginning", "description": "note", "hasRecipeResource": "resourceConformsTo"},
    "EconomicEvent": {"atLocation": "toLocation"},
    "EconomicResource": {
        "resourceConformsTo": "conformsTo",
        "resourceClassifiedAs": "classifiedAs",
        "lot": "ofBatchLot",
        "onhandQuantityHas": "onhandQuantity",
    },
    "ResourceSpecification": {"classifiedAs": "resourceClassifiedAs"},
    "RecipeProcess": {"basedOn": "processConformsTo", "classifiedAs": "processClassifiedAs"},
    "BatchLotRecord": {"batchNumber": "batchLotCode", "expiryDate": "expirationDate"},
    "SpatialThing": {"latitude": "lat", "longitude": "long", "altitude": "alt", "address": "mappableAddress"},
    "Agent": {"imageUrl": "image"},
}
"""class (or any) → older name → name in 1.0, where the meaning is the same."""

ALIASES: Mapping[str, str] = {
    "person": "Agent", "people": "Agent", "organization": "Agent", "organizations": "Agent", "ecologicalAgent": "Agent",
    "me": "Agent", "offers": "Proposal", "requests": "Proposal", "offer": "Proposal", "request": "Proposal",
    "demands": "Commitment", "inventory": "EconomicResource", "newInventoriedResource": "EconomicResource",
    "events": "EconomicEvent", "resources": "EconomicResource", "locations": "SpatialThing", "recipeResource": "ResourceSpecification",
    "productBatch": "BatchLotRecord", "productBatches": "BatchLotRecord", "geographicalLocation": "SpatialThing",
}  # fmt: skip

LINKS = {"Fulfillment", "Satisfaction", "Settlement", "ProposedIntent", "ProposedTo"}
"""Records that stood between two others; in 1.0 they are direct links."""

REMOVED: Mapping[str, str] = {
    "Appreciation": "gifts in return are further events",
    "Scenario": "there are plans only",
    "ScenarioDefinition": "there are plans only",
    "AgentRelationship": "say who is a member in the commons itself",
    "AgentRelationshipRole": "say who is a member in the commons itself",
    "RoleBehavior": "roles are the commons' own",
    "RecipeGroup": "put its processes into a Recipe",
}
"""Classes that 1.0 has no place for, and what there is instead."""

CLASS_OF: Mapping[str, str] = {
    **{name[0].lower() + name[1:]: name for name in (*FIELDS, *LINKS, *REMOVED)},
    **{key: name for name, key in KEYS.items()},
    **{name[0].lower() + name[1:] + "s": name for name in (*LINKS, *REMOVED)},
    **ALIASES,
}
"""What a list, a type or a query can be called → class."""

BOOKKEEPING = frozenset(
    {"typename", "type", "context", "revisionId", "revision", "meta", "cursor", "pageInfo", "deletable", "overrideLabel", "overrideSymbol"}
)
"""What tells nothing about flows: versions, pages and types of the answer itself."""

COUNTED = frozenset({"accountingQuantity", "onhandQuantity", "primaryAccountable", "custodian", "currentLocation", "stage", "state", "containedIn"})
"""What a resource is said to be and have: here that follows from events, so it is what should come out, not what goes in."""

DERIVED = frozenset({"previousEvent", "trace", "track", "next", "previous", "hasPart"})

_EVENT, _COMMITMENT, _INTENT, _FLOW = "EconomicEvent", "Commitment", "Intent", "RecipeFlow"
INVERSES: Mapping[tuple[str, str], tuple[str, str]] = {
    **{("Process", name): (class_, f"{way}Of") for way in ("input", "output") for name, class_ in (
        (f"{way}s", _EVENT), (f"has{way.title()}", _EVENT), (f"observed{way.title()}s", _EVENT),
        (f"committed{way.title()}s", _COMMITMENT), (f"intended{way.title()}s", _INTENT),
    )},
    **{("RecipeProcess", name): (_FLOW, f"recipe{way}Of") for way in ("Input", "Output") for name in (f"hasRecipe{way}", f"recipe{way}s")},
    **{("RecipeExchange", name): (_FLOW, "recipeClauseOf") for name in ("hasRecipeClause", "recipeStipulates", "recipeClauses")},
    **{("RecipeExchange", name): (_FLOW, "recipeReciprocalClauseOf") for name in (
        "hasRecipeReciprocalClause", "recipeStipulatesReciprocal", "recipeReciprocalClauses",
    )},
    ("Agreement", "stipulates"): (_COMMITMENT, "clauseOf"), ("Agreement", "commitments"): (_COMMITMENT, "clauseOf"),
    ("Agreement", "stipulatesReciprocal"): (_COMMITMENT, "reciprocalClauseOf"),
    ("Agreement", "reciprocalCommitments"): (_COMMITMENT, "reciprocalClauseOf"),
    ("Agreement", "realizes"): (_EVENT, "realizationOf"), ("Agreement", "economicEvents"): (_EVENT, "realizationOf"),
    ("Agreement", "realizesReciprocal"): (_EVENT, "reciprocalRealizationOf"),
    ("AgreementBundle", "bundles"): ("Agreement", "bundledIn"),
    ("ProposalList", "lists"): ("Proposal", "listedIn"),
    ("Plan", "processes"): ("Process", "plannedWithin"), ("Plan", "planIncludes"): ("Process", "plannedWithin"),
    ("Plan", "independentDemands"): (_COMMITMENT, "independentDemandOf"),
    ("Plan", "hasIndependentDemand"): (_COMMITMENT, "independentDemandOf"),
    ("Plan", "nonProcessCommitments"): (_COMMITMENT, "plannedWithin"),
    ("Plan", "processSpecifications"): ("ProcessSpecification", ""),
    ("ProcessSpecification", "processes"): ("Process", "basedOn"),
    (_COMMITMENT, "fulfilledBy"): (_EVENT, "fulfills"), (_INTENT, "satisfiedBy"): (_EVENT, "satisfies"),
    ("Claim", "settledBy"): (_EVENT, "settles"), (_INTENT, "publishedIn"): ("Proposal", "publishes"),
    (_EVENT, "correctedBy"): (_EVENT, "corrects"),
}  # fmt: skip
"""(class, field) → class of what stands there, and the field by which that one names this one in 1.0 ("": not at all)."""

NAMED_BY_NAME = {"Agent": "name", "ResourceSpecification": "name", "ProcessSpecification": "name", "SpatialThing": "name", "Unit": "label"}
"""Classes whose items may be named by their names where there is no id."""

_TELLTALE: tuple[tuple[str, frozenset[str]], ...] = (
    ("Proposal", frozenset({"proposedIntents", "publishes", "unitBased", "primaryIntents"})),
    ("ProposedIntent", frozenset({"publishedIn"})),
    ("RecipeExchange", frozenset({"hasRecipeClause", "recipeStipulates", "hasRecipeReciprocalClause"})),
    ("RecipeProcess", frozenset({"processConformsTo", "hasRecipeInput", "hasRecipeOutput", "hasDuration"})),
    ("RecipeFlow", frozenset({"recipeInputOf", "recipeOutputOf", "recipeClauseOf", "recipeReciprocalClauseOf"})),
    ("Plan", frozenset({"processSpecifications", "hasIndependentDemand"})),
    ("EconomicResource", frozenset({"accountingQuantity", "onhandQuantity", "conformsTo", "primaryAccountable", "trackingIdentifier"})),
    ("ResourceSpecification", frozenset({"substitutable", "defaultUnitOfResource", "mediumOfExchange"})),
    ("Fulfillment", frozenset({"fulfilledBy"})),
    ("Satisfaction", frozenset({"satisfiedBy"})),
    ("Settlement", frozenset({"settledBy"})),
    ("EconomicEvent", frozenset({"hasPointInTime", "toResourceInventoriedAs", "fulfills", "realizationOf"})),
    ("Commitment", frozenset({"due", "clauseOf", "satisfies", "independentDemandOf"})),
    ("Intent", frozenset({"availableQuantity", "minimumQuantity"})),
    ("EconomicEvent", frozenset({"action"})),
    ("Agent", frozenset({"latLng", "primaryLocation"})),
    ("SpatialThing", frozenset({"lat", "latitude", "mappableAddress"})),
    ("Unit", frozenset({"symbol", "omUnitIdentifier"})),
    ("Process", frozenset({"finished", "basedOn", "plannedWithin"})),
)


def typed(value: Mapping[str, Any]) -> str | None:
    """The class that an object says it is, in whatever spelling: `__typename`, `@type` or `type`."""
    for key in ("__typename", "@type", "type"):
        name = value.get(key)
        if isinstance(name, str) and (class_ := CLASS_OF.get(camel(name))):
            return class_
    return None


def class_of(value: Mapping[str, Any], expected: str | None = None) -> str | None:
    """The class of an object: as it says, as is expected where it stands, or as its fields tell."""
    if found := typed(value) or expected:
        return found
    names = {camel(name) for name in value}
    return next((class_ for class_, telling in _TELLTALE if names & telling), None)
