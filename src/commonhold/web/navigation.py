"""The sections of a commons, in the order in which every page of it lists them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Section:
    """A section.

    Attributes:
        path: Its address below that of the commons. keys: What to press to go there. also: First parts of the addresses that belong to it.
    """

    path: str
    label: Any
    keys: str
    also: tuple[str, ...] = ()


SECTIONS = (
    Section("", _("Overview"), "g o"),
    Section("contributions/", _("Contributions"), "g c", ("contributions",)),
    Section("money/", _("Money"), "g m", ("money", "incomes", "distributions", "payouts", "what-if", "repayment")),
    Section("log/", _("Log work"), "g l", ("log",)),
    Section("validate/", _("Validate"), "g v", ("validate",)),
    Section("tasks/", _("Tasks"), "g t", ("tasks", "intents", "commitments", "take", "give-back")),
    Section("flows/", _("Flows"), "g f", ("flows", "events", "resources", "processes", "plans", "market", "traces", "worth", "record")),
    Section("decisions/", _("Decisions"), "g d", ("decisions", "delegation", "stewards", "standing")),
    Section("people/", _("People"), "g p", ("people", "agents")),
    Section("charter/", _("Charter"), "g h", ("charter",)),
    Section("journal/", _("Journal"), "g j", ("journal",)),
)


def section_here(path: str) -> str:
    """The path of the section that an address of a commons belongs to; nothing known: `-`.

    >>> section_here("/alder/standing/firmware/org:x/"), section_here("/alder/"), section_here("/alder/sign-in/")
    ('decisions/', '', '-')
    """
    first = path.strip("/").split("/")[1:2]
    if not first:
        return ""
    return next((one.path for one in SECTIONS if first[0] in one.also), "-")


def tab_here(tabs: Iterable[str], root: str, path: str) -> str:
    """The address of the tab that a page is at, or below; nothing, if it is below none. tabs: Paths below the root.

    >>> tab_here(("log/", "log/sheet/"), "/alder/", "/alder/log/sheet/template/"), tab_here(("log/",), "/alder/", "/alder/events/7/")
    ('/alder/log/sheet/', '')
    """
    return max((root + tab for tab in tabs if path.startswith(root + tab)), key=len, default="")
