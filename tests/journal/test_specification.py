"""The specification of the journal says of every kind what the program reads."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest

from commonhold.contributions.entries import TARGETS_MAX
from commonhold.flows import vocabulary
from commonhold.flows.actions import ACTIONS
from commonhold.flows.references import REFERENCES
from commonhold.flows.units import COUNT_UNITS, EFFORT_UNITS, OM2_UNITS
from commonhold.journal.entry import ENTRY_BYTES_MAX, KEY_LENGTH_MAX, Envelope, Proof
from commonhold.journal.note import SIGNATURES_MAX
from commonhold.journal.waiting import WAITING_MAX, WAITING_PER_KEY_MAX, WAITING_SECONDS_MAX
from commonhold.journal.writer import AHEAD_SECONDS_MAX, CLOCK_STEP_SECONDS
from commonhold.node.node import KINDS
from commonhold.sharing.entries import SHARES_PER_ENTRY

TEXT = (Path(__file__).parents[2] / "docs" / "reference" / "journal.md").read_text(encoding="utf-8")
SECTIONS = {match[1]: match[2] for match in re.finditer(r"^### `([a-z_.]+)`\n(.*?)(?=^##)", TEXT, re.MULTILINE | re.DOTALL)}
CLASSES = TEXT.partition("\n### Classes of Valueflows\n")[2].partition("\n## ")[0]
EVERYWHERE = SECTIONS["contributions.log"] + CLASSES
"""Where the shapes are told that occur inside bodies."""


def body_of(kind: str) -> type[msgspec.Struct]:
    """The shape of a kind's body."""
    found: type[msgspec.Struct] = KINDS._by_name[kind, 1].body
    return found


def inside(shape: Any) -> Iterator[type[msgspec.Struct]]:
    """The shapes that occur in a type, at any depth."""
    if get_origin(shape) in (Annotated, list, Union, types.UnionType):
        for part in get_args(shape):
            yield from inside(part)
    elif isinstance(shape, type) and issubclass(shape, msgspec.Struct):
        yield shape
        for part in get_type_hints(shape, include_extras=True).values():
            yield from inside(part)


def literals(shape: Any) -> Iterator[str]:
    """The words that a type allows."""
    for part in get_args(shape):
        if isinstance(part, str):
            yield part
        else:
            yield from literals(part)


def test_every_kind_has_its_section_and_no_other() -> None:
    """The kinds of the specification are those that the program knows."""
    assert sorted(SECTIONS) == KINDS.names()


@pytest.mark.parametrize("kind", KINDS.names())
def test_every_member_is_specified(kind: str) -> None:
    """The table of a kind lists exactly the members of its body, and which are needed."""
    rows = re.findall(r"^\| `(\w+)` \| .* \| (yes|no) \|$", SECTIONS[kind], re.MULTILINE)
    fields = msgspec.structs.fields(body_of(kind))
    assert sorted(rows) == sorted((field.name, "yes" if field.required else "no") for field in fields)
    assert rows or "No members." in SECTIONS[kind]


@pytest.mark.parametrize("kind", KINDS.names())
def test_every_word_that_is_allowed_is_specified(kind: str) -> None:
    """Words that a member may have stand in the section, or in that of claims."""
    for name, shape in get_type_hints(body_of(kind), include_extras=True).items():
        if not list(inside(shape)):
            missing = [word for word in literals(shape) if f"`{word}`" not in SECTIONS[kind] + EVERYWHERE and f'"{word}"' not in SECTIONS[kind]]
            assert not missing, (kind, name)


@pytest.mark.parametrize("kind", KINDS.names())
def test_every_shape_inside_is_specified(kind: str) -> None:
    """So do the members of what occurs inside a body, and the words that these may have."""
    for shape in inside(body_of(kind)):
        if shape is body_of(kind):
            continue
        told = SECTIONS[kind] + EVERYWHERE
        hints = get_type_hints(shape, include_extras=True)
        assert [name for name in hints if f"`{name}`" not in told] == []
        for part in hints.values():
            assert [word for word in literals(part) if f"`{word}`" not in told] == []


def valueflows() -> dict[str, type[msgspec.Struct]]:
    """The classes of Valueflows that entries may hold, by name."""
    shapes = {shape for kind in KINDS.names() for shape in inside(body_of(kind)) if shape.__module__ == vocabulary.__name__}
    return {shape.__name__: shape for shape in shapes - {vocabulary.Measure}}


FORMS = {name: row[1] for row in re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| (.*) \|$", CLASSES, re.MULTILINE) for name in re.findall(r"\w+", row[0])}
"""member of a class of Valueflows → its form, as specified."""


def test_every_class_of_valueflows_is_specified() -> None:
    """The table of classes lists exactly the members of each, and which are needed."""
    rows = dict(re.findall(r"^\| `(\w+)` \| (\*\*.*) \|$", CLASSES, re.MULTILINE))
    told = {name: set(re.findall(r"(?:\*\*)?`\w+`(?:\*\*)?", row)) for name, row in rows.items()}
    assert told == {
        name: {f"**`{field.name}`**" if field.required else f"`{field.name}`" for field in msgspec.structs.fields(shape)}
        for name, shape in valueflows().items()
    }


def test_every_member_of_a_class_has_a_form() -> None:
    """No member lacks a form, none is invented, and what a reference names is told; words and limits stand in the form."""
    classes = set(valueflows())
    assert set(FORMS) - classes == {name for shape in valueflows().values() for name in get_type_hints(shape)}
    for class_, fields in REFERENCES.items():
        for name, target in fields.items():
            assert set(re.findall(r"`([A-Z]\w+)`", FORMS[name])) == {target}, (class_, name)
    for shape in valueflows().values():
        for name, hint in get_type_hints(shape, include_extras=True).items():
            assert [word for word in literals(hint) if f"`{word}`" not in FORMS[name]] == []
            assert [f"{limit:,}" for limit in limits(hint) if f"{limit:,}" not in FORMS[name] and FORMS[name] not in KNOWN] == [], (name, FORMS[name])


def limits(shape: Any) -> Iterator[int]:
    """The lengths that a type allows at most, at any depth."""
    if isinstance(shape, msgspec.Meta) and shape.max_length is not None:
        yield shape.max_length
    for part in (*get_args(shape), *getattr(shape, "__metadata__", ())):
        yield from limits(part)


KNOWN = {"a unit", "measure"}
"""Forms that are told below the table."""


def test_envelope_and_proof_are_specified() -> None:
    """The members of an entry and of its proof stand in their tables, in the order of the canonical form."""
    entry, proof = (TEXT.partition(title)[2].partition("\n## ")[0] for title in ("\n## 4. Entries\n", "\n## 5. The proof of an entry\n"))
    assert re.findall(r"^\| `(\w+)` \|", entry, re.MULTILINE) == sorted(Envelope.__struct_fields__)
    assert re.findall(r"^\| `(\w+)` \|", proof, re.MULTILINE) == sorted(Proof.__struct_fields__)


def test_limits_are_those_of_the_program() -> None:
    """The figures of the specification are the program's."""
    limits = TEXT.partition("\n## 14. Limits\n")[2].partition("\n## ")[0]
    for figure in (
        ENTRY_BYTES_MAX,
        KEY_LENGTH_MAX,
        AHEAD_SECONDS_MAX,
        WAITING_MAX,
        WAITING_PER_KEY_MAX,
        WAITING_SECONDS_MAX,
        TARGETS_MAX,
        SHARES_PER_ENTRY,
        SIGNATURES_MAX,
    ):
        assert f"{figure:,}" in limits, figure
    assert CLOCK_STEP_SECONDS == 3_600


def test_units_and_actions_are_those_of_the_program() -> None:
    """Units and actions are all named."""
    assert [unit for unit in (*OM2_UNITS, *COUNT_UNITS, *EFFORT_UNITS) if f"`{unit}`" not in EVERYWHERE] == []
    assert [action for action in ACTIONS if f"`{action}`" not in FORMS["action"]] == []


def test_links_inside_the_page_lead_somewhere() -> None:
    """Every link to a section has its heading."""
    headings = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^##+ (.*)$", TEXT, re.MULTILINE)}
    assert [link for link in re.findall(r"\]\(#([^)]*)\)", TEXT) if link not in headings] == []
