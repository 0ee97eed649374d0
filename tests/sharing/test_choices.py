"""A choice about repayment is free until a distribution has counted the contribution; after it, it can only become narrower."""

from __future__ import annotations

import pytest
from world import World

from commonhold.contributions.commands import ChooseParams
from commonhold.contributions.rules import NARROWER, may_choose
from commonhold.problems import Refused

CHOICES = list(NARROWER)


def choose(world: World, who: str, repayment: str, *positions: int) -> None:
    world.act(who, "contribution.choose", ChooseParams(repayment=repayment, contributions=[str(p) for p in positions]))  # type: ignore[arg-type]


def chosen(world: World, position: int) -> str:
    with world.node.read() as transaction:
        return str(transaction.value("SELECT repayment FROM contribution WHERE position = ?", (position,)))


def test_no_way_round_leads_back_to_more() -> None:
    """From no choice, by any number of changes after a distribution, does one come to an equal or wider one."""
    for start in CHOICES:
        reached, edge = set(), {start}
        while edge:
            edge = {then for now in edge for then in CHOICES if may_choose(now, then, shared=True)} - reached
            reached |= edge
        assert start not in reached


def test_before_a_distribution_every_choice_is_free(world: World) -> None:
    position = world.validated("Ana")
    for one in ("never", "once", "until_repaid", "while_it_lasts"):
        choose(world, "Ana", one, position)
        assert chosen(world, position) == one


def test_who_has_shared_once_does_not_share_again(world: World) -> None:
    """Once, paid, then chosen anew: refused, alone and for all at a time; what came later is chosen freely."""
    position = world.validated("Ana", repayment="once")
    world.income("100.00")
    world.share()
    with pytest.raises(Refused) as refused:
        choose(world, "Ana", "while_it_lasts", position)
    assert refused.value.code == "contributions.chosen_late"
    assert "can only become never" in str(refused.value)
    world.clock.days(1)
    later = world.validated("Ana", repayment="once")
    choose(world, "Ana", "while_it_lasts")
    assert (chosen(world, position), chosen(world, later)) == ("once", "while_it_lasts")
    assert world.verify().ok


def test_years_of_sharing_are_not_followed_by_repayment(world: World) -> None:
    position = world.validated("Ana")
    world.income("100.00")
    world.share()
    with pytest.raises(Refused):
        choose(world, "Ana", "until_repaid", position)
    choose(world, "Ana", "while_it_lasts", position)
    choose(world, "Ana", "never")
    assert chosen(world, position) == "never"


def test_a_claim_that_waits_is_chosen_freely(world: World) -> None:
    world.validated("Bo")
    waiting = world.log("Ana")
    world.income("100.00")
    world.share()
    choose(world, "Ana", "until_repaid", waiting)
    assert chosen(world, waiting) == "until_repaid"
