"""The forms of flows: who may send them, what comes back, what lands once."""

from __future__ import annotations

import re

import pytest
from flows_to_show import create, planned, traded
from forms import fields, send, sign_in
from reading import Page
from serving import Site
from working import entries, strict
from world import World

from commonhold.flows import vocabulary as v
from commonhold.flows.overview import open_tasks
from commonhold.node.tokens import revoke_token

FORMS = ("/test/log/", "/test/record/event/", "/test/record/offer/", "/test/record/request/")


@pytest.fixture
def here(world: World, site: Site) -> Site:
    """A workshop with a plan and a market, and a browser that checks forms as Django does in earnest."""
    world.clock.days(40)  # what is recorded has happened
    planned(world)
    traded(world)
    return strict(site)


def test_who_is_not_signed_in_is_shown_the_door_and_writes_nothing(here: Site) -> None:
    before = entries(here)
    for path in FORMS:
        assert "Your token" in Page(here.text(path)).text and fields(here.text(path))["next"] == path
        token = fields(here.text("/test/sign-in/"))["csrfmiddlewaretoken"]
        answer = here.client.post(path, {"csrfmiddlewaretoken": token, "amount": "1", "kind": "work"})
        assert answer.status_code == 403 and b"web.not_signed_in" in answer.content
    assert entries(here) == before


def test_a_form_without_its_token_is_refused(here: Site) -> None:
    sign_in(here)
    shown = fields(here.text("/test/log/")) | {"amount": "1"}
    del shown["csrfmiddlewaretoken"]
    assert here.client.post("/test/log/", shown).status_code == 403
    assert here.client.post("/test/sign-out/").status_code == 403


@pytest.mark.parametrize("kind", ["unknown", "expired", "another commons", "revoked later"])
def test_a_token_that_is_not_good_opens_nothing(here: Site, kind: str) -> None:
    from commonhold.journal.keys import SigningKey

    if kind == "another commons":
        key = SigningKey.derived("stranger")
        here.world.node.found("other", "[commons]\n" + _charter_of(here), key, keep=True)
        here.world.ids["Stranger"] = key.did
        token = here.token("Stranger", commons="other")
    else:
        token = {"unknown": "chold_nothing"}.get(kind) or here.token("Bo", days=0 if kind == "expired" else 90)
    answer = sign_in(here, token=token)
    if kind == "revoked later":
        assert answer.status_code == 302
        with here.world.node.database.write() as transaction:
            revoke_token(transaction, "test", token)
        shown = Page(here.text("/test/log/"))
    else:
        assert answer.status_code == 403 and b"web.bad_token" in answer.content and token.encode() not in answer.content
        shown = Page(here.text("/test/log/"))
    assert "Your token" in shown.text


def _charter_of(site: Site) -> str:
    from world import CHARTER

    return CHARTER.split("[commons]\n", 1)[1]


def test_signing_in_begins_a_new_session_and_goes_on_only_within_the_commons(here: Site) -> None:
    assert sign_in(here, follow="/test/tasks/").headers["Location"] == "/test/tasks/"
    first = here.client.cookies["sessionid"].value
    for elsewhere in (
        "https://evil.example/",
        "//evil.example/test/",
        "/\\evil.example",
        "/other/tasks/",
        "/test/../other/\t//x",
        "javascript:alert(1)",
    ):
        given = {"csrfmiddlewaretoken": here.client.cookies["csrftoken"].value, "token": here.token("Bo"), "next": elsewhere}
        there = here.client.post("/test/sign-in/", given).headers["Location"]
        assert there.startswith("/test/") and "evil" not in there, there
    assert here.client.cookies["sessionid"].value != first


def test_pages_of_a_member_are_theirs_alone(here: Site) -> None:
    """Who is signed in sees their name, and caches keep nothing of it; everybody else gets what they got before."""
    public = here.get("/test/flows/")
    assert "public" in public.headers["Cache-Control"]
    sign_in(here, "Cy")
    own = here.get("/test/flows/")
    assert "private" in own.headers["Cache-Control"] and "Cookie" in own.headers["Vary"] and own.headers["ETag"] != public.headers["ETag"]
    assert ">Cy</bdi>" in own.content.decode() and ">Cy</bdi>" not in public.content.decode()
    assert here.get("/test/log/").headers["Cache-Control"] == "no-store"
    out = here.client.post("/test/sign-out/", fields(here.text("/test/sign-in/")))
    assert out.status_code == 302 and "Your token" in here.text("/test/log/")


def test_work_is_recorded_once_however_often_it_is_sent(here: Site) -> None:
    sign_in(here)
    with here.world.node.read() as transaction:
        process = next(one["inputOf"] for one in open_tasks(transaction, "test") if one["action"] == "work")
    shown = fields(here.text(f"/test/log/?process={process}")) | {"amount": "3", "note": "wiring", "domain": "hardware"}
    assert shown["process"] == process
    before = entries(here)
    answers = [here.client.post("/test/log/", shown) for _ in range(2)]
    here.world.clock.days(1)
    answers.append(here.client.post("/test/log/", shown))
    assert [one.status_code for one in answers] == [302] * 3 and len({one.headers["Location"] for one in answers}) == 1
    assert entries(here) == before + 1
    page = Page(here.text(answers[0].headers["Location"]))
    assert "It is logged" in page.text and "3 hours" in page.text and "wiring" in page.text
    assert "worked 3 hours" in Page(here.text("/test/flows/")).text
    lines = Page(here.text(f"/test/processes/{process}/")).table("Planned, promised")
    assert any("3 hours" in cell for cell in lines.column("Done"))


def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(here: Site) -> None:
    sign_in(here)
    before = entries(here)
    answer = send(here, "/test/log/", amount="three", note="a long & <b>note</b>", new_process="bms-firmware")
    html = answer.content.decode()
    assert answer.status_code in (400, 422) and entries(here) == before
    kept = fields(html)
    assert kept["amount"] == "three" and "a long &amp; &lt;b&gt;note" in html and kept["new_process"] == "bms-firmware"
    assert re.search(r'name="amount"[^>]*aria-invalid="true" aria-describedby="problem-amount-1"', html)
    assert 'id="problem-amount-1"' in html and "could not be recorded" in html
    refused = send(here, "/test/record/event/", action="transfer", amount="x1", unit="kilogram", note="kept")
    assert refused.status_code in (400, 422)
    assert fields(refused.content.decode())["note"] == "kept" and 'id="problem-amount-1"' in refused.content.decode()
    for day in ("2026-99-99", "yesterday", "2026-02-20", "1899-12-31"):
        late = send(here, "/test/log/", amount="1", day=day)
        assert late.status_code in (400, 422) and 'id="problem-day-1"' in late.content.decode(), day
    assert here.get("/test/take/nothing/").status_code == 404
    assert entries(here) == before


def test_a_resource_begins_and_is_used_up(here: Site) -> None:
    sign_in(here)
    made = send(here, "/test/record/event/", action="raise", amount="50", unit="kilogram", new_resource="Flour & salt", kind="beans", receiver="")
    assert made.status_code == 302, made.content.decode()[-3000:]
    event = here.json(made.headers["Location"].partition("?")[0].rstrip("/") + ".json")["event"]
    resource = event["resourceInventoriedAs"]
    used = send(here, f"/test/record/event/?resource={resource}", action="lower", amount="20", unit="kilogram")
    assert used.status_code == 302, used.content.decode()[-3000:]
    view = here.json(f"/test/resources/{resource}.json")
    assert view["resource"]["onhandQuantity"]["hasNumericalValue"] == "30" and view["name"] == "Flour & salt"
    much = send(here, f"/test/record/event/?resource={resource}", action="lower", amount="200", unit="kilogram")
    assert much.status_code == 422 and 'id="problem-amount-1"' in much.content.decode()


def test_a_task_is_taken_done_in_part_and_given_back(here: Site) -> None:
    sign_in(here)
    with here.world.node.read() as transaction:
        task = next(
            one for one in open_tasks(transaction, "test") if one["action"] == "work" and one["openEffortQuantity"]["hasNumericalValue"] == "6"
        )
    path = f"/test/take/{task['id']}/"
    shown = fields(here.text(path)) | {"amount": "2"}
    answers = [here.client.post(path, shown) for _ in range(2)]
    assert [one.status_code for one in answers] == [302, 302] and len({one.headers["Location"] for one in answers}) == 1
    there = answers[0].headers["Location"].partition("?")[0]
    promise = there.rstrip("/").rpartition("/")[2]
    assert "It is yours now" in here.text(answers[0].headers["Location"])
    assert "promised to work 2 hours" in Page(here.text("/test/me/")).text
    assert "4 hours" in str(Page(here.text("/test/tasks/")).tables[0].rows)
    too_much = send(here, path, amount="5")
    assert too_much.status_code == 422 and "4 are still open" in too_much.content.decode() and 'id="problem-amount-1"' in too_much.content.decode()
    done = send(here, f"/test/log/?fulfills={promise}", amount="0.5", domain="hardware")
    assert done.status_code == 302, done.content.decode()[-3000:]
    assert "1.5 hours" in Page(here.text(there)).text
    back = fields(here.text(f"/test/give-back/{promise}/"))
    answers = [here.client.post(f"/test/give-back/{promise}/", back) for _ in range(2)]
    assert answers[0].status_code == 302 and answers[1].status_code == 422
    assert "5.5 hours" in str(Page(here.text("/test/tasks/")).tables[0].rows)


def test_a_promise_that_was_not_begun_is_given_back_whole_and_once(here: Site) -> None:
    sign_in(here, "Cy")
    with here.world.node.read() as transaction:
        task = open_tasks(transaction, "test")[0]
    taken = send(here, f"/test/take/{task['id']}/")
    promise = taken.headers["Location"].partition("?")[0].rstrip("/").rpartition("/")[2]
    sign_in(here, "Bo")
    stranger = send(here, f"/test/give-back/{promise}/")
    assert stranger.status_code == 422 and b"flows.not_own" in stranger.content
    sign_in(here, "Cy")
    back = fields(here.text(f"/test/give-back/{promise}/"))
    answers = [here.client.post(f"/test/give-back/{promise}/", back) for _ in range(2)]
    assert [one.headers.get("Location") for one in answers] == ["/test/tasks/?said=given-back"] * 2
    assert here.get(f"/test/commitments/{promise}/").status_code == 404


def test_an_offer_is_published_once_with_what_is_wanted_for_it(here: Site) -> None:
    sign_in(here, "Cy")
    shown = fields(here.text("/test/record/offer/")) | {
        "amount": "3", "unit": "hour", "action": "work", "new_kind": "Sewing", "return_amount": "2", "return_unit": "kilogram",
        "return_kind": "beans", "name": "Mending clothes", "note": "evenings", "each": "yes",
    }  # fmt: skip
    before = entries(here)
    answers = [here.client.post("/test/record/offer/", shown) for _ in range(2)]
    assert [one.status_code for one in answers] == [302, 302], answers[0].content.decode()[-3000:]
    assert entries(here) == before + 4
    market = Page(here.text("/test/market/")).text
    assert "Mending clothes" in market and "Beans, 2 kilograms" in market
    nothing = send(here, "/test/record/request/", amount="1")
    assert nothing.status_code == 400 and 'id="problem-kind-1"' in nothing.content.decode()
    asked = send(here, "/test/record/request/", amount="1", kind="honey", unit="kilogram", name="Honey, please")
    assert asked.status_code == 302 and "Honey, please" in Page(here.text("/test/market/")).text
    accepted = send(here, "/test/take/bean-offer/", amount="5")
    assert accepted.status_code == 302
    commitment = here.json(accepted.headers["Location"].partition("?")[0].rstrip("/") + ".json")["promise"]
    assert commitment["provider"] == here.world.ids["Bo"] and commitment["receiver"] == here.world.ids["Cy"]


def test_nobody_learns_private_names_from_the_lists_to_choose_from(here: Site) -> None:
    create(here.world, "Ana", v.Process(id="one", name="One"))
    sign_in(here, "Bo")
    for path in FORMS:
        assert ">Ana<" not in here.text(path)


def test_open_tasks_begin_with_what_is_like_ones_own_work(here: Site) -> None:
    """For who is signed in; others have them by the day when they are due."""
    assert "like what you have done" not in here.text("/test/tasks/")
    sign_in(here)
    shown = here.text("/test/tasks/")
    assert "like what you have done" in shown
    assert here.json("/test/tasks.json")["forMe"] is True
