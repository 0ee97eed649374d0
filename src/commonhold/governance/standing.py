"""Standing: what somebody's recent contributions to a domain come to, and whether that is enough for an office.

Recent counts more, and who says so counts: points that one friend validated are less than the same points from many. The
tests, a window that rolls, points, diversity of endorsers and of weeks, and loss only below nine tenths, follow Discourse's
trust levels (`trust_level3_requirements.rb`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from .decay import decayed

DAY = 86_400
LOW_WATER_MARK = Fraction(9, 10)
"""What share of a threshold keeps an office, so that nobody loses and wins it from week to week."""


@dataclass(frozen=True, slots=True)
class Credit:
    """A validated contribution.

    Attributes:
        position: Where it is in the journal. at: When it was made, in Unix seconds. points: In millionths; at least 0.
        endorsers: Numbers of those who validated it; who is named twice counts once.
    """

    position: int
    at: int
    points: int
    endorsers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One credit in the sum: its points when it was made, and what they count now, in millionths."""

    position: int
    then: int
    now: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What credits come to.

    Attributes:
        points: The sum of what the lines count now, in millionths. lines: Of every credit, in the order given.
        endorsed: Endorser → the points of theirs, in millionths and fractions of them: each credit split evenly.
        effective: The effective number of endorsers. weeks: In how many ISO weeks (UTC) there is a credit that counts.
    """

    points: int
    lines: tuple[Line, ...]
    endorsed: Mapping[int, Fraction]
    effective: Fraction
    weeks: int

    @property
    def endorsers(self) -> int:
        """How many different people endorsed something that counts."""
        return len(self.endorsed)


@dataclass(frozen=True, slots=True)
class Threshold:
    """What an office needs: points in millionths, a whole number of effective endorsers, and of weeks."""

    points: int
    endorsers: int
    weeks: int


@dataclass(frozen=True, slots=True)
class Missing:
    """What is not enough: what there is, and what it takes at least. Points are in millionths."""

    what: Literal["points", "endorsers", "weeks"]
    has: Fraction
    needs: Fraction


def effective(endorsed: Mapping[int, Fraction]) -> Fraction:
    """The effective number of endorsers: (Σp)² / Σp², as Laakso and Taagepera (1979) count parties; 0 without any points.

    It is k if k people endorsed equally, and near 1 if one endorsed nearly everything.

    Raises:
        ValueError: Somebody has fewer than 0 points.

    >>> effective({7: Fraction(2), 8: Fraction(1), 9: Fraction(1)})
    Fraction(8, 3)
    """
    if any(points < 0 for points in endorsed.values()):
        raise ValueError("points are at least 0")
    squares = sum((points * points for points in endorsed.values()), Fraction(0))
    return sum(endorsed.values(), Fraction(0)) ** 2 / squares if squares else Fraction(0)


def standing(contributions: Sequence[Credit], now: int, window_days: int, half_life_days: int) -> Standing:
    """What contributions come to now.

    A credit halves every half-life, by whole days. One that is as old as the window, or is not made yet, counts nothing.
    What it counts is split evenly among its endorsers, without rounding.

    Args:
        contributions: In any order. now: In Unix seconds. window_days: At least 0. half_life_days: At least 1.

    Raises:
        ValueError: A credit has fewer than 0 points, or a number of days is out of its bounds.
    """
    if window_days < 0 or half_life_days < 1 or any(credit.points < 0 for credit in contributions):
        raise ValueError("points and windows are at least 0, and a half-life at least 1")
    lines, weeks = [], set()
    endorsed: dict[int, Fraction] = {}
    for credit in contributions:
        age_days = (now - credit.at) // DAY
        counts = decayed(credit.points, age_days, half_life_days) if 0 <= age_days < window_days else 0
        lines.append(Line(credit.position, credit.points, counts))
        if counts:
            weeks.add(_week(credit.at))
            for endorser, part in _split(counts, credit.endorsers):
                endorsed[endorser] = endorsed.get(endorser, Fraction(0)) + part
    found = {endorser: endorsed[endorser] for endorser in sorted(endorsed)}
    return Standing(sum(line.now for line in lines), tuple(lines), found, effective(found), len(weeks))


def eligible(has: Standing, needs: Threshold, *, held: bool) -> list[Missing]:
    """What is missing for an office; an empty list is enough. Who holds it already needs nine tenths of each.

    >>> eligible(standing([], 0, 365, 180), Threshold(0, 0, 1), held=False)
    [Missing(what='weeks', has=Fraction(0, 1), needs=Fraction(1, 1))]
    """
    share = LOW_WATER_MARK if held else Fraction(1)
    tests = [
        Missing("points", Fraction(has.points), share * needs.points),
        Missing("endorsers", has.effective, share * needs.endorsers),
        Missing("weeks", Fraction(has.weeks), share * needs.weeks),
    ]
    return [test for test in tests if test.has < test.needs]


def _week(at: int) -> int:
    """A number for the ISO week. They begin on Mondays, and 1970-01-01 was a Thursday."""
    return (at // DAY + 3) // 7


def _split(points: int, endorsers: tuple[int, ...]) -> list[tuple[int, Fraction]]:
    """(endorser, part). Exact: two who always endorse together are two, whatever the last millionth."""
    people = sorted(set(endorsers))
    return [(endorser, Fraction(points, len(people))) for endorser in people]
