"""Ranked ballots as an array: what every rule of rankings reads."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from .ballots import Rankings

Integers = NDArray[np.int64]
Levels = NDArray[np.int16]
"""(options, distinct ballots): in which group of the ballot the option stands, from 0; unranked ones have the number of options."""

NOBODY = -1
"""No option: a ballot that says nothing more, or does not say which."""


def levels(profile: Rankings) -> tuple[Levels, Integers]:
    """The levels of all options on all distinct ballots, and how many of each there are (int64; fewer than 2^62 together)."""
    size = len(profile.options)
    groups = list(chain.from_iterable(profile.ballots))
    lengths = np.fromiter(map(len, profile.ballots), np.int64, len(profile.ballots))
    sizes = np.fromiter(map(len, groups), np.int64, len(groups))
    options = np.fromiter(chain.from_iterable(groups), np.int64, int(sizes.sum()))
    place = np.arange(len(groups)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    ballot = np.repeat(np.arange(len(lengths)), lengths)
    found = np.full((size, len(lengths)), size, dtype=np.int16)
    found[options, np.repeat(ballot, sizes)] = np.repeat(place, sizes)
    return found, np.fromiter(profile.ballots.values(), np.int64, len(lengths))


def next_choices(found: Levels, ballots: Integers, among: Sequence[int]) -> Integers:
    """For each of some ballots (by number) the one option of some that it ranks above the others, or NOBODY.

    Nobody, if it ranks none of them, or if the best group holds more than one of them.
    """
    if not len(among):
        return np.full(len(ballots), NOBODY, dtype=np.int64)
    here = found[np.asarray(among, dtype=np.int64)[:, None], ballots]
    best = here.min(axis=0)
    clear = (best < len(found)) & ((here == best).sum(axis=0) == 1)
    return np.where(clear, np.asarray(among, dtype=np.int64)[here.argmin(axis=0)], NOBODY)
