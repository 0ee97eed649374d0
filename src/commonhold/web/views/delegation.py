"""`/{commons}/delegation/`: who votes for somebody where they do not, and what these have voted on."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from ...commons.queries import commons_section, number_of
from ...governance import queries
from ...governance.charter import governance_in_force
from ...governance.commands import DelegateParams
from ...problems import bad_input
from ...store.transaction import Transaction
from ..asked import asked_text
from ..forms import Entered, Form, Sent, Shown, utc
from ..member import Member
from ..pages import Values, page
from .decisions import agents_named, whoever
from .flows import head_of
from .propose import members_to_choose
from .questions import recipient

Path = Mapping[str, str]
FIELDS = ("to-1", "to-2", "to-3", "domain", "until", "end")


def _choices(transaction: Transaction, commons: str, agent: str) -> Values:
    delegating = governance_in_force(transaction, commons).delegation
    return {
        "members": [pair for pair in members_to_choose(transaction, commons) if pair[0] != agent] if agent else [],
        "domains": commons_section(transaction, commons).domains,
        "days": delegating.days, "depth": delegating.depth, "cap": delegating.cap_percent,
    }  # fmt: skip


def _present(values: Values) -> Values:
    return {"form": Shown(dict.fromkeys(FIELDS, ""), key=secrets.token_hex(16)), "keys": [secrets.token_hex(16) for _ in values["mine"] or ()]}


@page("decisions/delegation.html", _present, timed=True, forms=True)
def delegation(request: Any, transaction: Transaction, commons: str) -> Values:
    """Whom who is signed in has named, and who carries votes; who named them is not told."""
    head = head_of(transaction, commons)
    now = request.node.now()
    member = whoever(request, transaction, commons)
    mine, notices = None, []
    if member is not None:
        agent = number_of(transaction, commons, member.agent)
        mine = queries.delegations_of(transaction, commons, agent, now)
        notices = [one for one in queries.waiting_for(transaction, commons, agent, now) if any(who["voted"] for who in one["delegates"])]
    public = queries.delegates_public(transaction, commons, now)
    told = {"mine": mine, "carried": public, "notices": notices}
    return head | told | _choices(transaction, commons, member.agent if member else "") | {"names": agents_named(transaction, commons, told)}


def _begin(request: Any, transaction: Transaction, commons: str, member: Member, path: Path) -> Entered:
    return {"domain": asked_text(request, "domain")}


def _context(transaction: Transaction, commons: str, member: Member, path: Path, values: Entered) -> Values:
    return _choices(transaction, commons, member.agent) | {"names": {"Agent": {}}}


def _send(sent: Sent) -> str:
    values = sent.values
    if values["end"]:
        sent.act("decision.delegate", DelegateParams(domain=values["domain"]))
        return f"/{sent.commons}/delegation/?said=ended"
    with sent.node.read() as transaction:
        to = [recipient(transaction, sent.commons, values[name], name) for name in FIELDS[:3] if values[name]]
    if not to:
        raise bad_input("web.who", "Name one delegate at least.", "to-1")
    sent.act("decision.delegate", DelegateParams(to=to, domain=values["domain"], until=utc(values["until"], "until")))
    return f"/{sent.commons}/delegation/?said=delegated"


_PLACES = (("to[1]", "to-2"), ("to[2]", "to-3"), ("to", "to-1"), ("domain", "domain"), ("until", "until"))
delegate = Form("decisions/delegate.html", FIELDS, _begin, _context, _send, _PLACES).view()
