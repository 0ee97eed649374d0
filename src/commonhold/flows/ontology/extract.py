"""Writes `actions.json` and `model.json` from the ontology's Turtle file: `python -m commonhold.flows.ontology.extract all_vf.TTL`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from rdflib import OWL, RDF, RDFS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from ..actions import ACTIONS, Behaviour

VF = Namespace("https://w3id.org/valueflows/ont/vf#")
STATUS = URIRef("http://www.w3.org/2003/06/sw-vocab-status/ns#term_status")
LICENCES = {"https://creativecommons.org/licenses/by-sa/4.0/": "CC-BY-SA-4.0"}
SOURCE = "all_vf.TTL of valueflows/valueflows@4a28edf"
"""The commit is not said in the file itself: change it together with the file."""


def main(source: Path, folder: Path = Path(__file__).parent) -> None:
    """Reads the ontology and writes both files into the folder."""
    graph = Graph().parse(source, format="turtle")
    for name, content in (("actions", actions_of(graph)), ("model", model_of(graph))):
        text = json.dumps({**_origin(graph), **content}, indent=1) + "\n"
        (folder / f"{name}.json").write_text(text, encoding="utf-8")


def actions_of(graph: Graph) -> dict[str, Any]:
    """What each action does, in the order of `ACTIONS`. Raises ValueError if the ontology has other actions."""
    found = {_name(action) for action in graph.subjects(RDF.type, VF.Action)}
    if found != set(ACTIONS):
        raise ValueError(f"The ontology has other actions than this version of Commonhold: {sorted(found ^ set(ACTIONS))}")
    return {"actions": {action: {effect: _one(graph, VF[action], VF[effect]) for effect in Behaviour.__struct_fields__} for action in ACTIONS}}


def model_of(graph: Graph) -> dict[str, Any]:
    """Classes, properties and named values, by name."""
    unions = {node: [_name(member) for member in Collection(graph, first)] for node, first in graph.subject_objects(OWL.unionOf)}
    named = {node for node in graph.subjects(RDF.type, OWL.Class) if isinstance(node, URIRef) and node not in unions}
    values: dict[str, list[str]] = {}
    for value in graph.subjects(RDF.type, OWL.NamedIndividual):
        for kind in set(graph.objects(value, RDF.type)) - {OWL.NamedIndividual, VF.Action}:
            values.setdefault(_name(kind), []).append(_name(value))
    classes = {_name(node): _class(graph, node) for node in named if _name(node) not in values}
    properties = {
        _name(node): {"kind": kind, **_property(graph, node, unions)}
        for kind, of in (("object", OWL.ObjectProperty), ("data", OWL.DatatypeProperty))
        for node in graph.subjects(RDF.type, of)
    }
    return {"classes": _sorted(classes), "properties": _sorted(properties), "values": {name: sorted(values[name]) for name in sorted(values)}}


def _class(graph: Graph, node: Node) -> dict[str, Any]:
    parents = [_name(parent) for parent in graph.objects(node, RDFS.subClassOf) if str(parent).startswith(VF)]
    return {"status": _one(graph, node, STATUS)} | ({"subClassOf": parents[0]} if parents else {})


def _property(graph: Graph, node: Node, unions: dict[Node, list[str]]) -> dict[str, Any]:
    entry: dict[str, Any] = {"status": _one(graph, node, STATUS)}
    for name, of in (("domain", RDFS.domain), ("range", RDFS.range)):
        entry[name] = sorted({one for each in graph.objects(node, of) for one in unions.get(each, [_name(each)])})
    exact, most = graph.value(node, OWL.cardinality), graph.value(node, OWL.maxCardinality)
    entry["cardinality"] = str(exact) if exact is not None else f"0..{most}" if most is not None else "*"
    inverse = graph.value(node, OWL.inverseOf)
    return entry | ({"inverseOf": _name(inverse)} if inverse is not None else {})


def _origin(graph: Graph) -> dict[str, str]:
    ontology = graph.value(predicate=RDF.type, object=OWL.Ontology)
    assert ontology is not None, "the file declares no ontology"
    licence = _one(graph, ontology, URIRef("http://purl.org/dc/terms/license"))
    return {"ontology": str(VF), "version": _one(graph, ontology, OWL.versionInfo), "source": SOURCE, "licence": LICENCES[licence]}


def _one(graph: Graph, subject: Node, predicate: URIRef) -> str:
    """The only value. Raises ValueError if there are several or none."""
    found = list(graph.objects(subject, predicate))
    if len(found) != 1:
        raise ValueError(f"{subject} has {len(found)} values of {predicate}, not one")
    return str(found[0]) if isinstance(found[0], Literal) else _name(found[0])


def _name(node: Node) -> str:
    """The local name: what stands after the last `#` or `/`."""
    assert not isinstance(node, BNode), "classes without a name are unions, and resolved before"
    return str(node).replace("/", "#").rpartition("#")[2]


def _sorted(items: dict[str, Any]) -> dict[str, Any]:
    return {name: items[name] for name in sorted(items)}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
