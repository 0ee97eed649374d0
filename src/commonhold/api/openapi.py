"""The OpenAPI 3.1 document, from the routes and the shapes of what they take and answer."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import msgspec

from .. import __version__
from .reads import API_VERSION
from .routes import PATH_PARTS, Route
from .shapes import ProblemDocument
from .table import routes

_REF = "#/components/schemas/{name}"
_ERRORS = {
    400: "The request is not of the form that was asked for.",
    401: "A token is missing, unknown or has expired.",
    403: "Whoever asks may not do this.",
    404: "There is no such thing.",
    405: "The address does not take this method.",
    411: "The length of the body is missing.",
    413: "The request is too large.",
    415: "The body is of another type than was asked for.",
    422: "The rules of the commons do not allow it.",
    500: "This should not happen.",
    503: "The store is busy or out of reach; nothing was written.",
}
_TAGS = {
    "read": "What everybody may see.",
    "journal": "Checkpoints, tiles, entries and receipts, in the layout of C2SP tlog-tiles; landing signed entries.",
    "commands": "Acting in a commons, with a token.",
}


@cache
def document() -> dict[str, Any]:
    """The document."""
    queries = [route.query for route in routes()]
    bodies = [route.body for route in routes() if route.body is not None]
    answers = [shape for route in routes() for shape in (route.answers, route.answers_many) if shape is not None]
    types = list(dict.fromkeys([*queries, *bodies, *answers, ProblemDocument]))
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    shapes = dict(zip(types, schemas, strict=True))
    paths: dict[str, Any] = {}
    for route in routes():
        operation = _operation(route, shapes, components)
        paths.setdefault(f"/api/{route.path}", {})[route.method.lower()] = operation
    for query in set(queries):
        components.pop(query.__name__, None)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Commonhold",
            "version": f"{API_VERSION}",
            "summary": "The ledger of a commons.",
            "description": f"Commonhold {__version__}. How to use it: docs/reference/api.md.",
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _operation(route: Route, shapes: dict[Any, Any], components: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [route.tag],
        "parameters": [*_path_parameters(route), *_query_parameters(route, components), *_header_parameters(route)],
        "responses": {"200": {"description": "Done." if route.method == "POST" else "Here it is.", "content": _content(route, shapes)}},
    }
    for status in sorted({*route.errors, 405, 500}):
        problem = {"application/problem+json": {"schema": {"$ref": _REF.format(name="ProblemDocument")}}}
        operation["responses"][str(status)] = {"description": _ERRORS[status], "content": problem}
    if route.state is not None:
        operation["responses"]["304"] = {"description": "Nothing has changed."}
    if route.takes:
        body = shapes[route.body] if route.body else {"type": "object", "description": "A signed entry, byte for byte."}
        lines = {"type": "string", "description": "Signed entries, one in a line."}
        operation["requestBody"] = {"required": True, "content": {media: {"schema": lines if "jsonl" in media else body} for media in route.takes}}
    if route.token:
        operation["security"] = [{"token": []}]
    return operation


def _content(route: Route, shapes: dict[Any, Any]) -> dict[str, Any]:
    media = route.media.partition(";")[0]
    if route.answers is not None:
        schema = shapes[route.answers]
        return {media: {"schema": {"anyOf": [schema, shapes[route.answers_many]]} if route.answers_many else schema}}
    if media == "application/json":
        return {media: {"schema": {"type": "object"}}}
    return {media: {"schema": {"type": "string"}}} if media.startswith("text/") else {media: {}}


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {
            "name": name, "in": "path", "required": True, "description": PATH_PARTS[name][1],
            "schema": {"type": "string", "pattern": f"^({PATH_PARTS[name][0]})$"},
        }
        for name in re.findall(r"\{(\w+)\}", route.path)
    ]  # fmt: skip


def _query_parameters(route: Route, components: dict[str, Any]) -> list[dict[str, Any]]:
    shape = components.get(route.query.__name__, {})
    return [
        {"name": name, "in": "query", "required": False, "description": schema.get("description", ""), "schema": schema}
        for name, schema in shape.get("properties", {}).items()
    ]


def _header_parameters(route: Route) -> list[dict[str, Any]]:
    if not route.token:
        return []
    text = "Sent again with the same key, a request is done once."
    return [
        {
            "name": "Idempotency-Key", "in": "header", "required": False, "description": text,
            "schema": {"type": "string", "pattern": "^[!-~]{1,150}$"},
        }
    ]  # fmt: skip
