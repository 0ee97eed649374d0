"""Pictures of money: where it came from and where it went, step by step and month by month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from markupsafe import Markup

from ..measure import currency_digits, parse_money
from .charts.flow import Stream, flow
from .charts.months import Column, pairs
from .jinja import number
from .labels import label
from .rules import REST_COLOUR, colours


def money_flow(name: str, money: Mapping[str, Any], policy: Sequence[str]) -> Markup:
    """All that ever came in, by its source, and what became of it, by the steps that gave it.

    Args:
        money: As `overview.money` has it. policy: The steps of the policy in force, whose colours they keep on every page.
    """
    currency = money["currency"]
    sources = [Stream(label("source", line["source"]), line["minor"], f"{number(line['amount'])} {currency}") for line in money["bySource"]]
    colour = colours(policy, [line["step"] for line in money["byStep"]])
    goals = [Stream(line["label"], line["minor"], f"{number(line['amount'])} {currency}", colour[line["step"]]) for line in money["byStep"]]
    goals.append(Stream(_("Still in the funds"), money["inFundsMinor"], f"{number(money['inFunds'])} {currency}", REST_COLOUR))
    said = _("All figures of this picture are in the tables below it.")
    return flow("money", _("Where the money came from and where it went"), said, sources, name, goals)


def steps_flow(title: str, outcome: Mapping[str, Any], currency: str, policy: Sequence[str], prefix: str = "steps") -> Markup:
    """One distribution: what each step gave, and what stays.

    Args:
        outcome: With `amount`, `kept` and `steps`, as statements and previews have them.
    """
    colour = colours(policy, [line["step"] for line in outcome["steps"]])
    goals = [
        Stream(line["label"], parse_money(line["given"], currency), f"{number(line['given'])} {currency}", colour[line["step"]])
        for line in outcome["steps"]
    ]
    goals.append(Stream(_("Stays in the fund"), parse_money(outcome["kept"], currency), f"{number(outcome['kept'])} {currency}", REST_COLOUR))
    return flow(prefix, title, _("The same figures are in the table below it."), [], f"{number(outcome['amount'])} {currency}", goals)


IN_COLOUR, OUT_COLOUR = 2, 5
"""Fillings of what came in and what was shared."""


def months_chart(periods: Iterable[Mapping[str, Any]], currency: str) -> Markup:
    """What came in and what was shared, side by side. periods: As `money_pages.over_months` has them."""
    listed = list(periods)
    series = [
        Column(said, colour, [one["minor"][name] for one in listed], [f"{number(one[name])} {currency}" for one in listed])
        for name, said, colour in (("cameIn", _("Came in"), IN_COLOUR), ("given", _("Shared"), OUT_COLOUR))
    ]
    said = _("In %(currency)s; all figures are in the table below.") % {"currency": currency}
    unit = 10 ** (currency_digits(currency) or 0)
    return pairs("months", _("What came in and what was shared over time"), said, [one["period"] for one in listed], series, unit, number)
