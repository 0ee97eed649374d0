"""Ranked ballots for tests: written as text, drawn by chance, and read from the data beside the tests of governance."""

from __future__ import annotations

import json
import lzma
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st

from commonhold.governance.counting.ballots import Ranking, Rankings, ranking
from commonhold.governance.counting.outcome import Outcome
from commonhold.governance.formats.preflib import read_preflib

DATA = Path(__file__).parent / "governance" / "data"
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def cast(options: str, *lines: str) -> Rankings:
    """Ballots such as `12 A>B=C`, of options that are one letter each; the number alone is a blank ballot."""
    ballots: Counter[Ranking] = Counter()
    for line in lines:
        many, _, said = line.partition(" ")
        ballots[ranking([options.index(each) for each in group.split("=")] for group in said.split(">") if group)] += int(many)
    return Rankings(tuple(options), dict(ballots))


@st.composite
def rankings(draw: st.DrawFn, options: tuple[int, int] = (1, 6), ballots: int = 12, *, ties: bool = True, most: int = 9) -> Rankings:
    """Profiles of weak orders, cut off anywhere; of strict orders without ties."""
    count = draw(st.integers(*options))
    found: Counter[Ranking] = Counter()
    for _ in range(draw(st.integers(0, ballots))):
        listed = draw(st.permutations(range(count)))[: draw(st.integers(0, count))]
        joined = draw(st.lists(st.booleans(), min_size=len(listed), max_size=len(listed))) if ties else [False] * len(listed)
        groups: list[list[int]] = []
        for option, with_previous in zip(listed, joined, strict=True):
            if with_previous and groups:
                groups[-1].append(option)
            else:
                groups.append([option])
        found[ranking(groups)] += draw(st.integers(1, most))
    return Rankings(tuple(f"option {number}" for number in range(count)), dict(found))


@st.composite
def with_order(draw: st.DrawFn, profiles: st.SearchStrategy[Rankings]) -> tuple[Rankings, list[int]]:
    """A profile, and a declared order of its options."""
    profile = draw(profiles)
    return profile, draw(st.permutations(range(len(profile.options))))


def renamed(profile: Rankings, new: Sequence[int]) -> Rankings:
    """The same ballots where option k has the number new[k]."""
    ballots = {tuple(tuple(sorted(new[each] for each in group)) for group in ballot): many for ballot, many in profile.ballots.items()}
    options = [""] * len(new)
    for number, name in enumerate(profile.options):
        options[new[number]] = name
    return Rankings(tuple(options), ballots)


def turned_round(profile: Rankings) -> Rankings:
    """The same ballots, met in the opposite order."""
    return replace(profile, ballots=dict(reversed(profile.ballots.items())))


def decisions(outcome: Outcome, new: Sequence[int]) -> tuple[object, ...]:
    """What was decided, with option k called new[k]: winners, what happened to whom, ties."""
    return (
        [new[each] for each in outcome.winners],
        [
            (step.event, sorted(new[each] for each in step.options), dict(sorted((new[each], what) for each, what in step.tallies.items())))
            for step in outcome.rounds
        ],
        [(tie.round, sorted(new[each] for each in tie.among), new[tie.chosen], tie.by) for tie in outcome.ties],
    )


def ballots_above(profile: Rankings, better: int, worse: int) -> int:
    """V(A, B), ballot by ballot."""
    total = 0
    for ballot, many in profile.ballots.items():
        place = {option: level for level, group in enumerate(ballot) for option in group}
        total += many * (place.get(better, 99) < place.get(worse, 99))
    return total


def preflib(name: str) -> Rankings:
    """A file of PrefLib, packed or not."""
    path = DATA / "preflib" / name
    text = lzma.decompress(path.read_bytes()).decode() if path.suffix == ".xz" else path.read_text(encoding="utf-8")
    return read_preflib(text)


def scottish() -> Iterator[tuple[str, int, Rankings, list[int]]]:
    """Name, seats, ballots and winners of each of the 1,070 elections.

    Three lines each: name, candidates, seats; ballots in order, each as how much it shares with the one before, and the rest,
    a base-36 digit per candidate; how many there are of each.
    """
    winners = json.loads((DATA / "scottish_winners.json").read_text(encoding="utf-8"))
    lines = lzma.decompress((DATA / "scottish.txt.xz").read_bytes()).decode().splitlines()
    alone = {digit: (number,) for number, digit in enumerate(DIGITS)}
    for head, listed, counts in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
        name, candidates, seats = head.split()
        ballots: dict[Ranking, int] = {}
        before: Ranking = ()
        for said, many in zip(listed.split(), counts.split(), strict=True):
            before = before[: DIGITS.index(said[0])] + tuple(alone[digit] for digit in said[1:])
            ballots[before] = int(many)
        yield name, int(seats), Rankings(tuple(map(str, range(int(candidates)))), ballots), winners[name]
