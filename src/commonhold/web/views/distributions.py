"""`/{commons}/distributions/…`: a distribution, and why a share of it is what it is."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ...commons.queries import charter_section, commons_section
from ...contributions.charter import kinds_in_force
from ...journal.head import latest_checkpoint
from ...measure import format_decimal, format_money, parse_money
from ...node.journal_shares import signed_shares
from ...node.money_pages import distributions_page, payment_sums, payouts_page, who_may
from ...node.sharing import explain, statement
from ...problems import bad_input, not_found
from ...sharing.kinds import fund_names
from ...sharing.policy import Policy
from ...sharing.queries import get_distribution, member_number
from ...store.transaction import Transaction
from ..addresses import at
from ..asked import asked_number, asked_text
from ..money_pictures import steps_flow
from ..pages import Table, Values, page
from ..rules import rules_at, with_grants
from .decisions import whoever
from .flows import head_of

SHARES_SHOWN = 50
PAYOUTS_SHOWN = 20
LINES_SHOWN = 50


ROWS = 50
_COLUMNS = ("number", "time", "fund", "currency", "amount", "given", "kept", "shares", "paid", "owed", "held", "position")


def _present_list(values: Values) -> Values:
    onward = at(values["commons"], "distributions", fund=values["filter"]["fund"], before=values["before"]) if values["before"] else ""
    return {"onward": onward}


@page("money/distributions.html", _present_list, table=Table("distributions", _COLUMNS, ("amount", "given", "kept", "paid", "owed", "held")))
def distributions(request: Any, transaction: Transaction, commons: str) -> Values:
    """A page of distributions, newest first; only of a fund, if the address says so."""
    funds = [row[0] for row in transaction.rows("SELECT DISTINCT fund FROM distribution WHERE commons = ? ORDER BY fund", (commons,))]
    funds, fund = list(dict.fromkeys([*fund_names(transaction, commons), *funds])), asked_text(request, "fund")
    if fund and fund not in funds:
        raise bad_input("web.bad_filter", f"The filter fund knows no such value. It can be: {', '.join(funds)}.", "fund")
    found = distributions_page(transaction, commons, fund=fund, before=asked_number(request, "before"), limit=ROWS + 1)
    return head_of(transaction, commons) | {
        "currency": commons_section(transaction, commons).currency, "filter": {"fund": fund}, "funds": funds, "distributions": found[:ROWS],
        "whoMay": who_may(transaction, commons, "share"), "before": found[ROWS - 1]["number"] if len(found) > ROWS else None,
    }  # fmt: skip


def _present_distribution(values: Values) -> Values:
    picture = steps_flow(_("Where the money of this distribution went"), values, values["currency"], values["policy"])
    return {"flow": picture, "shown": values["agents"][:SHARES_SHOWN]}


_SHARES = ("agent", "name", "type", "amount", "percent", "paid", "owed", "state")


@page("distribution.html", _present_distribution, table=Table("agents", _SHARES, ("amount", "percent", "paid", "owed")))
def distribution(request: Any, transaction: Transaction, commons: str, number: str) -> Values:
    """What was shared, by which steps, and who got what."""
    found = statement(transaction, commons, int(number), public=True)
    notice = commons_section(transaction, commons).notice
    return found | {
        "name": found["commonsName"], "notice": notice, "checkpoint": latest_checkpoint(transaction, commons, found["position"] + 1),
        "rules": with_grants(rules_at(transaction, commons, found["charter"]), [line["step"] for line in found["steps"]]),
        "policy": [step.id for step in charter_section(transaction, commons, "sharing", Policy).steps],
        "signed": signed_shares(transaction, commons, int(number)), **_payments(request, transaction, commons, found),
    }  # fmt: skip


def _payments(request: Any, transaction: Transaction, commons: str, found: Values) -> Values:
    """What is paid, to be paid and held of a distribution, the latest payouts, and who may record more."""
    number, currency = found["number"], found["currency"]
    sums = payment_sums(transaction, commons, {number: parse_money(found["given"], currency)})[number]
    return {
        "payments": {name: format_money(minor, currency) for name, minor in sums.items()}, "mayPay": who_may(transaction, commons, "pay"),
        "payouts": payouts_page(transaction, commons, distribution=number, limit=PAYOUTS_SHOWN),
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
    with_percents(found)
    labels = {name: kind.label for name, kind in kinds_in_force(transaction, commons).items()}
    rules = rules_at(transaction, commons, get_distribution(transaction, commons, int(number)).charter)
    member = whoever(request, transaction, commons)
    return found | {
        "commonsName": section.name, "notice": section.notice, "kindLabels": labels, "all": "all" in request.GET,
        "own": member is not None and member.agent == found["agent"],
        "rules": with_grants(rules, [step["step"] for step in found["steps"]]), "signed": signed_shares(transaction, commons, int(number), found["agent"]),
    }  # fmt: skip


def with_percents(found: Values) -> Values:
    """An explanation, where each step and each contribution tells its part of the points."""
    for step in found["steps"]:
        step["percentOfPoints"] = _percent(step["points"], step["allPoints"])
        for line in step["contributions"]:
            line["percentOfPoints"] = _percent(line["points"], step["allPoints"], digits=4)
    return found


def _percent(part: str, whole: str, digits: int = 2) -> str | None:
    if not part or not whole or not int(whole):
        return None
    return format_decimal(int(part) * 100 * 10**digits // int(whole), digits, fixed=True)
