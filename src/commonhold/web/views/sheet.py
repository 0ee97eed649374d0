"""`/{commons}/log/sheet/`: a sheet of hours, looked at row by row before anything of it is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ...commons.queries import commons_section
from ...contributions.charter import kinds_in_force
from ...node.sheets import BYTES_MAX, ROWS_MAX, check_sheet, record_sheet
from ...problems import CommonholdError, bad_input
from ...sharing.payments import write_csv
from ...store.transaction import Transaction
from ..errors import error_page
from ..forms import Answer, Entered, Form, Sent
from ..labels import label
from ..member import Member
from ..pages import Values

COLUMNS = ("at", "kind", "amount", "domain", "note", "url")
"""Columns of the sheet to begin with."""
LABEL_LONGEST = 100


def _begin(request: Any, transaction: Transaction, commons: str, member: Member, path: Mapping[str, str]) -> Entered:
    return {"label": _("Hours")}


def _context(transaction: Transaction, commons: str, member: Member, path: Mapping[str, str], values: Entered) -> Values:
    kinds = kinds_in_force(transaction, commons)
    return {
        "kinds": [(name, f"{one.label} ({label('unit', one.unit)})") for name, one in kinds.items()],
        "domains": commons_section(transaction, commons).domains, "bytesMax": BYTES_MAX, "rowsMax": ROWS_MAX,
    }  # fmt: skip


def _send(sent: Sent) -> str | Answer:
    values = sent.values
    data = _data(sent)
    name = values["label"] or _("Hours")
    if len(name) > LABEL_LONGEST:
        raise bad_input("web.bad_text", f"At most {LABEL_LONGEST} characters.", "label")
    constants = {field: values[field] for field in ("kind", "domain")}
    given = (sent.node, sent.commons, sent.member.agent, data, name, constants)
    if values["step"] == "record":
        done = record_sheet(*given)
        where = f"batch={done['batch']}&" if done["batch"] is not None else ""
        return f"/{sent.commons}/contributions/?{where}said=sheet-{'logged' if done['good'] else 'known'}"
    looked = check_sheet(*given)
    return Answer(
        "contributing/sheet_preview.html", looked | {"key": sent.key, "text": data.decode("utf-8-sig"), "label_": name, "constants": constants}
    )


def _data(sent: Sent) -> bytes:
    """The sheet: the file that was chosen, or else what was pasted."""
    files = sent.files.get("file", [])
    if not files:
        return sent.values["text"].encode()
    data: bytes = files[0].read(BYTES_MAX + 1)
    return data


sheet = Form(
    "contributing/sheet.html", ("label", "kind", "domain", "text", "step", "file"), _begin, _context, _send,
    (("label", "label"), ("line", "text"), ("file", "text"), ("map", "text"), ("text", "text"), ("body", "label")), longest=BYTES_MAX + 1,
).view()  # fmt: skip


@require_safe
def sheet_template(request: Any, commons: str) -> Any:
    """A sheet to fill in: a row for each kind of the charter."""
    try:
        with request.node.read() as transaction:
            domain = commons_section(transaction, commons).domains[0]
            kinds = list(kinds_in_force(transaction, commons))
    except CommonholdError as error:
        return error_page(request, error)
    text = StringIO()
    write_csv(text, COLUMNS, [("", kind, "", domain, "", "") for kind in kinds])
    headers = {"Content-Disposition": f'attachment; filename="{commons}-work.csv"'}
    return HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)
