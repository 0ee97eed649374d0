"""The before-and-after examples of the specification: reproduced, or known why not, and what is told instead."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flows.happenings import Flows, measure
from world import World

from commonhold.commons import entries as ce
from commonhold.flows import vocabulary as v
from commonhold.flows.actions import BEHAVIOURS
from commonhold.flows.commands import NewResource
from commonhold.problems import CommonholdError

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES: dict[str, dict[str, Any]] = {
    one["file"]: one for one in json.loads((Path(__file__).parent / "data" / "spec-examples.json").read_text(encoding="utf-8"))["examples"]
}
REPRODUCED, CONTRADICTS = ([name for name, one in EXAMPLES.items() if one["result"] == result] for result in ("reproduced", "contradicts itself"))
FIGURES = {"accounting": "accountingQuantity", "onhand": "onhandQuantity"}
KNOWN = {"containedIn", "stage", "state"}


def id_(name: str | None) -> str | None:
    """A name of the examples as an id."""
    return None if name is None else re.sub(r"[^a-z0-9]+", "-", name.lower())


def agent(name: str) -> str:
    return f"org:{id_(name)}"


def texts(value: Any) -> Iterator[str]:
    """Every key and text in an example."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from texts(one)


class Telling:
    """Tells an example to a commons; everybody in it is an organization, for which the steward writes."""

    def __init__(self, world: World, example: dict[str, Any]) -> None:
        self.flows = Flows(world)
        self.example = example
        for name in sorted(set(re.findall(r'"(?:provider|receiver|of)": "([^"]+)"', json.dumps(example)))):
            world.act("Ana", "agent.add", ce.AddAgent(id=agent(name), name=name, classifiedAs="other"))
        for name in sorted(set(re.findall(r'"(?:resourceC|c)onformsTo": "([^"]+)"', json.dumps(example)))):
            self.flows.make("Ana", v.ResourceSpecification(id=id_(name) or "", name=name))
        for name, stage in example.get("processes", {}).items():
            if stage is not None:
                self.flows.make("Ana", v.ProcessSpecification(id=id_(stage) or "", name=stage))
            self.flows.make("Ana", v.Process(id=id_(name) or "", basedOn=id_(stage)))
        for name in example.get("agreements", []):
            self.flows.make("Ana", v.Agreement(id=name))
        for name, said in example["resources"].items():
            self._opening(name, said)

    def _opening(self, name: str, said: dict[str, Any]) -> None:
        """What is there before: raised, or produced by a process of its stage."""
        new = NewResource(id=id_(name) or "", conformsTo=id_(said.get("conformsTo")), trackingIdentifier=said.get("trackingIdentifier"))
        action, process = ("produce", id_(said["produced by"])) if "produced by" in said else ("raise", None)
        owner = agent(said["of"])
        self.flows.happens("Ana", action, said["quantity"], provider=owner, receiver=owner, new=new, outputOf=process, state=said.get("state"))

    def tell(self, steps: list[dict[str, Any]]) -> None:
        """Step by step, with what must be so in between."""
        for step in steps:
            if "expect" in step:
                assert self.found(step["expect"]) == step["expect"]
            elif "kept" in step:
                assert {name: self.flows.view("Commitment", name)["finished"] for name in step["kept"]} == dict.fromkeys(step["kept"], True)
            elif "commitment" in step:
                self._promise(step["commitment"])
            elif "refused" in step:
                with pytest.raises(CommonholdError) as refused:
                    self._event(step)
                assert refused.value.code == step["refused"]
            else:
                self._event(step)

    def _promise(self, said: dict[str, Any]) -> None:
        fields = {name: id_(value) for name, value in said.items() if name in ("resourceInventoriedAs", "resourceConformsTo")}
        fields |= {name: said.get(name) for name in ("id", "action", "clauseOf", "reciprocalClauseOf")}
        fields |= {name: agent(said[name]) for name in ("provider", "receiver")}
        self.flows.make("Ana", v.Commitment(**fields, resourceQuantity=measure(said["quantity"])))  # type: ignore[arg-type]

    def _event(self, step: dict[str, Any]) -> None:
        told = dict(step)
        told.pop("refused", None)
        action, resource, quantity = told.pop("action"), id_(told.pop("resource", None)), told.pop("quantity", None)
        out = told.pop("direction", "out" if BEHAVIOURS[action].inputOutput == "output" else "in") == "out"
        if process := id_(told.pop("process", None)):
            told["outputOf" if out else "inputOf"] = process
        for name in ("provider", "receiver"):
            told[name] = agent(told[name])
        for name in ("to", "resourceConformsTo"):
            if name in told:
                told[name] = id_(told[name])
        if new := told.pop("new", None):
            told["new"] = NewResource(**{name: id_(value) if name != "trackingIdentifier" else value for name, value in new.items()})
        self.flows.happens("Ana", action, quantity, resource, **told)

    def found(self, asked: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        """The fields that are asked for, as they are."""
        names = {id_(name): name for name in texts(self.example)}
        found = {}
        for resource, fields in asked.items():
            view = self.flows.resource(id_(resource) or "")
            plain = {short: view[long]["hasNumericalValue"] for short, long in FIGURES.items()}
            plain |= {name: names.get(view[name], view[name]) for name in KNOWN}
            plain["accountable"] = names.get((view["primaryAccountable"] or "").removeprefix("org:"))
            found[resource] = {name: plain[name] for name in fields}
        return found


@pytest.mark.parametrize("name", REPRODUCED)
def test_reproduced(sqlite_world: World, name: str) -> None:
    telling = Telling(sqlite_world, EXAMPLES[name])
    telling.tell(EXAMPLES[name]["steps"])
    assert telling.found(EXAMPLES[name]["specified"]) == EXAMPLES[name]["specified"]
    assert sqlite_world.verify().ok


@pytest.mark.parametrize("name", CONTRADICTS)
def test_as_it_stands_it_contradicts_itself(sqlite_world: World, name: str) -> None:
    """Told as it stands, something else comes out, and we know what."""
    telling = Telling(sqlite_world, EXAMPLES[name])
    telling.tell(EXAMPLES[name]["steps"])
    assert telling.found(EXAMPLES[name]["specified"]) != EXAMPLES[name]["specified"]
    assert any("expect" in step for step in EXAMPLES[name]["steps"])


@pytest.mark.parametrize("name", CONTRADICTS)
def test_what_is_told_instead_comes_to_what_is_meant(sqlite_world: World, name: str) -> None:
    telling = Telling(sqlite_world, EXAMPLES[name])
    telling.tell(EXAMPLES[name]["instead"])
    assert telling.found(EXAMPLES[name]["specified"]) == EXAMPLES[name]["specified"]
    assert sqlite_world.verify().ok


def test_the_table_of_the_documentation_is_the_data() -> None:
    """Each example is there with what it comes to and why, and no other."""
    page = (ROOT / "docs" / "reference" / "valueflows-examples.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]*?) \| ([^|]*?) ?\|$", page, re.MULTILINE)
    assert rows == [(name, one["result"], one["reason"]) for name, one in EXAMPLES.items()]
    assert f"{len(REPRODUCED)} of {len(EXAMPLES)} come out as they stand" in page
    assert (len(REPRODUCED), len(EXAMPLES)) == (8, 12)
