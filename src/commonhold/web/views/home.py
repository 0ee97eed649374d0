"""`/`: the commons that live here."""

from __future__ import annotations

from typing import Any

from ...node.overview import commons_lines
from ...store.transaction import Transaction
from ..pages import Values, page


@page("home.html")
def home(request: Any, transaction: Transaction) -> Values:
    """The commons of this node, with their key figures."""
    return {"commons": commons_lines(transaction)}
