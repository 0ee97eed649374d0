"""Where accounts are kept: `accounts.db` in the node's folder, or the PostgreSQL server of the node. Nothing else is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def accounts_database(home: Path, address: str) -> dict[str, Any]:
    """Django's description of the database.

    >>> accounts_database(Path("/srv/node"), "")["NAME"]
    '/srv/node/accounts.db'
    >>> accounts_database(Path("/srv/node"), "postgresql://ana:s%40@db:5433/commons")["USER"]
    'ana'
    """
    if not address.startswith(("postgresql://", "postgres://")):
        options = {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL; PRAGMA secure_delete=ON", "timeout": 20}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(home / "accounts.db"), "OPTIONS": options}
    parts = urlsplit(address)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
