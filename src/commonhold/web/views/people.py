"""`/{commons}/people/`: who is here, since when, what they do and what they answer for."""

from __future__ import annotations

from typing import Any

from ...commons.queries import commons_section, find_agent, has_role
from ...node import people_pages
from ...problems import bad_input
from ...store.transaction import Transaction
from ..addresses import at
from ..asked import asked_number, asked_text, narrowed
from ..labels import SHOWS
from ..pages import Table, Values, page
from .decisions import whoever
from .flows import head_of

ROWS = 50
_COLUMNS = (
    "agent", "name", "type", "state", "rolls", "roles", "stewardOf", "since", "joined", "ended", "fields", "contributions", "validated", "kinds",
)  # fmt: skip


def _present(values: Values) -> Values:
    commons = values["commons"]
    filters = narrowed(commons, "people", values["filter"], {}, after=values["after"])
    return filters | {
        "removed": [one for one in filters["removed"] if one[0] != "show"],
        "shows": [(name, text, at(commons, "people", **({} if name == "members" else {"show": name}))) for name, text in SHOWS.items()],
    }


@page("people.html", _present, timed=True, table=Table("people", _COLUMNS, ("contributions", "validated")))
def people(request: Any, transaction: Transaction, commons: str) -> Values:
    """A page of members, or of others, in the order in which the journal first named them."""
    head, section = head_of(transaction, commons), commons_section(transaction, commons)
    chosen = {name: asked_text(request, name, 100) for name in ("show", "role", "domain", "text")}
    show = chosen["show"] or "members"
    if show not in people_pages.SHOWS:
        raise bad_input("web.bad_filter", f"show is one of {', '.join(people_pages.SHOWS)}.", "show")
    now = request.node.now()
    after = asked_number(request, "after")
    asked = people_pages.Asked(
        show, chosen["role"], chosen["domain"], chosen["text"], after=-1 if after is None else after, limit=ROWS + 1
    )  # fmt: skip
    found = people_pages.people_page(transaction, commons, asked, now)
    roles = [row[0] for row in transaction.rows("SELECT DISTINCT role FROM role WHERE commons = ? ORDER BY role", (commons,))]
    member = whoever(request, transaction, commons)
    steward = member is not None and has_role(transaction, commons, find_agent(transaction, commons, member.agent), "steward")
    return head | ({"steward": True} if steward else {}) | {
        "filter": chosen, "show": show, "roles": roles, "domains": section.domains, "people": found[:ROWS],
        "after": found[ROWS - 1]["number"] if len(found) > ROWS else None,
    }  # fmt: skip
