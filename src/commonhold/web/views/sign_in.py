"""`/{commons}/sign-in/`, `sign-out/`: for members who have a token: a session of its own, or their account becomes that member."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from ...problems import CommonholdError, Forbidden, Refused
from ...store.transaction import Transaction
from ..accounts.memberships import link
from ..errors import error_page
from ..forms import Shown, private
from ..member import account_of, holder_of, member_of
from ..member import sign_in as begin_session
from ..member import sign_out as end_session


@sensitive_post_parameters("token")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: Any, commons: str) -> Any:
    """The form; who is signed in can end that, or be another member."""
    try:
        with request.node.read() as transaction:
            if request.method == "POST":
                return _begun(request, transaction, commons)
            member = member_of(request, transaction, commons)
            values = {"form": Shown({"next": request.GET.get("next", "")}), "first": False, "member": member}
            return private(request, transaction, commons, "flows/sign_in.html", values)
    except CommonholdError as error:
        return error_page(request, error)


def _begun(request: Any, transaction: Transaction, commons: str) -> Any:
    wanted = request.POST.get("next", "")
    token = request.POST.get("token", "").strip()
    user = account_of(request)
    try:
        if user is not None:
            link(user, commons, holder_of(request, transaction, commons, token).agent)
        else:
            begin_session(request, transaction, commons, token)
    except (Forbidden, Refused) as error:
        shown = Shown({"next": wanted}, [("token", problem) for problem in error.problems])
        return private(request, transaction, commons, "flows/sign_in.html", {"form": shown, "first": False}, error.status)
    here = wanted.startswith(f"/{commons}/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return HttpResponseRedirect(wanted if here else f"/{commons}/me/?said=" + ("linked" if user is not None else "signed-in"))


@require_POST
def sign_out(request: Any, commons: str) -> Any:
    """End the session."""
    end_session(request, commons)
    return HttpResponseRedirect(f"/{commons}/?said=signed-out")
