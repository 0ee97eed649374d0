"""The median of the points that an option was given, with a quorum: what retroactive funding pays by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .ballots import Scores
from .outcome import Book, Outcome, Round


@dataclass(frozen=True, slots=True)
class Middle:
    """What an option was given, in points.

    Attributes:
        count: How many ballots give it points; 0 points are points.
        lower: The ⌈count/2⌉-th smallest of these points: at least half of the ballots give as many, or more.
        upper: The next one, if the count is even, otherwise the same. Some take (lower + upper) / 2, which need not be whole:
            RetroPGF 3 did.
    """

    count: int
    lower: int
    upper: int


def medians(profile: Scores) -> list[Middle]:
    """The medians of each option, by number; 0 of 0 for one that is on no ballot."""
    given: list[dict[int, int]] = [{} for _ in profile.options]
    for ballot, many in profile.ballots.items():
        for option, points in ballot:
            given[option][points] = given[option].get(points, 0) + many
    return [_middle(points) for points in given]


def _middle(points: dict[int, int]) -> Middle:
    count = sum(points.values())
    values = iter(sorted(points.items()))
    lower = reached = 0
    for value, many in values:
        reached += many
        lower = value
        if 2 * reached >= count:
            break
    upper = next(values)[0] if count and 2 * reached == count else lower
    return Middle(count, lower, upper)


def median(profile: Scores, quorum: int, minimum: int, order: Sequence[int]) -> Outcome:
    """The options whose lower median is high enough, on enough ballots.

    An option that a ballot leaves out gets no 0 from it: who leaves it out abstains (as in RetroPGF 3: quorum 17, minimum 1,500).

    Args:
        quorum: How many ballots have to give an option points; one at least has to. minimum: The least lower median, in points.

    Returns:
        Winners by median, highest first, equals by the declared order (which decides nothing here: no tie). Rounds: `counted`,
        with the medians; `dropped`, one for `reason` `quorum` and one for `minimum`; `elected`, if there are winners. Tallies
        are medians, in points. In the note of `counted`, by the number of an option: on how many ballots it is.
    """
    found = medians(profile)
    told = {option: str(each.lower) for option, each in enumerate(found)}
    book = Book(order)
    book.rounds.append(Round("counted", (), told, {str(option): str(each.count) for option, each in enumerate(found)}))
    few = tuple(option for option, each in enumerate(found) if each.count < max(1, quorum))
    low = tuple(option for option, each in enumerate(found) if option not in few and each.lower < minimum)
    for dropped, note in ((few, {"reason": "quorum", "quorum": str(quorum)}), (low, {"reason": "minimum", "minimum": str(minimum)})):
        if dropped:
            book.rounds.append(Round("dropped", dropped, {option: told[option] for option in dropped}, note))
    winners = [option for option in order if option not in few and option not in low]
    winners.sort(key=lambda option: -found[option].lower)
    if winners:
        book.rounds.append(Round("elected", tuple(winners), {option: told[option] for option in winners}))
    return book.outcome(winners)
