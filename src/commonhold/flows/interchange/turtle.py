"""Documents as Turtle: written line by line, without a library; read with rdflib."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...problems import bad_input
from ..ontology.model import VF
from .context import GEOSPARQL, KINDS, OURS, OWN, XSD
from .iris import DEFAULT_BASE, checked_base
from .jsonld import Document, Reading, nodes_of

_BASE = re.compile(r"^\s*(?:@base|BASE)\s+<([^<>]*)>", re.MULTILINE | re.IGNORECASE)
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"} | {chr(code): f"\\u{code:04X}" for code in (*range(9), 11, 12, *range(14, 32), 127)})  # fmt: skip


def to_turtle(document: Mapping[str, Any], base: str = DEFAULT_BASE) -> str:
    """A document as Turtle: the same triples as `to_jsonld`, things in the order of the document.

    Raises:
        ValueError: The base is none. BadInput: `flows.bad_document`, with the field.
    """
    return "".join(turtle_lines(document, base))


def turtle_lines(document: Mapping[str, Any], base: str = DEFAULT_BASE) -> Iterator[str]:
    """The same, piece by piece, for documents that are large."""
    yield f"@base <{checked_base(base)}> .\n@prefix vf: <{VF}> .\n@prefix xsd: <{XSD}> .\n@prefix geosparql: <{GEOSPARQL}> .\n"
    for node in nodes_of(document, base):
        subject = f"<{node['id']}>" if "id" in node else "[]"
        said = [f"    {predicate} {', '.join(values)}" for predicate, values in _statements(node)]
        yield f"\n{subject} a vf:{node['type']}" + "".join(f" ;\n{one}" for one in said) + " .\n"


def from_turtle(text: str, base: str | None = None) -> Document:
    """The document in any Turtle of Valueflows. `read_turtle` also says what was passed over."""
    return read_turtle(text, base).document


def read_turtle(text: str, base: str | None = None) -> Reading:
    """Reads Turtle.

    Args:
        base: What IRIs are taken as ids relative to; by default that which the text says.

    Raises:
        BadInput: `flows.bad_turtle`, `flows.two_values`.
    """
    from rdflib import Graph

    from .triples import read_graph

    found = _BASE.search(text)
    base = base or (found[1] if found else DEFAULT_BASE)
    try:
        graph = Graph(store="SimpleMemory").parse(data=text, format="turtle", publicID=base)
    except Exception as error:  # rdflib raises what its parts raise: BadSyntax, RecursionError, ValueError, …
        message = str(getattr(error, "message", "") or error).strip().splitlines()
        raise bad_input("flows.bad_turtle", f"This is no Turtle: {message[0][:200] if message else type(error).__name__}.") from error
    return read_graph(graph, base)


def _statements(node: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for field, value in node.items():
        if field not in ("id", "type"):
            prefix = f"<{OURS}{field}>" if field in OWN else f"vf:{field}"
            yield prefix, [_object(KINDS[field], one) for one in (value if isinstance(value, list) else [value])]


def _object(kind: str, value: Any) -> str:
    if kind == "measure":
        inner = [f"{predicate} {values[0]}" for predicate, values in _statements(value)]
        return f"[ {' ; '.join(['a vf:Measure', *inner])} ]"
    if kind == "geometry":
        return f"[ a geosparql:Geometry ; geosparql:asWKT {_quoted(value['asWKT'])}^^geosparql:wktLiteral ]"
    if kind in ("reference", "unit"):
        return f"<{value}>"
    if kind == "term":
        return f"vf:{value}" if re.fullmatch(r"[A-Za-z]+", value) else _quoted(value)
    if kind == "boolean":
        return "true" if value else "false"
    return _quoted(value) if kind == "string" else f"{_quoted(value)}^^xsd:{kind}"


def _quoted(text: str) -> str:
    return f'"{text.translate(_ESCAPES)}"'
