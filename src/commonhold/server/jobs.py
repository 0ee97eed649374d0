"""What runs in `commonhold work`: the library's worker, and beside it a thread that says that it lives and takes up what others have left."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

from .wsgi import configure

log = logging.getLogger("commonhold.work")

BEAT_SECONDS = 5
LOOK_SECONDS = 0.5
GRACE_SECONDS = 5
LETTERS_SECONDS = 60
"""It is looked for something to tell as often as this."""
KEPT_DAYS = 7
"""So long it is kept that a task was done."""
IMPORTS_KEPT_DAYS = 30
"""So long it is kept what became of an import; verifications and backups are kept for good."""


def work(home: Path, parent: int | None = None) -> None:
    """Do the background work of a node until interrupted.

    Args:
        parent: The process that this one ends with, however that ends.
    """
    configure(home)
    from django.core.management import call_command

    name = f"{socket.gethostname()[:40]}:{os.getpid()}:{token_hex(4)}"
    threading.Thread(target=_keep, args=(name, parent), name="keeper", daemon=True).start()
    # The library tells of errors by writing them down with the task; what matters is logged by the work itself.
    call_command("db_worker", queue_name="*", worker_id=name, startup_delay=False, interval=1.0, reload=False, verbosity=0)


def _keep(name: str, parent: int | None) -> None:
    next_beat = 0.0
    while True:
        if parent is not None and os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(GRACE_SECONDS)
            os._exit(1)
        if time.monotonic() >= next_beat:
            next_beat = time.monotonic() + BEAT_SECONDS
            try:
                _beat(name)
            except Exception:  # such as a database that is away for a while
                log.exception("the worker could not say that it lives")
        time.sleep(LOOK_SECONDS)


def _beat(name: str) -> None:
    from django.db import close_old_connections
    from django.utils import timezone

    from ..web.accounts.models import Worker

    close_old_connections()
    Worker.objects.update_or_create(name=name, defaults={"beat": timezone.now()})
    take_up(name)
    forget(name)
    ask_for_letters()


def ask_for_letters() -> None:
    """Once in a while, unless it is asked for already, let somebody look whether there is anything to tell."""
    from django.utils import timezone
    from django_tasks_db.models import DBTaskResult

    from ..web.accounts.tasks import write_letters

    same = DBTaskResult.objects.filter(task_path=write_letters.module_path)
    lately = timezone.now() - timedelta(seconds=LETTERS_SECONDS)
    if not same.filter(status__in=("READY", "RUNNING")).exists() and not same.filter(enqueued_at__gt=lately).exists():
        same.filter(status="SUCCESSFUL").delete()
        write_letters.enqueue()


def take_up(own: str) -> int:
    """Let what ran when its worker died be run again; return how many tasks that were."""
    from django_tasks_db.models import DBTaskResult

    count = 0
    for task in DBTaskResult.objects.filter(status="RUNNING"):
        if is_lost(task.worker_ids[-1] if task.worker_ids else "", own):
            same = DBTaskResult.objects.filter(pk=task.pk, status="RUNNING", started_at=task.started_at)
            count += same.update(status="READY")
    if count:
        log.warning("%s pieces of background work were cut off, and are taken up again", count)
    return count


def is_lost(worker: str, own: str) -> bool:
    """Whether a worker is dead: its process is not there any more, or it has not said for long that it lives."""
    from django.utils import timezone

    from ..web.accounts.jobs import LIVES_SECONDS
    from ..web.accounts.models import Worker

    if worker == own:
        return False
    host, _, rest = worker.partition(":")
    process = rest.partition(":")[0]
    if host == own.partition(":")[0] and process.isdigit() and not _is_alive(int(process)):
        return True
    return not Worker.objects.filter(name=worker, beat__gt=timezone.now() - timedelta(seconds=LIVES_SECONDS)).exists()


def _is_alive(process: int) -> bool:
    """Whether somebody else's process has this number. That it is ours means that the other is gone: numbers are given again."""
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def forget(own: str) -> None:
    """Let go what nobody asks for any more: workers that are dead, tasks and imports that were done long ago."""
    from django.utils import timezone
    from django_tasks_db.models import DBTaskResult

    from ..web.accounts.models import Job, Worker

    day_ago: Any = timezone.now() - timedelta(days=1)
    Worker.objects.filter(beat__lt=day_ago).exclude(name=own).delete()
    # Why rows were left out may name people.
    Job.objects.filter(kind__in=("sheet", "commits"), ended__lt=timezone.now() - timedelta(days=IMPORTS_KEPT_DAYS)).delete()
    DBTaskResult.objects.filter(status__in=("SUCCESSFUL", "FAILED"), finished_at__lt=timezone.now() - timedelta(days=KEPT_DAYS)).delete()
