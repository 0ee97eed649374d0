"""Schulze's rule on 10,000 different ballots of 30 options, without a Condorcet winner; STV and runoff on the same ballots.

The baseline is py-vote-core on the same ballots, in the same run. It counts for two jobs less: no order of all options, and no
round to look at.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.measure import Ratio
from commonhold.governance.counting.ballots import Rankings
from commonhold.governance.counting.irv import irv
from commonhold.governance.counting.schulze import schulze
from commonhold.governance.counting.stv import stv


def run(ballots: int = 10_000, options: int = 30) -> list[Ratio]:
    """The ratio for so many ballots of so many options."""
    chance = np.random.default_rng(1)
    drawn = Counter(tuple((int(option),) for option in chance.permutation(options)) for _ in range(ballots))
    profile = Rankings(tuple(str(option) for option in range(options)), dict(drawn))
    order = range(options)
    name = f"{ballots:,} ballots of {options} options"
    mine = cpu_seconds(lambda: schulze(profile, order), 5)
    told = [
        Ratio(f"{what} on {name}", f"{taken:.3f} CPU s", "0.2 CPU s", taken / 0.2, ("<=", 1.0))
        for what, taken in (
            ("Schulze", mine),
            ("Scottish STV, 5 seats,", cpu_seconds(lambda: stv(profile, 5, order), 5)),
            ("instant runoff", cpu_seconds(lambda: irv(profile, order), 5)),
        )
    ]
    theirs = _py_vote_core(profile, schulze(profile, order).winners[0])
    if theirs is not None:
        told.append(
            Ratio(f"Schulze on {name}, against a library", f"{mine:.3f} CPU s", f"py-vote-core {theirs:.2f} CPU s", mine / theirs, ("<=", 0.1))
        )
    return told


def _py_vote_core(profile: Rankings, winner: int) -> float | None:
    """What py-vote-core takes for the same; None where it is not installed."""
    try:
        from py3votecore.schulze_method import SchulzeMethod
    except ImportError:
        return None
    ballots = [{"count": many, "ballot": [list(group) for group in ballot]} for ballot, many in profile.ballots.items()]

    def counted() -> None:
        assert SchulzeMethod(ballots, ballot_notation=SchulzeMethod.BALLOT_NOTATION_GROUPING).winner == winner

    return cpu_seconds(counted)


def cpu_seconds(function: Callable[[], Any], rounds: int = 1) -> float:
    """The least CPU time of some rounds."""
    taken = []
    for _ in range(rounds):
        started = time.process_time()
        function()
        taken.append(time.process_time() - started)
    return min(taken)
