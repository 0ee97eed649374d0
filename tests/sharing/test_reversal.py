"""An income that was recorded by mistake is taken back: whole, once, and only as long as it has not been shared."""

from __future__ import annotations

import pytest
from world import World

from commonhold.problems import Refused
from commonhold.sharing.commands import IncomeParams, ReverseParams
from commonhold.sharing.compute import fund_balance
from commonhold.sharing.queries import incomes


def add(world: World, amount: str) -> str:
    return str(world.act("Ana", "income.add", IncomeParams(amount=amount, currency="EUR", giver=world.ids["Cy"]))["position"])


def take_back(world: World, income: str, who: str = "Ana") -> str:
    return str(world.act(who, "income.reverse", ReverseParams(income=income, reason="recorded twice"))["position"])


def balance(world: World) -> int:
    with world.node.read() as transaction:
        return fund_balance(transaction, "test", "common")


def code(world: World, income: str, who: str = "Ana") -> str:
    with pytest.raises(Refused) as refused:
        take_back(world, income, who)
    return refused.value.code


def test_what_came_in_twice_counts_once(world: World) -> None:
    kept, twice = add(world, "500.00"), add(world, "500.00")
    back = take_back(world, twice)
    assert balance(world) == 50_000
    with world.node.read() as transaction:
        found = [(line["amount"], line["reverses"], line["note"]) for line in incomes(transaction, "test")]
    assert found == [("500.00", None, ""), ("500.00", None, ""), ("-500.00", int(twice), "recorded twice")]
    world.validated("Bo")
    assert world.share() == {"Bo": "500.00"}
    assert (code(world, twice), code(world, back)) == ("sharing.reversed_already",) * 2
    assert code(world, kept) == "sharing.shared_already"
    assert world.verify().ok


def test_only_who_records_income_takes_it_back(world: World) -> None:
    income = add(world, "5.00")
    assert code(world, income, "Bo") == "commons.lacks_power"
    claim = world.log("Bo")
    assert code(world, str(claim)) == "journal.unknown_reference"
    assert balance(world) == 500
