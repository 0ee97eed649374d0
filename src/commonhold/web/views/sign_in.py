"""`/{commons}/sign-in/`, `sign-out/`: a session for a member who has a token. Accounts come later; until then this is the door."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from ...flows.queries import list_records
from ...flows.vocabulary import Commitment
from ...node.flow_pages import names_of, record_plain
from ...problems import CommonholdError, Forbidden
from ...store.transaction import Transaction
from ..errors import error_page
from ..forms import Shown, private
from ..member import Member, member_of
from ..member import sign_in as begin_session
from ..member import sign_out as end_session
from ..pages import Values

PROMISES_SHOWN = 50


@sensitive_post_parameters("token")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: Any, commons: str) -> Any:
    """The form; who is signed in sees that, and what they promised."""
    try:
        with request.node.read() as transaction:
            if request.method == "POST":
                return _begun(request, transaction, commons)
            member = member_of(request, transaction, commons)
            values: Values = {"form": Shown({"next": request.GET.get("next", "")}), "first": False, "member": member}
            if member is not None:
                values |= _promises(transaction, commons, member)
            return private(request, transaction, commons, "flows/sign_in.html", values)
    except CommonholdError as error:
        return error_page(request, error)


def _begun(request: Any, transaction: Transaction, commons: str) -> Any:
    wanted = request.POST.get("next", "")
    try:
        begin_session(request, transaction, commons, request.POST.get("token", "").strip())
    except Forbidden as error:
        shown = Shown({"next": wanted}, [("token", problem) for problem in error.problems])
        return private(request, transaction, commons, "flows/sign_in.html", {"form": shown, "first": False}, error.status)
    here = wanted.startswith(f"/{commons}/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return HttpResponseRedirect(wanted if here else f"/{commons}/sign-in/?said=signed-in")


def _promises(transaction: Transaction, commons: str, member: Member) -> Values:
    """What somebody has promised and not kept yet."""
    own = [
        record_plain(transaction, commons, known)
        for known in list_records(transaction, commons, "Commitment")
        if isinstance(record := known.record(), Commitment) and record.provider == member.agent and not record.finished
    ]
    still = [one for one in own if not one["finished"]]
    return {"promises": still[:PROMISES_SHOWN], "names": names_of(transaction, commons, still[:PROMISES_SHOWN])}


@require_POST
def sign_out(request: Any, commons: str) -> Any:
    """End the session."""
    end_session(request, commons)
    return HttpResponseRedirect(f"/{commons}/sign-in/?said=signed-out")
