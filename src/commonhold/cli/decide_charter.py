"""From a whole charter file to the smallest differences that a proposal tells."""

from __future__ import annotations

from difflib import SequenceMatcher

EDITS_MAX = 100
Hunk = tuple[int, int, int, int]
"""Lines [from, to) of the old text, and [from, to) of the new one that take their place."""


def edits_between(old: str, new: str) -> list[dict[str, str]]:
    """Whole-line differences, each `before` exactly once in the text as it is when its turn comes.

    >>> edits_between("a = 1\\nb = 1\\nc = 1\\n", "a = 1\\nb = 2\\nc = 1\\n")
    [{'before': 'b = 1\\n', 'after': 'b = 2\\n'}]
    """
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    opcodes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    hunks = [(i1, i2, j1, j2) for tag, i1, i2, j1, j2 in opcodes if tag != "equal"]
    while len(hunks) > EDITS_MAX:
        nearest = min(range(1, len(hunks)), key=lambda at: hunks[at][0] - hunks[at - 1][1])
        hunks[nearest - 1 : nearest + 1] = [(hunks[nearest - 1][0], hunks[nearest][1], hunks[nearest - 1][2], hunks[nearest][3])]
    while (wanting := _not_unique(old, before, after, hunks)) is not None:
        hunks = _widened(hunks, wanting, len(before))
    return [{"before": "".join(before[i1:i2]), "after": "".join(after[j1:j2])} for i1, i2, j1, j2 in hunks]


def _not_unique(text: str, before: list[str], after: list[str], hunks: list[Hunk]) -> int | None:
    """The first difference that would not land where it is meant, or None if all do."""
    for number, (i1, i2, j1, j2) in enumerate(hunks):
        piece = "".join(before[i1:i2])
        if not piece or text.count(piece) != 1:
            return number
        text = text.replace(piece, "".join(after[j1:j2]))
        if text != "".join(after[:j2]) + "".join(before[i2:]):
            return number
    return None


def _widened(hunks: list[Hunk], number: int, lines: int) -> list[Hunk]:
    """One difference with a line more on each side, joined with its neighbours where it reaches them."""
    i1, i2, j1, j2 = hunks[number]
    up = int(i1 > (hunks[number - 1][1] if number else 0))
    down = int(i2 < (hunks[number + 1][0] if number + 1 < len(hunks) else lines))
    i1, i2, j1, j2 = i1 - up, i2 + down, j1 - up, j2 + down
    first, last = number, number
    if not up and number:
        first, (i1, _, j1, _) = number - 1, hunks[number - 1]
    if not down and number + 1 < len(hunks):
        last, (_, i2, _, j2) = number + 1, hunks[number + 1]
    return [*hunks[:first], (i1, i2, j1, j2), *hunks[last + 1 :]]
