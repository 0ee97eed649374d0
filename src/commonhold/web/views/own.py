"""Pages for one person: they need an account, and nothing keeps them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string

from ...problems import CommonholdError
from ..errors import error_page
from ..member import account_of


def to_login(request: Any) -> Any:
    """Go and sign in, and come back here."""
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?next={quote(request.get_full_path())}")


def with_account(view: Callable[..., Any]) -> Callable[..., Any]:
    """Only for who is signed in with an account; others sign in first. Problems are a page."""

    @wraps(view)
    def checked(request: Any, **path: Any) -> Any:
        if account_of(request) is None:
            return to_login(request)
        try:
            return view(request, **path)
        except CommonholdError as error:
            return error_page(request, error)

    return checked


def own_page(request: Any, template: str, values: dict[str, Any], status: int = 200) -> Any:
    """A page of somebody's account, in no commons."""
    shown = {
        "outcome": request.GET.get("said", ""),
        "here": request.path,
        "title": "",
        "scripts": "",
        "messages": [],
        "content": "",
        "signed_in": True,
    } | values
    return HttpResponse(render_to_string(template, shown, request), status=status, headers={"Cache-Control": "no-store"})


def own_json(values: dict[str, Any]) -> Any:
    """The same as plain values."""
    return JsonResponse(values, json_dumps_params={"ensure_ascii": False}, headers={"Cache-Control": "no-store"})
