"""`/{commons}/log/`: "On Monday I did 3 hours of work …", with links and files that show it; and the former one once more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponseRedirect
from django.views.decorators.http import require_safe

from ...commons.queries import commons_section, find_agent
from ...contributions.charter import kinds_in_force
from ...contributions.commands import LogParams
from ...contributions.entries import Evidence
from ...contributions.evidence_files import FILE_BYTES_MAX, FILES_MAX, given_by
from ...contributions.queries import Filter, list_contributions
from ...flows.store import find_record
from ...flows.vocabulary import Commitment
from ...node.evidence import keep_files, log_with_files
from ...node.flow_pages import agent_choices
from ...node.my_work import last_ones
from ...problems import Forbidden, bad_input, not_found
from ...store.transaction import Transaction
from ..asked import asked_number, asked_text
from ..form_choices import CHOICES_MAX, records_to_choose
from ..forms import Answer, Entered, Form, Sent, Shown
from ..labels import label
from ..member import Member
from ..pages import Values

Path = Mapping[str, str]
LINK_LONGEST = 300
LINKS_MAX = 10
EARLIEST = date(1900, 1, 1)
_AHEAD = timedelta(hours=14)
"""So much earlier than in UTC does a day begin in some places."""


def promised(request: Any, transaction: Transaction, commons: str) -> Commitment | None:
    """The promise that the address names, of which something was done."""
    known = find_record(transaction, commons, "Commitment", asked_text(request, "fulfills"))
    found = known.record() if known is not None and not known.deleted else None
    return found if isinstance(found, Commitment) else None


def _begin(request: Any, transaction: Transaction, commons: str, member: Member, path: Path) -> Entered:
    """Today, and whatever was the same last time; all that a former contribution said, if the address asks to repeat it."""
    repeated = asked_number(request, "repeat")
    last = _own(transaction, commons, member, repeated)
    kinds, domains = kinds_in_force(transaction, commons), commons_section(transaction, commons).domains
    kind = last["loggedKind"] if last and last["loggedKind"] in kinds else next(iter(kinds), "")
    found = {
        "day": _day(request.node.now()).isoformat(), "kind": kind, "domain": last["domain"] if last and last["domain"] in domains else domains[0],
        "process": asked_text(request, "process"),
    }  # fmt: skip
    if last is not None and repeated is not None:
        links = [one["value"] for one in last["evidence"] if one["type"] == "url" and one["value"].startswith("https://")]
        found |= {"amount": last["claimed"], "process": last["process"] or "", "note": last["note"] or "", "links": "\n".join(links)}
    promise = promised(request, transaction, commons)
    if promise is not None:
        found |= {"fulfills": promise.id, "process": promise.inputOf or promise.outputOf or "", "to": promise.receiver or ""}
    return found


def _own(transaction: Transaction, commons: str, member: Member, position: int | None) -> Values | None:
    """A contribution of the member, by its entry; the last one, if none is named.

    Raises:
        NotFound: `contributions.unknown`: none of theirs has this number.
    """
    agent = find_agent(transaction, commons, member.agent)
    before = None if position is None else position + 1
    found = None if agent is None else next(list_contributions(transaction, commons, Filter(agent=agent.number, before=before, limit=1)), None)
    if position is not None and (found is None or found["position"] != position):
        raise not_found("contributions.unknown", f"Entry {position} is no contribution of yours.", "repeat")
    return found


def _context(transaction: Transaction, commons: str, member: Member, path: Path, values: Entered) -> Values:
    kinds = kinds_in_force(transaction, commons)
    return {
        "kinds": [(name, label("unit", one.unit), one.label) for name, one in kinds.items()], "kindNames": {n: k.label for n, k in kinds.items()},
        "domains": commons_section(transaction, commons).domains,
        "processes": records_to_choose(transaction, commons, "Process", values.get("process", "")),
        "agents": agent_choices(transaction, commons, CHOICES_MAX), "recent": last_ones(transaction, commons, member.agent),
        "filesMax": FILES_MAX, "megabytes": FILE_BYTES_MAX // 1_000_000,
    }  # fmt: skip


def _send(sent: Sent) -> str | Answer:
    entered = sent.values
    with sent.node.read() as transaction:
        kept = given_by(transaction, sent.commons, sent.member.agent, entered["kept"].split())
    params = LogParams(
        kind=entered["kind"], amount=entered["amount"].replace(",", "."), domain=entered["domain"], at=moment_of(entered["day"], sent.node.now()),
        to=entered["to"], process=entered["new_process"] or entered["process"], fulfills=entered["fulfills"], note=entered["note"],
        evidence=[
            *(Evidence(type="url", value=link) for link in links_of(entered["links"])), *(Evidence(type="sha256", value=digest) for digest in kept),
        ],
    )  # fmt: skip
    files = [(one.name or "", one.read(FILE_BYTES_MAX + 1)) for one in sent.files.get("files", [])]
    if not files:
        return f"/{sent.commons}/contributions/{sent.act('contribution.log', params)['position']}/?said=logged"
    try:
        done = log_with_files(sent.node, sent.commons, sent.member.agent, params, files, f"web-{sent.key}")
    except Forbidden as error:
        if error.code != "commons.no_key_here":
            raise
        return _kept_first(sent, [*kept, *keep_files(sent.node, sent.commons, sent.member.agent, files)])
    return f"/{sent.commons}/contributions/{done['position']}/?said=logged"


def _kept_first(sent: Sent, kept: list[str]) -> Answer:
    """The form once more, with its files kept: who signs in the browser does so next, and files are not sent a second time."""
    values = sent.values | {"kept": " ".join(dict.fromkeys(kept))}
    with sent.node.read() as transaction:
        more = _context(transaction, sent.commons, sent.member, sent.path, values)
    return Answer("contributing/log.html", more | {"form": Shown(values, key=sent.key)})


def _day(now: int) -> date:
    return datetime.fromtimestamp(now, UTC).date()


def moment_of(text: str, now: int) -> str:
    """When it was, for a day of a form: its noon (UTC), as in sheets; nothing for today, which is the present.

    Somebody whose day begins before that of UTC may name it too.

    Raises:
        BadInput: `web.bad_day`.
    """
    try:
        day = date.fromisoformat(text) if text else _day(now)
    except ValueError:
        raise bad_input("web.bad_day", "Give a day, like 2026-11-23.", "day") from None
    if not EARLIEST <= day <= (datetime.fromtimestamp(now, UTC) + _AHEAD).date():
        raise bad_input("web.bad_day", f"The day is today or before, and not before {EARLIEST.isoformat()}.", "day")
    return "" if day >= _day(now) else f"{day.isoformat()}T12:00:00Z"


def links_of(text: str) -> list[str]:
    """The addresses in a text, one in a line. Nobody fetches them here.

    Raises:
        BadInput: `web.bad_link`: not https, too long, too many, or with a password in it, which would stand in the journal for ever.
    """
    links = list(dict.fromkeys(line.strip() for line in text.split("\n") if line.strip()))
    if len(links) > LINKS_MAX:
        raise bad_input("web.bad_link", f"At most {LINKS_MAX} links.", "links")
    for link in links:
        try:
            parts = urlsplit(link)
            good = parts.scheme == "https" and bool(parts.hostname) and parts.username is None and parts.port != 0
        except ValueError:
            good = False
        if not good or len(link) > LINK_LONGEST or not re.fullmatch(r"[!-~]+", link):
            problem = f"{link[:60]!r} is no link that can be kept: https://…, at most {LINK_LONGEST} characters, without blanks and passwords."
            raise bad_input("web.bad_link", problem, "links")
    return links


log = Form(
    "contributing/log.html", ("day", "amount", "kind", "domain", "note", "links", "process", "new_process", "to", "fulfills", "files", "kept"), _begin, _context, _send,
    (
        ("Quantity", "amount"), ("hasNumericalValue", "amount"), ("inputOf", "process"), ("outputOf", "process"), ("receiver", "to"), ("agent", "to"),
        ("hasPointInTime", "day"), ("fulfills", "fulfills"), ("note", "note"), ("domain", "domain"), ("kind", "kind"), ("evidence", "links"),
        ("files", "files"), ("body.event", "amount"),
    ),
    longest=4_000,
).view()  # fmt: skip


@require_safe
def former_address(request: Any, commons: str) -> Any:
    """Where the form stood before: `/{commons}/record/contribution/`."""
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(f"/{commons}/log/" + (f"?{query}" if query else ""))
