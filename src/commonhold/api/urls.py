"""The API's addresses, from its routes."""

from __future__ import annotations

from django.urls import re_path

from .routes import Route, no_route, view_of
from .table import routes


def _by_path() -> dict[str, list[Route]]:
    found: dict[str, list[Route]] = {}
    for route in routes():
        found.setdefault(route.pattern(), []).append(route)
    return found


urlpatterns = [*(re_path(pattern, view_of(group)) for pattern, group in _by_path().items()), re_path(r"^(?P<rest>.*)$", no_route)]
