"""The pages as they are sent: every link leads somewhere, every figure adds up, nobody's name or script slips through."""

from __future__ import annotations

import csv
import io
import json
import re
from decimal import Decimal
from typing import Any, get_args

import pytest
from click.testing import CliRunner
from commons_to_show import QUOTES, SCRIPT, SECRET, TEMPLATE
from reading import Page, amount, crawl
from serving import Site

from commonhold.cli.app import root
from commonhold.commons.entries import Classification
from commonhold.commons.people import write_profile
from commonhold.flows.units import COUNT_UNITS, EFFORT_UNITS, OM2_UNITS
from commonhold.server.languages import languages
from commonhold.web.labels import TYPES, UNITS, UNITS_ONE


def test_every_link_leads_somewhere_and_no_page_runs_or_betrays_anything(shown: Site) -> None:
    """From the first page on, everything on both stores: links, fragments, ids, escaping, private names, notices."""
    pages, others = crawl(shown)
    wanted = (
        r"/", r"/test/", r"/test/contributions/", r"/test/contributions/\d+/", r"/test/distributions/1/", r"/test/agents/did:key:[^/]+/",
        r"/test/agents/org:[^/]+/", r"/test/distributions/1/did:key:[^/]+/", r"/test/contributions/\?.*state=.*",
    )  # fmt: skip
    for pattern in wanted:
        assert any(re.fullmatch(pattern, address) for address in pages), pattern
    for address, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), f"{address} uses an id twice"
        assert not page.foreign(), address
        for tag, attributes in page.tags:
            assert not any(key.startswith("on") or key == "style" for key in attributes), (address, tag, attributes)
            assert not attributes.get("href", "").lower().startswith(("javascript:", "data:")), (address, attributes)
        assert SECRET not in page.text and SECRET not in str(page.tags)
        if "Libre Solar" in pages["/"].text and address.startswith("/test/"):
            assert "This is an example." in page.text and "pseudonyms" in page.text
    for address, content in others.items():
        assert SECRET.encode() not in content, address
    assert any(address.endswith(".json") for address in others) and any("/journal/receipts/" in address for address in others)


def test_hostile_words_are_shown_as_they_were_written(strange: Site) -> None:
    front = Page(strange.text("/test/"))
    assert SCRIPT in front.text and f"{QUOTES} {TEMPLATE}" in front.text and "49" not in front.text.split("Money")[0]
    evidence = [
        Page(strange.text(f"/test/contributions/{c['position']}/")) for c in strange.json("/test/contributions.json")["contributions"] if c["note"]
    ]
    assert any(TEMPLATE in page.text and "javascript:alert(1)" in page.codes for page in evidence)
    answer = strange.get("/test.json")
    assert answer.headers["Content-Type"] == "application/json" and answer.headers["X-Content-Type-Options"] == "nosniff"
    assert json.loads(answer.content)["name"].startswith(SCRIPT)


def test_a_distribution_adds_up(shown: Site) -> None:
    """Shares make what was given, steps make what was given, and with what was kept they make the amount."""
    said = shown.json("/test/distributions/1.json")
    page = Page(shown.text("/test/distributions/1/"))
    shares, steps = page.table("Shares"), page.table("Steps")
    given, whole = Decimal(said["given"]), Decimal(said["amount"])
    assert sum(map(amount, shares.column("Amount"))) == given == amount(shares.foot[0][1])
    assert sum(map(amount, steps.column("Gave"))) == given == amount(steps.foot[0][3])
    assert given + Decimal(said["kept"]) == whole > 0
    assert [amount(text) for text in shares.column("Amount")] == [Decimal(line["amount"]) for line in said["agents"]]
    for line in said["agents"]:
        share = Page(shown.text(f"/test/distributions/1/{line['agent']}/?all"))
        parts = shown.json(f"/test/distributions/1/{line['agent']}.json")
        assert sum(Decimal(step["amount"]) for step in parts["steps"]) == Decimal(line["amount"])
        for step, table in zip([step for step in parts["steps"] if step["contributions"]], share.tables, strict=True):
            assert sum(map(amount, table.column("Brought"))) == Decimal(step["amount"])


def test_pictures_show_the_figures_of_the_tables_beside_them(example: Site) -> None:
    """Both sizes of each picture have a title, a description, and the figures of their table, sums of nothing left out."""
    page = Page(example.text("/test/"))
    flows, columns = page.pictures[:2], page.pictures[2:]
    sources, goals = page.table("Where it came from"), page.table("Where it went")
    lines = [
        *zip(sources.column("Source"), sources.column("Amount"), strict=True),
        *zip(goals.column("Step of the policy"), goals.column("Amount"), strict=True),
    ]
    for picture in flows:
        assert picture.title and picture.description
        assert picture.parts == [f"{label}: {figure} EUR" for label, figure in lines if amount(figure)]
    assert sum(map(amount, goals.column("Amount"))) == amount(sources.foot[0][2]) == amount(goals.foot[0][2])
    table = page.table("Number of contributions")
    told = [
        f"{row[0]}: " + ", ".join(f"{head} {count}" for head, count in zip(table.heads[1:], row[1:], strict=True) if count != "0")
        for row in table.rows
        if any(count != "0" for count in row[1:])
    ]
    assert len(columns) == 2 and all(picture.title and picture.description for picture in columns)
    assert [picture.parts for picture in columns if picture.parts] == [told], "the broad one says each column; on a telephone the table does"
    assert sum(int(count) for row in table.rows for count in row[1:]) == int(example.json("/test.json")["contributions"]) == 63
    steps = Page(example.text("/test/distributions/1/"))
    rows = steps.table("Steps")
    told = [f"{label}: {given} EUR" for label, given in zip(rows.column("Step"), rows.column("Gave"), strict=True) if amount(given)]
    assert [picture.parts for picture in steps.pictures] == [told, told]


def fillings(html: str) -> dict[str, str]:
    """Which filling each stream of the broad flow picture has, by its label."""
    broad = html[html.index('class="chart broad"') :]
    found = re.findall(r'<g><title>([^<]*): [^<:]*</title><path [^>]*fill="url\(#\w+-(\d+)\)"', broad[: broad.index("</svg>")])
    return dict(found)


def test_a_step_has_the_same_colour_on_each_page(example: Site) -> None:
    """Whatever the amounts are: on the page of the commons they stand in another order than in the policy."""
    commons, distribution = fillings(example.text("/test/")), fillings(example.text("/test/distributions/1/"))
    assert len(distribution) >= 4 and {label: commons[label] for label in distribution} == distribution
    assert len(set(distribution.values())) == len(distribution)
    assert list(distribution) != [label for label in commons if label in distribution]


def test_weights_stand_beside_the_rule_and_in_the_sentence_of_the_json(example: Site) -> None:
    alder = example.world.ids["Alder"]
    told = example.json("/test/distributions/1.json")["steps"][-1]["rule"]
    assert "documentation 1.5" in told
    for path in ("/test/charter/", "/test/distributions/1/", f"/test/distributions/1/{alder}/"):
        text = " ".join(Page(example.text(path)).text.split("Show it")[0].split())
        assert "Documentation 1.5 per line" in text and "Work 60 per hour" in text and "Review 0.05 of what was reviewed" in text, path
        assert "documentation 1.5," not in text, path


def test_a_share_shows_fifty_contributions_and_leads_to_the_rest(sqlite_site: Site) -> None:
    world = sqlite_site.world
    for _ in range(60):
        world.validated("Bo")
    world.income("600.00")
    world.share()
    path = f"/test/distributions/1/{world.ids['Bo']}/"
    first = Page(sqlite_site.text(path), path)
    assert len(first.table("Contributions behind").rows) == 50 and "The first 50 of 60." in first.text
    rest = next(found for found, _ in first.links if found.endswith("?all"))
    assert len(Page(sqlite_site.text(rest)).table("Contributions behind").rows) == 60


def test_an_agent_has_a_page_of_their_work_and_shares(example: Site) -> None:
    """A member's page counts the identities that they claimed; the identity's address shows the member."""
    alder = example.world.ids["Alder"]
    said = example.json(f"/test/agents/{alder}.json")
    share = next(line for line in example.json("/test/distributions/1.json")["agents"] if line["agent"] == alder)
    assert [line["amount"] for line in said["shares"]] == [share["amount"]] and said["given"] == share["amount"]
    assert said["identities"] and said["validated"] == sum(kind["states"]["validated"] for kind in said["kinds"]) > 10
    listed = example.json(f"/test/contributions.json?agent={alder}")
    assert [line["position"] for line in said["latest"]] == [line["position"] for line in listed["contributions"][:10]]
    page = Page(example.text(f"/test/agents/{said['identities'][0]}/"))
    assert "Alder" in page.text and "was claimed by" in page.text and share["amount"].replace("5,", "5") in page.text.replace(",", "")
    unclaimed = next(line["agent"] for line in example.json("/test/distributions/1.json")["agents"] if line["type"] == "Identity")
    assert "nobody has claimed it yet" in example.text(f"/test/agents/{unclaimed}/")
    giver = Page(example.text("/test/agents/org:example-workshop/"))
    assert "Enterprise" in giver.text and "Gave to the funds" in giver.text


def test_what_has_not_changed_is_not_sent_again(site: Site) -> None:
    for path in ("/", "/test/", "/test.json", "/test/contributions/", f"/test/agents/{site.world.ids['Ana']}/"):
        first = site.get(path)
        again = site.get(path, If_None_Match=first.headers["ETag"])
        assert (again.status_code, again.content) == (304, b"") and again.headers["ETag"] == first.headers["ETag"]
        assert site.get(path, If_None_Match='"another"').status_code == 200
        site.world.log("Bo")
        assert site.get(path, If_None_Match=first.headers["ETag"]).status_code == 200, path
    before = site.get("/test/").headers["ETag"]
    from commonhold.commons.people import write_profile

    with site.world.node.database.write() as transaction:
        write_profile(transaction, "test", site.world.ids["Bo"], name="Bo Public", public=True)
    after = site.get("/test/", If_None_Match=before)
    assert after.status_code == 200 and b"Bo Public" in after.content


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/none/", 404, "commons.unknown"),
        ("/test/contributions/0/", 404, "contributions.unknown"),
        ("/test/contributions/999999999999999/", 404, "contributions.unknown"),
        ("/test/distributions/1/", 404, "sharing.unknown_distribution"),
        ("/test/distributions/1/org:nobody/", 404, "commons.unknown_agent"),
        ("/test/agents/org:nobody/", 404, "commons.unknown_agent"),
        ("/test/nothing/", 404, "api.no_route"),
        ("/test/contributions/?state=nonsense", 400, "web.bad_filter"),
        ("/test/contributions/?kind=%3Cb%3E", 400, "web.bad_filter"),
        ("/test/contributions/?kind=%00", 400, "web.bad_filter"),
        ("/test/contributions/?domain=nowhere", 400, "web.bad_filter"),
        ("/test/contributions/?agent=org:nobody", 400, "web.bad_filter"),
        ("/test/contributions/?batch=x", 400, "web.bad_filter"),
        ("/test/contributions/?before=-1", 400, "web.bad_filter"),
    ],
)
def test_what_is_not_there_or_not_understood_is_said_on_a_page_and_in_json(site: Site, path: str, status: int, code: str) -> None:
    answer = site.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    page = Page(answer.content.decode())
    assert code in page.codes and ("/", "") in page.links
    route, _, query = path.partition("?")
    sibling = site.get(route.rstrip("/") + ".json" + (f"?{query}" if query else ""))
    assert (sibling.status_code, sibling.headers["Content-Type"]) == (status, "application/problem+json")
    assert json.loads(sibling.content)["code"] == code


def test_an_error_has_no_crumbs_and_says_what_people_can_do(sqlite_site: Site) -> None:
    lost, broken = Page(sqlite_site.get("/nowhere/").content.decode()), Page(sqlite_site.get("/test/contributions/?state=x").content.decode())
    assert "Perhaps the address was mistyped" in lost.text and "could not be understood" in broken.text
    assert not [tag for page in (lost, broken) for tag, _ in page.tags if tag in {"nav", "ol"}]
    assert [tag for tag, _ in Page(sqlite_site.text("/test/")).tags].count("nav") == 2


def test_what_came_in_leads_and_unclaimed_people_are_folded(example: Site) -> None:
    html = example.text("/test/")
    figures = re.findall(r"<div( class=\"first\")?><dt>([^<]*)</dt>", html[: html.index("</dl>")])
    assert [name for first, name in figures if first] == ["Came in", "Shared so far"] and figures[-1][1] == "In the funds now"
    known, _, unclaimed = html[html.index('id="people"') : html.index('id="tasks"')].partition("<details>")
    identities = [line["agent"] for line in example.json("/test.json")["people"] if line["type"] == "Identity"]
    assert identities and all(agent in unclaimed and agent not in known for agent in identities)
    assert example.world.ids["Alder"] in known and f"{len(identities)} identities of imported histories" in unclaimed


def test_the_notice_stands_on_every_page_whole_on_the_first(strange: Site) -> None:
    front, other = strange.text("/test/"), strange.text("/test/contributions/")
    assert 'class="notice"' in front and 'class="notice brief"' in other
    assert all(f"{QUOTES} {TEMPLATE}" in Page(html).text for html in (front, other))


def test_filters_narrow_the_list_and_page_through_it(strange: Site) -> None:
    """Each filter gives exactly the contributions that have the property; pages of fifty follow each other without a gap."""
    everything = strange.json("/test/contributions.json")["contributions"]
    for name in ("state", "kind", "domain"):
        for value in {line[name] for line in everything}:
            found = strange.json(f"/test/contributions.json?{name}={value}")["contributions"]
            assert found == [line for line in everything if line[name] == value]
    for _ in range(50):
        strange.world.log("Bo", "care")
    first = Page(strange.text("/test/contributions/"), "/test/contributions/")
    onward = next(found for found, _ in first.links if "before=" in found)
    entries = [row[0] for address in ("/test/contributions/", onward) for row in Page(strange.text(address)).table("Latest logged").rows]
    assert len(entries) == len(set(entries)) == len(everything) + 50 and entries == sorted(entries, key=int, reverse=True)


def test_pages_are_only_read(sqlite_site: Site) -> None:
    assert sqlite_site.post("/test/").status_code == 405
    head = sqlite_site.client.head("/test/")
    assert (head.status_code, head.content) == (200, b"") and head.headers["ETag"]


def test_what_is_empty_says_what_to_do_next(strange: Site) -> None:
    """Every command that an empty page suggests is one that the program has."""
    suggested = set()
    for path in ("/empty/", "/empty/contributions/", "/empty/people/?show=identities", "/empty/people/?show=organizations", "/single/"):
        page = Page(strange.text(path))
        suggested |= {code for code in page.codes if code.startswith("commonhold ")}
    assert len(suggested) >= 7
    for command in suggested:
        words = [word for word in command.split()[1:] if re.fullmatch(r"[a-z]+", word)]
        for length in range(len(words), 0, -1):
            shown = CliRunner().invoke(root, [*words[:length], "--help"])
            if shown.exit_code == 0:
                break
        assert shown.exit_code == 0 and "Commands:" not in shown.output.split("Options:")[0], command


def test_every_class_of_agent_and_every_common_unit_has_a_label() -> None:
    assert {*get_args(Classification), "Person", "Organization", "EcologicalAgent", "Identity"} == set(TYPES)
    assert {*OM2_UNITS, *COUNT_UNITS, *EFFORT_UNITS} == set(UNITS) == set(UNITS_ONE)


def test_a_node_without_a_commons_says_how_to_make_one(home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from commonhold.node.node import Node

    class Nothing:
        node = Node.open(home, create=True)

    assert "commonhold init" in Site(Nothing(), monkeypatch).text("/")  # type: ignore[arg-type]
    Nothing.node.close()


@pytest.mark.parametrize("language", ["fr", "ar", "xx", "*;q=0", "en-GB"])
def test_whoever_asks_for_a_language_without_a_catalogue_gets_english_and_is_told_so(sqlite_site: Site, language: str) -> None:
    sqlite_site.world.income("1234567.89")
    answer = sqlite_site.get("/test/", Accept_Language=language)
    page = Page(answer.content.decode())
    assert answer.headers["Content-Language"] == "en" and dict(page.tags)["html"]["lang"] == "en"
    assert "1,234,567.89" in page.text and "1 Jan 2026" in page.text and "Accept-Language" in answer.headers["Vary"]


def test_a_language_is_offered_as_soon_as_it_has_a_catalogue(tmp_path: Any) -> None:
    assert languages(tmp_path) == [("en", "English")]
    (tmp_path / "de" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "de" / "LC_MESSAGES" / "django.mo").write_bytes(b"")
    assert languages(tmp_path) == [("en", "English"), ("de", "Deutsch")]


def test_the_sheet_beside_a_table_has_its_rows_and_no_formula(sqlite_site: Site) -> None:
    world = sqlite_site.world
    with world.node.database.write() as transaction:
        write_profile(transaction, "test", world.ids["Bo"], name="=cmd|'/c calc'!A1", public=True)
    position = world.validated("Bo")
    answer = sqlite_site.get("/test/contributions.csv?state=validated")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="test-contributions.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    told = sqlite_site.json("/test/contributions.json?state=validated")["contributions"]
    assert [int(row["position"]) for row in rows] == [one["position"] for one in told] == [position]
    assert rows[0]["name"] == "'=cmd|'/c calc'!A1" and rows[0]["claimed"] == told[0]["claimed"]
    assert "/test/contributions.csv?state=validated" in [link for link, _ in Page(sqlite_site.text("/test/contributions/?state=validated")).links]
    assert sqlite_site.get("/test/agents.csv").status_code == 404
