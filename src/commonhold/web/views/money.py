"""`/{commons}/money/`: where the benefit came from and where it went; and `payouts/`: what was paid out."""

from __future__ import annotations

from typing import Any

from ...commons.queries import charter_section, commons_section
from ...measure import format_money
from ...node import fund_figures, money_pages
from ...sharing.policy import Policy
from ...sharing.queries import get_distribution
from ...store.transaction import Transaction
from ..addresses import at
from ..asked import asked_number
from ..money_pictures import IN_COLOUR, OUT_COLOUR, money_flow, months_chart
from ..pages import Table, Values, page
from .flows import head_of

ROWS = 50
WITH_RECEIVERS = 10
"""So many payouts are on a page that names who received them."""
LATEST = 6


def _present(values: Values) -> Values:
    return {
        "flow": money_flow(values["commonsName"], values["money"], values["policy"]), "chart": months_chart(values["months"], values["currency"]),
        "fillings": (IN_COLOUR, OUT_COLOUR),
    }  # fmt: skip


@page(
    "money/overview.html", _present, table=Table("months", ("period", "cameIn", "given", "paid", "inFunds"), ("cameIn", "given", "paid", "inFunds"))
)
def money(request: Any, transaction: Transaction, commons: str) -> Values:
    """The funds, what came in and out month by month, the latest incomes and distributions, what is still to be paid."""
    currency = commons_section(transaction, commons).currency
    over_time, figures = money_pages.over_months(transaction, commons), fund_figures.money(transaction, commons)
    return head_of(transaction, commons) | {
        "currency": currency, "money": figures, "step": over_time["step"], "months": over_time["periods"],
        "cameIn": format_money(sum(line["minor"] for line in figures["bySource"]), currency),
        "policy": [step.id for step in charter_section(transaction, commons, "sharing", Policy).steps],
        "incomes": money_pages.incomes_page(transaction, commons, limit=LATEST),
        "distributions": money_pages.distributions_page(transaction, commons, limit=LATEST),
        "payouts": money_pages.payouts_page(transaction, commons, limit=LATEST),
        "payments": money_pages.payments_together(transaction, commons),
        "powers": [money_pages.who_may(transaction, commons, power) for power in ("income", "share", "pay")],
    }  # fmt: skip


def _present_payouts(values: Values) -> Values:
    asked = {} if values["distribution"] is None else {"distribution": values["distribution"]}
    return {"onward": at(values["commons"], "payouts", **asked, before=values["before"]) if values["before"] else ""}


@page(
    "money/payouts.html", _present_payouts,
    table=Table("payouts", ("position", "time", "distribution", "receivers", "amount", "currency", "reference"), ("amount",)),
)  # fmt: skip
def payouts(request: Any, transaction: Transaction, commons: str) -> Values:
    """What was recorded as paid, newest first: of all distributions, or of one."""
    before, number = asked_number(request, "before"), asked_number(request, "distribution", least=1, most=10**9)
    if number is not None:
        get_distribution(transaction, commons, number)
    rows = ROWS if number is None else WITH_RECEIVERS
    found = money_pages.payouts_page(transaction, commons, distribution=number, before=before, limit=rows + 1)
    shown = found[:rows]
    return head_of(transaction, commons) | {
        "currency": commons_section(transaction, commons).currency, "payouts": shown, "distribution": number,
        "receivers": money_pages.payout_receivers(transaction, commons, [one["position"] for one in shown]) if number is not None else {},
        "before": shown[-1]["position"] if len(found) > rows else None,
    }  # fmt: skip
