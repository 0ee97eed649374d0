"""Use cases around the commons itself."""

from __future__ import annotations

from ..journal.commands import saying
from . import entries as e

COMMANDS = (
    saying("charter.change", "Put a changed charter into force.", e.ChangeCharter, "commons.charter"),
    saying("agent.add", "Add an organization that the commons deals with.", e.AddAgent, "commons.agent"),
    saying("member.admit", "Let in somebody who asked to join.", e.Admit, "commons.admit"),
    saying("member.leave", "Leave; what was earned is kept.", e.Leave, "commons.leave"),
    saying("role.set", "Give a role to a member, or take it back.", e.SetRole, "commons.role"),
    saying("key.add", "Let another key speak for you too.", e.AddKey, "commons.key_add"),
    saying("key.revoke", "End one of your keys; what it signed stands.", e.RevokeKey, "commons.key_revoke"),
    saying("key.recover", "Vouch, as a steward, that a key belongs to a member who lost theirs.", e.Recover, "commons.key_recover"),
    saying("identity.claim", "Claim an identity of imported work for a member.", e.Claim, "commons.claim"),
)
