"""`/{commons}/contributions/{position}/accept/` and what else is said of one contribution; and the files that show it.

Each form has an address of its own, and stands on the page of the contribution and in the queue too. Who came from the queue goes on there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from ...contributions import entries as e
from ...contributions.charter import kinds_in_force
from ...contributions.commands import AttestParams, OneParams
from ...contributions.evidence_files import find_file, forget_file
from ...contributions.possible import objections
from ...contributions.queries import Filter, list_contributions
from ...node.overview import called, public_names
from ...problems import CommonholdError, Forbidden, Problem, bad_input, not_found
from ...store.transaction import Transaction
from ..errors import error_page
from ..forms import Entered, Form, Sent
from ..member import Member, member_of
from ..pages import Values
from .flows import head_of

Path = Mapping[str, str]
ACTS: dict[str, tuple[str, ...]] = {
    "accept": (), "adjust": ("amount", "kind", "reason"), "refuse": ("reason",), "decline": ("reason",), "contest": ("reason",),
    "appeal": ("reason",), "withdraw": ("reason",), "erase": ("sha256",),
}  # fmt: skip
"""What can be said of a contribution, and the fields of its form."""
HEADINGS = {
    "accept": _("Accept it"), "adjust": _("Say what is right"), "refuse": _("Refuse it"), "decline": _("Do not judge it"),
    "contest": _("Object to it"), "appeal": _("Appeal"), "withdraw": _("Take it back"), "erase": _("Erase a file"),
}  # fmt: skip
SAID = {
    "accept": "accepted", "adjust": "adjusted", "refuse": "refused", "decline": "declined", "contest": "contested", "appeal": "appealed",
    "withdraw": "taken-back", "erase": "file-erased",
}  # fmt: skip
ONWARD = ("queue", "next")
"""Fields of a form in the queue: the query of its page, and the item that follows."""


def wanted(transaction: Transaction, commons: str, position: str) -> Values:
    """The contribution at a position.

    Raises:
        NotFound: `contributions.unknown`.
    """
    found = next(list_contributions(transaction, commons, Filter(before=int(position) + 1, limit=1)), None)
    if found is None or found["position"] != int(position):
        raise not_found("contributions.unknown", f"Entry {int(position)} is no contribution.", "entry")
    return found


def possible_acts(transaction: Transaction, commons: str, found: Values, agent: str, now: int) -> list[str]:
    """What an agent could say of a contribution now, in the order of `ACTS`. The rules are asked."""
    id_ = found["id"]
    asked: dict[str, tuple[str, Any]] = {
        "accept": ("contributions.attest", e.Attest(contributions=[id_], verdict="accept")),
        "adjust": ("contributions.attest", e.Attest(contributions=[id_], verdict="adjust", amount="1", reason="-")),
        "refuse": ("contributions.attest", e.Attest(contributions=[id_], verdict="refuse", reason="-")),
        "decline": ("contributions.decline", e.Decline(contribution=id_, reason="-")),
        "contest": ("contributions.contest", e.Contest(contribution=id_, reason="-")),
        "appeal": ("contributions.appeal", e.Appeal(contribution=id_, reason="-")),
        "withdraw": ("contributions.withdraw", e.Withdraw(contribution=id_)),
    }
    return [act for act, (kind, body) in asked.items() if not objections(transaction, commons, agent, now, kind, body)]


def kinds_like(transaction: Transaction, commons: str, found: Values) -> list[tuple[str, str]]:
    """Kinds that a contribution could be instead: those that are counted in the same unit."""
    return [(name, kind.label) for name, kind in kinds_in_force(transaction, commons).items() if kind.unit == found["unit"]]


def _begin(act: str, request: Any, transaction: Transaction, commons: str, member: Member, path: Path) -> Entered:
    found = wanted(transaction, commons, path["position"])
    return {"amount": found["claimed"], "kind": found["loggedKind"], "sha256": request.GET.get("sha256", "")[:64]}


def _context(act: str, transaction: Transaction, commons: str, member: Member, path: Path, values: Entered) -> Values:
    found = wanted(transaction, commons, path["position"])
    names = public_names(transaction, commons, [found["contributor"]])
    return {
        "act": act, "heading": str(HEADINGS[act]), "c": found | {"name": called(names, found["contributor"])},
        "kinds": {name: kind.label for name, kind in kinds_in_force(transaction, commons).items()}, "like": kinds_like(transaction, commons, found),
    }  # fmt: skip


def _attest(act: str, sent: Sent) -> AttestParams:
    values, entry = sent.values, sent.path["position"]
    if act != "adjust":
        return AttestParams(verdict=act, contributions=[entry], reason=values.get("reason", ""))
    with sent.node.read() as transaction:
        found = wanted(transaction, sent.commons, entry)
    amount, kind = values["amount"].replace(",", "."), "" if values["kind"] == found["loggedKind"] else values["kind"]
    if not kind and amount in ("", found["claimed"]):
        raise bad_input("contributions.adjust_what", "Give the amount or the kind that is right; if both are, accept it.", "amount")
    return AttestParams(verdict="adjust", contributions=[entry], amount=amount, kind=kind, reason=values["reason"])


def _erase(sent: Sent) -> None:
    """A file of one's own is erased. What the journal says of it stays."""
    with sent.node.database.write() as transaction:
        if not forget_file(transaction, sent.commons, sent.member.agent, sent.values["sha256"]):
            raise not_found("evidence.unknown", "You have given no file of this digest here, or it is erased already.", "sha256")


def said_once(sent: Sent, act: str) -> str:
    """An idempotency key: the same said twice from one form lands once; something else is something else."""
    content = "\0".join([act, *(f"{name}={value}" for name, value in sorted(sent.values.items()) if name not in ONWARD)])
    return f"web-{sent.key}-{hashlib.sha256(content.encode()).hexdigest()[:16]}"


def kept_query(queue: str, said: str) -> str:
    """The query of the page of the queue from which something was said: its filters and its place, and what was said.

    >>> kept_query("?domain=hardware&after=17.3&next=//evil.example", "accepted"), kept_query("?", "refused")
    ('?domain=hardware&after=17.3&said=accepted', '?said=refused')
    """
    kept = [part for part in queue.lstrip("?").split("&") if re.fullmatch(r"(domain|kind|batch|after)=[A-Za-z0-9._%+-]{1,200}", part)]
    return "?" + "&".join([*kept, f"said={said}"])


def onward(sent: Sent, said: str) -> str:
    """Where to go on: in the queue, at the item that follows, or on the page of the contribution."""
    query, item = sent.values["queue"], sent.values["next"]
    if not query:
        return f"/{sent.commons}/contributions/{int(sent.path['position'])}/?said={said}"
    fragment = f"#{item}" if re.fullmatch(r"item-[0-9]{1,15}", item) else ""
    return f"/{sent.commons}/validate/{kept_query(query, said)}{fragment}"


def _send(act: str, sent: Sent) -> str:
    if act == "erase":
        _erase(sent)
    else:
        attests = act in ("accept", "adjust", "refuse")
        params: Any = _attest(act, sent) if attests else OneParams(contribution=sent.path["position"], reason=sent.values["reason"])
        command = "contribution.attest" if attests else f"contribution.{act}"
        sent.act_all([(command, params)], key=said_once(sent, act))
    return onward(sent, SAID[act])


_PLACES = (("reason", "reason"), ("amount", "amount"), ("kind", "kind"))
_views: dict[str, Callable[..., Any]] = {
    act: Form("contributing/act.html", (*fields, *ONWARD), partial(_begin, act), partial(_context, act), partial(_send, act), _PLACES).view()
    for act, fields in ACTS.items()
}


def act_on_contribution(request: Any, commons: str, act: str, position: str) -> Any:
    """Say something of a contribution."""
    return _views[act](request, commons, position=position)


@require_safe
def evidence_file(request: Any, commons: str, sha256: str) -> Any:
    """A file that shows a contribution, for members. It is only ever saved, never shown: nothing in it can run here."""
    try:
        with request.node.read() as transaction:
            head_of(transaction, commons)
            if member_of(request, transaction, commons) is None:
                raise Forbidden(Problem("evidence.members_only", "Files are for members of this commons: sign in.", "sha256"))
            found = find_file(transaction, commons, sha256)
            if found is None:
                raise not_found("evidence.unknown", "No file of this digest is kept here, or it has been erased.", "sha256")
    except CommonholdError as error:
        return error_page(request, error)
    file, data = found
    headers = {
        "Content-Disposition": content_disposition_header(True, file.name) or "attachment", "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'", "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "private, no-store",
    }  # fmt: skip
    return HttpResponse(data, content_type="application/octet-stream", headers=headers)
