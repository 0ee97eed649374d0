"""`commonhold import`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from ..problems import bad_input
from .output import counted, note, progress, table
from .session import Session, session_options


@click.group("import")
def import_command() -> None:
    """Import histories and sheets. What is imported is a claim, until peers validate it."""


def _importer(session: Session) -> Any:
    from ..node.imports import Importer

    return Importer(session.node, session.commons, session.author(), session.signer(), dry_run=session.dry_run)


@import_command.command("git")
@click.argument("source", metavar="PATH|URL")
@click.option("--domain", default="", help="The domain of the charter that the work belongs to.")
@click.option("--label", default="", help="What the repository is called; by default its folder's name.")
@session_options(acting=True)
def git(session: Session, source: str, domain: str, label: str) -> None:
    """Import the history of a git repository up to HEAD. Run again, it takes only what is new.

    \b
    commonhold import git ../firmware --domain firmware
    """
    telling: list[Any] = []

    def tell(done: int, of: int) -> None:
        if not telling:
            telling.append(progress("commits", of))
        telling[0](done)

    done = _importer(session).git(source, domain, label, tell)
    session.answer(done, _said(done, f"commonhold validate --batch {done['batch'][:12]}"))


@import_command.command("commits")
@click.argument("commits", type=click.Path(exists=True, dir_okay=False))
@click.option("--changes", type=click.Path(exists=True, dir_okay=False), help="Table of changed files with their lines.")
@click.option("--repository", default="", help="Only the commits of this repository.")
@click.option("--domain", default="", help="The domain of the charter that the work belongs to.")
@session_options(acting=True)
def commits(session: Session, commits: str, changes: str | None, repository: str, domain: str) -> None:
    """Import a history from tables of commits and changed files (columns: docs/reference/contributions.md)."""
    done = _importer(session).commit_tables(Path(commits), Path(changes) if changes else None, repository, domain, progress("commits"))
    session.answer(done, _said(done, f"commonhold validate --batch {done['batch'][:12]}"))


def _said(done: dict[str, Any], following: str) -> str:
    people = counted(done["identities"], "person", "people")
    said = f"{counted(done['commits'], 'commit')}, {counted(done['contributions'], 'new claim')} of {people}"
    if done["alreadyKnown"]:
        said += f" ({done['alreadyKnown']} known already)"
    return f"{said}.\nNext: {following}" if done["contributions"] else f"{said}: nothing new."


@import_command.command("csv")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--map", "mapping", multiple=True, metavar="FIELD=COLUMN", help="Where a field stands; FIELD==VALUE gives all rows the same.")
@click.option("--partial", is_flag=True, help="Take the rows that are in order, though others are refused.")
@click.option("--identities", is_flag=True, help="Contributors that nobody here is known as become identities, to be claimed later.")
@session_options(acting=True)
def csv_(session: Session, file: str, mapping: tuple[str, ...], partial: bool, identities: bool) -> None:
    """Import contributions from a CSV sheet: the whole of it, or nothing.

    Fields: by, kind, amount, domain, at, to, process, fulfills, note, url, commit, sha256, repayment, key.

    \b
    commonhold import csv hours.csv --map by=Who --map amount=Hours --map kind==work
    """
    from ..node.imports import SheetRefused

    pairs = [pair.partition("=") for pair in mapping]
    if any(not equals or not column for _, equals, column in pairs):
        raise bad_input("cli.bad_mapping", "Write --map FIELD=COLUMN, or --map FIELD==VALUE.", "map")
    data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    try:
        done = _importer(session).sheet(data, Path(file).name, {name: column for name, _, column in pairs}, partial=partial, identities=identities)
    except SheetRefused as refused:
        if not session.as_json:
            _refused(refused.report)
            count = len(refused.report["refused"])
            of = f"{count} of {counted(refused.report['rows'], 'row')} {'is' if count == 1 else 'are'} refused"
            note(f"Nothing was written: {of}. Mend {'it' if count == 1 else 'them'}, or use --partial.")
            click.get_current_context().exit(1)
        raise
    if not session.as_json:
        _refused(done)
    claims, rows = counted(done["contributions"], "new claim"), counted(done["rows"], "row")
    session.answer(done, f"{claims} from {rows} ({done['alreadyKnown']} known already, {len(done['refused'])} refused).")


def _refused(report: dict[str, Any]) -> None:
    rows = [(row["line"], p["field"], p["message"], p["code"]) for row in report["refused"] for p in row["problems"]]
    table(("line", "field", "problem", "code"), rows, "0")


@import_command.command("valueflows")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--label", default="", help="What the document is called; by default the file's name. Under it, what is known already is passed over.")
@click.option("--kind", default="", help="The kind of the charter that work becomes. Default: the first with the action work.")
@click.option("--domain", default="", help="The domain of the charter that the work belongs to.")
@click.option("--no-claims", is_flag=True, help="Work is recorded, but not claimed as contributions.")
@click.option("--allow-overdraw", is_flag=True, help="New resources may go below nothing.")
@click.option("--date-now", is_flag=True, help="Events that do not say when they happened are dated now; otherwise they are refused.")
@click.option("--partial", is_flag=True, help="Take what is in order, though other things are refused.")
@session_options(acting=True)
def valueflows(
    session: Session, file: str, label: str, kind: str, domain: str, no_claims: bool, allow_overdraw: bool, date_now: bool, partial: bool
) -> None:
    """Import resources, processes, plans and events from a Valueflows document: JSON, JSON-LD or Turtle, of this or older versions.

    \b
    commonhold import valueflows libre-solar.json
    """
    from ..flows.interchange.reading import read_document

    data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    document, left_out = read_document(data, file)
    options = {"kind": kind, "domain": domain, "claims": not no_claims, "overdraw": allow_overdraw, "date_now": date_now, "partial": partial}
    done = _importer(session).valueflows(document, label or Path(file).stem, **options)
    done["leftOut"] = [{"code": one.code, "field": one.field, "message": one.message} for one in left_out]
    for one in left_out if not session.as_json else ():
        note(f"{one.message} ({one.field}) [{one.code}]")
    said = (
        f"{counted(done['events'] + done['contributions'], 'event')} ({counted(done['contributions'], 'new claim')} of work),"
        f" {counted(done['records'], 'other record')}"
        f" ({done['alreadyKnown']} known already, {len(done['refused'])} refused)."
    )
    following = f"\nNext: commonhold validate --batch {done['batch'][:12]}" if done["batch"] else "\nNext: commonhold flows list"
    session.answer(done, said + following, dry=said)


@import_command.command("list")
@session_options()
def list_batches(session: Session) -> None:
    """List the imports so far, and how far their validation is."""
    from ..contributions.queries import batches

    with session.node.read() as transaction:
        found = batches(transaction, session.commons)
    rows = [
        (b["position"], b["source"], b["label"], ", ".join(f"{count} {state}" for state, count in b["states"].items()), b["id"][:12]) for b in found
    ]
    session.answer(
        {"batches": found},
        lambda: table(("entry", "source", "of", "state", "id"), rows, "0", empty="Nothing was imported yet. See: commonhold import --help"),
    )
