"""A policy with some of its figures turned: which there are, and the charter's text with others in their place. Pure.

Only the figures change, or a step is left out; all else of the text, comments too, stays as people wrote it. What was made of
the text is read again and compared with what was meant, so that no other figure is ever changed by a likeness of words.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..commons.charter import convert_section, read_toml
from ..contributions.charter import REVIEW, contribution_kinds
from ..measure import parse_decimal
from ..problems import Problem, Refused, refuse
from .policy import PERCENT_DIGITS, WEIGHT_DIGITS, Policy

Form = Literal["percent", "money", "weight", "whole", "out"]

FIGURES: Mapping[str, Form] = {
    "percent": "percent", "amount": "money", "monthly": "money", "at_least": "money", "at_most": "money", "at_most_percent": "percent",
    "drop_below": "money", "last_days": "whole", "half_life_days": "whole", "active_days": "whole", "active_contributions": "whole",
    "full_at": "whole",
}  # fmt: skip
"""The figures that a step may have, and of what form they are."""
_WHOLE = re.compile(r"[1-9][0-9]{0,7}")
_STEP = re.compile(r"\s*\[\[\s*sharing\s*\.\s*steps\s*\]\]\s*(#.*)?$")
_OF_STEP = re.compile(r"\s*\[\s*sharing\s*\.\s*steps\s*\.\s*([A-Za-z0-9_-]+)\s*\]\s*(#.*)?$")
_HEAD = re.compile(r"\s*\[")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a policy that can be turned.

    Attributes:
        name: `steps.STEP.FIELD`, `steps.STEP.weights.KIND`, `steps.STEP.out` (leave the step out) or `kinds.KIND.value`.
        step: The id of the step; nothing, of the worth of a kind. key: The field, or the kind.
        value: As the charter has it; of a kind that does not count in the step, and of `out`: nothing.
    """

    name: str
    step: str
    key: str
    form: Form
    value: str


def figures(values: Mapping[str, Any], fund: str = "") -> list[Figure]:
    """What can be turned of the policy of a checked charter, in its order; only steps that apply to a fund, if one is named."""
    policy = convert_section(values, "sharing", Policy)
    assert not isinstance(policy, Problem), policy
    steps = [step for step in policy.steps if not fund or not step.funds or fund in step.funds]
    kinds = contribution_kinds(values)
    written = {step["id"]: step for step in values.get("sharing", {}).get("steps", [])}
    found = []
    for step in steps:
        for key, form in FIGURES.items():
            if value := written[step.id].get(key):
                found.append(Figure(f"steps.{step.id}.{key}", step.id, key, form, str(value)))
        if step.weights:
            names = [*step.weights, *(name for name in (*kinds, *([REVIEW] if step.to == "contributions" else [])) if name not in step.weights)]
            found += [Figure(f"steps.{step.id}.weights.{name}", step.id, name, "weight", step.weights.get(name, "")) for name in names]
        found.append(Figure(f"steps.{step.id}.out", step.id, "out", "out", ""))
    if any(step.by_value or step.to == "repay" for step in steps):
        plain = values.get("kinds", {})
        found += [Figure(f"kinds.{name}.value", "", name, "money", plain[name]["value"]) for name in plain if plain[name].get("value")]
    return found


def read_turns(known: Iterable[Figure], given: Mapping[str, str]) -> tuple[dict[str, str], list[Problem]]:
    """What is turned, by the names of the figures, in the form that charters have; and what is wrong with what was given.

    What is not given, or is as the charter has it, is not turned. A comma is taken for the point. A weight of 0 is none.
    """
    turned: dict[str, str] = {}
    problems = []
    for figure in known:
        if figure.name not in given:
            continue
        text = given[figure.name].strip().replace(",", ".")
        wrong = _wrong(figure, text)
        if wrong:
            problems.append(Problem("charter.bad_amount", wrong, figure.name))
        elif not _same(figure, text := _normal(figure, text)):
            turned[figure.name] = text
    return turned, problems


def _normal(figure: Figure, text: str) -> str:
    return "" if figure.form == "weight" and text and not parse_decimal(text, WEIGHT_DIGITS) else text


def _same(figure: Figure, text: str) -> bool:
    if figure.form in ("out", "whole") or not figure.value or not text:
        return text == _normal(figure, figure.value)
    return parse_decimal(text, WEIGHT_DIGITS) == parse_decimal(figure.value, WEIGHT_DIGITS)


def _wrong(figure: Figure, text: str) -> str:
    """What is wrong with the form of a text; its size, and what it means among the others, the check of the charter tells."""
    if figure.form == "out":
        return "" if text in ("", "1") else "This is 1, or nothing."
    if figure.form == "whole":
        return "" if _WHOLE.fullmatch(text) else f"{text!r} is not a whole number above 0."
    if not text:
        return "" if figure.form == "weight" else "Say how much; to do without the step, leave it out."
    try:
        parse_decimal(text, PERCENT_DIGITS if figure.form == "percent" else WEIGHT_DIGITS)
    except ValueError as error:
        return f"{error}."
    return ""


def turned_values(values: Mapping[str, Any], turned: Mapping[str, str]) -> dict[str, Any]:
    """The charter's values with the turned figures in their place."""
    found: dict[str, Any] = copy.deepcopy(dict(values))
    for name, text in turned.items():
        family, subject, *rest = name.split(".")
        if family == "kinds":
            found["kinds"][subject]["value"] = text
            continue
        step = next(one for one in found["sharing"]["steps"] if one["id"] == subject)
        if rest[0] == "weights" and text:
            step["weights"][rest[1]] = text
        elif rest[0] == "weights":
            step["weights"].pop(rest[1], None)
        elif rest[0] != "out":
            step[rest[0]] = int(text) if FIGURES[rest[0]] == "whole" else text
    out = {name.split(".")[1] for name in turned if name.endswith(".out")}
    if out:
        found["sharing"]["steps"] = [one for one in found["sharing"]["steps"] if one["id"] not in out]
    return found


def turned_text(text: str, turned: Mapping[str, str]) -> str:
    """The charter's text with the turned figures in their place.

    Raises:
        Refused: `sharing.not_plain`, if the text has one of them in a form that this cannot change.
    """
    source = read_toml(text)
    assert not isinstance(source, Problem)
    expected = turned_values(source.values, turned)
    order = [step["id"] for step in source.values.get("sharing", {}).get("steps", [])]
    left = {step["id"]: step for step in expected.get("sharing", {}).get("steps", [])}
    lines = text.splitlines(keepends=True)
    weighed: set[str] = set()
    for name, value in turned.items():
        family, subject, *rest = name.split(".")
        if family == "kinds":
            _set(lines, _table(lines, subject), "value", value)
        elif subject in left and rest[0] == "weights":
            weighed.add(subject)
        elif subject in left:
            _set(lines, _block(lines, order.index(subject)), rest[0], value, bare=FIGURES[rest[0]] == "whole")
    for subject in sorted(weighed):
        _set_weights(lines, _block(lines, order.index(subject)), left[subject]["weights"])
    for place in sorted((order.index(id_) for id_ in order if id_ not in left), reverse=True):
        first, last = _whole_step(lines, place)
        del lines[first:last]
    made = "".join(lines)
    after = read_toml(made)
    if isinstance(after, Problem) or after.values != expected:
        raise _not_plain()
    return made


def _not_plain() -> Refused:
    problem = "The charter has this in a form that cannot be changed here: change its text by hand, in a question about the charter."
    return refuse("sharing.not_plain", problem, "charter")


def _after(lines: list[str], first: int) -> int:
    """The line of the next head of a table after a line."""
    return next((at for at in range(first + 1, len(lines)) if _HEAD.match(lines[at])), len(lines))


def _block(lines: list[str], place: int) -> tuple[int, int]:
    """First and last line of the table of a step, without tables inside it."""
    heads = [at for at, line in enumerate(lines) if _STEP.match(line)]
    if place >= len(heads):
        raise _not_plain()
    return heads[place], _after(lines, heads[place])


def _whole_step(lines: list[str], place: int) -> tuple[int, int]:
    """The same with the tables inside it; comments above the next table stay there."""
    first, last = _block(lines, place)
    while last < len(lines) and _OF_STEP.match(lines[last]):
        last = _after(lines, last)
    while last > first + 1 and last < len(lines) and re.match(r"\s*(#.*)?$", lines[last - 1]):
        last -= 1
    while last < len(lines) and not lines[last].strip():
        last += 1
    return first, last


def _table(lines: list[str], kind: str) -> tuple[int, int]:
    head = re.compile(rf"\s*\[\s*kinds\s*\.\s*{re.escape(kind)}\s*\]\s*(#.*)?$")
    first = next((at for at, line in enumerate(lines) if head.match(line)), None)
    if first is None:
        raise _not_plain()
    return first, _after(lines, first)


def _set(lines: list[str], block: tuple[int, int], key: str, value: str, *, bare: bool = False) -> None:
    """Put another value in place of a key's."""
    pattern = re.compile(rf"(\s*{key}\s*=\s*)(\"[^\"\\]*\"|'[^']*'|[0-9_]+)")
    for at in range(*block):
        if match := pattern.match(lines[at]):
            lines[at] = match[1] + (value if bare else f'"{value}"') + lines[at][match.end() :]
            return
    raise _not_plain()


def _set_weights(lines: list[str], block: tuple[int, int], weights: Mapping[str, str]) -> None:
    """Put other weights in place of those of a step, in an inline table or in one of their own."""
    inline = re.compile(r"(\s*weights\s*=\s*)\{[^{}]*\}")
    for at in range(*block):
        if match := inline.match(lines[at]):
            inside = ", ".join(f'{kind} = "{weight}"' for kind, weight in weights.items())
            lines[at] = f"{match[1]}{{ {inside} }}{lines[at][match.end() :]}"
            return
    last = block[1]
    while last < len(lines) and (own := _OF_STEP.match(lines[last])):
        if own[1] == "weights":
            end = "\r\n" if lines[last].endswith("\r\n") else "\n"
            _set_table(lines, last, weights, end)
            return
        last = _after(lines, last)
    raise _not_plain()


def _set_table(lines: list[str], head: int, weights: Mapping[str, str], end: str) -> None:
    line_of = {match[1]: at for at in range(head + 1, _after(lines, head)) if (match := re.match(r"\s*([A-Za-z0-9_-]+)\s*=", lines[at]))}
    bottom = max([head, *line_of.values()]) + 1
    new = [f'{kind} = "{weight}"{end}' for kind, weight in weights.items() if kind not in line_of]
    for kind, weight in weights.items():
        if kind in line_of:
            _set(lines, (line_of[kind], line_of[kind] + 1), re.escape(kind), weight)
    lines[bottom:bottom] = new
    for kind in sorted(set(line_of) - set(weights), key=lambda name: -line_of[name]):
        del lines[line_of[kind]]
