"""What a verification reports."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from typing import Any

FINDINGS_MAX = 50

UNREADABLE = sqlite3.DatabaseError
"""What a damaged file raises where it is read: a text that is not UTF-8, a page that leads nowhere."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be: where, and what."""

    where: str
    what: str


@dataclass(slots=True)
class Report:
    """What was verified, and what was found."""

    commons: str
    origin: str = ""
    entries: int = 0
    signatures: int = 0
    checkpoints: int = 0
    tables: int = 0
    rows: int = 0
    distributions: list[dict[str, Any]] = field(default_factory=list)
    root: str = ""
    findings: list[Finding] = field(default_factory=list)

    def found(self, where: str, what: str) -> None:
        """Note a finding, if there are not too many already."""
        if len(self.findings) < FINDINGS_MAX:
            self.findings.append(Finding(where, what))

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def stored_bytes(value: object) -> bytes:
    """A stored value that should be bytes; nothing, where damage has made something else of it."""
    return value if isinstance(value, bytes) else b""
