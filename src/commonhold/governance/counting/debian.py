"""The rule of the Debian constitution, A.6 ("Vote counting"): options against a default, with quorum and majorities.

It is the rule of yes and no as well: one option, and the default that all stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from .ballots import Rankings
from .levels import Integers
from .outcome import Book, Outcome, Round
from .pairwise import pairwise


def debian(profile: Rankings, default: int, quorum: int, majorities: Mapping[int, Fraction], order: Sequence[int]) -> Outcome:
    """The winner by Schwartz sequential dropping, which may be the default.

    With V(A, B) = how many ballots rank A above B, and D the default:

    1. An option with V(A, D) below the quorum is dropped.
    2. So is one that does not defeat D by its ratio N: V(A, D) ≥ N·V(D, A), and V(A, D) > V(D, A).
    3. Among the rest, the Schwartz set: who reaches over defeats all that reach them.
    4. While there are defeats inside it, the weakest are taken away (smallest V(A, B), then largest V(B, A)), and the set is
       found again. Who is left has won; of several, the casting vote decides, which is the declared order.

    Args:
        quorum: How many ballots an option needs above the default; 0 for none. The constitution's is not whole: round it up.
        majorities: The ratio N per option, e.g. 3 for three to one; 1 where nothing is said.

    Returns:
        One winner. Rounds: `dropped`, one per option, with the votes for it (its own tally) and against it (the default's);
        `counted`, one per Schwartz set, with the defeats that were taken away ("0>2 1>0"); at last `elected`, or
        `no_majority` if only the default is left. Its tallies are V(A, D), for the default the largest V(D, A).
    """
    matrix = pairwise(profile)
    book = Book(order)
    left = [option for option in range(len(matrix)) if option == default or not _dropped(book, matrix, option, default, quorum, majorities)]
    winners = _schwartz_sequential_dropping(book, matrix, left)
    winner = book.first(winners)
    tallies = {option: str(matrix[option, default]) for option in left if option != default}
    tallies[default] = str(max((matrix[default, option] for option in left), default=0))
    book.rounds.append(Round("no_majority" if winner == default else "elected", (winner,), tallies))
    return book.outcome([winner])


def _dropped(book: Book, matrix: Integers, option: int, default: int, quorum: int, majorities: Mapping[int, Fraction]) -> bool:
    """Whether an option fails against the default; written down."""
    support, against = int(matrix[option, default]), int(matrix[default, option])
    ratio = majorities.get(option, Fraction(1))
    if support < quorum:
        note = {"reason": "quorum", "quorum": str(quorum)}
    elif support < ratio * against or support <= against:
        note = {"reason": "majority", "majority": str(ratio)}
    else:
        return False
    book.rounds.append(Round("dropped", (option,), {option: str(support), default: str(against)}, note))
    return True


def _schwartz_sequential_dropping(book: Book, matrix: Integers, left: Sequence[int]) -> list[int]:
    """Who is left of the options, once no defeat is inside the Schwartz set."""
    inside = np.zeros(len(matrix), dtype=bool)
    inside[list(left)] = True
    defeats = (matrix > matrix.T) & inside & inside[:, None]
    while True:
        reach = _reachable(defeats)
        schwartz = inside & ~(reach.T & ~reach).any(axis=1)
        members = np.flatnonzero(schwartz).tolist()
        pairs = [(int(a), int(b)) for a, b in np.argwhere(defeats & schwartz & schwartz[:, None])]
        if not pairs:
            return list(members)
        weakest = min((int(matrix[a, b]), -int(matrix[b, a])) for a, b in pairs)
        taken = [(a, b) for a, b in pairs if (int(matrix[a, b]), -int(matrix[b, a])) == weakest]
        note = {"taken_away": " ".join(f"{a}>{b}" for a, b in taken), "votes": f"{weakest[0]}:{-weakest[1]}"}
        book.rounds.append(Round("counted", tuple(members), {}, note))
        for a, b in taken:
            defeats[a, b] = False


def _reachable(defeats: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which option reaches which over a chain of defeats (Warshall's algorithm)."""
    reach = defeats.copy()
    for middle in range(len(reach)):
        reach |= reach[:, middle, None] & reach[middle]
    return reach
