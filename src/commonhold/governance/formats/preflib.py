"""Ranked ballots of PrefLib: .soc, .soi, .toc and .toi, as they are now and as they were before 2022.

Now: lines `# NAME: value` (`NUMBER ALTERNATIVES`, `ALTERNATIVE NAME 1` …), then `count: 1,{2,3},4`, best first, equal ones in
braces. Before: how many alternatives; `number,name` for each; `voters,ballots,distinct`; then `count,1,{2,3},4`.
"""

from __future__ import annotations

import re

from ..counting.ballots import Ranking, Rankings
from .lines import Line, bad_file, lines_of, option, option_count, rankings, strict, whole

_GROUP = re.compile(r"\s*+(?:\{([^{}]*)\}\s*+|([^{},]++))(,|$)")


def read_preflib(text: str, field: str = "file") -> Rankings:
    """The ballots of a file of PrefLib; equal ranks stay equal, and what is not on a ballot stays off it.

    Options have the names of the alternatives, or their numbers where no name is given.

    Args:
        field: What the file is called in errors.

    Raises:
        BadInput: `governance.bad_file`, with the line.
    """
    lines = lines_of(text)
    if not lines:
        raise bad_file(field, 1, "the file is empty; it begins with # FILE NAME: or with the number of alternatives")
    modern = lines[0][1].startswith("#")
    names, voters, data = _header(lines, field) if modern else _old_header(lines, field)
    ballots: dict[Ranking, int] = {}
    for line, said in data:
        many, found, rest = said.partition(":" if modern else ",")
        if not found:
            raise bad_file(field, line, f"a ballot looks like 12{':' if modern else ','}1,{{2,3}},4")
        alike = whole(many, field, line, "the number of ballots that are alike")
        ballot = strict(_groups(rest.strip(), len(names), field, line), field, line)
        ballots[ballot] = ballots.get(ballot, 0) + alike
    profile = rankings(names, ballots, field, lines[-1][0])
    if voters is not None and voters[1] != profile.count:
        raise bad_file(field, voters[0], f"the header says {voters[1]} voters, but there are {profile.count} ballots")
    return profile


def _header(lines: list[Line], field: str) -> tuple[list[str], tuple[int, int] | None, list[Line]]:
    """Names, where and how many voters are told, and the lines of ballots."""
    told: dict[tuple[str, str], Line] = {}
    for line, said in lines:
        key, found, value = said.removeprefix("#").strip().partition(":")
        if found and said.startswith("#"):
            name = key.rstrip("0123456789")
            told[name.strip(), key[len(name) :]] = line, value.strip()
    line, count = told.get(("NUMBER ALTERNATIVES", ""), (lines[0][0], ""))
    if not count:
        raise bad_file(field, line, "the header needs a line # NUMBER ALTERNATIVES: 4")
    kind_line, kind = told.get(("DATA TYPE", ""), (line, "toi"))
    if kind not in ("soc", "soi", "toc", "toi"):
        raise bad_file(field, kind_line, f"the data type is soc, soi, toc or toi, not {kind[:40]!r}")
    names = [str(number) for number in range(1, option_count(count, field, line) + 1)]
    for (name, number), (at, value) in told.items():
        if name == "ALTERNATIVE NAME":
            names[option(number, len(names), field, at)] = value
    voters = told.get(("NUMBER VOTERS", ""))
    counted = None if voters is None else (voters[0], whole(voters[1], field, voters[0], "the number of voters"))
    return names, counted, [each for each in lines if not each[1].startswith("#")]


def _old_header(lines: list[Line], field: str) -> tuple[list[str], tuple[int, int] | None, list[Line]]:
    count = option_count(lines[0][1], field, lines[0][0])
    if len(lines) < count + 2:
        raise bad_file(field, lines[-1][0], f"{count} lines of the form 1,Name follow, and one of the form voters,ballots,distinct")
    names = [""] * count
    for line, said in lines[1 : count + 1]:
        number, _, name = said.partition(",")
        names[option(number, count, field, line)] = name.strip()
    line, said = lines[count + 1]
    voters, *_ = said.split(",")
    return names, (line, whole(voters, field, line, "the number of voters")), lines[count + 2 :]


def _groups(said: str, options: int, field: str, line: int) -> list[list[int]]:
    """The groups of a ballot, best first; none for an empty one."""
    groups: list[list[int]] = []
    at, end = 0, ","
    while said and end:
        found = _GROUP.match(said, at)
        if found is None:
            raise bad_file(field, line, "a ballot lists options, parted by commas, with equal ones in braces: 1,{2,3},4")
        inside = found[2] if found[1] is None else found[1]
        groups.append([option(each, options, field, line) for each in inside.split(",")])
        at, end = found.end(), found[3]
    return groups
