"""`/{commons}/desk/export/…`: the journal, the books and the flows as files to take along. What is personal in them is for few."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.views.decorators.http import require_safe

from ...flows.interchange.writing import written
from ...journal.head import entries, read_head
from ...journal.static import export_static
from ...node.books import read_books, sheet
from ...node.flow_export import flow_document
from ...problems import CommonholdError, not_found, refuse
from ...sharing.payments import write_csv
from ...sharing.plaintext import beancount_text, hledger_text
from ...store.transaction import Transaction
from ..errors import error_page
from ..forms import Download, downloaded, to_sign_in
from ..member import member_of
from .payouts import require_accounts

ENTRIES_MAX = 50_000
"""Longer journals are exported on the command line, which need not hold them in memory."""


def _bounded(transaction: Transaction, commons: str) -> int:
    size = read_head(transaction, commons).frontier.size
    if size > ENTRIES_MAX:
        words = f"This journal has more than {ENTRIES_MAX:,} entries: commonhold export journal --to FOLDER."
        raise refuse("jobs.too_long_to_download", words, "what")
    return size


def _jsonl(transaction: Transaction, commons: str) -> Download:
    size = _bounded(transaction, commons)
    return Download(f"{commons}-journal.jsonl", "application/jsonl", b"".join(data + b"\n" for data in entries(transaction, commons, 0, size)))


def _static(transaction: Transaction, commons: str) -> Download:
    """The static files of the journal with its verifier key: what `commonhold verify --export` takes."""
    _bounded(transaction, commons)
    held = io.BytesIO()
    with tempfile.TemporaryDirectory(prefix="commonhold-export-") as folder, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        export_static(transaction, commons, Path(folder))
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                made.write(path, f"{commons}-journal/{path.relative_to(folder)}")
    return Download(f"{commons}-journal.zip", "application/zip", held.getvalue())


def _beancount(transaction: Transaction, commons: str) -> Download:
    return Download(f"{commons}.beancount", "text/plain; charset=utf-8", beancount_text(read_books(transaction, commons)).encode())


def _hledger(transaction: Transaction, commons: str) -> Download:
    return Download(f"{commons}.journal", "text/plain; charset=utf-8", hledger_text(read_books(transaction, commons)).encode())


def _flows(transaction: Transaction, commons: str) -> Download:
    text = written(flow_document(transaction, commons), read_head(transaction, commons).origin, "jsonld")
    return Download(f"{commons}-flows.jsonld", "application/ld+json", text.encode())


def _table(what: str) -> Callable[[Transaction, str], Download]:
    def made(transaction: Transaction, commons: str) -> Download:
        found, text = sheet(transaction, commons, what), io.StringIO(newline="")
        write_csv(text, found.columns, found.rows, found.numbers)
        return Download(f"{commons}-{what}.csv", "text/csv; charset=utf-8", text.getvalue().encode())

    return made


EXPORTS: Mapping[str, Callable[[Transaction, str], Download]] = {
    "journal": _static, "journal-lines": _jsonl, "beancount": _beancount, "hledger": _hledger, "flows": _flows,
    "contributions": _table("contributions"), "shares": _table("shares"), "payouts": _table("payouts"),
}  # fmt: skip
PRIVATE = ("payouts",)
"""Exports with names and account numbers, for those few alone who find payment files on the pages."""


@require_safe
def desk_export(request: Any, commons: str, what: str) -> Any:
    """A file."""
    try:
        with request.node.read() as transaction:
            read_head(transaction, commons)
            member = member_of(request, transaction, commons)
            if member is None:
                return to_sign_in(request, transaction, commons)
            if what not in EXPORTS:
                raise not_found("jobs.unknown_export", f"What is exported is one of {', '.join(EXPORTS)}.", "what")
            if what in PRIVATE:
                require_accounts(transaction, commons, member)
            return downloaded(EXPORTS[what](transaction, commons))
    except CommonholdError as error:
        return error_page(request, error)
