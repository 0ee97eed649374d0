"""Reads for people: lists, one thing with what belongs to it, open tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..commons.people import names
from ..problems import bad_input
from ..store.transaction import Transaction
from .queries import event_view, events_naming, find_anything, linking, list_records, newest_records, promise_state, record_view
from .references import EVENT
from .store import RECORD_TYPES, Known, PastEvent, event_at
from .vocabulary import Intent


@dataclass(frozen=True, slots=True)
class Listed:
    """Things of one class, as plain values."""

    type: str
    items: list[dict[str, Any]]

    def lines(self, names: Mapping[str, str]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """Titles and rows of a table. names: Of what flows name, by id."""
        if self.type == "EconomicResource":
            rows = [
                (one["id"], one.get("name") or one["conformsTo"] or "", *(_amount(one[name]) for name in ("accountingQuantity", "onhandQuantity")),
                 one["accountingQuantity"]["hasUnit"] or "", one.get("trackingIdentifier") or "")
                for one in self.items
            ]  # fmt: skip
            return ("id", "name", "accounting", "onhand", "unit", "tracking"), rows
        if self.items and "action" in self.items[0]:
            from .sentences import sentence

            return ("id", "what"), [(one["id"][:26], sentence(one, names)) for one in self.items]
        return ("id", "name"), [(one["id"], str(one.get("name") or one.get("label") or one.get("note") or "")) for one in self.items]


def _amount(measure: dict[str, Any]) -> str:
    return str(measure["hasNumericalValue"])


def called(transaction: Transaction, commons: str, *, public_only: bool = False) -> dict[str, str]:
    """Names of agents, and of the things that flows name, by id."""
    named = ("EconomicResource", "ResourceSpecification", "Process")
    found = {
        known.id: str(name)
        for type_ in named
        for known in list_records(transaction, commons, type_)
        if (name := getattr(known.record(), "name", None))
    }
    return found | names(transaction, commons, public_only=public_only)


def class_named(text: str) -> str:
    """The class that a word means, in whatever case.

    Raises:
        BadInput: `flows.unknown_class`.
    """
    classes = {one.lower(): one for one in (*RECORD_TYPES, EVENT)}
    short = {"resource": "EconomicResource", "event": EVENT, "resources": "EconomicResource", "events": EVENT}
    lowered = text.lower()
    found = short.get(lowered) or classes.get(lowered) or classes.get(lowered.removesuffix("s")) or classes.get(lowered.removesuffix("es"))
    if found is None:
        raise bad_input("flows.unknown_class", f"{text!r} is no class that is kept here: {', '.join(classes.values())}.", "class")
    return found


def listed(transaction: Transaction, commons: str, text: str, limit: int | None = None) -> Listed:
    """The things of a class, oldest first; events newest first."""
    type_ = class_named(text)
    if type_ == EVENT:
        sql = "SELECT position FROM economic_event WHERE commons = ? ORDER BY position DESC LIMIT ?"
        newest = [row[0] for row in transaction.rows(sql, (commons, limit or 2**31))]
        return Listed(type_, [event_view(transaction, commons, event_at(transaction, commons, position)) for position in newest])
    return Listed(type_, [record_view(transaction, commons, known) for known in list_records(transaction, commons, type_, limit=limit)])


def shown(transaction: Transaction, commons: str, text: str, type_: str = "") -> dict[str, Any]:
    """One thing, with the events and promises around it."""
    found = find_anything(transaction, commons, text, *([class_named(type_)] if type_ else []))
    if isinstance(found, PastEvent):
        return {"type": EVENT, **event_view(transaction, commons, found)}
    plain = {"type": found.type, **record_view(transaction, commons, found)}
    around = {
        "EconomicResource": ("events", ("resourceInventoriedAs", "toResourceInventoriedAs")),
        "Commitment": ("fulfilledBy", ("fulfills",)),
        "Intent": ("satisfiedBy", ("satisfies",)),
        "Claim": ("settledBy", ("settles",)),
    }
    if found.type == "Process":
        return plain | process_flows(transaction, commons, found)
    if found.type == "Agreement":
        return plain | agreement_flows(transaction, commons, found)
    if found.type in around:
        name, fields = around[found.type]
        plain[name] = [event_view(transaction, commons, past) for past in events_naming(transaction, commons, found.number, *fields)]
    return plain


def process_flows(transaction: Transaction, commons: str, process: Known) -> dict[str, Any]:
    """What goes into a process and comes out of it: planned, promised, and done, directly or by keeping one of its promises."""
    flows: dict[str, Any] = {}
    for name, field in (("hasInput", "inputOf"), ("hasOutput", "outputOf")):
        flows[name] = _done(transaction, commons, process, (field,), (field,))
        for kind, type_ in (("Planned", "Intent"), ("Promised", "Commitment")):
            flows[f"{name}{kind}"] = [record_view(transaction, commons, one) for one in linking(transaction, commons, process.number, field, type_)]
    return flows


def _only_reciprocal(transaction: Transaction, commons: str) -> set[int]:
    """Numbers of the intents that proposals want in return, and that none publishes."""
    fields: dict[str, set[int]] = {"reciprocal": set(), "publishes": set()}
    for field, targets in fields.items():
        rows = transaction.rows("SELECT DISTINCT target FROM flow_link WHERE commons = ? AND field = ?", (commons, field))
        targets.update(row[0] for row in rows)
    return fields["reciprocal"] - fields["publishes"]


def agreement_flows(transaction: Transaction, commons: str, agreement: Known) -> dict[str, Any]:
    """Both sides of an agreement: what is promised, and what was done for it, directly or by keeping one of its promises."""
    sides = (
        ("stipulates", "clauseOf", "realizes", "realizationOf"),
        ("stipulatesReciprocal", "reciprocalClauseOf", "realizesReciprocal", "reciprocalRealizationOf"),
    )
    flows: dict[str, Any] = {}
    for promised, clause, done, realization in sides:
        flows[promised] = [record_view(transaction, commons, one) for one in linking(transaction, commons, agreement.number, clause, "Commitment")]
        flows[done] = _done(transaction, commons, agreement, (realization,), (clause,))
    return flows


def _done(transaction: Transaction, commons: str, known: Known, fields: tuple[str, ...], promised: tuple[str, ...]) -> list[dict[str, Any]]:
    """The events that name something, and those that fulfil a commitment which names it, in the order of the journal."""
    events = {past.position: past for past in events_naming(transaction, commons, known.number, *fields)}
    for field in promised:
        for commitment in linking(transaction, commons, known.number, field, "Commitment"):
            events |= {past.position: past for past in events_naming(transaction, commons, commitment.number, "fulfills")}
    return [event_view(transaction, commons, events[position]) for position in sorted(events)]


def open_tasks(transaction: Transaction, commons: str) -> list[dict[str, Any]]:
    """Intents that anybody may take: nobody is named as provider, and something of them is open; those due first come first.

    What goes into a process from stock, or comes out of it, is nobody's task; the work in it is.
    """
    wanted = _only_reciprocal(transaction, commons)
    tasks = [known for known in list_records(transaction, commons, "Intent") if _is_open_task(transaction, commons, known, wanted)]
    return sorted((record_view(transaction, commons, known) for known in tasks), key=_due)


def some_open_tasks(transaction: Transaction, commons: str, most: int, looked_at: int = 60) -> list[dict[str, Any]]:
    """A few of them, found among the newest intents, however many there are; those due first come first."""
    wanted = _only_reciprocal(transaction, commons)
    found: list[dict[str, Any]] = []
    for known in newest_records(transaction, commons, "Intent", looked_at):
        if _is_open_task(transaction, commons, known, wanted):
            found.append(record_view(transaction, commons, known))
            if len(found) == most:
                break
    return sorted(found, key=_due)


def _due(task: dict[str, Any]) -> tuple[str, str]:
    return task.get("due") or "9", task["id"]


def _is_open_task(transaction: Transaction, commons: str, known: Known, wanted_in_return: set[int]) -> bool:
    if known.number in wanted_in_return:
        return False
    intent = known.record()
    assert isinstance(intent, Intent)
    is_flow = intent.inputOf is not None or intent.outputOf is not None
    if is_flow and intent.action not in ("work", "deliverService"):
        return False
    return intent.provider is None and not intent.finished and not promise_state(transaction, commons, known).finished
