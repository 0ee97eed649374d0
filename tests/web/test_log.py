"""Logging work on the pages: what the form begins with, what lands once, evidence, and that no text and no file can do anything."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from forms import fields, find_form, form_to
from people import answered
from reading import Page
from serving import Site
from working import HOSTILE, entries, file, sign_in, strict

from commonhold.contributions import evidence_files
from commonhold.node.erasure import erase_person
from commonhold.node.my_work import last_ones, own_contributions, waiting_for

LOG = "/test/log/"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>document.title="pwned"</script></svg>'


@pytest.fixture
def here(site: Site) -> Site:
    site.world.clock.days(100)
    return strict(site)


@pytest.fixture
def sqlite_here(sqlite_site: Site) -> Site:
    sqlite_site.world.clock.days(100)
    return strict(sqlite_site)


def log(site: Site, query: str = "", **entered: Any) -> Any:
    """Fill the form in, and send it."""
    form = find_form(site.text(LOG + query), LOG)
    assert set(entered) <= form.names, set(entered) - form.names
    return site.client.post(LOG, form.values | entered)


def json_of(site: Site, answer: Any) -> Any:
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return site.json(answer.headers["Location"].partition("?")[0].rstrip("/") + ".json")


def test_the_sentence_is_logged_once_and_tells_what_happens_next(here: Site) -> None:
    sign_in(here)
    shown = form_to(here.text(LOG), LOG) | {
        "amount": "3,5",
        "domain": "hardware",
        "note": "Soldered",
        "links": "https://example.org/a\nhttps://example.org/b",
    }
    assert (shown["day"], shown["kind"]) == ("2026-04-11", "work")
    before = entries(here)
    answers = [here.client.post(LOG, shown) for _ in range(2)]
    here.world.clock.days(0.2)
    answers.append(here.client.post(LOG, shown))
    assert {one.status_code for one in answers} == {302} and len({one.headers["Location"] for one in answers}) == 1
    assert entries(here) - before == 2, "the claim, and one tick of the clock"
    there = answers[0].headers["Location"]
    said = json_of(here, answers[0])
    assert (said["claimed"], said["domain"], said["note"], said["contributor"]) == ("3.5", "hardware", "Soldered", here.world.ids["Bo"])
    assert [one["value"] for one in said["evidence"]] == ["https://example.org/a", "https://example.org/b"]
    page = Page(here.text(there), there)
    assert "2 peers more must accept it" in page.text and "If nobody objects until" in page.text
    assert "Log the same again" in page.text and "Log something else" in page.text
    links = [attributes for tag, attributes in page.tags if tag == "a" and attributes.get("href", "").startswith("https://example.org/")]
    assert len(links) == 2 and all({"nofollow", "noopener", "noreferrer", "ugc"} == set(one["rel"].split()) for one in links)


def test_the_form_begins_with_what_was_the_same_last_time(here: Site) -> None:
    sign_in(here)
    first = json_of(here, log(here, amount="2", domain="hardware", kind="care", note="Cooked", links="https://example.org/soup"))
    next_ = form_to(here.text(LOG), LOG)
    assert (next_["kind"], next_["domain"], next_["amount"], next_["note"]) == ("care", "hardware", "", "")
    again = form_to(here.text(f"{LOG}?repeat={first['position']}"), LOG)
    expected = {"kind": "care", "domain": "hardware", "amount": "2", "note": "Cooked", "links": "https://example.org/soup", "day": "2026-04-11"}
    assert {name: again[name] for name in expected} == expected
    second = json_of(here, log(here, f"?repeat={first['position']}"))
    assert second["position"] != first["position"] and second["note"] == "Cooked"
    assert f"?repeat={second['position']}" in here.text(LOG)
    others = here.world.log("Cy")
    assert here.get(f"{LOG}?repeat={others}").status_code == 404
    assert here.get(f"{LOG}?repeat=no").status_code == 400


def test_a_former_day_is_its_noon_and_today_is_now(here: Site) -> None:
    sign_in(here)
    assert json_of(here, log(here, amount="1", domain="firmware", day="2026-04-02"))["hasPointInTime"] == "2026-04-02T12:00:00Z"
    assert json_of(here, log(here, amount="1", domain="firmware"))["hasPointInTime"].startswith("2026-04-11T")
    here.world.clock.days(0.6)  # 14:24, where it is tomorrow already east of UTC+10
    assert json_of(here, log(here, amount="1", domain="firmware", day="2026-04-12"))["hasPointInTime"] == "2026-04-11T14:24:00Z"
    assert b"problem-day-1" in log(here, amount="1", domain="firmware", day="2026-04-13").content


@pytest.mark.parametrize(
    "link",
    [
        "http://example.org/", "javascript:alert(1)", "https://", "https://ana:secret@example.org/", "https://example.org/a b", "data:text/html,x",
        "https://[::1", "example.org", "https://example.org/" + "x" * 300, "\n".join(f"https://example.org/{n}" for n in range(11)),
    ],
)  # fmt: skip
def test_only_plain_https_links_are_taken(sqlite_here: Site, link: str) -> None:
    sign_in(sqlite_here)
    before = entries(sqlite_here)
    answer = log(sqlite_here, amount="1", domain="firmware", links=link)
    html = answer.content.decode()
    assert answer.status_code == 400 and 'id="problem-links-1"' in html and "web.bad_link" in html and entries(sqlite_here) == before
    assert "<details open>" in html, "the part of the form with the problem is not folded away"


def test_a_file_is_kept_beside_the_journal_and_only_ever_saved(here: Site) -> None:
    sign_in(here)
    digest = hashlib.sha256(SVG).hexdigest()
    said = json_of(
        here, log(here, amount="1", domain="firmware", files=[file("../../quittance <b>.svg", SVG, "image/svg+xml"), file("a.txt", b"notes")])
    )
    assert [one["type"] for one in said["evidence"]] == ["sha256"] * 2 and said["evidence"][0]["value"] == digest
    with here.world.node.read() as transaction:
        journal = b"".join(bytes(row[0]) for row in transaction.rows("SELECT data FROM journal_entry"))
    assert digest.encode() in journal and b"quittance" not in journal and SVG not in journal
    where = f"/test/files/{digest}/"
    assert where in here.text(f"/test/contributions/{said['position']}/")
    sign_in(here, "Cy")
    answer = here.get(where)
    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (200, SVG, "application/octet-stream")
    assert answer.headers["Content-Disposition"].startswith("attachment") and answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'" and "no-store" in answer.headers["Cache-Control"]
    assert ".." not in answer.headers["Content-Disposition"] and "<" not in answer.headers["Content-Disposition"]
    strict(here)
    for path in (where, f"/test/files/{'0' * 64}/"):
        door = here.get(path)
        assert "Sign in" in door.content.decode() and SVG not in door.content and "Content-Disposition" not in door.headers
    assert "quittance" not in here.text(f"/test/contributions/{said['position']}/")
    assert here.world.verify().ok


def test_files_are_erased_by_who_gave_them_and_with_the_person(here: Site) -> None:
    sign_in(here)
    said = json_of(here, log(here, amount="1", domain="firmware", files=[file("a.txt", b"first"), file("b.txt", b"second")]))
    first, second = (one["value"] for one in said["evidence"])
    here.world.validated("Cy")
    sign_in(here, "Cy")
    where = f"/test/contributions/{said['position']}/erase/"
    shown = form_to(here.text(f"{where}?sha256={first}"), where)
    assert here.client.post(where, shown).status_code == 404 and here.get(f"/test/files/{first}/").status_code == 200
    sign_in(here)
    done = here.client.post(where, form_to(here.text(f"{where}?sha256={first}"), where))
    assert done.status_code == 302 and here.get(f"/test/files/{first}/").status_code == 404 and here.get(f"/test/files/{second}/").status_code == 200
    assert first in here.text(f"/test/contributions/{said['position']}/"), "the journal goes on naming it"
    erase_person(here.world.node, "test", here.world.ids["Bo"])
    with here.world.node.read() as transaction:
        assert transaction.value("SELECT COUNT(*) FROM private_evidence") == 0
    assert here.world.verify().ok


def test_what_is_too_much_is_refused_and_leaves_nothing(sqlite_here: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(sqlite_here)
    before = entries(sqlite_here)
    cases: dict[str, list[Any]] = {
        "evidence.too_large": [file("big", b"x" * 2_000_001)],
        "evidence.empty": [file("none", b"")],
        "evidence.too_many": [file(f"{n}", b"%d" % n) for n in range(6)],
    }
    for code, files in cases.items():
        answer = log(sqlite_here, amount="1", domain="firmware", note="kept", files=files)
        assert answer.status_code == 400 and code in answer.content.decode() and form_to(answer.content.decode(), LOG)["note"] == "kept", code
    answer = log(sqlite_here, amount="none", domain="firmware", files=[file("a", b"left over?")])
    assert answer.status_code in (400, 422) and entries(sqlite_here) == before
    with sqlite_here.world.node.read() as transaction:
        assert transaction.value("SELECT COUNT(*) FROM private_evidence") == 0, "a refused claim leaves no file"
    huge = sqlite_here.client.post(LOG, {"files": file("huge", b"x" * 11_000_001)})
    assert huge.status_code == 400 and b"web.too_large" in huge.content
    monkeypatch.setattr(evidence_files, "PERSON_BYTES_MAX", 10)
    full = log(sqlite_here, amount="1", domain="firmware", files=[file("a", b"eleven bytes")])
    assert full.status_code == 422 and b"evidence.no_room" in full.content


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_kept_as_texts(sqlite_here: Site, text: str) -> None:
    sign_in(sqlite_here)
    names = ("amount", "kind", "domain", "day", "links", "to", "fulfills")
    for name in names:
        shown = form_to(sqlite_here.text(LOG), LOG) | {"amount": "1", "domain": "firmware"}
        answer = sqlite_here.client.post(LOG, shown | {name: text})
        assert answer.status_code in (400, 404, 422), (name, answer.status_code)
        assert Page(answer.content.decode()).foreign() == [], name
    said = json_of(sqlite_here, log(sqlite_here, amount="1", domain="firmware", note=text))
    assert said["note"] == text
    for path in (f"/test/contributions/{said['position']}/", LOG, "/test/validate/"):
        page = Page(sqlite_here.text(path), path)
        assert page.foreign() == [] and not [tag for tag, _ in page.tags if tag == "b"], path


def test_strangers_see_the_door_and_forms_need_their_token(sqlite_here: Site) -> None:
    assert "Log it" not in sqlite_here.text(LOG)
    sign_in(sqlite_here)
    shown = form_to(sqlite_here.text(LOG), LOG) | {"amount": "1", "domain": "firmware"}
    before = entries(sqlite_here)
    assert sqlite_here.client.post(LOG, {name: text for name, text in shown.items() if name != "csrfmiddlewaretoken"}).status_code == 403
    strict(sqlite_here)
    token = fields(sqlite_here.text("/test/sign-in/"))["csrfmiddlewaretoken"]
    refused = sqlite_here.client.post(LOG, shown | {"csrfmiddlewaretoken": token})
    assert refused.status_code == 403 and entries(sqlite_here) == before
    old = sqlite_here.get("/test/record/contribution/?fulfills=x")
    assert (old.status_code, old.headers["Location"]) == (302, "/test/log/?fulfills=x")


def test_who_signs_elsewhere_gives_the_files_first(here: Site) -> None:
    """They are kept before anything is signed, since the form is sent again with the signature, and files are not."""
    world = here.world
    sign_in(here)
    with world.node.database.write() as transaction:
        transaction.execute("DELETE FROM private_key WHERE agent = ?", (world.ids["Bo"],))
    first = log(here, amount="2", domain="firmware", links="https://example.org/a", files=[file("a.txt", b"a file")])
    html = first.content.decode()
    assert first.status_code == 200 and "1 file is kept" in html and not here.json("/test/contributions.json")["contributions"]
    shown = form_to(html, LOG)
    digest = hashlib.sha256(b"a file").hexdigest()
    assert (shown["kept"], shown["amount"], shown["links"]) == (digest, "2", "https://example.org/a")
    shown["kept"] += f" {'0' * 64}"  # which nobody has given
    asked = here.client.post(LOG, shown)
    assert "Sign it with your own key" in asked.content.decode(), asked.content.decode()[-2000:]
    said = json_of(here, here.client.post(LOG, answered(asked.content.decode(), world.keys["Bo"])))
    assert [one["value"] for one in said["evidence"]] == ["https://example.org/a", digest]
    assert here.get(f"/test/files/{digest}/").content == b"a file" and world.verify().ok


def test_what_is_ones_own_and_what_waits_can_be_asked_for(here: Site) -> None:
    """For the page of a member: newest first; the states of all; what waits for them."""
    world = here.world
    positions = [world.log("Bo", amount=str(n)) for n in range(1, 6)]
    for peer in ("Ana", "Cy"):
        world.attest(peer, positions[0])
    world.log("Cy")
    with world.node.read() as transaction:
        bo = world.ids["Bo"]
        last = own_contributions(transaction, "test", bo, 2)
        assert [one["position"] for one in last["contributions"]] == positions[:2:-1] and last["states"] == {"claimed": 4, "validated": 1}
        assert [one["position"] for one in own_contributions(transaction, "test", bo)["contributions"]] == positions[::-1]
        waiting = waiting_for(transaction, "test", bo, world.node.now())
        assert (waiting["all"], waiting["asked"], waiting["overdue"]) == (1, 0, 0) and waiting["first"][0]["name"]
        assert [one["claimed"] for one in last_ones(transaction, "test", bo)] == ["5", "4", "3"]
        assert own_contributions(transaction, "test", "id:nobody")["contributions"] == last_ones(transaction, "test", "id:nobody") == []
