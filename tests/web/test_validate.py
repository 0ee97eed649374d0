"""The queue of what waits for one's word: its order, what stands beside each item, what is said there, and who may say it."""

from __future__ import annotations

from typing import Any

import pytest
from contributions.panels import PANELS, panel
from forms import form_to
from reading import Page
from serving import Site
from working import HOSTILE, entries, say, sign_in, strict

from commonhold.contributions.commands import OneParams
from commonhold.contributions.entries import Evidence
from commonhold.node.imports import Importer

QUEUE = "/test/validate/"


@pytest.fixture
def here(site: Site) -> Site:
    return strict(site)


@pytest.fixture
def sqlite_here(sqlite_site: Site) -> Site:
    return strict(sqlite_site)


def waiting(site: Site, query: str = "") -> list[Any]:
    return list(site.json(f"/test/validate.json{query}")["items"])


def positions(site: Site, query: str = "") -> list[int]:
    return [one["position"] for one in waiting(site, query)]


def imported(site: Site, who: str = "Ana", rows: int = 4) -> int:
    """A sheet of Ana's with work of all; return the entry with which the import began."""
    data = "kind,amount,domain,note\n" + "".join(f"work,{n},firmware,row {n}\n" for n in range(1, rows + 1))
    report = Importer(site.world.node, "test", site.world.ids[who]).sheet(data.encode(), "spring", {})
    return int(next(one["batch"] for one in site.json("/test/contributions.json")["contributions"] if report["batch"]))


def act(site: Site, position: int, what: str, at: str = QUEUE, **entered: str) -> Any:
    return say(site, at, f"/test/contributions/{position}/{what}/", **entered)


def test_what_waits_is_listed_oldest_first_and_never_ones_own(here: Site) -> None:
    world = here.world
    one, own, two = world.log("Bo", amount="2", note="Soldered"), world.log("Cy"), world.log("Ana", domain="hardware")
    assert positions(here) == [one, own, two], "strangers see all that is open"
    sign_in(here, "Cy")
    assert positions(here) == [one, two]
    world.attest("Cy", two)
    assert positions(here) == [one], "who has spoken has spoken"
    assert here.json("/test/validate.json")["counts"] == {"all": 1, "asked": 0, "overdue": 0}
    page = Page(here.text(QUEUE), QUEUE)
    assert "Soldered" in page.text and "None was given." in page.text and "This is the first." in page.text and "2 peers more" in page.text
    assert here.text("/test/validate.csv").splitlines()[1].startswith(f"contribution,{one},1,")


def test_beside_an_item_stand_its_evidence_the_record_and_what_others_say(here: Site) -> None:
    world = here.world
    world.validated("Bo")
    less = world.log("Bo", amount="4")
    for peer in ("Ana", "Cy"):
        world.attest(peer, less, "adjust", amount="3", reason="lunch")
    link = Evidence(type="url", value="https://example.org/board")
    position = world.log("Bo", amount="2", evidence=[link])
    world.attest("Ana", position, "adjust", amount="1.5", reason="I was there")
    other = world.log("Bo", amount="9")
    sign_in(here, "Cy")
    item, last = waiting(here)
    assert last["position"] == other and last["record"]["of"] == 3 and last["record"]["open"] == 1 == item["record"]["open"]
    world.act("Bo", "contribution.withdraw", OneParams(contribution=str(other)))
    (item,) = waiting(here)
    assert item["record"] == {"of": 2, "validated": 2, "adjusted": 1, "refused": 0, "open": 0} and item["needed"] == 1 and item["lapses"] is None
    text = " ".join(Page(here.text(QUEUE)).text.split())
    assert "2 of 2 validated, 1 of these adjusted" in text and "finds 1.5 hours right: I was there" in text and "https://example.org/board" in text


def test_accept_adjust_and_refuse_land_once_and_go_on_to_the_next(here: Site) -> None:
    world = here.world
    first, second, third = (world.log("Bo", amount=str(n)) for n in (1, 2, 3))
    sign_in(here, "Cy")
    shown = here.text(QUEUE)
    address = f"/test/contributions/{first}/accept/"
    before = entries(here)
    answers = [here.client.post(address, form_to(shown, address)) for _ in range(2)]
    assert {one.headers["Location"] for one in answers} == {f"/test/validate/?said=accepted#item-{second}"}
    assert entries(here) == before + 1
    done = act(here, second, "adjust", amount="1,5", reason="half an hour was lunch")
    assert done.headers["Location"] == f"/test/validate/?said=adjusted#item-{third}"
    assert act(here, third, "refuse", reason="It is not there.").headers["Location"] == "/test/validate/?said=refused"
    assert positions(here) == [] and "Nothing waits for your word" in here.text(QUEUE)
    told = [here.json(f"/test/contributions/{one}.json")["conversation"][0] for one in (first, second, third)]
    assert [(one["said"], one["amount"], one["reason"]) for one in told] == [
        ("accept", "1", ""), ("adjust", "1.5", "half an hour was lunch"), ("refuse", "0", "It is not there."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "entered", "field"),
    [
        ("refuse", {"reason": ""}, "reason"), ("adjust", {"amount": "1", "reason": " "}, "reason"), ("adjust", {"reason": "why"}, "amount"),
        ("adjust", {"amount": "a lot", "reason": "why"}, "amount"), ("adjust", {"kind": "loan", "reason": "why"}, "kind"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(sqlite_here: Site, what: str, entered: dict[str, str], field: str) -> None:
    position = sqlite_here.world.log("Bo", amount="2")
    sign_in(sqlite_here, "Cy")
    before = entries(sqlite_here)
    answer = act(sqlite_here, position, what, **entered)
    html = answer.content.decode()
    assert answer.status_code in (400, 422) and f'id="problem-{field}-1"' in html and entries(sqlite_here) == before
    assert form_to(html, f"/test/contributions/{position}/{what}/")["queue"] == "?", "who came from the queue still goes back there"


def test_nobody_judges_their_own_and_strangers_judge_nothing(here: Site) -> None:
    world = here.world
    position = world.log("Cy")
    own = f"/test/contributions/{position}/"
    assert "Sign in" in here.text(QUEUE) and '<form method="post"' not in here.text(QUEUE)
    sign_in(here, "Bo")
    shown = form_to(here.text(own), f"{own}accept/")
    assert here.client.post(f"{own}accept/", {name: text for name, text in shown.items() if name != "csrfmiddlewaretoken"}).status_code == 403
    sign_in(here, "Cy")
    assert f"{own}accept/" not in here.text(own) and here.json(f"{own[:-1]}.json")["possible"] == ["withdraw"]
    before = entries(here)
    refused = here.client.post(f"{own}accept/", form_to(here.text(f"{own}accept/"), f"{own}accept/"))
    assert refused.status_code == 422 and b"contributions.own" in refused.content and entries(here) == before
    assert here.get(f"/test/contributions/{position + 500}/accept/").status_code == 404


def test_several_are_accepted_in_one_entry_and_what_is_decided_is_left_out(here: Site) -> None:
    world = here.world
    open_ = [world.log("Bo") for _ in range(3)]
    decided = world.validated("Bo")
    own = world.log("Cy")
    sign_in(here, "Cy")
    shown = form_to(here.text(QUEUE), "/test/validate/several/")
    shown["contribution"] = [str(one) for one in (*open_, decided, own)]  # type: ignore[assignment]
    before = entries(here)
    answers = [here.client.post("/test/validate/several/", shown) for _ in range(2)]
    assert [one.headers["Location"].partition("said=")[2] for one in answers] == ["accepted", "none-left"] and entries(here) == before + 1
    with world.node.read() as transaction:
        rows = transaction.rows("SELECT position, entry FROM attestation WHERE entry = ? ORDER BY position", (before,))
    assert rows == [(one, before) for one in open_] and positions(here) == []
    for bad in ([], ["x"], ["1; DROP TABLE"]):
        assert here.client.post("/test/validate/several/", shown | {"contribution": bad}).status_code == 400


def test_an_import_is_one_item_with_a_sample_and_is_judged_as_one(here: Site) -> None:
    world = here.world
    first = world.log("Bo")
    batch = imported(here)
    sign_in(here, "Cy")
    one, all_ = waiting(here)
    assert (one["position"], all_["type"], all_["position"], all_["count"], all_["label"], all_["people"]) == (first, "batch", batch, 4, "spring", 1)
    assert all_["amounts"] == [{"kind": "work", "unit": "hour", "count": 4, "claimed": "10"}] and len(all_["sample"]) == 3
    singles = waiting(here, f"?batch={batch}")
    assert [single["note"] for single in singles] == [f"row {n}" for n in range(1, 5)]
    refuse = f"/test/validate/batch/{batch}/refuse/"
    assert b"problem-reason-1" in say(here, QUEUE, refuse, reason="").content
    before = entries(here)
    accept = f"/test/validate/batch/{batch}/accept/"
    shown = form_to(here.text(QUEUE), accept)
    assert {here.client.post(accept, shown).headers["Location"] for _ in range(2)} == {"/test/validate/?said=accepted"}
    assert entries(here) == before + 1 and positions(here) == [first]
    assert here.get("/test/validate/batch/3/accept/").status_code == 404


def test_who_was_drawn_sees_theirs_alone_the_overdue_first(here: Site) -> None:
    world = here.world
    world.join("Di", "Ed", "Flo")
    world.join("Ida", rolls=("user",))
    world.charter(PANELS)
    claims = [world.log("Bo") for _ in range(3)]
    world.clock.days(2)
    claims += [world.log("Bo") for _ in range(3)]
    who = max(("Cy", "Di", "Ed", "Flo"), key=lambda name: sum(name in panel(world, one) for one in claims))
    theirs = [one for one in claims if who in panel(world, one)]
    sign_in(here, who)
    assert positions(here) == theirs and all(one["until"] for one in waiting(here))
    world.clock.days(6)
    found = here.json("/test/validate.json")
    assert [one["overdue"] for one in found["items"]] == [one in claims[:3] for one in theirs]
    assert found["counts"]["overdue"] == sum(one in claims[:3] for one in theirs) and "over its time" in here.text(QUEUE)
    mine = theirs[-1]
    assert act(here, mine, "decline", reason="We work together").headers["Location"].startswith("/test/validate/?said=declined")
    assert mine not in positions(here) and who in panel(world, mine, "declined")
    told = here.json(f"/test/contributions/{mine}.json")["conversation"]
    assert [(one["said"], one["agent"], one["reason"]) for one in told] == [("decline", world.ids[who], "We work together")]
    others = next(one for one in claims if who not in panel(world, one)) if len(theirs) < len(claims) else None
    assert others is None or "accept" not in here.json(f"/test/contributions/{others}.json")["possible"]


def test_the_queue_is_narrowed_and_goes_on_by_pages(sqlite_here: Site) -> None:
    world = sqlite_here.world
    all_ = [world.log("Bo", amount="1", domain=("firmware", "hardware")[n % 2], kind=("work", "care")[n // 23]) for n in range(45)]
    sign_in(sqlite_here, "Cy")
    assert positions(sqlite_here, "?domain=hardware") == all_[1:41:2]
    assert positions(sqlite_here, "?domain=firmware&kind=care") == all_[24::2]
    seen, query = [], ""
    while query is not None:
        found = sqlite_here.json(f"/test/validate.json{query}")
        seen += [one["position"] for one in found["items"]]
        query = found["next"] and f"?after={found['next']}"
    assert seen == all_
    for bad in ("?domain=x", "?kind=%00", "?after=1", "?batch=x", "?after=1.1;"):
        assert sqlite_here.get(f"/test/validate/{bad}").status_code == 400, bad
    done = say(sqlite_here, f"{QUEUE}?domain=hardware", f"/test/contributions/{all_[1]}/accept/")
    assert done.headers["Location"] == f"/test/validate/?domain=hardware&said=accepted#item-{all_[3]}"
    second = f"{QUEUE}?domain=hardware&after={sqlite_here.json('/test/validate.json?domain=hardware')['next']}"
    done = say(sqlite_here, second, "/test/validate/several/", contribution=[str(all_[43])])
    assert done.headers["Location"] == f"/test/validate/{second.partition('validate/')[2]}&said=accepted", "the filter and the page are kept"


def test_whoever_may_not_validate_is_told_why(sqlite_here: Site) -> None:
    world = sqlite_here.world
    world.log("Bo")
    from world import CHARTER

    world.charter(CHARTER + '\n[powers]\nvalidate = "steward"\n')
    sign_in(sqlite_here, "Cy")
    html = sqlite_here.text(QUEUE)
    assert "reserves this to the role" in Page(html).text and "/accept/" not in html


def test_appeal_contest_and_withdraw_stand_on_the_page_for_those_who_may(here: Site) -> None:
    world = here.world
    from world import CHARTER

    world.charter(CHARTER.replace("quorum = 2\n", "quorum = 2\ncontest_days = 10\n"))
    refused, fine, open_ = world.log("Bo"), world.validated("Bo"), world.log("Bo")
    for peer in ("Ana", "Cy"):
        world.attest(peer, refused, "refuse", reason="no")
    page = "/test/contributions/{}/"
    sign_in(here, "Cy")
    assert "contest" in here.json(page.format(fine)[:-1] + ".json")["possible"]
    assert act(here, fine, "contest", page.format(fine), reason="It does not build").headers["Location"].endswith("?said=contested")
    contested = here.json(page.format(fine)[:-1] + ".json")
    assert [(one["said"], one["agent"]) for one in contested["conversation"]][-1] == ("contest", world.ids["Cy"]) and contested["needed"] == 3
    sign_in(here, "Bo")
    assert act(here, refused, "appeal", page.format(refused), reason="Look again").headers["Location"].endswith("?said=appealed")
    assert act(here, open_, "withdraw", page.format(open_), reason="Twice").headers["Location"].endswith("?said=taken-back")
    assert [one["said"] for one in here.json(page.format(refused)[:-1] + ".json")["conversation"]] == ["refuse", "refuse", "appeal"]
    (last,) = here.json(page.format(open_)[:-1] + ".json")["conversation"]
    assert (last["said"], last["reason"]) == ("withdraw", "Twice")
    assert "You have taken it back." in here.text(page.format(open_) + "?said=taken-back")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_words(sqlite_here: Site, text: str) -> None:
    world = sqlite_here.world
    refused = world.log(
        "Bo", note=text, evidence=[Evidence(type="url", value="javascript:alert(1)"), Evidence(type="commit", value="ab12", source=text)]
    )
    sign_in(sqlite_here, "Cy")
    assert act(sqlite_here, refused, "refuse", reason=text).status_code == 302
    world.attest("Ana", refused, "refuse", reason=text)
    world.act("Bo", "contribution.appeal", OneParams(contribution=str(refused), reason=text))
    for path in (f"/test/contributions/{refused}/", QUEUE):
        page = Page(sqlite_here.text(path), path)
        assert page.foreign() == [] and text in page.text
        assert not [
            found for tag, found in page.tags if found.get("href", "").startswith("javascript:") or any(name.startswith("on") for name in found)
        ]
    for field, address in (("queue", "https://evil.example/"), ("next", "//evil.example")):
        position = world.log("Bo")
        there = act(sqlite_here, position, "accept", **{field: address}).headers["Location"]
        assert there.startswith("/test/validate/?") and "evil" not in there


def test_keys_are_declared_on_what_they_do(sqlite_here: Site) -> None:
    sqlite_here.world.log("Bo")
    sign_in(sqlite_here, "Cy")
    page = Page(sqlite_here.text(QUEUE), QUEUE)
    keys = [found["data-key"] for tag, found in page.tags if "data-key" in found and tag in ("button", "summary", "input")]
    assert keys == ["a", "e", "r", "x"] and len(set(page.ids)) == len(page.ids)
