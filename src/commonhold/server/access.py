"""Who may come to which address, for all doors: one table. What is not in it is denied to everybody.

An address stands here once, without the ending of its siblings (`.json`, `.csv`, …), with who may read it and who may send something to it.
That is the outer door. Within, the rules of the journal decide again whether the charter lets this member say this.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from enum import Enum
from functools import lru_cache
from typing import Any

from django.http import HttpResponseNotAllowed

from ..commons.queries import find_agent, has_role
from ..problems import CommonholdError, Forbidden, Problem, not_found
from ..web.errors import error_page
from ..web.forms import to_sign_in
from ..web.member import account_of, member_of
from ..web.views.own import to_login
from .logs import route_name

log = logging.getLogger("commonhold.server")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Who(Enum):
    """Who may."""

    NOBODY = "nobody"
    PUBLIC = "everybody"
    ACCOUNT = "who is signed in with an account"
    MEMBER = "members of the commons"
    STEWARD = "stewards of the commons"
    TOKEN = "who sends a token or a signature"  # which the door itself checks  # noqa: S105
    OPERATOR = "who runs the node"  # by address or token: `health.metrics`


_C = "/{commons}/"
READ = [
    "/healthz",
    "/readyz",
    "/",
    "/index",
    "/static/{digest}/{name}",
    "/static/library/{name}",
    "/graphiql/{digest}/{name}",
    "/-/search",
    "/-/invited/{secret}",
    "/api",
    "/api/openapi",
    "/api/commons",
    "/api/commons/{commons}",
]
"""Everybody reads these, and nobody sends anything."""
READ_OF_COMMONS = [
    ".",
    "search",
    "feed.atom",
    "{only}/feed.atom",
    "people",
    "charter",
    "charter/{number}",
    "agents/{agent}",
    "contributions",
    "contributions/{position}",
    "money",
    "incomes",
    "incomes/{position}",
    "payouts",
    "what-if",
    "distributions",
    "distributions/{number}",
    "distributions/{number}/{agent}",
    "distributions/new/{agent}",
    "journal",
    "journal/{position}",
    "flows",
    "events/{id_}",
    "resources",
    "resources/{id_}",
    "traces/{id_}",
    "worth/{id_}",
    "processes",
    "processes/{id_}",
    "plans",
    "plans/{id_}",
    "market",
    "tasks",
    "intents/{id_}",
    "commitments/{id_}",
    "decisions",
    "decisions/{number}",
    "delegation",
    "stewards",
    "standing/{domain}/{agent}",
    "record",
    "record/contribution",
    "log/sheet/template",
    "validate",
]
"""Everybody reads these of a commons: what is in its journal, and the names that people show."""
READ_BY_API = [
    "members",
    "contributions",
    "contributions/{entry}",
    "batches",
    "incomes",
    "distributions",
    "distributions/{number}",
    "distributions/{number}/shares/{agent}",
    "decisions",
    "decisions/{number}",
    "decisions/{number}/recount",
    "decisions/{number}/ballots",
    "stewards",
    "standing/{domain}/{agent}",
    "journal/checkpoint",
    "journal/verifier-key",
    "journal/tile/{tile}",
    "journal/receipts/{entry}",
    "journal/entries/{entry}",
]
MEMBERS_FORMS = [
    "log",
    "log/sheet",
    "validate/batch/{number}/{verdict}",
    "decisions/new",
    "decisions/{number}/{act}",
    "delegation/set",
    "stewards/{domain}/resign",
    "record/event",
    "record/offer",
    "record/request",
    "take/{id_}",
    "give-back/{id_}",
    "contributions/{position}/{act}",
    "incomes/new",
    "incomes/{position}/reverse",
    "distributions/{number}/pay",
    "repayment",
    "me/profile",
    "me/keys",
    "me/notifications",
    "distributions/{number}/sepa",
]
"""Members see these forms and send them; what the charter lets them say is for the rules."""
MEMBERS_READ = ["me", "files/{sha256}", "distributions/{number}/payments"]
STEWARDS_READ = ["desk", "desk/members", "desk/identities", "desk/jobs", "desk/jobs/{number}", "desk/export/{what}"]
STEWARDS_FORMS = ["desk/do", "desk/charter", "desk/data"]
"""The desk of stewards; what the charter lets each of them do there is for the rules."""
MEMBERS_SEND = ["validate/several", "me/keys/export"]
ENTRANCE = [
    "login",
    "logout",
    "inactive",
    "signup",
    "signup/passkey",
    "reauthenticate",
    "confirm-email",
    "password/reset",
    "password/reset/confirm",
    "password/reset/complete",
    "password/reset/done",
    "login/code/confirm",
    "2fa/authenticate",
    "2fa/webauthn/login",
    "2fa/webauthn/signup",
    "3rdparty/login/cancelled",
    "3rdparty/login/error",
    "3rdparty/signup",
    "oidc/{provider_id}/login",
    "oidc/{provider_id}/login/callback",
    "social/login/cancelled",
    "social/login/error",
    "social/signup",
    "social/connections",
]
"""Who is not signed in yet sends these; the library for accounts looks at who may."""
MANAGED = [
    "email",
    "password/change",
    "password/set",
    "2fa",
    "2fa/reauthenticate",
    "2fa/totp/activate",
    "2fa/totp/deactivate",
    "2fa/recovery-codes",
    "2fa/recovery-codes/generate",
    "2fa/recovery-codes/download",
    "2fa/webauthn",
    "2fa/webauthn/add",
    "2fa/webauthn/reauthenticate",
    "2fa/webauthn/keys/{pk}/remove",
    "2fa/webauthn/keys/{pk}/edit",
    "3rdparty",
    "sessions",
]
"""Who is signed in changes their own account."""

Rule = tuple[Who, Who]


def _table() -> dict[str, Rule]:
    public, nobody, member, account = Who.PUBLIC, Who.NOBODY, Who.MEMBER, Who.ACCOUNT
    rules: dict[str, Rule] = dict.fromkeys(READ, (public, nobody))
    rules |= {(_C + path).removesuffix("/."): (public, nobody) for path in READ_OF_COMMONS}
    rules |= {f"/api/commons/{{commons}}/{path}": (public, nobody) for path in READ_BY_API}
    rules |= {_C + path: (member, member) for path in MEMBERS_FORMS}
    rules |= {_C + path: (member, nobody) for path in MEMBERS_READ}
    rules |= {_C + path: (nobody, member) for path in MEMBERS_SEND}
    rules |= {_C + path: (Who.STEWARD, nobody) for path in STEWARDS_READ}
    rules |= {_C + path: (Who.STEWARD, Who.STEWARD) for path in STEWARDS_FORMS}
    rules |= {f"/-/account/{path}": (public, public) for path in ENTRANCE}
    rules |= {f"/-/account/{path}": (account, account) for path in MANAGED}
    return rules | {
        "/metrics": (Who.OPERATOR, nobody),
        "/api/{rest}": (public, public),  # there is nothing there
        "/api/commons/{commons}/journal/entries": (nobody, Who.TOKEN),
        "/api/commons/{commons}/commands/*": (nobody, Who.TOKEN),
        "/graphql": (public, Who.TOKEN),
        "/{commons}/graphql": (public, Who.TOKEN),
        "/-/letters/{token}": (public, Who.TOKEN),
        "/-/me": (account, nobody),
        "/-/language": (nobody, public),
        "/-/me/erase": (account, account),
        "/{commons}/join": (public, account),
        "/{commons}/sign-in": (public, public),
        "/{commons}/sign-out": (nobody, public),
        "/{commons}/distributions/new": (public, member),
    }


ACCESS = _table()


@lru_cache(maxsize=2_048)
def address_of(route: str) -> str:
    r"""The line of the table for a route of Django.

    >>> address_of(r"^(?P<commons>[a-z0-9]{1,9})/me\.json\Z"), address_of("api/^commons/(?P<commons>x)/commands/share\\.pay\\Z")
    ('/{commons}/me', '/api/commons/{commons}/commands/*')
    """
    name = re.sub(r"\.(json|csv|toml)$", "", route_name(route))
    name = re.sub(r"^(/api/commons/\{commons\}/commands/).*", r"\1*", name)
    return name.rstrip("/") or "/"


class Access:
    """The middleware that asks the table."""

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self._get_response = get_response

    def __call__(self, request: Any) -> Any:
        return self._get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, path: dict[str, Any]) -> Any:
        """Nothing, if the request may go on; else the answer to it."""
        rule = ACCESS.get(address_of(request.resolver_match.route))
        if rule is None:
            log.error("no line of the access table is for %s", request.resolver_match.route)
            return error_page(request, not_found("api.no_route", "There is nothing at this address."))
        who = rule[0] if request.method in SAFE else rule[1]
        if who is Who.NOBODY:
            other = rule[1] if request.method in SAFE else rule[0]
            allowed = ["POST"] if request.method in SAFE else ["GET", "HEAD", "OPTIONS"]
            # The API says it in its own form.
            return None if request.path.startswith("/api/") else HttpResponseNotAllowed(allowed if other is not Who.NOBODY else [])
        if who in (Who.PUBLIC, Who.TOKEN, Who.OPERATOR):
            return None
        if who is Who.ACCOUNT:
            return self._with_account(request)
        return self._as_member(request, path["commons"], steward=who is Who.STEWARD)

    def _with_account(self, request: Any) -> Any:
        if account_of(request) is not None:
            return None
        if request.method in SAFE:
            return to_login(request)
        return error_page(request, Forbidden(Problem("web.no_account", "Sign in with an account first.", "account")))

    def _as_member(self, request: Any, commons: str, *, steward: bool) -> Any:
        try:
            with request.node.read() as transaction:
                member = member_of(request, transaction, commons)
                if member is None and request.method in SAFE and not request.path.endswith((".json", ".csv")):
                    return to_sign_in(request, transaction, commons)
                if member is None:
                    problem = "You are not signed in here, or your token has ended: sign in again."
                    raise Forbidden(Problem("web.not_signed_in", problem, "token"))
                if steward and not has_role(transaction, commons, find_agent(transaction, commons, member.agent), "steward"):
                    raise Forbidden(Problem("web.not_steward", "This is for stewards of the commons.", "role"))
        except CommonholdError as error:
            return error_page(request, error)
        return None
