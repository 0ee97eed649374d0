"""What the books, payment files and tables of a commons are made from, read from the tables in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..commons.people import names, read_profile, short
from ..commons.queries import commons_section
from ..contributions.queries import Filter, list_contributions
from ..journal.entry import open_envelope
from ..measure import format_money
from ..problems import refuse
from ..sharing.books import Books, Paid, Received, Shared, keep_books
from ..sharing.payments import PAYOUT_COLUMNS, PAYOUT_NUMBERS, CreditTransfer, Debtor, Order, Payee, credit_transfer, payout_rows
from ..sharing.queries import Distribution, distributions, get_distribution, totals_by_agent
from ..store.sums import exact_sum, whole
from ..store.transaction import Transaction
from .node import Node
from .sharing import statement


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to be written as CSV; `numbers` names the columns whose text is a number."""

    columns: tuple[str, ...]
    numbers: tuple[str, ...]
    rows: Iterator[tuple[object, ...]]


def read_books(transaction: Transaction, commons: str, *, named: bool = False) -> Books:
    """The books of a commons.

    Args:
        named: With the names of persons. Organizations always have theirs, which the journal tells.
    """
    entries = _entries(transaction, commons)
    events: list[Received | Shared | Paid] = [
        *_received(transaction, commons, entries),
        *_shared(transaction, commons, entries),
        *_paid(transaction, commons, entries),
    ]
    owed: Counter[tuple[str, str]] = Counter()
    for found in distributions(transaction, commons):
        for line in totals_by_agent(transaction, commons, found.number):
            owed[line["agent"], found.currency] += line["owed"]
    title = commons_section(transaction, commons).name
    return keep_books(title, events, fund_balances(transaction, commons), owed, _names(transaction, commons, named=named))


def fund_balances(transaction: Transaction, commons: str) -> dict[tuple[str, str], int]:
    """What is in each (fund, currency), in minor units: the incomes less what the distributions say that they gave."""
    balances: Counter[tuple[str, str]] = Counter()
    for table, column, sign in (("income", "amount", 1), ("distribution", "given", -1)):
        sql = f"SELECT fund, currency, {exact_sum(column)} FROM {table} WHERE commons = ? GROUP BY fund, currency ORDER BY fund, currency"
        for fund, currency, minor in transaction.rows(sql, (commons,)):
            balances[fund, currency] += sign * whole(minor)
    return dict(balances)


def _names(transaction: Transaction, commons: str, *, named: bool) -> dict[str, str]:
    if named:
        return names(transaction, commons)
    return dict(transaction.rows("SELECT id, name FROM agent WHERE commons = ? AND name <> ''", (commons,)))


def _entries(transaction: Transaction, commons: str) -> dict[int, str]:
    """The ids of the entries about money, by position."""
    sql = (
        "SELECT position, leaf FROM journal_entry WHERE commons = ? AND position IN (SELECT position FROM income WHERE commons = ?"
        " UNION SELECT position FROM distribution WHERE commons = ? UNION SELECT position FROM payout WHERE commons = ?)"
    )
    rows = transaction.stream(sql, (commons,) * 4)
    return {position: bytes(leaf).hex() for position, leaf in rows}


def _received(transaction: Transaction, commons: str, entries: dict[int, str]) -> Iterator[Received]:
    sql = (
        "SELECT i.position, i.at, i.currency, i.fund, i.source, a.id, i.amount, i.note FROM income i"
        " JOIN agent a ON a.commons = i.commons AND a.number = i.from_agent WHERE i.commons = ? ORDER BY i.position"
    )
    for position, at, currency, fund, source, giver, amount, note in transaction.rows(sql, (commons,)):
        told = {"entry": entries[position], "fund": fund, "source": source, "giver": giver, "note": note}
        yield Received(position=position, time=at, currency=currency, amount=amount, **told)


def _shared(transaction: Transaction, commons: str, entries: dict[int, str]) -> Iterator[Shared]:
    sql = (
        "SELECT s.step, COALESCE(m.id, a.id), s.amount FROM share s JOIN agent a ON a.commons = s.commons AND a.number = s.agent"
        " LEFT JOIN agent m ON m.commons = a.commons AND m.number = a.claimed_by WHERE s.commons = ? AND s.distribution = ? ORDER BY s.number"
    )
    for found in distributions(transaction, commons):
        shares = tuple((step, agent, amount) for step, agent, amount in transaction.rows(sql, (commons, found.number)))
        entry = entries[found.position]
        yield Shared(
            position=found.position, entry=entry, time=found.time, currency=found.currency, number=found.number, fund=found.fund, shares=shares
        )


def _paid(transaction: Transaction, commons: str, entries: dict[int, str]) -> Iterator[Paid]:
    """The payouts, none before its distribution, whatever the author's clock said."""
    sql = (
        "SELECT p.position, p.distribution, p.currency, p.reference, p.time, d.time, a.id, p.amount FROM payout p"
        " JOIN distribution d ON d.commons = p.commons AND d.number = p.distribution"
        " JOIN agent a ON a.commons = p.commons AND a.number = p.agent WHERE p.commons = ? ORDER BY p.position, p.agent"
    )
    payouts: dict[tuple[Any, ...], list[tuple[str, int]]] = {}
    for *head, agent, amount in transaction.rows(sql, (commons,)):
        payouts.setdefault(tuple(head), []).append((agent, amount))
    for (position, number, currency, reference, created, shared), payments in payouts.items():
        yield Paid(
            position=position,
            entry=entries[position],
            time=max(created, shared),
            currency=currency,
            number=number,
            reference=reference,
            payments=tuple(payments),
        )


def read_payees(transaction: Transaction, commons: str, number: int) -> tuple[Payee, ...]:
    """What everybody gets of a distribution, largest first, with the names and accounts that the node keeps."""
    totals = totals_by_agent(transaction, commons, number)
    told = {line["agent"]: line for line in statement(transaction, commons, number)["agents"]}
    found = []
    for line in totals:
        agent = line["agent"]
        profile = read_profile(transaction, commons, agent)
        name = "" if told[agent]["name"] == short(agent) else told[agent]["name"]
        money = {field: line[field] for field in ("amount", "paid", "owed")}
        found.append(
            Payee(
                agent=agent, name=name, state=told[agent]["state"], payable=line["payable"], iban=profile.iban or "", bic=profile.bic or "", **money
            )
        )
    return tuple(found)


def read_credit_transfer(
    node: Node, commons: str, number: int | None, debtor: Debtor, schema: str, execute: date | None = None
) -> tuple[Distribution, CreditTransfer]:
    """The credit transfer for what is still owed of a distribution (the last one, if no number is given).

    Raises:
        NotFound: `sharing.unknown_distribution`.
        Refused, BadInput: See `credit_transfer`.
    """
    with node.read() as transaction:
        found = get_distribution(transaction, commons, number)
        leaf = transaction.value("SELECT leaf FROM journal_entry WHERE commons = ? AND position = ?", (commons, found.position))
        text = f"{commons_section(transaction, commons).name[:110]}: distribution {found.number}"
        told = {"entry": bytes(leaf).hex(), "currency": found.currency, "text": text, "schema": schema}
        order = Order(number=found.number, created=node.now(), execute=execute, **told)
        return found, credit_transfer(debtor, read_payees(transaction, commons, found.number), order)


def sheet(transaction: Transaction, commons: str, what: str, number: int | None = None, *, named: bool = False) -> Sheet:
    """A table: `contributions`, `shares`, `payouts` or `journal`. The rows are read while the transaction is open.

    Args:
        number: Only of this distribution, for shares and payouts. named: With the names of persons (payouts always have them).

    Raises:
        NotFound: `sharing.unknown_distribution`.
        Refused: `export.no_distribution`, where there is nothing of a distribution.
    """
    if what in ("contributions", "journal"):
        if number is not None:
            raise refuse("export.no_distribution", f"The table of {what} is not of one distribution.", "distribution")
        return _contributions(transaction, commons, named=named) if what == "contributions" else _journal(transaction, commons)
    chosen = distributions(transaction, commons) if number is None else [get_distribution(transaction, commons, number)]
    if what == "payouts":
        lines = (row for d in chosen for row in payout_rows(d.number, d.currency, read_payees(transaction, commons, d.number)))
        return Sheet(PAYOUT_COLUMNS, PAYOUT_NUMBERS, lines)
    return _shares(transaction, commons, chosen, _names(transaction, commons, named=named))


def _shares(transaction: Transaction, commons: str, chosen: list[Distribution], known: dict[str, str]) -> Sheet:
    sql = (
        "SELECT s.number, s.step, a.id, COALESCE(m.id, a.id), s.amount FROM share s"
        " JOIN agent a ON a.commons = s.commons AND a.number = s.agent"
        " LEFT JOIN agent m ON m.commons = a.commons AND m.number = a.claimed_by WHERE s.commons = ? AND s.distribution = ? ORDER BY s.number"
    )
    rows = (
        (found.number, place, step, agent, member, known.get(member, short(member)), format_money(amount, found.currency), found.currency)
        for found in chosen
        for place, step, agent, member, amount in transaction.rows(sql, (commons, found.number))
    )
    return Sheet(("distribution", "number", "step", "agent", "member", "name", "amount", "currency"), ("amount",), rows)


_CONTRIBUTION_COLUMNS = (
    "position", "id", "hasPointInTime", "logged", "provider", "contributor", "name", "action", "kind", "domain", "process", "unit", "claimed",
    "counted", "state", "decided", "repayment", "batch", "fulfills", "note",
)  # fmt: skip


def _contributions(transaction: Transaction, commons: str, *, named: bool) -> Sheet:
    known = _names(transaction, commons, named=named)
    lines = (
        line | {"name": known.get(line["contributor"], short(line["contributor"])), "fulfills": " ".join(line["fulfills"])}
        for line in list_contributions(transaction, commons, Filter())
    )
    return Sheet(_CONTRIBUTION_COLUMNS, ("claimed", "counted"), (tuple(line[column] for column in _CONTRIBUTION_COLUMNS) for line in lines))


def _journal(transaction: Transaction, commons: str) -> Sheet:
    return Sheet(("position", "id", "created", "author", "kind", "version", "key", "body"), (), _journal_rows(transaction, commons))


def _journal_rows(transaction: Transaction, commons: str) -> Iterator[tuple[object, ...]]:
    sql = "SELECT position, leaf, data FROM journal_entry WHERE commons = ? ORDER BY position"
    for position, leaf, data in transaction.stream(sql, (commons,)):
        said = open_envelope(bytes(data))
        yield position, bytes(leaf).hex(), said.created, said.author, said.kind, said.version, said.key, bytes(said.body).decode()
