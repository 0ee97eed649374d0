"""What the rules about decisions look at: a small view of what is the case, and whether it is the time for something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..commons.queries import Agent
from ..journal.kinds import Entry, unknown_reference
from ..problems import Problem
from .charter import Terms
from .closing import Closing
from .sealing import Box
from .store import Cast, Listed, Proposal


@dataclass(frozen=True, slots=True)
class View:
    """What the rules need to know.

    Attributes:
        lacks_power: Why the author may not do this by the charter's `[powers]`, or nothing.
        deep: What is wrong with the changes of an option, as their own package finds.
        author: Who writes, if known. node: The did:key of the home node. member, elector: What the author is.
        proposal, listed: The proposal that the entry names, and its options.
        terms: How a new question would be decided. domains, funds: Of the charter. currency: Of the commons.
        balance: Of the fund of a new question, in minor units.
        said: Whether the author has said the same before: seconded, objected, consented.
        named: The agents that the entry names, None where unknown. members: Those of them who are members.
        votes: Of an `open`: the vote that each ballot names. unopened: How many votes of the proposal are hidden.
        closing: What the proposal comes to. due: Whether it can be closed by its time.
        box: Of secret ballots: their election and those that count. electors: Ids of those who could vote on a new secret question, or can on one.
    """

    lacks_power: tuple[Problem, ...] = ()
    deep: tuple[Problem, ...] = ()
    author: Agent | None = None
    node: str = ""
    member: bool = False
    elector: bool = False
    proposal: Proposal | None = None
    listed: tuple[Listed, ...] = ()
    terms: Terms | None = None
    domains: tuple[str, ...] = ()
    funds: tuple[str, ...] = ()
    currency: str = ""
    balance: int = 0
    said: bool = False
    lifted: bool = False
    named: Mapping[str, Agent | None] = field(default_factory=dict)
    members: frozenset[str] = frozenset()
    votes: tuple[Cast | None, ...] = ()
    supported: Mapping[str, Proposal | None] = field(default_factory=dict)
    electing: frozenset[str] = frozenset()
    unopened: int = 0
    closing: Closing | None = None
    missing: tuple[str, ...] = ()
    stewards: int = 0
    is_steward: bool = False
    open_term: bool = False
    known_comment: bool = True
    dormant: bool = False
    asked_amount: str | None = None
    signed: bool = False
    jury_time: int = 0
    needs_proof: bool = False
    box: Box | None = None
    electors: frozenset[str] = frozenset()


def in_phase(view: View, *phases: str, entry: Entry) -> list[Problem]:
    """Whether the proposal is here, and in one of some phases."""
    if view.proposal is None:
        return [unknown_reference(f"The proposal {entry.body.proposal}", "body.proposal")]
    phase = view.proposal.phase(entry.time)
    if phase in phases:
        return []
    words = {
        "closed": "it has been decided", "due": "its time is over", "voting": "it is being voted on", "discussion": "it is being discussed",
        "seconds": "it waits for members who want a vote on it", "objections": "it is decided by consent", "support": "it is decided by lasting support",
    }  # fmt: skip
    return [Problem("governance.wrong_phase", f"This cannot be said of proposal {view.proposal.number} now: {words[phase]}.", "body.proposal")]
