"""Reads about decisions that doors ask for: as plain values, with ids of agents and times as texts."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

import msgspec

from ..commons.queries import all_agents, commons_section
from ..journal.entry import open_envelope
from ..journal.kinds import time_text
from ..measure import format_money
from ..problems import Refused
from ..store.transaction import Transaction
from .changes import CHARTER, apply_edits, charter_text
from .closing import House, asked_of, close, grown
from .electorate import delegates_for, may_vote, rolls_of
from .entries import DEFAULT, Change
from .juries import NEVER, jury_time
from .sealing import box_of
from .store import Listed, Proposal, on_ballot, options_of, proposals, proposals_before, seconders, seconds_needed, unopened, votes_on
from .tally import Result, quorum_of, spoken_for

WORDS = ("governance.propose", "governance.revise", "governance.comment", "governance.object", "governance.report", "governance.withdraw")
"""What is read out of the journal for a discussion."""


def _time(seconds: int | None) -> str | None:
    return None if seconds is None else time_text(seconds)


def summary(found: Proposal, now: int) -> dict[str, Any]:
    """What a list tells of a proposal."""
    return {
        "number": found.number, "title": found.title, "question": found.question, "domain": found.domain, "phase": found.phase(now),
        "outcome": found.outcome or None, "asked": time_text(found.asked), "opens": _time(found.opens), "closes": _time(found.closes),
        "decided": _time(found.decided), "rule": found.terms.rule, "rolls": list(found.terms.rolls), "electors": found.electors,
    }  # fmt: skip


def list_decisions(
    transaction: Transaction, commons: str, now: int, *, phase: str = "", before: int | None = None, limit: int | None = None
) -> list[dict[str, Any]]:
    """Proposals, the newest first: those with numbers below one, so many at most, and of one phase if it is named."""
    if phase == "closed":
        return decided_before(transaction, commons, now, before, limit)
    if phase:
        found = [one for one in list_open(transaction, commons, now) if one["phase"] == phase and (before is None or one["number"] < before)]
        return found[:limit]
    return [summary(one, now) for one in proposals_before(transaction, commons, before, limit)]


def decision(transaction: Transaction, commons: str, found: Proposal, id_: str, now: int, house: House) -> dict[str, Any]:
    """Everything about a proposal. Of hidden ballots nothing is told before they are opened but that they were cast."""
    agents = all_agents(transaction, commons)
    listed = options_of(transaction, commons, found.number)
    currency = commons_section(transaction, commons).currency
    cast = votes_on(transaction, commons, found.number)
    told = summary(found, now) | {
        "id": id_, "position": found.position, "author": agents[found.author].id, "text": found.text, "version": found.version,
        "terms": msgspec.to_builtins(found.terms), "fund": found.fund, "seats": found.seats, "currency": currency,
        "amount": None if found.amount is None else format_money(found.amount, currency),
        "seconds": [agents[number].id for number in seconders(transaction, commons, found.number)], "secondsNeeded": seconds_needed(found.terms, found.electors),
        "options": [_option(transaction, commons, one, found, agents[one.author].id) for one in listed],
        "turnout": _meter(transaction, commons, found, {one.agent for one in cast}),
        "votes": len(cast), "unopened": len(unopened(transaction, commons, found.number)),
        "objections": _objections(transaction, commons, found, agents), "history": _history(transaction, commons, found, agents),
        "result": None if not found.result else msgspec.json.decode(found.result), "orders": _orders(transaction, commons, found),
    }  # fmt: skip
    if found.terms.ballots == "open" or found.outcome:
        told["ballots"] = [
            {"voter": agents[one.agent].id, "position": one.position, "ballot": msgspec.to_builtins(one.ballot)} for one in cast if one.ballot
        ]
    if found.terms.jury:
        told["jury"] = _jury(transaction, commons, found, agents)
    if found.terms.ballots == "secret":
        told["box"] = _box(transaction, commons, found)
    if found.terms.rule == "conviction" and not found.outcome:
        told["support"] = _support(transaction, commons, found, now, house)
    return told


def _jury(transaction: Transaction, commons: str, found: Proposal, agents: Sequence[Any]) -> dict[str, Any]:
    """Who was drawn, by which entry; or from when on they can be, if enough want a vote on it."""
    drawn = transaction.rows("SELECT agent FROM elector WHERE commons = ? AND proposal = ? ORDER BY agent", (commons, found.number))
    sql = "SELECT MAX(position) FROM proposal_entry WHERE commons = ? AND proposal = ? AND kind = 'governance.jury'"
    begins = jury_time(transaction, commons, found)
    return {
        "jurors": [agents[number].id for (number,) in drawn], "position": transaction.value(sql, (commons, found.number)),
        "from": time_text(begins) if begins < NEVER else None,
    }  # fmt: skip


def _box(transaction: Transaction, commons: str, found: Proposal) -> dict[str, Any]:
    """Of secret ballots: the entries by which the election was prepared and the sum said, and how many ballots were none."""
    row = transaction.row("SELECT position, unsealed FROM sealing WHERE commons = ? AND proposal = ?", (commons, found.number))
    here = box_of(transaction, commons, found) if row is not None and row[1] is not None else None
    excluded = 0 if here is None else len(here.excluded)
    return {"sealed": None if row is None else row[0], "unsealed": None if row is None else row[1], "excluded": excluded}


def _option(transaction: Transaction, commons: str, one: Listed, found: Proposal, author: str) -> dict[str, Any]:
    option = one.option
    return {
        "id": option.id, "title": option.title, "text": option.text, "author": author, "listed": one.listed, "entry": one.entry,
        "cost": option.cost, "to": option.to, "excludes": option.excludes, "ready": bool(on_ballot([one], found.question)),
        "seconds": 0 if one.listed else len(seconders(transaction, commons, found.number, option.id)),
        "changes": [_change(transaction, commons, change, found) for change in option.changes],
    }  # fmt: skip


def _change(transaction: Transaction, commons: str, change: Change, found: Proposal) -> dict[str, Any]:
    """A change with what it writes; of the charter, as a difference, and whether it still applies."""
    told: dict[str, Any] = {"kind": change.kind, "body": change.body}
    if change.kind == CHARTER:
        edits = change.body["edits"]
        told["difference"] = [line for edit in edits for line in difference(edit["before"], edit["after"])]
        if not found.outcome:
            from .changes import EditCharter

            told["applies"] = apply_edits(charter_text(transaction, commons), msgspec.convert(change.body, EditCharter).edits) is not None
    return told


def difference(before: str, after: str) -> list[str]:
    """Lines that go, with `-`, that come, with `+`, and that stay, with a blank."""
    old, new = before.splitlines(), after.splitlines()
    told = []
    for what, first, last, start, end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            told += [f"  {line}" for line in old[first:last]]
        else:
            told += [f"- {line}" for line in old[first:last]] + [f"+ {line}" for line in new[start:end]]
    return told


def _meter(transaction: Transaction, commons: str, found: Proposal, voters: set[int]) -> list[dict[str, Any]]:
    """Each roll: how many may vote, how many have, and how many must be for it."""
    return [
        {
            "roll": roll, "electors": len(members), "voted": len(members & voters), "quorum": quorum_of(found.terms, len(members)),
            "majority": found.terms.majority,
        }
        for roll, members in rolls_of(transaction, commons, found).items()
    ]  # fmt: skip


def _objections(transaction: Transaction, commons: str, found: Proposal, agents: Sequence[Any]) -> list[dict[str, Any]]:
    sql = "SELECT agent, position, reason, lifted FROM objection WHERE commons = ? AND proposal = ? ORDER BY position"
    return [
        {"agent": agents[agent].id, "position": position, "reason": reason, "lifted": lifted is not None}
        for agent, position, reason, lifted in transaction.rows(sql, (commons, found.number))
    ]


def _history(transaction: Transaction, commons: str, found: Proposal, agents: Sequence[Any]) -> list[dict[str, Any]]:
    """Every word on it, in order; with the texts of those that have some."""
    sql = (
        "SELECT p.position, p.kind, p.author, p.time, j.data FROM proposal_entry p JOIN journal_entry j ON j.commons = p.commons"
        " AND j.position = p.position WHERE p.commons = ? AND p.proposal = ? AND p.kind NOT IN ('governance.vote', 'governance.open') ORDER BY p.position"
    )
    return [
        {
            "position": position, "kind": kind, "author": agents[author].id, "time": time_text(time),
            "body": msgspec.json.decode(open_envelope(bytes(data)).body) if kind in WORDS else {},
        }
        for position, kind, author, time, data in transaction.rows(sql, (commons, found.number))
    ]  # fmt: skip


def _orders(transaction: Transaction, commons: str, found: Proposal) -> list[dict[str, Any]]:
    """What the node had to write, and where it stands."""
    if found.closed is None:
        return []
    sql = "SELECT number, kind, done FROM mandate WHERE commons = ? AND decision = ? ORDER BY number"
    return [{"number": number, "kind": kind, "position": done} for number, kind, done in transaction.rows(sql, (commons, found.closed))]


def _support(transaction: Transaction, commons: str, found: Proposal, now: int, house: House) -> dict[str, Any]:
    has = grown(transaction, commons, found, now, house)
    needed = None if has.needed is None else -(-has.needed.numerator // has.needed.denominator)
    return {"conviction": has.conviction, "stake": has.stake, "needed": needed, "daysLeft": has.days_left}


def recount(transaction: Transaction, commons: str, found: Proposal, id_: str, house: House) -> dict[str, Any]:
    """Count a decided question again from the votes, and say whether it is what was written.

    Consent and votes are counted anew; that a grant had grown enough was checked when it was closed, and is by every replay.
    """
    assert found.decided is not None
    kept = msgspec.json.decode(found.result, type=Result) if found.result else None
    if kept is None or found.opens is None or found.terms.rule == "conviction":
        return {"proposal": found.number, "same": True, "recounted": False, "outcome": found.outcome}
    again = close(transaction, commons, found, id_, found.decided, house, kept.proof).result
    told = {
        "proposal": found.number, "same": again.sha256() == kept.sha256(), "recounted": True, "outcome": again.outcome, "winners": again.winners,
        "result": again.sha256(), "ballots": again.ballots,
    }  # fmt: skip
    if found.terms.ballots == "secret":
        told["belenios"] = checked = check_box(transaction, commons, found, house)
        told["same"] = told["same"] and not checked["problem"]
    return told


def check_box(transaction: Transaction, commons: str, found: Proposal, house: House) -> dict[str, Any]:
    """Whether the sum is that of the secret ballots, by all that the journal holds of the election; or why nobody here can tell."""
    box = box_of(transaction, commons, found)
    if box is None or not box.cast:
        return {"checked": False, "problem": "", "why": "nobody voted"}
    if box.unseal is None or house.cryptography is None:
        return {"checked": False, "problem": "", "why": "the sum has not been said"}
    try:
        counting, excluded = ([one.text for one in some] for some in (box.counting, box.excluded))
        return {"checked": True, "problem": house.cryptography.check(box.sealing, counting, box.unseal, excluded), "why": ""}
    except Refused as refused:
        return {"checked": False, "problem": "", "why": str(refused.problems[0].message), "code": refused.code}


def heard(transaction: Transaction, commons: str, found: Proposal, agent: int) -> dict[str, Any]:
    """How somebody is heard in a question: whether they may vote, have voted, or who speaks for them, as things stand."""
    agents = all_agents(transaction, commons)
    own = next((one for one in votes_on(transaction, commons, found.number) if one.agent == agent), None)
    told: dict[str, Any] = {"mayVote": may_vote(transaction, commons, found, agent), "voted": own is not None, "delegates": [], "speaks": None}
    if own is not None:
        told |= {"position": own.position, "opened": own.ballot is not None, "secret": found.terms.ballots == "secret"}
        told["ballot"] = msgspec.to_builtins(own.ballot) if own.ballot is not None and (found.outcome or found.terms.ballots == "open") else None
    named = delegates_for(transaction, commons, found).get(agent)
    if named is not None and found.terms.ballots != "secret":
        cast = {one.agent for one in votes_on(transaction, commons, found.number)}
        told["delegates"] = [{"agent": agents[number].id, "voted": number in cast} for number in named[0]]
        if found.outcome:
            speaks = spoken_for(asked_of(transaction, commons, found)).speaks.get(agent)
            told["speaks"] = None if speaks is None else agents[speaks].id
    return told


def delegations_of(transaction: Transaction, commons: str, agent: int, now: int) -> list[dict[str, Any]]:
    """Whom somebody has named, by domain, as long as it lasts."""
    agents = all_agents(transaction, commons)
    sql = "SELECT domain, delegate, until FROM delegation WHERE commons = ? AND agent = ? AND until > ? ORDER BY domain, place"
    found: dict[str, dict[str, Any]] = {}
    for domain, delegate, until in transaction.rows(sql, (commons, agent, now)):
        line = found.setdefault(domain, {"domain": domain or None, "to": [], "until": time_text(until)})
        line["to"].append(agents[delegate].id)
    return list(found.values())


def delegates_public(transaction: Transaction, commons: str, now: int) -> list[dict[str, Any]]:
    """Who carries votes of others, by domain, and how many have named them; who named them is not told here."""
    agents = all_agents(transaction, commons)
    sql = (
        "SELECT domain, delegate, COUNT(*) FROM delegation WHERE commons = ? AND place = 0 AND until > ? GROUP BY domain, delegate"
        " ORDER BY domain, delegate"
    )
    return [
        {"domain": domain or None, "agent": agents[delegate].id, "count": count}
        for domain, delegate, count in transaction.rows(sql, (commons, now))
    ]  # fmt: skip


def waiting_for(transaction: Transaction, commons: str, agent: int, now: int) -> list[dict[str, Any]]:
    """What needs somebody's vote: questions that are open to them and that they have not voted on; whether a delegate has."""
    told = []
    for found in proposals(transaction, commons, still_open=True):
        if found.phase(now) != "voting":
            continue
        how = heard(transaction, commons, found, agent)
        if how["mayVote"] and not how["voted"]:
            told.append(summary(found, now) | {"delegates": how["delegates"]})
    return told


def choices_of(transaction: Transaction, commons: str, found: Proposal) -> list[str]:
    """The ids on the ballot; with that nothing changes, where that can be chosen."""
    ids = [option.id for option in on_ballot(options_of(transaction, commons, found.number), found.question)]
    return [*ids, DEFAULT] if found.terms.rule == "yes_no" else ids


def list_open(transaction: Transaction, commons: str, now: int) -> list[dict[str, Any]]:
    """Proposals that are not decided, the newest first."""
    return [summary(one, now) for one in proposals(transaction, commons, still_open=True)]


def decided_before(transaction: Transaction, commons: str, now: int, before: int | None, limit: int | None) -> list[dict[str, Any]]:
    """Decided proposals with numbers below one, the newest first."""
    return [summary(one, now) for one in proposals_before(transaction, commons, before, limit, decided=True)]


def decision_behind(transaction: Transaction, commons: str, position: int) -> int | None:
    """The number of the proposal that ordered an entry, or None."""
    sql = "SELECT p.number FROM mandate m JOIN proposal p ON p.commons = m.commons AND p.closed = m.decision WHERE m.commons = ? AND m.done = ?"
    number = transaction.value(sql, (commons, position))
    return None if number is None else int(number)
