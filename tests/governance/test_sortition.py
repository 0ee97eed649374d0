"""Drawing by lot: the same for everybody, fair, and with all quotas that can be met."""

from __future__ import annotations

import time
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from commonhold.sortition import AtLeast, AtMost, Candidate, Drawn, Lack, Quota, Skipped, draw, lot


def person(number: int, **attributes: str) -> Candidate:
    return Candidate(f"p{number}", frozenset(attributes.items()))


def keeps(people: tuple[Candidate, ...], quotas: list[Quota], *, needs: bool = True) -> bool:
    """Whether a group is within the limits, and has what is needed."""
    for quota in quotas:
        values = Counter(value for one in people for name, value in one.attributes if name == quota.attribute)
        if isinstance(quota, AtMost) and max(values.values(), default=0) > quota.most:
            return False
        if needs and isinstance(quota, AtLeast) and values[quota.value] < quota.least:
            return False
    return True


def first_group(order: list[Candidate], seats: int, quotas: list[Quota]) -> tuple[str, ...] | None:
    """By trying all: of all groups that meet everything, the one that takes the earliest people."""
    groups = (group for group in combinations(order, seats) if keeps(group, quotas))
    return next((tuple(one.id for one in group) for group in groups), None)


VALUES = st.sampled_from("abc")
PEOPLE = st.lists(st.frozensets(st.tuples(st.sampled_from(["org", "town", "role", "tongue"]), VALUES), max_size=4), max_size=9).map(
    lambda rows: [Candidate(f"p{number}", row) for number, row in enumerate(rows)]
)
QUOTAS = st.lists(
    st.builds(AtLeast, st.sampled_from(["role", "tongue", "town"]), VALUES, st.integers(0, 3))
    | st.builds(AtMost, st.sampled_from(["org", "town"]), st.integers(0, 3)),
    max_size=5,
)


@example(b"", [Candidate("p0", frozenset({("org", "a")})), Candidate("p1", frozenset({("org", "a"), ("org", "b")}))], 2, [AtMost("org", 1)], set())
@settings(max_examples=400)
@given(st.binary(max_size=4), PEOPLE, st.integers(0, 5), QUOTAS, st.sets(st.sampled_from(["p0", "p1", "p2"]), max_size=1))
def test_it_is_the_earliest_group_that_meets_everything(
    seed: bytes, people: list[Candidate], seats: int, quotas: list[Quota], excluded: set[str]
) -> None:
    order = [people[number] for number in lot(seed, [one.id for one in people]) if people[number].id not in excluded]
    drawn = draw(seed, people, seats, quotas, excluded)
    expected = first_group(order, seats, quotas)
    assert drawn.chosen == (expected or ())
    assert bool(drawn.missing) == (expected is None)
    assert draw(seed, people[::-1], seats, quotas, excluded) == drawn


@settings(max_examples=200)
@given(st.binary(max_size=4), PEOPLE, st.integers(0, 5), QUOTAS)
def test_best_effort_says_how_much_is_missing_and_no_group_has_more(seed: bytes, people: list[Candidate], seats: int, quotas: list[Quota]) -> None:
    drawn = draw(seed, people, seats, quotas, strict=False)
    chosen = tuple(one for one in people if one.id in drawn.chosen)
    assert keeps(chosen, quotas, needs=False)

    def met(group: tuple[Candidate, ...]) -> list[int]:
        each = [min(q.least, sum((q.attribute, q.value) in one.attributes for one in group)) for q in quotas if isinstance(q, AtLeast)]
        return [*each, len(group)]

    best = max(met(group) for size in range(seats + 1) for group in combinations(people, size) if keeps(group, quotas, needs=False))
    assert met(chosen) == best
    numbers = [number for number, quota in enumerate(quotas) if isinstance(quota, AtLeast)]
    goals = [*(quota.least for quota in quotas if isinstance(quota, AtLeast)), seats]
    lacks = zip([*numbers, None], best, goals, strict=True)
    assert drawn.missing == tuple(Lack(number, has, goal) for number, has, goal in lacks if has < goal)


def test_without_quotas_it_is_the_lot() -> None:
    people = [person(number) for number in range(20)]
    order = lot(b"seed", [one.id for one in people])
    assert draw(b"seed", people, 7).chosen == tuple(f"p{number}" for number in order[:7])


def test_everybody_is_drawn_about_as_often() -> None:
    """Chi-square with 19 degrees of freedom: 95 % of fair draws are below 30, and 43.8 is reached once in a thousand."""
    people = [person(number) for number in range(20)]
    seen = Counter(name for seed in range(2_000) for name in draw(seed.to_bytes(4, "big"), people, 5).chosen)
    expected = 2_000 * 5 / 20
    assert sum((seen[one.id] - expected) ** 2 / expected for one in people) < 43.8


def test_never_two_of_one_organisation_and_it_says_so() -> None:
    people = [person(number, org=str(number % 4)) for number in range(40)]
    for seed in range(50):
        drawn = draw(bytes([seed]), people, 4, [AtMost("org", 1)])
        assert sorted(int(name[1:]) % 4 for name in drawn.chosen) == [0, 1, 2, 3]
        assert all(skipped.reason == "limit" and skipped.quotas == (0,) for skipped in drawn.skipped)
    assert draw(b"", people, 5, [AtMost("org", 1)]).missing == (Lack(None, 4, 5),)


def test_who_is_passed_over_is_told_why() -> None:
    people = [person(0, role="user"), *(person(number, role="maker") for number in range(1, 6))]
    drawn = draw(b"x", people, 1, [AtLeast("role", "user", 1)], excluded=["p3"])
    assert drawn.chosen == ("p0",)
    assert drawn.skipped
    for skipped in drawn.skipped:
        assert skipped == (Skipped("p3", "excluded") if skipped.id == "p3" else Skipped(skipped.id, "needed", (0,)))
    assert draw(b"x", people, 1, [AtLeast("role", "user", 1)], excluded=["p0"]) == Drawn((), (), (Lack(0, 0, 1),))


def test_a_choice_that_would_lose_a_quota_later_is_not_made() -> None:
    """Two seats, two users, one of them speaking French, of two organisations: 1 alone or 2 alone would spoil it."""
    people = [
        person(0, org="a", role="user", tongue="fr"),
        person(1, org="a", role="user"),
        person(2, org="b", tongue="fr"),
        person(3, org="b", role="user"),
    ]
    quotas: list[Quota] = [AtLeast("role", "user", 2), AtLeast("tongue", "fr", 1), AtMost("org", 1)]
    for seed in range(20):
        assert set(draw(bytes([seed]), people, 2, quotas).chosen) == {"p0", "p3"}


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="same id"):
        draw(b"", [person(1), person(1)], 1)
    with pytest.raises(ValueError, match="at least 0"):
        draw(b"", [], -1)
    with pytest.raises(ValueError, match="at least 0"):
        draw(b"", [], 1, [AtMost("org", -1)])


def test_a_jury_of_a_large_commons_is_drawn_quickly() -> None:
    people = [
        person(
            number, org=str(number * 7 % 301), gender="fm"[number % 2], region="abcde"[number * 3 % 5], role="user" if number % 4 == 1 else "maker"
        )
        for number in range(2_000)
    ]
    quotas: list[Quota] = [
        AtLeast("gender", "f", 5), AtLeast("gender", "m", 5), AtLeast("region", "a", 2), AtLeast("role", "user", 3), AtMost("org", 1), AtMost("region", 4)
    ]  # fmt: skip
    started = time.perf_counter()
    drawn = draw(b"2026", people, 12, quotas)
    assert len(drawn.chosen) == 12 and keeps(tuple(one for one in people if one.id in drawn.chosen), quotas)
    assert time.perf_counter() - started < 5
