"""Files with ranked ballots: PrefLib, new and old, and .blt; what is wrong in them is told with its line."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ranked_ballots import DATA, cast, preflib, rankings

from commonhold.governance.counting.ballots import Rankings
from commonhold.governance.counting.stv import stv
from commonhold.governance.formats.blt import Blt, read_blt, write_blt
from commonhold.governance.formats.preflib import read_preflib
from commonhold.problems import BadInput

MODERN = """# FILE NAME: fruit.toi
# TITLE: Fruit
# DATA TYPE: toi
# NUMBER ALTERNATIVES: 4
# NUMBER VOTERS: 9
# NUMBER UNIQUE ORDERS: 3
# ALTERNATIVE NAME 1: Ananas: sweet, #1
# ALTERNATIVE NAME 2: Beere
# ALTERNATIVE NAME 3: Kirsche
5: 1,{2,3}
3: {3, 1} , 2,4
1: {4,2}
"""
OLD = """4
1,Ananas, sweet
2,Beere
3,Kirsche
4,Dattel
9,9,3
5,1,{2,3}
3,{3,1},2,4
1,{4,2}
"""
BALLOTS = {((0,), (1, 2)): 5, ((0, 2), (1,), (3,)): 3, ((1, 3),): 1}
OPAVOTE = """# An election with everything that the format has
4 2          # 4 candidates, 2 seats
-2           # Basil has withdrawn
3 1 4 3 0
(id 7) 4 4 - 1=3 0
2 0          # blank

1 2=1 0
0
"Adam"
"Basil # the second"  # a comment
"Charlotte" "Donald"
"The title"
"""


def wrong(text: str, read: object = read_preflib) -> str:
    with pytest.raises(BadInput) as caught:
        read(text, "ballots")  # type: ignore[operator]
    (problem,) = caught.value.problems
    assert (problem.code, problem.field) == ("governance.bad_file", "ballots")
    return problem.message


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("text", "names"), [(MODERN, ("Ananas: sweet, #1", "Beere", "Kirsche", "4")), (OLD, ("Ananas, sweet", "Beere", "Kirsche", "Dattel"))]
)
def test_preflib(text: str, names: tuple[str, ...], ending: str) -> None:
    assert read_preflib("\ufeff" + text.replace("\n", ending)) == Rankings(names, BALLOTS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Line 1: the file is empty; it begins with # FILE NAME: or with the number of alternatives."),
        (MODERN.replace("5: 1", "5; 1"), "Line 10: a ballot looks like 12:1,{2,3},4."),
        (MODERN.replace("{3, 1}", "{3, 1"), "Line 11: a ballot lists options, parted by commas, with equal ones in braces: 1,{2,3},4."),
        (MODERN.replace("1,{2,3}", "1,,2"), "Line 10: a ballot lists options, parted by commas, with equal ones in braces: 1,{2,3},4."),
        (MODERN.replace("{4,2}", "{4,2},5"), "Line 12: there are 4 options; 5 is none of them."),
        (MODERN.replace("{4,2}", "{4,2},4"), "Line 12: a ballot has each option once; 4 is on it twice."),
        (MODERN.replace("{4,2}", "4.5"), "Line 12: an option is a whole number from 1, not '4.5'."),
        (MODERN.replace("{4,2}", "{4,}"), "Line 12: an option is a whole number from 1, not ''."),
        (MODERN.replace("{4,2}", "0"), "Line 12: an option is a whole number from 1, not '0'."),
        (MODERN.replace("5: 1", "-5: 1"), "Line 10: the number of ballots that are alike is a whole number from 0, not '-5'."),
        (MODERN.replace("5: 1", "²: 1"), "Line 10: the number of ballots that are alike is a whole number from 0, not '²'."),
        (MODERN.replace("VOTERS: 9", "VOTERS: 8"), "Line 5: the header says 8 voters, but there are 9 ballots."),
        (MODERN.replace("ALTERNATIVES: 4", "ALTERNATIVES: 99999999"), "Line 4: there can be 10000 options, not 99999999."),
        (MODERN.replace("NUMBER ALTERNATIVES", "ALTERNATIVES"), "Line 1: the header needs a line # NUMBER ALTERNATIVES: 4."),
        (MODERN.replace("TYPE: toi", "TYPE: cat"), "Line 3: the data type is soc, soi, toc or toi, not 'cat'."),
        (MODERN.replace("NAME 3", "NAME 5"), "Line 9: there are 4 options; 5 is none of them."),
        (OLD.replace("4\n", "x\n", 1), "Line 1: the number of options is a whole number from 0, not 'x'."),
        (OLD[:30], "Line 4: 4 lines of the form 1,Name follow, and one of the form voters,ballots,distinct."),
        (OLD.replace("9,9,3", "8,9,3"), "Line 6: the header says 8 voters, but there are 9 ballots."),
        (OLD.replace("1,{4,2}", "1"), "Line 9: a ballot looks like 12,1,{2,3},4."),
        ("# NUMBER ALTERNATIVES: 1\n" + "999999999999: 1\n" * 2, "Line 3: there can be 1000000000000 ballots, not 1999999999998."),
    ],
)
def test_what_is_wrong_in_a_file_of_preflib(text: str, said: str) -> None:
    assert wrong(text) == said


def test_files_of_preflib_that_are_here() -> None:
    for path in sorted((DATA / "preflib").iterdir()):
        profile = preflib(path.name)
        assert profile.count > 400
        assert {option for ballot in profile.ballots for group in ballot for option in group} == set(range(len(profile.options)))


def test_blt() -> None:
    election = read_blt(OPAVOTE)
    assert election == Blt(
        Rankings(("Adam", "Basil # the second", "Charlotte", "Donald"), {((0,), (3,), (2,)): 3, ((3,), (0, 2)): 4, (): 2, ((0, 1),): 1}),
        2,
        "The title",
        (1,),
    )
    assert election.standing() == Rankings(("Adam", "Charlotte", "Donald"), {((0,), (2,), (1,)): 3, ((2,), (0, 1)): 4, (): 2, ((0,),): 1})
    assert stv(election.standing(), election.seats, range(3)).winners == (0, 2)


def test_blt_without_names() -> None:
    assert read_blt("2 1\n1 2 0\n0\n") == Blt(cast("12", "1 2"), 1)
    assert read_blt('2 1\n1 2 0\n0\n"Ana"').profile.options == ("Ana", "2")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Line 1: the first line has the numbers of candidates and of seats: 4 2."),
        ("4\n", "Line 1: the first line has the numbers of candidates and of seats: 4 2."),
        ("# none\n4 two\n", "Line 2: the number of seats is a whole number from 0, not 'two'."),
        ("99999 2\n", "Line 1: there can be 10000 options, not 99999."),
        ("2 1\n1 2 0\n", "Line 2: a line with a 0 ends the ballots; the file stops before it."),
        ("2 1\n1 2\n0\n", "Line 2: a ballot is how many are alike, candidates, and a 0: 12 3 1=2 0."),
        ("2 1\n1 3 0\n0\n", "Line 2: there are 2 options; 3 is none of them."),
        ("2 1\n1 2 2 0\n0\n", "Line 2: a ballot has each option once; 2 is on it twice."),
        ("2 1\n1 2= 0\n0\n", "Line 2: an option is a whole number from 1, not ''."),
        ("2 1\n1.5 2 0\n0\n", "Line 2: the number of ballots that are alike is a whole number from 0, not '1.5'."),
        ("2 1\n-3\n0\n", "Line 2: there are 2 options; 3 is none of them."),
        ("2 1\n1 1 0\n-2\n0\n", "Line 3: a ballot is how many are alike, candidates, and a 0: 12 3 1=2 0."),
        ('2 1\n0\n"Ana\n', 'Line 3: names and the title stand in quotation marks: "Ana".'),
        ("2 1\n0\nAna\n", 'Line 3: names and the title stand in quotation marks: "Ana".'),
        ('1 1\n0\n"a" "b" "c" "d"', "Line 3: there are 1 candidates; a name for each, a title and a comment can follow."),
    ],
)
def test_what_is_wrong_in_a_blt(text: str, said: str) -> None:
    assert wrong(text, read_blt) == said


@given(rankings(), st.integers(0, 9), st.text(string.ascii_letters + "äß#,= -'", max_size=9), st.data())
def test_what_is_written_as_blt_is_read_again(profile: Rankings, seats: int, title: str, data: st.DataObject) -> None:
    gone = data.draw(st.sets(st.sampled_from(range(len(profile.options)))))
    election = Blt(profile, seats, " ".join(title.split()), tuple(sorted(gone)))
    assert read_blt(write_blt(election)) == election
    assert len(election.standing().options) == len(profile.options) - len(gone)
    assert election.standing().count == profile.count


def test_quotation_marks_and_line_breaks_in_names_do_not_break_the_file() -> None:
    written = write_blt(Blt(Rankings(('Ana "the\nfirst"', "0"), {((1,),): 2}), 1))
    assert written == '2 1\n2 2 0\n0\n"Ana \'the first\'"\n"0"\n""\n'
    assert read_blt(written).profile.options == ("Ana 'the first'", "0")


PIECES = st.sampled_from(
    [
        "1",
        "2",
        "0",
        "-1",
        "9" * 20,
        ",",
        ":",
        "{",
        "}",
        "#",
        "=",
        '"',
        "(",
        " ",
        "\n",
        "\r",
        "\x00",
        "²",
        "é",
        *MODERN.splitlines(True),
        *OLD.splitlines(True),
        *OPAVOTE.splitlines(True),
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join)))
def test_rubbish_is_bad_input_or_ballots(text: str) -> None:
    for read in (read_preflib, read_blt):
        try:
            read(text)
        except BadInput as error:
            assert error.problems[0].message.startswith("Line ")


@given(st.sampled_from([MODERN, OLD, OPAVOTE]), st.integers(0, 400), st.integers(0, 4), st.text(max_size=3))
def test_a_file_that_was_damaged_is_bad_input_or_ballots(text: str, at: int, gone: int, instead: str) -> None:
    damaged = text[:at] + instead + text[at + gone :]
    for read in (read_preflib, read_blt):
        try:
            read(damaged)
        except BadInput as error:
            assert error.code == "governance.bad_file"


def test_long_lines_take_no_longer_than_they_are_long() -> None:
    """Nothing here tries again and again: 200,000 characters of anything are read at once."""
    for piece in (" ", "{", "}", '"', "1,", "{1},", "#", "9", "1=", "- ", "\n"):
        for head in ("# NUMBER ALTERNATIVES: 2\n1: ", "# ", "1 1\n1 ", '1 1\n0\n"', ""):
            for read in (read_preflib, read_blt):
                try:
                    read(head + piece * 100_000 + "?")
                except BadInput as error:
                    assert len(str(error)) < 300
