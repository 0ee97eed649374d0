"""May this be said about decisions? Pure rules over a small view of what is the case."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..commons.queries import Agent
from ..journal.canonical import canonical
from ..journal.kinds import Entry, unknown_reference
from ..measure import parse_money
from ..problems import Problem
from . import entries as e
from . import secret
from .ballot_rules import ballot_problems
from .charter import MANY_OPTIONS, VOTED, Terms
from .closing import Closing
from .sealing import Box
from .store import DAY, Cast, Listed, Proposal, on_ballot

GRACE_SECONDS = DAY
"""So long after the close can voters open ballots that the node has not opened, before it is counted without them."""


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
    needs_proof: bool = False
    box: Box | None = None
    electors: frozenset[str] = frozenset()


def propose(view: View, entry: Entry) -> list[Problem]:
    """A question has options that fit it, and each says exactly what it would change."""
    body: e.Propose = entry.body
    terms = view.terms
    if view.lacks_power or terms is None:
        return list(view.lacks_power)
    problems = list(view.deep) + _option_problems(view, body.options, body.question)
    if body.domain is not None and body.domain not in view.domains:
        problems.append(
            Problem("governance.unknown_domain", f"{body.domain!r} is no domain of the charter: {', '.join(view.domains)}.", "body.domain")
        )
    if body.domain is None and "domain" in terms.rolls:
        problems.append(Problem("governance.which_domain", "Those who have standing in a domain decide this: name the domain.", "body.domain"))
    if (body.seats is not None) != (body.question == "election"):
        problems.append(Problem("governance.seats", "An election, and nothing else, has seats.", "body.seats"))
    if terms.ballots == "secret":
        problems += _secret_problems(view, len(body.options))
    return problems + _count_problems(body, terms) + _money_problems(view, body)


def _count_problems(body: e.Propose, terms: Terms) -> list[Problem]:
    """How many options a question needs."""
    count = len(body.options)
    if body.question == "budget":
        return []
    if terms.rule in MANY_OPTIONS and count <= (body.seats or 1):
        return [Problem("governance.too_few_options", f"To choose {body.seats or 1}, give more options than that.", "body.options")]
    if terms.rule not in MANY_OPTIONS and count != 1:
        return [Problem("governance.one_option", "Propose one option; others can add theirs by amendments.", "body.options")]
    return []


def _secret_problems(view: View, count: int) -> list[Problem]:
    """Secret ballots have a size, and an entry has room for so many."""
    problems = []
    many = view.terms.jury if view.terms is not None and view.terms.jury else len(view.electors)
    if many > secret.ELECTORS_MAX:
        problem = f"At most {secret.ELECTORS_MAX} can vote in secret, and here are {many}: let a smaller jury decide it, or do not ask in secret."
        problems.append(Problem("governance.too_many_electors", problem, "body.question"))
    if count > secret.ANSWERS_MAX:
        problem = f"A secret ballot has at most {secret.ANSWERS_MAX} options."
        problems.append(Problem("governance.too_many_options", problem, "body.options"))
    return problems


def _money_problems(view: View, body: e.Propose) -> list[Problem]:
    """A budget says what is divided, and of which fund; grants are asked of the fund that the charter names."""
    if body.question != "budget":
        said = body.fund is not None or body.amount is not None
        problems = [Problem("governance.no_budget", "Only a budget divides an amount of a fund.", "body.fund")] if said else []
        if body.question == "grant" and view.balance < 0:
            problems.append(Problem("governance.no_fund", "The charter names no fund for grants: [governance.conviction] fund.", "body.question"))
        return problems
    if body.fund not in view.funds:
        return [Problem("governance.unknown_fund", f"Name a fund of the charter: {', '.join(view.funds)}.", "body.fund")]
    amount = _minor(body.amount, view.currency)
    if amount is None or not 0 < amount <= view.balance:
        return [Problem("governance.bad_budget", "Divide more than nothing, and not more than the fund holds.", "body.amount")]
    return []


def _minor(amount: str | None, currency: str) -> int | None:
    try:
        return None if amount is None else parse_money(amount, currency)
    except ValueError:
        return None


def _option_problems(view: View, options: list[e.Option], question: str) -> list[Problem]:
    ids = [option.id for option in options]
    problems = []
    for place, option in enumerate(options):
        where = f"body.options[{place}]"
        if ids.index(option.id) != place or option.id == e.DEFAULT:
            problems.append(Problem("governance.option_id", f"Each option has an id of its own, and none is {e.DEFAULT}.", f"{where}.id"))
        problems += _one_option(view, option, question, where)
    return problems


def _one_option(view: View, option: e.Option, question: str, where: str) -> list[Problem]:
    problems = []
    pays = question in ("budget", "grant")
    if pays == bool(option.changes) and (pays or question != "statement"):
        problem = "A project has a cost and who is granted it, and no changes." if pays else "Say what it changes: one entry at least."
        problems.append(Problem("governance.no_change", problem, f"{where}.changes"))
    if question == "statement" and option.changes:
        problems.append(Problem("governance.no_change", "A statement changes nothing in the journal.", f"{where}.changes"))
    if not pays and (option.cost is not None or option.to is not None or option.excludes):
        problems.append(Problem("governance.no_project", "Only projects have a cost, a recipient and exclusions.", where))
    if pays and option.cost is not None and not _minor(option.cost, view.currency):
        problem = f"{option.cost} is not an amount of {view.currency} above nothing."
        problems.append(Problem("governance.bad_cost", problem, f"{where}.cost"))
    total = view.proposal.amount if view.proposal is not None else _minor(view.asked_amount, view.currency)
    if question == "budget" and option.cost is not None and total is not None and (_minor(option.cost, view.currency) or 0) > total:
        problems.append(Problem("governance.bad_cost", "No project costs more than the whole budget.", f"{where}.cost"))
    if pays and option.to is not None and view.named.get(option.to) is None:
        problems.append(unknown_reference(f"The agent {option.to}", f"{where}.to"))
    if question == "grant" and (option.cost is None or option.to is None):
        problems.append(Problem("governance.no_project", "A grant has a cost and who is granted it.", where))
    return problems


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


BEFORE_VOTE = ("seconds", "discussion", "objections", "support")


def revise(view: View, entry: Entry) -> list[Problem]:
    body: e.Revise = entry.body
    problems = in_phase(view, "seconds", "discussion", "objections", entry=entry)
    if problems or view.proposal is None:
        return problems
    if view.author is None or view.author.number != view.proposal.author:
        return [Problem("governance.not_the_author", "Who proposed it revises it. Others add an option: amend.", "author")]
    if body.version != view.proposal.version + 1:
        return [Problem("governance.wrong_version", f"The next version is {view.proposal.version + 1}.", "body.version")]
    others = {one.option.id for one in view.listed if one.author != view.proposal.author}
    problems = list(view.deep) + _option_problems(view, body.options, view.proposal.question)
    if others & {option.id for option in body.options}:
        problems.append(Problem("governance.option_id", "An option of somebody else has this id.", "body.options"))
    if view.proposal.terms.rule not in MANY_OPTIONS and len(body.options) != 1:
        problems.append(Problem("governance.one_option", "Propose one option; others can add theirs by amendments.", "body.options"))
    return problems


def amend(view: View, entry: Entry) -> list[Problem]:
    problems = list(view.lacks_power) or in_phase(view, "seconds", "discussion", entry=entry)
    if problems or view.proposal is None:
        return problems
    option: e.Option = entry.body.option
    same = next((one for one in view.listed if one.option.id == option.id), None)
    if option.id == e.DEFAULT or (same is not None and not _may_finish(view, same)):
        problems.append(Problem("governance.option_id", "An option of this proposal has this id already.", "body.option.id"))
    if same is None and len(view.listed) >= e.OPTIONS_MAX:
        problems.append(Problem("governance.too_many_options", f"A question has at most {e.OPTIONS_MAX} options.", "body.option"))
    if view.proposal.terms.rule not in VOTED:
        problems.append(Problem("governance.not_by_vote", "Without a vote there is nothing to choose from: object, and say what would do.", "body"))
    if view.proposal.terms.ballots == "secret":
        problems += _secret_problems(view, len(view.listed) + 1)
        if view.proposal.terms.rule not in MANY_OPTIONS:
            problems.append(Problem("governance.one_option", "A secret ballot says yes or no to one option.", "body.option"))
    return problems + list(view.deep) + _one_option(view, option, view.proposal.question, "body.option")


def _may_finish(view: View, one: Listed) -> bool:
    """Whether the author may put an idea for a budget anew, with its cost: whoever had the idea, or put the question."""
    if view.proposal is None or view.author is None or view.proposal.question != "budget":
        return False
    return view.author.number in (one.author, view.proposal.author)


def second(view: View, entry: Entry) -> list[Problem]:
    body: e.Seconding = entry.body
    problems = in_phase(view, "seconds", "discussion", entry=entry)
    if problems or view.proposal is None:
        return problems
    if not view.elector:
        return [_no_elector()]
    if view.said:
        return [Problem("governance.said_already", "The author has said so already.", "author")]
    if body.option is None:
        own = view.author is not None and view.author.number == view.proposal.author
        return [Problem("governance.own", "Others must want a vote on it.", "author")] if own else []
    found = next((one for one in view.listed if one.option.id == body.option), None)
    if found is None or found.listed:
        return [Problem("governance.unknown_option", "No option of this id waits for seconds.", "body.option")]
    return [Problem("governance.own", "Others must want it.", "author")] if view.author is not None and found.author == view.author.number else []


def _no_elector() -> Problem:
    problem = "Who was a member of the rolls that decide this before it was proposed, and still is, has a voice in it."
    return Problem("governance.no_elector", problem, "author")


def withdraw(view: View, entry: Entry) -> list[Problem]:
    problems = in_phase(view, *BEFORE_VOTE, entry=entry)
    if problems or view.proposal is None:
        return problems
    own = view.author is not None and view.author.number == view.proposal.author
    return [] if own else [Problem("governance.not_the_author", "Who proposed it takes it back.", "author")]


def comment(view: View, entry: Entry) -> list[Problem]:
    problems = list(view.lacks_power) or in_phase(view, *BEFORE_VOTE, "voting", "due", "closed", entry=entry)
    if not problems and not view.known_comment:
        problems.append(unknown_reference("The comment that is answered", "body.replyTo"))
    return problems


def vote(view: View, entry: Entry) -> list[Problem]:
    body: e.Vote = entry.body
    problems = in_phase(view, "voting", entry=entry)
    if problems or view.proposal is None:
        return problems
    if not view.elector:
        return [_no_elector()]
    given = [how for how, said in (("open", body.ballot), ("hidden", body.commitment), ("secret", body.sealed)) if said is not None]
    if len(given) != 1:
        return [Problem("governance.ballot_or_commitment", "A vote is a ballot, or a commitment to one, or a sealed one.", "body")]
    wanted = view.proposal.terms.ballots
    if given[0] != wanted:
        said = {"hidden": "hidden until the close: send its commitment", "open": "open: send the ballot itself", "secret": "secret: seal it"}[wanted]
        return [Problem("governance.secrecy", f"Ballots on this question are {said}.", "body")]
    if body.sealed is not None:
        if view.box is None:
            problem = "The election is not prepared yet: commonhold decide seal"
            return [Problem("governance.not_sealed", problem, "body.proposal")]
        return secret.ballot_problems(body.sealed, view.box.sealing, entry.author)
    return [] if body.ballot is None else ballot_problems(body.ballot, view.proposal, _choices(view), "body.ballot")


def _choices(view: View) -> list[str]:
    assert view.proposal is not None
    return [option.id for option in on_ballot(list(view.listed), view.proposal.question)]


def opened(view: View, entry: Entry) -> list[Problem]:
    """What is opened is what was committed to. A ballot that does not fit the question is opened too, and counts as blank."""
    body: e.Open = entry.body
    problems = in_phase(view, "due", entry=entry)
    if problems or view.proposal is None:
        return problems
    for place, (one, cast) in enumerate(zip(body.ballots, view.votes, strict=True)):
        where = f"body.ballots[{place}]"
        if cast is None or cast.commitment is None:
            problems.append(Problem("governance.unknown_vote", "This is no hidden vote on this proposal that counts.", f"{where}.vote"))
        elif cast.ballot is not None:
            problems.append(Problem("governance.opened_already", "This ballot has been opened.", f"{where}.vote"))
        elif commitment_to(one.salt, one.ballot) != cast.commitment:
            problems.append(Problem("governance.other_ballot", "This is not the ballot that was committed to.", f"{where}.ballot"))
    if len({one.vote for one in body.ballots}) != len(body.ballots):
        problems.append(Problem("governance.repeated", "Name each vote once.", "body.ballots"))
    return problems


def commitment_to(salt: str, ballot: e.Ballot) -> str:
    """SHA-256 of the salt's text and the canonical JSON of the ballot."""
    return hashlib.sha256(salt.encode() + canonical(ballot)).hexdigest()


def objected(view: View, entry: Entry) -> list[Problem]:
    problems = in_phase(view, "objections", entry=entry)
    if problems:
        return problems
    if not view.elector:
        return [_no_elector()]
    if not entry.body.reason.strip():
        return [Problem("governance.reason_needed", "An objection says why, so that it can be met.", "body.reason")]
    return [Problem("governance.said_already", "The author's objection stands already.", "author")] if view.said and not view.lifted else []


def lift(view: View, entry: Entry) -> list[Problem]:
    problems = in_phase(view, "objections", entry=entry)
    if problems:
        return problems
    return [] if view.said and not view.lifted else [Problem("governance.no_objection", "No objection of the author stands.", "author")]


def consent(view: View, entry: Entry) -> list[Problem]:
    problems = in_phase(view, "objections", entry=entry)
    if problems:
        return problems
    if not view.elector:
        return [_no_elector()]
    return [Problem("governance.said_already", "The author has said so already.", "author")] if view.said else []


def jury(view: View, entry: Entry) -> list[Problem]:
    """The node draws a jury once, with a signature that proves the seed."""
    problems = in_phase(view, "seconds", entry=entry)
    if problems or view.proposal is None:
        return problems
    if entry.author != view.node:
        return [Problem("governance.not_the_node", "The home node draws juries.", "author")]
    if not view.proposal.terms.jury or view.said:
        return [Problem("governance.no_jury", "This question is not decided by a jury, or has one.", "body.proposal")]
    return [] if view.signed else [Problem("governance.bad_proof", "This is not the node's signature for this jury.", "body.proof")]


def close(view: View, entry: Entry) -> list[Problem]:
    """A decision is closed when its time is over, not before, and with the result that everybody finds who counts."""
    body: e.Close = entry.body
    problems = in_phase(view, "due", "support", entry=entry)
    if view.proposal is not None and view.proposal.phase(entry.time) in ("seconds", "discussion", "voting", "objections"):
        return [Problem("governance.not_over", f"Proposal {view.proposal.number} is not over: nobody closes it before its time.", "body.proposal")]
    if problems or view.proposal is None or view.closing is None:
        return problems
    if entry.author != view.node and not view.member:
        return [Problem("commons.not_a_member", "A member, or the node, closes a decision.", "author")]
    if view.unopened and entry.time < (view.proposal.closes or 0) + GRACE_SECONDS:
        problem = f"{view.unopened} hidden votes are not opened: for a day after the close, their voters can open them."
        return [Problem("governance.unopened", problem, "body.proposal")]
    if view.box is not None and view.box.cast and view.box.unseal is None:
        problem = f"{len(view.box.cast)} secret ballots are not counted: the node, which has the key, closes this."
        return [Problem("governance.not_unsealed", problem, "body.proposal")]
    closing = view.closing
    if bool(body.proof) != view.needs_proof or (body.proof and not view.signed):
        problem = "The lot needs the node's signature." if view.needs_proof else "Here the lot is that of the voters' salts: leave the proof out."
        return [Problem("governance.bad_proof", problem, "body.proof")]
    if view.proposal.terms.rule == "conviction" and closing.outcome != "carried":
        return [Problem("governance.not_yet", "Its support has not grown enough yet.", "body.proposal")]
    expected = {"outcome": closing.outcome, "winners": closing.result.winners, "result": closing.result.sha256()}
    said = {"outcome": body.outcome, "winners": body.winners, "result": body.result}
    return [
        Problem("governance.wrong_result", f"The entry says {said[name]}, but the votes come to {value}.", f"body.{name}")
        for name, value in expected.items()
        if said[name] != value
    ]
