"""For whoever watches the server: is it alive, can it answer, and what does it count?"""

from __future__ import annotations

import hmac
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from ..node.figures import out_of_order
from ..problems import CommonholdError
from .metrics import exposition
from .options import metrics_token

LOOPBACK = ("127.0.0.1", "::1", "::ffff:127.0.0.1")
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")
"""What proxies add. A proxy on this machine asks from a loopback address too, and speaks for people who are elsewhere."""


@require_safe
def healthz(request: Any) -> Any:
    """The process answers."""
    return _said("ok")


@require_safe
def readyz(request: Any) -> Any:
    """The store answers and is of this version, a signed checkpoint covers the head of every journal, and accounts can be looked up."""
    try:
        with request.node.read() as transaction:
            why = out_of_order(transaction)
    except CommonholdError as error:
        why = error.code
    why = why or _accounts_out_of_order()
    return _said(f"not ready: {why}", 503) if why else _said("ready")


@require_safe
def metrics(request: Any) -> Any:
    """What was counted, for this machine alone; or for whoever has the token, if the server was given one."""
    if settings.COMMONHOLD_METRICS_TOKEN_FILE:
        scheme, _, given = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        token = _token(settings.COMMONHOLD_METRICS_TOKEN_FILE)
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
            answer = _said("Send the token of the metrics: Authorization: Bearer TOKEN.", 401)
            answer.headers["WWW-Authenticate"] = 'Bearer realm="metrics"'
            return answer
    elif request.META.get("REMOTE_ADDR") not in LOOPBACK or any(name in request.META for name in FORWARDED):
        return _said("Metrics are told to this machine alone. To ask from elsewhere: commonhold serve --metrics-token-file FILE.", 403)
    return HttpResponse(exposition(request.node), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


@cache
def _token(file: str) -> str:
    return metrics_token(Path(file))


_in_order: set[str] = set()
"""Databases of accounts whose tables have been found to be of this version: they do not become older while this program runs."""


def _accounts_out_of_order() -> str:
    connection = connections["default"]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
        name = str(connection.settings_dict["NAME"])
        if name not in _in_order:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                return "the tables of accounts are of another version of Commonhold"
            _in_order.add(name)
    except DatabaseError:
        return "the tables of accounts cannot be read"
    return ""


def _said(text: str, status: int = 200) -> Any:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})
