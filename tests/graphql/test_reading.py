"""Pages, filters and orders of lists; and that reading more rows takes no more queries."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from asking import Asker, counting, nodes
from furnishing import furnish


def walk(ana: Asker, field: str, size: int, backwards: bool = False) -> list[str]:
    """The ids of a list, page by page."""
    found: list[str] = []
    arguments = f"last: {size}" if backwards else f"first: {size}"
    mark = ""
    for _ in range(50):
        page = ana.ask(
            f"{{ {field}({arguments}{mark}) {{ edges {{ cursor node {{ id }} }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
        )
        edges, info = page[field]["edges"], page[field]["pageInfo"]
        ids = [edge["node"]["id"] for edge in edges]
        assert len(ids) <= size and (not edges or (info["startCursor"], info["endCursor"]) == (edges[0]["cursor"], edges[-1]["cursor"]))
        found = ids + found if backwards else found + ids
        if not info["hasPreviousPage" if backwards else "hasNextPage"]:
            return found
        mark = f', before: "{info["startCursor"]}"' if backwards else f', after: "{info["endCursor"]}"'
    raise AssertionError("the list does not end")


@pytest.mark.parametrize("field", ["plans", "economicEvents", "agents"])
def test_pages_make_the_whole_list_in_both_directions(ana: Asker, field: str) -> None:
    me = ana.site.world.ids["Ana"]
    for number in range(7):
        ana.make("Plan", name=f"Plan {number}")
        ana.make("Organization", name="Mill")
        ana.event("produce", note=f"{number}", provider=me, receiver=me)
    whole = [one["id"] for one in nodes(ana.ask(f"{{ {field} {{ edges {{ node {{ id }} }} }} }}")[field])]
    assert len(whole) == len(set(whole)) >= 7
    for size in (1, 3, 7, 100):
        assert walk(ana, field, size) == walk(ana, field, size, backwards=True) == whole


def test_first_and_last_before_and_after(lite: Asker) -> None:
    names = [lite.make("Plan", name=f"Plan {number}") and f"Plan {number}" for number in range(6)]
    edges = lite.ask("{ plans { edges { cursor node { name } } pageInfo { totalCount pageLimit hasNextPage hasPreviousPage } } }")["plans"]
    assert edges["pageInfo"] == {"totalCount": 6, "pageLimit": 100, "hasNextPage": False, "hasPreviousPage": False}
    marks = [edge["cursor"] for edge in edges["edges"]]

    def part(arguments: str) -> list[str]:
        return [one["name"] for one in nodes(lite.ask(f"{{ plans({arguments}) {{ edges {{ node {{ name }} }} }} }}")["plans"])]

    assert part(f'after: "{marks[1]}", before: "{marks[4]}"') == names[2:4]
    assert part(f'last: 2, before: "{marks[4]}"') == names[2:4]
    assert part("first: 4, last: 1") == names[3:4]
    assert part("first: 0") == []
    assert lite.refused("{ plans(first: 1001) { edges { cursor } } }")[0] == "graphql.bad_page"
    assert lite.refused("{ plans(first: -1) { edges { cursor } } }")[0] == "graphql.bad_page"
    assert lite.refused('{ plans(after: "nonsense!") { edges { cursor } } }')[0] == "api.bad_cursor"
    assert lite.refused('{ agents(after: "/w") { edges { cursor } } }')[0] == "api.bad_cursor"


def test_a_page_stays_in_place_when_what_it_stood_at_is_gone(lite: Asker) -> None:
    made = [lite.make("Plan", "id revisionId", name=f"Plan {number}") for number in range(4)]
    mark = lite.ask("{ plans(first: 2) { pageInfo { endCursor } } }")["plans"]["pageInfo"]["endCursor"]
    lite.ask("mutation($r: ID!) { deletePlan(revisionId: $r) }", r=made[1]["revisionId"])
    rest = nodes(lite.ask("query($m: String) { plans(after: $m) { edges { node { id } } } }", m=mark)["plans"])
    assert rest == [{"id": one["id"]} for one in made[2:]]


FILTERS: list[tuple[str, str, int]] = [
    ("plans", '{searchString: "DAY"}', 1),
    ("plans", '{searchString: "nothing"}', 0),
    ("plans", "{finished: false}", 1),
    ("plans", '{startDate: "2026-01-03T00:00:00Z", endDate: "2026-01-04T00:00:00Z"}', 1),
    ("plans", '{startDate: "2026-01-04T00:00:00Z"}', 0),
    ("economicEvents", '{action: ["work"]}', 2),
    ("economicEvents", '{action: ["work", "transfer-custody"], searchString: "no"}', 0),
    ("economicEvents", '{resourceClassifiedAs: ["https://example.org/class"]}', 1),
    ("units", '{omUnitIdentifier: ["one"]}', 1),
    ("units", '{omUnitIdentifier: ["hour"]}', 0),
    ("resourceSpecifications", "{substitutable: true, mediumOfExchange: false}", 2),
    ("resourceSpecifications", "{substitutable: false}", 0),
    ("economicResources", '{state: ["crisp"]}', 1),
    ("economicResources", '{trackingIdentifier: ["S-1"]}', 2),
    ("proposals", "{isOffer: true}", 1),
    ("proposals", "{purpose: request}", 1),
    ("proposals", "{active: false}", 1),
    ("intents", '{status: "finished"}', 2),
    ("intents", "{finished: true}", 2),
    ("batchLotRecords", '{batchLotCode: ["L-1"]}', 1),
    ("organizations", '{classifiedAs: ["https://example.org/class"]}', 1),
    ("organizations", '{classifiedAs: ["https://example.org/other"]}', 0),
]


def test_filters_narrow_lists(lite: Asker) -> None:
    made = furnish(lite)
    me, bo = (lite.site.world.ids[name] for name in ("Ana", "Bo"))
    named = [
        ("economicEvents", f'{{providerId: ["{me}"], receiverId: ["{bo}"]}}', 2),
        ("economicEvents", f'{{resourceInventoriedAs: ["{made["sack"]}"], action: ["consume"]}}', 3),
        ("economicEvents", f'{{resourceConformsTo: ["{made["flour"]}"], action: ["produce"]}}', 1),
        ("economicEvents", f'{{inScopeOf: ["{me}"]}}', 1),
        ("processes", f'{{inScopeOf: ["{me}"]}}', 1),
        ("plans", f'{{inScopeOf: ["{me}"]}}', 1),
        ("plans", f'{{inScopeOf: ["{bo}"]}}', 0),
        ("economicResources", f'{{primaryAccountable: ["{me}"]}}', 3),
        ("economicResources", f'{{custodian: ["{me}"], conformsTo: ["{made["flour"]}"]}}', 1),
        ("agreements", f'{{involvedAgents: ["{bo}"]}}', 1),
        ("intents", f'{{agent: ["{bo}"]}}', 1),
    ]
    wrong = {}
    for field, filter_, count in [*FILTERS, *named]:
        page = lite.ask(f"{{ {field}(filter: {filter_}) {{ edges {{ node {{ id }} }} pageInfo {{ totalCount }} }} }}")[field]
        if not page["pageInfo"]["totalCount"] == len(page["edges"]) == count:
            wrong[f"{field} {filter_}"] = (len(page["edges"]), count)
    assert wrong == {}
    assert lite.refused('{ intents(filter: {status: "lost"}) { edges { cursor } } }')[0] == "graphql.bad_filter"


def test_a_filtered_list_comes_in_pages_too(lite: Asker) -> None:
    wanted = [lite.make("Plan", name=f"{'Yes' if number % 3 == 0 else 'No'} {number}") for number in range(12)][::3]
    found: list[str] = []
    mark = None
    for _ in wanted:
        page = lite.ask('query($m: String) { plans(first: 1, after: $m, filter: {searchString: "yes"}) { edges { cursor node { id } } } }', m=mark)[
            "plans"
        ]
        found.append(page["edges"][0]["node"]["id"])
        mark = page["edges"][0]["cursor"]
    assert found == wanted


def test_filters_of_what_belongs_to_something(lite: Asker) -> None:
    made, me = furnish(lite), lite.site.world.ids["Ana"]
    found = lite.ask(
        "query($me: ID!, $sack: ID!) {"
        ' agent(id: $me) { all: economicEvents { pageInfo { totalCount } } work: economicEvents(filter: {action: "work"}) { edges { node { action { id } } } }'
        ' resources: inventoriedEconomicResources(filter: {searchString: "sack"}) { edges { node { id } } } }'
        ' economicResource(id: $sack) { economicEvents(filter: {action: ["consume"]}) { edges { node { action { id } } } } } }',
        me=me, sack=made["sack"],
    )  # fmt: skip
    assert {one["action"]["id"] for one in nodes(found["agent"]["work"])} == {"work"}
    assert found["agent"]["all"]["pageInfo"]["totalCount"] > len(found["agent"]["work"]["edges"]) > 0
    assert nodes(found["agent"]["resources"]) == [{"id": made["sack"]}]
    assert {one["action"]["id"] for one in nodes(found["economicResource"]["economicEvents"])} == {"consume"}


def test_intents_in_order(lite: Asker) -> None:
    for name, amount, due in (("B", 9, "2026-01-01T00:00:00Z"), ("A", 10, None), ("C", None, "2026-01-02T00:00:00Z"), ("A", 1, None)):
        quantity = None if amount is None else {"hasNumericalValue": amount}
        lite.make("Intent", action="transfer", name=name, due=due, resourceQuantity=quantity)

    def names(order: str) -> str:
        return "".join(one["name"] for one in nodes(lite.ask(f"{{ intents(orderBy: {order}) {{ edges {{ node {{ name }} }} }} }}")["intents"]))

    assert names("{name: asc}") == "AABC" and names("{name: desc}") == "CBAA"
    assert names("{resourceQuantity: desc}") == "ABAC" and names("{due: desc}") == "CBAA"
    amounts = nodes(
        lite.ask("{ intents(orderBy: {name: asc, resourceQuantity: asc}) { edges { node { resourceQuantity { hasNumericalValue } } } } }")["intents"]
    )
    assert [one["resourceQuantity"] and one["resourceQuantity"]["hasNumericalValue"] for one in amounts] == [1, 10, 9, None]


BROAD = """
query($n: Int) {
  economicEvents(first: $n) { edges { node { id revisionId note action { id } created meta { retrievedRevision { time author { name } } }
    provider { id name } receiver { name } resourceInventoriedAs { name onhandQuantity { hasNumericalValue hasUnit { label } } containedIn { id } conformsTo { name } }
    inputOf { name plannedWithin { name } observedInputs { id } inScopeOf { __typename } } previous { __typename } next { __typename } contribution { state } correctedBy { id } } } }
  plans(first: $n) { edges { node { name finished startDate deletable processes { name } planIncludes(first: 2) { edges { node { __typename } } } } } }
  economicResources(first: $n) { edges { node { name economicEvents(first: 2) { edges { node { id provider { name } } } pageInfo { totalCount } } primaryAccountable { name } } } }
}
"""


def test_more_rows_take_no_more_queries(ana: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    me = ana.site.world.ids["Ana"]
    flour = ana.make("ResourceSpecification", name="Flour")
    sent: dict[int, int] = {}
    names = itertools.count()
    for size in (3, 30):
        while next(names) < size:
            plan = ana.make("Plan", name="Plan")
            process = ana.make("Process", name="Bake", plannedWithin=plan, inScopeOf=[ana.make("Organization", name="Mill")])
            resource = ana.event("raise", 5, {"name": "Sack"}, resourceConformsTo=flour, provider=me, receiver=me)["resource"]
            ana.event("consume", 1, resourceInventoriedAs=resource, inputOf=process, provider=me, receiver=me)
        with counting(monkeypatch) as statements:
            found = ana.ask(BROAD, n=2 * size)
        assert len(found["economicEvents"]["edges"]) >= 2 * size - 2 and len(found["plans"]["edges"]) >= size - 1
        sent[size] = len(statements)
    assert sent[3] == sent[30] < 80


def test_what_is_asked_once_is_read_once(lite: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    lite.make("Plan", name="Plan")
    with counting(monkeypatch) as few:
        lite.ask("{ plans { edges { node { id } } } }")
    with counting(monkeypatch) as more:
        lite.ask("{ plans { edges { node { id } } } more: plans { edges { node { id processes { id } } } } }")
    with counting(monkeypatch) as counted:
        lite.ask("{ plans { edges { node { id } } pageInfo { totalCount } } }")
    assert sum("COUNT" in one for one in few) == 0 and sum("COUNT" in one for one in counted) == 1
    assert len(more) - len(few) == 2


def test_a_plain_list_that_is_too_long_says_so(lite: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    from commonhold.graphql import reading

    monkeypatch.setattr(reading, "PLAIN_MAX", 2)
    process = lite.make("Process", name="Bake")
    for _ in range(3):
        lite.make("Intent", action="consume", inputOf=process)
    read: Any = "query($id: ID!) { process(id: $id) { intendedInputs { id } } }"
    assert lite.refused(read, id=process)[0] == "graphql.too_many"
    paged = lite.ask("query($id: ID!) { process(id: $id) { intents { edges { node { id } } } } }", id=process)
    assert len(paged["process"]["intents"]["edges"]) == 3
