"""The rule of the Debian constitution, A.6, which is the rule of yes and no as well."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise as steps

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ranked_ballots import ballots_above, cast, decisions, rankings, renamed, turned_round, with_order

from commonhold.governance.counting.ballots import Rankings
from commonhold.governance.counting.debian import debian
from commonhold.governance.counting.outcome import Outcome


def yes_or_no(yes: int, no: int, blank: int = 0, quorum: int = 0, ratio: Fraction = Fraction(1)) -> Outcome:
    return debian(cast("YN", f"{yes} Y>N", f"{no} N>Y", f"{blank}"), 1, quorum, {0: ratio}, (0, 1))


@pytest.mark.parametrize(
    ("yes", "no", "ratio", "passes"),
    [
        (2, 1, Fraction(1), True),
        (1, 1, Fraction(1), False),
        (3, 1, Fraction(3), True),
        (299, 100, Fraction(3), False),
        (300, 100, Fraction(3), True),
        (2, 1, Fraction(2), True),
        (4, 3, Fraction(3, 2), False),
        (9, 6, Fraction(3, 2), True),
        (5, 5, Fraction(1, 2), False),
        (1, 0, Fraction(3), True),
        (0, 0, Fraction(1), False),
    ],
)
def test_yes_needs_its_ratio_and_more_than_no(yes: int, no: int, ratio: Fraction, passes: bool) -> None:
    outcome = yes_or_no(yes, no, ratio=ratio)
    assert outcome.winners == ((0,) if passes else (1,))
    assert outcome.rounds[-1].event == ("elected" if passes else "no_majority")
    assert outcome.ties == ()
    if not passes:
        assert outcome.rounds[0].event == "dropped"
        assert outcome.rounds[0].note == {"reason": "majority", "majority": str(ratio)}
        assert outcome.rounds[0].tallies == {0: str(yes), 1: str(no)}


def test_the_quorum_counts_who_ranks_an_option_above_the_default() -> None:
    """Not who took part: 100 who say no do not help to reach it, nor do blank ballots."""
    assert yes_or_no(9, 0, blank=100, quorum=10).rounds[0].note == {"reason": "quorum", "quorum": "10"}
    assert yes_or_no(9, 0, blank=100, quorum=10).winners == (1,)
    assert yes_or_no(10, 0, quorum=10).winners == (0,)


def test_an_option_that_beats_all_others_fails_without_its_majority() -> None:
    profile = cast("ABD", "60 A>B>D", "40 D>B>A")
    assert debian(profile, 2, 0, {}, range(3)).winners == (0,)
    outcome = debian(profile, 2, 0, {0: Fraction(3)}, range(3))
    assert outcome.winners == (1,)
    assert [(step.event, step.options) for step in outcome.rounds] == [("dropped", (0,)), ("elected", (1,))]


def test_the_weakest_defeat_inside_the_schwartz_set_gives_way() -> None:
    """A beats B 7:5, B beats C 8:4, C beats A 9:3. A over B is the weakest, so nothing beats B any more."""
    profile = cast("ABCX", "1 A>B>C>X", "2 A>B>C>X", "4 C>A>B>X", "5 B>C>A>X")
    outcome = debian(profile, 3, 0, {}, range(4))
    assert outcome.winners == (1,)
    (step,) = [step for step in outcome.rounds if step.event == "counted"]
    assert (step.options, step.note) == ((0, 1, 2), {"taken_away": "0>1", "votes": "7:5"})


def test_of_defeats_with_as_many_votes_the_one_with_most_against_it_is_weakest() -> None:
    """A over B 8:5, B over C 8:7, C over A 8:4."""
    profile = cast("ABCX", "3 C", "4 B", "1 B=C", "4 C>A", "4 A>B")
    pairs = [(ballots_above(profile, a, b), ballots_above(profile, b, a)) for a, b in ((0, 1), (1, 2), (2, 0))]
    assert pairs == [(8, 5), (8, 7), (8, 4)]
    outcome = debian(profile, 3, 0, {}, range(4))
    assert outcome.winners == (2,)
    assert [step.note for step in outcome.rounds if step.event == "counted"] == [{"taken_away": "1>2", "votes": "8:7"}]


def test_the_casting_vote_is_the_declared_order() -> None:
    profile = cast("ABCX", "1 A>B>C>X", "1 B>C>A>X", "1 C>A>B>X")
    outcome = debian(profile, 3, 0, {}, (3, 1, 2, 0))
    assert outcome.winners == (1,)
    assert [(tie.among, tie.chosen, tie.by) for tie in outcome.ties] == [((0, 1, 2), 1, "order")]
    assert outcome.ties[0].round == len(outcome.rounds) - 1


def test_default_and_options_have_any_number() -> None:
    profile = cast("DAB", "3 A>D>B", "2 B>A>D")
    assert debian(profile, 0, 0, {}, range(3)).winners == (1,)
    assert debian(profile, 0, 6, {}, range(3)).winners == (0,)
    assert debian(cast("D", "2 D"), 0, 3, {}, (0,)).winners == (0,)


def by_paths(profile: Rankings, left: list[int]) -> list[int]:
    """Who no stronger path beats, where a defeat is as strong as (votes for, fewest against): Schwartz sequential dropping once more."""
    strength = {}
    for above in left:
        for below in left:
            votes = ballots_above(profile, above, below), ballots_above(profile, below, above)
            strength[above, below] = (votes[0], -votes[1]) if votes[0] > votes[1] else (0, 0)
    for middle in left:
        for start in left:
            for goal in left:
                if start != goal:
                    strength[start, goal] = max(strength[start, goal], min(strength[start, middle], strength[middle, goal]))
    return [one for one in left if all(strength[one, other] >= strength[other, one] for other in left if one != other)]


RATIOS = st.sampled_from([Fraction(1), Fraction(3, 2), Fraction(2), Fraction(3)])


@given(with_order(rankings()), st.data())
def test_as_another_definition_has_it(drawn: tuple[Rankings, list[int]], data: st.DataObject) -> None:
    profile, order = drawn
    size = len(order)
    default = data.draw(st.integers(0, size - 1))
    quorum = data.draw(st.integers(0, 8))
    ratios = data.draw(st.dictionaries(st.integers(0, size - 1), RATIOS))
    outcome = debian(profile, default, quorum, ratios, order)
    left = []
    for option in range(size):
        support, against = ballots_above(profile, option, default), ballots_above(profile, default, option)
        if option == default or (
            support >= quorum and support > against and Fraction(support, max(against, 1)) >= ratios.get(option, 1) * bool(against)
        ):
            left.append(option)
    assert {each for step in outcome.rounds if step.event == "dropped" for each in step.options} == set(range(size)) - set(left)
    found = by_paths(profile, left)
    assert list(outcome.winners) == [min(found, key=order.index)]
    assert [tie.among for tie in outcome.ties] == ([tuple(found)] if len(found) > 1 else [])
    assert (outcome.winners == (default,)) == (left == [default]) == (outcome.rounds[-1].event == "no_majority")
    shrinking = [set(step.options) for step in outcome.rounds if step.event == "counted"]
    assert all(after <= before for before, after in steps(shrinking))


@given(with_order(rankings()), st.data())
def test_names_and_the_order_of_ballots_do_not_matter(drawn: tuple[Rankings, list[int]], data: st.DataObject) -> None:
    profile, order = drawn
    new = data.draw(st.permutations(range(len(order))))
    default, quorum = order[-1], data.draw(st.integers(0, 3))
    outcome = debian(profile, default, quorum, {order[0]: Fraction(2)}, order)
    assert debian(turned_round(profile), default, quorum, {order[0]: Fraction(2)}, order) == outcome
    other = debian(renamed(profile, new), new[default], quorum, {new[order[0]]: Fraction(2)}, [new[each] for each in order])
    (winners, happened, ties), (other_winners, other_happened, other_ties) = decisions(outcome, new), decisions(other, range(len(order)))
    assert (winners, [tie[1:] for tie in ties]) == (other_winners, [tie[1:] for tie in other_ties])
    assert sorted(map(str, happened)) == sorted(map(str, other_happened))  # Options are dropped in the order of their numbers.
