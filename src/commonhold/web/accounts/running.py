"""Doing background work. Whatever is run again does what is missing: a program may be killed at any moment."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.db.models import F
from django.utils import timezone

from ...node.node import Node
from ...problems import CommonholdError, Problem
from .job_models import Job
from .jobs import OPEN
from .kinds import KINDS

log = logging.getLogger("commonhold.work")

ATTEMPTS_MAX = 5
"""What has ended its worker so many times is not begun again."""
TELL_SECONDS = 0.5


class Cancelled(Exception):
    """Somebody has cancelled the work."""


class Telling:
    """Tells how far a piece of work is, twice a second at most, and learns whether somebody has cancelled it."""

    def __init__(self, job_id: int) -> None:
        self._job_id = job_id
        self._told = 0.0

    def __call__(self, done: int, of: int) -> None:
        """So much of so much is done.

        Raises:
            Cancelled: Somebody has cancelled the work.
        """
        now = time.monotonic()
        if done != of and now - self._told < TELL_SECONDS:
            return
        self._told = now
        Job.objects.filter(pk=self._job_id).update(done=done, of=of)
        if Job.objects.filter(pk=self._job_id, wanted_end=True).exists():
            raise Cancelled


def run(node: Node, job_id: int, kinds: Any = KINDS) -> None:
    """Do a piece of work, and write down what came of it. What has ended already is left alone."""
    if not Job.objects.filter(pk=job_id, state__in=OPEN).update(state="running", attempts=F("attempts") + 1):
        return
    Job.objects.filter(pk=job_id, begun=None).update(begun=timezone.now())
    job = Job.objects.get(pk=job_id)
    ended = _outcome(node, job, kinds.get(job.kind))
    Job.objects.filter(pk=job_id).update(ended=timezone.now(), **ended)
    job.files.all().delete()


def _outcome(node: Node, job: Job, work: Callable[..., dict[str, Any]] | None) -> dict[str, Any]:
    """The state that the work ends in, and what is told of it."""
    if job.wanted_end:
        return {"state": "cancelled"}
    if work is None or job.attempts > ATTEMPTS_MAX:
        return _failed(Problem("jobs.gave_up", f"The work has ended its worker {ATTEMPTS_MAX} times, and is not begun again. The log may say why."))
    try:
        said = work(node, job, Telling(job.pk))
    except Cancelled:
        return {"state": "cancelled"}
    except CommonholdError as error:
        return _failed(*error.problems)
    except Exception:
        log.exception("background work %s (%s) has failed", job.pk, job.kind)
        return _failed(Problem("internal", "This should not happen. It has been logged."))
    return {"state": "done", "said": said, "problems": []} | ({"done": job.of} if job.of else {})


def _failed(*problems: Problem) -> dict[str, Any]:
    return {"state": "failed", "problems": [{"code": one.code, "field": one.field, "message": one.message} for one in problems[:100]]}
