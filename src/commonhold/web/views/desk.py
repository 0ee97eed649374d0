"""`/{commons}/desk/…`: what stewards look after: who asks to join, roles, invitations, identities, what is due, and how the node is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import resolve

from ...commons.queries import commons_section
from ...node import desk as reads
from ...store.transaction import Transaction
from ..accounts.invitations import open_invitations
from ..accounts.jobs import anybody_at_work, last_done
from ..addresses import at
from ..asked import asked_number
from ..member import Member
from ..pages import Values
from .me import members_page
from .propose import members_to_choose

ASKING_SHOWN = 50
IDENTITIES_SHOWN = 50


@members_page("desk/overview.html")
def desk(request: Any, transaction: Transaction, commons: str, member: Member) -> Values:
    """What waits for a steward, and how the node is."""
    due = reads.due(request.node, transaction, commons)
    return {
        "due": due, "nothingDue": not any(due.values()), "asking": reads.asking(transaction, commons, ASKING_SHOWN),
        "powers": reads.powers_of(transaction, commons, member.agent), "health": reads.health(request.node, transaction, commons), "ready": _ready(request),
        "verified": last_done(commons, "verify"), "backup": last_done(commons, "backup"), "atWork": anybody_at_work(),
    }  # fmt: skip


def _ready(request: Any) -> str:
    """What `/readyz` says."""
    answer = resolve("/readyz").func(request)
    return str(answer.content.decode().strip())


@members_page("desk/members.html")
def members(request: Any, transaction: Transaction, commons: str, member: Member) -> Values:
    """Who asks to join, who has which role, and invitations that nobody has used yet."""
    invitations = [{"id": one.pk, "until": f"{one.expires:%Y-%m-%dT%H:%M:%SZ}", "by": one.by} for one in open_invitations(commons)]
    return {
        "asking": reads.asking(transaction, commons, ASKING_SHOWN), "holders": reads.holders_of_roles(transaction, commons, request.node.now()),
        "roles": reads.known_roles(transaction, commons), "people": members_to_choose(transaction, commons), "invitations": invitations,
        "powers": reads.powers_of(transaction, commons, member.agent), "signUp": settings.COMMONHOLD_SIGN_UP,
        "joining": commons_section(transaction, commons).joining,
    }  # fmt: skip


@members_page("desk/identities.html")
def identities(request: Any, transaction: Transaction, commons: str, member: Member) -> Values:
    """Identities of imported work that nobody has claimed."""
    after = asked_number(request, "after")
    found = reads.unclaimed(transaction, commons, -1 if after is None else after, IDENTITIES_SHOWN + 1)
    more = len(found) > IDENTITIES_SHOWN
    return {
        "identities": found[:IDENTITIES_SHOWN], "onward": at(commons, "desk", "identities", after=found[IDENTITIES_SHOWN - 1]["number"]) if more else "",
        "people": members_to_choose(transaction, commons), "powers": reads.powers_of(transaction, commons, member.agent),
    }  # fmt: skip
