"""The charter: the commons' own rules, in TOML that people read and programs obey.

Each package owns a section and its check; this module reads TOML, finds the line of every field, and owns the section
`[commons]` and `[powers]`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from ..forms import in_words, unknown_field
from ..measure import currency_digits
from ..problems import Problem
from .entries import Name

CHARTER_BYTES_MAX = 40_000
DOTS_MAX = 200
"""In a line: the time that TOML's reader needs grows with the square of the parts of a dotted key."""

T = TypeVar("T")

SectionCheck = Callable[[Mapping[str, Any]], list[Problem]]
"""From the whole charter as plain values to what is wrong with one section; fields are paths like `sharing.steps[0].percent`."""


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The ground of all sections: a misspelt field is an error, not silence."""


class CommonsSection(Section, frozen=True):
    """`[commons]`.

    Attributes:
        name: What people call it.
        purpose: What it is for.
        licence: SPDX identifiers of the licences of what it makes.
        currency: ISO 4217 code of the money in its funds.
        domains: Fields of work, in which standing is earned.
        joining: `open`: who signs the entry is a member. `admission`: a steward lets them in.
        recovery_stewards: How many stewards must vouch for a new key of somebody who lost all keys.
        notice: A sentence shown on the pages of the commons.
    """

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    purpose: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]
    licence: Annotated[list[str], msgspec.Meta(min_length=1)]
    currency: str
    domains: Annotated[list[Name], msgspec.Meta(min_length=1)]
    joining: Literal["open", "admission"] = "open"
    recovery_stewards: Annotated[int, msgspec.Meta(ge=1, le=100)] = 2
    notice: str = ""


class Powers(Section, frozen=True):
    """`[powers]`: the role that each act asks for; `member` means every member, `anyone` any known key.

    A role that nobody has, such as `decision`, leaves an act to decisions alone.
    """

    charter: str = "steward"
    admit: str = "steward"
    roles: str = "steward"
    agents: str = "steward"
    claims: str = "steward"
    income: str = "steward"
    share: str = "steward"
    pay: str = "steward"
    imports: str = "steward"
    validate: str = "member"
    log: str = "member"
    flows: str = "member"
    propose: str = "member"


@dataclass(frozen=True, slots=True)
class CharterSource:
    """A charter's text with the plain values in it and the line of each field."""

    text: str
    values: Mapping[str, Any]
    lines: Mapping[str, int]

    def line(self, path: str) -> int:
        """The line of a field, or of the nearest table around it; 1 if nothing is nearer."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return 1


_TABLE = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\-\"']+)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_.\-\"']+)\s*=")


def _lines(text: str) -> dict[str, int]:
    """Where each table and key of a TOML text stands. Keys inside inline tables count as their parent's line."""
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if match := _TABLE.match(line):
            table = match[2].replace('"', "").replace("'", "")
            if match[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = f"{table}[{counts[table]}]"
            lines.setdefault(table, number)
        elif match := _KEY.match(line):
            key = match[1].replace('"', "").replace("'", "")
            lines.setdefault(f"{table}.{key}" if table else key, number)
    return lines


@lru_cache(maxsize=256)
def read_toml(text: str) -> CharterSource | Problem:
    """Read a charter's text, or say where it is not TOML."""
    if len(text.encode()) > CHARTER_BYTES_MAX:
        return Problem("charter.too_large", f"A charter has at most {CHARTER_BYTES_MAX} bytes.")
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > DOTS_MAX:
            return Problem("charter.not_toml", f"A line has at most {DOTS_MAX} dots.", f"line {number}")
    try:
        return CharterSource(text, tomllib.loads(text), _lines(text))
    except ValueError as error:  # also of a number with thousands of digits
        where = re.search(r"\(at (line \d+), column \d+\)", str(error))
        last = f"line {max(1, len(text.splitlines()))}"
        return Problem("charter.not_toml", f"This is not TOML: {error}.", where[1] if where else last)
    except RecursionError:
        return Problem("charter.not_toml", "This is nested too deeply.", "line 1")


_IN_TOML = {
    "Expected `str`, got `int`": ': put it in quotes, as in "10"',
    "Expected `str`, got `float`": ': put it in quotes, as in "0.5"',
    "Expected `str`, got `bool`": ': put it in quotes, as in "yes"',
    "Expected `array`, got `str`": ': put it in brackets, as in ["one", "two"]',
    "Expected `int`, got `str`": ": write it without quotes, as in 10",
    "Expected `bool`, got `str`": ": write true or false, without quotes",
}
"""What helps who writes a value of another type than is meant."""


def convert_section(values: Mapping[str, Any], name: str, shape: type[T]) -> T | Problem:
    """A section as its shape, or the first thing in it that does not fit."""
    try:
        return msgspec.convert(values.get(name, {}), shape)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at ")
        path = place.strip("`").removeprefix("$")
        words = in_words(message, shape, path) + next((hint for start, hint in _IN_TOML.items() if message.startswith(start)), "")
        unknown = unknown_field(message)
        return Problem("charter.bad_field", words if words.endswith("?") else f"{words}.", name + path + (f".{unknown}" if unknown else ""))


def check_charter(text: str, sections: Mapping[str, SectionCheck]) -> list[Problem]:
    """Everything that is wrong with a charter, each with line and field."""
    source = read_toml(text)
    if isinstance(source, Problem):
        return [source]
    problems = [
        Problem("charter.unknown_section", f"No section of this name is known; known are {', '.join(sections)}.", name)
        for name in source.values
        if name not in sections
    ]
    for check in sections.values():
        problems += check(source.values)
    return [
        Problem(problem.code, problem.message, f"line {source.line(problem.field)}, {problem.field}")
        for problem in sorted(problems, key=lambda problem: source.line(problem.field))
    ]


def currency_of(text: str) -> str:
    """The currency of a charter that has been checked."""
    source = read_toml(text)
    assert not isinstance(source, Problem)
    return str(source.values["commons"]["currency"])


def check_commons_section(values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with `[commons]`."""
    if "commons" not in values:
        return [Problem("charter.missing", "A charter needs a section [commons] with name, purpose, licence, currency, domains.", "commons")]
    section = convert_section(values, "commons", CommonsSection)
    if isinstance(section, Problem):
        return [section]
    problems = []
    for index, licence in enumerate(section.licence):
        if not _is_spdx(licence):
            problem = f"{licence!r} is not an SPDX licence expression, such as CERN-OHL-W-2.0 or CC-BY-SA-4.0."
            problems.append(Problem("charter.bad_licence", problem, f"commons.licence[{index}]"))
    if not _is_currency(section.currency):
        problem = f"{section.currency!r} is not an ISO 4217 currency code, such as EUR."
        problems.append(Problem("charter.bad_currency", problem, "commons.currency"))
    return problems


def check_powers_section(values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with `[powers]`."""
    powers = convert_section(values, "powers", Powers)
    if isinstance(powers, Problem):
        return [powers]
    return [
        Problem("charter.bad_role", f"{role!r} is not the name of a role: lower-case letters and _.", f"powers.{name}")
        for name, role in msgspec.structs.asdict(powers).items()
        if not re.fullmatch(r"[a-z][a-z_]{0,30}", role)
    ]


@lru_cache(maxsize=1_024)
def _is_spdx(expression: str) -> bool:
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    try:
        canonicalize_license_expression(expression)
    except InvalidLicenseExpression:
        return False
    return not expression.startswith("LicenseRef")


def _is_currency(code: str) -> bool:
    return currency_digits(code) is not None
