"""Elections whose result is known: official ones, and ones that several programs of others count alike."""

from __future__ import annotations

import csv
import io
import json
import lzma
from collections import Counter

import numpy as np
import pytest
from ranked_ballots import DATA, preflib, scottish
from stv_by_hand import Count

from commonhold.governance.counting.ballots import Ranking, Rankings, Scores, ranking
from commonhold.governance.counting.debian import debian
from commonhold.governance.counting.irv import irv
from commonhold.governance.counting.median import median, medians
from commonhold.governance.counting.pairwise import condorcet_winner, pairwise
from commonhold.governance.counting.schulze import schulze
from commonhold.governance.counting.stv import stv


def names(profile: Rankings, winners: tuple[int, ...]) -> list[str]:
    return [profile.options[each] for each in winners]


def resolution() -> Rankings:
    """Debian's general resolution 2019-002: a line per ballot, a rank per option, - for none."""
    ballots: Counter[Ranking] = Counter()
    for line in (DATA / "debian" / "gr2019_ballots.txt").read_text(encoding="utf-8").split("\n"):
        if line and not line.startswith("#"):
            ballots[ranking([option for option, rank in enumerate(line) if rank == digit] for digit in "123456789")] += 1
    return Rankings(tuple("12345678"), dict(ballots))


def test_debian_general_resolution_2019() -> None:
    profile, expected = resolution(), json.loads((DATA / "debian" / "gr2019_expected.json").read_text(encoding="utf-8"))
    assert profile.count == expected["n"] == 425
    assert pairwise(profile).tolist() == expected["matrix"]
    outcome = debian(profile, 7, 47, {}, range(8))
    assert names(profile, outcome.winners) == ["2"]
    assert outcome.ties == ()
    dropped = [step for step in outcome.rounds if step.event == "dropped"]
    assert [(step.options, step.tallies, step.note["reason"]) for step in dropped] == [((5,), {5: "173", 7: "214"}, "majority")]
    assert names(profile, schulze(profile, range(8)).winners) == ["2"]


def test_burlington_2009_has_another_winner_by_runoff_than_by_pairs() -> None:
    profile = preflib("00005-00000002.toi")
    order = range(len(profile.options))
    assert profile.count == 8_980
    assert sum(many for ballot, many in profile.ballots.items() if any(len(group) > 1 for group in ballot)) == 6
    outcome = irv(profile, order)
    assert names(profile, outcome.winners) == ["Bob Kiss"]
    assert outcome.rounds[-2].options == (profile.options.index("Andy Montroll"),)
    assert names(profile, schulze(profile, order).winners) == ["Andy Montroll"]
    assert condorcet_winner(pairwise(profile)) == profile.options.index("Andy Montroll")


@pytest.mark.parametrize(
    ("file", "elected"),
    [
        ("00001-00000001.soi.xz", ["Trevor Sargent G.P.", "Sean Ryan Lab", "G.V. Wright F.F.", "Jim Glennon F.F."]),
        ("00001-00000003.soi.xz", ["Noel Dempsey F.F.", "John Bruton F.G.", "Mary Wallace F.F.", "Damien English F.G.", "Johnny Brady F.F."]),
    ],
)
def test_irish_constituencies_2002(file: str, elected: list[str]) -> None:
    """The Irish rule draws the papers of a surplus instead of weighting them; here both elect the same."""
    profile = preflib(file)
    assert names(profile, stv(profile, len(elected), range(len(profile.options))).winners) == elected


DEBIAN_LEADERS = [
    ("00002-00000001.soi", "Bdale Garbee", "Bdale Garbee"),
    ("00002-00000002.soi", "Martin Michlmayr", "Bdale Garbee"),
    ("00002-00000004.soi", "Anthony Towns", "Steve McIntyre"),
    ("00002-00000007.soi", "Stefano Zacchiroli", "Stefano Zacchiroli"),
]
"""(file, who was elected, whom the ballots in the file elect)"""


@pytest.mark.parametrize(("file", "official", "found"), DEBIAN_LEADERS)
def test_debian_leaders_in_preflib(file: str, official: str, found: str) -> None:
    """Two of the files flattened equal ranks into the order of the candidates, and so elect somebody else: never store ballots so."""
    profile = preflib(file)
    default = next(number for number, name in enumerate(profile.options) if name.lower() == "none of the above")
    order = range(len(profile.options))
    assert names(profile, schulze(profile, order).winners) == names(profile, debian(profile, default, 30, {}, order).winners) == [found]
    assert all(len(group) == 1 for ballot in profile.ballots for group in ballot)
    matrix = pairwise(profile)
    if (official, found) == ("Martin Michlmayr", "Bdale Garbee"):
        theirs, ours = profile.options.index(official), profile.options.index(found)
        # Officially 228:224; the 28 ballots that had the two equal all count for the one with the lower number here.
        assert (matrix[theirs, ours], matrix[ours, theirs]) == (228, 224 + 28)


OTHERS = {
    "aberdeenshire_2017_ward9": ("pyrankvote", [0, 2, 3, 4], "unweighted"),
    "argyll_bute_2022_ward3": ("pyrankvote", [2, 6, 7], "unweighted"),
    "argyll_bute_2022_ward4": ("pyrankvote", [3, 4, 7, 9], "unweighted"),
    "argyll_bute_2022_ward8": ("pyrankvote", [1, 3, 6], "unweighted"),
    "argyll_bute_2022_ward9": ("pyrankvote", [0, 1, 5], "unweighted"),
    "dumgal_2022_ward7": ("stvpoll", [0, 1, 3], "waiting"),
    "east_ayrshire_2017_ward8": ("pyrankvote", [2, 4, 6, 7], "unweighted"),
    "edinburgh_2022_ward2": ("pyrankvote", [0, 3, 4, 6], "unweighted"),
    "edinburgh_2022_ward5": ("pyrankvote", [5, 7, 8, 9], "unweighted"),
    "falkirk_2022_ward6": ("stvpoll", [1, 3, 5, 6], "grabbing"),
    "fife_2017_ward6": ("pyrankvote", [1, 2, 5, 6], "unweighted"),
    "fife_2022_ward7": ("pyrankvote", [0, 2, 4, 8], "unweighted"),
    "glasgow_2012_ward11": ("pyrankvote", [0, 8, 11, 12], "unweighted"),
    "highland_2012_ward2": ("pyrankvote", [2, 5, 6], "unweighted"),
    "highland_2012_ward7": ("pyrankvote", [0, 1, 6, 7], "unweighted"),
    "highland_2017_ward2": ("pyrankvote", [0, 4, 6, 7], "unweighted"),
    "highland_2022_eilean_a_che": ("pyrankvote", [1, 4, 5, 8], "unweighted"),
    "highland_2022_inverness_ness_side": ("stvpoll", [0, 1, 6], "grabbing"),
    "highland_2022_inverness_west": ("pyrankvote", [0, 3, 4], "unweighted"),
    "midlothian_2012_ward5": ("pyrankvote", [0, 1, 2], "unweighted"),
    "moray_2012_ward5": ("pyrankvote", [2, 3, 4, 6], "bulk"),
    "moray_2012_ward6": ("pyrankvote", [0, 2, 4], "unweighted"),
    "north_ayrshire_2017_ward1": ("stvpoll", [0, 3, 4, 5], "waiting"),
    "north_lanarkshire_2017_ward11": ("pyvotecore", [0, 2, 3, 6], "at_once"),
    "north_lanarkshire_2022_ward12": ("stvpoll", [0, 1, 2, 3], "waiting"),
    "perth_kinross_2022_ward4": ("pyrankvote", [0, 2, 6], "bulk"),
    "shetland_2017_ward7": ("stvpoll", [0, 1, 2, 4], "waiting"),
    "south_ayrshire_2012_ward3": ("stvpoll", [0, 1, 3, 4], "waiting"),
    "south_ayrshire_2012_ward4": ("stvpoll", [2, 3, 4, 5], "grabbing"),
    "south_lanarkshire_2012_ward13": ("stvpoll", [0, 1, 3], "grabbing"),
    "south_lanarkshire_2022_ward12": ("pyrankvote", [1, 4, 5], "unweighted no_one"),
    "west_dunbartonshire_2017_ward2": ("stvpoll", [0, 1, 4, 5], "grabbing"),
    "west_lothian_2022_ward4": ("pyrankvote", [1, 6, 7, 9], "unweighted"),
}
"""Where a library elects others than the Order does: which one, whom, and the ways of `stv_by_hand` that lead there."""


def test_all_scottish_elections() -> None:
    """1,070 wards, 5.48 million ballots, by the rule under which they were held.

    In 33 of them a library elects others. Each is counted a second time by hand: as the Order says, and in the way in which
    that library differs from it, which leads to the library's winners.
    """
    wrong, elections, ballots, ties, explained = [], 0, 0, [], set()
    for name, seats, profile, winners in scottish():
        order = range(len(profile.options))
        outcome = stv(profile, seats, order)
        elections, ballots = elections + 1, ballots + profile.count
        if sorted(outcome.winners) != winners:
            wrong.append(name)
        ties += [(name, tie.among, tie.chosen, tie.by) for tie in outcome.ties]
        if name in OTHERS:
            _, theirs, ways = OTHERS[name]
            assert sorted(Count(profile, seats, order).elected) == winners != theirs, name
            assert sorted(Count(profile, seats, order, ways.split()).elected) == theirs, name
            explained.add(name)
    assert wrong == []
    assert (elections, ballots) == (1_070, 5_481_486)
    assert explained == set(OTHERS)
    assert Counter(library for library, _, _ in OTHERS.values()) == {"pyrankvote": 22, "stvpoll": 10, "pyvotecore": 1}
    # No lot was needed in any of them; once two candidates were equal, and one had been behind before.
    assert ties == [("renfrewshire_2017_ward3", (5, 7), 7, "earlier_stage")]


def impartial_culture() -> Rankings:
    """10,000 random ballots of 30 options, as in the reference: no Condorcet winner."""
    chance = np.random.default_rng(1)
    ballots = Counter(tuple((int(option),) for option in chance.permutation(30)) for _ in range(10_000))
    return Rankings(tuple(f"c{number}" for number in range(30)), dict(ballots))


def test_random_ballots_that_every_library_was_given() -> None:
    profile = impartial_culture()
    assert condorcet_winner(pairwise(profile)) is None
    assert names(profile, schulze(profile, range(30)).winners) == ["c25"]
    assert set(stv(profile, 5, range(30)).winners) == {17, 18, 25, 27, 28}


def retroactive() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(lzma.decompress((DATA / "rpgf3.csv.xz").read_bytes()).decode())))


def test_optimism_paid_by_median_with_quorum() -> None:
    """RetroPGF 3: a project on 17 ballots, with a median of 1,500, is paid its part of 30 million."""
    rows = retroactive()
    assert len(rows) == 643
    published = Scores(
        tuple(str(number) for number in range(len(rows))),
        # As many ballots as gave the project points, each with the published median: what is tested is quorum and minimum.
        {((number, int(row["median_cents"])),): int(row["ballots"]) for number, row in enumerate(rows)},
    )
    outcome = median(published, 17, 1_500_00, range(len(rows)))
    assert len(outcome.winners) == 501
    assert set(outcome.winners) == {number for number, row in enumerate(rows) if int(row["paid_cents"])}
    assert set(outcome.winners) == {number for number, row in enumerate(rows) if row["quorum_reached"] == "1"}
    whole = sum(int(rows[number]["median_cents"]) for number in outcome.winners)
    for number in outcome.winners:
        assert abs(int(rows[number]["median_cents"]) * 30_000_000_00 - int(rows[number]["paid_cents"]) * whole) <= whole * 6 // 10


def test_medians_of_the_votes_that_optimism_published() -> None:
    """Equal for 443 projects of 643, by the mean of both middle votes, to half a point: the votes published are not all that were cast."""
    rows = retroactive()
    assert sum(len(row["votes"].split()) for row in rows) == 21_813
    ballots: Counter[tuple[tuple[int, int], ...]] = Counter()
    for number, row in enumerate(rows):
        ballots.update(((number, int(vote)),) for vote in row["votes"].split())
    found = medians(Scores(tuple(map(str, range(len(rows)))), dict(ballots)))
    assert [each.count for each in found] == [int(row["ballots"]) for row in rows]
    assert sum(abs(50 * (each.lower + each.upper) - int(row["median_cents"])) <= 50 for each, row in zip(found, rows, strict=True)) == 443
    assert sum(100 * each.lower == int(row["median_cents"]) for each, row in zip(found, rows, strict=True)) == 356
