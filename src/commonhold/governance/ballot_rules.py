"""Is a ballot one that its question can count? Asked before it is sealed, and of open ballots by the rule."""

from __future__ import annotations

from ..problems import Problem
from .charter import RANKED
from .entries import DEFAULT, Ballot
from .store import Proposal


def ballot_problems(ballot: Ballot, proposal: Proposal, choices: list[str], where: str) -> list[Problem]:
    """What is wrong with a ballot on a proposal with these options."""
    given = [name for name in ("answer", "ranking", "approvals") if getattr(ballot, name) is not None]
    rule = proposal.terms.rule
    whether = ["answer"] if proposal.terms.ballots == "secret" else ["answer", "ranking"]
    fitting = ["ranking"] if rule in RANKED else whether if rule == "yes_no" else ["approvals"]
    if len(given) != 1 or given[0] not in fitting:
        return [Problem("governance.bad_ballot", f"A ballot here gives {' or '.join(fitting)}, and nothing else.", where)]
    if ballot.answer is not None and len(choices) > 1 and ballot.answer != "abstain":
        options = ", ".join([*choices, DEFAULT])
        return [Problem("governance.rank_them", f"There are several options: rank them, best first: {options}.", f"{where}.answer")]
    named = [option for group in ballot.ranking or () for option in group] if ballot.ranking is not None else list(ballot.approvals or ())
    known = {*choices, DEFAULT} if rule == "yes_no" else set(choices)
    problems = [
        Problem("governance.unknown_option", f"{option!r} is not on the ballot: {', '.join(sorted(known))}.", where)
        for option in dict.fromkeys(named)
        if option not in known
    ]
    if len(set(named)) != len(named):
        problems.append(Problem("governance.repeated", "Name each option once.", where))
    return problems
