"""`/{commons}/join/`: becoming a member, in one step: a name, in which roll, and who keeps the key."""

from __future__ import annotations

import re
import secrets
from typing import Any

from django.http import HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from ...commons.people import write_profile
from ...commons.queries import commons_section, find_agent
from ...journal.elsewhere import ElsewhereKey, NeedsSignature
from ...journal.keys import SigningKey, public_bytes
from ...problems import BadInput, CommonholdError, Forbidden, Problem, Refused, bad_input, refuse
from ...store.transaction import Transaction
from ..accounts.memberships import agent_in, is_under_way, link, unlink
from ..errors import error_page
from ..forms import Shown, entered, private
from ..member import account_of, member_of
from ..signing import Signed, signed_in_browser, to_sign

FIELDS = ("name", "public", "producer", "user", "custody", "did")
NAME_MAX = 100
_KEY = re.compile(r"[0-9a-f]{32}")


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: Any, commons: str) -> Any:
    """Who has no account is told how to get one; who is a member already goes to their page."""
    try:
        with request.node.read() as transaction:
            section = commons_section(transaction, commons)
            if member_of(request, transaction, commons) is not None:
                return HttpResponseRedirect(f"/{commons}/me/")
            about = {"joining": section.joining, "purpose": section.purpose}
            if account_of(request) is None:
                if request.method == "POST":
                    raise Forbidden(Problem("web.no_account", "Sign in with an account first; then you can join.", "account"))
                return private(request, transaction, commons, "join.html", about | {"form": None})
            if request.method != "POST":
                blank = dict.fromkeys(FIELDS, "") | {"producer": "yes", "custody": "node"}
                return private(request, transaction, commons, "join.html", about | {"form": Shown(blank, key=secrets.token_hex(16))})
        return _sent(request, commons, about)
    except CommonholdError as error:
        return error_page(request, error)


def _sent(request: Any, commons: str, about: dict[str, Any]) -> Any:
    values, problems = entered(request, FIELDS, NAME_MAX)
    key = request.POST.get("key", "")
    key = key if _KEY.fullmatch(key) else secrets.token_hex(16)
    signed = signed_in_browser(request.POST)
    try:
        if problems:
            raise BadInput(*problems)
        _join(request, commons, values, key, signed)
    except NeedsSignature as needed:
        with request.node.read() as transaction:
            more = to_sign(transaction, commons, values["did"], needed, signed, request.POST, request.node.now())
            return private(request, transaction, commons, "sign.html", more)
    except (BadInput, Refused) as error:
        shown = Shown(values, [(problem.field if problem.field in FIELDS else "", problem) for problem in error.problems], key)
        with request.node.read() as transaction:
            return private(request, transaction, commons, "join.html", about | {"form": shown}, error.status)
    return HttpResponseRedirect(f"/{commons}/me/?said=joined")


def _join(request: Any, commons: str, values: dict[str, str], key: str, signed: Signed) -> None:
    """Join. The account knows whose agent it is before the journal does: if the journal refuses, or this stops half-way, nobody is lost."""
    rolls = [roll for roll in ("producer", "user") if values[roll]]
    if not rolls:
        raise bad_input("web.no_roll", "Say whether you make something here, use it, or both.", "producer")
    own = values["custody"] == "own"
    signer = ElsewhereKey(_did(values["did"]), signed.signatures) if own else SigningKey.generate()
    agent = signer.did
    if own and signed.signer not in ("", agent):
        raise bad_input("web.other_key", "This was signed with another key than the one you join with.", "did")
    at = (request.node.now() if signed.at is None else signed.at) if own else None
    with request.node.read() as transaction:
        _forget_half_made(request, transaction, commons)
        if find_agent(transaction, commons, agent) is not None:
            raise bad_input("web.known_key", "This key is a member's already. Sign in with its token to connect your account.", "did")
    if not own or signed.signer:
        link(request.user, commons, agent)
    try:
        request.node.join(commons, signer, rolls, keep=not own, idempotency_key=f"web-{key}", at=at)
    except BaseException:
        unlink(request.user, commons, agent)
        raise
    with request.node.database.write() as transaction:
        write_profile(transaction, commons, agent, name=values["name"] or None, email=request.user.email, public=bool(values["public"]))


def _forget_half_made(request: Any, transaction: Transaction, commons: str) -> None:
    """Let go what an earlier attempt has left behind that was interrupted, and nothing that is under way: its key would be nobody's.

    Raises:
        Refused: `web.joining`.
    """
    before = agent_in(request.user, commons)
    if before and find_agent(transaction, commons, before) is None:
        if is_under_way(request.user, commons):
            raise refuse("web.joining", "You are joining already. Load the page again in a minute.")
        unlink(request.user, commons, before)


def _did(text: str) -> str:
    try:
        public_bytes(text)
    except ValueError:
        raise bad_input("web.bad_did", "Your browser has not made a key: allow scripts here, or let the node keep your key.", "did") from None
    return text
