"""What readers of files with ballots have in common: whole numbers, and a word on the line that is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ...problems import BadInput, bad_input
from ..counting.ballots import Ranking, Rankings

OPTIONS_MAX = 10_000
"""More than any real election has; a file that claims more is not believed."""
BALLOTS_MAX = 10**12
"""In hundred-thousandths of a vote they still fit into 64 bits."""
_WHOLE = re.compile(r"[0-9]{1,12}")
Line = tuple[int, str]
"""The number of a line in its file, from 1, and what is on it."""


def bad_file(field: str, line: int, message: str) -> BadInput:
    """The error for a file that is not of its form, with the line on which that shows."""
    return bad_input("governance.bad_file", f"Line {line}: {message}.", field)


def lines_of(text: str) -> list[Line]:
    """The lines that are not empty, without the mark of byte order and the space around."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip()]


def whole(said: str, field: str, line: int, what: str, least: int = 0) -> int:
    """A whole number, at least so large.

    Raises:
        BadInput: `governance.bad_file`, for anything else.
    """
    found = _WHOLE.fullmatch(said.strip())
    if found is None or int(found[0]) < least:
        raise bad_file(field, line, f"{what} is a whole number from {least}, not {said.strip()[:40]!r}")
    return int(found[0])


def option(said: str, options: int, field: str, line: int) -> int:
    """The number of an option, from 0, where the file counts from 1.

    Raises:
        BadInput: `governance.bad_file`, if there is no such option.
    """
    number = whole(said, field, line, "an option", 1)
    if number > options:
        raise bad_file(field, line, f"there are {options} options; {number} is none of them")
    return number - 1


def option_count(said: str, field: str, line: int) -> int:
    """How many options there are, up to 10,000.

    Raises:
        BadInput: `governance.bad_file`, for more, or for anything else.
    """
    count = whole(said, field, line, "the number of options")
    if count > OPTIONS_MAX:
        raise bad_file(field, line, f"there can be {OPTIONS_MAX} options, not {count}")
    return count


def strict(groups: list[list[int]], field: str, line: int) -> Ranking:
    """A ranking from groups, best first.

    Raises:
        BadInput: `governance.bad_file`, if an option is on it twice.
    """
    seen: set[int] = set()
    for each in (each for group in groups for each in group):
        if each in seen:
            raise bad_file(field, line, f"a ballot has each option once; {each + 1} is on it twice")
        seen.add(each)
    return tuple(tuple(sorted(group)) for group in groups if group)


def rankings(names: Iterable[str], ballots: Mapping[Ranking, int], field: str, line: int) -> Rankings:
    """The profile, without ballots that nobody cast.

    Raises:
        BadInput: `governance.bad_file`, if they are too many to be counted in whole numbers of 64 bits.
    """
    if sum(ballots.values()) > BALLOTS_MAX:
        raise bad_file(field, line, f"there can be {BALLOTS_MAX} ballots, not {sum(ballots.values())}")
    return Rankings(tuple(names), {ballot: many for ballot, many in ballots.items() if many})
