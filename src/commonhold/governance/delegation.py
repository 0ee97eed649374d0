"""Delegation: whose vote is cast by whom, when each person may rank several delegates.

Breadth first (Kotsialou and Riley 2020; "BFD" in Brill, Delemazure, George, Lackner and Schmidt-Kraepelin 2022): the shortest
way to somebody who votes counts, and among shortest ways the person's own ranking. Who votes directly always counts
themselves, with what is delegated to them. A cycle cannot arise, as everybody follows somebody who was resolved before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]
NONE = -1
"""Nobody: no delegate, no representative, no way."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """Where each of n votes went. All arrays have the length n.

    Attributes:
        representative: Who casts the vote; themselves if they vote directly; -1 if it is not cast.
        steps: How many delegations it is to the representative, 0 for who votes directly; -1 if the vote is not cast.
        via: The delegate who was followed; -1 for who votes directly or is not cast.
        weight: How many votes each person casts, their own among them; 0 for who does not vote directly.
        turned_away: Who found a representative without room, whether or not another delegate took the vote then.
    """

    representative: Numbers
    steps: Numbers
    via: Numbers
    weight: Numbers
    turned_away: Flags


def resolve(delegates: Numbers, votes: Flags, since: Numbers, cap: int, depth: int = 5) -> Resolved:
    """Resolve all delegations. Who has expired, is suspended or has left is the caller's business.

    On level k, each delegator who is not resolved follows the first in rank among their delegates who were resolved below k
    and whose representative has room. Ranks are filled one after the other, and in each rank the room goes to the earliest
    delegations, ties to the lower number. Who finds no room tries the next rank, and without one the vote is not cast.

    Args:
        delegates: Shape (n, ranks), usually three: numbers of persons from the most wanted on, -1 for none. A delegation to
            oneself leads nowhere.
        votes: Shape (n,): who votes directly. Their delegations are not looked at.
        since: Shape (n,): when the person delegated, in any unit; the earlier has precedence under the cap.
        cap: How many votes one person may cast at most, their own included; at least 1.
        depth: How many delegations a way may have at most; at least 0.

    Raises:
        ValueError: A shape or a bound is wrong, or a delegate is not among the n persons.
    """
    count = len(votes)
    _check(delegates, votes, since, cap, depth)
    everybody = np.arange(count, dtype=np.int64)
    representative = np.where(votes, everybody, NONE)
    steps = np.where(votes, 0, NONE).astype(np.int64)
    via = np.full(count, NONE, dtype=np.int64)
    turned_away = np.zeros(count, dtype=np.bool_)
    room = np.where(votes, cap - 1, 0).astype(np.int64)
    waiting = np.flatnonzero(~votes & (delegates >= 0).any(axis=1))
    waiting = waiting[np.argsort(since[waiting], kind="stable")]
    wanted = delegates[waiting].astype(np.int64)
    for level in range(1, depth + 1):
        # A copy, so that this level sees only those below it; NONE finds itself in the last place.
        target = np.append(representative, NONE)[wanted]
        unresolved = np.ones(len(waiting), dtype=np.bool_)
        for rank in range(wanted.shape[1]):
            asking = np.flatnonzero(unresolved & (target[:, rank] >= 0))
            taken = _admit(target[asking, rank], room)
            turned_away[waiting[asking[~taken]]] = True
            new = asking[taken]
            representative[waiting[new]] = target[new, rank]
            via[waiting[new]] = wanted[new, rank]
            steps[waiting[new]] = level
            unresolved[new] = False
        if unresolved.all():
            break
        waiting, wanted = waiting[unresolved], wanted[unresolved]
    weight = np.bincount(representative[representative >= 0], minlength=count).astype(np.int64)
    return Resolved(representative, steps, via, weight, turned_away)


def path(resolved: Resolved, voter: int) -> list[int]:
    """The persons from a voter to the representative, both included; empty if the vote is not cast."""
    if resolved.representative[voter] < 0:
        return []
    found = [voter]
    while resolved.via[found[-1]] >= 0:
        found.append(int(resolved.via[found[-1]]))
    return found


def _check(delegates: Numbers, votes: Flags, since: Numbers, cap: int, depth: int) -> None:
    count = len(votes)
    if delegates.ndim != 2 or len(delegates) != count or votes.shape != (count,) or since.shape != (count,):
        raise ValueError("delegates are of shape (n, ranks), votes and since of shape (n,)")
    if votes.dtype != np.bool_ or delegates.dtype.kind != "i" or since.dtype.kind != "i":
        raise ValueError("delegates and since are whole numbers, votes are true or false")
    if cap < 1 or depth < 0:
        raise ValueError("a cap is at least 1, a depth at least 0")
    if delegates.size and not NONE <= int(delegates.min()) <= int(delegates.max()) < count:
        raise ValueError(f"a delegate is -1 or a number below {count}")


def _admit(asked: Numbers, room: Numbers) -> Flags:
    """Who is let in of those who ask representatives for room, earliest first. What they take is taken from `room`."""
    asking = np.bincount(asked, minlength=len(room))
    crowded = (asking > room)[asked]
    admitted = ~crowded
    if crowded.any():
        who = np.flatnonzero(crowded)
        who = who[np.argsort(asked[who], kind="stable")]
        group = asked[who]
        starts = np.flatnonzero(np.append(True, group[1:] != group[:-1]))
        place = np.arange(len(who)) - np.repeat(starts, np.diff(np.append(starts, len(who))))
        admitted[who] = place < room[group]
    room -= np.minimum(asking, room)
    return admitted
