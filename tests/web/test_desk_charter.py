"""The charter on the desk: every problem with its line, what is changed, and the two ways to bring it into force."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

import pytest
from people import as_member, nobody
from serving import Site
from world import CHARTER

from commonhold.commons.queries import charter_history


@pytest.fixture
def desk(site: Site) -> Iterator[Site]:
    """The site, with its steward signed in."""
    nobody()
    as_member(site, "Ana")
    yield site


def sent(site: Site, charter: str, step: str, **fields: str) -> Any:
    return site.client.post("/test/desk/charter/", {"charter": charter, "step": step} | fields)


def charters(site: Site) -> list[Any]:
    with site.world.node.read() as transaction:
        return charter_history(transaction, "test")


@pytest.mark.parametrize("step", ["check", "live"])
def test_every_problem_is_told_with_its_line_and_nothing_is_lost(desk: Site, step: str) -> None:
    wrong = CHARTER.strip().replace('currency = "EUR"', 'currency = "BAKED"').replace("quorum = 2", 'quorum = "two"') + "\n# <b>bold</b>"
    page = sent(desk, wrong, step).content.decode()
    assert "5 problems" in page and "charter.bad_currency" in page and "charter.bad_field" in page
    line = wrong.split("\n").index('currency = "BAKED"') + 1
    assert f'data-line="{line}"' in page
    assert html.escape("# <b>bold</b>") in page and "<b>bold" not in page
    assert sent(desk, "name = [", step).content.decode().count("charter.not_toml") == 1
    assert len(charters(desk)) == 1


def test_what_is_in_order_shows_what_it_changes_and_for_whom(desk: Site) -> None:
    desk.world.validated("Bo", amount="4")
    desk.world.income("100.00")
    desk.world.share()
    assert "Nothing is changed yet." in sent(desk, CHARTER, "live").content.decode()
    page = sent(desk, CHARTER.replace("quorum = 2", "quorum = 1"), "check").content.decode()
    assert "quorum = 2</del>" in page and "quorum = 1</ins>" in page and "It could come into force." in page
    assert len(charters(desk)) == 1


def test_it_comes_into_force_with_a_reason(desk: Site) -> None:
    changed = CHARTER.replace("quorum = 2", "quorum = 1")
    refused = sent(desk, changed, "record")
    assert refused.status_code == 400 and "web.no_reason" in refused.content.decode() and "quorum = 1" in refused.content.decode()
    assert (
        sent(desk, changed.strip().replace("\n", "\r\n"), "record", reason="We are few").headers["Location"] == "/test/charter/?said=charter-changed"
    )
    assert charters(desk)[-1][3:] == ("We are few", changed), "to the last blank"
    assert "The new charter is in force." in desk.text("/test/charter/?said=charter-changed")


def test_or_it_is_put_to_a_vote_from_where_it_stands(desk: Site) -> None:
    changed = CHARTER.replace("quorum = 2", "quorum = 1")
    page = desk.text("/test/desk/charter/")
    assert 'formaction="/test/decisions/new/"' in page
    form = desk.client.post("/test/decisions/new/", {"question": "charter", "title": "Another charter", "charter": changed, "step": "change"})
    assert form.status_code == 200 and "quorum = 1" in form.content.decode() and "Another charter" in form.content.decode()


def test_who_may_not_change_it_can_only_put_it_to_a_vote(desk: Site) -> None:
    desk.world.charter(CHARTER + '\n[powers]\ncharter = "decision"\n')
    page = desk.text("/test/desk/charter/")
    assert "Put it to a vote" in page and "Put it into force" not in page
    refused = sent(desk, CHARTER, "record", reason="I want to")
    assert refused.status_code >= 400 and "commons.lacks_power" in refused.content.decode()
