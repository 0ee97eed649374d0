"""Checking a charter before anything is done with it."""

from __future__ import annotations

from ..commons.charter import check_charter
from ..problems import Refused
from .composition import CHARTER_SECTIONS


def require_charter(text: str) -> None:
    """Raise `Refused` with every problem of a charter, each with line and field."""
    problems = check_charter(text, CHARTER_SECTIONS)
    if problems:
        raise Refused(*problems)
