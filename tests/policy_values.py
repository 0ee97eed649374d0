"""Random sharing policies, written as charters that are in order, and random contributions to share by them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st
from world import START, World

from commonhold.commons.charter import CharterSource, read_toml
from commonhold.measure import MICRO, format_decimal
from commonhold.sharing.compute import Computed, compute
from commonhold.store.transaction import Transaction

DAY = 86_400
DIGITS = {"EUR": 2, "JPY": 0, "TND": 3}
VALUED = {"work": 25, "code": 1, "loan": 1}
"""Kinds that have a worth: whole units of the currency for each of theirs."""
KINDS = (*VALUED, "documentation", "care")
PERSONS, IDENTITIES, FIRM, UPSTREAM = (1, 2, 3, 4, 5), (6, 7), 8, 9
RECEIVERS = {"did:1": 1, "did:2": 2, "org:firm": FIRM, "org:upstream": UPSTREAM}

HEAD = """
[commons]
name = "Random"
purpose = "To be tested."
licence = ["CERN-OHL-W-2.0"]
currency = "{currency}"
domains = ["firmware", "hardware"]

[kinds.work]
value = "25"
[kinds.code]
value = "1"
[kinds.documentation]
[kinds.care]
[kinds.loan]

[validation]
"""


@dataclass(frozen=True)
class Given:
    """A validated contribution. amount: millionths of the unit. age: days. repaid: minor units, None where it never shared."""

    provider: int
    kind: str
    amount: int
    age: int = 0
    domain: str = "firmware"
    process: str | None = None
    repayment: str = "while_it_lasts"
    repaid: int | None = None
    reviewers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Scene:
    """What a distribution starts from. claims: the member behind an identity. earlier: (step, agent, minor units) that were given."""

    currency: str
    steps: tuple[dict[str, Any], ...]
    pot: int
    given: tuple[Given, ...] = ()
    members: frozenset[int] = frozenset(PERSONS)
    claims: tuple[tuple[int, int], ...] = ()
    earlier: tuple[tuple[str, int, int], ...] = ()

    def charter(self) -> str:
        """The charter as TOML."""
        return HEAD.format(currency=self.currency) + "".join(_toml(step) for step in self.steps)

    def member(self, agent: int) -> int:
        """The member behind an agent."""
        return dict(self.claims).get(agent, agent)

    def worth(self, given: Given) -> int:
        """What is still to be repaid of a contribution until repaid, in minor units."""
        return max(0, given.amount * VALUED[given.kind] * 10 ** DIGITS[self.currency] // MICRO - (given.repaid or 0))


def _toml(step: dict[str, Any]) -> str:
    return "[[sharing.steps]]\n" + "".join(f"{name} = {_value(value)}\n" for name, value in step.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_value(inner)}" for name, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(inner) for inner in value) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int) else f'"{value}"'


def _decimals(low: int, high: int, digits: int) -> st.SearchStrategy[str]:
    return st.integers(low, high).map(lambda number: format_decimal(number, digits, fixed=False))


def _maybe(draw: st.DrawFn, step: dict[str, Any], **fields: st.SearchStrategy[Any]) -> None:
    """Add some of the fields to a step."""
    for name, values in fields.items():
        if draw(st.integers(0, 3)) == 0:
            step[name] = draw(values)


def _weights() -> st.SearchStrategy[dict[str, str]]:
    return st.dictionaries(st.sampled_from([*KINDS, "review"]), _decimals(0, 3_000_000, 6), min_size=2)


@st.composite
def steps(draw: st.DrawFn, number: int, currency: str, pot: int, percent_left: int, *, last: bool) -> dict[str, Any]:
    """One step in order, of any kind."""
    digits = DIGITS[currency]
    money = _decimals(0, pot + pot // 4, digits)
    step: dict[str, Any] = {"id": f"s{number}"}
    step["to"] = draw(st.sampled_from(["agents", "upstream", "members", "contributions", "contributions", "contributions", "repay", "reserve"]))
    take = draw(st.sampled_from(["percent", "remaining", "amount", "monthly", *["rest"] * (2 * last)]))
    if take == "rest":
        step["rest"] = True
    elif take == "percent" and percent_left:
        step["percent"] = draw(_decimals(1, percent_left, 4))
    elif take in ("percent", "remaining"):
        step |= {"percent": draw(_decimals(1, 1_000_000, 4)), "of": "remaining"}
    else:
        step[take] = draw(money)
    if step["to"] in ("agents", "upstream"):
        agents = ["org:upstream"] if step["to"] == "upstream" else draw(st.lists(st.sampled_from(sorted(RECEIVERS)), min_size=1, unique=True))
        step["agents"] = [{"agent": agent, "parts": draw(st.integers(1, 100))} for agent in agents]
    if step["to"] == "members":
        _maybe(draw, step, rolls=st.just(["producer"]), at_most=money)
        if draw(st.booleans()):
            step |= {"active_days": draw(st.integers(1, 400)), "active_contributions": draw(st.integers(1, 3))}
    if step["to"] in ("contributions", "repay"):
        _filters(draw, step)
    if step["to"] == "repay":
        step["order"] = draw(st.sampled_from(["pro_rata", "oldest"]))
    if step["to"] == "contributions":
        _contributions(draw, step, money, _decimals(0, pot // 8, digits))
    return step


def _filters(draw: st.DrawFn, step: dict[str, Any]) -> None:
    filters: dict[str, st.SearchStrategy[Any]] = {
        "kinds": st.lists(st.sampled_from(KINDS), min_size=2, unique=True),
        "domains": st.just(["firmware"]),
        "processes": st.just(["mill"]),
        "since": st.sampled_from(["2025-06-01", "2025-10-01"]),
        "until": st.sampled_from(["2025-12-20", "2026-01-01"]),
        "last_days": st.integers(1, 300),
    }
    for name in draw(st.sampled_from([(), (), (), *((name,) for name in filters), ("domains", "since"), ("kinds", "since", "until")])):
        step[name] = draw(filters[name])


def _contributions(draw: st.DrawFn, step: dict[str, Any], money: st.SearchStrategy[str], little: st.SearchStrategy[str]) -> None:
    step |= {"by_value": True} if draw(st.booleans()) else {"weights": draw(_weights())}
    _maybe(draw, step, half_life_days=st.integers(1, 400), drop_below=money, full_at=st.integers(1, 12))
    if draw(st.booleans()):
        _maybe(draw, step, catch_up=st.just(value=True))
    if "catch_up" not in step:
        _maybe(draw, step, at_most=money, at_most_percent=_decimals(1, 1_000_000, 4))
        if "at_most" not in step:
            _maybe(draw, step, at_least=little)


@st.composite
def givens(draw: st.DrawFn, currency: str) -> Given:
    """One validated contribution."""
    provider = draw(st.sampled_from([*PERSONS, *IDENTITIES, FIRM]))
    kind = draw(st.sampled_from([*KINDS, *VALUED]))
    repayment = draw(st.sampled_from(["while_it_lasts", "until_repaid", "until_repaid", "once", "never"]))
    if repayment == "until_repaid" and kind not in VALUED:
        repayment = "once"
    reviewers = draw(st.sets(st.sampled_from([agent for agent in PERSONS if agent != provider]), max_size=3))
    return Given(
        provider, kind, draw(st.integers(1, 12) | st.integers(1, 10**4)) * draw(st.sampled_from([1, 250_000, MICRO, MICRO, MICRO])), draw(st.integers(0, 400)),
        draw(st.sampled_from(["firmware", "hardware"])), draw(st.sampled_from([None, "mill"])), repayment,
        draw(st.none() | st.integers(0, 20 * 10 ** DIGITS[currency])) if repayment in ("until_repaid", "once") else None, tuple(sorted(reviewers)),
    )  # fmt: skip


@st.composite
def scenes(draw: st.DrawFn, *, counting: bool = True) -> Scene:
    """Any policy with anything to share by it. counting: With rules that count contributions, whatever their size."""
    currency = draw(st.sampled_from(["EUR", "EUR", "JPY", "TND"]))
    pot = draw(st.integers(1, 500) | st.integers(10**4, 10**7) | st.integers(10**4, 10**7) | st.integers(10**10, 10**12))
    count, percent_left, policy = draw(st.integers(1, 4)), 100 * 10**4, []
    for number in range(count):
        step = draw(steps(number, currency, pot, percent_left, last=number + 1 == count))
        if not counting:
            step = {name: value for name, value in step.items() if name not in ("full_at", "active_contributions")}
        if "percent" in step and "of" not in step:
            whole, _, fraction = step["percent"].partition(".")
            percent_left -= int(whole) * 10**4 + int(fraction.ljust(4, "0") or 0)
        policy.append(step)
    given = tuple(draw(st.lists(givens(currency), min_size=draw(st.sampled_from([0, 4, 8])), max_size=10)))
    claims = tuple((identity, draw(st.sampled_from(PERSONS))) for identity in IDENTITIES if draw(st.booleans()))
    agents = st.sampled_from([*PERSONS, *IDENTITIES])
    earlier = draw(st.lists(st.tuples(st.sampled_from([step["id"] for step in policy]), agents, st.integers(1, pot)), max_size=3))
    return Scene(
        currency,
        tuple(policy),
        pot,
        given,
        frozenset(draw(st.sets(st.sampled_from(PERSONS), min_size=draw(st.sampled_from([0, 3]))))),
        claims,
        tuple(earlier),
    )


class _Undo(Exception):
    pass


@contextmanager
def laid(world: World, scene: Scene, *, backwards: bool = False) -> Iterator[Transaction]:
    """The tables as the scene says, until the block ends. backwards: Written in the opposite order."""
    rows = [*_agents(scene), *_given(scene), *_earlier(scene)]
    try:
        with world.node.database.write() as transaction:
            for table in ("agent", "charter", "membership"):
                transaction.execute(f"DELETE FROM {table} WHERE commons = 'test'")
            transaction.cache.clear()
            for table, *values in reversed(rows) if backwards else rows:
                transaction.insert(table, "test", *values)
            yield transaction
            raise _Undo
    except _Undo:
        pass


def _agents(scene: Scene) -> Iterator[tuple[Any, ...]]:
    source = read_toml(scene.charter())
    assert isinstance(source, CharterSource)
    yield "charter", 0, START - 70 * DAY, "did:1", "", scene.charter()
    yield "agent", 0, "did:node", "Node", "", "", START, None
    for person in PERSONS:
        yield "agent", person, f"did:{person}", "Person", "", "", START, None
        if person in scene.members:
            yield "membership", person, "member", "user" if person == PERSONS[-1] else "producer", START, START, None, 1
    for identity in IDENTITIES:
        yield "agent", identity, f"id:{identity}", "Identity", "", "", START, dict(scene.claims).get(identity)
    yield "agent", FIRM, "org:firm", "Organization", "Firm", "enterprise", START, None
    yield "agent", UPSTREAM, "org:upstream", "Organization", "Upstream", "commons", START, None


def _given(scene: Scene) -> Iterator[tuple[Any, ...]]:
    for position, given in enumerate(scene.given, 100):
        at = START - given.age * DAY
        yield (
            "contribution", position, given.provider, given.provider, given.kind, given.domain, given.process, "unit", at, at, given.amount,
            "validated", 0, given.amount, given.kind, at, given.repayment, None, None,
        )  # fmt: skip
        if given.repaid is not None:
            yield "repaid", position, given.repaid
        for reviewer in given.reviewers:
            yield "attestation", position, 0, reviewer, "attested", "accept", given.amount, given.kind, position


def _earlier(scene: Scene) -> Iterator[tuple[Any, ...]]:
    for number, (step, agent, amount) in enumerate(scene.earlier, 1):
        yield "distribution", number, number, "common", scene.currency, amount, amount, 0, START, 0, "", "", 1, 1
        yield "step_taken", number, 0, step, amount, "0", "", amount, 1
        yield "share", number, 0, step, agent, amount, "0", ""
    yield "income", 1, "common", scene.pot + sum(amount for _, _, amount in scene.earlier), scene.currency, "gift", 1, START, "", None, None


def shared(world: World, scene: Scene, *, backwards: bool = False) -> Computed:
    """The distribution that the scene comes to.

    Raises:
        Refused: `sharing.unsatisfiable`.
    """
    with laid(world, scene, backwards=backwards) as transaction:
        return compute(transaction, "test", "common", None, START)


def totals(computed: Computed) -> dict[int, int]:
    """What each agent gets in all."""
    found: dict[int, int] = {}
    for _, agent, amount in computed.shares():
        found[agent] = found.get(agent, 0) + amount
    return found


def in_pieces(scene: Scene, index: int, cuts: list[int]) -> Scene:
    """The same scene, where one contribution was entered in pieces: cuts are the millionths at which it is cut."""
    whole = scene.given[index]
    bounds = [0, *sorted({cut for cut in cuts if 0 < cut < whole.amount}), whole.amount]
    pieces = [replace(whole, amount=high - low) for low, high in itertools.pairwise(bounds)]
    return replace(scene, given=(*scene.given[:index], *pieces, *scene.given[index + 1 :]))
