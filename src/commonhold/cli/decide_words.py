"""Decisions in words: phases, rules, rounds and ties, as commands tell them to people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from .output import counted, printable
from .session import INTEGER_MAX, Session

NUMBER = click.argument("number", type=click.IntRange(1, INTEGER_MAX))
"""The argument of all that is said of one proposal."""

PHASES = {
    "seconds": "wants seconds",
    "discussion": "is discussed",
    "voting": "is voted on",
    "objections": "open to objections",
    "support": "gathers support",
    "due": "time is over",
    "closed": "decided",
}
OUTCOMES = {
    "carried": "carried",
    "rejected": "rejected",
    "blocked": "blocked by an objection",
    "lapsed": "lapsed for want of seconds",
    "stale": "carried, but out of date",
    "withdrawn": "withdrawn",
}
ROLLS = {"member": "members", "producer": "producers", "user": "users", "domain": "people with standing"}
EVENTS = {
    "counted": "counted",
    "dropped": "taken out",
    "elected": "elected",
    "excluded": "excluded",
    "surplus": "surplus passed on",
    "funded": "funded",
    "skipped": "skipped",
    "no_majority": "no majority",
}
BALLOTS = {
    "approval": "The options with the most approvals win.",
    "stv": "Voters rank; seats are filled by single transferable vote.",
    "schulze": "Voters rank; the winner is found by strongest paths (Schulze).",
    "equal_shares": "Voters approve of projects; the budget is divided by equal shares.",
}
BALLOTS_SEEN = {
    "hidden": "Ballots are hidden until the close.",
    "open": "Ballots are open.",
    "secret": "Ballots are secret for ever: only their sum is opened.",
}
TALLIES_SHOWN = 12


def time_said(text: str | None) -> str:
    """A time of the journal as people read it.

    >>> time_said("2026-01-08T00:00:00Z")
    '2026-01-08 00:00 UTC'
    """
    return "" if text is None else f"{text[:10]} {text[11:16]} UTC"


def phase_words(told: Mapping[str, Any]) -> str:
    """Where a proposal stands, in a few words."""
    return OUTCOMES.get(told["outcome"] or "", "decided") if told["phase"] == "closed" else PHASES[told["phase"]]


def when_words(told: Mapping[str, Any]) -> str:
    """When something happens to it next, or happened last."""
    phase = told["phase"]
    if phase == "closed":
        return f"on {time_said(told['decided'])}"
    if phase == "discussion":
        return f"vote from {time_said(told['opens'])}"
    if phase in ("voting", "objections"):
        return f"until {time_said(told['closes'])}"
    return f"since {time_said(told['closes'])}" if phase == "due" and told["closes"] else f"asked {time_said(told['asked'])}"


def called_by(session: Session) -> Callable[[str], str]:
    """What agents are called: their names, or short ids."""
    from ..commons.people import names, short

    with session.node.read() as transaction:
        known = names(transaction, session.commons)
    return lambda agent: printable(known.get(agent) or short(agent))


def told_of(session: Session, number: int) -> dict[str, Any]:
    """Everything about a proposal.

    Raises:
        NotFound: `governance.unknown_proposal`.
    """
    from ..node.decisions import decision

    with session.node.read() as transaction:
        return decision(session.node, transaction, session.commons, number)


def what_next(told: Mapping[str, Any]) -> str:
    """Where a proposal stands and what happens when, in a sentence or two."""
    number, phase, opens, closes = told["number"], told["phase"], time_said(told["opens"]), time_said(told["closes"])
    if phase == "seconds":
        has, needed = len(told["seconds"]), told["secondsNeeded"]
        days = told["terms"]["petition_days"]
        return (
            f"It takes {counted(needed, 'other')} who {'wants' if needed == 1 else 'want'} a vote on it, and has {has}; without them it lapses {counted(days, 'day')} after it was put."
            f" Next, by others: commonhold decide second {number}"
        )
    if phase == "discussion":
        return f"It is discussed until {opens}; the vote is open from then until {closes}. Next: commonhold decide comment {number} TEXT"
    if phase == "voting":
        return f"The vote is open until {closes}. Next: commonhold decide vote {number}"
    if phase == "objections":
        return f"Objections can be raised until {closes}. Next: commonhold decide object {number} --reason …, or consent {number}"
    if phase == "support":
        if told["support"]["daysLeft"] == 0:
            return f"Its support has lasted. Next: commonhold decide close {number}"
        return f"It passes once enough support has lasted. Next: commonhold decide support {number}=40%"
    if phase == "due":
        return f"Its time is over. Next: commonhold decide close {number}"
    return f"It was decided on {time_said(told['decided'])}: {phase_words(told)}."


def majority_words(text: str) -> str:
    """How many of those for or against: `1/2` means more than half.

    >>> majority_words("1/2"), majority_words("2/3")
    ('more than half', 'two thirds')
    """
    return {"1/2": "more than half", "2/3": "two thirds", "3/4": "three quarters", "1/1": "all"}.get(text, text)


def rolls_said(told: Mapping[str, Any]) -> str:
    """Who decides, in words."""
    return " and ".join(f"{ROLLS[roll]} in {told['domain']}" if roll == "domain" else ROLLS[roll] for roll in told["terms"]["rolls"])


def rule_sentence(told: Mapping[str, Any]) -> str:
    """Who decides a proposal, and by which rule."""
    terms = told["terms"]
    who, quorum = rolls_said(told), terms["quorum_percent"]
    if terms["jury"]:
        who = f"{terms['jury']} jurors, drawn by lot from {who},"
    who = who[0].upper() + who[1:]
    each = ", each roll by itself" if len(terms["rolls"]) > 1 else ""
    secret = BALLOTS_SEEN[terms["ballots"]]
    if terms["rule"] == "yes_no":
        among = f"{majority_words(terms['majority'])} of those for or against"
        return f"{who} vote on it{each}: {quorum} % of the roll must be for it, and {among}. {secret}"
    if terms["rule"] == "consent":
        return f"{who} decide by consent{each}: {quorum} % of the roll say that they can live with it, and no objection stands."
    if terms["rule"] == "lazy":
        return f"{who} let it pass if none of them objects."
    if terms["rule"] == "conviction":
        return f"{who} support it with a part of their unit each: it passes once enough support has lasted."
    seats = f" {counted(told['seats'], 'seat')}." if told["question"] == "election" else ""
    return f"{who} vote.{seats} {BALLOTS[terms['rule']]} {secret}"


def meter_lines(told: Mapping[str, Any]) -> list[str]:
    """How far each roll is from the threshold."""
    rule, lines = told["terms"]["rule"], []
    if rule == "conviction":
        return []
    for one in told["turnout"]:
        roll = ROLLS[one["roll"]]
        if rule == "lazy":
            lines.append(f"{roll}: {one['electors']} may object")
        elif rule == "consent":
            lines.append(f"{roll}: {one['consents']} of {one['electors']} consent; {one['quorum']} must, and no objection stand")
        else:
            needs = f"; {one['quorum']} must be for it and {majority_words(one['majority'])} of those for or against" if rule == "yes_no" else ""
            verb = "has" if one["voted"] == 1 else "have"
            lines.append(f"{roll}: {one['voted']} of {one['electors']} {verb} voted{needs}")
    return lines


def round_lines(rounds: Sequence[Mapping[str, Any]], called: Callable[[str], str], shown: int = 40) -> list[str]:
    """The rounds of a count, a line each; figures of those whom a round is about, where it has many."""
    lines = []
    for number, one in enumerate(rounds[:shown], 1):
        tallies = one["tallies"]
        chosen = tallies if len(tallies) <= TALLIES_SHOWN else [option for option in one["options"] or tallies if option in tallies][:TALLIES_SHOWN]
        who = ", ".join(called(option) for option in one["options"][:TALLIES_SHOWN]) + (", …" if len(one["options"]) > TALLIES_SHOWN else "")
        figures = ", ".join(f"{called(option)} {tallies[option]}" for option in chosen)
        figures += ", …" if len(chosen) < len(tallies) and not one["options"] else ""
        notes = ", ".join(f"{name.replace('_', ' ')} {text}" for name, text in one["note"].items() if len(text) <= 60)
        line = f"{number}. {EVENTS.get(one['event'], one['event'])}{f' {who}' if who and one['event'] != 'counted' else ''}"
        lines.append(line + (f": {figures}" if figures else "") + (f" ({notes})" if notes else ""))
    if len(rounds) > shown:
        lines.append(f"… {len(rounds) - shown} more rounds; --json has all.")
    return lines


def tie_lines(ties: Sequence[Mapping[str, Any]], called: Callable[[str], str], order: str = "the order of the lot", shown: int = 40) -> list[str]:
    """The ties of a count, and how each was broken."""
    lines = []
    for one in ties[:shown]:
        by = order if one["by"] == "order" else one["by"]
        among = ", ".join(map(called, one["among"][:TALLIES_SHOWN])) + (", …" if len(one["among"]) > TALLIES_SHOWN else "")
        lines.append(f"Tie in round {one['round'] + 1} among {among}: {called(one['chosen'])}, by {by}.")
    if len(ties) > shown:
        lines.append(f"… {len(ties) - shown} more ties; --json has all.")
    return lines
