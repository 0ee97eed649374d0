"""A step told as a sentence: complete, so that two policies that share differently never read the same."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from commonhold.sharing.policy import Receiver, Step
from commonhold.sharing.sentence import describe

BASES = {
    "agents": Step(id="x", to="agents", percent="5", agents=[Receiver(agent="org:a"), Receiver(agent="org:b")]),
    "upstream": Step(id="x", to="upstream", amount="5.00", agents=[Receiver(agent="org:a")]),
    "members": Step(id="x", to="members", percent="10", active_days=30),
    "contributions": Step(id="x", to="contributions", rest=True, weights={"work": "1"}),
    "repay": Step(id="x", to="repay", percent="20"),
    "flow": Step(id="x", to="flow", rest=True, weights={"work": "1"}, use={"laser": "5"}, cite={"design": "2"}),
    "reserve": Step(id="x", to="reserve", monthly="10.00"),
}
CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("agents", {"agents": [Receiver(agent="org:a", parts=2), Receiver(agent="org:b")]}),
    ("agents", {"percent": "6"}),
    ("agents", {"of": "remaining"}),
    ("agents", {"percent": "", "amount": "7.00"}),
    ("agents", {"to": "upstream"}),
    ("reserve", {"monthly": "11.00"}),
    ("members", {"rolls": ["producer"]}),
    ("members", {"active_days": 31}),
    ("members", {"active_contributions": 3}),
    ("members", {"at_most": "1.00"}),
    ("contributions", {"weights": {"work": "2"}}),
    ("contributions", {"by_value": True}),
    ("contributions", {"kinds": ["work"]}),
    ("contributions", {"domains": ["firmware"]}),
    ("contributions", {"processes": ["assembly"]}),
    ("contributions", {"since": "2026-01-01"}),
    ("contributions", {"until": "2026-02-01"}),
    ("contributions", {"last_days": 90}),
    ("contributions", {"half_life_days": 365}),
    ("contributions", {"at_least": "1.00"}),
    ("contributions", {"at_most_percent": "60"}),
    ("contributions", {"drop_below": "0.50"}),
    ("contributions", {"catch_up": True}),
    ("contributions", {"full_at": 12}),
    ("contributions", {"rest": False, "percent": "50"}),
    ("repay", {"order": "oldest"}),
    ("flow", {"to": "contributions"}),
    ("flow", {"weights": {"work": "2"}}),
    ("flow", {"use": {"laser": "6"}}),
    ("flow", {"use": {"*": "5"}}),
    ("flow", {"cite": {"design": "whole"}}),
    ("flow", {"funds": ["lamps"]}),
]


@pytest.mark.parametrize(("base", "change"), CHANGES, ids=[f"{base} {', '.join(change)}" for base, change in CHANGES])
def test_whatever_changes_a_step_changes_its_sentence(base: str, change: dict[str, Any]) -> None:
    one, other = BASES[base], msgspec.structs.replace(BASES[base], **change)
    assert describe(one, "EUR", {}) != describe(other, "EUR", {})


def test_no_setting_is_forgotten_here() -> None:
    """Every field of a step is changed above, but for its name and label, which stand beside the sentence."""
    assert {name for _, change in CHANGES for name in change} == set(Step.__struct_fields__) - {"id", "label"}


def test_a_whole_sentence() -> None:
    step = Step(id="x", to="contributions", rest=True, weights={"work": "1", "code": "0.5"}, domains=["hardware"], half_life_days=365, at_most="9.00")
    said = "the rest by validated contributions: work 1, code 0.5; only in hardware; half as much after 365 days; at most 9.00 EUR each"
    assert describe(step, "EUR", {}) == said


def test_organizations_are_called_by_their_names() -> None:
    assert describe(BASES["agents"], "EUR", {"org:a": "Alpha"}) == "5 % of the total to Alpha (1), org:b (1)"
