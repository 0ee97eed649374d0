"""What the server writes on standard error: a line for each request, and for each error a record with the number of its request.

Nothing of it says who asked: no addresses, no names, no tokens, no queries. Where a part of a path is a secret (the key in a link
that was sent by post, say), the route stands for the path.
"""

from __future__ import annotations

import json
import logging
import os
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

STANDARD_ERROR = 2
PATH_CHARACTERS_MAX = 200
UNWATCHED = frozenset({"/healthz", "/readyz", "/metrics"})
"""What programs ask every few seconds is only logged when it fails."""

NOWHERE = "none"
"""The route of what is at no address."""

_SECRET_PARTS = re.compile(r"key|token|secret|invit|uid|code|hash", re.IGNORECASE)
_LONG = re.compile(r"[^/]{20,}")
_GROUP_NAME = re.compile(r"\(\?P<(\w+)>")
_here = threading.local()

Written = Callable[[str, str, str, str, int, int, str], None]


def now_serving(request_id: str) -> None:
    """From now on, this thread works on the request of this number."""
    _here.request = request_id


def request_here() -> str:
    """The number of the request that this thread works on, or nothing."""
    return getattr(_here, "request", "")


def route_name(pattern: str) -> str:
    r"""A route of Django as an address with names in braces.

    >>> route_name(r"api/^commons/(?P<commons>[a-z0-9]{0,40})/entries/(?P<entry>(?:[0-9]{1,7}|x))\Z")
    '/api/commons/{commons}/entries/{entry}'
    >>> route_name("accounts/confirm-email/<str:key>/"), route_name(r"^\Z")
    ('/accounts/confirm-email/{key}/', '/')
    """
    name, at = [], 0
    while match := _GROUP_NAME.search(pattern, at):
        name.append(pattern[at : match.start()])
        name.append(f"{{{match[1]}}}")
        at = _end_of_group(pattern, match.end())
    name.append(pattern[at:])
    plain = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", "".join(name)).replace(r"\Z", "")
    return "/" + re.sub(r"[\^$\\]", "", plain)


def _end_of_group(pattern: str, at: int) -> int:
    """Where the group ends whose inside begins at `at`."""
    depth, in_class = 1, False
    while depth and at < len(pattern):
        character = pattern[at]
        if character == "\\":
            at += 1
        elif in_class:
            in_class = character != "]"
        elif character == "[":
            in_class = True
        else:
            depth += (character == "(") - (character == ")")
        at += 1
    return at


def shown_path(path: str, route: str, parts: dict[str, Any]) -> str:
    """The path as the log has it. At no address, long parts are left out: a secret may stand in an address that was copied badly."""
    if any(_SECRET_PARTS.search(name) for name in parts):
        return route
    return (_LONG.sub("…", path) if route == NOWHERE else path)[:PATH_CHARACTERS_MAX]


def request_writer(form: str) -> Written | None:
    """Writes a line for a request: (method, route, path, commons, status, microseconds, number). None, if none are wanted."""
    return {"json": _write_json, "line": _write_line}.get(form)


def announce(form: str, level: str, message: str) -> None:
    """Say something about the server itself: `info`, or `warning`."""
    said = {"time": _now(), "level": level, "event": "server", "message": message}
    _write((_json(said) if form == "json" else message.encode(errors="replace")) + b"\n")


def _write_json(method: str, route: str, path: str, commons: str, status: int, micros: int, request_id: str) -> None:
    said: dict[str, Any] = {"time": _now(), "level": "error" if status >= 500 else "info", "event": "request", "request": request_id}
    said |= {"method": method, "route": route, "path": path, "commons": commons, "status": status, "ms": micros / 1_000}
    _write(_json(said) + b"\n")


def _write_line(method: str, route: str, path: str, commons: str, status: int, micros: int, request_id: str) -> None:
    # A path may hold anything that can be written with %: what is not printed would move the cursor of whoever reads along.
    shown = "".join(character if character.isprintable() else "?" for character in path)
    _write(f"{_now()[11:19]} {status} {method} {shown} {micros / 1_000:.1f} ms {request_id}\n".encode(errors="replace"))


def _write(line: bytes) -> None:
    """One line in one call, so that lines of several threads and processes do not mix."""
    try:
        os.write(STANDARD_ERROR, line)
    except OSError:
        return  # nobody reads the log; people are to be answered all the same


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class LineRecords(logging.Formatter):
    """Records of `logging` as lines for people, with the number of the request."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - its name there
        record.message = _message(record) + (f" [request {request_here()}]" if request_here() else "")
        return super().formatMessage(record)


class JsonRecords(logging.Formatter):
    """Records of `logging` as JSON, one in a line."""

    def format(self, record: logging.LogRecord) -> str:
        said = {"time": _now(), "level": record.levelname.lower(), "event": "log", "logger": record.name, "message": _message(record)}
        if request_here():
            said["request"] = request_here()
        if record.exc_info:
            said["trace"] = self.formatException(record.exc_info)
        return _json(said).decode()


def _json(said: dict[str, Any]) -> bytes:
    """The quick way; and for texts that are not Unicode, such as names of files, the one that can write them."""
    try:
        return msgspec.json.encode(said)
    except UnicodeEncodeError:
        return json.dumps(said).encode()


def _message(record: logging.LogRecord) -> str:
    """What a record says. Django writes the path into some of its own, which the line of the request tells with care."""
    return "the answer could not be made" if record.name == "django.request" else record.getMessage()
