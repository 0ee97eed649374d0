"""From plain values to a page, or to its JSON sibling; and not at all, if the browser has it already."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from ..journal.head import commons_here
from ..node.overview import validator
from ..problems import CommonholdError
from ..store.transaction import Transaction
from .errors import error_page

Values = dict[str, Any]


def page(template: str, present: Callable[[Values], Values] | None = None) -> Callable[[Callable[..., Values]], Callable[..., Any]]:
    """Turn a function from a read transaction to plain values into a view.

    Args:
        present: What the template needs besides the values: charts, chiefly.
    """

    def decorate(values_of: Callable[..., Values]) -> Callable[..., Any]:
        @require_safe
        @wraps(values_of)
        def view(request: Any, *, as_json: bool = False, **path: Any) -> Any:
            try:
                with request.node.read() as transaction:
                    etag = _etag(request, _state(transaction, path.get("commons")))
                    if etag in request.headers.get("If-None-Match", ""):
                        return _kept(HttpResponse(status=304), etag)
                    values = values_of(request, transaction, **path)
            except CommonholdError as error:
                return error_page(request, error)
            if as_json:
                return _kept(JsonResponse(values, json_dumps_params={"ensure_ascii": False}), etag)
            more = present(values) if present else {}
            html = render_to_string(template, values | more | {"sibling": _sibling(request)})
            return _kept(HttpResponse(html), etag)

        return view

    return decorate


def _state(transaction: Transaction, commons: str | None) -> str:
    names = commons_here(transaction) if commons is None else [commons]
    return "\n".join(validator(transaction, name) for name in names)


def _etag(request: Any, state: str) -> str:
    named = f"{state}\n{request.get_full_path()}\n{get_language()}"
    return '"' + hashlib.sha256(named.encode()).hexdigest()[:32] + '"'


def _kept(response: Any, etag: str) -> Any:
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "public, no-cache"
    return response


def _sibling(request: Any) -> str:
    """Where the same is as JSON."""
    query = request.META.get("QUERY_STRING", "")
    path = request.path.rstrip("/") or "/index"
    return f"{path}.json" + (f"?{query}" if query else "")
