"""What a distribution looks at, read from the tables: funds, members, contributions and what they weigh."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from ..commons.charter import read_toml
from ..commons.queries import Agent, all_agents, charter_history, charter_values
from ..contributions.charter import contribution_kinds
from ..measure import AMOUNT_MAX, MICRO, parse_money
from ..problems import Problem, Refused
from ..store.sums import exact_sum, whole
from ..store.transaction import Transaction
from .distribute import NO_POINTS, Points, StepInputs
from .filling import NO_CEILING
from .flow_inputs import fingerprint, history_here, incomes_of_products, owners, worths_of
from .flow_points import points_of
from .months import months_sum
from .policy import Policy, Step, day_start, point_weights, price_digits, review_weight
from .rounding import DECAY_BITS, Integers, decay_table, fitting

DAY_SECONDS = 86_400
_COLUMNS = 7


class InputReader:
    """Reads what the steps of one policy look at, and keeps a fingerprint of it.

    Args:
        values: The charter whose policy is followed; by default the one in force.
        time: The moment of the distribution in journal time, unix seconds. fund: What is shared.
    """

    def __init__(self, transaction: Transaction, commons: str, time: int, values: Mapping[str, Any] | None = None, fund: str = "") -> None:
        self._transaction = transaction
        self._commons = commons
        self._time = time
        self._fund = fund
        self._values = values or charter_values(transaction, commons)
        self._kinds = contribution_kinds(self._values)
        self.agents = all_agents(transaction, commons)
        self._member_behind = np.array([a.number if a.claimed_by is None else a.claimed_by for a in self.agents], dtype=np.int64)
        self._hash = hashlib.sha256()

    def fingerprint(self) -> str:
        """SHA-256 over all numbers that the steps looked at, as little-endian 64-bit integers in reading order."""
        return self._hash.hexdigest()

    def steps(self, policy: Policy) -> dict[str, StepInputs]:
        """The inputs of each step."""
        return {step.id: self._step(step) for step in policy.steps}

    def _step(self, step: Step) -> StepInputs:
        points, due, traced = NO_POINTS, 0, 0
        members: tuple[int, ...] = ()
        if step.to == "contributions":
            points = self._points(step)
        elif step.to == "flow":
            points, traced = self._flow(step)
        elif step.to == "repay":
            points = self._debts(step)
        elif step.to == "members":
            members = self._members(step)
        since = 0
        if step.monthly:
            due, since = self._months_due(step.id, self._values["commons"]["currency"])
        taken = (
            f"SELECT {exact_sum('t.taken')} FROM step_taken t JOIN distribution d ON d.commons = t.commons AND d.number = t.distribution"
            " WHERE t.commons = ? AND t.step = ? AND d.position > ?"
        )
        received = whole(self._transaction.value(taken, (self._commons, step.id, since)))
        paid: dict[int, int] = {}
        if step.catch_up or step.to == "flow":
            of_fund = " AND d.fund = ?" if step.to == "flow" else ""
            sql = (
                f"SELECT s.agent, {exact_sum('s.amount')} FROM share s JOIN distribution d ON d.commons = s.commons AND d.number = s.distribution"
                f" WHERE s.commons = ? AND s.step = ?{of_fund} GROUP BY s.agent ORDER BY s.agent"
            )
            for agent, amount in self._transaction.rows(sql, (self._commons, step.id, *([self._fund] if of_fund else []))):
                member = int(self._member_behind[agent])
                paid[member] = paid.get(member, 0) + whole(amount)
        self._note([received, due, *members, *chain.from_iterable(sorted(paid.items()))])
        limit = max(0, traced - sum(paid.values())) if step.to == "flow" else None
        return StepInputs(points, members, due, received, paid, limit)

    def _note(self, numbers: list[int]) -> None:
        for number in numbers:
            length = 8 if abs(number) < 2**63 else 16 if abs(number) < 2**127 else number.bit_length() // 8 + 1
            self._hash.update(number.to_bytes(length, "little", signed=True))

    def _read(self, step: Step, kinds: list[str], *, counted: bool = True) -> Integers:
        """Rows (position, provider, kind's index, at, amount, repayment, 0) that pass the filters of a step, by position."""
        if not kinds:
            return np.zeros((0, _COLUMNS), dtype=np.int64)
        cases = " ".join(f"WHEN ? THEN {index}" for index in range(len(kinds)))
        sql = (
            f"SELECT c.position, c.provider, CASE c.counted_kind {cases} END, c.at, c.counted,"
            " CASE c.repayment WHEN 'while_it_lasts' THEN 0 WHEN 'until_repaid' THEN 1 ELSE 2 END, 0 FROM contribution c"
        )
        conditions, parameters = self._filters(step, kinds)
        rows = self._transaction.stream(f"{sql} WHERE {conditions} ORDER BY c.position", [*kinds, *parameters])
        found = np.fromiter(chain.from_iterable(rows), dtype=np.int64).reshape(-1, _COLUMNS)
        self._hash.update(np.ascontiguousarray(found).astype("<i8").tobytes())
        return found

    def _filters(self, step: Step, kinds: list[str]) -> tuple[str, list[Any]]:
        conditions = ["c.commons = ?", "c.counted > 0", "c.repayment <> 'never'", f"c.counted_kind IN ({', '.join('?' * len(kinds))})"]
        parameters: list[Any] = [self._commons, *kinds]
        for column, allowed in (("c.domain", step.domains), ("c.process", step.processes)):
            if allowed:
                conditions.append(f"{column} IN ({', '.join('?' * len(allowed))})")
                parameters += allowed
        if step.since or step.last_days:
            since = day_start(step.since) if step.since else 0
            conditions.append("c.at >= ?")
            parameters.append(max(since, self._time - step.last_days * DAY_SECONDS) if step.last_days else since)
        if step.until:
            conditions.append("c.at < ?")
            parameters.append(day_start(step.until))
        return " AND ".join(conditions), parameters

    def _points(self, step: Step) -> Points:
        weights = point_weights(step, self._values)
        kinds = sorted(weights)
        rows = self._read(step, kinds)
        if not len(rows):
            return NO_POINTS
        points = self._weigh(step, rows, np.array([weights[kind] for kind in kinds], dtype=object))
        ceilings = self._ceilings(rows, kinds)
        columns = [self._member_behind[rows[:, 1]], rows[:, 0], points, ceilings, np.zeros(len(rows), dtype=np.int64)]
        if review := review_weight(step):
            scale, reviews = self._reviews(rows[:, 0], points, review)
            columns[2] = points.astype(fitting(points.max(), scale)) * scale
            columns = [np.concatenate(pair) for pair in zip(columns, reviews, strict=True)]
        return _grouped(columns)

    def _flow(self, step: Step) -> tuple[Points, int]:
        """Points of what is in the products that incomes of the fund came in for, and what of the incomes that is."""
        incomes = incomes_of_products(self._transaction, self._commons, self._fund)
        self._note(list(chain.from_iterable(incomes.items())))
        if not incomes:
            return NO_POINTS, 0
        worth, ceilings = self._worths(step)
        history = history_here(self._transaction, self._commons)
        self._hash.update(fingerprint(history))
        worths = worths_of(self._transaction, self._commons, history, step, worth, price_digits(step, self._values))
        self._note([int(one) for one in worths.use or []])
        self._note([int(one) for one in worths.whole or []])
        points, traced = points_of(history, worths, incomes)
        found = {int(history.position[place]): one for place, one in enumerate(points) if one}
        whose = owners(self._transaction, self._commons, list(found))
        kept = [position for position in found if position in whose]
        self._note([part for position in kept for part in (position, int(self._member_behind[whose[position]]))])
        columns = [
            self._member_behind[np.array([whose[position] for position in kept], dtype=np.int64)],
            np.array(kept, dtype=np.int64),
            np.array([found[position] for position in kept], dtype=object),
            np.array([ceilings.get(position, NO_CEILING) for position in kept], dtype=np.int64),
            np.zeros(len(kept), dtype=np.int64),
        ]
        return (_grouped(columns) if kept else NO_POINTS), traced

    def worth(self, step: Step) -> dict[int, int]:
        """Position of each contribution that counts in a step by flow → its points, not reduced."""
        return self._worths(step)[0]

    def _worths(self, step: Step) -> tuple[dict[int, int], dict[int, int]]:
        """The worth of each contribution, and what is still to be repaid of it, by position."""
        weights = point_weights(step, self._values)
        kinds = sorted(weights)
        rows = self._read(step, kinds)
        if not len(rows):
            return {}, {}
        points = self._weigh(step, rows, np.array([weights[kind] for kind in kinds], dtype=object), reduce=False)
        positions = rows[:, 0].tolist()
        worth = dict(zip(positions, (int(one) for one in points), strict=True))
        return worth, dict(zip(positions, self._ceilings(rows, kinds).tolist(), strict=True))

    def _weigh(self, step: Step, rows: Integers, weights: Integers, *, reduce: bool = True) -> Integers:
        """Points: amount · weight of the kind · decay, reduced by their common divisor where that is cheap to find, unless they are added to others."""
        amounts, weights = rows[:, 4], weights // (math.gcd(*weights) if reduce else 1)
        decay: Integers = np.ones(1, dtype=np.int64)
        if step.half_life_days:
            ages = np.maximum(0, (self._time - rows[:, 3]) // DAY_SECONDS)
            decay = decay_table(step.half_life_days, int(ages.max()))[ages]
        divisor = int(np.gcd.reduce(amounts)) if reduce else 1
        kind = fitting(int(amounts.max()) // divisor, max(weights), 2**DECAY_BITS if step.half_life_days else 1)
        per_kind = weights.astype(kind)[rows[:, 2]]
        return np.asarray((amounts // divisor).astype(kind) * per_kind * decay)

    def _ceilings(self, rows: Integers, kinds: list[str]) -> Integers:
        """What is still to be repaid of each contribution; what was paid once gets no more."""
        ceilings = np.full(len(rows), NO_CEILING, dtype=np.int64)
        if not rows[:, 5].any():
            return ceilings
        repaid: dict[int, int] = dict(self._transaction.rows("SELECT contribution, amount FROM repaid WHERE commons = ?", (self._commons,)))
        for index in np.flatnonzero(rows[:, 5]):
            position, _, kind, _, amount, choice, _ = (int(value) for value in rows[index])
            if choice == 1:
                worth = amount * (self._kinds[kinds[kind]].value_minor or 0) // MICRO
                ceilings[index] = max(0, min(worth - repaid.get(position, 0), AMOUNT_MAX))
            elif position in repaid:
                ceilings[index] = 0
        self._note([int(value) for value in ceilings[ceilings != NO_CEILING]])
        return ceilings

    def _reviews(self, positions: Integers, points: Integers, weight: int) -> tuple[int, list[Integers]]:
        """Items for reviewing: `weight` of the points of what was reviewed, shared equally by those who reviewed it.

        Positions are sorted. Only verdicts of the round that decided count. Returned with the items is by what all other
        points are to be multiplied, so that these parts are whole numbers: rounded parts would add up to less for work
        that was entered in pieces.
        """
        rows = np.fromiter(
            chain.from_iterable(
                self._transaction.stream(
                    "SELECT t.position, t.attester FROM attestation t JOIN contribution c ON c.commons = t.commons AND c.position = t.position"
                    " AND c.round = t.round WHERE t.commons = ? AND c.counted > 0 ORDER BY t.position, t.attester",
                    (self._commons,),
                )
            ),
            dtype=np.int64,
        ).reshape(-1, 2)
        self._hash.update(rows.astype("<i8").tobytes())
        place = np.searchsorted(positions, rows[:, 0])
        place[place == len(positions)] = 0
        known = positions[place] == rows[:, 0]
        place, attesters = place[known], rows[known, 1]
        peers = np.bincount(place, minlength=len(positions))[place]
        divisor, whole = math.gcd(weight, MICRO), math.lcm(*(int(count) for count in np.unique(peers)))
        scale, parts = MICRO // divisor * whole, weight // divisor * whole
        kind = fitting(points.max(), parts)
        earned = points[place].astype(kind) * parts // peers
        nothing = np.full(len(place), NO_CEILING, dtype=np.int64)
        return scale, [self._member_behind[attesters], positions[place], earned, nothing, np.ones(len(place), dtype=np.int64)]

    def _debts(self, step: Step) -> Points:
        kinds = sorted(name for name, kind in self._kinds.items() if kind.value_minor and (not step.kinds or name in step.kinds))
        rows = self._read(step, kinds)
        rows = rows[rows[:, 5] == 1]
        ceilings = self._ceilings(rows, kinds) if len(rows) else rows[:, 0]
        columns = [self._member_behind[rows[:, 1]], rows[:, 0], ceilings, ceilings, np.zeros(len(rows), dtype=np.int64)]
        return _grouped(columns)

    def _members(self, step: Step) -> tuple[int, ...]:
        rolls = {
            number: roll.split(",")
            for number, roll in self._transaction.rows(
                "SELECT agent, roll FROM membership WHERE commons = ? AND state = 'member' ORDER BY agent", (self._commons,)
            )
        }
        members = [number for number, roll in rolls.items() if not step.rolls or set(step.rolls) & set(roll)]
        if not step.active_days:
            return tuple(members)
        since = self._time - step.active_days * DAY_SECONDS
        sql = "SELECT provider, COUNT(*) FROM contribution WHERE commons = ? AND counted > 0 AND at >= ? GROUP BY provider ORDER BY provider"
        active: dict[int, int] = {}
        for provider, count in self._transaction.rows(sql, (self._commons, since)):
            member = int(self._member_behind[provider])
            active[member] = active.get(member, 0) + count
        return tuple(number for number in members if active.get(number, 0) >= step.active_contributions)

    def _months_due(self, step_id: str, currency: str) -> tuple[int, int]:
        """What the sums a month of a step come to since there is one without interruption, and the position of the charter since when.

        A charter that is only previewed is taken as put into force now.
        """
        sums: list[tuple[int, int]] = []
        since = 0
        for position, time, values in self._charters():
            monthly = next((step.get("monthly") for step in values.get("sharing", {}).get("steps", []) if step.get("id") == step_id), None)
            if not monthly:
                break
            sums.insert(0, (time, parse_money(monthly, currency)))
            since = position
        return months_sum(sums, self._time), since

    def _charters(self) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
        """(position, time since when it is in force, values) of the charter that is followed and all before it, newest first."""
        history = charter_history(self._transaction, self._commons)
        if self._values != _values(history[-1][4]):
            yield history[-1][0], self._time, self._values
        for position, time, _, _, toml in reversed(history):
            yield position, time, _values(toml)


def _values(toml: str) -> Mapping[str, Any]:
    source = read_toml(toml)
    assert not isinstance(source, Problem)
    return source.values


def _grouped(columns: list[Integers]) -> Points:
    """Items above 0 points and with room, sorted by peer and position."""
    agents, positions, points, ceilings, reviews = columns
    keep = (points > 0) & (ceilings != 0)
    if not keep.all():
        agents, positions, points, ceilings, reviews = (column[keep] for column in columns)
    order = np.lexsort((reviews, positions, agents))
    return Points(agents[order], positions[order], points[order], ceilings[order], reviews[order])


def named_agents(policy: Policy, agents: Sequence[Agent]) -> dict[str, int]:
    """The numbers of the agents that the steps name.

    Raises:
        Refused: `sharing.unknown_agent`.
    """
    known = {agent.id: agent for agent in agents}
    problems, numbers = [], {}
    for index, step in enumerate(policy.steps):
        for receiver in step.agents:
            agent = known.get(receiver.agent)
            if agent is None:
                problem = f"Step {step.id} gives to {receiver.agent}, who is not known here: add the agent first."
                problems.append(Problem("sharing.unknown_agent", problem, f"sharing.steps[{index}].agents"))
            elif step.to == "upstream" and agent.classified_as != "commons":
                problem = f"Step {step.id} gives upstream, but {receiver.agent} is not classified as a commons."
                problems.append(Problem("sharing.not_a_commons", problem, f"sharing.steps[{index}].agents"))
            else:
                numbers[receiver.agent] = agent.number
    if problems:
        raise Refused(*problems)
    return numbers
