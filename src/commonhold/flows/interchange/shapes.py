"""SHACL shapes of Valueflows 1.0.0, made from the model: what any validator can check our documents with.

The ontology is of an open world, and so are the shapes: what is referred to need not be described, but if it is, it is of
the class that the property leads to. A property belongs to the classes of its domain.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..actions import ACTIONS
from ..ontology.model import PARENTS, PROPERTIES, PURPOSES, VERSION, VF, Property
from .context import GEOSPARQL, XSD, value_kind

_HEAD = f"""\
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix xsd: <{XSD}> .
@prefix geosparql: <{GEOSPARQL}> .
@prefix vf: <{VF}> .

# Shapes of Valueflows {VERSION}, generated from the ontology's domains, ranges and cardinalities.
"""
_NUMBERS = ("decimal", "integer", "double", "float")


def shapes() -> str:
    """The shapes as Turtle."""
    return _HEAD + "".join(_property_shape(one) for one in PROPERTIES.values()) + "".join(_class_shapes())


def _property_shape(one: Property) -> str:
    """What is said by a property: by which classes, of what, how often."""
    domain = _either([f"[ sh:class vf:{name} ]" for name in _with_subclasses(one.domain)])
    count = "" if one.many else " ; sh:maxCount 1"
    return f"\n[] a sh:NodeShape ; sh:targetSubjectsOf vf:{one.name} ;\n    {domain} ;\n    sh:property [ sh:path vf:{one.name}{count} ; {_range(one)} ] .\n"


def _class_shapes() -> Iterator[str]:
    """What must be said of the things of a class."""
    for name in PARENTS:
        required = [one.name for one in PROPERTIES.values() if one.cardinality == "1" and name in one.domain and name != "Action"]
        for field in required:
            yield f"\n[] a sh:NodeShape ; sh:targetClass vf:{name} ;\n    sh:property [ sh:path vf:{field} ; sh:minCount 1 ] .\n"


def _range(one: Property) -> str:
    kind = value_kind(one)
    if kind == "decimal":
        return _either([f"[ sh:datatype xsd:{name} ]" for name in _NUMBERS])
    if kind == "term":
        values = ACTIONS if one.range == ("Action",) else PURPOSES if one.range == ("ProposalPurpose",) else ()
        return f"sh:in ( {' '.join(f'vf:{value}' for value in values)} )" if values else "sh:nodeKind sh:IRI"
    if kind == "measure":
        return "sh:class vf:Measure ; sh:property [ sh:path vf:hasNumericalValue ; sh:minCount 1 ] , [ sh:path vf:hasUnit ; sh:minCount 1 ]"
    if kind == "geometry":
        return "sh:class geosparql:Geometry"
    if kind in ("reference", "unit"):
        described = [f"[ sh:class vf:{name} ]" for name in _with_subclasses(one.range)]
        return f"sh:nodeKind sh:BlankNodeOrIRI ; {_either([*described, '[ sh:property [ sh:path rdf:type ; sh:maxCount 0 ] ]'])}"
    return f"sh:datatype xsd:{kind}"


def _with_subclasses(names: tuple[str, ...]) -> list[str]:
    return [name for name, parent in PARENTS.items() if name in names or parent in names]


def _either(shapes_: list[str]) -> str:
    return f"sh:or ( {' '.join(shapes_)} )"
