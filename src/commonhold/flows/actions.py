"""The nineteen actions of Valueflows 1.0.0 and what each does: data taken from the ontology, not written here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Literal, get_args

import msgspec

Action = Literal[
    "produce", "consume", "use", "work", "cite", "deliverService", "pickup", "dropoff", "accept", "modify",
    "combine", "separate", "transferAllRights", "transferCustody", "transfer", "move", "copy", "raise", "lower",
]  # fmt: skip


class Behaviour(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an action does, in the words of the ontology. `docs/reference/valueflows.md` explains them."""

    eventQuantity: Literal["resource", "effort", "both"]
    inputOutput: Literal["input", "output", "outputInput", "notApplicable"]
    pairsWith: Action | Literal["notApplicable"]
    createResource: Literal["optional", "optionalTo", "notApplicable"]
    accountingEffect: Literal["increment", "decrement", "decrementIncrement", "incrementTo", "notApplicable"]
    onhandEffect: Literal["increment", "decrement", "decrementIncrement", "incrementTo", "notApplicable"]
    locationEffect: Literal["new", "update", "updateTo", "notApplicable"]
    containedEffect: Literal["update", "remove", "notApplicable"]
    accountableEffect: Literal["new", "update", "updateTo", "notApplicable"]
    stageEffect: Literal["update", "notApplicable"]
    stateEffect: Literal["update", "updateTo", "notApplicable"]


class _Table(msgspec.Struct, frozen=True):
    version: str
    actions: dict[str, Behaviour]


_TABLE = msgspec.json.decode(files("commonhold.flows").joinpath("ontology/actions.json").read_bytes(), type=_Table)

VERSION = _TABLE.version
BEHAVIOURS: Mapping[str, Behaviour] = _TABLE.actions
ACTIONS: tuple[str, ...] = get_args(Action)
NUMBERS: Mapping[str, int] = {action: number for number, action in enumerate(ACTIONS)}
"""The place of each action in `ACTIONS`: what stands for it in columns of numbers."""

ALSO_PERMITTED: Mapping[str, Mapping[str, str]] = {
    "work": {"eventQuantity": "both"},
    "pickup": {"createResource": "optionalTo"},
    "dropoff": {"createResource": "optionalTo"},
    "accept": {"createResource": "optionalTo"},
    "modify": {"createResource": "optionalTo"},
}
"""Where the chart published with the ontology says more than the ontology does: permitted too (docs/decisions)."""


def action_named(text: str) -> str | None:
    """The action that a text means, in the spelling of 1.0 or of older versions (`transfer-custody`), or None.

    >>> action_named("transfer-all-rights"), action_named("deliver-service"), action_named("unpack"), action_named("pass")
    ('transferAllRights', 'deliverService', 'separate', None)
    """
    camel = re.sub(r"[-_ ]+([a-zA-Z])", lambda found: found[1].upper(), text.strip().removeprefix("vf:"))
    camel = {"pack": "combine", "unpack": "separate"}.get(camel, camel[:1].lower() + camel[1:])
    return camel if camel in NUMBERS else None
