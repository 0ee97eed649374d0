"""Background work as people see it: asking for it, seeing how far it is, cancelling it. `running` does it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction as django_transaction
from django.utils import timezone

from ...problems import not_found, refuse
from .job_models import Job, JobFile, Worker

OPEN = ("waiting", "running")
OPEN_MAX = 5
"""So many pieces of work of a commons may wait or run at the same time."""
LIVES_SECONDS = 20
"""A worker that has said nothing for so long is taken for dead."""


def ask_for(
    commons: str, by: str, kind: str, label: str = "", given: Mapping[str, Any] | None = None, files: Mapping[str, bytes] | None = None
) -> Job:
    """Ask for a piece of work. It is there for good before this returns, and is done even if everything stops at once.

    Raises:
        Refused: `jobs.too_many`, `jobs.already`: of backups and verifications, one at a time is enough.
    """
    from .tasks import run_job

    with django_transaction.atomic():
        here = list(Job.objects.filter(commons=commons, state__in=OPEN).values_list("kind", flat=True))
        if len(here) >= OPEN_MAX:
            raise refuse("jobs.too_many", f"{OPEN_MAX} pieces of work wait or run already: let one of them end first.", "act")
        if kind in ("backup", "verify") and kind in here:
            raise refuse("jobs.already", "This is waiting or under way already.", "act")
        job = Job.objects.create(commons=commons, by=by, kind=kind, label=label, given=dict(given or {}))
        for name, data in (files or {}).items():
            JobFile.objects.create(job=job, name=name, data=data)
        run_job.enqueue(job.pk)
    return job


def find_job(commons: str, id_: int) -> Job:
    """A piece of work of a commons.

    Raises:
        NotFound: `jobs.unknown`.
    """
    found = Job.objects.filter(commons=commons, pk=id_).first()
    if found is None:
        raise not_found("jobs.unknown", f"There is no background work {id_} here.", "id")
    return found


def cancel(commons: str, id_: int) -> None:
    """End a piece of work that waits, or ask one that runs to end at its next step. What it has written by then stays.

    Raises:
        NotFound: `jobs.unknown`. Refused: `jobs.over`.
    """
    job = find_job(commons, id_)
    now = timezone.now()
    if Job.objects.filter(pk=job.pk, state="waiting").update(state="cancelled", ended=now, wanted_end=True):
        job.files.all().delete()
    elif not Job.objects.filter(pk=job.pk, state="running").update(wanted_end=True):
        raise refuse("jobs.over", "This work has ended already.", "id")


def jobs_of(commons: str, before: int | None, limit: int) -> list[Job]:
    """The newest first; those with numbers below one."""
    found = Job.objects.filter(commons=commons).order_by("-id")
    return list((found if before is None else found.filter(pk__lt=before))[:limit])


def plain(job: Job) -> dict[str, Any]:
    """A piece of work as plain values; `percent` is None where nobody knows how much it is."""
    return {
        "id": job.pk, "kind": job.kind, "label": job.label, "by": job.by, "state": job.state, "done": job.done, "of": job.of,
        "percent": min(100, job.done * 100 // job.of) if job.of else None, "said": job.said, "problems": job.problems, "attempts": job.attempts,
        "cancelling": job.wanted_end and job.state == "running", "made": _time(job.made), "begun": _time(job.begun), "ended": _time(job.ended),
    }  # fmt: skip


def last_done(commons: str, kind: str) -> dict[str, Any] | None:
    """The last piece of work of a kind that came to its end. Backups are of the whole node: any commons' will do."""
    found = Job.objects.filter(kind=kind, state="done")
    last = (found if kind == "backup" else found.filter(commons=commons)).order_by("-ended").first()
    return None if last is None else plain(last)


def anybody_at_work() -> bool:
    """Whether a worker is there."""
    return Worker.objects.filter(beat__gt=timezone.now() - timedelta(seconds=LIVES_SECONDS)).exists()


def _time(at: datetime | None) -> str | None:
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%SZ}"
