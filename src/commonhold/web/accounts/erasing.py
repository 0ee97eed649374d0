"""After an account was erased: what the database's files still hold of rows that were deleted."""

from __future__ import annotations

from django.apps import apps
from django.db import connection

HELD = ("accounts", "account", "mfa", "sessions", "usersessions", "socialaccount")
"""The applications whose tables hold something of people."""


def wipe_accounts() -> bool:
    """Leave nothing of deleted rows in the files; whether that could be done.

    SQLite has overwritten them when they were deleted (`secure_delete`), but the log of its writing has earlier pages. PostgreSQL
    writes the tables anew.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return not cursor.fetchone()[0]
        for model in (model for name in HELD for model in apps.get_app_config(name).get_models()):
            cursor.execute(f"VACUUM FULL {connection.ops.quote_name(model._meta.db_table)}")  # noqa: SLF001 - Django's public name for it
    return True
