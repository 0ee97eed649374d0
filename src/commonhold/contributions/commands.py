"""Use cases around contributions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec

from ..commons.people import find_by_name
from ..commons.queries import charter_section, commons_section
from ..flows.units import EFFORT_UNITS
from ..flows.vocabulary import EconomicEvent, Measure
from ..journal.commands import Act, Command, landed
from ..journal.keys import base58
from ..journal.kinds import time_text
from ..problems import bad_input, refuse
from ..store.transaction import Transaction
from . import entries as e
from .charter import Imports, Validation, kinds_in_force
from .panel_rules import draw_message
from .panels import drawn_panel, draws_so_far, is_exempt, vacant
from .queries import find_targets, position_of, resolve_id
from .rules import OPEN


class LogParams(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A contribution.

    Attributes:
        kind: A kind of the charter. amount: Decimal, in the kind's unit. domain: May be left out if the charter has one.
        by: The contributor: id or name; by default the author. at: When, `2026-11-23T08:30:00Z`; now by default.
        to: Receiver: an agent. process: What the work went into. fulfills: A commitment.
        repayment: while_it_lasts, until_repaid, once or never; by default what the charter says of imports.
    """

    kind: str
    amount: str
    domain: str = ""
    by: str = ""
    at: str = ""
    to: str = ""
    process: str = ""
    fulfills: str = ""
    note: str = ""
    evidence: list[e.Evidence] = []
    repayment: str = ""
    batch: str = ""


def log_body(transaction: Transaction, commons: str, author: str, now: int, params: LogParams, *, public_only: bool = False) -> e.Log:
    """The entry that a contribution comes to. public_only: Whether agents can be named only as everybody may see them.

    Raises:
        BadInput: `contributions.unknown_kind`, `contributions.which_domain`, `contributions.bad_repayment`.
    """
    kinds = kinds_in_force(transaction, commons)
    kind = kinds.get(params.kind)
    if kind is None:
        raise bad_input("contributions.unknown_kind", f"{params.kind!r} is no kind of the charter: {', '.join(kinds)}.", "kind")
    domains = commons_section(transaction, commons).domains
    if not params.domain and len(domains) > 1:
        raise bad_input("contributions.which_domain", f"Name the domain: {', '.join(domains)}.", "domain")
    choice = params.repayment or charter_section(transaction, commons, "imports", Imports).repayment
    measure = Measure(hasNumericalValue=params.amount, hasUnit=kind.unit)
    called = partial(find_by_name, transaction, commons, public_only=public_only)
    is_effort = kind.unit in EFFORT_UNITS
    event = EconomicEvent(
        action=kind.action,  # type: ignore[arg-type]
        provider=author if not params.by else params.by if params.by.startswith("id:") else called(params.by),
        receiver=called(params.to) if params.to else None,
        hasPointInTime=params.at or time_text(now),
        effortQuantity=measure if is_effort else None,
        resourceQuantity=None if is_effort else measure,
        inputOf=params.process or None if kind.action in ("work", "use", "consume", "cite") else None,
        outputOf=params.process or None if kind.action not in ("work", "use", "consume", "cite") else None,
        fulfills=[params.fulfills] if params.fulfills else [],
        note=params.note or None,
    )
    return e.Log(
        event=event, kind=params.kind, domain=params.domain or domains[0], evidence=params.evidence, repayment=choice,  # type: ignore[arg-type]
        batch=params.batch or None,
    )  # fmt: skip


def log(act: Act, params: LogParams) -> dict[str, Any]:
    body = log_body(act.transaction, act.commons, act.author, act.writer.now, params, public_only=act.public_only)
    entry = act.say("contributions.log", body)
    validation = charter_section(act.transaction, act.commons, "validation", Validation)
    if validation.reviewers and not body.batch:
        draw_reviewers(act, [entry.position])
    return landed(entry)


class AttestParams(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A verdict on some contributions (numbers, ids, or beginnings of ids), on a batch, or on what fulfils a commitment.

    Attributes:
        verdict: accept, adjust or refuse. amount, kind: What is right, with adjust. reason: Needed unless it is accept.
    """

    verdict: str
    contributions: list[str] = []
    batch: str = ""
    fulfills: str = ""
    amount: str = ""
    kind: str = ""
    reason: str = ""


def attest(act: Act, params: AttestParams) -> dict[str, Any]:
    ids = [resolve_id(act.transaction, act.commons, text) for text in params.contributions]
    said = {"verdict": params.verdict, "amount": params.amount or None, "kind": params.kind or None, "reason": params.reason}
    targets = {
        "batch": resolve_id(act.transaction, act.commons, params.batch) if params.batch else None,
        "fulfills": params.fulfills or None,
    }
    if len(ids) <= e.TARGETS_MAX:
        return landed(act.say("contributions.attest", e.Attest(contributions=ids, **targets, **said)))  # type: ignore[arg-type]
    chunks = [ids[at : at + e.TARGETS_MAX] for at in range(0, len(ids), e.TARGETS_MAX)]
    entries = [act.say("contributions.attest", e.Attest(contributions=chunk, **said), number) for number, chunk in enumerate(chunks)]  # type: ignore[arg-type]
    return {"entries": [landed(entry) for entry in entries]}


class LapseParams(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Lazy consensus: nothing to say; all claims whose window has passed become valid."""


def lapse(act: Act, params: LapseParams) -> dict[str, Any]:
    days = charter_section(act.transaction, act.commons, "validation", Validation).lazy_days
    if not days:
        raise refuse("contributions.no_lazy_consensus", "The charter does not let claims become valid by time alone.")
    act.writer.tick()
    time = max(act.writer.head.time, act.writer.now)
    rows = act.transaction.rows(
        "SELECT j.leaf FROM contribution c JOIN journal_entry j ON j.commons = c.commons AND j.position = c.position"
        " WHERE c.commons = ? AND c.state = 'claimed' AND c.logged <= ? AND NOT EXISTS (SELECT 1 FROM attestation t WHERE"
        " t.commons = c.commons AND t.position = c.position AND t.round = c.round AND t.verdict <> 'accept') ORDER BY c.position",
        (act.commons, time - days * 86_400),
    )
    ids = [bytes(row[0]).hex() for row in rows]
    entries = [
        landed(act.say("contributions.lapse", e.Lapse(contributions=ids[at : at + e.TARGETS_MAX]), at)) for at in range(0, len(ids), e.TARGETS_MAX)
    ]
    return {"validated": len(ids), "entries": entries}


def draw_reviewers(act: Act, positions: Sequence[int]) -> list[dict[str, Any]]:
    """Let the node draw reviewers for those of some claims that lack any, and for whom there is anybody."""
    transaction, commons = act.transaction, act.commons
    validation = charter_section(transaction, commons, "validation", Validation)
    now = max(act.writer.head.time, act.writer.now)
    draws = []
    for one in find_targets(transaction, commons, positions)[0]:
        if one.state not in OPEN or not vacant(transaction, commons, one, validation, now)[0] or is_exempt(transaction, commons, one.position):
            continue
        leaf = transaction.value("SELECT leaf FROM journal_entry WHERE commons = ? AND position = ?", (commons, one.position))
        number = draws_so_far(transaction, commons, one.position) + 1
        proof = base58(act.writer.node.sign(draw_message(act.writer.head.origin, bytes(leaf).hex(), number)))
        if drawn_panel(transaction, commons, one, proof, now).chosen:
            draws.append(e.Drawing(contribution=bytes(leaf).hex(), number=number, proof=proof))
    return [
        landed(
            act.writer.says(
                "contributions.draw", e.Draw(draws=draws[at : at + e.DRAWS_PER_ENTRY]), f"draw-{draws[at].contribution}-{draws[at].number}"
            )
        )
        for at in range(0, len(draws), e.DRAWS_PER_ENTRY)
    ]


class DrawParams(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Nothing to say: reviewers are drawn wherever they lack, or are silent and over their time."""


def draw(act: Act, params: DrawParams) -> dict[str, Any]:
    """Draw reviewers for all open claims that lack some."""
    if not charter_section(act.transaction, act.commons, "validation", Validation).reviewers:
        raise refuse("contributions.no_draw", "The charter draws no reviewers: anybody who may validate does.")
    act.writer.tick()
    rows = act.transaction.rows(
        "SELECT position FROM contribution WHERE commons = ? AND state IN ('claimed', 'appealed') ORDER BY position", (act.commons,)
    )
    entries = draw_reviewers(act, [row[0] for row in rows])
    return {"entries": entries}


class OneParams(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One contribution (number, id, or beginning of an id), and the reason."""

    contribution: str
    reason: str = ""


def appeal(act: Act, params: OneParams) -> dict[str, Any]:
    id_ = resolve_id(act.transaction, act.commons, params.contribution)
    return _again(act, landed(act.say("contributions.appeal", e.Appeal(contribution=id_, reason=params.reason))), id_)


def decline(act: Act, params: OneParams) -> dict[str, Any]:
    id_ = resolve_id(act.transaction, act.commons, params.contribution)
    entry = act.say("contributions.decline", e.Decline(contribution=id_, reason=params.reason))
    position = position_of(act.transaction, act.commons, id_)
    assert position is not None
    draw_reviewers(act, [position])
    return landed(entry)


def contest(act: Act, params: OneParams) -> dict[str, Any]:
    id_ = resolve_id(act.transaction, act.commons, params.contribution)
    return _again(act, landed(act.say("contributions.contest", e.Contest(contribution=id_, reason=params.reason))), id_)


def _again(act: Act, done: dict[str, Any], id_: str) -> dict[str, Any]:
    """A new round has new reviewers, where the charter draws them."""
    if charter_section(act.transaction, act.commons, "validation", Validation).reviewers:
        position = position_of(act.transaction, act.commons, id_)
        draw_reviewers(act, [] if position is None else [position])
    return done


def withdraw(act: Act, params: OneParams) -> dict[str, Any]:
    id_ = resolve_id(act.transaction, act.commons, params.contribution)
    return landed(act.say("contributions.withdraw", e.Withdraw(contribution=id_, reason=params.reason)))


class ChooseParams(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A choice about repayment, for some of the own contributions or, if none is named, for all so far."""

    repayment: str
    contributions: list[str] = []


def choose(act: Act, params: ChooseParams) -> dict[str, Any]:
    ids = [resolve_id(act.transaction, act.commons, text) for text in params.contributions]
    return landed(act.say("contributions.choose", e.Choose(repayment=params.repayment, contributions=ids)))  # type: ignore[arg-type]


COMMANDS = (
    Command("contribution.log", "Log a contribution: a claim, until peers validate it.", LogParams, log),
    Command("contribution.attest", "Accept, adjust or refuse what peers logged.", AttestParams, attest),
    Command("contribution.lapse", "Let claims become valid whose window has passed without objection.", LapseParams, lapse),
    Command("contribution.draw", "Draw reviewers by lot wherever they lack, or are silent and over their time.", DrawParams, draw),
    Command("contribution.decline", "Say that you do not judge a claim that you were drawn for.", OneParams, decline),
    Command("contribution.contest", "Object to what was validated, in the time that the charter gives.", OneParams, contest),
    Command("contribution.appeal", "Ask for another round about what was refused or reduced.", OneParams, appeal),
    Command("contribution.withdraw", "Take back a claim that is still open.", OneParams, withdraw),
    Command("contribution.choose", "Choose whether and how long your contributions share.", ChooseParams, choose),
)
