"""A file of flows, whatever form it has, as a document."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath as Path
from typing import Any

from ...problems import BadInput, Problem
from .document import AGENTS, CLASSES, Document
from .legacy import normalise
from .legacy_values import read_json


def read_document(data: bytes, name: str = "") -> tuple[Document, list[Problem]]:
    """The document in a file, and what of the file it does not hold.

    Args:
        data: JSON-LD, Turtle, or JSON of one of the shapes that `legacy.py` knows. name: Of the file: `.ttl` is Turtle.

    Raises:
        BadInput: It is none of these.
    """
    document, left_out = _read(data, name)
    if not any(document.get(key) for key in (AGENTS, *CLASSES)):
        raise BadInput(*(left_out or [Problem("flows.nothing_there", "There is nothing of Valueflows in this file.", "file")]))
    return document, left_out


def _read(data: bytes, name: str) -> tuple[Document, list[Problem]]:
    if name.endswith(".ttl") or data.lstrip()[:7].lower() in (b"@prefix", b"prefix "):
        from .turtle import read_turtle

        return _reading(read_turtle(data.decode("utf-8", "replace")))
    plain = read_json(data)
    if _is_linked(plain):
        from .jsonld import read_jsonld

        return _reading(read_jsonld(data))
    return normalise(plain, named=Path(name).stem)


def _is_linked(plain: Any) -> bool:
    first = plain[0] if isinstance(plain, list) and plain else plain
    return isinstance(first, Mapping) and any(str(key).startswith("@") for key in first)


def _reading(found: Any) -> tuple[Document, list[Problem]]:
    return found.document, list(found.passed_over)
