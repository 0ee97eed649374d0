"""Texts of a certain form, with words for it: who writes one wrongly is told what would be right, not a regular expression."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from msgspec import inspect

_WORDS: dict[str, str] = {}
_MISMATCH = re.compile(r"Expected `str` matching regex (.*)", re.DOTALL)
_UNKNOWN_VALUE = re.compile(r"Invalid enum value (.*)", re.DOTALL)
_UNKNOWN_FIELD = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)


def form(pattern: str, words: str) -> msgspec.Meta:
    """A constraint on texts: a pattern from `^` to the end, and what it means, as in "This is not {words}"."""
    _WORDS[repr(pattern)] = words
    return msgspec.Meta(pattern=pattern, description=words[0].upper() + words[1:])


_STEP = re.compile(r"\.([^.\[]+)|\[[^\]]*\]")
_SHOWN_MAX = 12


def in_words(message: str, shape: Any = None, path: str = "") -> str:
    """What msgspec says of a value that does not fit, in words where it would quote a pattern, with what would be right.

    Args:
        shape: The type that the value should have had. path: Where in it the value stands, as msgspec says it: `$.steps[0].to`.

    >>> code = form("^[A-Z]{3}$", "three capital letters")
    >>> in_words("Expected `str` matching regex '^[A-Z]{3}$'")
    'This is not three capital letters'
    >>> in_words("Expected `int`, got `str`")
    'Expected `int`, got `str`'
    >>> from typing import Literal
    >>> in_words("Invalid enum value 'peer'", Literal["peers", "members"])
    "Invalid enum value 'peer': it is one of members, peers. Did you mean peers?"
    """
    if match := _MISMATCH.fullmatch(message):
        words = _WORDS.get(match[1])
        return message if words is None else f"This is not {words}"
    if shape is None:
        return message
    if match := _UNKNOWN_VALUE.fullmatch(message):
        allowed = [str(value) for one in _types_at(shape, path) if isinstance(one, inspect.LiteralType) for value in one.values]
        return f"{message}: it is one of {', '.join(allowed)}{_meant(match[1].strip(chr(39)), allowed)}" if allowed else message
    if name := unknown_field(message):
        fields = [field.encode_name for one in _types_at(shape, path) if isinstance(one, inspect.StructType) for field in one.fields]
        known = f"; known are {', '.join(fields)}" if 0 < len(fields) <= _SHOWN_MAX else ""
        return f"{message}{known}{_meant(name, fields)}"
    return message


def unknown_field(message: str) -> str:
    """The field that msgspec does not know, if that is what it says; else nothing."""
    match = _UNKNOWN_FIELD.fullmatch(message)
    return match[1] if match else ""


def _meant(text: str, known: list[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(text[:100].casefold(), known, 1, 0.5)
    return f". Did you mean {close[0]}?" if close else ""


def _types_at(shape: Any, path: str) -> list[inspect.Type]:
    """The types that a value at a path may have."""
    found = _plain([inspect.type_info(shape)])
    for step in _STEP.finditer(path.removeprefix("$")):
        found = _plain([inner for one in found for inner in _inside(one, step[1])])
    return found


def _inside(outer: inspect.Type, name: str | None) -> list[inspect.Type]:
    """The types of a field, or (without a name) of the items or values."""
    if name is None:
        held = getattr(outer, "item_type", None) or getattr(outer, "value_type", None)
        return [held] if held is not None else []
    return [field.type for field in getattr(outer, "fields", ()) if field.encode_name == name]


def _plain(types: list[inspect.Type]) -> list[inspect.Type]:
    """The same without what is around them: descriptions, and unions."""
    found: list[inspect.Type] = []
    for one in types:
        if isinstance(one, inspect.Metadata):
            found += _plain([one.type])
        elif isinstance(one, inspect.UnionType):
            found += _plain(list(one.types))
        else:
            found.append(one)
    return found
