"""The secret with which Django signs cookies: a file of the node that only its owner can read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

FILE = "web.key"


def web_secret(home: Path) -> str:
    """The secret of a node's web server, made on first use."""
    path = home / FILE
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    return path.read_text(encoding="ascii").strip()
