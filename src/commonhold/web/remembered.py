"""Pages as they were sent to who is not signed in, by their entity tag, which names all that they depend on."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

CHARACTERS_MAX = 8_000_000
"""Of all pages that a process remembers. What has not been asked for the longest is forgotten first."""


class Remembered:
    """See the module. Threads share it."""

    def __init__(self, characters_max: int = CHARACTERS_MAX) -> None:
        self._pages: OrderedDict[str, str] = OrderedDict()
        self._room = characters_max
        self._lock = Lock()

    def get(self, tag: str) -> str | None:
        """The page of a tag, if it is remembered."""
        with self._lock:
            if tag in self._pages:
                self._pages.move_to_end(tag)
            return self._pages.get(tag)

    def keep(self, tag: str, html: str) -> None:
        """Remember a page, if there is room for it at all."""
        with self._lock:
            self._room += len(self._pages.pop(tag, ""))
            self._pages[tag] = html
            self._room -= len(html)
            while self._room < 0:
                _, oldest = self._pages.popitem(last=False)
                self._room += len(oldest)


REMEMBERED = Remembered()
