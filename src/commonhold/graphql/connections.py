"""Pages of lists, as of the Relay cursor connections specification. A cursor names the thing that it stands at, so pages stay in place."""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from ..problems import bad_input
from .things import Thing
from .view import View

PAGE_DEFAULT = 100
PAGE_MAX = 1_000
PLAIN_MAX = 1_000
"""A list that does not come in pages has at most so many."""
STEP = 500
"""So many are read at a time when most may not be meant."""

Test = Callable[[Thing], bool]


@dataclass(frozen=True, slots=True)
class Edge:
    """An item of a page. at: What its cursor stands for."""

    node: Any
    at: str

    @property
    def cursor(self) -> str:
        """An opaque mark."""
        return base64.urlsafe_b64encode(self.at.encode()).rstrip(b"=").decode()


class Source(Protocol):
    """A list in an order that does not change, from which a part can be read."""

    def part(self, after: str | None, before: str | None, limit: int, *, backwards: bool) -> list[Edge]:
        """At most so many edges between two marks, from the beginning on, or from the end back."""

    def count(self) -> int:
        """How many there are in all."""


@dataclass
class Page:
    """A part of a list, with where it stands in the whole."""

    edges: list[Edge]
    has_previous_page: bool
    has_next_page: bool
    page_limit: int
    count: Callable[[], int] = field(repr=False)

    @property
    def page_info(self) -> Page:
        """Itself: it knows where it stands."""
        return self

    @property
    def start_cursor(self) -> str | None:
        """The cursor of the first edge."""
        return self.edges[0].cursor if self.edges else None

    @property
    def end_cursor(self) -> str | None:
        """The cursor of the last edge."""
        return self.edges[-1].cursor if self.edges else None

    @cached_property
    def total_count(self) -> int:
        """Counted only if it is asked for."""
        return self.count()


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list is asked for, checked."""

    first: int | None
    last: int | None
    after: str | None
    before: str | None

    @property
    def limit(self) -> int:
        """How many at most."""
        sizes = [size for size in (self.first, self.last) if size is not None]
        return min(sizes) if sizes else PAGE_DEFAULT


def read_window(arguments: Mapping[str, Any]) -> Window:
    """The arguments of a list.

    Raises:
        BadInput: `graphql.bad_page`, `api.bad_cursor`.
    """
    for name in ("first", "last"):
        size = arguments.get(name)
        if size is not None and not 0 <= size <= PAGE_MAX:
            raise bad_input("graphql.bad_page", f"A page has 0 to {PAGE_MAX} items: go on with after and endCursor.", name)
    return Window(arguments.get("first"), arguments.get("last"), _mark(arguments, "after"), _mark(arguments, "before"))


def _mark(arguments: Mapping[str, Any], name: str) -> str | None:
    text = arguments.get(name)
    if text is None:
        return None
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        raise bad_cursor(name) from None


def bad_cursor(name: str = "after") -> Exception:
    """A mark that stands for nothing in this list."""
    return bad_input("api.bad_cursor", "Take a cursor from a page of this list, as it is.", name)


def read_page(source: Source, arguments: Mapping[str, Any]) -> Page:
    """A page of a list."""
    window = read_window(arguments)
    backwards = window.first is None and window.last is not None
    size = window.last if backwards else window.first
    size = PAGE_DEFAULT if size is None else size
    edges = source.part(window.after, window.before, size + 1, backwards=backwards)
    more, edges = len(edges) > size, edges[:size]
    if backwards:
        return Page(edges[::-1], more, window.before is not None, size, source.count)
    cut = window.last is not None and len(edges) > window.last
    if cut:
        edges = edges[len(edges) - (window.last or 0) :]
    return Page(edges, cut or window.after is not None, more, window.limit, source.count)


@dataclass(frozen=True, slots=True)
class Rows:
    """Things of a table, in the order of their keys.

    Attributes:
        read: A query: from a condition on the key, its parameters, an order and a limit to things.
        counted: How many there are in all.
    """

    read: Callable[[str, Sequence[Any], str, int], list[Thing]]
    counted: Callable[[], int]

    def part(self, after: str | None, before: str | None, limit: int, *, backwards: bool) -> list[Edge]:
        conditions, parameters = "", []
        for sign, mark, name in ((">", after, "after"), ("<", before, "before")):
            if mark is not None:
                if not mark.isdecimal() or len(mark) > 18:
                    raise bad_cursor(name)
                conditions += f" AND key {sign} ?"
                parameters.append(int(mark))
        return [Edge(thing, str(thing.key)) for thing in self.read(conditions, parameters, "DESC" if backwards else "ASC", limit)]

    def count(self) -> int:
        return self.counted()


@dataclass(frozen=True, slots=True)
class Only:
    """What of a list a test lets through."""

    source: Source
    test: Test

    def part(self, after: str | None, before: str | None, limit: int, *, backwards: bool) -> list[Edge]:
        found: list[Edge] = []
        while True:
            some = self.source.part(after, before, STEP, backwards=backwards)
            found += [edge for edge in some if self.test(edge.node)]
            if len(found) >= limit or len(some) < STEP:
                return found[:limit]
            if backwards:
                before = some[-1].at
            else:
                after = some[-1].at

    def count(self) -> int:
        return len(self.part(None, None, 1 << 62, backwards=False))


@dataclass(frozen=True, slots=True)
class Listed:
    """Items that are known by their marks.

    Attributes:
        marks: In order; each once. load: Reads the items of some marks; what is missing is left out.
        order: What the marks are in order by, if they are: then a mark keeps its place when its item is gone.
    """

    marks: Sequence[str]
    load: Callable[[Sequence[str]], Mapping[str, Any]]
    order: Callable[[str], Any] | None = None

    def part(self, after: str | None, before: str | None, limit: int, *, backwards: bool) -> list[Edge]:
        begin = 0 if after is None else self._place(after, "after", 1)
        end = len(self.marks) if before is None else self._place(before, "before")
        some = self.marks[max(begin, end - limit) : end][::-1] if backwards else self.marks[begin : min(end, begin + limit)]
        items = self.load(some)
        return [Edge(items[mark], mark) for mark in some if mark in items]

    def count(self) -> int:
        return len(self.marks)

    def _place(self, mark: str, name: str, beyond: int = 0) -> int:
        try:
            if self.order is None:
                return self.marks.index(mark) + beyond
            find = bisect_right if beyond else bisect_left
            return find(self.marks, self.order(mark), key=self.order)
        except ValueError:
            raise bad_cursor(name) from None


def record_rows(view: View, type_: str) -> Rows:
    """The records of a class, in the order of creation."""

    def read(conditions: str, parameters: Sequence[Any], order: str, limit: int) -> list[Thing]:
        condition = f"f.type = ?{conditions.replace('key', 'f.number')} ORDER BY f.number {order} LIMIT {limit}"
        return view.page(condition, type_, *parameters)

    sql = "SELECT COUNT(*) FROM flow_record WHERE commons = ? AND type = ? AND deleted = 0"
    return Rows(read, lambda: int(view.transaction.value(sql, (view.commons, type_))))


def event_rows(view: View) -> Rows:
    """All events, in the order of the journal."""

    def read(conditions: str, parameters: Sequence[Any], order: str, limit: int) -> list[Thing]:
        sql = f"SELECT position FROM economic_event WHERE commons = ?{conditions.replace('key', 'position')} ORDER BY position {order} LIMIT {limit}"
        return list(view.events(row[0] for row in view.transaction.rows(sql, (view.commons, *parameters))).values())

    sql = "SELECT COUNT(*) FROM economic_event WHERE commons = ?"
    return Rows(read, lambda: int(view.transaction.value(sql, (view.commons,))))
