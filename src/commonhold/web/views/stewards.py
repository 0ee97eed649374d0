"""`/{commons}/stewards/`, `stewards/{domain}/resign/` and `standing/{domain}/{agent}/`: who leads what, since when and why, and how standing is earned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...commons.queries import commons_section, find_agent, number_of
from ...governance.commands import DismissParams
from ...governance.queries import decision_behind
from ...journal.head import read_head
from ...journal.kinds import time_text
from ...node import decisions as node_decisions
from ...node.node import Node
from ...problems import not_found
from ...store.transaction import Transaction
from ..costly import hourly
from ..forms import Entered, Form, Sent
from ..member import Member
from ..pages import Values, page
from .decisions import agents_named
from .flows import head_of


@page("decisions/stewards.html", timed=True)
def stewards(request: Any, transaction: Transaction, commons: str) -> Values:
    """Each field of work: its stewards, who could be one, and who was. Of a long journal, this may be an hour old, and says so."""
    head, now = head_of(transaction, commons), request.node.now()
    key = ("stewards", read_head(transaction, commons).origin)
    found, when = hourly(key, now, lambda: _with_decisions(request.node, transaction, commons))
    return head | found | {"names": agents_named(transaction, commons, found), "asOf": None if when == now else time_text(when)}


def _with_decisions(node: Node, transaction: Transaction, commons: str) -> dict[str, Any]:
    """Who leads what, and by which decision. What is kept for an hour is shared between threads, so nothing changes it afterwards."""
    found = node_decisions.stewards_page(node, transaction, commons)
    for domain in found["domains"]:
        for term in (*domain["stewards"], *domain["past"]):
            term["decision"] = decision_behind(transaction, commons, term["entry"])
    return found


@page("decisions/standing.html", timed=True)
def standing(request: Any, transaction: Transaction, commons: str, domain: str, agent: str) -> Values:
    """Somebody's standing in a field of work, down to the contributions."""
    head = head_of(transaction, commons)
    if find_agent(transaction, commons, agent) is None:
        raise not_found("commons.unknown_agent", f"{agent} is not known here.", "agent")
    if domain not in commons_section(transaction, commons).domains:
        raise not_found("governance.unknown_domain", f"{domain!r} is no domain of the charter.", "domain")
    found = node_decisions.standing(request.node, transaction, commons, domain, agent)
    return head | found | {"names": agents_named(transaction, commons, found)}


def _begin(request: Any, transaction: Transaction, commons: str, member: Member, path: Mapping[str, str]) -> Entered:
    sql = "SELECT COUNT(*) FROM stewardship WHERE commons = ? AND domain = ? AND agent = ? AND ended IS NULL"
    if not transaction.value(sql, (commons, path["domain"], number_of(transaction, commons, member.agent))):
        raise not_found("governance.no_steward", f"You are no steward of {path['domain']}.", "domain")
    return {}


def _context(transaction: Transaction, commons: str, member: Member, path: Mapping[str, str], values: Entered) -> Values:
    return {"domain": path["domain"]}


def _send(sent: Sent) -> str:
    sent.act("steward.resign", DismissParams(domain=sent.path["domain"], reason=sent.values["reason"]))
    return f"/{sent.commons}/stewards/?said=resigned"


resign = Form("decisions/resign.html", ("reason",), _begin, _context, _send, (("reason", "reason"),)).view()
"""Lay down one's own stewardship of a field of work."""
