"""`/{commons}/contributions/…`: the contributions, filtered by what stands in the address, and each one by itself."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from ...commons.queries import charter_section, commons_section, find_agent
from ...contributions.charter import Validation, kinds_in_force
from ...contributions.evidence_files import files_here
from ...contributions.queries import Filter, appeals, attestations, list_contributions
from ...contributions.rules import OPEN
from ...journal.kinds import time_text, unix_time
from ...node import overview
from ...node.conversation import conversation
from ...node.validating import reviewers_of
from ...problems import bad_input
from ...sharing.queries import member_number
from ...store.transaction import Transaction
from ..asked import narrowed
from ..labels import STATES, label
from ..member import Member, member_of
from ..pages import Table, Values, page
from .contribution_acts import kinds_like, possible_acts, wanted

ROWS = 50
_FILTERS = ("state", "kind", "domain", "agent", "batch")


def _present(values: Values) -> Values:
    chosen = values["filter"]
    words = {
        "agent": values["agentName"], "state": label("state", chosen["state"]), "kind": values["kinds"].get(chosen["kind"], chosen["kind"]),
        "batch": _("import %(batch)s") % chosen,
    }  # fmt: skip
    return {"states": list(STATES)} | narrowed(values["commons"], "contributions", chosen, words, before=values["before"])


_COLUMNS = ("position", "hasPointInTime", "contributor", "name", "kind", "domain", "claimed", "counted", "unit", "state")


@page("contributions.html", _present, table=Table("contributions", _COLUMNS, ("claimed", "counted")))
def contributions(request: Any, transaction: Transaction, commons: str) -> Values:
    """A page of contributions, newest entry first."""
    section = commons_section(transaction, commons)
    kinds = {name: kind.label for name, kind in kinds_in_force(transaction, commons).items()}
    chosen = {name: request.GET.get(name, "").strip() for name in _FILTERS}
    for name, value in chosen.items():
        if "\0" in value:
            raise bad_input("web.bad_filter", f"The filter {name} knows no such value.", name)
    _known("state", chosen["state"], STATES)
    _known("kind", chosen["kind"], kinds, transaction, commons, "counted_kind")
    _known("domain", chosen["domain"], section.domains, transaction, commons, "domain")
    agent = member_number(transaction, commons, chosen["agent"]) if chosen["agent"] else None
    if agent == -1:
        raise bad_input("web.bad_filter", "The filter agent asks for somebody who is not known here.", "agent")
    only = Filter(
        state=chosen["state"], kind=chosen["kind"], domain=chosen["domain"], agent=agent, batch=_whole(request, "batch"),
        before=_whole(request, "before"), limit=ROWS + 1,
    )  # fmt: skip
    listed = list(list_contributions(transaction, commons, only))
    names = overview.public_names(transaction, commons, {one["contributor"] for one in listed} | ({chosen["agent"]} - {""}))
    found = [one | {"name": overview.called(names, one["contributor"])} for one in listed]
    return {
        "commons": commons, "commonsName": section.name, "notice": section.notice, "domains": section.domains, "kinds": kinds, "filter": chosen,
        "agentName": overview.called(names, chosen["agent"]) if chosen["agent"] else "", "contributions": found[:ROWS],
        "before": found[ROWS - 1]["position"] if len(found) > ROWS else None,
    }  # fmt: skip


def _known(
    name: str, value: str, known: Collection[str], transaction: Transaction | None = None, commons: str = "", column: str = ""
) -> None:  # fmt: skip
    """Refuse what no contribution can be: neither the charter in force nor any contribution made under an earlier one knows it."""
    if not value or value in known:
        return
    sql = f"SELECT COUNT(*) FROM (SELECT 1 FROM contribution WHERE commons = ? AND {column} = ? LIMIT 1) t"
    if transaction is None or not transaction.value(sql, (commons, value)):
        raise bad_input("web.bad_filter", f"The filter {name} knows no such value. It can be: {', '.join(known)}.", name)


def _whole(request: Any, name: str) -> int | None:
    text = request.GET.get(name, "").strip()
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,15}", text):
        raise bad_input("web.bad_filter", f"{name} is the number of an entry.", name)
    return int(text)


def commit_url(evidence: Values) -> str:
    """Where a commit can be looked at, if its source is the address of a repository on a forge; else nothing.

    GitHub, GitLab, Gitea and Forgejo all know `/commit/ID` below the address of the repository.
    """
    if evidence["type"] != "commit" or not re.fullmatch(r"[0-9a-f]{7,64}", evidence["value"]):
        return ""
    source = evidence.get("source", "")
    try:
        parts = urlsplit(source)
    except ValueError:
        return ""
    plain = re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+){2,}/?", source)
    if not plain or not parts.hostname:
        return ""
    return f"{source.rstrip('/').removesuffix('.git')}/commit/{evidence['value']}"


def _present_one(values: Values) -> Values:
    return {"commit_url": commit_url, "fresh_key": partial(secrets.token_hex, 16)}


@page("contribution.html", _present_one, timed=True, forms=True)
def contribution(request: Any, transaction: Transaction, commons: str, position: str) -> Values:
    """One contribution: what was said, where it can be looked at, and what peers think of it; for members, what they can say of it."""
    section = commons_section(transaction, commons)
    found = wanted(transaction, commons, position)
    known = find_agent(transaction, commons, found["provider"])
    said, asked = attestations(transaction, commons, found["position"]), appeals(transaction, commons, found["position"])
    names = overview.public_names(transaction, commons, [found["contributor"], *(one["agent"] for one in (*said, *asked))])
    said, asked = ([one | {"name": overview.called(names, one["agent"])} for one in some] for some in (said, asked))
    kinds = {name: kind.label for name, kind in kinds_in_force(transaction, commons).items()}
    validation = charter_section(transaction, commons, "validation", Validation)
    agreed = sum(one["verdict"] != "refuse" and one["round"] == len(asked) for one in said)
    is_open = found["state"] in OPEN
    objected = any(one["verdict"] != "accept" for one in said)
    lapses = unix_time(found["logged"]) + validation.lazy_days * 86_400
    digests = [one["value"] for one in found["evidence"] if one["type"] == "sha256"]
    member = member_of(request, transaction, commons)
    return found | {
        "needed": max(validation.quorum + len(asked) - agreed, 0) if is_open else 0, "appeals": asked,
        "commons": commons, "commonsName": section.name, "notice": section.notice, "name": overview.called(names, found["contributor"]),
        "providerType": known.type if known else "", "attestations": said, "kinds": kinds,
        "conversation": conversation(transaction, commons, found["position"]),
        "reviewers": reviewers_of(transaction, commons, found["position"], len(asked)) if is_open else [],
        "lapses": time_text(lapses) if validation.lazy_days and found["state"] == "claimed" and not objected else None,
        "files": _files(transaction, commons, digests, member),
        "possible": [] if member is None else possible_acts(transaction, commons, found, member.agent, request.node.now()),
        "own": member is not None and member.agent == found["contributor"], "like": kinds_like(transaction, commons, found),
    }  # fmt: skip


def _files(transaction: Transaction, commons: str, digests: list[str], member: Member | None) -> Values:
    """What is known of files by their digest, as far as one may know it: their names are for members."""
    found = files_here(transaction, commons, digests)
    if member is None:
        return {digest: {"size": file.size} for digest, file in found.items()}
    return {digest: {"name": file.name, "size": file.size, "own": file.agent == member.agent} for digest, file in found.items()}
