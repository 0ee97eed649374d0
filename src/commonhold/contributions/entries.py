"""What may be said about contributions: that they were made, and what peers think of that."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from ..commons.entries import Body, EntryId, IdentityId, Name, Text
from ..flows.vocabulary import Decimal, EconomicEvent, EconomicResource, Id, Reference

TARGETS_MAX = 900
DRAWS_PER_ENTRY = 100

Repayment = Literal["while_it_lasts", "until_repaid", "once", "never"]
"""The contributor's choice: share in every distribution while it lasts, until the contribution is repaid, once, never."""

How = Literal["committed", "merged", "reviewed", "acked", "tested"]
"""By what act of the history somebody vouched for a commit: committed or merged another's, or a trailer names them."""


class Evidence(Body, frozen=True):
    """Where the contribution can be looked at: an address, a commit of a repository, the SHA-256 of a file."""

    type: Literal["url", "commit", "sha256"]
    value: Reference
    source: Annotated[str, msgspec.Meta(max_length=300)] = ""


class Vouched(Body, frozen=True):
    """Somebody who vouched for the contribution in the history it was imported from: an identity, never a member by name."""

    agent: IdentityId
    how: How


class Log(Body, frozen=True):
    """`contributions.log`: a claim that somebody contributed.

    Attributes:
        event: The economic event; its provider is the contributor. id, newInventoriedResource: As in `flows.event`.
        kind: A kind of the charter. domain: A domain of the charter.
        batch: Id of the `contributions.batch` entry it came with.
    """

    event: EconomicEvent
    kind: Name
    domain: Name
    evidence: Annotated[list[Evidence], msgspec.Meta(max_length=20)] = msgspec.field(default_factory=list)
    repayment: Repayment = "while_it_lasts"
    batch: EntryId | None = None
    id: Id | None = None
    newInventoriedResource: EconomicResource | None = None
    vouchedBy: Annotated[list[Vouched], msgspec.Meta(max_length=100)] = msgspec.field(default_factory=list)


class Batch(Body, frozen=True):
    """`contributions.batch`: an import begins. source: what kind. label: of what. head: up to where."""

    source: Literal["git", "commits", "csv", "valueflows"]
    label: Text
    head: Annotated[str, msgspec.Meta(max_length=200)] = ""


class Targets(Body, frozen=True):
    """Which contributions an entry is about: some by id, all of a batch, or all that fulfil a commitment."""

    contributions: Annotated[list[EntryId], msgspec.Meta(max_length=TARGETS_MAX)] = msgspec.field(default_factory=list)
    batch: EntryId | None = None
    fulfills: Id | None = None


class Attest(Targets, frozen=True, kw_only=True):
    """`contributions.attest`: a peer's verdict. `adjust` needs amount or kind (of one contribution), and a reason; `refuse` a reason."""

    verdict: Literal["accept", "adjust", "refuse"]
    amount: Decimal | None = None
    kind: Name | None = None
    reason: Annotated[str, msgspec.Meta(max_length=1_000)] = ""


class Lapse(Targets, frozen=True):
    """`contributions.lapse`: the charter's window has passed without objection (lazy consensus)."""


class Drawing(Body, frozen=True):
    """Reviewers of one claim are drawn. number: 1 for the first draw of a claim, and so on.

    Attributes:
        proof: base58 of the node's Ed25519 signature over `commonhold-draw\\n<origin>\\n<contribution>\\n<number>\\n`. Its SHA-256 is the
            seed of the lot: nobody else can know it before.
    """

    contribution: EntryId
    number: Annotated[int, msgspec.Meta(ge=1, le=1_000)]
    proof: str


class Draw(Body, frozen=True):
    """`contributions.draw`: the node draws who judges claims. Who it is follows from the seed and from who there is."""

    draws: Annotated[list[Drawing], msgspec.Meta(min_length=1, max_length=DRAWS_PER_ENTRY)]


class Decline(Body, frozen=True):
    """`contributions.decline`: who was drawn does not judge this claim: somebody else is drawn."""

    contribution: EntryId
    reason: Text


class Contest(Body, frozen=True):
    """`contributions.contest`: a peer objects to what was validated, in the time that the charter gives; it is judged again."""

    contribution: EntryId
    reason: Text


class Appeal(Body, frozen=True):
    """`contributions.appeal`: the contributor asks for another round, with one peer more."""

    contribution: EntryId
    reason: Text


class Withdraw(Body, frozen=True):
    """`contributions.withdraw`: the contributor takes back a claim that is not decided yet."""

    contribution: EntryId
    reason: Annotated[str, msgspec.Meta(max_length=1_000)] = ""


class Choose(Body, frozen=True):
    """`contributions.choose`: the contributor chooses about repayment, for some of the own contributions or for all so far."""

    repayment: Repayment
    contributions: Annotated[list[EntryId], msgspec.Meta(max_length=TARGETS_MAX)] = msgspec.field(default_factory=list)
