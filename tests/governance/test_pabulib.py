"""Pabulib's files: read, written, and refused in plain words when they are not what they should be."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.governance.counting.ballots import Approvals, Budget, Rankings, Scores
from commonhold.governance.counting.equal_shares import EqualShares, equal_shares
from commonhold.governance.formats.pabulib import Election, read_pb, write_pb
from commonhold.problems import BadInput
from tests.pb_files import as_listed, election, files

SMALL = '''META
key;value
country;Nowhere
description;Paths; and gardens
budget;1000,50
vote_type;approval
num_projects;3
num_votes;4
min_project_score_threshold;1
PROJECTS
project_id;cost;votes;score;name;selected
p1;500;2;2.5;Path;1
0;250,25;3;3;"Garden; with ""roses""";0
p3;0;0;0;Free;2
VOTES
voter_id;vote;age
1;p1,0;30
2;0;31
3;;32
4;0,p1;33
'''


def changed(old: str, new: str) -> str:
    assert old in SMALL
    return SMALL.replace(old, new)


def test_a_file_is_read() -> None:
    read = read_pb(SMALL)
    assert read.profile == Approvals(("p1", "0", "p3"), {(0, 1): 2, (1,): 1, (): 1})
    assert (read.budget, read.digits) == (Budget(100_050, (50_000, 25_025, 0)), 2)
    assert read.score == (Fraction(5, 2), Fraction(3), Fraction(0))
    assert (read.selected, read.threshold) == ((0,), 1)
    assert read.names == ("Path", 'Garden; with "roses"', "Free")
    assert read.meta["description"] == "Paths; and gardens"
    assert read_pb("\ufeff" + SMALL.replace("\n", "\r\n")) == read == read_pb(SMALL.encode("utf-8-sig"))


def test_every_kind_of_vote() -> None:
    chosen = read_pb(changed("approval", "choose-1").replace("p1,0;", "p1;").replace("0,p1;", "p1;"))
    assert chosen.profile == Approvals(("p1", "0", "p3"), {(0,): 2, (1,): 1, (): 1})
    ranked = read_pb(changed("vote_type;approval", "vote_type;ordinal\nmax_length;3"))
    assert ranked.profile == Rankings(("p1", "0", "p3"), {((0,), (1,)): 1, ((1,),): 1, (): 1, ((1,), (0,)): 1})
    assert ranked.scored() == Scores(("p1", "0", "p3"), {((0, 3), (1, 2)): 1, ((1, 3),): 1, (): 1, ((0, 2), (1, 3)): 1})
    pointed = (
        SMALL.replace("approval", "cumulative")
        .replace("age", "points")
        .replace(";30", ";3,1")
        .replace(";31", ";0.5")
        .replace(";32", ";")
        .replace(";33", ";1,3")
    )
    read = read_pb(pointed)
    assert (read.profile, read.points_digits) == (Scores(("p1", "0", "p3"), {((0, 30), (1, 10)): 2, ((1, 5),): 1, (): 1}), 1)
    assert read_pb(write_pb(read)).profile == read.profile
    assert read_pb(pointed.replace("cumulative", "scoring").replace("0.5", "-2")).profile.ballots == {((0, 3), (1, 1)): 2, ((1, -2),): 1, (): 1}


@pytest.mark.parametrize(
    ("content", "line", "where"),
    [
        ("", 1, ""),
        ("VOTES\nPROJECTS\nMETA\n", 1, ""),
        ("META\nPROJECTS\nVOTES", 2, "META.vote_type"),
        ("META\nkey;value\nvote_type;approval\nbudget;1\nPROJECTS\nVOTES", 6, "PROJECTS.project_id"),
        ("META\nkey;value\nvote_type;approval\nbudget;1\nPROJECTS\nproject_id;cost\nVOTES", 7, "VOTES.voter_id"),
        (changed("approval", "acclamation"), 2, "META.vote_type"),
        (changed("1000,50", "a lot"), 2, "META.budget"),
        (changed("1000,50", "-5"), 2, "META.budget"),
        (changed("budget;1000,50\n", ""), 2, "META.budget"),
        (changed("p1;500;", "p1;1e9;"), 12, "PROJECTS.cost"),
        (changed("p1;500;", "p1;nan;"), 12, "PROJECTS.cost"),
        (changed("p1;500;", "p1;-500;"), 12, "PROJECTS.cost"),
        (changed("p1;500;", "p1;" + "9" * 5000 + ";"), 12, "PROJECTS.cost"),
        (changed("500;2;2.5;", "500;2;two;"), 12, "PROJECTS.score"),
        (changed("p1;500;2;2.5;Path;1", "p1;500"), 12, "PROJECTS"),
        (changed("p3;0", "p1;0"), 14, "PROJECTS.project_id"),
        (changed("p3;0", ";0"), 14, "PROJECTS.project_id"),
        (changed("project_id;", "id;"), 11, "PROJECTS.project_id"),
        (changed("voter_id;vote;", "voter_id;choice;"), 16, "VOTES.vote"),
        (changed("2;0;31", "2;0,7;31"), 18, "VOTES.vote"),
        (changed("2;0;31", "2"), 18, "VOTES"),
        (changed("approval", "choose-1"), 17, "VOTES.vote"),
        (changed("approval", "cumulative"), 16, "VOTES.points"),
        (changed("approval", "cumulative").replace("age", "points"), 17, "VOTES.points"),
        (changed("num_votes;4", "num_votes;5"), 2, "META.num_votes"),
        (changed("num_projects;3", "num_projects;2"), 2, "META.num_projects"),
        (SMALL.encode().replace(b"Free", b"Fr\xff"), 14, ""),
    ],
)
def test_a_bad_file_is_refused_with_its_line(content: str | bytes, line: int, where: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_pb(content)
    (problem,) = caught.value.problems
    assert problem.code == "governance.bad_file"
    assert problem.field == (f"line {line}, {where}" if where else f"line {line}")
    assert problem.message.startswith(f"Line {line} ") and len(problem.message) < 200


PIECES = st.one_of(
    st.text(max_size=6), st.sampled_from([";", "\n", '"', ",", "VOTES", "\nMETA\n", "1,5", "p1", "\x00", "\r", "-", "9" * 40, "scoring", "ordinal"])
)


@given(st.integers(0, len(SMALL)), st.integers(0, 30), PIECES, st.sampled_from(["approval", "choose-1", "cumulative", "scoring", "ordinal"]))
def test_rubbish_is_refused_or_read_but_never_a_surprise(at: int, cut: int, piece: str, kind: str) -> None:
    base = SMALL.replace("approval", kind)
    _read_or_refused(base[:at] + piece + base[at + cut :])


@given(st.one_of(st.binary(max_size=300), st.lists(PIECES, max_size=30).map("".join)))
def test_any_bytes(content: bytes | str) -> None:
    _read_or_refused(content)


def _read_or_refused(content: bytes | str) -> None:
    try:
        read = read_pb(content)
    except BadInput as refused:
        assert refused.code == "governance.bad_file"
    else:
        assert read.profile.count >= 0 and len(read.budget.costs) == len(read.profile.options)


def alike(one: Election, other: Election) -> None:
    """All but how the amounts of META are written."""
    assert (one.profile, one.budget, one.vote_type, one.digits, one.points_digits) == (
        other.profile,
        other.budget,
        other.vote_type,
        other.digits,
        other.points_digits,
    )
    assert (one.score, one.selected, one.names) == (other.score, other.selected, other.names)
    assert {**one.meta, "budget": ""} == {**other.meta, "budget": ""}


def test_a_file_that_is_written_is_read_back() -> None:
    alike(read_pb(SMALL), read_pb(write_pb(read_pb(SMALL))))
    for archive in ("pabulib", "equalshares"):
        for name in files(archive):
            read = election(archive, name)
            if read.profile.count < 20_000:  # the three largest say nothing new
                again = read_pb(write_pb(read))
                assert {key: again.meta[key] for key in read.meta if key != "budget"} == {key: read.meta[key] for key in read.meta if key != "budget"}
                alike(Election(**{**_fields(again), "meta": read.meta}), read)


def _fields(read: Election) -> dict[str, object]:
    return {name: getattr(read, name) for name in Election.__dataclass_fields__}


def test_a_decision_is_exported_and_counted_again() -> None:
    profile = Approvals(("tools", "path", "well"), {(0, 1): 3, (1, 2): 2, (): 1})
    budget = Budget(100_00, (30_00, 25_50, 60_00))
    winners = equal_shares(profile, budget, (0, 1, 2), EqualShares(completion="add1")).winners
    assert winners
    text = write_pb(
        Election(profile, budget, "approval", digits=2, selected=winners, names=("Tools; new", 'The "path"', "Well\nwater"), meta={"country": "Here"})
    )
    read = read_pb(text)
    assert "budget;100.00\n" in text and "path;25.50;" in text
    assert (read.profile, sorted(read.selected), read.names) == (profile, sorted(winners), ("Tools; new", 'The "path"', "Well water"))
    rule = EqualShares(completion="add1", increment=10 ** (2 - read.digits))
    assert (
        equal_shares(
            read.profile,
            Budget(read.budget.total * 10 ** (2 - read.digits), tuple(cost * 10 ** (2 - read.digits) for cost in read.budget.costs)),
            as_listed(read),
            rule,
        ).winners
        == winners
    )


@pytest.mark.parametrize(
    "wrong",
    [
        Election(Approvals(("a;b",), {}), Budget(1, (1,)), "approval"),
        Election(Approvals(("a,b",), {}), Budget(1, (1,)), "approval"),
        Election(Approvals(("",), {}), Budget(1, (1,)), "approval"),
        Election(Approvals(("a",), {}), Budget(1, (1,)), "ordinal"),
        Election(Rankings(("a", "b"), {((0, 1),): 1}), Budget(1, (1, 1)), "ordinal"),
        Election(Approvals(("a",), {}), Budget(1, (1,)), "approval", meta={"a\nb": "c"}),
        Election(Approvals(("a",), {}), Budget(1, (1,)), "approval", score=(Fraction(1, 3),)),
    ],
)
def test_what_cannot_be_written(wrong: Election) -> None:
    with pytest.raises(BadInput, match=r"cannot|not of the type|no decimal"):
        write_pb(wrong)


def test_a_large_file_is_read_quickly() -> None:
    """90,494 ballots; on a slow machine too."""
    content = files("pabulib")["Poland_Lodz_2022.pb"]
    started = time.process_time()
    assert read_pb(content).profile.count == 90_494
    assert time.process_time() - started < 2
