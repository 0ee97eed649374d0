"""Whole journeys, by clicks and keys through pages alone: with a passkey, with a key of one's own, and without JavaScript."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browsers import PHONE
from journeys import Person, Town, town
from playwright.sync_api import Browser, expect

from commonhold.node.node import Node
from commonhold.node.verification import verify_commons


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path / "home") as made:
        yield made


def verified(place: Town, *absent: str) -> None:
    """The journal is in order, and what was to be erased is not in the files of the node."""
    node = Node.open(place.home)
    try:
        assert verify_commons(node, "test").ok
    finally:
        node.close()
    kept = b"".join(file.read_bytes() for file in place.home.glob("*.db*"))
    assert [text for text in absent if text.encode() in kept] == []


def shares_money(steward: Person) -> str:
    """An income comes in; the steward previews what it would come to, and records that. The number of the distribution."""
    steward.link("Money", exact=True)
    steward.link("Incomes", exact=True)
    page = steward.link("Record an income")
    page.get_by_label("Amount, in EUR").fill("5000.00")
    page.get_by_label("From whom: a name or an id").fill("Example Solar Workshop")
    steward.button("Record it")
    assert "5,000.00" in page.inner_text("main")
    steward.link("Money", exact=True)
    steward.link("Distributions", exact=True)
    steward.link("What would be shared now")
    expect(page.get_by_role("heading", name="Who would get what")).to_be_visible()
    assert "Newcomer" in page.inner_text("#shares")
    steward.button("Record this distribution")
    assert page.get_by_role("status").first.inner_text() == "It is recorded."
    return re.search(r"/distributions/(\d+)/", page.url)[1]  # type: ignore[index]


def test_from_a_stranger_to_a_share_and_away_again(browser: Browser, place: Town) -> None:
    """A stranger reads, signs up with a passkey, joins, logs work; two others accept it; money comes in and is shared; the newcomer
    verifies the statement, takes it along, and erases the account. The journal still verifies."""
    with (
        Person(browser, place, "newcomer@people.example", accept_downloads=True) as newcomer,
        Person(browser, place, "bo@people.example") as bo,
        Person(browser, place, "cy@people.example") as cy,
        Person(browser, place, "ana@people.example") as ana,
    ):
        page = newcomer.go("/")
        newcomer.link("Libre Solar (example)")
        for section in ("Contributions", "Money", "People", "Charter", "Journal", "Overview"):
            newcomer.link(section, exact=True)
        newcomer.link("Distribution 1")
        newcomer.link("Why 5")
        newcomer.link("Join", exact=True)
        newcomer.sign_up_with_passkey()
        assert urlsplit_path(page.url) == "/test/join/", "signed up, one is where one wanted to be"
        page.get_by_label("What should others call you?").fill("Newcomer Moss")
        page.get_by_label("Show this name on public pages").check()
        newcomer.button("Join")
        assert urlsplit_path(page.url) == "/test/me/"
        where = newcomer.logs("6", "Soldered and measured a prototype")

        bo.is_member("Bo").accepts("Soldered and measured")
        cy.is_member("Cy").accepts("Soldered and measured")
        page.goto(place.address + where)
        newcomer.look()
        assert page.locator("main .chip").first.inner_text() == "validated"
        number = shares_money(ana.is_member("Ana"))

        page.goto(place.address + "/test/me/")
        newcomer.look()
        newcomer.link(f"Distribution {number}")
        page.locator("[data-verify-start]").click()
        expect(page.locator("[data-verify-status].done")).to_contain_text("Verified: the amounts")
        newcomer.look()
        takes_along(newcomer, number)

        for key in "gy":
            page.keyboard.press(key)
        page.wait_for_url("**/test/me/")
        newcomer.look()
        newcomer.link("Your account", exact=True)
        newcomer.link("Erase this account")
        newcomer.shows_passkey()
        page.get_by_label("I know that this cannot be taken back.").check()
        newcomer.button("Erase everything")
        assert urlsplit_path(page.url) == "/" and "Sign in" in page.inner_text("header")
        page.goto(place.address + where)
        assert "Newcomer" not in newcomer.look().inner_text("body"), "the work stays, the name is gone"
        for person in (newcomer, bo, cy, ana):
            person.untroubled()
    verified(place, "Newcomer Moss", "newcomer@people.example")


def takes_along(person: Person, number: str) -> None:
    """Save the statement as JSON, the shares as CSV, and the receipt of the entry; they say the same."""
    page = person.page
    total = page.locator("dd[data-signed=shares]").first.inner_text().split()[0].replace(",", "")
    page.get_by_role("link", name="This page as JSON").click()
    statement = json.loads(page.inner_text("body"))
    assert statement["total"] == total and statement["steps"]
    agent = statement["agent"]
    page.go_back()
    page.locator("dd[data-signed=amount] a").click()
    person.look()
    with page.expect_download() as saving:
        page.get_by_role("link", name="This table as CSV").click()
    rows = Path(saving.value.path()).read_text(encoding="utf-8").splitlines()
    assert saving.value.suggested_filename.endswith(".csv")
    assert [total in row for row in rows if agent in row] == [True]
    address = page.get_by_role("link", name="Receipt of the entry").get_attribute("href")
    receipt = page.request.get(person.address + str(address)).text()
    assert "tlog-proof" in receipt.splitlines()[0] and number in page.url


def urlsplit_path(url: str) -> str:
    return urlsplit(url).path


def test_with_a_key_of_ones_own_made_in_the_browser(browser: Browser, place: Town) -> None:
    """The node never has this key: the browser makes it, keeps it, gives a file of it, and signs all that its owner says."""
    with Person(browser, place, "own@people.example", accept_downloads=True) as own, Person(browser, place, "bo@people.example") as bo:
        page = own.go("/test/")
        own.link("Join", exact=True)
        own.sign_up_with_passkey()
        page.get_by_label("What should others call you?").fill("Own Newcomer")
        page.get_by_label("Show this name on public pages").check()
        page.get_by_label("I keep it myself").check()
        with page.expect_download() as saving:
            page.get_by_role("button", name="Save my key file").click()
        pem = Path(saving.value.path()).read_text()
        did = page.locator("#own-did").inner_text()
        assert pem.startswith("-----BEGIN PRIVATE KEY-----") and did.startswith("did:key:z6Mk")
        own.look()
        own.button("Join")
        assert "Nothing has been recorded yet" in page.inner_text("main")
        own.signed()
        assert urlsplit_path(page.url) == "/test/me/"
        where = own.logs("2", "Wrote the manual of the box")

        bo.is_member("Bo")
        theirs = bo.logs("1", "Answered questions about the box")
        own.accepts("Answered questions")
        bo.accepts("Wrote the manual")
        page.goto(place.address + theirs)
        assert "Own Newcomer" in own.look().inner_text("main")
        entry = re.search(r"\d+", where)[0]  # type: ignore[index]
        page.goto(f"{place.address}/test/journal/{entry}/")
        page.locator("[data-verify-start]").click()
        expect(page.locator("[data-verify-status].done")).to_contain_text("Verified: this entry")
        assert did in own.look().inner_text("main")
        own.untroubled()
        bo.untroubled()
    assert pem.splitlines()[1] not in "".join(file.read_text(errors="replace") for file in place.home.glob("*.db*"))
    verified(place)


def test_without_scripts_on_a_telephone(browser: Browser, place: Town) -> None:
    """A password, a name, hours of work, and two peers who accept them: forms and links alone."""
    with (
        Person(browser, place, "plain@people.example", PHONE, java_script_enabled=False) as plain,
        Person(browser, place, "bo@people.example", PHONE, java_script_enabled=False) as bo,
        Person(browser, place, "cy@people.example", PHONE, java_script_enabled=False) as cy,
    ):
        page = plain.go("/")
        plain.link("Libre Solar (example)")
        plain.link("Join", exact=True)
        plain.sign_up_with_password()
        assert urlsplit_path(page.url) == "/test/join/"
        page.get_by_label("What should others call you?").fill("Plain")
        page.get_by_label("I use what is made here").check()
        assert page.get_by_label("I keep it myself").is_hidden(), "nobody is offered what cannot be done without scripts"
        plain.button("Join")
        where = plain.logs("3,5", "Cleared the workshop")
        bo.is_member("Bo").accepts("Cleared the workshop")
        cy.is_member("Cy").accepts("Cleared the workshop")
        page.goto(place.address + where)
        assert plain.look().locator("main .chip").first.inner_text() == "validated"
        page.goto(place.address + "/-/me/")
        plain.button("Sign out")
        assert "Sign in" in plain.go("/test/").inner_text("header")
        for person in (plain, bo, cy):
            person.untroubled()
    verified(place)
