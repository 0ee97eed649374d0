"""What a step "by flow" looks at: the products that incomes came in for, and the worth of what went into them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..commons.queries import lacks_power
from ..flows.queries import list_records
from ..flows.store import author_of, unit_named
from ..flows.tracing.history import History, read_history
from ..flows.tracing.value_count import Worths
from ..flows.units import OtherKind, convert, find_unit
from ..measure import MICRO, parse_decimal
from ..store.sums import exact_sum, whole
from ..store.transaction import Transaction
from .policy import Step
from .rounding import Integers

ANY = "*"
"""In `use` and `cite`: every other specification."""
WHOLE = "whole"
"""In `cite`: all that the cited thing is worth."""


def incomes_of_products(transaction: Transaction, commons: str, fund: str) -> dict[int, int]:
    """Resource → what came into a fund for it so far, in minor units."""
    sql = f"SELECT resource, {exact_sum('amount')} FROM income WHERE commons = ? AND fund = ? AND resource IS NOT NULL GROUP BY resource ORDER BY resource"
    return {number: whole(amount) for number, amount in transaction.rows(sql, (commons, fund))}


def history_here(transaction: Transaction, commons: str) -> History:
    """The history of the commons, read once in a transaction for a state of the journal."""
    count = transaction.value("SELECT MAX(position) FROM economic_event WHERE commons = ?", (commons,))
    key = ("history", commons)
    if key not in transaction.cache or transaction.cache[key][0] != count:
        transaction.cache[key] = (count, read_history(transaction, commons))
    found: History = transaction.cache[key][1]
    return found


def fingerprint(history: History) -> bytes:
    """SHA-256 over the columns of a history, as little-endian 64-bit integers."""
    digest = hashlib.sha256()
    for column in (
        history.position, history.action, history.input_of, history.output_of, history.resource, history.to_resource, history.quantity,
        history.corrects, history.units,
    ):  # fmt: skip
        digest.update(np.ascontiguousarray(column).astype("<i8").tobytes())
    return digest.digest()


def worths_of(transaction: Transaction, commons: str, history: History, step: Step, worth: Mapping[int, int], digits: int) -> Worths:
    """What each event contributed.

    Args:
        step: Its `use` and `cite` say what using and citing is worth. worth: Position of a contribution → its points.
        digits: How many digits after the point prices have (`policy.price_digits`).
    """
    places = _places(history, np.fromiter(worth, dtype=np.int64, count=len(worth)))
    column = [0] * len(history)
    for place, points in zip(places.tolist(), worth.values(), strict=True):
        if place >= 0:
            column[place] = points
    use, whole_ = _used(transaction, commons, history, step, digits)
    return Worths(column, use, whole_)


def _places(history: History, positions: Integers) -> Integers:
    """The places of positions in a history, -1 for those that are not in it."""
    if not len(history):
        return np.full(len(positions), -1, dtype=np.int64)
    found = np.minimum(np.searchsorted(history.position, positions), len(history) - 1)
    return np.where(history.position[found] == positions, found, -1)


def _used(transaction: Transaction, commons: str, history: History, step: Step, digits: int) -> tuple[list[int] | None, list[bool] | None]:
    if not step.use and not step.cite:
        return None, None
    use, whole_ = [0] * len(history), [False] * len(history)
    specifications = {known.number: known.id for known in list_records(transaction, commons, "ResourceSpecification")}
    sql = (
        "SELECT e.position, e.action, COALESCE(r.conforms_to, e.conforms_to), e.effort_micro, e.effort_unit, e.resource_micro, COALESCE(c.counted, 0) FROM economic_event e"
        " LEFT JOIN economic_resource r ON r.commons = e.commons AND r.number = e.resource"
        " LEFT JOIN contribution c ON c.commons = e.commons AND c.position = e.position"
        " WHERE e.commons = ? AND e.action IN ('use', 'cite') ORDER BY e.position"
    )
    trusted = _Trusted(transaction, commons)
    in_hours = _hours(transaction, commons)
    for position, action, specification, effort, unit, quantity, counted in transaction.rows(sql, (commons,)):
        prices = step.use if action == "use" else step.cite
        price = prices.get(specifications.get(specification, ""), prices.get(ANY, ""))
        if not price or not (counted or trusted.recorded(position)):
            continue
        place = history.index(position) if _is_in(history, position) else -1
        if place < 0:
            continue
        if price == WHOLE:
            whole_[place] = True
        else:
            amount = in_hours(effort, unit) if action == "use" and effort is not None else quantity if quantity is not None else MICRO
            use[place] = parse_decimal(price, digits) * amount
    return use, whole_


class _Trusted:
    """Whose word is taken for what was used and cited, where no peers have validated it: those who may import histories."""

    def __init__(self, transaction: Transaction, commons: str) -> None:
        self._transaction = transaction
        self._commons = commons
        self._known: dict[str, bool] = {}

    def recorded(self, position: int) -> bool:
        """Whether one of them recorded an event."""
        author = author_of(self._transaction, self._commons, position)
        if author not in self._known:
            self._known[author] = not lacks_power(self._transaction, self._commons, author, "imports")
        return self._known[author]


def _is_in(history: History, position: int) -> bool:
    place = int(np.searchsorted(history.position, position))
    return place < len(history) and int(history.position[place]) == position


def _hours(transaction: Transaction, commons: str) -> Callable[[int, str], int]:
    """Effort in millionths of an hour, rounded down; of what is no time, so many of its units."""
    hour = find_unit("hour")
    assert hour is not None

    def in_hours(micro: int, name: str) -> int:
        unit = unit_named(transaction, commons, name)
        if unit is None or unit.kind != hour.kind:
            return micro
        try:
            return convert(micro, unit, hour)
        except OtherKind:
            return micro
        except ValueError:
            exact = abs(micro) * unit.numerator * hour.denominator // (unit.denominator * hour.numerator)
            return exact if micro >= 0 else -exact

    return in_hours


def owners(transaction: Transaction, commons: str, positions: list[int]) -> dict[int, int]:
    """Whose events are: of a contribution, whoever made it; of what was used or cited, whoever answers for it, else the provider."""
    found: dict[int, int] = {}
    for at in range(0, len(positions), 500):
        some: list[Any] = positions[at : at + 500]
        sql = (
            "SELECT e.position, COALESCE(c.provider, r.accountable, e.provider) FROM economic_event e"
            " LEFT JOIN contribution c ON c.commons = e.commons AND c.position = e.position"
            " LEFT JOIN economic_resource r ON r.commons = e.commons AND r.number = e.resource"
            f" WHERE e.commons = ? AND e.position IN ({', '.join('?' * len(some))})"
        )
        found.update((position, agent) for position, agent in transaction.rows(sql, (commons, *some)) if agent is not None)
    return found
