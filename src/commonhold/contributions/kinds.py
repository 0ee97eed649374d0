"""The kinds of entries about contributions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..commons.charter import Powers
from ..commons.queries import Agent, charter_section, commons_section, find_agent, has_role, lacks_power, node_key, suspended
from ..flows.references import names_more
from ..flows.views import EventLoader, EventView
from ..journal.kinds import Entry, Kind
from ..problems import Problem
from ..store.transaction import Transaction
from . import entries as e
from . import fold, panel_rules, rules
from .charter import Validation, kinds_in_force
from .panels import draws_so_far, is_exempt, may_judge, seats, vacant
from .queries import claimed_amount, find_targets, position_of
from .rules import OPEN, Contribution, Drawn, LogGround, LogView, TargetView


def _load_log(transaction: Transaction, entry: Entry) -> LogView:
    body: e.Log = entry.body
    commons, event = entry.commons, body.event
    ground = _log_ground(transaction, entry)
    amount = claimed_amount(transaction, commons, body, ground.kinds)
    named_more = names_more(event) or body.newInventoriedResource is not None or body.id is not None
    transaction.cache["claimed", commons] = (entry.position, amount, named_more)
    receiver = event.receiver
    return LogView(
        ground,
        None if event.provider in (None, entry.author) else find_agent(transaction, commons, event.provider),
        -1 if body.batch is None else _batch_author(transaction, commons, body.batch),
        _log_author(transaction, entry),
        receiver is None or receiver.startswith("id:") or find_agent(transaction, commons, receiver) is not None,
        amount,
        _event_view(transaction, entry) if named_more else None,
    )


def _event_view(transaction: Transaction, entry: Entry) -> EventView:
    """What is there for an event that names more than a process. Whose contribution it is, the rule for claims judges."""
    body: e.Log = entry.body
    view = EventLoader(transaction, entry, body.event, body.newInventoriedResource, body.id, implicit=True).load("")
    return replace(view, others=False)


def _log_ground(transaction: Transaction, entry: Entry) -> LogGround:
    """What all claims of one author have in common. Kept in the transaction's cache."""
    key = ("log", entry.commons, entry.author)
    if key not in transaction.cache:
        author = find_agent(transaction, entry.commons, entry.author)
        role = charter_section(transaction, entry.commons, "powers", Powers).claims
        transaction.cache[key] = LogGround(
            tuple(lacks_power(transaction, entry.commons, entry.author, "log")),
            tuple(lacks_power(transaction, entry.commons, entry.author, "imports")),
            frozenset(commons_section(transaction, entry.commons).domains),
            kinds_in_force(transaction, entry.commons),
            has_role(transaction, entry.commons, author, role),
        )
    ground: LogGround = transaction.cache[key]
    return ground


def _log_author(transaction: Transaction, entry: Entry) -> int:
    author = find_agent(transaction, entry.commons, entry.author)
    return -1 if author is None else author.number


def _batch_author(transaction: Transaction, commons: str, batch: str) -> int:
    """Who opened a batch, or -1 if it is not here."""
    key = ("batch author", commons, batch)
    if key not in transaction.cache:
        position = position_of(transaction, commons, batch)
        author = None if position is None else transaction.value("SELECT author FROM batch WHERE commons = ? AND position = ?", (commons, position))
        if author is None:
            return -1
        transaction.cache["batch", commons, batch] = position
        transaction.cache[key] = author
    found: int = transaction.cache[key]
    return found


def _may(transaction: Transaction, entry: Entry, author: Agent | None, power: str) -> tuple[Problem, ...]:
    """Why the author may not do this, or nothing."""
    if not power:
        return ()
    rests = suspended(transaction, entry.commons, author, entry.time) if power == "validate" else []
    return (*rests, *lacks_power(transaction, entry.commons, entry.author, power))


def _load(power: str = "") -> Callable[[Transaction, Entry], TargetView]:
    def load(transaction: Transaction, entry: Entry) -> TargetView:
        body = entry.body
        author = find_agent(transaction, entry.commons, entry.author)
        found: list[Contribution] = []
        missing: list[str] = []
        if isinstance(body, e.Targets):
            found, missing = find_targets(transaction, entry.commons, body)
        elif isinstance(body, e.Appeal | e.Withdraw):
            found, missing = find_targets(transaction, entry.commons, e.Targets(contributions=[body.contribution]))
        elif isinstance(body, e.Choose):
            found, missing = find_targets(transaction, entry.commons, e.Targets(contributions=body.contributions))
        return TargetView(
            _may(transaction, entry, author, power),
            tuple(lacks_power(transaction, entry.commons, entry.author, "imports")),
            charter_section(transaction, entry.commons, "validation", Validation),
            kinds_in_force(transaction, entry.commons),
            -1 if author is None else author.number,
            found,
            missing,
            not_drawn=_not_drawn(transaction, entry, found, author) if isinstance(body, e.Attest) else frozenset(),
        )

    return load


def _not_drawn(transaction: Transaction, entry: Entry, found: list[Contribution], author: Agent | None) -> frozenset[int]:
    """The claims among those named that others than the author were drawn to judge."""
    if author is None or not charter_section(transaction, entry.commons, "validation", Validation).reviewers:
        return frozenset()
    return frozenset(one.position for one in found if one.state in OPEN and not may_judge(transaction, entry.commons, one, author.number))


def _load_draw(transaction: Transaction, entry: Entry) -> TargetView:
    commons, body = entry.commons, entry.body
    view = _load()(transaction, entry)
    draws = []
    for said in body.draws:
        found, _ = find_targets(transaction, commons, e.Targets(contributions=[said.contribution]))
        if not found:
            draws.append(Drawn(None, 0, 0, exempt=False))
            continue
        lacks, _ = vacant(transaction, commons, found[0], view.validation, entry.time)
        exempt = is_exempt(transaction, commons, found[0].position)
        draws.append(Drawn(found[0], draws_so_far(transaction, commons, found[0].position), lacks, exempt))
    origin = str(transaction.value("SELECT origin FROM journal_head WHERE commons = ?", (commons,)))
    return replace(view, draws=tuple(draws), node=node_key(transaction, commons), origin=origin)


def _load_word(power: str) -> Callable[[Transaction, Entry], TargetView]:
    """Of one contribution: declining to judge it, or contesting it."""

    def load(transaction: Transaction, entry: Entry) -> TargetView:
        view = _load(power)(transaction, entry)
        found, missing = find_targets(transaction, entry.commons, e.Targets(contributions=[entry.body.contribution]))
        drawn = bool(found) and any(seat.agent == view.author and seat.state == "asked" for seat in seats(transaction, entry.commons, found[0]))
        return replace(view, found=found, missing=missing, seated=drawn)

    return load


def kinds() -> list[Kind]:
    """The kinds of this package."""
    return [
        Kind("contributions.log", e.Log, _load_log, rules.log, fold.log),
        Kind("contributions.batch", e.Batch, _load("log"), rules.batch, fold.batch),
        Kind("contributions.attest", e.Attest, _load("validate"), rules.attest, fold.attest),
        Kind("contributions.lapse", e.Lapse, _load(), rules.lapse, fold.lapse),
        Kind("contributions.draw", e.Draw, _load_draw, panel_rules.draw, fold.draw),
        Kind("contributions.decline", e.Decline, _load_word(""), panel_rules.decline, fold.decline),
        Kind("contributions.contest", e.Contest, _load_word("validate"), panel_rules.contest, fold.appeal),
        Kind("contributions.appeal", e.Appeal, _load(), rules.appeal, fold.appeal),
        Kind("contributions.withdraw", e.Withdraw, _load(), rules.withdraw, fold.withdraw),
        Kind("contributions.choose", e.Choose, _load(), rules.choose, fold.choose),
    ]
