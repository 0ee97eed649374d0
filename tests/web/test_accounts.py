"""Accounts: who may sign up, joining with a key of either custody, and what an account cannot be made to do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from forms import hidden
from mail_server import mail_server
from people import PASSPHRASE, account, answered, as_account, as_member, code_in, letters, nobody, shown_again
from serving import Site
from world import CHARTER

from commonhold.commons.custody import keeps
from commonhold.commons.entries import AddKey
from commonhold.commons.people import read_profile
from commonhold.commons.queries import active_keys, number_of
from commonhold.journal.keyfile import pem_of
from commonhold.journal.keys import SigningKey
from commonhold.node.tokens import list_tokens
from commonhold.node.verification import verify_commons


@pytest.fixture
def here(sqlite_site: Site) -> Iterator[Site]:
    """The site, with no accounts and nothing that limits how often one may try."""
    from django.contrib.sessions.models import Session

    nobody(Session)
    yield sqlite_site


def sign_up(site: Site, email: str) -> Any:
    return site.client.post("/-/account/signup/", {"email": email, "password1": PASSPHRASE})


def test_with_an_open_node_an_address_is_verified_before_anybody_is_signed_in(here: Site, settings_of: Any) -> None:
    settings_of(COMMONHOLD_SIGN_UP="open")
    answer = sign_up(here, "new@people.example")
    assert answer.status_code == 302 and answer.headers["Location"] == "/-/account/confirm-email/"
    assert here.get("/-/me/").status_code == 302, "not signed in before the code"
    wrong = here.client.post("/-/account/confirm-email/", {"code": "AAAA-AAAA"})
    assert wrong.status_code == 200
    done = here.client.post("/-/account/confirm-email/", {"code": code_in(letters()[-1])})
    assert done.status_code == 302
    assert "new@people.example" in here.text("/-/me/")


def test_without_an_invitation_nobody_signs_up_where_it_takes_one(here: Site, settings_of: Any) -> None:
    from commonhold.web.accounts.invitations import invite
    from commonhold.web.accounts.models import Invitation

    settings_of(COMMONHOLD_SIGN_UP="invited")
    before = len(letters())
    assert "by invitation" in sign_up(here, "stranger@people.example").content.decode() and len(letters()) == before
    assert here.get("/-/invited/nonsense/").status_code == 404
    secret = invite("test", here.world.ids["Ana"])
    assert secret not in str(list(Invitation.objects.values()))
    assert here.get(f"/-/invited/{secret}/").headers["Location"] == "/-/account/signup/passkey/?next=/test/join/"
    assert sign_up(here, "guest@people.example").status_code == 302 and len(letters()) == before + 1
    verify(here)
    here.client.cookies.clear()
    assert here.get(f"/-/invited/{secret}/").status_code == 404, "it is good once"
    assert "by invitation" in sign_up(here, "second@people.example").content.decode()


def verify(site: Site) -> None:
    assert site.client.post("/-/account/confirm-email/", {"code": code_in(letters()[-1])}).status_code == 302
    assert site.get("/-/me/").status_code == 200


def test_who_has_mistyped_the_address_begins_again_with_the_same_invitation(here: Site, settings_of: Any) -> None:
    from django.contrib.auth import get_user_model

    from commonhold.web.accounts.invitations import invite, open_invitations

    settings_of(COMMONHOLD_SIGN_UP="invited")
    secret = invite("test", here.world.ids["Ana"])
    here.get(f"/-/invited/{secret}/")
    assert sign_up(here, "gest@people.example").status_code == 302
    asked = here.text("/-/account/confirm-email/")
    assert "gest@people.example" in asked and 'href="/-/account/signup/passkey/">Begin again' in asked
    assert sign_up(here, "guets@people.example").status_code == 302, "in the same browser"
    here.client.cookies.clear()
    assert here.get(f"/-/invited/{secret}/").status_code == 302, "and in another"
    assert sign_up(here, "guest@people.example").status_code == 302
    verify(here)
    assert list(get_user_model().objects.values_list("email", flat=True)) == ["guest@people.example"], "nobody could get into the others"
    here.client.cookies.clear()
    assert here.get(f"/-/invited/{secret}/").status_code == 404 and open_invitations("test") == []
    get_user_model().objects.all().delete()
    assert here.get(f"/-/invited/{secret}/").status_code == 404, "an account that was erased leaves no invitation behind"


@pytest.mark.parametrize("first_is_verified", [True, False])
def test_two_browsers_with_one_invitation_make_one_account(here: Site, settings_of: Any, monkeypatch: Any, first_is_verified: bool) -> None:
    from django.contrib.auth import get_user_model
    from django.test import Client

    from commonhold.web.accounts import adapter
    from commonhold.web.accounts.invitations import invite

    settings_of(COMMONHOLD_SIGN_UP="invited")
    secret = invite("test", here.world.ids["Ana"])
    late, quick = here.client, Client(SERVER_NAME="localhost", raise_request_exception=False)
    for browser in (late, quick):
        assert browser.get(f"/-/invited/{secret}/").status_code == 302
    allowed, codes = adapter.may_sign_up, []

    def slowly(request: Any) -> bool:
        may = allowed(request)
        if not codes:
            codes.append("")
            assert quick.post("/-/account/signup/", {"email": "quick@people.example", "password1": PASSPHRASE}).status_code == 302
            codes.append(code_in(letters()[-1]))
            if first_is_verified:
                assert quick.post("/-/account/confirm-email/", {"code": codes[1]}).status_code == 302
        return may

    monkeypatch.setattr(adapter, "may_sign_up", slowly)
    answer = sign_up(here, "late@people.example")
    if first_is_verified:
        assert answer.status_code == 404 and "web.bad_invitation" in answer.content.decode()
    else:
        assert answer.status_code == 302
        gone = quick.post("/-/account/confirm-email/", {"code": codes[1]})
        assert gone.status_code == 200 and "Incorrect code" in gone.content.decode() and quick.get("/-/me/").status_code == 302
        verify(here)
    assert get_user_model().objects.count() == 1


def test_a_code_can_be_sent_once_more(here: Site, settings_of: Any) -> None:
    settings_of(COMMONHOLD_SIGN_UP="open")
    sign_up(here, "new@people.example")
    before = len("".join(letters()).split("To: new@people.example"))
    assert here.client.post("/-/account/confirm-email/", {"action": "resend"}).status_code == 302
    assert len("".join(letters()).split("To: new@people.example")) == before + 1
    verify(here)


def test_no_address_gets_into_the_log_when_a_code_cannot_be_sent(here: Site, settings_of: Any, caplog: Any) -> None:
    settings_of(COMMONHOLD_SIGN_UP="open", EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_USE_TLS=False)
    with mail_server(lambda verb, _begun: "550 <new@people.example> unknown" if verb == "RCPT" else None) as server:
        settings_of(EMAIL_PORT=server.server_address[1])
        assert sign_up(here, "new@people.example").status_code == 500
    assert "SMTPRecipientsRefused 550" in caplog.text and "new@people.example" not in caplog.text


def test_a_closed_node_takes_nobody(here: Site, settings_of: Any) -> None:
    from commonhold.web.accounts.invitations import invite

    settings_of(COMMONHOLD_SIGN_UP="closed")
    here.get(f"/-/invited/{invite('test', '')}/")
    assert "by invitation" in sign_up(here, "guest@people.example").content.decode()


def test_nobody_learns_who_has_an_account(here: Site, settings_of: Any) -> None:
    settings_of(COMMONHOLD_SIGN_UP="open")
    account("known@people.example")
    known = sign_up(here, "known@people.example")
    pages = [here.text("/-/account/confirm-email/").replace("known@", "@")]
    here.client.cookies.clear()
    unknown = sign_up(here, "unknown@people.example")
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    pages.append(here.text("/-/account/confirm-email/").replace("unknown@", "@"))
    masked = [re.sub(r'value="[A-Za-z0-9]{64}"|nonce-[^"]*', "", page) for page in pages]
    assert masked[0] == masked[1]
    here.client.cookies.clear()
    asked = [here.client.post("/-/account/password/reset/", {"email": email}) for email in ("known@people.example", "nobody@people.example")]
    assert asked[0].headers["Location"] == asked[1].headers["Location"]


def test_who_tries_passwords_is_slowed_down_and_told_so(here: Site) -> None:
    account("known@people.example")
    tries = [here.client.post("/-/account/login/", {"login": "known@people.example", "password": f"wrong {n}"}) for n in range(12)]
    assert "Too many failed login attempts" in tries[-1].content.decode() or tries[-1].status_code == 429
    late = here.client.post("/-/account/login/", {"login": "known@people.example", "password": PASSPHRASE})
    assert late.status_code != 302, "the right one comes too late as well"


def test_a_session_is_another_after_signing_in_and_leads_nowhere_else(here: Site) -> None:
    account("known@people.example")
    here.client.get("/-/account/login/")
    session = here.client.session
    session["planted"] = 1
    session.save()
    before = session.session_key
    here.client.cookies["sessionid"] = before
    answer = here.client.post("/-/account/login/?next=//evil.example/", {"login": "known@people.example", "password": PASSPHRASE})
    assert answer.status_code == 302 and answer.headers["Location"] == "/-/me/"
    assert here.client.cookies["sessionid"].value != before


def test_joining_takes_an_account_and_makes_a_member_whose_name_is_hidden_at_first(here: Site) -> None:
    assert "Make an account" in here.text("/test/join/")
    assert here.client.post("/test/join/", {"producer": "yes"}).status_code == 403
    user = account("mo@people.example")
    as_account(here, user)
    form = here.text("/test/join/")
    refused = here.client.post("/test/join/", {"name": "Mo", "key": hidden(form)["key"], "custody": "node"})
    assert refused.status_code == 400 and "web.no_roll" in refused.content.decode() and 'value="Mo"' in refused.content.decode()
    given = {"name": "Mo", "producer": "yes", "user": "yes", "custody": "node", "key": hidden(form)["key"]}
    assert here.client.post("/test/join/", given).headers["Location"] == "/test/me/?said=joined"
    page = here.text("/test/me/")
    assert "Mo" in page
    members = here.json("/api/commons/test/members")["members"]
    assert members[-1]["rolls"] == ["producer", "user"] and "Mo" not in json.dumps(members)
    assert here.get("/test/join/").headers["Location"] == "/test/me/", "once a member, no second time"
    assert len(here.json("/api/commons/test/members")["members"]) == len(members)
    assert verify_commons(here.world.node, "test").ok


def test_who_clicks_twice_joins_once_and_is_that_member(here: Site, monkeypatch: Any) -> None:
    from commonhold.commons.queries import find_agent
    from commonhold.web.accounts.memberships import agent_in

    user = account("mo@people.example")
    as_account(here, user)
    given = {"name": "Mo", "producer": "yes", "custody": "node", "key": hidden(here.text("/test/join/"))["key"]}
    before = len(here.json("/api/commons/test/members")["members"])
    join, second = here.world.node.join, []

    def slowly(*args: Any, **options: Any) -> Any:
        if not second:
            second.append(None)
            second[0] = here.client.post("/test/join/", given)
        return join(*args, **options)

    monkeypatch.setattr(here.world.node, "join", slowly)
    assert here.client.post("/test/join/", given).headers["Location"] == "/test/me/?said=joined"
    assert second[0].status_code == 422 and "web.joining" in second[0].content.decode()
    assert len(here.json("/api/commons/test/members")["members"]) == before + 1
    with here.world.node.read() as transaction:
        assert find_agent(transaction, "test", agent_in(user, "test")) is not None
    assert here.get("/test/join/").headers["Location"] == "/test/me/"


def test_who_was_interrupted_while_joining_can_join_a_minute_later(here: Site) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from commonhold.web.accounts.memberships import link
    from commonhold.web.accounts.models import Membership

    user = account("mo@people.example")
    as_account(here, user)
    link(user, "test", SigningKey.derived("never joined").did)
    given = {"name": "Mo", "producer": "yes", "custody": "node", "key": hidden(here.text("/test/join/"))["key"]}
    assert "web.joining" in here.client.post("/test/join/", given).content.decode()
    Membership.objects.update(made=timezone.now() - timedelta(seconds=61))
    assert here.client.post("/test/join/", given).headers["Location"] == "/test/me/?said=joined"


def joined_with(here: Site, key: SigningKey, email: str = "own@people.example") -> Any:
    user = account(email)
    as_account(here, user)
    form = hidden(here.text("/test/join/"))
    asked = here.client.post("/test/join/", {"name": "Own", "producer": "yes", "custody": "own", "did": key.did, "key": form["key"]})
    assert asked.status_code == 200 and "Nothing has been recorded yet" in asked.content.decode()
    done = here.client.post("/test/join/", answered(asked.content.decode(), key))
    assert done.headers.get("Location") == "/test/me/?said=joined", done.content.decode()
    return user


def test_who_keeps_their_own_key_signs_in_the_browser(here: Site) -> None:
    key = SigningKey.derived("own key of a test")
    joined_with(here, key)
    with here.world.node.read() as transaction:
        assert keeps(transaction, "test", key.did) == set()
    form = hidden(here.text("/test/log/"))
    given = {"kind": "work", "amount": "2", "domain": "firmware", "day": "2026-01-01", "key": form["key"]}
    asked = here.client.post("/test/log/", given)
    page = asked.content.decode()
    assert asked.status_code == 200 and "Sign it with your own key" in page, page
    signed = answered(page, key)
    forged = here.client.post("/test/log/", answered(page, SigningKey.derived("another")))
    assert forged.status_code in (403, 422), forged.content.decode()
    broken = signed | {"signatures": re.sub(r'": "..', '": "00', signed["signatures"])}
    assert "journal.bad_signature" in here.client.post("/test/log/", broken).content.decode()
    done = here.client.post("/test/log/", signed)
    assert done.status_code == 302, done.content.decode()
    again = here.client.post("/test/log/", signed)
    assert again.headers["Location"] == done.headers["Location"], "sent twice, recorded once"
    listed = here.json("/test/contributions.json")["contributions"]
    assert [one["contributor"] for one in listed] == [key.did]
    assert verify_commons(here.world.node, "test").ok


def test_what_was_to_be_signed_long_ago_is_not_taken(here: Site) -> None:
    key = SigningKey.derived("own key of a test")
    joined_with(here, key)
    given = {"kind": "work", "amount": "2", "domain": "firmware", "day": "2026-01-01", "key": hidden(here.text("/test/log/"))["key"]}
    signed = answered(here.client.post("/test/log/", given).content.decode(), key)
    here.world.clock.now += 601
    late = here.client.post("/test/log/", signed)
    assert late.status_code == 422 and "journal.too_late" in late.content.decode()
    early = here.client.post("/test/log/", signed | {"signed_at": str(here.world.clock.now + 60)})
    assert "journal.too_late" in early.content.decode()


def test_a_token_makes_a_member_part_of_an_account_once(here: Site) -> None:
    token = here.token("Bo")
    as_account(here, account("bo@people.example"))
    assert here.client.post("/test/sign-in/", {"token": "chold_nonsense"}).status_code == 403
    assert here.client.post("/test/sign-in/", {"token": token}).headers["Location"] == "/test/me/?said=linked"
    assert here.json("/test/me.json")["about"]["agent"] == here.world.ids["Bo"]
    as_account(here, account("thief@people.example"))
    taken = here.client.post("/test/sign-in/", {"token": token})
    assert taken.status_code == 422 and "web.linked" in taken.content.decode()


def test_keys_are_added_let_go_and_ended_but_never_the_last(here: Site) -> None:
    as_member(here, "Bo")
    shown_again(here)
    page = here.text("/test/me/keys/")
    first, other = here.world.ids["Bo"], SigningKey.derived("another key of Bo")
    act = lambda **fields: here.client.post("/test/me/keys/", {"key": hidden(page)["key"][:-2] + f"{len(fields.get('act', '')):02x}"} | fields)  # noqa: E731
    assert "web.last_key" in act(act="let-go", did=first).content.decode()
    assert act(act="add", did=other.did).headers["Location"].endswith("key-added")
    assert other.did in here.text("/test/me/keys/")
    assert act(act="let-go", did=first).headers["Location"].endswith("let-go")
    with here.world.node.read() as transaction:
        assert keeps(transaction, "test", first) == set()
    asked = act(act="revoke", did=first)
    assert "Sign it with your own key" in asked.content.decode()
    done = here.client.post("/test/me/keys/", answered(asked.content.decode(), other))
    assert done.headers["Location"].endswith("key-ended")
    assert here.text("/test/me/keys/").count("did:key:z") == 1 + here.text("/test/me/keys/").count('pattern="did:key:z') * 1


def test_a_key_is_taken_along_only_by_its_owner_who_has_just_shown_who_they_are(here: Site) -> None:
    as_member(here, "Bo")
    assert "reauthenticate" in here.client.post("/test/me/keys/export/").headers["Location"]
    shown_again(here)
    answer = here.client.post("/test/me/keys/export/")
    assert answer.status_code == 200 and answer.content == pem_of(here.world.keys["Bo"])
    assert answer.headers["Cache-Control"] == "no-store"
    here.client.cookies.clear()
    assert here.client.post("/test/me/keys/export/").status_code == 403


@pytest.mark.parametrize("act", ["add", "revoke", "let-go", "token", "end-token"])
def test_keys_and_tokens_are_changed_only_by_who_has_just_shown_who_they_are(here: Site, act: str) -> None:
    as_member(here, "Bo")
    first, other = here.world.ids["Bo"], SigningKey.derived("another key of Bo")
    here.world.act("Bo", "key.add", AddKey(key=other.did))
    here.token("Bo")
    with here.world.node.read() as transaction:
        token = list_tokens(transaction, "test", first)[0]["id"]
    did = {"add": SigningKey.derived("a third").did, "revoke": other.did}.get(act, first)
    given = {"act": act, "did": did, "label": "phone", "id": token}

    def standing() -> tuple[Any, ...]:
        """Keys that speak for Bo, those that the node keeps, tokens."""
        with here.world.node.read() as transaction:
            number = number_of(transaction, "test", first)
            return active_keys(transaction, "test", number), keeps(transaction, "test", first), list_tokens(transaction, "test", first)

    before, form = standing(), hidden(here.text("/test/me/keys/"))
    suspended = here.client.post("/test/me/keys/", given | {"key": form["key"]})
    assert suspended.status_code == 302 and "reauthenticate" in suspended.headers["Location"] and standing() == before
    again = here.client.post(suspended.headers["Location"], {"password": "a wrong passphrase", "next": "/test/me/keys/"})
    assert again.status_code == 200 and standing() == before
    done = here.client.post(suspended.headers["Location"], {"password": PASSPHRASE, "next": "/test/me/keys/"})
    assert done.status_code == (200 if act == "token" else 302), done.content.decode()
    assert standing() != before, "what was asked for before is done, and need not be sent again"
    assert verify_commons(here.world.node, "test").ok


def test_what_is_wrong_with_a_key_is_told_on_a_page_that_can_be_sent_again(here: Site) -> None:
    """It stands at the address where they have shown who they are, and its forms go to that of the keys."""
    as_member(here, "Bo")
    sent = {"act": "add", "did": "did:key:znonsense", "key": hidden(here.text("/test/me/keys/"))["key"]}
    asked = here.client.post("/test/me/keys/", sent).headers["Location"]
    told = here.client.post(asked, {"password": PASSPHRASE, "next": "/test/me/keys/"}).content.decode()
    assert "This is not the did:key of a person." in told
    forms = [one for one in re.findall(r'<form[^>]*method="post"[^>]*>', told) if "/-/language/" not in one]
    assert len(forms) == 3 and all('action="/test/me/keys/' in one for one in forms), forms


def test_what_a_token_opened_does_not_change_keys(here: Site) -> None:
    here.client.post("/test/sign-in/", {"token": here.token("Bo")})
    assert here.json("/test/me.json")["byToken"] is True
    page = hidden(here.text("/test/me/keys/"))
    assert "web.needs_account" in here.client.post("/test/me/keys/", {"act": "token", "key": page.get("key", "")}).content.decode()


def test_erasing_an_account_erases_the_person_and_leaves_the_journal(here: Site) -> None:
    from django.contrib.auth import get_user_model

    as_member(here, "Bo", "bo.private@people.example")
    given = {"name": "Bo Private", "public": "yes", "email": "bo.private@people.example", "iban": "DE89370400440532013000", "bic": ""}
    assert here.client.post("/test/me/profile/", given).headers["Location"] == "/test/me/?said=kept"
    assert "Bo Private" in here.text(f"/test/agents/{here.world.ids['Bo']}/")
    assert "reauthenticate" in here.client.post("/-/me/erase/", {"sure": "yes"}).headers["Location"]
    shown_again(here)
    unsure = here.client.post("/-/me/erase/", {})
    assert unsure.status_code == 400 and "web.not_sure" in unsure.content.decode()
    gone = here.client.post("/-/me/erase/", {"sure": "yes"})
    assert gone.headers["Location"] == "/?said=erased"
    assert not get_user_model().objects.filter(email="bo.private@people.example").exists()
    with here.world.node.read() as transaction:
        assert read_profile(transaction, "test", here.world.ids["Bo"]).name is None
        assert keeps(transaction, "test", here.world.ids["Bo"]) == set()
    assert "Bo Private" not in here.text(f"/test/agents/{here.world.ids['Bo']}/")
    assert "login" in here.get("/-/me/").headers["Location"]
    assert verify_commons(here.world.node, "test").ok
    assert b"Bo Private" not in (here.world.node.home / "commonhold.db").read_bytes()


def member_of_two(here: Site) -> tuple[Any, str]:
    """Bo with an account, a name in this commons and in another, which Bo has founded; Bo's id in the other."""
    from commonhold.commons.people import write_profile
    from commonhold.web.accounts.memberships import link

    user = as_member(here, "Bo", "bo.private@people.example")
    key = SigningKey.derived("Bo elsewhere")
    here.world.node.found("other", CHARTER, key, keep=True)
    link(user, "other", key.did)
    with here.world.node.database.write() as transaction:
        for commons, agent in (("test", here.world.ids["Bo"]), ("other", key.did)):
            write_profile(transaction, commons, agent, name="Bo Private", email="bo.private@people.example", public=True)
    shown_again(here)
    return user, key.did


def kept(here: Site, other: str) -> list[str | None]:
    """The names that the node still keeps."""
    with here.world.node.read() as transaction:
        return [read_profile(transaction, commons, agent).name for commons, agent in (("test", here.world.ids["Bo"]), ("other", other))]


def test_an_account_is_erased_whole_even_if_somebody_reads_and_says_so(here: Site, monkeypatch: Any) -> None:
    """The bytes in the file cannot be overwritten while another program reads it: everything else goes all the same."""
    import sqlite3
    from contextlib import closing

    from django.contrib.auth import get_user_model

    from commonhold.node import erasure
    from commonhold.web.views import account as view

    monkeypatch.setattr(view, "WIPE_WAIT_SECONDS", 0.1)
    user, other = member_of_two(here)
    with closing(sqlite3.connect(here.world.node.home / "commonhold.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM commons").fetchone()
        gone = here.client.post("/-/me/erase/", {"sure": "yes"})
        reader.execute("COMMIT")
    assert gone.headers["Location"] == "/?said=erased-not-wiped"
    assert "Traces of it may be left" in here.text("/?said=erased-not-wiped")
    assert kept(here, other) == [None, None] and not get_user_model().objects.filter(pk=user.pk).exists()
    assert "login" in here.get("/-/me/").headers["Location"]
    erasure.wipe(here.world.node)
    assert b"Bo Private" not in (here.world.node.home / "commonhold.db").read_bytes()


def test_the_database_is_written_anew_once_however_many_commons_somebody_was_in(here: Site, monkeypatch: Any) -> None:
    from commonhold.node import erasure

    wiped = []
    monkeypatch.setattr(erasure, "_wipe_sqlite", lambda *_: wiped.append(None))
    _user, other = member_of_two(here)
    assert here.client.post("/-/me/erase/", {"sure": "yes"}).headers["Location"] == "/?said=erased"
    assert kept(here, other) == [None, None] and len(wiped) == 1


def test_letters_in_files_go_with_the_account_and_those_of_others_stay(here: Site, settings_of: Any) -> None:
    from django.core.mail import EmailMessage, get_connection

    as_member(here, "Bo", "bo.private@people.example")
    with get_connection() as connection:
        # In one run of letters, all are in one file.
        for to in ("bo.private@people.example", "cy@people.example", "Bo <Bo.Private@people.example>", "not.bo.private@people.example"):
            connection.send_messages([EmailMessage("News", f"of the commons, for {to}", to=[to])])
    EmailMessage("A code", "AAAA-BBBB", to=["bo.private@people.example"]).send()
    shown_again(here)
    assert here.client.post("/-/me/erase/", {"sure": "yes"}).headers["Location"] == "/?said=erased"
    left = "".join(letters())
    assert "To: bo.private" not in left and "Bo.Private" not in left and "AAAA-BBBB" not in left
    assert "for cy@people.example" in left and "for not.bo.private@people.example" in left


def test_letters_in_files_are_let_go_after_a_week(here: Site, monkeypatch: Any) -> None:
    import os
    import time
    from pathlib import Path

    from django.conf import settings
    from django.core.mail import EmailMessage

    from commonhold.web.accounts import tasks

    monkeypatch.setattr(tasks, "node_of_work", lambda: here.world.node)
    for name, days in (("old", 8), ("young", 6)):
        EmailMessage(name, f"{name} letter", to=["cy@people.example"]).send()
        for made in Path(settings.EMAIL_FILE_PATH).iterdir():
            if f"{name} letter" in made.read_text():
                # Within a second, the next letter might be written to the same file.
                made.rename(made.with_name(f"{name}.log"))
                os.utime(made.with_name(f"{name}.log"), (time.time() - days * 86_400,) * 2)
    tasks.write_letters.func()
    assert "young letter" in "".join(letters()) and "old letter" not in "".join(letters())


def test_with_a_key_of_ones_own_one_validates_delegates_and_votes_in_secret(here: Site) -> None:
    """Every sort of form is signed in the browser: one that is a view of its own, and a hidden ballot, whose salt must be the same both times."""
    key = SigningKey.derived("own key of a test")
    joined_with(here, key)
    here.world.log("Bo", amount="3")
    queue = here.text("/test/validate/")
    position = re.search(r'name="contribution" value="([0-9]+)"', queue)[1]
    asked = here.client.post("/test/validate/several/", {"contribution": position, "key": hidden(queue)["key"]})
    assert "Sign it with your own key" in asked.content.decode()
    assert "said=accepted" in here.client.post("/test/validate/several/", answered(asked.content.decode(), key)).headers["Location"]
    assert verify_commons(here.world.node, "test").ok
