"""`commonhold log`, `contributions`."""

from __future__ import annotations

import csv
import hashlib
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .output import emit_json, note, printable, table
from .session import INTEGER_MAX, Session, When, session_options
from .telling import show_contribution

if TYPE_CHECKING:
    from ..contributions.queries import Filter


@click.command("log")
@click.argument("kind")
@click.argument("amount")
@click.option("--domain", default="", help="A domain of the charter; may be left out if there is one.")
@click.option("--by", default="", help="The contributor, if it is not you.")
@click.option("--at", type=When(), default="", help="When: a day, or a time such as 2026-11-23T08:30:00Z. Default: now.")
@click.option("--to", default="", help="The receiver, for money and materials.")
@click.option("--process", default="", help="What the work went into.")
@click.option("--fulfills", default="", help="The commitment that it fulfils.")
@click.option("--note", default="", help="A public note: no personal data.")
@click.option("--url", multiple=True, help="Evidence: an address.")
@click.option("--commit", multiple=True, help="Evidence: a commit.")
@click.option("--file", "files", multiple=True, type=click.Path(exists=True, dir_okay=False), help="Evidence: the SHA-256 of this file.")
@click.option("--repayment", default="", help="while_it_lasts, until_repaid, once or never.")
@click.option("--idempotency-key", default="", help="A request that is sent again with the same key lands once.")
@session_options(acting=True)
def log_command(
    session: Session,
    kind: str,
    amount: str,
    url: tuple[str, ...],
    commit: tuple[str, ...],
    files: tuple[str, ...],
    idempotency_key: str,
    **fields: str,
) -> None:
    """Log a contribution: AMOUNT of a KIND of the charter, in the unit of the kind. A claim, until peers validate it.

    \b
    commonhold log work 3.5 --domain firmware --note "Traced the reset loop" --as Ana
    commonhold log expense 49.90 --domain hardware --file receipt.pdf --repayment until_repaid
    """
    from ..contributions.commands import LogParams
    from ..contributions.entries import Evidence

    evidence = [Evidence(type="url", value=value) for value in url] + [Evidence(type="commit", value=value) for value in commit]
    for name in files:
        with Path(name).open("rb") as file:
            evidence.append(Evidence(type="sha256", value=hashlib.file_digest(file, "sha256").hexdigest(), source=name.rpartition("/")[2]))
    done = session.act("contribution.log", LogParams(kind=kind, amount=amount, evidence=evidence, **fields), idempotency_key)
    said = f"Logged as entry {done['position']}. It counts when peers have validated it: commonhold validate {done['position']} --as PEER"
    session.answer(done, said, dry="It can be logged.")


COLUMNS = ("position", "hasPointInTime", "contributor", "kind", "domain", "claimed", "counted", "unit", "state", "repayment", "id")


STATES = ("claimed", "appealed", "validated", "refused", "withdrawn")
TOTALS = ("kind", "unit", "state", "count", "claimed", "counted")
NARROWED = "No contributions like this."
LINES_SHOWN = 50
NOTE_SHOWN = 44


@click.command("contributions")
@click.argument("entry", required=False)
@click.option("--state", type=click.Choice(STATES), help="In this state only.")
@click.option("--kind", default="")
@click.option("--domain", default="")
@click.option("--agent", help="Of this contributor.")
@click.option("--batch", type=click.IntRange(0, INTEGER_MAX), help="Of the import that began with this entry.")
@click.option("--limit", type=click.IntRange(1, INTEGER_MAX), help=f"So many, the newest.  [default for people: {LINES_SHOWN}]")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV.")
@click.option("--jsonl", is_flag=True, help="One JSON object a line.")
@click.option("--totals", is_flag=True, help="Only how many of each kind, and what they add up to.")
@session_options()
def contributions_command(
    session: Session,
    entry: str | None,
    state: str | None,
    kind: str,
    domain: str,
    agent: str | None,
    batch: int | None,
    limit: int | None,
    as_csv: bool,
    jsonl: bool,
    totals: bool,
) -> None:
    """List contributions, newest first; or show one, by its ENTRY, with all that peers said of it.

    \b
    commonhold contributions --state claimed --kind code
    commonhold contributions 17
    commonhold contributions --csv > contributions.csv
    """
    from ..contributions import queries

    if entry is not None:
        if any((state, kind, domain, agent, batch, limit, as_csv, jsonl, totals)):
            raise click.UsageError("One contribution, or a list by these options: one of the two.")
        show_contribution(session, entry)
        return
    number = number_of(session, agent) if agent else None
    people = not (session.as_json or as_csv or jsonl)
    shown = limit or (LINES_SHOWN if people else None)
    only = queries.Filter(state=state or "", kind=kind, domain=domain, agent=number, batch=batch, limit=shown)
    if totals and limit:
        raise click.UsageError("Totals are of all that fits: --limit cuts lists only.")
    if totals:
        _totals(session, only, as_csv=as_csv, jsonl=jsonl)
    elif people:
        _list(session, only)
    else:
        _write(session, only, as_csv=as_csv, jsonl=jsonl)


def _totals(session: Session, only: Filter, *, as_csv: bool, jsonl: bool) -> None:
    from ..contributions import queries

    with session.node.read() as transaction:
        found = queries.totals(transaction, session.commons, only)
    if as_csv or jsonl:
        _write_lines(found, TOTALS, as_csv=as_csv)
        return
    rows = [(line["kind"], line["state"], line["count"], line["claimed"], line["counted"], line["unit"]) for line in found]
    titles = ("kind", "state", "count", "claimed", "counts", "unit")
    empty = NARROWED if narrowed(only) else "No contributions yet. See: commonhold log --help"
    session.answer({"totals": found}, lambda: table(titles, rows, "234", empty=empty))


def narrowed(only: Filter) -> bool:
    """Whether a filter leaves anything out."""
    return any((only.state, only.kind, only.domain, only.batch is not None, only.agent is not None))


def _write_lines(lines: Iterable[dict[str, Any]], columns: Sequence[str], *, as_csv: bool) -> None:
    """As CSV, or one JSON object a line."""
    import json

    if as_csv:
        writer = csv.DictWriter(sys.stdout, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
        return
    for line in lines:
        click.echo(json.dumps(line, ensure_ascii=False))


def _write(session: Session, only: Filter, *, as_csv: bool, jsonl: bool) -> None:
    """The list for programs."""
    from ..contributions import queries

    with session.node.read() as transaction:
        lines = queries.list_contributions(transaction, session.commons, only)
        if as_csv or jsonl:
            _write_lines(lines, COLUMNS, as_csv=as_csv and not jsonl)
        else:
            emit_json({"contributions": list(lines)})


def _list(session: Session, only: Filter) -> None:
    """The list for people, with how much of it is left out."""
    from ..commons.people import names
    from ..contributions import account, queries

    with session.node.read() as transaction:
        known = names(transaction, session.commons)
        lines = list(queries.list_contributions(transaction, session.commons, only))
        more = account.count(transaction, session.commons, only) - len(lines) if len(lines) == only.limit else 0
    if not lines:
        click.echo(NARROWED if narrowed(only) else "Nothing yet. Log something: commonhold log --help; or import: commonhold import --help.")
    else:
        print_contributions(lines, known, more)


def print_contributions(lines: list[dict[str, Any]], known: dict[str, str], more: int = 0) -> None:
    """A table of contributions, with what each is about where any of them says so."""
    titles = ["entry", "day", "who", "kind", "domain", "claimed", "counts", "unit", "state"]
    rows = [
        [line["position"], line["hasPointInTime"][:10], _called(line, known), line["kind"], line["domain"], line["claimed"], line["counted"],
         line["unit"], line["state"], about(line)]
        for line in lines
    ]  # fmt: skip
    if any(row[-1] for row in rows):
        titles.append("note, evidence")
    else:
        rows = [row[:-1] for row in rows]
    table(titles, rows, "056")
    if more > 0:
        note(f"… and {more} more: --limit {len(lines) + more}")


def _called(line: dict[str, Any], known: dict[str, str]) -> str:
    from ..commons.people import short

    return known.get(line["contributor"]) or known.get(line["provider"]) or short(line["contributor"])


def about(line: dict[str, Any]) -> str:
    """The note of a contribution and its evidence, on one short line."""
    evidence = line["evidence"]
    first = _shortly(evidence[0]) if evidence else ""
    more = f" +{len(evidence) - 1}" if len(evidence) > 1 else ""
    said = line["note"] or ""
    if not said:
        return _cut(first, NOTE_SHOWN - len(more)) + more
    shown = f" [{_cut(first, 16)}{more}]" if evidence else ""
    return _cut(said, NOTE_SHOWN - len(shown)) + shown


def _shortly(evidence: dict[str, Any]) -> str:
    """An address, the beginning of a commit's id, or the name of a file."""
    value: str = evidence["value"]
    if evidence["type"] == "commit":
        return value[:12]
    return value if evidence["type"] == "url" else evidence["source"] or value


def _cut(text: str, length: int) -> str:
    text = printable(text)
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def number_of(session: Session, agent: str) -> int:
    """The number of the member that a text means, behind a claimed identity too."""
    from ..sharing.queries import member_number

    id_ = session.agent(agent)
    with session.node.read() as transaction:
        return member_number(transaction, session.commons, id_)
