"""Errors outside any view, in the form of the door that was knocked at: problem+json under `/api/`, a page elsewhere."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig

from ..api.answers import internal, problem_response
from ..problems import CommonholdError, Forbidden, Problem, bad_input, not_found
from ..web.errors import error_page


def answer_error(request: Any, error: CommonholdError) -> Any:
    """An error as the door says it."""
    return problem_response(error) if request.path.startswith("/api/") else error_page(request, error)


def bad_request(request: Any, exception: Exception) -> Any:
    """Requests that Django itself refuses: an unknown host, a malformed body, one that is too large."""
    if isinstance(exception, RequestDataTooBig):
        return answer_error(request, bad_input("web.too_large", "This is more than a form can take. Send less at once, or link to it."))
    return answer_error(request, bad_input("api.bad_request", "The server does not answer requests of this form or for this host."))


def permission_denied(request: Any, exception: Exception) -> Any:
    """What Django itself does not let through."""
    return answer_error(request, Forbidden(Problem("api.forbidden", "This is not allowed.")))


def form_refused(request: Any, reason: str = "") -> Any:
    """A form without its token, or from the page of another site."""
    return answer_error(request, Forbidden(Problem("api.forbidden", "The form has expired. Load the page again.")))


def page_not_found(request: Any, exception: Exception) -> Any:
    """No such address."""
    return answer_error(request, not_found("api.no_route", "There is nothing at this address."))


def server_error(request: Any) -> Any:
    """What should not happen. Django has logged it."""
    return answer_error(request, internal())
