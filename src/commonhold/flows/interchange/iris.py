"""Ids of documents as IRIs, and back: every id has one, whatever it looks like, and no two share one.

What is an IRI already (`did:`, `urn:`, `http:`) stays as it is. All others stand under the base, percent-encoded:
`org:x` is `<base>org%3Ax`. So an id never holds a slash there, and `unit/` and `name/` are free for units.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote

from ..units import OM2, find_unit

DEFAULT_BASE = "https://document.invalid/"
"""What ids are resolved against when nobody has named a base. The ending belongs to nobody (RFC 2606)."""

_BASE = re.compile(r"https?://[!#-;=?-\[\]_a-z~]+/")
_IRI = re.compile(r"(did:[a-z0-9]+:|urn:[A-Za-z0-9][A-Za-z0-9-]{0,31}:|https?://[A-Za-z0-9])([A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+(#[\w.~:/?@!$&'()*+,;=-]*)?", re.ASCII)  # fmt: skip
_DOTS = re.compile(r"/\.{1,2}(/|$|[?#])")
_UNIT, _NAME = "unit/", "name/"


def checked_base(base: str) -> str:
    """The base itself. Raises ValueError if ids cannot be resolved against it."""
    if not _BASE.fullmatch(base):
        raise ValueError(f"{base!r} is no base for ids: give an http address that ends in a slash, like https://ledger.example/commons/")
    return base


@lru_cache(maxsize=65_536)
def reference(identifier: str, base: str) -> str:
    """The IRI of an id, relative to the base.

    >>> reference("org:x", DEFAULT_BASE), reference("did:key:z6Mk", DEFAULT_BASE)
    ('org%3Ax', 'did:key:z6Mk')
    """
    if _IRI.fullmatch(identifier) and not identifier.startswith(base) and not _DOTS.search(identifier):
        return identifier
    return _encoded(identifier)


@lru_cache(maxsize=65_536)
def identifier_of(iri: str, base: str) -> str:
    """The id that an IRI stands for: the other direction of `reference`, for absolute and relative IRIs.

    >>> identifier_of("https://document.invalid/org%3Ax", DEFAULT_BASE)
    'org:x'
    """
    local = iri.removeprefix(base)
    return unquote(local) if local != iri or not _IRI.fullmatch(iri) else iri


def _encoded(text: str) -> str:
    """One segment of a path that no resolver changes."""
    encoded = quote(text, safe="")
    return encoded if encoded.strip(".") else encoded.replace(".", "%2E")


class UnitNames:
    """The IRIs of units: records of the document, units of OM 2, and all other names.

    Units that are no records are described all the same, so that each unit in what we write is a `vf:Unit` with a label.
    """

    def __init__(self, records: Iterable[dict[str, Any]], base: str) -> None:
        self._base = base
        self._records = {}
        for record in records:
            name, under = (record["id"], "") if "id" in record else (record.get("label", ""), _UNIT)
            self._records[name] = reference(name, base) if not under else under + _encoded(name)
        self.described: dict[str, dict[str, str]] = {}

    def record(self, item: dict[str, Any]) -> str:
        """The IRI of a record: of its label, if it has no id."""
        return self._records[item["id"] if "id" in item else item.get("label", "")]

    def reference(self, name: str) -> str:
        """The IRI of a unit's name as it stands in quantities."""
        if name in self._records:
            return self._records[name]
        unit = find_unit(name)
        iri = OM2 + name if unit and unit.om and unit.name == name else _NAME + _encoded(name)
        self.described.setdefault(iri, {"label": name} | ({"omUnitIdentifier": unit.om} if unit and unit.om else {}))
        return iri


def unit_name(iri: str, base: str) -> str:
    """The name of the unit that an IRI stands for."""
    if iri.startswith(OM2):
        local = iri[len(OM2) :]
        unit = find_unit(local)
        return local if unit and unit.name == local else f"om2:{local}"
    local = iri.removeprefix(base)
    for under in (_UNIT, _NAME):
        if local.startswith(under):
            return unquote(local[len(under) :])
    return identifier_of(iri, base)


def is_description(iri: str, base: str) -> bool:
    """Whether the IRI is of a unit that needs no record: `UnitNames` has described it."""
    return iri.removeprefix(base).startswith(_NAME) or (iri.startswith(OM2) and not unit_name(iri, base).startswith("om2:"))


def has_no_id(iri: str, base: str) -> bool:
    """Whether the IRI is of a unit that is a record without an id."""
    return iri.removeprefix(base).startswith(_UNIT)
