"""The kinds of entries about contributions."""

from __future__ import annotations

from collections.abc import Callable

from ..commons.charter import Powers
from ..commons.queries import charter_section, commons_section, find_agent, has_role, lacks_power
from ..journal.kinds import Entry, Kind
from ..problems import Problem
from ..store.transaction import Transaction
from . import entries as e
from . import fold, rules
from .charter import Validation, kinds_in_force
from .queries import find_targets, position_of
from .rules import Contribution, LogView, TargetView


def _load_log(transaction: Transaction, entry: Entry) -> LogView:
    body: e.Log = entry.body
    commons = entry.commons
    author = find_agent(transaction, commons, entry.author)
    role = charter_section(transaction, commons, "powers", Powers).claims
    named = [body.event.receiver, *(vouched.agent for vouched in body.vouchedBy)]
    return LogView(
        tuple(_lacks(transaction, entry, "log")),
        commons_section(transaction, commons),
        kinds_in_force(transaction, commons),
        author,
        find_agent(transaction, commons, body.event.provider),
        has_role(transaction, commons, author, role),
        body.batch is None or _batch_known(transaction, commons, body.batch),
        all(id_ is None or id_.startswith("id:") or find_agent(transaction, commons, id_) is not None for id_ in named),
    )


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


def _lacks(transaction: Transaction, entry: Entry, power: str) -> list[Problem]:
    key = ("power", entry.commons, entry.author, power)
    if key not in transaction.cache:
        transaction.cache[key] = lacks_power(transaction, entry.commons, entry.author, power)
    found: list[Problem] = transaction.cache[key]
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
            tuple(_lacks(transaction, entry, power)) if power else (),
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
