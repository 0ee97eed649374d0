"""The forms of money: who may send them, what lands once, what is shown instead of being recorded, who gets account numbers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from forms import fields, form_to, sign_in
from reading import Page
from serving import Site
from working import entries, strict
from world import CHARTER, World

from commonhold.commons.people import write_profile

IBAN = "DE89370400440532013000"
FORMS = ("incomes/new/", "distributions/1/pay/", "distributions/1/sepa/", "repayment/")
FILES = ("distributions/1/payments.csv",)


@pytest.fixture
def shared(world: World, site: Site) -> Site:
    """A distribution, money for another one, and a browser that checks forms as Django does in earnest."""
    world.validated("Bo", "work", "8")
    world.validated("Cy", "work", "4")
    world.income("1000.00")
    world.share("600.00")
    with world.node.database.write() as transaction:
        write_profile(transaction, "test", world.ids["Bo"], name="Bo", iban=IBAN)
    return strict(site)


def send(site: Site, path: str, **entered: str) -> Any:
    return site.client.post(f"/test/{path}", form_to(site.text(f"/test/{path}"), f"/test/{path}") | entered)


def test_a_stranger_is_shown_the_door_and_gets_no_file(shared: Site) -> None:
    before = entries(shared)
    token = fields(shared.text("/test/sign-in/"))["csrfmiddlewaretoken"]
    for path in (*FORMS, *FILES):
        answer = shared.get(f"/test/{path}")
        assert IBAN.encode() not in answer.content and answer.headers["Cache-Control"] == "no-store"
        assert answer.status_code == 403 or "Your token" in answer.content.decode(), path
    for path in (*FORMS, "distributions/new/"):
        assert shared.client.post(f"/test/{path}", {"csrfmiddlewaretoken": token, "amount": "1"}).status_code == 403
    page = Page(shared.text("/test/distributions/new/"))
    assert "Distributions are recorded by whoever has the role “steward”" in page.text and not [
        a for t, a in page.tags if a.get("method") == "post" and a["action"] != "/-/language/"
    ]
    assert entries(shared) == before


def test_a_member_without_the_power_is_told_who_may(shared: Site) -> None:
    sign_in(shared, "Bo")
    before = entries(shared)
    for path in ("incomes/new/", "distributions/1/pay/", "distributions/1/sepa/", *FILES):
        answer = shared.get(f"/test/{path}")
        assert answer.status_code == 403 and b"steward" in answer.content and b"commons.lacks_power" in answer.content, path
        assert IBAN.encode() not in answer.content
    page = shared.text("/test/distributions/new/")
    assert "Record this distribution" not in page
    token = fields(shared.text("/test/sign-in/"))["csrfmiddlewaretoken"]
    result = shared.json("/test/distributions/new.json")["result"]
    sent = {"csrfmiddlewaretoken": token, "key": "0" * 32, "result": result, "fund": "common"}
    assert shared.client.post("/test/distributions/new/", sent).status_code == 422
    sent = {"csrfmiddlewaretoken": token, "key": "1" * 32, "debtor-name": "Us", "debtor-iban": IBAN, "schema": "pain.001.001.09"}
    answer = shared.client.post("/test/distributions/1/sepa/", sent)
    assert answer.status_code == 403 and IBAN.encode() not in answer.content
    assert entries(shared) == before


def test_an_income_lands_once_and_its_giver_may_be_new(shared: Site) -> None:
    sign_in(shared, "Ana")
    shown = form_to(shared.text("/test/incomes/new/"), "/test/incomes/new/")
    entered = shown | {"amount": "120,50", "from": "Acme Ltd.", "new": "enterprise", "source": "sale", "note": "for boxes"}
    first, second = (shared.client.post("/test/incomes/new/", entered) for _ in range(2))
    assert first.status_code == second.status_code == 302 and first.headers["Location"] == second.headers["Location"]
    found = shared.json("/test/incomes.json?source=sale")
    assert [(one["amount"], one["from"], one["fromName"], one["note"]) for one in found["incomes"]] == [
        ("120.50", "org:acme-ltd", "Acme Ltd.", "for boxes")
    ]  # fmt: skip
    assert "It is recorded." in shared.text(first.headers["Location"])


@pytest.mark.parametrize(
    ("entered", "field", "code"),
    [
        ({"amount": "x", "from": "Giver"}, "amount", ""),
        ({"amount": "1.234", "from": "Giver"}, "amount", "sharing.bad_amount"),
        ({"amount": "0", "from": "Giver"}, "amount", "sharing.no_amount"),
        ({"amount": "5", "from": "Gvier"}, "from", "commons.unknown_agent"),
        ({"amount": "5", "from": ""}, "from", "web.who"),
        ({"amount": "5", "from": "تعاونية", "new": "enterprise"}, "from", "web.bad_value"),
        ({"amount": "5", "from": "Giver", "at": "2031-01-01T00:00"}, "at", "sharing.in_the_future"),
        ({"amount": "5", "from": "Giver", "at": ""}, "at", "web.bad_time"),
    ],
)
def test_what_is_wrong_with_an_income_stands_beside_its_field(shared: Site, entered: dict[str, str], field: str, code: str) -> None:
    sign_in(shared, "Ana")
    before = entries(shared)
    answer = send(shared, "incomes/new/", **entered)
    html = answer.content.decode()
    assert answer.status_code in (400, 404, 422) and code in html
    assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', html), html[html.find("<form") :][:3000]
    assert f'value="{entered["amount"]}"' in html and entries(shared) == before


def test_an_income_is_taken_back_once(shared: Site) -> None:
    sign_in(shared, "Ana")
    send(shared, "incomes/new/", amount="30.00", **{"from": "org:giver"})
    position = shared.json("/test/incomes.json")["incomes"][0]["position"]
    path = f"incomes/{position}/reverse/"
    shown = form_to(shared.text(f"/test/{path}"), f"/test/{path}") | {"reason": "recorded twice"}
    assert [shared.client.post(f"/test/{path}", shown).status_code for _ in range(2)] == [302, 302]
    assert shared.json("/test/incomes.json")["together"]["amount"] == "1000.00"
    again = send(shared, path, reason="once more")
    assert again.status_code == 422 and b"sharing.reversed_already" in again.content
    first = shared.json("/test/incomes.json")["incomes"][-1]["position"]
    answer = send(shared, f"incomes/{first}/reverse/", reason="gone")
    assert answer.status_code == 422 and b"sharing.shared_already" in answer.content, "what is shared cannot be taken back"


def test_a_steward_records_what_was_seen_and_once(shared: Site) -> None:
    sign_in(shared, "Ana")
    said = shared.json("/test/distributions/new.json?amount=123.45")
    html = shared.text("/test/distributions/new/?amount=123.45")
    assert "data-confirm=" in html and "would be given to 2 receivers" in Page(html).text
    shown = form_to(html, "/test/distributions/new/")
    assert shown["result"] == said["result"]
    answers = [shared.client.post("/test/distributions/new/", shown) for _ in range(2)]
    assert [answer.headers["Location"] for answer in answers] == ["/test/distributions/2/?said=recorded"] * 2
    told = shared.json("/test/distributions/2.json")
    assert told["amount"] == "123.45" and told["result"] == said["result"]
    assert len(shared.json("/test/distributions.json")["distributions"]) == 2


def test_if_the_journal_has_changed_since_the_new_preview_is_shown_and_nothing_recorded(shared: Site) -> None:
    sign_in(shared, "Ana")
    shown = form_to(shared.text("/test/distributions/new/"), "/test/distributions/new/")
    shared.world.validated("Cy", "work", "40")
    before = entries(shared)
    answer = shared.client.post("/test/distributions/new/", shown)
    assert answer.status_code == 200 and entries(shared) == before
    page = Page(answer.content.decode())
    assert "The journal has changed since you looked. Nothing was recorded." in page.text
    now = shared.json("/test/distributions/new.json")
    assert page.table("Shares").column("Amount") == [f"{float(line['amount']):,.2f}" for line in now["agents"]]
    fresh = form_to(answer.content.decode(), "/test/distributions/new/")
    assert fresh["result"] == now["result"] != shown["result"] and fresh["key"] != shown["key"]
    assert shared.client.post("/test/distributions/new/", fresh).headers["Location"] == "/test/distributions/2/?said=recorded"


def test_entries_that_change_no_share_do_not_stop_it(shared: Site) -> None:
    sign_in(shared, "Ana")
    shown = form_to(shared.text("/test/distributions/new/"), "/test/distributions/new/")
    shared.world.log("Cy", "work", "3")
    assert shared.client.post("/test/distributions/new/", shown).status_code == 302


@pytest.mark.parametrize("result", ["", "x", "0" * 64])
def test_nobody_records_blindly(shared: Site, result: str) -> None:
    sign_in(shared, "Ana")
    before = entries(shared)
    shown = form_to(shared.text("/test/distributions/new/"), "/test/distributions/new/") | {"result": result}
    answer = shared.client.post("/test/distributions/new/", shown)
    assert b"Nothing was recorded" in answer.content and entries(shared) == before


def test_shares_are_marked_as_paid_once_and_only_those_chosen(shared: Site) -> None:
    sign_in(shared, "Ana")
    ids = shared.world.ids
    path = "distributions/1/pay/"
    assert "Bo" in Page(shared.text(f"/test/{path}")).text, "who pays needs to know whom, public or not"
    shown = form_to(shared.text(f"/test/{path}"), f"/test/{path}")
    assert shown[f"pay-{ids['Bo']}"] == shown[f"pay-{ids['Cy']}"] == "yes"
    del shown[f"pay-{ids['Cy']}"]
    for _ in range(2):
        assert shared.client.post(f"/test/{path}", shown | {"reference": "SEPA 17"}).status_code == 302
    states = {one["agent"]: one["state"] for one in shared.json("/test/distributions/1.json")["agents"]}
    assert states == {ids["Bo"]: "paid", ids["Cy"]: "to be paid"}
    payouts = shared.json("/test/payouts.json")["payouts"]
    assert [(one["amount"], one["reference"]) for one in payouts] == [("400.00", "SEPA 17")]
    none = {name: text for name, text in form_to(shared.text(f"/test/{path}"), f"/test/{path}").items() if not name.startswith("pay-")}
    assert b"web.no_answer" in shared.client.post(f"/test/{path}", none).content
    assert send(shared, path).status_code == 302
    assert "Nobody is owed anything of it any more." in Page(shared.text(f"/test/{path}")).text


def test_payment_files_are_for_who_pays_and_kept_by_nothing(shared: Site) -> None:
    sign_in(shared, "Ana")
    sheet = shared.get("/test/distributions/1/payments.csv")
    assert sheet.status_code == 200 and IBAN in sheet.content.decode() and sheet.headers["Cache-Control"] == "no-store"
    assert sheet.headers["Content-Disposition"].startswith("attachment")
    path = "distributions/1/sepa/"
    answer = send(shared, path, **{"debtor-name": "Us", "debtor-iban": "AT61 1904 3002 3457 3201"})
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/xml" and answer.headers["Cache-Control"] == "no-store"
    assert IBAN.encode() in answer.content and b'<InstdAmt Ccy="EUR">400.00</InstdAmt>' in answer.content
    assert shared.json("/test/distributions/1.json")["payments"]["paid"] == "0.00", "a file pays nothing"
    wrong = send(shared, path, **{"debtor-name": "Us", "debtor-iban": "AT61 1904"})
    assert wrong.status_code == 400 and re.search(rb'name="debtor-iban"[^>]*aria-invalid="true"', wrong.content)
    assert IBAN.encode() not in wrong.content


@pytest.mark.parametrize("role", ["member", "anyone", "decision"])
def test_where_everybody_may_record_payouts_account_numbers_stay_on_the_node(shared: Site, role: str) -> None:
    shared.world.charter(f'{CHARTER}\n[powers]\npay = "{role}"\n')
    sign_in(shared, "Cy")
    for path in ("distributions/1/payments.csv", "distributions/1/sepa/"):
        answer = shared.get(f"/test/{path}")
        assert answer.status_code == 403 and IBAN.encode() not in answer.content
        assert (b"web.not_for_all" if role != "decision" else b"commons.lacks_power") in answer.content
    if role != "decision":
        html = shared.text("/test/distributions/1/pay/")
        assert "payments.csv" not in html and ">Bo<" not in html and send(shared, "distributions/1/pay/").status_code == 302


def test_somebody_chooses_how_their_contributions_share(shared: Site) -> None:
    sign_in(shared, "Bo")
    world = shared.world
    share = f"/test/distributions/1/{world.ids['Bo']}/"
    assert ("/test/repayment/", "") in Page(shared.text(share), share).links
    other = f"/test/distributions/1/{world.ids['Cy']}/"
    assert ("/test/repayment/", "") not in Page(shared.text(other), other).links
    shown = form_to(shared.text("/test/repayment/"), "/test/repayment/")
    assert b"web.no_answer" in shared.client.post("/test/repayment/", shown).content
    for _ in range(2):
        assert shared.client.post("/test/repayment/", shown | {"repayment": "never"}).status_code == 302
    agents = [one["agent"] for one in shared.json("/test/distributions/new.json")["agents"] if one["minor"]["amount"]]
    assert agents == [world.ids["Cy"]], "what is given away takes no part"
    late = form_to(shared.text("/test/repayment/"), "/test/repayment/") | {"repayment": "while_it_lasts", "contributions": "3"}
    assert b"contributions.chosen_late" in shared.client.post("/test/repayment/", late).content
