"""`/{commons}/me/keys/`: the keys that speak for a member: adding one, ending one, taking along the one that the node keeps, and API tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from ...commons.custody import keeps, kept_key, let_go
from ...commons.entries import AddKey, RevokeKey
from ...commons.queries import active_keys, number_of
from ...journal.keyfile import pem_of
from ...node.tokens import create_token, list_tokens, revoke_token
from ...problems import Forbidden, Problem, bad_input, refuse
from ...store.transaction import Transaction
from ..forms import Answer, Entered, Form, Sent
from ..member import Member, account_of, member_of
from .own import with_account

DAY_SECONDS = 86_400
TOKEN_DAYS = 90
ACTS = ("add", "revoke", "let-go", "token", "end-token")


def _begin(request: Any, transaction: Transaction, commons: str, member: Member, path: Mapping[str, str]) -> Entered:
    return {}


def _context(transaction: Transaction, commons: str, member: Member, path: Mapping[str, str], values: Entered) -> dict[str, Any]:
    keys = active_keys(transaction, commons, number_of(transaction, commons, member.agent))
    kept = keeps(transaction, commons, member.agent)
    return {
        "keys": [{"did": did, "kept": did in kept} for did in keys],
        "tokens": list_tokens(transaction, commons, member.agent),
        "by_token": member.by_token,
    }  # fmt: skip


def _send(sent: Sent) -> str | Answer:
    act, did = sent.values["act"], sent.values["did"]
    if sent.member.by_token:
        raise _needs_account()
    here = f"/{sent.commons}/me/keys/"
    if act == "add":
        sent.act("key.add", AddKey(key=did))
        return f"{here}?said=key-added"
    if act == "revoke":
        sent.act("key.revoke", RevokeKey(key=did))
        return f"{here}?said=key-ended"
    if act == "let-go":
        return _let_go(sent, did, here)
    if act == "token":
        return _new_token(sent)
    if act == "end-token":
        return _end_token(sent, here)
    raise bad_input("web.bad_value", f"What is to be done is one of {', '.join(ACTS)}.", "act")


def _let_go(sent: Sent, did: str, here: str) -> str:
    """The node forgets its copy of a key, if another key can go on speaking for the member."""
    with sent.node.database.write() as transaction:
        kept = keeps(transaction, sent.commons, sent.member.agent)
        others = [key for key in active_keys(transaction, sent.commons, number_of(transaction, sent.commons, sent.member.agent)) if key != did]
        if did in kept and not others:
            raise refuse("web.last_key", "Add a key of your own first: without this one you could say nothing here any more.", "did")
        let_go(transaction, sent.commons, sent.member.agent, did)
    return f"{here}?said=let-go"


def _new_token(sent: Sent) -> Answer:
    with sent.node.database.write() as transaction:
        expires = sent.node.now() + TOKEN_DAYS * DAY_SECONDS
        token = create_token(transaction, sent.commons, sent.member.agent, sent.values["label"], expires)
    return Answer("me/token.html", {"token": token, "days": TOKEN_DAYS})


def _end_token(sent: Sent, here: str) -> str:
    with sent.node.database.write() as transaction:
        if sent.values["id"] not in {one["id"] for one in list_tokens(transaction, sent.commons, sent.member.agent)}:
            raise bad_input("api.unknown_token", "You have no token of this id.", "id")
        revoke_token(transaction, sent.commons, sent.values["id"])
    return f"{here}?said=token-ended"


_shown_or_sent = Form("me/keys.html", ("act", "did", "label", "id"), _begin, _context, _send, longest=200).view()
_sent_by_owner = reauthentication_required(_shown_or_sent)


def keys(request: Any, commons: str) -> Any:
    """See the module. Who changes something has just shown who they are: a key that is added to a borrowed session would speak for ever."""
    changes = request.method == "POST" and account_of(request) is not None
    return (_sent_by_owner if changes else _shown_or_sent)(request, commons=commons)


@require_POST
@with_account
@reauthentication_required
def export(request: Any, commons: str) -> Any:
    """The key that the node keeps, as a file for its owner, who has just shown who they are."""
    with request.node.read() as transaction:
        member = member_of(request, transaction, commons)
        if member is None or member.by_token:
            raise _needs_account()
        key = kept_key(transaction, request.node.vault, commons, member.agent)
    headers = {"Content-Disposition": f'attachment; filename="{commons}-key.pem"', "Cache-Control": "no-store"}
    return HttpResponse(pem_of(key), content_type="application/x-pem-file", headers=headers)


def _needs_account() -> Forbidden:
    return Forbidden(Problem("web.needs_account", "Keys and tokens are for who signs in with an account.", "account"))
