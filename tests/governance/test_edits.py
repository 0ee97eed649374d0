"""Differences between two charters: they make one of the other, wherever the same lines stand twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.governance.changes import apply_edits
from commonhold.governance.edits import EDITS_MAX, edits_between

LINES = st.lists(st.sampled_from(["a = 1\n", "b = 1\n", "aa = 1\n", "\n", "[a]\n", " a = 1\n"]), max_size=12)


@given(before=LINES, after=LINES, cut=st.booleans())
def test_the_edits_make_one_text_of_the_other(before: list[str], after: list[str], cut: bool) -> None:
    text, other = "".join(before), "".join(after)
    other = other.rstrip("\n") if cut else other
    if text and text != other:
        assert apply_edits(text, edits_between(text, other)) == other


def test_a_piece_is_as_long_as_it_takes_to_stand_there_once() -> None:
    before = "[x]\nq = 1\n[y]\nq = 1\n[z]\nq = 1\n"
    edits = edits_between(before, before.replace("[y]\nq = 1", "[y]\nq = 2"))
    assert [(edit.before, edit.after) for edit in edits] == [("[y]\nq = 1\n", "[y]\nq = 2\n")]


def test_many_small_differences_become_one_and_what_is_too_much_is_refused() -> None:
    before = "".join(f"a{n} = 1\nkept{n} = 1\n" for n in range(EDITS_MAX + 1))
    assert len(edits_between(before, before.replace("a1", "b1"))) < EDITS_MAX
    assert len(edits_between(before, before.replace(" = 1\nkept", " = 2\nkept"))) == 1
    with pytest.raises(ValueError, match="too much"):
        edits_between("a\n" * 30_000, "b\n" * 30_000)
    with pytest.raises(ValueError, match="nothing is different"):
        edits_between(before, before)
