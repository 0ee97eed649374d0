"""What belongs to what: for several things at once, pairs of their keys and the keys of those that stand in a relation to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from ..flows.records import event_target
from .things import Thing

if TYPE_CHECKING:
    from .view import View

Pair = tuple[Any, Any]
Pairs = Callable[["View", list[Thing]], Iterable[Pair]]


@dataclass(frozen=True, slots=True)
class Relation:
    """How to come from things of one class to those of another.

    Attributes:
        type: Class of what is found. pairs: Finds it; a pair may come more than once.
        only: Which of them are meant, where the keys do not tell.
        scans: Whether all records or events are looked at, because no index leads to those that are meant.
    """

    type: str
    pairs: Pairs
    only: Callable[[Thing], bool] | None = None
    scans: bool = False


def linked(type_: str, *fields: str, only: Callable[[Thing], bool] | None = None) -> Relation:
    """Records of a class that name the thing by one of these fields."""
    marks = ", ".join("?" * len(fields))
    sql = (
        "SELECT l.target, l.source FROM flow_link l JOIN flow_record f ON f.commons = l.commons AND f.number = l.source"
        f" WHERE l.commons = ? AND f.type = ? AND f.deleted = 0 AND l.field IN ({marks}) AND l.target IN"
    )

    def pairs(view: View, things: list[Thing]) -> Iterator[Pair]:
        keys = {event_target(thing.key) if thing.type == "EconomicEvent" else thing.key: thing.key for thing in things}
        return ((keys[target], source) for target, source in view.rows(sql, keys, type_, *fields))

    return Relation(type_, pairs, only)


def events_by_link(*fields: str) -> Pairs:
    """Events that name the thing by one of these fields, which have rows of their own."""
    sql = f"SELECT target, event FROM event_link WHERE commons = ? AND field IN ({', '.join('?' * len(fields))}) AND target IN"
    return lambda view, things: view.rows(sql, [thing.key for thing in things], *fields)


def events_by_column(*columns: str, where: str = "") -> Pairs:
    """Events that name the thing in one of these columns."""
    queries = [f"SELECT {column}, position FROM economic_event WHERE commons = ?{where} AND {column} IN" for column in columns]
    return lambda view, things: (pair for sql in queries for pair in view.rows(sql, [thing.key for thing in things]))


def events(pairs: Pairs, only: Callable[[Thing], bool] | None = None) -> Relation:
    """A relation to events."""
    return Relation("EconomicEvent", pairs, only)


def resources_by_column(column: str) -> Relation:
    """Resources that events have brought into a relation to the thing."""
    sql = f"SELECT {column}, number FROM economic_resource WHERE commons = ? AND {column} IN"
    return Relation("EconomicResource", lambda view, things: view.rows(sql, [thing.key for thing in things]))


def agent_numbers(things: list[Thing]) -> dict[int, str]:
    """number → id, for agents; the numbers of identities that a member claimed too."""
    return {number: thing.key for thing in things for number in thing.columns["numbers"]}


def events_of_agent(*columns: str) -> Relation:
    """Events with the agent in one of these columns."""
    queries = [f"SELECT {column}, position FROM economic_event WHERE commons = ? AND {column} IN" for column in columns]

    def pairs(view: View, things: list[Thing]) -> Iterator[Pair]:
        numbers = agent_numbers(things)
        for sql in queries:
            yield from ((numbers[number], position) for number, position in view.rows(sql, numbers))

    return Relation("EconomicEvent", pairs, scans=True)


def resources_of_agent(column: str) -> Relation:
    """Resources with the agent in a column."""
    sql = f"SELECT {column}, number FROM economic_resource WHERE commons = ? AND {column} IN"

    def pairs(view: View, things: list[Thing]) -> Iterator[Pair]:
        numbers = agent_numbers(things)
        return ((numbers[number], resource) for number, resource in view.rows(sql, numbers))

    return Relation("EconomicResource", pairs, scans=True)


def said_of_agent(type_: str, *fields: str) -> Relation:
    """Records of a class that name the agent by one of these fields. There is no index of that: all of the class are looked at."""
    sql = "SELECT number, data FROM flow_record WHERE commons = ? AND type = ? AND deleted = 0"
    shape = msgspec.defstruct("_Named", [(field, str | list[str] | None, None) for field in fields])
    decoder = msgspec.json.Decoder(shape)

    def pairs(view: View, things: list[Thing]) -> Iterator[Pair]:
        ids = {id_: thing.key for thing in things for id_ in thing.columns["ids"]}
        for number, data in view.transaction.stream(sql, (view.commons, type_)):
            said = decoder.decode(data)
            for field in fields:
                value = getattr(said, field)
                named = value if isinstance(value, list) else [value]
                yield from ((ids[id_], number) for id_ in named if id_ in ids)

    return Relation(type_, pairs, scans=True)


def both(*relations: Relation) -> Relation:
    """What stands in one relation or in another, of one class."""

    def pairs(view: View, things: list[Thing]) -> Iterator[Pair]:
        for relation in relations:
            yield from relation.pairs(view, things)

    return Relation(relations[0].type, pairs, relations[0].only, any(one.scans for one in relations))


def through(first: Relation, *rest: Relation) -> Relation:
    """What stands in a relation to what stands in a relation to the thing."""
    if not rest:
        return first
    second = through(*rest)

    def pairs(view: View, things: list[Thing]) -> Iterator[Pair]:
        sources: dict[Any, dict[Any, None]] = {}
        for source, middle in first.pairs(view, things):
            sources.setdefault(middle, {})[source] = None
        middles = view.things(first.type, sources).values()
        for middle, target in second.pairs(view, list(middles)):
            yield from ((source, target) for source in sources[middle])

    return Relation(second.type, pairs, second.only, first.scans or second.scans)


def named_agents(*fields: str) -> Relation:
    """The agents that records or events name by these fields."""

    def pairs(view: View, things: list[Thing]) -> Iterator[Pair]:
        for thing in things:
            for field in fields:
                value = getattr(thing.said, field, None)
                yield from ((thing.key, id_) for id_ in (value if isinstance(value, list) else [value]) if id_ is not None)

    return Relation("Agent", pairs)


def next_processes(out: str, into: str) -> Relation:
    """Processes that take in a resource that the process puts out; or the other way round."""
    sql = (
        f"SELECT DISTINCT a.{out}, b.{into} FROM economic_event a JOIN economic_event b ON b.commons = a.commons AND b.resource = a.resource"
        f" WHERE a.commons = ? AND b.{into} IS NOT NULL AND b.{into} <> a.{out} AND a.{out} IN"
    )
    return Relation("Process", lambda view, things: view.rows(sql, [thing.key for thing in things]))


def names(type_: str, field: str) -> Relation:
    """The records that a record names by a field."""
    sql = "SELECT source, target FROM flow_link WHERE commons = ? AND field = ? AND source IN"
    return Relation(type_, lambda view, things: view.rows(sql, [thing.key for thing in things], field))


def events_in_return() -> Pairs:
    """Events of the same agreements in the other direction."""
    sql = (
        "SELECT a.event, b.event FROM event_link a JOIN event_link b ON b.commons = a.commons AND b.target = a.target AND b.field <> a.field"
        " WHERE a.commons = ? AND a.field IN ('realizationOf', 'reciprocalRealizationOf')"
        " AND b.field IN ('realizationOf', 'reciprocalRealizationOf') AND a.event IN"
    )
    return lambda view, things: view.rows(sql, [thing.key for thing in things])
