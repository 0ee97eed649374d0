"""`/{commons}/agents/{id}/`: one agent: their work, their shares, and the identities that they claimed."""

from __future__ import annotations

from typing import Any

from ...commons.queries import commons_section
from ...contributions.charter import kinds_in_force
from ...measure import format_money, parse_money
from ...node.agent_overview import agent_overview
from ...store.transaction import Transaction
from ..pages import Values, page


@page("agent.html")
def agent(request: Any, transaction: Transaction, commons: str, agent: str) -> Values:
    """A person, an organization, or an identity that nobody has claimed."""
    section = commons_section(transaction, commons)
    found = agent_overview(transaction, commons, agent)
    currency = found["currency"]
    minor = sum(parse_money(line["amount"], currency) for line in found["shares"] if line["currency"] == currency)
    return found | {
        "commonsName": section.name, "notice": section.notice, "given": format_money(minor, currency),
        "validated": sum(line["states"].get("validated", 0) for line in found["kinds"]),
        "contributions": sum(line["count"] for line in found["kinds"]),
        "kindLabels": {name: kind.label for name, kind in kinds_in_force(transaction, commons).items()},
    }  # fmt: skip
