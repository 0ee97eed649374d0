"""Texts of a certain form, with words for it: who writes one wrongly is told what would be right, not a regular expression."""

from __future__ import annotations

import re

import msgspec

_WORDS: dict[str, str] = {}
_MISMATCH = re.compile(r"Expected `str` matching regex (.*)", re.DOTALL)


def form(pattern: str, words: str) -> msgspec.Meta:
    """A constraint on texts: a pattern from `^` to the end, and what it means, as in "This is not {words}"."""
    _WORDS[repr(pattern)] = words
    return msgspec.Meta(pattern=pattern, description=words[0].upper() + words[1:])


def in_words(message: str) -> str:
    """What msgspec says of a value that does not fit, in words where it would quote a pattern.

    >>> code = form("^[A-Z]{3}$", "three capital letters")
    >>> in_words("Expected `str` matching regex '^[A-Z]{3}$'")
    'This is not three capital letters'
    >>> in_words("Expected `int`, got `str`")
    'Expected `int`, got `str`'
    """
    match = _MISMATCH.fullmatch(message)
    words = _WORDS.get(match[1]) if match else None
    return message if words is None else f"This is not {words}"
