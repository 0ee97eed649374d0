"""What may be said about a commons itself: its charter, its agents, their keys and roles."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from ..forms import form

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
DidKey = Annotated[str, form(r"^did:key:z[1-9A-HJ-NP-Za-km-z]{44,50}\Z", "the did:key of a person")]
OrganizationId = Annotated[str, form(r"^org:[a-z0-9][a-z0-9-]{0,62}\Z", "the id of an organization: org: and lower-case letters, digits and -")]
IdentityId = Annotated[str, form(r"^id:[0-9a-f]{32}\Z", "the id of an identity: id: and 32 hexadecimal digits")]
AgentId = Annotated[
    str,
    form(r"^(did:key:z[1-9A-HJ-NP-Za-km-z]{44,50}|org:[a-z0-9][a-z0-9-]{0,62}|id:[0-9a-f]{32})\Z", "the id of an agent: did:key:z…, org:… or id:…"),
]
MONEY_WHOLE_DIGITS = 16
Money = Annotated[str, form(r"^(0|[1-9][0-9]{0,15})(\.[0-9]{1,4})?\Z", "an amount of money: digits, and a point before the fraction, like 12.50")]
Hash = Annotated[str, form(r"^[0-9a-f]{64}\Z", "a SHA-256: 64 hexadecimal digits")]
EntryId = Annotated[str, form(r"^[0-9a-f]{64}\Z", "the id of an entry: 64 hexadecimal digits")]
RoleName = Annotated[str, form(r"^[a-z][a-z_]{0,30}\Z", "the name of a role: lower-case letters and _")]
Name = Annotated[str, form(r"^[a-z0-9][a-z0-9_-]{0,40}\Z", "a short name: lower-case letters, digits, - and _, 41 at most")]
Second = Annotated[str, form(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z", "a time like 2026-11-23T08:30:00Z")]
Origin = Annotated[str, form(r"^[A-Za-z0-9.:-]{1,120}(/[A-Za-z0-9._~-]{1,60}){1,4}\Z", "an origin such as example.org/name")]
Roll = Literal["producer", "user"]

Classification = Literal["foundation", "enterprise", "institute", "commons", "association", "public", "ecological", "other"]


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True, gc=False):
    """The ground of all bodies: unknown fields are refused, defaults are left out."""


class Clock(Body, frozen=True):
    """`journal.clock`: the node tells what time it is. Periods of charters are measured in journal time."""


class Create(Body, frozen=True):
    """`commons.create`: the first entry of a journal. Its author is the founder, and becomes member and steward.

    Attributes:
        charter: The charter, TOML.
        node: The did:key of the home node, which orders the entries and signs the checkpoints.
    """

    charter: str
    node: DidKey


class ChangeCharter(Body, frozen=True):
    """`commons.charter`: from here on this charter is in force."""

    charter: str
    reason: Text


class AddAgent(Body, frozen=True):
    """`commons.agent`: an organization that the commons deals with, or (`ecological`) a river, a forest, the air.

    Persons add themselves: `commons.join`.
    """

    id: OrganizationId
    name: Text
    classifiedAs: Classification


class Join(Body, frozen=True):
    """`commons.join`: a person joins, or asks to where the charter wants an admission. Signed with the person's first key.

    Attributes:
        rolls: As producer, as user of the product, or both.
    """

    rolls: Annotated[list[Roll], msgspec.Meta(min_length=1, max_length=2)] = msgspec.field(default_factory=lambda: ["producer"])


class Admit(Body, frozen=True):
    """`commons.admit`: who asked to join is let in."""

    agent: DidKey


class Leave(Body, frozen=True):
    """`commons.leave`: the author leaves, and keeps what was earned."""


class Expel(Body, frozen=True):
    """`commons.expel`: a membership ends against the member's will. Only a decision orders it; what was earned is kept."""

    agent: AgentId
    reason: Text


class Suspend(Body, frozen=True):
    """`commons.suspend`: a member's word on the work of others does not count until a day. Only a decision orders it."""

    agent: AgentId
    until: Second
    reason: Text


class Fork(Body, frozen=True):
    """`commons.fork`: the commons agrees that a part of it goes on by itself, with the whole history up to here.

    Attributes:
        origin: The origin of the new journal, such as example.org/name.
    """

    origin: Origin
    reason: Text


class SetRole(Body, frozen=True):
    """`commons.role`: an agent takes a role, or lays it down."""

    agent: AgentId
    role: RoleName
    granted: bool


class AddKey(Body, frozen=True):
    """`commons.key_add`: another key speaks for the author too."""

    key: DidKey


class RevokeKey(Body, frozen=True):
    """`commons.key_revoke`: from here on this key no longer speaks for the author; what it signed before stands."""

    key: DidKey


class Recover(Body, frozen=True):
    """`commons.key_recover`: a steward vouches that this key belongs to an agent who lost theirs.

    When the charter's number of stewards has said the same, the key is added and all others of the agent end.
    """

    agent: AgentId
    key: DidKey


class Claim(Body, frozen=True):
    """`commons.claim`: an identity found in imported work is this member.

    Attributes:
        by: `challenge`: the author is the member, and `token` is the node's signature over the claim, which the node sent
            to the address behind the identity. `steward`: a steward gives their word.
        token: base58 of the node's Ed25519 signature over `commonhold-claim\\n<origin>\\n<identity>\\n<agent>\\n`.
    """

    identity: IdentityId
    agent: AgentId
    by: Literal["challenge", "steward"]
    token: str = ""
