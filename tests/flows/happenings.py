"""Short words for tests of flows: what happens, what is made, and what stands there afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from busy import rows_of
from world import World

from commonhold.flows import entries as e
from commonhold.flows import vocabulary as v
from commonhold.flows.commands import NewResource, RecordParams
from commonhold.flows.queries import find_anything, promise_state, record_view, resource_view, revision_of
from commonhold.flows.store import Known, find_record
from commonhold.measure import format_quantity
from commonhold.node import tables
from commonhold.problems import CommonholdError
from commonhold.store.transaction import Row

EVERY = (*tables.JOURNAL, *tables.PRIVATE, *tables.DERIVED)


def measure(text: str) -> v.Measure:
    """`"3 hour"` as a Measure; pieces, if no unit is said."""
    number, _, unit = text.partition(" ")
    return v.Measure(hasNumericalValue=number, hasUnit=unit or "piece")


class Flows:
    """The flows of a commons: `world`, with names of people for their ids."""

    def __init__(self, world: World) -> None:
        self.world = world

    def make(self, who: str, *records: v.AnyRecord) -> None:
        """Create records."""
        for record in records:
            self.world.act(who, "flow.create", e.Create(record=record))

    def revise(self, who: str, record: v.AnyRecord) -> None:
        """Update a record as it is now."""
        self.world.act(who, "flow.update", e.Update(record=record, revision=self.revision(type(record).__name__, record.id)))

    def drop(self, who: str, type_: str, id_: str) -> None:
        """Delete a record as it is now."""
        self.world.act(who, "flow.delete", e.Delete(type=type_, id=id_, revision=self.revision(type_, id_)))  # type: ignore[arg-type]

    def happens(self, who: str, action: str, quantity: str | None = None, resource: str | None = None, /, **fields: Any) -> str:
        """Record an event; return its id.

        Args:
            quantity: `"3"` (pieces) or `"3 kilogram"`. resource: `resourceInventoriedAs`.
            fields: Of the event; `id`; `new` (a NewResource, or the id of one), `to` (`toResourceInventoriedAs`), `effort`,
                `provider` and `receiver` (names of people, or ids; the provider is who says it, if it is not given).
        """
        return str(self.world.act(who, "flow.record", self.event(who, action, quantity, resource, **fields))["id"])

    def event(self, who: str, action: str, quantity: str | None = None, resource: str | None = None, /, **fields: Any) -> RecordParams:
        """What `happens` records."""
        id_, new = fields.pop("id", None), fields.pop("new", None)
        if isinstance(new, str):
            new = NewResource(id=new)
        for name in ("provider", "receiver"):
            person = fields.setdefault(name, who if name == "provider" else None)
            fields[name] = self.world.ids.get(person, person)
        if (effort := fields.pop("effort", None)) is not None:
            fields["effortQuantity"] = measure(effort)
        fields["toResourceInventoriedAs"] = fields.pop("to", None)
        event = v.EconomicEvent(
            action=action,  # type: ignore[arg-type]
            resourceQuantity=None if quantity is None else measure(quantity),
            resourceInventoriedAs=resource,
            **fields,
        )
        return RecordParams(event=event, newInventoriedResource=new, id=id_)

    def correct(self, who: str, event: str, quantity: str, **fields: Any) -> str:
        """Correct an event as it was recorded by a quantity below nothing, of resource or effort as it was."""
        with self.world.node.read() as transaction:
            past = find_anything(transaction, "test", event, "EconomicEvent")
        said: v.EconomicEvent = past.event  # type: ignore[union-attr]
        names = ("resourceInventoriedAs", "toResourceInventoriedAs", "inputOf", "outputOf", "provider", "receiver")
        repeated: dict[str, Any] = {name: getattr(said, name) for name in names}
        repeated["resourceQuantity" if said.resourceQuantity else "effortQuantity"] = measure(quantity)
        correction = v.EconomicEvent(action=said.action, corrects=event, **repeated | fields)
        return str(self.world.act(who, "flow.record", RecordParams(event=correction))["id"])

    def revision(self, type_: str, id_: str) -> str:
        """The revision of a record."""
        with self.world.node.read() as transaction:
            return revision_of(transaction, "test", self._known(transaction, type_, id_))

    def view(self, type_: str, id_: str) -> dict[str, Any]:
        """A record as doors show it."""
        with self.world.node.read() as transaction:
            return record_view(transaction, "test", self._known(transaction, type_, id_))

    def stock(self, resource: str) -> tuple[str, str]:
        """(accounting, onhand) of a resource, as texts."""
        view = self.resource(resource)
        return view["accountingQuantity"]["hasNumericalValue"], view["onhandQuantity"]["hasNumericalValue"]

    def resource(self, resource: str) -> dict[str, Any]:
        """A resource as doors show it, with names of people for their ids."""
        names = {id_: name for name, id_ in self.world.ids.items()}
        with self.world.node.read() as transaction:
            view = resource_view(transaction, "test", self._known(transaction, "EconomicResource", resource))
        return view | {name: names.get(view[name], view[name]) for name in ("primaryAccountable", "custodian")}

    def open(self, type_: str, id_: str) -> tuple[str | None, str | None]:
        """(resource, effort) that is open of a promise, as texts."""
        with self.world.node.read() as transaction:
            state = promise_state(transaction, "test", self._known(transaction, type_, id_))
        resource, effort = (None if one is None else format_quantity(one) for one in (state.open_resource, state.open_effort))
        return resource, effort

    def everything(self) -> dict[str, list[Row]]:
        """Every row of every table."""
        return rows_of(self.world.node, EVERY)

    def refused(self, attempt: Callable[[], object]) -> str:
        """The code of the first problem of something that must be refused, after which not one row has changed."""
        before = self.everything()
        with pytest.raises(CommonholdError) as refused:
            attempt()
        assert refused.value.problems[0].message.endswith((".", "?"))
        assert self.everything() == before
        return refused.value.code

    @staticmethod
    def _known(transaction: Any, type_: str, id_: str) -> Known:
        known = find_record(transaction, "test", type_, id_)
        assert known is not None, (type_, id_)
        return known
