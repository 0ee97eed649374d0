"""A policy applied to a fund: step by step, who gets how much and for what. Pure: plain values in, plain values out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from ..measure import parse_decimal, parse_money
from .filling import NO_CEILING, Filled, Items, fill
from .policy import HUNDRED_PERCENT, PERCENT_DIGITS, Policy, Receiver, Step
from .rounding import Integers, fitting, largest_remainder


@dataclass(frozen=True, slots=True)
class Points:
    """The contributions that count in a step, grouped by peer, peers by number, a peer's contributions by position.

    Attributes:
        agents: Number of the peer of each contribution. positions: Its place in the journal. points: Above 0.
        ceilings: What is still to be repaid, in minor units, or -1. reviews: Whether the item is the reviewing of it.
    """

    agents: Integers
    positions: Integers
    points: Integers
    ceilings: Integers
    reviews: Integers

    def starts(self) -> Integers:
        """First index of each peer."""
        return np.flatnonzero(np.append(True, self.agents[1:] != self.agents[:-1])) if len(self.agents) else np.zeros(0, dtype=np.int64)


SPREAD_BITS = 96
"""Points of a peer's contributions, when the peer's weight is spread over them, are rounded down to 2^-96."""

EMPTY = np.zeros(0, dtype=np.int64)
NO_POINTS = Points(EMPTY, EMPTY, EMPTY, EMPTY, EMPTY)


@dataclass(frozen=True, slots=True)
class StepInputs:
    """What a step looks at.

    Attributes:
        points: For steps by contributions. count: How many contributions count.
        members: Numbers of the members who count, for a step to members.
        due: For a sum a month, what all months so far come to, in minor units. received: What the step took of it so far.
        paid: What each peer got by this step so far, by number. limit: The most that the step may take, if there is such a bound.
    """

    points: Points = NO_POINTS
    members: tuple[int, ...] = ()
    due: int = 0
    received: int = 0
    paid: Mapping[int, int] = field(default_factory=dict)
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a step did.

    Attributes:
        taken: What the step took, in minor units. given: (number of agent, amount), only above 0.
        points, amounts: For steps by contributions: what each of them brought.
        remark: Why the step took less than it might, or nothing.
    """

    step: Step
    taken: int
    given: list[tuple[int, int]]
    points: Points = NO_POINTS
    amounts: Integers = field(default_factory=lambda: EMPTY)
    remark: str = ""

    def all_points(self) -> int:
        """The points of all that counted in the step."""
        return sum(int(value) for value in Items(self.points.points, self.points.starts()).group_weights()) if len(self.points.points) else 0

    def explained(self) -> Iterator[tuple[int, int, int, str]]:
        """(agent, amount, points, detail) of each share.

        `detail` is JSON: [positions, points, amounts, reviews], four lists of the same length, one place for each
        contribution that counted; empty for steps that do not look at contributions.
        """
        if not len(self.points.points):
            yield from ((agent, amount, 0, "") for agent, amount in self.given)
            return
        starts = self.points.starts()
        place = dict(zip(self.points.agents[starts].tolist(), range(len(starts)), strict=True))
        bounds = [*starts.tolist(), len(self.points.agents)]
        columns = [column.tolist() for column in (self.points.positions, self.points.points, self.amounts, self.points.reviews)]
        for agent, amount in self.given:
            part = slice(bounds[place[agent]], bounds[place[agent] + 1])
            lists = [column[part] for column in columns]
            yield agent, amount, sum(lists[1]), json.dumps(lists, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a distribution comes to. `amount` = sum of all shares + `kept`."""

    amount: int
    steps: list[StepResult]

    @property
    def given(self) -> int:
        """What the shares add up to."""
        return sum(amount for step in self.steps for _, amount in step.given)

    @property
    def kept(self) -> int:
        """What stays in the fund."""
        return self.amount - self.given


class Unsatisfiable(ValueError):
    """A step cannot be satisfied with what is there; the message tells why."""


def distribute(amount: int, policy: Policy, currency: str, inputs: Mapping[str, StepInputs], numbers: Mapping[str, int]) -> Outcome:
    """Share an amount by a policy that has been checked.

    Args:
        amount: Minor units of the currency. inputs: For each step's id. numbers: Numbers of the agents that steps name.

    Raises:
        Unsatisfiable: Floors ask for more than there is.
    """
    left, results = amount, []
    repaid: dict[int, int] = {}
    for step in policy.steps:
        seen = replace(inputs[step.id], points=_less_repaid(step, inputs[step.id].points, repaid)) if repaid else inputs[step.id]
        wanted = _wanted(step, amount, left, currency, seen)
        result = _give(step, min(wanted, left), currency, seen, numbers)
        ends = result.points.ceilings != NO_CEILING
        for position, part in zip(result.points.positions[ends].tolist(), result.amounts[ends].tolist(), strict=True):
            repaid[position] = repaid.get(position, 0) + part
        if wanted > left and not result.remark:
            result = StepResult(step, result.taken, result.given, result.points, result.amounts, "The fund had less than the step asks for.")
        assert sum(part for _, part in result.given) <= result.taken <= left
        left -= result.taken
        results.append(result)
    outcome = Outcome(amount, results)
    assert 0 <= outcome.given <= amount
    return outcome


def _less_repaid(step: Step, points: Points, repaid: Mapping[int, int]) -> Points:
    """Points where what steps before have repaid, by position, is owed no more: nothing is repaid twice in one distribution."""
    ceilings = points.ceilings.copy()
    for index in np.flatnonzero(ceilings != NO_CEILING):
        ceilings[index] -= repaid.get(int(points.positions[index]), 0)
    weights = ceilings if step.to == "repay" else points.points
    keep = ceilings != 0
    return Points(points.agents[keep], points.positions[keep], weights[keep], ceilings[keep], points.reviews[keep])


def _wanted(step: Step, total: int, left: int, currency: str, inputs: StepInputs) -> int:
    if step.rest:
        return left
    if step.percent:
        base = total if step.of == "total" else left
        return base * parse_decimal(step.percent, PERCENT_DIGITS) // HUNDRED_PERCENT
    if step.monthly:
        return max(0, inputs.due - inputs.received)
    return parse_money(step.amount, currency)


def _give(step: Step, amount: int, currency: str, inputs: StepInputs, numbers: Mapping[str, int]) -> StepResult:
    if step.to == "reserve":
        return StepResult(step, amount, [])
    if step.to in ("agents", "upstream"):
        return _to_agents(step, amount, step.agents, numbers)
    if step.to == "members":
        return _to_members(step, amount, currency, inputs.members)
    if not len(inputs.points.points):
        remark = "No income names a product that somebody contributed to." if step.to == "flow" else "No contribution counts here."
        return StepResult(step, 0, [], remark=remark)
    if step.to == "flow":
        return _by_contributions(step, min(amount, amount if inputs.limit is None else inputs.limit), currency, inputs)
    if step.to == "repay":
        return _repay(step, amount, inputs.points)
    return _by_contributions(step, amount, currency, inputs)


def _to_agents(step: Step, amount: int, receivers: list[Receiver], numbers: Mapping[str, int]) -> StepResult:
    parts = largest_remainder(amount, [receiver.parts for receiver in receivers])
    given = [(numbers[receiver.agent], part) for receiver, part in zip(receivers, parts, strict=True) if part]
    return StepResult(step, amount, given)


def _to_members(step: Step, amount: int, currency: str, members: tuple[int, ...]) -> StepResult:
    if not members:
        return StepResult(step, 0, [], remark="No member counts as active.")
    remark = ""
    if step.at_most and amount > parse_money(step.at_most, currency) * len(members):
        amount = parse_money(step.at_most, currency) * len(members)
        remark = "Every member got the most that the step allows."
    parts = largest_remainder(amount, [1] * len(members))
    return StepResult(step, amount, [(member, part) for member, part in zip(members, parts, strict=True) if part], remark=remark)


def _repay(step: Step, amount: int, owed: Points) -> StepResult:
    """Repay what is owed: in proportion to it, or the oldest first."""
    debts = [int(ceiling) for ceiling in owed.ceilings]
    amount = min(amount, sum(debts))
    if step.order == "pro_rata":
        parts = largest_remainder(amount, debts)
    else:
        parts, left = [0] * len(debts), amount
        for index in np.argsort(owed.positions, kind="stable"):
            parts[index] = min(debts[index], left)
            left -= parts[index]
    amounts = np.array(parts, dtype=object)
    return StepResult(step, amount, _by_peer(owed, amounts), owed, amounts)


def _by_contributions(step: Step, amount: int, currency: str, inputs: StepInputs) -> StepResult:
    remark, points = "", inputs.points
    if step.full_at and (count := int(np.count_nonzero(points.reviews == 0))) < step.full_at:
        amount = amount * count // step.full_at
        remark = f"{count} contributions; {step.full_at} make a full step."
    low = parse_money(step.at_least, currency) if step.at_least else 0
    caps = [parse_money(step.at_most, currency)] if step.at_most else []
    if step.at_most_percent:
        caps.append(amount * parse_decimal(step.at_most_percent, PERCENT_DIGITS) // HUNDRED_PERCENT)
    if step.catch_up or step.to == "flow":
        points = _behind(points, amount, inputs.paid)
    filled = _fill(step, amount, points, low, min(caps, default=None))
    if step.drop_below:
        bar = parse_money(step.drop_below, currency)
        groups = np.repeat(np.array([group >= bar for group in filled.groups]), _sizes(points))
        if not groups.all():
            points = Points(*(column[groups] for column in (points.agents, points.positions, points.points, points.ceilings, points.reviews)))
            if not len(points.points):
                return StepResult(step, 0, [], remark="Every share would be below the smallest that is paid.")
            filled = _fill(step, amount, points, low, min(caps, default=None))
    taken = sum(filled.groups)
    if taken < amount and not remark:
        remark = "Everybody got the most that the bounds allow."
    return StepResult(step, taken, _by_peer(points, filled.items), points, filled.items, remark)


def _fill(step: Step, amount: int, points: Points, at_least: int, at_most: int | None) -> Filled:
    ceilings = points.ceilings if (points.ceilings != NO_CEILING).any() else None
    filled = fill(amount, Items(points.points, points.starts(), ceilings), at_least, at_most)
    if filled is None:
        count = len(points.starts())
        raise Unsatisfiable(f"Step {step.id}: at_least {step.at_least} for each of {count} peers is more than the step has.")
    return filled


def _behind(points: Points, amount: int, paid: Mapping[int, int]) -> Points:
    """Points for catching up: how far each peer is behind their part of all that the step ever gave (SourceCred's BALANCED).

    target = (all paid + amount) · W_peer / W; the new weight of the peer is target - paid, if above 0, spread over the
    peer's contributions by their points.
    """
    starts = points.starts()
    weights = Items(points.points, starts).group_weights().astype(object)
    agents = points.agents[starts]
    already = np.array([paid.get(int(agent), 0) for agent in agents], dtype=object)
    target = (sum(int(value) for value in already) + amount) * weights - already * sum(int(weight) for weight in weights)
    behind = np.where(target > 0, target, 0)
    if not behind.any():
        return points
    sizes = _sizes(points)
    spread = (points.points.astype(object) * np.repeat(behind << SPREAD_BITS, sizes)) // np.repeat(weights, sizes)
    keep = np.repeat(behind > 0, sizes)
    return Points(points.agents[keep], points.positions[keep], spread[keep], points.ceilings[keep], points.reviews[keep])


def _sizes(points: Points) -> Integers:
    return np.diff(np.append(points.starts(), len(points.agents)))


def _by_peer(points: Points, amounts: Integers) -> list[tuple[int, int]]:
    starts = points.starts()
    sums = np.add.reduceat(amounts.astype(fitting(len(amounts), max(amounts, default=0))), starts)
    return [(int(agent), int(amount)) for agent, amount in zip(points.agents[starts], sums, strict=True) if amount]
