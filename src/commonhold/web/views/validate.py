"""`/{commons}/validate/`: what waits for one's word, with what shows it beside it; and many accepted at once."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponseRedirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from ...commons.queries import charter_section, commons_section, lacks_power
from ...contributions.charter import Validation, kinds_in_force
from ...contributions.commands import AttestParams
from ...contributions.entries import TARGETS_MAX
from ...contributions.evidence_files import files_here
from ...journal.elsewhere import NeedsSignature
from ...node.validating import Only, Place, count_waiting, judgeable, queue
from ...problems import BadInput, CommonholdError, Forbidden, Problem, bad_input, not_found
from ...store.transaction import Transaction
from ..asked import asked_number, asked_text, narrowed
from ..errors import error_page
from ..forms import Entered, Form, Sent, asked_to_sign
from ..member import Member, member_of
from ..pages import Table, Values, page
from ..signing import signed_in_browser
from .contribution_acts import kept_query, said_once
from .contributions import commit_url
from .flows import head_of

ROWS = 20
_COLUMNS = (
    "type", "position", "count", "contributor", "name", "kind", "domain", "claimed", "unit", "hasPointInTime", "until", "lapses", "needed", "note",
    "evidence", "label",
)  # fmt: skip
_FILTERS = ("domain", "kind", "batch")


def _after(request: Any) -> Place | None:
    text = asked_text(request, "after")
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,16}\.[0-9]{1,15}", text):
        raise bad_input("web.bad_filter", "after is a place in the queue, as its links have it.", "after")
    until, entry = text.split(".")
    return Place(int(until), int(entry))


def _present(values: Values) -> Values:
    chosen = values["filter"]
    words = {"kind": values["kinds"].get(chosen["kind"], ""), "batch": gettext("import %(batch)s") % chosen}
    filters = narrowed(values["commons"], "validate", chosen, words, after=values["next"])
    here = filters["given"] | ({"after": values["after"]} if values["after"] else {})
    ids = [f"item-{one['place']['entry']}" for one in values["items"]]
    return filters | {
        "query": "?" + urlencode(here), "following": dict(zip(ids, [*ids[1:], ""], strict=False)), "commit_url": commit_url,
        "fresh_key": partial(secrets.token_hex, 16),
    }  # fmt: skip


@page("contributing/validate.html", _present, timed=True, forms=True, table=Table("items", _COLUMNS, ("claimed",)))
def validate(request: Any, transaction: Transaction, commons: str) -> Values:
    """The queue of who is signed in; everybody else sees all that is open."""
    head = head_of(transaction, commons)
    kinds = {name: kind.label for name, kind in kinds_in_force(transaction, commons).items()}
    domains = commons_section(transaction, commons).domains
    chosen: Values = {"domain": asked_text(request, "domain"), "kind": asked_text(request, "kind"), "batch": asked_number(request, "batch")}
    for name, known in (("domain", domains), ("kind", kinds)):
        if chosen[name] and chosen[name] not in known:
            raise bad_input("web.bad_filter", f"The filter {name} knows no such value. It can be: {', '.join(known)}.", name)
    now, after = request.node.now(), _after(request)
    member = member_of(request, transaction, commons)
    agent = "" if member is None else member.agent
    only = Only(asked_text(request, "domain"), asked_text(request, "kind"), asked_number(request, "batch"))
    found = queue(transaction, commons, agent, now, only, after, ROWS + 1)
    shown = found[:ROWS]
    last = shown[-1]["place"] if len(found) > ROWS else None
    claims = [claim for one in shown for claim in ([one] if one["type"] == "contribution" else one["sample"])]
    digests = [said["value"] for claim in claims for said in claim["evidence"] if said["type"] == "sha256"]
    units = {name: kind.unit for name, kind in kinds_in_force(transaction, commons).items()}
    return head | {
        "filter": chosen, "kinds": kinds, "units": units, "domains": domains, "items": shown, "after": asked_text(request, "after"),
        "next": None if last is None else f"{last['until']}.{last['entry']}", "counts": count_waiting(transaction, commons, agent, now, only),
        "files": {digest: {"name": file.name, "size": file.size} for digest, file in files_here(transaction, commons, digests).items()} if member else {},
        "barred": [{"code": one.code, "message": one.message} for one in lacks_power(transaction, commons, agent, "validate")] if member else [],
        "drawn": bool(charter_section(transaction, commons, "validation", Validation).reviewers),
        "quorum": charter_section(transaction, commons, "validation", Validation).quorum,
    }  # fmt: skip


@require_POST
def accept_several(request: Any, commons: str) -> Any:
    """Accept those that are chosen in the queue, in one entry. What others have decided meanwhile is left out."""
    try:
        texts = request.POST.getlist("contribution")
        if not texts or len(texts) > TARGETS_MAX or not all(re.fullmatch(r"[0-9]{1,15}", text) for text in texts):
            raise BadInput(Problem("web.nothing_chosen", "Choose one contribution at least.", "contribution"))
        with request.node.read() as transaction:
            head_of(transaction, commons)
            member = member_of(request, transaction, commons)
            if member is None:
                raise Forbidden(Problem("web.not_signed_in", "You are not signed in here, or your token has ended: sign in again.", "token"))
            left = judgeable(transaction, commons, member.agent, [int(text) for text in texts])
        key = request.POST.get("key", "")
        key = key if re.fullmatch("[0-9a-f]{32}", key) else secrets.token_hex(16)
        sent = Sent(request.node, commons, member, {}, {"contributions": ",".join(texts)}, key, signed=signed_in_browser(request.POST))
        if left:
            params = AttestParams(verdict="accept", contributions=[str(position) for position in left])
            try:
                sent.act_all([("contribution.attest", params)], key=said_once(sent, "several"))
            except NeedsSignature as needed:
                return asked_to_sign(request, commons, member, needed)
    except CommonholdError as error:
        return error_page(request, error)
    return HttpResponseRedirect(f"/{commons}/validate/{kept_query(request.POST.get('queue', ''), 'accepted' if left else 'none-left')}")


def _batch(transaction: Transaction, commons: str, member: Member, number: str) -> Values:
    """What of an import waits for a member.

    Raises:
        NotFound: `contributions.unknown`, `contributions.nothing_open`.
    """
    if not transaction.value("SELECT COUNT(*) FROM batch WHERE commons = ? AND position = ?", (commons, int(number))):
        raise not_found("contributions.unknown", f"Entry {int(number)} began no import.", "batch")
    return {"batch": int(number), "waiting": count_waiting(transaction, commons, member.agent, 0, Only(batch=int(number)))["all"]}


def _begin_batch(request: Any, transaction: Transaction, commons: str, member: Member, path: Mapping[str, str]) -> Entered:
    _batch(transaction, commons, member, path["number"])
    return {}


def _batch_context(
    verdict: str, transaction: Transaction, commons: str, member: Member, path: Mapping[str, str], values: Entered
) -> Values:  # fmt: skip
    return _batch(transaction, commons, member, path["number"]) | {"verdict": verdict, "heading": str(_BATCH_HEADINGS[verdict])}


def _send_batch(verdict: str, sent: Sent) -> str:
    with sent.node.read() as transaction:
        _batch(transaction, sent.commons, sent.member, sent.path["number"])
    params = AttestParams(verdict=verdict, batch=sent.path["number"], reason=sent.values["reason"])
    sent.act_all([("contribution.attest", params)], key=said_once(sent, f"batch {verdict}"))
    return f"/{sent.commons}/validate/?said={'accepted' if verdict == 'accept' else 'refused'}"


_BATCH_HEADINGS = {"accept": _("Accept the whole import"), "refuse": _("Refuse the whole import")}
_batch_views = {
    verdict: Form(
        "contributing/batch_act.html", ("reason",), _begin_batch, partial(_batch_context, verdict), partial(_send_batch, verdict), (("reason", "reason"),)
    ).view()
    for verdict in _BATCH_HEADINGS
}  # fmt: skip


def act_on_batch(request: Any, commons: str, verdict: str, number: str) -> Any:
    """Accept or refuse all of an import that waits for one's word."""
    return _batch_views[verdict](request, commons, number=number)
