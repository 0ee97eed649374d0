"""The WSGI application of a node."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .threads import FewWorkers


def configure(home: Path, allowed_hosts: Sequence[str] = ()) -> None:
    """Set Django up for the node in a folder; make or migrate the tables of accounts."""
    os.environ["COMMONHOLD_HOME"] = str(home.resolve())
    if allowed_hosts:
        os.environ["COMMONHOLD_ALLOWED_HOSTS"] = ",".join(allowed_hosts)
    os.environ["DJANGO_SETTINGS_MODULE"] = "commonhold.server.settings"
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        # Made by SQLite itself, everybody on the machine could read it.
        os.close(os.open(database["NAME"], os.O_WRONLY | os.O_CREAT, 0o600))
    if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        Path(settings.EMAIL_FILE_PATH).mkdir(mode=0o700, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


def application() -> Any:
    """The application for the node that the environment names: a factory, called once in each process of the server."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "commonhold.server.settings")
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application

    made = get_wsgi_application()
    from ..web.uploads import FORM_BYTES_MAX

    return FewWorkers(made, settings.DATA_UPLOAD_MAX_MEMORY_SIZE, FORM_BYTES_MAX)
