"""Shapes of answers and parameters, for the OpenAPI document and for whoever reads it.

Fields that are documented are never taken away or changed; new ones may be added (see the versions in `docs/reference/api.md`).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from ..forms import form

Cursor = Annotated[str, msgspec.Meta(max_length=60, description="`next` of the page before.")]
Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
State = Literal["claimed", "validated", "refused", "appealed", "withdrawn"]
Word = Annotated[str, form(r"^[a-z0-9][a-z0-9_-]{0,40}$", "a short name: lower-case letters, digits, - and _, 41 at most")]
Agent = Annotated[
    str,
    form(r"^(did:key:z[1-9A-HJ-NP-Za-km-z]{44,50}|org:[a-z0-9][a-z0-9-]{0,62}|id:[0-9a-f]{32})$", "the id of an agent: did:key:z…, org:… or id:…"),
]
EntryName = Annotated[str, form(r"^([0-9]{1,7}|[0-9a-f]{8,64})$", "the place of an entry, its id, or eight or more digits of it")]


class PageQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A page of a list. limit: How many. next: Where to go on."""

    limit: Limit = 50
    next: Cursor = ""


class ContributionsQuery(PageQuery, kw_only=True, omit_defaults=True):
    """Which contributions. kind: What it counts as. agent: The contributor, or the member who claimed them. batch: An import."""

    state: State | msgspec.UnsetType = msgspec.UNSET
    kind: Word | msgspec.UnsetType = msgspec.UNSET
    domain: Word | msgspec.UnsetType = msgspec.UNSET
    agent: Agent | msgspec.UnsetType = msgspec.UNSET
    batch: EntryName | msgspec.UnsetType = msgspec.UNSET


class CommandQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """dryRun: Check everything, write nothing."""

    dryRun: bool = False


class OneProblem(msgspec.Struct):
    """One thing that is wrong, and where."""

    code: str
    field: str
    message: str


class ProblemDocument(msgspec.Struct):
    """RFC 9457. `code` is stable; all codes: `docs/reference/problems.md`."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    problems: list[OneProblem]


class Index(msgspec.Struct):
    """The door."""

    name: str
    version: str
    apiVersion: int
    links: dict[str, str]


class CommonsLine(msgspec.Struct):
    """A commons with its key figures. Money: decimals in the currency."""

    commons: str
    name: str
    purpose: str
    notice: str
    licence: list[str]
    currency: str
    domains: list[str]
    origin: str
    entries: int
    time: str
    members: int
    contributors: int
    contributions: int
    validated: int
    open: int
    cameIn: str
    given: str
    inFunds: str
    distributions: int


class CommonsList(msgspec.Struct):
    """All commons of the node."""

    commons: list[CommonsLine]


class CharterInForce(msgspec.Struct):
    """The charter: its text, and the entry that put it into force."""

    position: int
    time: str
    toml: str


class CommonsView(CommonsLine):
    """One commons. verifierKey: With it, checkpoints and receipts are verified."""

    verifierKey: str
    charter: CharterInForce
    money: dict[str, Any]
    kinds: list[dict[str, Any]]
    validation: dict[str, Any]
    links: dict[str, str]


class Member(msgspec.Struct):
    """Somebody who is or was a member. name: The public name, or a short form of the id."""

    number: int
    agent: str
    name: str
    state: str
    rolls: list[str]
    roles: list[str]
    joined: str | None
    ended: str | None


class Members(msgspec.Struct):
    """A page of members."""

    members: list[Member]
    next: str | None


class EvidenceLine(msgspec.Struct):
    """Where a contribution can be looked at."""

    type: str
    value: str
    source: str = ""


class Contribution(msgspec.Struct):
    """A contribution; `contributor` is the member behind a claimed identity. Names are those of Valueflows where it has one."""

    position: int
    id: str
    provider: str
    contributor: str
    name: str
    action: str
    kind: str
    loggedKind: str
    domain: str
    process: str | None
    unit: str
    hasPointInTime: str
    logged: str
    claimed: str
    state: str
    counted: str
    decided: str | None
    repayment: str
    batch: int | None
    fulfills: list[str]
    note: str | None
    evidence: list[EvidenceLine]


class Contributions(msgspec.Struct):
    """A page of contributions, newest entry first."""

    contributions: list[Contribution]
    next: str | None


class Attestation(msgspec.Struct):
    """What a peer said of a contribution. reason: Why it was adjusted or refused; empty where none was given."""

    agent: str
    name: str
    round: int
    how: str
    verdict: str
    amount: str
    kind: str
    entry: int
    reason: str


class ContributionView(Contribution):
    """One contribution, with what peers said of it."""

    attestations: list[Attestation]
    links: dict[str, str]


class Batch(msgspec.Struct):
    """An import. states: How many contributions of each state."""

    position: int
    id: str
    source: str
    label: str
    head: str
    opened: str
    states: dict[str, int]


class Batches(msgspec.Struct):
    """A page of imports, newest first."""

    batches: list[Batch]
    next: str | None


class Income(msgspec.Struct, rename={"giver": "from"}):
    """Money that came in."""

    position: int
    fund: str
    amount: str
    currency: str
    source: str
    giver: str
    fromName: str
    hasPointInTime: str
    note: str


class Incomes(msgspec.Struct):
    """A page of incomes, newest entry first."""

    incomes: list[Income]
    next: str | None


class DistributionLine(msgspec.Struct):
    """A distribution: what was to be shared, given and kept."""

    number: int
    position: int
    time: str
    fund: str
    currency: str
    shares: int
    amount: str
    given: str
    kept: str


class Distributions(msgspec.Struct):
    """A page of distributions, newest first."""

    distributions: list[DistributionLine]
    next: str | None


class StepLine(msgspec.Struct):
    """What a step of the policy took and gave, to how many."""

    step: str
    label: str
    to: str
    rule: str
    taken: str
    given: str
    receivers: int
    points: str
    remark: str


class AgentShare(msgspec.Struct):
    """What an agent got of a distribution. minor: In minor units of the currency."""

    agent: str
    name: str
    type: str
    amount: str
    minor: int
    percent: str
    paid: str
    owed: str
    state: str


class Statement(DistributionLine):
    """A distribution with its steps and shares. inputs, result: SHA-256 of what was looked at, and of the shares."""

    commons: str
    commonsName: str
    entry: str
    charter: int
    inputs: str
    result: str
    steps: list[StepLine]
    agents: list[AgentShare]


class ShareLine(msgspec.Struct):
    """What a contribution brought in a step."""

    position: int
    id: str
    review: bool
    kind: str
    domain: str
    quantity: str
    unit: str
    hasPointInTime: str
    points: str
    amount: str


class ShareStep(msgspec.Struct):
    """What a step gave to the agent, and from what."""

    step: str
    label: str
    rule: str
    taken: str
    receivers: int
    amount: str
    points: str
    allPoints: str
    inProportion: str
    limits: str
    contributions: list[ShareLine]


class Explanation(msgspec.Struct):
    """Why a share is what it is."""

    distribution: int
    entry: str
    position: int
    time: str
    fund: str
    amount: str
    inputs: str
    result: str
    commons: str
    currency: str
    agent: str
    name: str
    total: str
    steps: list[ShareStep]


class LandedEntry(msgspec.Struct):
    """What became of a signed entry: new, known (here already) or waiting (for another that it refers to; position -1)."""

    id: str
    position: int
    state: Literal["new", "known", "waiting"]


class EntryAnswer(msgspec.Struct, omit_defaults=True):
    """The answer to one of many entries: what became of it, or the problem."""

    id: str
    position: int | None = None
    state: str | None = None
    problem: ProblemDocument | None = None


class EntryAnswers(msgspec.Struct):
    """The answers to many entries, in their order."""

    entries: list[EntryAnswer]
