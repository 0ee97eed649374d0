"""Documents as JSON-LD: written and read back as plain trees; what others have written is expanded by rdflib."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ...problems import Problem, bad_input
from ..actions import ACTIONS
from ..ontology.model import COLLECTION_OF, COLLECTIONS, PURPOSES
from .context import CONTEXT, FIELDS, NAMESPACES, PUBLISHED
from .iris import DEFAULT_BASE, UnitNames, checked_base, has_no_id, identifier_of, is_description, reference, unit_name
from .values import LITERALS, full_uri, term_text

Document = dict[str, list[dict[str, Any]]]

_DEEPEST = 60


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: the document, and what it had no room for."""

    document: Document
    passed_over: tuple[Problem, ...] = ()


def to_jsonld(document: Mapping[str, Any], base: str = DEFAULT_BASE) -> dict[str, Any]:
    """A document as one JSON-LD object that explains itself. Keys that are no collection are not of the document.

    Args:
        base: The address under which ids become IRIs; it ends in a slash.

    Raises:
        ValueError: The base is none. BadInput: `flows.bad_document`, with the field.
    """
    return {"@context": [dict(CONTEXT), {"@base": checked_base(base)}], "@graph": nodes_of(document, base)}


def nodes_of(document: Mapping[str, Any], base: str) -> list[dict[str, Any]]:
    """The items of a document as nodes in the terms of our context, and the units that they name."""
    units = UnitNames(document.get("units", ()), base)
    nodes = []
    for collection, classes in COLLECTIONS.items():
        for place, item in enumerate(document.get(collection, ())):
            name, where = item.get("type", classes[0]), f"{collection}[{place}]"
            if name not in classes:
                raise bad_input("flows.bad_document", f"{name!r} is none of {', '.join(classes)}.", f"{where}.type")
            iri = units.record(item) if collection == "units" else reference(item["id"], base) if item.get("id") else None
            node: dict[str, Any] = {"id": iri} if iri else {}
            node["type"] = name
            for field, value in item.items():
                if value is not None and value != [] and field not in ("id", "type"):
                    node[field] = _written(name, field, value, units, base, where)
            nodes.append(node)
    described = [{"id": iri, "type": "Unit", **_described(unit)} for iri, unit in units.described.items()]
    return nodes + described


def from_jsonld(data: bytes | str | Mapping[str, Any] | list[Any], base: str | None = None) -> Document:
    """The document in any JSON-LD of Valueflows. `read_jsonld` also says what was passed over."""
    return read_jsonld(data, base).document


def read_jsonld(data: bytes | str | Mapping[str, Any] | list[Any], base: str | None = None) -> Reading:
    """Reads any JSON-LD: our own as it is, all other as triples. No context is fetched, and no number passes through a float.

    Args:
        data: JSON, or what was parsed from it (from YAML too) with numbers as text, int or Decimal.
        base: What IRIs are taken as ids relative to; by default that which the document says.

    Raises:
        BadInput: `flows.bad_jsonld`, `flows.unknown_context`, `flows.two_values`.
    """
    parsed = _parsed(data) if isinstance(data, bytes | str) else data
    if not isinstance(parsed, Mapping | list):
        raise bad_input("flows.bad_jsonld", "This is no JSON-LD: it is neither an object nor a list of objects.")
    if base is None:
        base = _base_of(parsed)
    own = _read_own(parsed, base)
    return own if own is not None else _read_triples(parsed, base)


def _written(name: str, field: str, value: Any, units: UnitNames, base: str, where: str) -> Any:
    where = f"{where}.{field}"
    if field not in FIELDS[name]:
        raise bad_input("flows.bad_document", f"{field!r} is no field of {name} in Valueflows 1.0.", where)
    kind, many = FIELDS[name][field]
    if many != isinstance(value, list):
        raise bad_input("flows.bad_document", f"{field} is {'a list' if many else 'one value, not a list'}.", where)
    return [_one_written(kind, one, units, base, where) for one in value] if many else _one_written(kind, value, units, base, where)


def _one_written(kind: str, value: Any, units: UnitNames, base: str, where: str) -> Any:
    wanted: type = {"measure": dict, "boolean": bool}.get(kind, str)
    fits = isinstance(value, wanted)
    if not fits:
        words = {"measure": 'a quantity like {"hasNumericalValue": "1", "hasUnit": "kg"}', "boolean": "true or false"}.get(kind, "a text")
        raise bad_input("flows.bad_document", f"This is not {words}.", where)
    if kind == "measure":
        return {"type": "Measure"} | {part: _written("Measure", part, one, units, base, where) for part, one in value.items() if one is not None}
    if kind == "geometry":
        return {"type": "Geometry", "asWKT": value}
    if kind == "term" and term_text(value) not in (*ACTIONS, *PURPOSES):
        raise bad_input("flows.bad_document", f"{value!r} is none of {', '.join((*ACTIONS, *PURPOSES))}.", where)
    if kind == "reference":
        return reference(value, base)
    if kind == "unit":
        return units.reference(value)
    return term_text(value) if kind == "term" else full_uri(value) if kind == "anyURI" else value


def _described(unit: dict[str, str]) -> dict[str, str]:
    return {name: full_uri(text) if name == "omUnitIdentifier" else text for name, text in unit.items()}


def _read_own(parsed: Any, base: str) -> Reading | None:
    """What `to_jsonld` has written, without triples: some 25 seconds for a million events. None if it is anything else."""
    if not isinstance(parsed, dict) or set(parsed) != {"@context", "@graph"} or parsed["@context"] != [CONTEXT, {"@base": base}]:
        return None
    document: Document = {}
    try:
        for node in parsed["@graph"]:
            collection, iri = COLLECTION_OF[node["type"]], node.get("id")
            if collection == "units" and is_description(iri, base):
                continue
            item = {} if iri is None or (collection == "units" and has_no_id(iri, base)) else {"id": identifier_of(iri, base)}
            if len(COLLECTIONS[collection]) > 1:
                item["type"] = node["type"]
            item |= {field: _read(node["type"], field, value, base) for field, value in node.items() if field not in ("id", "type")}
            document.setdefault(collection, []).append(item)
    except _Foreign:
        return None
    except (KeyError, TypeError, AttributeError):
        return None
    return Reading({name: document[name] for name in COLLECTIONS if name in document})


class _Foreign(Exception):
    """The value is not written as we write it."""


def _read(name: str, field: str, value: Any, base: str) -> Any:
    kind, many = FIELDS[name][field]
    if many != isinstance(value, list):
        raise _Foreign
    return [_one_read(kind, one, base) for one in value] if many else _one_read(kind, value, base)


def _one_read(kind: str, value: Any, base: str) -> Any:
    if kind == "measure":
        return {name: _read("Measure", name, one, base) for name, one in value.items() if name != "type"}
    if kind == "geometry":
        value = value["asWKT"]
    if kind == "boolean" and isinstance(value, bool):
        return value
    if not isinstance(value, str):
        raise _Foreign
    if kind in LITERALS:
        return LITERALS[kind](value)
    return unit_name(value, base) if kind == "unit" else identifier_of(value, base) if kind == "reference" else value


def _read_triples(parsed: Any, base: str) -> Reading:
    from rdflib import Graph
    from rdflib.plugins.parsers.jsonld import to_rdf

    from .triples import read_graph

    prepared = _prepared(parsed)
    graph = Graph(store="SimpleMemory")  # keeps triples in order; named graphs become part of the one
    try:
        to_rdf(prepared, graph, base=base, context_data=None if _speaks_otherwise(prepared) else dict(CONTEXT))
    except Exception as error:  # rdflib raises what its parts raise: KeyError, AttributeError, ValueError, …
        raise bad_input("flows.bad_jsonld", f"This is no JSON-LD that can be expanded: {type(error).__name__} {error}.") from error
    return read_graph(graph, base)


def _parsed(data: bytes | str) -> Any:
    try:
        return json.loads(data, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise bad_input("flows.bad_jsonld", f"This is no JSON: {error}.") from error


def _prepared(parsed: Any, depth: int = 0, key: str = "") -> Any:
    """The same tree with our context for published ones, and numbers as texts; refuses what would be fetched, and what is too deep."""
    if depth > _DEEPEST:
        raise bad_input("flows.bad_jsonld", f"This is nested deeper than {_DEEPEST} levels: write things side by side, and refer by id.")
    if key == "@context" and isinstance(parsed, str):
        if PUBLISHED.fullmatch(parsed):
            return dict(CONTEXT)
        raise bad_input("flows.unknown_context", f"The context {parsed} is not known here, and none is fetched: put its content in its place.", key)
    if isinstance(parsed, Mapping):
        if "@import" in parsed:
            raise bad_input("flows.unknown_context", "A context with @import is not read, because none is fetched.", "@import")
        return {str(name): _prepared(value, depth + 1, name) for name, value in parsed.items()}
    if isinstance(parsed, list | tuple):
        return [_prepared(value, depth + 1, key if key == "@context" else "") for value in parsed]
    if parsed is None or isinstance(parsed, bool | str):
        return parsed
    if isinstance(parsed, float):
        raise bad_input("flows.bad_jsonld", f"{parsed!r} is a binary fraction, which is no exact quantity: give it as text or Decimal.", key)
    return float(parsed) if key == "@version" else format(Decimal(parsed), "f") if abs(Decimal(parsed).adjusted()) < _DEEPEST else str(parsed)


def _speaks_otherwise(prepared: Any) -> bool:
    """Whether the outermost context makes plain names terms of another vocabulary than Valueflows."""
    contexts = prepared.get("@context", []) if isinstance(prepared, dict) else []
    words = [one["@vocab"] for one in (contexts if isinstance(contexts, list) else [contexts]) if isinstance(one, dict) and one.get("@vocab")]
    return bool(words) and words[-1] not in NAMESPACES


def _base_of(parsed: Any) -> str:
    contexts = parsed.get("@context", []) if isinstance(parsed, Mapping) else []
    bases = [one["@base"] for one in (contexts if isinstance(contexts, list) else [contexts]) if isinstance(one, Mapping) and one.get("@base")]
    return bases[-1] if bases and isinstance(bases[-1], str) else DEFAULT_BASE
