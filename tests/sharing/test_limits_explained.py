"""An explanation says when a limit of the rule, and not the points alone, has made a share."""

from __future__ import annotations

from world import CHARTER, World

from commonhold.node.sharing import explain

CAPPED = CHARTER.replace("rest = true\n", 'rest = true\nat_most_percent = "60"\n')


def limits(world: World, who: str) -> tuple[str, str, str]:
    """What somebody got by their contributions, what it would be in proportion, and what moved it."""
    step = explain(world.node, "test", world.ids[who], 1)["steps"][0]
    return step["amount"], step["inProportion"], step["limits"]


def test_a_cap_is_told_to_both_sides(world: World) -> None:
    """Nine tenths of the work would be 90 EUR; the cap of 60 % lowers it, and raises the other's share."""
    world.charter(CAPPED)
    world.validated("Ana", amount="9")
    world.validated("Bo", amount="1")
    world.income("100.00")
    world.share()
    assert limits(world, "Ana") == ("60.00", "90.00", "lowered")
    assert limits(world, "Bo") == ("40.00", "10.00", "raised")


def test_rounding_is_no_limit(world: World) -> None:
    """A third of a cent moves nobody."""
    for who in ("Ana", "Bo", "Cy"):
        world.validated(who, amount="1")
    world.income("100.00")
    world.share()
    assert {limits(world, who) for who in ("Ana", "Bo", "Cy")} <= {("33.33", "33.33", ""), ("33.34", "33.33", "")}
