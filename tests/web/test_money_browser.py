"""The pages of money in a real browser: accessible, in one piece on a telephone; what-ifs with and without scripts."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from browsers import DESK, PHONE, Watched, in_one_piece, signed_in, violations
from commons_to_show import SCRIPT, example_world, strange_world
from playwright.sync_api import Browser, Page, expect
from serving import on_sqlite, served, tokens
from world import World

from commonhold.commons.people import write_profile
from commonhold.sharing.commands import IncomeParams, PayParams

WINDOWS = (("example", DESK, "dark"), ("example", PHONE, "light"), ("strange", DESK, "light"), ("strange", PHONE, "dark"))
OPEN = (
    "money/",
    "incomes/",
    "incomes/?source=gift",
    "distributions/",
    "distributions/1/",
    "payouts/",
    "payouts/?distribution=1",
    "distributions/new/",
)
FORMS = ("incomes/new/", "distributions/1/pay/", "distributions/1/sepa/", "repayment/", "distributions/new/")


@dataclass(frozen=True)
class Served:
    """A server: where it is, the token of the steward and of a member, and one of its incomes."""

    address: str
    steward: str
    member: str
    richest: str
    income: int


def furnished(world: World, giver: str) -> tuple[str, str, str, int]:
    """More to see: money in the fund, a payout, an account."""
    world.clock.now = int(time.time()) - 60
    position = int(world.act("Ana", "income.add", IncomeParams(amount="2345.67", currency="EUR", giver=giver, note=f"More {SCRIPT}"))["position"])
    with world.node.read() as transaction:
        sql = "SELECT a.id FROM share s JOIN agent a ON a.commons = s.commons AND a.number = s.agent WHERE a.type = 'Person' ORDER BY s.amount DESC LIMIT 1"
        richest = transaction.value(sql)
    world.act("Ana", "share.pay", PayParams(distribution=1, agents=[richest], reference=f"SEPA {SCRIPT}"))
    with world.node.database.write() as transaction:
        write_profile(transaction, "test", world.ids["Bo"], name="Bo", iban="DE89370400440532013000")
    return *tokens(world, "Ana", "Bo").values(), richest, position


@pytest.fixture(scope="module")
def treasuries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Served]]:
    with on_sqlite():
        example, strange = (make(tmp_path_factory.mktemp("treasury") / "home") for make in (example_world, strange_world))
        known, other = furnished(example, "org:example-workshop"), furnished(strange, "org:giver")
        with served(example) as one, served(strange) as two:
            yield {"example": Served(one.address, *known), "strange": Served(two.address, *other)}


def in_order(page: Page, place: str) -> None:
    """With all that is folded away opened, the page is in one piece."""
    page.evaluate("document.querySelectorAll('main details:not([open]) > summary').forEach(one => { one.parentElement.open = true })")
    in_one_piece(page, place)


@pytest.mark.parametrize(("name", "width", "scheme"), WINDOWS)
def test_every_page_and_form_is_accessible_and_in_one_piece(
    browser: Browser, treasuries: dict[str, Served], name: str, width: int, scheme: str
) -> None:
    served = treasuries[name]
    window = Watched(browser, served.address, width, scheme)
    turned = "steps.contributions.weights.code=3&steps.contributions.weights.work=0"
    places = [*OPEN, f"incomes/{served.income}/", f"distributions/1/{served.richest}/", f"distributions/new/{served.richest}/"]
    places += ["what-if/", f"what-if/?{turned}", f"what-if/?distribution=1&{turned}", "what-if/?steps.contributions.weights.code=x"]
    try:
        for place in places:
            in_order(window.go(f"/test/{place}"), place)
        signed_in(window, served.steward)
        for place in (*FORMS, f"incomes/{served.income}/reverse/"):
            in_order(window.go(f"/test/{place}"), place)
        page = window.go("/test/incomes/new/")
        page.get_by_label("Amount, in EUR").fill("1.2345")
        page.get_by_label("From whom: a name or an id").fill("Nobody Known")
        page.get_by_role("button", name="Record it").click()
        in_order(page, "a refused income")
        assert window.complaints == [text for text in window.complaints if "status of 40" in text]
    finally:
        window.context.close()


def test_a_what_if_follows_at_once_and_stays_in_the_address(browser: Browser, treasuries: dict[str, Served]) -> None:
    window = Watched(browser, treasuries["example"].address, DESK)
    try:
        page = window.go("/test/what-if/")
        page.get_by_label("Documentation", exact=True).fill("9")
        expect(page).to_have_url(re.compile(r"\?fund=common&steps\.contributions\.weights\.documentation=9$"))
        expect(page.get_by_role("status")).to_contain_text("get the same. What the gains come to:")
        assert page.evaluate("document.activeElement.name") == "steps.contributions.weights.documentation"
        expect(page.get_by_text("now: 1.5")).to_be_visible()
        shown = page.get_by_role("table", name="come to; who gains most first").inner_text()
        assert violations(page) == []
        page.get_by_label("Documentation", exact=True).fill("nine")
        expect(page.locator("p.field .problem")).to_contain_text("is not an amount")
        assert page.get_by_label("Documentation", exact=True).get_attribute("aria-invalid") == "true" and violations(page) == []
        page.get_by_label("Documentation", exact=True).fill("9")
        expect(page.get_by_label("Documentation", exact=True)).not_to_have_attribute("aria-invalid", "true")
        expect(page.get_by_role("table", name="come to; who gains most first")).to_have_count(1)
        page.reload()
        assert page.get_by_role("table", name="come to; who gains most first").inner_text() == shown
        assert page.get_by_label("Documentation", exact=True).input_value() == "9"
        page.get_by_label("Leave “By contributions” out").check()
        expect(page.get_by_role("listitem").filter(has_text="By contributions: left out")).to_be_visible()
        page.get_by_role("link", name="Back to the policy in force").click()
        assert page.get_by_label("Documentation", exact=True).input_value() == "1.5"
        assert [text for text in window.complaints if "ERR_ABORTED" not in text] == []
    finally:
        window.context.close()


def test_a_what_if_becomes_a_proposal_without_scripts(browser: Browser, treasuries: dict[str, Served]) -> None:
    served = treasuries["example"]
    window = Watched(browser, served.address, PHONE, java_script_enabled=False)
    try:
        page = window.go("/test/sign-in/")
        page.get_by_label("Your token").fill(served.member)
        page.get_by_role("button", name="Sign in").click()
        page = window.go("/test/distributions/new/")
        page.get_by_text("Turn the figures here").click()
        page.get_by_label("Documentation", exact=True).fill("2,5")
        page.get_by_role("button", name="See who gains and who loses").click()
        assert "documentation=2%2C5" in page.url and "2.5 instead of 1.5" in page.inner_text("#outcome")
        page.get_by_role("link", name="Save as a proposal").click()
        assert "2.5 instead of 1.5" in page.get_by_label("Title: what is asked").input_value()
        page.get_by_role("button", name="Look at what it would change").click()
        assert 'documentation = "2.5"' in page.inner_text("ins") and "Nothing has been recorded yet." in page.inner_text("main")
        page.get_by_role("button", name="Put the question").click()
        assert page.get_by_role("status").inner_text() == "It is put to the others."
    finally:
        window.context.close()


def test_a_steward_records_pays_and_fetches_the_file_by_keyboard(browser: Browser, treasuries: dict[str, Served]) -> None:
    window = Watched(browser, treasuries["strange"].address, DESK)
    try:
        signed_in(window, treasuries["strange"].steward)
        page = window.go("/test/distributions/new/?amount=100.00")
        said: list[str] = []
        page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss() if len(said) == 1 else dialog.accept()))
        page.get_by_role("button", name="Record this distribution").focus()
        page.keyboard.press("Enter")
        assert "would be given to" in said[0] and "<" not in said[0] and page.url.endswith("amount=100.00")
        page.get_by_role("button", name="Record this distribution").press("Enter")
        expect(page.locator("p.done")).to_have_text("It is recorded.")
        page.get_by_role("link", name="File for the bank (SEPA)").click()
        page.get_by_label("Its IBAN").fill("DE89370400440532013000")
        for _ in range(2):
            with page.expect_download() as download:
                page.get_by_role("button", name="Download the file").click()
            assert b"<InstdAmt" in Path(download.value.path()).read_bytes()
        page.get_by_role("link", name="When the bank has paid: mark as paid").click()
        page.get_by_label("Reference of the bank’s message").fill("R 7")
        page.get_by_role("button", name="Record it").click()
        expect(page.locator("p.done")).to_have_text("It is recorded.")
        assert "R 7" in page.inner_text("#payouts") and violations(page) == []
    finally:
        window.context.close()
