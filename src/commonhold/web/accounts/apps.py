"""The accounts application, as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """See the package."""

    name = "commonhold.web.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
