"""What entries about money change in the tables."""

from __future__ import annotations

import hashlib

import numpy as np

from ..commons.queries import find_agent
from ..flows.store import find_record
from ..governance.store import options_of, proposal_by_id
from ..journal.canonical import canonical
from ..journal.kinds import Entry, unix_time
from ..measure import parse_money
from ..store.transaction import Transaction
from . import entries as e
from .compute import Computed
from .policy import GRANTED
from .queries import distribution_by_id, income_by_id, member_number


def income(transaction: Transaction, entry: Entry) -> None:
    body: e.Income = entry.body
    giver = find_agent(transaction, entry.commons, body.giver)
    assert giver is not None
    amount = parse_money(body.amount, body.currency)
    at = unix_time(body.hasPointInTime)
    product = None if body.resource is None else find_record(transaction, entry.commons, "EconomicResource", body.resource)
    resource = None if product is None else product.number
    transaction.insert(
        "income", entry.commons, entry.position, body.fund, amount, body.currency, body.source, giver.number, at, body.note, None, resource
    )


def reversal(transaction: Transaction, entry: Entry) -> None:
    """The income again, with its amount below zero: sums, balances and books follow without knowing of it."""
    found = income_by_id(transaction, entry.commons, entry.body.income)
    assert found is not None
    columns = (found["fund"], -found["amount"], found["currency"], found["source"], found["from_agent"], found["at"], entry.body.reason)
    transaction.insert("income", entry.commons, entry.position, *columns, found["position"], found["resource"])


def distribution(transaction: Transaction, entry: Entry) -> None:
    """Write what the distribution comes to, as the rule has just computed it."""
    body: e.Distribution = entry.body
    amount = parse_money(body.amount, body.currency)
    computed: Computed = transaction.cache.pop(("computed", entry.commons, entry.position, entry.time, body.fund, amount))
    commons, outcome = entry.commons, computed.outcome
    number = int(transaction.value("SELECT COUNT(*) FROM distribution WHERE commons = ?", (commons,))) + 1
    transaction.insert(
        "distribution", commons, number, entry.position, body.fund, body.currency, outcome.amount, outcome.given, outcome.kept,
        entry.time, body.charter, body.inputs, body.result, body.shares, 0,
    )  # fmt: skip
    index = 0
    for place, step in enumerate(outcome.steps):
        given = [amount for _, amount in step.given]
        transaction.insert(
            "step_taken", commons, number, place, step.step.id, step.taken, str(step.all_points()), step.remark, sum(given), len(given)
        )  # fmt: skip
        for agent, amount, points, detail in step.explained():
            transaction.insert("share", commons, number, index, step.step.id, agent, amount, str(points), detail)
            index += 1
    _repay(transaction, commons, computed)


def grant(transaction: Transaction, entry: Entry) -> None:
    """A distribution whose shares were decided one by one: a step for each project, so that each share leads back to it."""
    body: e.Grant = entry.body
    commons = entry.commons
    decided = proposal_by_id(transaction, commons, body.proposal)
    assert decided is not None
    titles = {one.option.id: one.option.title for one in options_of(transaction, commons, decided.number)}
    number = int(transaction.value("SELECT COUNT(*) FROM distribution WHERE commons = ?", (commons,))) + 1
    amounts = [parse_money(line.amount, body.currency) for line in body.grants]
    charter = int(transaction.value("SELECT MAX(position) FROM charter WHERE commons = ?", (commons,)))
    result = hashlib.sha256(canonical(body.grants)).hexdigest()
    total, count = sum(amounts), len(amounts)
    transaction.insert(
        "distribution",
        commons,
        number,
        entry.position,
        body.fund,
        body.currency,
        total,
        total,
        0,
        entry.time,
        charter,
        body.proposal,
        result,
        count,
        count,
    )
    for place, (line, amount) in enumerate(zip(body.grants, amounts, strict=True)):
        agent = find_agent(transaction, commons, line.agent)
        assert agent is not None
        step, remark = f"{GRANTED}{line.option}", f"Decision {decided.number}: {titles.get(line.option, decided.title)}"
        transaction.insert("step_taken", commons, number, place, step, amount, "0", remark, amount, 1)
        transaction.insert("share", commons, number, place, step, agent.number, amount, "0", "")


def _repay(transaction: Transaction, commons: str, computed: Computed) -> None:
    """Remember what went to contributions that end when they are repaid, or after one time.

    What shares once has had its time when its peer got something for all of it, also where rounding left nothing to this
    piece: or else entering a contribution in pieces would let those that got nothing share again.
    """
    sql = "SELECT position, repayment FROM contribution WHERE commons = ? AND repayment IN ('until_repaid', 'once')"
    ending: dict[int, str] = dict(transaction.rows(sql, (commons,)))
    if not ending:
        return
    paid: dict[int, int] = {}
    for step in computed.outcome.steps:
        points, positions = step.points, np.array(list(ending))
        shared = np.isin(points.positions, positions) & np.isin(points.agents, [agent for agent, _ in step.given]) & (points.reviews == 0)
        for position, amount in zip(points.positions[shared].tolist(), step.amounts[shared].tolist(), strict=True):
            if amount or ending[position] == "once":
                paid[position] = paid.get(position, 0) + int(amount)
    known = {row[0] for row in transaction.rows("SELECT contribution FROM repaid WHERE commons = ?", (commons,))}
    for position in sorted(paid):
        if position in known:
            transaction.update("UPDATE repaid SET amount = amount + ? WHERE commons = ? AND contribution = ?", (paid[position], commons, position))
        else:
            transaction.insert("repaid", commons, position, paid[position])


def shares(transaction: Transaction, entry: Entry) -> None:
    body: e.Shares = entry.body
    found = distribution_by_id(transaction, entry.commons, body.distribution)
    assert found is not None
    sql = "UPDATE distribution SET published = published + ? WHERE commons = ? AND number = ?"
    transaction.execute(sql, (len(body.shares), entry.commons, found.number))


def payout(transaction: Transaction, entry: Entry) -> None:
    """What was paid to each, at the time at which its author says so."""
    body: e.Payout = entry.body
    found = distribution_by_id(transaction, entry.commons, body.distribution)
    assert found is not None
    for payment in body.payments:
        agent = member_number(transaction, entry.commons, payment.agent)
        amount = parse_money(payment.amount, body.currency)
        columns = (found.number, agent, amount, body.currency, body.reference, entry.created)
        transaction.insert("payout", entry.commons, entry.position, *columns)
