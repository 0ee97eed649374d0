"""Attacks on the pages, tried and refused.

| attack | tried in |
|---|---|
| forms from another site (CSRF) | `tests/server/test_access.py` (every form), `test_flow_forms.py`, `test_decision_forms.py` |
| scripts in texts (XSS) | here (every field of every form, and all pages afterwards); `test_pages.py`, `test_feeds.py`, `test_browser.py`, `test_log.py` |
| going on to another site (open redirect) | here (every address that takes `next`); `test_accounts.py`, `test_flow_forms.py` |
| a session that somebody else has begun (fixation) | `test_accounts.py`, `test_flow_forms.py` |
| what belongs to another member or commons (IDOR) | `tests/server/test_access.py` (every address, as who is no member); here (as a member) |
| uploads that are too large or malformed | `test_log.py`, `test_sheet_pages.py`, `tests/server/test_process.py`; `test_hostile_files.py` |
| uploads that a browser would show (SVG, HTML) | `test_hostile_files.py`, `test_log.py` |
| formulas in sheets | `test_hostile_files.py` (every sheet of a commons); `test_pages.py` |
| requests to inner addresses (SSRF) | here |
| trying passwords, codes and tokens | `test_accounts.py` (passwords); here (codes, invitations) |
| fields that a form does not have (mass assignment) | here |
| ids of another commons in the form of one's own | here |
| other hosts, frames, sniffing | `tests/server/test_headers.py` |
"""

from __future__ import annotations

import ast
import hashlib
import re
import socket
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from forms import Forms, hidden
from people import PASSPHRASE, account, as_account, as_member, code_in, furnished, letters, shown_again
from serving import Site
from working import entries

import commonhold
from commonhold.flows.entries import Create
from commonhold.flows.vocabulary import Commitment

PAYLOAD = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}{% x %}"
RAW = ("<script>alert", "<img src=x", "49{%")
EVIL = (
    "//evil.example/", "https://evil.example/", "/\\evil.example/", "\\\\evil.example", "https:evil.example", "///evil.example", "/%09/evil.example",
    "javascript:alert(1)", "/test/\n//evil.example", "http://localhost@evil.example/", "/test/..//evil.example/", "//evil.example/test/",
)  # fmt: skip


@pytest.fixture
def here(sqlite_site: Site) -> Site:
    return furnished(sqlite_site)


def as_zoe(site: Site) -> None:
    """Signed in as a member of the other commons, and of no other."""
    from commonhold.web.accounts.memberships import link

    user = account("zoe@people.example")
    link(user, "other", site.world.ids["Zoe"])
    as_account(site, user)


# Scripts in texts


def places_with_forms(site: Site) -> list[str]:
    """Where a member and steward finds forms."""
    bo, contribution = site.world.ids["Bo"], site.json("/test/contributions.json")["contributions"][0]["position"]
    income = site.json("/test/incomes.json")["incomes"][0]["position"]
    return [
        "/test/log/", "/test/log/sheet/", "/test/validate/", "/test/me/profile/", "/test/me/keys/", "/test/repayment/", "/test/incomes/new/",
        f"/test/incomes/{income}/reverse/", "/test/distributions/1/pay/", "/test/distributions/1/sepa/", "/test/distributions/new/",
        "/test/delegation/set/", "/test/record/event/", "/test/record/offer/", "/test/record/request/", "/test/sign-in/",
        *(f"/test/decisions/new/?question={kind}" for kind in ("resolution", "charter", "money", "steward", "budget")), "/-/me/erase/",
        *(f"/test/contributions/{contribution}/{act}/" for act in ("accept", "adjust", "refuse")), f"/test/agents/{bo}/", "/test/stewards/",
    ]  # fmt: skip


def test_what_is_entered_in_any_field_of_any_form_is_a_text(here: Site) -> None:
    """Every text field is filled in with a script, alone and together with the others; neither the answer nor any page runs it."""
    as_member(here, "Ana")
    tried = 0
    for place in places_with_forms(here):
        page = here.client.get(place).content.decode()
        for form in Forms(page, place.partition("?")[0]).found:
            values = {name: choices[0] for name, choices in form.radios.items()} | form.values
            if not form.action or not form.texts or "account" in form.action:
                continue
            for filled in ([name] for name in form.texts) if len(form.texts) > 1 else ():
                tried += in_order(here, form.action, values | dict.fromkeys(filled, PAYLOAD))
            tried += in_order(here, form.action, values | dict.fromkeys(form.texts, PAYLOAD))
    assert tried > 60
    member = here.world.ids["Ana"]
    seen = [f"/test/{path}" for path in ("", "contributions/", "money/", "incomes/", "payouts/", "people/", "decisions/", "journal/", "market/",
            "record/", "validate/", "flows/", "me/", "charter/", "search/?q=" + quote(PAYLOAD), "feed.atom", f"agents/{member}/")]  # fmt: skip
    said = [here.client.get(path).content.decode() for path in [*seen, "/-/me/", "/-/search/?q=" + quote(PAYLOAD)]]
    assert all(raw not in page for page in said for raw in RAW)
    assert any("&lt;script&gt;alert(1)" in page for page in said), "some of it was kept, and is shown as it is"


def in_order(site: Site, action: str, values: dict[str, str]) -> int:
    answer = site.client.post(action, values)
    page = answer.content.decode(errors="replace")
    assert answer.status_code < 500, (action, values)
    assert not any(raw in page for raw in RAW), (action, values)
    return 1


@pytest.mark.parametrize("place", ["/test/contributions/", "/test/incomes/", "/test/journal/", "/test/search/", "/-/search/", "/test/people/", "/test/validate/", "/test/what-if/", "/test/distributions/new/"])  # fmt: skip
def test_what_stands_in_an_address_is_a_text(here: Site, place: str) -> None:
    page = here.client.get(place).content.decode()
    names = set(re.findall(r'<(?:input|select)[^>]* name="([^"]+)"', page)) | {"q", "after", "before", "next", "said", "show", "kind", "state"}
    for name in names:
        answer = here.client.get(f"{place}?{quote(name)}={quote(PAYLOAD)}")
        assert answer.status_code < 500 and not any(raw in answer.content.decode() for raw in RAW), name


# Other sites


@pytest.mark.parametrize("wanted", EVIL)
def test_nobody_is_led_to_another_site(here: Site, wanted: str) -> None:
    """After signing in, signing up, showing who one is, signing out, taking part by a token, or by the path alone."""
    account("known@people.example")
    asked = quote(wanted)
    given = {"login": "known@people.example", "password": PASSPHRASE, "next": wanted}
    answers = [here.client.post(f"/-/account/login/?next={asked}", given)]
    assert answers[0].status_code == 302, "signed in"
    answers.append(here.client.post(f"/-/account/reauthenticate/?next={asked}", {"password": PASSPHRASE, "next": wanted}))
    answers.append(here.client.get(f"/-/account/login/?next={asked}"))
    answers.append(here.client.get(f"/-/account/signup/passkey/?next={asked}"))
    answers.append(here.client.post(f"/test/sign-in/?next={asked}", {"token": here.token("Bo"), "next": wanted}))
    answers.append(
        here.client.post("/test/log/", hidden(here.text("/test/log/")) | {"amount": "1", "kind": "work", "domain": "firmware", "next": wanted})
    )
    answers.append(here.client.post("/test/validate/several/", {"contribution": "1", "queue": wanted, "next": wanted}))
    answers.append(here.client.post(f"/-/account/logout/?next={asked}", {"next": wanted}))
    answers.append(here.client.get(wanted if wanted.startswith("/") else f"/{wanted}"))
    for answer in answers:
        to = answer.headers.get("Location", "/")
        parts = urlsplit(re.sub(r"[\t\r\n]", "", to).replace("\\", "/"))  # as browsers read it
        assert answer.status_code < 500 and parts.netloc in ("", "localhost") and parts.scheme in ("", "http"), (answer.status_code, to)
        assert not parts.path.startswith("//"), to


def test_nothing_is_fetched_from_where_a_text_points(here: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Links of evidence, sources of commits, names of resources: the node keeps them and opens no connection."""
    as_member(here, "Bo")

    def refused(*where: Any, **_: Any) -> Any:
        raise AssertionError(f"the node asked for {where}")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    inner = "https://169.254.169.254/latest/meta-data/\nhttps://localhost:6379/\nhttps://[::1]/"
    form = hidden(here.text("/test/log/")) | {"amount": "1", "kind": "work", "domain": "firmware", "links": inner, "note": inner}
    answer = here.client.post("/test/log/", form)
    assert answer.status_code == 302
    for path in (answer.headers["Location"], "/test/validate/", "/test/"):
        assert here.client.get(path).status_code == 200


def test_no_program_of_ours_can_fetch_a_page() -> None:
    """Nothing here imports a client of HTTP, but the worker, which asks itself whether it answers. Signing in by way of a provider is
    the library's, and goes only where the operator says."""
    clients = {"urllib.request", "http.client", "httpx", "requests", "aiohttp", "urllib3", "ftplib"}
    root = Path(commonhold.__file__).parent
    for file in set(root.rglob("*.py")) - {root / "server" / "worker.py"}:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            named = (
                [one.name for one in node.names] if isinstance(node, ast.Import) else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            )
            assert not clients & set(named), (file.relative_to(root), named)


# What belongs to others


def test_a_member_cannot_take_what_is_another_members(here: Site) -> None:
    """Bo withdraws, erases, ends, chooses or reads what is Cy's: nothing of it is written."""
    world = here.world
    cy = as_member(here, "Cy")
    sent = hidden(here.text("/test/log/")) | {"amount": "1", "kind": "work", "domain": "firmware", "files": SimpleUploadedFile("a.txt", b"of Cy")}
    position = re.search(r"\d+", here.client.post("/test/log/", sent).headers["Location"])[0]  # type: ignore[index]
    digest = hashlib.sha256(b"of Cy").hexdigest()
    shown_again(here)
    token = here.client.post("/test/me/keys/", hidden(here.text("/test/me/keys/")) | {"act": "token", "label": "of Cy"})
    assert b"chold_" in token.content
    id_ = re.search(r'name="id" value="([^"]+)"', here.text("/test/me/keys/"))[1]  # type: ignore[index]
    promise = world.commitment("Cy", "promise-of-cy", effortQuantity={"hasNumericalValue": "1", "hasUnit": "hour"})

    as_member(here, "Bo")
    shown_again(here)
    before, keys = entries(here), "/test/me/keys/"
    form = {"key": hidden(here.text(keys))["key"], "sure": "yes", "reason": "mine"}
    attempts = {
        f"/test/contributions/{position}/withdraw/": form,
        f"/test/contributions/{position}/appeal/": form,
        f"/test/contributions/{position}/erase/": form | {"sha256": digest},
        f"/test/give-back/{promise}/": form,
        "/test/repayment/": form | {"repayment": "never", "contributions": position},
        "/test/log/?repeat=" + position: form | {"repeat": position},
        "/test/distributions/1/pay/": form | {"agents": world.ids["Cy"], "reference": "x"},
        "/test/distributions/new/": form | {"fund": "common", "amount": "1.00", "result": "0" * 64},
        "/test/incomes/new/": form | {"amount": "1.00", "from": "org:giver", "source": "gift", "fund": "common"},
    }
    for path, fields in attempts.items():
        answer = here.client.post(path, fields)
        # Who may not record a distribution sees what it would come to, since the result named is not the one there is.
        assert answer.status_code in (400, 403, 404, 422) or path == "/test/distributions/new/", (path, answer.status_code)
    for act in ({"act": "end-token", "id": id_}, {"act": "revoke", "did": world.ids["Cy"]}, {"act": "let-go", "did": world.ids["Cy"]}):
        here.client.post(keys, form | act)
    assert here.client.get(f"/test/log/?repeat={position}").status_code == 404
    assert entries(here) == before and here.client.get(f"/test/files/{digest}/").content == b"of Cy"
    as_account(here, cy)
    assert id_ in here.text(keys) and world.ids["Cy"] in here.text(keys)
    assert here.client.post("/test/contributions/" + position + "/withdraw/", hidden(here.text("/test/log/")) | {"reason": "mine"}).status_code == 302


def test_a_steward_of_one_commons_is_nobody_in_another(here: Site) -> None:
    """Zoe, who founded the other commons, names things of `test` in the forms of her own, by position, id, digest and token."""
    world = here.world
    as_member(here, "Cy")
    sent = hidden(here.text("/test/log/")) | {"amount": "1", "kind": "work", "domain": "firmware", "files": SimpleUploadedFile("a.txt", b"of Cy")}
    position = re.search(r"\d+", here.client.post("/test/log/", sent).headers["Location"])[0]  # type: ignore[index]
    digest = hashlib.sha256(b"of Cy").hexdigest()
    promise = world.commitment("Cy", "promise-of-cy", effortQuantity={"hasNumericalValue": "1", "hasUnit": "hour"})
    here.client.cookies.clear()

    as_zoe(here)
    before, theirs = entries(here), entries(here, "other")
    form = hidden(here.text("/other/log/")) | {"reason": "mine", "commons": "test"}
    assert here.client.get(f"/other/files/{digest}/").status_code == 404
    assert here.client.get(f"/test/files/{digest}/").status_code != 200 or b"of Cy" not in here.client.get(f"/test/files/{digest}/").content
    for path, fields in {
        f"/other/contributions/{position}/accept/": {},
        "/other/validate/several/": {"contribution": position},
        f"/other/validate/batch/{position}/accept/": {},
        f"/other/give-back/{promise}/": {},
        f"/other/take/{promise}/": {"amount": "1"},
        "/other/log/": {"amount": "1", "kind": "work", "domain": "firmware", "fulfills": promise},
        "/other/distributions/1/pay/": {"agents": world.ids["Bo"], "reference": "x"},
        "/other/distributions/1/sepa/": {"iban": "DE89370400440532013000", "name": "Zoe"},
        "/other/incomes/new/": {"amount": "1.00", "from": "org:giver", "source": "gift", "fund": "common"},
        "/other/sign-in/": {"token": here.token("Bo")},
    }.items():
        answer = here.client.post(path, form | fields)
        to = answer.headers.get("Location", "")
        assert answer.status_code in (400, 403, 404, 422) or to == "/other/validate/?said=none-left", (path, answer.status_code, to)
    assert (entries(here), entries(here, "other")) == (before, theirs)
    logged = here.client.post("/other/log/?commons=test", form | {"amount": "1", "kind": "work", "domain": "firmware", "kept": digest})
    assert digest not in here.text(logged.headers["Location"]) and entries(here) == before, "a file of somebody else shows nothing of one's own"


# Fields that no form has


def test_fields_that_a_form_does_not_have_change_nothing(here: Site, settings_of: Any) -> None:
    from django.contrib.auth import get_user_model

    settings_of(COMMONHOLD_SIGN_UP="open")
    world, ana = here.world, here.world.ids["Ana"]
    more = {"is_staff": "1", "is_superuser": "1", "is_active": "0", "id": "1", "user": "1", "verified": "1", "primary": "1"}
    here.client.post("/-/account/signup/", {"email": "new@people.example", "password1": PASSPHRASE} | more)
    user = get_user_model().objects.get(email="new@people.example")
    assert not (getattr(user, "is_staff", False) or getattr(user, "is_superuser", False)) and user.is_active
    assert here.get("/-/me/").status_code == 302, "and the address is not verified"
    here.client.post("/-/account/confirm-email/", {"code": code_in(letters()[-1])})

    form = hidden(here.text("/test/join/"))
    joining = {"name": "New", "producer": "yes", "custody": "node", "agent": ana, "role": "steward", "roles": "steward", "author": ana, "did": ana}
    assert here.client.post("/test/join/", {"key": form["key"]} | joining).headers["Location"] == "/test/me/?said=joined"
    me = here.json("/test/me.json")["about"]["agent"]
    assert me not in world.ids.values()
    assert me not in here.text("/test/stewards/")

    forged = {
        "contributor": ana,
        "provider": ana,
        "author": ana,
        "agent": ana,
        "state": "validated",
        "counted": "9",
        "created": "2020-01-01T00:00:00Z",
    }
    sent = here.client.post("/test/log/", hidden(here.text("/test/log/")) | {"amount": "1", "kind": "work", "domain": "firmware"} | forged)
    said = here.json(sent.headers["Location"].partition("?")[0].rstrip("/") + ".json")
    assert said["contributor"] == me and said["state"] == "claimed"
    here.client.post("/test/me/profile/", hidden(here.text("/test/me/profile/")) | {"name": "Mine", "agent": ana, "commons": "other"})
    assert "Mine" not in here.text(f"/test/agents/{ana}/").split("<main")[1]


# Trying


def test_who_tries_codes_is_stopped(here: Site, settings_of: Any) -> None:
    """A code from a letter is good for a few tries; after them not even the right one opens anything."""
    settings_of(COMMONHOLD_SIGN_UP="open")
    here.client.post("/-/account/signup/", {"email": "new@people.example", "password1": PASSPHRASE})
    right = code_in(letters()[-1])
    for n in range(12):
        here.client.post("/-/account/confirm-email/", {"code": f"AAAA-AA{n:02d}"})
    here.client.post("/-/account/confirm-email/", {"code": right})
    assert here.get("/-/me/").status_code == 302, "not signed in"


def test_secrets_are_too_long_to_be_tried(here: Site) -> None:
    """Tokens and invitations are random and long, so that trying leads nowhere, at whatever speed."""
    from commonhold.web.accounts.invitations import invite

    secrets = [here.token("Bo").removeprefix("chold_") for _ in range(3)] + [invite("test", "") for _ in range(3)]
    assert len(set(secrets)) == 6 and all(len(re.sub(r"[^A-Za-z0-9]", "", one)) >= 26 for one in secrets), secrets


def test_what_is_written_into_a_record_is_never_markup(here: Site) -> None:
    """Ids may be any visible ASCII: in addresses and titles they are texts as well."""
    hostile = '"><script>alert(1)</script>'
    here.world.act("Bo", "flow.create", Create(record=Commitment(
        id=hostile, action="work", provider=here.world.ids["Bo"], note=PAYLOAD, effortQuantity={"hasNumericalValue": "1", "hasUnit": "hour"},  # type: ignore[arg-type]
    )))  # fmt: skip
    for path in ("/test/tasks/", f"/test/commitments/{quote(hostile, safe='')}/", "/test/journal/", "/test/feed.atom"):
        answer = here.client.get(path)
        assert answer.status_code == 200 and not any(raw in answer.content.decode() for raw in RAW), path
