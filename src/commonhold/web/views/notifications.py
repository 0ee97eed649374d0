"""`/{commons}/me/notifications/`: of what a member is told by letter, and how often; `/-/letters/…`: the way out of it, which every letter has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from ...node.notices import SORTS
from ...problems import Forbidden, Problem, bad_input
from ...store.transaction import Transaction
from ..accounts.letters import stopped_by
from ..accounts.models import Membership, Reader
from ..accounts.notifications import CHOICES, wish, wishes_of
from ..errors import error_page
from ..forms import Entered, Form, Sent
from ..member import Member, account_of
from ..pages import Values
from .own import own_page

ASKED = {
    "asked": gettext_lazy("You are asked to validate something"), "decided": gettext_lazy("It is decided what a contribution of yours counts"),
    "opens": gettext_lazy("A vote opens that you can cast"), "closes": gettext_lazy("A vote closes soon that you have not cast"),
    "delegate": gettext_lazy("Your delegate has voted, and you have not"), "share": gettext_lazy("A distribution has a share for you"),
    "payout": gettext_lazy("A payout to you is recorded"), "admitted": gettext_lazy("You are let in"),
}  # fmt: skip
OFTEN = {
    "once": gettext_lazy("at once"), "daily": gettext_lazy("once a day, together"), "weekly": gettext_lazy("once a week, together"),
    "never": gettext_lazy("not at all"),
}  # fmt: skip


def _membership(commons: str, member: Member) -> Any:
    """The account of a member who is signed in with it; None for who came with a token."""
    return None if member.by_token else Membership.objects.filter(commons=commons, agent=member.agent).select_related("user").first()


def _begin(request: Any, transaction: Transaction, commons: str, member: Member, path: Mapping[str, str]) -> Entered:
    found = _membership(commons, member)
    return {} if found is None else dict(wishes_of(found.user_id, commons))


def _context(transaction: Transaction, commons: str, member: Member, path: Mapping[str, str], values: Entered) -> Values:
    found = _membership(commons, member)
    return {
        "sorts": [(sort, str(ASKED[sort])) for sort in SORTS], "choices": [(how, str(OFTEN[how])) for how in CHOICES],
        "address": "" if found is None else found.user.email,
    }  # fmt: skip


def _send(sent: Sent) -> str:
    found = _membership(sent.commons, sent.member)
    if found is None:
        raise Forbidden(Problem("web.needs_account", "Letters are for who signs in with an account.", "account"))
    for sort in SORTS:
        if sent.values[sort] not in CHOICES:
            raise bad_input("web.bad_value", f"It is one of {', '.join(CHOICES)}.", sort)
    wish(found.user_id, sent.commons, {sort: sent.values[sort] for sort in SORTS})
    Reader.objects.update_or_create(user_id=found.user_id, defaults={"language": get_language() or "en"})
    return f"/{sent.commons}/me/notifications/?said=kept"


notifications = Form("me/notifications.html", SORTS, _begin, _context, _send, longest=20).view()
"""See the module."""


@csrf_exempt  # programs that read letters send it, as RFC 8058 says; the word in the address is what counts
@require_http_methods(["GET", "HEAD", "POST"])
def stop_letters(request: Any, token: str) -> Any:
    """Looking at it changes nothing, since programs look at links; sending it stops all letters of the commons."""
    found = stopped_by(token)
    if found is None:
        words = _("This link is not complete, or not one of ours. You can choose what you are told after signing in.")
        return error_page(request, bad_input("web.bad_stop", words, "token"))
    user_id, commons = found
    stopped = request.method == "POST"
    if stopped and Membership.objects.filter(user_id=user_id, commons=commons).exists():
        wish(user_id, commons, dict.fromkeys(SORTS, "never"))
    return own_page(request, "account/letters.html", {"commonsNamed": commons, "stopped": stopped, "signed_in": account_of(request) is not None})
