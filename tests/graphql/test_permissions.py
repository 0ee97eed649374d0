"""Who may read, who may write, and what nobody gets to see."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from asking import Asker, nodes
from serving import Site

from commonhold.commons.people import read_profile, write_profile
from commonhold.journal.keys import SigningKey

PLAN = 'mutation { createPlan(plan: {name: "Plan"}) { plan { id name } } }'
EVENT = "mutation($e: EconomicEventCreateParams!) { createEconomicEvent(event: $e) { economicEvent { id } } }"


def test_everybody_reads_and_members_write(site: Site) -> None:
    nobody, bo = Asker(site, ""), Asker(site, "Bo")
    assert nobody.ask("{ plans { edges { node { id } } } myAgent { id } }") == {"plans": {"edges": []}, "myAgent": None}
    assert nobody.refused(PLAN)[0] == "api.no_token"
    made = bo.ask(PLAN)["createPlan"]["plan"]
    assert nodes(nobody.ask("{ plans { edges { node { id } } } }")["plans"]) == [{"id": made["id"]}]
    assert bo.ask("{ myAgent { id } }")["myAgent"]["id"] == site.world.ids["Bo"]


@pytest.mark.parametrize("path", ["/graphql", "/test/graphql"])
def test_a_token_of_another_commons_writes_nothing(sqlite_site: Site, path: str) -> None:
    asker = Asker(sqlite_site, path=path)
    other = SigningKey.derived("Zoe")
    sqlite_site.world.node.found("other", _charter(sqlite_site), other, keep=True)
    path = "/test/graphql"  # now there are two
    with sqlite_site.world.node.database.write() as transaction:
        from commonhold.node.tokens import create_token

        stranger = create_token(transaction, "other", other.did, "", sqlite_site.world.node.now() + 1_000)
    asker.path, asker.token = path, stranger
    assert asker.refused(PLAN)[0] == "api.other_commons"
    assert asker.refused("{ myAgent { id } }")[0] == "api.other_commons"
    asker.path = "/other/graphql"
    assert asker.ask(PLAN)["createPlan"]["plan"]["name"] == "Plan"
    asker.token = "chold_nonsense"
    assert asker.refused(PLAN)[0] == "api.no_token"


def _charter(site: Site) -> str:
    from world import CHARTER

    return CHARTER


def test_the_short_address_is_for_a_node_with_one_commons(sqlite_site: Site) -> None:
    sqlite_site.world.node.found("other", _charter(sqlite_site), SigningKey.derived("Zoe"), keep=True)
    answer = sqlite_site.post("/graphql", {"query": "{ __typename }"})
    said = json.loads(answer.content)["errors"][0]
    assert (answer.status_code, said["extensions"]["code"]) == (404, "commons.which") and "/other/graphql" in said["message"]
    assert sqlite_site.post("/other/graphql", {"query": "{ __typename }"}).status_code == 200
    assert json.loads(sqlite_site.post("/none/graphql", {"query": "{ __typename }"}).content)["errors"][0]["extensions"]["code"] == "commons.unknown"


def test_the_rules_are_those_of_every_door(ana: Asker) -> None:
    site, bo = ana.site, Asker(ana.site, "Bo")
    me, cy = site.world.ids["Bo"], site.world.ids["Cy"]
    assert bo.refused(EVENT, e={"action": "produce", "provider": cy, "receiver": cy})[0] == "flows.not_for_others"
    promise = 'mutation($p: ID!) { createCommitment(commitment: {action: "work", provider: $p, note: "x"}) { commitment { id revisionId } } }'
    assert ana.refused(promise, p=me)[0] == "flows.no_consent"
    mine = bo.ask(promise, p=me)["createCommitment"]["commitment"]
    cys = Asker(site, "Cy")
    assert cys.refused("mutation($r: ID!) { deleteCommitment(revisionId: $r) }", r=mine["revisionId"])[0] == "flows.not_own"
    assert bo.refused('mutation { createPerson(person: {name: "Eve"}) { agent { id } } }')[0] == "commons.lacks_power"
    assert bo.refused('mutation { createOrganization(organization: {name: "Mill"}) { agent { id } } }')[0] == "commons.lacks_power"


def test_what_is_refused_leaves_no_trace(ana: Asker) -> None:
    ana.make("Plan", name="Before")  # and the journal is told what time it is
    before = _size(ana)
    steps = 'mutation { createOrganization(organization: {name: "Mill", primaryLocation: "nowhere"}) { agent { id } } }'
    assert ana.refused(steps)[0] == "journal.unknown_reference"
    assert _size(ana) == before
    answer = ana.answer(
        'mutation { one: createPlan(plan: {name: "One"}) { plan { name } } two: createIntent(intent: {action: "no"}) { intent { id } } }'
    )
    assert answer["data"] is None and [one["path"] for one in answer["errors"]] == [["two"]]
    assert _size(ana) == before + 1  # each is its own transaction, and the first has landed


def _size(asker: Asker) -> int:
    with asker.site.world.node.read() as transaction:
        return int(transaction.value("SELECT COUNT(*) FROM journal_entry"))


def test_names_of_persons_are_shown_where_they_are_public(ana: Asker) -> None:
    node, bo = ana.site.world.node, ana.site.world.ids["Bo"]
    read = "query($id: ID!) { agent(id: $id) { name note __typename } }"
    assert ana.ask(read, id=bo)["agent"] == {"name": "", "note": None, "__typename": "Person"}
    with node.database.write() as transaction:
        write_profile(transaction, "test", bo, public=True)
    assert ana.ask(read, id=bo)["agent"]["name"] == "Bo"
    assert "Cy" not in json.dumps(ana.ask("{ agents { edges { node { name } } } }"))


def test_members_tell_of_themselves_and_stewards_of_those_who_have_no_key(ana: Asker) -> None:
    bo, id_ = Asker(ana.site, "Bo"), ana.site.world.ids["Bo"]
    update = "mutation($p: AgentUpdateParams!) { updatePerson(person: $p) { agent { name note revisionId } } }"
    revision = bo.ask("{ myAgent { revisionId } }")["myAgent"]["revisionId"]
    assert ana.refused(update, p={"revisionId": revision, "name": "Somebody"})[0] == "people.own_matter"
    now = bo.ask(update, p={"revisionId": revision, "name": "Bob", "note": "Bakes."})["updatePerson"]["agent"]
    assert (now["name"], now["note"]) == ("Bob", "Bakes.")
    assert ana.refused("mutation($r: ID!) { deletePerson(revisionId: $r) }", r=now["revisionId"])[0] == "people.own_matter"
    assert bo.refused(update, p={"revisionId": now["revisionId"], "name": ""})[0] == "graphql.bad_value"
    assert bo.refused(update, p={"revisionId": now["revisionId"], "primaryLocation": "nowhere"})[0] == "journal.unknown_reference"
    with ana.site.world.node.read() as transaction:
        assert read_profile(transaction, "test", id_).public


def test_who_is_erased_leaves_a_number_behind(ana: Asker) -> None:
    person = ana.make("Person", "id revisionId", name="Eve Example", note="Lives by the river.")
    me = ana.site.world.ids["Ana"]
    ana.ask(EVENT, e={"action": "transfer", "provider": person["id"], "receiver": me})
    stale = person["revisionId"][:-1] + ("0" if person["revisionId"][-1] != "0" else "1")
    assert ana.refused("mutation($r: ID!) { deletePerson(revisionId: $r) }", r=stale)[0] == "flows.stale_revision"
    assert ana.ask("mutation($r: ID!) { deletePerson(revisionId: $r) }", r=person["revisionId"]) == {"deletePerson": True}
    found = ana.ask("{ economicEvents { edges { node { provider { id name note __typename } } } } }")
    assert nodes(found["economicEvents"]) == [{"provider": {"id": person["id"], "name": "", "note": None, "__typename": "Person"}}]
    with ana.site.world.node.read() as transaction:
        tables = ("private_profile", "private_about", "journal_entry")
        stored = "".join(str(transaction.rows(f"SELECT * FROM {table}")) for table in tables)
    assert "Eve" not in stored and "river" not in stored


def test_a_claimed_identity_is_the_member(ana: Asker) -> None:
    person = ana.make("Person", name="Eve")
    me = ana.site.world.ids["Ana"]
    ana.ask(EVENT, e={"action": "transfer", "provider": person, "receiver": me})
    from commonhold.commons import entries as c

    bo = ana.site.world.ids["Bo"]
    ana.site.world.act("Ana", "identity.claim", c.Claim(identity=person, agent=bo, by="steward"))
    found = ana.ask(
        "query($id: ID!, $bo: ID!) { agent(id: $id) { id name } bo: agent(id: $bo) { economicEventsAsProvider { edges { node { provider { id } } } } } }",
        id=person,
        bo=bo,
    )
    assert found["agent"] == {"id": bo, "name": "Eve"}
    assert nodes(found["bo"]["economicEventsAsProvider"]) == [{"provider": {"id": bo}}]
    assert person not in [one["id"] for one in nodes(ana.ask("{ people { edges { node { id } } } }")["people"])]


@pytest.mark.parametrize(
    ("query", "given"),
    [
        (PLAN, {}),
        (EVENT, {"e": {"action": "produce", "note": "once"}}),
        ('mutation { createOrganization(organization: {name: "Mühle & Söhne"}) { agent { id name } } }', {}),
        ('mutation { createPerson(person: {name: "Eve"}) { agent { id name } } }', {}),
        (('mutation { createEconomicEvent(event: {action: "raise", resourceQuantity: {hasNumericalValue: 1}}, newInventoriedResource: {name: "x"})'
         " { economicResource { id name } } }"), {}),
        ('mutation { one: createPlan(plan: {name: "One"}) { plan { id } } two: createPlan(plan: {name: "Two"}) { plan { id } } }', {}),
    ],
    ids=["plan", "event", "organization", "person", "resource", "two"],
)  # fmt: skip
def test_what_is_sent_again_is_done_once(ana: Asker, query: str, given: dict[str, Any]) -> None:
    key = {"Idempotency_Key": "again-1"}
    first = ana.ask(query, key, **given)
    size = _size(ana)
    ana.site.world.clock.now += 5
    assert ana.ask(query, key, **given) == first
    assert _size(ana) == size
    assert ana.ask(query, {"Idempotency_Key": "again-2"}, **given) != first


def test_a_key_for_something_else_is_refused(lite: Asker) -> None:
    key = {"Idempotency_Key": "mine"}
    lite.ask(PLAN, key)
    assert lite.refused(PLAN.replace('"Plan"', '"Other"'), key)[0] == "journal.key_reused"
    assert lite.refused(PLAN, {"Idempotency_Key": "with blanks"})[0] == "api.bad_key"


def test_nothing_leaks_of_what_should_not_happen(lite: Asker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    from commonhold.graphql.view import View

    def broken(*_: Any) -> None:
        raise ZeroDivisionError("the secret of /srv/ana")

    monkeypatch.setattr(View, "page", broken)
    with caplog.at_level(logging.ERROR, "commonhold.graphql"):
        answer = lite.answer("{ plans { edges { cursor } } }")
    assert answer["errors"][0]["extensions"]["code"] == "internal" and "secret" not in json.dumps(answer)
    assert "the secret of /srv/ana" in caplog.text


def test_a_busy_store_says_so(lite: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    from commonhold.graphql.view import View
    from commonhold.problems import Busy, Problem

    def busy(*_: Any) -> None:
        raise Busy(Problem("store.busy", "The file /srv/ana is locked."))

    monkeypatch.setattr(View, "page", busy)
    code, message = lite.refused("{ plans { edges { cursor } } }")
    assert code == "store.busy" and "/srv/ana" not in message
