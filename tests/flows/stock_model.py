"""Another fold of events, written from the table of the ontology alone: what the engine must come to, and what it must refuse."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from fractions import Fraction
from importlib.resources import files

TABLE: dict[str, dict[str, str]] = json.loads(files("commonhold.flows").joinpath("ontology/actions.json").read_bytes())["actions"]
OWN, OTHER = ({"increment": 1, "decrement": -1, "decrementIncrement": -1}, {"decrementIncrement": 1, "incrementTo": 1})
BACK = {"modify": "accept", "dropoff": "pickup"}


@dataclass(frozen=True)
class Told:
    """An event: quantities in whole pieces, things and people by their names."""

    action: str
    quantity: Fraction
    provider: str
    receiver: str
    resource: str = ""
    to: str = ""
    process: str = ""
    new: bool = False
    promises: tuple[str, ...] = ()


@dataclass
class Thing:
    """A resource."""

    accounting: Fraction
    onhand: Fraction
    accountable: str
    custodian: str


@dataclass
class Model:
    """All resources, what processes hold, and what is promised."""

    things: dict[str, Thing] = field(default_factory=dict)
    inside: dict[tuple[str, str], Fraction] = field(default_factory=dict)
    promised: dict[str, tuple[str, Fraction]] = field(default_factory=dict)
    counted: dict[str, Fraction] = field(default_factory=dict)

    def comes_back(self, told: Told) -> bool:
        """Whether the receiver gets back what is named: theirs, and on their shelf."""
        if not told.action.startswith("transfer") or told.to or told.receiver == told.provider:
            return False
        return (self.things[told.resource].accountable, self.things[told.resource].custodian) == (told.receiver, told.receiver)

    def changes(self, told: Told, lost: Fraction) -> list[tuple[str, Fraction, Fraction]]:
        """(resource, accounting, onhand) that an event changes. lost: What of a `lower` is not on hand already."""
        row, signs, returned = TABLE[told.action], (OWN, OTHER), self.comes_back(told)
        found = []
        for name, sign in ((told.resource, signs[returned]), (told.to, OTHER)):
            if name:
                amounts = [sign.get(row[effect], 0) * told.quantity for effect in ("accountingEffect", "onhandEffect")]
                found.append((name, amounts[0], amounts[1] + (lost if name == told.resource else 0)))
        return found

    def may(self, told: Told, lost: Fraction, *, corrects: bool = False) -> bool:
        """Whether the event is legal: of one's own, no more than there is, put back no more than taken in."""
        if told.to or not told.new:
            thing, moved = self.things[told.resource], told.action.startswith("transfer")
            holders = (
                {thing.accountable} if moved and TABLE[told.action]["accountingEffect"] != "notApplicable" else {thing.accountable, thing.custodian}
            )
            free = self.comes_back(told) or corrects or told.action in BACK
            doers = {told.provider, told.receiver} if told.action == "produce" else {told.provider}
            if not free and not doers & holders:
                return False
        if told.to and not told.new and not corrects:
            arrives, rights = self.things[told.to], TABLE[told.action]["accountableEffect"] == "updateTo"
            empty = (arrives.accounting if rights else arrives.onhand) == 0 and told.action != "move"
            empty = empty and bool({told.provider, told.receiver} & {arrives.accountable, arrives.custodian})
            if not empty and told.receiver not in ({arrives.accountable} if rights else {arrives.accountable, arrives.custodian}):
                return False
        if told.action in BACK and told.quantity > self.inside.get((told.process, told.resource), Fraction()):
            return False
        if told.action in BACK.values() and -told.quantity > self.inside.get((told.process, told.resource), Fraction()):
            return False
        for name, accounting, onhand in self.changes(told, lost):
            thing = self.things.get(name, Thing(Fraction(), Fraction(), "", ""))
            if (accounting < 0 and thing.accounting + accounting < 0) or (onhand < 0 and thing.onhand + onhand < 0):
                return False
        return True

    def happens(self, told: Told, lost: Fraction, *, corrects: bool = False) -> None:
        """Let it happen."""
        changes = self.changes(told, lost)
        if told.new:
            begun = told.to or told.resource
            source = self.things[told.resource].accountable if told.to else ""
            rights = TABLE[told.action]["accountableEffect"] in ("new", "updateTo")
            holds = not told.to or TABLE[told.action]["onhandEffect"] != "notApplicable"
            self.things[begun] = Thing(Fraction(), Fraction(), told.receiver if rights else source, told.receiver if holds else told.provider)
        for name, accounting, onhand in changes:
            self.things[name].accounting += accounting
            self.things[name].onhand += onhand
        place = (told.process, told.resource)
        taken = told.quantity if told.action in BACK.values() else -told.quantity if told.action in BACK else -lost
        self.inside[place] = self.inside.get(place, Fraction()) + taken
        if told.to and not told.new and not corrects:
            thing, row = self.things[told.to], TABLE[told.action]
            accountable = told.receiver if row["accountableEffect"] == "updateTo" else thing.accountable
            custodian = told.receiver if row["onhandEffect"] == "decrementIncrement" else thing.custodian
            self.things[told.to] = replace(thing, accountable=accountable, custodian=custodian)

    def share(self, told: Told) -> list[Fraction]:
        """What each promise gets of an event: up to what is open, in turn; the rest goes to the last."""
        left, parts = told.quantity, []
        for name in told.promises:
            parts.append(min(left, self.open(name)))
            left -= parts[-1]
        if parts:
            parts[-1] += left
        return parts

    def open(self, name: str) -> Fraction:
        """What is open of a promise."""
        return max(Fraction(), self.promised[name][1] - self.counted[name])
