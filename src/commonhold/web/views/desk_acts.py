"""`/{commons}/desk/do/`: what stewards do on their desk. Each is a command; the rules of the journal say whether the charter lets them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...commons import entries as e
from ...contributions.commands import DrawParams, LapseParams
from ...governance.commands import Named, ReviewParams
from ...problems import bad_input
from ...store.transaction import Transaction
from ..accounts.invitations import DAYS_DEFAULT, invite, withdraw
from ..accounts.jobs import cancel
from ..forms import Answer, Entered, Form, Sent, of_shape
from ..member import Member
from ..own_address import own_address
from ..pages import Values
from .questions import recipient

DAYS_MAX = 365


def link_of(secret: str) -> str:
    """The link of an invitation."""
    return f"{own_address()}/-/invited/{secret}/"


def _who(sent: Sent) -> str:
    with sent.node.read() as transaction:
        return recipient(transaction, sent.commons, sent.values["agent"], "agent")


def _admit(sent: Sent) -> str:
    sent.act("member.admit", of_shape(e.Admit, {"agent": sent.values["agent"]}))
    return "desk/members/?said=admitted"


def _role(sent: Sent) -> str:
    granted = sent.values["granted"] != "no"
    sent.act("role.set", of_shape(e.SetRole, {"agent": _who(sent), "role": sent.values["role"], "granted": granted}))
    return f"desk/members/?said={'role-given' if granted else 'role-taken'}"


def _invite(sent: Sent) -> Answer:
    days = sent.values["days"] or str(DAYS_DEFAULT)
    if not (days.isascii() and days.isdigit() and len(days) < 5 and 1 <= int(days) <= DAYS_MAX):
        raise bad_input("web.bad_days", f"An invitation is good for 1 to {DAYS_MAX} days.", "days")
    secret = invite(sent.commons, sent.member.agent, days=int(days))
    return Answer("desk/invitation.html", {"link": link_of(secret), "days": int(days), "here": f"/{sent.commons}/desk/members/"})


def _uninvite(sent: Sent) -> str:
    id_ = sent.values["id"]
    if not (id_.isascii() and id_.isdigit() and len(id_) < 16) or not withdraw(sent.commons, int(id_)):
        raise bad_input("web.unknown_invitation", "This invitation is not open any more.", "id")
    return "desk/members/?said=invitation-ended"


def _claim(sent: Sent) -> str:
    plain = {"identity": sent.values["identity"], "agent": _who(sent), "by": "steward"}
    sent.act("identity.claim", of_shape(e.Claim, plain))
    return "desk/identities/?said=claimed"


def _close(sent: Sent) -> str:
    number = sent.values["number"]
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise bad_input("web.bad_value", "Say which question.", "number")
    sent.act("decision.close", Named(proposal=int(number)))
    return "desk/?said=closed"


def _cancel(sent: Sent) -> str:
    id_ = sent.values["id"]
    if not (id_.isascii() and id_.isdigit() and len(id_) < 16):
        raise bad_input("web.bad_value", "Say which work.", "id")
    cancel(sent.commons, int(id_))
    return f"desk/jobs/{int(id_)}/?said=job-cancelled"


def _said(command: str, params: Any, said: str) -> Callable[[Sent], str]:
    def act(sent: Sent) -> str:
        sent.act(command, params)
        return f"desk/?said={said}"

    return act


ACTS: Mapping[str, Callable[[Sent], str | Answer]] = {
    "admit": _admit, "role": _role, "invite": _invite, "uninvite": _uninvite, "claim": _claim, "close": _close, "cancel": _cancel,
    "draw": _said("contribution.draw", DrawParams(), "drawn"), "lapse": _said("contribution.lapse", LapseParams(), "lapsed"),
    "stewards": _said("steward.review", ReviewParams(), "reviewed"), "tasks": _said("task.release", ReviewParams(), "released"),
}  # fmt: skip


def _begin(request: Any, transaction: Transaction, commons: str, member: Member, path: Mapping[str, str]) -> Entered:
    return {}


def _context(transaction: Transaction, commons: str, member: Member, path: Mapping[str, str], values: Entered) -> Values:
    return {}


def _send(sent: Sent) -> str | Answer:
    act = ACTS.get(sent.values["act"])
    if act is None:
        raise bad_input("web.bad_value", f"What is to be done is one of {', '.join(ACTS)}.", "act")
    done = act(sent)
    return f"/{sent.commons}/{done}" if isinstance(done, str) else done


desk_act = Form(
    "desk/act.html", ("act", "agent", "role", "granted", "days", "id", "identity", "number"), _begin, _context, _send, longest=200,
).view()  # fmt: skip
"""See the module."""
