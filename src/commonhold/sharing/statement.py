"""Why a share is what it is: step by step, down to the contributions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..commons.charter import read_toml
from ..commons.queries import Agent, all_agents, organization_names
from ..contributions.queries import names_of_person
from ..journal.kinds import time_text
from ..measure import format_money, format_quantity, parse_money
from ..problems import Problem, not_found
from ..store.transaction import Transaction
from .compute import Computed, policy_of
from .policy import GRANTED, Policy, Step
from .queries import Distribution
from .sentence import describe

_PAGE = 500


def charter_at(transaction: Transaction, commons: str, position: int) -> Mapping[str, Any]:
    """The charter that came into force at a position, as plain values."""
    toml = transaction.value("SELECT toml FROM charter WHERE commons = ? AND position = ?", (commons, position))
    source = read_toml(toml)
    assert not isinstance(source, Problem)
    return source.values


def recorded_steps(transaction: Transaction, commons: str, found: Distribution) -> list[dict[str, Any]]:
    """The steps of a recorded distribution: what each took, gave, to how many, and why not more."""
    policy = policy_of(charter_at(transaction, commons, found.charter))
    taken = transaction.rows(
        "SELECT step, taken, given, shares, points, remark FROM step_taken WHERE commons = ? AND distribution = ? ORDER BY number",
        (commons, found.number),
    )
    steps = {step.id: step for step in policy.steps}
    names = organization_names(transaction, commons)
    return [
        _step_line(steps[id_], names, took, given, receivers, points, remark, found.currency)
        if not id_.startswith(GRANTED)
        else _granted_line(id_, took, remark, found.currency)
        for id_, took, given, receivers, points, remark in taken
    ]


def _granted_line(id_: str, granted: int, remark: str, currency: str) -> dict[str, Any]:
    """A project that a decision granted something."""
    money = format_money(granted, currency)
    return {
        "step": id_, "label": remark, "to": "agents", "rule": f"{remark}: {money} {currency}, as was decided", "taken": money, "given": money,
        "receivers": 1, "points": "0", "remark": "",
    }  # fmt: skip


def computed_steps(computed: Computed) -> list[dict[str, Any]]:
    """The same for a distribution that is only computed."""
    names = {agent.id: agent.name for agent in computed.agents}
    return [
        _step_line(
            step.step,
            names,
            step.taken,
            sum(amount for _, amount in step.given),
            len(step.given),
            str(step.all_points()),
            step.remark,
            computed.currency,
        )
        for step in computed.outcome.steps
    ]


def _step_line(
    step: Step, names: Mapping[str, str], taken: int, given: int, receivers: int, points: str, remark: str, currency: str
) -> dict[str, Any]:
    return {
        "step": step.id, "label": step.label or step.id, "to": step.to, "rule": describe(step, currency, names, funds=False),
        "taken": format_money(taken, currency), "given": format_money(given, currency), "receivers": receivers, "points": points, "remark": remark,
    }  # fmt: skip


def explain_recorded(transaction: Transaction, commons: str, found: Distribution, agent: int) -> dict[str, Any]:
    """Why an agent got what they got of a recorded distribution, with the shares of identities they claimed.

    Raises:
        NotFound: `sharing.no_share`.
    """
    numbers = names_of_person(transaction, commons, agent)
    rows = transaction.rows(
        f"SELECT step, amount, points, detail FROM share WHERE commons = ? AND distribution + 0 = ? AND agent IN ({', '.join('?' * len(numbers))})"
        " ORDER BY number",
        (commons, found.number, *numbers),
    )
    agents = all_agents(transaction, commons)
    policy = policy_of(charter_at(transaction, commons, found.charter))
    all_points: dict[str, str] = dict(
        transaction.rows("SELECT step, points FROM step_taken WHERE commons = ? AND distribution = ?", (commons, found.number))
    )
    leaf, root = (
        transaction.value("SELECT leaf FROM journal_entry WHERE commons = ? AND position = ?", (commons, found.position)),
        recorded_steps(transaction, commons, found),
    )
    head = {
        "distribution": found.number, "entry": bytes(leaf).hex(), "position": found.position, "time": time_text(found.time), "fund": found.fund,
        "amount": format_money(found.amount, found.currency), "inputs": found.inputs, "result": found.result,
    }  # fmt: skip
    return _explanation(transaction, commons, head, _known(agents, agent), rows, all_points, root, policy, found.currency)


def explain_computed(transaction: Transaction, commons: str, computed: Computed, agent: int) -> dict[str, Any]:
    """The same for a distribution that is only computed."""
    rows, all_points = [], {}
    for step in computed.outcome.steps:
        all_points[step.step.id] = str(step.all_points())
        rows += [(step.step.id, amount, str(points), detail) for number, amount, points, detail in step.explained() if number == agent]
    head = {
        "distribution": None, "time": time_text(computed.time), "fund": computed.fund, "inputs": computed.inputs,
        "amount": format_money(computed.outcome.amount, computed.currency), "result": computed.result_hash(),
    }  # fmt: skip
    steps = computed_steps(computed)
    return _explanation(transaction, commons, head, _known(computed.agents, agent), rows, all_points, steps, computed.policy, computed.currency)


def _known(agents: Sequence[Agent], number: int) -> Agent:
    if number < 0:
        raise not_found("sharing.no_share", "Nobody of this id has a share in this distribution.", "agent")
    return agents[number]


def _explanation(
    transaction: Transaction, commons: str, head: dict[str, Any], agent: Agent, rows: list[Any], all_points: Mapping[str, str],
    steps: list[dict[str, Any]], policy: Policy, currency: str,
) -> dict[str, Any]:  # fmt: skip
    if not rows:
        raise not_found("sharing.no_share", f"{agent.id} has no share in this distribution.", "agent")
    lines = {line["step"]: line for line in steps}
    explained = []
    for step, amount, points, detail in rows:
        line = lines[step]
        explained.append(
            {
                "step": step, "label": line["label"], "rule": line["rule"], "taken": line["taken"], "receivers": line["receivers"],
                "amount": format_money(amount, currency), "points": points, "allPoints": all_points[step],
                **_against_proportion(amount, line["taken"], points, all_points[step], currency),
                "contributions": _contributions(transaction, commons, detail, currency) if detail else [],
            }
        )  # fmt: skip
    total = format_money(sum(row[1] for row in rows), currency)
    return head | {"commons": commons, "currency": currency, "agent": agent.id, "total": total, "steps": explained}


def _against_proportion(amount: int, taken: str, points: str, all_points: str, currency: str) -> dict[str, str]:
    """What the points alone would give, and whether the limits of the rule `raised` or `lowered` it by more than rounding does."""
    if not points or not all_points or not int(all_points):
        return {"inProportion": "", "limits": ""}
    proportion = parse_money(taken, currency) * int(points) // int(all_points)
    moved = "" if abs(amount - proportion) <= 1 else "raised" if amount > proportion else "lowered"
    return {"inProportion": format_money(proportion, currency), "limits": moved}


def _events(transaction: Transaction, commons: str, positions: list[int]) -> dict[int, tuple[Any, ...]]:
    """What earns in a step by flow without being a contribution: the using, or citing, of something that was brought in."""
    found: dict[int, tuple[Any, ...]] = {}
    for position in positions:
        row = transaction.row(
            "SELECT j.leaf, e.action, e.resource_micro, e.resource_unit, e.effort_micro, e.effort_unit, e.at FROM economic_event e JOIN journal_entry j"
            " ON j.commons = e.commons AND j.position = e.position WHERE e.commons = ? AND e.position = ?",
            (commons, position),
        )
        assert row is not None
        leaf, action, resource, resource_unit, effort, effort_unit, at = row
        found[position] = (leaf, action, "", effort_unit or resource_unit or "", at, effort if effort is not None else resource or 0)
    return found


def _contributions(transaction: Transaction, commons: str, detail: str, currency: str) -> list[dict[str, Any]]:
    """The contributions behind a share: what they are, their points and what they brought; most first."""
    positions, points, amounts, reviews = json.loads(detail)
    known: dict[int, tuple[Any, ...]] = {}
    distinct = sorted(set(positions))
    for at in range(0, len(distinct), _PAGE):
        some = distinct[at : at + _PAGE]
        sql = (
            "SELECT c.position, j.leaf, c.counted_kind, c.domain, c.unit, c.at, c.counted FROM contribution c JOIN journal_entry j"
            f" ON j.commons = c.commons AND j.position = c.position WHERE c.commons = ? AND c.position IN ({', '.join('?' * len(some))})"
        )
        known.update({row[0]: row[1:] for row in transaction.rows(sql, (commons, *some))})
    known |= _events(transaction, commons, [position for position in distinct if position not in known])
    lines = []
    for position, weight, amount, review in zip(positions, points, amounts, reviews, strict=True):
        leaf, kind, domain, unit, at, counted = known[position]
        lines.append(
            (
                int(amount),
                {
                    "position": position, "id": bytes(leaf).hex(), "review": bool(review), "kind": kind, "domain": domain,
                    "quantity": format_quantity(counted), "unit": unit, "hasPointInTime": time_text(at), "points": str(weight),
                    "amount": format_money(int(amount), currency),
                },
            )
        )  # fmt: skip
    return [line for _, line in sorted(lines, key=lambda pair: (-pair[0], pair[1]["position"]))]
