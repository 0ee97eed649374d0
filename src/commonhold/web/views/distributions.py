"""`/{commons}/distributions/…`: a distribution, and why a share of it is what it is."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ...commons.queries import charter_section, commons_section
from ...contributions.charter import kinds_in_force
from ...journal.head import latest_checkpoint
from ...measure import format_decimal, parse_money
from ...node.journal_shares import signed_shares
from ...node.sharing import explain, statement
from ...problems import not_found
from ...sharing.policy import Policy
from ...sharing.queries import get_distribution, member_number
from ...store.transaction import Transaction
from ..charts.flow import Stream, flow
from ..jinja import number
from ..pages import Values, page
from ..rules import REST_COLOUR, colours, rules_at, with_grants

SHARES_SHOWN = 200
LINES_SHOWN = 50


def _present_distribution(values: Values) -> Values:
    currency = values["currency"]
    colour = colours(values["policy"], [line["step"] for line in values["steps"]])
    goals = [
        Stream(line["label"], parse_money(line["given"], currency), f"{number(line['given'])} {currency}", colour[line["step"]])
        for line in values["steps"]
    ]
    goals.append(Stream(_("Stays in the fund"), parse_money(values["kept"], currency), f"{number(values['kept'])} {currency}", REST_COLOUR))
    title = _("Where the money of this distribution went")
    picture = flow("steps", title, _("The same figures are in the table below it."), [], f"{number(values['amount'])} {currency}", goals)
    return {"flow": picture, "shown": values["agents"][:SHARES_SHOWN]}


@page("distribution.html", _present_distribution)
def distribution(request: Any, transaction: Transaction, commons: str, number: str) -> Values:
    """What was shared, by which steps, and who got what."""
    found = statement(transaction, commons, int(number), public=True)
    notice = commons_section(transaction, commons).notice
    return found | {
        "name": found["commonsName"], "notice": notice, "checkpoint": latest_checkpoint(transaction, commons, found["position"] + 1),
        "rules": with_grants(rules_at(transaction, commons, found["charter"]), [line["step"] for line in found["steps"]]),
        "policy": [step.id for step in charter_section(transaction, commons, "sharing", Policy).steps],
        "signed": signed_shares(transaction, commons, int(number)),
    }  # fmt: skip


def _present_share(values: Values) -> Values:
    most = max((len(step["contributions"]) for step in values["steps"]), default=0)
    return {"limit": max(most, LINES_SHOWN) if values["all"] else LINES_SHOWN}


@page("share.html", _present_share)
def share(request: Any, transaction: Transaction, commons: str, number: str, agent: str) -> Values:
    """Step by step, down to the contributions, why an agent's share is what it is."""
    if member_number(transaction, commons, agent) < 0:
        raise not_found("commons.unknown_agent", f"{agent} is not known here.", "agent")
    section = commons_section(transaction, commons)
    found = explain(request.node, commons, agent, int(number), public=True)
    for step in found["steps"]:
        step["percentOfPoints"] = _percent(step["points"], step["allPoints"])
        for line in step["contributions"]:
            line["percentOfPoints"] = _percent(line["points"], step["allPoints"], digits=4)
    labels = {name: kind.label for name, kind in kinds_in_force(transaction, commons).items()}
    rules = rules_at(transaction, commons, get_distribution(transaction, commons, int(number)).charter)
    return found | {
        "commonsName": section.name, "notice": section.notice, "kindLabels": labels, "all": "all" in request.GET,
        "rules": with_grants(rules, [step["step"] for step in found["steps"]]), "signed": signed_shares(transaction, commons, int(number), found["agent"]),
    }  # fmt: skip


def _percent(part: str, whole: str, digits: int = 2) -> str | None:
    if not part or not whole or not int(whole):
        return None
    return format_decimal(int(part) * 100 * 10**digits // int(whole), digits, fixed=True)
