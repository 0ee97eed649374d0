"""What a resource embodies, and to whom an income of it flows back: the value roll-up of Sensorica's NRP. Pure and exact.

A resource comes from a process, from contributions (somebody gave, made or paid for it), or from both. A process takes
inputs: work, resources used for a while, resources consumed. Value per unit is what all of that adds up to, divided by
what came out. Linear in every input, and computed once for each resource, however many paths lead to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal


@dataclass(frozen=True, slots=True)
class Contribution:
    """Something that an agent gave towards a resource or a process: its worth in money."""

    agent: str
    value: Fraction
    label: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """A resource that goes into a process: `consume` so many units of it, or `use` it for so many units at a price each."""

    kind: Literal["consume", "use"]
    resource: str
    quantity: Fraction
    price_of_use: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Process:
    """What went in; and, beside the roll-up, what the output earns by agreement (`earns`), on top of what it embodies."""

    work: tuple[Contribution, ...] = ()
    inputs: tuple[Input, ...] = ()
    earns: tuple[Contribution, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """Where so many units of a resource came from: a process, contributions, or both."""

    quantity: Fraction
    process: str | None = None
    contributions: tuple[Contribution, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Flow:
    """A production history. It has no cycles: nothing embodies itself."""

    resources: Mapping[str, Resource]
    processes: Mapping[str, Process]

    def order(self) -> list[str]:
        """The resources, each after those that went into it.

        Raises:
            ValueError: A resource goes into itself.
        """
        done: dict[str, bool] = {}
        ordered: list[str] = []
        stack = [(name, False) for name in reversed(list(self.resources))]
        while stack:
            name, leaving = stack.pop()
            if leaving:
                done[name] = True
                ordered.append(name)
            elif name not in done:
                done[name] = False
                stack.append((name, True))
                stack += [(each.resource, False) for each in self._inputs(name)]
            elif not done[name] and any(open_ == name for open_, leaves in stack if leaves):
                raise ValueError(f"{name} goes into itself")
        return ordered

    def _inputs(self, name: str) -> tuple[Input, ...]:
        process = self.resources[name].process
        return () if process is None else self.processes[process].inputs


def value_per_unit(flow: Flow) -> dict[str, Fraction]:
    """What one unit of each resource embodies."""
    values: dict[str, Fraction] = {}
    for name in flow.order():
        resource = flow.resources[name]
        total = sum((each.value for each in resource.contributions), Fraction(0))
        if resource.process is not None:
            process = flow.processes[resource.process]
            total += sum((each.value for each in process.work), Fraction(0))
            for each in process.inputs:
                total += each.quantity * (each.price_of_use if each.kind == "use" else values[each.resource])
        values[name] = total / resource.quantity
    return values


def shares(flow: Flow, resource: str, quantity: Fraction) -> dict[Contribution, Fraction]:
    """How much of each contribution is in so many units of a resource: the claims on an income of them.

    What is used goes back to those who gave the resource, in proportion to what they gave, up to the price of its use.
    """
    wanted: dict[str, Fraction] = {name: Fraction(0) for name in flow.resources}
    used: dict[str, Fraction] = dict(wanted)
    wanted[resource] = quantity
    found: dict[Contribution, Fraction] = {}
    for name in reversed(flow.order()):
        source = flow.resources[name]
        part = wanted[name] / source.quantity
        given = sum((each.value for each in source.contributions), Fraction(0))
        for each in source.contributions:
            _add(found, each, each.value * part + (used[name] * each.value / given if given else Fraction(0)))
        if source.process is None:
            continue
        process = flow.processes[source.process]
        for each in (*process.work, *process.earns):
            _add(found, each, each.value * part)
        for taken in process.inputs:
            if taken.kind == "use":
                used[taken.resource] += taken.quantity * taken.price_of_use * part
            else:
                wanted[taken.resource] += taken.quantity * part
    return found


def _add(found: dict[Contribution, Fraction], contribution: Contribution, value: Fraction) -> None:
    if value:
        found[contribution] = found.get(contribution, Fraction(0)) + value
