"""Forms for parts of deciding that come seldom: a jury, a receipt, opening one's own ballot, a fork, laying down a stewardship."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from decisions_to_show import Deciding, act, ask, deciding_site
from forms import form_to
from governance.deciding import close, found, option, propose, say, vote
from reading import Page
from serving import Site
from working import entries, sign_in
from world import CHARTER


@pytest.fixture
def deciding(sqlite_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deciding]:
    yield from deciding_site(sqlite_home, monkeypatch)


def receipt_of(answer: Any) -> dict[str, Any]:
    """What the page of a receipt shows, once."""
    shown = re.search(r"<pre[^>]*>(.*?)</pre>", answer.content.decode(), re.DOTALL)
    assert shown
    kept: dict[str, Any] = json.loads(unescape(shown[1]))
    return kept


def checked(site: Deciding, receipt: dict[str, Any] | str) -> str:
    """What the page says of a receipt; nothing is written."""
    address = f"/test/decisions/{site.numbers['voting']}/receipt/"
    before = entries(site)
    text = receipt if isinstance(receipt, str) else json.dumps(receipt)
    answer = site.client.post(address, form_to(site.text(address), address) | {"receipt": text})
    assert entries(site) == before
    found_ = re.search(
        r'<p class="(?:done|problems)" role="status">(.*?)<|<span class="problem"[^>]*>(.*?)</span>', answer.content.decode(), re.DOTALL
    )
    assert found_, answer.content.decode()
    return unescape(re.sub(r"<[^>]*>", "", found_[1] or found_[2])).strip()


def test_a_receipt_is_checked_before_and_after_the_close(deciding: Deciding) -> None:
    sign_in(deciding, "Di")
    replaced = receipt_of(act(deciding, "voting", "vote", answer="no"))
    kept = receipt_of(act(deciding, "voting", "vote", answer="yes"))
    assert checked(deciding, kept) == "This vote is in the journal, sealed with just this ballot. It is opened at the close."
    assert checked(deciding, replaced).endswith("the same voter voted again later.")
    assert "sealed with another ballot" in checked(deciding, kept | {"ballot": {"answer": "no"}})
    assert checked(deciding, kept | {"vote": "0" * 64}).startswith("No such vote is in this journal")
    for broken in ("", "no", "[]", json.dumps({"vote": kept["vote"]}), json.dumps(kept | {"more": 1})):
        assert checked(deciding, broken).startswith("This is not a receipt"), broken
    deciding.world.clock.days(7)
    assert "it is not opened yet" in checked(deciding, kept)
    close(deciding.world, deciding.numbers["voting"])
    assert checked(deciding, kept) == "This vote is in the journal, and it was opened with just this ballot."
    assert "Check your receipt" in deciding.page("voting").text


def test_a_voter_opens_the_own_ballot_that_the_node_has_lost(deciding: Deciding) -> None:
    sign_in(deciding, "Di")
    kept = receipt_of(act(deciding, "voting", "vote", answer="no"))
    world, number = deciding.world, deciding.numbers["voting"]
    with world.node.database.write() as transaction:
        assert transaction.execute("DELETE FROM private_ballot WHERE vote = ?", (kept["vote"],)) == 1
    world.clock.days(7)
    assert "Open your ballot yourself" in deciding.page("voting").text
    wrong = act(deciding, "voting", "open", receipt=json.dumps(kept | {"ballot": {"answer": "yes"}}))
    assert wrong.status_code == 422 and b"governance.other_ballot" in wrong.content
    done = act(deciding, "voting", "open", receipt=json.dumps(kept))
    assert done.headers["Location"].endswith("?said=opened") and "Your ballot is open." in deciding.text(done.headers["Location"])
    assert "Open your ballot yourself" not in deciding.page("voting").text
    close(world, number)
    ballots = {one["voter"]: one["ballot"] for one in deciding.told("voting")["ballots"]}  # type: ignore[attr-defined]
    assert ballots[world.ids["Di"]] == {"answer": "no"}


def test_a_jury_is_drawn_and_named_on_the_page(site: Site) -> None:
    world = site.world
    world.join("Di", "Ed", "Flo", "Gus", rolls=("user",))
    world.join("Hal", "Ida")
    world.charter(CHARTER + '\n[governance.questions.member]\njury = 3\nrolls = ["producer", "user"]\n')
    number = propose(world, "Bo", "member", option("out", "commons.expel", {"agent": world.ids["Cy"], "reason": "x"}))
    address = f"/test/decisions/{number}/"
    sign_in(site, "Ana")
    shown = Page(site.text(address)).text
    assert "3 people are drawn by lot, from " in shown and "Draw the jury now" not in shown
    world.clock.days(7)
    done = site.client.post(f"{address}draw/", form_to(site.text(address), f"{address}draw/"))
    assert done.headers["Location"] == f"{address}?said=jury-drawn"
    told = site.json(f"/test/decisions/{number}.json")
    names = {id_: name for name, id_ in world.ids.items()}
    assert len(told["jury"]["jurors"]) == 3 and not {"Bo", "Cy"} & {names[id_] for id_ in told["jury"]["jurors"]}
    page = Page(site.text(address), address)
    assert {f"/test/agents/{id_}/" for id_ in told["jury"]["jurors"]} <= {link for link, _ in page.links}
    assert "Draw the jury now" not in page.text and f"/test/journal/{told['jury']['position']}/" in {link for link, _ in page.links}


def test_a_fork_is_put_by_a_form(deciding: Deciding) -> None:
    sign_in(deciding, "Ana")
    refused = ask(deciding, "fork", title="Two ways", origin="not an origin", reason="Two ways to build.")
    assert refused.status_code in (400, 422) and re.search(rb'id="in-origin"[^>]*aria-invalid="true"', refused.content)
    done = ask(deciding, "fork", title="Two ways", origin="other.example/test", reason="Two ways to build.")
    page = Page(deciding.text(done.headers["Location"]))
    assert "A part goes on by itself as other.example/test: Two ways to build." in page.text


def test_a_steward_lays_it_down_and_nobody_else(site: Site) -> None:
    world = site.world
    world.join("Di")
    world.charter(CHARTER + "\n[governance.standing]\npoints = 6\nendorsers = 2\nweeks = 3\n")
    for _ in range(4):
        world.validated("Bo", amount="2")
        world.clock.days(7)
    world.validated("Di", amount="40")
    number = propose(world, "Ana", "steward", option("s", "governance.appoint", {"agent": world.ids["Bo"], "domain": "firmware"}), domain="firmware")
    say(world, "Bo", "second", number)
    world.clock.days(found(world, number).terms.discussion_days)
    vote(world, number, Bo="yes", Di="yes")
    world.clock.days(7)
    close(world, number)
    address = "/test/stewards/firmware/resign/"
    sign_in(site, "Di")
    assert "Lay it down" not in site.text("/test/stewards/") and site.get(address).status_code == 404
    sign_in(site, "Bo")
    assert (address, "") in [(link, "") for link, _ in Page(site.text("/test/stewards/"), "/test/stewards/").links]
    assert site.client.post(address, form_to(site.text(address), address) | {"reason": " "}).status_code in (400, 422)
    done = site.client.post(address, form_to(site.text(address), address) | {"reason": "A new job"})
    assert done.headers["Location"] == "/test/stewards/?said=resigned"
    shown = site.text("/test/stewards/")
    assert "Lay it down" not in shown and "A new job" in shown
    assert site.get(address).status_code == 404 and world.verify().ok
