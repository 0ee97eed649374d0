"""What somebody has promised, on their own page: all of it that is open, nothing of others, and at the cost of what is theirs."""

from __future__ import annotations

import pytest
from flows.happenings import Flows
from questions import asked
from serving import Site

from commonhold.flows.vocabulary import Commitment, Measure

HOURS = Measure(hasNumericalValue="2", hasUnit="hour")


def own(site: Site) -> list[str]:
    """The ids of the promises on the page of who is signed in."""
    return [one["id"] for one in site.json("/test/me.json")["promises"]]


@pytest.fixture
def bo(site: Site) -> Site:
    """The site, with Bo signed in."""
    assert site.client.post("/test/sign-in/", {"token": site.token("Bo")}).status_code == 302
    return site


def test_what_becomes_of_a_promise_is_seen_on_the_page_of_who_gave_it(bo: Site) -> None:
    world = bo.world
    flows = Flows(world)
    for place in range(4):
        world.commitment("Bo", f"p{place}", effortQuantity=HOURS)
    world.commitment("Cy", "of-cy", effortQuantity=HOURS)
    assert own(bo) == ["p3", "p2", "p1", "p0"]

    def said(id_: str, *, finished: bool = False) -> None:
        flows.revise("Bo", Commitment(id=id_, action="work", provider=world.ids["Bo"], effortQuantity=HOURS, finished=finished))

    said("p3", finished=True)
    flows.drop("Bo", "Commitment", "p2")
    assert own(bo) == ["p1", "p0"]
    world.log("Bo", amount="2", fulfills="p1")
    said("p3")
    world.commitment("Bo", "p2", effortQuantity=HOURS)
    assert own(bo) == ["p3", "p2", "p0"], "what is done is not listed, and what is taken up again is"
    assert world.verify().ok


def test_promises_of_others_cost_nothing(bo: Site) -> None:
    bo.world.commitment("Bo", "mine", effortQuantity=HOURS)
    with asked() as before:
        assert own(bo) == ["mine"]
    for place in range(8):
        bo.world.commitment("Cy", f"of-cy-{place}", effortQuantity=HOURS)
    with asked() as after:
        assert own(bo) == ["mine"]
    assert (len(after.questions), after.rows) == (len(before.questions), before.rows)
