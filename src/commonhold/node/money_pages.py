"""Money as its pages show it: what came in and went out month by month, incomes, distributions and payouts. Only public names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from ..commons.charter import Powers
from ..commons.queries import charter_section, commons_section, lacks_power, time_here
from ..contributions.tallying import month_of
from ..journal.entry import open_envelope
from ..journal.kinds import time_text
from ..measure import format_money
from ..problems import not_found
from ..store.sums import exact_sum, whole
from ..store.transaction import Transaction
from .periods import periods
from .public_names import called, public_names

_DAY = 86_400
_PAGE = 500
HOLDERS_SHOWN = 12
"""So many people are named who have a power."""
NOT_GIVEN = ("member", "anyone")
"""Roles that nobody has given to somebody."""


def who_may(transaction: Transaction, commons: str, power: str) -> dict[str, Any]:
    """To which role the charter leaves something, and who has it: `{power, role, holders: [{agent, name}], more}`.

    Who is a member, or anybody, is not listed.
    """
    role = str(getattr(charter_section(transaction, commons, "powers", Powers), power))
    sql = (
        "SELECT id FROM agent WHERE commons = ? AND number IN"
        " (SELECT agent FROM role WHERE commons = ? AND role = ? AND (until IS NULL OR until > ?)) ORDER BY number"
    )
    found = [id_ for (id_,) in transaction.rows(sql, (commons, commons, role, time_here(transaction, commons)))]
    names = public_names(transaction, commons, found[:HOLDERS_SHOWN])
    holders = [{"agent": id_, "name": called(names, id_)} for id_ in found[:HOLDERS_SHOWN]]
    return {"power": power, "role": role, "holders": holders, "more": len(found) - len(holders)}


def may(transaction: Transaction, commons: str, agent: str, power: str) -> bool:
    """Whether the charter lets an agent do something."""
    return not lacks_power(transaction, commons, agent, power)


def may_see_accounts(transaction: Transaction, commons: str, agent: str) -> bool:
    """Whether an agent may have names and account numbers that are not public: who records payouts, by a role that is given."""
    return charter_section(transaction, commons, "powers", Powers).pay not in NOT_GIVEN and may(transaction, commons, agent, "pay")


def over_months(transaction: Transaction, commons: str) -> dict[str, Any]:
    """What came in, was shared and was paid in each month, quarter or year (UTC), and what was in the funds at its end.

    Answers at most about sixty periods: {"step": "month", "periods": [{"period": "2026-01", "cameIn": "10.00", …}]}, money as
    texts, and in minor units under `minor`. An income counts in the month it came in, one that was taken back in that same month.
    """
    currency = commons_section(transaction, commons).currency
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for place, sql in enumerate((
        f"SELECT at / {_DAY}, {exact_sum('amount')} FROM income WHERE commons = ? GROUP BY at / {_DAY}",
        f"SELECT time / {_DAY}, {exact_sum('given')} FROM distribution WHERE commons = ? GROUP BY time / {_DAY}",
        f"SELECT time / {_DAY}, {exact_sum('amount')} FROM payout WHERE commons = ? GROUP BY time / {_DAY}",
    )):  # fmt: skip
        for day, amount in transaction.rows(sql, (commons,)):
            sums[month_of(int(day))][place] += whole(amount)
    if not sums:
        return {"step": "month", "periods": []}
    shown = periods(min(sums), max(sums), months=48, quarters=180)
    folded = {place: [0, 0, 0] for place in shown.places}
    for month, parts in sums.items():
        place = month // shown.width
        folded[place] = [one + other for one, other in zip(folded[place], parts, strict=True)]
    told, balance = [], 0
    for place, (came, given, paid) in folded.items():
        balance += came - given
        minor = {"cameIn": came, "given": given, "paid": paid, "inFunds": balance}
        texts = {name: format_money(value, currency) for name, value in minor.items()}
        told.append({"period": shown.name(place), **texts, "minor": minor})
    return {"step": shown.step, "periods": told}


_INCOME = (
    "SELECT i.position, i.fund, i.amount, i.currency, i.source, a.id, i.at, i.note, i.reverses, u.position, r.id FROM income i"
    " JOIN agent a ON a.commons = i.commons AND a.number = i.from_agent"
    " LEFT JOIN income u ON u.commons = i.commons AND u.reverses = i.position"
    " LEFT JOIN flow_record r ON r.commons = i.commons AND r.number = i.resource WHERE i.commons = ?"
)


def incomes_page(
    transaction: Transaction, commons: str, *, fund: str = "", source: str = "", giver: str = "", before: int | None = None, limit: int
) -> list[dict[str, Any]]:  # fmt: skip
    """What came in, newest entries first. giver: The id of an agent. before: Only entries before this position."""
    sql, parameters = _INCOME, list[Any]([commons])
    for condition, value in (("i.fund =", fund), ("i.source =", source), ("a.id =", giver), ("i.position <", before)):
        if value not in ("", None):
            sql, parameters = f"{sql} AND {condition} ?", [*parameters, value]
    return _incomes(transaction, commons, f"{sql} ORDER BY i.position DESC LIMIT ?", [*parameters, limit])


def income(transaction: Transaction, commons: str, position: int) -> dict[str, Any]:
    """One income, with the id of its entry and when it was recorded, and by whom.

    Raises:
        NotFound: `sharing.unknown_income`.
    """
    found = _incomes(transaction, commons, f"{_INCOME} AND i.position = ?", [commons, position])
    if not found:
        raise not_found("sharing.unknown_income", f"Entry {position} is no income.", "entry")
    leaf, data = transaction.rows("SELECT leaf, data FROM journal_entry WHERE commons = ? AND position = ?", (commons, position))[0]
    said = open_envelope(bytes(data))
    names = public_names(transaction, commons, [said.author])
    by = {"recorded": said.created, "recordedBy": said.author, "recordedByName": called(names, said.author)}
    return found[0] | {"entry": bytes(leaf).hex()} | by


def _incomes(transaction: Transaction, commons: str, sql: str, parameters: list[Any]) -> list[dict[str, Any]]:
    rows = transaction.rows(sql, parameters)
    names = public_names(transaction, commons, {row[5] for row in rows})
    return [
        {
            "position": position, "hasPointInTime": time_text(at), "amount": format_money(amount, currency), "currency": currency, "source": source,
            "fund": fund, "from": giver, "fromName": called(names, giver), "note": note, "reverses": reverses, "reversedBy": undone, "resource": resource,
        }
        for position, fund, amount, currency, source, giver, at, note, reverses, undone, resource in rows
    ]  # fmt: skip


def income_sum(transaction: Transaction, commons: str, *, fund: str = "", source: str = "", giver: str = "") -> dict[str, Any]:
    """How many incomes there are of such a sort, and what they add up to; what was taken back counts on both sides."""
    sql = f"SELECT COUNT(*), {exact_sum('i.amount')} FROM income i JOIN agent a ON a.commons = i.commons AND a.number = i.from_agent WHERE i.commons = ?"
    parameters = [commons]
    for column, value in (("i.fund", fund), ("i.source", source), ("a.id", giver)):
        if value:
            sql += f" AND {column} = ?"
            parameters.append(value)
    count, amount = transaction.rows(sql, parameters)[0]
    return {"count": int(count), "amount": format_money(whole(amount), commons_section(transaction, commons).currency)}


def distributions_page(transaction: Transaction, commons: str, *, fund: str = "", before: int | None = None, limit: int) -> list[dict[str, Any]]:
    """Distributions, the newest first, with what of each is paid, to be paid, and held. before: Only numbers below this."""
    sql = "SELECT number, position, time, fund, currency, amount, given, kept, shares FROM distribution WHERE commons = ?"
    parameters: list[Any] = [commons]
    for column, value, sign in (("fund", fund, "="), ("number", before, "<")):
        if value not in ("", None):
            sql, parameters = f"{sql} AND {column} {sign} ?", [*parameters, value]
    rows = transaction.rows(f"{sql} ORDER BY number DESC LIMIT ?", [*parameters, limit])
    states = payment_sums(transaction, commons, {row[0]: row[6] for row in rows})
    return [
        {
            "number": number, "position": position, "time": time_text(time), "fund": fund_, "amount": format_money(amount, currency),
            "given": format_money(given, currency), "kept": format_money(kept, currency), "currency": currency, "shares": shares,
            **{name: format_money(minor, currency) for name, minor in states[number].items()},
        }
        for number, position, time, fund_, currency, amount, given, kept, shares in rows
    ]  # fmt: skip


def payment_sums(transaction: Transaction, commons: str, given: dict[int, int]) -> dict[int, dict[str, int]]:
    """What of distributions is `paid`, `owed` and `held` for identities that nobody has claimed. given: What each gave, by number."""
    if not given:
        return {}
    among = f"({', '.join('?' * len(given))})"
    held = {number: whole(amount) for number, amount in transaction.rows(
        f"SELECT s.distribution, {exact_sum('s.amount')} FROM share s JOIN agent a ON a.commons = s.commons AND a.number = s.agent"
        f" WHERE s.commons = ? AND a.type = 'Identity' AND a.claimed_by IS NULL AND s.distribution IN {among} GROUP BY s.distribution",
        (commons, *given),
    )}  # fmt: skip
    paid = {number: whole(amount) for number, amount in transaction.rows(
        f"SELECT distribution, {exact_sum('amount')} FROM payout WHERE commons = ? AND distribution IN {among} GROUP BY distribution", (commons, *given)
    )}  # fmt: skip
    return {
        number: {"paid": paid.get(number, 0), "owed": amount - paid.get(number, 0) - held.get(number, 0), "held": held.get(number, 0)}
        for number, amount in given.items()
    }


def payouts_page(
    transaction: Transaction, commons: str, *, distribution: int | None = None, before: int | None = None, limit: int
) -> list[dict[str, Any]]:  # fmt: skip
    """Entries by which shares were recorded as paid, the newest first: when their authors said so, to how many, how much, the bank's reference."""
    told = "MIN(time), MIN(distribution), MIN(currency), MIN(reference)"  # the same in all rows of an entry
    sql = f"SELECT position, {told}, COUNT(*), {exact_sum('amount')} FROM payout WHERE commons = ?"
    parameters: list[Any] = [commons]
    for column, value, sign in (("distribution", distribution, "="), ("position", before, "<")):
        if value is not None:
            sql, parameters = f"{sql} AND {column} {sign} ?", [*parameters, value]
    rows = transaction.rows(f"{sql} GROUP BY position ORDER BY position DESC LIMIT ?", [*parameters, limit])
    return [
        {
            "position": position, "time": time_text(time), "distribution": number, "receivers": int(count),
            "amount": format_money(whole(amount), currency), "currency": currency, "reference": reference,
        }
        for position, time, number, currency, reference, count, amount in rows
    ]  # fmt: skip


def payout_receivers(transaction: Transaction, commons: str, positions: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """Who was paid how much, by the position of the entry that says so."""
    found: dict[int, list[dict[str, Any]]] = {position: [] for position in positions}
    if not found:
        return {}
    rows = transaction.rows(
        "SELECT p.position, a.id, p.amount, p.currency FROM payout p JOIN agent a ON a.commons = p.commons AND a.number = p.agent"
        f" WHERE p.commons = ? AND p.position IN ({', '.join('?' * len(found))}) ORDER BY p.amount DESC, a.id",
        (commons, *found),
    )
    names = public_names(transaction, commons, {row[1] for row in rows})
    for position, id_, amount, currency in rows:
        found[position].append({"agent": id_, "name": called(names, id_), "amount": format_money(amount, currency)})
    return found


def payments_together(transaction: Transaction, commons: str) -> dict[str, str]:
    """What of all distributions is `given`, `paid`, still `owed`, and `held`."""
    currency = commons_section(transaction, commons).currency
    given: dict[int, int] = dict(transaction.rows("SELECT number, given FROM distribution WHERE commons = ?", (commons,)))
    numbers, sums = list(given), {"given": sum(given.values()), "paid": 0, "owed": 0, "held": 0}
    for first in range(0, len(numbers), _PAGE):
        for one in payment_sums(transaction, commons, {number: given[number] for number in numbers[first : first + _PAGE]}).values():
            for name, minor in one.items():
                sums[name] += minor
    return {name: format_money(minor, currency) for name, minor in sums.items()}
