"""From what a client gives to what stands in entries."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from ..api.call import read_json
from ..flows import entries as e
from ..flows.actions import ACTIONS, action_named
from ..problems import bad_input
from .scalars import decimal_text

COUNT = "one"
"""The unit of what is given without one: a count."""
MEASURES = ("resourceQuantity", "effortQuantity", "availableQuantity", "minimumQuantity")
DECIMALS = ("lat", "long", "alt")
NOT_SAID = frozenset({"revisionId", "agreements", "containedIn", "currentLocation"})
"""What is no field of the record: it names a revision, or becomes something else."""


def said(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a record or event as they stand in entries; None takes a field away.

    Raises:
        BadInput: `flows.unknown_action`, `graphql.bad_value`.
    """
    return {name: _plain(name, value) for name, value in given.items() if name not in NOT_SAID}


def _plain(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name == "action":
        return _action(value)
    if name in MEASURES:
        return measure(value)
    if name == "hasDuration":
        return _duration(value)
    if name in DECIMALS:
        return decimal_text(value)
    if name == "inScopeOf":
        if len(value) > 1:
            raise bad_input("graphql.bad_value", "A process is in the scope of one agent at most.", name)
        return value[0] if value else None
    return value


def measure(given: Mapping[str, Any]) -> dict[str, str]:
    """A quantity, with a unit."""
    number: Decimal = given["hasNumericalValue"]
    return {"hasNumericalValue": decimal_text(number), "hasUnit": given.get("hasUnit") or COUNT}


def _duration(given: Mapping[str, Any]) -> dict[str, str]:
    number, unit = given.get("numericDuration"), given.get("unitType")
    if number is None or unit is None:
        number, unit = given.get("hasNumericalValue"), given.get("hasUnit")
    if number is None or unit is None:
        raise bad_input("graphql.bad_value", "Give numericDuration with unitType, or hasNumericalValue with hasUnit.", "hasDuration")
    return {"hasNumericalValue": decimal_text(number), "hasUnit": unit}


def _action(text: str) -> str:
    found = action_named(text)
    if found is None:
        raise bad_input("flows.unknown_action", f"{text!r} is no action of Valueflows 1.0: {', '.join(ACTIONS)}.", "action")
    return found


def record(type_: str, id_: str, given: Mapping[str, Any], before: Any = None) -> Any:
    """A record as it is to be.

    Args:
        before: What it was, if there was one: what is not given stays.

    Raises:
        BadInput: `api.bad_params`, and as `said`.
    """
    plain = {} if before is None else msgspec.to_builtins(before)
    plain |= said(given) | {"type": type_, "id": id_}
    read: e.Create = read_shape({"record": plain}, e.Create)
    return read.record


def read_shape(plain: Mapping[str, Any], shape: type[msgspec.Struct]) -> Any:
    """Plain values as parameters of a command, checked like those of any other door. What is None is left out.

    Raises:
        BadInput: `api.bad_params`, `journal.malformed`.
    """
    return read_json(msgspec.json.encode(_present(plain)), shape)


def _present(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _present(value) if isinstance(value, dict) else value for name, value in plain.items() if value is not None}
