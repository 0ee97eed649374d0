"""GraphiQL, the page to try things out: served from this package, and nothing of it from elsewhere."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

SCRIPTS = ("react.production.min.js", "react-dom.production.min.js", "graphiql.min.js", "start.js")
STYLES = ("graphiql.min.css", "page.css")
MEDIA = {"js": "text/javascript", "css": "text/css"}

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src data:; img-src 'self' data:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Of this page only. Its editor sets styles on lines; scripts are those of the package alone."""


@cache
def _file(name: str) -> tuple[bytes, str]:
    """The bytes of a file, and the digits that name its content."""
    data = files("commonhold.graphql").joinpath("graphiql", name).read_bytes()
    return data, hashlib.sha256(data).hexdigest()[:12]


def _address(name: str) -> str:
    return f"/graphiql/{_file(name)[1]}/{name}"


@cache
def _html() -> str:
    styles = "".join(f'<link rel="stylesheet" href="{_address(name)}">' for name in STYLES)
    scripts = "".join(f'<script src="{_address(name)}"></script>' for name in SCRIPTS)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>GraphiQL – Commonhold</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">{styles}'
        '<link rel="icon" href="data:,"></head>'
        f'<body><div id="graphiql"><noscript>This page needs scripts; the address itself takes POST.</noscript></div>{scripts}</body></html>\n'
    )


@require_safe
def graphiql(request: Any) -> Any:
    """The page. It asks the address at which it is."""
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "public, no-cache"}
    return HttpResponse(_html(), content_type="text/html; charset=utf-8", headers=headers)


@require_safe
def asset(request: Any, digest: str, name: str) -> Any:
    """A file of the page. What is asked for by the name of its content never changes."""
    if name not in (*SCRIPTS, *STYLES):
        raise Http404
    data, current = _file(name)
    lasting = "public, max-age=31536000, immutable" if digest == current else "public, no-cache"
    return HttpResponse(data, content_type=f"{MEDIA[name.rpartition('.')[2]]}; charset=utf-8", headers={"Cache-Control": lasting})
