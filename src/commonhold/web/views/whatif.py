"""`/{commons}/what-if/`: the policy with other figures, all of them in the address, and who would gain and who would lose."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from ...commons.charter import read_toml
from ...commons.queries import charter_values, commons_section, organization_names
from ...measure import format_money
from ...node import previews
from ...problems import Problem, bad_input
from ...sharing.compute import policy_of
from ...sharing.kinds import fund_names
from ...sharing.queries import get_distribution
from ...store.transaction import Transaction
from ..addresses import at
from ..asked import asked_number, asked_text
from ..money_pictures import steps_flow
from ..pages import Table, Values, page
from ..policy_words import step_sentence
from .figures import change_words, groups_of, lines_of
from .flows import head_of

SHOWN = 200
_LONGEST, _MOST = 60, 600
_NAME = re.compile(r"(steps|kinds)\.[a-z0-9_-]{1,60}(\.[a-z_]{1,30}){1,2}|steps\.[a-z0-9_-]{1,60}\.weights\.[a-z0-9_-]{1,60}")


def asked_figures(request: Any) -> dict[str, str]:
    """Figures in the address, by their names. What is no figure is left alone.

    Raises:
        BadInput: `web.bad_filter`.
    """
    found = {name: str(request.GET[name]).strip() for name in request.GET if _NAME.fullmatch(name)}
    if len(found) > _MOST or any(len(text) > _LONGEST or "\0" in text for text in found.values()):
        raise bad_input("web.bad_filter", f"At most {_MOST} figures, of {_LONGEST} characters each.", "steps")
    return found


def what_if_address(commons: str, fund: str, amount: str, number: int | None, turned: Mapping[str, str]) -> str:
    """The address of a what-if, with nothing in it but what is turned."""
    return at(commons, "what-if", fund=fund, amount=amount, distribution="" if number is None else number, **kept(turned))


def kept(turned: Mapping[str, str]) -> dict[str, str]:
    """What is turned, for an address: a weight that is taken away is told by a 0."""
    return {name: text or "0" for name, text in turned.items()}


def _summary(values: Values) -> str:
    """What screen readers are told when figures have been turned."""
    if values["problems"]:
        return values["problems"][0]["message"]
    changes = [line["minor"]["difference"] for line in values["agents"]]
    gain, lose = sum(one > 0 for one in changes), sum(one < 0 for one in changes)
    if not gain and not lose:
        return _("Nobody gains and nobody loses.")
    moved = sum(one for one in changes if one > 0)
    words = {"gain": gain, "lose": lose, "same": len(changes) - gain - lose}
    told = _("%(gain)s gain, %(lose)s lose, %(same)s get the same.") % words
    return f"{told} " + (_("What the gains come to: %(amount)s.") % {"amount": values["movedAmount"]} if moved else "")


def _present(values: Values) -> Values:
    more: Values = {"summary": _summary(values), "shown": values["agents"][:SHOWN], "problems_at": {}}
    more["at_fields"] = {"amount", "fund", *(line["name"] for line in values["figures"])}
    for problem in values["problems"]:
        more["problems_at"].setdefault(problem["field"], []).append(problem)
    if values["before"]:
        title = _("Where the money would go with these figures")
        more["flow"] = steps_flow(title, values["after"], values["currency"], values["policy"])
    more["propose"] = at(values["commons"], "decisions", "new", question="charter", fund=values["fund"], **kept(values["turned"]))
    return more


@page(
    "money/what_if.html", _present, timed=True, table=Table("agents", ("agent", "name", "before", "after", "difference"), ("before", "after", "difference"))
)  # fmt: skip
def what_if(request: Any, transaction: Transaction, commons: str) -> Values:
    """What the same money would come to with other figures. Nothing is written."""
    fund, amount = asked_text(request, "fund"), asked_text(request, "amount").replace(",", ".")
    number = asked_number(request, "distribution", least=1, most=10**9)
    of: Values | None = None
    if number is not None:
        recorded = get_distribution(transaction, commons, number)
        fund, of = fund or recorded.fund, {"number": number, "fund": recorded.fund}
        amount = amount or format_money(recorded.amount, recorded.currency)
    found = previews.what_if(request.node, transaction, commons, fund, amount, asked_figures(request), number)
    return head_of(transaction, commons) | found | {
        "asked": amount, "funds": list(fund_names(transaction, commons)), "distribution": of, "notice": commons_section(transaction, commons).notice,
        "groups": groups_of(transaction, commons, found["figures"]), "changes": change_words(transaction, commons, found["figures"], found["turned"]),
        "steps": _steps(found, _rules(request, transaction, commons, fund)), "policy": [step.id for step in policy_of(charter_values(transaction, commons)).steps],
        "movedAmount": _moved(found), "link": what_if_address(commons, fund, asked_text(request, "amount"), number, found["turned"]),
    }  # fmt: skip


def _moved(found: Values) -> str:
    return f"{format_money(sum(max(line['minor']['difference'], 0) for line in found['agents']), found['currency'])} {found['currency']}"


def _rules(request: Any, transaction: Transaction, commons: str, fund: str) -> dict[str, str]:
    """The sentences of the steps with the figures that are asked for."""
    source = read_toml(previews.turned_charter(transaction, commons, asked_figures(request), fund)[0])
    assert not isinstance(source, Problem)
    currency, names = commons_section(transaction, commons).currency, organization_names(transaction, commons)
    return {step.id: step_sentence(step, currency, names, weights=True) for step in policy_of(source.values).steps}


def _steps(found: Values, rules: dict[str, str]) -> list[Values]:
    """The steps of both policies, with what each gave by either; one that is not in a policy gave nothing."""
    if not found["before"]:
        return []
    before, after = ({line["step"]: line for line in found[name]["steps"]} for name in ("before", "after"))
    return [
        {
            "step": id_, "label": (after.get(id_) or before[id_])["label"], "rule": rules[id_] if id_ in after else "",
            "before": before[id_]["given"] if id_ in before else "", "after": after[id_]["given"] if id_ in after else "",
            "remark": after[id_]["remark"] if id_ in after else "",
        }
        for id_ in dict.fromkeys([*before, *after])
    ]  # fmt: skip


def proposed_charter(transaction: Transaction, commons: str, request: Any) -> dict[str, str]:
    """What a question about the charter begins with, if the address turns figures: its title, why, and the changed text.

    Raises:
        BadInput: `web.bad_filter`, if the charter with these figures would not be in order.
    """
    given = asked_figures(request)
    if not given:
        return {}
    fund = asked_text(request, "fund")
    text, turned, problems = previews.turned_charter(transaction, commons, given, fund)
    if problems:
        raise bad_input("web.bad_filter", problems[0].message, problems[0].field)
    changes = change_words(transaction, commons, lines_of(transaction, commons, fund, given), turned)
    said = _("What it would come to:")
    words = "\n".join(f"- {one}" for one in changes)
    title = changes[0] if len(changes) == 1 else _("Other figures of the policy")
    return {"charter": text, "title": title[:200], "text": f"{words}\n\n{said} {at(commons, 'what-if', fund=fund, **kept(turned))}"}
