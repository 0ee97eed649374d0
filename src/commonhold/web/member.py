"""Who is signed in: a member who gave an API token. The session holds the token sealed with the node's key, for each commons.

The token is looked up again with every request, so what was revoked or has expired is of no use here either.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.middleware.csrf import rotate_token

from ..api.tokens import token_holder
from ..commons.people import read_profile, short
from ..problems import Broken, Forbidden, Problem
from ..store.transaction import Transaction

_TOKENS = "tokens"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is signed in to a commons: their id, and what they call themselves."""

    commons: str
    agent: str
    name: str


def signed_in_somewhere(request: Any) -> bool:
    """Whether the browser has a session; without one, nothing is looked up, and caches may keep the page."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def member_of(request: Any, transaction: Transaction, commons: str) -> Member | None:
    """Who is signed in to a commons, if their token is still good."""
    sealed = request.session.get(_TOKENS, {}).get(commons)
    if not sealed:
        return None
    try:
        token = request.node.vault.open(base64.b64decode(sealed), _purpose(commons)).decode()
    except (Broken, ValueError):
        return None
    return _holder(request, transaction, commons, token)


def sign_in(request: Any, transaction: Transaction, commons: str, token: str) -> Member:
    """Begin a session with a token.

    Raises:
        Forbidden: `web.bad_token`, also for the token of another commons: nobody learns which ones there are.
    """
    member = _holder(request, transaction, commons, token)
    if member is None:
        problem = "This token is not known in this commons, or it has expired. Make a new one: commonhold token new."
        raise Forbidden(Problem("web.bad_token", problem, "token"))
    sealed = base64.b64encode(request.node.vault.seal(token.encode(), _purpose(commons))).decode()
    kept = dict(request.session.get(_TOKENS, {}))
    request.session.cycle_key()
    request.session[_TOKENS] = kept | {commons: sealed}
    rotate_token(request)
    return member


def sign_out(request: Any, commons: str) -> None:
    """End the session in a commons; altogether, if it was the last one."""
    kept = {name: sealed for name, sealed in request.session.get(_TOKENS, {}).items() if name != commons}
    if kept:
        request.session[_TOKENS] = kept
    else:
        request.session.flush()


def _holder(request: Any, transaction: Transaction, commons: str, token: str) -> Member | None:
    holder = token_holder(transaction, token, request.node.now())
    if holder is None or holder.commons != commons:
        return None
    name = read_profile(transaction, commons, holder.agent).name
    return Member(commons, holder.agent, name or short(holder.agent))


def _purpose(commons: str) -> str:
    return f"{commons} web session"
