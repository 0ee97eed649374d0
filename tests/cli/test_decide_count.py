"""`commonhold decide count`: ballots of any file, without a node, with known answers; and what is wrong with a file is a sentence."""

from __future__ import annotations

import json
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from command_line import COMMAND, Said, commonhold

from commonhold.governance.counting.methods import METHODS
from tests.pb_files import answers, files

DATA = Path(__file__).resolve().parents[1] / "governance" / "data"

BLT = """4 2
-3
28 1 2 0
26 2 1 0
3 4 3 0
2 3 0
1 2=4 0
0
"Ana"
"Bo"
"Cy"
"Di"
"Council"
"""
PB = """META
key;value
description;Spring
budget;100.50
vote_type;approval
PROJECTS
project_id;cost;name;selected
pump;60.25;A pump;1
bench;50;A bench;0
paint;40.25;Paint;1
VOTES
voter_id;vote
1;pump,bench
2;pump
3;paint
4;
"""
TIED = "# NUMBER ALTERNATIVES: 2\n# ALTERNATIVE NAME 1: Ana\n# ALTERNATIVE NAME 2: Bo\n1: 1,2\n1: 2,1\n"


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no node anywhere near."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("COMMONHOLD_HOME", str(tmp_path / "nowhere"))
    monkeypatch.chdir(tmp_path)


def count(name: str, text: str | bytes, *arguments: str) -> Said:
    """Count a file that is written first."""
    Path(name).write_bytes(text.encode() if isinstance(text, str) else text)
    return commonhold("decide", "count", name, *arguments)


def told(name: str, text: str | bytes, *arguments: str) -> Any:
    """The same, as JSON."""
    said = count(name, text, *arguments, "--json")
    assert said.code == 0, said
    assert not Path("nowhere").exists()
    return said.json()


def test_a_blt_file_has_its_seats_and_leaves_out_who_withdrew() -> None:
    """Cy is gone: ballots for Cy alone name nobody, that for Di and Cy is for Di. A paper with two in the first place is for neither."""
    found = told("council.blt", BLT, "--rule", "stv")
    assert (found["rule"], found["version"], found["parameters"]) == ("stv", METHODS["stv"].version, {"seats": 2})
    assert found["options"] == [{"id": "1", "name": "Ana"}, {"id": "2", "name": "Bo"}, {"id": "4", "name": "Di"}]
    assert (found["winners"], found["withdrawn"], found["note"]["quota"]) == (["1", "2"], ["3"], "20")
    assert found["ballots"]["count"] == 60 and len(found["ballots"]["sha256"]) == 64
    assert found["rounds"][0]["tallies"] == {"1": "28.00000", "2": "26.00000", "4": "3.00000"}
    assert told("council.blt", BLT, "--rule", "stv", "--param", "seats=1")["winners"] == ["1"]


def test_the_ballots_are_known_by_their_hash() -> None:
    """SHA-256 of the canonical JSON of options and ballots, as anybody can compute it."""
    found = told("two.toi", TIED, "--rule", "irv")
    plain = json.dumps({"ballots": [[1, [[0], [1]]], [1, [[1], [0]]]], "options": ["1", "2"]}, separators=(",", ":"))
    assert found["ballots"] == {"count": 2, "sha256": sha256(plain.encode()).hexdigest()}


@pytest.mark.parametrize(
    ("arguments", "winner", "origin"),
    [([], "1", "file"), (["--order", "2,1"], "2", "given"), (["--order", "Bo,Ana"], "2", "given")],
)
def test_a_tie_is_broken_by_the_order(arguments: list[str], winner: str, origin: str) -> None:
    found = told("two.toi", TIED, "--rule", "irv", *arguments)
    assert (found["winners"], found["order"]["from"]) == ([winner], origin)
    assert found["ties"][0]["by"] == "order" and found["ties"][0]["among"] == ["1", "2"]
    words = {"file": "the order of the file", "given": "the order that was given"}[origin]
    assert f"Ties broken by {words}: 1." in count("two.toi", TIED, "--rule", "irv", *arguments).out


def test_an_order_is_drawn_from_a_seed() -> None:
    """By the SHA-256 of the seed, a zero byte and the id."""
    for seed in ("2026", "2027", "2028", "2029"):
        drawn = sorted("12", key=lambda option: sha256(f"{seed}\0{option}".encode()).digest())
        assert told("two.toi", TIED, "--rule", "irv", "--seed", seed)["order"] == {"from": "seed", "options": drawn}


def test_debian_is_measured_by_the_option_that_is_named() -> None:
    assert told("two.toi", TIED + "1: 1,2\n", "--rule", "debian")["winners"] == ["1"]
    named = told("two.toi", TIED + "1: 1,2\n", "--rule", "debian", "--param", "default=Ana")
    assert (named["winners"], named["parameters"]) == (["1"], {"default": "1", "quorum": 0, "majority": "1/1"})


def test_a_pb_file_has_its_budget_and_its_official_result() -> None:
    """Greedy: the pump has 2 votes, then paint is the cheaper of two with one, and fits."""
    found = told("spring.pb", PB, "--rule", "greedy")
    assert found["winners"] == ["pump", "paint"]
    assert found["budget"] == {"total": 10050, "unit": 100}
    assert found["options"][0] == {"id": "pump", "name": "A pump"}
    assert found["official"] == {"selected": ["pump", "paint"], "same": True, "more": [], "fewer": []}
    assert found["parameters"] == {
        "per": "option", "threshold": "0", "minimum_support": 0, "skip_unaffordable": True, "ties": "cheapest", "score": "ballots",
    }  # fmt: skip
    said = count("spring.pb", PB, "--rule", "greedy").out
    assert "The same as the official result (2 selected)." in said and "2 winners:\n  1. pump A pump\n  2. paint Paint" in said
    other = count("spring.pb", PB, "--rule", "greedy", "--param", "minimum_support=2").out
    assert "The official result differs" in other and "there and not here: paint" in other


def test_equal_shares_raises_the_budget_by_one_unit_of_money() -> None:
    assert told("spring.pb", PB, "--rule", "equal_shares", "--param", "completion=add1")["parameters"]["increment"] == 100


def test_the_scores_of_a_file_count_unless_it_is_said_otherwise() -> None:
    """The file has weighed the votes for the bench: it is first by its column, and second by the ballots."""
    scored = PB.replace("cost;name", "cost;score;name").replace(";60.25;", ";60.25;2;").replace(";50;", ";50;9;").replace(";40.25;", ";40.25;1;")
    assert told("spring.pb", scored, "--rule", "greedy")["winners"] == ["bench", "paint"]
    found = told("spring.pb", scored, "--rule", "greedy", "--param", "score=ballots")
    assert (found["winners"], found["parameters"]["score"]) == (["pump", "paint"], "ballots")
    refused = count("spring.pb", PB, "--rule", "greedy", "--param", "score=file", "--json")
    assert (refused.code, refused.json()["code"]) == (1, "governance.bad_parameter")


def test_the_threshold_of_a_file_holds() -> None:
    text = PB.replace("vote_type;approval", "vote_type;approval\nmin_project_score_threshold;2")
    found = told("spring.pb", text, "--rule", "greedy")
    assert (found["winners"], found["parameters"]["threshold"]) == (["pump"], "2")
    assert told("spring.pb", text, "--rule", "greedy", "--param", "threshold=1")["winners"] == ["pump", "paint"]


def test_rankings_of_projects_are_points_where_points_are_counted() -> None:
    text = PB.replace("vote_type;approval", "vote_type;ordinal")
    assert told("spring.pb", text, "--rule", "greedy")["winners"][0] == "pump"
    assert told("spring.pb", text, "--rule", "irv")["winners"] == ["pump"]


def test_burlington_2009() -> None:
    """The plurality winner was Wright, instant runoff elected Kiss, and Montroll beats everybody."""
    text = (DATA / "preflib" / "00005-00000002.toi").read_bytes()
    by = {rule: told("burlington.toi", text, "--rule", rule) for rule in ("irv", "schulze", "stv")}
    names = {
        rule: [next(one["name"] for one in found["options"] if one["id"] == winner) for winner in found["winners"]] for rule, found in by.items()
    }
    assert names == {"irv": ["Bob Kiss"], "schulze": ["Andy Montroll"], "stv": ["Bob Kiss"]}
    assert {found["ballots"]["count"] for found in by.values()} == {8980}
    assert len({found["ballots"]["sha256"] for found in by.values()}) == 1


@pytest.mark.parametrize("name", ["Poland_Katowice_2022_Dabrowka_Mala.pb", "Poland_Czestochowa_2024_Mirow.pb", "Poland_Warszawa_2019_Muranow.pb"])
def test_cities_by_greedy(name: str) -> None:
    """What the city funded, in the variant that reproduces it."""
    variant = answers("pabulib", "expected.json")[name]["reproduced_by"]
    score = "file" if variant["score"] == "score_column" else "ballots"
    given = [f"--param=score={score}", f"--param=skip_unaffordable={str(variant['skip_unaffordable']).lower()}"]
    assert told(name, files("pabulib")[name], "--rule", "greedy", *given)["official"]["same"] is True


def test_a_large_election_is_counted_as_a_process_and_quickly() -> None:
    """Łódź 2022: 90,494 ballots. The default of the command is what the city did."""
    Path("lodz.pb").write_bytes(files("pabulib")["Poland_Lodz_2022.pb"])
    for rule, same in (("greedy", True), ("equal_shares", False), ("phragmen", False)):
        done = subprocess.run(
            [*COMMAND, "decide", "count", "lodz.pb", "--rule", rule, "--json"], capture_output=True, text=True, check=True, timeout=20
        )
        found = json.loads(done.stdout)
        assert (found["ballots"]["count"], found["official"]["same"]) == (90_494, same)
    assert [path.name for path in Path().iterdir()] == ["lodz.pb"]


def test_long_counts_are_cut_for_people_and_whole_for_programs() -> None:
    lodz = files("pabulib")["Poland_Lodz_2022.pb"]
    said = count("lodz.pb", lodz, "--rule", "greedy").out
    assert "118 more rounds; --json has all." in said and len(said.splitlines()) < 100
    assert len(told("lodz.pb", lodz, "--rule", "greedy")["rounds"]) == 158


WRONG: list[tuple[str, str | bytes, list[str], int, str, str]] = [
    ("a.blt", BLT, ["--rule", "best"], 2, "cli.usage", "equal_shares    A budget by equal shares."),
    ("a.blt", BLT, ["--rule", "approval"], 1, "governance.wrong_ballots", "counts approvals; these ballots are rankings"),
    ("a.pb", PB, ["--rule", "stv"], 1, "governance.wrong_ballots", "counts rankings"),
    ("a.blt", BLT, ["--rule", "greedy"], 1, "governance.wrong_ballots", ""),
    ("a.blt", BLT, ["--rule", "stv", "--param", "places=2"], 1, "governance.bad_parameter", "its parameters are seats"),
    ("a.blt", BLT, ["--rule", "stv", "--param", "seats=0"], 1, "governance.bad_parameter", ""),
    ("a.blt", BLT, ["--rule", "stv", "--param", "seats"], 2, "cli.usage", "NAME=VALUE"),
    ("a.blt", BLT, ["--rule", "stv", "--param", "seats=1", "--param", "seats=2"], 2, "cli.usage", "twice"),
    ("a.blt", BLT, ["--rule", "debian", "--param", "default=Eve"], 1, "governance.bad_parameter", "'Eve' is not an option"),
    ("a.blt", BLT, ["--rule", "debian", "--param", "majority=1e999999999"], 1, "governance.bad_parameter", ""),
    ("a.pb", PB, ["--rule", "greedy", "--param", "ties=alphabet"], 1, "governance.bad_parameter", "tie rules are"),
    ("a.blt", BLT, ["--rule", "stv", "--order", "1,2"], 2, "cli.usage", "look at '4'"),
    ("a.blt", BLT, ["--rule", "stv", "--order", "1,2,4,2"], 2, "cli.usage", "look at '2'"),
    ("a.blt", BLT, ["--rule", "stv", "--order", "1,2,4", "--seed", "x"], 2, "cli.usage", "one of the two"),
    ("a.csv", BLT, ["--rule", "stv"], 2, "cli.usage", ".pb, .blt, .toc"),
    ("a.blt", "4 2\n3 1 9 0\n0\n", ["--rule", "stv"], 2, "governance.bad_file", "Line 2"),
    ("a.pb", PB.replace("60.25", "dear"), ["--rule", "greedy"], 2, "governance.bad_file", "Line 8"),
    ("a.toi", "", ["--rule", "irv"], 2, "governance.bad_file", "empty"),
    ("a.soc", b"\xff\xfe", ["--rule", "irv"], 2, "cli.not_utf8", ""),
    ("a.blt", "1 1\n-1\n3 1 0\n0\n", ["--rule", "stv"], 1, "governance.wrong_ballots", "no options"),
]


@pytest.mark.parametrize(("name", "text", "arguments", "code", "problem", "words"), WRONG, ids=[" ".join((one[0], *one[2])) for one in WRONG])
def test_what_is_wrong_is_said(name: str, text: str | bytes, arguments: list[str], code: int, problem: str, words: str) -> None:
    said = count(name, text, *arguments, "--json")
    assert (said.code, said.json()["code"]) == (code, problem), said
    assert words in said.json()["detail"]
    plain = count(name, text, *arguments)
    assert (plain.code, plain.out) == (code, "") and words in plain.err and "Traceback" not in plain.err


def test_a_file_that_is_not_there_or_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    assert commonhold("decide", "count", "none.blt", "--rule", "stv").code == 2
    monkeypatch.setattr("commonhold.cli.decide_count.BYTES_MAX", 10)
    said = count("a.blt", BLT, "--rule", "stv", "--json")
    assert (said.code, said.json()["code"]) == (2, "governance.bad_file")


def test_the_rules_in_the_help_are_all_there_are() -> None:
    listed = " ".join(commonhold("decide", "count", "--help").out.split())
    assert ", ".join(METHODS) in listed
