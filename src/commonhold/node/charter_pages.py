"""Charters for pages: every version as plain values, section by section, and what each changed of the one before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from ..commons.charter import CommonsSection, Powers, convert_section
from ..contributions.charter import Imports, Validation, contribution_kinds
from ..governance.charter import STANDARD, governance_of, terms_of
from ..governance.queries import decision_behind, difference
from ..journal.kinds import time_text
from ..measure import format_money
from ..problems import Problem, not_found
from ..sharing.policy import Policy
from ..sharing.statement import charter_at
from ..store.transaction import Transaction
from .public_names import called, public_names

Plain = dict[str, Any]

AROUND = 2
"""So many lines that stay are told before and after those that do not."""


@dataclass(frozen=True, slots=True)
class Version:
    """A charter that is or was in force. number: 1 is that of the founding. position: of its entry. decision: that of the vote, if one ordered it."""

    number: int
    position: int
    time: str
    author: str
    name: str
    reason: str
    decision: int | None


def count_of(transaction: Transaction, commons: str) -> int:
    """How many charters there have been."""
    return int(transaction.value("SELECT COUNT(*) FROM charter WHERE commons = ?", (commons,)))


def versions(transaction: Transaction, commons: str, before: int | None, limit: int) -> list[Version]:
    """Charters, the newest first, those with numbers below one."""
    places = [row[0] for row in transaction.rows("SELECT position FROM charter WHERE commons = ? ORDER BY position", (commons,))]
    last = len(places) if before is None else min(before - 1, len(places))
    first = max(0, last - limit)
    if first >= last:
        return []
    sql = "SELECT position, time, author, reason FROM charter WHERE commons = ? AND position BETWEEN ? AND ? ORDER BY position"
    rows = transaction.rows(sql, (commons, places[first], places[last - 1]))
    names = public_names(transaction, commons, [row[2] for row in rows])
    found = [
        Version(number, position, time_text(time), author, called(names, author), reason, decision_behind(transaction, commons, position))
        for number, (position, time, author, reason) in enumerate(rows, first + 1)
    ]
    return found[::-1]


def version(transaction: Transaction, commons: str, number: int) -> tuple[Version, str, str]:
    """(version, its TOML, the TOML of the one before).

    Raises:
        NotFound: `charter.unknown_version`.
    """
    found = versions(transaction, commons, number + 1, 1)
    if not found or found[0].number != number:
        raise not_found("charter.unknown_version", f"There has been no charter {number} here.", "number")
    rows = transaction.rows(
        "SELECT toml FROM charter WHERE commons = ? AND position <= ? ORDER BY position DESC LIMIT 2", (commons, found[0].position)
    )
    return found[0], rows[0][0], rows[1][0] if len(rows) > 1 else ""


def changed_lines(before: str, after: str) -> list[str]:
    """Lines that came (`+`) and went (`-`) with a few that stayed around them; `…` stands for the others."""
    told = difference(before, after)
    near = [any(not line.startswith("  ") for line in told[max(0, at - AROUND) : at + AROUND + 1]) for at in range(len(told))]
    found: list[str] = []
    for line, shown in zip(told, near, strict=True):
        if shown:
            found.append(line)
        elif not found or found[-1] != "  …":
            found.append("  …")
    return found


def _section(values: Mapping[str, Any], name: str, shape: type[Any]) -> Any:
    found = convert_section(values, name, shape)
    assert not isinstance(found, Problem), found
    return found


def charter_told(transaction: Transaction, commons: str, position: int) -> Plain:
    """The sections of the charter that came into force at a position, with all gaps filled as the program fills them."""
    values = charter_at(transaction, commons, position)
    section = _section(values, "commons", CommonsSection)
    governance = governance_of(values)
    policy: Policy = _section(values, "sharing", Policy)
    return {
        "commons": msgspec.to_builtins(section),
        "kinds": [
            {
                "kind": kind.name, "label": kind.label, "action": kind.action, "unit": kind.unit,
                "value": None if kind.value_minor is None else format_money(kind.value_minor, section.currency),
            }
            for kind in contribution_kinds(values).values()
        ],
        "validation": msgspec.to_builtins(_section(values, "validation", Validation)),
        "imports": msgspec.to_builtins(_section(values, "imports", Imports)) if "imports" in values else None,
        "funds": list(policy.funds), "steps": [step.id for step in policy.steps],
        "stepLabels": {step.id: step.label or step.id for step in policy.steps},
        "powers": msgspec.to_builtins(_section(values, "powers", Powers)),
        "questions": [{"question": question} | msgspec.to_builtins(terms_of(governance, question)) for question in STANDARD],
        "governance": {
            "petitionDays": governance.petition_days, "dormantDays": governance.dormant_days,
            "delegation": msgspec.to_builtins(governance.delegation), "standing": msgspec.to_builtins(governance.standing),
            "conviction": msgspec.to_builtins(governance.conviction),
        },
    }  # fmt: skip
