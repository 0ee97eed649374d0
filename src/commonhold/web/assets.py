"""The few static files, served by the application itself under a name that changes with their content."""

from __future__ import annotations

import hashlib
import mimetypes
from functools import cache
from importlib.resources import files
from typing import Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

FILES = (
    "commonhold.css",
    "commonhold.js",
    "verify.js",
    "verify.entry.js",
    "verify.log.js",
    "verify.report.js",
    "mark.svg",
    "keys.js",
    "sign.js",
    "join.js",
    "add.key.js",
    "account.css",
    "whatif.js",
    "charter.js",
    "job.js",
    "work.css",
)


@cache
def asset(name: str) -> tuple[bytes, str]:
    """The bytes of a file, and the digits that name its content."""
    data = files("commonhold.web").joinpath("static", name).read_bytes()
    return data, hashlib.sha256(data).hexdigest()[:12]


def asset_url(name: str) -> str:
    """Where a file is."""
    return f"/static/{asset(name)[1]}/{name}"


@require_safe
def static(request: Any, digest: str, name: str) -> Any:
    """A file. What is asked for by the name of its content never changes."""
    if name not in FILES:
        raise Http404
    data, current = asset(name)
    lasting = "public, max-age=31536000, immutable" if digest == current else "public, no-cache"
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    kind = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
    return HttpResponse(data, content_type=kind, headers={"Cache-Control": lasting, "Access-Control-Allow-Origin": "*"})
