"""Where things come from, what fits, plans from recipes and open tasks, through this door."""

from __future__ import annotations

from typing import Any

import pytest
from asking import Asker, nodes
from furnishing import furnish

HOURS = {"hasNumericalValue": 4, "hasUnit": "hour"}


def kinds(items: list[dict[str, Any]]) -> list[str]:
    return [one["__typename"] for one in items]


def test_trace_and_track(ana: Asker) -> None:
    made = furnish(ana)
    found = ana.ask(
        "query($bread: ID!, $sack: ID!) { trace(id: $bread) { edges { node { __typename ... on EconomicResource { id } } } pageInfo { totalCount } }"
        " track(id: $sack) { edges { node { __typename ... on EconomicResource { id } } } }"
        " economicResource(id: $bread) { trace { __typename } previous { id } two: trace(first: 2) { __typename } } }",
        bread=made["bread"], sack=made["sack"],
    )  # fmt: skip
    items = nodes(found["trace"])
    assert {"id": made["sack"], "__typename": "EconomicResource"} in items and set(kinds(items)) == {"EconomicEvent", "EconomicResource", "Process"}
    assert kinds(found["economicResource"]["trace"]) == kinds(items) and len(items) == found["trace"]["pageInfo"]["totalCount"]
    assert kinds(found["economicResource"]["two"]) == kinds(items)[:2]
    assert {"id": made["bread"], "__typename": "EconomicResource"} in nodes(found["track"])
    page = ana.ask(
        "query($id: ID!) { trace(id: $id, first: 2) { edges { node { __typename } } pageInfo { endCursor hasNextPage } } }", id=made["bread"]
    )["trace"]
    rest = ana.ask(
        "query($id: ID!, $m: String) { trace(id: $id, after: $m) { edges { node { __typename } } } }",
        id=made["bread"],
        m=page["pageInfo"]["endCursor"],
    )
    assert kinds(nodes(page)) + kinds(nodes(rest["trace"])) == kinds(items)
    assert ana.refused('{ trace(id: "nothing") { edges { cursor } } }')[0] == "flows.unknown"


def test_the_work_in_a_resource(ana: Asker) -> None:
    """Four hours by Ana and two by Bo make three loaves; one is used up, and with it a third of the work."""
    me, bo = (ana.site.world.ids[name] for name in ("Ana", "Bo"))
    process = ana.make("Process", name="Bake")
    for who, hours in ((me, 4), (bo, 2)):
        ana.event("work", inputOf=process, provider=who, receiver=who, effortQuantity={"hasNumericalValue": hours, "hasUnit": "hour"})
    ana.event("use", inputOf=process, provider=me, receiver=me, effortQuantity={"hasNumericalValue": 9, "hasUnit": "hour"})
    loaves = ana.event("produce", 3, {"name": "Bread"}, outputOf=process, provider=me, receiver=me)["resource"]
    read = (
        "query($id: ID!, $unit: ID!) { economicResource(id: $id) { rollup(unit: $unit) { total { hasNumericalValue hasUnit { id } }"
        " perUnit { hasNumericalValue } shares { agent { id } value { hasNumericalValue } } } } }"
    )

    def rollup(unit: str) -> Any:
        found = ana.ask(read, id=loaves, unit=unit)["economicResource"]["rollup"]
        shares = {one["agent"]["id"]: one["value"]["hasNumericalValue"] for one in found["shares"]}
        return found["total"]["hasNumericalValue"], found["perUnit"]["hasNumericalValue"], shares

    assert rollup("hour") == (6, 2, {me: 4, bo: 2})
    ana.event("consume", 1, resourceInventoriedAs=loaves, provider=me, receiver=me)
    total, each, shares = rollup("minute")
    assert (total, each) == (240, 120) and shares == {me: 160, bo: 80}
    assert ana.refused(read, id=loaves, unit="kilogram")[0] == "flows.bad_unit"


def test_offers_and_requests_that_fit(ana: Asker) -> None:
    site = ana.site
    bo = Asker(site, "Bo")
    flour = ana.make("ResourceSpecification", name="Flour")
    amount = {"hasNumericalValue": 5, "hasUnit": "kilogram"}
    offer = ana.make("Intent", action="transfer", provider=site.world.ids["Ana"], resourceConformsTo=flour, resourceQuantity=amount)
    wish = bo.make(
        "Intent", action="transfer", receiver=site.world.ids["Bo"], resourceConformsTo=flour, resourceQuantity={**amount, "hasNumericalValue": 3}
    )
    ana.make("Intent", action="transfer", provider=site.world.ids["Ana"], name="Something else")
    query = "query($i: ID) { matches(intent: $i) { edges { node { offer { id } request { id } resourceQuantity { hasNumericalValue } effortQuantity { hasNumericalValue } reasons } } } }"
    for given in ({}, {"i": wish}, {"i": offer}):
        (match,) = nodes(ana.ask(query, **given)["matches"])
        assert (match["offer"]["id"], match["request"]["id"]) == (offer, wish)
        assert match["resourceQuantity"] == {"hasNumericalValue": 3} and match["effortQuantity"] is None and match["reasons"]
    [error] = ana.answer(query, i="nothing")["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("flows.unknown", "intent")


def test_an_open_task_is_taken_done_in_part_and_given_back(ana: Asker) -> None:
    site, bo = ana.site, Asker(ana.site, "Bo")
    me = site.world.ids["Bo"]
    process = ana.make("Process", name="Bake")
    task = ana.make("Intent", action="work", name="Help", receiver=site.world.ids["Ana"], inputOf=process, effortQuantity=HOURS)
    assert nodes(bo.ask("{ openTasks { edges { node { id } } } }")["openTasks"]) == [{"id": task}]
    take = (
        "mutation($i: ID!, $e: IMeasure) { takeTask(intent: $i, effortQuantity: $e, note: \"Mine.\") { commitment {"
        " id note provider { id } satisfies { id } effortQuantity { hasNumericalValue } openEffortQuantity { hasNumericalValue } } } }"
    )  # fmt: skip
    assert bo.refused(take, i=task, e={"hasNumericalValue": 1, "hasUnit": "kilogram"})[0] == "flows.other_unit"
    mine = bo.ask(take, i=task, e={"hasNumericalValue": 180, "hasUnit": "minute"})["takeTask"]["commitment"]
    assert mine["provider"]["id"] == me and mine["satisfies"] == [{"id": task}] and mine["note"] == "Mine."
    assert mine["effortQuantity"] == mine["openEffortQuantity"] == {"hasNumericalValue": 3}
    still = bo.ask("query($i: ID!) { intent(id: $i) { openEffortQuantity { hasNumericalValue } finished } }", i=task)["intent"]
    assert still == {"openEffortQuantity": {"hasNumericalValue": 1}, "finished": False}
    back = "mutation($c: ID!) { giveBackTask(commitment: $c) { commitment { finished effortQuantity { hasNumericalValue } } } }"
    bo.event(
        "work",
        inputOf=process,
        provider=me,
        receiver=site.world.ids["Ana"],
        fulfills=[mine["id"]],
        effortQuantity={"hasNumericalValue": 1, "hasUnit": "hour"},
    )
    assert bo.ask(back, c=mine["id"])["giveBackTask"]["commitment"] == {"finished": True, "effortQuantity": {"hasNumericalValue": 1}}
    whole = bo.ask(take, i=task)["takeTask"]["commitment"]
    assert whole["effortQuantity"] == {"hasNumericalValue": 3}
    assert nodes(bo.ask("{ openTasks { edges { node { id } } } }")["openTasks"]) == []
    assert bo.ask(back, c=whole["id"])["giveBackTask"] == {"commitment": None}


def test_a_plan_from_recipes_and_again_for_more(ana: Asker) -> None:
    """Two loaves take two hours, four hours of work and ten kilograms of flour: forty take twenty times as much."""
    flour, bread = (ana.make("ResourceSpecification", name=name) for name in ("Flour", "Bread"))
    bake = ana.make("RecipeProcess", name="Bake", hasDuration={"numericDuration": 2, "unitType": "hour"})
    kilograms = {"hasNumericalValue": 10, "hasUnit": "kilogram"}
    ana.make("RecipeFlow", action="consume", recipeInputOf=bake, resourceConformsTo=flour, resourceQuantity=kilograms)
    ana.make("RecipeFlow", action="work", recipeInputOf=bake, effortQuantity=HOURS)
    ana.make("RecipeFlow", action="produce", recipeOutputOf=bake, resourceConformsTo=bread, resourceQuantity={"hasNumericalValue": 2})
    me = ana.site.world.ids["Ana"]
    ana.event("raise", {"hasNumericalValue": 50, "hasUnit": "kilogram"}, {"name": "Sack"}, resourceConformsTo=flour, provider=me, receiver=me)
    fields = (
        "{ plan { id revisionId name processes { name hasEnd intendedInputs { action { id } resourceQuantity { hasNumericalValue }"
        " effortQuantity { hasNumericalValue } } } } shortages { resourceConformsTo { name } quantity { hasNumericalValue } neededBy reason } }"
    )
    wanted = {"resourceConformsTo": bread, "resourceQuantity": {"hasNumericalValue": 40}, "due": "2026-02-01T00:00:00Z"}
    create = f"mutation($p: PlanFromRecipeParams!) {{ createPlanFromRecipe(plan: $p) {fields} }}"
    planned = ana.ask(create, p={"name": "Feast", **wanted})["createPlanFromRecipe"]
    (process,) = planned["plan"]["processes"]
    assert (planned["plan"]["name"], process["name"], process["hasEnd"][:19]) == ("Feast", "Bake", "2026-02-01T00:00:00")
    amounts = {one["action"]["id"]: (one["resourceQuantity"] or one["effortQuantity"])["hasNumericalValue"] for one in process["intendedInputs"]}
    assert amounts == {"consume": 200, "work": 80}
    (shortage,) = planned["shortages"]
    assert (shortage["resourceConformsTo"]["name"], shortage["quantity"]["hasNumericalValue"]) == ("Flour", 150) and shortage["reason"]
    again = f"mutation($p: ReplanParams!) {{ replan(plan: $p) {fields} }}"
    more = {**wanted, "revisionId": planned["plan"]["revisionId"], "resourceQuantity": {"hasNumericalValue": 80}}
    now = ana.ask(again, p=more)["replan"]
    assert now["plan"]["id"] == planned["plan"]["id"] and now["plan"]["name"] == "Feast"
    assert now["shortages"][0]["quantity"]["hasNumericalValue"] == 350
    assert ana.refused(again, p={**more, "revisionId": "7.no"})[0] == "flows.unknown_revision"


@pytest.mark.parametrize("what", ["Intent", "EconomicEvent", "Process", "Plan"])
def test_what_can_be_deleted_says_so(lite: Asker, what: str) -> None:
    furnish(lite)
    field = {"Intent": "intents", "EconomicEvent": "economicEvents", "Process": "processes", "Plan": "plans"}[what]
    found = nodes(lite.ask(f"{{ {field} {{ edges {{ node {{ id revisionId deletable }} }} }} }}")[field])
    if what == "EconomicEvent":
        assert {one["deletable"] for one in found} == {False}
        return
    for one in found:
        if not one["deletable"]:
            assert lite.refused(f"mutation($r: ID!) {{ delete{what}(revisionId: $r) }}", r=one["revisionId"])[0] == "flows.in_use"
    free = next((one for one in found if one["deletable"]), None)
    if free:
        lite.ask(f"mutation($r: ID!) {{ delete{what}(revisionId: $r) }}", r=free["revisionId"])
    assert what != "Intent" or free
