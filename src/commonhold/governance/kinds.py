"""The kinds of entries about decisions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec

from ..commons.queries import Agent, all_agents, commons_section, find_agent, is_member, lacks_power, node_key
from ..contributions.queries import position_of
from ..flows.store import find_record
from ..journal.keys import unbase58, verifies
from ..journal.kinds import Entry, Kind
from ..problems import Problem
from ..store.transaction import Transaction
from . import entries as e
from . import fold, office_rules, rules, secret_rules
from .changes import change_problems
from .charter import VOTED, Terms, governance_in_force, terms_of
from .closing import Closing, House, close, lot_message
from .electorate import electors_now, may_vote, rolls_of
from .juries import drawn, jury_message, jury_time
from .sealing import box_of
from .standing import Missing
from .standings import missing_for, standings, stewards_now, terms_of_stewards
from .store import Cast, Proposal, cast_of, options_of, proposal_by_id, seconders, unopened
from .tally import Result
from .tasks import is_dormant
from .view import View


class Loaders:
    """What each rule looks at; `house` is what the floors above tell."""

    def __init__(self, house: House) -> None:
        self._house = house

    def propose(self, transaction: Transaction, entry: Entry) -> View:
        body: e.Propose = entry.body
        commons = entry.commons
        terms = terms_of(governance_in_force(transaction, commons), body.question)
        fund = governance_in_force(transaction, commons).conviction.fund if body.question == "grant" else body.fund or ""
        return View(
            lacks_power=tuple(lacks_power(transaction, commons, entry.author, "propose")),
            deep=tuple(self._deep(transaction, commons, body.options, body.question, "body.options")),
            terms=terms,
            domains=tuple(commons_section(transaction, commons).domains),
            funds=tuple(self._house.funds(transaction, commons)),
            currency=commons_section(transaction, commons).currency,
            balance=self._house.balance(transaction, commons, fund) if fund in self._house.funds(transaction, commons) else -1,
            named=_named(transaction, commons, body.options),
            asked_amount=body.amount,
            electors=_asked(transaction, entry, terms),
        )

    def about(self, transaction: Transaction, entry: Entry, **more: Any) -> View:
        """What is known of the proposal that an entry names, and of its author."""
        commons = entry.commons
        author = find_agent(transaction, commons, entry.author)
        number = -1 if author is None else author.number
        found = proposal_by_id(transaction, commons, entry.body.proposal)
        return View(
            author=author,
            node=node_key(transaction, commons),
            member=is_member(transaction, commons, number),
            elector=found is not None and may_vote(transaction, commons, found, number),
            proposal=found,
            listed=() if found is None else tuple(options_of(transaction, commons, found.number)),
            currency=commons_section(transaction, commons).currency,
            **more,
        )

    def revise(self, transaction: Transaction, entry: Entry) -> View:
        return self._changed(transaction, entry, entry.body.options, "body.options")

    def amend(self, transaction: Transaction, entry: Entry) -> View:
        view = self._changed(transaction, entry, [entry.body.option], "body.option")
        return replace(view, lacks_power=tuple(lacks_power(transaction, entry.commons, entry.author, "propose")))

    def _changed(self, transaction: Transaction, entry: Entry, options: list[e.Option], path: str) -> View:
        found = proposal_by_id(transaction, entry.commons, entry.body.proposal)
        deep = [] if found is None else self._deep(transaction, entry.commons, options, found.question, path)
        return self.about(transaction, entry, deep=tuple(deep), named=_named(transaction, entry.commons, options))

    def _deep(self, transaction: Transaction, commons: str, options: list[e.Option], question: str, path: str) -> list[Problem]:
        problems = []
        for place, option in enumerate(options):
            where = f"{path}[{place}]" if path.endswith("options") else path
            problems += change_problems(transaction, commons, option, self._house.executables, question, where)
        return problems

    def secret(self, transaction: Transaction, entry: Entry) -> View:
        """What is known of a proposal, with its box if ballots on it are secret."""
        view = self.about(transaction, entry)
        if view.proposal is None or view.proposal.terms.ballots != "secret":
            return view
        agents = all_agents(transaction, entry.commons)
        electors = frozenset().union(*rolls_of(transaction, entry.commons, view.proposal).values())
        return replace(view, box=box_of(transaction, entry.commons, view.proposal), electors=frozenset(agents[number].id for number in electors))

    def vote(self, transaction: Transaction, entry: Entry) -> View:
        view = self.about(transaction, entry)
        if view.proposal is None or view.proposal.terms.ballots != "secret":
            return view
        return replace(view, box=box_of(transaction, entry.commons, view.proposal, cast=False))

    def second(self, transaction: Transaction, entry: Entry) -> View:
        view = self.about(transaction, entry)
        if view.proposal is None or view.author is None:
            return view
        said = view.author.number in seconders(transaction, entry.commons, view.proposal.number, entry.body.option or "")
        return replace(view, said=said)

    def comment(self, transaction: Transaction, entry: Entry) -> View:
        view = self.about(transaction, entry, lacks_power=tuple(lacks_power(transaction, entry.commons, entry.author, "propose")))
        if entry.body.replyTo is None or view.proposal is None:
            return view
        position = position_of(transaction, entry.commons, entry.body.replyTo)
        sql = "SELECT COUNT(*) FROM proposal_entry WHERE commons = ? AND proposal = ? AND position = ? AND kind = 'governance.comment'"
        here = position is not None and transaction.value(sql, (entry.commons, view.proposal.number, position)) > 0
        return replace(view, known_comment=here)

    def opened(self, transaction: Transaction, entry: Entry) -> View:
        view = self.about(transaction, entry)
        if view.proposal is None:
            return view
        return replace(view, votes=tuple(_vote(transaction, entry.commons, view.proposal, one.vote) for one in entry.body.ballots))

    def said(self, table: str) -> Callable[[Transaction, Entry], View]:
        """Whether the author has objected, or consented."""

        def load(transaction: Transaction, entry: Entry) -> View:
            view = self.about(transaction, entry)
            if view.proposal is None or view.author is None:
                return view
            lifted = "lifted" if table == "objection" else "NULL"
            sql = f"SELECT position, {lifted} FROM {table} WHERE commons = ? AND proposal = ? AND agent = ?"
            row = transaction.row(sql, (entry.commons, view.proposal.number, view.author.number))
            return replace(view, said=row is not None, lifted=row is not None and row[1] is not None)

        return load

    def close(self, transaction: Transaction, entry: Entry) -> View:
        view = self.secret(transaction, entry)
        found = view.proposal
        if found is None or found.phase(entry.time) not in ("due", "support"):
            return view
        key = ("closing", entry.commons, entry.id)
        if key not in transaction.cache:
            transaction.cache[key] = close(transaction, entry.commons, found, entry.body.proposal, entry.time, self._house, entry.body.proof)
        electors = frozenset().union(*rolls_of(transaction, entry.commons, found).values())
        waiting = len(electors.intersection(unopened(transaction, entry.commons, found.number))) if found.opens is not None else 0
        needs = found.terms.ballots != "hidden" and found.terms.rule in VOTED and found.opens is not None
        signed = _signed(view, entry.body.proof, lot_message(_origin(transaction, entry.commons), entry.body.proposal))
        return replace(view, closing=transaction.cache[key], unopened=waiting, needs_proof=needs, signed=signed)

    def delegate(self, transaction: Transaction, entry: Entry) -> View:
        commons, author = entry.commons, find_agent(transaction, entry.commons, entry.author)
        return View(
            author=author,
            member=author is not None and is_member(transaction, commons, author.number),
            members=frozenset(id_ for id_ in entry.body.to if _is_member(transaction, commons, id_)),
            domains=tuple(commons_section(transaction, commons).domains),
        )

    def support(self, transaction: Transaction, entry: Entry) -> View:
        author = find_agent(transaction, entry.commons, entry.author)
        found = {id_: proposal_by_id(transaction, entry.commons, id_) for id_ in entry.body.parts}
        return View(
            author=author,
            member=author is not None and is_member(transaction, entry.commons, author.number),
            supported=found,
            electing=frozenset(
                id_
                for id_, one in found.items()
                if one is not None and author is not None and may_vote(transaction, entry.commons, one, author.number)
            ),
        )

    def steward(self, transaction: Transaction, entry: Entry) -> View:
        """Of an appointment or a dismissal: who is a steward of the domain, and what the agent lacks to be one."""
        commons, body = entry.commons, entry.body
        agent = find_agent(transaction, commons, body.agent)
        here = stewards_now(transaction, commons, body.domain, entry.time)
        held = agent is not None and any(one.agent == agent.number for one in here)
        view = View(
            node=node_key(transaction, commons),
            domains=tuple(commons_section(transaction, commons).domains),
            members=frozenset({body.agent} if _is_member(transaction, commons, body.agent) else ()),
            is_steward=held,
        )
        if isinstance(body, e.Dismiss) or agent is None:
            return view
        lacks = missing_for(transaction, commons, body.domain, agent.number, entry.time, held=held)
        view = replace(view, missing=tuple(missing_words(lacks)))
        if isinstance(body, e.Lapse):
            terms = terms_of_stewards(transaction, commons, body.domain)
            return replace(view, open_term=any(one.agent == agent.number and one.ended is None for one in terms))
        most = governance_in_force(transaction, commons).standing.per_organization
        same = [one for one in here if one.agent != agent.number and body.organization is not None and one.organization == body.organization]
        return replace(view, stewards=len(same) if len(same) >= most else 0)

    def jury(self, transaction: Transaction, entry: Entry) -> View:
        view = self.about(transaction, entry)
        if view.proposal is None:
            return view
        signed = _signed(view, entry.body.proof, jury_message(_origin(transaction, entry.commons), entry.body.proposal))
        return replace(
            view, signed=signed, said=drawn(transaction, entry.commons, view.proposal.number), jury_time=jury_time(transaction, entry.commons, view.proposal)
        )  # fmt: skip

    def release(self, transaction: Transaction, entry: Entry) -> View:
        known = find_record(transaction, entry.commons, "Commitment", entry.body.commitment)
        here = known is not None and not known.deleted
        dormant = known is not None and here and is_dormant(transaction, entry.commons, known, entry.time)
        return View(node=node_key(transaction, entry.commons), known_comment=here, dormant=dormant)

    def report(self, transaction: Transaction, entry: Entry) -> View:
        view = self.about(transaction, entry)
        if view.proposal is None or not view.proposal.result:
            return view
        result = msgspec.json.decode(view.proposal.result, type=Result)
        return replace(view, closing=Closing(view.proposal.outcome, result, []))


def missing_words(lacks: list[Missing]) -> list[str]:
    """What is missing for an office, in words."""
    words = {"points": "points", "endorsers": "different people who validated (effective number)", "weeks": "weeks with contributions"}
    found = []
    for one in lacks:
        scale = 1_000_000 if one.what == "points" else 1
        has, needs = (f"{value.numerator * 100 // (value.denominator * scale)}" for value in (one.has, one.needs))
        found.append(f"{_hundredths(int(has))} of {_hundredths(int(needs))} {words[one.what]}")
    return found


def _hundredths(number: int) -> str:
    whole, part = divmod(number, 100)
    return f"{whole}.{part:02d}" if part else str(whole)


def _origin(transaction: Transaction, commons: str) -> str:
    return str(transaction.value("SELECT origin FROM journal_head WHERE commons = ?", (commons,)))


def _signed(view: View, proof: str, message: bytes) -> bool:
    """Whether a proof is the node's signature over a message."""
    try:
        return verifies(view.node, unbase58(proof, 64), message)
    except ValueError:
        return False


def _named(transaction: Transaction, commons: str, options: list[e.Option]) -> dict[str, Agent | None]:
    return {option.to: find_agent(transaction, commons, option.to) for option in options if option.to is not None}


def _is_member(transaction: Transaction, commons: str, id_: str) -> bool:
    agent = find_agent(transaction, commons, id_)
    return agent is not None and agent.type == "Person" and is_member(transaction, commons, agent.number)


def _asked(transaction: Transaction, entry: Entry, terms: Terms) -> frozenset[str]:
    """The ids of those who could vote on a new question with secret ballots; of others it does not matter."""
    body: e.Propose = entry.body
    if terms.ballots != "secret" or terms.jury:
        return frozenset()
    active = set(standings(transaction, entry.commons, body.domain, entry.time)) if body.domain and "domain" in terms.rolls else set()
    agents = all_agents(transaction, entry.commons)
    return frozenset(agents[number].id for number in electors_now(transaction, entry.commons, terms, entry.position, active))


def _vote(transaction: Transaction, commons: str, proposal: Proposal, id_: str) -> Cast | None:
    """The vote that an entry cast, if it is on this proposal and counts still."""
    position = position_of(transaction, commons, id_)
    sql = "SELECT agent, position, commitment, salt, ballot FROM vote WHERE commons = ? AND proposal = ? AND position = ?"
    row = None if position is None else transaction.row(sql, (commons, proposal.number, position))
    return None if row is None else cast_of(row)


def kinds(house: House) -> list[Kind]:
    """The kinds of this package."""
    load = Loaders(house)
    return [
        Kind("governance.propose", e.Propose, load.propose, rules.propose, fold.propose),
        Kind("governance.revise", e.Revise, load.revise, rules.revise, fold.revise),
        Kind("governance.amend", e.Amend, load.amend, rules.amend, fold.amend),
        Kind("governance.second", e.Seconding, load.second, rules.second, fold.second),
        Kind("governance.withdraw", e.Withdraw, load.about, rules.withdraw, fold.withdraw),
        Kind("governance.comment", e.Comment, load.comment, rules.comment, fold.comment),
        Kind("governance.vote", e.Vote, load.vote, rules.vote, fold.vote, timely=True),
        Kind("governance.open", e.Open, load.opened, rules.opened, fold.opened),
        Kind("governance.sealing", e.Sealing, load.secret, secret_rules.sealing, fold.sealing),
        Kind("governance.unseal", e.Unseal, load.secret, secret_rules.unseal, fold.unseal),
        Kind("governance.object", e.Object, load.said("objection"), rules.objected, fold.objected),
        Kind("governance.lift", e.Lift, load.said("objection"), rules.lift, fold.lift),
        Kind("governance.consent", e.Consent, load.said("consent"), rules.consent, fold.consent),
        Kind("governance.close", e.Close, load.close, rules.close, fold.close),
        Kind("governance.jury", e.Jury, load.jury, rules.jury, fold.jury),
        Kind("governance.delegate", e.Delegate, load.delegate, office_rules.delegate, fold.delegate),
        Kind("governance.support", e.Support, load.support, office_rules.support, fold.support),
        Kind("governance.appoint", e.Appoint, load.steward, office_rules.appoint, fold.appoint),
        Kind("governance.dismiss", e.Dismiss, load.steward, office_rules.dismiss, fold.dismiss),
        Kind("governance.lapse", e.Lapse, load.steward, office_rules.lapse, fold.lapse),
        Kind("governance.release", e.Release, load.release, office_rules.release, fold.release),
        Kind("governance.report", e.Report, load.report, office_rules.report, fold.report),
    ]
