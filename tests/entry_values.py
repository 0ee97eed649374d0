"""What entries may hold, for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from commonhold.journal.canonical import INTEGER_MAX

CHARACTERS = st.characters(exclude_categories=["Cs"], min_codepoint=1)
TEXTS = st.text(CHARACTERS, max_size=40)
NAMES = st.text(st.characters(min_codepoint=1, max_codepoint=127), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-INTEGER_MAX, INTEGER_MAX) | TEXTS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=25,
)
"""JSON without fractions and U+0000, with member names in ASCII."""
