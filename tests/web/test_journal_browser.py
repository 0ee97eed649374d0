"""Verifying in a real browser: what is right is found right, by the pages and by the vectors; and it can be used by everybody."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
from browsers import DESK, PHONE, Watched, in_one_piece
from decisions_to_show import decisions_world
from playwright.sync_api import Browser
from published_log import ANA, BO, Published, altered, history
from serving import on_sqlite, served
from verifying import Served, shows, verified

from commonhold.journal.tree import Frontier, leaf_hash

VECTORS = Path(__file__).parents[1] / "vectors"
FORM = {"journal.not_canonical", "journal.malformed", "journal.bad_proof", "journal.bad_signature", "journal.too_large", "journal.not_text"}
"""What a reader refuses whatever the kind of an entry."""


# What is right


def test_an_entry_the_journal_and_statements_are_verified(window: Watched, example_served: Served) -> None:
    status, checks = verified(window.go("/test/journal/42/"))
    assert status.startswith("Verified: this entry") and "for the first time" in checks and "by another" not in checks
    assert "its key is the author’s own" in checks and "ends at the signed root" in checks and "bytes on this page are the signed ones" in checks
    status, checks = verified(window.go(f"/test/journal/{example_served.by_other}/"))
    assert (
        status.startswith("Verified")
        and "which this commons says speaks for did:key:" in checks
        and "The key of the journal is the one that" in checks
    )
    page = window.go("/test/journal/")
    size = int(re.search(r"here: (\d+) entries", page.inner_text("main"))[1])  # type: ignore[index]
    status, checks = verified(page)
    assert status == f"Verified: all {size} entries, their signatures and the tree are as the checkpoint says."
    assert f"author’s own key: {size - 1}." in checks and "speaks for the author: 1." in checks and "goes on from the one" in checks
    for place in ("/test/distributions/1/", f"/test/distributions/1/{example_served.agent}/"):
        page = window.go(place)
        status, checks = verified(page)
        marked = page.locator("[data-signed]").count()
        assert status.startswith("Verified: the amounts") and f"those of the signed entries: {marked}." in checks and marked >= 3, checks
    assert window.complaints == []


def test_the_checks_of_the_browser_agree_with_the_vectors(window: Watched) -> None:
    page = window.go("/test/journal/")
    entries = json.loads((VECTORS / "entries.json").read_text(encoding="utf-8"))
    cases = [[one["entry"].encode().hex(), one["signer"], one["id"]] for one in entries["good"]]
    bad = [[one["name"], one.get("hex") or one["text"].encode().hex()] for one in entries["bad"] if one["refused"] in FORM]
    assert len(cases) > 50 and len(bad) > 25
    found = page.evaluate(
        """async ({cases, bad}) => {
            const script = document.querySelector('script[src$="/verify.js"]').src
            const m = await import(script.replace('verify.js', 'verify.entry.js'))
            const bytes = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16))
            const wrong = []
            for (const [data, signer, id] of cases) {
                const found = await m.checkEntry(bytes(data), 'commons.example/lamp').catch((error) => ({key: String(error), leaf: []}))
                if (found.key !== signer || m.hex(found.leaf) !== id) wrong.push([id, found.key])
            }
            for (const [name, data] of bad) {
                const refused = await m.checkEntry(bytes(data), 'commons.example/lamp').then(() => false, (error) => error instanceof m.Flaw)
                if (!refused) wrong.push(name)
            }
            return wrong
        }""",
        {"cases": cases, "bad": bad},
    )
    assert found == []


def test_checkpoints_are_read_as_the_vectors_say(window: Watched) -> None:
    page = window.go("/test/journal/")
    notes = json.loads((VECTORS / "checkpoints.json").read_text(encoding="utf-8"))

    def bytes_of(case: dict[str, Any]) -> str:
        return str(case["hex"]) if "hex" in case else str(case["note"].encode().hex())

    found = page.evaluate(
        """async ({vkey, good, bad, keys}) => {
            const script = document.querySelector('script[src$="/verify.js"]').src
            const m = await import(script.replace('verify.js', 'verify.log.js'))
            const bytes = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16))
            const verifier = await m.readVerifierKey(vkey)
            const wrong = []
            for (const [size, data] of good) if ((await m.openCheckpoint(bytes(data), verifier)).size !== size) wrong.push(size)
            for (const [name, data] of bad) if (await m.openCheckpoint(bytes(data), verifier).then(() => true, () => false)) wrong.push(name)
            for (const key of keys) if (await m.readVerifierKey(key).then(() => true, () => false)) wrong.push(key)
            return wrong
        }""",
        {
            "vkey": notes["vkey"], "good": [[one["size"], bytes_of(one)] for one in notes["good"]],
            "bad": [[one["name"], bytes_of(one)] for one in notes["bad"]], "keys": [one["vkey"] for one in notes["bad_vkeys"]],
        },
    )  # fmt: skip
    assert found == []


def test_a_grant_is_verified_by_its_own_lines(browser: Browser, tmp_path: Path) -> None:
    with on_sqlite(), served(decisions_world(tmp_path / "home", until_now=True)[0]) as server:
        window = Watched(browser, server.address)
        page = window.go("/test/distributions/1/")
        status, checks = verified(page)
        assert status.startswith("Verified: the amounts") and "which this commons says speaks" not in checks
        page.locator("[data-signed=shares]").first.evaluate("element => { element.textContent = '1.00' }")
        page.locator("[data-signed=step]").last.evaluate("element => { element.textContent = '2.00' }")
        status, checks = verified(page)
        assert status.startswith("Not verified. Problems: 2.") and "The page shows 1.00" in checks and "The page shows 2.00" in checks
        window.context.close()


# A journal that grows


@pytest.mark.parametrize(("old", "new"), [(1, 2), (3, 7), (8, 300), (255, 256), (256, 600), (300, 301), (512, 600), (600, 600)])
def test_a_journal_that_grew_goes_on_from_what_was_seen(window: Watched, old: int, new: int) -> None:
    """By all entries, and by a consistency proof from tiles when only one entry is verified."""
    entries = history(new)
    Published(entries[:old]).serve(window.context)
    assert verified(window.go("/test/journal/"))[0].startswith(f"Verified: all {old} ")
    log = Published(entries).serve(window.context)
    page = shows(window.go("/test/journal/0/"), entries[0])
    status, checks = verified(page)
    assert status.startswith("Verified") and f"the first {old} entries have the same root" in checks
    assert not any(path.startswith("tile/entries") for path in log.asked)
    status, checks = verified(window.go("/test/journal/"))
    assert status.startswith(f"Verified: all {new} ") and f"the first {new} entries have the same root" in checks


# Browsers


def test_a_browser_that_cannot_verify_says_so(browser: Browser, example_served: Served) -> None:
    window = Watched(browser, example_served.address)
    window.context.add_init_script("crypto.subtle.importKey = () => Promise.reject(new DOMException('no', 'NotSupportedError'))")
    assert verified(window.go("/test/journal/42/"))[0].startswith("This browser cannot check Ed25519 signatures.")
    assert "commonhold journal check test-42.tlog-proof --vkey" in window.page.inner_text("[data-verify] pre")
    window.context.close()


def test_without_scripts_the_page_says_what_it_would_do(browser: Browser, example_served: Served) -> None:
    window = Watched(browser, example_served.address, java_script_enabled=False)
    page = window.go("/test/journal/")
    assert "This needs JavaScript" in page.inner_text("[data-verify]") and page.locator("[data-verify] button:visible").count() == 0
    assert "commonhold verify --export" in page.inner_text("[data-verify] pre")
    window.context.close()


def test_it_can_be_stopped_and_started_by_keyboard(window: Watched) -> None:
    Published(history(600)).serve(window.context)
    window.context.route(re.compile(r"/tile/entries/001$"), lambda _: None)  # it is never answered
    page = window.go("/test/journal/")
    page.keyboard.press("v")
    page.get_by_role("button", name="Stop").wait_for()
    page.get_by_text("256 of 600 entries").wait_for()
    assert page.locator("progress").evaluate("bar => [bar.value, bar.max]") == [256, 600]
    page.get_by_role("button", name="Stop").click()
    page.locator("[data-verify-start]:enabled").wait_for()
    assert page.locator("[data-verify-status]").inner_text().startswith("Stopped.") and not page.locator("progress").is_visible()
    window.context.unroute(re.compile(r"/tile/entries/001$"))
    assert verified(page)[0].startswith("Verified: all 600 ")


def test_rows_are_gone_through_by_keyboard_and_entries_lead_to_their_neighbours(window: Watched) -> None:
    page = window.go("/test/journal/")
    page.keyboard.press("j")
    newest = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('tr').rowIndex") == 2
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/journal/\d+/$"))
    page.keyboard.press("]")
    page.wait_for_url(f"**{newest}")


@pytest.mark.parametrize(("width", "scheme"), [(DESK, "dark"), (PHONE, "light")])
def test_the_pages_are_accessible_and_in_one_piece(browser: Browser, example_served: Served, width: int, scheme: str) -> None:
    """Before anything is verified, when all is right, and when something is wrong."""
    window = Watched(browser, example_served.address, width, scheme)
    places = ["/test/journal/", "/test/journal/?kind=sharing&author=Alder", "/test/journal/42/", "/test/journal/0/", "/test/distributions/1/"]
    for place in [*places, f"/test/distributions/1/{example_served.agent}/"]:
        page = window.go(place)
        in_one_piece(page, place)
        verified(page)
        in_one_piece(page, place)
    altered(window.context, r"/journal/entries/42", lambda data: data.replace(b"hardware", b"software"))
    page = window.go("/test/journal/42/")
    verified(page)
    for one in page.locator("details").all():
        one.evaluate("element => { element.open = true }")
    in_one_piece(page, "wrong")
    assert window.complaints == []
    window.context.close()


def test_the_logs_of_these_tests_are_logs() -> None:
    """The journals made here have the roots that our own tree has."""
    frontier = Frontier()
    for entry in history(9):
        frontier.append(leaf_hash(entry))
    assert Published(history(9)).root == frontier.root() and base64.b64encode(frontier.root()).decode() in Published(history(9)).note
    assert ANA.did != BO.did
