"""The kinds of entries about contributions."""

from __future__ import annotations

from collections.abc import Callable

from ..commons.charter import Powers
from ..commons.queries import charter_section, commons_section, find_agent, has_role, lacks_power
from ..journal.kinds import Entry, Kind
from ..store.transaction import Transaction
from . import entries as e
from . import fold, rules
from .charter import Validation, kinds_in_force
from .queries import find_targets, last_shared, position_of
from .rules import Contribution, LogGround, LogView, TargetView


def _load_log(transaction: Transaction, entry: Entry) -> LogView:
    body: e.Log = entry.body
    commons, event = entry.commons, body.event
    named = [event.receiver] if event.receiver else []
    named += [vouched.agent for vouched in body.vouchedBy if not vouched.agent.startswith("id:")]
    return LogView(
        _log_ground(transaction, entry),
        None if event.provider == entry.author else find_agent(transaction, commons, event.provider),
        body.batch is None or _batch_known(transaction, commons, body.batch),
        not named or all(id_.startswith("id:") or find_agent(transaction, commons, id_) is not None for id_ in named),
    )


def _log_ground(transaction: Transaction, entry: Entry) -> LogGround:
    """What all claims of one author have in common. Kept in the transaction's cache."""
    key = ("log", entry.commons, entry.author)
    if key not in transaction.cache:
        author = find_agent(transaction, entry.commons, entry.author)
        role = charter_section(transaction, entry.commons, "powers", Powers).claims
        transaction.cache[key] = LogGround(
            tuple(lacks_power(transaction, entry.commons, entry.author, "log")),
            frozenset(commons_section(transaction, entry.commons).domains),
            kinds_in_force(transaction, entry.commons),
            has_role(transaction, entry.commons, author, role),
        )
    ground: LogGround = transaction.cache[key]
    return ground


def _batch_known(transaction: Transaction, commons: str, batch: str) -> bool:
    key = ("batch", commons, batch)
    if key in transaction.cache:
        return True
    position = position_of(transaction, commons, batch)
    sql = "SELECT COUNT(*) FROM batch WHERE commons = ? AND position = ?"
    if position is None or not transaction.value(sql, (commons, position)):
        return False
    transaction.cache[key] = position
    return True


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
            charter_section(transaction, entry.commons, "validation", Validation),
            kinds_in_force(transaction, entry.commons),
            -1 if author is None else author.number,
            found,
            missing,
            last_shared(transaction, entry.commons) if isinstance(body, e.Choose) else -1,
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
