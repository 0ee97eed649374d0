"""Scottish STV: a sheet worked out by hand, the corners of the Order, and what holds for any ballots."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from ranked_ballots import cast, decisions, rankings, renamed, turned_round, with_order
from stv_by_hand import Count

from commonhold.governance.counting.ballots import Rankings
from commonhold.governance.counting.stv import stv


def sheet(profile: Rankings, seats: int) -> list[tuple[str, tuple[int, ...]]]:
    return [(step.event, step.options) for step in stv(profile, seats, range(len(profile.options))).rounds]


def test_the_party_with_oranges_and_chocolate() -> None:
    """20 guests, 3 kinds of food: the worked example that many textbooks have."""
    profile = cast("OPCSB", "4 O", "2 P>O", "8 C>S", "4 C>B", "1 S", "1 B")
    outcome = stv(profile, 3, range(5))
    assert [profile.options[each] for each in outcome.winners] == ["C", "O", "S"]
    assert outcome.note == {"quota": "6", "valid": "20"}
    assert [(step.event, step.options) for step in outcome.rounds] == [
        ("counted", ()), ("elected", (2,)), ("surplus", (2,)), ("excluded", (1,)), ("elected", (0,)), ("excluded", (4,)), ("elected", (3,))
    ]  # fmt: skip
    assert outcome.rounds[2].tallies == {0: "4.00000", 1: "2.00000", 2: "6.00000", 3: "5.00000", 4: "3.00000"}
    assert outcome.rounds[5].note == {"not_transferable": "3.00000", "rounding": "0.00000"}
    assert outcome.ties == ()


def test_a_transfer_value_is_cut_to_five_decimals() -> None:
    """Seven papers, a surplus of 3: 3/7 = 0.42857142…"""
    profile = cast("ABCD", "4 A>B", "3 A>C", "2 D", "1 B")
    outcome = stv(profile, 2, range(4))
    assert outcome.note["quota"] == "4"
    assert outcome.rounds[2].tallies == {0: "4.00000", 1: "2.71428", 2: "1.28571", 3: "2.00000"}
    assert outcome.rounds[2].note == {"not_transferable": "0.00000", "rounding": "0.00001"}


def test_papers_of_a_second_surplus_are_weighted_by_what_they_were_worth() -> None:
    """B gets A's papers at 0.33333, and passes them on at 0.33333 × surplus / total, and the own ones at surplus / total."""
    profile = cast("ABCDE", "12 A>B>C", "7 B>D", "4 E", "1 C")
    outcome = stv(profile, 3, range(5))
    quota, total = Decimal(7), Decimal(7) + 12 * Decimal("0.41666")
    assert outcome.rounds[0].tallies[0] == "12.00000"
    assert outcome.rounds[1].options == (0, 1)
    assert total > quota
    assert outcome.rounds[2].tallies == {0: "7.00000", 1: "7.00000", 2: f"{1 + 12 * Decimal('0.41666')}", 3: "0.00000", 4: "4.00000"}
    late = stv(cast("ABCDE", "12 A>B>C", "6 B>D", "5 E", "1 C"), 3, range(5))
    assert late.rounds[2].tallies[1] == f"{6 + 12 * Decimal('0.41666')}"
    assert late.rounds[4].event == "surplus"
    surplus, whole = 6 + 12 * Decimal("0.41666") - 7, 6 + 12 * Decimal("0.41666")
    cut = Decimal("0.00001")
    assert late.rounds[4].tallies[3] == str(6 * (surplus / whole).quantize(cut, "ROUND_DOWN"))
    assert late.rounds[4].tallies[2] == str(1 + 12 * (Decimal("0.41666") * surplus / whole).quantize(cut, "ROUND_DOWN"))


def test_the_last_seats_need_no_quota() -> None:
    assert sheet(cast("ABC", "3 A", "1 B"), 2) == [("counted", ()), ("elected", (0,)), ("surplus", (0,)), ("excluded", (2,)), ("elected", (1,))]
    assert sheet(cast("AB", "1 B"), 2) == [("counted", ()), ("elected", (1, 0))]
    assert stv(cast("AB", "1 B"), 5, (0, 1)).winners == (1, 0)
    assert stv(cast("AB", "1 B"), 0, (0, 1)).winners == ()
    assert stv(Rankings((), {}), 2, ()).winners == ()


def test_without_ballots_the_lot_elects() -> None:
    outcome = stv(cast("ABC", "3"), 1, (1, 2, 0))
    assert outcome.winners == (1,)
    assert [(tie.among, tie.chosen, tie.by) for tie in outcome.ties] == [((0, 1, 2), 0, "order"), ((1, 2), 2, "order")]


def test_equals_are_told_apart_by_the_latest_stage_at_which_they_differed() -> None:
    """After D is out, B and C have 3 each; before, C had fewer. The declared order would have taken B out."""
    profile = cast("ABCD", "5 A", "3 B", "2 C", "1 D>C")
    outcome = stv(profile, 1, (2, 0, 1, 3))
    assert [(tie.round, tie.among, tie.chosen, tie.by) for tie in outcome.ties] == [(2, (1, 2), 2, "earlier_stage")]
    assert [step.options for step in outcome.rounds if step.event == "excluded"] == [(3,), (2,), (1,)]
    never = stv(cast("ABC", "5 A", "3 B>C", "3 C>B"), 1, (2, 0, 1))
    assert [(tie.among, tie.chosen, tie.by) for tie in never.ties] == [((1, 2), 1, "order")]
    assert never.winners == (2,)


def test_equal_surpluses_go_on_in_the_declared_order() -> None:
    profile = cast("ABCDE", "8 A>C", "8 B>D", "2 C", "2 D", "1 E")
    for order, first in (((0, 1, 2, 3, 4), 0), ((1, 0, 2, 3, 4), 1)):
        outcome = stv(profile, 3, order)
        surpluses = [step.options for step in outcome.rounds if step.event == "surplus"]
        assert surpluses[0] == (first,)
        assert (outcome.ties[0].among, outcome.ties[0].chosen) == ((0, 1), first)


def test_equal_ranks_stop_a_paper_where_more_than_one_continues() -> None:
    profile = cast("ABCD", "5 A=B>C", "2 C=D>A", "4 A>B=C", "3 B", "1 C>A=B")
    outcome = stv(profile, 1, range(4))
    assert outcome.note == {"quota": "5", "valid": "8"}
    assert outcome.rounds[0].tallies == {0: "4.00000", 1: "3.00000", 2: "1.00000", 3: "0.00000"}
    assert outcome.rounds[2].options == (2,)
    assert outcome.rounds[2].note["not_transferable"] == "1.00000"
    one_left = stv(cast("ABC", "2 C>A=B>C", "3 A", "4 B", "1 A"), 1, range(3))
    assert one_left.rounds[1].note["not_transferable"] == "2.00000"
    passed = stv(cast("ABCD", "2 C>D=B", "5 A", "4 B", "1 D"), 1, range(4))
    assert passed.rounds[2].tallies == {0: "5.00000", 1: "6.00000", 2: "0.00000", 3: "0.00000"}


@settings(max_examples=300)
@given(with_order(rankings(options=(1, 7), ballots=14)), st.integers(0, 4))
def test_as_counted_by_hand(drawn: tuple[Rankings, list[int]], seats: int) -> None:
    """Paper by paper, in decimals: the same winners, and the same votes at each stage."""
    profile, order = drawn
    outcome, hand = stv(profile, seats, order), Count(profile, seats, order)
    assert list(outcome.winners) == hand.elected
    stages = [step for step in outcome.rounds if step.event != "elected"]
    assert [{each: Decimal(votes) for each, votes in step.tallies.items()} for step in stages] == hand.stages
    assert [Decimal(step.note["not_transferable"]) for step in stages] == hand.stuck


@given(with_order(rankings(options=(1, 7))), st.integers(0, 4))
def test_no_vote_is_lost_or_made_and_who_is_elected_has_the_quota(drawn: tuple[Rankings, list[int]], seats: int) -> None:
    profile, order = drawn
    outcome = stv(profile, seats, order)
    valid, quota = int(outcome.note["valid"]), int(outcome.note["quota"])
    assert valid == sum(many for ballot, many in profile.ballots.items() if ballot and len(ballot[0]) == 1)
    assert quota == valid // (seats + 1) + 1
    open_seats, continuing = seats, len(order)
    for step in outcome.rounds:
        votes = {each: Decimal(said) for each, said in step.tallies.items()}
        lost = Decimal(step.note["rounding"])
        assert sum(votes.values()) + Decimal(step.note["not_transferable"]) + lost == valid
        assert lost >= 0
        if step.event == "excluded":
            continuing -= 1
        if step.event == "elected":
            short = [each for each in step.options if votes[each] < quota]
            open_seats, continuing = open_seats - len(step.options), continuing - len(step.options)
            assert not short or continuing == 0
    assert open_seats >= 0
    assert len(set(outcome.winners)) == len(outcome.winners) == min(seats, len(order))


@given(with_order(rankings(options=(1, 6))), st.integers(1, 3), st.data())
def test_names_and_the_order_of_ballots_do_not_matter(drawn: tuple[Rankings, list[int]], seats: int, data: st.DataObject) -> None:
    """Candidate 0 is one like any other: a library that took 0 for nobody has 108 of 1,070 Scottish elections wrong."""
    profile, order = drawn
    new = data.draw(st.permutations(range(len(order))))
    outcome = stv(profile, seats, order)
    assert stv(turned_round(profile), seats, order) == outcome
    assert decisions(stv(renamed(profile, new), seats, [new[each] for each in order]), range(len(order))) == decisions(outcome, new)


@given(with_order(rankings(options=(2, 6))), st.integers(1, 3))
def test_a_tie_by_lot_is_between_equals_and_decided_by_the_declared_order(drawn: tuple[Rankings, list[int]], seats: int) -> None:
    profile, order = drawn
    outcome = stv(profile, seats, order)
    for tie in outcome.ties:
        decided = outcome.rounds[tie.round]
        before = outcome.rounds[tie.round - 1].tallies
        assert len({before[each] for each in tie.among}) == 1
        assert decided.options == (tie.chosen,)
        if tie.by == "order":
            assert tie.chosen == (min if decided.event == "surplus" else max)(tie.among, key=order.index)
            assert all(len({step.tallies[each] for each in tie.among}) == 1 for step in outcome.rounds[: tie.round])
        else:
            assert any(len({step.tallies[each] for each in tie.among}) > 1 for step in outcome.rounds[: tie.round])


@given(st.data(), st.integers(1, 4), st.integers(2, 4))
def test_a_group_that_ranks_its_candidates_first_gets_its_seats(data: st.DataObject, seats: int, size: int) -> None:
    """Droop's proportionality: more than k quotas of ballots with the same candidates on top elect k of them."""
    everybody, group = range(6), range(size)
    ballots: dict[tuple[tuple[int, ...], ...], int] = {}
    backing = 0
    for _ in range(data.draw(st.integers(1, 8))):
        many, inside = data.draw(st.integers(1, 20)), data.draw(st.booleans())
        listed = data.draw(st.permutations(everybody))
        if inside:
            listed = [each for each in listed if each in group] + [each for each in listed if each not in group]
            backing += many
        ballot = tuple((each,) for each in listed)
        ballots[ballot] = ballots.get(ballot, 0) + many
    outcome = stv(Rankings(tuple("ABCDEF"), ballots), seats, data.draw(st.permutations(everybody)))
    # A whole vote more than the quotas makes up for what cutting to five decimals can lose.
    due = max(0, backing - 1) // int(outcome.note["quota"])
    assert len(set(outcome.winners) & set(group)) >= min(due, size)
