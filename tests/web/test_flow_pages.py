"""The pages of flows as they are sent: every link leads somewhere, pictures and tables say what the trace says, ids are carried."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from commons_to_show import SECRET
from flows_to_show import BOX, ODD, SCRIPT, flows_world, much
from reading import Page, crawl
from serving import Site

from commonhold.commons.people import write_profile
from commonhold.flows import vocabulary as v
from commonhold.flows.commands import NewResource, RecordParams
from commonhold.flows.tracing.queries import traced


def served(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    world = flows_world(home)
    with world.node.database.write() as transaction:
        write_profile(transaction, "test", world.ids["Cy"], name=SECRET, public=False)
    yield Site(world, monkeypatch)
    world.node.close()


@pytest.fixture
def flows(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The workshop, once for each store."""
    yield from served(home, monkeypatch)


@pytest.fixture
def sqlite_flows(sqlite_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The same, where the store makes no difference."""
    yield from served(sqlite_home, monkeypatch)


def test_every_link_leads_somewhere_and_no_page_runs_or_betrays_anything(sqlite_flows: Site) -> None:
    pages, others = crawl(sqlite_flows)
    for folder in ("flows", "resources", "traces", "processes", "plans", "market", "tasks", "events", "intents", "commitments", "take", "record"):
        assert any(address.startswith(f"/test/{folder}/") for address in pages), folder
    for address, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), f"{address} uses an id twice"
        assert not page.foreign(), address
        assert not any(key.startswith("on") or key == "style" for _, attributes in page.tags for key in attributes), address
        assert SECRET not in page.text and SECRET not in str(page.tags), address
    assert not [address for address, content in others.items() if SECRET.encode() in content]


@pytest.mark.parametrize("id_", ODD)
def test_ids_of_any_visible_characters_have_pages(flows: Site, id_: str) -> None:
    """From the list by its link, to the page, to its JSON, to the event, and back."""
    links = [found for found, _ in Page(flows.text(f"/test/resources/?q={quote(id_, safe='')}"), "/test/resources/").links]
    address = f"/test/resources/{quote(id_, safe=':')}/"
    assert address in links
    page = Page(flows.text(address), address)
    assert id_ in page.codes
    sibling = next(attributes["href"] for tag, attributes in page.tags if tag == "link" and attributes["rel"] == "alternate")
    assert flows.json(sibling)["resource"]["id"] == id_
    event = next(found for found, _ in page.links if found.startswith("/test/events/"))
    assert (address, "") in Page(flows.text(event), event).links


def test_the_picture_of_the_box_shows_what_its_trace_says(flows: Site) -> None:
    """Each process and resource of the trace is in it, each event in the table beside it; what was asked for is at the top."""
    with flows.world.node.read() as transaction:
        order = traced(transaction, "test", BOX)["traceOrder"]
    assert len(order) == 196
    shown = flows.json(f"/test/resources/{BOX}.json?levels=60")
    knots = shown["trace"]
    assert knots[0]["id"] == BOX and not shown["cut"]
    processes = {knot["id"] for knot in knots if knot["type"] == "Process"}
    resources = {knot["id"] for knot in knots if knot["type"] == "EconomicResource"} | {
        part["resource"] for knot in knots for part in knot["parts"] if "resource" in part
    }
    events = [event["id"] for knot in knots for event in knot["events"]]
    for class_, found in (("Process", processes), ("EconomicResource", resources), ("EconomicEvent", set(events))):
        assert found == {node["id"] for node in order if node["type"] == class_}, class_
    assert len(events) == len(set(events)) == 156 and len(processes) == 24
    page = Page(flows.text(f"/test/resources/{BOX}/?levels=60"))
    assert [row[0] for row in page.table("In the order of the picture").rows] == [knot["name"] for knot in knots]
    for picture in page.pictures:
        assert picture.title == "Where it came from" and picture.description
    assert all(way > place for place, knot in enumerate(knots) for way in knot["ways"])


def test_the_picture_begins_with_the_nearest_levels_and_shows_more_when_asked(sqlite_flows: Site) -> None:
    near, more = (sqlite_flows.json(f"/test/resources/{BOX}.json{query}") for query in ("", "?levels=12"))
    assert near["cut"] and len(near["trace"]) < len(more["trace"]) and max(knot["level"] for knot in near["trace"]) <= 6
    page = Page(sqlite_flows.text(f"/test/resources/{BOX}/"), f"/test/resources/{BOX}/")
    assert (f"/test/resources/{BOX}/?levels=12", "trace") in page.links
    assert sqlite_flows.get(f"/test/resources/{BOX}/?levels=61").status_code == 400
    assert len(sqlite_flows.text(f"/test/resources/{BOX}/")) < 60_000


def test_what_came_of_a_thing_is_what_came_from_it(sqlite_flows: Site) -> None:
    """A thing is ahead of another exactly if that one is behind it: for all pairs of the real logs."""
    ids = [one["id"] for one in sqlite_flows.json("/test/resources.json")["resources"] if one["id"] not in ODD]
    assert len(ids) > 30
    reached: dict[bool, dict[str, set[str]]] = {False: {}, True: {}}
    for forward, found in reached.items():
        for id_ in ids:
            knots = sqlite_flows.json(f"/test/resources/{id_}.json?levels=60{'&forward=1' if forward else ''}")["trace"]
            parts = {part["resource"] for knot in knots for part in knot["parts"] if "resource" in part}
            found[id_] = parts | {knot["id"] for knot in knots if knot["type"] == "EconomicResource"}
    assert [(one, other) for one in ids for other in ids if (other in reached[True][one]) != (one in reached[False][other])] == []


def test_the_whole_trace_is_paged_in_its_order(sqlite_flows: Site) -> None:
    with sqlite_flows.world.node.read() as transaction:
        order = [node["id"] for node in traced(transaction, "test", BOX)["traceOrder"]]
    found, query = [], ""
    while query is not None:
        said = sqlite_flows.json(f"/test/traces/{BOX}.json{query}")
        assert said["count"] == 196
        found += [node["id"] for node in said["traceOrder"]]
        query = f"?after={said['after']}" if said["after"] is not None else None
    assert found == order


def test_resources_are_found_by_kind_name_and_page_by_key(sqlite_flows: Site) -> None:
    def ids(query: str) -> list[str]:
        said = sqlite_flows.json(f"/test/resources.json?{query}")
        more = ids(f"{query}&after={said['after']}") if said["after"] is not None else []
        return [one["id"] for one in said["resources"]] + more

    world = sqlite_flows.world
    for number in range(60):
        event = v.EconomicEvent(action="raise", provider=world.ids["Ana"], receiver=world.ids["Ana"], resourceQuantity=much("1", "one"))
        world.act("Ana", "flow.record", RecordParams(event=event, newInventoriedResource=NewResource(id=f"jar-{number}", conformsTo="honey")))
    assert ids("specification=honey") == [f"jar-{number}" for number in range(60)]
    assert ids("q=BOX_frame") == ["063EMWNKNK18WCMGTJT7T6E6PW", BOX]
    assert ids("q=jar-5&specification=honey") == ["jar-5", *(f"jar-5{number}" for number in range(10))]
    assert ids("q=nothing-like-it") == ids("specification=unknown") == []
    assert "No resource fits." in sqlite_flows.text("/test/resources/?q=nothing-like-it")
    every = ids("")
    assert len(every) == len(set(every)) == sqlite_flows.json("/test/flows.json")["counts"]["EconomicResource"]
    for bad in ("after=x", "q=%00", f"q={'a' * 201}"):
        assert sqlite_flows.get(f"/test/resources/?{bad}").status_code == 400, bad


def test_a_process_shows_planned_promised_and_done_with_what_is_open(flows: Site) -> None:
    lines = Page(flows.text("/test/processes/winter.process.etch/")).table("Planned, promised and done")
    work = next(row for row in lines.rows if row[1] == "work")
    assert (work[0], work[2]) == ("Craft work", "4 hours") and work[3].startswith("1 hour by Bo") and work[4].startswith("0.5 hours by Bo")
    assert work[5] == "3 hours + 0.5 hours"


def test_a_plan_shows_when_what_is_to_happen_and_what_must_not_be_late(flows: Site) -> None:
    said = flows.json("/test/plans/winter.json")
    assert {one["name"]: one["critical"] for one in said["processes"]} == {"Etch boards": True, "Fold cases": False, "Assemble controllers": True}
    page = Page(flows.text("/test/plans/winter/"))
    late = dict(zip(page.table("Processes with").column("Process"), page.table("Processes with").column("May be late by"), strict=True))
    assert late["Fold cases"] == "2 days" and late["Etch boards"].startswith("nothing")
    assert "Bo promised to work 1 hour of Craft work in Etch boards" in " ".join(page.text.split())


def test_the_market_tells_why_an_offer_and_a_request_fit(flows: Site) -> None:
    page = Page(flows.text("/test/market/"))
    text = " ".join(page.text.split())
    assert "The offer covers all of it: 5 kilograms." in text and "Honey, 0.5 kilograms" in text
    assert page.table("What is offered").rows == [["Beans, 20 kilograms", "Honey, 0.5 kilograms each"]]


def test_an_event_shows_its_sentence_its_promise_and_its_entry(flows: Site) -> None:
    page = Page(flows.text("/test/events/bos-work/"), "/test/events/bos-work/")
    assert "Bo worked 0.5 hours of Craft work in Etch boards" in page.text
    found = [address for address, _ in page.links]
    assert "/test/commitments/bos-part/" in found and any("/journal/entries/" in address for address in found)
    correction = v.EconomicEvent(
        action="work", provider=flows.world.ids["Bo"], receiver=flows.world.ids["Bo"], inputOf="winter.process.etch", corrects="bos-work",
        effortQuantity=much("-0.25", "hour"), resourceConformsTo="craft", fulfills=["bos-part"],
    )  # fmt: skip
    flows.world.act("Bo", "flow.record", RecordParams(event=correction, id="less"))
    assert "It was corrected by" in flows.text("/test/events/bos-work/") and "/test/events/bos-work/" in flows.text("/test/events/less/")


def test_what_is_not_there_is_said_so(sqlite_site: Site) -> None:
    """Also in an empty commons, where each page says what to do next."""
    for folder in ("resources", "processes", "plans", "events", "intents", "commitments", "traces", "worth", "take", "give-back"):
        for end in ("/", ".json") if folder not in ("take", "give-back") else ("/",):
            sqlite_site.client.cookies.clear()
            answer = sqlite_site.get(f"/test/{folder}/nothing{end}")
            assert answer.status_code == 404 or (folder in ("take", "give-back") and b"Your token" in answer.content), (folder, answer.status_code)
    for folder in ("flows", "resources", "processes", "plans", "market", "tasks"):
        empty = [attributes for tag, attributes in Page(sqlite_site.text(f"/test/{folder}/")).tags if attributes.get("class") == "empty"]
        assert empty, folder
    assert sqlite_site.get("/nowhere/flows/").status_code == 404


def test_hostile_words_are_shown_as_they_were_written(sqlite_flows: Site) -> None:
    assert SCRIPT in Page(sqlite_flows.text("/test/flows/")).text and SCRIPT in Page(sqlite_flows.text("/test/tasks/")).text
    answer: Any = sqlite_flows.get("/test/resources.json")
    assert answer.headers["Content-Type"] == "application/json"


def test_a_resource_shows_what_it_is_worth_and_whose_that_is(site: Site) -> None:
    """Three hours and one hour at 25.00 went into it: 100.00, of which three quarters are Bo's. Claims that nobody accepted add nothing."""
    world = site.world
    world.validated("Bo", "work", "3", process="bms")
    world.validated("Cy", "work", "1", process="bms")
    world.log("Ana", "work", "7", process="bms")
    event = v.EconomicEvent(
        action="produce", provider=world.ids["Ana"], receiver=world.ids["Ana"], resourceQuantity=much("1", "one"), outputOf="bms"
    )  # fmt: skip
    world.act("Ana", "flow.record", RecordParams(event=event, newInventoriedResource=NewResource(id="board", name="Board")))
    said = site.json("/test/resources/board.json")["worth"]
    assert (said["amount"], said["currency"]) == ("100.00", "EUR")
    assert {line["contributor"]: (line["amount"], line["percent"]) for line in said["contributions"]} == {
        world.ids["Bo"]: ("75.00", "75"), world.ids["Cy"]: ("25.00", "25"),
    }  # fmt: skip
    for address in ("/test/resources/board/", "/test/worth/board/"):
        assert [row[1] for row in Page(site.text(address)).table("What each put into it").rows] == ["75.00", "25.00"]
