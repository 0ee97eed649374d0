"""The tallies that folds keep are what adding up all contributions comes to, whatever has happened."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from busy import make_busy
from world import World

from commonhold.contributions.commands import OneParams
from commonhold.contributions.tallies import by_kind, by_month, by_state, contributors, latest_days, of_agents
from commonhold.journal.kinds import time_text
from commonhold.node.flow_pages import counts

DAY = 86_400


def added_up(world: World) -> dict[str, Any]:
    """The same figures from the contributions themselves."""
    sql = (
        "SELECT c.provider, COALESCE(a.claimed_by, a.number), c.domain, c.counted_kind, c.unit, c.state, c.at, c.decided, c.counted FROM contribution c"
        " JOIN agent a ON a.commons = c.commons AND a.number = c.provider WHERE c.commons = 'test'"
    )
    with world.node.read() as transaction:
        rows = transaction.rows(sql)
    kinds: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    agents: dict[tuple[int, str, str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for provider, _, domain, kind, unit, state, _, _, counted in rows:
        for totals, key in ((kinds, (kind, unit, state)), (agents, (provider, domain, kind, unit, state))):
            totals[key][0] += 1  # type: ignore[index]
            totals[key][1] += counted  # type: ignore[index]
    return {
        "states": dict(Counter(row[5] for row in rows)),
        "persons": len({row[1] for row in rows}),
        "kinds": {key: tuple(total) for key, total in kinds.items()},
        "agents": {key: tuple(total) for key, total in agents.items()},
        "months": dict(Counter((time_text(row[6])[:7], row[3]) for row in rows if row[5] not in ("refused", "withdrawn"))),
        "days": dict(Counter((row[7] // DAY * DAY, row[3]) for row in rows if row[5] == "validated")),
    }


def tallied(world: World) -> dict[str, Any]:
    """The figures as the folds have kept them."""
    with world.node.read() as transaction:
        numbers = [row[0] for row in transaction.rows("SELECT number FROM agent WHERE commons = 'test'")]
        return {
            "states": by_state(transaction, "test"),
            "persons": contributors(transaction, "test"),
            "kinds": {(one.kind, one.unit, one.state): (one.contributions, one.counted) for one in by_kind(transaction, "test")},
            "agents": {
                (agent, domain, one.kind, one.unit, one.state): (one.contributions, one.counted)
                for agent, domain, one in of_agents(transaction, "test", numbers)
            },
            "months": {
                (f"{month // 12}-{month % 12 + 1:02d}", kind): count for month, kind, count in by_month(transaction, "test", ("refused", "withdrawn"))
            },
            "days": {(day, kind): count for day, kind, count in latest_days(transaction, "test", 1_000)},
        }


def test_tallies_are_what_the_contributions_add_up_to(world: World) -> None:
    """After logs, verdicts that change kind and amount, refusals, appeals, a claimed identity, withdrawals, silence, an import."""
    make_busy(world)
    world.validated("Bo", "work", "999999.999999", domain="hardware")
    reduced = world.log("Bo", "work", "4999.000001", domain="hardware")
    for peer in ("Ana", "Cy"):
        world.attest(peer, reduced, "adjust", amount="2000.5", reason="not all of it is seen")
    world.act("Bo", "contribution.appeal", OneParams(contribution=str(reduced), reason="it was more"))
    found = tallied(world)
    assert found == added_up(world)
    with world.node.read() as transaction:
        events = transaction.value("SELECT COUNT(*) FROM economic_event WHERE commons = 'test'")
        assert events and counts(transaction, "test")["EconomicEvent"] == events
    assert found["states"]["appealed"] >= 1 and found["states"]["withdrawn"] == 1 and found["states"]["validated"] > 5
    assert found["persons"] == 5  # Ana, Bo, Cy, Noor's identity; and Di, who is Mara's too


def test_the_last_days_are_those_on_which_something_became_valid(world: World) -> None:
    for _ in range(3):
        world.validated("Bo")
        world.clock.days(40)
    with world.node.read() as transaction:
        days = latest_days(transaction, "test", 2)
    assert [kind for _, kind, _ in days] == ["work", "work"] and days[0][0] - days[1][0] == 40 * DAY
