"""Approval, and plurality, which is approval of one option each."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ranked_ballots import decisions

from commonhold.governance.counting.approval import approval
from commonhold.governance.counting.ballots import Approvals

NONE = Fraction(0)


def approved(options: str, *lines: str) -> Approvals:
    """Ballots such as `12 AB`."""
    ballots: Counter[tuple[int, ...]] = Counter()
    for line in lines:
        many, _, said = line.partition(" ")
        ballots[tuple(sorted(options.index(each) for each in said))] += int(many)
    return Approvals(tuple(options), dict(ballots))


def test_the_most_approved_wins() -> None:
    """Tennessee once more: those of Memphis approve of Memphis, all others of what is near; by plurality Memphis wins."""
    outcome = approval(approved("MNCK", "42 MN", "26 N", "15 CKN", "17 CK"), 1, NONE, range(4))
    assert outcome.winners == (1,)
    assert outcome.rounds[0].tallies == {0: "42", 1: "83", 2: "32", 3: "32"}
    assert outcome.note == {"ballots": "100", "needed": "1"}
    assert approval(approved("MNCK", "42 M", "26 N", "15 C", "17 K"), 1, NONE, range(4)).winners == (0,)


@pytest.mark.parametrize(
    ("minimum", "winners", "needed"),
    [(Fraction(1, 2), (0, 1), "5"), (Fraction(51, 100), (0,), "6"), (Fraction(2, 3), (), "7"), (Fraction(1), (), "10"), (NONE, (0, 1), "1")],
)
def test_a_winner_needs_its_share_of_all_ballots_blank_ones_too(minimum: Fraction, winners: tuple[int, ...], needed: str) -> None:
    outcome = approval(approved("ABC", "4 AB", "2 A", "1 B", "3"), 3, minimum, range(3))
    assert outcome.winners == winners
    assert outcome.note == {"ballots": "10", "needed": needed}
    dropped = [step for step in outcome.rounds if step.event == "dropped"]
    assert [step.options for step in dropped] == [tuple(each for each in range(3) if each not in winners)]


def test_a_tie_is_written_down_only_where_it_decides() -> None:
    profile = approved("ABCD", "5 A", "3 BCD")
    two = approval(profile, 2, NONE, (3, 2, 1, 0))
    assert two.winners == (0, 3)
    assert [(tie.round, tie.among, tie.chosen, tie.by) for tie in two.ties] == [(1, (1, 2, 3), 3, "order")]
    three = approval(profile, 3, NONE, (3, 2, 1, 0))
    assert three.winners == (0, 3, 2)
    assert [(tie.among, tie.chosen) for tie in three.ties] == [((1, 2, 3), 3), ((1, 2), 2)]
    four = approval(profile, 4, NONE, (3, 2, 1, 0))
    assert (four.winners, four.ties) == ((0, 3, 2, 1), ())
    assert approval(profile, 1, NONE, (3, 2, 1, 0)).ties == ()


def test_nobody_wins_without_approval() -> None:
    for seats in (0, 1, 3):
        assert approval(approved("ABC", "7"), seats, NONE, range(3)).winners == ()
    assert approval(Approvals((), {}), 1, NONE, ()).winners == ()
    assert approval(approved("AB", "1 B"), 2, NONE, range(2)).winners == (1,)


ballots = st.integers(1, 6).flatmap(
    lambda size: st.tuples(
        st.just(size),
        st.dictionaries(st.sets(st.integers(0, size - 1)).map(lambda group: tuple(sorted(group))), st.integers(1, 9), max_size=8),
        st.permutations(range(size)),
        st.permutations(range(size)),
    )
)


@given(ballots, st.integers(0, 4), st.fractions(0, 1))
def test_winners_have_the_most_and_enough(drawn: tuple[int, dict[tuple[int, ...], int], list[int], list[int]], seats: int, minimum: Fraction) -> None:
    size, cast, order, new = drawn
    profile = Approvals(tuple(map(str, range(size))), cast)
    outcome = approval(profile, seats, minimum, order)
    votes = [sum(many for ballot, many in cast.items() if option in ballot) for option in range(size)]
    enough = [option for option in order if votes[option] and votes[option] >= minimum * profile.count]
    assert list(outcome.winners) == sorted(enough, key=lambda option: -votes[option])[:seats]
    lost = [option for option in enough if option not in outcome.winners]
    decided = bool(outcome.winners) and any(votes[option] == votes[outcome.winners[-1]] for option in lost)
    assert bool(outcome.ties) == decided
    options = {(new[each] for each in ballot): many for ballot, many in cast.items()}
    again = Approvals(tuple(map(str, range(size))), {tuple(sorted(group)): many for group, many in reversed(options.items())})
    assert decisions(approval(again, seats, minimum, [new[each] for each in order]), range(size)) == decisions(outcome, new)
