"""What every request passes: a content security policy, and the node that it is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..problems import CommonholdError
from .errors import answer_error
from .nodes import node_here

GetResponse = Callable[[Any], Any]

POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
"""Nothing but our own style sheet and images: no script at all, and no style in the page."""


def content_security_policy(get_response: GetResponse) -> GetResponse:
    """Sets the policy."""

    def middleware(request: Any) -> Any:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response

    return middleware


def node_of_request(get_response: GetResponse) -> GetResponse:
    """Gives the views the node, as `request.node`; if it cannot be opened, that is the answer."""

    def middleware(request: Any) -> Any:
        try:
            request.node = node_here()
        except CommonholdError as error:
            return answer_error(request, error)
        return get_response(request)

    return middleware
