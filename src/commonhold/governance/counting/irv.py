"""Instant runoff: the last is out, round by round, until one has a majority."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .ballots import Rankings
from .levels import NOBODY, Integers, levels, next_choices
from .outcome import Book, Outcome, Round
from .stages import extreme


def irv(profile: Rankings, order: Sequence[int]) -> Outcome:
    """The winner by instant runoff (the alternative vote).

    Each ballot counts for the best option on it that is still in. Who has more than half of the ballots that still count, or
    is alone, has won; otherwise the one with the fewest is out, and their ballots go on. Of equals, the one who had fewer at
    the latest earlier round at which they differed is out; if they never differed, who is later in the declared order. With
    equal ranks, a ballot goes on until it comes to a group with more than one option that is in; from there it counts no more.

    Returns:
        One winner (none, if there are no options). Rounds: `counted`, then one `excluded` for each who is out, at last
        `elected`; tallies in ballots, after the step. In the note of each: `exhausted`, the ballots that count no more.
    """
    found, many = levels(profile)
    book, stages = Book(order), [np.zeros(len(found), dtype=np.int64)]
    left = list(range(len(found)))
    holder = next_choices(found, np.arange(len(many)), left)
    _count(stages[0], holder, many)
    book.rounds.append(_round(stages[0], many, None))
    while left:
        tallies = stages[-1]
        winner = max(left, key=lambda option: int(tallies[option]))
        if len(left) == 1 or 2 * int(tallies[winner]) > int(tallies.sum()):
            book.rounds.append(Round("elected", (winner,), book.rounds[-1].tallies, book.rounds[-1].note))
            return book.outcome([winner])
        out = extreme(book, left, stages, most=False)
        left.remove(out)
        mine = np.flatnonzero(holder == out)
        holder[mine] = next_choices(found, mine, left)
        stages.append(tallies.copy())
        stages[-1][out] = 0
        _count(stages[-1], holder[mine], many[mine])
        book.rounds.append(_round(stages[-1], many, out))
    return book.outcome([])


def _count(tallies: Integers, holder: Integers, many: Integers) -> None:
    np.add.at(tallies, holder[holder != NOBODY], many[holder != NOBODY])


def _round(tallies: Integers, many: Integers, out: int | None) -> Round:
    told = {option: str(votes) for option, votes in enumerate(tallies.tolist())}
    note = {"exhausted": str(int(many.sum()) - int(tallies.sum()))}
    return Round("counted", (), told, note) if out is None else Round("excluded", (out,), told, note)
