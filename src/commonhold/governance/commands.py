"""Use cases around decisions."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Any

import msgspec

from ..commons.people import find_by_name
from ..commons.queries import all_agents, number_of
from ..contributions.queries import resolve_id
from ..journal.commands import Act, landed
from ..journal.keys import SigningKey, base58
from ..problems import Refused, bad_input, not_found, refuse
from ..store.transaction import Transaction
from . import entries as e
from .ballot_rules import ballot_problems
from .juries import jurors, jury_message, jury_time
from .keeping import Kept, forget_ballots, keep_ballot, kept_ballot
from .rules import commitment_to
from .standings import missing_for, terms_of_stewards
from .store import Proposal, on_ballot, options_of, proposal_by_number, vote_of
from .tasks import dormant_tasks


def entry_of(transaction: Transaction, commons: str, position: int) -> str:
    """The id of the entry at a position."""
    return bytes(transaction.value("SELECT leaf FROM journal_entry WHERE commons = ? AND position = ?", (commons, position))).hex()


def find_proposal(transaction: Transaction, commons: str, number: int) -> tuple[Proposal, str]:
    """A proposal by its number, with the id of its entry.

    Raises:
        NotFound: `governance.unknown_proposal`.
    """
    found = proposal_by_number(transaction, commons, number)
    if found is None:
        raise not_found("governance.unknown_proposal", f"There is no proposal {number} here.", "proposal")
    return found, entry_of(transaction, commons, found.position)


def propose(act: Act, params: e.Propose) -> dict[str, Any]:
    entry = act.say("governance.propose", params)
    number = act.transaction.value("SELECT number FROM proposal WHERE commons = ? AND position = ?", (act.commons, entry.position))
    return {**landed(entry), "proposal": number}


def draw_jury(act: Act, found: Proposal, id_: str) -> None:
    """Let the node draw the jury of a question that is to have one, once it has been discussed: who it is nobody knows before."""
    now = max(act.writer.head.time, act.writer.now)
    if not found.terms.jury or found.opens is not None or jury_time(act.transaction, act.commons, found) > now:
        return
    proof = base58(act.writer.node.sign(jury_message(act.writer.head.origin, id_)))
    if jurors(act.transaction, act.commons, found, proof):
        act.writer.says("governance.jury", e.Jury(proposal=id_, proof=proof), f"jury-{id_}")


def draw(act: Act, params: Named) -> dict[str, Any]:
    """Draw the jury of a question, and open its vote."""
    act.writer.tick()
    found, id_ = find_proposal(act.transaction, act.commons, params.proposal)
    draw_jury(act, found, id_)
    after, _ = find_proposal(act.transaction, act.commons, params.proposal)
    if after.opens is None or not after.terms.jury:
        raise refuse("governance.no_jury", "This question has no jury, or is not to have it yet: it is discussed first.", "proposal")
    return {"proposal": after.number, "jurors": after.electors}


class Named(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A proposal, by its number."""

    proposal: int


class ReviseParams(Named, kw_only=True):
    """A new version of a proposal. What is left out stays as it is."""

    reason: str
    title: str = ""
    text: str | None = None
    options: list[e.Option] | None = None


def revise(act: Act, params: ReviseParams) -> dict[str, Any]:
    found, id_ = find_proposal(act.transaction, act.commons, params.proposal)
    own = [one.option for one in options_of(act.transaction, act.commons, found.number) if one.author == found.author]
    options = own if params.options is None else params.options
    body = e.Revise(
        proposal=id_,
        version=found.version + 1,
        title=params.title or found.title,
        text=found.text if params.text is None else params.text,
        options=options,
        reason=params.reason,
    )
    return {**landed(act.say("governance.revise", body)), "version": body.version}


class AmendParams(Named, kw_only=True):
    """Another option for a proposal."""

    option: e.Option


def amend(act: Act, params: AmendParams) -> dict[str, Any]:
    _, id_ = find_proposal(act.transaction, act.commons, params.proposal)
    return landed(act.say("governance.amend", e.Amend(proposal=id_, option=params.option)))


class SecondParams(Named, kw_only=True):
    """That a proposal, or an option that was added to it, is to be voted on."""

    option: str = ""


class ReasonParams(Named, kw_only=True):
    """A reason."""

    reason: str


class CommentParams(Named, kw_only=True):
    """A word in the discussion. replyTo: The entry that it answers."""

    text: str
    replyTo: str = ""


def about(kind: str, body: Callable[[Act, str, Any], Any]) -> Callable[[Act, Any], dict[str, Any]]:
    """A command that says one thing of a proposal."""

    def run(act: Act, params: Any) -> dict[str, Any]:
        _, id_ = find_proposal(act.transaction, act.commons, params.proposal)
        return landed(act.say(kind, body(act, id_, params)))

    return run


def comment_body(act: Act, id_: str, params: CommentParams) -> e.Comment:
    answered = resolve_id(act.transaction, act.commons, params.replyTo) if params.replyTo else None
    return e.Comment(proposal=id_, text=params.text, replyTo=answered)


class VoteParams(Named, kw_only=True):
    """A ballot: an answer (yes, no, abstain), a ranking, or approvals, as the question asks. sealed: A secret one that was sealed elsewhere."""

    answer: str = ""
    ranking: list[list[str]] = []
    approvals: list[str] | None = None
    sealed: str = ""


def vote(act: Act, params: VoteParams) -> dict[str, Any]:
    """Vote. A hidden ballot is sealed and kept beside the journal; the answer has the receipt, with which its opening can be checked."""
    found, id_ = find_proposal(act.transaction, act.commons, params.proposal)
    ballot = checked(act, found, params)
    if found.terms.ballots == "open":
        return landed(act.say("governance.vote", e.Vote(proposal=id_, ballot=ballot)))
    if act.sealing is None:
        raise refuse("governance.no_keeping", "Here the node cannot keep a hidden ballot.", "ballot")
    if (again := _voted_before(act, found, ballot)) is not None:
        return again
    before = vote_of(act.transaction, act.commons, found.number, number_of(act.transaction, act.commons, act.author))
    salt = _salt(act, id_)
    entry = act.say("governance.vote", e.Vote(proposal=id_, commitment=commitment_to(salt, ballot)))
    keep_ballot(act.transaction, act.sealing, act.commons, entry.id, act.author, Kept(salt, ballot))
    if before is not None:
        forget_ballots(act.transaction, act.commons, [entry_of(act.transaction, act.commons, before.position)])
    return {**landed(entry), "receipt": {"vote": entry.id, "salt": salt, "ballot": msgspec.to_builtins(ballot)}}


def _salt(act: Act, proposal: str) -> str:
    """A salt that nobody can guess. With a key that is elsewhere the command runs twice, and must come to the same both times."""
    if isinstance(act.signer, SigningKey):
        return secrets.token_hex(16)
    about = f"salt of a ballot\x00{act.commons}\x00{proposal}\x00{act.author}\x00{act.key}"
    return hmac.new(act.writer.node.seed(), about.encode(), hashlib.sha256).hexdigest()[:32]


def _voted_before(act: Act, found: Proposal, ballot: e.Ballot) -> dict[str, Any] | None:
    """The answer to a vote that was recorded before with the same key: its salt was made then, and so its receipt."""
    assert act.sealing is not None
    if not act.writer.known_keys(act.author, [act.key]):
        return None
    cast = vote_of(act.transaction, act.commons, found.number, number_of(act.transaction, act.commons, act.author))
    id_ = "" if cast is None else entry_of(act.transaction, act.commons, cast.position)
    kept = kept_ballot(act.transaction, act.sealing, act.commons, id_)
    if cast is None or kept is None or kept.ballot != ballot:
        raise refuse("journal.key_reused", f"The author has used the key {act.key!r} for another entry.", "key")
    receipt = {"vote": id_, "salt": kept.salt, "ballot": msgspec.to_builtins(ballot)}
    return {"entry": id_, "position": cast.position, "state": "known", "receipt": receipt}


def checked(act: Act, found: Proposal, params: VoteParams) -> e.Ballot:
    """The ballot, if the question can count it."""
    ballot = _ballot(params)
    choices = [option.id for option in on_ballot(options_of(act.transaction, act.commons, found.number), found.question)]
    if problems := ballot_problems(ballot, found, choices, "ballot"):
        raise Refused(*problems)
    return ballot


def _ballot(params: VoteParams) -> e.Ballot:
    if params.answer and params.answer not in ("yes", "no", "abstain"):
        raise bad_input("governance.bad_ballot", f"{params.answer!r} is not an answer: yes, no or abstain.", "answer")
    return e.Ballot(answer=params.answer or None, ranking=params.ranking or None, approvals=params.approvals)  # type: ignore[arg-type]


class OpenParams(Named, kw_only=True):
    """Hidden ballots of the own, with their salts, after the close."""

    ballots: list[e.Opened]


class DelegateParams(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Up to three delegates, ids or names, ranked; none ends the delegation. domain: Only for its questions. until: At the latest."""

    to: list[str] = []
    domain: str = ""
    until: str = ""


def delegate(act: Act, params: DelegateParams) -> dict[str, Any]:
    named = [find_by_name(act.transaction, act.commons, text, public_only=act.public_only) for text in params.to]
    return landed(act.say("governance.delegate", e.Delegate(to=named, domain=params.domain or None, until=params.until or None)))


class SupportParams(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How the own unit is spread over grants: the number of the proposal, and its part in millionths."""

    parts: dict[str, int]


def support(act: Act, params: SupportParams) -> dict[str, Any]:
    parts = {}
    for number, part in params.parts.items():
        if not number.isascii() or not number.isdecimal() or len(number) > 9:
            raise bad_input("governance.unknown_proposal", f"{number!r} is not the number of a proposal.", "parts")
        parts[find_proposal(act.transaction, act.commons, int(number))[1]] = part
    return landed(act.say("governance.support", e.Support(parts=parts)))


class DismissParams(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """That the author lays down the stewardship of a domain."""

    domain: str
    reason: str


def lay_down(act: Act, params: DismissParams) -> dict[str, Any]:
    return landed(act.say("governance.dismiss", e.Dismiss(domain=params.domain, agent=act.author, reason=params.reason)))


class ReportParams(Named, kw_only=True):
    """What became of a project that was granted something."""

    option: str
    text: str
    done: bool = False
    evidence: list[str] = []


class ReviewParams(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Nothing to say."""


def review_stewards(act: Act, params: ReviewParams) -> dict[str, Any]:
    """Let the node end the terms that are over, or that standing carries no longer."""
    act.writer.tick()
    transaction, commons = act.transaction, act.commons
    now = max(act.writer.head.time, act.writer.now)
    agents = all_agents(transaction, commons)
    ended = []
    for one in terms_of_stewards(transaction, commons):
        if one.ended is None and (now >= one.until or missing_for(transaction, commons, one.domain, one.agent, now, held=True)):
            body = e.Lapse(domain=one.domain, agent=agents[one.agent].id)
            ended.append(landed(act.writer.says("governance.lapse", body, f"lapse-{one.position}")))
    return {"ended": len(ended), "entries": ended}


def release_tasks(act: Act, params: ReviewParams) -> dict[str, Any]:
    """Let the node give back the tasks that lie dormant."""
    act.writer.tick()
    now = max(act.writer.head.time, act.writer.now)
    found = dormant_tasks(act.transaction, act.commons, now)
    entries = []
    for id_ in found:
        key = f"release-{act.writer.head.frontier.size}"
        entries.append(landed(act.writer.says("governance.release", e.Release(commitment=id_), key)))
    return {"released": found, "entries": entries}
