"""The pages, as Django knows them."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """See the package."""

    name = "commonhold.web"
    label = "commonhold_web"
