"""What the forms of flows let people choose from."""

from __future__ import annotations

from ..commons.queries import commons_section
from ..flows.queries import list_records
from ..journal.kinds import time_text
from ..node.flow_pages import choices, name_of
from ..store.transaction import Transaction
from .labels import UNITS, label

CHOICES_MAX = 200
"""A list to choose from has so many at most, the newest; of more, an address names the one that is meant."""
Choices = list[tuple[str, str]]


def records_to_choose(transaction: Transaction, commons: str, class_: str, chosen: str = "") -> Choices:
    """(id, name) of records by name; the one that is chosen already is among them, if there is one."""
    found = choices(transaction, commons, class_, CHOICES_MAX)
    if chosen and chosen not in dict(found):
        found.append((chosen, name_of(transaction, commons, class_, chosen)))
    names = [name for _, name in found]
    told = [(id_, name if names.count(name) == 1 else f"{name} ({id_[-6:]})") for id_, name in found]
    return sorted(told, key=lambda pair: pair[1].casefold())


def units_to_choose(transaction: Transaction, commons: str) -> Choices:
    """(name, label) of the common units, those of the commons, and its currency."""
    own = [(known.id, str(getattr(known.record(), "label", known.id))) for known in list_records(transaction, commons, "Unit", limit=CHOICES_MAX)]
    currency = commons_section(transaction, commons).currency
    return [*((name, label("unit", name)) for name in UNITS), *own, (currency, currency)]


def now_to_enter(now: int) -> str:
    """The time as a form has it."""
    return time_text(now)[:16]
