"""`/{commons}/contributions/…`: the contributions, filtered by what stands in the address, and each one by itself."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode, urlsplit

from ...commons.queries import charter_section, commons_section, find_agent
from ...contributions.charter import Validation, kinds_in_force
from ...contributions.queries import Filter, appeals, attestations, list_contributions
from ...node import overview
from ...problems import bad_input, not_found
from ...sharing.queries import member_number
from ...store.transaction import Transaction
from ..labels import STATES
from ..pages import Table, Values, page

ROWS = 50
_FILTERS = ("state", "kind", "domain", "agent", "batch")


def _present(values: Values) -> Values:
    given = {name: value for name, value in values["filter"].items() if value}
    removed = {name: "?" + urlencode({other: value for other, value in given.items() if other != name}) for name in given}
    onward = "?" + urlencode(given | {"before": values["before"]}) if values["before"] else ""
    return {"states": list(STATES), "removed": removed, "onward": onward}


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
    names = overview.public_names(transaction, commons)
    found = [one | {"name": overview.called(names, one["contributor"])} for one in list_contributions(transaction, commons, only)]
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
    """Verdicts and appeals together, in the order in which they were said."""
    said = [*values["attestations"], *(one | {"verdict": "appeal", "how": "attested"} for one in values["appeals"])]
    links = [commit_url(one) for one in values["evidence"]]
    return {"said": sorted(said, key=lambda one: (one["entry"], one["round"])), "commitUrls": links}


@page("contribution.html", _present_one)
def contribution(request: Any, transaction: Transaction, commons: str, position: str) -> Values:
    """One contribution: what was said, where it can be looked at, and what peers think of it."""
    section = commons_section(transaction, commons)
    found = next(list_contributions(transaction, commons, Filter(before=int(position) + 1, limit=1)), None)
    if found is None or found["position"] != int(position):
        raise not_found("contributions.unknown", f"Entry {int(position)} is no contribution.", "entry")
    names = overview.public_names(transaction, commons)
    known = find_agent(transaction, commons, found["provider"])
    said = [one | {"name": overview.called(names, one["agent"])} for one in attestations(transaction, commons, found["position"])]
    asked = [one | {"name": overview.called(names, one["agent"])} for one in appeals(transaction, commons, found["position"])]
    kinds = {name: kind.label for name, kind in kinds_in_force(transaction, commons).items()}
    quorum = charter_section(transaction, commons, "validation", Validation).quorum
    agreed = sum(one["verdict"] != "refuse" and one["round"] == len(asked) for one in said)
    return found | {
        "needed": max(quorum + len(asked) - agreed, 0) if found["state"] in ("claimed", "appealed") else 0, "appeals": asked,
        "commons": commons, "commonsName": section.name, "notice": section.notice, "name": overview.called(names, found["contributor"]),
        "providerType": known.type if known else "", "attestations": said, "kinds": kinds,
    }  # fmt: skip
