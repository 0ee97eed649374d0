"""Where people reach this node: for links in letters and invitations, which are read elsewhere."""

from __future__ import annotations

import os

from django.conf import settings

_EVERYWHERE = {"0.0.0.0": "localhost", "::": "localhost", "127.0.0.1": "localhost", "": "localhost"}  # noqa: S104 - compared with


def own_address() -> str:
    """The public URL, without a slash at the end; if nobody has set it, the address at which the server listens."""
    if settings.COMMONHOLD_PUBLIC_URL:
        return str(settings.COMMONHOLD_PUBLIC_URL).rstrip("/")
    host = os.environ.get("COMMONHOLD_HOST", "")
    host = _EVERYWHERE.get(host, f"[{host}]" if ":" in host else host)
    return f"{'https' if os.environ.get('COMMONHOLD_TLS_CERT') else 'http'}://{host}:{os.environ.get('COMMONHOLD_PORT') or '8400'}"
