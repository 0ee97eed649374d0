"""`/-/me/`: somebody's account on this node: which commons they are in, how pages look to them, and erasing it all."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.models import EmailAddress
from django.contrib.auth import logout
from django.http import HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_safe

from ...commons.people import read_profile, short
from ...commons.queries import commons_section, find_agent
from ...journal.head import commons_here
from ...node.erasure import forget_person, wipe
from ...node.node import Node
from ...problems import Busy, bad_input
from ..accounts.erasing import wipe_accounts
from ..accounts.invitations import accept, unknown_invitation
from ..accounts.memberships import agents_of
from ..accounts.outbox import forget_letters_to
from .own import own_json, own_page, with_account

log = logging.getLogger("commonhold.accounts")

CONFIRMED = "yes"
WIPE_WAIT_SECONDS = 10
"""So long somebody waits for the page that says that all is erased."""


@require_safe
@with_account
def me(request: Any, *, as_json: bool = False) -> Any:
    """What somebody is on this node."""
    values = {"email": request.user.email, "memberships": _memberships(request), "others": _others(request)}
    return own_json(values) if as_json else own_page(request, "account/me.html", values)


def _memberships(request: Any) -> list[dict[str, Any]]:
    found = []
    with request.node.read() as transaction:
        here = set(commons_here(transaction))
        for commons, agent in agents_of(request.user).items():
            if commons in here and find_agent(transaction, commons, agent) is not None:
                name = read_profile(transaction, commons, agent).name or short(agent)
                found.append({"commons": commons, "commonsName": commons_section(transaction, commons).name, "agent": agent, "name": name})
    return found


def _others(request: Any) -> list[dict[str, str]]:
    """Commons that the user is not in, which they could join."""
    own = agents_of(request.user)
    with request.node.read() as transaction:
        return [{"commons": name, "commonsName": commons_section(transaction, name).name} for name in commons_here(transaction) if name not in own]


@require_safe
def invited(request: Any, secret: str) -> Any:
    """Somebody comes with an invitation."""
    invitation = accept(request, secret)
    if invitation is None:
        from ..errors import error_page

        return error_page(request, unknown_invitation())
    return HttpResponseRedirect("/-/account/signup/passkey/" + (f"?next=/{invitation.commons}/join/" if invitation.commons else ""))


@require_http_methods(["GET", "HEAD", "POST"])
@with_account
@reauthentication_required
def erase(request: Any) -> Any:
    """Erase the account, and all that the node keeps of its members. What the journals say stays."""
    memberships = _memberships(request)
    if request.method != "POST":
        return own_page(request, "account/erase.html", {"memberships": memberships, "problem": None})
    if request.POST.get("sure") != CONFIRMED:
        problem = bad_input("web.not_sure", "Tick the box: what is erased cannot be brought back.", "sure").problems[0]
        return own_page(request, "account/erase.html", {"memberships": memberships, "problem": problem}, 400)
    addresses = [request.user.email, *EmailAddress.objects.filter(user=request.user).values_list("email", flat=True)]
    with request.node.database.write() as transaction:
        for one in memberships:
            forget_person(transaction, one["commons"], one["agent"])
    user = request.user
    logout(request)
    user.delete()
    forget_letters_to(addresses)
    return HttpResponseRedirect("/?said=" + ("erased" if _wiped(request.node) else "erased-not-wiped"))


def _wiped(node: Node) -> bool:
    """Whether the files of the databases hold nothing any more of what was erased from their tables: somebody may be reading them."""
    accounts = wipe_accounts()
    try:
        wipe(node, WIPE_WAIT_SECONDS)
    except Busy as error:
        log.warning("%s", error)
        return False
    return accounts
