"""May the node say this of secret ballots? Whether it has the right form; that it is true, whoever has Belenios can check."""

from __future__ import annotations

from ..journal.kinds import Entry
from ..problems import Problem
from . import entries as e
from . import secret
from .store import on_ballot
from .view import View, in_phase


def sealing(view: View, entry: Entry) -> list[Problem]:
    """Once the vote is open, and what is asked is fixed, the node prepares the election of just this question, once."""
    body: e.Sealing = entry.body
    problems = in_phase(view, "voting", entry=entry)
    if problems or view.proposal is None:
        return problems
    if entry.author != view.node:
        return [Problem("governance.not_the_node", "The home node prepares elections with secret ballots.", "author")]
    if view.proposal.terms.ballots != "secret":
        return [Problem("governance.not_secret", "Ballots on this question are not secret.", "body.proposal")]
    if view.box is not None:
        return [Problem("governance.said_already", "The election is prepared already.", "body.proposal")]
    choices = [option.id for option in on_ballot(list(view.listed), view.proposal.question)]
    expected = secret.template(body.proposal, view.proposal.terms.rule, choices, view.node)
    return secret.sealing_problems(body, expected, view.electors)


def unseal(view: View, entry: Entry) -> list[Problem]:
    """After the close the node says the sum, once, of the ballots that count."""
    body: e.Unseal = entry.body
    problems = in_phase(view, "due", entry=entry)
    if problems or view.proposal is None:
        return problems
    if entry.author != view.node:
        return [Problem("governance.not_the_node", "The home node, which has the key, opens the box.", "author")]
    if view.box is None:
        return [Problem("governance.not_sealed", "No election was prepared for this question.", "body.proposal")]
    if view.box.unseal is not None:
        return [Problem("governance.said_already", "The sum has been said.", "body.proposal")]
    here = {one.vote for one in view.box.cast}
    if not here.issuperset(body.excluded) or len(set(body.excluded)) != len(body.excluded):
        return [Problem("governance.unknown_vote", "Name votes on this question that would count, each once.", "body.excluded")]
    return secret.unseal_problems(body, view.box.sealing, len(here) - len(body.excluded))
