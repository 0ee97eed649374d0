"""May this be said about decisions? Pure rules over a small view of what is the case."""

from __future__ import annotations

import hashlib

from ..journal.canonical import canonical
from ..journal.kinds import Entry, unknown_reference
from ..problems import Problem
from . import entries as e
from . import secret
from .ballot_rules import ballot_problems
from .charter import MANY_OPTIONS, OF_DOMAINS, VOTED
from .option_rules import count_problems, fitting_problems, money_problems, option_problems, options_problems, secret_problems
from .store import DAY, Listed, on_ballot
from .view import View, in_phase

GRACE_SECONDS = DAY
"""So long after the close can voters open ballots that the node has not opened, before it is counted without them."""


def propose(view: View, entry: Entry) -> list[Problem]:
    """A question has options that fit it, and each says exactly what it would change."""
    body: e.Propose = entry.body
    terms = view.terms
    if view.lacks_power or terms is None:
        return list(view.lacks_power)
    problems = list(view.deep) + options_problems(view, body.options, body.question)
    problems += fitting_problems(body.question, body.domain, body.options, "body.options")
    if body.domain is not None and body.question not in OF_DOMAINS and "domain" not in terms.rolls:
        problems.append(
            Problem("governance.no_domain", f"A question of {body.question} belongs to the whole commons: leave the domain out.", "body.domain")
        )
    if body.domain is not None and body.domain not in view.domains:
        problems.append(
            Problem("governance.unknown_domain", f"{body.domain!r} is no domain of the charter: {', '.join(view.domains)}.", "body.domain")
        )
    if body.domain is None and "domain" in terms.rolls:
        problems.append(Problem("governance.which_domain", "Those who have standing in a domain decide this: name the domain.", "body.domain"))
    if (body.seats is not None) != (body.question == "election"):
        problems.append(Problem("governance.seats", "An election, and nothing else, has seats.", "body.seats"))
    if terms.ballots == "secret":
        problems += secret_problems(view, len(body.options))
    if terms.rule == "schulze" and (body.seats or 1) > 1:
        problems.append(Problem("governance.seats", "The rule of the charter, schulze, elects one.", "body.seats"))
    return problems + count_problems(len(body.options), body.question, body.seats or 1, terms) + money_problems(view, body)


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
    question = view.proposal.question
    problems = list(view.deep) + options_problems(view, body.options, question)
    problems += fitting_problems(question, view.proposal.domain, [*body.options, *_of_others(view)], "body.options")
    problems += count_problems(len(body.options), question, view.proposal.seats, view.proposal.terms)
    if len(others) + len(body.options) > e.OPTIONS_MAX:
        problems.append(Problem("governance.too_many_options", f"A question has at most {e.OPTIONS_MAX} options.", "body.options"))
    if others & {option.id for option in body.options}:
        problems.append(Problem("governance.option_id", "An option of somebody else has this id.", "body.options"))
    return problems


def _of_others(view: View) -> list[e.Option]:
    assert view.proposal is not None
    return [one.option for one in view.listed if one.author != view.proposal.author]


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
        problems += secret_problems(view, len(view.listed) + 1)
        if view.proposal.terms.rule not in MANY_OPTIONS:
            problems.append(Problem("governance.one_option", "A secret ballot says yes or no to one option.", "body.option"))
    here = [one.option for one in view.listed if one.option.id != option.id]
    problems += fitting_problems(view.proposal.question, view.proposal.domain, [*here, option], "body.option")
    return problems + list(view.deep) + option_problems(view, option, view.proposal.question, "body.option")


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
    if entry.time < view.jury_time:
        return [Problem("governance.no_jury", "A jury is drawn when the question has been discussed, and enough want a vote.", "body.proposal")]
    return [] if view.signed else [Problem("governance.bad_proof", "This is not the node's signature for this jury.", "body.proof")]


def close(view: View, entry: Entry) -> list[Problem]:
    """A decision is closed when its time is over, not before, and with the result that everybody finds who counts."""
    body: e.Close = entry.body
    problems = in_phase(view, "due", "support", entry=entry)
    if view.proposal is not None and view.proposal.phase(entry.time) in ("seconds", "discussion", "voting", "objections"):
        return [Problem("governance.not_over", f"Proposal {view.proposal.number} is not over: nobody closes it before its time.", "body.proposal")]
    if problems or view.proposal is None or view.closing is None:
        return problems
    if entry.author != view.node:
        return [Problem("governance.not_the_node", "The home node closes a decision: it opens what it keeps, counts, and carries out.", "author")]
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
