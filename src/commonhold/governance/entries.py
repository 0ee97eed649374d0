"""What may be said about decisions: proposals and all that is said of them, votes, results, delegation, stewards."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from ..commons.entries import AgentId, Body, EntryId, Hash, Money, Name, Second, Text
from ..flows.vocabulary import Id
from ..forms import form
from .charter import Question

OPTIONS_MAX = 200
OPENED_PER_ENTRY = 200
TITLE_MAX = 200

Title = Annotated[str, msgspec.Meta(min_length=1, max_length=TITLE_MAX)]
Long = Annotated[str, msgspec.Meta(max_length=8_000)]
OptionId = Annotated[str, form(r"^[a-z0-9][a-z0-9-]{0,30}\Z", "the id of an option: lower-case letters, digits and -, 31 at most")]
Salt = Annotated[str, form(r"^[0-9a-f]{32}\Z", "a salt: 32 hexadecimal digits")]
SealedText = Annotated[str, msgspec.Meta(min_length=1, max_length=60_000)]
Part = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]

DEFAULT = "no-change"
"""The option that all of `yes_no` are measured by: nothing changes."""


class Change(Body, frozen=True):
    """One entry that is written when the option wins: its kind and its body.

    A change of the charter is told as `edits`, each the text before and after: what is voted on is the difference, and it applies
    to the charter that is in force when the decision is carried out. A distribution is told by fund and amount alone; its
    figures follow from the journal as it will be.
    """

    kind: Annotated[str, form(r"^[a-z]+\.[a-z_]+\Z", "a kind of entry, such as commons.role")]
    body: dict[str, Any]


class Option(Body, frozen=True):
    """Something that can be chosen.

    Attributes:
        changes: What is written in the journal if it wins.
        cost, to: Of a project in a budget: what it costs, and who would be granted it. An idea has no cost yet.
        excludes: Options that cannot win together with this one.
    """

    id: OptionId
    title: Title
    text: Long = ""
    changes: Annotated[list[Change], msgspec.Meta(max_length=50)] = msgspec.field(default_factory=list)
    cost: Money | None = None
    to: AgentId | None = None
    excludes: Annotated[list[OptionId], msgspec.Meta(max_length=OPTIONS_MAX)] = msgspec.field(default_factory=list)


class Propose(Body, frozen=True):
    """`governance.propose`: a question to be decided.

    Attributes:
        question: What sort of question. domain: The domain it belongs to, where it belongs to one.
        options: What can be chosen, beside that nothing changes.
        fund, amount: Of a budget: what is divided. seats: Of an election: how many are elected.
    """

    question: Question
    title: Title
    text: Long = ""
    domain: Name | None = None
    options: Annotated[list[Option], msgspec.Meta(max_length=OPTIONS_MAX)] = msgspec.field(default_factory=list)
    fund: Name | None = None
    amount: Money | None = None
    seats: Annotated[int, msgspec.Meta(ge=1, le=100)] | None = None


class Revise(Body, frozen=True):
    """`governance.revise`: the author's new version of a proposal, while it is discussed. version: 2, 3 …"""

    proposal: EntryId
    version: Annotated[int, msgspec.Meta(ge=2, le=1_000)]
    title: Title
    reason: Text
    text: Long = ""
    options: Annotated[list[Option], msgspec.Meta(max_length=OPTIONS_MAX)] = msgspec.field(default_factory=list)


class Amend(Body, frozen=True):
    """`governance.amend`: somebody else's option for a proposal, while it is discussed.

    An idea for a budget is put anew with its cost by who had it, or by who put the question, under the same id.
    """

    proposal: EntryId
    option: Option


class Seconding(Body, frozen=True):
    """`governance.second`: the author wants a vote on a proposal, or on an option that was added to it."""

    proposal: EntryId
    option: OptionId | None = None


class Withdraw(Body, frozen=True):
    """`governance.withdraw`: the author takes a proposal back before it is voted on."""

    proposal: EntryId
    reason: Text


class Comment(Body, frozen=True):
    """`governance.comment`: a word in the discussion. replyTo: Another comment."""

    proposal: EntryId
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]
    replyTo: EntryId | None = None


class Ballot(Body, frozen=True):
    """What a voter chooses; one of the fields, as the rule asks.

    Attributes:
        answer: yes, no, or abstain: of a question with one option.
        ranking: Groups of options from best to worst; options not named are below all others.
        approvals: The options that are approved of.
    """

    answer: Literal["yes", "no", "abstain"] | None = None
    ranking: Annotated[list[Annotated[list[OptionId], msgspec.Meta(min_length=1)]], msgspec.Meta(max_length=OPTIONS_MAX)] | None = None
    approvals: Annotated[list[OptionId], msgspec.Meta(max_length=OPTIONS_MAX)] | None = None


class Vote(Body, frozen=True):
    """`governance.vote`: a ballot. The last one before the close counts.

    Attributes:
        ballot: The ballot itself, where ballots are open.
        commitment: SHA-256 of the salt (its hexadecimal text) and the canonical JSON of the ballot, where they are hidden.
        sealed: The encrypted ballot as Belenios writes it, where they are secret.
    """

    proposal: EntryId
    ballot: Ballot | None = None
    commitment: Hash | None = None
    sealed: SealedText | None = None


class Opened(Body, frozen=True):
    """A hidden ballot with its salt. vote: The entry that it was committed by."""

    vote: EntryId
    salt: Salt
    ballot: Ballot


class Open(Body, frozen=True):
    """`governance.open`: hidden ballots are opened after the close: by the node that kept them, or by the voters."""

    proposal: EntryId
    ballots: Annotated[list[Opened], msgspec.Meta(min_length=1, max_length=OPENED_PER_ENTRY)]


class Sealing(Body, frozen=True):
    """`governance.sealing`: the Belenios election by which a question with secret ballots is voted on, as Belenios publishes it.

    Attributes:
        election, trustees: What is in `election.json` and `trustees.json`.
        publicCredentials: What is in `public_creds.json`: for each elector the public credential, no weight, and who it is.
    """

    proposal: EntryId
    election: SealedText
    trustees: SealedText
    publicCredentials: Annotated[list[Annotated[str, msgspec.Meta(max_length=1_000)]], msgspec.Meta(min_length=1)]


class Unseal(Body, frozen=True):
    """`governance.unseal`: the sum of the secret ballots, with the proofs that it is their sum.

    Attributes:
        encryptedTally, partialDecryptions, result: What Belenios writes: the sum while encrypted, what each trustee did, the numbers.
        excluded: The votes whose sealed ballots Belenios finds invalid; they are not counted.
    """

    proposal: EntryId
    encryptedTally: SealedText
    partialDecryptions: Annotated[list[SealedText], msgspec.Meta(min_length=1, max_length=20)]
    result: SealedText
    excluded: list[EntryId] = msgspec.field(default_factory=list)


class Object(Body, frozen=True):
    """`governance.object`: an objection, with its reason; under consent, one that stands blocks."""

    proposal: EntryId
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]


class Lift(Body, frozen=True):
    """`governance.lift`: the author's objection is met."""

    proposal: EntryId


class Consent(Body, frozen=True):
    """`governance.consent`: the author can live with it."""

    proposal: EntryId


class Close(Body, frozen=True):
    """`governance.close`: what was decided, as everybody who counts finds it.

    Attributes:
        outcome: carried; rejected; `blocked` by an objection; `lapsed` for want of seconds; `stale`: carried, but what it was to
            change is no longer there.
        winners: The options that won. result: SHA-256 of the canonical JSON of the whole result.
        proof: Where ballots are open, base58 of the node's Ed25519 signature over `commonhold-lot\\n<origin>\\n<proposal>\\n`, for the
            seed of the lot that breaks ties: no voter can know it before.
    """

    proposal: EntryId
    outcome: Literal["carried", "rejected", "blocked", "lapsed", "stale"]
    result: Hash
    winners: Annotated[list[OptionId], msgspec.Meta(max_length=OPTIONS_MAX)] = msgspec.field(default_factory=list)
    proof: str = ""


class Jury(Body, frozen=True):
    """`governance.jury`: who decides a question that a jury decides, drawn by lot by the node.

    Attributes:
        proof: base58 of the node's Ed25519 signature over `commonhold-jury\\n<origin>\\n<proposal>\\n`. Its SHA-256 is the seed of the
            lot: nobody else can know it before.
    """

    proposal: EntryId
    proof: str


class Delegate(Body, frozen=True):
    """`governance.delegate`: who votes for the author where the author does not: up to three, ranked. None ends a delegation.

    Attributes:
        domain: For questions of this domain; without it, for all that have no delegation of their own.
        until: The delegation ends then; at the latest after the days of the charter.
    """

    to: Annotated[list[AgentId], msgspec.Meta(max_length=3)]
    domain: Name | None = None
    until: Second | None = None


class Support(Body, frozen=True):
    """`governance.support`: how the author's one unit is spread over grants that are asked for, in millionths.

    It replaces what the author said before.
    """

    parts: Annotated[dict[EntryId, Part], msgspec.Meta(max_length=OPTIONS_MAX)]


class Appoint(Body, frozen=True):
    """`governance.appoint`: a steward of a domain begins a term. Only a decision orders it.

    Attributes:
        organization: The organization that they work for, if any.
    """

    domain: Name
    agent: AgentId
    organization: AgentId | None = None


class Dismiss(Body, frozen=True):
    """`governance.dismiss`: a steward of a domain is one no longer: by decision, or by laying it down."""

    domain: Name
    agent: AgentId
    reason: Text


class Lapse(Body, frozen=True):
    """`governance.lapse`: a term of a steward is over, or standing carries it no longer: below nine tenths of what it takes."""

    domain: Name
    agent: AgentId


class Release(Body, frozen=True):
    """`governance.release`: a task that was taken, and for which nothing was done in the charter's time, is open for others again.

    Attributes:
        commitment: Its id. Who took it keeps what was done.
    """

    commitment: Id


class Report(Body, frozen=True):
    """`governance.report`: what became of a project that was granted something, by who was granted it.

    Attributes:
        done: Whether all of it is delivered. evidence: Addresses where it can be looked at.
    """

    proposal: EntryId
    option: OptionId
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]
    done: bool
    evidence: Annotated[list[Annotated[str, msgspec.Meta(max_length=300)]], msgspec.Meta(max_length=20)] = msgspec.field(default_factory=list)
