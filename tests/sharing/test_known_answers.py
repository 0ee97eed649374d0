"""Known answers from other systems, computed there, reached here."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from world import CHARTER, World

from commonhold.problems import Refused
from commonhold.sharing.distribute import Points, StepInputs, distribute
from commonhold.sharing.policy import Policy, Step
from commonhold.sharing.rounding import largest_remainder

DATA = Path(__file__).with_name("data")

BY_VALUE = (
    CHARTER.partition("[[sharing.steps]]")[0]
    + """
[[sharing.steps]]
id = "claims"
to = "contributions"
rest = true
by_value = true
"""
)


def test_the_value_equation_of_nrp(world: World) -> None:
    """Sensorica's own test: claims of 25, 50, 30, 20, 10, 50 and 10 share 195 as 75, 70, 30 and 20; then all are repaid.

    Source: facts of valueflows/valuenetwork@e40d5b0, test_value_equations.
    """
    world.charter(BY_VALUE)
    world.join("Worker", "Contributor", "Funder1", "Funder2")
    given = [("Worker", "work", "1"), ("Worker", "expense", "50"), ("Funder1", "loan", "30"), ("Funder2", "loan", "20")]
    given += [("Contributor", "expense", amount) for amount in ("10", "50", "10")]
    for who, kind, amount in given:
        world.validated(who, kind, amount, repayment="until_repaid")
    world.income("195.00")
    assert world.share() == {"Worker": "75.00", "Contributor": "70.00", "Funder1": "30.00", "Funder2": "20.00"}
    world.income("10.00")
    with pytest.raises(Refused) as nothing:
        world.share("1000.00")
    assert nothing.value.code == "sharing.nothing_there"
    world.share()
    with world.node.read() as transaction:
        assert transaction.row("SELECT given, kept FROM distribution WHERE number = 2") == (0, 1_000)
    report = world.verify()
    assert report.ok, report.findings


def _points(weights: list[int]) -> Points:
    numbers = [number for number, weight in enumerate(weights) if weight]
    size = len(numbers)
    return Points(
        np.array(numbers, dtype=np.int64),
        np.arange(size),
        np.array([weights[n] for n in numbers], dtype=object),
        np.full(size, -1),
        np.zeros(size, dtype=np.int64),
    )


@pytest.mark.parametrize("case", json.loads((DATA / "sourcecred_policies.json").read_text())["cases"], ids=lambda case: case["policy"])
def test_the_policies_of_sourcecred(case: dict[str, list[str]]) -> None:
    """IMMEDIATE is a step over a window, BALANCED one that catches up. Money differs by the reference's float64 alone.

    Each receipt is within 10^-12 of the budget, and ours add up to the last unit.
    """
    cred = [round(float(value) * 10**12) for value in case["cred"]]
    paid = {number: int(amount) for number, amount in enumerate(case["paid"]) if amount != "0"}
    step = Step(id="s", to="contributions", rest=True, by_value=True, catch_up=case["policy"] == "BALANCED")  # type: ignore[comparison-overlap]
    budget = int(case["budget"])  # type: ignore[arg-type]
    outcome = distribute(budget, Policy(steps=[step]), "EUR", {"s": StepInputs(_points(cred), paid=paid)}, {})
    ours = dict(outcome.steps[0].given)
    assert sum(ours.values()) == budget
    for number, receipt in enumerate(case["receipts"]):
        assert abs(ours.get(number, 0) - int(receipt)) <= budget // 10**12 + 1


def test_an_empty_window_shares_nothing_instead_of_failing() -> None:
    """SourceCred ends with "total score must be positive" for an empty week; here the step says so and the money stays."""
    step = Step(id="s", to="contributions", rest=True, by_value=True)
    outcome = distribute(1_000, Policy(steps=[step]), "EUR", {"s": StepInputs()}, {})
    assert (outcome.given, outcome.kept) == (0, 1_000)
    assert outcome.steps[0].remark == "No contribution counts here."


def test_splitting_one_unit_pays_the_largest() -> None:
    """SourceCred's splitBudget("1", [1, 100]) pays ["0", "1"]; a 3-way split of 10^18 differs by one unit at most."""
    assert largest_remainder(1, [1, 100]) == [0, 1]
    assert largest_remainder(10**18, [1, 1, 1]) == [333333333333333334, 333333333333333333, 333333333333333333]


def test_praise_rounds_of_the_token_engineering_commons() -> None:
    """90 % by praise, 7 % by the number of scores given, 3 % equally; a quiet month pays a smaller pot."""
    steps = [
        Step(id="praise", to="contributions", percent="90", by_value=True, full_at=4),
        Step(id="quantifiers", to="contributions", percent="7", by_value=True),
        Step(id="board", to="members", percent="3"),
    ]
    inputs = {
        "praise": StepInputs(_points([0, 30, 10])),
        "quantifiers": StepInputs(_points([0, 0, 0, 1, 3])),
        "board": StepInputs(members=(5, 6, 7)),
    }
    outcome = distribute(100_000, Policy(steps=steps), "EUR", inputs, {})
    assert [step.given for step in outcome.steps] == [[(1, 33_750), (2, 11_250)], [(3, 1_750), (4, 5_250)], [(5, 1_000), (6, 1_000), (7, 1_000)]]
    assert outcome.kept == 45_000


def test_small_amounts_are_dropped_and_shared_again() -> None:
    """The rule of the ecosyste.ms funds: below 50.00 nothing is paid, and it goes to the others in proportion."""
    step = Step(id="s", to="contributions", rest=True, by_value=True, drop_below="50.00")
    outcome = distribute(100_000, Policy(steps=[step]), "EUR", {"s": StepInputs(_points([600, 360, 40]))}, {})
    assert outcome.steps[0].given == [(0, 62_500), (1, 37_500)]
