"""The JSON-LD context of Valueflows 1.0.0, made from the model, and what kind of value each property has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..actions import ACTIONS
from ..ontology.model import PARENTS, PROPERTIES, PURPOSES, VF, Property, properties_of
from ..units import OM2

XSD = "http://www.w3.org/2001/XMLSchema#"
GEOSPARQL = "http://www.opengis.net/ont/geosparql#"
OURS = "urn:commonhold:vf:"
OWN = {"mayOverdraw": ("EconomicResource", "boolean")}
"""Fields of documents that are not in the ontology: the class that has them, and the kind of value."""

PUBLISHED = re.compile(r"https?://w3id\.org/valueflows(/ont(/1\.0\.0)?)?(/vf(-context)?(\.jsonld|\.json)?)?[/#]?")
"""The names under which a context of Valueflows is referred to. Ours stands for all of them."""
NAMESPACES = (VF, "http://w3id.org/valueflows/ont/vf#", "https://w3id.org/valueflows#", "http://w3id.org/valueflows#")
"""The namespaces that the vocabulary has had, newest first."""
ALIASES = {
    OM2 + "hasUnit": "hasUnit",
    OM2 + "hasNumericalValue": "hasNumericalValue",
    OM2 + "symbol": "symbol",
    **{f"http://www.w3.org/2003/01/geo/wgs84_pos#{name}": name for name in ("lat", "long", "alt", "SpatialThing")},
    "http://www.w3.org/2000/01/rdf-schema#comment": "note",
    "http://www.w3.org/2004/02/skos/core#note": "note",
    "http://purl.org/dc/terms/created": "created",
    "http://xmlns.com/foaf/0.1/Person": "Person",
    "http://xmlns.com/foaf/0.1/Agent": "Agent",
    "http://www.w3.org/ns/org#Organization": "Organization",
}
"""Terms of other vocabularies that versions before 1.0 used in place of their own."""

_DATATYPES = {"boolean": XSD + "boolean", "dateTimeStamp": XSD + "dateTimeStamp", "anyURI": XSD + "anyURI", "decimal": XSD + "decimal"}


def value_kind(one: Property) -> str:
    """How values of a property are written.

    One of: `measure` (a quantity), `unit`, `term` (a named value of the ontology), `geometry`, `reference` (the id of
    something), and the datatypes `string`, `boolean`, `dateTimeStamp`, `anyURI`, `decimal`.
    """
    special = {"Measure": "measure", "Unit": "unit", "Action": "term", "ProposalPurpose": "term", "Geometry": "geometry", "numericUnion": "decimal"}
    first = one.range[0]
    if first in special:
        return special[first]
    return "reference" if first in PARENTS else "term" if first[0].isupper() else first


KINDS: Mapping[str, str] = {name: value_kind(one) for name, one in PROPERTIES.items()} | {name: kind for name, (_, kind) in OWN.items()}
"""The kind of value of every field of a document."""


FIELDS: Mapping[str, Mapping[str, tuple[str, bool]]] = {
    name: {one.name: (KINDS[one.name], one.many) for one in properties_of(name) if not one.inverse_of}
    | {field: (kind, False) for field, (owner, kind) in OWN.items() if owner == name}
    for name in PARENTS
}
"""The fields that items of each class may have in a document: the kind of value, and whether it is a list. No inverses."""


def local_name(iri: str) -> str | None:
    """The name in Valueflows 1.0 of a class or property or value, or None."""
    for namespace in NAMESPACES:
        if iri.startswith(namespace):
            return iri[len(namespace) :]
    return iri[len(OURS) :] if iri.startswith(OURS) else ALIASES.get(iri)


def _term(name: str) -> Any:
    kind = KINDS[name]
    kinds = {"term": "@vocab", "unit": "@id", "reference": "@id"}
    entry = {"@id": (OURS if name in OWN else VF) + name}
    if type_ := kinds.get(kind, _DATATYPES.get(kind)):
        entry["@type"] = type_
    if name in PROPERTIES and PROPERTIES[name].many:
        entry["@container"] = "@set"
    return entry if len(entry) > 1 else entry["@id"]


CONTEXT: Mapping[str, Any] = {
    "id": "@id",
    "type": "@type",
    "@vocab": VF,
    "vf": VF,
    "om2": OM2,
    "om": OM2,
    "xsd": XSD,
    "Geometry": GEOSPARQL + "Geometry",
    "asWKT": {"@id": GEOSPARQL + "asWKT", "@type": GEOSPARQL + "wktLiteral"},
    **{name: VF + name for name in (*PARENTS, *ACTIONS, *PURPOSES)},
    **{name: _term(name) for name in KINDS},
}
"""What our documents carry with them. Values of `action` and `purpose` are terms of the ontology; numbers are decimals."""
