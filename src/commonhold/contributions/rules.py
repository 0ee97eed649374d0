"""May this be said about contributions? Pure rules over a small view of what is the case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from ..commons.queries import Agent
from ..flows.event_rules import event_allowed
from ..flows.rules import event_problems, is_simple
from ..flows.times import FUTURE_SECONDS_MAX, happened, seconds
from ..flows.views import EventView
from ..flows.vocabulary import EconomicEvent
from ..journal.kinds import Entry, unknown_reference
from ..problems import Problem
from . import entries as e
from .charter import ContributionKind, Validation

OPEN = frozenset({"claimed", "appealed"})
EVIDENCE = {
    "url": (re.compile(r"[a-z][a-z0-9+.-]*:\S+"), "an address such as https://example.org/work"),
    "commit": (re.compile(r"[0-9A-Za-z:._/-]{1,200}"), "the id of a commit"),
    "sha256": (re.compile(r"[0-9a-f]{64}"), "a SHA-256: 64 hexadecimal digits in lower case"),
}
NARROWER = {"while_it_lasts": ("once", "never"), "until_repaid": ("never",), "once": ("never",), "never": ()}
"""What a choice can still become after a distribution: what was received is not kept apart for every choice, so that from
another one could be repaid, or share once, a second time."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """A contribution as the rules see it.

    Attributes:
        contributor: Number of the member behind the provider; the provider's own, if there is none.
        first_shared: Where the first distribution stands that counted it, if any did. personal: Whether a person is behind it.
    """

    position: int
    provider: int
    contributor: int
    kind: str
    unit: str
    claimed: int
    state: str
    round: int
    counted: int
    counted_kind: str
    logged: int
    logger: int
    repayment: str
    first_shared: int | None
    personal: bool
    decided: int | None = None
    domain: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class LogGround:
    """What the rule for a claim needs to know of its author and of the charter."""

    lacks_power: tuple[Problem, ...]
    lacks_imports: tuple[Problem, ...]
    domains: frozenset[str]
    kinds: Mapping[str, ContributionKind]
    is_steward: bool


class LogView(msgspec.Struct, frozen=True):
    """What the rule for a claim needs to know.

    Attributes:
        provider: Only looked up where it is not the author. batch_author: Who opened the batch, if it is named and known.
        author: Who writes. Both are numbers, -1 for nobody.
        amount: What is claimed, in millionths of the kind's unit; None if it does not convert. event: If it names more than a process.
    """

    ground: LogGround
    provider: Agent | None
    batch_author: int
    author: int
    others_known: bool
    amount: int | None
    event: EventView | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is known of a draw: the claim, how many draws it has had, how many reviewers it lacks, and whether it needs any."""

    one: Contribution | None
    so_far: int
    lacks: int
    exempt: bool


@dataclass(frozen=True, slots=True)
class TargetView:
    """What rules about existing contributions need to know.

    Attributes:
        found: The contributions that the entry names and that are here.
        missing: Ids of those that are not here.
        author: Number of the agent who writes. node, origin: Of the commons.
        not_drawn: Positions of those that others were drawn to judge. seated: Whether the author was drawn for the only one.
        draws: Of an entry that draws: what is known of each.
    """

    lacks_power: tuple[Problem, ...]
    lacks_imports: tuple[Problem, ...]
    validation: Validation
    kinds: Mapping[str, ContributionKind]
    author: int
    found: list[Contribution] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    not_drawn: frozenset[int] = frozenset()
    draws: tuple[Drawn, ...] = ()
    node: str = ""
    origin: str = ""
    seated: bool = False


def log(view: LogView, entry: Entry) -> list[Problem]:
    """A claim is well-formed, of a kind and domain of the charter, and made by somebody who may make it."""
    body: e.Log = entry.body
    problems = list(view.ground.lacks_power) + _claimed_problems(body.event)
    if view.event is not None and not problems:
        problems = event_allowed(view.event, body.event, body.newInventoriedResource)
    elif not problems and not is_simple(body.event):
        problems = event_problems(body.event)
    if problems:
        return problems
    at = happened(body.event)
    assert at is not None
    if seconds(at) > entry.time + FUTURE_SECONDS_MAX:
        problems.append(Problem("contributions.in_the_future", "What is contributed has happened already.", "body.event.hasPointInTime"))
    if body.domain not in view.ground.domains:
        known = ", ".join(sorted(view.ground.domains))
        problems.append(Problem("contributions.unknown_domain", f"{body.domain!r} is no domain of the charter: {known}.", "body.domain"))
    if body.batch is not None:
        problems += _batch_problems(view, body.batch)
    if body.vouchedBy:
        problems += _vouching_problems(view, body)
    if not view.others_known:
        problems.append(unknown_reference("An organization or person that the entry names", "body.event"))
    if body.evidence:
        problems += _evidence_problems(body.evidence)
    return problems + _provider_problems(view, entry) + _kind_problems(view, body, body.event)


def _claimed_problems(event: EconomicEvent) -> list[Problem]:
    """What a claim needs beyond an event: somebody who made it, and one amount."""
    if event.provider is None:
        return [Problem("contributions.whose", "Say whose contribution it is: the provider.", "body.event.provider")]
    if event.corrects is not None:
        problem = "A claim is adjusted, refused or withdrawn; what it did to a resource is corrected by an event."
        return [Problem("contributions.not_corrected", problem, "body.event.corrects")]
    effort, resource = event.effortQuantity, event.resourceQuantity
    if (effort is None and resource is None) or (event.action != "use" and effort is not None and resource is not None):
        return [Problem("flows.one_quantity", "Give either an effortQuantity or a resourceQuantity.", "body.event")]
    return []


def _batch_problems(view: LogView, batch: str) -> list[Problem]:
    if view.batch_author < 0:
        return [unknown_reference(f"The batch {batch}", "body.batch")]
    if view.batch_author != view.author:
        return [Problem("contributions.not_own_batch", "This import was begun by somebody else: only they add to it.", "body.batch")]
    return []


def _vouching_problems(view: LogView, body: e.Log) -> list[Problem]:
    """Voices of a history are told by whoever the charter trusts to import it, or else anybody could invent some for themselves."""
    if view.ground.lacks_imports or body.batch is None:
        problem = "What others said in a history is taken over by an import, by whom the charter gives the power to import."
        return [Problem("contributions.no_vouching", problem, "body.vouchedBy")]
    if len({vouched.agent for vouched in body.vouchedBy}) < len(body.vouchedBy):
        return [Problem("contributions.repeated", "Name each who vouched once.", "body.vouchedBy")]
    return []


def _evidence_problems(evidence: list[e.Evidence]) -> list[Problem]:
    problems = []
    for number, one in enumerate(evidence):
        pattern, right = EVIDENCE[one.type]
        if not pattern.fullmatch(one.value):
            problems.append(Problem("contributions.bad_evidence", f"{one.value[:80]!r} is not {right}.", f"body.evidence[{number}].value"))
    return problems


def _provider_problems(view: LogView, entry: Entry) -> list[Problem]:
    provider = entry.body.event.provider
    if provider == entry.author or provider.startswith("id:"):
        return []
    if view.provider is None:
        return [unknown_reference(provider, "body.event.provider")]
    if view.provider.type in ("Organization", "EcologicalAgent") or view.ground.is_steward:
        return []
    return [Problem("contributions.not_for_others", "Log your own contributions; a steward may log for another person.", "body.event.provider")]


def _kind_problems(view: LogView, body: e.Log, event: EconomicEvent) -> list[Problem]:
    kind = view.ground.kinds.get(body.kind)
    if kind is None:
        known = ", ".join(view.ground.kinds)
        return [Problem("contributions.unknown_kind", f"{body.kind!r} is no kind of the charter: {known}.", "body.kind")]
    problems = []
    if view.amount is None:
        quantity = event.quantity()
        assert quantity is not None
        problem = f"{body.kind} is counted in {kind.unit}, not in {quantity.hasUnit}."
        problems.append(Problem("contributions.bad_unit", problem, "body.event"))
    if event.action != kind.action:
        problems.append(Problem("contributions.bad_action", f"{body.kind} has the action {kind.action}.", "body.event.action"))
    if body.repayment == "until_repaid" and kind.value_minor is None:
        problem = f"Until repaid needs the worth of one {kind.unit} of {body.kind}, which the charter does not give."
        problems.append(Problem("contributions.no_value", problem, "body.repayment"))
    return problems


def batch(view: TargetView, entry: Entry) -> list[Problem]:
    """Any member who logs may import a sheet; histories speak for others, so they ask for a power of their own."""
    return list(view.lacks_power) + (list(view.lacks_imports) if entry.body.source != "csv" else [])


def attest(view: TargetView, entry: Entry) -> list[Problem]:
    """A verdict needs something open that is not the peer's own, and its reason."""
    body: e.Attest = entry.body
    problems = list(view.lacks_power) + _target_problems(view, body)
    if problems:
        return problems
    if body.verdict != "accept" and not body.reason.strip():
        problems.append(Problem("contributions.reason_needed", "Say why: a reason helps the contributor.", "body.reason"))
    if body.verdict == "adjust" and body.amount is None and body.kind is None:
        problems.append(Problem("contributions.adjust_what", "Give the amount or the kind that is right.", "body.amount"))
    if body.verdict != "adjust" and (body.amount is not None or body.kind is not None):
        problems.append(Problem("contributions.adjust_what", "Only adjust gives an amount or a kind.", "body.verdict"))
    if body.amount is not None and len(view.found) != 1:
        problems.append(Problem("contributions.adjust_one", "An amount is given for one contribution at a time.", "body.amount"))
    if not any(own_not_open(view, one) is None for one in view.found):
        problems.append(own_not_open(view, view.found[0]) or Problem("contributions.nothing_open", "Nothing here is open.", "body"))
    elif len(view.found) == 1 and body.kind is not None:
        problems += _adjusted_kind_problems(view, body.kind, view.found[0])
    elif body.contributions and (own := next((p for one in view.found if (p := own_not_open(view, one))), None)):
        problems.append(own)
    return problems


def own_not_open(view: TargetView, one: Contribution) -> Problem | None:
    """Why this peer may not judge this contribution now, or None."""
    if view.author in (one.provider, one.contributor):
        return Problem("contributions.own", "Peers validate each other's contributions, never their own.", "author")
    if one.state not in OPEN:
        return Problem("contributions.not_open", f"The contribution at {one.position} is {one.state}; it is not open.", "body")
    if one.position in view.not_drawn:
        return Problem("contributions.not_drawn", f"Others were drawn by lot to judge the contribution at {one.position}, or will be.", "author")
    return None


def _adjusted_kind_problems(view: TargetView, kind: str, one: Contribution) -> list[Problem]:
    adjusted = view.kinds.get(kind)
    if adjusted is None or adjusted.unit != one.unit:
        fitting = ", ".join(name for name, known in view.kinds.items() if known.unit == one.unit)
        return [Problem("contributions.unknown_kind", f"Kinds of the charter that are counted in {one.unit}: {fitting}.", "body.kind")]
    return []


def _target_problems(view: TargetView, body: e.Targets) -> list[Problem]:
    if sum((bool(body.contributions), body.batch is not None, body.fulfills is not None)) != 1:
        return [Problem("contributions.name_targets", "Name contributions, or a batch, or a commitment: one of the three.", "body")]
    if view.missing:
        return [unknown_reference(f"The contribution or batch {view.missing[0]}", "body.contributions")]
    if not view.found:
        return [Problem("contributions.nothing_open", "There is no contribution in it.", "body")]
    return _repeated(body.contributions)


def _repeated(ids: list[str]) -> list[Problem]:
    return [] if len(set(ids)) == len(ids) else [Problem("contributions.repeated", "Name each contribution once.", "body.contributions")]


def lapse(view: TargetView, entry: Entry) -> list[Problem]:
    """Lazy consensus, if the charter has it, for claims whose window has passed."""
    problems = _target_problems(view, entry.body)
    if problems:
        return problems
    if not view.validation.lazy_days:
        return [Problem("contributions.no_lazy_consensus", "The charter does not let claims become valid by time alone.", "kind")]
    if not any(lapses(one, view.validation, entry.time) for one in view.found):
        problem = f"No claim here has been open for {view.validation.lazy_days} days."
        return [Problem("contributions.window_open", problem, "body")]
    return []


def lapses(one: Contribution, validation: Validation, time: int) -> bool:
    """Whether the window of a claim has passed (objections are looked at by the fold)."""
    return one.state == "claimed" and time - one.logged >= validation.lazy_days * 86_400


def appeal(view: TargetView, entry: Entry) -> list[Problem]:
    problems = _own_problems(view)
    if problems:
        return problems
    one = view.found[0]
    reduced = one.state == "validated" and (one.counted < one.claimed or one.counted_kind != one.kind)
    if one.state != "refused" and not reduced:
        return [Problem("contributions.nothing_to_appeal", "One appeals what was refused or reduced.", "body.contribution")]
    if one.round > 0:
        return [Problem("contributions.appealed_already", "A contribution can be appealed once.", "body.contribution")]
    return []


def withdraw(view: TargetView, entry: Entry) -> list[Problem]:
    problems = _own_problems(view)
    if not problems and view.found[0].state not in OPEN:
        return [Problem("contributions.not_open", "Only a claim that is still open can be withdrawn.", "body.contribution")]
    return problems


def choose(view: TargetView, entry: Entry) -> list[Problem]:
    problems = _own_problems(view) + _repeated(entry.body.contributions) if entry.body.contributions else []
    chosen = entry.body.repayment
    late = [one for one in view.found if one.repayment != chosen and not may_choose(one.repayment, chosen, shared=one.first_shared is not None)]
    if late:
        allowed = " or ".join(NARROWER[late[0].repayment]) or "nothing else"
        problem = f"Contribution {late[0].position} has been shared for already: from {late[0].repayment} it can only become {allowed}."
        problems.append(Problem("contributions.chosen_late", problem, "body.repayment"))
    if problems or chosen != "until_repaid":
        return problems
    worth = {name for name, kind in view.kinds.items() if kind.value_minor is not None}
    without = sorted({one.counted_kind for one in view.found} - worth)
    if without:
        return [Problem("contributions.no_value", f"The charter gives no worth to {', '.join(without)}.", "body.repayment")]
    return []


def may_choose(now: str, then: str, *, shared: bool) -> bool:
    """Whether a choice can become another: freely until a distribution has counted the contribution, only narrower after it."""
    return not shared or then in NARROWER[now]


def _own_problems(view: TargetView) -> list[Problem]:
    if view.missing:
        return [unknown_reference(f"The contribution {view.missing[0]}", "body.contribution")]
    if any(view.author not in (one.provider, one.contributor) and (one.personal or view.author != one.logger) for one in view.found):
        problem = "Only the contributor may say this; who logged it may, as long as it is an organization's, or nobody has claimed it."
        return [Problem("contributions.not_own", problem, "author")]
    return []
