"""The kinds of background work. Each is a function of (node, job, tell) to what came of it, and can be run again after any interruption."""

from __future__ import annotations

import csv
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ...contributions.queries import position_of
from ...journal.head import read_head
from ...node.backup import backup
from ...node.imports import Importer
from ...node.node import Node
from ...node.sheets import read_rows
from ...node.verification import verify_commons
from ...problems import BadInput
from ..uploads import FORM_BYTES_MAX
from .job_models import Job

Tell = Callable[[int, int], None]
ROWS_MAX = 20_000
"""So many rows of a sheet are written at once: as long as it takes, others wait."""
REFUSED_TOLD = 200
BACKUPS_KEPT = 7
_BACKUP = re.compile(r"desk-\d{8}T\d{6}Z-\d+")


def _file(job: Job, name: str) -> bytes | None:
    found = job.files.filter(name=name).first()
    return None if found is None else bytes(found.data)


def _importer(node: Node, job: Job) -> Importer:
    return Importer(node, job.commons, job.by, public_only=True)


def _batch_number(node: Node, job: Job, batch: str) -> int | None:
    with node.read() as transaction:
        return position_of(transaction, job.commons, batch) if batch else None


def import_sheet(node: Node, job: Job, tell: Tell) -> dict[str, Any]:
    """A sheet: the rows that are in order, all in one transaction. Rows that were imported before are known by their keys."""
    rows = read_rows(_file(job, "sheet") or b"", job.given["constants"], ROWS_MAX, FORM_BYTES_MAX)
    tell(0, len(rows))
    report = _importer(node, job).sheet_report(
        rows, job.label, identities=bool(job.given["identities"]), progress=lambda count: tell(count, len(rows))
    )
    done = report.as_dict()
    told = {name: done[name] for name in ("rows", "contributions", "alreadyKnown")}
    return told | {"refusedCount": len(done["refused"]), "refused": done["refused"][:REFUSED_TOLD], "batch": _batch_number(node, job, done["batch"])}


def import_commits(node: Node, job: Job, tell: Tell) -> dict[str, Any]:
    """A history from tables of commits and changed files, in transactions of bounded size. Claims that were imported before are known."""
    with tempfile.TemporaryDirectory(prefix="commonhold-import-") as folder:
        paths = {}
        for name in ("commits", "changes"):
            data = _file(job, name)
            if data is not None:
                paths[name] = Path(folder) / f"{name}.csv"
                paths[name].write_bytes(data)
        commits = paths["commits"]
        of = _rows_of(commits)
        tell(0, of)
        done = _importer(node, job).commit_tables(
            commits, paths.get("changes"), job.given["repository"], job.given["domain"], lambda count: tell(min(count, of), of), label=job.label
        )
    return done | {"batch": _batch_number(node, job, done["batch"])}


def _rows_of(path: Path) -> int:
    """About how many commits a table has."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return max(0, sum(1 for _ in csv.reader(file)) - 1)
    except (csv.Error, UnicodeDecodeError):
        return 0  # which the import says in its own words


def verify(node: Node, job: Job, tell: Tell) -> dict[str, Any]:
    """The whole journal and all tables of the commons."""
    with node.read() as transaction:
        size = read_head(transaction, job.commons).frontier.size
    tell(0, size)
    report = verify_commons(node.database, job.commons, workers=1, progress=lambda count: tell(min(count, size), size))
    findings = [{"where": one.where, "what": one.what} for one in report.findings]
    return {"ok": report.ok, "entries": report.entries, "signatures": report.signatures, "findings": findings}


def back_up(node: Node, job: Job, tell: Tell) -> dict[str, Any]:
    """A backup of the whole node beside it, verified; older ones that were made from the desk are let go.

    One that was made whole before an interruption is not made again, nor one that another worker has made meanwhile, to whom the
    same work was given. What one has left behind that was cut off goes with the next, a day later.
    """
    folder = node.home / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    mine = folder / f"desk-{job.made:%Y%m%dT%H%M%SZ}-{job.pk}"
    tell(0, 0)
    if not mine.exists():
        try:
            backup(node, mine)
        except BadInput:
            if not mine.exists():
                raise
    kept = sorted((path for path in folder.iterdir() if _BACKUP.fullmatch(path.name)), key=lambda path: path.name)
    for old in kept[:-BACKUPS_KEPT]:
        shutil.rmtree(old, ignore_errors=True)  # another worker may be at it
    size = sum(path.stat().st_size for path in mine.iterdir())
    return {"folder": str(mine), "bytes": size, "kept": min(len(kept), BACKUPS_KEPT)}


KINDS: Mapping[str, Callable[[Node, Job, Tell], dict[str, Any]]] = {
    "sheet": import_sheet, "commits": import_commits, "verify": verify, "backup": back_up,
}  # fmt: skip
"""Each kind of work by its name."""
