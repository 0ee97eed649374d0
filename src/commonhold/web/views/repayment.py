"""`/{commons}/repayment/`: one's own choice, whether and how long one's contributions share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, get_args

from ...commons.queries import find_agent
from ...contributions.commands import ChooseParams
from ...contributions.entries import Repayment
from ...problems import bad_input
from ...store.transaction import Transaction
from ..addresses import at
from ..asked import asked_text
from ..forms import Entered, Form, Sent
from ..member import Member
from ..pages import Values

Path = Mapping[str, str]
CHOICES: tuple[str, ...] = get_args(Repayment)
NAMED_MAX = 100
_NUMBERS = re.compile(r"[0-9]{1,15}")


def _begin(request: Any, transaction: Transaction, commons: str, member: Member, path: Path) -> Entered:
    return {"contributions": asked_text(request, "contributions")}


def _context(transaction: Transaction, commons: str, member: Member, path: Path, values: Entered) -> Values:
    """How many of the own contributions share in which way, identities that were claimed with them."""
    agent = find_agent(transaction, commons, member.agent)
    number = -1 if agent is None else agent.number
    sql = (
        "SELECT c.repayment, COUNT(*) FROM contribution c JOIN agent a ON a.commons = c.commons AND a.number = c.provider"
        " WHERE c.commons = ? AND (a.number = ? OR a.claimed_by = ?) GROUP BY c.repayment"
    )
    return {"choices": list(CHOICES), "counts": dict(transaction.rows(sql, (commons, number, number))), "agent": member.agent}


def _send(sent: Sent) -> str:
    choice, text = sent.values["repayment"], sent.values["contributions"]
    if choice not in CHOICES:
        raise bad_input("web.no_answer", "Choose one.", "repayment")
    named = text.replace(",", " ").split()
    if len(named) > NAMED_MAX or any(not _NUMBERS.fullmatch(one) for one in named):
        raise bad_input("web.bad_value", f"Numbers of entries, {NAMED_MAX} at most, with blanks between them.", "contributions")
    sent.act("contribution.choose", ChooseParams(repayment=choice, contributions=named))
    return at(sent.commons, "repayment", said="recorded")


repayment = Form(
    "money/repayment.html", ("repayment", "contributions"), _begin, _context, _send,
    (("body.repayment", "repayment"), ("body.contribution", "contributions"), ("contribution", "contributions")),
).view()  # fmt: skip
