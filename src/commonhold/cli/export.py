"""`commonhold export`."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

import click

from .output import counted, note
from .session import Session, session_options

SHEETS = ("contributions", "shares", "payouts", "journal")
SCHEMAS = ("pain.001.001.09", "pain.001.001.11", "pain.001.001.10", "pain.001.001.03")
FILE_HELP = "Write to this file; - is standard output, the default."
NAMES_HELP = "With the names of persons; the file is then personal data."


@click.group("export")
def export_command() -> None:
    """Journal, books, tables and payment files."""


@export_command.command("journal")
@click.option("--to", "folder", required=True, type=click.Path(file_okay=False), help="The folder; what is there is brought up to date.")
@session_options()
def journal(session: Session, folder: str) -> None:
    """Write the journal as static files that anybody can serve, copy and verify.

    \b
    commonhold export journal --to public/journal
    """
    from ..journal.head import read_head
    from ..journal.static import export_static

    with session.node.read() as transaction:
        vkey = read_head(transaction, session.commons).vkey
        entries, files = export_static(transaction, session.commons, Path(folder))
    said = f'{counted(entries, "entry", "entries")} in {counted(files, "file")}.\nVerifier key: {vkey}\nNext: commonhold verify --export {folder} --vkey "{vkey}"'
    session.answer({"folder": folder, "entries": entries, "files": files, "verifierKey": vkey}, said)


@export_command.command("valueflows")
@click.option("--turtle", is_flag=True, help="As Turtle.")
@click.option("-o", "--output", "file", metavar="FILE", help=FILE_HELP)
@click.option("--names", "named", is_flag=True, help=NAMES_HELP)
@session_options()
def valueflows(session: Session, turtle: bool, file: str | None, named: bool) -> None:
    """Write all flows as JSON-LD, as Turtle, or (--json) as the plain document that `import valueflows` takes.

    \b
    commonhold export valueflows -o flows.jsonld
    commonhold export valueflows --turtle -o flows.ttl
    commonhold export valueflows --json > flows.json
    """
    from ..flows.interchange.writing import written
    from ..journal.head import read_head
    from ..node.flow_export import flow_document

    with session.node.read() as transaction:
        document = flow_document(transaction, session.commons, named=named)
        origin = read_head(transaction, session.commons).origin
    if session.as_json and not file and not turtle:
        session.answer(document, "")
        return

    def write(stream: TextIO) -> dict[str, Any]:
        stream.write(written(document, origin, "document" if session.as_json and not turtle else "turtle" if turtle else "jsonld"))
        return {key: len(items) for key, items in document.items()}

    _deliver(session, file, write, private=named)


@export_command.command("beancount")
@click.option("-o", "--output", "file", metavar="FILE", help=FILE_HELP)
@click.option("--names", "named", is_flag=True, help=NAMES_HELP)
@session_options()
def beancount(session: Session, file: str | None, named: bool) -> None:
    """Write the books as a Beancount file, with assertions of the balances.

    \b
    commonhold export beancount -o books.beancount && bean-check books.beancount
    """
    from ..sharing.plaintext import beancount_text

    _books(session, file, beancount_text, named)


@export_command.command("hledger")
@click.option("-o", "--output", "file", metavar="FILE", help=FILE_HELP)
@click.option("--names", "named", is_flag=True, help=NAMES_HELP)
@session_options()
def hledger(session: Session, file: str | None, named: bool) -> None:
    """Write the books as an hledger journal, with assertions of the balances.

    \b
    commonhold export hledger -o books.journal && hledger -f books.journal check --strict
    """
    from ..sharing.plaintext import hledger_text

    _books(session, file, hledger_text, named)


def _books(session: Session, file: str | None, render: Callable[[Any], str], named: bool) -> None:
    from ..node.books import read_books

    with session.node.read() as transaction:
        books = read_books(transaction, session.commons, named=named)

    def write(stream: TextIO) -> dict[str, Any]:
        stream.write(render(books))
        return {"transactions": len(books.transactions), "accounts": len(books.accounts()), "balances": len(books.closing)}

    _deliver(session, file, write, private=named)


@export_command.command("csv")
@click.option("--what", type=click.Choice(SHEETS), default="payouts", show_default=True)
@click.option("--distribution", type=int, help="Only of this distribution (shares, payouts).")
@click.option("-o", "--output", "file", metavar="FILE", help=FILE_HELP)
@click.option("--names", "named", is_flag=True, help=NAMES_HELP + " Payouts always have them, and account numbers.")
@session_options()
def csv(session: Session, what: str, distribution: int | None, file: str | None, named: bool) -> None:
    """Write a table as CSV, safe to open in a spreadsheet.

    \b
    commonhold export csv --what payouts --distribution 1 -o payouts.csv
    """
    from ..node.books import sheet
    from ..sharing.payments import write_csv

    with session.node.read() as transaction:
        found = sheet(transaction, session.commons, what, distribution, named=named)

        def write(stream: TextIO) -> dict[str, Any]:
            return {"what": what, "rows": write_csv(stream, found.columns, found.rows, found.numbers)}

        _deliver(session, file, write, private=named or what == "payouts")


@export_command.command("sepa")
@click.option("--distribution", type=int, required=True)
@click.option("--debtor-name", required=True, help="Whose account the money goes from.")
@click.option("--debtor-iban", required=True)
@click.option("--debtor-bic", default="", help="Not needed within SEPA.")
@click.option("--on", "execute", type=click.DateTime(["%Y-%m-%d"]), help="The day of payment. Default: today.")
@click.option("--schema", type=click.Choice(SCHEMAS), default=SCHEMAS[0], show_default=True, help="The version of the message that your bank takes.")
@click.option("-o", "--output", "file", metavar="FILE", help=FILE_HELP)
@session_options()
def sepa(
    session: Session,
    distribution: int,
    debtor_name: str,
    debtor_iban: str,
    debtor_bic: str,
    execute: datetime | None,
    schema: str,
    file: str | None,
) -> None:
    """Write a SEPA credit transfer (pain.001) for what is still owed of a distribution. Nothing is recorded as paid.

    \b
    commonhold export sepa --distribution 1 --debtor-name "Alder Foundation" --debtor-iban DE89370400440532013000 -o pay.xml
    """
    from ..commons.people import short
    from ..measure import format_money
    from ..node.books import read_credit_transfer
    from ..sharing.payments import REASONS, Debtor

    debtor = Debtor(name=debtor_name, iban=debtor_iban, bic=debtor_bic)
    found, transfer = read_credit_transfer(session.node, session.commons, distribution, debtor, schema, execute.date() if execute else None)
    left_out = [
        {"agent": payee.agent, "name": payee.name, "amount": format_money(payee.owed, found.currency), "reason": reason}
        for payee, reason in transfer.left_out
    ]
    counts = {"payments": len(transfer.paid), "amount": format_money(transfer.total, found.currency), "currency": found.currency}

    def write(stream: TextIO) -> dict[str, Any]:
        stream.write(transfer.xml.decode() + "\n")
        return counts | {"messageId": transfer.message, "schema": schema, "leftOut": left_out}

    _deliver(session, file, write, private=True)
    if not session.as_json:
        held = [payee.owed for payee, reason in transfer.left_out if reason == "held"]
        if held:
            money = f"{format_money(sum(held), found.currency)} {found.currency}"
            whose = counted(len(held), "identity", "identities")
            note(f"Left out: {money} of {whose} that nobody has claimed. See: commonhold identity list --unclaimed")
        for payee, reason in transfer.left_out:
            if reason == "held":
                continue
            owed = format_money(payee.owed, found.currency)
            note(f"Left out: {payee.name or short(payee.agent)}, {owed} {found.currency}: {REASONS[reason]}.")
        to = "".join(f" --to {payee.agent}" for payee in transfer.paid) if left_out else ""
        note(
            f"Payments: {counts['payments']}, together {counts['amount']} {found.currency}. When the bank has paid: commonhold share pay {found.number}{to}"
        )


def _deliver(session: Session, file: str | None, write: Callable[[TextIO], dict[str, Any]], *, private: bool) -> None:
    """Write to a file or to standard output; with --json tell of it, with the text inside if it has no file."""
    if file in (None, "-"):
        if not session.as_json:
            write(sys.stdout)
            return
        held = io.StringIO(newline="")
        counts = write(held)
        session.answer({"file": None} | counts | {"text": held.getvalue()}, "")
        return
    assert file is not None
    with _replaced(Path(file), private=private) as stream:
        counts = write(stream)
    if session.as_json:
        session.answer({"file": file} | counts, "")
    else:
        told = ", ".join(
            counted(value, name.removesuffix("es") if name.endswith("sses") else name.removesuffix("s"), name)
            for name, value in counts.items()
            if isinstance(value, int)
        )
        note(f"{file}: {told}." + (" It holds personal data; only you can read it." if private else ""))


@contextmanager
def _replaced(path: Path, *, private: bool) -> Iterator[TextIO]:
    """A file that is there whole or not at all; of mode 0600 if private. What is no plain file is written as it is."""
    path = path.resolve()
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        return
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
