"""One request's look at a commons: one state of the journal, and whatever was read of it, once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack
from typing import Any

from ..api.call import Call
from ..flows.store import RECORD_TYPES, known_row
from ..flows.tracing.history import History, read_history
from ..node.node import Node
from ..node.tokens import Holder
from ..problems import bad_input
from ..store.transaction import Row, Transaction
from .events import read_events
from .people import read_agents
from .things import Thing, together
from .values import units

CHUNK = 500
"""So many values stand in one list of a query at most."""

_RECORD = (
    "SELECT f.number, f.type, f.id, f.created, f.revised, f.author, f.deleted, f.data, j.leaf FROM flow_record f"
    " JOIN journal_entry j ON j.commons = f.commons AND j.position = f.revised WHERE f.commons = ?"
)
_RESOURCE = (
    "SELECT number, unit, accounting, onhand, accountable, custodian, conforms_to, location, contained_in, stage, state FROM economic_resource"
)
_RESOURCE_NAMES = ("unit", "accounting", "onhand", "accountable", "custodian", "conforms_to", "location", "contained_in", "stage", "state")


class View:
    """Reads in batches, and remembers. A write ends what was remembered: what is read after it is read anew.

    Attributes:
        call: The request, with the node, the commons, and whose token came with it.
    """

    def __init__(self, call: Call) -> None:
        self.call = call
        self.mutations = 0
        self._stack = ExitStack()
        self._holder: Holder | None = None
        self._transaction: Transaction | None = None
        self._forget()

    @property
    def node(self) -> Node:
        """The node."""
        return self.call.node

    @property
    def commons(self) -> str:
        """The short name of the commons."""
        return self.call.commons

    @property
    def transaction(self) -> Transaction:
        """A read transaction; begun when it is first asked for."""
        if self._transaction is None:
            self._transaction = self._stack.enter_context(self.node.read())
        return self._transaction

    def holder(self) -> Holder:
        """Whose token came with the request.

        Raises:
            NoToken: `api.no_token`. Forbidden: `api.other_commons`.
        """
        if self._holder is None:
            self._holder = self.call.holder()
        return self._holder

    def end(self) -> None:
        """End the read transaction; the next read begins another, on the newest state."""
        self._stack.close()
        self._forget()

    def _forget(self) -> None:
        self._transaction = None
        self._records: dict[tuple[str, str], Thing | None] = {}
        self._numbers: dict[int, Thing] = {}
        self._events: dict[int, Thing] = {}
        self._agents: dict[str, Thing | None] = {}
        self._units: dict[str, Thing | None] = {}
        self._history: History | None = None

    @property
    def history(self) -> History:
        """All events as columns; read when it is first asked for."""
        if self._history is None:
            self._history = read_history(self.transaction, self.commons)
        return self._history

    def rows(self, sql: str, values: Collection[Any], *before: Any) -> Iterator[Row]:
        """Rows of a query that ends in `IN`, for any number of values. before: Parameters after the commons, before the values."""
        listed = list(values)
        if any("\0" in value for value in listed if isinstance(value, str)):
            raise bad_input("graphql.bad_value", "No id has the character U+0000.")
        for at in range(0, len(listed), CHUNK):
            some = listed[at : at + CHUNK]
            yield from self.transaction.rows(f"{sql} ({', '.join('?' * len(some))})", (self.commons, *before, *some))

    def records(self, type_: str, ids: Iterable[str]) -> dict[str, Thing]:
        """Records of a class by id; those that were taken away too."""
        wanted = list(dict.fromkeys(ids))
        missing = [id_ for id_ in wanted if (type_, id_) not in self._records]
        self._keep(self.rows(f"{_RECORD} AND f.type = ? AND f.id IN", missing, type_))
        for id_ in missing:
            self._records.setdefault((type_, id_), None)
        return {id_: thing for id_ in wanted if (thing := self._records[type_, id_]) is not None}

    def numbered(self, numbers: Iterable[int]) -> dict[int, Thing]:
        """Records by number."""
        wanted = list(dict.fromkeys(numbers))
        self._keep(self.rows(f"{_RECORD} AND f.number IN", [number for number in wanted if number not in self._numbers]))
        return {number: self._numbers[number] for number in wanted if number in self._numbers}

    def page(self, condition: str, *parameters: Any) -> list[Thing]:
        """Records that were not taken away and that a condition fits. condition: On `f`, with the order and the limit."""
        rows = self.transaction.rows(f"{_RECORD} AND f.deleted = 0 AND {condition}", (self.commons, *parameters))
        return self._keep(rows)

    def _keep(self, rows: Iterable[Row]) -> list[Thing]:
        found, new = [], []
        for row in rows:
            known = known_row(row[:8])
            thing = self._numbers.get(known.number)
            if thing is None:
                thing = Thing(
                    known.type, known.number, known.id, known.record(), created=known.created, revised=known.revised, entry=bytes(row[8]).hex(),
                    deleted=known.deleted, columns={"author": known.author},
                )  # fmt: skip
                self._numbers[known.number] = self._records[known.type, known.id] = thing
                new.append(thing)
            found.append(thing)
        self._add_columns([thing for thing in new if thing.type == "EconomicResource"])
        together(new)
        return found

    def _add_columns(self, resources: list[Thing]) -> None:
        for number, *values in self.rows(f"{_RESOURCE} WHERE commons = ? AND number IN", [thing.key for thing in resources]):
            thing = self._numbers[number]
            thing.columns = {**thing.columns, **dict(zip(_RESOURCE_NAMES, values, strict=True))}

    def events(self, positions: Iterable[int]) -> dict[int, Thing]:
        """Events by position."""
        wanted = list(dict.fromkeys(positions))
        found = read_events(self, [position for position in wanted if position not in self._events])
        self._events.update(found)
        together(found.values())
        return {position: self._events[position] for position in wanted if position in self._events}

    def agents(self, ids: Iterable[str]) -> dict[str, Thing]:
        """Agents by id: those that the journal knows, and persons of whom only the node knows."""
        wanted = list(dict.fromkeys(ids))
        missing = [id_ for id_ in wanted if id_ not in self._agents]
        found = read_agents(self, missing) if missing else {}
        for id_ in missing:
            self._agents[id_] = found.get(id_)
        together(found.values())
        return {id_: thing for id_ in wanted if (thing := self._agents[id_]) is not None}

    def agents_numbered(self, numbers: Iterable[int]) -> dict[int, Thing]:
        """Agents by number."""
        wanted = list(dict.fromkeys(numbers))
        ids: dict[int, str] = dict(self.rows("SELECT number, id FROM agent WHERE commons = ? AND number IN", wanted))
        things = self.agents(ids.values())
        return {number: things[ids[number]] for number in wanted if ids.get(number, "") in things}

    def unit(self, name: str | None) -> Thing | None:
        """The unit of a name: of this commons, or one that everybody knows."""
        if name is None:
            return None
        if name not in self._units:
            self._units[name] = units(self, {name}).get(name)
        return self._units[name]

    def things(self, type_: str, keys: Iterable[Any]) -> dict[Any, Thing]:
        """Things of a class by key."""
        if type_ == "EconomicEvent":
            return dict(self.events(keys))
        return dict(self.numbered(keys) if type_ in RECORDS else self.agents(keys))


RECORDS = frozenset(RECORD_TYPES) - {"Organization", "EcologicalAgent"}
"""The classes that are records with an id of their own. What is told of an organization belongs to the agent."""
