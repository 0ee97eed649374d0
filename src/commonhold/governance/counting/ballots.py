"""Ballots and profiles: what a rule of counting gets.

Options are the numbers 0, 1, 2 … of the profile's list; 0 is an option like any other. A ballot of a ranking is a *weak
order*: groups of options from best to worst, equal within a group, and options that are not on it are below all that are.
A ballot of approvals is a group of options. A ballot of points gives whole points to options.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ...journal.canonical import canonical

Group = tuple[int, ...]
"""Options, ascending."""
Ranking = tuple[Group, ...]
Points = tuple[tuple[int, int], ...]
"""(option, points), by option."""


@dataclass(frozen=True, slots=True)
class Rankings:
    """Ranked ballots. `ballots` gives how many are alike; a ballot without any group is blank."""

    options: tuple[str, ...]
    ballots: Mapping[Ranking, int]

    @property
    def count(self) -> int:
        """How many ballots, blank ones too."""
        return sum(self.ballots.values())


@dataclass(frozen=True, slots=True)
class Approvals:
    """Approval ballots. `ballots` gives how many are alike."""

    options: tuple[str, ...]
    ballots: Mapping[Group, int]

    @property
    def count(self) -> int:
        """How many ballots, blank ones too."""
        return sum(self.ballots.values())


@dataclass(frozen=True, slots=True)
class Scores:
    """Ballots of points. `ballots` gives how many are alike."""

    options: tuple[str, ...]
    ballots: Mapping[Points, int]

    @property
    def count(self) -> int:
        """How many ballots, blank ones too."""
        return sum(self.ballots.values())


Profile = Rankings | Approvals | Scores


@dataclass(frozen=True, slots=True)
class Budget:
    """What a budget is divided among.

    Attributes:
        total: What there is, in whole units of the smallest money that occurs. costs: Of each option, in the same unit.
        conflicts: Groups of options of which one at most can be funded.
    """

    total: int
    costs: tuple[int, ...]
    conflicts: tuple[Group, ...] = field(default=())


def ranking(groups: Iterable[Iterable[int]]) -> Ranking:
    """A ranking in its one form: groups ascending inside, no empty group, each option once (where it is best).

    >>> ranking([[2, 0], [], [2, 1]])
    ((0, 2), (1,))
    """
    seen: set[int] = set()
    found = []
    for group in groups:
        new = sorted(set(group) - seen)
        seen.update(new)
        if new:
            found.append(tuple(new))
    return tuple(found)


def profile_hash(profile: Profile) -> str:
    """SHA-256 of the canonical JSON of options and sorted [count, ballot], so that a recount can show that it counted the same."""
    ballots = [[many, ballot] for ballot, many in sorted(profile.ballots.items())]
    return hashlib.sha256(canonical({"ballots": ballots, "options": list(profile.options)})).hexdigest()
