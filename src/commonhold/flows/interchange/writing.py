"""A document as a file."""

from __future__ import annotations

import json
from typing import Literal

from .document import Document, Item

Form = Literal["document", "jsonld", "turtle"]


OWN_FIELDS = frozenset({"custodian", "mayOverdraw", "newInventoriedResource"})
"""What our documents say beyond the ontology. Linked data says the rest: who holds what follows from the events."""


OF_INTENTS = frozenset({"clauseOf", "reciprocalClauseOf"})
"""The same, in intents; commitments have them in the ontology."""


def _without_own(key: str, item: Item) -> Item:
    own = OWN_FIELDS | OF_INTENTS if key == "intents" else OWN_FIELDS
    return {name: value for name, value in item.items() if name not in own}


def base_of(origin: str) -> str:
    """The address under which the things of a commons are called: by the origin of its journal, which is given once."""
    return f"https://{origin}/flows/"


def written(document: Document, origin: str, form: Form) -> str:
    """The text of a document. origin: Of the journal that it comes from."""
    if form == "document":
        return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    document = {key: [_without_own(key, item) for item in items] for key, items in document.items()}
    if form == "turtle":
        from .turtle import to_turtle

        return to_turtle(document, base_of(origin))
    from .jsonld import to_jsonld

    return json.dumps(to_jsonld(document, base_of(origin)), ensure_ascii=False, indent=1) + "\n"
