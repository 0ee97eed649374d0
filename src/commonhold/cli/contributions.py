"""`commonhold log`, `contributions`."""

from __future__ import annotations

import csv
import hashlib
import sys
from itertools import chain
from pathlib import Path
from typing import Any

import click

from .output import emit_json, table
from .session import INTEGER_MAX, Session, session_options


@click.command("log")
@click.argument("kind")
@click.argument("amount")
@click.option("--domain", default="", help="A domain of the charter; may be left out if there is one.")
@click.option("--by", default="", help="The contributor, if it is not you.")
@click.option("--at", default="", help="When: 2026-11-23T08:30:00Z. Default: now.")
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
    session.answer(
        done, f"Logged as entry {done['position']}. It counts when peers have validated it: commonhold validate {done['position']} --as PEER"
    )


COLUMNS = ("position", "hasPointInTime", "contributor", "kind", "domain", "claimed", "counted", "unit", "state", "repayment", "id")


STATES = ("claimed", "appealed", "validated", "refused", "withdrawn")


@click.command("contributions")
@click.option("--state", type=click.Choice(STATES), help="In this state only.")
@click.option("--kind", default="")
@click.option("--domain", default="")
@click.option("--agent", help="Of this contributor.")
@click.option("--batch", type=click.IntRange(0, INTEGER_MAX), help="Of the import that began with this entry.")
@click.option("--limit", type=click.IntRange(1, INTEGER_MAX), help="So many, the newest.  [default for people: 50]")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV.")
@click.option("--jsonl", is_flag=True, help="One JSON object a line.")
@click.option("--totals", is_flag=True, help="Only how many of each kind, and what they add up to.")
@session_options()
def contributions_command(
    session: Session,
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
    """List contributions, newest first.

    \b
    commonhold contributions --state claimed --kind code
    commonhold contributions --csv > contributions.csv
    """
    import json

    from ..commons.people import names, short
    from ..contributions import queries

    number = _number(session, agent) if agent else None
    people = not (session.as_json or as_csv or jsonl)
    only = queries.Filter(state=state or "", kind=kind, domain=domain, agent=number, batch=batch, limit=limit or (50 if people else None))
    with session.node.read() as transaction:
        if totals:
            found = queries.totals(transaction, session.commons)
            rows = [(line["kind"], line["state"], line["count"], line["claimed"], line["counted"], line["unit"]) for line in found]
            session.answer(
                {"totals": found},
                lambda: table(
                    ("kind", "state", "count", "claimed", "counts", "unit"), rows, "234", empty="No contributions yet. See: commonhold log --help"
                ),
            )
            return
        lines = queries.list_contributions(transaction, session.commons, only)
        if jsonl:
            for line in lines:
                click.echo(json.dumps(line, ensure_ascii=False))
        elif as_csv:
            writer = csv.DictWriter(sys.stdout, COLUMNS, extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
            writer.writerows(lines)
        elif session.as_json:
            emit_json({"contributions": list(lines)})
        else:
            known = names(transaction, session.commons)
            _print(lines, known, short)


def _print(lines: Any, known: dict[str, str], short: Any) -> None:
    first = next(lines, None)
    if first is None:
        click.echo("Nothing yet. Log something: commonhold log --help; or import: commonhold import --help.")
        return
    rows = [
        (line["position"], line["hasPointInTime"][:10], known.get(line["contributor"]) or known.get(line["provider"]) or short(line["contributor"]),
         line["kind"], line["domain"], line["claimed"], line["counted"], line["unit"], line["state"])
        for line in chain([first], lines)
    ]  # fmt: skip
    table(("entry", "day", "who", "kind", "domain", "claimed", "counts", "unit", "state"), rows, "056", empty="No contributions like this.")


def _number(session: Session, agent: str) -> int:
    from ..commons.people import find_by_name
    from ..sharing.queries import member_number

    with session.node.read() as transaction:
        return member_number(transaction, session.commons, find_by_name(transaction, session.commons, agent))
