"""What another implementation of Valueflows, hREA, asserts of its server, restated: the same inputs, the same results."""

from __future__ import annotations

from typing import Any

import pytest
from asking import Asker, nodes

TRANSFER = {"provider": "", "receiver": ""}


@pytest.fixture
def people(ana: Asker) -> dict[str, str]:
    """Two persons of whom only the node knows."""
    return {name: ana.make("Person", name=name) for name in ("Aline", "Bob")}


@pytest.fixture
def both(people: dict[str, str]) -> dict[str, str]:
    """One's own doing."""
    return {"provider": people["Aline"], "receiver": people["Aline"]}


@pytest.fixture
def flour(ana: Asker) -> str:
    return str(ana.make("ResourceSpecification", name="Flour", substitutable=True, mediumOfExchange=False))


def test_produce_10_raise_5_lower_3_consume_4_leaves_8(ana: Asker, both: dict[str, str], flour: str) -> None:
    resource = ana.event("produce", 10, {"name": "Sack"}, resourceConformsTo=flour, **both)["resource"]
    assert ana.stock(resource) == (10, 10)
    for action, amount in (("raise", 5), ("lower", 3), ("consume", 4)):
        ana.event(action, amount, resourceInventoriedAs=resource, **both)
    assert ana.stock(resource) == (8, 8)
    found = ana.ask("{ economicResources { edges { node { id name conformsTo { id name } } } } }")
    assert nodes(found["economicResources"]) == [{"id": resource, "name": "Sack", "conformsTo": {"id": flour, "name": "Flour"}}]


def test_what_is_said_of_a_new_resource_wins_over_what_the_event_says(ana: Asker, both: dict[str, str], flour: str) -> None:
    bran = ana.make("ResourceSpecification", name="Bran")
    resource = ana.event("produce", 1, {"name": "Rest", "conformsTo": bran}, resourceConformsTo=flour, **both)["resource"]
    assert ana.ask("query($id: ID!) { economicResource(id: $id) { conformsTo { id } } }", id=resource)["economicResource"]["conformsTo"]["id"] == bran


def test_booleans_come_back_as_they_were_given(ana: Asker) -> None:
    made = ana.make("ResourceSpecification", "substitutable mediumOfExchange", name="Euro", substitutable=False, mediumOfExchange=True)
    assert made == {"substitutable": False, "mediumOfExchange": True}


def test_offers_and_requests(ana: Asker, people: dict[str, str], flour: str) -> None:
    amount = {"hasNumericalValue": 5}
    given = ana.make("Intent", action="transfer", name="Flour", provider=people["Aline"], resourceConformsTo=flour, resourceQuantity=amount)
    wanted = ana.make("Intent", action="transfer", name="Help", receiver=people["Aline"])
    offer = ana.make(
        "Proposal",
        "id revisionId purpose publishes { id } reciprocal { id }",
        name="Flour for help",
        purpose="offer",
        publishes=[given],
        reciprocal=[wanted],
    )
    assert (offer["purpose"], offer["publishes"], offer["reciprocal"]) == ("offer", [{"id": given}], [{"id": wanted}])
    request = ana.make("Proposal", name="Help", purpose="request", publishes=[wanted])
    found = ana.ask("{ offers { edges { node { id isOffer isRequest } } } requests { edges { node { id } } } }")
    assert nodes(found["offers"]) == [{"id": offer["id"], "isOffer": True, "isRequest": False}]
    assert nodes(found["requests"]) == [{"id": request}]
    change = "mutation($p: ProposalUpdateParams!) { updateProposal(proposal: $p) { proposal { id } } }"
    assert ana.refused(change, p={"revisionId": offer["revisionId"], "publishes": [given], "purpose": "request"})[0] == "flows.fixed"
    intent = ana.ask("query($id: ID!) { intent(id: $id) { publishedIn { id } } }", id=wanted)["intent"]
    assert intent["publishedIn"] == [{"id": offer["id"]}, {"id": request}]


def test_a_claim_is_settled_by_an_event(ana: Asker, people: dict[str, str], flour: str) -> None:
    there = {"provider": people["Aline"], "receiver": people["Bob"]}
    event = ana.event("transfer", 2, resourceConformsTo=flour, **there)
    given = {
        "action": "transfer",
        "triggeredBy": event["id"],
        "resourceClassifiedAs": ["https://example.org/thanks"],
        "resourceQuantity": {"hasNumericalValue": 3},
    }
    claim = ana.make("Claim", **given)
    back = ana.event("transfer", 1, provider=people["Bob"], receiver=people["Aline"], settles=claim)
    found = ana.ask(
        "query($id: ID!) { claim(id: $id) { finished triggeredBy { id } settledBy { id } openResourceQuantity { hasNumericalValue } } }", id=claim
    )["claim"]
    assert found == {
        "finished": False, "triggeredBy": {"id": event["id"]}, "settledBy": [{"id": back["id"]}], "openResourceQuantity": {"hasNumericalValue": 2},
    }  # fmt: skip


def test_processes_know_what_goes_in_and_comes_out(ana: Asker, both: dict[str, str], flour: str) -> None:
    process = ana.make("Process", name="Bake")
    resource = ana.event("produce", 10, {"name": "Sack"}, resourceConformsTo=flour, **both)["resource"]
    taken = ana.event("consume", 1, resourceInventoriedAs=resource, inputOf=process, **both)
    made = ana.event("produce", 2, {"name": "Loaves"}, resourceConformsTo=flour, outputOf=process, **both)
    intent = ana.make("Intent", action="produce", name="More", outputOf=process)
    committed = ana.make("Commitment", action="consume", inputOf=process, provider=both["provider"], receiver=both["receiver"])
    fields = "observedInputs observedOutputs intendedOutputs committedInputs committedOutputs previous next"
    found = ana.ask(f"query($id: ID!) {{ process(id: $id) {{ {' '.join(f'{name} {{ id }}' for name in fields.split())} }} }}", id=process)["process"]
    ids = {name: [one["id"] for one in some] for name, some in found.items()}
    assert ids == {
        "observedInputs": [taken["id"]], "observedOutputs": [made["id"]], "intendedOutputs": [intent], "committedInputs": [committed],
        "committedOutputs": [], "previous": [taken["id"]], "next": [made["id"]],
    }  # fmt: skip
    flows = ana.ask("query($id: ID!) { process(id: $id) { hasInput { edges { node { __typename id action { id } } } } } }", id=process)
    assert [one["__typename"] for one in nodes(flows["process"]["hasInput"])] == ["EconomicEvent", "Commitment"]


def test_promises_and_what_keeps_them(ana: Asker, people: dict[str, str], flour: str) -> None:
    there = {"provider": people["Aline"], "receiver": people["Bob"], "resourceConformsTo": flour}
    agreement, plan = ana.make("Agreement", name="Deal"), ana.make("Plan", name="Plan")
    intent = ana.make("Intent", action="transfer", name="Wish", receiver=people["Bob"], resourceQuantity={"hasNumericalValue": 2})
    committed = ana.make(
        "Commitment", action="transfer", clauseOf=agreement, satisfies=intent, independentDemandOf=plan, plannedWithin=plan,
        due="2026-01-02T00:00:00.000Z", resourceQuantity={"hasNumericalValue": 2}, **there,
    )  # fmt: skip
    process = ana.make("Process", name="Carry", plannedWithin=plan)
    resource = ana.event("produce", 10, {"name": "Sack"}, resourceConformsTo=flour, provider=people["Aline"], receiver=people["Aline"])["resource"]
    event = ana.event("transfer", 2, resourceInventoriedAs=resource, fulfills=[committed], realizationOf=agreement, **there)
    found = ana.ask(
        "query($c: ID!, $i: ID!, $a: ID!, $p: ID!) {"
        " commitment(id: $c) { finished fulfilledBy { id } clauseOf { id } involvedAgents { name } }"
        " intent(id: $i) { satisfiedBy { __typename id } finished }"
        " agreement(id: $a) { commitments { id } economicEvents { id } involvedAgents { edges { node { name } } } }"
        " plan(id: $p) { processes { id } independentDemands { id } nonProcessCommitments { id } endDate } }",
        c=committed, i=intent, a=agreement, p=plan,
    )  # fmt: skip
    assert found["commitment"]["fulfilledBy"] == [{"id": event["id"]}] and found["commitment"]["finished"] is True
    assert {one["name"] for one in found["commitment"]["involvedAgents"]} == {"Aline", "Bob"}
    assert found["intent"] == {"satisfiedBy": [{"__typename": "Commitment", "id": committed}], "finished": True}
    assert (found["agreement"]["commitments"], found["agreement"]["economicEvents"]) == ([{"id": committed}], [{"id": event["id"]}])
    assert found["plan"] == {
        "processes": [{"id": process}], "independentDemands": [{"id": committed}], "nonProcessCommitments": [{"id": committed}],
        "endDate": "2026-01-02T00:00:00.000Z",
    }  # fmt: skip


REVISED: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("Unit", {"label": "kilogram", "symbol": "kg", "omUnitIdentifier": "kilogram"}, {"label": "kilo"}),
    ("Agreement", {"name": "Deal", "note": "kept"}, {"name": "New deal"}),
    ("Plan", {"name": "Plan", "note": "kept"}, {"name": "New plan"}),
    ("SpatialThing", {"name": "Mill", "lat": 45.5, "long": -73.5}, {"name": "New mill"}),
    ("RecipeExchange", {"name": "Swap", "note": "kept"}, {"name": "New swap"}),
    ("Organization", {"name": "Mill", "note": "kept", "classifiedAs": ["https://example.org/coop"]}, {"name": "New mill"}),
    ("EcologicalAgent", {"name": "River"}, {"note": "It floods."}),
    ("Person", {"name": "Aline", "note": "kept"}, {"name": "Alina"}),
]


@pytest.mark.parametrize(("what", "given", "change"), REVISED, ids=[one[0] for one in REVISED])
def test_an_update_changes_what_is_given_and_keeps_the_rest(ana: Asker, what: str, given: dict[str, Any], change: dict[str, Any]) -> None:
    fields = " ".join(given)
    made = ana.make(what, f"id revisionId {fields}", **given)
    assert {name: made[name] for name in given} == given
    argument, kind = what[0].lower() + what[1:], {"Person": "Agent"}.get(what, what)
    answer = "agent" if what in ("Person", "Organization", "EcologicalAgent") else argument
    query = f"mutation($given: {kind}UpdateParams!) {{ update{what}({argument}: $given) {{ {answer} {{ id revisionId {fields} }} }} }}"
    before = made["revisionId"]
    now = ana.ask(query, given={"revisionId": before, **change})[f"update{what}"][answer]
    assert {name: now[name] for name in given} == {name: value for name, value in (given | change).items() if name in given}
    assert now["id"] == made["id"] and now["revisionId"] != before
    assert ana.refused(query, given={"revisionId": before, **change})[0] == "flows.stale_revision"
    assert ana.ask(f"mutation($r: ID!) {{ delete{what}(revisionId: $r) }}", r=now["revisionId"]) == {f"delete{what}": True}
    assert ana.ask(f"query($id: ID!) {{ {argument}(id: $id) {{ id }} }}", id=made["id"]) == {argument: None}


def test_an_event_keeps_its_id_when_its_note_changes(ana: Asker, both: dict[str, str]) -> None:
    event = ana.event("produce", note="first", **both)
    query = "mutation($e: EconomicEventUpdateParams!) { updateEconomicEvent(event: $e) { economicEvent { id revisionId note } } }"
    now = ana.ask(query, e={"revisionId": event["revisionId"], "note": "second"})["updateEconomicEvent"]["economicEvent"]
    assert (now["id"], now["note"]) == (event["id"], "second") and now["revisionId"] != event["revisionId"]
    assert ana.refused(query, e={"revisionId": event["revisionId"], "note": "third"})[0] == "flows.stale_revision"


def test_the_time_of_a_revision_is_later_than_that_of_the_one_before(ana: Asker) -> None:
    """Though the clock of this test stands still."""
    made = ana.make("Organization", "id revisionId meta { retrievedRevision { id time author { name } } previousRevisionsCount }", name="Mill")
    query = (
        "mutation($o: OrganizationUpdateParams!) { updateOrganization(organization: $o) { agent {"
        " revisionId meta { retrievedRevision { id time } latestRevision { id } previousRevision { id } previousRevisionsCount futureRevisionsCount } } } }"
    )
    meta = ana.ask(query, o={"revisionId": made["revisionId"], "name": "New mill"})["updateOrganization"]["agent"]["meta"]
    before = made["meta"]["retrievedRevision"]
    assert meta["retrievedRevision"]["time"] > before["time"]
    assert meta["previousRevision"] == {"id": before["id"]} == {"id": made["revisionId"]}
    assert (meta["previousRevisionsCount"], meta["futureRevisionsCount"]) == (1, 0)
    earlier = ana.ask(
        "query($id: ID!, $r: ID!) { organization(id: $id) { name revision(revisionId: $r) { name meta { futureRevisionsCount previousRevisionsCount"
        " retrievedRevision { id } latestRevision { id } } } } }",
        id=made["id"], r=made["revisionId"],
    )["organization"]  # fmt: skip
    assert (earlier["name"], earlier["revision"]["name"]) == ("New mill", "Mill")
    assert earlier["revision"]["meta"] == {
        "futureRevisionsCount": 1, "previousRevisionsCount": 0, "retrievedRevision": {"id": made["revisionId"]},
        "latestRevision": meta["latestRevision"],
    }  # fmt: skip


def test_agents_are_persons_organizations_or_parts_of_nature(ana: Asker, people: dict[str, str]) -> None:
    mill, river = ana.make("Organization", name="Mill"), ana.make("EcologicalAgent", name="River")
    found = ana.ask(
        "{ agents { edges { node { id __typename } } } people { edges { node { id } } } organizations { edges { node { id } } }"
        " ecologicalAgents { edges { node { id } } } }"
    )
    ids = {name: {one["id"] for one in nodes(page)} for name, page in found.items()}
    assert ids["organizations"] == {mill} and ids["ecologicalAgents"] == {river} and set(people.values()) < ids["people"]
    assert ids["agents"] == ids["people"] | {mill, river} and len(ids["agents"]) == 7
    assert "not an organization" in ana.refused("query($id: ID!) { organization(id: $id) { id } }", id=people["Aline"])[1]
    assert "not a person" in ana.refused("query($id: ID!) { person(id: $id) { id } }", id=mill)[1]


def test_an_organization_that_gave_something_stays(ana: Asker, people: dict[str, str]) -> None:
    mill = ana.make("Organization", "id revisionId", name="Mill")
    delete = "mutation($r: ID!) { deleteOrganization(revisionId: $r) }"
    ana.event("transfer", 1, provider=mill["id"], receiver=people["Bob"])
    assert ana.refused(delete, r=mill["revisionId"])[0] == "flows.in_use"
    assert ana.refused(delete, r="org:mill.0")[0] == "flows.stale_revision"


def test_what_is_packed_is_contained(ana: Asker, both: dict[str, str], flour: str) -> None:
    box = ana.event("raise", 1, {"name": "Box"}, resourceConformsTo=flour, **both)["resource"]
    sack = ana.event("raise", 3, {"name": "Sack"}, resourceConformsTo=flour, **both)["resource"]
    read = "query($id: ID!) { economicResource(id: $id) { revisionId containedIn { id } contains { id } } }"
    update = "mutation($r: EconomicResourceUpdateParams!) { updateEconomicResource(resource: $r) { economicResource { note containedIn { id } } } }"
    revision = ana.ask(read, id=sack)["economicResource"]["revisionId"]
    now = ana.ask(update, r={"revisionId": revision, "containedIn": box, "note": "packed"})["updateEconomicResource"]["economicResource"]
    assert now == {"note": "packed", "containedIn": {"id": box}}
    assert ana.ask(read, id=box)["economicResource"]["contains"] == [{"id": sack}]
    assert ana.stock(sack) == (3, 0)
    revision = ana.ask(read, id=sack)["economicResource"]["revisionId"]
    assert ana.ask(update, r={"revisionId": revision, "containedIn": None})["updateEconomicResource"]["economicResource"]["containedIn"] is None
    assert ana.stock(sack) == (3, 3)
    in_box = ana.event("produce", 2, {"name": "Bun", "containedIn": box}, resourceConformsTo=flour, **both)["resource"]
    assert ana.ask(read, id=in_box)["economicResource"]["containedIn"] == {"id": box}


def test_a_bundle_holds_its_agreements(ana: Asker) -> None:
    one, two, three = (ana.make("Agreement", name=name) for name in ("one", "two", "three"))
    bundle = ana.make("AgreementBundle", "id revisionId agreements { id }", name="Order", agreements=[one, two])
    assert bundle["agreements"] == [{"id": one}, {"id": two}]
    query = "mutation($b: AgreementBundleUpdateParams!) { updateAgreementBundle(agreementBundle: $b) { agreementBundle { bundles { id } } } }"
    now = ana.ask(query, b={"revisionId": bundle["revisionId"], "agreements": [two, three]})["updateAgreementBundle"]["agreementBundle"]
    assert now["bundles"] == [{"id": two}, {"id": three}]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ('mutation { createIntent(intent: {action: "banana"}) { intent { id } } }', "flows.unknown_action"),
        ("mutation { createProposal(proposal: {purpose: banana}) { proposal { id } } }", "graphql.invalid"),
        ('mutation { createSpatialThing(spatialThing: {name: "No", lat: 91}) { spatialThing { id } } }', "flows.bad_place"),
        (
            'mutation { createEconomicEvent(event: {action: "produce", hasBeginning: "2026-01-02T00:00:00Z", hasEnd: "2026-01-01T00:00:00Z"}) { economicEvent { id } } }',
            "flows.ends_before_it_begins",
        ),
        ('mutation { createEconomicEvent(event: {action: "produce", hasPointInTime: "yesterday"}) { economicEvent { id } } }', "graphql.bad_value"),
        ('mutation { createUnit(unit: {label: "\\u0000"}) { unit { id } } }', "journal.malformed"),
        ('mutation { deletePlan(revisionId: "0.no") }', "flows.unknown_revision"),
        ('mutation { createCommitment(commitment: {action: "work", provider: "org:nobody"}) { commitment { id } } }', "journal.unknown_reference"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_a_code(lite: Asker, query: str, code: str) -> None:
    assert lite.refused(query)[0] == code


def test_actions_are_the_nineteen_of_1_0(lite: Asker) -> None:
    found = lite.ask('{ actions { id label resourceEffect accountingEffect pairsWith } action(id: "transfer-custody") { id onhandEffect } }')
    assert len(found["actions"]) == 19
    assert all(one["resourceEffect"] == one["accountingEffect"] for one in found["actions"])
    assert found["action"] == {"id": "transferCustody", "onhandEffect": "decrementIncrement"}


def test_numbers_are_exact(lite: Asker) -> None:
    """0.1 and 0.2 make 0.3, and numbers beyond binary fractions come back digit for digit."""
    them = {"provider": lite.site.world.ids["Ana"], "receiver": lite.site.world.ids["Ana"]}
    resource = lite.event("produce", {"hasNumericalValue": 0.1, "hasUnit": "kg"}, {"name": "Salt"}, **them)["resource"]
    lite.event("raise", {"hasNumericalValue": 0.2, "hasUnit": "kilogram"}, resourceInventoriedAs=resource, **them)
    assert [str(one) for one in lite.stock(resource)] == ["0.3", "0.3"]
    lite.event("raise", {"hasNumericalValue": "99999999999.123456", "hasUnit": "kilogram"}, resourceInventoriedAs=resource, **them)
    assert [str(one) for one in lite.stock(resource)] == ["99999999999.423456"] * 2
    unit = lite.ask("query($id: ID!) { economicResource(id: $id) { onhandQuantity { hasUnit { id label symbol omUnitIdentifier } } } }", id=resource)
    assert unit["economicResource"]["onhandQuantity"]["hasUnit"]["symbol"] == "kg"


def test_a_recipe_lasts_as_long_as_it_says(lite: Asker) -> None:
    made = lite.make(
        "RecipeProcess", "hasDuration { numericDuration unitType hasNumericalValue hasUnit { id } }", name="Bake",
        hasDuration={"numericDuration": 1.5, "unitType": "hour"},
    )  # fmt: skip
    assert str(made["hasDuration"]["numericDuration"]) == "1.5" and made["hasDuration"]["unitType"] == "hour"
    assert made["hasDuration"]["hasUnit"] == {"id": "hour"}
