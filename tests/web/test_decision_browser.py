"""The pages of decisions in a real browser: accessible, in one piece on a telephone; people vote by keyboard and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

import pytest
from browsers import DESK, IN_SIGHT, PHONE, Watched, in_one_piece, signed_in, violations
from decisions_to_show import decisions_world
from playwright.sync_api import Browser
from serving import on_sqlite, served, tokens

from commonhold.governance.charter import Question

WINDOWS = ((DESK, "light", "Di"), (PHONE, "dark", "Di"))
"""Each page is seen broad and light, narrow and dark."""


@dataclass(frozen=True)
class Served:
    """A server with all sorts of questions: where it is, their numbers, the ids of the people, and their tokens."""

    address: str
    numbers: dict[str, int]
    ids: dict[str, str]
    tokens: dict[str, str]


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with on_sqlite():
        world, numbers = decisions_world(tmp_path_factory.mktemp("decisions") / "home", until_now=True)
        members = tokens(world, "Cy", "Di", "Eve")
        with served(world) as server:
            yield Served(server.address, numbers, world.ids, members)


def places(served: Served, who: str) -> list[str]:
    """All kinds of pages; forms where there are some to fill in."""
    found = ["decisions/", *(f"decisions/{number}/" for number in served.numbers.values()), "delegation/", "stewards/"]
    found += [
        f"standing/firmware/{served.ids['Bo']}/",
        "decisions/new/",
        f"decisions/{served.numbers['charter']}/?recount=1",
        "decisions/?phase=due",
        "",
    ]
    if who:
        found += [f"decisions/new/?question={question}" for question in get_args(Question)]
        found += [f"decisions/{served.numbers['ranked']}/vote/", f"decisions/{served.numbers['discussion']}/amend/"]
    return found


@pytest.mark.parametrize(("width", "scheme", "who"), WINDOWS)
def test_every_page_and_form_is_accessible_and_in_one_piece(browser: Browser, assembly: Served, width: int, scheme: str, who: str) -> None:
    window = Watched(browser, assembly.address, width, scheme)
    try:
        if who:
            signed_in(window, assembly.tokens[who])
        for place in places(assembly, who):
            in_one_piece(window.go(f"/test/{place}"), place)
        if who:
            page = window.go("/test/decisions/new/?question=role")
            page.get_by_label("Title: what is asked, in a few words").fill("A role")
            page.get_by_label("Who").select_option(label="Cy")
            page.get_by_label("Role, such as steward").fill("No Role")
            page.get_by_role("button", name="Look at what it would change").click()
            assert page.get_by_role("alert").is_visible() and violations(page) == []
            page.get_by_label("Role, such as steward").fill("treasurer")
            page.get_by_role("button", name="Look at what it would change").click()
            assert "Cy gets the role treasurer." in page.inner_text("main") and violations(page) == []
            assert page.evaluate(IN_SIGHT)
        assert [text for text in window.complaints if "status of 40" not in text and "status of 42" not in text] == []
    finally:
        window.context.close()


def test_somebody_votes_with_the_keyboard_alone(browser: Browser, assembly: Served) -> None:
    window = Watched(browser, assembly.address, DESK)
    try:
        signed_in(window, assembly.tokens["Eve"])
        page = window.go(f"/test/decisions/{assembly.numbers['voting']}/")
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.name === 'answer'"):
                break
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.value") == "no" and page.get_by_label("No, nothing changes").is_checked()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Cast your vote"
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Keep this").wait_for()
        assert '"answer": "no"' in page.get_by_label("Your receipt").inner_text() and violations(page) == []
    finally:
        window.context.close()


def test_a_member_ranks_approves_objects_and_proposes_without_scripts(browser: Browser, assembly: Served) -> None:
    window = Watched(browser, assembly.address, PHONE, java_script_enabled=False)
    numbers = assembly.numbers
    try:
        page = window.go("/test/")
        page.get_by_role("link", name="Decisions", exact=True).first.click()
        page.get_by_role("link", name="Who keeps the keys?").click()
        page.get_by_role("link", name="sign in", exact=True).click()
        page.get_by_label("Your token").fill(assembly.tokens["Cy"])
        page.get_by_role("button", name="Sign in").click()
        page.get_by_label("Di", exact=True).select_option("1")
        page.get_by_role("button", name="Cast your vote").click()
        assert "Keep this" in page.inner_text("main")
        window.go(f"/test/decisions/{numbers['approve']}/").get_by_role("checkbox", name="A barn").check()
        page.get_by_role("checkbox", name="Seeds").check()
        page.get_by_role("button", name="Cast your vote").click()
        assert '"seeds"' in page.inner_text("pre")
        window.go(f"/test/decisions/{numbers['objections']}/").get_by_label("Why this would harm the commons").fill("Too many offices")
        page.get_by_role("button", name="Object", exact=True).click()
        assert page.get_by_role("status").inner_text() == "Your objection is published."
        page.get_by_role("button", name="Lift it").click()
        assert page.get_by_role("status").inner_text() == "Your objection is lifted."
        window.go(f"/test/decisions/{numbers['due']}/").get_by_role("button", name="Count it now").click()
        assert page.get_by_role("status").inner_text() == "It is counted." and "carried" in page.inner_text("#result")
        page.get_by_role("button", name="Count again").click()
        assert "Counted again from the votes: the same." in page.get_by_role("status").inner_text()
        window.go("/test/decisions/").get_by_role("link", name="Put a question").click()
        page.get_by_role("link", name="Statement").click()
        page.get_by_label("Title: what is asked, in a few words").fill("We meet on Mondays")
        page.get_by_role("button", name="Look at what it would change").click()
        page.get_by_role("button", name="Put the question").click()
        assert page.get_by_role("status").inner_text() == "It is put to the others."
        assert page.get_by_role("heading", level=1).inner_text() == "We meet on Mondays"
        page.get_by_role("link", name="Delegation").click()
        page.get_by_label("Who votes for me where I do not").select_option(label="Ana")
        page.get_by_role("button", name="Name them").click()
        assert "Your delegates are recorded." in page.get_by_role("status").inner_text()
        page.get_by_role("button", name="End it").click()
        assert "The delegation has ended." in page.get_by_role("status").inner_text()
    finally:
        window.context.close()
