"""Import of a Valueflows document: agents, records and events, all of it or nothing, with the ids that they have there."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ..commons import entries as commons_entries
from ..commons.people import identity_id, name_identities
from ..commons.queries import charter_section, commons_section, find_agent, lacks_power
from ..contributions.charter import Imports, kinds_in_force
from ..contributions.entries import Batch, Log
from ..contributions.queries import claimed_amount
from ..flows import entries as e
from ..flows.interchange.document import CLASSES, Document, Item
from ..flows.references import EVENT, REFERENCES, named
from ..flows.rules import may_create
from ..flows.store import find_event, find_record
from ..flows.times import happened
from ..flows.units import find_unit
from ..flows.vocabulary import AnyRecord, EconomicEvent, EconomicResource, ProcessSpecification, ResourceSpecification, SpatialThing, Unit
from ..forms import in_words
from ..journal.commands import Act
from ..journal.kinds import time_text
from ..problems import CommonholdError, Forbidden, Problem, Refused

_LATER = ("economicResources", "economicEvents")
_KEYS = {struct.__name__: key for key, struct in CLASSES.items()}


@dataclass(slots=True)
class FlowReport:
    """What an import of a document did.

    Attributes:
        agents: id in the document → id here. refused: What was not written, and why.
        undated: How many events did not say when they happened: they are dated when they were written down, else now.
        overdrawn: Resources that may go below nothing, as they do in the document.
    """

    batch: str = ""
    records: int = 0
    events: int = 0
    contributions: int = 0
    known: int = 0
    agents: dict[str, str] = field(default_factory=dict)
    refused: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    overdrawn: list[str] = field(default_factory=list)
    undated: int = 0

    def as_dict(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "batch": self.batch, "records": self.records, "events": self.events, "contributions": self.contributions, "alreadyKnown": self.known,
            "agents": self.agents, "overdrawn": self.overdrawn, "undated": self.undated, "refused": self.refused,
        }  # fmt: skip


class FlowImport:
    """Writes one document.

    Args:
        secret: The commons' secret behind the digests of identities. label: What the document is called; ids that it brings
            again under this label are known. kind: The kind of contribution that work becomes: a claim for peers to validate.
            Without it, the first kind of the charter with the action work. domain: Of those claims.
        claims: Whether work becomes claims at all. overdraw: Whether new resources may go below nothing.
        date_now: Whether events that do not say when they happened are dated now; otherwise they are refused.
    """

    def __init__(
        self,
        act: Act,
        document: Document,
        label: str,
        secret: bytes,
        *,
        kind: str = "",
        domain: str = "",
        claims: bool = True,
        overdraw: bool = False,
        date_now: bool = False,
    ) -> None:
        self._overdraw = overdraw
        self._date_now = date_now
        self._act = act
        self._document = document
        self._label = label
        self._secret = secret
        self._names: dict[str, str] = {}
        self.report = FlowReport()
        self._kinds = kinds = kinds_in_force(act.transaction, act.commons)
        work = [name for name, known in kinds.items() if known.action == "work"]
        self._kind = (kind or (work[0] if work else "")) if claims else ""
        self._action = kinds[self._kind].action if self._kind in kinds else ""
        self._domain = domain or commons_section(act.transaction, act.commons).domains[0]
        self._repayment = charter_section(act.transaction, act.commons, "imports", Imports).repayment
        said = [*document.get("expectedFinalEconomicResources", []), *document.get("economicResources", [])]
        self._resources: dict[str, Item] = {item["id"]: item for item in said}

    def run(self) -> FlowReport:
        """Import everything; what refers to something that comes later waits for it.

        Raises:
            Forbidden: `commons.lacks_power`: who imports speaks for many.
        """
        lacks = lacks_power(self._act.transaction, self._act.commons, self._act.author, "imports")
        if lacks:
            raise Forbidden(*lacks)
        for item in self._document.get("agents", []):
            self._agent(item)
        self._stubs()
        waiting = [(key, item) for key in CLASSES if key not in _LATER for item in self._document.get(key, []) if not self._is_private(key, item)]
        events = [self._opening(item) for item in self._unmade()] + list(self._document.get("economicEvents", []))
        while True:
            waiting, moved = self._records(waiting)
            written = 0
            while written < len(events) and self._event(events[written], last=False):
                written += 1
            events = events[written:]
            if not waiting and not events:
                break
            if not moved and not written:
                self._stuck(waiting, events[:1])
                waiting, events = [], events[1:]
        name_identities(self._act.transaction, self._act.commons, self._names)
        return self.report

    def _is_private(self, key: str, item: Item) -> bool:
        """Whether it is a place that only persons are at: where people live does not go into the journal."""
        if key != "spatialThings":
            return False
        here = [agent.get("type", "Person") for agent in self._document.get("agents", []) if agent.get("primaryLocation") == item["id"]]
        if not here or any(type_ != "Person" for type_ in here):
            return False
        named = ("toLocation", "eligibleLocation", "currentLocation")
        return not any(
            other.get(name) == item["id"] for items in self._document.values() for other in items if isinstance(other, dict) for name in named
        )

    def _stubs(self) -> None:
        """What is only named, from elsewhere, is a kind of thing or a place all the same: it begins with its name."""
        described = {(CLASSES[key].__name__, str(item.get("id"))) for key in CLASSES for item in self._document.get(key, [])}
        shapes = {shape.__name__: shape for shape in (ResourceSpecification, ProcessSpecification, SpatialThing)}
        for key, struct in CLASSES.items():
            fields = {name: target for name, target in REFERENCES.get(struct.__name__, {}).items() if target in shapes}
            for item in self._document.get(key, []):
                for name, target in fields.items():
                    id_ = item.get(name)
                    if isinstance(id_, str) and (target, id_) not in described:
                        described.add((target, id_))
                        if find_record(self._act.transaction, self._act.commons, target, id_) is None:
                            self._record(_KEYS[target], {"id": id_, "name": id_[:300]}, last=True)

    def _stuck(self, waiting: list[tuple[str, Item]], events: list[Item]) -> None:
        """What waits for something that does not come is tried, so that the rule says what is missing."""
        for key, item in waiting:
            self._record(key, item, last=True)
        for item in events:
            self._event(item, last=True)

    def _agent(self, item: Item) -> str:
        id_ = str(item["id"])
        if id_ in self.report.agents:
            return self.report.agents[id_]
        transaction, commons = self._act.transaction, self._act.commons
        if re.fullmatch(r"did:key:z\w+|org:[a-z0-9-]+|id:[0-9a-f]{32}", id_) and (id_.startswith("id:") or find_agent(transaction, commons, id_)):
            here = id_
        elif item.get("type", "Person") == "Person":
            here = identity_id(self._secret, id_)
            if item.get("name"):
                self._names[here] = str(item["name"])[:200]
        else:
            here = self._organization(id_, item)
        self.report.agents[id_] = here
        return here

    def _organization(self, id_: str, item: Item) -> str:
        name = str(item.get("name") or id_)[:500]
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "agent"
        here = f"org:{slug}"
        known = find_agent(self._act.transaction, self._act.commons, here)
        if known is not None and known.name != name:
            here = f"org:{slug}-{hashlib.sha256(id_.encode()).hexdigest()[:8]}"
            known = find_agent(self._act.transaction, self._act.commons, here)
        if known is None:
            class_ = "ecological" if item.get("type") == "EcologicalAgent" else "other"
            body = commons_entries.AddAgent(id=here, name=name, classifiedAs=class_)  # type: ignore[arg-type]
            self._act.writer.write(self._act.signer, self._act.author, "commons.agent", body, self._key("Agent", id_))
        return here

    def _key(self, type_: str, id_: str) -> str:
        digest = hashlib.sha256(f"{self._label}\0{type_}\0{id_}".encode()).hexdigest()
        return f"valueflows:{digest[:40]}"

    def _unmade(self) -> list[Item]:
        """Resources that are there, with a quantity, and that no event of the document makes."""
        made = {
            event.get(name) for event in self._document.get("economicEvents", []) for name in ("resourceInventoriedAs", "toResourceInventoriedAs")
        } | {(event.get("newInventoriedResource") or {}).get("id") for event in self._document.get("economicEvents", [])}
        return [
            item for item in self._document.get("economicResources", [])
            if item["id"] not in made and (item.get("accountingQuantity") or item.get("onhandQuantity"))
        ]  # fmt: skip

    def _opening(self, item: Item) -> Item:
        """What was there before the document begins is raised, as an opening balance."""
        holder = item.get("primaryAccountable") or item.get("custodian")
        return {
            "id": f"{item['id']}.opening", "action": "raise", "provider": holder, "receiver": holder, "resourceInventoriedAs": item["id"],
            "resourceQuantity": _as_text(item.get("accountingQuantity") or item.get("onhandQuantity")), "note": "opening balance",
            "resourceConformsTo": item.get("conformsTo"), "state": item.get("state"),
        }  # fmt: skip

    def _records(self, waiting: list[tuple[str, Item]]) -> tuple[list[tuple[str, Item]], bool]:
        again = [(key, item) for key, item in waiting if not self._record(key, item, last=False)]
        return again, len(again) < len(waiting)

    def _record(self, key: str, item: Item, *, last: bool) -> bool:
        """Write a record, unless it names what is not here yet. last: Try in any case. Returns whether it is dealt with."""
        struct = CLASSES[key]
        record = self._converted(struct, item, key)
        if record is None:
            return True
        if isinstance(record, Unit) and find_unit(record.id) is not None:
            return True
        if find_record(self._act.transaction, self._act.commons, struct.__name__, record.id) is not None:
            self.report.known += 1
            return True
        if not last and not self._all_here(record):
            return False
        if self._say(struct.__name__, record.id, "flows.create", e.Create(record=record)):
            self.report.records += 1
        return True

    def _all_here(self, record: AnyRecord | EconomicEvent, begins: str = "") -> bool:
        for _, type_, id_ in named(record):
            if type_ == EVENT:
                if find_event(self._act.transaction, self._act.commons, id_) is None:
                    return False
            elif not (type_ == "EconomicResource" and id_ == begins):
                known = find_record(self._act.transaction, self._act.commons, type_, id_)
                if known is None or known.deleted:
                    return False
        return True

    def _converted(self, struct: type[msgspec.Struct], item: Item, key: str) -> Any:
        plain = {name: value for name, value in item.items() if value is not None and name in struct.__struct_fields__}
        if key == "units":
            plain.setdefault("id", item.get("label"))
        for name in ("provider", "receiver", "inScopeOf"):
            if plain.get(name):
                plain[name] = self._agent({"id": plain[name]})
        if "proposedTo" in plain:
            plain["proposedTo"] = [self._agent({"id": id_}) for id_ in plain["proposedTo"]]
        try:
            return msgspec.convert(plain, struct)
        except msgspec.ValidationError as error:
            message, _, path = str(error).partition(" - at ")
            words = in_words(message, struct, path.strip("`"))
            self._refuse(key, str(item.get("id", item.get("label", ""))), Problem("flows.bad_item", f"{words}.", path.strip("`").removeprefix("$.")))
            return None

    def _event(self, item: Item, *, last: bool) -> bool:
        event = self._converted(EconomicEvent, item, "economicEvents")
        if event is None:
            return True
        id_ = str(item["id"])
        if find_event(self._act.transaction, self._act.commons, id_) is not None:
            self.report.known += 1
            return True
        if happened(event) is None and (self._date_now or item.get("created")):
            event = msgspec.structs.replace(event, hasPointInTime=str(item.get("created") or time_text(self._act.writer.now)))
            self.report.undated += 1
        new = self._new_resource(event, item)
        if not last and not self._all_here(event, new.id if new else ""):
            return False
        if event.action == self._action and event.provider is not None and new is None and event.resourceInventoriedAs is None:
            log = Log(event=event, id=id_, kind=self._kind, domain=self._domain, repayment=self._repayment)
            if claimed_amount(self._act.transaction, self._act.commons, log, self._kinds) is not None:
                self.report.contributions += self._claim(log, id_)
                return True
        self.report.events += self._say(EVENT, id_, "flows.event", e.Event(event=event, id=id_, newInventoriedResource=new))
        return True

    def _new_resource(self, event: EconomicEvent, item: Item) -> EconomicResource | None:
        """The resource that begins with an event: the one that is not here yet."""
        begun = {"resource": event.resourceInventoriedAs, "to": event.toResourceInventoriedAs}.get(may_create(event.action))
        said = dict(item.get("newInventoriedResource") or {})
        id_ = begun or said.get("id")
        if id_ is None or find_record(self._act.transaction, self._act.commons, "EconomicResource", str(id_)) is not None:
            return None
        recorded = self._resources.get(str(id_), {})
        record = self._converted(EconomicResource, recorded | said | {"id": id_}, "economicResources")
        assert record is None or isinstance(record, EconomicResource)
        if record is not None and (self._overdraw or self._overdrawn(recorded)):
            self.report.overdrawn.append(record.id)
            return msgspec.structs.replace(record, mayOverdraw=True)
        return record

    @staticmethod
    def _overdrawn(recorded: Item) -> bool:
        """Whether the document itself says that there is less than nothing of a resource."""
        quantities = (recorded.get("accountingQuantity"), recorded.get("onhandQuantity"))
        return any(str((quantity or {}).get("hasNumericalValue", "")).startswith("-") for quantity in quantities)

    def _claim(self, log: Log, id_: str) -> bool:
        """Work is a claim, until peers validate it."""
        if not self.report.batch:
            body = Batch(source="valueflows", label=self._label)
            landed = self._act.writer.write(self._act.signer, self._act.author, "contributions.batch", body, self._key("batch", ""))
            self.report.batch = landed.id
        return self._say(EVENT, id_, "contributions.log", msgspec.structs.replace(log, batch=self.report.batch))

    def _say(self, type_: str, id_: str, kind: str, body: Any) -> bool:
        try:
            self._act.writer.write(self._act.signer, self._act.author, kind, body, self._key(type_, id_))
        except CommonholdError as error:
            self._refuse(type_, id_, *error.problems)
            return False
        return True

    def _refuse(self, type_: str, id_: str, *problems: Problem) -> None:
        said = [{"code": p.code, "field": p.field, "message": p.message} for p in problems]
        self.report.refused.append({"type": type_, "id": id_, "problems": said})
        self.report.problems += problems


def _as_text(measure: Item | None) -> Item | None:
    """A quantity with its number as a text, as entries have it."""
    return None if measure is None else {**measure, "hasNumericalValue": str(measure.get("hasNumericalValue"))}


class DocumentRefused(Refused):
    """Something in a document was refused, so nothing was written; `report` tells what and why."""

    def __init__(self, report: dict[str, Any], *problems: Problem) -> None:
        super().__init__(*problems)
        self.report = report
