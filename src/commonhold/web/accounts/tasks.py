"""The tasks that the library for background work calls, by these names. They say once more what is to be done, and can be run again."""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django_tasks import task

from ...node.node import Node
from .letters import send_due, told_of
from .notifications import scan
from .outbox import forget_old_letters
from .running import run

log = logging.getLogger("commonhold.work")


@lru_cache(maxsize=1)
def node_of_work() -> Node:
    """The node that this worker works for, opened once."""
    return Node.open(Path(settings.COMMONHOLD_HOME))


@task()
def run_job(job_id: int) -> Any:
    """Do a piece of work that was asked for, or what is left of it."""
    run(node_of_work(), job_id)


@task()
def write_letters() -> Any:
    """Find what is to be told, and send the letters whose time has come; let go of old ones."""
    forget_old_letters()
    scan(node_of_work())
    try:
        send_due(node_of_work())
    except OSError as error:  # which is what libraries for mail raise: it is tried again
        log.warning("letters cannot be sent at present: %s", told_of(error))
