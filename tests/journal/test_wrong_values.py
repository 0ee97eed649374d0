"""Who writes a value wrongly is told in words what would be right."""

from __future__ import annotations

import pytest
from world import World

from commonhold.contributions.commands import LogParams
from commonhold.problems import CommonholdError
from commonhold.sharing.commands import IncomeParams


@pytest.mark.parametrize("amount", ["1e999", "1,5", "many", "1.1234567", " 1", "٣", "0x1"])
def test_a_wrong_quantity(sqlite_world: World, amount: str) -> None:
    with pytest.raises(CommonholdError) as wrong:
        sqlite_world.act("Bo", "contribution.log", LogParams(kind="work", amount=amount, domain="firmware"))
    assert "This is not a quantity" in str(wrong.value)
    assert "regex" not in str(wrong.value)


def test_a_quantity_below_nothing(sqlite_world: World) -> None:
    """Corrections have such quantities; a claim does not."""
    with pytest.raises(CommonholdError) as wrong:
        sqlite_world.act("Bo", "contribution.log", LogParams(kind="work", amount="-1", domain="firmware"))
    assert "A quantity is not below nothing" in str(wrong.value)


def test_wrong_money(sqlite_world: World) -> None:
    with pytest.raises(CommonholdError) as wrong:
        sqlite_world.act("Ana", "income.add", IncomeParams(amount="5,00", currency="EUR", giver=sqlite_world.ids["Bo"]))
    assert "This is not an amount of money" in str(wrong.value)
