"""Pabulib's `.pb` files: a participatory budget with its ballots, read and written.

Sections META, PROJECTS and VOTES, each with a line of field names, then one line each; fields are parted by `;`. Some files
begin with a byte-order mark, some numbers have a decimal comma. http://pabulib.org/format; `governance.md` 7.2.

Numbers become whole: money in units of 10^-digits, points likewise. Files hold what people wrote: any fault is a `BadInput`
with its line and field.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import repeat

from ...problems import BadInput, bad_input
from ..counting.ballots import Approvals, Budget, Profile, Rankings, Scores, ranking

SECTIONS = ("META", "PROJECTS", "VOTES")
APPROVING = ("approval", "choose-1")
POINTING = ("cumulative", "scoring")
TYPES = (*APPROVING, *POINTING, "ordinal")
NUMBER = re.compile(r"-?[0-9]{1,30}(?:[.,][0-9]{1,12})?", re.ASCII)
"""Longer ones are no amounts of anything."""


@dataclass(frozen=True, slots=True)
class Election:
    """What a `.pb` file says.

    Attributes:
        profile: Options are the projects' ids, in the order of the file; approvals, points or rankings by `vote_type`.
        budget: In whole units of 10^-digits of its money. digits: How many decimals the amounts of the file have at most.
        vote_type: As in the file: approval, choose-1, cumulative, scoring, ordinal. points_digits: The same for points.
        score: The file's own score of each option, if it tells. selected: What was funded officially (`selected` is 1).
        names: Of the options; empty, if the file has none. meta: All fields of META, as text.
    """

    profile: Profile
    budget: Budget
    vote_type: str
    digits: int = 0
    points_digits: int = 0
    score: tuple[Fraction, ...] | None = None
    selected: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    meta: Mapping[str, str] = field(default_factory=dict)

    @property
    def threshold(self) -> Fraction:
        """The least score that a project needs: META's `min_project_score_threshold`, or 0."""
        text = self.meta.get("min_project_score_threshold", "")
        return _number(text) if NUMBER.fullmatch(text) else Fraction(0)

    def scored(self) -> Approvals | Scores:
        """The profile for rules that count points: a ranking gives max_length - position, from 0."""
        if not isinstance(self.profile, Rankings):
            return self.profile
        text = self.meta.get("max_length", "")
        most = int(text) if re.fullmatch("[0-9]{1,9}", text, re.ASCII) else max((len(ballot) for ballot in self.profile.ballots), default=0)
        ballots: Counter[tuple[tuple[int, int], ...]] = Counter()
        for ballot, many in self.profile.ballots.items():
            ballots[tuple(sorted((option, most - place) for place, group in enumerate(ballot) for option in group))] += many
        return Scores(self.profile.options, dict(ballots))


def read_pb(content: str | bytes) -> Election:
    """Read a `.pb` file.

    Raises:
        BadInput: `governance.bad_file`, with the line and the field.
    """
    lines = _lines(content)
    sections = _sections(lines)
    meta = {row[0].strip(): ";".join(row[1:]).strip() for _, row in _rows(lines, sections["META"])}
    vote_type = meta.get("vote_type", "")
    if vote_type not in TYPES:
        raise _bad(sections["META"][0], "META.vote_type", f"says {vote_type!r}; a vote type is one of {', '.join(TYPES)}")
    columns, projects = _table(lines, sections["PROJECTS"], "PROJECTS", ("project_id", "cost"))
    ids = _ids(projects, columns["project_id"])
    amounts = [_amount(_value(meta.get("budget", ""), sections["META"][0], "META.budget"), sections["META"][0], "META.budget")]
    amounts += [_amount(_value(row[columns["cost"]], line, "PROJECTS.cost"), line, "PROJECTS.cost") for line, row in projects]
    whole, digits = _whole(amounts)
    _expect(meta, "num_projects", len(projects), sections["META"][0])
    reader = _Votes(lines, sections["VOTES"], vote_type, ids)
    profile, points_digits = reader.profile()
    _expect(meta, "num_votes", profile.count, sections["META"][0])
    score = None
    if "score" in columns:
        score = tuple(_value(row[columns["score"]], line, "PROJECTS.score") for line, row in projects)
    selected: tuple[int, ...] = ()
    if "selected" in columns:
        selected = tuple(number for number, (_, row) in enumerate(projects) if row[columns["selected"]].strip() == "1")
    names = tuple(row[columns["name"]].strip() for _, row in projects) if "name" in columns else ()
    return Election(profile, Budget(whole[0], tuple(whole[1:])), vote_type, digits, points_digits, score, selected, names, meta)


def write_pb(election: Election) -> str:
    """Write an election as `.pb`: the same is read back. Voters are numbers from 1, ballots are in canonical order.

    Raises:
        BadInput: `governance.bad_file`: an id or a text cannot stand in such a file, or ballots do not go with `vote_type`.
    """
    options = election.profile.options
    for option in options:
        if not option or option != option.strip() or re.search(r"[;,\"\n\r]", option):
            raise bad_input("governance.bad_file", f"The id {option!r} cannot stand in a .pb file.", "PROJECTS.project_id")
    counts = {"num_projects": str(len(options)), "num_votes": str(election.profile.count)}
    meta = {**election.meta, **counts, "budget": _decimal(election.budget.total, election.digits), "vote_type": election.vote_type}
    rows = [("key", "value"), *meta.items()]
    text = "META\n" + "".join(f"{_key(key)};{_quoted(value)}\n" for key, value in rows)
    text += "PROJECTS\nproject_id;cost;" + ("score;" if election.score else "") + ("name;" if election.names else "") + "selected\n"
    for number, (option, cost) in enumerate(zip(options, election.budget.costs, strict=True)):
        fields = [option, _decimal(cost, election.digits)]
        fields += [_score(election.score[number])] if election.score else []
        fields += [_quoted(election.names[number])] if election.names else []
        text += ";".join([*fields, str(int(number in election.selected))]) + "\n"
    text += "VOTES\nvoter_id;vote" + (";points" if election.vote_type in POINTING else "") + "\n"
    return text + "".join(f"{voter};{ballot}\n" for voter, ballot in enumerate(_ballots(election), start=1))


def _ballots(election: Election) -> Iterator[str]:
    """The fields of each ballot after the voter."""
    profile, options = election.profile, election.profile.options
    expected = {Approvals: APPROVING, Scores: POINTING, Rankings: ("ordinal",)}[type(profile)]
    if election.vote_type not in expected:
        raise bad_input("governance.bad_file", f"Such ballots are not of the type {election.vote_type!r}.", "META.vote_type")
    if isinstance(profile, Approvals):
        for group, many in sorted(profile.ballots.items()):
            yield from repeat(",".join(options[option] for option in group), many)
    elif isinstance(profile, Scores):
        for given, many in sorted(profile.ballots.items()):
            points = ",".join(_decimal(each, election.points_digits) for _, each in given)
            yield from repeat(",".join(options[option] for option, _ in given) + ";" + points, many)
    else:
        for order, many in sorted(profile.ballots.items()):
            if any(len(group) > 1 for group in order):
                raise bad_input("governance.bad_file", "A ranking with equals cannot stand in a .pb file.", "VOTES.vote")
            yield from repeat(",".join(options[group[0]] for group in order), many)


@dataclass(frozen=True, slots=True)
class _Votes:
    """The section VOTES. Ballots that are written alike are read once."""

    lines: Sequence[str]
    section: tuple[int, int]
    vote_type: str
    ids: Mapping[str, int]

    def profile(self) -> tuple[Profile, int]:
        """(the profile, decimals of points)."""
        first, last = self.section
        needed = ("voter_id", "vote", "points") if self.vote_type in POINTING else ("voter_id", "vote")
        columns = _columns(self.lines, self.section, "VOTES", needed)
        vote, points = columns["vote"], columns["points"] if self.vote_type in POINTING else columns["vote"]
        width = max(vote, points)
        rows = [line.split(";") for line in self.lines[first + 1 : last] if line and not line.isspace()]
        if any(len(row) <= width for row in rows):
            short = next(number for number in range(first + 1, last) if self.lines[number].strip() and self.lines[number].count(";") < width)
            raise _bad(short, "VOTES", f"has fewer than {width + 1} fields")
        written = Counter((row[vote], row[points]) for row in rows)
        options = tuple(self.ids)
        if self.vote_type in POINTING:
            return self._scores(options, written)
        if self.vote_type == "ordinal":
            orders = Counter[tuple[tuple[int, ...], ...]]()
            for (text, _), many in written.items():
                orders[ranking((option,) for option in self._options(text))] += many
            return Rankings(options, dict(orders)), 0
        groups = Counter[tuple[int, ...]]()
        for (text, _), many in written.items():
            named = sorted(set(self._options(text)))
            if self.vote_type == "choose-1" and len(named) > 1:
                raise self._wrong(text, "VOTES.vote", "chooses more than one")
            groups[tuple(named)] += many
        return Approvals(options, dict(groups)), 0

    def _scores(self, options: tuple[str, ...], written: Mapping[tuple[str, str], int]) -> tuple[Profile, int]:
        given: list[tuple[list[int], list[Fraction], int]] = []
        for (text, points), many in written.items():
            named = self._options(text)
            texts = points.strip().strip('"').split(",") if points.strip() else []
            if len(set(named)) != len(named) or len(texts) != len(named):
                raise self._wrong(text, "VOTES.points", "does not give points to each option that it names, once", points)
            if not all(NUMBER.fullmatch(each.strip()) for each in texts):
                raise self._wrong(text, "VOTES.points", "has something else than numbers", points)
            given.append((named, [_number(each) for each in texts], many))
        _, digits = _whole([each for _, points, _ in given for each in points])
        ballots = Counter[tuple[tuple[int, int], ...]]()
        for named, each, many in given:
            ballots[tuple(sorted((option, int(amount * 10**digits)) for option, amount in zip(named, each, strict=True)))] += many
        return Scores(options, dict(ballots)), digits

    def _options(self, text: str) -> list[int]:
        """The options that a ballot names."""
        text = text.strip().strip('"')
        if not text:
            return []
        try:
            return [self.ids[each] for each in text.split(",")]
        except KeyError:
            pass
        found = [self.ids.get(each.strip()) for each in text.split(",")]
        if None in found:
            raise self._wrong(text, "VOTES.vote", f"names {text.split(',')[found.index(None)][:40]!r}, which is no project")
        return [option for option in found if option is not None]

    def _wrong(self, text: str, where: str, what: str, points: str = "") -> BadInput:
        """What is wrong with a ballot, at the first line that has it."""
        first, last = self.section
        number = next((number for number in range(first + 1, last) if text in self.lines[number] and points in self.lines[number]), first)
        return _bad(number, where, what)


def _lines(content: str | bytes) -> list[str]:
    if isinstance(content, bytes):
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _bad(content.count(b"\n", 0, error.start), "", "is not UTF-8") from None
    else:
        text = content
    return text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")


def _bad(line: int, where: str, what: str) -> BadInput:
    """What is wrong in a line, counted from 0."""
    return bad_input("governance.bad_file", f"Line {line + 1} {what}.", f"line {line + 1}, {where}" if where else f"line {line + 1}")


def _sections(lines: Sequence[str]) -> dict[str, tuple[int, int]]:
    """(the line of field names, the line after the last) of each section."""
    starts = [(number, line.strip().upper()) for number, line in enumerate(lines) if line.strip().upper() in SECTIONS]
    if tuple(name for _, name in starts) != SECTIONS:
        raise _bad(0, "", "begins no .pb file: it has the sections META, PROJECTS and VOTES, each once, in this order")
    ends = [number for number, _ in starts[1:]] + [len(lines)]
    return {name: (number + 1, end) for (number, name), end in zip(starts, ends, strict=True)}


def _fields(line: str, number: int) -> list[str]:
    """The fields of a line; in quotes, `;` is part of one."""
    if '"' not in line:
        return line.split(";")
    try:
        return next(csv.reader([line], delimiter=";"), [""])
    except csv.Error as error:
        raise _bad(number, "", f"cannot be parted into fields ({error})") from None


def _rows(lines: Sequence[str], section: tuple[int, int]) -> Iterator[tuple[int, list[str]]]:
    """(line, fields) after the line of field names."""
    for number in range(section[0] + 1, section[1]):
        if lines[number].strip():
            yield number, _fields(lines[number], number)


def _columns(lines: Sequence[str], section: tuple[int, int], name: str, needed: Iterable[str]) -> dict[str, int]:
    """Where each field is."""
    first, last = section
    names = [each.strip().lower() for each in _fields(lines[first], first)] if first < last else []
    for each in needed:
        if each not in names:
            raise _bad(min(first, len(lines) - 1), f"{name}.{each}", f"names the fields of {name}, and {each} is not among them")
    return {each: number for number, each in reversed(list(enumerate(names)))}


def _table(lines: Sequence[str], section: tuple[int, int], name: str, needed: Iterable[str]) -> tuple[dict[str, int], list[tuple[int, list[str]]]]:
    columns = _columns(lines, section, name, needed)
    rows = list(_rows(lines, section))
    for number, row in rows:
        if len(row) <= max(columns.values()):
            raise _bad(number, name, f"has {len(row)} fields of {max(columns.values()) + 1}")
    return columns, rows


def _ids(projects: Sequence[tuple[int, list[str]]], column: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for line, row in projects:
        option = row[column].strip()
        if not option or "," in option or option in found:
            raise _bad(line, "PROJECTS.project_id", f"has the project {option[:40]!r}: an id is there once, is not empty and has no comma")
        found[option] = len(found)
    return found


def _value(text: str, line: int, where: str) -> Fraction:
    if not NUMBER.fullmatch(text.strip()):
        raise _bad(line, where, f"has {text[:40]!r} where a number should be")
    return _number(text)


def _number(text: str) -> Fraction:
    return Fraction(text.strip().replace(",", "."))


def _amount(value: Fraction, line: int, where: str) -> Fraction:
    if value < 0:
        raise _bad(line, where, "has an amount below 0")
    return value


def _whole(amounts: Sequence[Fraction]) -> tuple[list[int], int]:
    """(the amounts as whole numbers of 10^-digits, digits): as few digits as they need."""
    digits = 0
    while any((10**digits) % amount.denominator for amount in set(amounts)):
        digits += 1
    return [int(amount * 10**digits) for amount in amounts], digits


def _expect(meta: Mapping[str, str], name: str, many: int, line: int) -> None:
    """What META counts is there: a file that was cut off is not counted."""
    if name in meta and meta[name] != str(many):
        raise _bad(line, f"META.{name}", f"begins META, which says {name} {meta[name][:40]!r}, and there are {many}")


def _decimal(amount: int, digits: int) -> str:
    """A whole number of 10^-digits as a decimal."""
    if not digits:
        return str(amount)
    whole, rest = divmod(abs(amount), 10**digits)
    return f"{'-' if amount < 0 else ''}{whole}.{rest:0{digits}d}"


def _score(score: Fraction) -> str:
    if (10**12) % score.denominator:
        raise bad_input("governance.bad_file", f"The score {score} is no decimal of twelve places.", "PROJECTS.score")
    (whole,), digits = _whole([score])
    return _decimal(whole, digits)


def _key(text: str) -> str:
    """The name of a field of META."""
    if not text or text != text.strip() or re.search(r"[;\"\n\r]", text):
        raise bad_input("governance.bad_file", f"{text[:40]!r} cannot name a field of a .pb file.", "META")
    return text


def _quoted(text: str) -> str:
    """A text as a field, on one line."""
    line = re.sub(r"[\n\r]+", " ", text).strip()
    return '"' + line.replace('"', '""') + '"' if re.search(r'[;"]', line) else line
