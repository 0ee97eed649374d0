"""Every request has a number, is counted, and leaves a line in the log; and what a proxy says of it is believed, if it is behind one."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from secrets import token_hex
from time import perf_counter_ns
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_login_failed

from .logs import NOWHERE, UNWATCHED, now_serving, request_writer, route_name, shown_path
from .metrics import count_login, count_request

WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
"""A number of a request that a proxy has given; anything else is not taken over into the log."""

_name_of = lru_cache(maxsize=1_024)(route_name)


def watched(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The outermost middleware, so that the answers of all others are seen too."""
    write = request_writer(settings.COMMONHOLD_LOG_FORMAT)
    behind_proxy = settings.COMMONHOLD_BEHIND_PROXY

    def middleware(request: Any) -> Any:
        begun = perf_counter_ns()
        given = ""
        if behind_proxy:
            given = request.META.get("HTTP_X_REQUEST_ID", "")
            _believe(request.META)
        request.request_id = number = given if given and WELL_FORMED.fullmatch(given) else token_hex(8)
        now_serving(number)
        response = get_response(request)
        response.headers["X-Request-ID"] = number
        match = request.resolver_match
        route, parts = (_name_of(match.route), match.kwargs) if match else (NOWHERE, {})
        status = response.status_code
        micros = (perf_counter_ns() - begun) // 1_000
        count_request(route, request.method, status, micros / 1_000_000)
        if write and (status >= 400 or route not in UNWATCHED):
            write(request.method, route, shown_path(request.path, route, parts), str(parts.get("commons", "")), status, micros, number)
        now_serving("")
        return response

    return middleware


def _believe(meta: dict[str, Any]) -> None:
    """The address of who asks is what the nearest proxy has seen, which it writes last; what stands before it anybody can have sent."""
    seen = meta.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    if seen:
        meta["REMOTE_ADDR"] = seen


def _logged_in(**_: Any) -> None:
    count_login(True)


def _failed(**_: Any) -> None:
    count_login(False)


user_logged_in.connect(_logged_in, dispatch_uid="commonhold.metrics")
user_login_failed.connect(_failed, dispatch_uid="commonhold.metrics")
