"""The kinds of entries about the commons itself, and who may sign for whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..journal.kinds import Entry, Kind, unknown_reference
from ..problems import Problem
from ..store.transaction import Transaction
from . import entries as e
from . import fold, rules
from .charter import Powers, SectionCheck
from .queries import active_keys, charter_section, commons_section, find_agent, lacks_power, mandate_for, node_key
from .rules import View

NODE_KINDS = frozenset(
    {
        "journal.clock",
        "contributions.lapse",
        "contributions.draw",
        "governance.open",
        "governance.close",
        "governance.sealing",
        "governance.unseal",
        "governance.jury",
        "governance.lapse",
        "governance.release",
        "sharing.shares",
    }
)
"""What the home node may say by itself: what follows from time and the journal alone, as the rules check. All else needs a mandate."""

SELF_SIGNED = frozenset({"commons.create", "commons.join"})
"""Kinds by which an agent appears: the author's id is the did:key that signs."""


def authority(transaction: Transaction, entry: Entry) -> list[Problem]:
    """Why the key that signed does not speak for the author at this position, or nothing."""
    if (entry.position == 0) != (entry.kind == "commons.create"):
        return [Problem("commons.not_first", "A journal begins with commons.create, and has it once.", "kind")]
    if entry.position == 0:
        return _self_signed(entry)
    cached = ("speaks", entry.commons, entry.author, entry.signer)
    if cached in transaction.cache:
        return []
    agent = find_agent(transaction, entry.commons, entry.author)
    if agent is None or (agent.type == "Identity" and entry.kind in SELF_SIGNED):
        return _self_signed(entry) if entry.kind in SELF_SIGNED else [unknown_reference(f"The author {entry.author}", "author")]
    if agent.type == "Node":
        fits = entry.signer == entry.author and (entry.kind in NODE_KINDS or mandate_for(transaction, entry) is not None)
        return [] if fits else [Problem("commons.not_for_the_node", "The node does not say this by itself, and no decision has ordered it.", "kind")]
    if entry.signer not in active_keys(transaction, entry.commons, agent.number):
        if not transaction.value("SELECT COUNT(*) FROM agent_key WHERE commons = ? AND key = ?", (entry.commons, entry.signer)):
            return [unknown_reference(f"The key {entry.signer} of the author", "proof")]
        return [Problem("commons.key_not_active", "The key that signed does not speak for the author (any more).", "proof")]
    transaction.cache[cached] = True
    return []


def _self_signed(entry: Entry) -> list[Problem]:
    if entry.author != entry.signer:
        return [Problem("commons.not_self_signed", "Who appears signs with the key that becomes their id.", "author")]
    return []


def _view(power: str = "", about: str = "", holds: str = "") -> Callable[[Transaction, Entry], View]:
    """A loader: `power` is checked for the author, `about` names the body's field that names an agent."""

    def load(transaction: Transaction, entry: Entry) -> View:
        commons = entry.commons
        about_id = entry.author if not about else getattr(entry.body, about)
        agent = find_agent(transaction, commons, about_id)
        number = -1 if agent is None else agent.number
        membership = transaction.value("SELECT state FROM membership WHERE commons = ? AND agent = ?", (commons, number))
        return View(
            lacks_power=tuple(lacks_power(transaction, commons, entry.author, power)) if power else (),
            agent=agent,
            membership=membership or "",
            holds=_holds(transaction, entry, number, holds),
            keys=tuple(active_keys(transaction, commons, number)),
            node=node_key(transaction, commons),
            currency=commons_section(transaction, commons).currency,
            origin=transaction.value("SELECT origin FROM journal_head WHERE commons = ?", (commons,)),
            identity=find_agent(transaction, commons, entry.body.identity) if isinstance(entry.body, e.Claim) else None,
            last_keeper=_last_keeper(transaction, commons, number) if isinstance(entry.body, e.Leave | e.Expel | e.SetRole) else "",
        )

    return load


def _holds(transaction: Transaction, entry: Entry, number: int, what: str) -> bool:
    body = entry.body
    if what == "role":
        sql = "SELECT COUNT(*) FROM role WHERE commons = ? AND agent = ? AND role = ?"
        return bool(transaction.value(sql, (entry.commons, number, body.role)))
    if what == "signer":
        sql = "SELECT COUNT(*) FROM agent_key WHERE commons = ? AND key = ? AND agent <> ?"
        return bool(transaction.value(sql, (entry.commons, entry.signer, number)))
    if what in ("key", "vouched"):
        sql = "SELECT COUNT(*) FROM agent_key WHERE commons = ? AND key = ?"
        if transaction.value(sql, (entry.commons, body.key)):
            return True
    if what == "vouched":
        steward = find_agent(transaction, entry.commons, entry.author)
        sql = "SELECT COUNT(*) FROM recovery WHERE commons = ? AND agent = ? AND key = ? AND steward = ?"
        return bool(transaction.value(sql, (entry.commons, number, body.key, -1 if steward is None else steward.number)))
    return False


def _last_keeper(transaction: Transaction, commons: str, number: int) -> str:
    """The role that may change the charter, if of all members only this agent has it, and there are others."""
    role = charter_section(transaction, commons, "powers", Powers).charter
    members = "SELECT agent FROM membership WHERE commons = ? AND state = 'member'"
    holders = transaction.rows(f"SELECT agent FROM role WHERE commons = ? AND role = ? AND agent IN ({members})", (commons, role, commons))
    others = len(transaction.rows(members, (commons,))) > 1
    return role if others and holders == [(number,)] else ""


def _nothing(transaction: Transaction, entry: Entry) -> View:
    return View()


def kinds(sections: Mapping[str, SectionCheck]) -> list[Kind]:
    """The kinds of this package; `sections` are those that a charter may have."""
    charter = rules.CreateRule(sections)
    return [
        Kind("journal.clock", e.Clock, _view(), rules.clock, fold.clock),
        Kind("commons.create", e.Create, _nothing, charter.create, fold.create),
        Kind("commons.charter", e.ChangeCharter, _view("charter"), charter.change, fold.change_charter),
        Kind("commons.agent", e.AddAgent, _view("agents", "id"), rules.add_organization, fold.add_organization),
        Kind("commons.join", e.Join, _view("", "", "signer"), rules.join, fold.join),
        Kind("commons.admit", e.Admit, _view("admit", "agent"), rules.admit, fold.admit),
        Kind("commons.leave", e.Leave, _view(), rules.leave, fold.leave),
        Kind("commons.expel", e.Expel, _view("", "agent"), rules.expel, fold.expel),
        Kind("commons.suspend", e.Suspend, _view("", "agent"), rules.suspend, fold.suspend),
        Kind("commons.fork", e.Fork, _view(), rules.fork, fold.fork),
        Kind("commons.role", e.SetRole, _view("roles", "agent", "role"), rules.set_role, fold.set_role),
        Kind("commons.key_add", e.AddKey, _view("", "", "key"), rules.add_key, fold.add_key),
        Kind("commons.key_revoke", e.RevokeKey, _view(), rules.revoke_key, fold.revoke_key),
        Kind("commons.key_recover", e.Recover, _view("admit", "agent", "vouched"), rules.recover, fold.recover),
        Kind("commons.claim", e.Claim, _view("claims", "agent"), rules.claim, fold.claim),
    ]
