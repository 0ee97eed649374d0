"""What each of several promises gets of one event or commitment. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from .promise_views import Promise
from .promises import allocate, take_back
from .store import Known
from .vocabulary import Intent


def shared_out(promises: list[Promise], *, corrects: bool) -> list[tuple[Promise, int, int]]:
    """What each promise gets of an event or a commitment: (promise, resource, effort), in the promise's units.

    Offers and requests are two sides of one flow, so an event that satisfies both counts for both.
    """
    groups: dict[tuple[str, bool], list[Promise]] = {}
    for promise in promises:
        groups.setdefault((promise.field, _is_offer(promise.known)), []).append(promise)
    found: list[tuple[Promise, int, int]] = []
    for group in groups.values():
        if corrects:
            resource = _taken_back([-promise.resource for promise in group], [promise.given[0] for promise in group])
            effort = _taken_back([-promise.effort for promise in group], [promise.given[1] for promise in group])
        else:
            resource = _in_units([promise.resource for promise in group], [promise.open_resource for promise in group])
            effort = _in_units([promise.effort for promise in group], [promise.open_effort for promise in group])
        found += zip(group, resource, effort, strict=True)
    return found


def _in_units(amounts: list[int], opens: list[int | None]) -> list[int]:
    """Parts of one amount, which each promise counts in a unit of its own; what is over goes to the last one."""
    if len(set(amounts)) == 1:
        return allocate(amounts[0], opens)
    last = max(at for at, amount in enumerate(amounts) if amount)
    return _shares(amounts, [None if at == last else open_ for at, open_ in enumerate(opens)])


def _taken_back(amounts: list[int], given: list[int]) -> list[int]:
    """What goes off each when an event becomes less: from the last one first, each in a unit of its own."""
    if len(set(amounts)) == 1:
        return [-part for part in take_back(amounts[0], given)]
    return [-part for part in _shares(amounts[::-1], list(given[::-1]))][::-1]


def _shares(amounts: list[int], limits: Sequence[int | None]) -> list[int]:
    """One amount, told in several units, poured into one after the other up to its limit: what goes to each is its part of the whole."""
    parts, left = [], Fraction(1)
    for amount, limit in zip(amounts, limits, strict=True):
        available = int(amount * left)
        part = available if limit is None else min(available, limit)
        parts.append(part)
        if amount:
            left -= Fraction(part, amount)
    return parts


def _is_offer(known: Known) -> bool:
    record_ = known.record()
    return isinstance(record_, Intent) and record_.provider is not None and record_.receiver is None
