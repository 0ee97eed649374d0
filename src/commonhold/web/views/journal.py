"""`/{commons}/journal/…`: every entry as a sentence, and each by itself, with its signature and its place in the tree."""

from __future__ import annotations

import json
from typing import Any

from ...commons.people import short
from ...commons.queries import commons_section
from ...contributions.charter import kinds_in_force
from ...journal.head import latest_checkpoint, read_head
from ...journal.kinds import time_text
from ...node.journal_pages import NAMED_MAX, Asked, authors_called, entries_page, entry_at, named_entries
from ...problems import bad_input
from ...store.transaction import Transaction
from ..addresses import at
from ..asked import asked_number, asked_text, narrowed
from ..journal_fields import fields_of
from ..journal_picture import way_up
from ..journal_words import KINDS, PACKAGES, sentence
from ..pages import Table, Values, page

ROWS = 40
_COLUMNS = ("position", "created", "kind", "author", "authorName", "sentence", "id")


def _present(values: Values) -> Values:
    commons, kind, author = values["commons"], values["filter"]["kind"], values["filter"]["author"]
    words = {"kind": KINDS.get(kind) or PACKAGES.get(kind, kind), "author": values["names"].get("Agent", {}).get(author) or short(author)}
    filters = narrowed(commons, "journal", values["filter"], words, before=values["before"])
    told = [sentence(one, commons, values, values["kindLabels"]) for one in values["entries"]]
    packages = {name: [kind for kind in KINDS if kind.partition(".")[0] == name] for name in PACKAGES}
    newest = at(commons, "journal", **filters["given"]) if values["from"] is not None else ""
    return filters | {"newest": newest, "told": told, "kindNames": KINDS, "packages": packages, "packageNames": PACKAGES}


@page("journal/list.html", _present, table=Table("entries", _COLUMNS, ("position",)))
def journal(request: Any, transaction: Transaction, commons: str) -> Values:
    """A page of the journal, newest entry first."""
    section, head = commons_section(transaction, commons), read_head(transaction, commons)
    kind, author = asked_text(request, "kind", 60), asked_text(request, "author", 120)
    if kind and kind not in KINDS and kind not in PACKAGES:
        raise bad_input("web.bad_filter", "The filter kind knows no such value.", "kind")
    before = asked_number(request, "before")
    found = entries_page(transaction, commons, Asked(kind, _author(transaction, commons, author), before, ROWS))
    known = named_entries(transaction, commons, found.entries)
    labels = _kind_labels(transaction, commons)
    for entry in found.entries:
        entry["sentence"] = sentence(entry, commons, known, labels).striptags()
    return known | {
        "commons": commons, "commonsName": section.name, "notice": section.notice, "origin": head.origin, "size": head.frontier.size,
        "time": time_text(head.time), "checkpoint": latest_checkpoint(transaction, commons), "verifierKey": head.vkey, "kindLabels": labels,
        "filter": {"kind": kind, "author": author}, "entries": found.entries, "from": before, "before": found.onward, "lookedAt": found.looked_at,
        "filled": found.filled,
    }  # fmt: skip


def _author(transaction: Transaction, commons: str, asked: str) -> str:
    found = authors_called(transaction, commons, asked) if asked else [""]
    if len(found) != 1:
        problem = "Several are called so: ask by id." if found else "Nobody of this id or public name is known here."
        raise bad_input("web.bad_filter", problem, "author")
    return found[0]


def _present_one(values: Values) -> Values:
    fields, left_out = fields_of(values["body"], values["commons"], values["names"], values["refs"])
    return {
        "told": sentence(values, values["commons"], values, values["kindLabels"]), "kindName": KINDS.get(values["kind"], values["kind"]),
        "fields": fields, "leftOut": left_out, "pretty": json.dumps(json.loads(values["raw"]), ensure_ascii=False, indent=2),
        "picture": way_up(values["position"], values["tree"]),
    }  # fmt: skip


@page("journal/entry.html", _present_one)
def entry(request: Any, transaction: Transaction, commons: str, position: str) -> Values:
    """One entry: what it says, who signed it, and where it stands in the tree."""
    section = commons_section(transaction, commons)
    found = entry_at(transaction, commons, int(position))
    known = named_entries(transaction, commons, [found], NAMED_MAX)
    labels = _kind_labels(transaction, commons)
    said = sentence(found, commons, known, labels).striptags()
    return found | known | {"commons": commons, "commonsName": section.name, "notice": section.notice, "kindLabels": labels, "sentence": said}


def _kind_labels(transaction: Transaction, commons: str) -> dict[str, str]:
    return {name: kind.label for name, kind in kinds_in_force(transaction, commons).items()}
