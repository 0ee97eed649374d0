"""The commands of decisions, and the one that carries them out: what it needs of the floors above is told by `House`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..journal.canonical import canonical
from ..journal.commands import Act, Command, landed
from ..journal.keys import base58
from ..problems import refuse
from . import entries as e
from .changes import carry_out
from .charter import VOTED
from .closing import House, close, lot_message
from .commands import (
    AmendParams,
    CommentParams,
    DelegateParams,
    DismissParams,
    Named,
    OpenParams,
    ReasonParams,
    ReportParams,
    ReviewParams,
    ReviseParams,
    SecondParams,
    SupportParams,
    VoteParams,
    about,
    amend,
    checked,
    comment_body,
    delegate,
    draw,
    draw_jury,
    entry_of,
    find_proposal,
    lay_down,
    propose,
    release_tasks,
    review_stewards,
    revise,
    support,
    vote,
)
from .electorate import rolls_of
from .keeping import forget_ballots, kept_ballots
from .secret_commands import BallotBox
from .store import Proposal

OPENED_BYTES_MAX = 40_000
"""Of ballots in one entry, which holds some more."""


class Closer:
    """Commands that carry decisions out; `house` is what the floors above tell."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._box = BallotBox(house)

    def seal(self, act: Act, params: Named) -> dict[str, Any]:
        """Prepare the vote on a question with secret ballots. Any member can ask the node to; the first vote does it otherwise."""
        return self._box.seal(act, *find_proposal(act.transaction, act.commons, params.proposal))

    def vote(self, act: Act, params: VoteParams) -> dict[str, Any]:
        """Vote; secret ballots go into the box. Who comes first to vote on a question for a jury has it drawn."""
        found, id_ = find_proposal(act.transaction, act.commons, params.proposal)
        draw_jury(act, found, id_)
        found, id_ = find_proposal(act.transaction, act.commons, params.proposal)
        if params.sealed:
            return {**landed(act.say("governance.vote", e.Vote(proposal=id_, sealed=params.sealed))), "secret": True}
        if found.terms.ballots == "secret":
            return self._box.vote(act, found, id_, checked(act, found, params))
        return vote(act, params)

    def close(self, act: Act, params: Named) -> dict[str, Any]:
        """Open what the node keeps, count, write the result, and carry it out. The node says all of it: it follows from the votes."""
        act.writer.tick()
        found, id_ = find_proposal(act.transaction, act.commons, params.proposal)
        if found.outcome:
            return self.carry_out(act, params)
        now = max(act.writer.head.time, act.writer.now)
        if found.phase(now) == "due" and act.sealing is not None:
            self._open(act, found, id_)
            self._box.unseal(act, found, id_)
        proof = ""
        if found.terms.ballots != "hidden" and found.terms.rule in VOTED and found.opens is not None:
            proof = base58(act.writer.node.sign(lot_message(act.writer.head.origin, id_)))
        closing = close(act.transaction, act.commons, found, id_, now, self._house, proof)
        result = closing.result
        body = e.Close(proposal=id_, outcome=closing.outcome, winners=result.winners, result=result.sha256(), proof=proof)  # type: ignore[arg-type]
        entry = act.writer.says("governance.close", body, f"close-{id_}")
        told = carry_out(act, entry.position, self._house.executables)
        return {**landed(entry), "outcome": body.outcome, "winners": body.winners, "carriedOut": told}

    def _open(self, act: Act, found: Proposal, id_: str) -> None:
        assert act.sealing is not None
        kept = kept_ballots(act.transaction, act.sealing, act.commons, found.number)
        electors = frozenset().union(*rolls_of(act.transaction, act.commons, found).values())
        for some in _parcels([one for voter, one in kept if voter in electors]):  # whoever left is not counted, and not told of
            act.writer.says("governance.open", e.Open(proposal=id_, ballots=some), f"open-{id_}.{some[0].vote}")
        forget_ballots(act.transaction, act.commons, [one.vote for _, one in kept])

    def carry_out(self, act: Act, params: Named) -> dict[str, Any]:
        """Try again what a decision has ordered, and was refused."""
        found, _ = find_proposal(act.transaction, act.commons, params.proposal)
        if found.closed is None:
            raise refuse("governance.not_over", f"Proposal {found.number} is not decided yet.", "proposal")
        told = carry_out(act, found.closed, self._house.executables)
        entry = entry_of(act.transaction, act.commons, found.closed)
        return {"entry": entry, "position": found.closed, "state": "known", "outcome": found.outcome, "carriedOut": told}


def _parcels(ballots: list[e.Opened]) -> Iterator[list[e.Opened]]:
    """Ballots in parcels that fit an entry: by number, and by bytes, as a ranking of many options is long."""
    some: list[e.Opened] = []
    size = 0
    for one in ballots:
        long = len(canonical(one))
        if some and (len(some) == e.OPENED_PER_ENTRY or size + long > OPENED_BYTES_MAX):
            yield some
            some, size = [], 0
        some.append(one)
        size += long
    if some:
        yield some


def commands(house: House) -> tuple[Command, ...]:
    """The commands of this package."""
    closer = Closer(house)
    return (
        Command("decision.propose", "Put a question to be decided, with exactly what it would change.", e.Propose, propose),
        Command("decision.revise", "Put a new version of your proposal, while it is discussed.", ReviseParams, revise),
        Command("decision.amend", "Add another option to a proposal, while it is discussed.", AmendParams, amend),
        Command(
            "decision.second", "Say that a proposal, or an option added to it, is to be voted on.", SecondParams,
            about("governance.second", lambda _, id_, p: e.Seconding(proposal=id_, option=p.option or None)),
        ),
        Command(
            "decision.withdraw", "Take your proposal back before it is voted on.", ReasonParams,
            about("governance.withdraw", lambda _, id_, p: e.Withdraw(proposal=id_, reason=p.reason)),
        ),
        Command("decision.comment", "Say something in the discussion of a proposal.", CommentParams, about("governance.comment", comment_body)),
        Command("decision.seal", "Prepare the vote on a question with secret ballots, once it is open.", Named, closer.seal),
        Command("decision.vote", "Vote on a proposal; the last vote before the close counts.", VoteParams, closer.vote),
        Command(
            "decision.open", "Open your hidden ballot yourself, after the close.", OpenParams,
            about("governance.open", lambda _, id_, p: e.Open(proposal=id_, ballots=p.ballots)),
        ),
        Command(
            "decision.object", "Object to a proposal that is decided by consent, and say why.", ReasonParams,
            about("governance.object", lambda _, id_, p: e.Object(proposal=id_, reason=p.reason)),
        ),
        Command("decision.lift", "Say that your objection is met.", Named, about("governance.lift", lambda _, id_, __: e.Lift(proposal=id_))),
        Command(
            "decision.consent", "Say that you can live with a proposal.", Named,
            about("governance.consent", lambda _, id_, __: e.Consent(proposal=id_)),
        ),
        Command("decision.close", "Count a proposal whose time is over, and carry out what was decided.", Named, closer.close),
        Command("decision.draw", "Draw the jury of a question that has been discussed; the first vote does it too.", Named, draw),
        Command("decision.execute", "Carry out what was decided and could not be carried out at the close.", Named, closer.carry_out),
        Command("decision.delegate", "Let others vote where you do not, or end that.", DelegateParams, delegate),
        Command("decision.support", "Spread your unit of lasting support over grants.", SupportParams, support),
        Command("task.release", "Open again the tasks that were taken and lie dormant.", ReviewParams, release_tasks),
        Command("steward.review", "End the terms that are over, or that standing carries no longer.", ReviewParams, review_stewards),
        Command("steward.resign", "Lay down the stewardship of a domain.", DismissParams, lay_down),
        Command(
            "decision.report", "Report what became of a project that was granted something.", ReportParams,
            about(
                "governance.report",
                lambda _, id_, p: e.Report(proposal=id_, option=p.option, text=p.text, done=p.done, evidence=p.evidence),
            ),
        ),
    )  # fmt: skip
