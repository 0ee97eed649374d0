"""What entries about decisions change in the tables."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ..commons.fold import give_role, order, take_role
from ..commons.queries import commons_section, find_agent
from ..contributions.queries import position_of
from ..flows import records
from ..flows.entries import Delete
from ..flows.release import released
from ..flows.store import find_record
from ..journal.canonical import canonical
from ..journal.kinds import Entry, unix_time
from ..measure import parse_money
from ..store.transaction import Transaction
from . import conviction as convictions
from . import entries as e
from .charter import VOTED, governance_in_force, terms_of
from .closing import Closing
from .electorate import electors_now, voices
from .juries import jurors
from .standings import STEWARD_ROLE, standings, stewards_now, terms_of_stewards
from .store import DAY, Proposal, options_of, proposal_by_id, proposals, seconders, seconds_needed


def _author(transaction: Transaction, entry: Entry) -> int:
    author = find_agent(transaction, entry.commons, entry.author)
    assert author is not None
    return author.number


def _proposal(transaction: Transaction, entry: Entry) -> Proposal:
    found = proposal_by_id(transaction, entry.commons, entry.body.proposal)
    assert found is not None
    return found


def _note(transaction: Transaction, entry: Entry, number: int) -> None:
    """Every word on a proposal, in order, for whoever reads its history."""
    transaction.insert("proposal_entry", entry.commons, number, entry.position, entry.kind, _author(transaction, entry), entry.time)


def propose(transaction: Transaction, entry: Entry) -> None:
    body: e.Propose = entry.body
    commons = entry.commons
    terms = terms_of(governance_in_force(transaction, commons), body.question)
    number = int(transaction.value("SELECT COUNT(*) FROM proposal WHERE commons = ?", (commons,))) + 1
    domain = set(standings(transaction, commons, body.domain, entry.time)) if body.domain and "domain" in terms.rolls else set()
    for agent in sorted(domain) if not terms.jury else ():
        transaction.insert("elector", commons, number, agent)
    electors = electors_now(transaction, commons, terms, entry.position, domain)
    currency = commons_section(transaction, commons).currency
    amount = None if body.amount is None else parse_money(body.amount, currency)
    if body.question == "grant":
        amount = parse_money(body.options[0].cost or "0", currency)
    fund = body.fund or (governance_in_force(transaction, commons).conviction.fund if body.question == "grant" else None)
    needed = seconds_needed(terms, len(electors))
    opens, closes = _times(terms.rule, entry.time, terms.discussion_days, terms.voting_days) if not needed and not terms.jury else (None, None)
    transaction.insert(
        "proposal", commons, number, entry.position, _author(transaction, entry), entry.time, body.question, body.domain, body.title, body.text, 1,
        canonical(terms).decode(), fund, amount, body.seats or 1, len(electors), opens, closes, "", None, None, "", 0,
    )  # fmt: skip
    _list_options(transaction, entry, number, body.options)
    _note(transaction, entry, number)


def _times(rule: str, start: int, discussion_days: int, voting_days: int) -> tuple[int | None, int | None]:
    """When the vote opens and closes; objections can be raised from the start to the end of the discussion."""
    if rule == "conviction":
        return start, None
    opens = start + discussion_days * DAY
    return (opens, opens + voting_days * DAY) if rule in VOTED else (start, max(opens, start + DAY))


def _list_options(transaction: Transaction, entry: Entry, number: int, options: Sequence[e.Option], first: int = 0, *, listed: bool = True) -> None:
    author = _author(transaction, entry)
    for place, option in enumerate(options, first):
        body = canonical(option).decode()
        transaction.insert("proposal_option", entry.commons, number, place, option.id, author, entry.position, int(listed), body)


def revise(transaction: Transaction, entry: Entry) -> None:
    """A new version takes the place of the author's options; those of others stay. Half of the discussion is left, at least.

    Who wanted a vote wanted the version before: while seconds are wanting, they are gathered anew.
    """
    body: e.Revise = entry.body
    found = _proposal(transaction, entry)
    sql = "DELETE FROM proposal_option WHERE commons = ? AND proposal = ? AND author = ?"
    others = [one for one in options_of(transaction, entry.commons, found.number) if one.author != found.author]
    transaction.execute(sql, (entry.commons, found.number, found.author))
    _list_options(transaction, entry, found.number, body.options, max((one.place for one in others), default=-1) + 1)
    opens, closes = found.opens, found.closes
    transaction.execute("DELETE FROM seconding WHERE commons = ? AND proposal = ? AND option = ''", (entry.commons, found.number))
    if opens is not None and closes is not None and found.terms.rule in VOTED:
        later = max(0, entry.time + (found.terms.discussion_days * DAY + 1) // 2 - opens)
        opens, closes = opens + later, closes + later
    elif closes is not None:
        closes = max(closes, entry.time + max(1, found.terms.discussion_days) * DAY)
        transaction.execute("DELETE FROM consent WHERE commons = ? AND proposal = ?", (entry.commons, found.number))
    sql = "UPDATE proposal SET title = ?, text = ?, version = ?, opens = ?, closes = ? WHERE commons = ? AND number = ?"
    transaction.execute(sql, (body.title, body.text, body.version, opens, closes, entry.commons, found.number))
    _note(transaction, entry, found.number)


def amend(transaction: Transaction, entry: Entry) -> None:
    """Somebody else's option is listed when as many want it as wanted the proposal; a budget takes every idea, and its cost later."""
    found = _proposal(transaction, entry)
    listed = not seconds_needed(found.terms, found.electors) or found.question == "budget"
    here = options_of(transaction, entry.commons, found.number)
    if any(one.option.id == entry.body.option.id for one in here):
        sql = "UPDATE proposal_option SET body = ?, entry = ? WHERE commons = ? AND proposal = ? AND id = ?"
        body = canonical(entry.body.option).decode()
        transaction.execute(sql, (body, entry.position, entry.commons, found.number, entry.body.option.id))
        _note(transaction, entry, found.number)
        return
    places = [one.place for one in here]
    _list_options(transaction, entry, found.number, [entry.body.option], max(places, default=-1) + 1, listed=listed)
    _note(transaction, entry, found.number)


def second(transaction: Transaction, entry: Entry) -> None:
    body: e.Seconding = entry.body
    commons, found = entry.commons, _proposal(transaction, entry)
    transaction.insert("seconding", commons, found.number, body.option or "", _author(transaction, entry))
    count = len(seconders(transaction, commons, found.number, body.option or ""))
    if body.option is not None:
        if count >= seconds_needed(found.terms, found.electors):
            sql = "UPDATE proposal_option SET listed = 1 WHERE commons = ? AND proposal = ? AND id = ?"
            transaction.execute(sql, (commons, found.number, body.option))
    elif found.opens is None and not found.terms.jury and count >= seconds_needed(found.terms, found.electors):
        _set_times(transaction, entry, found)
    _note(transaction, entry, found.number)


def _set_times(transaction: Transaction, entry: Entry, found: Proposal) -> None:
    """Nothing is missing any more: the vote opens when this version has been discussed long enough; objections have their whole time."""
    terms = found.terms
    if terms.rule in VOTED:
        opens = max(
            entry.time,
            found.asked + terms.discussion_days * DAY,
            _revised(transaction, entry.commons, found) + (terms.discussion_days * DAY + 1) // 2,
        )
        closes = opens + terms.voting_days * DAY
    else:
        opens, closes = entry.time, entry.time + max(1, terms.discussion_days) * DAY
    sql = "UPDATE proposal SET opens = ?, closes = ? WHERE commons = ? AND number = ?"
    transaction.execute(sql, (opens, closes, entry.commons, found.number))


def _revised(transaction: Transaction, commons: str, found: Proposal) -> int:
    """When the last version was put; 0, if there was one only."""
    sql = "SELECT COALESCE(MAX(time), 0) FROM proposal_entry WHERE commons = ? AND proposal = ? AND kind = 'governance.revise'"
    return int(transaction.value(sql, (commons, found.number)))


def jury(transaction: Transaction, entry: Entry) -> None:
    """Those who were drawn decide, from now on."""
    commons, found = entry.commons, _proposal(transaction, entry)
    chosen = jurors(transaction, commons, found, entry.body.proof)
    for agent in chosen:
        transaction.insert("elector", commons, found.number, agent)
    sql = "UPDATE proposal SET electors = ?, opens = ?, closes = ? WHERE commons = ? AND number = ?"
    transaction.execute(sql, (len(chosen), entry.time, entry.time + found.terms.voting_days * DAY, commons, found.number))
    _note(transaction, entry, found.number)


def withdraw(transaction: Transaction, entry: Entry) -> None:
    found = _proposal(transaction, entry)
    sql = "UPDATE proposal SET outcome = 'withdrawn', closed = ?, decided = ? WHERE commons = ? AND number = ?"
    transaction.execute(sql, (entry.position, entry.time, entry.commons, found.number))
    _note(transaction, entry, found.number)


def comment(transaction: Transaction, entry: Entry) -> None:
    _note(transaction, entry, _proposal(transaction, entry).number)


def vote(transaction: Transaction, entry: Entry) -> None:
    """The last vote of a voter takes the place of those before."""
    body: e.Vote = entry.body
    found, author = _proposal(transaction, entry), _author(transaction, entry)
    sql = "DELETE FROM vote WHERE commons = ? AND proposal = ? AND agent = ?"
    transaction.execute(sql, (entry.commons, found.number, author))
    ballot = None if body.ballot is None else canonical(body.ballot).decode()
    transaction.insert("vote", entry.commons, found.number, author, entry.position, body.commitment, None, ballot)
    _note(transaction, entry, found.number)


def opened(transaction: Transaction, entry: Entry) -> None:
    body: e.Open = entry.body
    for one in body.ballots:
        position = position_of(transaction, entry.commons, one.vote)
        sql = "UPDATE vote SET salt = ?, ballot = ? WHERE commons = ? AND position = ?"
        transaction.update(sql, (one.salt, canonical(one.ballot).decode(), entry.commons, position))
    _note(transaction, entry, _proposal(transaction, entry).number)


def sealing(transaction: Transaction, entry: Entry) -> None:
    found = _proposal(transaction, entry)
    transaction.insert("sealing", entry.commons, found.number, entry.position, None)
    _note(transaction, entry, found.number)


def unseal(transaction: Transaction, entry: Entry) -> None:
    """What the sum is of is settled now: who is heard stays as it is."""
    found = _proposal(transaction, entry)
    if not found.frozen:
        _freeze(transaction, entry.commons, found)
    transaction.execute("UPDATE sealing SET unsealed = ? WHERE commons = ? AND proposal = ?", (entry.position, entry.commons, found.number))
    _note(transaction, entry, found.number)


def objected(transaction: Transaction, entry: Entry) -> None:
    found, author = _proposal(transaction, entry), _author(transaction, entry)
    transaction.execute("DELETE FROM objection WHERE commons = ? AND proposal = ? AND agent = ?", (entry.commons, found.number, author))
    transaction.execute("DELETE FROM consent WHERE commons = ? AND proposal = ? AND agent = ?", (entry.commons, found.number, author))
    transaction.insert("objection", entry.commons, found.number, author, entry.position, entry.body.reason, None)
    _note(transaction, entry, found.number)


def lift(transaction: Transaction, entry: Entry) -> None:
    found, author = _proposal(transaction, entry), _author(transaction, entry)
    sql = "UPDATE objection SET lifted = ? WHERE commons = ? AND proposal = ? AND agent = ?"
    transaction.execute(sql, (entry.position, entry.commons, found.number, author))
    _note(transaction, entry, found.number)


def consent(transaction: Transaction, entry: Entry) -> None:
    found = _proposal(transaction, entry)
    transaction.insert("consent", entry.commons, found.number, _author(transaction, entry), entry.position)
    _note(transaction, entry, found.number)


def freeze(transaction: Transaction, entry: Entry, leaving: int | None = None) -> None:
    """Before somebody's voice changes: questions whose time is over, and that are not counted yet, keep who was heard in them by whom.

    What is said after the end of a vote changes nothing in it, however late it is counted.
    """
    for found in proposals(transaction, entry.commons, still_open=True):
        if not found.frozen and found.terms.rule != "conviction" and found.closes is not None and entry.time >= found.closes:
            _freeze(transaction, entry.commons, found, leaving)


def _freeze(transaction: Transaction, commons: str, found: Proposal, leaving: int | None = None) -> None:
    for one in voices(transaction, commons, found, leaving):
        delegates = ",".join(str(number) for number in one.delegates)
        transaction.insert("voice", commons, found.number, one.agent, ",".join(one.rolls), delegates, one.since)
    transaction.execute("UPDATE proposal SET frozen = 1 WHERE commons = ? AND number = ?", (commons, found.number))


def close(transaction: Transaction, entry: Entry) -> None:
    """Keep the result that the rule has just counted, and order what follows from it."""
    found = _proposal(transaction, entry)
    if not found.frozen and found.closes is not None:
        _freeze(transaction, entry.commons, found)
    closing: Closing = transaction.cache.pop(("closing", entry.commons, entry.id))
    sql = "UPDATE proposal SET outcome = ?, closed = ?, decided = ?, result = ? WHERE commons = ? AND number = ?"
    result = canonical(closing.result).decode()
    transaction.execute(sql, (closing.outcome, entry.position, entry.time, result, entry.commons, found.number))
    for number, one in enumerate(closing.orders):
        order(transaction, entry, number, one.kind, one.body, whole=one.whole)
    _note(transaction, entry, found.number)


def delegate(transaction: Transaction, entry: Entry) -> None:
    body: e.Delegate = entry.body
    freeze(transaction, entry)
    author, domain = _author(transaction, entry), body.domain or ""
    transaction.execute("DELETE FROM delegation WHERE commons = ? AND domain = ? AND agent = ?", (entry.commons, domain, author))
    latest = entry.time + governance_in_force(transaction, entry.commons).delegation.days * DAY
    until = latest if body.until is None else min(latest, unix_time(body.until))
    for place, id_ in enumerate(body.to):
        named = find_agent(transaction, entry.commons, id_)
        assert named is not None
        transaction.insert("delegation", entry.commons, domain, author, place, named.number, entry.position, until)


def support(transaction: Transaction, entry: Entry) -> None:
    """Spread the author's unit anew; what has grown before stays, and fades where the support is gone."""
    body: e.Support = entry.body
    author = _author(transaction, entry)
    parts = {}
    for id_, part in body.parts.items():
        found = proposal_by_id(transaction, entry.commons, id_)
        assert found is not None
        parts[found.number] = part
    _spread(transaction, entry, author, parts)


def _spread(transaction: Transaction, entry: Entry, author: int, parts: dict[int, int]) -> None:
    commons, today = entry.commons, entry.time // DAY
    before: dict[int, int] = dict(transaction.rows("SELECT proposal, part FROM support WHERE commons = ? AND agent = ?", (commons, author)))
    half_life = governance_in_force(transaction, commons).conviction.half_life_days
    transaction.execute("DELETE FROM support WHERE commons = ? AND agent = ?", (commons, author))
    for number, part in sorted(parts.items()):
        if part:
            transaction.insert("support", commons, author, number, part)
    for number in sorted({*before, *parts}):
        change = parts.get(number, 0) - before.get(number, 0)
        row = transaction.row("SELECT stake, conviction, since FROM conviction WHERE commons = ? AND proposal = ?", (commons, number))
        if row is None:
            transaction.insert("conviction", commons, number, change, 0, today)
        elif change:
            reached = convictions.advance(row[1], row[0], today - row[2], half_life)
            sql = "UPDATE conviction SET stake = ?, conviction = ?, since = ? WHERE commons = ? AND proposal = ?"
            transaction.execute(sql, (row[0] + change, reached, today, commons, number))


def left(transaction: Transaction, entry: Entry) -> None:
    """After `commons.leave` and `commons.expel`: nobody who is gone supports, delegates, or is a steward."""
    agent = find_agent(transaction, entry.commons, entry.author if entry.kind == "commons.leave" else entry.body.agent)
    assert agent is not None
    freeze(transaction, entry, agent.number)
    _spread(transaction, entry, agent.number, {})
    transaction.execute("DELETE FROM delegation WHERE commons = ? AND agent = ?", (entry.commons, agent.number))
    sql = "UPDATE stewardship SET ended = ?, reason = ? WHERE commons = ? AND agent = ? AND ended IS NULL"
    transaction.execute(sql, (entry.time, "left the commons", entry.commons, agent.number))


def appoint(transaction: Transaction, entry: Entry) -> None:
    body: e.Appoint = entry.body
    agent = find_agent(transaction, entry.commons, body.agent)
    assert agent is not None
    until = entry.time + governance_in_force(transaction, entry.commons).standing.term_days * DAY
    _end_term(transaction, entry, body.domain, agent.number, "a new term")
    transaction.insert("stewardship", entry.commons, entry.position, body.domain, agent.number, body.organization, entry.time, until, None, "")
    give_role(transaction, entry, agent.number, STEWARD_ROLE, until)


def _end_term(transaction: Transaction, entry: Entry, domain: str, agent: int, reason: str) -> None:
    sql = "UPDATE stewardship SET ended = ?, reason = ? WHERE commons = ? AND domain = ? AND agent = ? AND ended IS NULL"
    transaction.execute(sql, (entry.time, reason, entry.commons, domain, agent))


def dismiss(transaction: Transaction, entry: Entry) -> None:
    _office_ends(transaction, entry, entry.body.reason)


def lapse(transaction: Transaction, entry: Entry) -> None:
    agent = find_agent(transaction, entry.commons, entry.body.agent)
    over = agent is not None and not any(one.agent == agent.number for one in stewards_now(transaction, entry.commons, entry.body.domain, entry.time))
    _office_ends(transaction, entry, "the term was over" if over else "standing was not enough any more")


def _office_ends(transaction: Transaction, entry: Entry, reason: str) -> None:
    """A term ends; with the last one, the role that the charter can give powers to."""
    body = entry.body
    agent = find_agent(transaction, entry.commons, body.agent)
    assert agent is not None
    _end_term(transaction, entry, body.domain, agent.number, reason)
    if not any(one.agent == agent.number and one.ended is None for one in terms_of_stewards(transaction, entry.commons)):
        take_role(transaction, entry, agent.number, STEWARD_ROLE)


def release(transaction: Transaction, entry: Entry) -> None:
    """What the taker could have said: the task is given back, as far as it is not done."""
    known = find_record(transaction, entry.commons, "Commitment", entry.body.commitment)
    assert known is not None
    body = released(transaction, entry.commons, known)
    change = records.delete if isinstance(body, Delete) else records.update
    change(transaction, msgspec.structs.replace(entry, body=body))


def report(transaction: Transaction, entry: Entry) -> None:
    body: e.Report = entry.body
    found = _proposal(transaction, entry)
    author = _author(transaction, entry)
    transaction.insert("report", entry.commons, entry.position, found.number, body.option, author, int(body.done), entry.time)
    _note(transaction, entry, found.number)
