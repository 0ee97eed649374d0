"""Approval: who is approved most often. With one option on each ballot it is plurality."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from .ballots import Approvals
from .outcome import Book, Outcome, Round


def approval(profile: Approvals, seats: int, minimum: Fraction, order: Sequence[int]) -> Outcome:
    """The options with the most approvals.

    Of equals, where not all of them find a seat, those come first who are earlier in the declared order.

    Args:
        seats: How many can win. minimum: The share of all ballots, blank ones too, that a winner needs (0 to 1, at least so
            much). Nobody wins without any approval, whatever the minimum.

    Returns:
        Winners by approvals, equals by the declared order. Rounds: `counted`; `dropped`, who has too few; `elected`, if there
        are winners. Tallies in approvals. In the note: `ballots`, and `needed`, the fewest approvals that are enough.
    """
    tallies = [0] * len(profile.options)
    for ballot, many in profile.ballots.items():
        for option in ballot:
            tallies[option] += many
    needed = max(1, -(-minimum.numerator * profile.count // minimum.denominator))
    told = {option: str(votes) for option, votes in enumerate(tallies)}
    book = Book(order)
    book.rounds.append(Round("counted", (), told))
    few = tuple(option for option, votes in enumerate(tallies) if votes < needed)
    if few:
        book.rounds.append(Round("dropped", few, {option: told[option] for option in few}, {"needed": str(needed)}))
    winners = _most(book, [option for option in range(len(tallies)) if option not in few], tallies, seats)
    if winners:
        book.rounds.append(Round("elected", tuple(winners), told))
    return book.outcome(winners, ballots=str(profile.count), needed=str(needed))


def _most(book: Book, options: Sequence[int], tallies: Sequence[int], seats: int) -> list[int]:
    """The options with the highest tallies, as many as there are seats."""
    winners: list[int] = []
    for votes in sorted({tallies[option] for option in options}, reverse=True):
        equals = sorted((option for option in options if tallies[option] == votes), key=book.order.index)
        # A tie is one only where it decides who wins.
        while equals and len(winners) + len(equals) > seats > len(winners):
            chosen = book.first(equals)
            equals.remove(chosen)
            winners.append(chosen)
        winners += equals[: max(0, seats - len(winners))]
    return winners
