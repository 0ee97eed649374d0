"""A sheet on the pages: each row is looked at before anything is recorded; good rows land once; bad uploads are told clearly."""

from __future__ import annotations

from typing import Any

import pytest
from forms import form_to
from reading import Page
from serving import Site
from working import HOSTILE, entries, file, sign_in, strict

SHEET = "/test/log/sheet/"
GOOD = "kind,amount,domain,at,note,url\nwork,1.5,firmware,2025-12-01,Soldered,https://example.org/1\ncare,2,hardware,,Cooked,\n"
MIXED = "kind,amount,domain,by\nwork,1,firmware,\npoetry,1,firmware,\nwork,1;5,firmware,\nwork,2,sales,\nwork,1,firmware,Cy\nwork,3,hardware,\n"


@pytest.fixture
def here(site: Site) -> Site:
    sign_in(site)
    return site


@pytest.fixture
def sqlite_here(sqlite_site: Site) -> Site:
    sign_in(sqlite_site)
    return sqlite_site


def look(site: Site, text: str = "", upload: Any = None, **entered: str) -> Any:
    """Send a sheet to be looked at."""
    shown = form_to(site.text(SHEET), SHEET) | {"text": text} | entered
    return site.client.post(SHEET, shown | ({"file": upload} if upload is not None else {}))


def record(site: Site, looked: Any, **changes: str) -> Any:
    """Press the button of the preview."""
    assert looked.status_code == 200, looked.content.decode()[-2000:]
    return site.client.post(SHEET, form_to(looked.content.decode(), SHEET) | {"step": "record"} | changes)


def claims(site: Site) -> list[Any]:
    return list(site.json("/test/contributions.json")["contributions"])


def test_looking_writes_nothing_and_recording_lands_once(here: Site) -> None:
    before = entries(here)
    looked = look(here, GOOD, label="My December")
    page = Page(looked.content.decode())
    assert entries(here) == before and "2 rows are in order" in page.text and page.table("Every row").column("State") == ["in order"] * 2
    done = [record(here, looked) for _ in range(2)]
    assert [one.status_code for one in done] == [302, 302] and entries(here) == before + 3
    assert done[0].headers["Location"].endswith("said=sheet-logged") and done[1].headers["Location"].endswith("said=sheet-known")
    assert "2 hours" in here.text(done[0].headers["Location"])
    two, one = claims(here)
    assert (one["claimed"], one["hasPointInTime"], one["note"], one["evidence"][0]["value"]) == (
        "1.5", "2025-12-01T12:00:00Z", "Soldered", "https://example.org/1"
    )  # fmt: skip
    assert one["batch"] == two["batch"] and {one["contributor"], two["contributor"]} == {here.world.ids["Bo"]}
    again = look(here, GOOD + "work,4,firmware,,More,\n")
    assert Page(again.content.decode()).table("Every row").column("State") == ["known", "known", "in order"]
    assert here.world.verify().ok


def test_each_row_has_its_own_problem_and_the_others_are_recorded(here: Site) -> None:
    looked = look(here, upload=file("hours.csv", MIXED.encode(), "text/csv"))
    table = Page(looked.content.decode()).table("Every row")
    assert table.column("Line") == ["2", "3", "4", "5", "6", "7"]
    told = dict(zip(table.column("Line"), table.column("What is wrong"), strict=True))
    for line, code in {"3": "unknown_kind", "4": "bad_amount", "5": "unknown_domain", "6": "unknown_agent"}.items():
        assert code in told[line], (line, told[line])
    assert told["2"] == told["7"] == ""
    before = entries(here)
    record(here, looked)
    assert entries(here) == before + 3 and [one["claimed"] for one in claims(here)] == ["3", "1"]


def test_private_names_are_not_found_out_by_a_sheet(sqlite_here: Site) -> None:
    """A name that is kept for members of the node alone is like one that nobody has."""
    told = [
        Page(look(sqlite_here, f"kind,amount,domain,to\nwork,1,firmware,{name}\n").content.decode()).table("Every row") for name in ("Cy", "Nobody")
    ]
    assert [one.column("State") for one in told] == [["not in order"]] * 2
    one, other = (table.column("What is wrong")[0] for table in told)
    assert "unknown_agent" in one and one.replace("Cy", "Nobody") == other


def test_what_the_client_sends_the_second_time_is_looked_at_again(sqlite_here: Site) -> None:
    looked = look(sqlite_here, GOOD)
    before = entries(sqlite_here)
    forged = record(sqlite_here, looked, text="kind,amount,domain\npoetry,1,firmware\n")
    assert forged.status_code == 400 and b"imports.nothing_good" in forged.content and entries(sqlite_here) == before
    long = record(sqlite_here, looked, text="kind,amount,domain\n" + "work,1,firmware\n" * 5_001)
    assert long.status_code == 400 and b"imports.sheet_too_large" in long.content and entries(sqlite_here) == before
    assert record(sqlite_here, looked, label="me@example.org").status_code == 400 and entries(sqlite_here) == before


def test_kind_and_field_can_be_the_same_for_all(sqlite_here: Site) -> None:
    looked = look(sqlite_here, "amount;note\n1.5;Soldered\n2;Tested\n", kind="work", domain="hardware")
    record(sqlite_here, looked)
    assert [(one["kind"], one["domain"], one["claimed"]) for one in claims(sqlite_here)] == [("work", "hardware", "2"), ("work", "hardware", "1.5")]


BAD: dict[str, bytes] = {
    "nothing": b" \n",
    "binary": bytes(range(256)) * 8,
    "no UTF-8": "kind,amount\nwork,1,Käse\n".encode("latin-1"),
    "NUL": b"kind,amount,domain\nwork,1\x00,firmware\n",
    "a huge cell": b"kind,amount,domain,note\nwork,1,firmware," + b"x" * 200_000 + b"\n",
    "ten thousand columns": ",".join(f"c{n}" for n in range(10_000)).encode() + b"\n1\n",
    "too many rows": b"kind,amount,domain\n" + b"work,1,firmware\n" * 5_001,
    "too long": b"kind,amount,domain,note\n" + b"work,1,firmware," + b"y" * 1_000_000,
    "no column for the amount": b"kind,domain\nwork,firmware\n",
    "titles alone": b"kind,amount,domain\n",
    "an open quote": b'kind,amount,domain\nwork,"1,firmware\n',
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_sheet_is_refused_clearly(sqlite_here: Site, name: str) -> None:
    before = entries(sqlite_here)
    answer = look(sqlite_here, upload=file("x.csv", BAD[name]))
    html = answer.content.decode()
    assert answer.status_code == 400 and 'id="problem-text-1"' in html and entries(sqlite_here) == before, html[-3000:]
    assert "imports.bad_sheet" in html or "imports.sheet_too_large" in html
    assert len(Page(html).text) < 6_000, "nobody is told ten thousand titles"


def test_five_thousand_rows_are_looked_at_and_recorded(sqlite_here: Site) -> None:
    text = "kind,amount,domain\n" + "work,1,firmware\n" * 5_000
    looked = look(sqlite_here, text)
    assert "5000 rows are in order" in looked.content.decode()
    before = entries(sqlite_here)
    assert record(sqlite_here, looked).status_code == 302 and entries(sqlite_here) == before + 5_001


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_cells_are_shown_as_they_are(sqlite_here: Site, text: str) -> None:
    cell = '"' + text.replace('"', '""').replace("\t", " ") + '"'
    for rows in (f"work,1,firmware,{cell}\n", f"{cell},1,firmware,x\n", f"work,{cell},firmware,x\n", f"work,1,{cell},x\n"):
        looked = look(sqlite_here, f"kind,amount,domain,note\n{rows}")
        page = Page(looked.content.decode())
        assert looked.status_code == 200 and page.foreign() == [] and not [tag for tag, _ in page.tags if tag == "b"]
    looked = look(sqlite_here, f"kind,amount,domain,note\nwork,1,firmware,{cell}\n", label=text)
    record(sqlite_here, looked)
    (one,) = claims(sqlite_here)
    assert one["note"] == text.replace("\t", " ")
    sign_in(sqlite_here, "Cy")
    for path in ("/test/validate/", "/test/contributions/", f"/test/contributions/{one['position']}/"):
        assert Page(sqlite_here.text(path), path).foreign() == []
    if text.startswith("="):
        assert f"'{text}" in sqlite_here.text("/test/validate.csv"), "no spreadsheet runs it"


def test_the_sheet_to_begin_with_has_the_kinds_of_the_charter(sqlite_here: Site) -> None:
    answer = sqlite_here.get("/test/log/sheet/template.csv")
    lines = answer.content.decode().splitlines()
    assert answer.headers["Content-Disposition"].startswith("attachment") and lines[0] == "at,kind,amount,domain,note,url"
    assert [line.split(",")[1] for line in lines[1:]] == ["work", "code", "documentation", "loan", "expense", "care"]
    filled = "\n".join([lines[0], lines[1].replace(",work,,", ",work,2,"), *lines[2:]])
    table = Page(look(sqlite_here, filled).content.decode()).table("Every row")
    assert table.column("State") == ["in order", *["not in order"] * 5]
    assert sqlite_here.get("/nowhere/log/sheet/template.csv").status_code == 404


def test_strangers_and_forged_forms_record_nothing(sqlite_here: Site) -> None:
    shown = form_to(sqlite_here.text(SHEET), SHEET) | {"text": GOOD, "step": "record"}
    before = entries(sqlite_here)
    assert sqlite_here.client.post(SHEET, {name: text for name, text in shown.items() if name != "csrfmiddlewaretoken"}).status_code == 403
    strict(sqlite_here)
    assert "Look at it" not in sqlite_here.text(SHEET) and entries(sqlite_here) == before
