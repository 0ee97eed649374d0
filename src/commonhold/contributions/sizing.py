"""How much of a change counts as work. Pure: from the files of a change and the charter's rules to a kind and a size."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from .charter import Imports

IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file of a change: lines added and deleted, or None for a binary file. A rename has its new path."""

    path: str
    added: int | None
    deleted: int | None


@dataclass(frozen=True, slots=True)
class Size:
    """What counts of a change: its kind, and lines after the charter's cap."""

    kind: str
    lines: int


@lru_cache(maxsize=4_096)
def path_pattern(pattern: str) -> re.Pattern[str]:
    """A pattern of paths as a regular expression: `*` and `?` within a name, `**` over folders.

    As in .gitignore: without a slash (but at its end) a pattern fits in any folder, else from the top; what it fits is left
    out with all beneath; with a slash at its end it fits folders only.

    >>> bool(path_pattern("vendor/").fullmatch("lib/vendor/a/b.c"))
    True
    >>> bool(path_pattern("docs/*.md").fullmatch("docs/a/b.md"))
    False
    """
    end = "/.*" if pattern.endswith("/") else "(?:/.*)?"
    body = pattern.strip("/")
    if "/" not in pattern.rstrip("/"):
        body = "**/" + body
    before, gap, pieces = "", "", [""]
    for part in re.findall(r"(?:(?<![^/])\*\*/)+|\*{2,}|\*|[^*]+", body):
        if part.startswith("**"):
            before += f"(?>{gap}{_nearest(pieces)})"
            gap, pieces = "(?:.*?/)??" if part.endswith("/") else ".*?", [""]
        elif part == "*":
            pieces.append("")
        else:
            pieces[-1] = re.escape(part).replace(r"\?", "[^/]")
    *pieces, last = pieces
    return re.compile(before + gap + (f"{_nearest(pieces)}[^/]*?{last}" if pieces else last) + end, re.DOTALL)


def _nearest(pieces: list[str]) -> str:
    """What stands between two `**`: pieces with `*` between them, each taken where it fits first, and not tried elsewhere.

    Where a piece fits first, what follows has most room; so nothing is missed. To try all places would take years with many
    stars.
    """
    return pieces[0] + "".join(f"(?>[^/]*?{piece})" for piece in pieces[1:])


class Sizer:
    """Sizes changes by one charter.

    Args:
        rules: The charter's `[imports]`. left_out: Whether a path is vendored or generated, as the repository itself says.
    """

    def __init__(self, rules: Imports, left_out: Callable[[str], bool] = lambda _: False) -> None:
        self._rules = rules
        self._left_out = left_out
        self._kinds: dict[str, str] = {}

    def kind_of(self, path: str) -> str:
        """The kind of a change to a path; the first rule that fits decides."""
        known = self._kinds.get(path)
        if known is None:
            known = self._kinds[path] = self._find(path)
        return known

    def _find(self, path: str) -> str:
        if self._rules.respect_linguist and self._left_out(path):
            return IGNORE
        if any(path_pattern(pattern).fullmatch(path) for pattern in self._rules.ignore):
            return IGNORE
        for rule in self._rules.paths:
            if path_pattern(rule.match).fullmatch(path):
                return rule.kind
        return self._rules.kind

    def size(self, files: Iterable[FileChange]) -> Size:
        """The size of a change: its kind is the one with most lines (ties: the first in the alphabet)."""
        lines: Counter[str] = Counter()
        for file in files:
            kind = self.kind_of(file.path)
            if kind != IGNORE:
                lines[kind] += self._rules.lines_per_binary if file.added is None else file.added + (file.deleted or 0)
        if not lines:
            return Size(self._rules.kind, 0)
        kind = min(lines, key=lambda name: (-lines[name], name))
        return Size(kind, min(sum(lines.values()), self._rules.lines_per_change_max))
