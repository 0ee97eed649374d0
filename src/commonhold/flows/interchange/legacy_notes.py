"""What could not be carried over, each said once however often it comes."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...problems import Problem


@dataclass(slots=True)
class Notes:
    """Problems of an import, collected: the first place of each, and how many there are."""

    _first: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    _count: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, code: str, about: str, path: str, message: str) -> None:
        """Note a problem.

        Args:
            about: What it is about, such as `EconomicEvent.triggeredBy`: of the same code and this, only the first is told in full.
        """
        key = code, about
        self._first.setdefault(key, (path, message))
        self._count[key] = self._count.get(key, 0) + 1

    def problems(self) -> list[Problem]:
        """The problems, in the order in which they first came."""
        return [
            Problem(code, message if self._count[code, about] == 1 else f"{message} So it is {self._count[code, about]} times.", path)
            for (code, about), (path, message) in self._first.items()
        ]
