"""Which recipe brings what: from the demands down through all levels, before any quantity is known.

The steps come out so that each stands after all that need it. So what several places need of one kind is known before it is
planned, is netted together, and is made by one process. (In planning of material requirements this is low-level coding.)
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from ..vocabulary import RecipeFlow
from .recipes import RecipeBook, way_of
from .shapes import Reason, Want

DEPENDENT = frozenset({"consume", "accept", "pickup", "combine", "deliverService"})
"""Inputs that are made or bought for the plan. Work is asked for openly; what is used or cited is there or is not."""
CHOICES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Link:
    """Where something comes from: an output of a recipe process, or a clause of a recipe exchange; or why from nowhere."""

    maker: RecipeFlow | None = None
    reason: Reason = "no_recipe"
    choices: tuple[str, ...] = ()

    @property
    def process(self) -> str | None:
        """The recipe process that makes it."""
        return self.maker.recipeOutputOf if self.maker else None


@dataclass(frozen=True, slots=True)
class Outline:
    """Attributes: links: of each demand, in their order; of each input, by its flow. steps: Recipe processes, each after all that need it."""

    demands: tuple[Link, ...]
    inputs: Mapping[str, Link]
    steps: tuple[str, ...]


def outline(book: RecipeBook, demands: Collection[Want], preferred: Collection[str], choices: Mapping[str, str]) -> Outline:
    """Find what brings each demand, each of its inputs, and so on.

    An input that only a step could bring for which it is needed in the first place has none: a cycle is cut where it closes
    (the rule of NRP).
    """
    walk = _Walk(book, frozenset(preferred), choices)
    links = []
    for want in demands:
        links.append(walk.link(want, choices.get(want.specification)))
        if (step := links[-1].process) is not None:
            walk.down(step)
    return Outline(tuple(links), walk.links, tuple(reversed(walk.done)))


class _Walk:
    """A walk in depth without recursion. `above`: the steps that lead to where it is."""

    def __init__(self, book: RecipeBook, preferred: frozenset[str], choices: Mapping[str, str]) -> None:
        self.book, self.preferred, self.choices = book, preferred, choices
        self.links: dict[str, Link] = {}
        self.done: list[str] = []
        self.seen: set[str] = set()
        self.above: set[str] = set()
        self.makers: dict[Want, tuple[RecipeFlow, ...]] = {}

    def down(self, start: str) -> None:
        if start in self.seen:
            return
        stack = [self._enter(start)]
        while stack:
            step, flows = stack[-1]
            flow = next(flows, None)
            if flow is None:
                stack.pop()
                self.above.discard(step)
                self.done.append(step)
                continue
            link = self.links[flow.id] = self._of_input(flow)
            if link.process is not None and link.process not in self.seen:
                stack.append(self._enter(link.process))

    def _of_input(self, flow: RecipeFlow) -> Link:
        if flow.recipeOutputOf in self.book.processes and flow.recipeOutputOf not in self.above:
            return Link(flow)  # a service that one step delivers to another is one flow of both
        want = Want(flow.resourceConformsTo or "", flow.stage, flow.state)
        return self.link(want, self.choices.get(flow.id) or self.choices.get(want.specification))

    def link(self, want: Want, choice: str | None) -> Link:
        makers = self.makers.get(want)
        if makers is None:
            makers = self.makers[want] = self.book.makers(want, self.preferred)
        if not makers:
            return Link()
        if choice is not None:
            # The choice may be one that `makers` left out as the middle of a workflow: who chooses it, means it.
            makers = tuple(flow for flow in self.book.ways[want] if way_of(flow) == choice) or makers
        free = list(islice((flow for flow in makers if way_of(flow) not in self.above), 2))
        if len(free) == 1:
            return Link(free[0])
        return Link(None, "choose" if free else "cycle", tuple(way_of(flow) for flow in makers[:CHOICES_SHOWN]))

    def _enter(self, step: str) -> tuple[str, Iterator[RecipeFlow]]:
        self.seen.add(step)
        self.above.add(step)
        return step, (flow for flow in self.book.inputs.get(step, ()) if depends(flow))


def depends(flow: RecipeFlow) -> bool:
    """Whether an input is to be made or bought. An input that is itself the clause of an exchange is bought by that."""
    return flow.action in DEPENDENT and flow.recipeClauseOf is None and flow.resourceConformsTo is not None
