"""The forms of decisions: who may send them, what they show before anything is recorded, what lands once, what comes back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from decisions_to_show import Deciding, act, ask, deciding_site
from forms import fields, form_to, sign_in
from governance.deciding import close
from reading import Page
from working import entries


@pytest.fixture
def deciding(sqlite_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deciding]:
    yield from deciding_site(sqlite_home, monkeypatch)


@pytest.fixture
def both_stores(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deciding]:
    yield from deciding_site(home, monkeypatch)


def test_who_is_not_signed_in_is_shown_the_door(deciding: Deciding) -> None:
    before = entries(deciding)
    number = deciding.numbers["voting"]
    token = fields(deciding.text("/test/sign-in/"))["csrfmiddlewaretoken"]
    for path in (
        f"/test/decisions/{number}/vote/",
        f"/test/decisions/{number}/comment/",
        "/test/delegation/set/",
        "/test/decisions/new/?question=role",
    ):
        assert "Your token" in deciding.text(path)
        answer = deciding.client.post(path, {"csrfmiddlewaretoken": token, "answer": "yes", "text": "x", "question": "role"})
        assert answer.status_code == 403 and b"web.not_signed_in" in answer.content, path
    assert "Cast your vote" not in deciding.text(f"/test/decisions/{number}/")
    assert entries(deciding) == before


def test_a_form_without_its_token_is_refused(deciding: Deciding) -> None:
    sign_in(deciding, "Di")
    address = f"/test/decisions/{deciding.numbers['voting']}/vote/"
    shown = form_to(deciding.text(address.removesuffix("vote/")), address) | {"answer": "yes"}
    del shown["csrfmiddlewaretoken"]
    before = entries(deciding)
    assert deciding.client.post(address, shown).status_code == 403
    assert entries(deciding) == before


def test_a_hidden_vote_brings_a_receipt_once_and_the_last_one_counts(both_stores: Deciding) -> None:
    sign_in(both_stores, "Di")
    first = act(both_stores, "voting", "vote", answer="no")
    html = first.content.decode()
    assert first.status_code == 200 and "Keep this" in html and '"salt"' in unescape(html) and first.headers["Cache-Control"] == "no-store"
    page = both_stores.page("voting")
    assert "You have voted." in page.text and "salt" not in page.text
    before = entries(both_stores)
    number = both_stores.numbers["voting"]
    shown = form_to(both_stores.text(f"/test/decisions/{number}/"), f"/test/decisions/{number}/vote/") | {"answer": "yes"}
    answers = [both_stores.client.post(f"/test/decisions/{number}/vote/", shown) for _ in range(2)]
    receipts = [re.search(r"salt&#34;: &#34;([0-9a-f]{32})", answer.content.decode()) for answer in answers]
    assert [answer.status_code for answer in answers] == [200, 200] and receipts[0] and receipts[1] and receipts[0][1] == receipts[1][1]
    assert entries(both_stores) == before + 1
    both_stores.world.clock.days(7)
    close(both_stores.world, number)
    ballots = {one["voter"]: one["ballot"] for one in both_stores.told("voting")["ballots"]}  # type: ignore[attr-defined]
    assert ballots[both_stores.world.ids["Di"]] == {"answer": "yes"}


def test_an_empty_ballot_and_one_of_strange_options_are_told_what_is_wrong(deciding: Deciding) -> None:
    sign_in(deciding, "Di")
    before = entries(deciding)
    for name, entered in (("voting", {}), ("voting", {"answer": "perhaps"}), ("ranked", {}), ("ranked", {"rank-ana": "best"})):
        answer = act(deciding, name, "vote", **entered)
        assert answer.status_code in (400, 422) and b'role="alert"' in answer.content, (name, entered)
    strange = act(deciding, "ranked", "vote", **{"rank-<script>": "1", "rank-di": "2", "rank-ana": "1"})
    assert strange.status_code == 200 and entries(deciding) == before + 1
    sign_in(deciding, "Flo")
    assert act(deciding, "approve", "vote", **{"approve-barn": "yes", "approve-nothing": "yes"}).status_code == 200


def test_an_open_vote_is_shown_at_once(deciding: Deciding) -> None:
    sign_in(deciding, "Di")
    answer = act(deciding, "open", "vote", answer="abstain")
    assert answer.headers["Location"].endswith("?said=voted")
    assert "Your vote is recorded." in deciding.text(answer.headers["Location"])


def test_objections_are_raised_lifted_and_consent_is_given(deciding: Deciding) -> None:
    sign_in(deciding, "Di")
    assert act(deciding, "objections", "object", reason="  ").status_code in (400, 422)
    assert act(deciding, "objections", "object", reason="Too early").headers["Location"].endswith("said=objected")
    assert "Too early" in deciding.page("objections").text
    assert act(deciding, "objections", "lift").headers["Location"].endswith("said=lifted")
    assert act(deciding, "objections", "consent").headers["Location"].endswith("said=consented")
    assert "You can live with it." in deciding.page("objections").text


def test_a_second_a_comment_an_idea_and_support(deciding: Deciding) -> None:
    sign_in(deciding, "Cy")
    assert act(deciding, "seconds", "second").status_code == 302
    assert deciding.told("seconds")["phase"] == "voting"
    assert act(deciding, "discussion", "comment", text="Why so much?\n\nTell us.").status_code == 302
    assert "Tell us." in deciding.page("discussion").text
    idea = act(deciding, "ideas", "amend", title="Ein Zaun für Ötzi", text="Wood", cost="12,50", to="Bo")
    assert idea.status_code == 302, idea.content.decode()[-2000:]
    told = deciding.told("ideas")["options"][-1]  # type: ignore[index]
    assert (told["id"], told["cost"], told["to"]) == ("ein-zaun-fur-otzi", "12.50", deciding.world.ids["Bo"])
    assert act(deciding, "ideas", "amend", title="For nobody", to="Zerubbabel Hidden").status_code == 404
    assert act(deciding, "support", "support", part="101").status_code == 400
    assert act(deciding, "support", "support", part="50 %").status_code == 302
    assert deciding.told("support")["support"]["stake"] == 900_000  # type: ignore[index]


def test_what_is_due_is_counted_by_any_member_and_what_waits_is_tried_again(both_stores: Deciding) -> None:
    sign_in(both_stores, "Eve")
    answer = act(both_stores, "due", "close")
    assert answer.status_code == 302 and both_stores.told("due")["outcome"] == "carried"
    assert act(both_stores, "waits", "execute").headers["Location"].endswith("said=executed")
    early = both_stores.client.post(
        f"/test/decisions/{both_stores.numbers['voting']}/close/", form_to(both_stores.text(f"/test/decisions/{both_stores.numbers['voting']}/close/"),
        f"/test/decisions/{both_stores.numbers['voting']}/close/"),
    )  # fmt: skip
    assert early.status_code == 422 and b"governance.not_over" in early.content
    sign_in(both_stores, "Ana")
    assert act(both_stores, "discussion", "withdraw", reason="later").status_code == 302
    assert both_stores.told("discussion")["outcome"] == "withdrawn"


def test_a_charter_question_is_looked_at_changed_and_put_once(both_stores: Deciding) -> None:
    sign_in(both_stores, "Cy")
    before = entries(both_stores)
    shown = form_to(both_stores.text("/test/decisions/new/?question=charter"), "/test/decisions/new/")
    charter = shown["charter"].replace("quorum = 2", "quorum = 3").replace("currency", "# money\ncurrency").replace("\n", "\r\n")
    entered = shown | {"title": "Three peers", "text": "It is <b>safer</b>.", "charter": charter, "step": "look"}
    look = both_stores.client.post("/test/decisions/new/", entered)
    html = look.content.decode()
    assert look.status_code == 200 and entries(both_stores) == before, html[-2000:]
    assert (
        "<ins>" in html
        and "quorum = 3" in html
        and "quorum = 2" in html
        and "What distribution 1 of the fund main gives" in html
        and "<b>" not in html
    )
    again = form_to(html, "/test/decisions/new/")
    changed = both_stores.client.post("/test/decisions/new/", again | {"step": "change"})
    assert form_to(changed.content.decode(), "/test/decisions/new/")["title"] == "Three peers" and entries(both_stores) == before
    answers = [both_stores.client.post("/test/decisions/new/", again | {"step": "put"}) for _ in range(2)]
    assert len({one.headers["Location"] for one in answers}) == 1 and entries(both_stores) == before + 1
    number = int(answers[0].headers["Location"].split("/")[3])
    change = both_stores.json(f"/test/decisions/{number}.json")["options"][0]["changes"][0]
    assert change["applies"] and [line for line in change["difference"] if line[0] in "+-"] == ["+ # money", "- quorum = 2", "+ quorum = 3"]


QUESTIONS = (
    ("role", {"agent": "Cy", "role": "treasurer"}, "Cy gets the role treasurer."),
    ("member", {"agent": "Eve", "way": "expel", "reason": "long gone"}, "Eve is no longer a member: long gone"),
    ("steward", {"agent": "Cy", "domain": "firmware"}, "Cy becomes a steward of firmware."),
    ("recall", {"agent": "Bo", "domain": "firmware", "reason": "too busy"}, "Bo is no longer a steward of firmware: too busy"),
    ("money", {"way": "share", "fund": "main", "amount": "100"}, "100 EUR of the fund main is shared"),
    ("money", {"way": "grant", "fund": "main", "amount": "12,50", "agent": "Cy"}, "Cy is given 12.50 EUR of the fund main."),
    ("budget", {"fund": "main", "amount": "50", "project-1": "Paint", "cost-1": "9,90", "to-1": "Bo", "project-2": "Later"}, "Bo would be granted 9.90"),
    ("election", {"role": "keeper", "seats": "1", "agent-1": "Bo", "agent-2": "Cy"}, "Cy gets the role keeper."),
    ("statement", {}, "Nothing in the journal but the words."),
    ("grant", {"amount": "10", "agent": "Cy"}, "Cy would be granted 10"),
)  # fmt: skip


def test_every_sort_of_question_is_looked_at_and_put(deciding: Deciding) -> None:
    sign_in(deciding, "Ana")
    for question, entered, said in QUESTIONS:
        named = {name: deciding.world.ids.get(text, text) for name, text in entered.items()}
        before = entries(deciding)
        look = ask(deciding, question, "look", title=f"About {question}", **named)
        text = " ".join(Page(look.content.decode()).text.split())
        assert look.status_code == 200 and said in text, (question, text[-1500:])
        assert entries(deciding) == before
        put = ask(deciding, question, title=f"About {question}", **named)
        assert put.status_code == 302 and entries(deciding) >= before + 1, question
        assert f"About {question}" in deciding.text(put.headers["Location"])


def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(deciding: Deciding) -> None:
    sign_in(deciding, "Ana")
    before = entries(deciding)
    wrong = (
        ("charter", {"title": "Same"}, "charter"), ("charter", {"title": "Broken", "charter": "[commons"}, "charter"),
        ("role", {"title": "x", "agent": "Nobody at all"}, "agent"), ("role", {"title": "", "agent": "Bo"}, "title"),
        ("role", {"title": "x", "agent": "Bo", "role": "Not A Role"}, "role"), ("money", {"title": "x", "amount": "much"}, "amount"),
        ("budget", {"title": "x", "amount": "999999"}, "amount"), ("budget", {"title": "x", "amount": "5", "cost-2": "5"}, "project-2"),
        ("election", {"title": "x", "seats": "0", "agent-1": "Bo"}, "seats"), ("statement", {"title": "t" * 201}, "title"),
        ("grant", {"title": "x", "amount": "0", "agent": "Bo"}, "amount"),
    )  # fmt: skip
    for question, entered, field in wrong:
        answer = ask(deciding, question, "look", **entered)
        html = answer.content.decode()
        assert answer.status_code in (400, 404, 422) and f'id="problem-{field}-1"' in html, (question, entered, html[-1800:])
        assert form_to(html, "/test/decisions/new/")["title"] == entered["title"]
    assert entries(deciding) == before
    assert deciding.get("/test/decisions/new/?question=nothing").status_code == 400


def test_delegates_are_named_shown_and_ended(both_stores: Deciding) -> None:
    ids = both_stores.world.ids
    sign_in(both_stores, "Di")
    shown = form_to(both_stores.text("/test/delegation/"), "/test/delegation/set/")
    assert ids["Di"] not in both_stores.text("/test/delegation/").split("<form")[1] and "Zerubbabel" not in both_stores.text("/test/delegation/")
    given = shown | {"to-1": ids["Bo"], "to-2": ids["Ana"], "domain": "firmware", "until": "2026-06-01T08:30"}
    answers = [both_stores.client.post("/test/delegation/set/", given) for _ in range(2)]
    assert [one.headers["Location"] for one in answers] == ["/test/delegation/?said=delegated"] * 2
    assert both_stores.json("/test/delegation.json")["mine"] == [
        {"domain": "firmware", "to": [ids["Bo"], ids["Ana"]], "until": "2026-06-01T08:30:00Z"}
    ]
    nobody = both_stores.client.post("/test/delegation/set/", shown)
    assert nobody.status_code == 400 and b'id="problem-to-1-1"' in nobody.content
    own = both_stores.client.post("/test/delegation/set/", shown | {"key": "0" * 32, "to-1": ids["Di"]})
    assert own.status_code == 422 and b'id="problem-to-1-1"' in own.content
    html = both_stores.text("/test/delegation/")
    ended = both_stores.client.post("/test/delegation/set/", form_to(html, "/test/delegation/set/"))
    assert ended.headers["Location"] == "/test/delegation/?said=ended" and both_stores.json("/test/delegation.json")["mine"] == []


def test_who_proposed_it_puts_a_new_version_while_it_is_discussed(deciding: Deciding) -> None:
    sign_in(deciding, "Di")
    number = deciding.numbers["ideas"]
    address = f"/test/decisions/{number}/revise/"
    shown = form_to(deciding.text(f"/test/decisions/{number}/"), address)
    assert shown["title"] == "Next year"
    answer = deciding.client.post(address, shown | {"title": "The year after", "reason": "It is late"})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    page = deciding.text(f"/test/decisions/{number}/")
    assert "The year after" in page and "It is late" in page and "version 2" in page
    sign_in(deciding, "Bo")
    assert address not in deciding.text(f"/test/decisions/{number}/")
    other = deciding.client.post(address, form_to(deciding.text(address), address) | {"title": "Mine", "reason": "x"})
    assert other.status_code == 422 and "Mine" in other.content.decode()


def test_what_became_of_a_project_is_reported_by_who_got_it(deciding: Deciding) -> None:
    number = deciding.numbers["budget"]
    won = deciding.json(f"/test/decisions/{number}.json")["result"]["winners"]
    sign_in(deciding, "Cy")
    address = f"/test/decisions/{number}/report/"
    shown = form_to(deciding.text(f"/test/decisions/{number}/"), address)
    wrong = deciding.client.post(address, shown | {"option": won[0], "text": "Done", "links": "http://insecure.example"})
    assert wrong.status_code == 400 and b"web.bad_link" in wrong.content
    answer = deciding.client.post(address, shown | {"option": won[0], "text": "The shed stands", "links": "https://example.org/shed", "done": "yes"})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    assert "The shed stands" in deciding.text(f"/test/decisions/{number}/")
