"""Decisions for people and programs: with names, with the effect of what is proposed, and as files that others read."""

from __future__ import annotations

from typing import Any

import msgspec

from ..commons.charter import read_toml
from ..commons.people import names, short
from ..commons.queries import charter_values, commons_section, find_agent
from ..governance import queries, stewards
from ..governance.changes import CHARTER, EditCharter, apply_edits, charter_text
from ..governance.closing import asked_of
from ..governance.commands import find_proposal
from ..governance.counting.ballots import Approvals, Rankings
from ..governance.formats.blt import Blt, write_blt
from ..governance.formats.pabulib import Election, write_pb
from ..governance.store import Proposal, options_of
from ..governance.tally import profile_of, spoken_for
from ..measure import currency_digits, format_money
from ..problems import CommonholdError, Problem, not_found, refuse
from ..sharing.compute import Computed, compute
from ..sharing.policy import GRANTED
from ..sharing.queries import Distribution, distributions
from ..store.transaction import Transaction
from .composition import HOUSE
from .node import Node


def decisions(
    node: Node, transaction: Transaction, commons: str, phase: str = "", before: int | None = None, limit: int = 50
) -> list[dict[str, Any]]:
    """Proposals, the newest first: those with numbers below one, and of one phase if it is named."""
    return queries.list_decisions(transaction, commons, node.now(), phase=phase, before=before, limit=limit)


def decision(node: Node, transaction: Transaction, commons: str, number: int, *, public: bool = True) -> dict[str, Any]:
    """Everything about a proposal, with what it would do where that can be computed.

    Args:
        public: Only names that people made public.

    Raises:
        NotFound: `governance.unknown_proposal`.
    """
    found, id_ = find_proposal(transaction, commons, number)
    told = queries.decision(transaction, commons, found, id_, node.now(), HOUSE)
    if not found.outcome:
        told["effects"] = effects(node, transaction, commons, found, public=public)
    return told


def effects(node: Node, transaction: Transaction, commons: str, found: Proposal, *, public: bool = True) -> list[dict[str, Any]]:
    """What each option that changes the charter would have made of the last distribution of each fund, agent by agent."""
    told = []
    for listed in options_of(transaction, commons, found.number):
        for change in listed.option.changes:
            if change.kind == CHARTER:
                text = apply_edits(charter_text(transaction, commons), msgspec.convert(change.body, EditCharter).edits)
                for one in [] if text is None else charter_effects(node, transaction, commons, text, public=public):
                    told.append({"option": listed.option.id} | one)
    return told


def charter_effects(node: Node, transaction: Transaction, commons: str, text: str, *, public: bool = True) -> list[dict[str, Any]]:
    """What a charter would have made of the last distribution of each fund, agent by agent."""
    return [
        {"distribution": last.number, "fund": last.fund} | _compared(node, transaction, commons, text, last, public=public)
        for last in _last_of_each_fund(transaction, commons)
    ]


def _last_of_each_fund(transaction: Transaction, commons: str) -> list[Distribution]:
    """The last distribution of each fund by a policy; those that were decided share by share have nothing to compare."""
    granted = {row[0] for row in transaction.rows("SELECT distribution FROM step_taken WHERE commons = ? AND step LIKE ?", (commons, f"{GRANTED}%"))}
    return list({one.fund: one for one in distributions(transaction, commons) if one.number not in granted}.values())


def _compared(node: Node, transaction: Transaction, commons: str, text: str, last: Distribution, *, public: bool) -> dict[str, Any]:
    source = read_toml(text)
    assert not isinstance(source, Problem)
    try:
        now = compute(transaction, commons, last.fund, last.amount, node.now(), charter_values(transaction, commons), whatever=True)
        then = compute(transaction, commons, last.fund, last.amount, node.now(), source.values, whatever=True)
    except CommonholdError as error:
        return {"problem": str(error), "code": error.code, "agents": []}
    known = names(transaction, commons, public_only=public)
    ours, theirs = _by_agent(now), _by_agent(then)
    lines = []
    for number in sorted(ours.keys() | theirs.keys()):
        agent = now.agents[number].id
        change = theirs.get(number, 0) - ours.get(number, 0)
        lines.append(
            {
                "agent": agent, "name": known.get(agent, short(agent)), "amount": format_money(ours.get(number, 0), now.currency),
                "other": format_money(theirs.get(number, 0), now.currency), "difference": format_money(change, now.currency),
            }
        )  # fmt: skip
    return {"amount": format_money(last.amount, now.currency), "currency": now.currency, "agents": lines}


def _by_agent(computed: Computed) -> dict[int, int]:
    found: dict[int, int] = {}
    for _, agent, minor in computed.shares():
        found[agent] = found.get(agent, 0) + minor
    return found


def recount(transaction: Transaction, commons: str, number: int) -> dict[str, Any]:
    """Count a decided question again, and say whether it is what was written."""
    found, id_ = find_proposal(transaction, commons, number)
    if not found.outcome:
        raise refuse("governance.not_over", f"Proposal {number} is not decided yet.", "proposal")
    return queries.recount(transaction, commons, found, id_, HOUSE)


def heard(transaction: Transaction, commons: str, number: int, agent: str) -> dict[str, Any]:
    """How an agent is heard in a question."""
    found, _ = find_proposal(transaction, commons, number)
    known = find_agent(transaction, commons, agent)
    return queries.heard(transaction, commons, found, -1 if known is None else known.number)


def exported(transaction: Transaction, commons: str, number: int, form: str) -> str:
    """The ballots of a decided question as a file: `pb` of budgets, `blt` of rankings. Each as often as it speaks for somebody.

    Raises:
        Refused: `governance.not_over`, `governance.wrong_ballots`.
    """
    found, _ = find_proposal(transaction, commons, number)
    if not found.outcome or found.opens is None:
        raise refuse("governance.not_over", f"Proposal {number} has no ballots that are open.", "proposal")
    asked = asked_of(transaction, commons, found)
    profile = profile_of(asked, spoken_for(asked))
    digits = currency_digits(commons_section(transaction, commons).currency) or 0
    if form == "pb" and isinstance(profile, Approvals) and asked.budget is not None:
        meta = {"description": found.title, "country": "", "unit": commons, "instance": str(found.number), "rule": found.terms.rule}
        return write_pb(Election(profile, asked.budget, "approval", digits, selected=_winners(found, profile.options), meta=meta))
    if form == "blt" and isinstance(profile, Rankings):
        return write_blt(Blt(profile, asked.seats, found.title))
    right = "pb" if asked.budget is not None else "blt" if isinstance(profile, Rankings) else "json"
    raise refuse("governance.wrong_ballots", f"The ballots of this question are exported as {right}.", "form")


def _winners(found: Proposal, options: tuple[str, ...]) -> tuple[int, ...]:
    won = msgspec.json.decode(found.result)["winners"] if found.result else []
    return tuple(place for place, option in enumerate(options) if option in won)


def stewards_page(node: Node, transaction: Transaction, commons: str) -> dict[str, Any]:
    """Who leads what."""
    return stewards.stewards_page(transaction, commons, node.now())


def standing(node: Node, transaction: Transaction, commons: str, domain: str, agent: str) -> dict[str, Any]:
    """Somebody's standing in a domain, down to the contributions.

    Raises:
        Refused: `governance.unknown_domain`. NotFound: `commons.unknown_agent`.
    """
    domains = commons_section(transaction, commons).domains
    if domain not in domains:
        raise refuse("governance.unknown_domain", f"{domain!r} is no domain of the charter: {', '.join(domains)}.", "domain")
    known = find_agent(transaction, commons, agent)
    if known is None:
        raise not_found("commons.unknown_agent", f"{agent} is not known here.", "agent")
    return stewards.standing_of(transaction, commons, domain, known.number, node.now())
