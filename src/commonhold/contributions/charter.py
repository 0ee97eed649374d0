"""The sections of the charter that speak of contributions: `[kinds]`, `[validation]`, `[imports]`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, get_args

import msgspec

from ..commons.charter import Section, convert_section
from ..flows.actions import ACTIONS
from ..flows.units import EFFORT_UNITS, is_money, is_unit
from ..measure import currency_digits, parse_money
from ..problems import Problem
from ..store.transaction import Transaction
from .entries import How, Repayment

CURRENCY = "currency"
"""As a kind's unit: the currency of the commons."""


class KindSection(Section, frozen=True):
    """`[kinds.NAME]`: a kind of contribution.

    Attributes:
        label: For people. action: The Valueflows action. unit: What it is counted in.
        value: What one unit is worth in the currency of the commons; needed for "until repaid".
    """

    label: str = ""
    action: str = ""
    unit: str = ""
    value: str = ""


STANDARD_KINDS: Mapping[str, tuple[str, str, str]] = {
    "work": ("Work", "work", "hour"),
    "code": ("Code", "modify", "line"),
    "documentation": ("Documentation", "modify", "line"),
    "design": ("Design", "modify", "line"),
    "hardware_test": ("Hardware test", "produce", "test"),
    "translation": ("Translation", "modify", "word"),
    "support": ("Support", "deliverService", "hour"),
    "organising": ("Organising", "work", "hour"),
    "care": ("Care", "work", "hour"),
    "money": ("Money given", "transfer", CURRENCY),
    "loan": ("Loan", "transfer", CURRENCY),
    "expense": ("Expense paid", "transfer", CURRENCY),
    "material": ("Materials", "transfer", "piece"),
    "tool_use": ("Use of own tools", "use", "hour"),
    "space_use": ("Use of own space", "use", "day"),
}
"""Kinds that a charter can take over by an empty table: label, action, unit."""

REVIEW = "review"
"""The kind of reviewing. It is never logged: it follows from attestations, and policies can weigh it."""


class Validation(Section, frozen=True):
    """`[validation]`.

    Attributes:
        quorum: How many peers must agree.
        lazy_days: Days after which a claim without objection is valid; 0: never.
        history: Acts in an imported history that count as a peer's acceptance.
        reviewers: How many peers are drawn by lot to judge a claim; 0: whoever may validate. users, outside: How many of them
            at least are users of the product, and do not belong to those who usually validate the contributor's work.
        review_days: Who is drawn and silent for so long is replaced.
        contest_days: For so long after a decision can a peer object, which opens another round.
    """

    quorum: Annotated[int, msgspec.Meta(ge=1, le=50)] = 2
    lazy_days: Annotated[int, msgspec.Meta(ge=0, le=3_650)] = 0
    history: list[How] = []
    reviewers: Annotated[int, msgspec.Meta(ge=0, le=50)] = 0
    users: Annotated[int, msgspec.Meta(ge=0, le=50)] = 1
    outside: Annotated[int, msgspec.Meta(ge=0, le=50)] = 1
    review_days: Annotated[int, msgspec.Meta(ge=1, le=366)] = 7
    contest_days: Annotated[int, msgspec.Meta(ge=0, le=366)] = 0


class PathRule(Section, frozen=True):
    """`[[imports.paths]]`: what changes to matching paths are. `ignore` counts nothing."""

    match: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    kind: str


class Imports(Section, frozen=True):
    """`[imports]`: how the size of an imported change is counted.

    Attributes:
        kind: The kind of a change, where no path rule says otherwise.
        lines_per_change_max: More lines than this do not count.
        lines_per_binary: How many lines a change of a binary file counts as.
        respect_linguist: Leave out what .gitattributes call vendored or generated.
        ignore: Patterns of paths that do not count, as in .gitignore: `*` within a name, `**` over folders.
        programs: Addresses that are no persons (a forge's web editor): they do not vouch.
        repayment: The choice for contributors who have not chosen yet.
    """

    kind: str = "code"
    lines_per_change_max: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1_000
    lines_per_binary: Annotated[int, msgspec.Meta(ge=0, le=1_000)] = 0
    respect_linguist: bool = True
    ignore: list[str] = []
    paths: list[PathRule] = []
    programs: list[str] = msgspec.field(default_factory=lambda: ["noreply@github.com"])
    repayment: Repayment = "while_it_lasts"


class ContributionKind(msgspec.Struct, frozen=True):
    """A kind with all gaps filled. `value_minor` is the worth of one unit in minor units of the currency, or None."""

    name: str
    label: str
    action: str
    unit: str
    value_minor: int | None


def contribution_kinds(values: Mapping[str, Any]) -> dict[str, ContributionKind]:
    """The kinds of a charter that has been checked."""
    currency = values["commons"]["currency"]
    kinds = {}
    for name, table in values.get("kinds", {}).items():
        section = msgspec.convert(table, KindSection)
        label, action, unit = STANDARD_KINDS.get(name, (name, "", ""))
        unit = section.unit or unit
        unit = currency if unit == CURRENCY else unit
        value = parse_money(section.value, currency) if section.value else 10 ** (currency_digits(currency) or 0) if unit == currency else None
        kinds[name] = ContributionKind(name, section.label or label, section.action or action, unit, value)
    return kinds


def kinds_in_force(transaction: Transaction, commons: str) -> dict[str, ContributionKind]:
    """The kinds of the charter in force. Kept in the transaction's cache."""
    key = ("kinds", commons)
    found: dict[str, ContributionKind] | None = transaction.cache.get(key)
    if found is None:
        from ..commons.queries import charter_values

        found = transaction.cache[key] = contribution_kinds(charter_values(transaction, commons))
    return found


def currency_in(values: Mapping[str, Any]) -> str:
    """The currency that a charter names, or nothing where that is not in order (which the check of `[commons]` tells)."""
    commons = values.get("commons")
    return str(commons.get("currency", "")) if isinstance(commons, Mapping) else ""


def check_kinds(values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with `[kinds]`."""
    tables = values.get("kinds")
    if not isinstance(tables, Mapping) or not tables:
        return [Problem("charter.missing", "A charter needs at least one kind of contribution: a table like [kinds.work].", "kinds")]
    currency = currency_in(values)
    problems: list[Problem] = []
    for name, table in tables.items():
        problems += _check_kind(name, table, currency)
    return problems


def _check_kind(name: str, table: Any, currency: str) -> list[Problem]:
    field = f"kinds.{name}"
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,40}", name) or name == REVIEW:
        problem = f"{name!r} is no name for a kind: use lower-case letters, digits, - and _ (and review is taken)."
        return [Problem("charter.bad_kind", problem, field if re.fullmatch(r"[\w -]+", name) else "kinds")]
    section = convert_section({field: table}, field, KindSection)
    if isinstance(section, Problem):
        return [section]
    _, action, unit = STANDARD_KINDS.get(name, ("", "", ""))
    action, unit = section.action or action, section.unit or unit
    unit = currency if unit == CURRENCY else unit
    problems = []
    if action not in ACTIONS:
        problems.append(Problem("charter.bad_kind", f"A kind of its own needs an action of Valueflows: {', '.join(ACTIONS)}.", f"{field}.action"))
    if not is_unit(unit):
        problems.append(Problem("charter.bad_unit", f"{unit!r} is no unit that is known here (hour, line, piece, kilogram …).", f"{field}.unit"))
    elif action in ACTIONS and (unit in EFFORT_UNITS) != (action in ("work", "use", "deliverService")):
        problem = "work, use and deliverService are counted in units of time, other actions in anything else."
        problems.append(Problem("charter.bad_unit", problem, f"{field}.unit"))
    elif is_money(unit) and unit != currency:
        problems.append(Problem("charter.bad_unit", f"Money is counted in the currency of the commons, {currency}.", f"{field}.unit"))
    if section.value:
        try:
            parse_money(section.value, currency)
        except ValueError as error:
            problems.append(Problem("charter.bad_amount", f"{error}.", f"{field}.value"))
    return problems


def check_validation(values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with `[validation]`."""
    section = convert_section(values, "validation", Validation)
    if isinstance(section, Problem):
        return [section]
    assert set(section.history) <= set(get_args(How))
    if 0 < section.reviewers < section.quorum:
        problem = f"{section.reviewers} reviewers cannot be a quorum of {section.quorum}: draw as many at least."
        return [Problem("charter.too_few_reviewers", problem, "validation.reviewers")]
    return []


def check_imports(values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with `[imports]`."""
    section = convert_section(values, "imports", Imports)
    if isinstance(section, Problem):
        return [section]
    if "imports" not in values:
        return []
    kinds = values.get("kinds", {})
    named = {"imports.kind": section.kind} | {f"imports.paths[{n}].kind": rule.kind for n, rule in enumerate(section.paths)}
    problems = []
    for field, kind in named.items():
        if kind == "ignore" and field != "imports.kind":
            continue
        if kind not in kinds:
            problems.append(Problem("charter.unknown_kind", f"{kind!r} is no kind of this charter: add [kinds.{kind}].", field))
        elif not isinstance(kinds[kind], Mapping) or (kinds[kind].get("unit") or STANDARD_KINDS.get(kind, ("", "", ""))[2]) != "line":
            problems.append(Problem("charter.bad_unit", f"Imported changes are counted in lines; {kind} is not.", field))
    return problems
