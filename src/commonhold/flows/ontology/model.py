"""The classes and properties of Valueflows 1.0.0 as `model.json` has them, and the collections of a document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

VF = "https://w3id.org/valueflows/ont/vf#"


@dataclass(frozen=True, slots=True)
class Property:
    """A property of the ontology.

    Attributes:
        name: Its local name.
        domain: The classes that have it, as the ontology lists them: without subclasses.
        range: The classes or datatypes of its values.
        cardinality: `1`, `0..1` or `*`.
        inverse_of: The property that says the same from the other side, and is the one that is stored.
    """

    name: str
    domain: tuple[str, ...]
    range: tuple[str, ...]
    cardinality: str
    inverse_of: str | None

    @property
    def many(self) -> bool:
        """Whether there may be several values."""
        return self.cardinality == "*"


_DATA: Mapping[str, Any] = json.loads(files("commonhold.flows").joinpath("ontology/model.json").read_bytes())

VERSION: str = _DATA["version"]
PARENTS: Mapping[str, str | None] = {name: entry.get("subClassOf") for name, entry in _DATA["classes"].items()}
"""Each class, and the class that it is a subclass of, if any."""
PROPERTIES: Mapping[str, Property] = {
    name: Property(name, tuple(entry["domain"]), tuple(entry["range"]), entry["cardinality"], entry.get("inverseOf"))
    for name, entry in _DATA["properties"].items()
}
PURPOSES: tuple[str, ...] = tuple(_DATA["values"]["ProposalPurpose"])

COLLECTIONS: Mapping[str, tuple[str, ...]] = {
    "agents": ("Person", "Organization", "EcologicalAgent", "Agent"),
    **{
        name[0].lower() + name[1:] + ("es" if name.endswith("s") else "s"): (name,)
        for name in (
            "Unit", "ResourceSpecification", "ProcessSpecification", "Recipe", "RecipeProcess", "RecipeExchange", "RecipeFlow", "Plan", "Process",
            "Intent", "Commitment", "Claim", "Agreement", "AgreementBundle", "Proposal", "ProposalList", "SpatialThing", "BatchLotRecord",
            "EconomicResource", "EconomicEvent",
        )
    },
}  # fmt: skip
"""The lists of a document, in order, and the classes of their items. Where there are several, items say theirs as `type`."""
COLLECTION_OF: Mapping[str, str] = {name: collection for collection, names in COLLECTIONS.items() for name in names}

COUNTED = frozenset({"accountingQuantity", "onhandQuantity", "containedIn", "currentLocation", "primaryAccountable", "stage", "state"})
"""What an EconomicResource has because of its events. It may stand in a document, and is not stored."""


def properties_of(name: str) -> list[Property]:
    """The properties of a class, with those of the class above it."""
    classes = {name, PARENTS[name]}
    return [one for one in PROPERTIES.values() if classes & set(one.domain)]


def is_a(name: str, wanted: tuple[str, ...]) -> bool:
    """Whether a class is one of those wanted, or a subclass of one."""
    return name in wanted or PARENTS.get(name) in wanted
