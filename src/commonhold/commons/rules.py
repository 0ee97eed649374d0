"""May this be said about the commons? Pure rules over a small view of what is the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..journal.keys import public_bytes, unbase58, verifies
from ..journal.kinds import Entry, unix_time, unknown_reference
from ..problems import Problem
from . import entries as e
from .charter import SectionCheck, check_charter, currency_of
from .queries import Agent

NOT_GIVEN: Mapping[str, str] = {
    "member": "who joins is one",
    "anyone": "everybody is",
    "domain_steward": "it follows from an appointment to a domain",
    "decision": "a charter names it where decisions alone have a power",
}
"""Roles that follow from something else, and the one that nobody has."""


@dataclass(frozen=True, slots=True)
class View:
    """What the rules need to know.

    Attributes:
        lacks_power: Why the author may not do this by the charter's `[powers]`, or nothing.
        agent: The agent that the entry is about, if it names one that is known.
        membership: State of membership of that agent (`member`, `asking`, `left`) or empty.
        holds: Whether the thing is so already: the role is held, the key is active, the steward has vouched.
        keys: The active keys of the agent.
        node: The did:key of the home node; empty before the first entry.
        origin: The origin of the log. currency: Of the charter in force.
        identity: The identity that is claimed, if known.
        last_keeper: The role by which the charter is changed, if this agent alone among the members has it; else empty.
    """

    lacks_power: tuple[Problem, ...] = ()
    agent: Agent | None = None
    membership: str = ""
    holds: bool = False
    keys: tuple[str, ...] = ()
    node: str = ""
    origin: str = ""
    currency: str = ""
    identity: Agent | None = None
    last_keeper: str = ""


def clock(view: View, entry: Entry) -> list[Problem]:
    if entry.author != view.node:
        return [Problem("journal.not_the_node", "Only the home node tells the time.", "author")]
    return []


class CreateRule:
    """The rule for the first entry; it must know the sections that a charter may have."""

    def __init__(self, sections: Mapping[str, SectionCheck]) -> None:
        self._sections = sections

    def create(self, view: View, entry: Entry) -> list[Problem]:
        if entry.position != 0:
            return [Problem("commons.exists", "A journal is created once, by its first entry.", "kind")]
        return _key_problems(entry.body.node, "body.node") + check_charter(entry.body.charter, self._sections)

    def change(self, view: View, entry: Entry) -> list[Problem]:
        if view.lacks_power:  # nobody else makes the node read a charter
            return list(view.lacks_power)
        problems = check_charter(entry.body.charter, self._sections)
        if not problems and currency_of(entry.body.charter) != view.currency:
            problem = f"The funds are in {view.currency}, and stay so: money does not change its currency by a charter."
            problems.append(Problem("charter.currency_changed", problem, "commons.currency"))
        return problems


def add_organization(view: View, entry: Entry) -> list[Problem]:
    if view.agent is not None:
        return [Problem("commons.agent_exists", f"{entry.body.id} is known already.", "body.id")]
    return list(view.lacks_power)


def join(view: View, entry: Entry) -> list[Problem]:
    if view.holds:
        return [Problem("commons.key_known", "This key is, or was, a key of another member.", "author")]
    if view.membership in ("member", "asking"):
        return [Problem("commons.member_already", "The author is a member, or has asked to be one.", "author")]
    if len(set(entry.body.rolls)) != len(entry.body.rolls):
        return [Problem("commons.bad_rolls", "Name each roll once.", "body.rolls")]
    return []


def admit(view: View, entry: Entry) -> list[Problem]:
    if view.agent is None:
        return [unknown_reference(entry.body.agent, "body.agent")]
    if view.membership != "asking":
        return [Problem("commons.not_asking", "This agent does not ask to be a member.", "body.agent")]
    return list(view.lacks_power)


def leave(view: View, entry: Entry) -> list[Problem]:
    if view.membership != "member":
        return [Problem("commons.not_a_member", "The author is not a member.", "author")]
    return _keeper_problems(view, "author")


def expel(view: View, entry: Entry) -> list[Problem]:
    """No role is enough for this: the authority has let only the node come so far, by a mandate."""
    if entry.author != view.node:
        return [Problem("commons.by_decision_only", "A membership is ended against the member's will by a decision only.", "author")]
    if view.agent is None:
        return [unknown_reference(entry.body.agent, "body.agent")]
    if view.membership != "member":
        return [Problem("commons.not_a_member", "This agent is not a member.", "body.agent")]
    return _keeper_problems(view, "body.agent")


def suspend(view: View, entry: Entry) -> list[Problem]:
    if entry.author != view.node:
        return [Problem("commons.by_decision_only", "A member's word is suspended by a decision only.", "author")]
    unix_time(entry.body.until)  # a day that no calendar has is refused here, not found in the fold
    if view.agent is None:
        return [unknown_reference(entry.body.agent, "body.agent")]
    return [] if view.membership == "member" else [Problem("commons.not_a_member", "This agent is not a member.", "body.agent")]


def fork(view: View, entry: Entry) -> list[Problem]:
    if entry.author != view.node:
        return [Problem("commons.by_decision_only", "The commons agrees to a fork by a decision only. Anybody may fork without it.", "author")]
    if entry.body.origin == view.origin:
        return [Problem("commons.same_origin", "A fork has an origin of its own.", "body.origin")]
    return []


def set_role(view: View, entry: Entry) -> list[Problem]:
    body: e.SetRole = entry.body
    if view.agent is None:
        return [unknown_reference(body.agent, "body.agent")]
    if body.role in NOT_GIVEN:
        problem = f"{body.role} is not a role that is given: {NOT_GIVEN[body.role]}."
        return [Problem("commons.bad_role", problem, "body.role")]
    if body.granted and view.membership != "member":
        return [Problem("commons.not_a_member", "Roles are given to members.", "body.agent")]
    if body.granted == view.holds:
        state = "has" if body.granted else "does not have"
        return [Problem("commons.role_unchanged", f"The agent {state} this role already.", "body.role")]
    if not body.granted and body.role == view.last_keeper:
        return _keeper_problems(view, "body.agent")
    laying_down = not body.granted and body.agent == entry.author
    return [] if laying_down else list(view.lacks_power)


def _keeper_problems(view: View, field: str) -> list[Problem]:
    """A commons with members is not left without anybody who may change its charter."""
    if not view.last_keeper:
        return []
    return [Problem("commons.last_keeper", f"Nobody else has the role {view.last_keeper}: give it to another member first.", field)]


def add_key(view: View, entry: Entry) -> list[Problem]:
    if view.holds:
        return [Problem("commons.key_known", "This key is, or was, a key of this agent; a revoked key does not come back.", "body.key")]
    return _key_problems(entry.body.key, "body.key")


def revoke_key(view: View, entry: Entry) -> list[Problem]:
    if entry.body.key not in view.keys:
        return [Problem("commons.key_unknown", "This key does not speak for the author.", "body.key")]
    if len(view.keys) == 1:
        return [Problem("commons.last_key", "This is the author's last key: add another first.", "body.key")]
    return []


def recover(view: View, entry: Entry) -> list[Problem]:
    if view.agent is None or view.agent.type != "Person":
        return [unknown_reference(entry.body.agent, "body.agent")]
    if entry.body.agent == entry.author:
        return [Problem("commons.not_for_oneself", "Others vouch for the recovery of an account.", "body.agent")]
    if view.holds:
        return [Problem("commons.vouched_already", "This steward has vouched for this key, or the agent has it.", "body.key")]
    return _key_problems(entry.body.key, "body.key") + list(view.lacks_power)


def claim(view: View, entry: Entry) -> list[Problem]:
    body: e.Claim = entry.body
    if view.identity is None or view.identity.type != "Identity":
        return [unknown_reference(body.identity, "body.identity")]
    if view.agent is None:
        return [unknown_reference(body.agent, "body.agent")]
    if view.identity.claimed_by is not None:
        return [Problem("commons.claimed_already", "This identity has been claimed.", "body.identity")]
    if view.agent.type != "Person":
        return [Problem("commons.not_a_person", "An identity is claimed for a person who joined.", "body.agent")]
    if body.by == "steward":
        return list(view.lacks_power)
    if body.agent != entry.author:
        return [Problem("commons.not_the_author", "By challenge, one claims for oneself.", "body.agent")]
    try:
        signature = unbase58(body.token, 64)
    except ValueError:
        signature = b""
    if not verifies(view.node, signature, claim_message(view.origin, body.identity, body.agent)):
        return [Problem("commons.bad_token", "The token is not what the node sent for this identity and this agent.", "body.token")]
    return []


def claim_message(origin: str, identity: str, agent: str) -> bytes:
    """What the node signs when it sends a challenge to the address behind an identity."""
    return f"commonhold-claim\n{origin}\n{identity}\n{agent}\n".encode()


def _key_problems(did: str, field: str) -> list[Problem]:
    try:
        public_bytes(did)
    except ValueError as error:
        return [Problem("commons.bad_key", f"Not the did:key of an Ed25519 key: {error}.", field)]
    return []
