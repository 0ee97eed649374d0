"""The desk in a real browser: accessible in both colour schemes and on a telephone; an import followed to its end; a charter checked while it is written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from browsers import DESK, Watched, in_one_piece, signed_in
from playwright.sync_api import Browser, expect
from serving import on_sqlite, served, tokens
from world import CHARTER, World

from commonhold.node.imports import Importer

SMALL = 320
STRANGE = "<script>document.title='pwned'</script>"
PLACES = (
    "/test/desk/", "/test/desk/members/", "/test/desk/identities/", "/test/desk/charter/", "/test/desk/data/", "/test/desk/jobs/", "/test/me/notifications/",
)  # fmt: skip
PATIENCE_MS = 60_000


@dataclass(frozen=True)
class Served:
    """A server with much to look after, and the token of its steward."""

    address: str
    token: str


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with on_sqlite():
        world = World(tmp_path_factory.mktemp("desk") / "home")
        rows = "".join(f"{STRANGE if n == 3 else f'Dev {n}'},work,2,firmware\n" for n in range(5))
        Importer(world.node, "test", world.ids["Ana"]).sheet(f"by,kind,amount,domain\n{rows}".encode(), "Hours", {}, identities=True)
        world.charter(CHARTER.replace('domains = ["firmware"', 'joining = "admission"\ndomains = ["firmware"'))
        world.join(STRANGE, "Dee")
        world.log("Bo")
        steward = tokens(world, "Ana")["Ana"]
        with served(world) as server:
            yield Served(server.address, steward)


@pytest.mark.parametrize(("width", "scheme"), [(DESK, "light"), (SMALL, "dark")])
def test_every_page_is_accessible_and_in_one_piece(browser: Browser, desk: Served, width: int, scheme: str) -> None:
    window = Watched(browser, desk.address, width, scheme)
    try:
        signed_in(window, desk.token)
        for place in PLACES:
            in_one_piece(window.go(place), place)
            if shots := os.environ.get("COMMONHOLD_SHOTS"):
                window.page.screenshot(path=Path(shots) / f"{place.strip('/').replace('/', '-')}-{width}-{scheme}.png", full_page=True)
        page = window.go("/test/desk/members/")
        page.get_by_role("button", name="Make an invitation").click()
        assert "/-/invited/" in page.inner_text("pre")
        in_one_piece(page, "the invitation")
        page = window.go("/test/desk/charter/")
        page.get_by_label("The charter, in TOML").fill("name = [")
        page.get_by_role("button", name="Check it").click()
        in_one_piece(page, "a charter with problems")
        page = window.go("/test/desk/data/")
        page.get_by_role("button", name="Verify the whole journal").click()
        expect(page.get_by_text("are as they should be")).to_be_visible(timeout=PATIENCE_MS)
        in_one_piece(page, "what came of it")
        if shots := os.environ.get("COMMONHOLD_SHOTS"):
            window.page.screenshot(path=Path(shots) / f"job-{width}-{scheme}.png", full_page=True)
        assert [text for text in window.complaints if "status of 40" not in text and "status of 42" not in text] == []
    finally:
        window.context.close()


def test_a_charter_is_checked_while_it_is_written(browser: Browser, desk: Served) -> None:
    window = Watched(browser, desk.address, DESK)
    try:
        signed_in(window, desk.token)
        page = window.go("/test/desk/charter/")
        text = page.get_by_label("The charter, in TOML")
        right = text.input_value()
        text.fill(right.replace("quorum = 2", 'quorum = "two"'))
        found = page.locator("#findings")
        expect(found).to_contain_text("1 problem")
        line = right.split("\n").index("quorum = 2") + 1
        found.get_by_role("link", name=f"Line {line}").click()
        chosen = "document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)"
        assert page.evaluate(chosen) == 'quorum = "two"'
        text.fill(right.replace("quorum = 2", "quorum = 1"))
        expect(found).to_contain_text("It could come into force.")
        expect(page.locator("#outcome ins")).to_contain_text("quorum = 1")
        page.get_by_role("button", name="Put it to a vote").click()
        assert "quorum = 1" in page.get_by_label("The charter: change what is to be changed").input_value()
        assert window.complaints == []
    finally:
        window.context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_an_import_is_followed_to_its_end(browser: Browser, desk: Served, tmp_path: Path, scripts: bool) -> None:
    window = Watched(browser, desk.address, DESK, java_script_enabled=scripts)
    try:
        signed_in(window, desk.token)
        page = window.go("/test/desk/data/")
        sheet = tmp_path / "hours.csv"
        rows = "".join(f"work,{n % 7 + 1},firmware,{'with' if scripts else 'without'} {n}\n" for n in range(1_500))
        sheet.write_text(f"kind,amount,domain,note\n{rows}poetry,1,firmware,x\n", encoding="utf-8")
        page.get_by_label("The sheet, as CSV in UTF-8").set_input_files(sheet)
        page.get_by_role("button", name="Import the sheet").click()
        assert page.get_by_role("heading", level=1).inner_text().startswith("Import of a sheet")
        expect(page.get_by_role("heading", name="What came of it")).to_be_visible(timeout=PATIENCE_MS)
        told = page.inner_text("main")
        assert "1,500" in told and "1,501" in told and "What was left out, and why" in told and "1502" in told
    finally:
        window.context.close()
