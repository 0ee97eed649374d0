"""May this be said about delegates, lasting support, stewards and what became of grants? Pure, as `rules`."""

from __future__ import annotations

from ..journal.kinds import Entry, unix_time, unknown_reference
from ..problems import Problem
from . import entries as e
from .conviction import UNIT
from .view import View, in_phase

BY_NODE_ONLY = "Only a decision orders this."


def delegate(view: View, entry: Entry) -> list[Problem]:
    body: e.Delegate = entry.body
    if not view.member:
        return [Problem("commons.not_a_member", "Members delegate their votes.", "author")]
    problems = []
    if len(set(body.to)) != len(body.to):
        problems.append(Problem("governance.repeated", "Name each delegate once.", "body.to"))
    for place, id_ in enumerate(body.to):
        if id_ == entry.author:
            problems.append(Problem("governance.own", "One does not delegate to oneself.", f"body.to[{place}]"))
        elif id_ not in view.members:
            problems.append(Problem("commons.not_a_member", "A delegate is a member.", f"body.to[{place}]"))
    if body.domain is not None and body.domain not in view.domains:
        problems.append(
            Problem("governance.unknown_domain", f"{body.domain!r} is no domain of the charter: {', '.join(view.domains)}.", "body.domain")
        )
    if body.until is not None and unix_time(body.until) <= entry.time:
        problems.append(Problem("governance.past", "A delegation ends later than now.", "body.until"))
    return problems


def support(view: View, entry: Entry) -> list[Problem]:
    body: e.Support = entry.body
    if not view.member:
        return [Problem("commons.not_a_member", "Members support grants.", "author")]
    problems = []
    if sum(body.parts.values()) > UNIT:
        problems.append(Problem("governance.too_much", "Everybody has one unit to spread: 1000000 millionths.", "body.parts"))
    for id_ in body.parts:
        found = view.supported.get(id_)
        if found is None:
            problems.append(unknown_reference(f"The proposal {id_}", "body.parts"))
        elif body.parts[id_] and id_ not in view.electing:
            problems.append(
                Problem(
                    "governance.no_elector",
                    f"The author has no voice in proposal {found.number}: it was put before they joined, or to others.",
                    "body.parts",
                )
            )
        elif found.phase(entry.time) != "support":
            problem = f"Proposal {found.number} does not ask for lasting support, or not any more."
            problems.append(Problem("governance.wrong_phase", problem, "body.parts"))
    return problems


def appoint(view: View, entry: Entry) -> list[Problem]:
    """Whom a decision appoints is eligible by standing when the term begins."""
    body: e.Appoint = entry.body
    if entry.author != view.node:
        return [Problem("commons.by_decision_only", BY_NODE_ONLY, "author")]
    if body.domain not in view.domains:
        return [Problem("governance.unknown_domain", f"{body.domain!r} is no domain of the charter.", "body.domain")]
    if body.agent not in view.members:
        return [Problem("commons.not_a_member", "A steward is a member.", "body.agent")]
    if view.missing:
        return [Problem("governance.not_eligible", f"Standing in {body.domain} is not enough: {'; '.join(view.missing)}.", "body.agent")]
    if view.stewards:
        problem = f"{view.stewards} stewards of {body.domain} are of this organization already, and the charter allows no more."
        return [Problem("governance.one_organization", problem, "body.organization")]
    return []


def dismiss(view: View, entry: Entry) -> list[Problem]:
    body: e.Dismiss = entry.body
    if not view.is_steward:
        return [Problem("governance.no_steward", f"This agent is not a steward of {body.domain} now.", "body.agent")]
    if entry.author not in (view.node, body.agent):
        return [Problem("commons.by_decision_only", "A steward lays the office down, or a decision ends it.", "author")]
    return []


def lapse(view: View, entry: Entry) -> list[Problem]:
    """The node says that an office is lost: the term is over, or standing is below nine tenths of what it takes."""
    body: e.Lapse = entry.body
    if entry.author != view.node:
        return [Problem("governance.not_the_node", "The home node says what follows from time and standing.", "author")]
    if not view.open_term:
        return [Problem("governance.no_steward", f"This agent has no term in {body.domain} that is open.", "body.agent")]
    if view.is_steward and not view.missing:
        return [Problem("governance.not_over", "The term runs, and standing carries it.", "body.agent")]
    return []


def release(view: View, entry: Entry) -> list[Problem]:
    """The node lets go of a task that lies dormant."""
    if entry.author != view.node:
        return [Problem("governance.not_the_node", "The home node says what follows from time.", "author")]
    if not view.known_comment:
        return [unknown_reference(f"The commitment {entry.body.commitment}", "body.commitment")]
    return [] if view.dormant else [Problem("governance.not_dormant", "This is no task that lies dormant by the charter.", "body.commitment")]


def report(view: View, entry: Entry) -> list[Problem]:
    body: e.Report = entry.body
    problems = in_phase(view, "closed", entry=entry)
    if problems or view.proposal is None:
        return problems
    won = view.closing.result.winners if view.closing else []
    found = next((one for one in view.listed if one.option.id == body.option), None)
    if found is None or body.option not in won or view.proposal.outcome != "carried":
        return [Problem("governance.unknown_option", "No option of this id was granted anything.", "body.option")]
    if entry.author != found.option.to and not (view.author is not None and view.author.number == found.author):
        return [Problem("governance.not_theirs", "Who was granted it, or who proposed it, reports on it.", "author")]
    return []
