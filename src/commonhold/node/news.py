"""What is new in a commons, for its first page and its feed: what was put and decided, shared, changed, and what became valid.

Only so many entries are looked up as are told, by their places in the journal; contributions are told by the day, together.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from ..contributions.charter import kinds_in_force
from ..contributions.tallies import latest_days
from ..journal.head import commons_here
from ..journal.kinds import time_text
from ..store.transaction import Transaction
from .journal_pages import entries_at, named_entries

Plain = dict[str, Any]

COMMONS_MAX = 20
"""Of so many commons, those whose journals were written last, is told what is new on a node."""

_SOURCES = {
    "decisions": (
        "SELECT position FROM proposal WHERE commons = ? ORDER BY number DESC LIMIT ?",
        "SELECT closed FROM proposal WHERE commons = ? AND closed IS NOT NULL ORDER BY number DESC LIMIT ?",
    ),
    "distributions": ("SELECT position FROM distribution WHERE commons = ? ORDER BY number DESC LIMIT ?",),
    "charter": ("SELECT position FROM charter WHERE commons = ? ORDER BY position DESC LIMIT ?",),
}
"""What is told → where its entries stand in the journal, the newest first."""


def news(transaction: Transaction, commons: str, limit: int, only: str = "") -> Plain:
    """What is new, the newest first.

    Returns `items`, each with `what` (a name of `_SOURCES`, or `validated`), `time`, and the `entry`, or for what became valid on a day the
    `kinds` with how many; and `known` and `kindLabels`, for the sentences.

    Args:
        only: One of the names, if nothing else is to be told.
    """
    places: dict[int, str] = {}
    for what, questions in _SOURCES.items():
        if only in ("", what):
            for sql in questions:
                places |= {int(row[0]): what for row in transaction.rows(sql, (commons, limit))}
    entries = entries_at(transaction, commons, sorted(places, reverse=True)[:limit])
    items: list[Plain] = [{"what": places[entry["position"]], "time": entry["created"], "entry": entry} for entry in entries]
    if not only:
        items += _validated(transaction, commons, limit)
    labels = {name: kind.label for name, kind in kinds_in_force(transaction, commons).items()}
    told = sorted(items, key=_newest_first, reverse=True)[:limit]
    known = named_entries(transaction, commons, [item["entry"] for item in told if item["what"] != "validated"])
    return {"commons": commons, "items": told, "known": known, "kindLabels": labels}


def _newest_first(item: Plain) -> tuple[str, int]:
    """What became valid on a day is told after the day."""
    return (f"{item['time'][:10]}T24", 0) if item["what"] == "validated" else (item["time"], item["entry"]["position"])


def _validated(transaction: Transaction, commons: str, limit: int) -> list[Plain]:
    days: dict[int, dict[str, int]] = defaultdict(dict)
    for day, kind, count in latest_days(transaction, commons, limit):
        days[day][kind] = count
    return [{"what": "validated", "time": time_text(day), "kinds": kinds} for day, kinds in days.items()]


def newest_commons(transaction: Transaction) -> list[str]:
    """The commons whose journals were written last."""
    sql = "SELECT commons FROM journal_head ORDER BY time DESC, commons LIMIT ?"
    here = set(commons_here(transaction))
    return [row[0] for row in transaction.rows(sql, (COMMONS_MAX,)) if row[0] in here]
