"""From two texts of a charter to the differences that a proposal tells. Pure."""

from __future__ import annotations

from difflib import SequenceMatcher

from .changes import Edit

EDITS_MAX = 100
LONGEST = 20_000


def edits_between(before: str, after: str) -> list[Edit]:
    r"""What makes one text of another: whole lines, with as many unchanged lines around as make each piece stand there once.

    Edits are applied one after another, so each piece stands once in the text that the edits before it have made.

    Raises:
        ValueError: Says what cannot be told so: no difference, or too many or too long ones.

    >>> edits_between("a = 1\nb = 2\nc = 1\n", "a = 1\nb = 3\nc = 1\n")
    [Edit(before='b = 2\n', after='b = 3\n')]
    >>> [edit.before for edit in edits_between("[a]\nx = 1\n[b]\nx = 1\n", "[a]\nx = 1\n[b]\nx = 2\n")]
    ['[b]\nx = 1\n']
    """
    if before == after:
        raise ValueError("nothing is different")
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if not old:
        raise ValueError("there is no text to change")
    found = []
    for kind, start, end, begin, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            now = new[:begin] + old[start:]
            found.append(_edit(now, begin, begin + end - start, new[begin:stop]))
    if len(found) > EDITS_MAX:
        found = [Edit(before=before, after=after)] if max(len(before), len(after)) <= LONGEST else found
    if len(found) > EDITS_MAX or any(max(len(one.before), len(one.after)) > LONGEST for one in found):
        raise ValueError(f"too much is different for one proposal: {EDITS_MAX} pieces at most, of {LONGEST} characters at most")
    return found


def _edit(lines: list[str], start: int, end: int, into: list[str]) -> Edit:
    """A piece of the lines with what it becomes, made longer until it stands in the text once."""
    text = "".join(lines)
    first, last = start, end
    while not _stands_once(text, "".join(lines[first:last]), len("".join(lines[:first]))):
        if first > 0:
            first -= 1
        else:
            last += 1
    return Edit(before="".join(lines[first:last]), after="".join([*lines[first:start], *into, *lines[end:last]]))


def _stands_once(text: str, piece: str, place: int) -> bool:
    """Whether a piece stands in a text there and nowhere else, not even overlapping itself."""
    return bool(piece) and text.find(piece) == place and text.find(piece, place + 1) < 0
