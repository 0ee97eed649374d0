"""From what was said on the command line to events and records."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from ..flows.commands import NewResource, RecordParams
from ..flows.entries import Create, Update
from ..flows.queries import event_view, find_anything, revision_of
from ..flows.rules import moves_quantity, signed_quantity
from ..flows.store import RECORD_TYPES, Known, PastEvent
from ..flows.vocabulary import EconomicEvent, Measure
from ..forms import in_words, unknown_field
from ..measure import format_quantity
from ..problems import Problem, Refused, bad_input
from ..store.transaction import Transaction
from .session import Session


def event_params(session: Session, **said: Any) -> RecordParams:
    """What `flows record` was told, as parameters of the command."""
    with session.node.read() as transaction:
        resources = {
            name: _called(transaction, session.commons, said[option], "EconomicResource")
            for name, option in (("resourceInventoriedAs", "resource"), ("toResourceInventoriedAs", "to_resource"))
        }
        corrected = _corrected(transaction, session.commons, said["corrects"]) if said["corrects"] else {}
    plain: dict[str, Any] = corrected | {
        "action": said["action"],
        "provider": session.agent(said["provider"]) if said["provider"] else corrected.get("provider", session.author()),
        "hasPointInTime": said["at"] or None,
    }
    if corrected and said["quantity"]:
        said["quantity"] = _less(said["quantity"])
    given = {
        "receiver": session.agent(said["receiver"]) if said["receiver"] else None, "resourceConformsTo": said["specification"],
        "resourceQuantity": said["quantity"], "effortQuantity": said["effort"], "inputOf": said["input_of"], "outputOf": said["output_of"],
        "fulfills": list(said["fulfills"]), "satisfies": list(said["satisfies"]), "settles": list(said["settles"]),
        "realizationOf": said["agreement"], "toLocation": said["location"], "state": said["state"], "note": said["note"],
        "corrects": corrected.get("corrects"), **resources,
    }  # fmt: skip
    plain |= {name: value for name, value in given.items() if value}
    event = converted({name: value for name, value in plain.items() if value is not None}, EconomicEvent)
    new = NewResource(name=said["new"], trackingIdentifier=said["tracking"] or None, ofBatchLot=said["lot"] or None) if said["new"] else None
    return RecordParams(event=event, newInventoriedResource=new, id=said["id_"] or None)


def without_stock(params: RecordParams) -> str:
    """What to tell of an event that, by what it names, changes less than one may expect."""
    event, begins = params.event, params.newInventoriedResource is not None
    if not moves_quantity(event.action):
        return "Work counts as a contribution only if it is logged: commonhold log." if event.action == "work" else ""
    if event.resourceInventoriedAs is None and event.toResourceInventoriedAs is None and not begins:
        return "No stock has changed: name a --resource, or let one begin by --new."
    if event.action.startswith("transfer") and event.toResourceInventoriedAs is None and not begins:
        return "Nothing has arrived: name a --to-resource of the receiver, or let one begin by --new, if its stock is kept here."
    return ""


_CORRECTED = "SELECT COALESCE(resource_micro, effort_micro) FROM economic_event WHERE commons = ? AND corrects = ?"


def _less(measure: Measure) -> Measure:
    """By how much less it was, as a correction says it: below nothing."""
    return Measure(hasNumericalValue=f"-{measure.hasNumericalValue.removeprefix('-')}", hasUnit=measure.hasUnit)


def _called(transaction: Transaction, commons: str, text: str, type_: str) -> str | None:
    if not text:
        return None
    found = find_anything(transaction, commons, text, type_)
    return found.id


def _corrected(transaction: Transaction, commons: str, text: str) -> dict[str, Any]:
    """What a correction repeats of an event, with the whole quantity taken back."""
    past = find_anything(transaction, commons, text, "EconomicEvent")
    assert isinstance(past, PastEvent)
    plain = event_view(transaction, commons, past)
    names = ("provider", "receiver", "inputOf", "outputOf", "realizationOf", "reciprocalRealizationOf")
    repeated = {name: plain[name] for name in names if plain.get(name)}
    for name in ("resourceInventoriedAs", "toResourceInventoriedAs"):
        if getattr(past.event, name) is not None:
            repeated[name] = getattr(past.event, name)
        elif plain.get(name):
            repeated[name] = plain[name]
    for name in ("resourceQuantity", "effortQuantity"):
        measure: Measure | None = getattr(past.event, name)
        if measure is not None:
            repeated[name] = _less(measure)
    before = sum(one for (one,) in transaction.rows(_CORRECTED, (commons, past.position)) if one is not None)
    for name in ("resourceQuantity", "effortQuantity"):
        if name in repeated and before:
            left = signed_quantity(getattr(past.event, name)) + before
            repeated[name] = Measure(hasNumericalValue=f"-{format_quantity(left)}", hasUnit=repeated[name].hasUnit)
    return repeated | {"corrects": past.id}


def converted(plain: Any, shape: Any, field: str = "") -> Any:
    """A value as a shape.

    Raises:
        BadInput: `flows.bad_field`.
    """
    try:
        return msgspec.convert(plain, shape)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at ")
        words = in_words(message, shape, path.strip("`"))
        if words.startswith("Invalid value") and path.strip("`").endswith(".type"):
            words = f"{words.removeprefix('Invalid value ')} is no class that can be created: {', '.join(RECORD_TYPES)}"
        where = field + path.strip("`").removeprefix("$").lstrip(".") or unknown_field(message)
        raise bad_input("flows.bad_field", words if words.endswith("?") else f"{words}.", where) from None


def read_records(file: str) -> list[Create]:
    """The records in a file.

    Raises:
        BadInput: `flows.not_json`, `flows.bad_field`.
    """
    data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    try:
        plain = json.loads(data, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise bad_input("flows.not_json", f"This is not JSON: {error}.", "file") from None
    found = plain if isinstance(plain, list) else [plain]
    if not found:
        raise bad_input("flows.nothing_there", "There is nothing to create in this list.", "file")
    return [converted({"record": one}, Create, f"[{at}].") for at, one in enumerate(found)]


def known_record(transaction: Transaction, commons: str, id_: str, type_: str) -> Known:
    """The record of an id.

    Raises:
        NotFound: `flows.unknown`, `flows.which`. Refused: `flows.events_stay`.
    """
    found = find_anything(transaction, commons, id_, *([type_] if type_ else []))
    if not isinstance(found, Known):
        raise Refused(Problem("flows.events_stay", "What happened is not changed: record an event with --corrects.", "id"))
    return found


def revised(session: Session, id_: str, changes: tuple[str, ...], type_: str) -> Update:
    """A record with some fields changed.

    Raises:
        BadInput: `flows.bad_field`.
    """
    with session.node.read() as transaction:
        known = known_record(transaction, session.commons, id_, type_)
        revision = revision_of(transaction, session.commons, known)
    plain = msgspec.to_builtins(known.record())
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals:
            raise bad_input("flows.bad_field", f"Write FIELD=VALUE, not {change!r}.", "changes")
        if value:
            plain[name] = _value(value)
        else:
            plain.pop(name, None)
    return Update(record=converted({"record": plain}, Create).record, revision=revision)


def _value(text: str) -> Any:
    """A value as it was written: true, false, a list or object in JSON, or a text."""
    if text in ("true", "false") or text[:1] in "[{":
        try:
            return json.loads(text, parse_float=str, parse_int=str)
        except ValueError:
            return text
    return text
