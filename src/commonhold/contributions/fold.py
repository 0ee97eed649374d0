"""What entries about contributions change in the tables."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from ..commons.fold import agent_number
from ..commons.queries import charter_section, find_agent
from ..flows.fold import record
from ..flows.times import happened, seconds
from ..journal.kinds import Entry
from ..measure import parse_quantity
from ..store.transaction import Transaction
from . import entries as e
from .charter import Validation, kinds_in_force
from .decision import Decision, Verdict, decide
from .panels import drawn_panel, may_judge
from .queries import find_targets
from .rules import NARROWER, OPEN, Contribution, lapses
from .tallying import Tallied, became, contributed, tally

_THEIRS = "SELECT number FROM agent WHERE commons = ? AND (number = ? OR claimed_by = ?)"
"""A member and the identities that they claimed."""


def log(transaction: Transaction, entry: Entry) -> None:
    body: e.Log = entry.body
    commons, position = entry.commons, entry.position
    computed, amount, named_more = transaction.cache["claimed", commons]
    provider = record(transaction, entry, body.event, body.newInventoriedResource, body.id, implicit=True, named_more=named_more)
    logger = find_agent(transaction, commons, entry.author)
    assert logger is not None
    unit = kinds_in_force(transaction, commons)[body.kind].unit
    at = happened(body.event)
    assert provider is not None and at is not None
    assert computed == position and amount is not None, "the rule has just computed it"
    decision = _from_history(transaction, entry, amount) if body.vouchedBy else None
    state, counted = ("claimed", 0) if decision is None else (decision.state, decision.amount)
    transaction.insert(
        "contribution", commons, position, provider, logger.number, body.kind, body.domain,
        body.event.inputOf or body.event.outputOf, unit, seconds(at), entry.time, amount, state, 0, counted, body.kind,
        None if decision is None else entry.time, body.repayment, _batch_position(transaction, commons, body.batch),
        None,
    )  # fmt: skip
    assert body.event.provider is not None
    if ("contributor", commons, provider) not in transaction.cache:
        contributed(transaction, commons, _person(transaction, commons, body.event.provider))
        transaction.cache["contributor", commons, provider] = True
    tally(transaction, commons, Tallied(provider, body.domain, body.kind, unit, state, seconds(at), entry.time, counted))


def _from_history(transaction: Transaction, entry: Entry, amount: int) -> Decision | None:
    """What those who vouched in the history itself decide, as far as the charter lets them: each person once, and never the author."""
    body: e.Log = entry.body
    validation = charter_section(transaction, entry.commons, "validation", Validation)
    assert body.event.provider is not None
    heard = {_person(transaction, entry.commons, body.event.provider)}
    verdicts = []
    for vouched in body.vouchedBy:
        attester = agent_number(transaction, entry.commons, vouched.agent, entry.time)
        person = _person(transaction, entry.commons, vouched.agent)
        if vouched.how in validation.history and person not in heard:
            heard.add(person)
            verdicts.append(Verdict(person, "accept", amount, body.kind))
            columns = (entry.position, 0, attester, vouched.how, "accept", amount, body.kind, entry.position)
            transaction.insert("attestation", entry.commons, *columns)
    return decide(verdicts, validation.quorum) if verdicts else None


def _person(transaction: Transaction, commons: str, id_: str) -> int:
    """The number of the member behind an id, as far as claims tell; its own, if there is none."""
    agent = find_agent(transaction, commons, id_)
    assert agent is not None
    return agent.number if agent.claimed_by is None else agent.claimed_by


def _batch_position(transaction: Transaction, commons: str, batch: str | None) -> int | None:
    if batch is None:
        return None
    key = ("batch", commons, batch)
    if key not in transaction.cache:
        sql = "SELECT position FROM journal_entry WHERE commons = ? AND leaf = ?"
        transaction.cache[key] = transaction.value(sql, (commons, bytes.fromhex(batch)))
    position: int = transaction.cache[key]
    return position


def batch(transaction: Transaction, entry: Entry) -> None:
    body: e.Batch = entry.body
    author = find_agent(transaction, entry.commons, entry.author)
    assert author is not None
    transaction.insert("batch", entry.commons, entry.position, author.number, body.source, body.label, body.head, entry.time)
    transaction.cache["batch", entry.commons, entry.id] = entry.position
    transaction.cache["batch author", entry.commons, entry.id] = author.number


def attest(transaction: Transaction, entry: Entry) -> None:
    body: e.Attest = entry.body
    author = find_agent(transaction, entry.commons, entry.author)
    assert author is not None
    found, _ = find_targets(transaction, entry.commons, body)
    judged = [one for one in found if one.state in OPEN and author.number not in (one.provider, one.contributor)]
    if charter_section(transaction, entry.commons, "validation", Validation).reviewers:
        judged = [one for one in judged if may_judge(transaction, entry.commons, one, author.number)]
    earlier = _verdicts(transaction, entry.commons, body, judged)
    quorum = charter_section(transaction, entry.commons, "validation", Validation).quorum
    for one in judged:
        before = earlier[one.position]
        if any(verdict.attester == author.number for verdict in before):
            sql = f"DELETE FROM attestation WHERE commons = ? AND position = ? AND round = ? AND attester IN ({_THEIRS})"
            transaction.execute(sql, (entry.commons, one.position, one.round, entry.commons, author.number, author.number))
        amount = one.claimed if body.amount is None else parse_quantity(body.amount)
        verdict = Verdict(author.number, body.verdict, 0 if body.verdict == "refuse" else amount, body.kind or one.kind)
        transaction.insert(
            "attestation", entry.commons, one.position, one.round, author.number, "attested", verdict.verdict, verdict.amount,
            verdict.kind, entry.position,
        )  # fmt: skip
        after = [*(other for other in before if other.attester != author.number), verdict]
        _settle(transaction, entry, one, after, quorum + one.round)


def _verdicts(transaction: Transaction, commons: str, body: e.Targets, judged: list[Contribution]) -> dict[int, list[Verdict]]:
    """The verdicts of the present round on each of the contributions; who gave them are persons, not their identities."""
    found: dict[int, list[Verdict]] = defaultdict(list)
    columns = (
        "SELECT t.position, t.round, COALESCE(a.claimed_by, t.attester), t.verdict, t.amount, t.kind FROM attestation t"
        " JOIN agent a ON a.commons = t.commons AND a.number = t.attester"
    )
    if len(judged) > 50:
        low, high = min(one.position for one in judged), max(one.position for one in judged)
        rows = transaction.rows(f"{columns} WHERE t.commons = ? AND t.position BETWEEN ? AND ?", (commons, low, high))
    else:
        rows = [row for one in judged for row in transaction.rows(f"{columns} WHERE t.commons = ? AND t.position = ?", (commons, one.position))]
    rounds = {one.position: one.round for one in judged}
    for position, round_, *verdict in rows:
        if rounds.get(position) == round_:
            found[position].append(Verdict(*verdict))
    return found


def _settle(transaction: Transaction, entry: Entry, one: Contribution, verdicts: list[Verdict], quorum: int) -> None:
    decision = decide(verdicts, quorum)
    if decision is not None:
        _set_state(transaction, entry.commons, one, decision.state, decision.amount, decision.kind, entry.time)


def _set_state(transaction: Transaction, commons: str, one: Contribution, state: str, counted: int, kind: str, decided: int | None) -> None:
    transaction.update(
        "UPDATE contribution SET state = ?, counted = ?, counted_kind = ?, decided = ? WHERE commons = ? AND position = ?",
        (state, counted, kind, decided, commons, one.position),
    )
    _tally_anew(transaction, commons, one, state=state, counted=counted, kind=kind, decided=decided)


def _tally_anew(transaction: Transaction, commons: str, one: Contribution, **changes: Any) -> None:
    """A contribution counts among others than it did."""
    before = Tallied(one.provider, one.domain, one.counted_kind, one.unit, one.state, one.at, one.decided, one.counted)
    tally(transaction, commons, before, -1)
    tally(transaction, commons, before._replace(**changes))


def lapse(transaction: Transaction, entry: Entry) -> None:
    found, _ = find_targets(transaction, entry.commons, entry.body)
    validation = charter_section(transaction, entry.commons, "validation", Validation)
    passed = [one for one in found if lapses(one, validation, entry.time)]
    verdicts = _verdicts(transaction, entry.commons, entry.body, passed)
    for one in passed:
        if all(verdict.verdict == "accept" for verdict in verdicts[one.position]):
            _set_state(transaction, entry.commons, one, "validated", one.claimed, one.kind, entry.time)


def draw(transaction: Transaction, entry: Entry) -> None:
    """Those drawn are asked, from now for the days of the charter; those whom they replace are not any more."""
    body: e.Draw = entry.body
    days = charter_section(transaction, entry.commons, "validation", Validation).review_days
    for said in body.draws:
        found, _ = find_targets(transaction, entry.commons, e.Targets(contributions=[said.contribution]))
        one = found[0]
        panel = drawn_panel(transaction, entry.commons, one, said.proof, entry.time)
        for agent in panel.replaced if panel.chosen else ():
            _seat(transaction, entry.commons, one, agent, "replaced")
        for agent in panel.chosen:
            until = entry.time + days * 86_400
            transaction.insert("review", entry.commons, one.position, one.round, agent, said.number, until, "asked")


def _seat(transaction: Transaction, commons: str, one: Contribution, agent: int, state: str) -> None:
    sql = "UPDATE review SET state = ? WHERE commons = ? AND position = ? AND round = ? AND agent = ?"
    transaction.execute(sql, (state, commons, one.position, one.round, agent))


def decline(transaction: Transaction, entry: Entry) -> None:
    """Who was asked will not judge. Where that was said is kept, so that a page finds it without reading the journal."""
    author = find_agent(transaction, entry.commons, entry.author)
    found, _ = find_targets(transaction, entry.commons, e.Targets(contributions=[entry.body.contribution]))
    assert author is not None
    _seat(transaction, entry.commons, found[0], author.number, "declined")
    sql = "DELETE FROM attestation WHERE commons = ? AND position = ? AND round = ? AND attester = ?"
    transaction.execute(sql, (entry.commons, found[0].position, found[0].round, author.number))
    transaction.insert("also_said", entry.commons, found[0].position, entry.position)


def appeal(transaction: Transaction, entry: Entry) -> None:
    """A new round begins. What counted already goes on counting until it is decided."""
    found, _ = find_targets(transaction, entry.commons, e.Targets(contributions=[entry.body.contribution]))
    sql = "UPDATE contribution SET state = 'appealed', round = round + 1, decided = NULL WHERE commons = ? AND position = ?"
    transaction.execute(sql, (entry.commons, found[0].position))
    transaction.insert("appeal", entry.commons, found[0].position, found[0].round + 1, entry.position)
    _tally_anew(transaction, entry.commons, found[0], state="appealed")


def withdraw(transaction: Transaction, entry: Entry) -> None:
    found, _ = find_targets(transaction, entry.commons, e.Targets(contributions=[entry.body.contribution]))
    sql = "UPDATE contribution SET state = 'withdrawn', counted = 0, decided = ? WHERE commons = ? AND position = ?"
    transaction.execute(sql, (entry.time, entry.commons, found[0].position))
    transaction.insert("also_said", entry.commons, found[0].position, entry.position)
    _tally_anew(transaction, entry.commons, found[0], state="withdrawn", counted=0)


def choose(transaction: Transaction, entry: Entry) -> None:
    body: e.Choose = entry.body
    author = find_agent(transaction, entry.commons, entry.author)
    assert author is not None
    if body.contributions:
        found, _ = find_targets(transaction, entry.commons, e.Targets(contributions=body.contributions))
        for one in found:
            transaction.update(
                "UPDATE contribution SET repayment = ? WHERE commons = ? AND position = ?", (body.repayment, entry.commons, one.position)
            )
        return
    fitting = [
        kind.name for kind in kinds_in_force(transaction, entry.commons).values() if body.repayment != "until_repaid" or kind.value_minor is not None
    ]
    wider = [now for now, narrower in NARROWER.items() if body.repayment in narrower] or [body.repayment]
    sql = (
        "UPDATE contribution SET repayment = ? WHERE commons = ? AND provider IN"
        " (SELECT number FROM agent WHERE commons = ? AND (number = ? OR claimed_by = ?))"
        f" AND counted_kind IN ({', '.join('?' * len(fitting))}) AND (first_shared IS NULL OR repayment IN ({', '.join('?' * len(wider))}))"
    )
    transaction.execute(sql, (body.repayment, entry.commons, entry.commons, author.number, author.number, *fitting, *wider))


def shared(transaction: Transaction, entry: Entry) -> None:
    """After `sharing.distribution`: what counted in it has been shared for, whatever becomes of it later."""
    sql = "UPDATE contribution SET first_shared = ? WHERE commons = ? AND counted > 0 AND first_shared IS NULL"
    transaction.execute(sql, (entry.position, entry.commons))


def claimed(transaction: Transaction, entry: Entry) -> None:
    """After `commons.claim`: what the member had said of their own work does not count, nor what they had said twice.

    Both could not be seen before the identity was known to be theirs. What was decided by such voices is decided again.
    """
    commons = entry.commons
    agent, identity = find_agent(transaction, commons, entry.body.agent), find_agent(transaction, commons, entry.body.identity)
    assert agent is not None and identity is not None
    became(transaction, commons, identity.number, agent.number)
    positions = sorted({*_own_words(transaction, commons, agent.number), *_double_words(transaction, commons, agent.number)})
    quorum = charter_section(transaction, commons, "validation", Validation).quorum
    for one in find_targets(transaction, commons, positions)[0]:
        if one.state not in ("validated", "refused"):
            continue
        decision = decide(_verdicts(transaction, commons, e.Targets(), [one])[one.position], quorum + one.round)
        if decision is None:
            _set_state(transaction, commons, one, "appealed" if one.round else "claimed", 0, one.kind, None)


def _own_words(transaction: Transaction, commons: str, agent: int) -> list[int]:
    """Strike out what a member, under any of their names, said of contributions of their own; return which."""
    sql = (
        "SELECT DISTINCT t.position FROM attestation t JOIN contribution c ON c.commons = t.commons AND c.position = t.position"
        f" WHERE t.commons = ? AND c.provider IN ({_THEIRS}) AND t.attester IN ({_THEIRS})"
    )
    theirs = (commons, agent, agent)
    positions = [row[0] for row in transaction.rows(sql, (commons, *theirs, *theirs))]
    for position in positions:
        transaction.execute(f"DELETE FROM attestation WHERE commons = ? AND position = ? AND attester IN ({_THEIRS})", (commons, position, *theirs))
    return positions


def _double_words(transaction: Transaction, commons: str, agent: int) -> list[int]:
    """Strike out all but the last of what a member said under several names in one round of a contribution; return which."""
    sql = (
        f"SELECT position, round, attester FROM attestation WHERE commons = ? AND attester IN ({_THEIRS})"
        " ORDER BY position, round, entry DESC, attester"
    )
    said: set[tuple[int, int]] = set()
    doubles = []
    for position, round_, attester in transaction.rows(sql, (commons, commons, agent, agent)):
        if (position, round_) in said:
            doubles.append((position, round_, attester))
        said.add((position, round_))
    for position, round_, attester in doubles:
        sql = "DELETE FROM attestation WHERE commons = ? AND position = ? AND round = ? AND attester = ?"
        transaction.execute(sql, (commons, position, round_, attester))
    return [position for position, _, _ in doubles]
