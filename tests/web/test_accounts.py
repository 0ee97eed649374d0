"""Accounts: who may sign up, joining with a key of either custody, and what an account cannot be made to do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from forms import hidden
from people import PASSPHRASE, account, answered, as_account, as_member, code_in, letters, nobody, shown_again
from serving import Site

from commonhold.commons.custody import keeps
from commonhold.commons.people import read_profile
from commonhold.journal.keyfile import pem_of
from commonhold.journal.keys import SigningKey
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
    here.client.cookies.clear()
    assert here.get(f"/-/invited/{secret}/").status_code == 404, "it is good once"
    assert "by invitation" in sign_up(here, "second@people.example").content.decode()


def test_a_closed_node_takes_nobody(here: Site, settings_of: Any) -> None:
    from commonhold.web.accounts.invitations import invite

    settings_of(COMMONHOLD_SIGN_UP="closed")
    here.get(f"/-/invited/{invite('test', '')}/")
    assert "by invitation" in sign_up(here, "guest@people.example").content.decode()


def test_nobody_learns_who_has_an_account(here: Site, settings_of: Any) -> None:
    settings_of(COMMONHOLD_SIGN_UP="open")
    account("known@people.example")
    known, unknown = sign_up(here, "known@people.example"), None
    here.client.cookies.clear()
    unknown = sign_up(here, "unknown@people.example")
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
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
