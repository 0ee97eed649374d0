"""`/{commons}/distributions/new/`: what would be shared now, and why; who may records it, and just what they saw."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from ...commons.charter import Powers
from ...commons.queries import charter_section, commons_section
from ...contributions.charter import kinds_in_force
from ...node import previews
from ...node.money_pages import may, who_may
from ...problems import CommonholdError, Refused
from ...sharing.commands import ShareParams, default_fund
from ...sharing.kinds import fund_names
from ...sharing.policy import Policy
from ...store.transaction import Transaction
from ..addresses import at
from ..asked import asked_text
from ..forms import Answer, Entered, Form, Sent
from ..member import Member
from ..money_pictures import steps_flow
from ..pages import Table, Values, page
from ..rules import rules_at
from .decisions import whoever
from .distributions import LINES_SHOWN, SHARES_SHOWN, with_percents
from .figures import charter_here, groups_here
from .flows import head_of
from .incomes import require_power

Path = Mapping[str, str]


def _values(node: Any, transaction: Transaction, commons: str, member: Member | None, fund: str, amount: str) -> Values:
    """The preview; where nothing can be shared, `problem` says why."""
    amount = amount.replace(",", ".")
    found: Values = head_of(transaction, commons) | {
        "currency": commons_section(transaction, commons).currency, "fund": fund or default_fund(transaction, commons), "asked": amount,
        "funds": list(fund_names(transaction, commons)), "whoMay": who_may(transaction, commons, "share"), "problem": None, "agents": [],
        "mayRecord": member is not None and may(transaction, commons, member.agent, "share"),
        "byDecision": charter_section(transaction, commons, "powers", Powers).share == "decision",
        "groups": groups_here(transaction, commons, fund or default_fund(transaction, commons)),
    }  # fmt: skip
    try:
        found |= previews.preview(node, transaction, commons, fund, amount)
    except CommonholdError as error:
        found["problem"] = {"code": error.code, "message": error.problems[0].message, "field": error.problems[0].field}
        return found
    return found | {
        "rules": rules_at(transaction, commons, charter_here(transaction, commons)),
        "policy": [step.id for step in charter_section(transaction, commons, "sharing", Policy).steps],
    }


def _present(values: Values) -> Values:
    more: Values = {"key": secrets.token_hex(16), "shown": values["agents"][:SHARES_SHOWN], "moved": False}
    more["query"] = at(values["commons"], "", fund=values["fund"], amount=values["asked"]).partition("?")[2]
    if values["problem"] is None:
        more["flow"] = steps_flow(_("Where the money would go"), values, values["currency"], values["policy"])
    return more


@page(
    "money/preview.html", _present, timed=True, forms=True, table=Table("agents", ("agent", "name", "amount", "last", "difference"), ("amount", "last", "difference"))
)  # fmt: skip
def preview(request: Any, transaction: Transaction, commons: str) -> Values:
    """What a fund would come to if it were shared now. Nothing is written."""
    member = whoever(request, transaction, commons)
    return _values(request.node, transaction, commons, member, asked_text(request, "fund"), asked_text(request, "amount"))


def _begin(request: Any, transaction: Transaction, commons: str, member: Member, path: Path) -> Entered:
    require_power(transaction, commons, member, "share")
    return {}


def _send(sent: Sent) -> str | Answer:
    """Record what was seen. If it comes to something else by now, that is shown, and nothing is recorded."""
    fund, amount, seen = sent.values["fund"], sent.values["amount"].replace(",", "."), sent.values["result"]
    if len(seen) != 64:
        return _look_again(sent)
    try:
        done = sent.act("share.record", ShareParams(fund=fund, amount=amount, result=seen))
    except Refused as error:
        if error.code not in ("sharing.other_result", "sharing.nothing_there"):
            raise
        return _look_again(sent)
    return at(sent.commons, "distributions", str(done["distribution"]), said="recorded")


def _look_again(sent: Sent) -> Answer:
    with sent.node.read() as transaction:
        values = _values(sent.node, transaction, sent.commons, sent.member, sent.values["fund"], sent.values["amount"])
        return Answer("money/preview.html", values | _present(values) | {"moved": True})


def _context(transaction: Transaction, commons: str, member: Member, path: Path, values: Entered) -> Values:
    return {"back": at(commons, "distributions", "new", fund=values["fund"], amount=values["amount"])}


_record = Form("money/refused.html", ("fund", "amount", "result"), _begin, _context, _send).view()


def new_distribution(request: Any, commons: str, *, as_json: bool = False, as_csv: bool = False) -> Any:
    """The preview; who sends its form records it."""
    if request.method == "POST" and not as_json and not as_csv:
        return _record(request, commons)
    return preview(request, commons=commons, as_json=as_json, as_csv=as_csv)


def _present_why(values: Values) -> Values:
    most = max((len(step["contributions"]) for step in values["steps"]), default=0)
    return {"limit": max(most, LINES_SHOWN) if values["all"] else LINES_SHOWN, "all_at": values["allAt"]}


@page("money/why_preview.html", _present_why, timed=True)
def why(request: Any, transaction: Transaction, commons: str, agent: str) -> Values:
    """Step by step, why somebody would get what they would get."""
    fund, amount = asked_text(request, "fund"), asked_text(request, "amount").replace(",", ".")
    found = with_percents(previews.explain_preview(request.node, transaction, commons, agent, fund, amount))
    labels = {name: kind.label for name, kind in kinds_in_force(transaction, commons).items()}
    back = at(commons, "distributions", "new", fund=fund, amount=amount)
    return head_of(transaction, commons) | found | {
        "kindLabels": labels, "all": "all" in request.GET, "rules": rules_at(transaction, commons, charter_here(transaction, commons)), "back": back,
        "allAt": at(commons, "distributions", "new", agent, fund=fund, amount=amount, all=1),
    }  # fmt: skip
