"""Keeps totals of contributions up to date with every entry, so that no page adds up a whole journal.

`tally_month` and `tally_agent` have one line for each sort of contribution: by month of the work, and by who did it in which
field. Sums that may need more than 64 bits are kept in two parts, billions and rest. `tally_day` says how many became valid on
which day. `contributor` has everybody who has contributed, as persons: an identity that somebody claimed is that member.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from ..journal.kinds import time_text
from ..store.transaction import Transaction

BASE = 10**9
DAY = 86_400
_BY_MONTH = (
    "INSERT INTO tally_month VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (commons, month, kind, unit, state) DO UPDATE SET"
    " contributions = tally_month.contributions + EXCLUDED.contributions, billions = tally_month.billions + EXCLUDED.billions,"
    " rest = tally_month.rest + EXCLUDED.rest"
)
_BY_AGENT = (
    "INSERT INTO tally_agent VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (commons, agent, domain, kind, unit, state) DO UPDATE SET"
    " contributions = tally_agent.contributions + EXCLUDED.contributions, billions = tally_agent.billions + EXCLUDED.billions,"
    " rest = tally_agent.rest + EXCLUDED.rest"
)
_BY_DAY = (
    "INSERT INTO tally_day VALUES (?, ?, ?, ?) ON CONFLICT (commons, day, kind) DO UPDATE SET"
    " contributions = tally_day.contributions + EXCLUDED.contributions"
)


class Tallied(NamedTuple):
    """What of a contribution is counted. Times are unix seconds.

    Attributes:
        agent: Number of the provider, as it was recorded. at: When it was done. decided: When its state was. counted: In millionths.
    """

    agent: int
    domain: str
    kind: str
    unit: str
    state: str
    at: int
    decided: int | None
    counted: int


def tally(transaction: Transaction, commons: str, one: Tallied, sign: int = 1) -> None:
    """Count a contribution (sign 1), or count it no longer (-1)."""
    agent, domain, kind, unit, state, at, decided, counted = one
    billions, rest = divmod(counted, BASE)
    change = (sign, billions, rest) if sign == 1 else (sign, sign * billions, sign * rest)
    transaction.add(_BY_MONTH, (commons, month_of(at // DAY), kind, unit, state), change)
    transaction.add(_BY_AGENT, (commons, agent, domain, kind, unit, state), change)
    if state == "validated" and decided is not None:
        transaction.add(_BY_DAY, (commons, decided // DAY, kind), (sign,))


@lru_cache(maxsize=10_000)
def month_of(day: int) -> int:
    """The months from the year 0 to that of a day since 1970.

    >>> month_of(0) == 1970 * 12, month_of(31) == 1970 * 12 + 1
    (True, True)
    """
    year, _, rest = time_text(day * DAY)[:7].partition("-")
    return int(year) * 12 + int(rest) - 1


def contributed(transaction: Transaction, commons: str, person: int) -> None:
    """Somebody has contributed."""
    transaction.add("INSERT INTO contributor VALUES (?, ?) ON CONFLICT DO NOTHING", (commons, person), ())


def became(transaction: Transaction, commons: str, identity: int, member: int) -> None:
    """An identity turns out to be a member."""
    if transaction.execute("DELETE FROM contributor WHERE commons = ? AND agent = ?", (commons, identity)):
        contributed(transaction, commons, member)
