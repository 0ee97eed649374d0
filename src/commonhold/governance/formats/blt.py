"""Ranked ballots in `.blt`, which OpenSTV, OpaVote and most counts of STV read and write.

The first line has the numbers of candidates and of seats. Then `-2 -3`: who has withdrawn. Then a ballot a line: how many are
alike, candidates from 1 with the best first, and a 0; `=` joins equal ones, `-` is a place left empty, and an id of the ballot
may stand before it in brackets. A lone 0 ends the ballots; names and a title follow in quotation marks. `#` begins a comment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..counting.ballots import Ranking, Rankings, ranking
from .lines import Line, bad_file, lines_of, option, option_count, rankings, strict, whole

_COMMENT = re.compile(r'^((?:[^"#]|"[^"]*")*)#.*$')
_ID = re.compile(r"^\([^()]*\)\s*")
_NAMES = re.compile(r'\s*(?:"[^"]*"\s*)*')


@dataclass(frozen=True, slots=True)
class Blt:
    """An election as a `.blt` file tells it.

    Attributes:
        profile: All candidates, also those who withdrew, and the ballots as they were cast.
        withdrawn: Who is not to be counted, ascending.
    """

    profile: Rankings
    seats: int
    title: str = ""
    withdrawn: tuple[int, ...] = ()

    def standing(self) -> Rankings:
        """The profile without those who withdrew: the others move up, on the list and on the ballots."""
        stay = [number for number in range(len(self.profile.options)) if number not in self.withdrawn]
        new = {number: place for place, number in enumerate(stay)}
        ballots: dict[Ranking, int] = {}
        for ballot, many in self.profile.ballots.items():
            left = ranking([new[number] for number in group if number in new] for group in ballot)
            ballots[left] = ballots.get(left, 0) + many
        return Rankings(tuple(self.profile.options[number] for number in stay), ballots)


def read_blt(text: str, field: str = "file") -> Blt:
    """The election in a `.blt` file. Candidates without a name have their number.

    Args:
        field: What the file is called in errors.

    Raises:
        BadInput: `governance.bad_file`, with the line.
    """
    lines = [(number, said) for number, line in lines_of(text) if (said := _COMMENT.sub(r"\1", line).strip())]
    if not lines or len(lines[0][1].split()) != 2:
        raise bad_file(field, lines[0][0] if lines else 1, "the first line has the numbers of candidates and of seats: 4 2")
    first, (candidates, places) = lines[0][0], lines[0][1].split()
    count, seats = option_count(candidates, field, first), whole(places, field, first, "the number of seats")
    withdrawn: set[int] = set()
    ballots: dict[Ranking, int] = {}
    for at, (line, said) in enumerate(lines[1:], 2):
        words = _ID.sub("", said).split()
        if words == ["0"]:
            names, title = _names(lines[at:], count, field)
            return Blt(rankings(names, ballots, field, line), seats, title, tuple(sorted(withdrawn)))
        if words and not ballots and all(word.startswith("-") for word in words):
            withdrawn.update(option(word[1:], count, field, line) for word in words)
            continue
        if len(words) < 2 or words[-1] != "0":
            raise bad_file(field, line, "a ballot is how many are alike, candidates, and a 0: 12 3 1=2 0")
        alike = whole(words[0], field, line, "the number of ballots that are alike")
        groups = [[option(each, count, field, line) for each in word.split("=")] for word in words[1:-1] if word != "-"]
        ballot = strict(groups, field, line)
        ballots[ballot] = ballots.get(ballot, 0) + alike
    raise bad_file(field, lines[-1][0], "a line with a 0 ends the ballots; the file stops before it")


def _names(lines: list[Line], count: int, field: str) -> tuple[tuple[str, ...], str]:
    """Names of candidates and the title, from the end of the file."""
    found: list[str] = []
    for line, said in lines:
        if _NAMES.fullmatch(said) is None:
            raise bad_file(field, line, 'names and the title stand in quotation marks: "Ana"')
        found += re.findall(r'"([^"]*)"', said)
        if len(found) > count + 2:
            raise bad_file(field, line, f"there are {count} candidates; a name for each, a title and a comment can follow")
    names = found[:count] + [str(number) for number in range(len(found) + 1, count + 1)]
    return tuple(names), found[count] if len(found) > count else ""


def write_blt(election: Blt) -> str:
    """The election as a `.blt` file, ballots in order. The format has no way to write a quotation mark: `"` becomes `'`."""
    profile = election.profile
    lines = [f"{len(profile.options)} {election.seats}"]
    if election.withdrawn:
        lines.append(" ".join(f"-{number + 1}" for number in election.withdrawn))
    for ballot, many in sorted(profile.ballots.items()):
        groups = ["=".join(str(number + 1) for number in group) for group in ballot]
        lines.append(" ".join([str(many), *groups, "0"]))
    lines += ["0", *(_quoted(name) for name in (*profile.options, election.title))]
    return "\n".join(lines) + "\n"


def _quoted(name: str) -> str:
    return '"' + " ".join(name.replace('"', "'").split()) + '"'
