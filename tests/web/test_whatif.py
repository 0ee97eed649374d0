"""What if: who gains and who loses is what the engine says of the changed charter, to the last cent; as a proposal it changes just that."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from forms import form_to, sign_in
from governance.deciding import close, vote
from reading import Page, amount
from serving import Site
from world import CHARTER, World

from commonhold.governance.changes import charter_text
from commonhold.node.sharing import preview

POLICY = f"""{CHARTER.partition("[[sharing.steps]]")[0]}
[sharing]
funds = ["main", "garden"]

[[sharing.steps]]
id = "reserve" # for bad years
percent = "10"
to = "reserve"

[[sharing.steps]]
id = "equal"
label = "For all <script>alert(1)</script>"
percent = "33.3333"
of = "remaining"
to = "members"
at_most = "100.00"

[[sharing.steps]]
id = "back"
funds = ["main"]
amount = "10.00"
to = "repay"

[[sharing.steps]]
id = "work"
to = "contributions"
rest = true
weights = {{ work = "1", code = "0.01" }} # points
half_life_days = 400
"""


@pytest.fixture
def turning(world: World, site: Site) -> Site:
    """A policy of four steps, contributions of three people, and a distribution."""
    world.charter(POLICY)
    world.validated("Bo", "work", "7")
    world.validated("Cy", "code", "333")
    world.validated("Ana", "documentation", "11")
    world.income("1000.01", fund="main")
    world.income("77.00", fund="garden")
    world.share("300.00", fund="main")
    return site


def by_engine(site: Site, text: str, fund: str = "main", given: str = "") -> tuple[dict[str, str], dict[str, Any]]:
    """What the other door, the preview of a whole charter, says of the same."""
    found = preview(site.world.node, "test", fund, given, text)
    return {line["agent"]: line["difference"] for line in found["agents"]}, found["other"]


TURNS = [
    ({"steps.work.weights.code": "0.02"}, [('code = "0.01"', 'code = "0.02"')]),
    ({"steps.work.weights.documentation": "0.5"}, [('code = "0.01" }', 'code = "0.01", documentation = "0.5" }')]),
    ({"steps.work.weights.code": "0"}, [(', code = "0.01"', "")]),
    ({"steps.equal.percent": "0.0001", "steps.equal.at_most": "0.01"}, [('"33.3333"', '"0.0001"'), ('"100.00"', '"0.01"')]),
    ({"steps.reserve.percent": "99.9999"}, [('percent = "10"', 'percent = "99.9999"')]),
    ({"steps.equal.out": "1"}, [(POLICY[POLICY.index('[[sharing.steps]]\nid = "equal"') : POLICY.index('[[sharing.steps]]\nid = "back"')], "")]),
    ({"steps.work.half_life_days": "1", "kinds.work.value": "1"}, [("= 400", "= 1"), ('"25.00"', '"1"')]),
    ({"steps.work.out": "1"}, [(POLICY[POLICY.index('[[sharing.steps]]\nid = "work"') :], "")]),
]  # fmt: skip


@pytest.mark.parametrize(("turns", "edits"), TURNS, ids=[next(iter(turns)) for turns, _ in TURNS])
def test_the_differences_are_those_of_the_engine_and_nothing_is_lost(turning: Site, turns: dict[str, str], edits: list[tuple[str, str]]) -> None:
    text = POLICY
    for before, after in edits:
        assert text.count(before) == 1
        text = text.replace(before, after)
    query = "&".join(f"{name}={value}" for name, value in turns.items())
    said = turning.json(f"/test/what-if.json?fund=main&{query}")
    differences, other = by_engine(turning, text)
    assert said["problems"] == [] and {line["agent"]: line["difference"] for line in said["agents"]} == differences
    assert (said["after"]["given"], said["after"]["kept"]) == (other["given"], other["kept"])
    for name in ("before", "after"):
        assert sum(amount(line[name]) for line in said["agents"]) + amount(said[name]["kept"]) == amount(said[name]["amount"]) == Decimal("730.01")
    assert [line["minor"]["difference"] for line in said["agents"]] == sorted((line["minor"]["difference"] for line in said["agents"]), reverse=True)
    page = Page(turning.text(f"/test/what-if/?fund=main&{query}"))
    table = page.table("What 730.01 EUR come to")
    assert [amount(text.removeprefix("+")) for text in table.column("Difference")[:-1]] == [amount(line["difference"]) for line in said["agents"]]
    for column in ("Before", "After"):
        assert sum(map(amount, table.column(column))) == amount(table.foot[0][table.heads.index(column)]) == Decimal("730.01")
    sheet = list(csv.DictReader(io.StringIO(turning.text(f"/test/what-if.csv?fund=main&{query}"))))
    assert {line["agent"]: line["difference"] for line in sheet} == differences


def test_without_a_turn_nobody_gains_or_loses(turning: Site) -> None:
    page = Page(turning.text("/test/what-if/"))
    assert "Nobody gains and nobody loses." in page.text and "No figure is turned" in page.text
    assert not any("decisions/new" in address for address, _ in page.links)
    assert all(
        line["difference"] == "0.00" for line in turning.json("/test/what-if.json?steps.reserve.percent=10.0&steps.work.weights.loan=0")["agents"]
    )


def test_the_address_says_everything(turning: Site) -> None:
    """The form sends all figures; the link on the page says only those that are turned, and shows the same."""
    html = turning.text("/test/what-if/?fund=main")
    form = re.search(r'<form class="act figures-form".*?</form>', html, re.DOTALL)
    assert form
    tags = [tag for tag in re.findall(r"<input[^>]*>", form[0]) if "checkbox" not in tag]
    sent = {unescape(re.findall(r'name="([^"]*)"', tag)[0]): unescape(re.findall(r'value="([^"]*)"', tag)[0]) for tag in tags}
    sent |= {"fund": "main", "steps.work.weights.work": "3", "steps.work.weights.code": ""}
    query = "&".join(f"{name}={value}" for name, value in sent.items())
    said = turning.json(f"/test/what-if.json?{query}")
    assert said["turned"] == {"steps.work.weights.work": "3", "steps.work.weights.code": ""}
    assert dict(parse_qsl(urlsplit(said["link"]).query)) == {"fund": "main", "steps.work.weights.work": "3", "steps.work.weights.code": "0"}
    again = turning.json(said["link"].replace("/what-if/", "/what-if.json"))
    assert again["agents"] == said["agents"] and again["turned"] == said["turned"]


def test_of_a_recorded_distribution_its_shares_stand_beside(turning: Site) -> None:
    said = turning.json("/test/what-if.json?distribution=1&steps.work.weights.code=1")
    recorded = {line["agent"]: line["amount"] for line in turning.json("/test/distributions/1.json")["agents"]}
    assert said["amount"] == "300.00" and {line["agent"]: line["recorded"] for line in said["agents"]} == recorded
    assert {line["agent"]: line["before"] for line in said["agents"]} == recorded, "nothing has happened since"
    assert turning.get("/test/what-if/?distribution=7").status_code == 404


def test_a_fund_with_nothing_in_it_shows_what_was_shared_last(turning: Site) -> None:
    turning.world.share(fund="garden")
    if turning.json("/test/money.json")["money"]["funds"][1]["balance"] != "0.00":  # the reserve stays
        turning.world.charter(POLICY.replace('percent = "10"\nto = "reserve"', 'percent = "1"\nto = "members"'))
        turning.world.share(fund="garden")
    said = turning.json("/test/what-if.json?fund=garden&steps.work.weights.work=2")
    assert said["problems"] == [] and amount(said["amount"]) > 0 and "steps.back.amount" not in [one["name"] for one in said["figures"]]


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("steps.reserve.percent=abc", "steps.reserve.percent", "charter.bad_amount"),
        ("steps.reserve.percent=0", "steps.reserve.percent", "charter.bad_amount"),
        ("steps.reserve.percent=101", "steps.reserve.percent", "charter.bad_amount"),
        ("steps.reserve.percent=", "steps.reserve.percent", "charter.bad_amount"),
        ("steps.equal.at_most=1.234", "steps.equal.at_most", "charter.bad_amount"),
        ("steps.work.weights.code=-1", "steps.work.weights.code", "charter.bad_amount"),
        ("steps.work.weights.code=0.0000001", "steps.work.weights.code", "charter.bad_amount"),
        ("steps.work.weights.work=999999999999999999", "steps.work.weights.work", "charter.bad_amount"),
        ("steps.work.half_life_days=99999", "steps.work.half_life_days", "charter.bad_field"),
        ("steps.work.weights.code=&steps.work.weights.work=", "steps.work.weights.work", "charter.bad_policy"),
        ("amount=12.345", "amount", "sharing.bad_amount"),
        ("fund=nowhere", "fund", "sharing.unknown_fund"),
    ],
)
def test_what_is_wrong_stands_beside_its_figure(turning: Site, query: str, field: str, code: str) -> None:
    said = turning.json(f"/test/what-if.json?{query}")
    assert (said["problems"][0]["field"], said["problems"][0]["code"]) == (field, code) and said["agents"] == [] and said["after"] is None
    html = turning.text(f"/test/what-if/?{query}")
    page = Page(html)
    assert said["problems"][0]["message"] in page.text and not page.tables
    if field != "fund":
        assert re.search(rf'name="{re.escape(field)}"[^>]*aria-invalid="true"', html)
        assert f'<span id="wrong-{field}" data-wrong><span class="problem">' in html


def test_what_is_no_figure_of_this_policy_is_left_alone(turning: Site) -> None:
    said = turning.json(
        "/test/what-if.json?steps.nobody.percent=5&steps.work.percent=5&kinds.code.value=1&commons.currency=USD&steps.reserve.to=members"
    )
    assert said["turned"] == {} and said["problems"] == []
    assert turning.get("/test/what-if/?steps.work.weights.code=" + "1" * 80).status_code == 400


def proposed(site: Site, path: str) -> dict[str, str]:
    return form_to(site.text(path), "/test/decisions/new/")


def test_a_what_if_becomes_a_proposal_that_changes_just_that(turning: Site) -> None:
    """From the link on the page to the decision, carried: the charter in force has these figures, and is the same in all else."""
    world = turning.world
    sign_in(turning, "Bo")
    page = Page(turning.text("/test/what-if/?fund=main&steps.work.weights.code=0.05&steps.reserve.percent=5"), "/test/what-if/")
    link = next(address for address, _ in page.links if "decisions/new" in address)
    shown = proposed(turning, link)
    assert "For all" not in shown["title"] and "0.05 instead of 0.01" in shown["text"] and "/test/what-if/?fund=main" in shown["text"]
    look = turning.client.post("/test/decisions/new/", shown | {"step": "look"})
    assert look.status_code == 200 and re.search(r"<del>.*code = &#34;0\.01&#34;.*</del>", look.content.decode())
    answer = turning.client.post("/test/decisions/new/", proposed_again(look.content.decode()) | {"step": "put"})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    number = int(re.findall(r"/decisions/(\d+)/", answer.headers["Location"])[0])
    world.clock.days(7)
    vote(world, number, Ana="yes", Bo="yes", Cy="yes")
    world.clock.days(7)
    assert close(world, number)["carriedOut"][0]["done"]
    with world.node.read() as transaction:
        now = charter_text(transaction, "test")
    assert now == POLICY.replace('code = "0.01"', 'code = "0.05"').replace('percent = "10"', 'percent = "5"')
    assert tomllib.loads(now)["sharing"]["steps"][3]["weights"] == {"work": "1", "code": "0.05"}


def proposed_again(html: str) -> dict[str, str]:
    return form_to(html, "/test/decisions/new/")


def test_a_proposal_is_not_begun_with_figures_that_are_wrong(turning: Site) -> None:
    sign_in(turning, "Bo")
    answer = turning.get("/test/decisions/new/?question=charter&steps.reserve.percent=500")
    assert answer.status_code == 400 and b"not between 0 and 100" in answer.content


def test_the_figures_can_be_turned_from_a_preview_and_from_a_distribution(turning: Site) -> None:
    for path, hidden in (("distributions/new/?fund=main", ""), ("what-if/?distribution=1", "1")):
        html = turning.text(f"/test/{path}")
        form = re.search(r'<form class="act figures-form".*?</form>', html, re.DOTALL)
        assert form and 'action="/test/what-if/"' in form[0] and 'name="steps.work.weights.code" value="0.01"' in form[0]
        assert (f'name="distribution" value="{hidden}"' in form[0]) is bool(hidden)
    assert 'href="/test/what-if/?distribution=1"' in turning.text("/test/distributions/1/")
    for path in ("distributions/new/?fund=main", "distributions/1/"):
        html = turning.text(f"/test/{path}")
        assert "<script>alert" not in html
