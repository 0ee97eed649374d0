"""Scripts of the library for accounts, as they are in its package. Nothing else of it is served."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

FILES = {
    "account/js/account.js": "account",
    "account/js/onload.js": "account",
    "mfa/js/recovery_codes.js": "mfa",
    "mfa/js/webauthn.js": "mfa",
    "mfa/js/webauthn-json.js": "mfa",
}
"""Which part of allauth has a file."""


@cache
def _script(name: str) -> tuple[bytes, str]:
    data = files("allauth").joinpath(FILES[name], "static", *name.split("/")).read_bytes()
    return data, '"' + hashlib.sha256(data).hexdigest()[:32] + '"'


@require_safe
def library(request: Any, name: str) -> Any:
    """A script, which a browser asks for again to see whether it has changed."""
    if name not in FILES:
        raise Http404
    data, etag = _script(name)
    headers = {"ETag": etag, "Cache-Control": "public, no-cache"}
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(data, content_type="text/javascript; charset=utf-8", headers=headers)
