"""`/{commons}/desk/jobs/…`: background work: what waits, what runs and how far it is, and what came of it."""

from __future__ import annotations

from typing import Any

from ...store.transaction import Transaction
from ..accounts.jobs import OPEN, anybody_at_work, find_job, jobs_of, plain
from ..addresses import at
from ..asked import asked_number
from ..member import Member
from ..pages import Values
from .decisions import agents_named
from .me import members_page

SHOWN = 30
AGAIN_SECONDS = 3
"""Without scripts, a page with work that has not ended is asked for again after so long."""


@members_page("desk/jobs.html")
def jobs(request: Any, transaction: Transaction, commons: str, member: Member) -> Values:
    """All background work of the commons, the newest first."""
    found = jobs_of(commons, asked_number(request, "before", least=1), SHOWN + 1)
    told = [plain(job) for job in found[:SHOWN]]
    return {
        "jobs": told, "atWork": anybody_at_work(),
        "onward": at(commons, "desk", "jobs", before=told[-1]["id"]) if len(found) > SHOWN else "",
    }  # fmt: skip


@members_page("desk/job.html")
def job(request: Any, transaction: Transaction, commons: str, member: Member, number: str) -> Values:
    """One piece of work. Its `.json` is asked for again and again while it runs."""
    found = plain(find_job(commons, int(number)))
    over = found["state"] not in OPEN
    return {
        "job": found, "over": over, "atWork": over or anybody_at_work(), "again": 0 if over else AGAIN_SECONDS,
        "names": agents_named(transaction, commons, {"agent": found["by"]}),
    }  # fmt: skip
