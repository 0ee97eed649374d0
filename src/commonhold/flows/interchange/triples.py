"""From triples to a document."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rdflib import RDF, RDFS, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from ...problems import BadInput, Problem
from ..ontology.model import COLLECTION_OF, COLLECTIONS, COUNTED, PARENTS, PROPERTIES, Property, is_a
from .context import FIELDS, GEOSPARQL, KINDS, local_name
from .iris import has_no_id, identifier_of, is_description, unit_name
from .jsonld import Document, Reading
from .values import LITERALS, term_text

_WKT = URIRef(GEOSPARQL + "asWKT")


def read_graph(graph: Graph, base: str) -> Reading:
    """What the triples say in Valueflows 1.0: items in the order in which they are first named a class.

    Inverses (`hasInput`) are read as what they are the inverse of. Things and properties that Valueflows does not have are
    passed over and told.

    Raises:
        BadInput: `flows.two_values`: a property that has one value at most is said to have two.
    """
    return _Reader(graph, base).read()


class _Reader:
    """One reading: items by node, and what was passed over, counted."""

    def __init__(self, graph: Graph, base: str) -> None:
        self._graph = graph
        self._base = base
        self._classes: dict[Node, str] = {}
        self._passed: Counter[tuple[str, str]] = Counter()
        self._refused: list[Problem] = []
        self._inverses: list[tuple[Node, Property, Node]] = []
        self._blank: dict[Node, str] = {}

    def read(self) -> Reading:
        for node, type_ in self._graph.subject_objects(RDF.type):
            self._classify(node, str(type_))
        items = {node: self._item(node, name) for node, name in self._classes.items()}
        self._read_inverses(items)
        if self._refused:
            raise BadInput(*self._refused)
        document: Document = {}
        for node, item in items.items():
            document.setdefault(COLLECTION_OF[self._classes[node]], []).append(item)
        told = tuple(Problem("flows.passed_over", f"{words} ({count} times).", field) for (field, words), count in self._passed.items())
        return Reading({name: document[name] for name in COLLECTIONS if name in document}, told)

    def _classify(self, node: Node, type_: str) -> None:
        name = local_name(type_)
        if name is not None and name in COLLECTION_OF:
            if name == "Unit" and isinstance(node, URIRef) and is_description(str(node), self._base):
                return
            if node not in self._classes or PARENTS[name] == self._classes[node]:
                self._classes[node] = name
        elif name != "Measure" and type_ != GEOSPARQL + "Geometry":
            self._passed["type", f"{type_} is no class of Valueflows 1.0: passed over"] += 1

    def _item(self, node: Node, name: str) -> dict[str, Any]:
        item: dict[str, Any] = {}
        if not (isinstance(node, URIRef) and has_no_id(str(node), self._base)) and not (isinstance(node, BNode) and name == "Unit"):
            item["id"] = self._identifier(node)
        if len(COLLECTIONS[COLLECTION_OF[name]]) > 1:
            item["type"] = name
        found: dict[str, list[Any]] = {}
        for predicate, value in self._graph.predicate_objects(node):
            field = local_name(str(predicate)) or ("label" if name == "Unit" else "name") * (predicate == RDFS.label) or str(predicate)
            if predicate == RDF.type:
                continue
            if field in PROPERTIES and PROPERTIES[field].inverse_of:
                self._inverses.append((node, PROPERTIES[field], value))
            elif field not in FIELDS[name]:
                self._passed[field, f"{field} is no property of {name} in Valueflows 1.0: passed over"] += 1
            else:
                values = found.setdefault(field, [])
                for one in self._graph.items(value) if (value, RDF.first, None) in self._graph else (value,):
                    read = self._value(KINDS[field], field, one)
                    values.extend([read] if read is not None and read not in values else [])
        for field, values in found.items():
            if FIELDS[name][field][1]:
                item[field] = values
            elif len(values) == 1:
                item[field] = values[0]
            elif values:
                self._two_values(name, item.get("id", ""), field)
        return item

    def _two_values(self, name: str, identifier: str, field: str) -> None:
        if name == "EconomicResource" and field in COUNTED:
            self._passed[field, f"{field} of a resource is said to be two things, and is counted from events: passed over"] += 1
        else:
            self._refused.append(Problem("flows.two_values", f"{identifier} has more than one {field}, and may have one.", field))

    def _value(self, kind: str, field: str, value: Node) -> Any:
        text = str(value)
        if kind == "measure":
            return self._measure(field, value)
        if kind == "geometry":
            return text if isinstance(value, Literal) else str(self._graph.value(value, _WKT) or "") or None
        if kind in LITERALS:
            return LITERALS[kind](text)
        if kind == "term":
            return term_text((local_name(text) or text) if isinstance(value, URIRef) else text)
        return self._unit(value) if kind == "unit" else self._identifier(value)

    def _measure(self, field: str, node: Node) -> dict[str, str] | None:
        found: dict[str, str] = {}
        for predicate, value in self._graph.predicate_objects(node):
            name = local_name(str(predicate))
            if name in ("hasNumericalValue", "hasUnit"):
                if name in found:
                    self._refused.append(Problem("flows.two_values", f"A quantity has more than one {name}, and may have one.", field))
                found[name] = self._value(KINDS[name], field, value)
        if not found:
            self._passed[field, f"{field} is no quantity: passed over"] += 1
            return None
        return {name: found[name] for name in ("hasNumericalValue", "hasUnit") if name in found}

    def _read_inverses(self, items: dict[Node, dict[str, Any]]) -> None:
        """`process hasInput event` is `event inputOf process`."""
        for subject, inverse, value in self._inverses:
            direct = PROPERTIES[inverse.inverse_of or ""]
            if value not in items or not is_a(self._classes[subject], inverse.domain) or not is_a(self._classes[value], direct.domain):
                self._passed[inverse.name, f"{inverse.name} joins other things than the ontology has it join: passed over"] += 1
                continue
            identifier = self._identifier(subject)
            there = items[value].setdefault(direct.name, [] if direct.many else identifier)
            if direct.many:
                there.extend([identifier] if identifier not in there else [])
            elif there != identifier:
                self._two_values(self._classes[value], items[value].get("id", ""), direct.name)

    def _identifier(self, node: Node) -> str:
        """The id of a node; what has none is numbered, in the order in which it is met."""
        if isinstance(node, BNode):
            return self._blank.setdefault(node, f"_:b{len(self._blank) + 1}")
        return identifier_of(str(node), self._base)

    def _unit(self, node: Node) -> str:
        """The name of a unit; of one without an IRI, its label."""
        if not isinstance(node, BNode):
            return unit_name(str(node), self._base)
        labels = [str(value) for predicate, value in self._graph.predicate_objects(node) if local_name(str(predicate)) == "label"]
        return labels[0] if labels else self._identifier(node)
