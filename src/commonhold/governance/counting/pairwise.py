"""How many ballots rank one option above another, for all pairs."""

from __future__ import annotations

import numpy as np

from .ballots import Rankings
from .levels import Integers, levels


def pairwise(profile: Rankings) -> Integers:
    """The pairwise matrix V: in row A, column B, how many ballots rank A above B.

    A ranked option is above all that are not on the ballot. Equal ones, and two that are not on it, count for neither. A
    blank ballot counts nowhere. The diagonal is 0.

    Returns:
        int64 of shape (options, options), in ballots.
    """
    found, many = levels(profile)
    matrix = np.zeros((len(found), len(found)), dtype=np.int64)
    for option, own in enumerate(found):
        matrix[option] = (own < found) @ many
    return matrix


def condorcet_winner(matrix: Integers) -> int | None:
    """The option that beats each other one in a pair, if there is one. Among one option it is that one."""
    beats = (matrix > matrix.T).sum(axis=1)
    found = np.flatnonzero(beats == len(matrix) - 1)
    return int(found[0]) if len(found) else None
