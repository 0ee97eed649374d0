"""Schulze by winning votes: cases from the literature, and what holds for any ballots."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from ranked_ballots import cast, decisions, rankings, renamed, turned_round, with_order

from commonhold.governance.counting.ballots import Rankings
from commonhold.governance.counting.irv import irv
from commonhold.governance.counting.pairwise import condorcet_winner, pairwise
from commonhold.governance.counting.schulze import schulze, strongest_paths, unbeaten

TENNESSEE = cast("MNCK", "42 M>N>C>K", "26 N>C>K>M", "15 C>K>N>M", "17 K>C>N>M")


def test_the_example_of_schulze_with_45_voters() -> None:
    profile = cast("ABCDE", "5 A>C>B>E>D", "5 A>D>E>C>B", "8 B>E>D>A>C", "3 C>A>B>E>D", "7 C>A>E>B>D", "2 C>B>A>D>E", "7 D>C>E>B>A", "8 E>B>A>D>C")
    matrix = pairwise(profile)
    assert matrix.tolist() == [[0, 20, 26, 30, 22], [25, 0, 16, 33, 18], [19, 29, 0, 17, 24], [15, 12, 28, 0, 14], [23, 27, 21, 31, 0]]
    assert strongest_paths(matrix).tolist() == [
        [0, 28, 28, 30, 24], [25, 0, 28, 33, 24], [25, 29, 0, 29, 24], [25, 28, 28, 0, 24], [25, 28, 28, 31, 0]
    ]  # fmt: skip
    outcome = schulze(profile, range(5))
    assert outcome.winners == (4,)
    assert outcome.note == {"unbeaten": "4", "order": "4 0 2 1 3"}
    assert outcome.ties == ()
    assert [(step.event, step.options) for step in outcome.rounds] == [("elected", (4,))] + [("counted", (each,)) for each in (0, 2, 1, 3)]
    assert outcome.rounds[0].tallies == {0: "25", 1: "28", 2: "28", 3: "31"}


def test_the_capital_of_tennessee() -> None:
    assert schulze(TENNESSEE, range(4)).note["order"] == "1 2 3 0"
    assert irv(TENNESSEE, range(4)).winners == (3,)
    assert [step.options for step in irv(TENNESSEE, range(4)).rounds] == [(), (2,), (1,), (3,)]
    assert irv(TENNESSEE, range(4)).rounds[1].tallies == {0: "42", 1: "26", 2: "0", 3: "32"}


def test_a_cycle_of_equals_is_broken_by_the_declared_order_and_says_so() -> None:
    profile = cast("ABC", "1 A>B>C", "1 B>C>A", "1 C>A>B")
    outcome = schulze(profile, (2, 0, 1))
    assert outcome.winners == (2,)
    assert outcome.note == {"unbeaten": "0 1 2", "order": "2 0 1"}
    assert [(tie.round, tie.among, tie.chosen, tie.by) for tie in outcome.ties] == [(0, (0, 1, 2), 2, "order"), (1, (0, 1), 0, "order")]


def test_winning_votes_and_not_margins_measure_a_defeat() -> None:
    """B over C has the fewest votes, 4, and gives way, so that C wins; by margins A over B would, with 5:4, and B would win."""
    matrix = pairwise(profile := cast("ABC", "3 A", "4 B>C", "2 C>A"))
    assert [(matrix[a, b], matrix[b, a]) for a, b in ((0, 1), (1, 2), (2, 0))] == [(5, 4), (4, 2), (6, 3)]
    assert schulze(profile, range(3)).winners == (2,)


def test_nothing_to_choose_from() -> None:
    assert schulze(Rankings((), {}), ()).winners == ()
    assert schulze(cast("A", "3"), (0,)).winners == (0,)
    assert irv(Rankings((), {}), ()).winners == ()
    outcome = schulze(cast("AB", "3"), (1, 0))
    assert (outcome.winners, len(outcome.ties)) == ((1,), 1)


def test_a_ballot_in_a_runoff_stops_at_equals_of_whom_two_are_in() -> None:
    outcome = irv(cast("ABCD", "3 A", "2 B", "2 C=B>A", "1 D>C=B", "2 C"), range(4))
    assert [(step.options, step.note["exhausted"]) for step in outcome.rounds[:2]] == [((), "2"), ((3,), "3")]
    assert outcome.rounds[0].tallies == {0: "3", 1: "2", 2: "2", 3: "1"}
    for_good = irv(cast("ABCD", "6 A", "1 B", "2 C", "5 B=C>D", "4 D"), range(4))
    assert for_good.winners == (0,)
    assert for_good.rounds[-1].tallies == {0: "6", 1: "0", 2: "0", 3: "4"}
    one_is_in = irv(cast("ABCD", "4 A", "3 B", "1 C", "2 D>B=C"), range(4))
    assert [step.options for step in one_is_in.rounds] == [(), (2,), (3,), (1,)]
    assert one_is_in.rounds[-1].tallies == {0: "4", 1: "5", 2: "0", 3: "0"}


def test_equals_in_a_runoff_are_told_apart_by_the_latest_round_at_which_they_differed() -> None:
    outcome = irv(cast("ABCD", "5 A", "3 B", "2 C", "1 D>C"), (2, 0, 1, 3))
    assert [(tie.round, tie.among, tie.chosen, tie.by) for tie in outcome.ties] == [(2, (1, 2), 2, "earlier_stage")]
    assert outcome.winners == (0,)
    assert irv(cast("AB", "2 A", "2 B"), (1, 0)).winners == (1,)


@given(with_order(rankings()))
def test_a_condorcet_winner_wins(drawn: tuple[Rankings, list[int]]) -> None:
    profile, order = drawn
    best = condorcet_winner(pairwise(profile))
    if best is not None:
        assert schulze(profile, order).winners == (best,)
        assert unbeaten(strongest_paths(pairwise(profile))) == (best,)


@given(with_order(rankings()), st.data())
def test_names_and_the_order_of_ballots_do_not_matter(drawn: tuple[Rankings, list[int]], data: st.DataObject) -> None:
    """Option 0 is one like any other."""
    profile, order = drawn
    new = data.draw(st.permutations(range(len(order))))
    for rule in (schulze, irv):
        outcome = rule(profile, order)
        assert rule(turned_round(profile), order) == outcome
        other = rule(renamed(profile, new), [new[each] for each in order])
        assert decisions(other, range(len(order))) == decisions(outcome, new)


@given(with_order(rankings()))
def test_the_places_extend_the_relation_and_only_equals_are_ordered_by_lot(drawn: tuple[Rankings, list[int]]) -> None:
    profile, order = drawn
    outcome = schulze(profile, order)
    paths = strongest_paths(pairwise(profile))
    places = [int(each) for each in outcome.note["order"].split()]
    assert sorted(places) == list(range(len(order)))
    assert not any(paths[below, above] > paths[above, below] for place, above in enumerate(places) for below in places[place:])
    for tie in outcome.ties:
        assert tie.chosen == min(tie.among, key=order.index) == places[tie.round]
        assert all(not paths[one, other] > paths[other, one] for one in tie.among for other in tie.among)
    assert set(outcome.winners) <= {int(each) for each in outcome.note["unbeaten"].split()}


@given(with_order(rankings(options=(2, 6))))
def test_who_rises_on_a_ballot_does_not_lose(drawn: tuple[Rankings, list[int]]) -> None:
    """Monotone: the winner, put first on one ballot more, still wins."""
    profile, order = drawn
    (winner,) = schulze(profile, order).winners
    for ballot in list(profile.ballots)[:3]:
        raised = ((winner,), *(tuple(each for each in group if each != winner) for group in ballot))
        ballots = dict(profile.ballots)
        ballots[ballot] -= 1
        ballots[tuple(group for group in raised if group)] = ballots.get(tuple(group for group in raised if group), 0) + 1
        assert schulze(Rankings(profile.options, ballots), order).winners == (winner,)


@given(with_order(rankings(options=(2, 6))))
def test_whoever_wins_a_runoff_beats_whom_it_beats_last(drawn: tuple[Rankings, list[int]]) -> None:
    """Somebody first on more than half of the ballots wins at once; a loser by pairs wins only if ballots stopped counting."""
    profile, order = drawn
    outcome = irv(profile, order)
    first = [sum(many for ballot, many in profile.ballots.items() if ballot[:1] == ((option,),)) for option in range(len(order))]
    for option, votes in enumerate(first):
        if 2 * votes > profile.count:
            assert outcome.winners == (option,)
            assert len(outcome.rounds) == 2
    for step in outcome.rounds:
        assert sum(map(int, step.tallies.values())) + int(step.note["exhausted"]) == profile.count
