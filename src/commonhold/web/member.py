"""Who somebody is in a commons: by their account, which is an agent there, or by an API token that they gave.

With a token, the session holds it sealed with the node's key, for each commons, and it is looked up again with every request: what
was revoked or has expired is of no use here either.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.middleware.csrf import rotate_token

from ..commons.people import read_profile, short
from ..commons.queries import find_agent
from ..node.tokens import token_holder
from ..problems import Broken, Forbidden, Problem
from ..store.transaction import Transaction
from .accounts.memberships import agent_in

_TOKENS = "tokens"
_KNOWN = "_members_known"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is signed in to a commons: their id, what they call themselves, and whether by an account or by a token."""

    commons: str
    agent: str
    name: str
    by_token: bool = False


def signed_in_somewhere(request: Any) -> bool:
    """Whether the browser has a session; without one, nothing is looked up, and caches may keep the page."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def account_of(request: Any) -> Any:
    """The user whose account is signed in, or None."""
    if not signed_in_somewhere(request):
        return None
    user = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else None


def member_of(request: Any, transaction: Transaction, commons: str) -> Member | None:
    """Who is signed in to a commons: as the agent that their account is there, or with a token that is still good.

    They are looked up once for each request. Without a session, or on a page of no commons, nothing is looked up.
    """
    if not commons or not signed_in_somewhere(request):
        return None
    user, known = account_of(request), _known(request)
    key = (None if user is None else user.pk, commons)
    if key not in known:
        known[key] = _looked_up(request, transaction, commons, user)
    return known[key]


def _known(request: Any) -> dict[tuple[Any, str], Member | None]:
    """Who was looked up for this request, by account and commons."""
    known: dict[tuple[Any, str], Member | None] = request.__dict__.setdefault(_KNOWN, {})
    return known


def _looked_up(request: Any, transaction: Transaction, commons: str, user: Any) -> Member | None:
    agent = agent_in(user, commons) if user is not None else ""
    if agent and find_agent(transaction, commons, agent) is not None:
        return _named(transaction, commons, agent)
    return _by_token(request, transaction, commons)


def holder_of(request: Any, transaction: Transaction, commons: str, token: str) -> Member:
    """Whom a token that was entered stands for.

    Raises:
        Forbidden: `web.bad_token`, also for the token of another commons: nobody learns which ones there are.
    """
    member = _holder(request, transaction, commons, token)
    if member is None:
        problem = "This token is not known in this commons, or it has expired. Make a new one: commonhold token new."
        raise Forbidden(Problem("web.bad_token", problem, "token"))
    return member


def sign_in(request: Any, transaction: Transaction, commons: str, token: str) -> Member:
    """Begin a session with a token.

    Raises:
        Forbidden: `web.bad_token`.
    """
    member = holder_of(request, transaction, commons, token)
    sealed = base64.b64encode(request.node.vault.seal(token.encode(), _purpose(commons))).decode()
    kept = dict(request.session.get(_TOKENS, {}))
    request.session.cycle_key()
    request.session[_TOKENS] = kept | {commons: sealed}
    _known(request).clear()
    rotate_token(request)
    return member


def sign_out(request: Any, commons: str) -> None:
    """End the session in a commons; altogether, if it was the last one."""
    _known(request).clear()
    kept = {name: sealed for name, sealed in request.session.get(_TOKENS, {}).items() if name != commons}
    if kept or account_of(request) is not None:
        request.session[_TOKENS] = kept
    else:
        request.session.flush()


def _by_token(request: Any, transaction: Transaction, commons: str) -> Member | None:
    sealed = request.session.get(_TOKENS, {}).get(commons)
    if not sealed:
        return None
    try:
        token = request.node.vault.open(base64.b64decode(sealed), _purpose(commons)).decode()
    except (Broken, ValueError):
        return None
    return _holder(request, transaction, commons, token)


def _holder(request: Any, transaction: Transaction, commons: str, token: str) -> Member | None:
    holder = token_holder(transaction, token, request.node.now())
    if holder is None or holder.commons != commons:
        return None
    return _named(transaction, commons, holder.agent, by_token=True)


def _named(transaction: Transaction, commons: str, agent: str, *, by_token: bool = False) -> Member:
    name = read_profile(transaction, commons, agent).name
    return Member(commons, agent, name or short(agent), by_token)


def _purpose(commons: str) -> str:
    return f"{commons} web session"
