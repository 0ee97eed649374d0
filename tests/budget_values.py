"""Small budgets with many ties, and rules counted the plain way: one voter at a time, in exact fractions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from commonhold.governance.counting.ballots import Approvals, Budget, Scores
from commonhold.governance.counting.equal_shares import EqualShares

Case = tuple[Any, Budget, list[int]]
"""(profile, budget, order)."""


@st.composite
def cases(draw: st.DrawFn, *, points: bool | None = None, unit: bool = False, conflicts: bool = True, money: int = 12) -> Case:
    """An election with up to six options; costs, ballots and weights repeat often."""
    many = draw(st.integers(1, 6))
    amounts = st.sampled_from([1] if unit else [0, 1, 2, 3, 4, 6, money, money + 1])
    costs = tuple(draw(st.lists(amounts, min_size=many, max_size=many)))
    named = st.lists(st.integers(0, many - 1), unique=True).map(sorted)
    weights = st.integers(1, 4)
    with_points = draw(st.booleans()) if points is None else points
    if with_points:
        given = named.flatmap(lambda some: st.tuples(*(st.tuples(st.just(option), st.integers(0, 3)) for option in some)))
        profile: Any = Scores(tuple("abcdef"[:many]), draw(st.dictionaries(given, weights, max_size=7)))
    else:
        profile = Approvals(tuple("abcdef"[:many]), draw(st.dictionaries(named.map(tuple), weights, max_size=7)))
    groups = (
        draw(st.lists(st.lists(st.integers(0, many - 1), min_size=2, max_size=3, unique=True).map(tuple), max_size=2))
        if conflicts and many > 1
        else []
    )
    total = draw(st.integers(0, 3 * money))
    return profile, Budget(total, costs, tuple(groups)), draw(st.permutations(range(many)))


def voters(profile: Any) -> list[dict[int, int]]:
    """Option → points of each single ballot; 1 for an approval."""
    found = []
    for ballot, many in profile.ballots.items():
        given = dict(ballot) if isinstance(profile, Scores) else dict.fromkeys(ballot, 1)
        found += [{option: each for option, each in given.items() if each > 0}] * many
    return found


def votes(profile: Any, option: int) -> int:
    """How many support it."""
    return sum(option in each for each in voters(profile))


def clashes(budget: Budget, option: int, funded: Sequence[int]) -> bool:
    """Whether it is in conflict with what is funded."""
    return any(option in group and other in group and other != option for group in budget.conflicts for other in funded)


def first(case: Case, ties: Sequence[str], among: Sequence[int]) -> int:
    """Who comes first among equals."""
    profile, budget, order = case
    keys = {
        "votes": lambda option: -votes(profile, option),
        "cheapest": lambda option: budget.costs[option],
        "dearest": lambda option: -budget.costs[option],
    }
    return min(among, key=lambda option: (*(keys[name](option) for name in ties), order.index(option)))


def plain_shares(case: Case, rule: EqualShares, share: Fraction) -> tuple[list[int], list[tuple[tuple[int, ...], int]]]:
    """(funded, [(equals, the one chosen)]) for one share, without completion."""
    profile, budget, _ = case
    ballots = voters(profile)
    purses = [share] * len(ballots)
    funded: list[int] = []
    ties = []

    def worth(option: int, ballot: dict[int, int]) -> Fraction:
        cost = budget.costs[option] or 1
        per = {"cost": cost, "cardinality": 1, "effort": Fraction(cost, votes(profile, option)), "points": ballot[option]}
        return Fraction(per[rule.utility])

    while True:
        rhos: dict[int, Fraction] = {}
        for option, cost in enumerate(budget.costs):
            those = [number for number, ballot in enumerate(ballots) if option in ballot]
            if (
                option in funded
                or not those
                or len(those) < rule.minimum_support
                or clashes(budget, option, funded)
                or sum(purses[n] for n in those) < cost
            ):
                continue
            # Between two thresholds the sum is a straight line: try each as the set of those who cannot pay in full.
            those.sort(key=lambda number: purses[number] / worth(option, ballots[number]))
            for cut in range(len(those)):
                rho = (cost - sum(purses[n] for n in those[:cut])) / sum(worth(option, ballots[n]) for n in those[cut:])
                if rho <= purses[those[cut]] / worth(option, ballots[those[cut]]):
                    rhos[option] = rho
                    break
        if not rhos:
            return funded, ties
        equals = [option for option, rho in rhos.items() if rho == min(rhos.values())]
        chosen = first(case, rule.ties, equals)
        if len(equals) > 1:
            ties.append((tuple(equals), chosen))
        for number, ballot in enumerate(ballots):
            if chosen in ballot:
                purses[number] -= min(purses[number], rhos[chosen] * worth(chosen, ballot))
        funded.append(chosen)


def plain_equal_shares(case: Case, rule: EqualShares) -> tuple[list[int], list[tuple[tuple[int, ...], int]]]:
    """The whole rule."""
    profile, budget, _ = case
    people = len(voters(profile))
    share = Fraction(budget.total, max(people, 1))
    able = [option for option in range(len(budget.costs)) if votes(profile, option) and votes(profile, option) >= rule.minimum_support]
    found = plain_shares(case, rule, share)

    def spent(funded: Sequence[int]) -> int:
        return sum(budget.costs[option] for option in funded)

    if rule.completion.startswith("add1") and people:
        share = Fraction(share.numerator // share.denominator) if rule.whole_start else share
        found = plain_shares(case, rule, share)
        while True:
            left = [option for option in able if option not in found[0] and not clashes(budget, option, found[0])]
            fit = [option for option in left if budget.costs[option] + spent(found[0]) <= budget.total]
            if not (left if rule.stop == "overspend" else fit):
                break
            share += rule.increment
            following = plain_shares(case, rule, share)
            if spent(following[0]) > budget.total:
                break
            found = following
    funded, ties = found
    if rule.completion.endswith("greedy"):
        scores = {
            option: sum(each.get(option, 0) for each in voters(profile)) if rule.utility == "points" else votes(profile, option) for option in able
        }
        left = [option for option in able if option not in funded]
        while left:
            equals = [option for option in left if scores[option] == max(scores[option] for option in left)]
            chosen = first(case, rule.ties, equals)
            if len(equals) > 1:
                ties.append((tuple(equals), chosen))
            left.remove(chosen)
            if not clashes(budget, chosen, funded) and spent(funded) + budget.costs[chosen] <= budget.total:
                funded = [*funded, chosen]
    return funded, ties


def plain_phragmen(
    case: Case, *, minimum_support: int = 0, skip: bool = False, ties: Sequence[str] = ()
) -> tuple[list[int], list[tuple[tuple[int, ...], int]]]:
    """Phragmén's rule, with a load for every voter."""
    profile, budget, _ = case
    ballots = voters(profile)
    loads = [Fraction(0)] * len(ballots)
    left = [option for option in range(len(budget.costs)) if votes(profile, option) and votes(profile, option) >= minimum_support]
    funded: list[int] = []
    found = []
    while left := [option for option in left if not clashes(budget, option, funded)]:
        carried = {
            option: (budget.costs[option] + sum((load for load, ballot in zip(loads, ballots, strict=True) if option in ballot), Fraction(0)))
            / votes(profile, option)
            for option in left
        }
        equals = [option for option in left if carried[option] == min(carried.values())]
        chosen = first(case, ties, equals)
        if len(equals) > 1:
            found.append((tuple(equals), chosen))
        left.remove(chosen)
        if budget.costs[chosen] + sum(budget.costs[option] for option in funded) <= budget.total:
            funded.append(chosen)
            loads = [carried[chosen] if chosen in ballot else load for load, ballot in zip(loads, ballots, strict=True)]
        elif not skip:
            break
    return funded, found


def turned(case: Case, places: Sequence[int]) -> Case:
    """The same election with its options in other places: option n becomes places[n]."""
    profile, budget, order = case
    many = len(places)
    back = [places.index(number) for number in range(many)]
    options = tuple(profile.options[number] for number in back)
    if isinstance(profile, Scores):
        moved: Any = Scores(
            options, {tuple(sorted((places[option], given) for option, given in ballot)): count for ballot, count in profile.ballots.items()}
        )
    else:
        moved = Approvals(options, {tuple(sorted(places[option] for option in ballot)): count for ballot, count in profile.ballots.items()})
    costs = tuple(budget.costs[number] for number in back)
    conflicts = tuple(tuple(sorted(places[option] for option in group)) for group in budget.conflicts)
    return moved, Budget(budget.total, costs, conflicts), [places[option] for option in order]
