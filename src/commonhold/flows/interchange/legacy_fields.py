"""One field of an older shape as the field of 1.0: times, quantities, references, lists, and what cannot be one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..actions import action_named
from ..references import AGENT_FIELDS, REFERENCES
from ..units import find_unit
from .document import AGENT_TYPES, UNIT_FIELDS, Item
from .legacy_notes import Notes
from .legacy_values import camel, has_offset, number_text, plain, rounded, time_text

MEASURES = frozenset(
    {"resourceQuantity", "effortQuantity", "availableQuantity", "minimumQuantity", "hasDuration", "accountingQuantity", "onhandQuantity"}
)
_TIMES = frozenset({"hasPointInTime", "hasBeginning", "hasEnd", "due", "created", "expirationDate"})
_BOOLEANS = frozenset({"finished", "unitBased", "substitutable", "mediumOfExchange", "mayOverdraw"})
_WORDS = frozenset({"resourceClassifiedAs", "classifiedAs", "processClassifiedAs", "hasDetailedGeometry"})
_ADDRESSES = frozenset({"image", "imageList", "currentVirtualLocation"})
_DEGREES = frozenset({"lat", "long", "alt"})
_DEGREE_DIGITS = 12
"""More are cut without a word: they tell less than the width of an atom."""
_LONG = {"note": 1_000, "mappableAddress": 1_000}
_SHORT = 300
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]{1,2000}\Z")
_FLAT = re.compile(r"(.+?)_?(has_?numerical_?value|has_?unit)(?:_?id)?\Z", re.IGNORECASE)
_AGENTS: Mapping[str, str] = {"primaryLocation": "SpatialThing"}
LABELS = {"lb": "poundAvoirdupois", "lbs": "poundAvoirdupois", "pound": "poundAvoirdupois", "pounds": "poundAvoirdupois", "lt": "litre"}
"""Labels of units in exports of peers → names in OM 2, where `find_unit` does not know them."""


@dataclass(frozen=True, slots=True)
class Converter:
    """Converts the fields of one object.

    Attributes:
        reference: From class, value and path to the id of what is named, taking in whole objects.
    """

    notes: Notes
    class_: str
    path: str
    reference: Callable[[str, Any, str], str | None]

    def prepared(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """An object with what older shapes spread over several fields in one: flattened quantities, places of agents."""
        if self.class_ == "Agent":
            return self._placed(value)
        if self.class_ == "Unit":
            return {**value, **{own: value[old] for own, old in (("label", "overrideLabel"), ("symbol", "overrideSymbol")) if value.get(old)}}
        if not any(key.lower().replace("_", "").endswith(("hasnumericalvalue", "hasunitid")) for key in value):
            return dict(value)
        prepared: dict[str, Any] = {}
        for key, raw in value.items():
            match = _FLAT.match(key)
            if match is None or camel(match[1]) not in MEASURES:
                prepared[key] = raw
            elif raw is not None:
                prepared.setdefault(match[1], {})["hasNumericalValue" if "value" in match[2].lower() else "hasUnit"] = raw
        return prepared

    def _placed(self, value: Mapping[str, Any]) -> dict[str, Any]:
        prepared = dict(value)
        place: dict[str, Any] = {"mappableAddress": prepared.pop("address", None)}
        degrees = prepared.pop("latLng", None)
        if isinstance(degrees, list) and len(degrees) == 2:
            place["lat"], place["long"] = degrees
        if "role" in prepared and "classifiedAs" not in prepared:
            prepared["classifiedAs"] = prepared.pop("role")
        if any(place.values()) and not prepared.get("primaryLocation"):
            prepared["primaryLocation"] = {"name": value.get("name"), **place}
        return prepared

    def field(self, name: str, raw: Any, path: str) -> Any:
        """The value of a field in the form of 1.0, or None if it cannot be one."""
        raw = plain(raw)
        if name in AGENT_FIELDS or name in REFERENCES.get(self.class_, {}) or (self.class_ == "Agent" and name in _AGENTS):
            return self._reference(name, raw, path)
        if name in MEASURES:
            return self.measure(raw, path)
        if name == "action":
            return self._action(raw, path)
        if name in _TIMES:
            return self._time(raw, path)
        if name in UNIT_FIELDS:
            return self._unit(raw, path)
        if name in _BOOLEANS:
            return raw if isinstance(raw, bool) else self._left_out("flows.bad_boolean", raw, path, "true or false")
        if name in _DEGREES:
            return self._degrees(raw, path)
        if name in _WORDS:
            return [text for one in (raw if isinstance(raw, list) else [raw]) if (text := self._text(name, one, path))]
        if name in _ADDRESSES:
            addresses = [text for one in (raw if isinstance(raw, list) else [raw]) if (text := self._address(one, path))]
            return addresses if name == "imageList" else next(iter(addresses), None)
        return self._text(name, raw, path)

    def _degrees(self, raw: Any, path: str) -> Any:
        number = number_text(raw)
        if number is None:
            return self._left_out("flows.bad_number", raw, path, "a decimal number")
        whole, point, fraction = number.partition(".")
        return number if len(fraction) <= _DEGREE_DIGITS else whole + point + fraction[:_DEGREE_DIGITS]

    def _left_out(self, code: str, raw: Any, path: str, right: str) -> Any:
        """Note that a value is left out, and answer nothing."""
        self.notes.add(code, f"{self.class_}.{path.rpartition('.')[2]}", path, f"{str(raw)[:80]!r} is not {right}: it is left out.")

    def _reference(self, name: str, raw: Any, path: str) -> Any:
        target = "Agent" if name in AGENT_FIELDS else _AGENTS.get(name) or REFERENCES[self.class_][name]
        many = isinstance(raw, list)
        ids = [id_ for one in (raw if many else [raw]) if (id_ := self.reference(target, one, path)) is not None]
        if name in _MANY:
            return ids
        if len(ids) > 1:
            self._left_out("flows.only_one", ids[1:], path, "the only one: there is place for one, the first is kept; the rest")
        return next(iter(ids), None)

    def _action(self, raw: Any, path: str) -> str | None:
        name = raw.get("id") or raw.get("label") or raw.get("name") if isinstance(raw, Mapping) else raw
        action = action_named(str(name).rpartition("/")[2].rpartition("#")[2]) if name else None
        if action is None:
            self.notes.add("flows.unknown_action", str(name), path, f"{name!r} is not an action of Valueflows 1.0: the item is left out.")
        return action or "unknown"

    def _time(self, raw: Any, path: str) -> str | None:
        text = time_text(raw)
        if text is None:
            self._left_out("flows.bad_time", raw, path, "a time like 2026-11-23T08:30:00Z")
        elif not has_offset(raw):
            self.notes.add("flows.time_zone_assumed", path.rpartition(".")[2], path, f"{raw!r} says no time zone: it is taken as UTC.")
        return text

    def measure(self, raw: Any, path: str) -> Any:
        """A quantity with its unit."""
        if not isinstance(raw, Mapping):
            return self._left_out("flows.bad_quantity", raw, path, "a quantity with hasNumericalValue and hasUnit")
        fields = {camel(key): value for key, value in raw.items()}
        value = next((fields[name] for name in ("hasNumericalValue", "numericValue", "numericDuration") if name in fields), None)
        unit = next((fields[name] for name in ("hasUnit", "unit", "unitType") if fields.get(name) is not None), None)
        number = number_text(value)
        if number is None:
            return None if value is None else self._left_out("flows.bad_number", value, path, "a decimal number")
        short = rounded(number)
        if short != number:
            self.notes.add(
                "flows.rounded", path.rpartition(".")[2], path, f"{number} has more than six digits after the point: it is rounded to {short}."
            )
        name = self._unit(unit, path)
        if name is None:
            self.notes.add("flows.unit_assumed", path.rpartition(".")[2], path, f"{number} has no unit: it is taken as a number of pieces, om2:one.")
        return {"hasNumericalValue": short, "hasUnit": name or "om2:one"}

    def _unit(self, raw: Any, path: str) -> str | None:
        """A unit by its id, or by what it is called if it is not described; `unitDay` of older durations is `day`."""
        raw = plain(raw)
        if isinstance(raw, Mapping):
            described = raw.get("id") or raw.get("@id")
            label = raw.get("label") or raw.get("symbol") or raw.get("name")
            return self.reference("Unit", raw, path) if described else self._unit(label, path)
        if not isinstance(raw, str) or not raw.strip():
            return None
        text = re.sub(r"\Aunit(?=[A-Z])", "", raw.strip())[:200]
        return text[:1].lower() + text[1:] if text != raw.strip() else text

    def _text(self, name: str, raw: Any, path: str) -> Any:
        raw = plain(raw)
        if isinstance(raw, Mapping | list | bool):
            return self._left_out("flows.bad_text", raw, path, "a text")
        text, most = str(raw).strip(), _LONG.get(name, _SHORT)
        if len(text) > most:
            self.notes.add("flows.shortened", f"{self.class_}.{name}", path, f"{name} has more than {most} characters: the rest is left out.")
        return text[:most] or None

    def _address(self, raw: Any, path: str) -> Any:
        raw = plain(raw)
        if isinstance(raw, str) and _ADDRESS.match(raw):
            return raw
        return self._left_out("flows.bad_address", raw, path, "an absolute address")

    def counted(self, name: str, raw: Any) -> Any:
        """What a resource is said to have or be, in a form that can be compared."""
        if name in MEASURES:
            return self.measure(raw, f"{self.path}.{name}")
        targets = {"primaryAccountable": "Agent", "custodian": "Agent", "currentLocation": "SpatialThing", "stage": "ProcessSpecification"}
        if name in targets or name == "containedIn":
            return self.reference(targets.get(name, "EconomicResource"), raw, f"{self.path}.{name}")
        return plain(raw)

    def agent_type(self, item: Item, value: Mapping[str, Any]) -> None:
        """Say of an agent what it is, as far as the object does."""
        for key in ("__typename", "@type", "type", "agentType"):
            said = plain(value.get(key))
            found = next((one for one in AGENT_TYPES if isinstance(said, str) and camel(said).casefold() == one.casefold()), None)
            if found:
                item["type"] = found
                return


_MANY = frozenset({"proposedTo", "fulfills", "satisfies", "settles", "recipeIncludes", "publishes", "reciprocal", "listedIn"})


def known_unit(text: str) -> str | None:
    """What a unit is called here that an export calls by this label, or None."""
    for spelling in (text, text.lower()):
        if find_unit(spelling) is not None:
            return spelling
    name = LABELS.get(text.casefold())
    return f"om2:{name}" if name else None
