"""What an entry says, as a table: one line for each field, with links to what it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from markupsafe import Markup

from ..node.flow_pages import CLASS_OF
from .flow_words import Names, named

FIELDS_MAX = 300
"""A table of more lines is no longer read; the bytes of the entry have the rest."""
LONG = 300
"""A text of more characters is folded up."""


@dataclass(frozen=True, slots=True)
class Field:
    """A line: where it stands (`event.provider`, `shares[0].amount`), what it says, and the beginning of it if it is long."""

    path: str
    shown: Markup
    begins: str = ""


def fields_of(body: Mapping[str, Any], commons: str, names: Names, refs: Mapping[str, Mapping[str, Any]]) -> tuple[list[Field], bool]:
    """The lines of a body, in its order, at most `FIELDS_MAX`; and whether there are more."""
    found = list(islice(_leaves(body, ""), FIELDS_MAX + 1))
    return [_field(path, value, commons, names, refs) for path, value in found[:FIELDS_MAX]], len(found) > FIELDS_MAX


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for name, part in value.items():
            yield from _leaves(part, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        for at, part in enumerate(value):
            yield from _leaves(part, f"{path}[{at}]")
    else:
        yield path, value


def _field(path: str, value: Any, commons: str, names: Names, refs: Mapping[str, Mapping[str, Any]]) -> Field:
    if not isinstance(value, str):
        return Field(path, _plain(value))
    if value in refs:
        return Field(path, Markup('<a href="/{}/journal/{}/"><code class="hash">{}</code></a>').format(commons, refs[value]["position"], value))
    class_ = "Agent" if value in names.get("Agent", {}) else CLASS_OF.get(path.rpartition(".")[2].partition("[")[0], "")
    if class_ == "Agent" or names.get(class_, {}).get(value, value) != value:
        return Field(path, Markup('{} <code class="hash">{}</code>').format(named(commons, names, class_, value), value))
    return Field(path, Markup('<span dir="auto">{}</span>').format(value), f"{value[:120].strip()}…" if len(value) > LONG else "")


def _plain(value: Any) -> Markup:
    """What is no text: a whole number, yes or no, or nothing."""
    if value is None or value in ([], {}):
        return Markup('<span class="quiet">{}</span>').format(_("nothing"))
    said = {True: _("yes"), False: _("no")}[value] if isinstance(value, bool) else str(value)
    return Markup("{}").format(said)
