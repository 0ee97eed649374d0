"""The addresses of pages; each has a sibling that ends in `.json`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import re_path

from .assets import static
from .views.agents import agent
from .views.commons import commons
from .views.contributions import contribution, contributions
from .views.distributions import distribution, share
from .views.home import home

_COMMONS = r"(?P<commons>[a-z0-9][a-z0-9-]{0,40})"
_NUMBER = r"(?P<number>[1-9][0-9]{0,8})"
_AGENT = r"(?P<agent>(?:did:key:|org:|id:)[A-Za-z0-9-]{1,80})"


def _both(path: str, view: Callable[..., Any]) -> list[Any]:
    return [re_path(rf"^{path}/\Z", view), re_path(rf"^{path}\.json\Z", view, {"as_json": True})]


urlpatterns = [
    re_path(r"^\Z", home),
    re_path(r"^index\.json\Z", home, {"as_json": True}),
    re_path(r"^static/(?P<digest>[0-9a-f]{12})/(?P<name>[a-z.]+)\Z", static),
    *_both(_COMMONS, commons),
    *_both(f"{_COMMONS}/agents/{_AGENT}", agent),
    *_both(f"{_COMMONS}/contributions", contributions),
    *_both(rf"{_COMMONS}/contributions/(?P<position>[0-9]{{1,15}})", contribution),
    *_both(f"{_COMMONS}/distributions/{_NUMBER}", distribution),
    *_both(f"{_COMMONS}/distributions/{_NUMBER}/{_AGENT}", share),
]
