"""Letters: what they tell, whom, how often, in which language; the way out of them; and that none is sent twice."""

from __future__ import annotations

import email
import re
import sys
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from mail_server import HANG_UP, MailServer, mail_server
from people import account, as_member, nobody
from serving import Site
from world import CHARTER

sys.path.insert(0, str(Path(__file__).parent.parent / "governance"))

from deciding import charter_option, delegate, everybody, found, propose, say, vote

from commonhold.sharing.commands import PayParams

DAY = 86_400


@pytest.fixture
def post(site: Site, settings_of: Any) -> Iterator[Site]:
    """The site with letters that are kept in memory, and accounts for Ana and Bo."""
    from commonhold.node.notices import SORTS
    from commonhold.web.accounts.models import Letter, Scan, Told, Wish
    from commonhold.web.accounts.notifications import wish

    nobody(Scan, Told, Letter, Wish)
    settings_of(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend", COMMONHOLD_PUBLIC_URL="https://commons.example.org")
    mail.outbox = []
    ana = as_member(site, "Ana")
    wish(ana.pk, "test", dict.fromkeys(SORTS, "never"))
    as_member(site, "Bo")
    go(site)  # nobody wants letters about the past
    yield site


def go(site: Site) -> list[Any]:
    """What a worker does once in a minute; return the letters that it sent."""
    from commonhold.web.accounts.letters import send_due
    from commonhold.web.accounts.notifications import scan

    before = len(mail.outbox)
    scan(site.world.node)
    send_due(site.world.node)
    return list(mail.outbox[before:])


def wants(site: Site, how: str, **others: str) -> None:
    """Bo chooses, on the page."""
    from commonhold.node.notices import SORTS

    answer = site.client.post("/test/me/notifications/", dict.fromkeys(SORTS, how) | others)
    assert answer.headers["Location"] == "/test/me/notifications/?said=kept"


def test_by_default_a_letter_a_week_has_all_of_it_and_nothing_comes_before(post: Site) -> None:
    one = post.world.validated("Bo")
    assert go(post) == []
    post.world.clock.days(3)
    other = post.world.validated("Bo", amount="2")
    assert go(post) == []
    post.world.clock.days(4.1)
    [letter] = go(post)
    assert letter.to == ["bo@people.example"] and letter.subject == "Test commons: Your week"
    for position in (one, other):
        assert f"Contribution {position} is validated: https://commons.example.org/test/contributions/{position}/" in letter.body
    assert "once a week at most" in letter.body and "Ana" not in letter.body and "ana@" not in letter.body
    post.world.clock.days(30)
    assert go(post) == [], "what was told is not told again"


def test_who_wants_to_be_told_at_once_is(post: Site) -> None:
    wants(post, "never", decided="once", share="daily")
    position = post.world.validated("Bo", amount="4")
    [letter] = go(post)
    assert f"/contributions/{position}/" in letter.body and letter.subject == "Test commons: News for you"
    post.world.income("100.00")
    post.world.share()
    assert go(post) == []
    post.world.clock.days(1)
    [letter] = go(post)
    assert "Shared with you\n  - Distribution 1: https://commons.example.org/test/distributions/1/" in letter.body
    post.world.act("Ana", "share.pay", PayParams(distribution=1))
    post.world.clock.days(9)
    assert go(post) == [], "of payouts Bo wants to hear nothing"


def test_a_vote_that_opens_one_that_closes_soon_and_a_delegate_who_was_quicker(post: Site) -> None:
    world = post.world
    wants(post, "once")
    delegate(world, "Bo", "Cy")
    number = propose(world, "Ana", "charter", charter_option(), title="Shall we\n <b>move</b>?")
    say(world, "Cy", "second", number)
    assert go(post) == [], "it is discussed first"
    everybody(world, "charter", number)
    [letter] = go(post)
    assert "Votes that you can cast\n  - Shall we <b>move</b>? (until 2026-" in letter.body and f"/test/decisions/{number}/" in letter.body
    assert "Votes that close soon" not in letter.body and go(post) == []
    vote(world, number, Cy="yes")
    world.clock.now = found(world, number).closes - 3_600
    [letter] = go(post)
    assert "Votes that close soon\n  - Shall we <b>move</b>?" in letter.body and "Your delegate has voted\n" in letter.body
    assert "Votes that you can cast" not in letter.body and "Cy" not in letter.body
    assert go(post) == []
    vote(world, number, Bo="no")
    other = propose(world, "Ana", "charter", charter_option(), title="And who pays?")
    say(world, "Cy", "second", other)
    everybody(world, "charter", other)
    vote(world, other, Bo="no")
    assert go(post) == [], "Bo has voted"


def test_a_vote_that_is_over_when_the_letter_is_written_is_not_told(post: Site) -> None:
    number = propose(post.world, "Ana", "charter", charter_option())
    say(post.world, "Cy", "second", number)
    everybody(post.world, "charter", number)
    go(post)
    post.world.clock.days(40)
    assert go(post) == []


def test_who_is_asked_to_judge_is_told(post: Site) -> None:
    post.world.charter(CHARTER.replace("quorum = 2", "quorum = 1\nreviewers = 2"))
    wants(post, "once")
    positions = [post.world.log("Cy") for _ in range(2)]
    bodies = "".join(letter.body for letter in go(post))
    with post.world.node.read() as transaction:
        sql = "SELECT r.position FROM review r JOIN agent a ON a.commons = r.commons AND a.number = r.agent WHERE a.id = ?"
        drawn = [row[0] for row in transaction.rows(sql, (post.world.ids["Bo"],))]
    assert drawn == positions
    for position in drawn:
        assert f"/test/contributions/{position}/" in bodies


def test_no_letter_is_sent_twice_whenever_it_is_killed(post: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.mail import EmailMessage

    from commonhold.web.accounts.models import Letter, Scan, Told

    wants(post, "once")
    post.world.validated("Bo")
    before = Scan.objects.get(commons="test").position
    from commonhold.web.accounts.notifications import scan

    scan(post.world.node)
    Scan.objects.filter(commons="test").update(position=before)  # as if it had been killed before it noted how far it was
    scan(post.world.node)
    assert Told.objects.count() == 1

    def dies(self: Any, *_: Any) -> int:
        raise SystemExit(1)

    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", dies)
        with pytest.raises(SystemExit):
            go(post)
    assert go(post) == [], "it may have gone out: it is not sent again"
    assert [letter.sent for letter in Letter.objects.all()] == [None], "and it is known that nobody knows"
    post.world.validated("Bo", amount="2")
    assert len(go(post)) == 1 and go(post) == []


def test_without_a_server_for_letters_nothing_is_lost(post: Site, settings_of: Any) -> None:
    from commonhold.web.accounts.tasks import write_letters

    wants(post, "once")
    post.world.validated("Bo")
    settings_of(EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=9)
    with pytest.raises(OSError):
        go(post)
    assert write_letters is not None
    settings_of(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
    assert len(go(post)) == 1


def five(site: Site) -> list[str]:
    """Five accounts that are to be told something at once; their addresses."""
    from commonhold.node.notices import SORTS
    from commonhold.web.accounts.memberships import link
    from commonhold.web.accounts.notifications import wish

    wants(site, "once")
    site.world.join("one", "two", "three")
    for who in ("Cy", "one", "two", "three"):
        user = account(f"{who.lower()}@people.example")
        link(user, "test", site.world.ids[who])
        wish(user.pk, "test", dict.fromkeys(SORTS, "once"))
    for who in ("Bo", "Cy", "one", "two", "three"):
        site.world.validated(who)
    return [f"{who}@people.example" for who in ("bo", "cy", "one", "two", "three")]


def minutes(site: Site, settings_of: Any, server: MailServer, count: int) -> list[str]:
    """A worker writes letters that often; whom the server has got letters for, in all."""
    from commonhold.web.accounts import tasks

    settings_of(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=server.server_address[1], EMAIL_USE_TLS=False
    )
    for _ in range(count):
        tasks.write_letters.func()
    return [str(email.message_from_string(letter)["To"]) for letter in server.taken]


@pytest.fixture
def at_work(post: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The site whose node the worker of this process works for."""
    from commonhold.web.accounts import tasks

    monkeypatch.setattr(tasks, "node_of_work", lambda: post.world.node)
    return post


def test_when_the_connection_drops_the_letters_that_follow_wait_for_the_next_minute(at_work: Site, settings_of: Any, caplog: Any) -> None:
    told = five(at_work)
    with mail_server(lambda verb, begun: HANG_UP if verb == "." and begun == 2 else None) as server:
        assert minutes(at_work, settings_of, server, 1) == told[:1]
        assert minutes(at_work, settings_of, server, 2) == [told[0], *told[2:]], "what it may have taken is not sent again"
    assert "@people.example" not in caplog.text and "SMTPServerDisconnected" in caplog.text


def test_a_server_that_takes_so_many_on_a_connection_gets_the_others_on_the_next(at_work: Site, settings_of: Any) -> None:
    told = five(at_work)
    with mail_server(lambda verb, begun: "421 enough for now" if verb == "MAIL" and begun == 2 else None) as server:
        assert minutes(at_work, settings_of, server, 1) == told[:2]
        server.answer = lambda _verb, _begun: None
        assert minutes(at_work, settings_of, server, 2) == told, "it has said that it did not take the third"


def test_a_reader_whom_the_server_refuses_keeps_nobody_else_from_theirs(at_work: Site, settings_of: Any, caplog: Any) -> None:
    told = five(at_work)
    with mail_server(lambda verb, begun: "550 5.1.1 <cy@people.example> unknown" if verb == "RCPT" and begun == 2 else None) as server:
        assert minutes(at_work, settings_of, server, 3) == [told[0], *told[2:]]
    assert "cy@people.example" not in caplog.text and "SMTPRecipientsRefused 550" in caplog.text


def test_a_letter_that_is_not_taken_at_present_is_tried_again_for_a_day(at_work: Site, settings_of: Any) -> None:
    from commonhold.web.accounts.models import Told

    told = five(at_work)
    with mail_server(lambda verb, begun: "451 later" if verb == "RCPT" and begun == 2 else None) as server:
        assert minutes(at_work, settings_of, server, 1) == [told[0], *told[2:]]
        assert minutes(at_work, settings_of, server, 1) == [told[0], *told[2:], told[1]]
        at_work.world.validated("Bo")
        server.answer = lambda verb, _begun: "451 later" if verb == "RCPT" else None
        minutes(at_work, settings_of, server, 2)
        assert Told.objects.filter(letter=None).count() == 1
        at_work.world.clock.days(1)
        minutes(at_work, settings_of, server, 1)
        assert Told.objects.filter(letter=None).count() == 0, "it is not tried for ever"


def headers(letter: Any) -> Message:
    return email.message_from_bytes(letter.message().as_bytes())


def test_one_click_ends_them_without_signing_in_and_looking_does_not(post: Site) -> None:
    from django.test import Client

    wants(post, "once")
    post.world.validated("Bo")
    [letter] = go(post)
    link = re.fullmatch(
        r"<https://commons\.example\.org(/-/letters/[^/]+/)>", str(headers(letter)["List-Unsubscribe"]).replace("\n ", "").replace(" ", "")
    )
    assert link is not None and headers(letter)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link[1] in letter.body
    stranger = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    page = stranger.get(link[1])
    assert page.status_code == 200 and "bo@" not in page.content.decode() and "<button" in page.content.decode()
    post.world.validated("Bo", amount="2")
    assert len(go(post)) == 1, "a program that looks at links has ended nothing"
    post.world.validated("Bo", amount="3")
    assert stranger.post(link[1], {"List-Unsubscribe": "One-Click"}).status_code == 200
    post.world.clock.days(30)
    assert go(post) == []
    assert stranger.post(f"/-/letters/{'x' * 30}/").status_code == stranger.get("/-/letters/x/").status_code == 400
    assert 'value="never" selected' in post.text("/test/me/notifications/")


def test_letters_go_to_verified_addresses_of_members_alone(post: Site) -> None:
    from allauth.account.models import EmailAddress

    from commonhold.web.accounts.models import Told

    wants(post, "once")
    EmailAddress.objects.filter(email="bo@people.example").update(verified=False)
    post.world.validated("Bo")
    assert go(post) == [] and Told.objects.count() == 0
    account("zoe@people.example")  # of no commons
    post.world.validated("Cy")
    assert go(post) == []


def test_they_are_erased_with_the_account(post: Site) -> None:
    from django.contrib.auth import get_user_model

    from commonhold.web.accounts.models import Letter, Reader, Told, Wish

    wants(post, "once")
    post.world.validated("Bo")
    go(post)
    assert Letter.objects.count() == 1
    get_user_model().objects.filter(email="bo@people.example").delete()
    get_user_model().objects.filter(email="ana@people.example").delete()
    assert [model.objects.count() for model in (Letter, Told, Wish, Reader)] == [0, 0, 0, 0]


def test_who_came_with_a_token_has_no_letters(post: Site) -> None:
    post.client.cookies.clear()
    token = post.token("Bo")
    assert post.client.post("/test/sign-in/", {"token": token}).status_code == 302
    assert "Sign in with one to choose" in post.text("/test/me/notifications/") and "bo@people" not in post.text("/test/me/notifications/")
    assert post.client.post("/test/me/notifications/", {}).status_code == 403


def test_a_choice_that_there_is_not_is_refused(post: Site) -> None:
    from commonhold.node.notices import SORTS

    refused = post.client.post("/test/me/notifications/", dict.fromkeys(SORTS, "weekly") | {"share": "hourly"})
    assert refused.status_code == 400 and "web.bad_value" in refused.content.decode()


def test_nothing_in_a_name_gets_into_the_head_of_a_letter(post: Site) -> None:
    post.world.charter(CHARTER.replace('name = "Test commons"', 'name = "Test\\ncommons: x\\r\\nBcc: a@b.example"'))
    wants(post, "once")
    post.world.validated("Bo")
    [letter] = go(post)
    assert headers(letter)["Bcc"] is None and letter.recipients() == ["bo@people.example"] and "\n" not in letter.subject
