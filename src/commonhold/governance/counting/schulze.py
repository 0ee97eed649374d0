"""The rule of Schulze by winning votes: who is not beaten by a stronger path than leads back.

Markus Schulze, "A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner election
method", Social Choice and Welfare 36 (2011), with winning votes as the strength of a defeat.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .ballots import Rankings
from .levels import Integers
from .outcome import Book, Outcome, Round
from .pairwise import pairwise


def strongest_paths(matrix: Integers) -> Integers:
    """The strength of the strongest path from each option to each other one, in ballots; 0 where there is no path.

    A path leads over pairs that are won. It is as strong as the fewest ballots that won one of them (Floyd and Warshall's
    algorithm, O(options³)).
    """
    paths = np.where(matrix > matrix.T, matrix, 0)
    for middle in range(len(paths)):
        np.maximum(paths, np.minimum(paths[:, middle, None], paths[middle]), out=paths)
    np.fill_diagonal(paths, 0)
    return paths


def unbeaten(paths: Integers) -> tuple[int, ...]:
    """The options to which no stronger path leads than from them: the winners before ties are broken. There is one at least."""
    return tuple(np.flatnonzero((paths >= paths.T).all(axis=1)).tolist())


def schulze(profile: Rankings, order: Sequence[int]) -> Outcome:
    """The winner by Schulze's rule, and all others in their order.

    A place goes to who is unbeaten among those left; of several, to who comes first in the declared order, and the tie is
    written down. The places extend Schulze's relation, so that nobody stands above one who beats them.

    Returns:
        `winners`: the one on the first place (none, if there are no options). One round per place, from the first: `elected`,
        then `counted`; its tallies are the strengths of the strongest paths from that option to each other one. In `note`:
        `unbeaten`, the winners before ties were broken, and `order`, all options by place; numbers, parted by spaces.
    """
    paths = strongest_paths(pairwise(profile))
    beaten = paths < paths.T
    book = Book(order)
    left = list(range(len(paths)))
    places: list[int] = []
    while left:
        equals = [option for option in left if not beaten[option, left].any()]
        chosen = book.first(equals)
        tallies = {other: str(paths[chosen, other]) for other in range(len(paths)) if other != chosen}
        book.rounds.append(Round("counted" if places else "elected", (chosen,), tallies, {"place": str(len(places) + 1)}))
        places.append(chosen)
        left.remove(chosen)
    return book.outcome(places[:1], unbeaten=_listed(unbeaten(paths)), order=_listed(places))


def _listed(options: Sequence[int]) -> str:
    return " ".join(map(str, options))
