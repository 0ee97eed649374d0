"""`/{commons}/me/`: a member's own page: what became of their work, what waits for them, what they were given, what they promised."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.views.decorators.http import require_safe

from ...commons.people import read_profile
from ...commons.queries import find_agent, has_role, number_of
from ...contributions.charter import kinds_in_force
from ...flows.queries import promised_by
from ...node.agent_overview import agent_overview
from ...node.flow_pages import names_of, record_plain
from ...node.my_work import own_contributions, waiting_for
from ...problems import CommonholdError
from ...store.transaction import Transaction
from ..errors import error_page
from ..forms import private, to_sign_in
from ..member import Member, member_of
from ..pages import Values
from .own import own_json

LAST_SHOWN = 8
PROMISES_SHOWN = 20
PROMISES_LOOKED_AT = 200
"""So many of those that are not said to be finished are looked at, whether anything of them is open still."""


def members_page(template: str) -> Callable[[Callable[..., Values]], Callable[..., Any]]:
    """A page for one member, with a `.json` sibling; others are asked to sign in. Nothing keeps it."""

    def decorate(values_of: Callable[..., Values]) -> Callable[..., Any]:
        @require_safe
        @wraps(values_of)
        def view(request: Any, commons: str, *, as_json: bool = False, **path: str) -> Any:
            try:
                with request.node.read() as transaction:
                    member = member_of(request, transaction, commons)
                    if member is None:
                        return to_sign_in(request, transaction, commons)
                    values = values_of(request, transaction, commons, member, **path)
                    return own_json(values) if as_json else private(request, transaction, commons, template, values | {"member": member})
            except CommonholdError as error:
                return error_page(request, error)

        return view

    return decorate


@members_page("me/overview.html")
def my_page(request: Any, transaction: Transaction, commons: str, member: Member) -> Values:
    """What concerns the member."""
    about = agent_overview(transaction, commons, member.agent)
    promises = _promises(transaction, commons, member)
    profile = read_profile(transaction, commons, member.agent)
    return {
        "about": {name: about[name] for name in ("agent", "since", "membership", "currency", "kinds", "shares", "identities")},
        "work": own_contributions(transaction, commons, member.agent, LAST_SHOWN),
        "waiting": waiting_for(transaction, commons, member.agent, request.node.now()),
        "kinds": {name: kind.label for name, kind in kinds_in_force(transaction, commons).items()},
        "promises": promises, "names": names_of(transaction, commons, promises),
        "profile": {"name": profile.name, "public": profile.public, "iban": bool(profile.iban)}, "byToken": member.by_token, "steward": has_role(transaction, commons, find_agent(transaction, commons, member.agent), "steward"),
    }  # fmt: skip


def _promises(transaction: Transaction, commons: str, member: Member) -> list[dict[str, Any]]:
    """What the member has promised and not kept yet, the newest first."""
    found: list[dict[str, Any]] = []
    for known in promised_by(transaction, commons, number_of(transaction, commons, member.agent), PROMISES_LOOKED_AT):
        plain = record_plain(transaction, commons, known)
        if not plain["finished"]:
            found.append(plain)
        if len(found) == PROMISES_SHOWN:
            break
    return found
