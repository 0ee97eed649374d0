"""`/`: the commons that live here, what is new in them, and a search for all of it."""

from __future__ import annotations

from typing import Any

from ...journal.head import commons_here
from ...node.news import newest_commons, news
from ...node.overview import commons_lines
from ...store.transaction import Transaction
from ..news_words import told
from ..pages import Values, page

NEWS_SHOWN = 12
OF_EACH = 6
"""So much of each commons, at most: a busy one does not hide the others."""


def _present(values: Values) -> Values:
    """The newest of all commons together, each with the commons it is about."""
    names = {one["commons"]: one["name"] for one in values["commons"]}
    every = [(item, one["commons"], names[one["commons"]]) for one in values["news"] for item in told(one)]
    newest = sorted(every, key=lambda line: line[0].time[:10], reverse=True)[:NEWS_SHOWN]  # within a day, each commons in its own order
    return {"latest": [{"time": item.time, "said": item.said, "commons": commons, "name": name} for item, commons, name in newest]}


@page("home.html", _present)
def home(request: Any, transaction: Transaction) -> Values:
    """The commons of this node, with their key figures, and what is new in those that were at work last."""
    found = [news(transaction, name, OF_EACH) for name in newest_commons(transaction)] if commons_here(transaction) else []
    return {"commons": commons_lines(transaction), "news": found}
