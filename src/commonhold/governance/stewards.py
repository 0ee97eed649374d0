"""Reads about standing and stewards: who leads what, since when and why; what is missing where nobody does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..commons.queries import Agent, all_agents, commons_section
from ..journal.kinds import time_text
from ..measure import format_quantity
from ..store.transaction import Transaction
from .charter import governance_in_force
from .standing import Missing, Standing, eligible
from .standings import NOTHING, Steward, stewards_now, terms_of_stewards, threshold_of
from .standings import standings as all_standings


def stewards_page(transaction: Transaction, commons: str, now: int) -> dict[str, Any]:
    """Every domain with its stewards, and with those who could be one, in the order of joining: nobody is ranked."""
    agents = all_agents(transaction, commons)
    earning = governance_in_force(transaction, commons).standing
    members = {row[0] for row in transaction.rows("SELECT agent FROM membership WHERE commons = ? AND state = 'member'", (commons,))}
    domains = []
    for domain in commons_section(transaction, commons).domains:
        here = all_standings(transaction, commons, domain, now)
        terms = [_term(one, agents, here, threshold_of(earning)) for one in stewards_now(transaction, commons, domain, now)]
        held = {one["agent"] for one in terms}
        lacks = {
            agent: eligible(has, threshold_of(earning), held=agents[agent].id in held) for agent, has in sorted(here.items()) if agent in members
        }
        domains.append(
            {
                "domain": domain, "stewards": terms, "active": len(lacks),
                "eligible": [agents[agent].id for agent, missing in lacks.items() if not missing and agents[agent].id not in held],
                "nearest": _nearest([missing for missing in lacks.values() if missing]) if all(lacks.values()) else [],
                "past": [
                    _past(one, agents) for one in terms_of_stewards(transaction, commons, domain) if not one.is_one(now)
                ],
            }
        )  # fmt: skip
    needs = {"points": str(earning.points), "endorsers": str(earning.endorsers), "weeks": str(earning.weeks)}
    return {
        "domains": domains,
        "needs": needs,
        "termDays": earning.term_days,
        "windowDays": earning.window_days,
        "halfLifeDays": earning.half_life_days,
    }


def _term(one: Steward, agents: Sequence[Agent], here: dict[int, Standing], needs: Any) -> dict[str, Any]:
    """A term that runs, and whether standing still carries it: below nine tenths it is lost."""
    missing = eligible(here.get(one.agent, NOTHING), needs, held=True)
    return {
        "agent": agents[one.agent].id, "since": time_text(one.since), "until": time_text(one.until), "entry": one.position,
        "organization": one.organization, "missing": [missing_line(line) for line in missing],
    }  # fmt: skip


def _past(one: Steward, agents: Sequence[Agent]) -> dict[str, Any]:
    ended = one.until if one.ended is None else one.ended
    reason = one.reason or "the term was over"
    return {"agent": agents[one.agent].id, "since": time_text(one.since), "ended": time_text(ended), "reason": reason, "entry": one.position}


def _nearest(all_missing: list[list[Missing]]) -> list[dict[str, str]]:
    """What the one lacks who lacks least, by the number of tests; without a name."""
    if not all_missing:
        return []
    return [missing_line(line) for line in min(all_missing, key=lambda missing: (len(missing), max(line.needs - line.has for line in missing)))]


def missing_line(one: Missing) -> dict[str, str]:
    """What is not enough: what there is, and what it takes, as decimals."""
    scale = 1 if one.what == "points" else 1_000_000
    has, needs = (value.numerator * scale // value.denominator for value in (one.has, one.needs))
    return {"what": one.what, "has": format_quantity(has), "needs": format_quantity(needs)}


def standing_of(transaction: Transaction, commons: str, domain: str, agent: int, now: int) -> dict[str, Any]:
    """Somebody's standing in a domain, down to the contributions: what each brought then, and what it counts now."""
    agents = all_agents(transaction, commons)
    earning = governance_in_force(transaction, commons).standing
    has = all_standings(transaction, commons, domain, now, agent).get(agent, NOTHING)
    held = any(one.agent == agent for one in stewards_now(transaction, commons, domain, now))
    effective = has.effective.numerator * 1_000_000 // has.effective.denominator
    return {
        "domain": domain, "agent": agents[agent].id, "points": format_quantity(has.points), "weeks": has.weeks,
        "endorsers": [{"agent": agents[number].id, "points": format_quantity(points.numerator // points.denominator)} for number, points in has.endorsed.items()],
        "effectiveEndorsers": format_quantity(effective), "steward": held,
        "missing": [missing_line(line) for line in eligible(has, threshold_of(earning), held=held)],
        "contributions": [{"position": line.position, "then": format_quantity(line.then), "now": format_quantity(line.now)} for line in has.lines],
    }  # fmt: skip
