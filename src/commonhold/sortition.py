"""Sortition: people drawn by lot, such that quotas are met wherever they can be.

The lot is an order of all candidates that everybody can compute again from the seed. People are taken in this order; somebody
is passed over only if there is no way to fill the seats and the quotas after taking them. That is decided exactly.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Literal

MOST_STATES = 1_000_000
"""How far the exact search may branch before it gives up aloud."""

Kind = tuple[int, tuple[int, ...]]
"""All that matters of a candidate: which quotas of the kind "at least" they serve, as bits, and which limits they count to."""
State = tuple[tuple[int, ...], tuple[tuple[int, int], ...]]
"""Of a search: the needs that are open, and what is taken of each limit."""


def lot(seed: bytes, options: Iterable[str]) -> tuple[int, ...]:
    """All options in an order drawn by lot: by the SHA-256 of the seed, a zero byte and the option's id.

    >>> lot(b"2026", ["a", "b", "c"])
    (0, 2, 1)
    """
    drawn = [(hashlib.sha256(seed + b"\0" + option.encode()).digest(), number) for number, option in enumerate(options)]
    return tuple(number for _, number in sorted(drawn))


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who can be drawn. Attributes are pairs such as ("organisation", "Mill"); one name may have several values."""

    id: str
    attributes: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least so many of the drawn have this value of this attribute."""

    attribute: str
    value: str
    least: int


@dataclass(frozen=True, slots=True)
class AtMost:
    """At most so many of the drawn have the same value of this attribute, whatever value. Who has none is not limited."""

    attribute: str
    most: int


Quota = AtLeast | AtMost


@dataclass(frozen=True, slots=True)
class Skipped:
    """Somebody whose turn came and who was passed over.

    Attributes:
        id: Who. reason: `excluded`: by the caller. `limit`: these quotas allow no more like them. `needed`: the seats are
            needed for others, so that these quotas, or all seats if there are none, can be filled.
        quotas: Numbers of the quotas, from 0.
    """

    id: str
    reason: Literal["excluded", "limit", "needed"]
    quotas: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Lack:
    """What no draw from these candidates could meet: a quota's number, or None for the seats; the most there can be, and the need."""

    quota: int | None
    has: int
    needs: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """Who was drawn, in the order of the lot; who was passed over until the seats were full; what could not be met."""

    chosen: tuple[str, ...]
    skipped: tuple[Skipped, ...] = ()
    missing: tuple[Lack, ...] = ()


@dataclass(frozen=True, slots=True)
class _Task:
    """What is left to do: so many of each quota "at least", so much room in each limit, so many people at least and at most.

    `families` has the number of the quota from which each limit comes.
    """

    needs: tuple[int, ...]
    room: tuple[int, ...]
    families: tuple[int, ...]
    least: int
    most: int

    def after(self, kind: Kind) -> _Task:
        """The task once somebody of this kind is taken."""
        served, limits = kind
        needs = tuple(max(0, need - (served >> bit & 1)) for bit, need in enumerate(self.needs))
        room = tuple(free - (limit in limits) for limit, free in enumerate(self.room))
        return _Task(needs, room, self.families, max(0, self.least - 1), self.most - 1)

    def aiming(self, place: int, many: int) -> _Task:
        """The task with another need; the place after the last need is that of the people at least."""
        goals = [*self.needs, self.least]
        goals[place] = many
        return _Task(tuple(goals[:-1]), self.room, self.families, goals[-1], self.most)


def draw(
    seed: bytes,
    candidates: Sequence[Candidate],
    seats: int,
    quotas: Sequence[Quota] = (),
    excluded: Collection[str] = (),
    *,
    strict: bool = True,
) -> Drawn:
    """Draw people by lot: in the order of the SHA-256 of the seed, a zero byte and the candidate's id.

    The order of candidates is of no importance. If seats and quotas cannot all be met, `missing` says what lacks how many.
    `strict` then draws nobody; otherwise quotas are lowered as little as possible, those named first having precedence and
    all of them over filling the seats. Limits ("at most") always hold.

    Raises:
        ValueError: Two candidates have one id, a number is below 0, or limits that overlap make the search too large.
    """
    if len({candidate.id for candidate in candidates}) < len(candidates):
        raise ValueError("two candidates have the same id")
    if seats < 0 or any((quota.least if isinstance(quota, AtLeast) else quota.most) < 0 for quota in quotas):
        raise ValueError("seats and quotas are at least 0")
    order = [candidates[number] for number in lot(seed, [candidate.id for candidate in candidates])]
    kinds, task = _task(order, seats, quotas)
    left = Counter(kind for candidate, kind in zip(order, kinds, strict=True) if candidate.id not in excluded)
    task, missing = _reachable(left, task, [number for number, quota in enumerate(quotas) if isinstance(quota, AtLeast)])
    if missing and strict:
        return Drawn((), (), missing)
    chosen, skipped = [], []
    # Who is refused once stays so, as what is left only becomes less. Who would be even if no limit counted them is hopeless,
    # and so is everybody who serves no more.
    refused: set[Kind] = set()
    hopeless: set[int] = set()
    for candidate, kind in zip(order, kinds, strict=True):
        if task.most == 0:
            break
        if candidate.id in excluded:
            skipped.append(Skipped(candidate.id, "excluded"))
            continue
        left[kind] -= 1
        known = kind in refused or any(kind[0] & ~served == 0 for served in hopeless)
        if not known and _possible(left, task.after(kind)):
            chosen.append(candidate.id)
            task = task.after(kind)
            continue
        skipped.append(_refusal(candidate.id, kind, task, quotas))
        refused.add(kind)
        if not known and not _possible(left, task.after((kind[0], ()))):
            hopeless.add(kind[0])
    return Drawn(tuple(chosen), tuple(skipped), missing)


def _task(order: Sequence[Candidate], seats: int, quotas: Sequence[Quota]) -> tuple[list[Kind], _Task]:
    """The kind of each candidate, and what there is to do."""
    least = [quota for quota in quotas if isinstance(quota, AtLeast)]
    met = [
        [
            (number, value)
            for number, quota in enumerate(quotas)
            if isinstance(quota, AtMost)
            for attribute, value in candidate.attributes
            if attribute == quota.attribute
        ]
        for candidate in order
    ]
    found = set(chain.from_iterable(met))
    values = Counter(number for number, _ in found)
    # Limits of the quota with the most values come first, so that the search has done with most of them soon.
    places = {limit: place for place, limit in enumerate(sorted(found, key=lambda limit: (-values[limit[0]], limit)))}
    kinds = []
    for candidate, own in zip(order, met, strict=True):
        served = sum(1 << bit for bit, quota in enumerate(least) if (quota.attribute, quota.value) in candidate.attributes)
        kinds.append((served, tuple(sorted(places[limit] for limit in own))))
    families = tuple(number for number, _ in places)
    room = tuple(quota.most for quota in (quotas[number] for number in families) if isinstance(quota, AtMost))
    return kinds, _Task(tuple(quota.least for quota in least), room, families, seats, seats)


def _reachable(left: Counter[Kind], task: _Task, numbers: Sequence[int]) -> tuple[_Task, tuple[Lack, ...]]:
    """The task, lowered to what can be met, and what it was lowered by. One goal after the other is made as high as it can be."""
    if _possible(left, task):
        return task, ()
    goals, missing = (*task.needs, task.least), []
    lowered = _Task((0,) * len(task.needs), task.room, task.families, 0, task.most)
    for place, goal in enumerate(goals):
        tries = (lowered.aiming(place, many) for many in range(goal, -1, -1))
        lowered = next(each for each in tries if _possible(left, each))
        met = (*lowered.needs, lowered.least)[place]
        if met < goal:
            missing.append(Lack(numbers[place] if place < len(numbers) else None, met, goal))
    return lowered, tuple(missing)


def _refusal(person: str, kind: Kind, task: _Task, quotas: Sequence[Quota]) -> Skipped:
    full = tuple(sorted({task.families[limit] for limit in kind[1] if task.room[limit] == 0}))
    if full:
        return Skipped(person, "limit", full)
    numbers = [number for number, quota in enumerate(quotas) if isinstance(quota, AtLeast)]
    return Skipped(person, "needed", tuple(number for number, need in zip(numbers, task.needs, strict=True) if need))


def _possible(left: Counter[Kind], task: _Task) -> bool:
    """Whether the task can be done with those who are left. Exact."""
    if task.most < 0 or min(task.room, default=0) < 0:
        return False
    open_needs = sum(1 << bit for bit, need in enumerate(task.needs) if need)
    people: Counter[Kind] = Counter()
    for (served, limits), many in left.items():
        if many and all(task.room[limit] for limit in limits):
            people[served & open_needs, limits] += many
    if not _plausible(people, task):
        return False
    kinds, room = _pressing(people, task.room)
    if any(len(limits) > 1 for _, limits in kinds):
        return _search(tuple(sorted(kinds.items())), tuple(sorted(room.items())), (*task.needs, task.least), task.most)
    if sum(many for (_, limits), many in kinds.items() if not limits) + sum(room.values()) < task.least:
        return False
    # With at most one limit to a person, any group within the limits can be enlarged up to the most there can be (a partition
    # matroid), so it is enough that the needs take few enough seats, and who serves none is of no use.
    kinds, room = _pressing({kind: many for kind, many in people.items() if kind[0]}, task.room)
    return _search(*_alike(kinds, room, task.most), (*task.needs, 0), task.most)


def _plausible(people: Mapping[Kind, int], task: _Task) -> bool:
    """Whether each need could be met if there were no other, and the limits of one quota only. Quick to see, and often enough."""
    for bit, need in enumerate((*task.needs, task.least)):
        serving = [(limits, many) for (served, limits), many in people.items() if bit == len(task.needs) or served >> bit & 1]
        for family in {*task.families, -1}:
            there: Counter[int] = Counter()
            for limits, many in serving:
                for limit in [limit for limit in limits if task.families[limit] == family] or [-1]:
                    there[limit] += many
            if need > min(task.most, sum(many if limit < 0 else min(many, task.room[limit]) for limit, many in there.items())):
                return False
    return True


def _pressing(people: Mapping[Kind, int], room: Sequence[int]) -> tuple[dict[Kind, int], dict[int, int]]:
    """The same people without the limits that all of them together cannot exceed, and the room in the others."""
    asking: Counter[int] = Counter()
    for (_, limits), many in people.items():
        for limit in limits:
            asking[limit] += many
    tight = {limit: room[limit] for limit, many in asking.items() if many > room[limit]}
    kinds: Counter[Kind] = Counter()
    for (served, limits), many in people.items():
        kinds[served, tuple(limit for limit in limits if limit in tight)] += many
    return dict(kinds), tight


def _alike(kinds: Mapping[Kind, int], room: Mapping[int, int], most: int) -> tuple[tuple[tuple[Kind, int], ...], tuple[tuple[int, int], ...]]:
    """People with one limit each, with limits numbered anew, so that like tasks look alike; of like limits no more than seats."""
    groups: dict[int, list[tuple[int, int]]] = {limit: [] for limit in room}
    found = []
    for (served, limits), many in sorted(kinds.items()):
        if limits:
            groups[limits[0]].append((served, min(many, room[limits[0]])))
        else:
            found.append(((served, ()), min(many, most)))
    same = Counter((room[limit], tuple(group)) for limit, group in groups.items())
    shapes = [shape for shape, many in sorted(same.items()) for _ in range(min(many, most))]
    people: list[tuple[Kind, int]] = [*found, *(((served, (limit,)), many) for limit, (_, group) in enumerate(shapes) for served, many in group)]
    return tuple(people), tuple((limit, free) for limit, (free, _) in enumerate(shapes))


@lru_cache(maxsize=4096)
def _search(people: tuple[tuple[Kind, int], ...], rooms: tuple[tuple[int, int], ...], needs: tuple[int, ...], most: int) -> bool:
    """Whether at most so many of these people meet the needs within the room. The last need is of people of any kind.

    Kind after kind, all states (open needs, what is taken of limits that come again) are kept with the most seats that can be
    left; those that the rest cannot complete are dropped. The end is reached if nothing is needed.
    """
    kinds, room = dict(people), dict(rooms)
    if _quickly(kinds, room, needs, most):
        return True
    order = sorted(kinds, key=lambda kind: (kind[1], -kind[0].bit_count(), kind[0]))
    last = {limit: place for place, (_, limits) in enumerate(order) for limit in limits}
    supply = list(_supply(order, kinds, len(needs) - 1))
    states: dict[State, int] = {(needs, ()): most}
    work = 0
    for place, kind in enumerate(order):
        bits = [*(bit for bit in range(len(needs) - 1) if kind[0] >> bit & 1), -1]
        following: dict[State, int] = {}
        for (wanted, used), seats in states.items():
            if not any(wanted):
                return True
            taken = dict(used)
            fits = min([kinds[kind], seats, *(room[limit] - taken.get(limit, 0) for limit in kind[1])])
            for many in range(fits + 1):
                after = list(wanted)
                for bit in bits:
                    after[bit] = max(0, wanted[bit] - many)
                if max(after) <= seats - many and all(need <= there for need, there in zip(after, supply[place], strict=True)):
                    now = {**taken, **{limit: taken.get(limit, 0) + many for limit in kind[1]}}
                    key = (tuple(after), tuple(sorted(item for item in now.items() if last[item[0]] > place)))
                    following[key] = max(following.get(key, 0), seats - many)
        work += len(following)
        if work > MOST_STATES:
            raise ValueError("these quotas overlap too much to be decided exactly: draw with fewer limits")
        states = following
    return any(not any(wanted) for wanted, _ in states)


def _quickly(kinds: dict[Kind, int], room: dict[int, int], needs: tuple[int, ...], most: int) -> bool:
    """Whether it already works to take, again and again, who serves the scarcest needs. If not, it may still be possible."""
    kinds, room, wanted = dict(kinds), dict(room), list(needs)
    for _ in range(most):
        if not any(wanted):
            return True
        there = [sum(many for (served, _), many in kinds.items() if served >> bit & 1) for bit in range(len(wanted) - 1)]
        worth = [1_000_000 * need // max(1, many) for need, many in zip(wanted, there, strict=False)]
        fitting = [kind for kind, many in kinds.items() if many and all(room[limit] for limit in kind[1])]
        if not fitting:
            return False
        best = max(fitting, key=lambda kind: (sum(each for bit, each in enumerate(worth) if kind[0] >> bit & 1), -len(kind[1]), kind))
        kinds[best] -= 1
        for limit in best[1]:
            room[limit] -= 1
        wanted = [max(0, need - (bit == len(worth) or best[0] >> bit & 1)) for bit, need in enumerate(wanted)]
    return not any(wanted)


def _supply(order: Sequence[Kind], kinds: dict[Kind, int], needs: int) -> Iterator[list[int]]:
    """After each kind, how many people of the later ones serve each need, and how many there are."""
    there = [sum(many for (served, _), many in kinds.items() if served >> bit & 1) for bit in range(needs)]
    there.append(sum(kinds.values()))
    for kind in order:
        for bit in range(needs):
            there[bit] -= kinds[kind] * (kind[0] >> bit & 1)
        there[-1] -= kinds[kind]
        yield list(there)
