"""Who has the most or the fewest votes, where equals are told apart by how they stood before."""

from __future__ import annotations

from collections.abc import Sequence

from .levels import Integers
from .outcome import Book, Tie

EARLIER = "earlier_stage"
"""What tells equals apart before the lot does."""


def extreme(book: Book, options: Sequence[int], stages: Sequence[Integers], *, most: bool) -> int:
    """The one of some options with the most (or the fewest) votes at the last of the stages.

    Of equals, the one who had more (or fewer) at the latest earlier stage at which they differed. If they never differed, the
    declared order decides: who comes first has the most, who comes last the fewest. Both are written down as ties.

    Args:
        stages: What each option had, from the first stage to the present one; in whole units of whatever size.
    """
    left, *earlier = list(options), *reversed(stages)
    equals: list[int] = []
    for tallies in earlier:
        bound = (max if most else min)(int(tallies[option]) for option in left)
        left = [option for option in left if int(tallies[option]) == bound]
        equals = equals or left
    if len(left) > 1:
        return book.first(left) if most else book.last(left)
    if len(equals) > 1:
        book.ties.append(Tie(len(book.rounds), tuple(sorted(equals)), left[0], EARLIER))
    return left[0]
