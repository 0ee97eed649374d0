"""`/{commons}/desk/data/`: imports, verification and backups are begun here, and done in the background; exports are downloaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from ...commons.custody import keeps
from ...commons.queries import commons_section
from ...contributions.charter import kinds_in_force
from ...node.desk import powers_of
from ...node.money_pages import may_see_accounts
from ...problems import Forbidden, Problem, bad_input
from ...store.transaction import Transaction
from ..accounts.jobs import ask_for, last_done
from ..accounts.kinds import BACKUPS_KEPT, ROWS_MAX
from ..forms import Entered, Form, Sent
from ..labels import label
from ..member import Member
from ..pages import Values
from ..uploads import FORM_BYTES_MAX

LABEL_LONGEST = 100
IMPORTS = ("sheet", "commits")


def _begin(request: Any, transaction: Transaction, commons: str, member: Member, path: Mapping[str, str]) -> Entered:
    return {"label": ""}


def _context(transaction: Transaction, commons: str, member: Member, path: Mapping[str, str], values: Entered) -> Values:
    return {
        "kinds": [(name, f"{one.label} ({label('unit', one.unit)})") for name, one in kinds_in_force(transaction, commons).items()],
        "domains": commons_section(transaction, commons).domains, "powers": powers_of(transaction, commons, member.agent),
        "maySee": may_see_accounts(transaction, commons, member.agent),
        "keptHere": bool(keeps(transaction, commons, member.agent)), "rowsMax": ROWS_MAX, "bytesMax": FORM_BYTES_MAX,
        "backup": last_done(commons, "backup"), "backupsKept": BACKUPS_KEPT, "backupsIn": str(settings.COMMONHOLD_HOME / "backups"),
        "accountsElsewhere": connection.vendor != "sqlite",
    }  # fmt: skip


def _file(sent: Sent, name: str, *, needed: bool = True) -> bytes | None:
    files = sent.files.get(name, [])
    data: bytes = files[0].read(FORM_BYTES_MAX + 1) if files else b""
    if not data.strip():
        if needed:
            raise bad_input("imports.bad_sheet", "There is nothing in it: choose a file.", name)
        return None
    return data


def _require(sent: Sent) -> None:
    """Who imports needs the power, and a key that the node can sign with while nobody is there.

    Raises:
        Forbidden: `commons.lacks_power`, `jobs.no_key_here`.
    """
    with sent.node.read() as transaction:
        if not powers_of(transaction, sent.commons, sent.member.agent)["imports"]:
            raise Forbidden(Problem("commons.lacks_power", "The charter reserves imports to others.", "act"))
        if not keeps(transaction, sent.commons, sent.member.agent):
            words = "What is imported in the background is signed by the node for you, and you keep your key yourself: import on the command line."
            raise Forbidden(Problem("jobs.no_key_here", words, "act"))


def _send(sent: Sent) -> str:
    values, act = sent.values, sent.values["act"]
    if act in IMPORTS:
        _require(sent)
    name = values["label"] or {"sheet": _("Hours"), "commits": ""}.get(act, "")
    if len(name) > LABEL_LONGEST or "@" in name:
        raise bad_input("imports.address_in_label", f"A label stands in the journal: at most {LABEL_LONGEST} characters, and no address.", "label")
    if act == "sheet":
        given = {"constants": {field: values[field] for field in ("kind", "domain")}, "identities": values["identities"] == "yes"}
        job = ask_for(sent.commons, sent.member.agent, act, name, given, {"sheet": _file(sent, "sheet") or b""})
    elif act == "commits":
        files = {"commits": _file(sent, "commits") or b""}
        changes = _file(sent, "changes", needed=False)
        given = {"repository": values["repository"], "domain": values["domain"]}
        job = ask_for(sent.commons, sent.member.agent, act, name, given, files | ({"changes": changes} if changes is not None else {}))
    elif act in ("verify", "backup"):
        job = ask_for(sent.commons, sent.member.agent, act)
    else:
        raise bad_input("web.bad_value", "What is to be done is one of sheet, commits, verify, backup.", "act")
    return f"/{sent.commons}/desk/jobs/{job.pk}/?said=job-asked"


desk_data = Form(
    "desk/data.html", ("act", "label", "kind", "domain", "identities", "repository", "sheet", "commits", "changes"), _begin, _context, _send, longest=200,
).view()  # fmt: skip
"""See the module."""
