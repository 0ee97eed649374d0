"""The pages of money: every figure is that of the engine, adds up, leads to what it came from, and is there as JSON and CSV."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from questions import asked
from reading import Page, amount
from serving import Site
from world import World

from commonhold.commons import entries as e
from commonhold.journal.kinds import time_text
from commonhold.sharing.commands import IncomeParams, PayParams, ReverseParams


def rows_of(site: Site, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(site.text(path))))


@pytest.fixture
def paid(world: World, site: Site) -> Site:
    """Two months: incomes of two sources, one of them taken back, two distributions, one of them paid in part."""
    world.validated("Bo", "work", "8")
    world.validated("Cy", "code", "100")
    world.income("1000.00")
    mistake = world.act("Ana", "income.add", IncomeParams(amount="70.00", currency="EUR", giver="org:giver", source="sale", note="twice"))
    world.act("Ana", "income.reverse", ReverseParams(income=str(mistake["position"]), reason="recorded twice"))
    world.share("600.00")
    world.clock.days(40)
    world.act("Ana", "income.add", IncomeParams(amount="250.50", currency="EUR", giver="org:giver", source="sale"))
    world.act("Ana", "share.pay", PayParams(distribution=1, agents=[world.ids["Bo"]], reference="R-1"))
    world.share("100.01")
    return site


def test_money_over_time_adds_up_to_what_is_in_the_funds(paid: Site) -> None:
    said = paid.json("/test/money.json")
    periods = said["months"]
    assert [one["period"] for one in periods] == ["2026-01", "2026-02"]
    assert [one["cameIn"] for one in periods] == ["1000.00", "250.50"] and [one["given"] for one in periods] == ["600.00", "100.01"]
    assert [one["paid"] for one in periods] == ["0.00", "533.33"] and [one["inFunds"] for one in periods] == ["400.00", "550.49"]
    assert said["money"]["inFunds"] == periods[-1]["inFunds"]
    assert said["payments"] == {"given": "700.01", "paid": "533.33", "owed": "166.68", "held": "0.00"}
    assert [{**row} for row in rows_of(paid, "/test/money.csv")] == [{k: v for k, v in one.items() if k != "minor"} for one in periods]


def test_the_chart_of_months_shows_the_figures_of_its_table(paid: Site) -> None:
    page = Page(paid.text("/test/money/"))
    table = page.table("By the day")
    charts = [one for one in page.pictures if one.title.startswith("What came in and what was shared")]
    told = [f"{row[0]}: Came in {row[1]} EUR, Shared {row[2]} EUR" for row in reversed(table.rows)]
    assert len(charts) == 2 and all(one.parts == told and one.description for one in charts)


def test_every_payment_is_in_one_state(paid: Site) -> None:
    for line in paid.json("/test/distributions.json")["distributions"]:
        assert amount(line["paid"]) + amount(line["owed"]) + amount(line["held"]) == amount(line["given"])
        told = paid.json(f"/test/distributions/{line['number']}.json")
        assert sum(amount(one["paid"]) for one in told["agents"]) == amount(line["paid"])
        shares = rows_of(paid, f"/test/distributions/{line['number']}.csv")
        assert [(row["agent"], row["amount"], row["state"]) for row in shares] == [(o["agent"], o["amount"], o["state"]) for o in told["agents"]]
        assert told["payments"] == {"paid": line["paid"], "owed": line["owed"], "held": line["held"]}


def test_what_an_unclaimed_identity_is_given_is_held(paid: Site) -> None:
    world = paid.world
    from commonhold.node.imports import Importer

    importer = Importer(world.node, "test", world.ids["Ana"])
    importer.sheet(b"by,kind,amount,domain\nsomebody@example.org,work,8,firmware\n", "sheet", {}, identities=True)
    from commonhold.contributions.commands import AttestParams

    claim = paid.json("/test/contributions.json")["contributions"][0]["position"]
    for who in ("Bo", "Cy"):
        world.act(who, "contribution.attest", AttestParams(verdict="accept", contributions=[str(claim)]))
    world.share("100.00")
    line = paid.json("/test/distributions.json")["distributions"][0]
    held = sum(amount(one["amount"]) for one in paid.json("/test/distributions/3.json")["agents"] if one["type"] == "Identity")
    assert amount(line["held"]) == held > 0 and amount(line["owed"]) == 100 - held


def test_incomes_are_filtered_and_paged_by_key(paid: Site) -> None:
    world = paid.world
    world.act("Ana", "agent.add", e.AddAgent(id="org:other", name="Other", classifiedAs="foundation"))
    for number in range(60):
        world.income(f"{number + 1}.00", giver="org:other")
    first = paid.json("/test/incomes.json")
    assert len(first["incomes"]) == 50 and first["together"] == {"count": 64, "amount": "3080.50"}
    positions = [one["position"] for one in first["incomes"]]
    rest = paid.json(f"/test/incomes.json?before={first['before']}")
    positions += [one["position"] for one in rest["incomes"]]
    assert rest["before"] is None and len(positions) == 64 and positions == sorted(positions, reverse=True)
    page = Page(paid.text("/test/incomes/"), "/test/incomes/")
    assert (f"/test/incomes/?before={first['before']}", "") in page.links
    sold = paid.json("/test/incomes.json?source=sale")
    assert [one["amount"] for one in sold["incomes"]] == ["250.50", "-70.00", "70.00"] and sold["together"]["amount"] == "250.50"
    assert paid.json("/test/incomes.json?from=org:other&source=sale")["incomes"] == []
    assert len(rows_of(paid, "/test/incomes.csv?from=org:giver")) == 4
    for wrong in ("source=gold", "fund=nowhere", "from=org:nobody", "before=x"):
        answer = paid.get(f"/test/incomes/?{wrong}")
        assert answer.status_code == 400 and b"web.bad_filter" in answer.content


def test_an_income_and_what_takes_it_back_lead_to_each_other(paid: Site) -> None:
    back, mistake = paid.json("/test/incomes.json?source=sale")["incomes"][1:]
    assert mistake["reversedBy"] == back["position"] and back["reverses"] == mistake["position"]
    page = Page(paid.text(f"/test/incomes/{mistake['position']}/"), f"/test/incomes/{mistake['position']}/")
    assert (f"/test/incomes/{back['position']}/", "") in page.links and "taken back" in page.text
    assert not any("reverse" in address for address, _ in page.links)
    assert (f"/test/incomes/{mistake['position']}/", "") in Page(paid.text(f"/test/incomes/{back['position']}/"), "/").links
    told = paid.json(f"/test/incomes/{mistake['position']}.json")
    assert told["recordedBy"] == paid.world.ids["Ana"] and len(told["entry"]) == 64
    assert paid.get("/test/incomes/0/").status_code == 404 and paid.get("/test/incomes/999999999999999/").status_code == 404


def test_payouts_lead_to_their_distribution_and_tell_who_was_paid(paid: Site) -> None:
    one = paid.json("/test/payouts.json")["payouts"]
    assert [(line["amount"], line["receivers"], line["reference"]) for line in one] == [("533.33", 1, "R-1")]
    page = Page(paid.text("/test/payouts/?distribution=1"), "/test/payouts/")
    assert (f"/test/distributions/1/{paid.world.ids['Bo']}/", "") in page.links
    assert "Nothing has been recorded as paid yet." in Page(paid.text("/test/payouts/?distribution=2")).text
    assert paid.get("/test/payouts/?distribution=9").status_code == 404
    assert rows_of(paid, "/test/payouts.csv")[0]["reference"] == "R-1"


def preview_is_what_is_recorded(site: Site, query: str, **params: str) -> None:
    said = site.json(f"/test/distributions/new.json{query}")
    assert sum(amount(line["amount"]) for line in said["agents"]) == amount(said["given"]) == amount(said["amount"]) - amount(said["kept"])
    for line in said["agents"]:
        assert amount(line["amount"]) - amount(line["last"]) == amount(line["difference"])
    before = site.json("/test.json")["entries"]
    site.text(f"/test/distributions/new/{query}")
    assert site.json("/test.json")["entries"] == before, "a preview writes nothing"
    got = site.world.share(**params)
    recorded = site.json("/test/distributions.json")["distributions"][0]
    assert (recorded["given"], recorded["kept"]) == (said["given"], said["kept"])
    told = site.json(f"/test/distributions/{recorded['number']}.json")
    assert {one["agent"]: one["amount"] for one in told["agents"]} == {
        one["agent"]: one["amount"] for one in said["agents"] if amount(one["amount"])
    }  # fmt: skip
    assert told["result"] == said["result"] and told["inputs"] == said["inputs"] and len(got) == said["receivers"]


def test_a_preview_is_what_is_recorded_then(paid: Site) -> None:
    preview_is_what_is_recorded(paid, "")


def test_a_preview_of_a_part_is_too(paid: Site) -> None:
    preview_is_what_is_recorded(paid, "?fund=common&amount=33.34", amount="33.34")


def test_why_somebody_would_get_it_goes_down_to_the_contributions(paid: Site) -> None:
    said = paid.json("/test/distributions/new.json?amount=100.01")
    for line in said["agents"]:
        why = paid.json(f"/test/distributions/new/{line['agent']}.json?amount=100.01")
        assert why["total"] == line["amount"] == str(sum(Decimal(step["amount"]) for step in why["steps"]))
        for step in why["steps"]:
            assert sum(Decimal(one["amount"]) for one in step["contributions"]) == Decimal(step["amount"])
        page = Page(paid.text(f"/test/distributions/new/{line['agent']}/?amount=100.01"))
        assert amount(page.tables[0].foot[0][-1]) == sum(map(amount, page.tables[0].column("Brought"))) == amount(line["amount"])
    assert paid.get(f"/test/distributions/new/{paid.world.ids['Ana']}/").status_code == 404


@pytest.mark.parametrize("query", ["amount=0", "amount=1.234", "amount=999999", "amount=x", "fund=nowhere"])
def test_what_cannot_be_shared_is_said_on_the_page(paid: Site, query: str) -> None:
    page = Page(paid.text(f"/test/distributions/new/?{query}"))
    said = paid.json(f"/test/distributions/new.json?{query}")
    assert said["problem"]["code"].startswith("sharing.") and said["problem"]["message"] in page.text and not page.pictures


def test_a_commons_without_money_says_what_to_do(site: Site) -> None:
    assert "No money has come in yet." in Page(site.text("/test/money/")).text
    assert site.json("/test/money.json")["months"] == []
    assert "sharing.nothing_there" in Page(site.text("/test/distributions/new/")).text
    said = site.json("/test/what-if.json")
    assert said["problems"][0]["code"] == "sharing.nothing_there" and said["agents"] == []


def test_pages_tell_who_may_do_what(paid: Site) -> None:
    text = Page(paid.text("/test/money/")).text
    assert "Whoever has the role “steward”" in text
    told: list[dict[str, Any]] = paid.json("/test/money.json")["powers"]
    assert [(one["power"], one["role"], [h["agent"] for h in one["holders"]]) for one in told] == [
        (power, "steward", [paid.world.ids["Ana"]]) for power in ("income", "share", "pay")
    ]


def test_many_payouts_are_asked_for_together(paid: Site) -> None:
    """As many questions as for one, on the page of money, that of payouts, and that of one distribution; the figures are those of each."""
    world = paid.world
    for _ in range(3):
        world.clock.days(40)
        world.share("50.00")
    pages = ("/test/money.json", "/test/payouts.json", "/test/payouts.json?distribution=1")
    before = []
    for page in pages:
        with asked() as few:
            paid.text(page)
        before.append(len(few.questions))
    paid_at = [paid.json("/test/payouts.json")["payouts"][0]["time"]]
    for number, days in ((1, 1), (2, 30), (3, 30), (4, 0)):
        world.clock.days(days)
        world.act("Ana", "share.pay", PayParams(distribution=number, agents=[world.ids["Cy"]], reference=f"R-{number + 1}"))
        paid_at.append(time_text(world.clock.now))
    for page, questions in zip(pages, before, strict=True):
        with asked() as many:
            paid.text(page)
        assert len(many.questions) == questions, page
    told = paid.json("/test/payouts.json")["payouts"]
    assert [one["time"] for one in told] == paid_at[::-1] and [one["distribution"] for one in told] == [4, 3, 2, 1, 1]
    months = {one["period"]: Decimal(one["paid"]) for one in paid.json("/test/money.json")["months"]}
    for month, sum_ in months.items():
        assert sum_ == sum(amount(one["amount"]) for one in told if one["time"].startswith(month)), month
    receivers = paid.json("/test/payouts.json?distribution=1")["receivers"]
    assert [[one["agent"] for one in lines] for _, lines in sorted(receivers.items())] == [[world.ids["Bo"]], [world.ids["Cy"]]]


def test_payouts_with_their_receivers_come_in_short_pages(sqlite_site: Site) -> None:
    world = sqlite_site.world
    people = [f"P{number}" for number in range(12)]
    world.join(*people)
    for who in people:
        world.validated(who, "work", "1")
    world.income("120.00")
    world.share()
    for who in people:
        world.act("Ana", "share.pay", PayParams(distribution=1, agents=[world.ids[who]], reference=who))
    assert len(sqlite_site.json("/test/payouts.json")["payouts"]) == 12
    first = sqlite_site.json("/test/payouts.json?distribution=1")
    rest = sqlite_site.json(f"/test/payouts.json?distribution=1&before={first['before']}")
    assert [len(first["payouts"]), len(rest["payouts"]), rest["before"]] == [10, 2, None]
    paid_to = [one["agent"] for page in (first, rest) for entry in page["payouts"] for one in page["receivers"][str(entry["position"])]]
    assert paid_to == [world.ids[who] for who in reversed(people)]
    assert f"/test/payouts/?distribution=1&before={first['before']}" in [
        address for address, _ in Page(sqlite_site.text("/test/payouts/?distribution=1"), "/").links
    ]
