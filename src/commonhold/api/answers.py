"""What the API answers: JSON, bytes, and problems in the form of RFC 9457 with the codes that the command line has."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
from django.http import HttpResponse

from ..problems import CommonholdError, Problem, for_others, problem_document

JSON = "application/json"
PROBLEM = "application/problem+json"
TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"


class NoToken(CommonholdError):
    """Unauthorized"""

    status = 401
    exit_code = 4


class WrongMethod(CommonholdError):
    """MethodNotAllowed"""

    status = 405


class NoLength(CommonholdError):
    """LengthRequired"""

    status = 411


class TooLarge(CommonholdError):
    """ContentTooLarge"""

    status = 413


class WrongMedia(CommonholdError):
    """UnsupportedMediaType"""

    status = 415


class Internal(CommonholdError):
    """Internal"""


def problem_json(error: CommonholdError) -> dict[str, Any]:
    """An error in the shape of RFC 9457, with the codes of `--json` on the command line."""
    return problem_document(error, for_others(error))


def problem_response(error: CommonholdError) -> Any:
    """An error as an answer."""
    response = HttpResponse(msgspec.json.encode(problem_json(error)), status=error.status, content_type=PROBLEM)
    response.headers["Cache-Control"] = "no-store"
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="commonhold"'
    if error.status == 503:
        response.headers["Retry-After"] = "1"
    return response


def internal() -> Internal:
    """What is said when something happened that should not."""
    return Internal(Problem("internal", "This should not happen; nothing was written. It has been logged."))


def json_response(value: Any, *, etag: str = "") -> Any:
    """Plain values as JSON. With a validator, the answer may be kept and asked for again."""
    response = HttpResponse(msgspec.json.encode(value), content_type=JSON)
    response.headers["Cache-Control"] = ASK_AGAIN if etag else "no-store"
    if etag:
        response.headers["ETag"] = etag
    return response


def raw_response(data: bytes | str, media: str, *, etag: str = "", forever: bool = False) -> Any:
    """Bytes as they are; `forever`, if they never change."""
    response = HttpResponse(data, content_type=media)
    response.headers["Cache-Control"] = FOREVER if forever else ASK_AGAIN
    if etag:
        response.headers["ETag"] = etag
    return response


def etag_of(*parts: str) -> str:
    """A strong validator from what an answer depends on."""
    return '"' + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32] + '"'


def not_modified(etag: str) -> Any:
    """The caller has it already."""
    response = HttpResponse(status=304, headers={"ETag": etag, "Cache-Control": ASK_AGAIN})
    del response.headers["Content-Type"]
    return response


def methods(allowed: str) -> Any:
    """Which methods an address takes."""
    response = HttpResponse(status=204, headers={"Allow": allowed})
    del response.headers["Content-Type"]
    return response
