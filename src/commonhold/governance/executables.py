"""What decisions can order about people and about the commons itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..commons import entries as c
from ..commons.charter import SectionCheck
from ..commons.queries import commons_section, find_agent
from ..journal.kinds import unix_time, unknown_reference
from ..problems import BadInput, Problem
from ..store.transaction import Transaction
from . import entries as e
from .changes import Executable, charter_change


def _agent_is_known(transaction: Transaction, commons: str, body: Any) -> list[Problem]:
    return [] if find_agent(transaction, commons, body.agent) else [unknown_reference(f"The agent {body.agent}", "agent")]


def _rest(transaction: Transaction, commons: str, body: Any) -> list[Problem]:
    """Of a suspension: somebody who is known, and a day that there is."""
    try:
        unix_time(body.until)
    except BadInput as error:
        return [Problem(error.code, error.problems[0].message, "until")]
    return _agent_is_known(transaction, commons, body)


def _office(transaction: Transaction, commons: str, body: Any) -> list[Problem]:
    """Of an appointment or a dismissal. Whether standing is enough is asked when the term begins; the page shows it before."""
    domains = commons_section(transaction, commons).domains
    problems = _agent_is_known(transaction, commons, body)
    if body.domain not in domains:
        problems.append(Problem("governance.unknown_domain", f"{body.domain!r} is no domain of the charter: {', '.join(domains)}.", "domain"))
    return problems


def executables(sections: Mapping[str, SectionCheck]) -> tuple[Executable, ...]:
    """The kinds of entries of this floor, and of those below, that decisions can order. sections: Of a charter."""
    return (
        charter_change(sections),
        Executable("commons.fork", frozenset({"fork"}), c.Fork),
        Executable("commons.role", frozenset({"role", "election"}), c.SetRole, check=_agent_is_known),
        Executable("commons.admit", frozenset({"member"}), c.Admit, check=_agent_is_known),
        Executable("commons.expel", frozenset({"member"}), c.Expel, check=_agent_is_known),
        Executable("commons.suspend", frozenset({"member"}), c.Suspend, check=_rest),
        Executable("governance.appoint", frozenset({"steward"}), e.Appoint, check=_office),
        Executable("governance.dismiss", frozenset({"recall"}), e.Dismiss, check=_office),
    )
