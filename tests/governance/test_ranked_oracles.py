"""Counts that others wrote, on random ballots with equal ranks and cut-off lists: Debian's belenios-tool, py-vote-core."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from ranked_ballots import ballots_above, rankings

from commonhold.governance.counting.ballots import Rankings
from commonhold.governance.counting.debian import debian
from commonhold.governance.counting.irv import irv
from commonhold.governance.counting.pairwise import pairwise
from commonhold.governance.counting.schulze import schulze, strongest_paths, unbeaten
from commonhold.governance.counting.stv import stv

belenios = pytest.mark.skipif(shutil.which("belenios-tool") is None, reason="belenios-tool is a Debian package")


def one_by_one(profile: Rankings) -> Iterator[list[int]]:
    """Each ballot as Belenios has it: a rank for each option from 1, 0 for none."""
    for ballot, many in profile.ballots.items():
        ranks = [0] * len(profile.options)
        for level, group in enumerate(ballot, 1):
            for option in group:
                ranks[option] = level
        yield from [ranks] * many


def asked(method: str, profile: Rankings, *options: str) -> dict[str, Any]:
    ballots = json.dumps(list(one_by_one(profile)))
    run = subprocess.run(["belenios-tool", "method", method, *options], input=ballots, capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


@belenios
@settings(max_examples=150)
@given(rankings(options=(2, 6)))
def test_schulze_as_belenios_has_it(profile: Rankings) -> None:
    """Belenios measures defeats by the votes for, then by the fewest against; Schulze by winning votes is coarser: it keeps their winners."""
    size = len(profile.options)
    theirs = asked("schulze", profile, "--blank-allowed=true", f"--nchoices={size}")
    matrix = pairwise(profile)
    blank = profile.ballots.get((), 0)
    assert (theirs["valid"], theirs["blank"]) == (profile.count - blank, blank)
    assert theirs["raw"] == matrix.tolist()
    finer = np.array(theirs["beatpaths"])[:, :, 0]
    np.fill_diagonal(finer, 0)  # They tell the strongest way back to oneself there.
    assert finer.tolist() == strongest_paths(matrix).tolist()
    assert set(theirs["winners"][0]) <= set(unbeaten(strongest_paths(matrix)))


@belenios
@settings(max_examples=150)
@given(rankings(options=(2, 6)))
def test_debian_as_belenios_has_it(profile: Rankings) -> None:
    """Against a default that is on no ballot and below all, nothing is dropped: what is left is Schwartz sequential dropping."""
    size = len(profile.options)
    everywhere = {ballot: many for ballot, many in profile.ballots.items() if ballot}
    everywhere[tuple((option,) for option in range(size))] = everywhere.get(tuple((option,) for option in range(size)), 0) + 1
    # Whoever leaves an option out cannot rank it above the default; so they are put on the last place together.
    full: dict[tuple[tuple[int, ...], ...], int] = {}
    for ballot, many in everywhere.items():
        rest = tuple(sorted(set(range(size)) - {option for group in ballot for option in group}))
        full[ballot + ((rest,) if rest else ())] = full.get(ballot + ((rest,) if rest else ()), 0) + many
    with_default = Rankings((*profile.options, "default"), full)
    outcome = debian(with_default, size, 0, {}, range(size + 1))
    theirs = asked("schulze", Rankings(profile.options, full), "--blank-allowed=true", f"--nchoices={size}")["winners"][0]
    among = outcome.ties[-1].among if outcome.ties else outcome.winners
    assert sorted(theirs) == sorted(among)


@belenios
@settings(max_examples=100)
@given(rankings(options=(2, 6), ties=False))
def test_one_seat_as_belenios_has_it(profile: Rankings) -> None:
    """Where no tie decides, one seat goes to the same option; Belenios knows neither equal ranks nor blank ballots here."""
    ours = stv(profile, 1, range(len(profile.options)))
    told = Rankings(profile.options, {ballot: many for ballot, many in profile.ballots.items() if ballot})
    assume(told.ballots and not ours.ties)
    theirs = asked("stv", told, "--nseats=1")
    assume(not any(event[0].startswith("Tie") for event in theirs["events"]))
    assert list(ours.winners) == theirs["winners"]


@settings(max_examples=150)
@given(rankings(options=(2, 6)))
def test_schulze_as_py_vote_core_has_it(profile: Rankings) -> None:
    oracle = pytest.importorskip("py3votecore.schulze_method")
    ballots = [
        {"count": many, "ballot": [[str(option) for option in group] for group in ballot]} for ballot, many in profile.ballots.items() if ballot
    ]
    on_ballots = {option for ballot in profile.ballots for group in ballot for option in group}
    assume(len(on_ballots) == len(profile.options))  # It knows only those who are on a ballot.
    theirs = oracle.SchulzeMethod(ballots, ballot_notation=oracle.SchulzeMethod.BALLOT_NOTATION_GROUPING).as_dict()
    matrix = pairwise(profile)
    for (above, below), many in theirs["pairs"].items():
        assert matrix[int(above), int(below)] == many
    assert {int(each) for each in theirs.get("tied_winners", {theirs["winner"]})} == set(unbeaten(strongest_paths(matrix)))


@settings(max_examples=150)
@given(rankings(options=(2, 6), ties=False))
def test_runoff_as_py_vote_core_has_it(profile: Rankings) -> None:
    """Where no tie decides. Its quota stays that of all ballots, so it may go on longer, to the same winner."""
    oracle = pytest.importorskip("py3votecore.irv")
    ballots = [{"count": many, "ballot": [str(option) for (option,) in ballot]} for ballot, many in profile.ballots.items() if ballot]
    ours = irv(profile, range(len(profile.options)))
    first = {ballot[0][0] for ballot in profile.ballots if ballot}
    assume(not ours.ties and len(first) > 1)
    theirs = oracle.IRV(ballots).as_dict()
    assume(not any("tied_losers" in each for each in theirs["rounds"]))
    assert str(ours.winners[0]) == theirs["winner"]


@given(rankings())
def test_pairs_counted_ballot_by_ballot(profile: Rankings) -> None:
    size = range(len(profile.options))
    assert pairwise(profile).tolist() == [[ballots_above(profile, above, below) for below in size] for above in size]


@given(rankings(options=(1, 4)))
def test_paths_found_one_by_one(profile: Rankings) -> None:
    """The strongest of all paths, each walked."""
    matrix = pairwise(profile)
    size = len(profile.options)

    def strongest(start: int, goal: int, seen: frozenset[int]) -> int:
        steps = [each for each in range(size) if each not in seen and matrix[start, each] > matrix[each, start]]
        return max(
            (int(matrix[start, each]) if each == goal else min(int(matrix[start, each]), strongest(each, goal, seen | {each})) for each in steps),
            default=0,
        )

    found = [[0 if start == goal else strongest(start, goal, frozenset({start})) for goal in range(size)] for start in range(size)]
    assert strongest_paths(matrix).tolist() == found
    assert set(schulze(profile, range(size)).winners) <= set(unbeaten(strongest_paths(matrix)))
