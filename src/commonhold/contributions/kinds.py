"""The kinds of entries about contributions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..commons.charter import Powers
from ..commons.queries import charter_section, commons_section, find_agent, has_role, lacks_power
from ..flows.references import names_more
from ..flows.views import EventLoader, EventView
from ..journal.kinds import Entry, Kind
from ..store.transaction import Transaction
from . import entries as e
from . import fold, rules
from .charter import Validation, kinds_in_force
from .queries import claimed_amount, find_targets, position_of
from .rules import Contribution, LogGround, LogView, TargetView


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
            tuple(lacks_power(transaction, entry.commons, entry.author, power)) if power else (),
            tuple(lacks_power(transaction, entry.commons, entry.author, "imports")),
            charter_section(transaction, entry.commons, "validation", Validation),
            kinds_in_force(transaction, entry.commons),
            -1 if author is None else author.number,
            found,
            missing,
        )

    return load


def kinds() -> list[Kind]:
    """The kinds of this package."""
    return [
        Kind("contributions.log", e.Log, _load_log, rules.log, fold.log),
        Kind("contributions.batch", e.Batch, _load("log"), rules.batch, fold.batch),
        Kind("contributions.attest", e.Attest, _load("validate"), rules.attest, fold.attest),
        Kind("contributions.lapse", e.Lapse, _load(), rules.lapse, fold.lapse),
        Kind("contributions.appeal", e.Appeal, _load(), rules.appeal, fold.appeal),
        Kind("contributions.withdraw", e.Withdraw, _load(), rules.withdraw, fold.withdraw),
        Kind("contributions.choose", e.Choose, _load(), rules.choose, fold.choose),
    ]
