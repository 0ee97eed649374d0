"""What the rules about flows need to know, looked up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ..commons.queries import Agent, find_agent, has_role, lacks_power
from ..journal.kinds import Entry
from ..measure import AMOUNT_MAX
from ..problems import Problem
from ..store.transaction import Transaction
from .effects import NOTHING, PAIRS, Happening, Stock
from .process_views import in_process, packed
from .promise_views import Promise, counted_towards, given_by
from .promises import open_quantity
from .references import EVENT, PROMISES, agents, named
from .rules import may_create, promised, signed_quantity
from .serials import serial_taken
from .store import Known, PastEvent, Resource, author_of, find_event, find_record, find_resource, record_numbered, resource_said, unit_named
from .units import Inexact, OtherKind, UnitOfMeasure, convert
from .vocabulary import Commitment, EconomicEvent, EconomicResource, Measure, Process, ResourceSpecification


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two resources of an event.

    Attributes:
        known: The record; None if it begins with the event. said: What is said of it.
        conforms_to: Number of its specification. unit: What it is counted in.
    """

    known: Known | None
    resource: Resource | None
    said: EconomicResource
    stock: Stock
    conforms_to: int | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class EventView:
    """What is there for an event.

    Attributes:
        missing: References to what is not here. wrong: What else the looking up has found wrong.
        author: Number of who writes. others: Whether another person gave it or did it (or received it, if nobody is said to have given).
        for_identity: Whether the provider is an identity that is not known to be the author's.
        process: Where the event goes in or comes out. corrected: The event that it corrects; corrected_before: the sum of its
            corrections so far, (resource, effort); corrected_resources: the numbers of the two resources that it changed.
        in_process: What the process has accepted (or picked up) of the resource and not put back.
        corrects_others: Whether it corrects what another agent recorded, and gave or did.
        goes_round: Whether what something is put into is contained in that very thing.
    """

    lacks_power: tuple[Problem, ...] = ()
    is_steward: bool = False
    author: int | None = None
    others: bool = False
    for_identity: bool = False
    missing: list[tuple[str, str, str]] = field(default_factory=list)
    wrong: list[Problem] = field(default_factory=list)
    happening: Happening | None = None
    resource: Side | None = None
    to: Side | None = None
    conforms_to: int | None = None
    process: Known | None = None
    corrected: PastEvent | None = None
    corrected_before: tuple[int, int] = (0, 0)
    corrected_resources: tuple[int | None, int | None] = (None, None)
    corrects_others: bool = False
    in_process: int = 0
    goes_round: bool = False
    id_taken: bool = False
    new_id_taken: bool = False
    same_serial: bool = False
    whole_piece: bool = False
    promises: list[Promise] = field(default_factory=list)
    packed: int = 0


NO_RESOURCE = EconomicResource(id="-")


class EventLoader:
    """Looks up what an event names.

    Args:
        implicit: Whether a process that is not known begins by being named, as it does by a contribution.
    """

    def __init__(
        self, transaction: Transaction, entry: Entry, event: EconomicEvent, new: EconomicResource | None, id_: str | None, *, implicit: bool
    ) -> None:
        self._transaction = transaction
        self._entry = entry
        self._commons = entry.commons
        self._event = event
        self._new = new
        self._id = id_
        self._implicit = implicit
        self._missing: list[tuple[str, str, str]] = []
        self._wrong: list[Problem] = []

    def load(self, power: str = "flows") -> EventView:
        """All that the rule asks for."""
        event, entry = self._event, self._entry
        people = [agent for field_, id_ in agents(event) if (agent := self._agent(field_, id_)) is not None]
        author = find_agent(self._transaction, self._commons, entry.author)
        found = self._references()
        creates = self._creates()
        resource = self._side("resourceInventoriedAs", found, begins=creates == "resource")
        to = self._side("toResourceInventoriedAs", found, begins=creates == "to", like=resource)
        quantity = self._quantity(resource or to)
        process = found.get("inputOf") or found.get("outputOf")
        corrected = find_event(self._transaction, self._commons, event.corrects) if event.corrects else None
        provider = find_agent(self._transaction, self._commons, event.provider) if event.provider else None
        receiver = find_agent(self._transaction, self._commons, event.receiver) if event.receiver else None
        place = found.get("toLocation")
        specification = found.get("resourceConformsTo")
        container = self._container(process, resource, to)
        self._check_new()
        happening = Happening(
            event.action, quantity, _number(provider), _number(receiver), creates,  # type: ignore[arg-type]
            place.number if place else None, event.state, self._stage(process), container,
            self._lost(process, resource, quantity, corrected), corrected is not None,
        )  # fmt: skip
        return EventView(
            tuple(lacks_power(self._transaction, self._commons, entry.author, power)) if power else (),
            has_role(self._transaction, self._commons, author, "steward"), _number(author),
            any(_is_another(agent, entry.author, _number(author)) for agent in people if agent.id == (event.provider or event.receiver)),
            provider is not None and provider.type == "Identity" and provider.claimed_by != _number(author),
            self._missing, self._wrong, happening, resource, to,
            specification.number if specification else None, process, corrected,
            self._corrected_before(corrected), self._corrected_resources(corrected),
            corrected is not None and entry.author not in (author_of(self._transaction, self._commons, corrected.position), corrected.event.provider),
            self._in_process(process, resource, to, corrected), self._goes_round(resource, container),
            self._id is not None and find_event(self._transaction, self._commons, self._id) is not None,
            self._new is not None and find_record(self._transaction, self._commons, "EconomicResource", self._new.id) is not None,
            self._same_serial(specification), self._whole_piece(specification or self._specification_of(resource)),
            self._promises(corrected), packed(self._transaction, self._commons, resource.known.number) if event.action == "separate" and resource and resource.known else 0,
        )  # fmt: skip

    def _agent(self, field_: str, id_: str) -> Agent | None:
        agent = find_agent(self._transaction, self._commons, id_)
        if agent is None and not id_.startswith("id:"):
            self._missing.append((field_, "Agent", id_))
        return agent

    def _references(self) -> dict[str, Known]:
        found: dict[str, Known] = {}
        for field_, type_, id_ in named(self._event):
            if type_ == EVENT:
                if find_event(self._transaction, self._commons, id_) is None:
                    self._missing.append((field_, type_, id_))
                continue
            known = find_record(self._transaction, self._commons, type_, id_)
            if known is not None and not known.deleted:
                found[f"{field_} {id_}" if field_ in PROMISES else field_] = known
            elif not self._begins(field_, type_, id_):
                self._missing.append((field_, type_, id_))
        return found

    def _begins(self, field_: str, type_: str, id_: str) -> bool:
        """Whether what is named begins with this event."""
        if type_ == "Process":
            return self._implicit
        begun = {"resource": "resourceInventoriedAs", "to": "toResourceInventoriedAs"}.get(may_create(self._event.action))
        return self._new is not None and self._new.id == id_ and field_ == begun

    def _creates(self) -> str:
        return "" if self._new is None else may_create(self._event.action)

    def _side(self, field_: str, found: dict[str, Known], *, begins: bool, like: Side | None = None) -> Side | None:
        unit = self._event.resourceQuantity.hasUnit if self._event.resourceQuantity else None
        if begins:
            assert self._new is not None
            specification = self._specification(self._new.conformsTo, found, like)
            return Side(None, None, self._new, NOTHING, specification, like.unit if like and like.unit else unit)
        known = found.get(field_)
        if known is None:
            return None
        resource = find_resource(self._transaction, self._commons, known.number)
        assert resource is not None, known
        return Side(known, resource, resource_said(known), resource.stock, resource.conforms_to, resource.unit or unit)

    def _specification(self, id_: str | None, found: dict[str, Known], like: Side | None) -> int | None:
        """What a new resource conforms to: what is said of it, else what the event says, else what it is taken from."""
        if id_ is not None:
            known = find_record(self._transaction, self._commons, "ResourceSpecification", id_)
            if known is None or known.deleted:
                self._missing.append(("newInventoriedResource.conformsTo", "ResourceSpecification", id_))
                return None
            return known.number
        if "resourceConformsTo" in found:
            return found["resourceConformsTo"].number
        return like.conforms_to if like else None

    def _quantity(self, side: Side | None) -> int:
        """The quantity of the event in the unit of its resource."""
        measure = self._event.resourceQuantity
        for name, measured in (("resourceQuantity", measure), ("effortQuantity", self._event.effortQuantity)):
            if measured is not None and self._unit(measured.hasUnit) is None:
                problem = f"{measured.hasUnit!r} is no unit that is known here."
                self._wrong.append(Problem("flows.bad_unit", problem, f"body.event.{name}.hasUnit"))
            elif name == "effortQuantity" and measured is not None and self._is_beyond(measured):
                self._wrong.append(Problem("flows.too_much", "That is longer than can be counted.", "body.event.effortQuantity"))
        if measure is None or self._wrong:
            return 0
        if side is None or side.unit is None:
            return signed_quantity(measure)
        return self._converted(measure, side.unit, "body.event.resourceQuantity") or 0

    def _is_beyond(self, effort: Measure) -> bool:
        """Whether an effort, in hours, is too much to count."""
        unit = self._unit(effort.hasUnit)
        return unit is not None and abs(signed_quantity(effort)) * unit.numerator >= AMOUNT_MAX * 3_600 * unit.denominator

    def _unit(self, name: str) -> UnitOfMeasure | None:
        return unit_named(self._transaction, self._commons, name)

    def _converted(self, measure: Measure, unit: str, field_: str) -> int | None:
        quantity = signed_quantity(measure)
        if measure.hasUnit == unit:
            return quantity
        source, target = self._unit(measure.hasUnit), self._unit(unit)
        assert source is not None and target is not None, (measure.hasUnit, unit)
        try:
            converted = convert(quantity, source, target)
            if abs(converted) < AMOUNT_MAX:
                return converted
            self._wrong.append(Problem("flows.too_much", f"That is too much to count in {unit}.", f"{field_}.hasNumericalValue"))
        except OtherKind:
            problem = f"{measure.hasUnit} does not convert into {unit}, in which it is counted."
            self._wrong.append(Problem("flows.other_unit", problem, f"{field_}.hasUnit"))
        except Inexact as error:
            self._wrong.append(Problem("flows.bad_number", f"{error}.", f"{field_}.hasNumericalValue"))
        return None

    def _stage(self, process: Known | None) -> int | None:
        if process is None:
            return None
        record = process.record()
        if not isinstance(record, Process) or record.basedOn is None:
            return None
        stage = find_record(self._transaction, self._commons, "ProcessSpecification", record.basedOn)
        return stage.number if stage else None

    def _container(self, process: Known | None, resource: Side | None, to: Side | None) -> int | None:
        """What is combined goes into the to-resource, or else into the one other resource that the process has accepted."""
        if self._event.action != "combine":
            return None
        if to is not None and to.known is not None:
            return to.known.number
        if process is None:
            return None
        own = resource.known.number if resource and resource.known else -1
        sql = "SELECT DISTINCT resource FROM economic_event WHERE commons = ? AND input_of = ? AND action = 'accept' AND resource IS NOT NULL AND resource <> ?"
        accepted = self._transaction.rows(sql, (self._commons, process.number, own))
        return accepted[0][0] if len(accepted) == 1 else None

    def _in_process(self, process: Known | None, resource: Side | None, to: Side | None, corrected: PastEvent | None) -> int:
        """What the process took in of the resource and has not put back: what can be put back, or be said not to have been taken in."""
        action = self._event.action
        if action in PAIRS.values() and corrected is not None:
            side, kind = to or resource, str(action)
        elif action in PAIRS:
            side, kind = resource, PAIRS[action]
        else:
            return 0
        if process is None or side is None or side.known is None:
            return 0
        return in_process(self._transaction, self._commons, process.number, side.known.number).can_put_back(kind)

    def _lost(self, process: Known | None, resource: Side | None, quantity: int, corrected: PastEvent | None) -> int:
        """How much of what is lowered was in the process."""
        if self._event.action != "lower" or self._event.inputOf is None or process is None or resource is None or resource.known is None:
            return 0
        there = in_process(self._transaction, self._commons, process.number, resource.known.number)
        return there.lower(corrected.position if corrected else self._entry.position, quantity)

    def _corrected_before(self, corrected: PastEvent | None) -> tuple[int, int]:
        if corrected is None:
            return 0, 0
        sql = "SELECT resource_micro, effort_micro FROM economic_event WHERE commons = ? AND corrects = ?"
        rows = list(self._transaction.rows(sql, (self._commons, corrected.position)))
        return sum(row[0] or 0 for row in rows), sum(row[1] or 0 for row in rows)

    def _corrected_resources(self, corrected: PastEvent | None) -> tuple[int | None, int | None]:
        if corrected is None:
            return None, None
        sql = "SELECT resource, to_resource FROM economic_event WHERE commons = ? AND position = ?"
        row = self._transaction.row(sql, (self._commons, corrected.position))
        assert row is not None
        return row[0], row[1]

    def _check_new(self) -> None:
        """What a new resource names is here too."""
        if self._new is None:
            return
        if self._new.ofBatchLot is not None:
            lot = find_record(self._transaction, self._commons, "BatchLotRecord", self._new.ofBatchLot)
            if lot is None or lot.deleted:
                self._missing.append(("newInventoriedResource.ofBatchLot", "BatchLotRecord", self._new.ofBatchLot))
        if self._new.unitOfEffort is not None and self._unit(self._new.unitOfEffort) is None:
            problem = f"{self._new.unitOfEffort!r} is no unit that is known here."
            self._wrong.append(Problem("flows.bad_unit", problem, "body.newInventoriedResource.unitOfEffort"))

    def _goes_round(self, resource: Side | None, container: int | None) -> bool:
        if resource is None or resource.known is None or container is None:
            return False
        return is_within(self._transaction, self._commons, container, resource.known.number)

    def _specification_of(self, side: Side | None) -> Known | None:
        if side is None or side.conforms_to is None:
            return None
        return record_numbered(self._transaction, self._commons, side.conforms_to)

    def _whole_piece(self, specification: Known | None) -> bool:
        """Whether resources of this kind cannot stand for each other, so that one that is tracked is one piece."""
        if specification is None:
            return False
        record = specification.record()
        return isinstance(record, ResourceSpecification) and record.substitutable is False

    def _same_serial(self, specification: Known | None) -> bool:
        """Whether there is another resource of this kind with the tracking identifier of the new one."""
        new = self._new
        if new is None or new.trackingIdentifier is None or self._creates() != "resource":
            return False
        number = specification.number if specification else None
        if new.conformsTo is not None:
            known = find_record(self._transaction, self._commons, "ResourceSpecification", new.conformsTo)
            number = known.number if known else None
        if number is None:
            return False
        return serial_taken(self._transaction, self._commons, number, new.trackingIdentifier)

    def _promises(self, corrected: PastEvent | None) -> list[Promise]:
        event = self._event
        source = event if corrected is None else corrected.event  # a correction takes back from all that it was given to
        found = []
        for name, type_ in PROMISES.items():
            for id_ in getattr(source, name):
                known = find_record(self._transaction, self._commons, type_, id_)
                if known is not None:
                    found.append(self._promise(name, known, corrected))
        if corrected is not None:
            return found
        counted = {id_ for one in found if isinstance(commitment := one.known.record(), Commitment) for id_ in commitment.satisfies}
        return [
            replace(one, resource=0, effort=0) if one.field == "satisfies" and one.known.id in counted else one for one in found
        ]  # what satisfies an intent by the promise that it fulfils has been counted there

    def _promise(self, name: str, known: Known, corrected: PastEvent | None) -> Promise:
        record = known.record()
        counted = counted_towards(self._transaction, self._commons, known.number)
        amounts: list[int] = []
        opens: list[int | None] = []
        for place, part in (("resourceQuantity", counted[0]), ("effortQuantity", counted[1])):
            wanted, given = promised(record, place), getattr(self._event, place)
            opens.append(open_quantity(None if wanted is None else signed_quantity(wanted), part))
            amounts.append(self._towards(given, wanted, f"body.event.{place}") if given is not None else 0)
        before = (0, 0)
        if corrected is not None:
            before = given_by(self._transaction, self._commons, corrected, name, known)
        return Promise(name, known, opens[0], opens[1], amounts[0], amounts[1], before)

    def _towards(self, given: Measure, wanted: Measure | None, field_: str) -> int:
        """What the event brings, in the unit of the promise; in its own, if the promise does not say how much."""
        if wanted is None or self._unit(given.hasUnit) is None:
            return signed_quantity(given)
        return self._converted(given, wanted.hasUnit, field_) or 0


def is_within(transaction: Transaction, commons: str, resource: int | None, container: int) -> bool:
    """Whether a resource is a container, or is contained in it, in whatever depth."""
    seen: set[int] = set()
    while resource is not None and resource not in seen:
        if resource == container:
            return True
        seen.add(resource)
        found = find_resource(transaction, commons, resource)
        resource = found.stock.contained_in if found else None
    return False


def _is_another(agent: Agent, author: str, number: int | None) -> bool:
    """Whether an agent is, or is an identity of, a person who is not the author."""
    return (agent.type == "Person" and agent.id != author) or (agent.claimed_by is not None and agent.claimed_by != number)


def _number(agent: Agent | None) -> int | None:
    return None if agent is None else agent.number
