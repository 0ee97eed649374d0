"""Would this be allowed, if somebody said it now? The rules themselves are asked, so that a page offers what they let through."""

from __future__ import annotations

from typing import Any

from ..journal.kinds import Entry
from ..problems import Problem
from ..store.transaction import Transaction
from .kinds import kinds

_KINDS = {kind.name: kind for kind in kinds()}


def objections(transaction: Transaction, commons: str, agent: str, now: int, kind: str, body: Any) -> list[Problem]:
    """What the rules would say to an entry of this kind by an agent, at a time that is not before that of the journal; nothing: they let it through.

    Args:
        agent: An id. now: Unix seconds.
    """
    row = transaction.row("SELECT size, time FROM journal_head WHERE commons = ?", (commons,))
    assert row is not None
    time = max(int(row[1]), now)
    transaction.session["time", commons] = time
    entry = Entry(commons, int(row[0]), time, "", agent, agent, now, kind, body, b"")
    asked = _KINDS[kind]
    return asked.check(asked.load(transaction, entry), entry)
