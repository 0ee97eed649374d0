"""Who is signed in is looked up once for each request, by whatever asks for it, and anew with the next."""

from __future__ import annotations

import pytest
from people import as_member, nobody
from serving import Site

PAGES = (
    "/test/me/",
    "/test/tasks/",
    "/test/validate/",
    "/test/log/",
    "/test/decisions/",
    "/test/contributions/{position}/",
    "/test/people/",
    "/test/",
)


@pytest.fixture
def here(sqlite_site: Site) -> Site:
    """The site, with no accounts."""
    nobody()
    return sqlite_site


@pytest.mark.parametrize("page", PAGES)
def test_an_account_is_asked_for_once_which_agent_it_is(here: Site, page: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    address = page.format(position=here.world.log("Cy"))
    as_member(here, "Bo")
    with CaptureQueriesContext(connection) as asked:
        here.text(address)
    assert sum("_membership" in one["sql"] for one in asked.captured_queries) == 1


def test_a_page_of_no_commons_asks_for_no_member(here: Site) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    as_member(here, "Bo")
    with CaptureQueriesContext(connection) as asked:
        here.text("/")
    assert not [one for one in asked.captured_queries if "_membership" in one["sql"]]


def test_a_token_is_opened_once_and_one_that_was_ended_opens_nothing_from_the_next_request_on(here: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from commonhold.node.tokens import list_tokens, revoke_token, token_holder
    from commonhold.web import member

    assert here.client.post("/test/sign-in/", {"token": here.token("Bo")}).status_code == 302
    looked: list[str] = []
    monkeypatch.setattr(member, "token_holder", lambda transaction, token, now: looked.append(token) or token_holder(transaction, token, now))
    assert "Bo" in here.text("/test/me/") and len(looked) == 1
    with here.world.node.database.write() as transaction:
        revoke_token(transaction, "test", list_tokens(transaction, "test")[0]["id"])
    assert "Sign in" in here.text("/test/me/") and len(looked) == 2
