"""`/-/search/` and `/{commons}/search/`: what has some words in it, of the whole node or of one commons."""

from __future__ import annotations

from typing import Any

from ...node.news import newest_commons
from ...node.search import GROUPS, find, find_commons
from ...store.transaction import Transaction
from ..asked import asked_text
from ..pages import Values, page
from .flows import head_of

TEXT_MAX = 100
OF_EACH = 5
"""So many of each sort, and of each commons, are listed where several are searched."""


def _present(values: Values) -> Values:
    sought = [one for one in values["found"] if any(one[group] for group in GROUPS)]
    return {"sought": sought, "nothing": bool(values["q"]) and not sought and not values["commonsFound"]}


@page("search.html", _present)
def search(request: Any, transaction: Transaction, commons: str) -> Values:
    """What a commons has. See `node.search` for what is looked at."""
    head, text = head_of(transaction, commons), asked_text(request, "q", TEXT_MAX)
    return head | {"q": text, "commonsFound": [], "found": [find(transaction, commons, text)] if text else []}


@page("search.html", _present)
def search_node(request: Any, transaction: Transaction) -> Values:
    """What the commons of this node have, those first that were written last."""
    text = asked_text(request, "q", TEXT_MAX)
    found = [find(transaction, name, text, OF_EACH) for name in newest_commons(transaction)] if text else []
    return {"q": text, "commonsFound": find_commons(transaction, text), "found": found}
