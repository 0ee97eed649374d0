"""Backup and restore: the whole node in a folder, from either store and to either store, verified.

A backup is `commonhold.db` (an SQLite file with all tables, copied from one snapshot while writing goes on), `node.key`,
`accounts.db` if there is one, and `manifest.json` with their SHA-256 and the checkpoints. It holds secrets: its folder is
readable by its owner alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from secrets import token_hex
from typing import Any

from ..journal.head import commons_here, latest_checkpoint
from ..problems import BadInput, Broken, Problem, bad_input, refuse
from ..store.database import Database
from ..store.sqlite import SqliteDatabase
from ..store.transaction import Transaction
from . import tables
from .composition import DERIVED_TABLES, JOURNAL_TABLES, PRIVATE_TABLES
from .findings import Report
from .node import WHOLE_NODE, Node, too_new
from .verification import verify_commons

CUT_OFF_SECONDS = 86_400
"""Longer than a backup takes."""
_PART = re.compile(r"\.[0-9a-f]{8}\.part\Z")
MANIFEST = "manifest.json"
DATABASE = "commonhold.db"
COPIED = ("node.key", "accounts.db", "web.key")
KEPT_TABLES = (*tables.JOURNAL, *tables.PRIVATE, tables.Table("meta", ("name", "value"), ("name",)))
ALL_TABLES = (*KEPT_TABLES, *tables.DERIVED)


def backup(node: Node, folder: Path) -> dict[str, Any]:
    """Copy the node into a new folder, and verify the copy.

    Raises:
        BadInput: `backup.folder_exists`. Broken: `backup.not_verified`.
    """
    if folder.exists():
        raise _exists(folder)
    # Two may make the same backup at the same time: each in a folder of its own, and the first that has made it is the one.
    part = folder.with_name(f"{folder.name}.{token_hex(4)}.part")
    part.mkdir(parents=True, mode=0o700)
    _forget_cut_off(folder.parent)
    try:
        reports = _fill(node, part)
        _name(part, folder)
    except BaseException:
        shutil.rmtree(part)
        raise
    return {"folder": str(folder), "entries": {report.commons: report.entries for report in reports}, "verified": True}


def _name(part: Path, folder: Path) -> None:
    try:
        part.rename(folder)
    except OSError:
        if folder.exists():
            raise _exists(folder) from None
        raise


def _exists(folder: Path) -> BadInput:
    return bad_input("backup.folder_exists", f"{folder} exists; a backup goes into a new folder.", "folder")


def _forget_cut_off(folder: Path) -> None:
    """Delete what backups have left here that were killed. What is younger may still be under way."""
    for part in [path for path in folder.iterdir() if _PART.search(path.name)]:
        with suppress(OSError):  # which is there no more, if it has come to its end meanwhile
            if part.stat().st_mtime < time.time() - CUT_OFF_SECONDS:
                shutil.rmtree(part)


def _fill(node: Node, part: Path) -> list[Report]:
    copy = SqliteDatabase(part / DATABASE)
    try:
        with node.read() as source, copy.write() as target:
            _make_tables(target)
            for table in ALL_TABLES:
                _copy(source, target, table)
            checkpoints = {name: latest_checkpoint(source, name) for name in commons_here(source)}
        reports = _verified(copy)
    finally:
        copy.close()
    _single_file(part / DATABASE)
    for name in COPIED:
        if (node.home / name).exists():
            _copy_file(node.home / name, part / name)
    hashes = {path.name: _sha256(path) for path in sorted(part.iterdir())}
    (part / MANIFEST).write_text(json.dumps({"files": hashes, "checkpoints": checkpoints}, indent=2), encoding="utf-8")
    for path in part.iterdir():
        path.chmod(0o600)
        _sync(path)
    return reports


def restore(folder: Path, home: Path) -> dict[str, Any]:
    """Make a node from a backup, in an empty home (and an empty database, where DATABASE_URL names one), and verify it.

    Raises:
        Broken: `backup.damaged`, `backup.not_verified`. Refused: `backup.home_in_use`.
    """
    manifest = _manifest(folder)
    for name, expected in manifest["files"].items():
        if not (folder / name).is_file() or _sha256(folder / name) != expected:
            raise Broken(Problem("backup.damaged", f"{name} is not what was backed up.", name))
    if (home / DATABASE).exists() or (home / "node.key").exists():
        raise refuse("backup.home_in_use", f"{home} holds a node; restore into an empty folder.", "home")
    made = not home.exists()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    before = set(home.iterdir())
    try:
        return {"home": str(home), "entries": _restored(folder, home, manifest), "verified": True}
    except BaseException:
        for path in set(home.iterdir()) - before:
            path.unlink()
        if made:
            home.rmdir()
        raise


def _restored(folder: Path, home: Path, manifest: dict[str, Any]) -> dict[str, int]:
    """Copy, and verify before anything of it counts; return how many entries each commons has."""
    for name in COPIED:
        if name in manifest["files"]:
            _copy_file(folder / name, home / name)
            (home / name).chmod(0o600)
    node = Node.open(home, create=True)
    source = SqliteDatabase(folder / DATABASE, durable=False)
    try:
        with source.read() as given, node.database.write() as target:
            target.lock(WHOLE_NODE)
            if commons_here(target):
                raise refuse("backup.home_in_use", "The database holds commons already; restore into an empty one.", "home")
            meta: dict[str, str] = dict(given.rows("SELECT name, value FROM meta"))
            if meta.get("journal") != "1" or tables.newer(meta.get("derived", "")):
                raise too_new()
            same_form = meta.get("derived") == tables.derived_version()
            there = {name for (name,) in given.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
            for table in ALL_TABLES if same_form else KEPT_TABLES:
                target.execute(f"DELETE FROM {table.name}")
                if table.name in there:  # an older version did not have all of the private ones
                    _copy(given, target, table)
            if not same_form:
                node.refold(target)
            reports = _verified(node.database, manifest["checkpoints"])
    finally:
        source.close()
        node.close()
    return {report.commons: report.entries for report in reports}


def _make_tables(target: Transaction) -> None:
    for sql in (tables.META_TABLE, JOURNAL_TABLES, PRIVATE_TABLES, DERIVED_TABLES):
        tables.create(target, sql)


def _copy(source: Transaction, target: Transaction, table: tables.Table) -> None:
    for row in source.stream(f"SELECT {', '.join(table.columns)} FROM {table.name}"):
        target.insert(table.name, *row)
    target.flush()


def _verified(database: Database, checkpoints: dict[str, str] | None = None) -> list[Report]:
    with database.read() as transaction:
        here = commons_here(transaction)
    reports = [verify_commons(database, name, [(checkpoints or {})[name]] if checkpoints and name in checkpoints else []) for name in here]
    for report in reports:
        if not report.ok:
            first = report.findings[0]
            raise Broken(Problem("backup.not_verified", f"The copy of {report.commons} does not verify: {first.where}: {first.what}", report.commons))
    return reports


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if set(found) == {"files", "checkpoints"} and DATABASE in found["files"]:
            return found
    except (OSError, ValueError, TypeError):
        pass
    raise Broken(Problem("backup.damaged", f"{folder} is not a backup: its {MANIFEST} cannot be read.", MANIFEST))


def _copy_file(source: Path, target: Path) -> None:
    """Copy a file; an SQLite file by the online backup, since others may be writing it."""
    if source.suffix == ".db":
        with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
            one.backup(other)
    else:
        shutil.copyfile(source, target)


def _single_file(path: Path) -> None:
    """Bring an SQLite database into one file, without its write-ahead log beside it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
