"""Flows in English sentences, for the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

VERBS = {
    "produce": "produced", "consume": "consumed", "use": "used", "work": "worked", "cite": "cited", "deliverService": "delivered",
    "pickup": "picked up", "dropoff": "dropped off", "accept": "accepted", "modify": "modified", "combine": "packed", "separate": "unpacked",
    "transferAllRights": "transferred the rights to", "transferCustody": "handed over", "transfer": "transferred", "move": "moved",
    "copy": "copied", "raise": "raised", "lower": "lowered",
}  # fmt: skip
"""What somebody did, in the past tense."""


PLANNED = {
    "produce": "produce", "consume": "consume", "use": "use", "work": "work", "cite": "cite", "deliverService": "deliver", "pickup": "pick up",
    "dropoff": "drop off", "accept": "accept", "modify": "modify", "combine": "pack", "separate": "unpack",
    "transferAllRights": "transfer the rights to", "transferCustody": "hand over", "transfer": "transfer", "move": "move", "copy": "copy",
    "raise": "raise", "lower": "lower",
}  # fmt: skip
"""What somebody will do."""


def quantity_text(plain: Mapping[str, Any]) -> str:
    """What is open of a promise, or its quantity."""
    for name in ("openResourceQuantity", "openEffortQuantity", "resourceQuantity", "effortQuantity"):
        measure = plain.get(name)
        if measure:
            return f"{measure['hasNumericalValue']} {measure['hasUnit'] or ''}".strip()
    return ""


def sentence(plain: Mapping[str, Any], names: Mapping[str, str] | None = None) -> str:
    """A flow as a sentence: "Bay worked 3 hour on bms-firmware for Libre Solar".

    >>> sentence({"action": "work", "provider": "Bay", "effortQuantity": {"hasNumericalValue": "3", "hasUnit": "hour"}, "inputOf": "bms"})
    'Bay worked 3 hour in bms'
    """
    called = names or {}

    def name(id_: Any) -> str:
        return str(called.get(str(id_), id_))

    planned = "finished" in plain  # only promises can be; events are
    parts = [name(plain["provider"])] if plain.get("provider") else []
    if planned and parts:
        parts.append("will")
    parts.append((PLANNED if planned else VERBS)[plain["action"]])
    amounts = [plain[one] for one in ("resourceQuantity", "effortQuantity") if plain.get(one)]
    parts += [f"{one['hasNumericalValue']} {one['hasUnit']}" for one in amounts]
    what = plain.get("resourceInventoriedAs") or plain.get("resourceConformsTo")
    if what:
        parts += ["of", name(what)] if amounts else [name(what)]
    for field, word in (("inputOf", "in"), ("outputOf", "from"), ("toResourceInventoriedAs", "into")):
        if plain.get(field):
            parts += [word, name(plain[field])]
    if plain.get("receiver") and plain["receiver"] != plain.get("provider"):
        parts += ["for" if plain["action"] in ("work", "use", "deliverService", "produce") else "to", name(plain["receiver"])]
    return " ".join(parts) + (" (a correction)" if plain.get("corrects") else "")
