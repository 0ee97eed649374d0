"""What every request passes: a content security policy, and the node that it is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.middleware.locale import LocaleMiddleware
from django.utils.functional import SimpleLazyObject

from .nodes import node_here

GetResponse = Callable[[Any], Any]

POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
"""Nothing but our own files: no script and no style in the page."""


def content_security_policy(get_response: GetResponse) -> GetResponse:
    """Sets the policy."""

    def middleware(request: Any) -> Any:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response

    return middleware


class LanguageOfPages(LocaleMiddleware):
    """Chooses the language of a page. What the API answers is the same in every language, so caches need to keep it once."""

    def process_request(self, request: Any) -> None:
        if not _speaks_no_language(request):
            super().process_request(request)

    def process_response(self, request: Any, response: Any) -> Any:
        return response if _speaks_no_language(request) else super().process_response(request, response)


def _speaks_no_language(request: Any) -> bool:
    path = request.path_info
    return bool(path.startswith(("/api/", "/graphiql/")) or path.endswith("/graphql"))


def node_of_request(get_response: GetResponse) -> GetResponse:
    """Gives the views the node, as `request.node`. It is opened when it is first asked for, so a view can say that it cannot be."""

    def middleware(request: Any) -> Any:
        request.node = SimpleLazyObject(node_here)
        return get_response(request)

    return middleware
